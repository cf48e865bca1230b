//! The law over HTTP: the measures, the vocabulary, and an answer to a request with supposed facts.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection, StringRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use decide::law::{self, Fault, Request};
use serde::Deserialize;
use serde_json::json;
use terms::{Day, Zone};

use crate::Console;
use crate::http::{Shared, Unanswered};

/// Bytes a request to the law may have.
const MOST: usize = 64 * 1024;

/// What is below `/api/law`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/list", get(list))
        .route("/show/{item}", get(show))
        .route("/table", get(table))
        .route("/vocabulary", get(vocabulary))
        .route("/ask", post(ask).layer(DefaultBodyLimit::max(MOST)))
}

#[derive(Deserialize)]
struct On {
    day: Option<String>,
}

async fn list(
    State(shared): State<Arc<Shared>>,
    on: Result<Query<On>, QueryRejection>,
) -> Result<Response, Unanswered> {
    let said = match on {
        Ok(Query(on)) => on.day,
        Err(e) => return Ok(wrong(StatusCode::BAD_REQUEST, "", &e.body_text())),
    };
    let day = match said.map(|d| law::day("day", &d)).transpose() {
        Ok(day) => day,
        Err(fault) => return Ok(wrong(StatusCode::BAD_REQUEST, &fault.field, &fault.why)),
    };
    let all = move |c: &Console| law::list(&c.book, day.unwrap_or_else(|| today(c)));
    Ok(Json(shared.at_book(all).await?).into_response())
}

async fn show(
    State(shared): State<Arc<Shared>>,
    item: Result<Path<String>, PathRejection>,
) -> Result<Response, Unanswered> {
    let Ok(Path(item)) = item else {
        return Ok(wrong(StatusCode::BAD_REQUEST, "item", "must be an item's letter or a name"));
    };
    let found = shared.at_book(move |c| {
        let names = law::named(&c.book, &item);
        if names.is_empty() {
            let like = law::like(&c.book, &item);
            return Err(format!("there is no item or measure `{item}`; {like}"));
        }
        let found = names.iter().filter_map(|name| c.book.measure(name));
        Ok(found.map(|m| law::show(&c.book, m)).collect::<Vec<_>>())
    });
    Ok(match found.await? {
        Ok(found) => Json(found).into_response(),
        Err(why) => wrong(StatusCode::NOT_FOUND, "item", &why),
    })
}

async fn vocabulary(State(shared): State<Arc<Shared>>) -> Result<Response, Unanswered> {
    Ok(Json(shared.at_book(|c| law::vocabulary(&c.book)).await?).into_response())
}

async fn table(State(shared): State<Arc<Shared>>) -> Result<Response, Unanswered> {
    let text = shared.at_book(|c| c.book.table()).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

async fn ask(
    State(shared): State<Arc<Shared>>,
    document: Result<String, StringRejection>,
) -> Result<Response, Unanswered> {
    let document = match document {
        Ok(document) => document,
        Err(e) => return Ok(wrong(e.status(), "", &e.body_text())),
    };
    let answered = shared.at_book(move |c| {
        let request = Request::parse(&document, &c.book)?;
        Ok::<_, Fault>(law::answer(&c.book, &request, today(c)))
    });
    Ok(match answered.await? {
        Ok(answer) => Json(answer).into_response(),
        Err(fault) => wrong(StatusCode::BAD_REQUEST, &fault.field, &fault.why),
    })
}

fn today(console: &Console) -> Day {
    Zone::TOKYO.day((console.clock)().wall)
}

/// What is wrong, and with which field. Nothing was decided.
fn wrong(code: StatusCode, field: &str, why: &str) -> Response {
    (code, Json(json!({ "error": why, "field": field }))).into_response()
}

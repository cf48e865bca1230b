//! The HTTP server: which page is where, and what every answer carries.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use decide::Desk;
use serde::Deserialize;
use terms::Moment;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::lang::Lang;
use crate::page::Page;
use crate::status::Status;
use crate::{Console, consent, law, metrics};

/// Why the server ended.
#[derive(Debug, thiserror::Error)]
#[error("the status page could not be served any more")]
pub struct ServeError(#[from] std::io::Error);

/// Serves the pages until `shutdown`, then lets answers that are under way go out for a moment.
///
/// Whoever reaches the listener sees the status page: it has no log-in yet, so bind it where only
/// staff can reach it.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    console: Console,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (stop, mut stopped) = tokio::sync::watch::channel(());
    let graceful = async move {
        shutdown.await;
        drop(stop);
    };
    let server = axum::serve(listener, router(console)).with_graceful_shutdown(graceful);
    tokio::select! {
        ended = server.into_future() => Ok(ended?),
        // A reader that never finishes its request must not keep the program from ending.
        () = async { while stopped.changed().await.is_ok() {} tokio::time::sleep(LAST).await; } => Ok(()),
    }
}

/// How long answers may take to go out after the shutdown.
const LAST: Duration = Duration::from_secs(3);
/// Requests that may wait for the desk at once; each takes a thread.
const AT_ONCE: usize = 16;
/// Questions to the law that are answered at once; the others wait, and the desk does not wait for them.
const READERS: usize = 2;
/// Bytes a form may have.
const MOST: usize = 1024;

/// What all pages share.
pub(crate) struct Shared {
    pub(crate) console: Console,
    doors: Arc<Semaphore>,
    books: Arc<Semaphore>,
}

fn router(console: Console) -> Router {
    let places = |many| Arc::new(Semaphore::new(many));
    let shared = Arc::new(Shared { console, doors: places(AT_ONCE), books: places(READERS) });
    Router::new()
        .route("/", get(page))
        .route("/api/status", get(api))
        .nest("/api/law", law::routes())
        .route("/healthz", get(health))
        .route("/metrics", get(scrape))
        .route("/static/live.js", get(|| asset("text/javascript; charset=utf-8", LIVE)))
        .route("/static/style.css", get(|| asset("text/css; charset=utf-8", STYLE)))
        .route("/consent/{token}", get(consent::ask).post(consent::answer))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is no such page\n") })
        .layer(DefaultBodyLimit::max(MOST))
        .layer(map_response(guard))
        .with_state(shared)
}

const LIVE: &str = include_str!("../static/live.js");
const STYLE: &str = include_str!("../static/style.css");

/// The desk cannot be asked.
#[derive(Debug)]
pub(crate) struct Unreachable;

impl IntoResponse for Unreachable {
    fn into_response(self) -> Response {
        let words =
            "the desk stopped after a failure inside sekisho; its log says more: restart it\n";
        (StatusCode::SERVICE_UNAVAILABLE, words).into_response()
    }
}

/// The law could not be asked. The desk goes on.
#[derive(Debug)]
pub(crate) struct Unanswered;

impl IntoResponse for Unanswered {
    fn into_response(self) -> Response {
        let why = "sekisho failed while it answered this, and decided nothing: its log says more";
        let words = Json(serde_json::json!({ "error": why, "field": "" }));
        (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
    }
}

impl Shared {
    /// Does something with the desk at the present moment, on a thread that may wait for it.
    pub(crate) async fn at_desk<T: Send + 'static>(
        self: &Arc<Self>,
        what: impl FnOnce(&Console, &mut Desk, Moment) -> T + Send + 'static,
    ) -> Result<T, Unreachable> {
        let door = Arc::clone(&self.doors).acquire_owned().await.map_err(|_| Unreachable)?;
        let shared = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            // The thread waits on when the client has gone, so its place is taken until it is done.
            let _door = door;
            let console = &shared.console;
            let mut desk = console.desk.lock().map_err(|_| Unreachable)?;
            let at = (console.clock)();
            Ok(what(console, &mut desk, at))
        });
        done.await.unwrap_or(Err(Unreachable))
    }

    /// Looks something up in the book of measures, on a thread of its own and not many at once.
    pub(crate) async fn at_book<T: Send + 'static>(
        self: &Arc<Self>,
        what: impl FnOnce(&Console) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let door = Arc::clone(&self.books).acquire_owned().await.map_err(|_| Unanswered)?;
        let shared = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let _door = door;
            what(&shared.console)
        });
        done.await.map_err(|_| Unanswered)
    }

    async fn status(self: &Arc<Self>) -> Result<Status, Unreachable> {
        let source = Arc::clone(&self.console.snapshot);
        // Whatever the app has to lock for it, it locks without the desk.
        let snapshot = tokio::task::spawn_blocking(move || source()).await;
        let snapshot = snapshot.map_err(|_| Unreachable)?;
        self.at_desk(|_, desk, at| Status::of(desk, snapshot, at)).await
    }
}

#[derive(Deserialize)]
struct Chosen {
    lang: Option<String>,
}

async fn page(
    State(shared): State<Arc<Shared>>,
    chosen: Result<Query<Chosen>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Unreachable> {
    let chosen = chosen.ok().and_then(|Query(c)| c.lang);
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let lang = Lang::wanted(chosen.as_deref(), accepted);
    let status = shared.status().await?;
    let page = Page { lang, operator: shared.console.config.operator.clone(), status };
    Ok(([(header::CONTENT_LANGUAGE, lang.tag())], html(&page)).into_response())
}

async fn api(State(shared): State<Arc<Shared>>) -> Result<Response, Unreachable> {
    Ok(Json(shared.status().await?).into_response())
}

async fn scrape(State(shared): State<Arc<Shared>>) -> Result<Response, Unreachable> {
    let text = metrics::write(&shared.status().await?);
    Ok(([(header::CONTENT_TYPE, metrics::MEDIA_TYPE)], text).into_response())
}

/// Alive, without waiting for anybody who is at the desk.
async fn health(State(shared): State<Arc<Shared>>) -> Response {
    if shared.console.desk.is_poisoned() {
        return Unreachable.into_response();
    }
    "ok\n".into_response()
}

async fn asset(media_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, media_type)], text).into_response()
}

/// A page as HTML.
pub(crate) fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(why) => {
            tracing::error!(%why, "could not write a page");
            (StatusCode::INTERNAL_SERVER_ERROR, "the page could not be written\n").into_response()
        }
    }
}

/// What every answer carries: nothing inline, nothing from elsewhere, nothing kept, no referrer.
async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in GUARDS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

const GUARDS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

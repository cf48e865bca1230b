//! The subscriber's page behind a one-time link: what is asked, by whom, and two buttons.
//!
//! The token in the path is the secret that lets somebody answer for the line: no log and no other
//! page ever has it, and nothing is decided before the form is sent, so that a mail program that
//! looks ahead answers nothing.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use decide::DeskError;
use serde::Deserialize;
use terms::Text;

use crate::http::{Shared, Unreachable, html};
use crate::lang::Lang;

/// The page, in both languages at once.
#[derive(Template)]
#[template(path = "consent.html")]
struct Letter {
    langs: [Lang; 2],
    heading: Text,
    body: Vec<Text>,
    asks: bool,
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Answer {
    answer: Word,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Yes,
    No,
}

/// Shows what is asked. Looking uses nothing up.
pub(crate) async fn ask(
    State(shared): State<Arc<Shared>>,
    Path(token): Path<String>,
) -> Result<Response, Unreachable> {
    let text = shared.at_desk(move |_, desk, at| desk.link_text(&token, at)).await?;
    let sender = &shared.console.config.operator;
    Ok(match text {
        Ok(text) => letter(
            StatusCode::OK,
            Text::of("攻撃の分析と遮断についての確認", "About analysing and stopping an attack"),
            vec![
                Text {
                    ja: format!("{}からのご連絡です。", sender.ja),
                    en: format!("This is from {}.", sender.en),
                },
                text,
                Text::of(
                    "同意しない場合も、何も変わりません。料金、契約内容、サービスの提供条件はそのままです。このリンクで回答できるのは一度だけです。",
                    "If you do not agree, nothing changes: your price, your contract and your service stay as they are. This link can be used once.",
                ),
            ],
            true,
        ),
        Err(why) => cannot(&why, sender),
    })
}

/// Takes the answer, once.
pub(crate) async fn answer(
    State(shared): State<Arc<Shared>>,
    Path(token): Path<String>,
    form: Result<Form<Answer>, FormRejection>,
) -> Result<Response, Unreachable> {
    let sender = &shared.console.config.operator;
    let Ok(Form(Answer { answer })) = form else {
        return Ok(letter(
            StatusCode::BAD_REQUEST,
            Text::of("回答を受け取れませんでした", "Your answer was not received"),
            vec![Text::of(
                "前のページに戻り、いずれかのボタンを押してください。リンクはまだ使えます。",
                "Go back and press one of the two buttons. The link can still be used.",
            )],
            false,
        ));
    };
    let yes = answer == Word::Yes;
    let done = shared.at_desk(move |_, desk, at| desk.answer_link(&token, yes, at)).await?;
    Ok(match done {
        Ok(_) if yes => letter(
            StatusCode::OK,
            Text::of("同意を受け付けました", "Your consent was recorded"),
            vec![Text {
                ja: format!(
                    "ありがとうございます。同意はいつでも取り消せます。取り消すときは{}にご連絡ください。",
                    sender.ja
                ),
                en: format!(
                    "Thank you. You can withdraw your consent at any time: tell {}.",
                    sender.en
                ),
            }],
            false,
        ),
        Ok(_) => letter(
            StatusCode::OK,
            Text::of("同意しないとの回答を受け付けました", "Recorded: you do not agree"),
            vec![Text::of(
                "この回線あての通信の分析や遮断に、同意に基づくものは行いません。契約内容とサービスはそのままです。",
                "Nothing is analysed or stopped on the strength of consent. Your contract and service stay as they are.",
            )],
            false,
        ),
        Err(why) => cannot(&why, sender),
    })
}

/// Says why the link does not lead anywhere.
fn cannot(why: &DeskError, sender: &Text) -> Response {
    let tell = |ja: &str, en: &str| Text {
        ja: format!("{ja}{}にご連絡ください。", sender.ja),
        en: format!("{en} {}.", sender.en),
    };
    let (code, heading, words) = match why {
        DeskError::Wrong(_) => (
            StatusCode::GONE,
            Text::of("このリンクは終了しました", "This link has ended"),
            tell(
                "回答済みか、期限が過ぎています。回答を変えるには、",
                "It was used, or its time is over. To change your answer, tell",
            ),
        ),
        DeskError::NotFound(_) => (
            StatusCode::NOT_FOUND,
            Text::of("このリンクはありません", "There is no such link"),
            tell("アドレスをもう一度お確かめいただくか、", "Look at the address again, or tell"),
        ),
        DeskError::UnknownPerson(_)
        | DeskError::Role { .. }
        | DeskError::SamePerson
        | DeskError::NotKept(_)
        | DeskError::NotRead(_)
        | DeskError::Damaged { .. } => {
            tracing::error!(
                why = %causes(why),
                "a subscriber's answer could not be taken down"
            );
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Text::of("いまは回答を記録できません", "Your answer cannot be recorded now"),
                tell("時間をおいてお試しいただくか、", "Try again later, or tell"),
            )
        }
    };
    letter(code, heading, vec![words], false)
}

fn letter(code: StatusCode, heading: Text, body: Vec<Text>, asks: bool) -> Response {
    let page = Letter { langs: [Lang::Ja, Lang::En], heading, body, asks };
    (code, html(&page)).into_response()
}

/// An error with everything that caused it.
fn causes(why: &DeskError) -> String {
    let mut words = why.to_string();
    let mut source = core::error::Error::source(why);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

//! The subscriber's one-time page.

use serde_json::json;
use terms::Span;

use crate::client::{get, post};
use crate::house::House;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "fedcba9876543210fedcba9876543210";

/// An attacked house whose desk sent a link.
fn with_link(token: &str) -> (House, String) {
    let house = House::attacked();
    let made = house.say(
        "abuse",
        json!({
            "command": "consent-link", "case": 1, "line": "line-7", "minutes": 60, "token": token,
        }),
    );
    let path = made["path"].as_str().unwrap().to_owned();
    (house, path)
}

#[tokio::test]
async fn a_link_is_answered_once_and_looking_uses_nothing_up() {
    let (house, path) = with_link(TOKEN);
    let server = house.serve().await;
    for _ in 0..3 {
        let page = get(server.address, &path).await;
        assert_eq!(page.code, 200);
        for words in [
            "<section lang=\"ja\">",
            "<section lang=\"en\">",
            "架空ネットからのご連絡です",
            "This is from Example Net.",
            "同意しない場合も、何も変わりません",
            "If you do not agree, nothing changes",
            "line-7",
            "<button type=\"submit\" name=\"answer\" value=\"yes\">同意する</button>",
            "<button type=\"submit\" name=\"answer\" value=\"no\">I do not agree</button>",
        ] {
            assert!(page.body.contains(words), "{words} is not in\n{}", page.body);
        }
        assert!(!page.body.contains(TOKEN));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    for form in ["", "answer=", "answer=perhaps", "other=yes"] {
        let unclear = post(server.address, &path, form).await;
        assert_eq!(unclear.code, 400, "{form}");
    }
    let done = post(server.address, &path, "answer=yes").await;
    assert_eq!(done.code, 200);
    assert!(
        done.body.contains("同意を受け付けました") && done.body.contains("withdraw your consent")
    );
    let consents = house.desk.lock().unwrap().standing().consents.clone();
    assert_eq!(consents.len(), 1);
    assert_eq!(consents[0].line.0, "line-7");
    for again in [get(server.address, &path).await, post(server.address, &path, "answer=no").await]
    {
        assert_eq!(again.code, 410);
        assert!(
            again.body.contains("このリンクは終了しました") && again.body.contains("has ended")
        );
        assert!(!again.body.contains("<form") && !again.body.contains("line-7"));
    }
    assert_eq!(house.desk.lock().unwrap().standing().consents, consents);
    server.stop().await;
}

#[tokio::test]
async fn declining_is_recorded_and_is_no_consent() {
    let (house, path) = with_link(TOKEN);
    let server = house.serve().await;
    let done = post(server.address, &path, "answer=no").await;
    assert_eq!(done.code, 200);
    assert!(done.body.contains("Recorded: you do not agree"));
    assert!(house.desk.lock().unwrap().standing().consents.is_empty());
    assert_eq!(post(server.address, &path, "answer=yes").await.code, 410);
    server.stop().await;
}

#[tokio::test]
async fn a_link_ends_with_its_time_and_an_unknown_one_leads_nowhere() {
    let (house, path) = with_link(TOKEN);
    let server = house.serve().await;
    let unknown = get(server.address, &format!("/consent/{OTHER}")).await;
    assert_eq!(unknown.code, 404);
    assert!(unknown.body.contains("There is no such link") && !unknown.body.contains(OTHER));
    house.pass(Span::minutes(61));
    assert_eq!(get(server.address, &path).await.code, 410);
    assert_eq!(post(server.address, &path, "answer=yes").await.code, 410);
    assert!(house.desk.lock().unwrap().standing().consents.is_empty());
    server.stop().await;
}

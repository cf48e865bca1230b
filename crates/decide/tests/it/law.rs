//! Asking the law: what an answer says.

use std::sync::LazyLock;

use decide::law::{Answer, Request, answer};
use ground::{Book, Code};
use serde_json::{Value, json};
use terms::Day;

pub(crate) fn book() -> &'static Book {
    static BOOK: LazyLock<Book> = LazyLock::new(|| Book::compiled().unwrap());
    &BOOK
}

fn today() -> Day {
    Day::of(2026, 5, 1).unwrap()
}

/// A flood that overloads own equipment, stopped for a time: granted.
pub(crate) fn flood() -> Value {
    json!({
        "act": "block", "purpose": "protect-service", "whose": "destination", "day": "2026-05-01",
        "end": "with-cause", "harm": { "own": "actual" }, "scope": "matching",
        "facts": { "cause-present": true, "by-machine": true, "narrower-way-would-do": false },
    })
}

/// A customer's line under attack, with everything known but the consent.
pub(crate) fn line(consents: Value) -> Value {
    json!({
        "act": "block", "purpose": "protect-line", "day": "2026-05-01", "end": "with-cause",
        "whose": { "line": "line-7", "prefixes": ["203.0.113.7/32"] },
        "requester": "receiver", "scope": "matching", "consents": consents,
        "harm": { "own": "none", "receiver": "actual" },
        "facts": { "request-genuine": true, "traffic-anomalous": true, "by-machine": true },
    })
}

/// The document with one thing written otherwise; `null` takes it out.
pub(crate) fn with(mut document: Value, key: &str, value: Value) -> Value {
    let (outer, inner) = key.split_once('.').map_or((key, None), |(o, i)| (o, Some(i)));
    let place = match inner {
        Some(inner) => &mut document[outer][inner],
        None => &mut document[outer],
    };
    *place = value;
    document
}

pub(crate) fn ask(document: &Value) -> Answer {
    let request = Request::read(document, book()).unwrap_or_else(|e| panic!("{e}: {document}"));
    answer(book(), &request, today())
}

#[test]
fn what_is_left_out_is_not_known() {
    let bare = json!({ "act": "block", "purpose": "protect-service", "whose": "destination" });
    let said = ask(&bare);
    assert_eq!((said.verdict, said.day), (Code::Ask, today()));
    assert!(
        said.deciding.iter().any(|w| w == "end") && said.deciding.iter().any(|w| w == "by-machine")
    );
    assert_eq!(said.questions.len(), said.deciding.len());
    assert!(said.notes.iter().any(|n| n.en.contains("names no fields")));
    assert!(said.questions.iter().all(|q| !q.roles.is_empty()));
}

#[test]
fn a_yes_becomes_no_or_asks_when_one_thing_changes() {
    assert_eq!(ask(&flood()).verdict, Code::OkEmergency);
    for (key, value, verdict, decides) in [
        ("scope", json!("wider"), Code::No, "only-matching-touched"),
        ("end", json!("lasting"), Code::No, "end"),
        ("end", json!(null), Code::Ask, "end"),
        ("harm", json!({ "own": "none" }), Code::No, "own-equipment-impaired"),
        ("harm", json!({ "receiver": "actual" }), Code::Ask, "own-equipment-impaired"),
        ("whose", json!("network"), Code::No, "own-equipment-at-risk"),
        ("fields", json!(["dst-address", "contents"]), Code::No, "fields"),
        ("sources", json!(["connection-log"]), Code::No, "second-use"),
        ("claims", json!("consent"), Code::No, "claims"),
        ("day", json!("2015-11-29"), Code::No, "in-force"),
        ("facts.by-machine", json!(false), Code::No, "by-machine"),
        ("facts.by-machine", json!(null), Code::Ask, "by-machine"),
        ("facts.cause-present", json!({ "so": true, "by": "line" }), Code::Ask, "cause-present"),
        (
            "facts.cause-present",
            json!({ "so": true, "until": "2026-04-30" }),
            Code::Ask,
            "cause-present",
        ),
        (
            "facts.cause-present",
            json!({ "so": true, "at": "2026-05-02" }),
            Code::Ask,
            "cause-present",
        ),
        ("purpose", json!("marketing"), Code::No, "decided"),
        ("purpose", json!("watch-together"), Code::Ask, "no-measure"),
    ] {
        let said = ask(&with(flood(), key, value.clone()));
        assert_eq!(said.verdict, verdict, "{key}: {value}");
        assert!(said.deciding.iter().any(|w| w == decides), "{key}: {value}: {:?}", said.deciding);
    }
    let said = ask(&with(flood(), "facts.cause-present", json!({ "so": true, "by": "line" })));
    assert!(said.notes.iter().any(|n| n.en.contains("subscriber may not establish it")));
}

#[test]
fn every_flip_that_is_named_does_flip() {
    for document in [flood(), line(json!([])), with(flood(), "harm", json!(null))] {
        let said = ask(&document);
        assert!(!said.flips.is_empty());
        for flip in &said.flips {
            assert_ne!(flip.verdict, said.verdict, "{flip:?}");
            let to = match flip.to.as_str() {
                "true" => json!(true),
                "false" => json!(false),
                "unknown" => json!(null),
                word => json!(word),
            };
            let key = match flip.fact.as_str() {
                "end" | "purpose" => flip.fact.clone(),
                fact => format!("facts.{fact}"),
            };
            // The typed keys would say otherwise: write what they say as facts, once.
            let mut plain = document.clone();
            let mut harm = json!({
                "own-equipment-impaired": document["harm"]["own"] == "actual",
                "own-equipment-at-risk": false,
            });
            if document["harm"]["receiver"] == "actual" {
                harm["receiver-harmed"] = json!(true);
            }
            for (typed, facts) in [
                ("requester", json!({ "requester-is-receiver": true })),
                ("scope", json!({ "only-matching-touched": true })),
                ("harm", harm),
                ("consents", json!({ "line-consents": false, "line-agrees-by-terms": false })),
            ] {
                if !plain[typed].is_null() {
                    for (fact, so) in facts.as_object().unwrap() {
                        plain["facts"][fact] = so.clone();
                    }
                }
                plain[typed] = Value::Null;
            }
            assert_eq!(ask(&plain).verdict, said.verdict);
            assert_eq!(ask(&with(plain, &key, to)).verdict, flip.verdict, "{flip:?}");
        }
    }
}

#[test]
fn only_the_item_that_is_named_is_asked() {
    let under = |item: &str| ask(&with(flood(), "under", json!(item)));
    assert_eq!(under("エ").verdict, Code::OkEmergency);
    assert_eq!(under("エ(a)").verdict, Code::OkEmergency);
    assert_eq!(under("04-e-b-block-at-risk").verdict, Code::No);
    let wider = with(with(flood(), "under", json!("エ(a)")), "whose", json!("network"));
    assert_eq!(ask(&wider).deciding, ["over"]);
    let not_its_act = under("ウ");
    assert_eq!((not_its_act.verdict, not_its_act.deciding), (Code::No, vec!["act".to_owned()]));
    let not_its_purpose = under("ア");
    assert_eq!(not_its_purpose.verdict, Code::No);
    assert!(not_its_purpose.deciding.iter().any(|w| w == "purpose"));
}

#[test]
fn a_no_names_what_could_be_done_instead_and_never_what_the_facts_rule_out() {
    let said = ask(&line(json!([])));
    assert_eq!((said.verdict, said.item.as_deref()), (Code::No, Some("ア")));
    assert_eq!(said.deciding, ["line-consents"]);
    let other = said.nearest.as_ref().unwrap();
    assert_eq!((other.item.as_str(), other.act.word()), ("ウ", "contact"));
    assert!(other.could_do && !other.would_do && !other.takes.is_empty());
    let with_consent = said.others.iter().find(|o| o.item == "ア").unwrap();
    assert_eq!(with_consent.would_give, Code::OkConsent);
    // The receiver suffers no harm: what rests on that harm is no way any more.
    let harmless = with(line(json!([])), "harm", json!({ "own": "none", "receiver": "none" }));
    let said = ask(&harmless);
    assert!(said.nearest.iter().chain(&said.others).all(|o| o.item != "ウ"));
    for other in said.nearest.iter().chain(&said.others).filter(|o| o.could_do) {
        assert!(other.takes.iter().all(|t| t.condition != "own-equipment-impaired"), "{other:?}");
    }
}

#[test]
fn what_no_item_is_about_asks_and_comes_with_an_inquiry() {
    let said = ask(&json!({
        "act": "mark-mail", "purpose": "protect-service", "whose": "network", "day": "2026-05-01",
        "fields": ["mail-header"], "facts": { "by-machine": true },
    }));
    assert_eq!((said.verdict, said.measure), (Code::Ask, None));
    let inquiry = said.inquiry.unwrap();
    for part in ["総務省", "メールヘッダー", "機械的に処理", "2026年5月1日", "（テ）", "照会事項"]
    {
        let part = part.trim_matches(['（', '）']);
        assert!(inquiry.ja.contains(part), "{part}\n{}", inquiry.ja);
    }
    assert!(inquiry.en.contains("it is done by machine") && inquiry.en.contains("5. The question"));
    assert!(said.text_en.contains("neither lawful nor unlawful"));
    assert!(ask(&flood()).inquiry.is_none());
}

#[test]
fn where_the_text_sets_no_time_the_ministry_is_asked_whether_it_may_last() {
    let at_risk = with(with(flood(), "harm", json!({ "own": "risk" })), "end", json!("lasting"));
    let said = ask(&with(at_risk, "facts.range-necessary", json!(true)));
    assert_eq!((said.verdict, said.item.as_deref()), (Code::Ask, Some("エ(b)")));
    assert_eq!(said.deciding, ["end"]);
    let end = said.conditions.iter().find(|c| c.condition == "end").unwrap();
    assert_eq!(end.text.en, "it is temporary and has an end ahead");
    assert_eq!(said.questions[0].roles, [ground::Role::Legal]);
    assert_eq!(said.questions[0].text.en, "The text sets no time; may it last?");
    let inquiry = said.inquiry.unwrap();
    for part in ["期間の定めがない", "期間を定めておらず", "恒常的に続けることは許されるか"]
    {
        assert!(inquiry.ja.contains(part), "{part}\n{}", inquiry.ja);
    }
    assert!(inquiry.en.contains("The text sets no time") && inquiry.en.contains("May it last?"));
    assert!(!inquiry.ja.contains("終期が過ぎていない"), "{}", inquiry.ja);
    // Whose end is not known at all is asked of who would end it.
    let said = ask(&with(with(flood(), "harm", json!({ "own": "risk" })), "end", json!(null)));
    let asked = said.questions.iter().find(|q| q.condition == "end").unwrap();
    assert_eq!(asked.roles, [ground::Role::Operations]);
}

#[test]
fn later_days_carry_the_advice_that_a_later_edition_was_not_seen() {
    let advised = |day: &str| {
        let said = ask(&with(flood(), "day", json!(day)));
        said.advice.iter().any(|a| a.word == "later-edition-not-seen")
    };
    assert!(!advised("2018-11-29") && advised("2018-11-30"));
}

#[test]
fn other_law_is_named_beside_every_verdict() {
    let named = |document: &Value| {
        let words = ask(document).other_law;
        words.into_iter().map(|w| w.word).collect::<Vec<_>>()
    };
    assert!(named(&flood()).contains(&"fair-use".to_owned()));
    assert!(named(&line(json!([]))).contains(&"contract".to_owned()));
    let entry = json!({ "act": "access-machine", "purpose": "stop-attacker", "whose": "sender" });
    assert!(named(&entry).contains(&"unauthorised-access".to_owned()));
}

#[test]
fn answers_are_sentences_without_codes() {
    let codes =
        ["C-", "OK-", "H1", "H2", "H3", "H4", "-touched", "true", "false", "：）", "。。", ".."];
    for document in [
        flood(),
        line(json!([])),
        line(json!(null)),
        with(flood(), "sources", json!(["connection-log"])),
        with(flood(), "purpose", json!("watch-together")),
        with(flood(), "purpose", json!("marketing")),
        with(flood(), "fields", json!(["contents"])),
        with(flood(), "day", json!("2015-11-29")),
    ] {
        let said = ask(&document);
        for code in codes {
            assert!(!said.text_ja.contains(code), "{code}: {}", said.text_ja);
            assert!(!said.text_en.contains(code), "{code}: {}", said.text_en);
        }
        assert!(said.text_ja.ends_with('。') && said.text_en.ends_with('.'));
        let sentences = said.text_ja.matches('。').count();
        assert!((3..=10).contains(&sentences), "{sentences}: {}", said.text_ja);
    }
}

#[test]
fn advice_reads_the_book_as_the_kernel_does() {
    for document in [flood(), line(json!([])), with(flood(), "harm", json!(null))] {
        let said = ask(&with(document.clone(), "fields", json!(["dst-address"])));
        assert_eq!(said.book_digest, book().digest().hex());
        let granted = matches!(said.verdict, Code::Ask | Code::No);
        assert_eq!(said.conditions.iter().all(|c| c.state == "met"), !granted);
    }
}

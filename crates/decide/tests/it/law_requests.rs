//! Asking the law: how a request is read, and what is refused as one.

use decide::law::{self, Fault, Request};
use ground::Code;
use serde_json::{Value, json};

use crate::law::{ask, book, flood, line, with};

#[test]
fn a_malformed_request_names_the_field_and_what_to_write() {
    let whole = law::example();
    let cases = [
        ("act", json!("blok"), "act", "`block`"),
        ("act", json!(null), "act", "missing"),
        ("act", json!(3), "act", "in quotes"),
        ("purpose", json!("protect"), "purpose", "`protect-"),
        ("step", json!("warn"), "step", "not the step of the act"),
        ("whose", json!(null), "whose", "missing"),
        ("whose", json!("linse"), "whose", "`line`"),
        ("whose", json!({ "line": "l", "login": "x" }), "whose", "must name one of"),
        ("whose", json!({ "login": "x", "prefixes": [] }), "whose.prefixes", "belongs to a line"),
        ("whose", json!({ "destination": ["10.0.0.300/8"] }), "whose.destination[0]", "prefix"),
        ("day", json!("May"), "day", "2026-05-01"),
        ("day", json!("2026-02-30"), "day", "no such day as 2026-02-30"),
        ("end", json!("2026-02-30T09:00Z"), "end", "no such day as 2026-02-30"),
        ("end", json!("later"), "end", "with-cause"),
        ("fields", json!(["dst-address", "dst-prot"]), "fields[1]", "`dst-port`"),
        ("fields", json!("dst-port"), "fields", "a list"),
        ("sources", json!(["dns"]), "sources[0]", "not a word"),
        ("actor", json!({ "roles": ["boss"] }), "actor.roles[0]", "not a word"),
        ("actor", json!({ "party": "yes" }), "actor.party", "true, false or null"),
        ("requester", json!("police"), "requester", "not a word"),
        ("harm", json!({ "own": "bad" }), "harm.own", "`none`"),
        ("harm", json!({ "ours": "actual" }), "harm.ours", "`own`"),
        ("scope", json!("wide"), "scope", "`wider`"),
        ("list", json!({ "exact": 1 }), "list.exact", "true, false or null"),
        ("claims", json!("necessity"), "claims", "not a word"),
        ("under", json!("ヲ"), "under", "the items are ア, イ"),
        ("under", json!("–"), "under", "the items are ア, イ"),
        ("under", json!("04-e-a-blok"), "under", "`04-e-a-block-while-impaired`"),
        ("facts", json!({ "by-machin": true }), "facts.by-machin", "`by-machine`"),
        ("facts", json!({ "by-machine": "so" }), "facts.by-machine", "true, false, null"),
        (
            "facts",
            json!({ "by-machine": { "so": true, "by": "x" } }),
            "facts.by-machine.by",
            "not a word",
        ),
        (
            "facts",
            json!({ "by-machine": { "so": true, "person": "x" } }),
            "facts.by-machine.by",
            "missing",
        ),
        ("facts", json!({ "by-machine": { "is": true } }), "facts.by-machine.is", "no field"),
        ("case", json!("TC-001"), "case", "an object"),
        ("verdict", json!("OK-BIZ"), "verdict", "no field of this name"),
    ];
    for (key, value, field, said) in cases {
        let document = with(whole.clone(), key, value);
        let fault = Request::read(&document, book()).unwrap_err();
        assert_eq!(fault.field, field, "{fault}");
        assert!(fault.why.contains(said), "{fault}");
    }
}

#[test]
fn a_document_that_is_none_says_why() {
    for (text, field, said) in [
        ("", "", "is empty"),
        (" \n", "", "is empty"),
        ("\u{feff}", "", "is empty"),
        ("[]", "", "must be an object"),
        ("{", "", "is no JSON document"),
        ("{} {}", "", "is no JSON document"),
        (r#"{"act": "block", "act": "filter"}"#, "act", "said twice"),
        (r#"{"facts": {"by-machine": 1, "by-machine": 2}}"#, "facts.by-machine", "said twice"),
        (r#"{"consents": [{}, {"line": "a", "line": "b"}]}"#, "consents[1].line", "said twice"),
    ] {
        let fault = Request::parse(text, book()).unwrap_err();
        assert!(fault.field == field && fault.why.contains(said), "{text}: {fault}");
    }
    // The mark with which some editors begin a file is no part of the document.
    assert!(Request::parse(&format!("\u{feff}{}", law::example()), book()).is_ok());
}

#[test]
fn whose_may_be_lines_and_addresses() {
    let whose =
        |whose: Value| Request::read(&with(flood(), "whose", whose), book()).unwrap().subject;
    assert_eq!(whose(json!("lines")), whose(json!("destination")));
    let prefix = whose(json!({ "destination": ["203.0.113.7/32", "2001:db8::7/128"] }));
    assert_eq!(whose(json!({ "lines": ["203.0.113.7", "2001:db8::7"] })), prefix);
}

#[test]
fn a_measure_says_what_whose_may_be() {
    let kinds = law::vocabulary(book())["whose"].as_array().unwrap().clone();
    for measure in book().measures() {
        let fit = law::show(book(), measure)["whose"].clone();
        for kind in &kinds {
            let said = ask(&json!({
                "act": measure.acts[0], "purpose": measure.purposes[0], "whose": kind["word"],
                "under": &*measure.name.0,
            }));
            let over = said.conditions.iter().find(|c| c.condition == "over");
            let fits = over.is_none_or(|c| c.state == "met");
            let listed = fit.as_array().unwrap().contains(&kind["word"]);
            assert_eq!(fits, listed, "{}: {}", measure.name.0, kind["word"]);
        }
    }
}

#[test]
fn a_fact_said_twice_must_be_said_alike() {
    let scope = with(flood(), "facts.only-matching-touched", json!(false));
    let fault = Request::read(&scope, book()).unwrap_err();
    assert!(fault.field == "scope" && fault.why.contains("facts.only-matching-touched"), "{fault}");
    assert_eq!(
        ask(&with(flood(), "facts.only-matching-touched", json!(true))).verdict,
        Code::OkEmergency
    );
    let register = with(line(json!([])), "facts.line-consents", json!(true));
    let fault = Request::read(&register, book()).unwrap_err();
    assert_eq!(fault.field, "facts.line-consents", "{fault}");
}

#[test]
fn a_danger_of_which_every_part_is_denied_is_refused_by_both_names() {
    let fault = |harm: Value, facts: Value| {
        let document = with(with(flood(), "harm", harm), "facts", facts);
        Request::read(&document, book()).map(|_| ()).map_err(|f| (f.field, f.why))
    };
    let none = json!({ "own": "none" });
    for (harm, facts, field, other) in [
        (&none, json!({ "own-service-in-danger": true }), "own-service-in-danger", "`harm.own`"),
        (
            &json!({ "own": "none", "receiver": "none" }),
            json!({ "equipment-in-danger": true }),
            "equipment-in-danger",
            "`harm.receiver` and `harm.own`",
        ),
        (
            &json!({ "receiver": "none" }),
            json!({ "equipment-in-danger": true, "own-service-in-danger": false }),
            "equipment-in-danger",
            "`facts.own-service-in-danger` and `harm.receiver`",
        ),
        (
            &json!(null),
            json!({
                "own-service-in-danger": true, "own-equipment-impaired": false,
                "own-equipment-at-risk": { "so": false, "by": "operations" },
            }),
            "own-service-in-danger",
            "`facts.own-equipment-impaired` and `facts.own-equipment-at-risk`",
        ),
    ] {
        let (at, why) = fault(harm.clone(), facts.clone()).expect_err("it is refused");
        assert_eq!(at, format!("facts.{field}"));
        assert!(why.contains(other), "{facts}: {why}");
    }
    // What one part leaves open is no contradiction.
    for (harm, facts) in [
        (none, json!({ "equipment-in-danger": true })),
        (json!({ "own": "actual" }), json!({ "own-service-in-danger": true })),
        (json!(null), json!({ "own-service-in-danger": true, "own-equipment-impaired": false })),
        (
            json!({ "own": "actual", "receiver": "none" }),
            json!({ "equipment-in-danger": true, "own-service-in-danger": false }),
        ),
    ] {
        assert_eq!(fault(harm, facts.clone()), Ok(()), "{facts}");
    }
}

#[test]
fn the_example_uses_every_key_of_the_schema_and_the_schema_has_no_other() {
    let (schema, example) = (law::schema(), law::example());
    assert_eq!(ask(&example).verdict, Code::OkBusiness, "{:?}", ask(&example).deciding);
    let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&schema["properties"]), keys(&example));
    for inner in ["actor", "harm", "list"] {
        assert_eq!(keys(&schema["properties"][inner]["properties"]), keys(&example[inner]));
    }
    let consent = &schema["properties"]["consents"]["items"]["properties"];
    assert_eq!(keys(consent), keys(&example["consents"][0]));
    assert_eq!(schema["additionalProperties"], json!(false));
    // Every word of every list in the schema parses, and a word beside them does not.
    for word in schema["properties"]["whose"]["oneOf"][0]["enum"].as_array().unwrap() {
        assert!(Request::read(&with(flood(), "whose", word.clone()), book()).is_ok(), "{word}");
    }
    for key in ["act", "purpose", "claims", "requester", "scope"] {
        for word in schema["properties"][key]["enum"].as_array().unwrap() {
            let document = with(with(flood(), "scope", json!(null)), key, word.clone());
            assert!(Request::read(&document, book()).is_ok(), "{key} {word}");
        }
        assert!(Request::read(&with(flood(), key, json!("no such word")), book()).is_err());
    }
}

/// A consent of the line to everything it can be asked for, with some of it written otherwise.
fn consent(change: Value) -> Value {
    let mut consent = json!({
        "whose": "line", "line": "line-7", "kind": "individual", "acts": ["block"],
        "measures": ["ア"], "since": "2026-04-01",
    });
    for (key, value) in change.as_object().unwrap() {
        consent[key] = value.clone();
    }
    consent
}

#[test]
fn a_consent_that_does_not_say_to_what_is_refused_by_the_member_it_lacks() {
    let read = |document: &Value| -> Result<Request, Fault> { Request::read(document, book()) };
    for member in ["whose", "kind", "acts", "measures", "since"] {
        let fault = read(&line(json!([consent(json!({ member: null }))]))).unwrap_err();
        assert_eq!(fault.field, format!("consents[0].{member}"), "{fault}");
        assert!(fault.why.contains("is missing"), "{fault}");
    }
    for (member, value) in [("whose", "neighbour"), ("kind", "some"), ("purposes", "protect")] {
        let value = if member == "purposes" { json!([value]) } else { json!(value) };
        let fault = read(&line(json!([consent(json!({ member: value }))]))).unwrap_err();
        assert!(fault.field.starts_with(&format!("consents[0].{member}")), "{fault}");
    }
    // Whose line it is must be said where the request is not about one line; terms are of all lines.
    let wide = |change: Value| with(line(json!([consent(change)])), "whose", json!("network"));
    let fault = read(&wide(json!({ "line": null }))).unwrap_err();
    assert_eq!(fault.field, "consents[0].line", "{fault}");
    assert!(read(&wide(json!({ "line": null, "kind": "blanket" }))).is_ok());
}

#[test]
fn a_consent_counts_for_its_party_line_act_measure_and_time() {
    let given = |change: Value| ask(&line(json!([consent(change)]))).verdict;
    for change in [
        json!({}),
        json!({ "whose": "receiver" }),
        json!({ "acts": ["analyse", "block"], "measures": ["ア"], "since": "2026-05-01" }),
        json!({ "withdrawn": "2026-05-02" }),
        json!({ "line": null }),
        json!({ "measures": null, "purposes": ["protect-line"] }),
        json!({ "measures": ["01-a-block-attack-traffic"], "text": { "version": "3" } }),
    ] {
        assert_eq!(given(change.clone()), Code::OkConsent, "{change}");
    }
    for change in [
        json!({ "whose": "sender" }),
        json!({ "whose": "filter-owner" }),
        json!({ "purposes": ["filter-mail-by-choice"] }),
        json!({ "measures": null, "purposes": ["find-infected"] }),
        json!({ "line": "line-8" }),
        json!({ "kind": "blanket" }),
        json!({ "acts": ["analyse"] }),
        json!({ "measures": ["イ"] }),
        json!({ "since": "2026-05-02" }),
        json!({ "withdrawn": "2026-05-01" }),
        json!({ "withdrawn": "2026-04-30T10:00Z" }),
    ] {
        assert_eq!(given(change.clone()), Code::No, "{change}");
    }
    assert_eq!(ask(&line(json!(null))).verdict, Code::Ask, "nobody looked into the register");
}

#[test]
fn the_consent_of_a_line_counts_for_no_login_sender_name_or_country() {
    for whose in ["login", "sender", "name", "country"] {
        let said = ask(&with(line(json!([consent(json!({}))])), "whose", json!({ whose: "x" })));
        assert!(
            said.deciding.contains(&"line-consents".to_owned()),
            "{whose}: {:?}",
            said.deciding
        );
    }
}

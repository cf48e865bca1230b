//! The JSON Schema of a request, and one complete example.

use ground::{Basis, Fact, Role};
use serde_json::{Map, Value, json};
use terms::{Act, Field, Named, Purpose, Source, Step};

use super::consents::parties;
use super::typed::{HARMS, REQUESTERS, SCOPES};
use super::whose::{KINDS, LINES};
use crate::ConsentKind;

/// The JSON Schema (draft 2020-12) of a request.
#[must_use]
pub fn schema() -> Value {
    let so = json!({ "type": ["boolean", "null"] });
    let text = json!({ "type": "string", "minLength": 1 });
    let acts = words(Act::ALL.iter().map(|w| w.word()));
    let purposes = words(Purpose::ALL.iter().map(|w| w.word()));
    let roles = words(Role::ALL.iter().map(|w| w.word()));
    let harm = one_of(HARMS);
    let kinds = words(ConsentKind::ALL.iter().map(|w| w.word()));
    let day = json!({ "type": "string", "format": "date", "examples": ["2026-05-01"] });
    let fact = json!({ "oneOf": [so, {
        "type": "object",
        "properties": {
            "so": so, "by": roles, "person": text, "at": text, "until": text,
            "countersigned-by": roles,
        },
        "additionalProperties": false,
    }] });
    let facts: Map<String, Value> =
        Fact::ALL.iter().map(|f| (f.word().to_owned(), fact.clone())).collect();
    let consent = json!({
        "type": "object",
        "properties": {
            "whose": words(parties()), "line": text, "kind": kinds,
            "acts": list(&acts), "measures": list(&text), "purposes": list(&purposes),
            "since": text,
            "withdrawn": { "type": ["string", "null"] },
            "text": {
                "type": "object",
                "properties": { "version": text, "digest": text },
                "additionalProperties": false,
            },
        },
        "required": ["whose", "kind", "acts", "since"],
        "anyOf": [{ "required": ["measures"] }, { "required": ["purposes"] }],
        "additionalProperties": false,
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A request to the law, with supposed facts",
        "description": "What is left out is not known. Nothing follows from a request but an answer.",
        "type": "object",
        "properties": {
            "case": { "type": "object", "description": "What the writer says of it; the law does not look at it." },
            "act": described(&acts, "What would be done."),
            "purpose": described(&purposes, "What for."),
            "step": described(&words(Step::ALL.iter().map(|w| w.word())), "The act's own step; may be left out."),
            "whose": whose(),
            "day": described(&day, "The day in question, in Japan; today when left out."),
            "end": { "type": "string", "description": "`with-cause`, `lasting` (or `permanent`), a day, or a time; not known when left out." },
            "fields": described(&list(&words(Field::ALL.iter().map(|w| w.word()))), "What is read; only the fields of the measure when left out."),
            "sources": described(&list(&words(Source::ALL.iter().map(|w| w.word()))), "Where it comes from; only what the measure reads when left out."),
            "actor": {
                "type": "object",
                "description": "Who would act; `party`: is it a party to the communication?",
                "properties": { "person": text, "roles": list(&roles), "party": so },
                "additionalProperties": false,
            },
            "requester": described(&one_of(REQUESTERS), "Who asked for it."),
            "harm": {
                "type": "object",
                "description": "Who is harmed: own equipment, the receiver, equipment downstream, the terminal.",
                "properties": { "own": harm, "receiver": harm, "downstream": harm, "terminal": harm },
                "additionalProperties": false,
            },
            "scope": described(&one_of(SCOPES), "Is only matching traffic touched?"),
            "list": {
                "type": "object",
                "description": "The list of indicators that is used.",
                "properties": {
                    "legitimate": so, "only-for-purpose": so, "exact": so,
                    "version": text, "provenance": text,
                },
                "additionalProperties": false,
            },
            "consents": described(&list(&consent), "The whole register of consents: what is not in it is not there. Each names `line` unless it is blanket or `whose` is a line."),
            "claims": described(&words(Basis::ALL.iter().map(|w| w.word())), "The ground that is claimed; any when left out."),
            "under": described(&text, "Only under this item (its letter) or measure (its name)."),
            "observes": described(&text, "Watching only, to answer this written question."),
            "facts": {
                "type": "object",
                "description": "true, false, or null for not known; or an object that says who established it, and when.",
                "properties": facts,
                "additionalProperties": false,
            },
        },
        "required": ["act", "purpose", "whose"],
        "additionalProperties": false,
    })
}

fn whose() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let prefixes = list(&json!({ "type": "string", "examples": ["203.0.113.0/24"] }));
    let named = |key: &str, value: &Value| {
        json!({
            "type": "object",
            "properties": { key: value },
            "required": [key],
            "additionalProperties": false,
        })
    };
    let mut ways = vec![
        one_of(&[KINDS, &[LINES]].concat()),
        named("destination", &prefixes),
        named(LINES, &prefixes),
        json!({
            "type": "object",
            "properties": { "line": text, "prefixes": prefixes },
            "required": ["line"],
            "additionalProperties": false,
        }),
    ];
    ways.extend(Named::ALL.iter().map(|n| named(n.word(), &text)));
    json!({
        "description": "Whose communications are touched; `lines` is another word for `destination`.",
        "oneOf": ways,
    })
}

fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

fn words(all: impl Iterator<Item = &'static str>) -> Value {
    json!({ "type": "string", "enum": all.collect::<Vec<_>>() })
}

fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn described(schema: &Value, what: &str) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(map) = &mut schema {
        map.insert("description".to_owned(), what.into());
    }
    schema
}

/// A complete request: every key, each with a value.
#[must_use]
pub fn example() -> Value {
    json!({
        "case": { "id": "EXAMPLE", "name": "packets with an odd option may overload our routers; a filter for them is watched before it is real" },
        "act": "block",
        "purpose": "protect-service",
        "step": "block",
        "whose": { "destination": ["203.0.113.0/24"] },
        "day": "2026-05-01",
        "end": "with-cause",
        "fields": ["dst-address", "ip-options"],
        "sources": ["live-traffic"],
        "actor": { "person": "n.sato", "roles": ["operations"], "party": false },
        "requester": "nobody",
        "harm": { "own": "risk", "receiver": "none", "downstream": "risk", "terminal": "none" },
        "scope": "matching",
        "list": { "legitimate": null, "only-for-purpose": null, "exact": null, "version": "7", "provenance": "own analysis" },
        "consents": [{
            "whose": "line",
            "line": "line-7",
            "kind": "individual",
            "acts": ["analyse"],
            "measures": ["ア"],
            "purposes": ["protect-line"],
            "since": "2026-04-30",
            "withdrawn": "2026-05-01",
            "text": { "version": "3", "digest": "9f2c" },
        }],
        "claims": "legitimate-business",
        "under": "エ",
        "observes": "does the filter touch anything but those packets?",
        "facts": {
            "range-necessary": { "so": true, "by": "operations", "person": "n.sato", "at": "2026-05-01T00:10Z", "until": "2026-05-02" },
            "cause-present": true,
            "by-machine": true,
            "narrower-way-would-do": false,
            "not-normally-expected": { "so": null, "by": "operations", "countersigned-by": "legal" },
            "urgent": null,
        },
    })
}

//! The measures of the book, as lists and one by one, for people and programs that ask what there is.

use ground::{Basis, Book, Code, Condition, Measure, MeasureName};
use serde::Serialize;
use serde_json::{Value, json};
use terms::{Day, Text};

use super::answer::{Owed, Signed, cites, duties, signers, tells};
use super::clause::{clause, fact_clause};
use super::whose::fit;

/// One measure in a list.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// Its name.
    pub measure: MeasureName,
    /// The guideline's letter.
    pub item: String,
    /// What it does.
    pub title: Text,
    /// The verdict it gives when everything is met.
    pub verdict: Code,
    /// Its acts.
    pub acts: Vec<terms::Act>,
    /// Its purposes.
    pub purposes: Vec<terms::Purpose>,
    /// Document and place.
    pub cites: Text,
    /// Where it comes from.
    pub status: ground::Status,
    /// Is it in force on the day?
    pub in_force: bool,
}

/// Every measure in guideline order, and whether it is in force on `day`.
#[must_use]
pub fn list(book: &Book, day: Day) -> Vec<Listed> {
    let one = |m: &Measure| Listed {
        measure: m.name.clone(),
        item: m.item.clone(),
        title: m.title.clone(),
        verdict: Code::of(m.basis),
        acts: m.acts.clone(),
        purposes: m.purposes.clone(),
        cites: m.cites.text(),
        status: m.status,
        in_force: m.holds_on(day),
    };
    book.measures().iter().map(|m| one(m)).collect()
}

/// One measure in words, whole.
#[must_use]
pub fn show(book: &Book, measure: &Measure) -> Value {
    let words = |word: &str, text: Text| json!({ "word": word, "text": text });
    let requires: Vec<Value> = measure
        .requires
        .iter()
        .map(|(fact, wanted)| {
            json!({
                "condition": fact,
                "wanted": wanted,
                "text": fact_clause(*fact, *wanted),
                "code": fact.code(),
                "established-by": fact.established_by(),
                "countersigned-by": fact.countersigned_by(),
                "open": measure.open.contains(fact),
            })
        })
        .collect();
    let advises: Vec<Value> = measure
        .advises
        .iter()
        .map(|(fact, wanted)| json!({ "condition": fact, "text": fact_clause(*fact, *wanted) }))
        .collect();
    let examples: Vec<Value> =
        measure.examples.iter().map(|e| json!({ "name": e.name, "gives": e.gives })).collect();
    let owed: Vec<Owed> = duties(measure);
    let signed: Signed = signers(measure);
    let document = book.document(&measure.cites.text);
    json!({
        "measure": measure.name,
        "item": measure.item,
        "title": measure.title,
        "verdict": Code::of(measure.basis),
        "basis": words(measure.basis.word(), measure.basis.text()),
        "strength": (measure.basis != Basis::Excluded).then(
            || json!({ "code": measure.strength.code(), "text": measure.strength.text() }),
        ),
        "cites": cites(measure),
        "document": document,
        "purposes": measure.purposes.iter().map(|w| words(w.word(), w.text())).collect::<Vec<_>>(),
        "acts": measure.acts.iter().map(|w| words(w.word(), w.text())).collect::<Vec<_>>(),
        "sources": measure.reads.iter().map(|w| words(w.word(), w.text())).collect::<Vec<_>>(),
        "fields": measure.fields.iter().map(|w| words(w.word(), w.text())).collect::<Vec<_>>(),
        "over": words(measure.over.word(), measure.over.text()),
        "whose": fit(measure.over),
        "ends": words(measure.ends.word(), measure.ends.text()),
        "end": clause(&Condition::HasEnd, measure),
        "conditions": requires,
        "advises": advises,
        "signers": signed,
        "tells": tells(measure),
        "duties": owed,
        "numbers": measure.numbers.iter().map(|w| words(w.word(), w.text())).collect::<Vec<_>>(),
        "forbids": measure.forbids.iter().map(|w| words(w.word(), w.text())).collect::<Vec<_>>(),
        "other_law": measure.other_law.iter().map(|w| words(w.word(), w.text())).collect::<Vec<_>>(),
        "precedent": measure.precedent,
        "examples": examples,
        "can_grant": measure.can_grant(),
    })
}

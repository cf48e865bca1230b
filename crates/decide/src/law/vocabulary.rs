//! Every word a request may use and an answer may have, with its meaning in both languages.

use ground::{Basis, Book, Code, Fact, Measure, Role};
use serde_json::{Value, json};
use terms::{
    Act, DutyKind, Field, Further, Named, Number, OtherLaw, Over, Purpose, Source, Status, Step,
    Strength, Text,
};

use super::codes::codes;
use super::consents::parties;
use super::schema::{example, schema};
use super::typed::{HARMS, REQUESTERS, SCOPES};
use super::whose::fit;
use crate::ConsentKind;

/// The whole vocabulary, with the schema of a request and an example; of each act, purpose and fact
/// which measures of `book` name it.
#[must_use]
pub fn vocabulary(book: &Book) -> Value {
    let named = |by: &dyn Fn(&Measure) -> bool| -> Vec<Value> {
        let all = book.measures().iter().filter(|m| by(m));
        all.map(|m| json!({ "item": m.item, "measure": m.name })).collect()
    };
    let act = |a: &Act| {
        json!({
            "word": a, "text": a.text(), "step": a.step(), "lasts": a.lasts(),
            "named-by": named(&|m| m.acts.contains(a)),
        })
    };
    let purpose = |p: &Purpose| {
        // What names every purpose names none.
        let by = |m: &Measure| m.purposes.contains(p) && m.purposes.len() < Purpose::ALL.len();
        json!({ "word": p, "text": p.text(), "named-by": named(&by) })
    };
    let fact = |f: &Fact| {
        json!({
            "word": f,
            "text": f.text(),
            "question": f.question(),
            "code": f.code(),
            "established-by": f.established_by(),
            "countersigned-by": f.countersigned_by(),
            "of-one-line": f.is_per_line(),
            "follows-from": f.follows_from(),
            "named-by": named(&|m| m.requires.contains_key(f) || m.advises.contains_key(f)),
        })
    };
    let source = |s: &Source| json!({ "word": s, "text": s.text(), "kept": s.is_kept() });
    let reach = |o: &Over| json!({ "word": o, "text": o.text(), "whose": fit(*o) });
    let strength = |s: &Strength| json!({ "word": s, "text": s.text(), "code": s.code() });
    json!({
        "acts": Act::ALL.iter().map(act).collect::<Vec<_>>(),
        "purposes": Purpose::ALL.iter().map(purpose).collect::<Vec<_>>(),
        "steps": list(Step::ALL, |w| w.word(), |w| w.text()),
        "fields": list(Field::ALL, |w| w.word(), |w| w.text()),
        "sources": Source::ALL.iter().map(source).collect::<Vec<_>>(),
        "facts": Fact::ALL.iter().map(fact).collect::<Vec<_>>(),
        "roles": list(Role::ALL, |w| w.word(), |w| w.text()),
        "verdicts": list(Code::ALL, |w| w.word(), |w| w.text()),
        "whose": whose(),
        "ends": ends(),
        "requesters": REQUESTERS,
        "harms": HARMS,
        "scopes": SCOPES,
        "consent-parties": parties().collect::<Vec<_>>(),
        "consent-kinds": ConsentKind::ALL,
        "bases": list(Basis::ALL, |w| w.word(), |w| w.text()),
        "strengths": Strength::ALL.iter().map(strength).collect::<Vec<_>>(),
        "statuses": list(Status::ALL, |w| w.word(), |w| w.text()),
        "duties": list(DutyKind::ALL, |w| w.word(), |w| w.text()),
        "forbids": list(Further::ALL, |w| w.word(), |w| w.text()),
        "other-law": list(OtherLaw::ALL, |w| w.word(), |w| w.text()),
        "reach": Over::ALL.iter().map(reach).collect::<Vec<_>>(),
        "numbers": list(Number::ALL, |w| w.word(), |w| w.text()),
        "conditions": conditions(),
        "codes": codes(),
        "schema": schema(),
        "example": example(),
    })
}

fn list<T: Copy>(all: &[T], word: fn(T) -> &'static str, text: fn(T) -> Text) -> Vec<Value> {
    all.iter().map(|w| json!({ "word": word(*w), "text": text(*w) })).collect()
}

fn whose() -> Vec<Value> {
    let mut all = vec![
        json!({ "word": "network", "text": Over::Network.text() }),
        json!({ "word": "destination", "text": Over::Destination.text() }),
        json!({ "word": "line", "text": Over::Line.text() }),
    ];
    all.extend(list(Named::ALL, |w| w.word(), |w| w.text()));
    all
}

fn ends() -> Vec<Value> {
    [
        ("with-cause", "原因の解消とともに終了する", "it ends with its cause"),
        (
            "lasting",
            "恒常的に続ける（permanentとも書く）",
            "it is to last (also written permanent)",
        ),
        ("2026-05-02", "その日の終わりに終了する", "it ends with that day"),
        ("2026-05-01T09:00Z", "その時刻に終了する", "it ends at that time"),
    ]
    .map(|(word, ja, en)| json!({ "word": word, "text": Text::of(ja, en) }))
    .to_vec()
}

/// The words of conditions that are no facts.
fn conditions() -> Vec<Value> {
    [
        ("act", "その項目が対象とする行為であること", "the act is one of the item's"),
        ("purpose", "その項目の目的であること", "the purpose is one of the item's"),
        ("in-force", "その日に有効であること", "the rule is in force on the day"),
        ("decided", "本文が可否を示していること", "the text decides the point"),
        ("claims", "主張する根拠が一致すること", "the ground claimed is the item's"),
        ("fields", "認められた情報項目だけを用いること", "only fields the item allows are used"),
        ("source", "認められた情報源だけを用いること", "only sources the item lists are read"),
        ("over", "対象が広過ぎないこと", "nobody beyond the item's reach is concerned"),
        ("end", "終期が定まっていること", "it has an end"),
        ("observing", "観測のみの条件を満たすこと", "the conditions of watching only are met"),
        ("second-use", "保存した情報の目的外利用でないこと", "kept data is not put to another use"),
        ("no-measure", "該当する項目がないこと", "no item is about it"),
    ]
    .map(|(word, ja, en)| json!({ "word": word, "text": Text::of(ja, en) }))
    .to_vec()
}

//! What would change the verdict: one fact learnt or changed, or one word of the request.

use std::collections::BTreeSet;

use ground::{Book, Code, Condition, End, Fact, Outcome, State};
use serde::Serialize;
use terms::{Day, Purpose, Text};

use super::clause::fact_clause;
use super::flags::is_yes;
use super::read::{Considered, consider, facts};
use super::request::Request;

/// One change and the verdict it would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// The fact; or `end`, `fields`, `sources`, `claims`, `purpose` of the request.
    pub fact: String,
    /// How it is: true, false, unknown, or a word.
    pub from: String,
    /// How it would be.
    pub to: String,
    /// The verdict then.
    pub verdict: Code,
    /// In words.
    pub text: Text,
}

/// Every single change that changes the verdict.
pub(super) fn flips(
    book: &Book,
    request: &Request,
    considered: &Considered<'_>,
    day: Day,
) -> Vec<Flip> {
    let now = considered.code();
    let mut all = Vec::new();
    let Some((top, _)) = considered.readings.first() else { return all };
    let mut wanted: BTreeSet<Fact> =
        considered.readings.iter().flat_map(|(m, _)| m.requires.keys().copied()).collect();
    // What a required fact follows from changes the verdict as well.
    for _ in 0..2 {
        let parts: Vec<Fact> = wanted.iter().flat_map(|f| f.follows_from()).copied().collect();
        wanted.extend(parts);
    }
    let start = terms::Zone::TOKYO.start(day);
    for fact in wanted {
        let known = facts(request, top, day);
        let from = known.so(fact, &request.subject, start).map(|k| k.so);
        for to in [Some(true), Some(false), None] {
            if to == from {
                continue;
            }
            let mut changed = request.clone();
            changed.instead.insert(fact, to);
            let then = consider(book, &changed, day).code();
            if then != now {
                all.push(fact_flip(fact, from, to, then));
            }
        }
    }
    all.extend(words(book, request, considered, day));
    all
}

fn fact_flip(fact: Fact, from: Option<bool>, to: Option<bool>, verdict: Code) -> Flip {
    let said = |so: Option<bool>| so.map_or_else(|| "unknown".to_owned(), |so| so.to_string());
    let (v, clause) = (verdict.text(), fact.text());
    let text = match to {
        Some(so) => {
            let clause = fact_clause(fact, so);
            Text {
                ja: format!("{}が確認されれば、結論は「{}」となります。", clause.ja, v.ja),
                en: format!("If it is established that {}, the verdict is “{}”.", clause.en, v.en),
            }
        }
        None => Text {
            ja: format!("{}かどうかが不明であれば、結論は「{}」となります。", clause.ja, v.ja),
            en: format!("If nobody knows whether {}, the verdict is “{}”.", clause.en, v.en),
        },
    };
    Flip { fact: fact.word().to_owned(), from: said(from), to: said(to), verdict, text }
}

/// Changes of the request itself: its end, fields, sources, the ground it claims, its purpose.
fn words(book: &Book, request: &Request, considered: &Considered<'_>, day: Day) -> Vec<Flip> {
    let now = considered.code();
    let Some((top, reading)) = considered.readings.first() else { return Vec::new() };
    let mut all = Vec::new();
    let mut attempt =
        |what: &str, from: String, to: String, ja: &str, en: &str, changed: Request| {
            let verdict = consider(book, &changed, day).code();
            if verdict != now {
                let v = verdict.text();
                let text = Text {
                    ja: format!("{ja}、結論は「{}」となります。", v.ja),
                    en: format!("{en}, the verdict is “{}”.", v.en),
                };
                all.push(Flip { fact: what.to_owned(), from, to, verdict, text });
            }
        };
    let end = |end: End| match end {
        End::Unknown => "unknown".to_owned(),
        End::At(moment) => moment.wall.rfc3339(),
        End::WithCause => "with-cause".to_owned(),
        End::Lasting => "lasting".to_owned(),
    };
    for (to, ja, en) in [
        (End::WithCause, "原因の解消とともに終了するなら", "If it ends with its cause"),
        (End::Lasting, "恒常的に続けるなら", "If it is to last"),
    ] {
        if to != request.end {
            let changed = Request { end: to, ..request.clone() };
            attempt("end", end(request.end), end(to), ja, en, changed);
        }
    }
    let failed =
        |f: fn(&Condition) -> bool| reading.in_state(State::Failed).any(|c| f(&c.condition));
    if let (Some(fields), true) = (request.fields, failed(|c| matches!(c, Condition::Fields))) {
        let (ja, en) =
            ("認められた情報項目だけを用いるなら", "If only the fields allowed are used");
        let less = fields.common(top.fields);
        let list = |f: terms::Fields| f.iter().map(|f| f.word()).collect::<Vec<_>>().join(" ");
        let changed = Request { fields: Some(less), ..request.clone() };
        attempt("fields", list(fields), list(less), ja, en, changed);
    }
    if failed(|c| matches!(c, Condition::Source(_))) || !considered.second_use.is_empty() {
        let (ja, en) =
            ("認められた情報源だけを用いるなら", "If only sources the item may read are used");
        let list = |s: &[terms::Source]| s.iter().map(|s| s.word()).collect::<Vec<_>>().join(" ");
        let before = request.sources.clone().unwrap_or_default();
        let kept: Vec<_> = before.iter().copied().filter(|s| top.reads.contains(s)).collect();
        let (from, to) = (list(&before), list(&kept));
        attempt("sources", from, to, ja, en, Request { sources: Some(kept), ..request.clone() });
    }
    if let Some(claimed) = request.claims {
        let (ja, en) = ("根拠を限定しないなら", "If no ground is claimed");
        let changed = Request { claims: None, ..request.clone() };
        attempt("claims", claimed.word().to_owned(), "any".to_owned(), ja, en, changed);
    }
    if considered.outcome != Outcome::Granted && request.under.is_none() {
        for &purpose in Purpose::ALL {
            let changed = Request { purpose, ..request.clone() };
            if purpose == request.purpose || !is_yes(consider(book, &changed, day).code()) {
                continue;
            }
            let text = purpose.text();
            let ja = format!("専ら「{}」を目的とするなら", text.ja);
            let en = format!("If the purpose is solely “{}”", text.en);
            let (from, to) = (request.purpose.word().to_owned(), purpose.word().to_owned());
            attempt("purpose", from, to, &ja, &en, changed);
        }
    }
    all
}

//! What would change the verdict: one fact learnt or changed, or another end.

use std::collections::{BTreeMap, BTreeSet};

use ground::{Book, Code, End, Fact};
use serde::Serialize;
use terms::{Day, Text};

use super::beside::is_yes;
use super::clause::whether_fact;
use super::read::{Considered, consider, facts};
use super::request::Request;
use super::typed::contradicted;

/// One change and the verdict it would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// The fact; or `end` of the request.
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
    let known = facts(request, top, (request.act, request.purpose), day);
    for fact in wanted {
        let from = known.so(fact, &request.subject, start).map(|k| k.so);
        for to in [Some(true), Some(false), None] {
            if to == from {
                continue;
            }
            let mut changed = request.clone();
            changed.instead.insert(fact, to);
            // What the rest of the request denies cannot turn out to be so by itself.
            if contradicted(&supposed(&changed)).is_some() {
                continue;
            }
            let then = consider(book, &changed, day).code();
            if then != now {
                all.push(fact_flip(fact, from, to, then));
            }
        }
    }
    all.extend(ends(book, request, now, day));
    // What is learnt or turns out otherwise before what is no longer known; a yes before a no.
    all.sort_by_key(|f| (f.to == "unknown", !is_yes(f.verdict), f.from != "unknown"));
    all
}

/// What a request supposes of facts, with what it supposes otherwise.
fn supposed(request: &Request) -> BTreeMap<Fact, bool> {
    let stated = request.facts.iter().map(|(f, s)| (*f, s.so));
    let all: BTreeMap<Fact, Option<bool>> =
        stated.chain(request.instead.iter().map(|(f, so)| (*f, *so))).collect();
    all.into_iter().filter_map(|(f, so)| Some((f, so?))).collect()
}

fn fact_flip(fact: Fact, from: Option<bool>, to: Option<bool>, verdict: Code) -> Flip {
    let said = |so: Option<bool>| so.map_or_else(|| "unknown".to_owned(), |so| so.to_string());
    let v = then(verdict);
    let text = match to {
        Some(so) => {
            let clause = fact.clause(so);
            Text {
                ja: format!("{}と確認された場合には、{}。", clause.ja, v.ja),
                en: format!("If {}, {}.", clause.en, v.en),
            }
        }
        None => {
            let whether = whether_fact(fact);
            Text {
                ja: format!("{}が分からない場合には、{}。", whether.ja, v.ja),
                en: format!("If nobody knows {}, {}.", whether.en, v.en),
            }
        }
    };
    Flip { fact: fact.word().to_owned(), from: said(from), to: said(to), verdict, text }
}

/// What then follows, as the end of a sentence.
fn then(verdict: Code) -> Text {
    match verdict {
        Code::Out => {
            Text::of("通信の秘密の対象外となります", "it is outside the secrecy of communications")
        }
        Code::OkConsent => Text::of("同意に基づき行うことができます", "it is lawful by consent"),
        Code::OkLaw => Text::of("法令に基づき行うことができます", "it is lawful under statute"),
        Code::OkEmergency => Text::of(
            "正当防衛又は緊急避難として行うことができます",
            "it is lawful as self-defence or necessity",
        ),
        Code::OkBusiness => {
            Text::of("正当業務行為として行うことができます", "it is lawful as legitimate business")
        }
        Code::Ask => Text::of("個別の判断が必要となります", "a person must decide first"),
        Code::No => Text::of("認められません", "it is not allowed"),
    }
}

/// Another end of the request.
fn ends(book: &Book, request: &Request, now: Code, day: Day) -> Vec<Flip> {
    let said = |end: End| match end {
        End::Unknown => "unknown".to_owned(),
        End::At(moment) => moment.wall.rfc3339(),
        End::WithCause => "with-cause".to_owned(),
        End::Lasting => "lasting".to_owned(),
    };
    let mut all = Vec::new();
    for (to, ja, en) in [
        (End::WithCause, "原因の解消とともに終了する", "If it ends with its cause"),
        (End::Lasting, "恒常的に続ける", "If it is to last"),
    ] {
        if to == request.end {
            continue;
        }
        let verdict = consider(book, &Request { end: to, ..request.clone() }, day).code();
        if verdict == now {
            continue;
        }
        let v = then(verdict);
        let text =
            Text { ja: format!("{ja}場合には、{}。", v.ja), en: format!("{en}, {}.", v.en) };
        let (fact, from) = ("end".to_owned(), said(request.end));
        all.push(Flip { fact, from, to: said(to), verdict, text });
    }
    all
}

//! Checking files of cases: a request with the verdict it must get, and what must decide it.

use ground::{Book, Code, Fact, MeasureName};
use serde::Serialize;
use serde_json::Value;
use terms::Day;

use super::answer::{Answer, answer};
use super::beside::is_yes;
use super::nearest::Other;
use super::request::{Request, named};
use super::tree::{Fault, Object, list, text, unknown};

/// A case and what came out.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// Its name in lists.
    pub id: String,
    /// A sentence.
    pub name: String,
    /// The verdicts of which it must get one.
    pub wanted: Vec<Code>,
    /// The verdict it got.
    pub verdict: Code,
    /// The measure that gave it, or is nearest.
    pub measure: Option<MeasureName>,
    /// Its letter.
    pub item: Option<String>,
    /// What differs from what the case says; empty when nothing does.
    pub differs: Vec<String>,
}

const KEYS: &[&str] = &[
    "id",
    "name",
    "basis",
    "verdict",
    "item",
    "deciding",
    "not-under",
    "lawful-instead",
    "duties",
    "advice",
    "added",
];

/// Runs the case of a document; `None` when it has no verdict to compare with.
///
/// # Errors
/// The first field of the request or of the case that is wrong.
pub fn check(book: &Book, document: &str, today: Day) -> Result<Option<Case>, Fault> {
    let request = Request::parse(document, book)?;
    let Some(case) = request.case.as_ref() else { return Ok(None) };
    let case = Object::of(case, "case", KEYS)?;
    if case.get("verdict").is_none() {
        return Ok(None);
    }
    let mut wanted = Vec::new();
    for said in texts(&case, "verdict")? {
        let codes = || Code::ALL.iter().map(|c| c.word());
        wanted.push(Code::parse(said).ok_or_else(|| unknown("case.verdict", said, codes()))?);
    }
    let given = answer(book, &request, today);
    let mut differs = Vec::new();
    if !wanted.contains(&given.verdict) {
        differs.push(format!("the verdict is {}", given.verdict));
    }
    for said in texts(&case, "deciding")? {
        if !given.deciding.iter().any(|word| stands_for(word, &given, said)) {
            differs.push(format!("{said} does not decide; {} does", given.deciding.join(", ")));
        }
    }
    for said in texts(&case, "item")? {
        if !items(book, said).contains(&given.item) {
            let item = given.item.as_deref().unwrap_or("no item");
            differs.push(format!("{item} gives the verdict, not {said}"));
        }
    }
    for said in texts(&case, "not-under")? {
        let items = items(book, said);
        if is_yes(given.verdict) && items.contains(&given.item) {
            differs.push(format!("{said} is the ground"));
        }
    }
    for said in texts(&case, "lawful-instead")? {
        let items = items(book, said);
        let could = |o: &&Other| o.could_do && items.contains(&Some(o.item.clone()));
        if given.nearest.iter().chain(&given.others).filter(could).count() == 0 {
            differs.push(format!("{said} is not named as what could be done instead"));
        }
    }
    for said in texts(&case, "duties")? {
        let told =
            given.tells.as_ref().is_some_and(|t| said == format!("tell-{}-{}", t.whom, t.when));
        if !told && !given.duties.iter().any(|d| d.duty == said) {
            differs.push(format!("the duty {said} is not owed"));
        }
    }
    for said in texts(&case, "advice")? {
        if !given.advice.iter().any(|a| a.word == said) {
            differs.push(format!("{said} is not among the advice"));
        }
    }
    let said = |key: &str| Ok::<_, Fault>(case.text(key)?.unwrap_or_default().to_owned());
    Ok(Some(Case {
        id: said("id")?,
        name: said("name")?,
        wanted,
        verdict: given.verdict,
        measure: given.measure,
        item: given.item,
        differs,
    }))
}

/// The items that a letter or a name stands for.
fn items(book: &Book, said: &str) -> Vec<Option<String>> {
    let measures = named(book, said);
    measures.iter().map(|name| book.measure(name).map(|m| m.item.clone())).collect()
}

/// One text, or a list of them.
fn texts<'a>(case: &Object<'a>, key: &str) -> Result<Vec<&'a str>, Fault> {
    let way = case.way(key);
    match case.get(key) {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.as_str()]),
        Some(several) => list(several, &way)?.iter().map(|v| text(v, &way)).collect(),
    }
}

/// Which facts a principle is about.
const PRINCIPLES: &[(&str, &[Fact])] = &[
    ("P1", &[Fact::ByMachine]),
    ("P7", &[Fact::OnlyMatching, Fact::NarrowerWay, Fact::ExactNamesOnly]),
    ("P8", &[Fact::CausePresent]),
    ("P10", &[Fact::LineConsents]),
    ("P11", &[Fact::LineAgreesByTerms, Fact::OptOutAnyTime, Fact::SameTerms, Fact::TermsMadeKnown]),
    ("P13", &[Fact::RangeNecessary]),
    ("P14", &[Fact::JudgedNotArbitrarily]),
];

/// Is `said` this word, the code of its condition, or a principle that it is about?
fn stands_for(word: &str, given: &Answer, said: &str) -> bool {
    let code = given.conditions.iter().find(|c| c.condition == word).map(|c| c.code);
    let principle = match Fact::parse(word) {
        Some(fact) => {
            fact.code() == said || PRINCIPLES.iter().any(|(p, f)| *p == said && f.contains(&fact))
        }
        None => of_condition(word).contains(&said),
    };
    word == said || code == Some(said) || principle
}

/// The principles that a condition is about which is no fact.
fn of_condition(word: &str) -> &'static [&'static str] {
    match word {
        "claims" => &["P3"],
        "purpose" | "decided" => &["P4", "P5"],
        "fields" => &["P6"],
        "over" => &["P7"],
        "end" => &["P8"],
        "source" | "second-use" => &["P9", "C-PURPOSE"],
        _ => &[],
    }
}

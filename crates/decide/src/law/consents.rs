//! The register of consents as a request gives it: who agreed to what, since when, and no longer.

use ground::{Book, Fact, MeasureName};
use serde_json::Value;
use terms::{Act, Day, Subject, Zone};

use super::request::{Request, THE_LINE, day, measures};
use super::tree::{Fault, Object, list, text, word};

/// One consent of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who gave it: `receiver`, `line`, or somebody else.
    pub whose: String,
    /// For which line; `None` is the line in question.
    pub line: Option<String>,
    /// Given by agreeing to terms, not for this alone.
    pub blanket: bool,
    /// To which acts; `None` is the act in question.
    pub acts: Option<Vec<Act>>,
    /// To which measures; `None` is any.
    pub measures: Option<Vec<MeasureName>>,
    /// Since which day.
    pub since: Option<Day>,
    /// On which day it was withdrawn.
    pub withdrawn: Option<Day>,
}

const KEYS: &[&str] = &["whose", "line", "kind", "acts", "measures", "since", "withdrawn", "text"];

/// Reads the list.
pub(super) fn consents(value: &Value, book: &Book) -> Result<Vec<Consent>, Fault> {
    let one = |(i, v)| consent(v, &format!("consents[{i}]"), book);
    list(value, "consents")?.iter().enumerate().map(one).collect()
}

fn consent(value: &Value, way: &str, book: &Book) -> Result<Consent, Fault> {
    let o = Object::of(value, way, KEYS)?;
    let kind = word(o.must("kind")?, &o.way("kind"), &["individual", "blanket"], |w| w)?;
    let mut covered = None;
    if let Some(v) = o.get("measures") {
        let way = o.way("measures");
        let mut all = Vec::new();
        for (i, v) in list(v, &way)?.iter().enumerate() {
            let way = format!("{way}[{i}]");
            all.extend(measures(book, &way, text(v, &way)?)?);
        }
        covered = Some(all);
    }
    if let Some(v) = o.get("text") {
        let shown = Object::of(v, &o.way("text"), &["version", "digest"])?;
        shown.text("version")?;
        shown.text("digest")?;
    }
    let on = |key: &str| -> Result<Option<Day>, Fault> {
        o.text(key)?.map(|t| of_day(&o.way(key), t)).transpose()
    };
    Ok(Consent {
        whose: text(o.must("whose")?, &o.way("whose"))?.to_owned(),
        line: o.text("line")?.map(str::to_owned),
        blanket: kind == "blanket",
        acts: o.words("acts", Act::ALL, Act::word)?,
        measures: covered,
        since: on("since")?,
        withdrawn: on("withdrawn")?,
    })
}

/// The day of a day or of a time.
fn of_day(way: &str, said: &str) -> Result<Day, Fault> {
    match terms::Time::parse(said) {
        Some(time) => Ok(Zone::TOKYO.day(time)),
        None => day(way, said),
    }
}

/// What the register says of the consent facts, under `measure` on `day`.
pub(super) fn register(
    request: &Request,
    measure: &MeasureName,
    on: Day,
) -> Option<[(Fact, bool); 2]> {
    let all = request.consents.as_ref()?;
    let counts = |c: &&Consent| {
        let party = matches!(c.whose.as_str(), "receiver" | "line");
        let line = match (&c.line, &request.subject) {
            (None, _) => true,
            // A line that the request does not name is the one that consented.
            (Some(of), Subject::Line(line, _)) => *of == line.0 || line.0 == THE_LINE,
            (Some(_), Subject::Network | Subject::Prefixes(_)) => false,
            (Some(_), Subject::One(..)) => true,
        };
        let in_time =
            c.since.is_none_or(|since| since <= on) && c.withdrawn.is_none_or(|end| on < end);
        party
            && line
            && in_time
            && c.acts.as_ref().is_none_or(|acts| acts.contains(&request.act))
            && c.measures.as_ref().is_none_or(|list| list.contains(measure))
    };
    let any = |blanket: bool| all.iter().filter(counts).any(|c| c.blanket == blanket);
    Some([(Fact::LineConsents, any(false)), (Fact::LineAgreesByTerms, any(true))])
}

//! The register of consents as a request gives it: who agreed to what, since when, and no longer.

use ground::{Book, Fact, MeasureName};
use serde_json::Value;
use terms::{Act, Day, Purpose, Subject, Zone};

use super::days::day;
use super::request::{Request, measures};
use super::tree::{Fault, Object, list, text, word};
use super::whose::THE_LINE;
use crate::{ConsentKind, Party};

/// One consent of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who gave it.
    pub whose: Party,
    /// For which line; `None` is the line in question, or every line by its terms.
    pub line: Option<String>,
    /// For this alone, or by agreeing to terms.
    pub kind: ConsentKind,
    /// To which acts.
    pub acts: Vec<Act>,
    /// To which measures; `None` is any for the purposes.
    pub measures: Option<Vec<MeasureName>>,
    /// For which purposes; `None` is any of the measures.
    pub purposes: Option<Vec<Purpose>>,
    /// Since which day.
    pub since: Day,
    /// On which day it was withdrawn.
    pub withdrawn: Option<Day>,
}

/// Another word for the receiver: whoever has the line.
const LINE: &str = "line";

/// The words of `whose` in a consent.
pub(super) fn parties() -> impl Iterator<Item = &'static str> {
    Party::ALL.iter().map(|p| p.word()).chain([LINE])
}

const KEYS: &[&str] =
    &["whose", "line", "kind", "acts", "measures", "purposes", "since", "withdrawn", "text"];

/// Reads the list, of a request about `subject`.
pub(super) fn consents(
    value: &Value,
    book: &Book,
    subject: &Subject,
) -> Result<Vec<Consent>, Fault> {
    let one = |(i, v)| consent(v, &format!("consents[{i}]"), book, subject);
    list(value, "consents")?.iter().enumerate().map(one).collect()
}

fn consent(value: &Value, way: &str, book: &Book, subject: &Subject) -> Result<Consent, Fault> {
    let o = Object::of(value, way, KEYS)?;
    let must = |key: &str, what: &str| {
        Fault::of(&o.way(key), format!("is missing: a consent counts only when it says {what}"))
    };
    let whose = match o.must("whose")? {
        of if of == LINE => Party::Receiver,
        of => word(of, &o.way("whose"), Party::ALL, Party::word)?,
    };
    let kind = o.word("kind", ConsentKind::ALL, ConsentKind::word)?;
    let kind = kind.ok_or_else(|| must("kind", "whether it is individual or blanket"))?;
    let line = o.text("line")?.map(str::to_owned);
    // Terms are agreed to by every line alike; a consent of its own is one line's.
    if line.is_none() && kind == ConsentKind::Individual && !matches!(subject, Subject::Line(..)) {
        return Err(must("line", "for which line, unless `whose` of the request is that line"));
    }
    let acts = o.words("acts", Act::ALL, Act::word)?;
    let acts = acts.ok_or_else(|| must("acts", "to which acts"))?;
    let purposes = o.words("purposes", Purpose::ALL, Purpose::word)?;
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
    if covered.is_none() && purposes.is_none() {
        return Err(must("measures", "to which items, or with `purposes` for which purposes"));
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
        whose,
        line,
        kind,
        acts,
        measures: covered,
        purposes,
        since: on("since")?.ok_or_else(|| must("since", "since which day it is in force"))?,
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

/// What the register says of the consent facts, under `measure` for this act and purpose on a day.
pub(super) fn register(
    request: &Request,
    measure: &MeasureName,
    (act, purpose): (Act, Purpose),
    on: Day,
) -> Option<[(Fact, bool); 2]> {
    let all = request.consents.as_ref()?;
    let counts = |c: &&Consent| {
        let line = match (&c.line, &request.subject) {
            (None, _) => true,
            // A line that the request does not name is the one that consented.
            (Some(of), Subject::Line(line, _)) => *of == line.0 || line.0 == THE_LINE,
            // Whose log-in, address or name it is, a request does not say.
            (Some(_), Subject::Network | Subject::Prefixes(_) | Subject::One(..)) => false,
        };
        c.whose.counts_for(purpose)
            && line
            && c.since <= on
            && c.withdrawn.is_none_or(|end| on < end)
            && c.acts.contains(&act)
            && c.measures.as_ref().is_none_or(|list| list.contains(measure))
            && c.purposes.as_ref().is_none_or(|list| list.contains(&purpose))
    };
    let any = |kind: ConsentKind| all.iter().filter(counts).any(|c| c.kind == kind);
    Some([
        (Fact::LineConsents, any(ConsentKind::Individual)),
        (Fact::LineAgreesByTerms, any(ConsentKind::Blanket)),
    ])
}

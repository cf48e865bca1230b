//! A request as anybody may write it: a JSON document with the words that the vocabulary prints.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Actor, Basis, Book, End, Fact, MeasureName, Role};
use serde_json::Value;
use terms::{Act, Day, Field, Fields, Line, Moment, Named, Person, PrefixSet, Purpose, Source};
use terms::{Step, Subject, Time, Zone};

use super::consents::{Consent, consents};
use super::tree::{Fault, Object, list, parse, text, unknown};
use super::typed::{known, typed};

/// What may be asked, with suppositions instead of established facts. Nothing follows from it but an
/// answer.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the writer says of it, for a file of cases; the law does not look at it.
    pub case: Option<Value>,
    /// Who would act.
    pub actor: Actor,
    /// The act.
    pub act: Act,
    /// What for.
    pub purpose: Purpose,
    /// Whose communications.
    pub subject: Subject,
    /// The day; `None` is today.
    pub day: Option<Day>,
    /// When it would end.
    pub end: End,
    /// The fields; `None` is those of each measure and no more.
    pub fields: Option<Fields>,
    /// Where the data comes from; `None` is only from where each measure reads.
    pub sources: Option<Vec<Source>>,
    /// The ground that is claimed.
    pub claims: Option<Basis>,
    /// Only these measures.
    pub under: Option<Vec<MeasureName>>,
    /// The written question of an observe-only run.
    pub observes: Option<String>,
    /// What is supposed of facts.
    pub facts: BTreeMap<Fact, Supposed>,
    /// The whole register of consents; `None` when the request does not speak of it.
    pub consents: Option<Vec<Consent>>,
    /// Supposed otherwise than the request says, to see what would change.
    pub(super) instead: BTreeMap<Fact, Option<bool>>,
}

/// What is supposed of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supposed {
    /// So, not so, or not known.
    pub so: Option<bool>,
    /// Who established it, in which role; `None` is whoever may.
    pub by: Option<(Person, Role)>,
    /// Who countersigned.
    pub countersigned: Option<Role>,
    /// When it was established.
    pub at: Option<Time>,
    /// Until when it may be relied on.
    pub until: Option<Time>,
    /// The field that says it.
    pub field: String,
}

const KEYS: &[&str] = &[
    "case",
    "act",
    "purpose",
    "step",
    "whose",
    "day",
    "end",
    "fields",
    "sources",
    "actor",
    "requester",
    "harm",
    "scope",
    "list",
    "consents",
    "claims",
    "under",
    "observes",
    "facts",
];

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// The first field that is wrong, and what to write instead.
    pub fn parse(document: &str, book: &Book) -> Result<Self, Fault> {
        Self::read(&parse(document)?, book)
    }

    /// Reads a request from JSON that was parsed already.
    ///
    /// # Errors
    /// As [`Request::parse`].
    pub fn read(document: &Value, book: &Book) -> Result<Self, Fault> {
        let o = Object::of(document, "", KEYS)?;
        let must = |key: &str| Fault::of(key, "is missing, and nothing can be asked without it");
        let act = o.word("act", Act::ALL, Act::word)?.ok_or_else(|| must("act"))?;
        let purpose =
            o.word("purpose", Purpose::ALL, Purpose::word)?.ok_or_else(|| must("purpose"))?;
        if let Some(step) = o.word("step", Step::ALL, Step::word)?
            && step != act.step()
        {
            let why = format!(
                "`{step}` is not the step of the act `{act}`, which is `{}`: write that, or leave it out",
                act.step()
            );
            return Err(Fault::of("step", why));
        }
        if let Some(case) = o.get("case")
            && !case.is_object()
        {
            return Err(Fault::of("case", "must be an object, written in { }"));
        }
        let (actor, party) = actor(o.get("actor"))?;
        let mut facts = known(o.get("facts"))?;
        typed(&o, party, &mut facts)?;
        let consents = o.get("consents").map(|v| consents(v, book)).transpose()?;
        if consents.is_some()
            && let Some(f) = facts.keys().find(|f| f.is_per_line())
        {
            let why = "the list of consents says this already: leave one of the two out";
            return Err(Fault::of(&format!("facts.{f}"), why));
        }
        Ok(Self {
            case: o.get("case").cloned(),
            actor,
            act,
            purpose,
            subject: subject(o.must("whose")?)?,
            day: o.text("day")?.map(|t| day("day", t)).transpose()?,
            end: end(o.text("end")?)?,
            fields: o.words("fields", Field::ALL, Field::word)?.map(|f| f.into_iter().collect()),
            sources: o.words("sources", Source::ALL, Source::word)?,
            claims: o.word("claims", Basis::ALL, Basis::word)?,
            under: o.text("under")?.map(|t| measures(book, "under", t)).transpose()?,
            observes: o.text("observes")?.map(str::to_owned),
            facts,
            consents,
            instead: BTreeMap::new(),
        })
    }
}

/// The measures of an item's letter (`エ` is `エ(a)` and `エ(b)`) or of a name.
pub(super) fn measures(book: &Book, way: &str, said: &str) -> Result<Vec<MeasureName>, Fault> {
    let found = named(book, said);
    if !found.is_empty() {
        return Ok(found);
    }
    let all: Vec<&str> =
        book.measures().iter().flat_map(|m| [&*m.name.0, m.item.as_str()]).collect();
    Err(unknown(way, said, all.into_iter()))
}

/// The measures of an item's letter or name; none when there is no such item.
#[must_use]
pub fn named(book: &Book, said: &str) -> Vec<MeasureName> {
    let is = |m: &&Arc<ground::Measure>| {
        let versions = m.name.0.strip_prefix(said).is_some_and(|rest| rest.starts_with('@'));
        let parts =
            m.item.strip_prefix(said).is_some_and(|rest| rest.starts_with(['(', '①', '②', '③']));
        *m.name.0 == *said || m.item == said || versions || parts
    };
    book.measures().iter().filter(is).map(|m| m.name.clone()).collect()
}

fn actor(value: Option<&Value>) -> Result<(Actor, Option<bool>), Fault> {
    let nobody = || Actor { person: Person("advice".into()), roles: vec![] };
    let Some(value) = value else { return Ok((nobody(), None)) };
    let o = Object::of(value, "actor", &["person", "roles", "party"])?;
    let person = o.text("person")?.map_or_else(|| nobody().person, |p| Person(p.to_owned()));
    let roles = o.words("roles", Role::ALL, Role::word)?.unwrap_or_default();
    Ok((Actor { person, roles }, o.so("party")?))
}

/// What a line is called that the request does not name.
pub(super) const THE_LINE: &str = "the line";

const KINDS: &[&str] = &["network", "destination", "line", "login", "sender", "name", "country"];

/// Whose communications: one word, or `{"line": "line-7", "prefixes": [..]}` and the like.
fn subject(value: &Value) -> Result<Subject, Fault> {
    let nowhere = || Arc::new(PrefixSet::of([]));
    if let Value::Object(map) = value {
        let o = Object::of(
            value,
            "whose",
            &["destination", "line", "prefixes", "login", "sender", "name", "country"],
        )?;
        let said: Vec<&str> = KINDS.iter().copied().filter(|k| map.contains_key(*k)).collect();
        let [kind] = said[..] else {
            let why =
                "must name one of `destination`, `line`, `login`, `sender`, `name`, `country`";
            return Err(Fault::of("whose", why));
        };
        if kind != "line" && map.contains_key("prefixes") {
            return Err(Fault::of("whose.prefixes", "belongs to a line: write it with `line`"));
        }
        let prefixes = |key: &str| o.get(key).map(|v| prefixes(v, &o.way(key))).transpose();
        if kind == "destination" {
            return Ok(Subject::Prefixes(prefixes(kind)?.unwrap_or_else(nowhere)));
        }
        let name = text(o.must(kind)?, &o.way(kind))?;
        return Ok(match kind {
            "line" => {
                Subject::Line(Line(name.to_owned()), prefixes("prefixes")?.unwrap_or_else(nowhere))
            }
            _ => Subject::One(Named::parse(kind).unwrap_or(Named::Name), name.into()),
        });
    }
    let said = text(value, "whose")?;
    Ok(match said {
        "network" => Subject::Network,
        "destination" => Subject::Prefixes(nowhere()),
        "line" => Subject::Line(Line(THE_LINE.into()), nowhere()),
        _ => match Named::parse(said) {
            Some(named) => Subject::One(named, said.into()),
            None => return Err(unknown("whose", said, KINDS.iter().copied())),
        },
    })
}

fn prefixes(value: &Value, way: &str) -> Result<Arc<PrefixSet>, Fault> {
    let mut all = Vec::new();
    for (i, v) in list(value, way)?.iter().enumerate() {
        let way = format!("{way}[{i}]");
        let wrong = || Fault::of(&way, "must be a prefix such as \"203.0.113.0/24\"");
        all.push(text(v, &way)?.parse().map_err(|_| wrong())?);
    }
    Ok(Arc::new(PrefixSet::of(all)))
}

/// A day.
pub(super) fn day(way: &str, said: &str) -> Result<Day, Fault> {
    said.parse().map_err(|_| Fault::of(way, "must be a day such as \"2026-05-01\""))
}

/// A time; a day alone is its first instant in Japan.
pub(super) fn time(way: &str, said: &str) -> Result<Time, Fault> {
    let wrong = || {
        Fault::of(
            way,
            "must be a time such as \"2026-05-01T09:00Z\", or a day such as \"2026-05-01\"",
        )
    };
    Time::parse(said).or_else(|| said.parse().ok().map(|d| Zone::TOKYO.start(d))).ok_or_else(wrong)
}

/// The end: with its cause, never, at a time, or with the end of a day.
fn end(said: Option<&str>) -> Result<End, Fault> {
    Ok(match said {
        None => End::Unknown,
        Some("with-cause") => End::WithCause,
        Some("lasting" | "permanent") => End::Lasting,
        Some(said) => {
            let of_day = said.parse::<Day>().ok().map(|d| Zone::TOKYO.start(d.plus(1)));
            let wrong = || {
                let why = "must be \"with-cause\", \"lasting\", a day such as \"2026-05-02\", or a time such as \"2026-05-01T09:00Z\"";
                Fault::of("end", why)
            };
            let at = of_day.or_else(|| Time::parse(said)).ok_or_else(wrong)?;
            End::At(Moment::replayed(at))
        }
    })
}

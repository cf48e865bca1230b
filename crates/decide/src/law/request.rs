//! A request as anybody may write it: a JSON document with the words that the vocabulary prints.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Actor, Basis, Book, End, Fact, MeasureName, Role};
use serde_json::Value;
use terms::{Act, Day, Field, Fields, Person, Purpose, Source, Step, Subject, Time};

use super::consents::{Consent, consents};
use super::days::{day, end};
use super::tree::{Fault, Object, parse, word};
use super::typed::{known, typed};
use super::whose::subject;

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

/// What stands in a measure's place for the letter when no text gives it one.
const NO_ITEM: &str = "–";

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
        let act = word(o.must("act")?, "act", Act::ALL, Act::word)?;
        let purpose = word(o.must("purpose")?, "purpose", Purpose::ALL, Purpose::word)?;
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
        let subject = subject(o.must("whose")?)?;
        let (actor, party) = actor(o.get("actor"))?;
        let mut facts = known(o.get("facts"))?;
        typed(&o, party, &mut facts)?;
        let consents = o.get("consents").map(|v| consents(v, book, &subject)).transpose()?;
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
            subject,
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
    Err(Fault::of(way, format!("there is no item or measure `{said}`; {}", like(book, said))))
}

/// Which items or measures could have been meant by what is the name of none, as half a sentence.
#[must_use]
pub fn like(book: &Book, said: &str) -> String {
    let letters = |m: &Arc<ground::Measure>| (m.item != NO_ITEM).then(|| m.item.clone());
    let mut items: Vec<String> = book.measures().iter().filter_map(letters).collect();
    items.dedup();
    // Every letter is one edit from every other: then only the list of all of them helps.
    if said.chars().count() < 3 {
        return format!("the items are {}; `sekisho law list` has their names", items.join(", "));
    }
    let names = book.measures().iter().map(|m| &*m.name.0);
    let long = items.iter().map(String::as_str).filter(|i| i.chars().count() > 2);
    let all: Vec<&str> = names.chain(long).collect();
    // Names are long: one that begins alike, or has this in it, is meant rather than a short one.
    let alike = |name: &str| match name.contains(said) {
        true => usize::MAX,
        false => name.chars().zip(said.chars()).take_while(|(a, b)| a == b).count(),
    };
    let most = all.iter().map(|name| alike(name)).max().unwrap_or_default();
    let least = if most < 3 { 0 } else { most };
    let near = ground::nearest(said, all.into_iter().filter(|name| alike(name) >= least));
    format!("did you mean {near}? `sekisho law list` has all")
}

/// The measures of an item's letter or name; none when there is no such item.
#[must_use]
pub fn named(book: &Book, said: &str) -> Vec<MeasureName> {
    if said == NO_ITEM {
        return Vec::new();
    }
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

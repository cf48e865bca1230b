//! The book of measures: compiled in, read at start, asked by anyone.

use core::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use terms::{Day, Field, Gives, Line, Moment, Named, Over, Person, PrefixSet, Role, Source};
use terms::{Subject, Time, Zone};

use crate::citation::{TEXTS, documents};
use crate::gate::{no_later_than, rank};
use crate::reading::{House, house, law, outcome, unmet_advice};
use crate::{
    Actor, Digest, Document, End, Example, Facts, MEASURES, Measure, MeasureName, Outcome, Reading,
    Record, Request, State,
};

/// All measures of one version of the product.
#[derive(Debug)]
pub struct Book {
    measures: Vec<Arc<Measure>>,
    documents: BTreeMap<String, Document>,
    digest: Digest,
}

/// A measure that does not load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("measures/{name}.toml, line {line}: {why}")]
pub struct BookError {
    /// The file, without its ending.
    pub name: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it, and what to do.
    pub why: String,
}

/// What the law says to supposed facts. Makes no ground.
#[derive(Debug)]
pub struct Advice {
    /// What it comes to, by the text alone.
    pub outcome: Outcome,
    /// How each measure reads it, the nearest first.
    pub readings: Vec<Reading>,
    /// Kept data for a purpose no measure that reads it serves.
    pub second_use: bool,
}

/// What all measures together say to a request.
pub(crate) struct Judged {
    pub(crate) outcome: Outcome,
    pub(crate) readings: Vec<Reading>,
    pub(crate) second_use: bool,
    pub(crate) until: Option<Moment>,
    pub(crate) owes: Vec<Role>,
}

impl Book {
    /// Reads measures from `(file name, text)`.
    ///
    /// # Errors
    /// The first measure that does not load: an unreadable book opens nothing.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, BookError> {
        let unfit = |why| BookError { name: "TEXTS".to_owned(), line: 1, why };
        let documents = documents(TEXTS).map_err(unfit)?;
        let mut measures: Vec<Arc<Measure>> = Vec::with_capacity(files.len());
        let mut all = Vec::new();
        for &(name, text) in files {
            let fails = |line, why| BookError { name: name.to_owned(), line, why };
            let mut measure = Measure::load(name, text).map_err(|f| fails(f.line, f.why))?;
            let cites = text.lines().position(|l| l.starts_with("cites")).map_or(1, |n| n + 1);
            measure.cite(&documents, text).map_err(|f| fails(f.line, f.why))?;
            for other in &measures {
                other.stands_beside(&measure).map_err(|why| fails(cites, why))?;
            }
            all.extend_from_slice(&measure.digest.0);
            measures.push(Arc::new(measure));
        }
        all.extend_from_slice(&Digest::of(TEXTS.as_bytes()).0);
        Ok(Self { measures, documents, digest: Digest::of(&all) })
    }

    /// The book compiled into this version.
    ///
    /// # Errors
    /// As [`Book::read`]; a test keeps it from happening.
    pub fn compiled() -> Result<Self, BookError> {
        Self::read(MEASURES)
    }

    /// All measures, in guideline order.
    #[must_use]
    pub fn measures(&self) -> &[Arc<Measure>] {
        &self.measures
    }
    /// The measure of this name.
    #[must_use]
    pub fn measure(&self, name: &MeasureName) -> Option<&Measure> {
        self.measures.iter().find(|m| m.name == *name).map(AsRef::as_ref)
    }
    /// The document a citation names.
    #[must_use]
    pub fn document(&self, name: &str) -> Option<&Document> {
        self.documents.get(name)
    }
    /// Digest over all measures.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the text says to supposed facts on `day`; signatures, numbers and switches are left out.
    #[must_use]
    pub fn advise(&self, request: &Request, day: Day) -> Advice {
        let at = Moment::replayed(Zone::TOKYO.start(day));
        let judged = self.consider(request, at, day, false);
        Advice { outcome: judged.outcome, readings: judged.readings, second_use: judged.second_use }
    }

    pub(crate) fn judge(&self, request: &Request, at: Moment, day: Day) -> Judged {
        self.consider(request, at, day, true)
    }

    fn consider(&self, request: &Request, at: Moment, day: Day, with_house: bool) -> Judged {
        let in_question = self.measures.iter().filter(|m| {
            m.acts.contains(&request.act)
                && request.only.as_ref().is_none_or(|only| m.name == *only)
        });
        let serves =
            |m: &&Arc<Measure>| request.only.is_some() || m.purposes.contains(&request.purpose);
        let mut read: Vec<(&Measure, Reading, House)> = in_question
            .filter(serves)
            .map(|m| {
                let mut checked = law(m, request, at, day, with_house);
                let mut of_the_house = House::default();
                if with_house && m.can_grant() {
                    of_the_house = house(m, request, at, day);
                    checked.append(&mut of_the_house.checked);
                }
                let outcome = outcome(&checked);
                let unmet_advice = unmet_advice(m, request, at);
                let measure = m.name.clone();
                (m.as_ref(), Reading { measure, outcome, checked, unmet_advice }, of_the_house)
            })
            .collect();
        read.sort_by_key(|(m, r, _)| place(m, r));
        let unread = |s: &Source| s.is_kept() && !read.iter().any(|(m, ..)| m.reads.contains(s));
        let second_use = request.sources.iter().any(unread);
        let outcome = match read.first() {
            Some((_, first, _)) => first.outcome,
            None if second_use => Outcome::Refused,
            None => Outcome::Asks,
        };
        let (until, owes) = match read.first() {
            Some((m, _, house)) => (end(m, request, house), house.owes.clone()),
            None => (None, Vec::new()),
        };
        Judged {
            outcome,
            readings: read.into_iter().map(|(_, r, _)| r).collect(),
            second_use,
            until,
            owes,
        }
    }

    /// Runs an example of `measure`: every required fact as required, and what the example changes.
    #[must_use]
    pub fn run_example(&self, measure: &Measure, example: &Example) -> Gives {
        let day = example.day.unwrap_or_else(|| measure.cites.from.plus(1));
        let at = Moment::replayed(Zone::TOKYO.start(day));
        let mut request = base_request(measure, at);
        let facts = measure.requires.iter().chain(&example.facts).map(|(f, so)| (*f, *so));
        request.record.facts = Facts::supposed(facts, at.wall);
        for &fact in &example.unknown {
            request.record.facts.forget(fact);
        }
        request.act = example.act.unwrap_or(request.act);
        request.purpose = example.purpose.unwrap_or(request.purpose);
        request.fields =
            example.more_fields.iter().fold(request.fields, |set, f: &Field| set.with(*f));
        request.sources.extend(example.source);
        if example.whole_network {
            request.subject = Subject::Network;
        }
        if example.endless {
            request.end = End::Lasting;
        }
        match self.advise(&request, day).outcome {
            Outcome::Granted => Gives::Granted,
            Outcome::Asks => Gives::Asks,
            Outcome::Refused => Gives::Refused,
        }
    }
}

/// Where a reading stands among others, the smaller the nearer: granted before asking before refused;
/// then the order of grounds, or how little is in the way; then the narrower scope; then fewer fields.
pub fn place(measure: &Measure, reading: &Reading) -> impl Ord + use<> {
    let count = |s: State| reading.in_state(s).count();
    let far = match reading.outcome {
        Outcome::Granted => (usize::from(rank(measure.basis)), 0),
        Outcome::Asks | Outcome::Refused => {
            let apart = reading.in_state(State::Failed).filter(|c| c.condition.is_apart()).count();
            (count(State::Failed) + count(State::Open) + 2 * apart, count(State::Unknown))
        }
    };
    (Reverse(reading.outcome), far, Reverse(measure.over), measure.fields.count())
}

/// A request that meets everything `measure` asks for but its facts, under that measure only.
pub(crate) fn base_request(measure: &Measure, at: Moment) -> Request {
    let nowhere = || Arc::new(PrefixSet::of([]));
    let one = |what| Subject::One(what, "example".into());
    Request {
        actor: Actor { person: Person("advice".into()), roles: vec![Role::System] },
        act: measure.acts.first().copied().unwrap_or(terms::Act::Analyse),
        purpose: measure.purposes.first().copied().unwrap_or(terms::Purpose::RunNetwork),
        fields: measure.fields,
        sources: measure.reads.clone(),
        subject: match measure.over {
            Over::Network => Subject::Network,
            Over::Country => one(Named::Country),
            Over::Destination => Subject::Prefixes(nowhere()),
            Over::Sender => one(Named::Sender),
            Over::Name => one(Named::Name),
            Over::Login => one(Named::Login),
            Over::Line => Subject::Line(Line("example".into()), nowhere()),
        },
        end: End::At(at.after(terms::Span::minutes(1))),
        case: None,
        only: Some(measure.name.clone()),
        claims: None,
        plan: None,
        observes: None,
        record: Record::default(),
    }
}

/// The end of a grant: as asked, or earlier when consent or a signature ends earlier.
fn end(measure: &Measure, request: &Request, house: &House) -> Option<Moment> {
    let asked = request.end.moment()?;
    let consent = measure.requires.keys().filter(|f| f.is_per_line());
    let consent =
        consent.filter_map(|f| request.record.facts.get(*f)).filter_map(|k| k.until).min();
    let earliest: Option<Time> = [consent, house.until].into_iter().flatten().min();
    Some(no_later_than(asked, earliest))
}

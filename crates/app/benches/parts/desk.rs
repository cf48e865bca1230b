//! A gate with everything on record that it asks for, so that it grants what a bench measures.

use std::sync::Arc;

use anyhow::{Result, bail};
use ground::{
    Acceptance, Actor, Answer, Automatic, Book, End, Fact, Gate, Ground, Journal, Known, Measure,
    MeasureName, Mode, Number, Origin, Pass, Record, Request, Role, Setting, Signature, SignedOn,
};
use terms::{Act, Day, Fields, Moment, Person, Purpose, Source, Span, Subject, Time, Zone};

/// When all this takes place; no bench lets time pass.
pub(crate) const AT: Moment = Moment { wall: Time(1_780_000_000_000), mono: 1_000_000 };

/// All that a flow record can tell: the fields of the measures below.
pub(crate) const EVERYTHING: Fields = Fields::FLOW;

/// A look at flow records under one measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) measure: &'static str,
    pub(crate) act: Act,
    pub(crate) source: Source,
}

/// ス: statistics of the whole network, from flow export as it arrives.
pub(crate) const STATISTICS: Look =
    Look { measure: "13-su-take-statistics", act: Act::Collect, source: Source::FlowExport };

impl Look {
    /// What data that it may open is sealed with.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            measure: MeasureName::of(self.measure),
            source: self.source,
            purpose: Purpose::RunNetwork,
            last_day: None,
        }
    }
}

/// The gate and what is on record.
pub(crate) struct Desk {
    book: Arc<Book>,
    pub(crate) gate: Gate,
}

impl Desk {
    /// A gate whose answers go to `journal`.
    #[expect(clippy::disallowed_methods, reason = "a bench makes its own gate")]
    pub(crate) fn writing_to(journal: Arc<dyn Journal>) -> Result<Self> {
        let book = Arc::new(Book::compiled()?);
        let gate = Gate::new(Arc::clone(&book), journal, Zone::TOKYO);
        Ok(Self { book, gate })
    }

    /// A request for `look` that meets every condition of its measure.
    pub(crate) fn request(&self, look: &Look, fields: Fields, subject: Subject) -> Result<Request> {
        let Some(measure) = self.book.measure(&MeasureName::of(look.measure)) else {
            bail!("the book has no measure {}", look.measure);
        };
        let Some(&purpose) = measure.purposes.first() else {
            bail!("the measure {} has no purpose", look.measure);
        };
        Ok(Request {
            actor: Actor { person: person("asks"), roles: vec![Role::System] },
            act: look.act,
            purpose,
            fields,
            sources: vec![look.source],
            subject,
            end: End::At(AT.after(Span::days(1))),
            case: None,
            only: None,
            claims: None,
            plan: None,
            observes: None,
            record: record(measure),
        })
    }

    /// The ground that the gate grants for `look`.
    pub(crate) fn ground(&self, look: &Look, fields: Fields, subject: Subject) -> Result<Ground> {
        match self.gate.ask(&self.request(look, fields, subject)?, AT) {
            Answer::Granted(granted) => match granted.pass {
                Pass::Ground(ground) => Ok(ground),
                other @ (Pass::Warrant(_) | Pass::Observe) => bail!("not a ground: {other:?}"),
            },
            other @ (Answer::Asks(_) | Answer::Refused(_)) => bail!("not granted: {other:?}"),
        }
    }
}

/// Facts, signatures, numbers, switch and acceptance, all that `measure` asks for.
fn record(measure: &Measure) -> Record {
    let mut record = Record::default();
    for (&fact, &so) in &measure.requires {
        record.facts.learn(fact, known(fact, so));
    }
    let sign = |&role: &Role| Signature {
        person: person(&format!("signs as {role}")),
        role,
        at: AT.wall,
        until: Some(AT.wall.after(Span::days(300))),
        on: SignedOn::Measure(measure.name.clone(), measure.digest),
    };
    record.signatures = measure.signers.roles.iter().map(sign).collect();
    let setting = Setting {
        value: 30.0,
        author: person("proposes"),
        reason: "a bench needs one".to_owned(),
        day: Day::of(2026, 5, 1).unwrap_or(measure.cites.from),
        approver: person("approves"),
    };
    record.numbers = Number::ALL.iter().map(|&number| (number, setting.clone())).collect();
    let automatic = measure.automatic != Automatic::No;
    let mode = if automatic { Mode::Automatic } else { Mode::Propose };
    record.modes.insert(measure.name.clone(), mode);
    let acceptance = Acceptance {
        person: person("accepts"),
        second: person("accepts too"),
        at: AT.wall,
        reason: "a bench needs it".to_owned(),
        digest: measure.digest,
    };
    record.accepted.insert(measure.name.clone(), acceptance);
    record
}

fn known(fact: Fact, so: bool) -> Known {
    Known {
        so,
        person: person("establishes"),
        role: fact.established_by().first().copied().unwrap_or(Role::System),
        countersigned: fact.countersigned_by().map(|role| (person("countersigns"), role)),
        at: AT.wall,
        until: None,
        covers: fact.is_per_line().then_some(Subject::Network),
    }
}

fn person(name: &str) -> Person {
    Person(name.to_owned())
}

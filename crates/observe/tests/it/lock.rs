//! A gate that granted the standing statistics, so that decoders decode and a test may look.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use ground::{
    Actor, Answer, Book, Columns, End, Entry, Gate, Ground, Journal, Known, Mask, MeasureName,
    Mode, NotDurable, Number, Origin, Pass, Record, Request, Role, Sealed, Setting, Signature,
    SignedOn,
};
use observe::Exporter;
use terms::{
    Act, AnswerId, Column, Day, Field, Fields, Flows, Moment, Person, Purpose, Source, Span,
    Subject, Time, Zone,
};

/// When these tests take place.
pub(crate) const AT: Time = Time(1_780_000_000_000);

/// The gate, and the ground it gave.
pub(crate) struct Lock {
    gate: Gate,
    ground: Ground,
}

#[derive(Default)]
struct Paper(Mutex<u64>);

impl Journal for Paper {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        let mut n = self.0.lock().unwrap();
        *n += 1;
        Ok(AnswerId(*n))
    }
}

impl Lock {
    /// Grants the collection of statistics with these fields.
    #[expect(clippy::disallowed_methods, reason = "a test makes its own gate")]
    pub(crate) fn granting(fields: Fields) -> Self {
        let gate =
            Gate::new(Arc::new(Book::compiled().unwrap()), Arc::new(Paper::default()), Zone::TOKYO);
        match gate.ask(&request(fields), at(0)) {
            Answer::Granted(granted) => match granted.pass {
                Pass::Ground(ground) => Self { gate, ground },
                other @ (Pass::Warrant(_) | Pass::Observe) => panic!("not a ground: {other:?}"),
            },
            other @ (Answer::Asks(_) | Answer::Refused(_)) => panic!("not granted: {other:?}"),
        }
    }
    /// Grants all fields of a flow.
    pub(crate) fn open_wide() -> Self {
        Self::granting(Fields::FLOW)
    }
    /// Ends the ground: the mask is empty from now on.
    pub(crate) fn end(&self) {
        self.gate.end(&self.ground, at(1));
    }
    pub(crate) fn mask(&self) -> Arc<Mask> {
        self.gate.mask()
    }
    pub(crate) fn open<'a>(&self, sealed: &'a Sealed<Flows>) -> Columns<'a, Flows> {
        self.ground.open(sealed, at(0)).unwrap()
    }
    /// The destination ports of a batch.
    pub(crate) fn dst_ports(&self, sealed: &Sealed<Flows>) -> Vec<u16> {
        let columns = self.open(sealed);
        let Some(Column::Shorts(ports)) = columns.column(Field::DstPort) else {
            panic!("no ports")
        };
        ports.to_vec()
    }
}

/// What batches are sealed with.
pub(crate) fn origin() -> Origin {
    Origin {
        measure: MeasureName::of(STATISTICS),
        source: Source::FlowExport,
        purpose: Purpose::RunNetwork,
        last_day: None,
    }
}

/// So many milliseconds after [`AT`].
pub(crate) fn at(ms: u64) -> Moment {
    Moment::replayed(AT.after(Span(ms)))
}

pub(crate) fn exporter(name: &str, address: &str) -> Exporter {
    let address: IpAddr = address.parse().unwrap();
    Exporter { name: name.to_owned(), address, sampling: None }
}

const STATISTICS: &str = "13-su-take-statistics";

fn person(name: &str) -> Person {
    Person(name.to_owned())
}

fn request(fields: Fields) -> Request {
    let book = Book::compiled().unwrap();
    let measure = book.measure(&MeasureName::of(STATISTICS)).unwrap();
    let mut record = Record::default();
    for (&fact, &so) in &measure.requires {
        let role = fact.established_by()[0];
        let countersigned = fact.countersigned_by().map(|role| (person("countersigns"), role));
        let known = Known {
            so,
            person: person("establishes"),
            role,
            countersigned,
            at: AT,
            until: None,
            covers: None,
        };
        record.facts.learn(fact, known);
    }
    record.signatures = measure
        .signers
        .roles
        .iter()
        .map(|&role| Signature {
            person: person(&format!("signs as {role}")),
            role,
            at: AT,
            until: Some(AT.after(Span::days(300))),
            on: SignedOn::Measure(measure.name.clone(), measure.digest),
        })
        .collect();
    let days = Setting {
        value: 30.0,
        author: person("proposes"),
        reason: "as long as capacity is planned ahead".to_owned(),
        day: Day::of(2015, 1, 1).unwrap(),
        approver: person("approves"),
    };
    record.numbers.insert(Number::StatisticsDays, days);
    record.modes.insert(measure.name.clone(), Mode::Automatic);
    Request {
        actor: Actor { person: person("asks"), roles: vec![Role::Operations] },
        act: Act::Collect,
        purpose: Purpose::RunNetwork,
        fields,
        sources: vec![Source::FlowExport],
        subject: Subject::Network,
        end: End::At(at(0).after(Span::days(30))),
        case: None,
        only: Some(measure.name.clone()),
        claims: None,
        plan: None,
        observes: None,
        record,
    }
}

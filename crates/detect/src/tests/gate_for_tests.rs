//! A gate of the tests' own, over the book as it is compiled in, with everything signed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use ground::{
    Acceptance, Actor, Answer, Book, End, Entry, Facts, Gate, Ground, Journal, Measure,
    MeasureName, Mode, NotDurable, Number, Pass, Record, Request, Role, Setting, Signature,
    SignedOn,
};
use terms::{
    Act, AnswerId, Day, Fields, IpNet, Moment, Person, PrefixSet, Source, Span, Subject, Time, Zone,
};

/// When the tests begin: 2026-05-01T00:00Z.
pub(crate) const START: Time = Time(1_777_593_600_000);

/// Read once: a test process asks often.
static BOOK: LazyLock<Arc<Book>> = LazyLock::new(|| Arc::new(Book::compiled().unwrap()));

/// A journal that counts.
#[derive(Default)]
struct Counts(AtomicU64);

impl Journal for Counts {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        Ok(AnswerId(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

/// The ground for taking statistics, with these fields.
pub(crate) fn for_statistics(fields: Fields) -> Ground {
    let sources = vec![Source::FlowExport];
    ground("13-su-take-statistics", Act::Collect, sources, fields, Subject::Network)
}

/// The ground for holding the last minutes.
pub(crate) fn for_holding(fields: Fields) -> Ground {
    ground("90-hold-briefly", Act::Hold, vec![Source::FlowExport], fields, Subject::Network)
}

/// The ground for analysing what `target` received, from findings and from what was held.
pub(crate) fn for_analysis(target: IpNet, fields: Fields) -> Ground {
    let sources = vec![Source::Findings, Source::HeldFlows];
    let subject = Subject::Prefixes(Arc::new(PrefixSet::of([target])));
    ground("17-chi-analyse-anomaly", Act::Analyse, sources, fields, subject)
}

fn ground(
    measure: &str,
    act: Act,
    sources: Vec<Source>,
    fields: Fields,
    subject: Subject,
) -> Ground {
    let measure = BOOK.measure(&MeasureName::of(measure)).unwrap();
    let at = Moment::replayed(START);
    let request = Request {
        actor: Actor { person: Person("test".into()), roles: vec![Role::System] },
        act,
        purpose: measure.purposes[0],
        fields,
        sources,
        subject,
        end: End::At(at.after(Span::days(365))),
        case: None,
        only: Some(measure.name.clone()),
        claims: None,
        plan: None,
        observes: None,
        record: everything_signed(measure),
    };
    #[expect(clippy::disallowed_methods, reason = "a test makes its own gate")]
    let gate = Gate::new(Arc::clone(&BOOK), Arc::new(Counts::default()), Zone::TOKYO);
    match gate.ask(&request, at) {
        Answer::Granted(granted) => match granted.pass {
            Pass::Ground(ground) => ground,
            Pass::Warrant(_) | Pass::Observe => panic!("not a ground"),
        },
        Answer::Asks(asked) => panic!("asked: {asked:?}"),
        Answer::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

fn everything_signed(measure: &Measure) -> Record {
    let person = |name: String| Person(name);
    let signature = |role: &Role| Signature {
        person: person(format!("signs as {role}")),
        role: *role,
        at: START,
        until: Some(START.after(Span::days(400))),
        on: SignedOn::Measure(measure.name.clone(), measure.digest),
    };
    let setting = |number: &Number| {
        let (author, approver) = (person("author".into()), person("approver".into()));
        let day = Day::of(2026, 4, 1).unwrap();
        (*number, Setting { value: 1.0, author, reason: "a test".into(), day, approver })
    };
    let acceptance = Acceptance {
        person: person("legal".into()),
        second: person("second".into()),
        at: START,
        reason: "a test".into(),
        digest: measure.digest,
    };
    Record {
        facts: Facts::supposed(measure.requires.iter().map(|(f, so)| (*f, *so)), START),
        signatures: measure.signers.roles.iter().map(signature).collect(),
        numbers: measure.numbers.iter().map(setting).collect(),
        modes: [(measure.name.clone(), Mode::Automatic)].into(),
        accepted: [(measure.name.clone(), acceptance)].into(),
    }
}

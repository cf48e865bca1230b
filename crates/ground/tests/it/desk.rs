//! What a desk would hand to the gate, made for tests: journals, gates, and requests that meet
//! everything a measure asks for.

use std::sync::{Arc, LazyLock, Mutex};

use ground::{
    Acceptance, Actor, Answer, Automatic, Book, Digest, End, Ends, Entry, Fact, Gate, Granted,
    Ground, Journal, Known, Measure, MeasureName, Mode, NotDurable, Number, Over, Pass, Record,
    Request, Role, Setting, Signature, SignedOn, SignersWhen, Warrant,
};
use terms::{AnswerId, CaseId, Day, Line, Moment, Named, Person, PrefixSet, Span, Subject, Time};
use terms::{Field, Fields, Flows, Zone};

/// A ledger on paper: it remembers every entry.
#[derive(Default)]
pub(crate) struct Paper(Mutex<Vec<Entry>>);

impl Paper {
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap().clone()
    }
    pub(crate) fn last(&self) -> Entry {
        self.entries().pop().expect("an entry was written")
    }
}

impl Journal for Paper {
    fn write(&self, entry: &Entry) -> Result<AnswerId, NotDurable> {
        let mut entries = self.0.lock().unwrap();
        entries.push(entry.clone());
        Ok(AnswerId(entries.len() as u64 - 1))
    }
}

/// A ledger on a full disk.
pub(crate) struct Full;

impl Journal for Full {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        Err(NotDurable("no space left".to_owned()))
    }
}

#[expect(clippy::disallowed_methods, reason = "a test makes its own gate")]
pub(crate) fn gate_in(zone: Zone, book: &Arc<Book>, journal: Arc<dyn Journal>) -> Gate {
    Gate::new(Arc::clone(book), journal, zone)
}

pub(crate) fn gate_over(book: &Arc<Book>, journal: Arc<dyn Journal>) -> Gate {
    gate_in(Zone::TOKYO, book, journal)
}

/// A gate over the book, and its paper.
pub(crate) fn gate(book: &Arc<Book>) -> (Gate, Arc<Paper>) {
    let paper = Arc::new(Paper::default());
    (gate_over(book, Arc::clone(&paper) as Arc<dyn Journal>), paper)
}

/// The book compiled in.
pub(crate) fn book() -> Arc<Book> {
    static BOOK: LazyLock<Arc<Book>> = LazyLock::new(|| Arc::new(Book::compiled().unwrap()));
    Arc::clone(&BOOK)
}

/// A book of the test's own.
pub(crate) fn book_of(files: &[(&str, &str)]) -> Arc<Book> {
    Arc::new(Book::read(files).unwrap_or_else(|e| panic!("{e}")))
}

pub(crate) fn measure<'a>(book: &'a Book, name: &str) -> &'a Measure {
    book.measure(&MeasureName::of(name)).unwrap_or_else(|| panic!("no measure {name}"))
}

pub(crate) fn moment(text: &str) -> Moment {
    Moment::replayed(Time::parse(text).unwrap())
}

pub(crate) fn now() -> Moment {
    moment("2026-05-01T09:00Z")
}

/// The measures of `book` that can grant at all.
pub(crate) fn granting(book: &Book) -> impl Iterator<Item = &Arc<Measure>> {
    book.measures().iter().filter(|m| m.can_grant())
}

/// A moment at which `measure` is in force: now, or on its first day when that is not now.
pub(crate) fn when(measure: &Measure) -> Moment {
    let first = Moment::replayed(Zone::TOKYO.start(measure.cites.from));
    if measure.holds_on(Zone::TOKYO.day(now().wall)) { now() } else { first }
}

pub(crate) fn person(name: &str) -> Person {
    Person(name.to_owned())
}

pub(crate) fn set(nets: &[&str]) -> Arc<PrefixSet> {
    Arc::new(PrefixSet::of(nets.iter().map(|n| n.parse().unwrap())))
}

macro_rules! subjects {
    ($($name:ident = $make:expr;)+) => {$(
        pub(crate) fn $name() -> Subject {
            static SUBJECT: LazyLock<Subject> = LazyLock::new(|| $make);
            SUBJECT.clone()
        }
    )+};
}

subjects! {
    line_7 = Subject::Line(Line("line-7".into()), set(&["192.0.2.7/32", "2001:db8:7::/48"]));
    line_8 = Subject::Line(Line("line-8".into()), set(&["192.0.2.8/32"]));
    host_7 = Subject::Prefixes(set(&["192.0.2.7/32"]));
    pool = Subject::Prefixes(set(&["192.0.2.0/24", "2001:db8::/32"]));
    everywhere = Subject::Prefixes(set(&["0.0.0.0/1", "128.0.0.0/1"]));
    login_7 = Subject::One(Named::Login, "login-7".into());
    login_8 = Subject::One(Named::Login, "login-8".into());
    sender_9 = Subject::One(Named::Sender, "198.51.100.9".into());
    one_name = Subject::One(Named::Name, "attack.example".into());
    one_country = Subject::One(Named::Country, "990".into());
}

/// Every kind of subject, the wider first.
pub(crate) fn subjects() -> [Subject; 11] {
    let own = [Subject::Network, everywhere(), pool(), host_7(), line_7(), line_8()];
    let [a, b, c, d, e, f] = own;
    [a, b, c, d, e, f, login_7(), login_8(), sender_9(), one_name(), one_country()]
}

/// Whom a measure that may be about `over` is ready to be asked about.
pub(crate) fn subject(over: Over) -> Subject {
    match over {
        Over::Network => Subject::Network,
        Over::Country => one_country(),
        Over::Destination => host_7(),
        Over::Sender => sender_9(),
        Over::Name => one_name(),
        Over::Login => login_7(),
        Over::Line => line_7(),
    }
}

pub(crate) fn setting(value: f64) -> Setting {
    Setting {
        value,
        author: person("proposes"),
        reason: "measured over four weeks".to_owned(),
        day: Day::of(2015, 1, 1).unwrap(),
        approver: person("approves"),
    }
}

/// A fact as whoever may establish it would take it down, about `subject`.
pub(crate) fn known(fact: Fact, so: bool, subject: &Subject, at: Moment) -> Known {
    Known {
        so,
        person: person("establishes"),
        role: fact.established_by()[0],
        countersigned: fact.countersigned_by().map(|role| (person("countersigns"), role)),
        at: at.wall,
        until: None,
        covers: fact.is_per_line().then(|| subject.clone()),
    }
}

pub(crate) const PLAN: Digest = Digest([7; 32]);

/// A request for the first act of `measure` that meets every condition of it, under it only.
pub(crate) fn ready(measure: &Measure, at: Moment) -> Request {
    let record = record(measure, &subject(measure.over), at);
    Request { record, ..bare(measure, at) }
}

/// That request with nothing on record.
pub(crate) fn bare(measure: &Measure, at: Moment) -> Request {
    Request {
        actor: Actor { person: person("asks"), roles: vec![Role::Operations] },
        act: measure.acts[0],
        purpose: measure.purposes[0],
        fields: measure.fields,
        sources: measure.reads.clone(),
        subject: subject(measure.over),
        end: End::At(at.after(Span::minutes(60))),
        case: Some(CaseId(1)),
        only: Some(measure.name.clone()),
        claims: None,
        plan: Some(PLAN),
        observes: None,
        record: Record::default(),
    }
}

/// Everything on record that `measure` needs.
pub(crate) fn record(measure: &Measure, subject: &Subject, at: Moment) -> Record {
    let mut record = Record::default();
    for (&fact, &so) in &measure.requires {
        record.facts.learn(fact, known(fact, so, subject, at));
    }
    record.signatures = signatures(measure, at);
    record.numbers = Number::ALL.iter().map(|&n| (n, setting(30.0))).collect();
    record.modes.insert(measure.name.clone(), mode(measure));
    record.accepted.insert(measure.name.clone(), acceptance(measure, at));
    record
}

/// One signature for each role of `measure`, all by different persons.
pub(crate) fn signatures(measure: &Measure, at: Moment) -> Vec<Signature> {
    let standing = measure.signers.when == SignersWhen::Once || measure.ends == Ends::Review;
    let sign = |(n, &role): (usize, &Role)| Signature {
        person: person(&format!("signs {n} as {role}")),
        role,
        at: at.wall,
        until: standing.then(|| at.wall.after(Span::days(365))),
        on: match measure.signers.when {
            SignersWhen::Once => SignedOn::Measure(measure.name.clone(), measure.digest),
            SignersWhen::Each => SignedOn::Plan(PLAN),
        },
    };
    measure.signers.roles.iter().enumerate().map(sign).collect()
}

/// Switched on as far as the file allows by itself.
pub(crate) fn mode(measure: &Measure) -> Mode {
    if measure.automatic == Automatic::Yes { Mode::Automatic } else { Mode::Propose }
}

pub(crate) fn acceptance(measure: &Measure, at: Moment) -> Acceptance {
    Acceptance {
        person: person("accepts"),
        second: person("accepts too"),
        at: at.wall,
        reason: "weighed with counsel".to_owned(),
        digest: measure.digest,
    }
}

pub(crate) fn granted(answer: Answer) -> Granted {
    match answer {
        Answer::Granted(granted) => *granted,
        other @ (Answer::Asks(_) | Answer::Refused(_)) => panic!("not granted: {other:?}"),
    }
}

pub(crate) fn ground(answer: Answer) -> Ground {
    match granted(answer).pass {
        Pass::Ground(ground) => ground,
        other @ (Pass::Warrant(_) | Pass::Observe) => panic!("not a ground: {other:?}"),
    }
}

pub(crate) fn warrant(answer: Answer) -> Warrant {
    match granted(answer).pass {
        Pass::Warrant(warrant) => warrant,
        other @ (Pass::Ground(_) | Pass::Observe) => panic!("not a warrant: {other:?}"),
    }
}

/// Three flows: to line 7, to its neighbour, to line 7's IPv6 prefix; three columns decoded.
pub(crate) fn flows() -> Flows {
    let fields = Fields::of(&[Field::SrcAddress, Field::DstAddress, Field::Bytes]);
    let mut flows = Flows::new(terms::ExporterId(0), now().wall, fields);
    for (dst, bytes) in [("192.0.2.7", 70), ("192.0.2.8", 80), ("2001:db8:7::1", 71)] {
        flows.src.push(terms::address("198.51.100.1".parse().unwrap()));
        flows.dst.push(terms::address(dst.parse().unwrap()));
        flows.bytes.push(bytes);
        flows.sampling.push(1000);
        flows.len += 1;
    }
    flows
}

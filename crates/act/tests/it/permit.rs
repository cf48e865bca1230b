//! Permits for tests: a gate over a measure made for tests, and a clock that tests move.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use act::Clock;
use ground::{
    Actor, Answer, Book, End, Entry, Gate, Journal, MeasureName, Mode, NotDurable, Pass, Permitted,
    Plan, Record, Request, Role, Signature, SignedOn,
};
use terms::{
    Act, Action, AnswerId, CaseId, Fields, Mitigation, MitigationId, Moment, OwnPrefixes, Person,
    PortRange, PrefixSet, Purpose, Scope, SizeRange, Span, Subject, TcpFlags, Time, Traits, Zone,
};

const MEASURE: &str = r#"
item      = "–"
title     = { ja = "試験用の遮断", en = "Block in a test" }
cites     = { text = "Guideline, 4th edition", at = "nowhere: a test of the actuators", from = "2015-11-30" }
status    = "text"
purpose   = "protect-line"
acts      = ["block", "filter"]
reads     = []
fields    = ["src-address", "dst-address", "src-port", "dst-port", "protocol", "tcp-flags", "bytes", "packets", "fragment"]
over      = "destination"
basis     = "consent"
strength  = "not-an-infringement"
signers   = { roles = ["operations"], when = "each" }
tells     = { whom = "nobody", when = "never" }
ends      = "required"
automatic = "no"

[[example]]
name  = "granted"
gives = "granted"

[[example]]
name    = "without an end"
endless = true
gives   = "refused"
"#;

/// A gate that grants, a ledger that only counts, and the present moment.
pub(crate) struct Desk {
    gate: Gate,
    now: Arc<Mutex<Moment>>,
}

struct Count(AtomicU64);

impl Journal for Count {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        Ok(AnswerId(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}

impl Desk {
    pub(crate) fn open() -> Self {
        let book = Arc::new(Book::read(&[("block-in-a-test", MEASURE)]).unwrap());
        #[expect(
            clippy::disallowed_methods,
            reason = "tests of actuators need a gate of their own"
        )]
        let gate = Gate::new(book, Arc::new(Count(AtomicU64::new(0))), Zone::TOKYO);
        let start = Moment { wall: Time::parse("2026-05-01T00:00Z").unwrap(), mono: 5_000 };
        Self { gate, now: Arc::new(Mutex::new(start)) }
    }

    pub(crate) fn now(&self) -> Moment {
        *self.now.lock().unwrap()
    }

    pub(crate) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Arc::new(move || *now.lock().unwrap())
    }

    /// Lets time pass on both clocks.
    pub(crate) fn pass(&self, span: Span) {
        let mut now = self.now.lock().unwrap();
        *now = now.after(span);
    }

    /// Somebody sets the wall clock back.
    pub(crate) fn set_back(&self, span: Span) {
        let mut now = self.now.lock().unwrap();
        now.wall = now.wall.before(span);
    }

    /// Somebody sets the wall clock forward.
    pub(crate) fn set_forward(&self, span: Span) {
        let mut now = self.now.lock().unwrap();
        now.wall = now.wall.after(span);
    }

    /// Lets time pass on the monotonic clock alone.
    pub(crate) fn pass_unnoticed(&self, span: Span) {
        self.now.lock().unwrap().mono += span.0;
    }

    pub(crate) fn halt(&self) {
        self.gate.halt(self.now());
    }

    /// Has the gate permit `plan`, granted until `until`.
    pub(crate) fn permit_until(&self, plan: &Mitigation, until: Moment) -> Permitted<Mitigation> {
        let mut record = Record::default();
        record.modes.insert(MeasureName::of("block-in-a-test"), Mode::Propose);
        record.signatures.push(Signature {
            person: Person("noc".into()),
            role: Role::Operations,
            at: self.now().wall,
            until: None,
            on: SignedOn::Plan(plan.digest()),
        });
        let frame = plan.frame();
        let request = Request {
            actor: Actor { person: Person("desk".into()), roles: vec![Role::System] },
            act: frame.act,
            purpose: Purpose::ProtectLine,
            fields: measure_fields(),
            sources: Vec::new(),
            subject: Subject::Prefixes(Arc::new(PrefixSet::of([plan.scope.prefix().net()]))),
            end: End::At(until),
            case: Some(plan.case),
            only: None,
            claims: None,
            plan: Some(plan.digest()),
            observes: None,
            record,
        };
        match self.gate.ask(&request, self.now()) {
            Answer::Granted(granted) => match granted.pass {
                Pass::Warrant(warrant) => warrant.permit(plan.clone(), self.now()).unwrap(),
                Pass::Ground(_) | Pass::Observe => panic!("{:?} is not an act", Act::Block),
            },
            other @ (Answer::Asks(_) | Answer::Refused(_)) => panic!("not granted: {other:?}"),
        }
    }

    /// Has the gate permit `plan` until its own end.
    pub(crate) fn permit(&self, plan: &Mitigation) -> Permitted<Mitigation> {
        let remainder = plan.ends.since(self.now().wall);
        self.permit_until(plan, self.now().after(remainder))
    }

    /// A mitigation for `own` that ends after `span`.
    pub(crate) fn plan(
        &self,
        id: u64,
        own: &str,
        traits: Vec<Traits>,
        action: Action,
        span: Span,
    ) -> Mitigation {
        let nets = vec!["192.0.2.0/24".parse().unwrap(), "2001:db8:7::/48".parse().unwrap()];
        let own = OwnPrefixes::of(nets).unwrap().own(own.parse().unwrap()).unwrap();
        Mitigation {
            id: MitigationId(id),
            case: CaseId(1),
            scope: Scope::OwnDestination(own),
            traits,
            action,
            ends: self.now().wall.after(span),
        }
    }
}

/// Every field a rule can look at.
fn measure_fields() -> Fields {
    use terms::Field as F;
    Fields::of(&[
        F::SrcAddress,
        F::DstAddress,
        F::SrcPort,
        F::DstPort,
        F::Protocol,
        F::TcpFlags,
        F::Bytes,
        F::Packets,
        F::Fragment,
    ])
}

/// Large answers from DNS servers: UDP from port 53 (and neighbours), 500 to 1500 bytes.
pub(crate) fn dns() -> Traits {
    Traits {
        source: Some("198.51.100.0/24".parse().unwrap()),
        protocol: Some(17),
        src_ports: vec![PortRange { first: 53, last: 53 }, PortRange { first: 5300, last: 5399 }],
        size: Some(SizeRange { least: 500, most: 1500 }),
        ..Traits::default()
    }
}

/// TCP with SYN and without ACK to port 443.
pub(crate) fn syn() -> Traits {
    Traits {
        protocol: Some(6),
        dst_ports: vec![PortRange { first: 443, last: 443 }],
        tcp_flags: Some(TcpFlags { set: 0x02, unset: 0x10 }),
        ..Traits::default()
    }
}

/// Fragments that are not the first.
pub(crate) fn fragments() -> Traits {
    Traits { protocol: Some(17), fragments: true, ..Traits::default() }
}

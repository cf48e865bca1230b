//! The lock: data is sealed until a ground opens it, and nothing is done without a permit.
//!
//! Read in this order: [`Sealed`] (what nobody can look into), [`Ground`] (what opens it),
//! [`Warrant`] and [`Permitted`] (what lets a plan be carried out), [`Measure`] (one way of doing
//! something lawfully, as data), [`Gate`] (the only thing that makes grounds and warrants).
//!
//! A gate, one question, one opening:
//!
//! ```
//! use std::sync::Arc;
//!
//! use ground::*;
//! use terms::{Act, AnswerId, Fields, Flows, Moment, Person, Purpose, Source, Span, Subject, Time};
//!
//! /// A ledger that forgets; the real one is in `account`.
//! struct Nowhere;
//! impl Journal for Nowhere {
//!     fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
//!         Ok(AnswerId(0))
//!     }
//! }
//!
//! let book = Arc::new(Book::compiled()?);
//! let gate = Gate::new(Arc::clone(&book), Arc::new(Nowhere), terms::Zone::TOKYO);
//! let at = Moment::replayed(Time::parse("2026-05-01T09:00Z").unwrap());
//! let su = book.measure(&MeasureName::of("13-su-take-statistics")).unwrap();
//!
//! // May we take statistics of the network, to run it, with the fields of the measure?
//! let mut request = Request {
//!     actor: Actor { person: Person("collector".into()), roles: vec![Role::System] },
//!     act: Act::Collect,
//!     purpose: Purpose::RunNetwork,
//!     fields: su.fields,
//!     sources: vec![Source::FlowExport],
//!     subject: Subject::Network,
//!     end: End::At(at.after(Span::days(1))),
//!     case: None,
//!     only: None,
//!     claims: None,
//!     plan: None,
//!     observes: None,
//!     record: Record::default(),
//! };
//! // Not while it is off, unsigned, and nobody has said what it is for.
//! assert_eq!(gate.ask(&request, at).gives(), Gives::Refused);
//!
//! request.record = Record {
//!     facts: Facts::supposed(su.requires.iter().map(|(f, so)| (*f, *so)), at.wall),
//!     modes: [(su.name.clone(), Mode::Automatic)].into(),
//! #   numbers: [(Number::StatisticsDays, Setting {
//! #       value: 90.0,
//! #       author: Person("b".into()),
//! #       reason: "seasons".into(),
//! #       day: su.cites.from,
//! #       approver: Person("c".into()),
//! #   })].into(),
//!     signatures: su.signers.roles.iter().map(|&role| Signature {
//!         person: Person(format!("head of {role}")),
//!         role,
//!         at: at.wall,
//!         until: Some(at.wall.after(Span::days(365))),
//!         on: SignedOn::Measure(su.name.clone(), su.digest),
//!     }).collect(),
//!     ..Record::default()
//! };
//! let Answer::Granted(granted) = gate.ask(&request, at) else { panic!("all is met") };
//! let Pass::Ground(ground) = granted.pass else { panic!("taking statistics is a look") };
//!
//! // What arrives is sealed; the ground opens it, until its end.
//! # let origin = Origin {
//! #     measure: su.name.clone(),
//! #     source: Source::FlowExport,
//! #     purpose: Purpose::RunNetwork,
//! #     last_day: None,
//! # };
//! let batch = Flows::new(terms::ExporterId(0), at.wall, gate.mask().fields());
//! let sealed = Sealed::seal(batch, origin);
//! assert!(ground.open(&sealed, at).is_ok());
//! let end = at.after(Span::days(1));
//! assert_eq!(ground.open(&sealed, end).err(), Some(OutOfScope::Ended));
//! # Ok::<(), BookError>(())
//! ```
//!
//! What must not compile. Nobody opens without a ground, or takes the contents out of a seal:
//!
//! ```compile_fail,E0061
//! fn open(sealed: &ground::Sealed<terms::Flows>, at: terms::Moment) {
//!     let _ = ground::Ground::open(sealed, at);
//! }
//! ```
//! ```compile_fail,E0451
//! fn take(sealed: ground::Sealed<String>) -> String {
//!     let ground::Sealed { contents, .. } = sealed;
//!     contents
//! }
//! ```
//! A ground or a warrant is not copied, not stored or sent, and not made of what was:
//!
//! ```compile_fail,E0599
//! fn two(ground: ground::Ground) -> (ground::Ground, ground::Ground) {
//!     (ground.clone(), ground)
//! }
//! ```
//! ```compile_fail,E0599
//! fn two(warrant: ground::Warrant) -> (ground::Warrant, ground::Warrant) {
//!     (warrant.clone(), warrant)
//! }
//! ```
//! ```compile_fail,E0277
//! fn sent(warrant: &ground::Warrant) -> String {
//!     serde_json::to_string(warrant).unwrap()
//! }
//! ```
//! ```compile_fail,E0277
//! fn received(text: &str) -> ground::Ground {
//!     serde_json::from_str(text).unwrap()
//! }
//! ```
//! ```compile_fail,E0277
//! fn received(text: &str) -> ground::Warrant {
//!     serde_json::from_str(text).unwrap()
//! }
//! ```
//! ```compile_fail,E0599
//! fn from_nothing() -> (ground::Ground, ground::Warrant) {
//!     (ground::Ground::default(), ground::Warrant::default())
//! }
//! ```
//! Nobody acts on a bare plan, nor keeps a permit to act on it again:
//!
//! ```compile_fail,E0308
//! fn act(_: ground::Permitted<terms::Mitigation>) {}
//! fn bare(plan: terms::Mitigation) {
//!     act(plan);
//! }
//! ```
//! ```compile_fail,E0277
//! fn bare(plan: terms::Mitigation) -> ground::Permitted<terms::Mitigation> {
//!     plan.into()
//! }
//! ```
//! ```compile_fail,E0277
//! fn kept(permitted: &ground::Permitted<terms::Mitigation>) -> String {
//!     serde_json::to_string(permitted).unwrap()
//! }
//! ```
//! ```compile_fail,E0599
//! fn two(
//!     permitted: ground::Permitted<terms::Mitigation>,
//! ) -> [ground::Permitted<terms::Mitigation>; 2] {
//!     [permitted.clone(), permitted]
//! }
//! ```

mod answer;
mod book;
mod citation;
mod contents;
mod fact;
mod gate;
mod load;
mod measure;
mod measures;
mod permit;
mod reading;
mod request;
mod seal;
mod table;

pub use answer::{Answer, Asked, Granted, OwedSignature, Pass, Question, Refusal, Why};
pub use book::{Advice, Book, BookError, place};
pub use citation::{Citation, Document};
pub use contents::{Batch, Report, Rows};
pub use fact::{Discounted, Facts, Known};
pub use gate::{Entry, Gate, Journal, Mask, NotDurable};
pub use load::nearest;
pub use measure::{Duty, Example, Measure, MeasureName, Signers, Tells, Within};
pub use measures::MEASURES;
pub use permit::{Frame, Permitted, Plan, Warrant};
pub use reading::{Checked, Condition, Outcome, Reading, State};
pub use request::{Acceptance, Actor, Digest, End, Record, Request, Setting, Signature, SignedOn};
pub use seal::{Columns, Ground, Origin, OutOfScope, RestError, RestKey, Sealed};
/// The words of the law's side, which every crate that asks needs beside the lock.
pub use terms::{
    Automatic, Basis, Code, DutyKind, Ends, Fact, Further, Gives, Mode, Number, OtherLaw, Over,
    Role, SignersWhen, Status, Strength, TellsWhen, TellsWhom,
};

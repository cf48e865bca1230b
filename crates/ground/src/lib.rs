//! The lock: data is sealed until a ground opens it, and nothing is done without a permit.
//!
//! Read in this order: [`Sealed`] (what nobody can look into), [`Ground`] (what opens it),
//! [`Warrant`] and [`Permitted`] (what lets a plan be carried out), [`Measure`] (one way of doing
//! something lawfully, as data), [`Gate`] (the only thing that makes grounds and warrants).

mod answer;
mod book;
mod contents;
mod fact;
mod gate;
mod measure;
mod permit;
mod reading;
mod request;
mod seal;
mod table;

pub use answer::{Answer, Asked, Code, Granted, OwedSignature, Pass, Question, Refusal, Why};
pub use book::{Advice, Book, BookError, MEASURES};
pub use contents::{Batch, Report, Rows};
pub use fact::{Fact, Facts, Known, Role};
pub use gate::{Entry, Gate, Journal, Mask, NotDurable};
pub use measure::{
    Automatic, Basis, Citation, Duty, DutyKind, Ends, Example, Gives, Measure, MeasureName, Over,
    Signers, SignersWhen, Status, Strength, Tells, TellsWhen, TellsWhom, Within,
};
pub use permit::{Frame, Permitted, Plan, Warrant};
pub use reading::{Checked, Condition, Outcome, Reading, State};
pub use request::{
    Acceptance, Actor, Digest, Mode, Number, Record, Request, Setting, Signature, SignedOn,
};
pub use seal::{Columns, Ground, Origin, OutOfScope, RestError, RestKey, Sealed};

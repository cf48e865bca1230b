//! The desk: from a finding to a case, from a case to a question, an answer and a complete plan.
//!
//! The only holder of the gate. It knows no device: what the gate grants leaves as an [`Order`].

mod advance;
mod ask;
mod carry;
mod case;
mod command;
mod consent;
mod desk;
mod end;
mod error;
mod event;
pub mod law;
mod people;
mod proposal;
mod register;
mod renew;
mod sentence;
mod standing;
mod station;
mod view;

pub use case::{Case, CaseState, Mitigated, Standstill};
pub use command::Command;
pub use consent::{Agreed, Consent, ConsentId, ConsentKind, Link, Party, Shown};
pub use desk::{Desk, Learnt, Order, StandingGrounds, Telemetry};
pub use error::DeskError;
pub use event::{Answered, CaseEvent, How};
pub use people::{Config, LineEntry, LineKind, PersonEntry};
pub use proposal::{Change, Proposal, ProposalId};
pub use sentence::{Alternative, Spoken, alternatives, inquiry, speak};
pub use standing::{Missing, Standing, is_carried_out};

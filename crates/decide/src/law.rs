//! The ways to ask the law: a request with supposed facts, and the answer that can be defended.

mod answer;
mod check;
mod clause;
mod consents;
mod flags;
mod flips;
mod inquiry;
mod kin;
mod nearest;
mod read;
mod request;
mod sentences;
mod tree;
mod typed;

pub use answer::{Answer, Asked, Cites, Hedge, Owed, Shown, Signed, Told, Worded, answer};
pub use check::{Case, check};
pub use consents::Consent;
pub use flips::Flip;
pub use nearest::{Other, Take};
pub use request::{Request, Supposed, named};
pub use tree::Fault;

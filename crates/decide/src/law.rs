//! The ways to ask the law: a request with supposed facts, and the answer that can be defended.
//!
//! Nothing here makes a ground: [`answer`] only says what the book says, to anybody, about facts that
//! may be invented. [`Request`] is the document, with the words that [`vocabulary`] prints; [`check`]
//! runs files that say which answer they must get.

mod answer;
mod because;
mod beside;
mod check;
mod cited;
mod clause;
mod codes;
mod consents;
mod days;
mod deciding;
mod flips;
mod inquiry;
mod kin;
mod nearest;
mod questions;
mod read;
mod request;
mod schema;
mod sentences;
mod shown;
mod tree;
mod typed;
mod vocabulary;
mod whose;

pub use answer::{Answer, Cites, Hedge, Owed, Shown, Signed, Told, Worded, answer, verdict};
pub use check::{Case, check};
pub use consents::Consent;
pub use days::day;
pub use flips::Flip;
pub use nearest::{Other, Take};
pub use questions::Asked;
pub use request::{Request, Supposed, like, named};
pub use schema::{example, schema};
pub use shown::{Listed, list, show};
pub use tree::Fault;
pub use vocabulary::vocabulary;

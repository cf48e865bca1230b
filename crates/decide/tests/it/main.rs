//! The tests of the desk: who may do what, what it says, what it remembers, and what it must not forget.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod agreed;
mod cases;
mod consents;
mod damage;
mod house;
mod law;
mod law_requests;
mod replay;
mod roles;
mod sentences;
mod standing;
mod steps;
mod two_persons;
mod undecided;
mod validity;

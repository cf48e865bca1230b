//! The whole system, from datagrams to rules and back, as users run it.

#[path = "../../../../xtask/src/suite.rs"]
mod suite;

mod conformance;
mod faults;
mod kill;
mod leaks;
mod peers;
mod program;
mod stories;

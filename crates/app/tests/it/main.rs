//! The whole system, from datagrams to rules and back, as users run it.

#[path = "../../../../xtask/src/ports.rs"]
mod ports;
#[path = "../../../../xtask/src/suite.rs"]
mod suite;

mod book;
mod conformance;
mod faults;
mod faults_clock;
mod faults_disk;
mod faults_flow;
mod kill;
mod kill_ends;
mod kill_router;
mod kill_words;
mod law;
mod leaks;
mod leaks_guess;
mod peers;
mod program;
mod site;
mod stories;
mod traffic;

//! The actuators as the desk uses them, against real BGP routers where they are installed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "what a daemon said is shown when its test fails")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a stand-in fails on any other message")]

mod bird;
mod book;
mod daemon;
mod dry_run;
mod gobgp;
mod permit;
#[path = "../../../../xtask/src/ports.rs"]
mod ports;
mod router;
mod stand_in;
#[path = "../../../../xtask/src/suite.rs"]
mod suite;

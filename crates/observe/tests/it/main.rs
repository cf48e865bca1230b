//! Exporters heard over real sockets and through the public decoder, opened with a real ground.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod conformance;
mod decoder;
mod exporters;
mod listeners;
mod lock;
mod oracle;
#[path = "../../../../xtask/src/suite.rs"]
mod suite;

//! The console as a browser, a scraper, a subscriber and the command line meet it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod client;
mod consent;
mod control;
mod house;
mod law;
mod pages;

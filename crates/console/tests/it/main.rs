//! The console as a browser, a scraper, a subscriber and the command line meet it.

mod client;
mod consent;
mod control;
mod house;
mod pages;

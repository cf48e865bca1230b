//! The tests of the lock: the law as the measures say it, and the ways around it that must not exist.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod desk;
mod ends;
mod examples;
mod files;
mod flips;
mod journal;
mod kept;
mod law_book;
mod less;
mod naive;
mod naive_words;
mod neighbours;
mod odd;
mod second_reading;
mod shapes;
mod signers;
mod signing;
mod strange;
mod unfit;
mod warrants;

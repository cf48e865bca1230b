//! The account from outside: killed in the middle, read by another implementation, tampered with.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../../xtask/src/suite.rs"]
mod suite;

mod folder;
mod go;
mod journal;
mod kill;
mod tamper;

use std::path::Path;

use account::{Account, Kind, Leaf, Safe};
use terms::{Person, Time};

const ORIGIN: &str = "sekisho.example/ledger";
const AT: Time = Time(1_777_593_600_000);

fn open(data: &Path) -> Account {
    Account::open(data, ORIGIN, AT).unwrap()
}

/// A leaf that says which number it expects to have, so that one put elsewhere is noticed.
fn leaf(number: u64) -> Leaf {
    let word = format!("number-{number}");
    Leaf::of(Kind::Shown, AT, Person("hanako".to_owned())).with("is", Safe::Word(word))
}

fn verify(data: &Path) -> Result<verify::Verified, verify::Fault> {
    verify::verify(&data.join("ledger"), None, &mut |_, _| {})
}

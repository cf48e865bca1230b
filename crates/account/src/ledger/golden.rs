//! The stored format of version 1: what is in `testdata` is what this version writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use terms::{Person, Time};

use super::pending::Pending;
use super::tests::{open, replace, verified};
use crate::disk::Disk;
use crate::{Kind, Leaf, Safe};

/// A ledger made by the first version must verify for ever, and this version must still write it byte
/// for byte. To make it anew for another version of the format, run with `SEKISHO_BLESS=1`.
#[test]
#[expect(clippy::disallowed_methods, reason = "the switch that writes the expected files")]
fn the_format_of_version_1_is_written_byte_for_byte() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = here.join("../verify/testdata/ledger-v1");
    let pending = here.join("testdata/ledger-v1/ledger.pending");
    let data = TempDir::new().unwrap();
    let key = fs::read(here.join("testdata/ledger-v1/ledger.key")).unwrap();
    Pending::create(
        &Disk::open(data.path().join("unfinished")).unwrap(),
        &data.path().join("ledger.pending"),
        0,
        0,
        &[],
    )
    .unwrap();
    crate::disk::create_private(&data.path().join("ledger.key"), &key).unwrap();
    let mut ledger = open(&data);
    for leaf in every_part() {
        let commitments = [("request", "5a".repeat(32))].into();
        ledger.append_with(&leaf, &commitments).unwrap();
    }
    let written = data.path().join("ledger");
    if std::env::var_os("SEKISHO_BLESS").is_some() {
        replace(&written, &golden);
        fs::copy(data.path().join("ledger.pending"), &pending).unwrap();
    }
    assert_eq!(contents(&written), contents(&golden));
    assert_eq!(fs::read(data.path().join("ledger.pending")).unwrap(), fs::read(pending).unwrap());
    assert_eq!(verified(&data).entries, 5);
}

/// Leaves that together have every part a leaf can have.
fn every_part() -> Vec<Leaf> {
    use ground::{Code, Digest, MeasureName, Role};
    use terms::{Act, CaseId, Day, Purpose};
    let at = |seconds: i64| Time(1_777_593_600_000 + seconds * 1000);
    let who = |name: &str| Person(name.to_owned());
    let mut answered = Leaf::of(Kind::Answered, at(1), who("関所 花子"));
    answered.roles = vec![Role::Operations, Role::Legal];
    answered.act = Some(Act::Block);
    answered.purpose = Some(Purpose::ProtectLine);
    answered.case = Some(CaseId(1));
    answered.measure = Some(MeasureName::of("02-i-block-at-victims-request"));
    answered.book = Some(Digest([7; 32]));
    answered.answer = Some(Code::OkConsent);
    let words = vec!["dst-address".to_owned(), "bytes".to_owned()];
    vec![
        Leaf::of(Kind::Started, at(0), who("sekisho")).with("book", Safe::Digest(Digest([7; 32]))),
        answered.with("fields", Safe::Words(words)).with("until", Safe::Time(at(600))),
        Leaf::of(Kind::NumberSet, at(2), who("taro"))
            .with("number", Safe::Word("block-minutes".to_owned()))
            .with("value", Safe::Number(0.5))
            .with("since", Safe::Day(Day::of(2026, 5, 1).unwrap())),
        // Far enough back that a clock jump is booked in front of it.
        Leaf::of(Kind::Withdrawn, at(-60), who("sekisho")).with("count", Safe::Count(1)),
    ]
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = Path::new(path.file_name().unwrap()).to_owned();
        if path.is_dir() {
            found.extend(contents(&path).into_iter().map(|(below, text)| (name.join(below), text)));
        } else {
            found.insert(name, fs::read(&path).unwrap().escape_ascii().to_string());
        }
    }
    found
}

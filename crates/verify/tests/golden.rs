//! A ledger of format version 1 verifies for ever, and one changed byte in it is always found.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use verify::{Place, verify};

/// The verifier key the ledger in `testdata` was made with.
const KEY: &str = "sekisho.example/ledger+4926d42b+ASFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/ledger-v1")
}

fn copy_of_golden() -> tempfile::TempDir {
    let copy = tempfile::TempDir::new().unwrap();
    for (path, bytes) in files(&golden(), "") {
        let to = copy.path().join(path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    copy
}

fn files(folder: &Path, below: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder.join(below)).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        match fs::read(folder.join(&path)) {
            Ok(bytes) => found.push((path, bytes)),
            Err(_) => found.extend(files(folder, &path)),
        }
    }
    found
}

#[test]
fn a_ledger_of_version_1_verifies() {
    let mut told = Vec::new();
    let found = verify(&golden(), Some(KEY), &mut |done, all| told.push((done, all))).unwrap();
    assert_eq!(found.origin, "sekisho.example/ledger");
    assert_eq!((found.entries, found.checkpoints), (5, 5));
    assert_eq!(found.root, "tqE7MqnVPCtTieDalJtrkojuqufiRUP6j36qlmnaHuM=");
    assert_eq!((found.first, found.last), (Some(1_777_593_600_000), Some(1_777_593_540_000)));
    assert_eq!(told, [(5, 5)]);
}

#[test]
fn any_changed_byte_of_any_file_is_found() {
    let copy = copy_of_golden();
    let mut flips = 0;
    for (path, whole) in files(&golden(), "") {
        let file = copy.path().join(&path);
        for at in 0..whole.len() {
            // The last bit; the bit that tells small from capital letters; all of them.
            for flip in [0x01, 0x20, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= flip;
                fs::write(&file, changed).unwrap();
                let fault = verify(copy.path(), None, &mut |_, _| {});
                let fault = fault.expect_err(&format!("{path}, byte {at}, {flip:#x}"));
                assert!(!fault.file.is_empty() && !fault.what.is_empty());
                flips += 1;
            }
        }
        fs::write(&file, &whole).unwrap();
    }
    verify(copy.path(), None, &mut |_, _| {}).unwrap();
    assert!(flips > 10_000, "{flips}");
}

#[test]
fn a_wrong_entry_is_named_with_its_place() {
    let copy = copy_of_golden();
    let path = copy.path().join("tile/entries/000.p/5");
    let mut bundle = fs::read(&path).unwrap();
    let second = 2 + usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
    bundle[second + 20] ^= 1;
    fs::write(&path, bundle).unwrap();
    for stale in ["1", "3", "4"] {
        fs::remove_file(path.with_file_name(stale)).ok();
    }
    fs::remove_file(path.with_file_name("2")).ok();
    let fault = verify(copy.path(), None, &mut |_, _| {}).unwrap_err();
    assert_eq!(fault.file, "tile/entries/000.p/5");
    assert_eq!(fault.place, Place::Entry { index: 1, byte: second as u64 });
}

#[test]
fn the_program_says_what_it_found() {
    let good = run(&[golden().to_str().unwrap(), "--key", KEY]);
    assert_eq!(good.status.code(), Some(0));
    let said = String::from_utf8(good.stdout).unwrap();
    assert!(said.starts_with("the ledger verifies\n"), "{said}");
    assert!(said.contains("entries      5\n"), "{said}");
    assert!(said.contains("this proves nothing against the holder of the signing key"), "{said}");

    let json = run(&["--json", golden().to_str().unwrap()]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["verifies"], &json["entries"]), (&true.into(), &5.into()));

    let copy = copy_of_golden();
    fs::write(copy.path().join("checkpoint"), "hello\n").unwrap();
    let bad = run(&[copy.path().to_str().unwrap()]);
    assert_eq!(bad.status.code(), Some(1));
    let said = String::from_utf8(bad.stdout).unwrap();
    assert!(said.contains("checkpoint: it is not a signed note"), "{said}");
    let bad = run(&[copy.path().to_str().unwrap(), "--json"]);
    assert_eq!(bad.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!((&json["verifies"], &json["file"]), (&false.into(), &"checkpoint".into()));

    assert_eq!(run(&["/nowhere"]).status.code(), Some(1));
    for wrong in [&["a", "b"][..], &[], &["--key"], &["--what", "a"]] {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verify")).args(words).output().unwrap()
}

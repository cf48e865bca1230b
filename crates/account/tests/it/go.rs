//! The ledger read by an implementation that is not ours: Go's checksum-database packages.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::suite;
use crate::{leaf, open, verify};

const LIBRARIES: &str = "/usr/share/gocode";
const PACKAGES: &str = "golang-go golang-golang-x-mod-dev";

#[test]
fn another_implementation_agrees_on_a_good_ledger_and_on_a_changed_one() {
    if !suite::can_run("ledger-go", &["go"], PACKAGES) {
        return;
    }
    let sumdb = Path::new(LIBRARIES).join("src/golang.org/x/mod/sumdb/tlog");
    assert!(sumdb.is_dir(), "{} is missing: install {PACKAGES}", sumdb.display());
    let work = TempDir::new().unwrap();
    let reader = build(work.path());

    let data = work.path().join("data");
    let account = open(&data);
    for number in 0..600 {
        account.book(&leaf(number), &[]).unwrap();
    }
    let ours = verify(&data).unwrap();
    let theirs = run(&reader, &data);
    let said = String::from_utf8(theirs.stdout).unwrap();
    assert!(theirs.status.success(), "{said}{}", String::from_utf8_lossy(&theirs.stderr));
    assert_eq!(said, format!("{} {} {}\n", ours.origin, ours.entries, ours.root));

    for (name, at) in [
        ("tile/entries/000", 5_000),
        ("tile/entries/002.p/88", 100),
        ("tile/0/001", 700),
        ("tile/1/000.p/2", 40),
        ("checkpoint", 30),
        ("key.pub", 40),
    ] {
        let path = data.join("ledger").join(name);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        verify(&data).unwrap_err();
        assert!(!run(&reader, &data).status.success(), "{name}");
        fs::write(&path, whole).unwrap();
    }
    assert!(run(&reader, &data).status.success());
}

fn build(work: &Path) -> std::path::PathBuf {
    let (source, program) = (work.join("read.go"), work.join("read"));
    fs::write(&source, include_str!("read.go")).unwrap();
    let go = suite::find("go").unwrap();
    let built = Command::new(go)
        .args(["build", "-o"])
        .args([&program, &source])
        .current_dir(work)
        .env("GO111MODULE", "off")
        .env("GOPATH", LIBRARIES)
        .env("GOFLAGS", "")
        .env("GOTOOLCHAIN", "local")
        .env("GOPROXY", "off")
        .env("GOCACHE", work.join("cache"))
        .env("HOME", work)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    program
}

fn run(reader: &Path, data: &Path) -> Output {
    Command::new(reader).arg(data.join("ledger")).output().unwrap()
}

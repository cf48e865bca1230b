//! Killed without warning at any moment, the account keeps everything it acknowledged.

#![expect(clippy::disallowed_methods, reason = "the child is told its folder by the environment")]
#![expect(clippy::print_stdout, reason = "the child says what it acknowledged")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use terms::AnswerId;

use crate::{leaf, open, verify};

const FOLDER: &str = "SEKISHO_TEST_APPEND_IN";
const KILLS: u64 = 14;

/// The process that is killed: this test run again, with a folder to append in.
#[test]
fn every_entry_that_is_acknowledged_is_about_its_number() {
    let Some(data) = std::env::var_os(FOLDER) else {
        // Run as a test of its own, it appends a few.
        let data = TempDir::new().unwrap();
        append(data.path(), 3);
        assert_eq!(verify(data.path()).unwrap().entries, 3);
        return;
    };
    append(Path::new(&data), u64::MAX);
}

fn append(data: &Path, count: u64) {
    let account = open(data);
    println!("opened");
    for _ in 0..count {
        let next = account.standing().unwrap().entries;
        let index = account.book(&leaf(next), &[("number", &next.to_be_bytes())]).unwrap();
        assert_eq!(index.0, next);
        println!("acknowledged {index}");
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_a_kill() {
    let data = TempDir::new().unwrap();
    let mut acknowledged = 0;
    for kill in 0.. {
        // So many, and more until they have come on both sides of a full bundle.
        if kill >= KILLS && acknowledged > 256 {
            break;
        }
        let mut child = spawn(data.path());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // The first is killed while it opens the folder; the others after some entries, anywhere in
        // the next one.
        let wait = if kill == 0 { 0 } else { 1 + random(70) };
        let mut heard = lines.filter(|line| kill == 0 || line.starts_with("acknowledged"));
        for _ in 0..wait {
            heard.next().unwrap();
        }
        child.kill().unwrap();
        // What it still said before it died counts as well.
        let said: Vec<String> = heard.collect();
        child.wait().unwrap();
        let last = said.iter().rev().find_map(|line| line.strip_prefix("acknowledged "));
        let last = last.and_then(|index| index.parse::<u64>().ok()).map_or(0, |index| index + 1);
        acknowledged = last.max(acknowledged + wait);

        let account = open(data.path());
        let size = account.standing().unwrap().entries;
        assert!(size >= acknowledged, "{size} of {acknowledged} entries after kill {kill}");
        assert_eq!(verify(data.path()).unwrap().entries, size);
        for index in 0..size {
            let entry = account.entries(index, 1).unwrap().remove(0);
            // An entry of the account itself says that it put something right.
            let repaired = entry.contains(r#""kind":"repaired""#);
            assert!(repaired || entry.contains(&format!("number-{index}\"")), "{entry}");
            let about = account.is_about(AnswerId(index), "number", &index.to_be_bytes()).unwrap();
            assert_eq!(about, (!repaired).then_some(true), "{entry}");
        }
        acknowledged = size;
    }
}

fn spawn(data: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::every_entry_that_is_acknowledged_is_about_its_number"])
        .args(["--nocapture", "--test-threads=1"])
        .env(FOLDER, data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn random(below: u64) -> u64 {
    u64::from(getrandom::u32().unwrap()) % below
}

//! Answers of the gate in the ledger: durable, without whom they are about, and erasable.

use std::fs;
use std::path::Path;
use std::thread;

use ground::{Code, Digest, Entry, Journal, MeasureName, Role};
use tempfile::TempDir;
use terms::{Act, CaseId, Field, Fields, Person, Purpose, Source};

use crate::{AT, open, verify};

const SECRET: &[u8] = b"line-7 192.0.2.1 port 4711";

fn entry() -> Entry {
    Entry {
        at: AT,
        actor: Person("hanako".to_owned()),
        roles: vec![Role::Operations],
        act: Act::Block,
        purpose: Purpose::ProtectLine,
        sources: vec![Source::FlowExport],
        fields: Fields::of(&[Field::DstAddress, Field::Bytes]),
        case: Some(CaseId(3)),
        measure: Some(MeasureName::of("02-i-block-at-victims-request")),
        book: Digest::of(b"the book"),
        code: Code::OkConsent,
        until: Some(AT),
        observes: false,
        secret: SECRET.to_vec(),
    }
}

#[test]
fn an_answer_is_in_the_ledger_without_whom_it_is_about() {
    let data = TempDir::new().unwrap();
    let account = open(data.path());
    let answer = account.write(&entry()).unwrap();
    let text = account.entries(answer.0, 1).unwrap().remove(0);
    for part in [
        r#"{"v":1,"seq":0,"time":1777593600000,"kind":"answered","actor":"hanako","roles":["operations"]"#,
        r#""act":"block","purpose":"protect-line","case":3,"measure":"02-i-block-at-victims-request""#,
        r#""answer":"OK-CONSENT""#,
        r#""fields":["dst-address","bytes"],"sources":["flow-export"],"until":1777593600000"#,
        r#""commitments":{"request":""#,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    for secret in ["line-7", "192.0.2.1", "4711"] {
        assert!(!anywhere(data.path(), secret.as_bytes()), "{secret}");
    }
    assert_eq!(account.is_about(answer, "request", SECRET).unwrap(), Some(true));
    assert_eq!(account.is_about(answer, "request", b"line-8").unwrap(), Some(false));
    assert_eq!(account.is_about(answer, "other", SECRET).unwrap(), None);
    let standing = account.standing().unwrap();
    assert!(!standing.witnessed && standing.lag.is_none());
    assert!(account.prove_inclusion(answer).unwrap().unwrap().contains("\nindex 0\n"));
    assert_eq!(verify(data.path()).unwrap().entries, 1);
}

#[test]
fn after_erasure_nobody_can_tell_whom_an_answer_was_about_and_the_ledger_verifies() {
    let data = TempDir::new().unwrap();
    let account = open(data.path());
    let answers = [account.write(&entry()).unwrap(), account.write(&entry()).unwrap()];
    let erasure = account.erase_salts(answers[0], Person("taro".to_owned()), AT).unwrap();
    let text = account.entries(erasure.0, 1).unwrap().remove(0);
    assert!(text.contains(r#""kind":"erased""#) && text.contains(r#""entry":0"#), "{text}");
    assert_eq!(account.is_about(answers[0], "request", SECRET).unwrap(), None);
    assert_eq!(account.is_about(answers[1], "request", SECRET).unwrap(), Some(true));
    assert_eq!(verify(data.path()).unwrap().entries, 3);
}

#[test]
fn answers_from_many_threads_each_have_their_own_number() {
    let data = TempDir::new().unwrap();
    let account = open(data.path());
    let mut numbers: Vec<u64> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..20).map(|_| account.write(&entry()).unwrap().0).collect()))
            .collect();
        threads.into_iter().flat_map(|t| -> Vec<u64> { t.join().unwrap() }).collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (0..80).collect::<Vec<_>>());
    assert_eq!(verify(data.path()).unwrap().entries, 80);
}

fn anywhere(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|found| {
        let path = found.unwrap().path();
        if path.is_dir() {
            return anywhere(&path, needle);
        }
        fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

//! Killed while people are signing, consenting and approving: what the command line said was done is done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use account::Account;
use decide::{CaseEvent, Config, Desk};
use ground::{Book, Number};
use serde_json::Value;
use terms::{CaseId, Moment, OwnPrefixes, Person};

use crate::book::both_verify;
use crate::kill::kills;
use crate::program::{PATIENCE, wait};
use crate::site::Site;
use crate::traffic::{Random, now, some_time};

/// What the command line ended well with.
#[derive(Default)]
struct Said {
    opened: Vec<u64>,
    signed: Vec<u64>,
    consented: Vec<u64>,
    proposed: Vec<u64>,
    /// By proposal: the value.
    approved: BTreeMap<u64, f64>,
}

/// How many commands one round of them has.
const ROUND: u64 = 6;

#[test]
fn what_the_command_line_said_was_done_is_there_after_a_kill() {
    let mut random = Random::seeded("kill_words");
    let (mut site, mut said) = (begun(), Said::default());
    let mut counts = [0; 4];
    for kill in 0..kills(8) {
        let running = site.operator.up();
        let done = AtomicU64::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| while round(&site, &mut said, &done).is_some() {});
            // Each time so many commands later, and some time into the next ones: how long a command
            // takes is the machine's.
            let begun = wait(PATIENCE, || done.load(Ordering::Acquire) >= kill % (ROUND + 1));
            some_time(&mut random, 500);
            running.kill();
            assert!(begun, "only {done:?} commands were done: {}", site.operator.log());
        });
        check(&site, &said, kill);
        both_verify(&site.operator.data());
        // Every start asks again for every open case: a nightly run begins anew after twenty kills.
        if kill % 20 == 19 || kill + 1 == kills(8) {
            let all = [&said.opened, &said.signed, &said.consented].map(Vec::len);
            let all = all.into_iter().chain([said.approved.len()]);
            counts.iter_mut().zip(all).for_each(|(sum, n)| *sum += n);
            site.never_panicked();
            (site, said) = (begun(), Said::default());
        }
    }
    println!("acknowledged: opened, signed, consented, approved: {counts:?}");
    assert!(counts.iter().all(|n| *n > 0), "the kills came before anything was said: {counts:?}");
}

/// A site whose people have decided what is decided before anything runs; it does not run.
fn begun() -> Site {
    let site = Site::with("");
    let _running = site.operator.up();
    site.begin("600");
    site
}

/// One case by hand, signed, with a consent, and one number; `None` once nobody answers.
fn round(site: &Site, said: &mut Said, done: &AtomicU64) -> Option<()> {
    let does = |person: &str, words: &[&str]| {
        let said = does(site, person, words)?;
        done.fetch_add(1, Ordering::Release);
        Some(said)
    };
    let case = does(
        "abuse",
        &[
            "case",
            "open",
            "198.51.100.77",
            "--protocol",
            "udp",
            "--src-port",
            "53",
            "--reason",
            "test",
        ],
    )?["case"]
        .as_u64()?;
    said.opened.push(case);
    let value = said.opened.len() + 100;
    let (number, text) = (case.to_string(), value.to_string());
    let words = ["measures", "number", "hold-minutes", &text, "--reason", "test"];
    let proposal = does("noc", &words)?["proposal"].as_u64()?;
    said.proposed.push(proposal);
    does("law", &["proposals", "--approve", &proposal.to_string()])?;
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    said.approved.insert(proposal, value as f64);
    let consent = ["case", "consent", &number, "line-77", "--minutes", "60"];
    said.consented.push(does("abuse", &consent)?["consent"].as_u64()?);
    // The plan is made in the desk's next round.
    let mut is_signed = false;
    wait(PATIENCE, || {
        is_signed = does("noc", &["case", "sign", &number]).is_some();
        is_signed || site.cases().is_empty()
    });
    if is_signed {
        said.signed.push(case);
    }
    does("noc", &["case", "close", &number, "--reason", "test"]).map(|_| ())
}

/// What a command line that ended well printed.
fn does(site: &Site, person: &str, words: &[&str]) -> Option<Value> {
    let output = site.operator.run(person, words);
    output.status.success().then(|| serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// Everything that was said is there when the folder is opened again.
fn check(site: &Site, said: &Said, kill: u64) {
    let at = Moment::replayed(now());
    let data = site.operator.data();
    let account =
        Account::open(&data, "trouble.example/ledger", at.wall).expect("the folder opens");
    let book = Arc::new(Book::compiled().expect("the book of measures"));
    let own = OwnPrefixes::of(vec!["198.51.100.0/24".parse().expect("a prefix")]).expect("own");
    let config = Config { people: Vec::new(), lines: Vec::new(), own, review_days: 365 };
    let desk = Desk::open(Arc::new(account), book, config, at).expect("the desk opens");
    let standing = desk.standing();
    let case =
        |id: &u64| desk.case(CaseId(*id)).unwrap_or_else(|| panic!("kill {kill}: case {id}"));
    let not_there = |id: &&u64| desk.case(CaseId(**id)).is_none();
    assert_eq!(said.opened.iter().find(not_there), None, "kill {kill}: a case is gone");
    for id in &said.signed {
        let signed = |e: &CaseEvent| matches!(e, CaseEvent::Signed { signature } if signature.person == Person("noc".into()));
        assert!(
            case(id).history.iter().any(|(_, e)| signed(e)),
            "kill {kill}: signature on case {id}"
        );
    }
    for id in &said.consented {
        let there = standing.consents.iter().any(|c| c.id.0 == *id && c.withdrawn.is_none());
        assert!(there, "kill {kill}: consent {id}");
    }
    let waits = |id: &u64| standing.proposals.keys().any(|p| p.0 == *id);
    for id in said.proposed.iter().rev().take(1).filter(|id| !said.approved.contains_key(id)) {
        // Said to be proposed, and killed before the approval was said to be done: it waits, or the
        // approval was done.
        let newest = standing.numbers.get(&Number::HoldMinutes).map(|s| s.value);
        let done = newest.is_some_and(|v| !said.approved.values().any(|a| *a == v));
        assert!(waits(id) || done, "kill {kill}: proposal {id}");
    }
    for id in said.approved.keys() {
        assert!(!waits(id), "kill {kill}: proposal {id} still waits");
    }
    if let Some(last) = said.approved.values().next_back() {
        let newest = standing.numbers.get(&Number::HoldMinutes).map_or(0.0, |s| s.value);
        assert!(newest >= *last, "kill {kill}: hold-minutes is {newest}, {last} was approved");
    }
}

//! What is kept is erased on its day, and booked; when the clock was set, only after a person has looked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use account::Account;
use decide::{Command, Config, Desk, PersonEntry};
use ground::{Book, Role};
use terms::{Day, Moment, OwnPrefixes, Source, Span, Time, Zone};

use crate::kill_ends::terminate;
use crate::program::{PATIENCE, wait};
use crate::site::Site;
use crate::traffic::{Traffic, now};

/// The desk of a stopped site, as it is taken up at this moment.
fn desk(data: &Path, at: Moment) -> (Arc<Account>, Desk) {
    let account = Account::open(data, "trouble.example/ledger", at.wall).expect("the folder opens");
    let (account, book) = (Arc::new(account), Arc::new(Book::compiled().expect("the book")));
    let own = OwnPrefixes::of(vec!["198.51.100.0/24".parse().expect("a prefix")]).expect("own");
    let people = vec![PersonEntry { name: "noc".into(), roles: vec![Role::Operations] }];
    let config = Config { people, lines: Vec::new(), own, review_days: 365 };
    let desk = Desk::open(Arc::clone(&account), book, config, at).expect("the desk opens");
    (account, desk)
}

fn kept(account: &Account) -> u64 {
    account.count_kept(Source::Statistics).expect("it can be read")
}

/// How many batches the ledger says were erased.
fn erased(site: &Site) -> u64 {
    let entries = site.book().entries;
    let erased = entries.iter().filter(|e| e["kind"] == "erased");
    erased
        .filter_map(|e| e["detail"]["count"].as_f64())
        .map(|n| format!("{n:.0}"))
        .fold(0, |sum, n| sum + n.parse::<u64>().unwrap_or(0))
}

#[test]
fn statistics_are_erased_after_their_last_day_and_wait_while_the_clock_is_unsure() {
    // All of it is to be on one day: before midnight there must be some time left.
    let day = |at: Time| Zone::TOKYO.day(at);
    while day(now()) != day(now().after(Span::minutes(3))) {
        std::thread::sleep(Duration::from_secs(1));
    }
    let site = Site::with("");
    let mut running = site.operator.up();
    site.begin("10"); // statistics-days is 1
    let traffic = Traffic::start(site.flow);
    let some = wait(PATIENCE, || {
        let status = site.operator.query("status").unwrap_or_default();
        status["kept"].as_array().is_some_and(|k| k.iter().any(|k| k["count"].as_u64() > Some(4)))
    });
    assert!(some, "{:?}", site.operator.query("status"));
    drop(traffic);
    // By command line too, and not by everybody.
    let words = ["clock-is-right", "--reason", "compared with the time server"];
    assert!(!site.operator.run("abuse", &words).status.success());
    assert_eq!(site.operator.does("noc", &words)["clock-is-right"], true);
    assert!(terminate(&mut running).success());
    assert_eq!(erased(&site), 0);

    let data = site.operator.data();
    let today: Day = day(now());
    let at = |days: u64| Moment::replayed(now()).after(Span::days(days));
    let (account, mut taken_up) = desk(&data, at(1));
    let all = kept(&account);
    assert!(all > 4);
    taken_up.erase_due(today.plus(1), at(1)).expect("it erases");
    assert_eq!(kept(&account), all, "tomorrow is their last day");

    // The clock was set two days ahead: days cannot be counted, now and after a restart.
    taken_up.clock_jumped(172_800_000, at(2)).expect("it is booked");
    assert!(!taken_up.clock_is_sure());
    taken_up.erase_due(today.plus(2), at(2)).expect("it waits");
    assert_eq!(kept(&account), all);
    drop((account, taken_up));
    let (account, mut taken_up) = desk(&data, at(2));
    assert!(!taken_up.clock_is_sure(), "a restart does not make the clock right");
    taken_up.erase_due(today.plus(2), at(2)).expect("it waits");
    assert_eq!((kept(&account), erased(&site)), (all, 0));

    // A person has looked.
    let right = Command::ClockIsRight { reason: "compared with the time server".into() };
    taken_up.command("noc", right, at(2)).expect("operations may say so");
    taken_up.erase_due(today.plus(2), at(2)).expect("it erases");
    assert_eq!((kept(&account), erased(&site)), (0, all));
    drop((account, taken_up));
    let kinds: Vec<_> = site.book().entries.iter().map(|e| e["kind"].clone()).collect();
    assert!(kinds.iter().any(|k| k == "clock-jump"), "{kinds:?}");
    crate::book::both_verify(&data);

    // Erased bodies are overwritten: the file holds nothing of them any more, and the next start is well.
    let (account, _) = desk(&data, at(3));
    assert_eq!(kept(&account), 0);
}

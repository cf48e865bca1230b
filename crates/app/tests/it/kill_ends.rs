//! What was begun ends: by time, for want of a signature, with the consent, and when the program stops.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::book::both_verify;
use crate::kill_router::Gobgp;
use crate::program::{PATIENCE, wait};
use crate::site::{Site, grants_block};
use crate::traffic::{LINE, Traffic};

/// A site under attack, and how it goes on.
fn attacked(more: &str, block_minutes: &str) -> (Site, Traffic, crate::program::Running) {
    let site = Site::with(more);
    let traffic = Traffic::start(site.flow);
    let running = site.operator.up();
    site.begin(block_minutes);
    site.learns();
    traffic.attack(&[LINE]);
    (site, traffic, running)
}

/// The history of a case as pairs of event and its English reason, if it has one.
fn history(case: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let events = case["history"].as_array().cloned().unwrap_or_default();
    events.iter().map(|h| (text(&h["event"]["event"]), text(&h["event"]["why"]["en"]))).collect()
}

/// Waits until the case's history has a withdrawal for this reason; its place.
#[track_caller]
fn withdrawn(site: &Site, case: &str, reason: &str) -> usize {
    let mut place = None;
    let done = wait(PATIENCE, || {
        let history = history(&site.shown(case));
        place = history.iter().position(|(e, why)| e == "withdrawn" && why.contains(reason));
        place.is_some()
    });
    assert!(done, "not withdrawn because {reason:?}: {:#?}", history(&site.shown(case)));
    place.unwrap_or_default()
}

#[test]
fn a_block_ends_by_time_and_the_next_one_takes_a_new_signature() {
    let (site, _traffic, running) = attacked("", "0.15");
    let case = site.mitigate();
    withdrawn(&site, &case, "its end has come");
    // The attack goes on: a new plan is made and asked for, and nobody has signed that one.
    site.case("that waits for a signature again", |c| {
        c["state"] == "waiting"
            && c["verdict"] == "ASK"
            && c["open"].to_string().contains("signature")
    });
    assert_eq!(site.standing(), []);
    site.signs(&case);
    site.stands(false);
    drop(running);
    both_verify(&site.operator.data());
    site.never_panicked();
}

#[test]
fn a_block_granted_before_the_signature_ends_without_it_and_is_not_granted_so_again() {
    let (site, _traffic, running) = attacked("", "30");
    let number = ["measures", "number", "signed-within-minutes", "0.05", "--reason", "test"];
    site.operator.two("noc", "law", &number);
    let name = "04-e-a-block-while-impaired";
    let automatic = ["measures", "switch", name, "automatic", "--reason", "test"];
    site.operator.two("noc", "law", &automatic);
    let case = site.case("with a plan", |c| c["state"] == "waiting" || c["state"] == "refused");
    site.operator.does("noc", &["case", "answer", &case, "own-equipment-impaired", "yes"]);
    // It stands for three seconds, which whoever looks every few seconds may miss.
    site.booked(0, "that it stood", |e| e["kind"] == "applied");
    let place = withdrawn(&site, &case, "signature owed was not given in time");
    // From here on it takes the signature first, however often it is asked for, and after a kill.
    let again = || wait(Duration::from_secs(2), || !site.standing().is_empty());
    assert!(!again(), "{:#?}", &history(&site.shown(&case))[place..]);
    running.kill();
    let running = site.operator.up();
    site.booked(site.book().started(), "the answer", |e| e["act"] == "block");
    assert!(!again(), "after a kill: {:#?}", &history(&site.shown(&case))[place..]);
    site.operator.does("noc", &["case", "sign", &case]);
    site.stands(true);
    drop(running);
    both_verify(&site.operator.data());
    site.never_panicked();
}

#[test]
fn a_block_that_rests_on_a_consent_ends_with_it() {
    let (site, _traffic, running) = attacked("", "30");
    let case = site.case("with a plan", |c| c["state"] == "waiting" || c["state"] == "refused");
    let does = |person: &str, words: &[&str]| site.operator.does(person, words);
    for fact in ["own-equipment-impaired", "own-equipment-at-risk"] {
        does("noc", &["case", "answer", &case, fact, "no"]);
    }
    for fact in ["request-genuine", "requester-is-receiver"] {
        does("abuse", &["case", "answer", &case, fact, "yes"]);
    }
    let consent = does("abuse", &["case", "consent", &case, "line-77", "--minutes", "60"]);
    does("noc", &["case", "sign", &case]);
    site.stands(true);
    let id = consent["consent"].to_string();
    does("abuse", &["consents", "--withdraw", &id]);
    withdrawn(&site, &case, "withdrew its consent");
    site.stands(false);
    let after = site.book().entries.len();
    site.case("that is refused", |c| c["state"] == "refused");
    // A restart does not bring it back either.
    running.kill();
    let running = site.operator.up();
    site.booked(after, "the answer", |e| e["act"] == "block");
    assert!(!wait(Duration::from_secs(1), || !site.standing().is_empty()));
    drop(running);
    both_verify(&site.operator.data());
    site.never_panicked();
}

#[test]
fn a_stop_withdraws_first_then_ends_well() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let router = Gobgp::start(folder.path());
    let (site, _traffic, mut running) =
        attacked(&router.as_ref().map(Gobgp::settings).unwrap_or_default(), "30");
    // Several times: a stop may come at any place of the desk's round.
    for stop in 0..4 {
        if stop == 0 {
            site.mitigate();
        } else {
            running = site.operator.up();
            site.stands(true);
        }
        if let Some(router) = &router {
            router.holds(true);
        }
        let status = terminate(&mut running);
        assert!(status.success(), "{status}: {}", site.operator.log());
        if let Some(router) = &router {
            router.holds(false);
        }
        let entries = site.book().entries;
        let last = |so: &dyn Fn(&Value) -> bool| entries.iter().rposition(so).unwrap_or(0);
        let withdrawn = last(&|e| e["kind"] == "withdrawn");
        assert!(withdrawn > last(&|e| e["kind"] == "applied"), "{:#?}", &entries[withdrawn..]);
        assert!(withdrawn > last(&grants_block), "{:#?}", &entries[withdrawn..]);
        both_verify(&site.operator.data());
    }
    site.never_panicked();
}

/// Ends a program as the service manager does, and waits for it.
pub(crate) fn terminate(running: &mut crate::program::Running) -> std::process::ExitStatus {
    let id = running.0.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
    assert!(sent.success());
    let mut status = None;
    let ended = wait(PATIENCE, || {
        status = running.0.try_wait().expect("a child of ours");
        status.is_some()
    });
    assert!(ended, "it did not end");
    status.expect("it ended")
}

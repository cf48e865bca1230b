//! Killed at any moment, the program comes back with what it knew, and with no rule nobody granted.

use std::time::Duration;

use serde_json::Value;

use crate::book::{Book, both_verify};
use crate::kill_router::Gobgp;
use crate::program::wait;
use crate::site::{Site, grants_block};
use crate::traffic::{LINE, Random, Traffic, some_time};

/// How often it is killed: more on the nightly run.
#[expect(clippy::disallowed_methods, reason = "the nightly run says so by the environment")]
pub(crate) fn kills(usual: u64) -> u64 {
    let nightly = std::env::var_os("SEKISHO_NIGHTLY").is_some_and(|v| v == "1");
    if nightly { usual * 20 } else { usual }
}

#[test]
fn a_rule_stands_after_a_kill_only_when_it_was_granted_anew() {
    let mut random = Random::seeded("kill");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let router = Gobgp::start(folder.path());
    let site = Site::with(&router.as_ref().map(Gobgp::settings).unwrap_or_default());
    let traffic = Traffic::start(site.flow);
    let mut running = site.operator.up();
    site.begin("600");
    site.learns();
    traffic.attack(&[LINE]);
    let case = site.mitigate();
    if let Some(router) = &router {
        router.holds(true);
    }
    let (mut killed_in, mut stands) = ([0_u32; 4], true);
    for kill in 0..kills(12) {
        // Every third time operations has said meanwhile that equipment is safe: then nothing may
        // stand again.
        let taken_back = kill % 3 == 2;
        if taken_back {
            site.stands(true);
            site.operator.does("noc", &["case", "answer", &case, "own-equipment-impaired", "no"]);
        }
        some_time(&mut random, if stands || taken_back { 700 } else { 150 });
        let stood = !taken_back && !site.standing().is_empty();
        let before = Book::read(&site.operator.data());
        running.kill();
        if let Some(router) = &router {
            router.holds(false);
        }
        killed_in[if taken_back { 2 } else { usize::from(!stood) }] += 1;
        if random.below(3) == 0 {
            let coming_up = site.spawn();
            some_time(&mut random, 400);
            coming_up.kill();
            killed_in[3] += 1;
        }
        running = site.operator.up();
        let since = site.book().started();
        if taken_back {
            site.booked(since, "the answer to a block", |e| {
                e["kind"] == "answered" && e["act"] == "block"
            });
            // The desk moves on every 200 ms: what it would do wrong it would have done by now.
            let came_back = wait(Duration::from_secs(1), || !granted_anew(&site, since).is_empty());
            assert!(!came_back, "kill {kill}: {:#?}", site.cases());
            assert_eq!(router.as_ref().map_or(0, |r| r.rules().len()), 0, "kill {kill}");
            site.operator.does("noc", &["case", "answer", &case, "own-equipment-impaired", "yes"]);
        }
        // One kill in three comes at once, mostly before the rule stands again.
        stands = random.below(3) > 0 || taken_back;
        if stands {
            site.stands(true);
            let standing = granted_anew(&site, since);
            // GoBGP takes a lost neighbour back only after seven seconds: every third kill waits for it.
            if let Some(router) = router.as_ref().filter(|_| kill % 3 == 0) {
                router.holds(true);
            }
            history_shows(&site.shown(&case), standing[0], stood);
        }
        site.book().continues(&before);
        both_verify(&site.operator.data());
    }
    println!(
        "killed while it stood, before that, after it was taken back, in coming up: {killed_in:?}"
    );
    site.never_panicked();
    drop(running);
}

/// What stands; each on an answer that the gate gave, with a yes, after entry `since`.
#[track_caller]
fn granted_anew(site: &Site, since: usize) -> Vec<(u64, u64)> {
    let standing = site.standing();
    let book = site.book();
    for &(id, answer) in &standing {
        let index = usize::try_from(answer).expect("a number");
        assert!(index > since, "mitigation {id} stands on answer {answer} of before the start");
        let entry = &book.entries[index];
        assert!(grants_block(entry), "mitigation {id} stands on {entry}");
    }
    standing
}

/// The case was withdrawn, because of the restart if it stood until then, asked again, and applied on
/// the answer it stands on.
#[track_caller]
fn history_shows(case: &Value, (id, answer): (u64, u64), stood: bool) {
    let history = case["history"].as_array().expect("a history");
    let last = |what: &str| {
        let place = history.iter().rposition(|h| h["event"]["event"] == what);
        place.unwrap_or_else(|| panic!("no {what} in {history:#?}"))
    };
    let (withdrawn, applied) = (last("withdrawn"), last("applied"));
    let asked = history.iter().rposition(|h| {
        h["event"]["event"] == "answered" && h["event"]["answer"].as_u64() == Some(answer)
    });
    let asked = asked.expect("the answer is in the history");
    assert!(withdrawn < asked && asked < applied, "{history:#?}");
    let (gone, stands) = (&history[withdrawn]["event"], &history[applied]["event"]);
    let restarted = gone["why"]["en"].as_str().unwrap_or_default().contains("restarted");
    assert!(restarted || !stood, "{gone}");
    assert_eq!((stands["id"].as_u64(), stands["answer"].as_u64()), (Some(id), Some(answer)));
}

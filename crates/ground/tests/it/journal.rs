//! In the book first: every ask leaves one entry, nothing is granted that is not durable, and an
//! entry names nobody's address.

use std::sync::Arc;

use ground::{Answer, Digest, End, Entry, Gives, Request, Why};
use proptest::prelude::*;
use terms::{Fields, Subject};

use crate::desk::{Full, book, gate, gate_over, granting, host_7, line_7, line_8, measure, now};
use crate::desk::{login_7, login_8, ready, when};
use crate::law_book::all;
use crate::odd;

#[test]
fn nothing_is_granted_or_asked_when_the_ledger_cannot_take_it() {
    let gate = gate_over(&book(), Arc::new(Full));
    for measure in granting(&book()) {
        let ready = ready(measure, when(measure));
        let mut unknown = ready.clone();
        unknown.record.facts = ground::Facts::default();
        for request in [ready, unknown] {
            let Answer::Refused(refusal) = gate.ask(&request, when(measure)) else {
                panic!("{} was not refused", measure.name)
            };
            assert_eq!(refusal.why, Why::NotDurable("no space left".to_owned()));
            assert!(refusal.answer.is_none() && !refusal.readings.is_empty());
        }
    }
    assert_eq!(gate.mask().fields(), Fields::NONE);
}

#[test]
fn a_refusal_stands_also_when_it_cannot_be_booked() {
    let gate = gate_over(&book(), Arc::new(Full));
    for measure in book().measures() {
        let request = Request { end: End::Unknown, ..ready(measure, now()) };
        let Answer::Refused(refusal) = gate.ask(&request, now()) else { panic!("no end") };
        assert_eq!((refusal.why, refusal.answer), (Why::Conditions, None));
    }
    gate.halt(now());
    let answer = gate.ask(&ready(&book().measures()[0], now()), now());
    assert!(matches!(answer, Answer::Refused(r) if r.why == Why::Halted && r.answer.is_none()));
}

proptest! {
    #[test]
    fn every_ask_leaves_one_entry_that_says_what_was_answered(
        (request, at) in odd::request(&all(), odd::moments(), true),
    ) {
        let (gate, paper) = gate(&all());
        let answer = gate.ask(&request, at);
        let entries = paper.entries();
        prop_assert_eq!(entries.len(), 1);
        let entry = &entries[0];
        prop_assert_eq!(entry.code, answer.code());
        prop_assert_eq!(entry.at, at.wall);
        prop_assert_eq!((&entry.actor, &entry.roles), (&request.actor.person, &request.actor.roles));
        prop_assert_eq!((entry.act, entry.purpose), (request.act, request.purpose));
        prop_assert_eq!((&entry.sources, entry.fields), (&request.sources, request.fields));
        prop_assert_eq!((entry.case, entry.observes), (request.case, request.observes.is_some()));
        prop_assert_eq!(entry.book, all().digest());
        let (number, until) = match &answer {
            Answer::Granted(granted) => {
                prop_assert_eq!(entry.measure.as_ref(), Some(&granted.measure));
                (Some(granted.answer), Some(granted.until.wall))
            }
            Answer::Asks(asked) => (asked.answer, None),
            Answer::Refused(refusal) => (refusal.answer, None),
        };
        prop_assert_eq!(number, Some(terms::AnswerId(0)));
        prop_assert_eq!(entry.until, until);
    }
}

/// The entry of the ready request of a blocking measure, changed by `change`.
fn entry(change: impl FnOnce(&mut Request)) -> Entry {
    let (book, (gate, paper)) = (book(), gate(&book()));
    let mut request = ready(measure(&book, "04-e-a-block-while-impaired"), now());
    change(&mut request);
    let _ = gate.ask(&request, now()).gives();
    paper.last()
}

#[test]
fn whom_it_concerns_and_which_plan_is_only_in_what_is_committed_to() {
    let whole = entry(|r| r.subject = line_7());
    let contains = |hay: &[u8], needle: &str| {
        hay.windows(needle.len()).any(|window| window == needle.as_bytes())
    };
    assert!(contains(&whole.secret, "line-7") && contains(&whole.secret, "192.0.2.7/32"));
    let login = entry(|r| r.subject = login_7());
    assert!(contains(&login.secret, "login-7"));
    assert!(!format!("{:?}", Entry { secret: Vec::new(), ..login }).contains("login-7"));
    assert!(whole.secret.ends_with(&[7; 32]));
    let written = format!("{:?}", Entry { secret: Vec::new(), ..whole });
    for word in ["line-7", "192.0.2.7", "2001:db8", "[7, 7", "0707"] {
        assert!(!written.contains(word), "{word} is in {written}");
    }
}

#[test]
fn entries_about_different_people_or_plans_differ_in_nothing_but_the_secret() {
    let secrets: Vec<Entry> = [
        entry(|r| r.subject = line_7()),
        entry(|r| r.subject = line_8()),
        entry(|r| r.subject = host_7()),
        entry(|r| r.subject = login_7()),
        entry(|r| r.subject = login_8()),
        entry(|r| r.subject = Subject::One(terms::Named::Name, "login-7".into())),
        entry(|r| (r.subject, r.plan) = (line_7(), None)),
        entry(|r| (r.subject, r.plan) = (line_7(), Some(Digest([8; 32])))),
    ]
    .into();
    for (i, one) in secrets.iter().enumerate() {
        for other in &secrets[..i] {
            assert_ne!(one.secret, other.secret);
        }
    }
    let bare = |e: &Entry| format!("{:?}", Entry { secret: Vec::new(), ..e.clone() });
    assert_eq!(bare(&secrets[0]), bare(&secrets[1]));
}

#[test]
fn the_gate_and_its_grants_show_no_address_to_a_log() {
    let (book, (gate, _)) = (book(), gate(&book()));
    for subject in [line_7(), Subject::Network] {
        let mut request = ready(measure(&book, "01-a-analyse-at-victims-request"), now());
        request.subject = subject;
        let answer = gate.ask(&request, now());
        assert_ne!(answer.gives(), Gives::Asks);
        let shown = format!("{answer:?}");
        assert!(!shown.contains("line-7") && !shown.contains("192.0.2"), "{shown}");
    }
}

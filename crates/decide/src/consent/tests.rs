//! What the register of consents says, and of whom it says nothing.

use std::sync::Arc;

use terms::{PrefixSet, Span};

use super::*;

const AT: Time = Time(1_777_626_000_000);
const FOR: Purpose = Purpose::ProtectLine;

/// What the register says of an individual consent.
fn individually(given: &[Consent], of: &Subject, act: Act, at: Time) -> Option<Known> {
    let found = known(given, of, act, FOR, at).into_iter();
    found.filter(|(fact, _)| *fact == Fact::LineConsents).map(|(_, known)| known).next()
}

fn subject(name: &str) -> Subject {
    let set = PrefixSet::of(["203.0.113.130/32".parse().expect("a prefix")]);
    Subject::Line(Line(name.into()), Arc::new(set))
}

fn consent(id: u64, acts: &[Act]) -> Consent {
    Consent {
        id: ConsentId(id),
        kind: ConsentKind::Individual,
        whose: Party::Receiver,
        line: Line("line-7".into()),
        purposes: vec![FOR],
        acts: acts.to_vec(),
        case: Some(CaseId(1)),
        shown: Shown::of("3", "May we?"),
        by: Person("tanaka".into()),
        role: Role::Desk,
        at: AT,
        until: Some(AT.after(Span::minutes(5))),
        withdrawn: None,
    }
}

#[test]
fn a_consent_covers_only_its_line_its_acts_its_purposes_and_its_time() {
    let given = [consent(1, &[Act::Analyse, Act::Block])];
    let so = |name: &str, act, at| individually(&given, &subject(name), act, at).map(|k| k.so);
    let (yes, no) = (Some(true), Some(false));
    let end = AT.after(Span::minutes(5));
    assert_eq!(so("line-7", Act::Block, AT), yes);
    assert_eq!(so("line-7", Act::Analyse, end.before(Span(1))), yes);
    assert_eq!(so("line-7", Act::Block, end), no);
    assert_eq!(so("line-7", Act::Block, AT.before(Span(1))), no);
    assert_eq!(so("line-8", Act::Block, AT), no);
    for &act in Act::ALL.iter().filter(|a| ![Act::Analyse, Act::Block].contains(a)) {
        assert_eq!(so("line-7", act, AT), no, "{act}");
    }
    for &purpose in Purpose::ALL.iter().filter(|p| **p != FOR) {
        let found = known(&given, &subject("line-7"), Act::Block, purpose, AT);
        assert!(found.iter().all(|(_, known)| !known.so), "{purpose}");
    }
}

#[test]
fn an_individual_consent_is_none_by_the_terms_and_the_other_way_round() {
    for kind in ConsentKind::ALL {
        let given = [Consent { kind: *kind, ..consent(1, &[Act::Block]) }];
        let found = known(&given, &subject("line-7"), Act::Block, FOR, AT);
        let so: Vec<Fact> = found.iter().filter(|(_, k)| k.so).map(|(f, _)| *f).collect();
        assert_eq!(so, [given[0].fact()]);
        assert_eq!(found.len(), 2, "that there is none of the other kind is known too");
    }
}

#[test]
fn a_register_says_nothing_of_whom_it_cannot_name_and_covers_nobody_else() {
    let given = [consent(1, &[Act::Block])];
    assert_eq!(known(&given, &Subject::Network, Act::Block, FOR, AT), []);
    let Subject::Line(_, set) = subject("line-7") else { panic!("a line") };
    assert_eq!(known(&given, &Subject::Prefixes(set), Act::Block, FOR, AT), []);
    let found = individually(&given, &subject("line-7"), Act::Block, AT).expect("it is known");
    assert_eq!(found.covers, Some(subject("line-7")));
    assert_eq!((found.role, found.until), (Role::Desk, given[0].until));
}

#[test]
fn of_two_consents_the_one_that_still_holds_counts() {
    let mut given = vec![consent(1, &[Act::Block]), consent(2, &[Act::Block])];
    given[1].withdrawn = Some(AT);
    let so = |given: &[Consent]| {
        individually(given, &subject("line-7"), Act::Block, AT).map(|known| known.so)
    };
    assert_eq!(so(&given), Some(true));
    given[0].until = Some(AT);
    assert_eq!(so(&given), Some(false));
    assert_eq!(so(&[]), Some(false));
}

#[test]
fn the_register_itself_says_that_there_is_none_so_that_it_counts_as_known() {
    let mut facts = ground::Facts::default();
    for (fact, none) in known(&[], &subject("line-7"), Act::Block, FOR, AT) {
        facts.learn(fact, none);
        let said = facts.so(fact, &subject("line-7"), AT).map(|k| k.so);
        assert_eq!(said, Some(false), "{fact}");
    }
}

#[test]
fn an_opt_out_ends_every_earlier_consent_by_the_terms_and_none_that_is_given_after_it() {
    let blanket = |id, at: Time, withdrawn| Consent {
        kind: ConsentKind::Blanket,
        at,
        withdrawn,
        until: None,
        ..consent(id, &[Act::Block])
    };
    let (first, out, again) = (AT, AT.after(Span::minutes(1)), AT.after(Span::minutes(2)));
    let so = |given: &[Consent], at| {
        let found = known(given, &subject("line-7"), Act::Block, FOR, at).into_iter();
        let by_terms =
            |(fact, known): (Fact, Known)| (fact == Fact::LineAgreesByTerms).then_some(known.so);
        found.filter_map(by_terms).next()
    };
    let mut given = vec![blanket(1, first, None), blanket(2, first, Some(out))];
    assert_eq!(so(&given, first), Some(true));
    assert_eq!(so(&given, out), Some(false), "the older one does not outlive the opt-out");
    given.push(blanket(3, again, None));
    assert_eq!(so(&given, again), Some(true));
}

#[test]
fn only_the_party_the_measure_asks_can_consent() {
    for &whose in Party::ALL {
        let given = [Consent { whose, ..consent(1, &[Act::Block]) }];
        let so = individually(&given, &subject("line-7"), Act::Block, AT).map(|k| k.so);
        assert_eq!(so, Some(whose == Party::Receiver), "{whose}");
    }
    let choice = Purpose::FilterMailByChoice;
    assert!(Party::FilterOwner.counts_for(choice) && !Party::Sender.counts_for(choice));
}

#[test]
fn a_consent_of_the_first_version_of_the_store_is_still_read() {
    let stored = r#"{"id":1,"line":"line-7","acts":["analyse","show","block"],"case":3,"text":"May we?","by":"tanaka","role":"desk","at":1777626000000,"until":1777626300000,"withdrawn":null}"#;
    let read: Consent = serde_json::from_str(stored).expect("it is read");
    assert_eq!((read.kind, read.whose), (ConsentKind::Individual, Party::Receiver));
    assert_eq!(read.purposes, at_the_lines_wish());
    assert_eq!(read.shown, Shown::of("1", "May we?"));
    assert_eq!((read.case, read.until), (Some(CaseId(3)), Some(AT.after(Span::minutes(5)))));
    let again: Consent = serde_json::from_str(&serde_json::to_string(&read).expect("written"))
        .expect("it is read again");
    assert_eq!(again, read);
}

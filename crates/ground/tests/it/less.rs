//! Less known, more asked for, or later in the day never turns anything into a grant.

use ground::{End, Fact, Gives, Number, Outcome, Request, SignersWhen};
use proptest::prelude::*;
use proptest::sample::select;
use terms::{Field, Moment, Span, Subject, Zone};

use crate::desk::{everywhere, gate, granted, now, pool};
use crate::law_book::all;
use crate::neighbours::morning;
use crate::odd;

/// When today's advice is given: what was said then is known to it.
fn this_morning() -> Moment {
    morning(Zone::TOKYO.day(now().wall))
}

/// One way of having less or asking for more.
#[derive(Debug, Clone)]
enum Less {
    Fact(Fact),
    Signature(usize),
    Number(Number),
    Switches,
    Acceptance,
    Plan,
    MoreField(Field),
    Wider(Subject),
    Endless,
    Later(Span),
}

fn less() -> BoxedStrategy<Less> {
    let wider = || select(vec![Subject::Network, everywhere(), pool()]);
    let spans = vec![Span(1), Span::minutes(30), Span::minutes(60), Span::days(400)];
    prop_oneof![
        4 => select(Fact::ALL).prop_map(Less::Fact),
        2 => (0_usize..4).prop_map(Less::Signature),
        2 => select(Number::ALL).prop_map(Less::Number),
        1 => Just(Less::Switches),
        1 => Just(Less::Acceptance),
        1 => Just(Less::Plan),
        2 => select(Field::ALL).prop_map(Less::MoreField),
        2 => wider().prop_map(Less::Wider),
        1 => Just(Less::Endless),
        2 => select(spans).prop_map(Less::Later),
    ]
    .boxed()
}

/// The request with less to go on, and when it is made.
fn with_less(request: &Request, at: Moment, less: &Less) -> (Request, Moment) {
    let (mut request, mut at) = (request.clone(), at);
    match less {
        Less::Fact(fact) => request.record.facts.forget(*fact),
        Less::Signature(n) if *n < request.record.signatures.len() => {
            request.record.signatures.remove(*n);
        }
        Less::Signature(_) => {}
        Less::Number(number) => drop(request.record.numbers.remove(number)),
        Less::Switches => request.record.modes.clear(),
        Less::Acceptance => request.record.accepted.clear(),
        Less::Plan => request.plan = None,
        Less::MoreField(field) => request.fields = request.fields.with(*field),
        Less::Wider(subject) if request.subject.within(subject) => {
            request.subject = subject.clone();
        }
        Less::Wider(_) => {}
        Less::Endless => request.end = End::Unknown,
        Less::Later(span) => at = at.after(*span),
    }
    (request, at)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]
    #[test]
    fn less_never_turns_into_a_grant(
        (request, at) in odd::request(&all(), select(vec![now(), this_morning()]).boxed(), false),
        fewer in proptest::collection::vec(less(), 1..4),
    ) {
        let (gate, _) = gate(&all());
        let advises = |request: &Request, at: Moment| {
            all().advise(request, Zone::TOKYO.day(at.wall)).outcome == Outcome::Granted
        };
        // Advice is of the day's beginning: what was said at nine is not known to it yet.
        let advised = advises(&request, at) || at != this_morning();
        let before = gate.ask(&request, at).gives();
        let step = |(request, at): (Request, Moment), less| with_less(&request, at, less);
        let (request, at) = fewer.iter().fold((request, at), step);
        let after = gate.ask(&request, at).gives();
        prop_assert!(before == Gives::Granted || after != Gives::Granted);
        // Of an end alone it is better in advice to say nothing than the wrong thing: what may last, or
        // is over once done, needs none, and is refused one that is past.
        let unsaid = fewer.iter().any(|l| matches!(l, Less::Endless));
        prop_assert!(advised || unsaid || !advises(&request, at));
    }

    #[test]
    fn a_grant_is_for_what_was_asked_and_for_no_longer_than_consent_and_signatures_hold(
        (request, at) in odd::request(&all(), odd::moments(), true),
    ) {
        let book = all();
        let answer = gate(&book).0.ask(&request, at);
        if answer.gives() != Gives::Granted {
            return Ok(());
        }
        let granted = granted(answer);
        let measure = book.measure(&granted.measure).unwrap();
        prop_assert!(measure.purposes.contains(&request.purpose));
        prop_assert!(measure.acts.contains(&request.act));
        prop_assert!(request.claims.is_none_or(|claimed| claimed == measure.basis));
        prop_assert!(request.fields.within(measure.fields));
        prop_assert!(request.sources.iter().all(|s| measure.reads.contains(s)));
        let asked = request.end.moment().unwrap();
        prop_assert!(granted.until.wall <= asked.wall && granted.until.mono <= asked.mono);
        prop_assert_eq!(asked.wall.since(granted.until.wall).0, asked.mono - granted.until.mono);
        for fact in measure.requires.keys().filter(|f| f.is_per_line()) {
            let consent = request.record.facts.get(*fact).unwrap();
            prop_assert!(consent.until.is_none_or(|until| granted.until.wall <= until));
        }
        // With one signature a role, each of them bounds the grant.
        let roles = &measure.signers.roles;
        let mut standing = request.record.signatures.iter().filter(|s| roles.contains(&s.role));
        let alone = request.record.signatures.len() == roles.len() && granted.owes.is_empty();
        if measure.signers.when == SignersWhen::Once && alone {
            prop_assert!(standing.all(|s| s.until.is_none_or(|u| granted.until.wall <= u)));
        }
    }
}

#[test]
fn the_odd_requests_are_not_all_refused() {
    use proptest::strategy::ValueTree as _;
    let strategy = odd::request(&all(), odd::moments(), true);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..1000 {
        let (request, at) = strategy.new_tree(&mut runner).unwrap().current();
        *seen.entry(gate(&all()).0.ask(&request, at).gives()).or_insert(0) += 1;
    }
    for gives in Gives::ALL {
        assert!(seen.get(gives).is_some_and(|n| *n >= 100), "{gives}: {seen:?}");
    }
}

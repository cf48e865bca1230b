//! Every measure does what its examples say, and every single thing it asks for is needed.

use ground::{Basis, End, Ends, Fact, Gives, Measure, Mode, Over, Request, Why};
use terms::{Act, Field, Fields, Moment, Purpose, Source, Span, Subject, Zone};

use crate::desk::{book, everywhere, gate, granting, known, pool, ready, when};

/// What the gate over the compiled book gives to the ready request of each measure that can grant,
/// changed by `change`.
fn each_measure(change: impl Fn(&Measure, &mut Request) -> bool, gives: Gives) {
    let (gate, _) = gate(&book());
    let mut changed = 0;
    for measure in granting(&book()) {
        let mut request = ready(measure, when(measure));
        if change(measure, &mut request) {
            let answer = gate.ask(&request, when(measure));
            assert_eq!(answer.gives(), gives, "{}: {answer:#?}", measure.name);
            changed += 1;
        }
    }
    assert!(changed > 0, "it was tried on no measure");
}

#[test]
fn every_example_of_every_measure_gives_what_it_says() {
    for measure in book().measures() {
        for example in &measure.examples {
            let gives = book().run_example(measure, example);
            assert_eq!(gives, example.gives, "{}: {}", measure.name, example.name);
        }
    }
}

#[test]
fn a_request_that_meets_everything_is_granted_for_every_act_and_purpose_of_every_measure() {
    let (gate, paper) = gate(&book());
    for measure in granting(&book()) {
        for (&act, &purpose) in
            measure.acts.iter().flat_map(|a| measure.purposes.iter().map(move |p| (a, p)))
        {
            let request = Request { act, purpose, ..ready(measure, when(measure)) };
            let answer = gate.ask(&request, when(measure));
            assert_eq!(answer.gives(), Gives::Granted, "{} {act}: {answer:#?}", measure.name);
            assert_eq!(paper.last().measure.as_ref(), Some(&measure.name));
        }
    }
}

#[test]
fn what_the_text_leaves_open_always_asks_and_what_it_excludes_is_always_refused() {
    let (gate, _) = gate(&book());
    let mut seen = Vec::new();
    for measure in book().measures().iter().filter(|m| !m.can_grant()) {
        let excluded = measure.basis == Basis::Excluded;
        let gives = if excluded { Gives::Refused } else { Gives::Asks };
        for (&act, &purpose) in
            measure.acts.iter().flat_map(|a| measure.purposes.iter().map(move |p| (a, p)))
        {
            let request = Request { act, purpose, ..ready(measure, when(measure)) };
            let answer = gate.ask(&request, when(measure));
            assert_eq!(answer.gives(), gives, "{} {act} {purpose}", measure.name);
        }
        seen.push(measure.basis);
    }
    assert!(seen.len() < 2 || seen.contains(&Basis::Excluded), "{seen:?}");
}

#[test]
fn a_required_fact_that_is_not_so_refuses() {
    let (gate, _) = gate(&book());
    for measure in granting(&book()) {
        for (&fact, &wanted) in &measure.requires {
            let mut request = ready(measure, when(measure));
            request.record.facts.learn(fact, known(fact, !wanted, &request.subject, when(measure)));
            let open = measure.open.contains(&fact);
            let gives = if open { Gives::Asks } else { Gives::Refused };
            assert_eq!(gate.ask(&request, when(measure)).gives(), gives, "{} {fact}", measure.name);
        }
    }
}

#[test]
fn a_required_fact_that_is_not_known_asks() {
    let (gate, _) = gate(&book());
    for measure in granting(&book()) {
        for &fact in measure.requires.keys() {
            let mut request = ready(measure, when(measure));
            request.record.facts.forget(fact);
            let answer = gate.ask(&request, when(measure));
            assert_eq!(answer.gives(), Gives::Asks, "{} {fact}", measure.name);
            let ground::Answer::Asks(asked) = answer else { unreachable!() };
            assert_eq!(asked.questions.len(), 1, "{} {fact}", measure.name);
            assert_eq!(asked.questions[0].roles, fact.established_by(), "{fact}");
            assert!(!asked.inquiry);
        }
    }
}

#[test]
fn nothing_known_is_never_a_yes() {
    each_measure(
        |measure, r| {
            r.record.facts = ground::Facts::default();
            !measure.requires.is_empty()
        },
        Gives::Asks,
    );
    each_measure(
        |_, r| {
            r.record = ground::Record::default();
            true
        },
        Gives::Refused,
    );
}

#[test]
fn every_field_outside_the_list_refuses() {
    for &field in Field::ALL {
        each_measure(
            |measure, request| {
                request.fields = request.fields.with(field);
                !measure.fields.has(field)
            },
            Gives::Refused,
        );
    }
}

#[test]
fn fewer_fields_are_granted() {
    each_measure(
        |_, r| {
            r.fields = Fields::NONE;
            true
        },
        Gives::Granted,
    );
}

#[test]
fn every_source_outside_the_list_refuses() {
    for &source in Source::ALL {
        each_measure(
            |measure, request| {
                request.sources.push(source);
                !measure.reads.contains(&source)
            },
            Gives::Refused,
        );
    }
}

#[test]
fn every_other_purpose_refuses() {
    for &purpose in Purpose::ALL {
        each_measure(
            |measure, request| {
                request.purpose = purpose;
                !measure.purposes.contains(&purpose)
            },
            Gives::Refused,
        );
    }
}

#[test]
fn every_other_act_is_not_granted() {
    let (gate, _) = gate(&book());
    for measure in granting(&book()) {
        for &act in Act::ALL.iter().filter(|a| !measure.acts.contains(a)) {
            let request = Request { act, ..ready(measure, when(measure)) };
            let gives = gate.ask(&request, when(measure)).gives();
            assert_ne!(gives, Gives::Granted, "{} {act}", measure.name);
        }
    }
}

#[test]
fn no_measure_serves_marketing() {
    let (book, (gate, _)) = (book(), gate(&book()));
    for measure in granting(&book) {
        let mut request = ready(measure, when(measure));
        (request.purpose, request.only) = (Purpose::Marketing, None);
        let answer = gate.ask(&request, when(measure));
        assert_ne!(answer.gives(), Gives::Granted, "{}", measure.name);
        if request.sources.iter().any(|s| s.is_kept()) {
            let ground::Answer::Refused(refusal) = answer else {
                // What is excluded asks where the text leaves it open, as where the line consents.
                let consents = measure.requires.keys().any(|f| f.is_per_line());
                assert!(consents || measure.requires.contains_key(&Fact::ActorIsParty));
                continue;
            };
            // Unless a measure that excludes it names the very data.
            let named = |s: &Source| {
                let about = |m: &&std::sync::Arc<Measure>| m.is_about(request.act, request.purpose);
                book.measures().iter().filter(about).any(|m| m.reads.contains(s))
            };
            let second_use = request.sources.iter().any(|s| s.is_kept() && !named(s));
            let why = Why::SecondUse(request.sources.clone(), Purpose::Marketing);
            assert_eq!(refusal.why == why, second_use, "{}", measure.name);
        }
    }
}

#[test]
fn no_end_or_an_end_that_is_not_ahead_refuses() {
    for end in [End::Unknown, End::WithCause, End::Lasting] {
        let without = |_: &Measure, request: &mut Request| {
            request.end = end;
            true
        };
        each_measure(without, Gives::Refused);
    }
    for back in [Span(0), Span(1)] {
        let over = |measure: &Measure, request: &mut Request| {
            let at = when(measure);
            request.end = End::At(Moment { wall: at.wall.before(back), ..at });
            true
        };
        each_measure(over, Gives::Refused);
    }
}

#[test]
fn a_wider_subject_refuses() {
    for wide in [Subject::Network, everywhere()] {
        let widen = |measure: &Measure, request: &mut Request| {
            request.subject = wide.clone();
            measure.over != Over::Network
        };
        each_measure(widen, Gives::Refused);
    }
    let widen = |measure: &Measure, request: &mut Request| {
        request.subject = pool();
        !matches!(measure.over, Over::Network | Over::Destination)
    };
    each_measure(widen, Gives::Refused);
}

#[test]
fn the_day_before_a_measure_holds_refuses_and_its_first_day_does_not() {
    let (gate, _) = gate(&book());
    for measure in granting(&book()) {
        let first = Moment::replayed(Zone::TOKYO.start(measure.cites.from));
        let eve = Moment::replayed(first.wall.before(Span(1)));
        assert_eq!(gate.ask(&ready(measure, eve), eve).gives(), Gives::Refused, "{}", measure.name);
        let answer = gate.ask(&ready(measure, first), first);
        assert_eq!(answer.gives(), Gives::Granted, "{}", measure.name);
    }
}

#[test]
fn a_number_an_acceptance_a_signature_or_the_switch_that_is_missing_is_never_a_yes() {
    let (gate, _) = gate(&book());
    for measure in granting(&book()) {
        let gives = |change: &dyn Fn(&mut Request)| {
            let mut request = ready(measure, when(measure));
            change(&mut request);
            gate.ask(&request, when(measure)).gives()
        };
        for number in &measure.numbers {
            let forgot = gives(&|r| drop(r.record.numbers.remove(number)));
            assert_eq!(forgot, Gives::Refused, "{} {number}", measure.name);
        }
        for i in 0..measure.signers.roles.len() {
            let forgot = gives(&|r| drop(r.record.signatures.remove(i)));
            assert_eq!(forgot, Gives::Asks, "{} signature {i}", measure.name);
        }
        let off = gives(&|r| r.record.modes.clear());
        assert_eq!(off, Gives::Refused, "{}", measure.name);
        let inferred = measure.status == ground::Status::Inferred;
        let forgot = gives(&|r| r.record.accepted.clear());
        assert_eq!(forgot == Gives::Refused, inferred, "{}", measure.name);
    }
}

#[test]
fn no_measure_goes_on_with_nobody_having_signed() {
    let (gate, _) = gate(&book());
    for measure in granting(&book()) {
        let two = measure.signers.roles.len() > 1;
        for &mode in Mode::ALL {
            let mut request = ready(measure, when(measure));
            request.record.modes.insert(measure.name.clone(), mode);
            request.record.signatures.clear();
            let granted = gate.ask(&request, when(measure)).gives() == Gives::Granted;
            let follows = measure.signers.afterwards && !two;
            let chosen = measure.automatic == ground::Automatic::Operator
                && measure.signers.when == ground::SignersWhen::Each;
            let may = mode == Mode::Automatic && (follows || chosen);
            assert_eq!(granted, may, "{} {mode}", measure.name);
        }
    }
}

#[test]
fn what_may_last_is_signed_with_a_review_day() {
    let (gate, _) = gate(&book());
    for measure in granting(&book()).filter(|m| m.ends == Ends::Review) {
        let mut request = ready(measure, when(measure));
        request.record.signatures.iter_mut().for_each(|s| s.until = None);
        assert_eq!(gate.ask(&request, when(measure)).gives(), Gives::Asks, "{}", measure.name);
    }
}

//! Every measure does what its examples say, and every single thing it asks for is needed.

use ground::{Ends, Gives, Over, Request, Why};
use terms::{Field, Fields, Moment, Purpose, Source, Span, Subject, Zone};

use crate::desk::{book, everywhere, gate, known, now, pool, ready};

/// What the gate over the compiled book gives to each measure's ready request, changed by `change`.
fn each_measure(change: impl Fn(&ground::Measure, &mut Request) -> bool, gives: Gives) {
    let (gate, _) = gate(&book());
    for measure in book().measures() {
        let mut request = ready(measure, now());
        if change(measure, &mut request) {
            let answer = gate.ask(&request, now());
            assert_eq!(answer.gives(), gives, "{}: {answer:#?}", measure.name);
        }
    }
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
fn a_request_that_meets_everything_is_granted_for_every_act_of_every_measure() {
    let (gate, paper) = gate(&book());
    for measure in book().measures() {
        for &act in &measure.acts {
            let request = Request { act, ..ready(measure, now()) };
            let answer = gate.ask(&request, now());
            assert_eq!(answer.gives(), Gives::Granted, "{} {act}: {answer:#?}", measure.name);
            assert_eq!(paper.last().measure.as_ref(), Some(&measure.name));
        }
    }
}

#[test]
fn a_required_fact_that_is_not_so_refuses() {
    let (gate, _) = gate(&book());
    for measure in book().measures() {
        for (&fact, &wanted) in &measure.requires {
            let mut request = ready(measure, now());
            request.record.facts.learn(fact, known(fact, !wanted, &request.subject, now()));
            let open = measure.open.contains(&fact);
            let gives = if open { Gives::Asks } else { Gives::Refused };
            assert_eq!(gate.ask(&request, now()).gives(), gives, "{} {fact}", measure.name);
        }
    }
}

#[test]
fn a_required_fact_that_is_not_known_asks() {
    let (gate, _) = gate(&book());
    for measure in book().measures() {
        for &fact in measure.requires.keys() {
            let mut request = ready(measure, now());
            request.record.facts.forget(fact);
            let answer = gate.ask(&request, now());
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
        |_, r| {
            r.record.facts = ground::Facts::default();
            true
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
                measure.purpose != purpose
            },
            Gives::Refused,
        );
    }
}

#[test]
fn no_measure_serves_marketing() {
    let (gate, _) = gate(&book());
    for measure in book().measures() {
        let mut request = ready(measure, now());
        (request.purpose, request.only) = (Purpose::Marketing, None);
        let answer = gate.ask(&request, now());
        assert_ne!(answer.gives(), Gives::Granted, "{}", measure.name);
        if request.sources.iter().any(|s| s.is_kept()) {
            let ground::Answer::Refused(refusal) = answer else { panic!("{}", measure.name) };
            let why = Why::SecondUse(request.sources.clone(), Purpose::Marketing);
            assert_eq!(refusal.why, why, "{}", measure.name);
        }
    }
}

#[test]
fn no_end_or_an_end_that_is_not_ahead_refuses() {
    each_measure(
        |_, r| {
            r.until = None;
            true
        },
        Gives::Refused,
    );
    each_measure(
        |_, r| {
            r.until = Some(now());
            true
        },
        Gives::Refused,
    );
    let past = Moment { wall: now().wall.before(Span(1)), ..now() };
    each_measure(
        |_, r| {
            r.until = Some(past);
            true
        },
        Gives::Refused,
    );
}

#[test]
fn a_wider_subject_refuses() {
    for wide in [Subject::Network, everywhere()] {
        let widen = |measure: &ground::Measure, request: &mut Request| {
            request.subject = wide.clone();
            measure.over != Over::Network
        };
        each_measure(widen, Gives::Refused);
    }
    let widen = |measure: &ground::Measure, request: &mut Request| {
        request.subject = pool();
        measure.over == Over::Line
    };
    each_measure(widen, Gives::Refused);
}

#[test]
fn the_day_before_a_measure_holds_refuses_and_its_first_day_does_not() {
    let (gate, _) = gate(&book());
    for measure in book().measures() {
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
    for measure in book().measures() {
        let gives = |change: &dyn Fn(&mut Request)| {
            let mut request = ready(measure, now());
            change(&mut request);
            gate.ask(&request, now()).gives()
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
fn what_may_last_is_signed_with_a_review_day() {
    let (gate, _) = gate(&book());
    for measure in book().measures().iter().filter(|m| m.ends == Ends::Review) {
        let mut request = ready(measure, now());
        request.record.signatures.iter_mut().for_each(|s| s.until = None);
        assert_eq!(gate.ask(&request, now()).gives(), Gives::Asks, "{}", measure.name);
    }
}

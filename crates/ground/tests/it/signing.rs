//! Who may say, sign and accept: facts by the right role, as many different persons as named,
//! numbers somebody approved, and watching that is not a way around.

use ground::{
    Answer, Condition, Digest, Fact, Gives, Mode, Number, OwedSignature, Pass, Request, Role,
    Setting, State,
};
use terms::{Act, Day, Span, Zone};

use crate::desk::{
    acceptance, book, gate, granted, granting, known, measure, now, person, ready, setting, when,
};
use crate::law_book::all;

/// What the gate gives to the ready request of `name`, changed by `change`.
fn gives(name: &str, change: impl FnOnce(&mut Request)) -> Gives {
    let book = all();
    let at = when(measure(&book, name));
    let mut request = ready(measure(&book, name), at);
    change(&mut request);
    gate(&book).0.ask(&request, at).gives()
}

#[test]
fn a_fact_said_by_a_role_that_may_not_say_it_is_not_known() {
    for &fact in Fact::ALL {
        for &role in Role::ALL {
            let mut facts = ground::Facts::default();
            let said = ground::Known { role, ..known(fact, true, &crate::desk::line_7(), now()) };
            facts.learn(fact, said);
            let so = facts.so(fact, &crate::desk::line_7(), now().wall);
            assert_eq!(so.is_some(), fact.established_by().contains(&role), "{fact} by {role}");
        }
    }
    let by_line = gives("plain", |r| {
        let said = ground::Known {
            role: Role::Line,
            ..r.record.facts.get(Fact::ByMachine).unwrap().clone()
        };
        r.record.facts.learn(Fact::ByMachine, said);
    });
    assert_eq!(by_line, Gives::Asks);
}

#[test]
fn the_register_may_say_that_no_consent_is_there_and_never_that_one_is() {
    for (so, says) in [(false, Gives::Refused), (true, Gives::Asks)] {
        let given = gives("02-i-block-at-victims-request", |r| {
            let said = known(Fact::LineConsents, so, &r.subject, now());
            r.record.facts.learn(Fact::LineConsents, ground::Known { role: Role::System, ..said });
        });
        assert_eq!(given, says);
    }
}

#[test]
fn a_countersigned_fact_needs_the_second_role_and_a_second_person() {
    let countersigned = |by: Option<(&str, Role)>| {
        gives("06-ka-filter-amplification", |r| {
            let mut said = known(Fact::NotNormallyExpected, true, &r.subject, now());
            said.countersigned = by.map(|(who, role)| (person(who), role));
            r.record.facts.learn(Fact::NotNormallyExpected, said);
        })
    };
    assert_eq!(countersigned(Some(("countersigns", Role::Legal))), Gives::Granted);
    assert_eq!(countersigned(Some(("countersigns", Role::Operations))), Gives::Asks);
    assert_eq!(countersigned(Some(("establishes", Role::Legal))), Gives::Asks);
    assert_eq!(countersigned(None), Gives::Asks);
}

#[test]
fn a_fact_counts_from_when_it_was_said_until_it_is_no_longer_valid() {
    let said = |at: i64, until: Option<i64>| {
        gives("plain", |r| {
            let time = |ms: i64| terms::Time(now().wall.0 + ms);
            let mut said = known(Fact::ByMachine, true, &r.subject, now());
            (said.at, said.until) = (time(at), until.map(time));
            r.record.facts.learn(Fact::ByMachine, said);
        })
    };
    assert_eq!(said(0, Some(1)), Gives::Granted);
    assert_eq!(said(1, None), Gives::Asks);
    assert_eq!(said(-9, Some(0)), Gives::Asks);
}

#[test]
fn whoever_asks_for_one_act_does_not_sign_it_but_may_use_a_standing_measure_they_signed() {
    for measure in granting(&all()) {
        let standing = measure.signers.when == ground::SignersWhen::Once;
        for n in 0..measure.signers.roles.len() {
            let own = |r: &mut Request| {
                r.record.signatures[n].person = r.actor.person.clone();
                r.record.modes.insert(measure.name.clone(), Mode::Propose);
            };
            let given = gives(&measure.name.0, own);
            let same = gives(&measure.name.0, |r| {
                r.record.modes.insert(measure.name.clone(), Mode::Propose);
            });
            let expected = if standing { same } else { Gives::Asks };
            assert_eq!((same, given), (Gives::Granted, expected), "{} {n}", measure.name);
        }
    }
}

#[test]
fn two_roles_are_two_persons_and_one_role_twice_is_too() {
    for name in ["two-roles", "same-role-twice"] {
        assert_eq!(gives(name, |_| {}), Gives::Granted, "{name}");
        let one_person = |r: &mut Request| {
            r.record.signatures.iter_mut().for_each(|s| s.person = person("holds both roles"));
        };
        assert_eq!(gives(name, one_person), Gives::Asks, "{name}");
    }
}

#[test]
fn a_signature_is_on_this_and_holds_now() {
    let signed = |name: &str, change: &dyn Fn(&mut ground::Signature)| {
        gives(name, |r| change(&mut r.record.signatures[0]))
    };
    let book = all();
    for name in ["plain", "13-su-take-statistics"] {
        let plan = ground::SignedOn::Plan(Digest([8; 32]));
        let other = measure(&book, "blanket");
        let another = ground::SignedOn::Measure(other.name.clone(), other.digest);
        let changed = ground::SignedOn::Measure(measure(&book, name).name.clone(), Digest([8; 32]));
        for on in [plan, another, changed] {
            assert_eq!(signed(name, &|s| s.on = on.clone()), Gives::Asks, "{name} {on:?}");
        }
        assert_eq!(signed(name, &|s| s.at = now().wall.after(Span(1))), Gives::Asks);
        assert_eq!(signed(name, &|s| s.until = Some(now().wall)), Gives::Asks);
        assert_eq!(signed(name, &|s| s.until = Some(now().wall.after(Span(1)))), Gives::Granted);
        assert_eq!(signed(name, &|s| s.role = Role::Auditor), Gives::Asks);
    }
}

#[test]
fn an_inferred_measure_is_inert_until_two_persons_accept_it_as_it_stands() {
    for name in ["inferred", "90-hold-briefly"] {
        let book = all();
        let accepted = |change: &dyn Fn(&mut ground::Acceptance)| {
            gives(name, |r| {
                let mut a = acceptance(measure(&book, name), now());
                change(&mut a);
                r.record.accepted.insert(measure(&book, name).name.clone(), a);
            })
        };
        assert_eq!(accepted(&|_| {}), Gives::Granted);
        assert_eq!(gives(name, |r| r.record.accepted.clear()), Gives::Refused);
        assert_eq!(accepted(&|a| a.digest = measure(&book, "plain").digest), Gives::Refused);
        assert_eq!(accepted(&|a| a.second = a.person.clone()), Gives::Refused);
        assert_eq!(accepted(&|a| a.reason = " ".to_owned()), Gives::Refused);
        assert_eq!(accepted(&|a| a.at = now().wall.after(Span(1))), Gives::Refused);
    }
}

#[test]
fn a_number_is_approved_by_somebody_else_with_a_reason_from_its_day_on() {
    let number = |change: &dyn Fn(&mut Setting)| {
        gives("02-i-block-at-victims-request", |r| {
            let mut minutes = setting(30.0);
            change(&mut minutes);
            r.record.numbers.insert(Number::BlockMinutes, minutes);
        })
    };
    assert_eq!(number(&|_| {}), Gives::Granted);
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(number(&|s| s.value = value), Gives::Refused, "{value}");
    }
    assert_eq!(number(&|s| s.approver = s.author.clone()), Gives::Refused);
    assert_eq!(number(&|s| s.reason.clear()), Gives::Refused);
    let today: Day = Zone::TOKYO.day(now().wall);
    assert_eq!(number(&|s| s.day = today), Gives::Granted);
    assert_eq!(number(&|s| s.day = today.plus(1)), Gives::Refused);
}

#[test]
fn a_signature_may_follow_only_where_the_file_the_number_and_the_switch_say_so() {
    let ask = |name: &str, mode: Mode, number: bool, signatures: bool| {
        let book = all();
        let mut request = ready(measure(&book, name), now());
        request.record.modes.values_mut().for_each(|m| *m = mode);
        if !number {
            request.record.numbers.remove(&Number::SignedWithinMinutes);
        }
        if !signatures {
            request.record.signatures.clear();
        }
        gate(&book).0.ask(&request, now())
    };
    for name in ["afterwards", "04-e-a-block-while-impaired"] {
        let granted = granted(ask(name, Mode::Automatic, true, false));
        let by = now().wall.after(Span::minutes(30));
        assert_eq!(granted.owes, [OwedSignature { role: Role::Operations, by }]);
        assert_eq!(ask(name, Mode::Automatic, false, false).gives(), Gives::Asks);
        assert_eq!(ask(name, Mode::Propose, true, false).gives(), Gives::Asks);
        let signed = crate::desk::granted(ask(name, Mode::Automatic, true, true));
        assert_eq!(signed.owes, []);
    }
    assert_eq!(ask("plain", Mode::Automatic, true, false).gives(), Gives::Refused);
    assert_eq!(ask("plain", Mode::Propose, true, false).gives(), Gives::Asks);
    // What the operator may make automatic needs no signature on each case, and owes none.
    assert_eq!(granted(ask("by-choice", Mode::Automatic, true, false)).owes, []);
    assert_eq!(ask("by-choice", Mode::Propose, true, false).gives(), Gives::Asks);
    assert_eq!(ask("by-choice-standing", Mode::Automatic, true, false).gives(), Gives::Asks);
}

#[test]
fn of_two_signatures_one_is_there_before_and_only_the_other_may_follow() {
    let book = all();
    let of_two =
        |m: &&std::sync::Arc<ground::Measure>| m.signers.roles.len() == 2 && m.signers.afterwards;
    let mut tried = 0;
    for measure in granting(&book).filter(of_two) {
        let at = when(measure);
        let ask = |signed: &[usize], mode: Mode| {
            let mut request = ready(measure, at);
            let all = std::mem::take(&mut request.record.signatures);
            request.record.signatures = signed.iter().map(|n| all[*n].clone()).collect();
            request.record.modes.insert(measure.name.clone(), mode);
            gate(&book).0.ask(&request, at)
        };
        let name = &measure.name;
        assert_eq!(ask(&[], Mode::Automatic).gives(), Gives::Asks, "{name}");
        assert_eq!(granted(ask(&[0, 1], Mode::Automatic)).owes, [], "{name}");
        for n in [0, 1] {
            let role = measure.signers.roles[1 - n];
            let by = at.wall.after(Span::minutes(30));
            let owed = granted(ask(&[n], Mode::Automatic)).owes;
            assert_eq!(owed, [OwedSignature { role, by }], "{name}");
            assert_eq!(ask(&[n], Mode::Propose).gives(), Gives::Asks, "{name}");
        }
        tried += 1;
    }
    assert!(tried >= 1, "no measure lets the second of two follow");
}

#[test]
fn watching_only_hands_out_no_warrant_and_answers_a_written_question() {
    let book = all();
    for measure in book.measures() {
        let does: Vec<Act> = measure.acts.iter().copied().filter(|a| a.does()).collect();
        let emergency = measure.basis == ground::Basis::Emergency;
        for &act in &does {
            let watch = |question: &str, mode: Mode| {
                let mut request = Request { act, ..ready(measure, when(measure)) };
                request.observes = Some(question.to_owned());
                request.record.modes.insert(measure.name.clone(), mode);
                gate(&book).0.ask(&request, when(measure))
            };
            for question in ["", " "] {
                assert_ne!(watch(question, Mode::Observe).gives(), Gives::Granted);
            }
            match watch("would it also hit mail?", Mode::Observe) {
                Answer::Granted(granted) => {
                    assert!(!emergency, "{}", measure.name);
                    assert!(matches!(granted.pass, Pass::Observe), "{}", measure.name);
                }
                Answer::Asks(_) => assert_eq!(measure.basis, ground::Basis::Undetermined),
                Answer::Refused(_) => {
                    let excluded = measure.basis == ground::Basis::Excluded;
                    assert!(emergency || excluded, "{}", measure.name);
                }
            }
        }
    }
    let for_real = |r: &mut Request| {
        r.record.modes.values_mut().for_each(|m| *m = Mode::Observe);
    };
    assert_eq!(gives("plain", for_real), Gives::Refused);
}

#[test]
fn an_answer_says_who_established_each_fact_and_who_signed() {
    let book = book();
    let request = ready(measure(&book, "06-ka-filter-amplification"), now());
    let granted = granted(gate(&book).0.ask(&request, now()));
    let by = |condition: Condition| {
        let checked = granted.readings[0].checked.iter().find(|c| c.condition == condition);
        checked.and_then(|c| c.by.clone())
    };
    assert!(granted.readings[0].in_state(State::Met).count() == granted.readings[0].checked.len());
    let expected = Condition::Fact(Fact::NotNormallyExpected, true);
    assert_eq!(by(expected), Some((person("establishes"), Role::Operations)));
    let signed = (person("signs 0 as legal"), Role::Legal);
    assert_eq!(by(Condition::Signed(Role::Legal)), Some(signed));
}

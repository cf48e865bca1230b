//! What the book of standing rules takes, refuses, replaces and ends; shown by a dry run.

use act::{ActError, Actuator, Telling};
use terms::{Action, Mitigation, MitigationId, Scope, Span, Traits};

use crate::permit::{Desk, dns, fragments, syn};

const OWN: &str = "192.0.2.7/32";
const HOUR: Span = Span::minutes(60);

fn dry(desk: &Desk) -> Actuator {
    let actuator = Actuator::start(None, desk.clock()).unwrap();
    assert!(!actuator.sends());
    actuator
}

fn apply(desk: &Desk, actuator: &Actuator, plan: &Mitigation) -> Result<act::Applied, ActError> {
    actuator.apply(desk.permit(plan), desk.now())
}

/// What was shown since `from`, as `+ rule` and `- rule`.
fn shown(actuator: &Actuator, from: usize) -> Vec<String> {
    let sign = |what| if what == Telling::Announce { '+' } else { '-' };
    actuator.shown()[from..].iter().map(|s| format!("{} {}", sign(s.what), s.rule)).collect()
}

#[test]
fn a_mitigation_without_a_speaker_is_shown_and_stands_until_it_is_withdrawn() {
    let desk = Desk::open();
    let actuator = dry(&desk);
    let plan = desk.plan(1, OWN, vec![dns(), fragments()], Action::Discard, HOUR);
    let applied = apply(&desk, &actuator, &plan).unwrap();
    assert_eq!((applied.rules.len(), applied.ends, applied.renewed), (2, plan.ends, false));
    assert_eq!(actuator.standing()[0].rules, applied.rules);
    let withdrawn = actuator.withdraw(MitigationId(1)).unwrap();
    assert_eq!(withdrawn.rules, applied.rules);
    assert!(actuator.standing().is_empty());
    let again = actuator.withdraw(MitigationId(1)).unwrap_err();
    assert!(again.to_string().contains("does not stand"));
    assert_eq!(
        shown(&actuator, 0),
        [
            "+ flow4 { dst 192.0.2.7/32; proto = 17; fragment, not the first } discard",
            "+ flow4 { dst 192.0.2.7/32; src 198.51.100.0/24; proto = 17; \
             sport = 53, >= 5300 & <= 5399; length >= 500 & <= 1500 } discard",
            "- flow4 { dst 192.0.2.7/32; proto = 17; fragment, not the first } discard",
            "- flow4 { dst 192.0.2.7/32; src 198.51.100.0/24; proto = 17; \
             sport = 53, >= 5300 & <= 5399; length >= 500 & <= 1500 } discard",
        ]
    );
}

#[test]
fn a_renewal_moves_the_end_and_touches_only_what_changed() {
    let desk = Desk::open();
    let actuator = dry(&desk);
    let plan = desk.plan(1, OWN, vec![dns()], Action::Discard, Span::minutes(10));
    apply(&desk, &actuator, &plan).unwrap();
    desk.pass(Span::minutes(5));
    let longer = desk.plan(1, OWN, vec![dns(), syn()], Action::Discard, HOUR);
    assert!(apply(&desk, &actuator, &longer).unwrap().renewed);
    assert_eq!(shown(&actuator, 1).len(), 1, "{:?}", shown(&actuator, 1));
    desk.pass(Span::minutes(5));
    assert!(actuator.sweep(desk.now()).is_empty());
    assert_eq!(actuator.standing()[0].ends, longer.ends);
    let limited = desk.plan(1, OWN, vec![dns()], Action::RateLimit(9), HOUR);
    apply(&desk, &actuator, &limited).unwrap();
    let changed = shown(&actuator, 2);
    assert!(changed[0].starts_with("- flow4 { dst 192.0.2.7/32; proto = 6"), "{changed:?}");
    assert!(changed[1].starts_with("+ ") && changed[1].ends_with("rate 9 bytes/s"), "{changed:?}");
}

#[test]
fn two_mitigations_with_the_same_match_share_a_rule_until_the_last_is_gone() {
    let desk = Desk::open();
    let actuator = dry(&desk);
    for id in [1, 2] {
        let plan = desk.plan(id, OWN, vec![dns()], Action::Discard, HOUR);
        apply(&desk, &actuator, &plan).unwrap();
    }
    actuator.withdraw(MitigationId(1)).unwrap();
    assert_eq!(actuator.shown().len(), 1);
    actuator.withdraw(MitigationId(2)).unwrap();
    assert_eq!(actuator.shown().len(), 2);
}

#[test]
fn another_action_on_the_same_match_is_refused_not_chosen_between() {
    let desk = Desk::open();
    let actuator = dry(&desk);
    apply(&desk, &actuator, &desk.plan(1, OWN, vec![dns()], Action::Discard, HOUR)).unwrap();
    let other = desk.plan(2, OWN, vec![syn(), dns()], Action::RateLimit(1), HOUR);
    let error = apply(&desk, &actuator, &other).unwrap_err().to_string();
    assert!(error.contains("mitigation 1 already does something else"), "{error}");
    assert_eq!(actuator.standing().len(), 1);
}

#[test]
fn more_rules_than_the_limit_are_refused_whole() {
    let desk = Desk::open();
    let text = "local-asn = 1\nrouter-id = \"192.0.2.1\"\nmax-rules = 2\ndry-run = true\n\
                [[peers]]\nname = \"edge\"\naddress = \"192.0.2.2\"\nremote-asn = 2\n\
                flowspec-ipv6 = false\n";
    let actuator = Actuator::start(Some(toml::from_str(text).unwrap()), desk.clock()).unwrap();
    apply(&desk, &actuator, &desk.plan(1, OWN, vec![dns()], Action::Discard, HOUR)).unwrap();
    let many = desk.plan(2, OWN, vec![dns(), syn(), fragments()], Action::Discard, HOUR);
    let error = apply(&desk, &actuator, &many).unwrap_err().to_string();
    assert!(error.contains("needs 2 more rules but 1 of at most 2 stand"), "{error}");
    assert_eq!(actuator.shown().len(), 1);
    let two = desk.plan(2, OWN, vec![dns(), syn()], Action::Discard, HOUR);
    apply(&desk, &actuator, &two).unwrap();
    let v6 = desk.plan(3, "2001:db8:7::/48", vec![syn()], Action::Discard, HOUR);
    let error = apply(&desk, &actuator, &v6).unwrap_err().to_string();
    assert!(error.contains("no configured peer takes IPv6 FlowSpec rules"), "{error}");
}

#[test]
fn a_plan_that_is_over_a_standing_filter_and_a_plan_without_traits_are_refused() {
    let desk = Desk::open();
    let actuator = dry(&desk);
    let plan = desk.plan(1, OWN, vec![dns()], Action::Discard, HOUR);
    let permit = desk.permit(&plan);
    desk.pass(HOUR);
    let error = actuator.apply(permit, desk.now()).unwrap_err().to_string();
    assert!(error.contains("its end, 2026-05-01T01:00:00Z, has passed"), "{error}");
    let mut standing = desk.plan(2, OWN, vec![dns()], Action::Discard, HOUR);
    standing.scope = Scope::Standing(standing.scope.prefix());
    let error = apply(&desk, &actuator, &standing).unwrap_err().to_string();
    assert!(error.contains("never by BGP"), "{error}");
    let nothing = desk.plan(3, OWN, Vec::new(), Action::Discard, HOUR);
    assert!(apply(&desk, &actuator, &nothing).unwrap_err().to_string().contains("no traits"));
    let backwards = Traits { size: Some(terms::SizeRange { least: 2, most: 1 }), ..dns() };
    let backwards = desk.plan(4, OWN, vec![backwards], Action::Discard, HOUR);
    assert!(matches!(apply(&desk, &actuator, &backwards), Err(ActError::Traits { .. })));
    assert!(actuator.standing().is_empty() && actuator.shown().is_empty());
}

#[test]
fn an_end_comes_by_either_clock() {
    let ten = Span::minutes(10);
    let moves: [fn(&Desk); 3] = [
        |desk| desk.pass(Span::minutes(10)),
        |desk| desk.pass_unnoticed(Span::minutes(10)),
        |desk| desk.set_forward(Span::minutes(10)),
    ];
    for passes in moves {
        let desk = Desk::open();
        let actuator = dry(&desk);
        // The grant is longer than the plan: the plan's own end counts, on both clocks.
        let plan = desk.plan(1, OWN, vec![dns()], Action::Discard, ten);
        let permit = desk.permit_until(&plan, desk.now().after(HOUR));
        assert_eq!(actuator.apply(permit, desk.now()).unwrap().ends, plan.ends);
        assert!(actuator.sweep(desk.now()).is_empty());
        passes(&desk);
        assert_eq!(actuator.sweep(desk.now()), [MitigationId(1)]);
    }
    // Setting the wall clock back gives nobody more time.
    let desk = Desk::open();
    let actuator = dry(&desk);
    let plan = desk.plan(1, OWN, vec![dns()], Action::Discard, ten);
    apply(&desk, &actuator, &plan).unwrap();
    desk.set_back(HOUR);
    desk.pass(ten);
    assert_eq!(actuator.sweep(desk.now()), [MitigationId(1)]);
}

#[test]
fn the_switch_that_stops_everything_ends_what_stands() {
    let desk = Desk::open();
    let actuator = dry(&desk);
    for id in [1, 2] {
        let traits = if id == 1 { dns() } else { syn() };
        let plan = desk.plan(id, OWN, vec![traits], Action::Discard, HOUR);
        apply(&desk, &actuator, &plan).unwrap();
    }
    desk.halt();
    assert_eq!(actuator.sweep(desk.now()), [MitigationId(1), MitigationId(2)]);
    assert_eq!(actuator.shown().iter().filter(|s| s.what == Telling::Withdraw).count(), 2);
}

//! How cases move on: when the gate is asked, what ends, what stays owed.

use decide::{CaseState, Change, Command, DeskError};
use ground::{Code, DutyKind, Fact, Mode, Number, Role};
use terms::{Act, CaseId, ExporterId, Span, Text};

use crate::house::{House, LINE_7, LINE_9, POOL, measure, net};

/// An attack while own equipment is impaired, with エ(a) switched as said.
fn impaired(mode: Mode) -> (House, CaseId) {
    let mut house = House::begun();
    if mode != Mode::Propose {
        house.two(Change::Mode { measure: measure("04-e-a-block-while-impaired"), mode });
    }
    house.load(96.0);
    let case = house.attacked(LINE_9);
    (house, case)
}

fn signs(house: &mut House, case: CaseId) {
    house.says("operations", Command::Sign { case });
    house.pass(Span::seconds(1));
}

#[test]
fn the_gate_is_not_asked_again_while_nothing_changes() {
    let mut house = House::begun();
    house.load(40.0);
    let refused = house.attacked(LINE_7);
    house.load(80.0);
    let asks = house.attacked(POOL);
    house.load(96.0);
    let runs = house.attacked(LINE_9);
    signs(&mut house, runs);
    house.pass(Span::seconds(5));
    let (entries, history) = (house.entries().len(), history(&house));
    for _ in 0..300 {
        for target in [LINE_7, POOL, LINE_9] {
            house.finds(net(target), &[]);
        }
        house.move_on();
    }
    assert_eq!(house.entries().len(), entries, "the ledger grows by what happens, not by time");
    assert!(history.abs_diff(self::history(&house)) <= 3, "so do the cases");
    house.pass(Span::minutes(5));
    assert_eq!(house.entries().len(), entries);
    assert!(house.case(runs).mitigated.is_some());
    assert!(house.case(refused).mitigated.is_none() && house.case(asks).mitigated.is_none());
}

fn history(house: &House) -> usize {
    house.desk.cases().map(|c| c.history.len()).sum()
}

#[test]
fn what_cannot_change_an_answer_does_not_ask_for_it_again() {
    let (mut house, case) = impaired(Mode::Propose);
    let before = house.entries().len();
    let change = Change::Number { number: Number::BlockMinutes, value: 20.0 };
    house.says("operations", Command::Propose { change, reason: "longer".into() });
    let (line, token) = (terms::Line("line-9".into()), "t".repeat(32));
    house.says("desk", Command::ConsentLink { case, line, minutes: 5, token });
    for command in [Command::Cases, Command::Measures, Command::Proposals, Command::Consents] {
        house.says("operations", command);
    }
    house.pass(Span::seconds(5));
    assert_eq!(house.entries().len(), before);
}

#[test]
fn a_link_that_hovers_at_its_limit_does_not_fill_the_ledger() {
    let (mut house, case) = impaired(Mode::Propose);
    let before = house.entries().len();
    for n in 0..120 {
        house.load(if n % 2 == 0 { 89.9 } else { 90.1 });
        house.pass(Span::seconds(1));
    }
    assert_eq!(house.entries().len(), before);
    assert_eq!(house.case(case).answer(Act::Block).map(|a| a.code), Some(Code::Ask));
}

#[test]
fn a_promised_signature_is_due_by_its_first_day_over_ends_and_restarts() {
    let (mut house, case) = impaired(Mode::Automatic);
    let due = house.case(case).owed[0].1;
    for _ in 0..4 {
        house.pass(Span::minutes(3));
        house = house.reopened().unwrap();
        house.pass(Span::seconds(1));
        assert_eq!(house.case(case).owed, [(Role::Operations, due)]);
    }
    let left = due.since(house.at.wall);
    house.pass(left);
    assert!(house.case(case).mitigated.is_none());
    for _ in 0..3 {
        house.pass(Span::minutes(10));
        house = house.reopened().unwrap();
        house.pass(Span::seconds(1));
        assert!(house.case(case).mitigated.is_none(), "not before somebody signs");
    }
    house.finds(net(LINE_9), &[]);
    house.says("legal", Command::Sign { case });
    house.pass(Span::seconds(1));
    assert!(house.case(case).mitigated.is_none(), "legal does not sign for operations");
    signs(&mut house, case);
    assert!(house.case(case).mitigated.is_some() && house.case(case).owed.is_empty());
}

#[test]
fn a_duty_is_due_by_its_first_day_and_is_lost_neither_by_an_end_nor_by_a_restart() {
    let (mut house, case) = impaired(Mode::Propose);
    signs(&mut house, case);
    let duties = house.case(case).duties.clone();
    assert_eq!(duties.len(), 1);
    assert_eq!(duties[0].0, DutyKind::TellLine);
    for _ in 0..2 {
        house.pass(Span::minutes(10));
        signs(&mut house, case);
        assert!(house.case(case).mitigated.is_some());
        house = house.reopened().unwrap();
        house.pass(Span::seconds(1));
        assert_eq!(house.case(case).duties, duties);
    }
    house.desk.calmed(&net(LINE_9), house.at).unwrap();
    house.pass(Span::seconds(1));
    house = house.reopened().unwrap();
    assert_eq!(house.case(case).duties, duties);
    assert_eq!(house.case(case).state(), CaseState::Waiting);
    let close = Command::CloseCase { case, reason: "over".into() };
    assert!(matches!(house.tries("operations", close), Err(DeskError::Wrong(_))));
    house.says("desk", Command::Told { case });
    house.pass(Span::seconds(1));
    assert_eq!(house.case(case).state(), CaseState::Closed);
    let again = house.tries("desk", Command::Told { case });
    assert!(matches!(again, Err(DeskError::Wrong(_))), "{again:?}");
}

#[test]
fn what_could_not_be_carried_out_leaves_nothing_owed_and_is_tried_with_the_next_plan() {
    let (mut house, case) = impaired(Mode::Propose);
    house.says("operations", Command::Sign { case });
    house.desk.tick(&house.telemetry, house.at).unwrap();
    assert_eq!(house.desk.orders().len(), 1);
    let plan = house.case(case).plan.as_ref().map(|(plan, _)| plan.id).expect("a plan");
    let why = "the table of rules is full".to_owned();
    house.desk.applied(case, plan, Err(why.clone()), house.at).unwrap();
    house.pass(Span::seconds(5));
    let stands = house.case(case);
    assert!(stands.duties.is_empty() && stands.owed.is_empty() && stands.mitigated.is_none());
    let words = stands.standstill.as_ref().map(|s| s.words.en.clone()).unwrap_or_default();
    assert!(words.contains(&why), "{words}");
    house.pass(Span::minutes(10));
    assert_ne!(house.case(case).plan.as_ref().map(|(plan, _)| plan.id), Some(plan));
    signs(&mut house, case);
    assert!(house.case(case).mitigated.is_some());
}

#[test]
fn a_plan_that_ended_while_it_waited_is_made_anew_and_the_old_one_is_not_signed() {
    let (mut house, case) = impaired(Mode::Propose);
    let plan = |house: &House| house.case(case).plan.clone().expect("a plan").0;
    let first = plan(&house);
    house.at = house.at.after(Span::minutes(10));
    let late = house.tries("operations", Command::Sign { case });
    assert!(matches!(late, Err(DeskError::Wrong(_))), "{late:?}");
    house.pass(Span::seconds(1));
    let second = plan(&house);
    assert!(second.id > first.id && second.ends > house.at.wall);
    signs(&mut house, case);
    assert!(house.case(case).mitigated.is_some());
}

#[test]
fn a_narrower_way_that_a_person_knows_of_refuses_a_block_and_ends_one() {
    let (mut house, case) = impaired(Mode::Propose);
    let narrower = |so| Command::Answer { case, fact: Fact::NarrowerWay, so };
    house.says("operations", narrower(true));
    house.pass(Span::seconds(1));
    assert_eq!(house.case(case).answer(Act::Block).map(|a| a.code), Some(Code::No));
    house.says("operations", narrower(false));
    signs(&mut house, case);
    assert!(house.case(case).mitigated.is_some());
    house.says("operations", narrower(true));
    house.pass(Span::seconds(1));
    assert!(house.case(case).mitigated.is_none());
    let withdrawn = |(_, e): &(_, decide::CaseEvent)| {
        if let decide::CaseEvent::Withdrawn { why, .. } = e { Some(why.en.clone()) } else { None }
    };
    let why = house.case(case).history.iter().find_map(withdrawn).expect("it was withdrawn");
    assert!(why.contains("established that this is so: a narrower way"), "{why}");
}

#[test]
fn no_number_of_a_mitigation_is_used_twice() {
    let (mut house, case) = impaired(Mode::Propose);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let plan = house.case(case).plan.clone().expect("a plan").0;
        assert!(seen.insert(plan.id), "{:?} again", plan.id);
        house.pass(Span::minutes(10));
        house = house.reopened().unwrap();
        house.pass(Span::seconds(1));
    }
}

#[test]
fn what_is_withdrawn_twice_or_was_never_in_force_is_booked_once_or_not_at_all() {
    let (mut house, case) = impaired(Mode::Propose);
    let why = || Text::of("試験", "a test");
    let id = house.case(case).plan.as_ref().map(|(plan, _)| plan.id).expect("a plan");
    let booked =
        |house: &House| house.entries().iter().filter(|e| e["kind"] == "withdrawn").count();
    house.desk.withdrawn(case, id, why(), house.at).unwrap();
    house.desk.withdrawn(CaseId(9), id, why(), house.at).unwrap();
    assert_eq!(booked(&house), 0);
    signs(&mut house, case);
    house.desk.withdrawn(case, id, why(), house.at).unwrap();
    house.desk.withdrawn(case, id, why(), house.at).unwrap();
    assert_eq!(booked(&house), 1);
}

#[test]
fn a_finding_that_goes_on_is_one_case_and_a_vouched_exporter_stays_vouched() {
    let mut house = House::begun();
    house.load(96.0);
    let doubtful = [ExporterId(0)];
    let case = house.finds(net(LINE_9), &doubtful).expect("a case");
    house.pass(Span::seconds(2));
    assert_eq!(house.case(case).state(), CaseState::Learning);
    house.says("operations", Command::Vouch { case });
    for _ in 0..30 {
        assert_eq!(house.finds(net(LINE_9), &doubtful), Some(case));
        house.pass(Span::seconds(1));
        assert!(!house.case(case).doubtful);
    }
    assert_eq!(house.case(case).state(), CaseState::Waiting);
    let house = house.reopened().unwrap();
    assert_eq!(house.case(case).vouched, doubtful);
}

#[test]
fn a_case_that_was_declined_closes_with_its_attack() {
    let (mut house, case) = impaired(Mode::Automatic);
    house.says("desk", Command::Decline { case, reason: "a test of the customer's own".into() });
    house.pass(Span::seconds(1));
    assert!(house.case(case).mitigated.is_none());
    house.pass(Span::minutes(11));
    assert!(house.case(case).mitigated.is_none(), "no means no");
    house.says("desk", Command::Told { case });
    house.desk.calmed(&net(LINE_9), house.at).unwrap();
    house.pass(Span::seconds(1));
    assert_eq!(house.case(case).state(), CaseState::Closed);
}

#[test]
fn numbers_that_are_none_are_kept_as_none_and_read_back() {
    let (mut house, case) = impaired(Mode::Propose);
    let mut learnt = crate::house::learnt(net(LINE_9));
    learnt.destinations = vec![(net(LINE_9), f64::NAN)];
    (learnt.coverage, learnt.collateral) = (Some(f64::INFINITY), Some(f64::NAN));
    house.desk.learnt(case, learnt, house.at).unwrap();
    let house = house.reopened().unwrap();
    let learnt = house.case(case).learnt.clone().expect("traits");
    assert_eq!((learnt.coverage, learnt.collateral), (None, None));
}

#[test]
fn after_the_clock_was_set_days_are_sure_again_only_when_a_person_says_so() {
    let mut house = House::begun();
    let erases = |house: &mut House| {
        let ground = house.desk.grounds().keep.expect("a ground to keep");
        let statistics =
            terms::Statistics { since: house.at.wall, span: Span::seconds(10), rows: Vec::new() };
        let yesterday = terms::Zone::TOKYO.day(house.at.wall).plus(-1);
        let sealed = ground.seal(statistics, terms::Source::Statistics, Some(yesterday));
        house.account.keep(&sealed, house.at.wall).unwrap();
        let today = terms::Zone::TOKYO.day(house.at.wall);
        house.desk.erase_due(today, house.at).unwrap();
        house.account.count_kept(terms::Source::Statistics).unwrap() == 0
    };
    assert!(erases(&mut house));
    house.desk.clock_jumped(86_400_000, house.at).unwrap();
    assert!(!erases(&mut house));
    let mut house = house.reopened().unwrap();
    house.pass(Span::seconds(1));
    assert!(!erases(&mut house), "a restart does not make days sure");
    house.says("administrator", Command::ClockIsRight { reason: "compared with NTP".into() });
    assert!(erases(&mut house));
    assert!(house.entries().iter().filter(|e| e["kind"] == "erased").count() >= 2);
}

#[test]
fn facts_of_a_case_are_answered_only_while_it_is_open() {
    let (mut house, case) = impaired(Mode::Propose);
    house.says("operations", Command::CloseCase { case, reason: "a test".into() });
    for command in [
        Command::Answer { case, fact: Fact::CausePresent, so: true },
        Command::Sign { case },
        Command::Vouch { case },
        Command::Decline { case, reason: "late".into() },
        Command::CloseCase { case, reason: "again".into() },
    ] {
        let said = house.tries("operations", command.clone());
        assert!(matches!(said, Err(DeskError::Wrong(_))), "{command:?}: {said:?}");
    }
}

#[test]
fn a_bombed_prefix_is_a_case_of_its_own_and_goes_on_when_one_of_its_hosts_is_left_alone() {
    let mut house = House::begun();
    house.load(80.0);
    let (host, wide) = (net(LINE_9), net("203.0.113.128/26"));
    let first = house.finds(host, &[]).expect("a case");
    house.pass(Span::seconds(2));
    let second = house.finds(wide, &[]).expect("a case");
    assert_ne!(first, second, "what is done for one host does not help the others");
    house.pass(Span::seconds(2));
    assert_eq!(house.finds(net(LINE_7), &[]), Some(second), "part of what is known");
    house.desk.calmed(&net(LINE_7), house.at).unwrap();
    house.desk.calmed(&host, house.at).unwrap();
    house.pass(Span::seconds(1));
    assert_eq!(house.case(first).state(), CaseState::Closed);
    assert_eq!(house.case(second).state(), CaseState::Waiting);
    assert_eq!(house.case(second).finding.as_ref().map(|f| f.target), Some(wide));
    house.desk.calmed(&wide, house.at).unwrap();
    house.pass(Span::seconds(1));
    assert_eq!(house.case(second).state(), CaseState::Closed);
}

#[test]
fn doubt_that_comes_later_is_said_and_said_once() {
    let (mut house, case) = impaired(Mode::Propose);
    let said = |house: &House| {
        let answers = house.case(case).history.iter();
        answers.filter(|(_, e)| matches!(e, decide::CaseEvent::Answered { .. })).count()
    };
    let before = said(&house);
    house.finds(net(LINE_9), &[ExporterId(0)]);
    for _ in 0..5 {
        house.says("operations", Command::Sign { case });
        house.says("operations", Command::StandingFact { fact: Fact::OwnBusiness, so: true });
        house.pass(Span::seconds(1));
    }
    assert!(house.case(case).mitigated.is_none());
    assert_eq!(said(&house), before + 1);
    let words = house.case(case).standstill.as_ref().map(|s| s.words.en.clone());
    assert!(words.is_some_and(|w| w.contains("vouch")));
    house.says("operations", Command::Vouch { case });
    house.pass(Span::seconds(1));
    assert!(house.case(case).mitigated.is_some(), "it was signed meanwhile");
}

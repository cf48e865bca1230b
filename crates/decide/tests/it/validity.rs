//! How long a fact is relied on: as long as the operator's number says, and no longer.

use decide::Command;
use ground::{Code, Fact};
use terms::{Act, CaseId, Span};

use crate::house::{House, LINE_9, POOL, net};

/// A pool that is bombed while own equipment is at risk.
fn at_risk(house: &mut House) -> CaseId {
    house.load(80.0);
    let case = house.attacked(POOL);
    house.says("operations", Command::Answer { case, fact: Fact::RangeNecessary, so: true });
    house.pass(Span::seconds(1));
    case
}

/// Time passes while the attack goes on and is found again.
fn goes_on(house: &mut House, target: &str, minutes: u64) {
    for _ in 0..minutes * 6 {
        house.finds(net(target), &[]);
        house.pass(Span::seconds(10));
    }
}

fn asked(house: &House, case: CaseId) -> Vec<String> {
    let said = house.case(case).answer(Act::Block).expect("it was asked");
    said.open.iter().map(|(text, _)| text.en.clone()).collect()
}

#[test]
fn a_fact_a_person_established_holds_for_the_minutes_the_operator_set() {
    let mut house = House::begun();
    let case = at_risk(&mut house);
    let range = Fact::RangeNecessary.question().en;
    goes_on(&mut house, POOL, 29);
    assert_eq!(house.case(case).answer(Act::Block).map(|a| a.code), Some(Code::Ask));
    assert!(!asked(&house, case).contains(&range), "{:?}", asked(&house, case));
    goes_on(&mut house, POOL, 2);
    house.says("operations-2", Command::Sign { case });
    house.pass(Span::seconds(1));
    assert!(house.case(case).mitigated.is_none());
    assert_eq!(asked(&house, case), [range]);
    house.says("operations", Command::Answer { case, fact: Fact::RangeNecessary, so: true });
    house.pass(Span::seconds(1));
    assert!(house.case(case).mitigated.is_some());
}

#[test]
fn what_the_machine_saw_holds_no_longer_than_that_either() {
    let mut house = House::begun();
    house.load(96.0);
    let case = house.attacked(LINE_9);
    house.telemetry = decide::Telemetry::default();
    house.pass(Span::minutes(31));
    house.says("operations", Command::Sign { case });
    house.pass(Span::seconds(1));
    let said = house.case(case).answer(Act::Block).expect("it was asked");
    assert_eq!(said.code, Code::Ask);
    let open = asked(&house, case);
    assert!(open.iter().any(|q| *q == Fact::OwnEquipmentImpaired.question().en), "{open:?}");
    assert!(open.iter().any(|q| *q == Fact::CausePresent.question().en), "{open:?}");
}

#[test]
fn an_old_word_of_a_person_does_not_hide_what_the_machine_sees_now() {
    let mut house = House::begun();
    house.load(96.0);
    let case = house.attacked(LINE_9);
    house.says("operations", Command::Answer { case, fact: Fact::CausePresent, so: true });
    goes_on(&mut house, LINE_9, 31);
    house.says("operations-2", Command::Sign { case });
    house.pass(Span::seconds(1));
    let said = house.case(case).answer(Act::Block).expect("it was asked");
    assert_eq!(said.code, Code::OkEmergency, "{:?}", said.words);
}

#[test]
fn a_person_who_says_it_is_not_so_is_believed_over_the_machine_until_it_is_too_old() {
    let mut house = House::begun();
    house.load(96.0);
    let case = house.attacked(LINE_9);
    let answer = |fact| Command::Answer { case, fact, so: false };
    house.says("operations", answer(Fact::OwnEquipmentImpaired));
    house.says("operations", answer(Fact::OwnEquipmentAtRisk));
    house.pass(Span::seconds(1));
    assert_eq!(house.case(case).answer(Act::Block).map(|a| a.code), Some(Code::No));
    goes_on(&mut house, LINE_9, 31);
    let said = house.case(case).answer(Act::Block).expect("it was asked");
    assert_eq!((said.code, said.purpose), (Code::Ask, terms::Purpose::ProtectService));
}

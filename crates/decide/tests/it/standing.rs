//! What stands apart from any case: signatures on measures, standing facts, the grounds that follow.

use decide::{Command, DeskError};
use ground::{Fact, Mode};
use terms::{Act, Span};

use crate::house::{House, measure};

fn lacks(house: &House, name: &str) -> Vec<String> {
    let missing = house.desk.standing().missing(house.desk.book(), house.at.wall);
    missing.into_iter().filter(|m| *m.measure.0 == *name).map(|m| m.what.en).collect()
}

#[test]
fn nothing_is_decoded_until_nothing_is_missing() {
    let mut house = House::bare();
    house.pass(Span::seconds(1));
    let su = "13-su-take-statistics";
    assert!(house.desk.mask().fields().is_empty());
    assert_eq!(lacks(&house, su).len(), 5, "{:?}", lacks(&house, su));
    let mut house = House::begun();
    assert!(lacks(&house, su).is_empty(), "{:?}", lacks(&house, su));
    assert!(!house.desk.mask().fields().is_empty());
    house.says("operations", Command::StandingFact { fact: Fact::OwnBusiness, so: false });
    house.pass(Span::seconds(1));
    assert!(house.desk.mask().fields().is_empty(), "what it rests on was denied");
    assert!(house.desk.grounds().statistics.is_none());
    assert_eq!(house.desk.standing_words()[&Act::Collect].code, ground::Code::No);
}

#[test]
fn a_standing_fact_cannot_answer_what_is_asked_in_each_case() {
    let mut house = House::begun();
    for fact in [
        Fact::RangeNecessary,
        Fact::OwnEquipmentImpaired,
        Fact::OwnEquipmentAtRisk,
        Fact::CausePresent,
        Fact::NoOtherMeans,
        Fact::ReceiverHarmed,
    ] {
        let said = house.tries("operations", Command::StandingFact { fact, so: true });
        assert!(matches!(said, Err(DeskError::Wrong(_))), "{fact}: {said:?}");
    }
    for fact in [Fact::RequestGenuine, Fact::RequesterIsReceiver, Fact::LineConsents] {
        let said = house.tries("desk", Command::StandingFact { fact, so: true });
        assert!(matches!(said, Err(DeskError::Wrong(_))), "{fact}: {said:?}");
    }
}

#[test]
fn a_countersignature_is_another_persons() {
    let mut house = House::bare();
    let fact = Fact::NotNormallyExpected;
    let says = |so| Command::StandingFact { fact, so };
    let countersigned = |house: &House| {
        house.desk.standing().facts.get(&fact).and_then(|k| k.countersigned.clone())
    };
    assert!(matches!(house.tries("legal", says(true)), Err(DeskError::Role { .. })));
    house.says("both", says(true));
    house.says("both", says(true));
    assert_eq!(countersigned(&house), None, "one person does not countersign their own word");
    assert!(house.tries("legal", says(false)).is_err(), "legal does not establish it");
    house.says("legal", says(true));
    assert_eq!(countersigned(&house).map(|(p, _)| p.0), Some("legal".into()));
    house.says("operations", says(false));
    assert_eq!(countersigned(&house), None, "what is established anew is countersigned anew");
}

#[test]
fn a_measure_that_is_signed_plan_by_plan_is_not_signed_once() {
    let mut house = House::begun();
    for name in ["04-e-a-block-while-impaired", "01-a-block-attack-traffic"] {
        let said = house.tries("operations", Command::SignMeasure { measure: measure(name) });
        assert!(matches!(said, Err(DeskError::Wrong(_))), "{name}: {said:?}");
    }
    let said = house.tries("operations", Command::SignMeasure { measure: measure("no-such") });
    assert!(matches!(said, Err(DeskError::NotFound(_))), "{said:?}");
}

#[test]
fn one_person_in_two_roles_signs_a_measure_in_one_of_them() {
    let mut house = House::bare();
    let name = "13-su-take-statistics";
    house.two(decide::Change::Mode { measure: measure(name), mode: Mode::Propose });
    house.two(decide::Change::Number { number: ground::Number::StatisticsDays, value: 30.0 });
    house.says("operations", Command::StandingFact { fact: Fact::OwnBusiness, so: true });
    house.says("both", Command::SignMeasure { measure: measure(name) });
    house.says("both", Command::SignMeasure { measure: measure(name) });
    house.pass(Span::seconds(1));
    assert!(house.desk.grounds().statistics.is_none());
    house.says("operations", Command::SignMeasure { measure: measure(name) });
    house.pass(Span::seconds(1));
    assert!(house.desk.grounds().statistics.is_some());
}

#[test]
fn grounds_are_renewed_before_they_end_without_a_gap_and_without_asking_all_the_time() {
    let mut house = House::begun();
    let before = house.entries().len();
    for _ in 0..3 * 1440 {
        house.at = house.at.after(Span::seconds(60));
        house.move_on();
        assert!(!house.desk.mask().fields().is_empty(), "{}", house.at.wall.rfc3339());
    }
    let asked = house.entries().len() - before;
    assert!(asked <= 3 * 3 * 2, "three grounds in three days were asked for {asked} times");
}

#[test]
fn the_last_minute_before_a_review_day_is_not_asked_about_every_second() {
    let mut house = House::begun();
    let signatures = &house.desk.standing().signatures;
    let end = signatures.iter().filter_map(|s| s.until).min().expect("a review day");
    house.at = house.at.after(end.before(Span::seconds(90)).since(house.at.wall));
    house.move_on();
    let before = house.entries().len();
    house.pass(Span::seconds(180));
    let asked = house.entries().len() - before;
    assert!(asked <= 12, "three grounds were asked for {asked} times in three minutes");
    assert!(house.desk.mask().fields().is_empty(), "the review day has passed");
}

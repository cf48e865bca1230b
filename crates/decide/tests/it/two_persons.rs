//! What takes two persons: another approves than proposed, and one of the two is legal.

use decide::{Change, Command, DeskError};
use ground::{Mode, Number};
use serde_json::Value;

use crate::house::{House, measure, proposal};

fn every_change() -> Vec<Change> {
    vec![
        Change::Number { number: Number::BlockMinutes, value: 7.5 },
        Change::Mode { measure: measure("02-i-block-at-victims-request"), mode: Mode::Propose },
        Change::Accept { measure: measure("90-hold-briefly") },
        Change::Exporters {
            exporters: vec![("border.1 (old)".into(), "192.0.2.1".parse().unwrap())],
        },
        Change::Trust { exporter: "境界-1".into() },
    ]
}

fn proposes(house: &mut House, person: &str, change: &Change) -> Value {
    house.says(person, Command::Propose { change: change.clone(), reason: "weighed".into() })
}

/// Everything that stands but the proposals that wait.
fn stands(house: &House) -> String {
    let s = house.desk.standing();
    format!("{:?} {:?} {:?} {:?} {:?}", s.numbers, s.modes, s.accepted, s.exporters, s.trusted)
}

#[test]
fn no_change_is_made_by_one_person_nor_without_legal_nor_before_it_is_approved() {
    let mut house = House::bare();
    for change in every_change() {
        let before = stands(&house);
        for (author, approver) in [
            ("operations", "operations"),
            ("legal", "legal"),
            ("both", "both"),
            ("operations", "operations-2"),
            ("administrator", "services"),
        ] {
            let id = proposal(&proposes(&mut house, author, &change));
            let said = house.tries(approver, Command::Approve { proposal: id });
            assert!(matches!(said, Err(DeskError::SamePerson)), "{author}, {approver}: {said:?}");
        }
        for approver in ["auditor", "analyst", "desk", "line", "system"] {
            let id = proposal(&proposes(&mut house, "legal", &change));
            let said = house.tries(approver, Command::Approve { proposal: id });
            assert!(matches!(said, Err(DeskError::Role { .. })), "legal, {approver}: {said:?}");
        }
        assert_eq!(stands(&house), before, "{change:?} waits");
        assert!(house.desk.orders().is_empty(), "nothing follows from what only waits");
    }
}

#[test]
fn a_change_is_made_when_a_second_person_approves_it_and_only_once() {
    let mut house = House::bare();
    let pairs = [("operations", "legal"), ("legal", "operations"), ("both", "legal-2")];
    for change in every_change() {
        let before = stands(&house);
        for (author, approver) in pairs {
            let booked = house.entries().len();
            let id = proposal(&proposes(&mut house, author, &change));
            assert_eq!(house.entries().len(), booked, "what waits is not booked as done");
            house.says(approver, Command::Approve { proposal: id });
            assert_ne!(stands(&house), before, "{change:?}");
            assert_eq!(house.entries().len(), booked + 1);
            assert_eq!(house.entries()[booked]["actor"], approver);
            let again = house.tries(approver, Command::Approve { proposal: id });
            assert!(matches!(again, Err(DeskError::NotFound(_))), "{again:?}");
        }
    }
    let standing = stands(&house);
    let house = house.reopened().unwrap();
    assert_eq!(stands(&house), standing);
}

#[test]
fn no_name_of_an_exporter_is_in_the_ledger_unless_it_is_a_plain_word() {
    let mut house = House::bare();
    for change in every_change() {
        house.two(change);
    }
    let all = house.entries().iter().map(ToString::to_string).collect::<String>();
    assert!(!all.contains("border.1") && !all.contains("境界") && !all.contains("192.0.2.1"));
    house.two(Change::Trust { exporter: "border-1".into() });
    assert_eq!(house.entries().last().unwrap()["detail"]["trusted"], "border-1");
}

#[test]
fn what_would_mean_nothing_is_not_even_proposed() {
    let mut house = House::bare();
    let number = |value| Change::Number { number: Number::BlockMinutes, value };
    let mode = |name, mode| Change::Mode { measure: measure(name), mode };
    for change in [
        number(0.0),
        number(-1.0),
        number(f64::NAN),
        number(f64::INFINITY),
        mode("99-no-such-measure", Mode::Propose),
        mode("02-i-block-at-victims-request", Mode::Automatic),
        Change::Accept { measure: measure("99-no-such-measure") },
    ] {
        let propose = Command::Propose { change: change.clone(), reason: "weighed".into() };
        assert!(house.tries("operations", propose).is_err(), "{change:?}");
    }
    for reason in ["", "  ", "\n"] {
        let propose = Command::Propose { change: number(5.0), reason: reason.into() };
        assert!(matches!(house.tries("operations", propose), Err(DeskError::Wrong(_))));
    }
    assert!(house.desk.standing().proposals.is_empty());
}

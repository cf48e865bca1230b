//! Who may do what: every command, tried by a person in each role.

use decide::{Agreed, Change, Command, ConsentId, ConsentKind, DeskError, Party, ProposalId};
use ground::{Fact, Mode, Number, Role};
use terms::{CaseId, Line, Purpose};

use crate::house::{House, LINE_9, measure, net};

const STAFF: &[Role] = &[
    Role::Operations,
    Role::Desk,
    Role::Services,
    Role::Legal,
    Role::Analyst,
    Role::Administrator,
    Role::Auditor,
];

/// Who may say this. A new command does not compile until somebody decides.
fn may_say(command: &Command) -> Vec<Role> {
    use Role::{Administrator, Auditor, Desk, Legal, Operations, Services};
    match command {
        // Nothing of these is sealed; the law answers whoever asks, and the answer is booked.
        Command::Measures | Command::Proposals | Command::Cases | Command::OpenKept { .. } => {
            Role::ALL.to_vec()
        }
        Command::Consents => vec![Operations, Desk, Services, Legal, Auditor],
        Command::SignMeasure { .. } => vec![Legal, Operations],
        Command::StandingFact { fact, .. } | Command::Answer { fact, .. } => {
            fact.established_by().iter().copied().filter(|r| STAFF.contains(r)).collect()
        }
        Command::Propose { .. } | Command::Approve { .. } => {
            vec![Legal, Operations, Services, Administrator]
        }
        Command::ShowCase { .. } | Command::Sign { .. } | Command::Decline { .. } => {
            vec![Operations, Desk, Services, Legal]
        }
        Command::OpenCase { .. } | Command::Told { .. } | Command::CloseCase { .. } => {
            vec![Operations, Desk]
        }
        Command::Vouch { .. } => vec![Operations],
        Command::Consent { .. } | Command::ConsentLink { .. } => vec![Desk],
        Command::Agree(_) | Command::WithdrawConsent { .. } => vec![Desk],
        Command::Halt { .. } | Command::ClockIsRight { .. } => {
            vec![Operations, Legal, Administrator]
        }
        Command::Resume { .. } => vec![Operations, Legal],
    }
}

fn every_command() -> Vec<Command> {
    let case = CaseId(1);
    let line = || Line("line-7".into());
    let reason = || "tried in a test".to_owned();
    let mut commands = vec![
        Command::Measures,
        Command::Proposals,
        Command::Cases,
        Command::Agree(Agreed {
            kind: ConsentKind::Blanket,
            whose: Party::Receiver,
            line: line(),
            purposes: vec![Purpose::ProtectSubscriber],
            acts: vec![terms::Act::RefuseName],
            version: "1".into(),
            text: reason(),
            minutes: None,
        }),
        Command::Consents,
        Command::SignMeasure { measure: measure("13-su-take-statistics") },
        Command::Propose {
            change: Change::Number { number: Number::BlockMinutes, value: 5.0 },
            reason: reason(),
        },
        Command::Propose {
            change: Change::Mode {
                measure: measure("02-i-block-at-victims-request"),
                mode: Mode::Off,
            },
            reason: reason(),
        },
        Command::Approve { proposal: ProposalId(99) },
        Command::ShowCase { case },
        Command::OpenCase { target: net(LINE_9), traits: Vec::new(), reason: reason() },
        Command::Vouch { case },
        Command::Sign { case },
        Command::Consent { case, line: line(), minutes: 5 },
        Command::ConsentLink { case, line: line(), minutes: 5, token: "t".repeat(32) },
        Command::WithdrawConsent { consent: ConsentId(1) },
        Command::Told { case },
        Command::OpenKept { purpose: Purpose::Marketing, reason: reason() },
        Command::ClockIsRight { reason: reason() },
        Command::Decline { case, reason: reason() },
        Command::Halt { reason: reason() },
        Command::Resume { reason: reason() },
        Command::CloseCase { case, reason: reason() },
    ];
    for &fact in Fact::ALL {
        commands.push(Command::Answer { case, fact, so: true });
    }
    for fact in [Fact::OwnBusiness, Fact::NotNormallyExpected, Fact::ListLegitimate] {
        commands.push(Command::StandingFact { fact, so: true });
    }
    commands
}

#[test]
fn a_command_is_refused_to_every_role_that_may_not_give_it_and_changes_nothing() {
    let mut house = House::begun();
    house.attacked(crate::house::LINE_7);
    let state = |house: &House| {
        let cases: Vec<_> = house.desk.cases().collect();
        (house.entries().len(), format!("{:?} {cases:?}", house.desk.standing()))
    };
    let before = state(&house);
    for command in every_command() {
        let may = may_say(&command);
        for role in Role::ALL.iter().filter(|r| !may.contains(r)) {
            let said = house.tries(role.word(), command.clone());
            assert!(matches!(said, Err(DeskError::Role { .. })), "{role}: {command:?}: {said:?}");
        }
    }
    let after = state(&house);
    assert_eq!(before.0, after.0, "nothing was booked");
    assert!(before.1 == after.1, "nothing was changed");
}

#[test]
fn a_role_that_may_give_a_command_is_not_refused_for_its_role() {
    for role in STAFF {
        let mut house = House::begun();
        house.attacked(crate::house::LINE_7);
        for command in every_command().into_iter().filter(|c| may_say(c).contains(role)) {
            let said = house.tries(role.word(), command.clone());
            assert!(!matches!(said, Err(DeskError::Role { .. })), "{role}: {command:?}: {said:?}");
        }
    }
}

#[test]
fn nobody_who_is_not_in_the_settings_is_heard() {
    let mut house = House::begun();
    for command in every_command() {
        let said = house.tries("nobody", command.clone());
        assert!(matches!(said, Err(DeskError::UnknownPerson(_))), "{command:?}: {said:?}");
    }
}

#[test]
fn nobody_speaks_for_the_machine_or_for_a_line_by_a_role_in_the_settings() {
    let mut house = House::begun();
    let case = house.attacked(crate::house::LINE_7);
    for (person, fact) in [
        ("system", Fact::OwnEquipmentImpaired),
        ("system", Fact::TrafficAnomalous),
        ("line", Fact::LineConsents),
    ] {
        let said = house.tries(person, Command::Answer { case, fact, so: true });
        assert!(matches!(said, Err(DeskError::Role { .. })), "{person}: {fact}: {said:?}");
    }
}

#[test]
fn what_a_person_does_is_booked_with_the_roles_they_hold() {
    let mut house = House::begun();
    let case = house.attacked(crate::house::LINE_7);
    house.says("desk", Command::Answer { case, fact: Fact::RequestGenuine, so: true });
    house.says("both", Command::Decline { case, reason: "not needed".into() });
    let entries = house.entries();
    let last: Vec<_> = entries.iter().rev().take(2).map(|e| (&e["actor"], &e["roles"])).collect();
    assert_eq!(last[1], (&"desk".into(), &["desk"].as_slice().into()));
    assert_eq!(last[0], (&"both".into(), &["operations", "legal"].as_slice().into()));
    assert!(entries.iter().all(|e| e["roles"].as_array().is_some_and(|r| !r.is_empty())));
}

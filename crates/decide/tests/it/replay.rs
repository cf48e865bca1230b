//! Whatever is done to the desk in whatever order, what it wrote down brings it back as it was.

use decide::{Change, Command, ConsentId, ProposalId};
use ground::{DutyKind, Fact, Mode, Number, Role};
use proptest::prelude::*;
use terms::{CaseId, ExporterId, Line, PortRange, Purpose, Span, Traits};

use crate::house::{House, LINE_7, LINE_9, POOL, SWITCHED, measure, net};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    Says(&'static str, Command),
    Two(Change),
    Answers(u8, bool),
    Found(&'static str, bool),
    Calm(&'static str),
    Load(u8),
    Passes(u64),
    Reopened,
}

const PEOPLE: &[&str] =
    &["operations", "operations-2", "legal", "desk", "services", "both", "auditor"];
const TARGETS: &[&str] = &[LINE_7, LINE_9, POOL];
const ASKED: &[Fact] = &[
    Fact::OwnEquipmentImpaired,
    Fact::OwnEquipmentAtRisk,
    Fact::CausePresent,
    Fact::RangeNecessary,
    Fact::RequestGenuine,
    Fact::RequesterIsReceiver,
];

fn token(n: u8) -> String {
    format!("link-{n}-{}", "t".repeat(32))
}

fn change() -> impl Strategy<Value = Change> {
    let number = (prop::sample::select(Number::ALL), 1..2000_u32)
        .prop_map(|(number, n)| Change::Number { number, value: f64::from(n) / 8.0 });
    let mode = (prop::sample::select(&SWITCHED[..]), prop::sample::select(Mode::ALL))
        .prop_map(|(name, mode)| Change::Mode { measure: measure(name), mode });
    let others = prop_oneof![
        Just(Change::Accept { measure: measure("90-hold-briefly") }),
        Just(Change::Trust { exporter: "border-1".into() }),
        Just(Change::Exporters { exporters: vec![("b".into(), "192.0.2.1".parse().unwrap())] }),
    ];
    prop_oneof![2 => number, 3 => mode, 1 => others]
}

fn command() -> impl Strategy<Value = Command> {
    let case = (1..4_u64).prop_map(CaseId);
    let line = prop::sample::select(&["line-7", "line-9"][..]).prop_map(|l| Line(l.into()));
    let reason = || "at random".to_owned();
    let traits = || Traits {
        protocol: Some(17),
        src_ports: vec![PortRange { first: 53, last: 53 }],
        ..Traits::default()
    };
    prop_oneof![
        6 => (case.clone(), prop::sample::select(ASKED), any::<bool>())
            .prop_map(|(case, fact, so)| Command::Answer { case, fact, so }),
        8 => case.clone().prop_map(|case| Command::Sign { case }),
        1 => case.clone().prop_map(move |case| Command::Decline { case, reason: reason() }),
        1 => case.clone().prop_map(|case| Command::Vouch { case }),
        2 => case.clone().prop_map(|case| Command::ShowCase { case }),
        2 => case.clone().prop_map(|case| Command::Told { case }),
        1 => case.clone().prop_map(move |case| Command::CloseCase { case, reason: reason() }),
        3 => (case.clone(), line.clone(), 0..30_u32)
            .prop_map(|(case, line, minutes)| Command::Consent { case, line, minutes }),
        2 => (case, line, 0..30_u32, 0..4_u8).prop_map(|(case, line, minutes, n)| {
            Command::ConsentLink { case, line, minutes, token: token(n) }
        }),
        1 => (1..4_u64).prop_map(|n| Command::WithdrawConsent { consent: ConsentId(n) }),
        1 => prop::sample::select(TARGETS).prop_map(move |target| Command::OpenCase {
            target: net(target), traits: vec![traits()], reason: reason(),
        }),
        1 => change().prop_map(move |change| Command::Propose { change, reason: reason() }),
        1 => (1..30_u64).prop_map(|n| Command::Approve { proposal: ProposalId(n) }),
        1 => any::<bool>().prop_map(|so| Command::StandingFact { fact: Fact::OwnBusiness, so }),
        1 => prop::sample::select(&SWITCHED[..])
            .prop_map(|name| Command::SignMeasure { measure: measure(name) }),
        1 => Just(Command::Halt { reason: reason() }),
        2 => Just(Command::Resume { reason: reason() }),
        1 => prop::sample::select(Purpose::ALL)
            .prop_map(move |purpose| Command::OpenKept { purpose, reason: reason() }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let target = || prop::sample::select(TARGETS);
    prop_oneof![
        12 => (prop::sample::select(PEOPLE), command()).prop_map(|(p, c)| Event::Says(p, c)),
        2 => change().prop_map(Event::Two),
        1 => (0..4_u8, any::<bool>()).prop_map(|(n, yes)| Event::Answers(n, yes)),
        5 => (target(), prop::bool::weighted(0.1)).prop_map(|(t, doubt)| Event::Found(t, doubt)),
        1 => target().prop_map(Event::Calm),
        2 => prop::sample::select(&[20_u8, 80, 96][..]).prop_map(Event::Load),
        4 => prop::sample::select(&[1_u64, 15, 300, 700][..]).prop_map(Event::Passes),
        1 => Just(Event::Reopened),
    ]
}

/// Everything that must come back, mitigations in force apart: those end with the program.
fn remembered(house: &House) -> Vec<String> {
    let mut all = vec![format!("{:?}", house.desk.standing())];
    for case in house.desk.cases() {
        let mut case = case.clone();
        let in_force = case.mitigated.take().is_some();
        case.owed.clear();
        if in_force && let Some((_, decide::CaseEvent::Withdrawn { .. })) = case.history.last() {
            case.history.pop();
        }
        all.push(format!("{case:?}"));
    }
    all
}

/// What must be so whatever happened.
fn holds(house: &House) -> Result<(), TestCaseError> {
    for case in house.desk.cases() {
        let id = case.id;
        prop_assert!(!(case.closed && case.mitigated.is_some()), "case {id} closed in force");
        prop_assert!(!case.closed || case.duties.is_empty(), "case {id} closed with duties");
        let in_force = case.mitigated.is_some();
        prop_assert!(
            !(in_force && house.desk.standing().halted),
            "case {id} in force while halted"
        );
        prop_assert!(!(in_force && case.declined), "case {id} in force and declined");
        prop_assert!(!(in_force && case.calm), "case {id} in force without an attack");
        if let (Some(mitigated), Some((plan, digest))) = (&case.mitigated, &case.plan) {
            prop_assert!(mitigated.until > house.at.wall, "case {id} in force past its end");
            prop_assert_eq!(mitigated.id, plan.id);
            let signed = case
                .signatures
                .iter()
                .any(|s| s.role == Role::Operations && s.on == ground::SignedOn::Plan(*digest));
            prop_assert!(signed || !case.owed.is_empty(), "case {id}: nobody signed or will");
            let service = case.purpose() == Some(Purpose::ProtectService);
            let tells = case.duties.iter().any(|(d, _)| *d == DutyKind::TellLine);
            let told = || {
                case.history.iter().any(|(_, e)| matches!(e, decide::CaseEvent::DutyDone { .. }))
            };
            prop_assert!(!service || tells || told(), "case {id}: the line is never told");
        }
    }
    Ok(())
}

fn happens(mut house: House, event: &Event) -> Result<House, TestCaseError> {
    match event {
        Event::Says(person, command) => {
            let booked = house.entries().len();
            let done = house.tries(person, command.clone());
            if let Err(decide::DeskError::Role { .. }) = done {
                prop_assert_eq!(house.entries().len(), booked);
            }
        }
        Event::Two(change) => {
            let propose = Command::Propose { change: change.clone(), reason: "at random".into() };
            if let Ok(proposed) = house.tries("operations", propose) {
                let proposal = crate::house::proposal(&proposed);
                house.says("legal", Command::Approve { proposal });
            }
        }
        Event::Answers(n, yes) => {
            let _answered = house.desk.answer_link(&token(*n), *yes, house.at);
        }
        Event::Found(target, doubt) => {
            let doubtful: &[ExporterId] = if *doubt { &[ExporterId(0)] } else { &[] };
            house.finds(net(target), doubtful);
        }
        Event::Calm(target) => house.desk.calmed(&net(target), house.at).unwrap(),
        Event::Load(percent) => house.load(f64::from(*percent)),
        Event::Passes(seconds) => {
            house.at = house.at.after(Span::seconds(*seconds));
        }
        Event::Reopened => {
            let before = remembered(&house);
            house = house.reopened().unwrap();
            let after = house.desk.cases().map(|c| c.id).max();
            prop_assert_eq!(before.len() as u64 - 1, after.map_or(0, |id| id.0));
        }
    }
    // Long enough that a link below its limit counts as below, and everything has settled.
    house.pass(Span::seconds(12));
    holds(&house)?;
    let settled = house.entries().len();
    house.move_on();
    prop_assert_eq!(house.entries().len(), settled, "the gate is asked though nothing changed");
    Ok(house)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_desk_is_as_it_was_when_it_is_opened_again(
        events in proptest::collection::vec(event(), 1..40)
    ) {
        let mut house = House::begun();
        for event in &events {
            house = happens(house, event)?;
        }
        let (before, entries) = (remembered(&house), house.entries());
        let in_force: Vec<_> =
            house.desk.cases().filter(|c| c.mitigated.is_some()).map(|c| c.id).collect();
        let house = house.reopened().unwrap();
        // What was in force ended with the program, and that is noted.
        let mut after = remembered(&house);
        for id in &in_force {
            let mut case = house.case(*id).clone();
            let last = case.history.pop();
            let noted = matches!(last, Some((_, decide::CaseEvent::Withdrawn { .. })));
            prop_assert!(noted, "the withdrawal of case {id} is noted");
            prop_assert!(case.mitigated.is_none());
            after[id.0 as usize] = format!("{case:?}");
        }
        prop_assert_eq!(before, after);
        prop_assert_eq!(&house.entries()[..entries.len()], &entries[..]);
    }
}

//! The made-up people of the demo, who visibly sign, accept and enter numbers in its own book.

use anyhow::Context;
use decide::{Change, Command, PersonEntry, ProposalId, is_carried_out};
use ground::{Fact, Measure, MeasureName, Mode, Number, Role, SignersWhen};
use serde_json::Value;

use crate::run::Running;

/// Legal officer.
pub(crate) const LEGAL: &str = "yamada";
/// NOC engineer.
pub(crate) const NOC: &str = "sato";
/// Abuse desk.
pub(crate) const DESK: &str = "tanaka";

/// Everybody who works at the made-up ISP.
pub(crate) fn people() -> Vec<PersonEntry> {
    let person =
        |name: &str, roles: &[Role]| PersonEntry { name: name.into(), roles: roles.to_vec() };
    vec![
        person(LEGAL, &[Role::Legal]),
        person(NOC, &[Role::Operations]),
        person(DESK, &[Role::Desk]),
        person("kimura", &[Role::Auditor]),
    ]
}

/// The numbers the demo's people enter, each with their reason. Made up, like the people.
const NUMBERS: &[(Number, f64, &str)] = &[
    (Number::StatisticsDays, 30.0, "capacity is planned a month at a time"),
    (
        Number::HoldMinutes,
        3.0,
        "an attack is seen within a minute; two more to learn what is usual",
    ),
    (Number::AnomalyBand, 6.0, "above the spread of two made-up weeks"),
    (Number::AnomalyFloor, 20.0, "smaller floods hurt nobody here"),
    (Number::ImpairedPercent, 90.0, "packets are dropped from there on"),
    (Number::RiskPercent, 75.0, "the evening peak reaches 60"),
    (Number::BlockMinutes, 10.0, "looked at again after ten minutes"),
    (Number::FactMinutes, 30.0, "the shift looks at the case every half hour"),
    (Number::TellHours, 24.0, "the desk writes within a day"),
    (
        Number::SignedWithinMinutes,
        15.0,
        "somebody of the shift is there within a quarter of an hour",
    ),
];

/// Says `command` as `person`.
pub(crate) fn say(running: &Running, person: &str, command: Command) -> anyhow::Result<Value> {
    let mut desk = running.sekisho.desk();
    let at = running.sekisho.clock.now();
    desk.command(person, command, at).with_context(|| format!("{person} could not do this"))
}

/// `author` proposes, `approver` approves.
fn two(
    running: &Running,
    author: &str,
    approver: &str,
    change: Change,
    reason: &str,
) -> anyhow::Result<()> {
    let proposed = say(running, author, Command::Propose { change, reason: reason.into() })?;
    let id = proposed["proposal"].as_u64().context("a proposal has a number")?;
    say(running, approver, Command::Approve { proposal: ProposalId(id) })?;
    Ok(())
}

/// Everything the made-up ISP decides before it begins; each line printed.
pub(crate) fn begin(running: &Running, print: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
    for &(number, value, reason) in NUMBERS {
        two(running, NOC, LEGAL, Change::Number { number, value }, reason)?;
        print(&format!("  {NOC} sets {number} = {value} ({reason}); {LEGAL} approves"));
    }
    let hold = MeasureName::of("90-hold-briefly");
    two(
        running,
        LEGAL,
        NOC,
        Change::Accept { measure: hold },
        "without the last minutes a block can only be wide",
    )?;
    print(&format!(
        "  {LEGAL} accepts the inferred measure 90-hold-briefly; {NOC} is the second person"
    ));
    let book = std::sync::Arc::clone(&running.sekisho.book);
    // All that this version carries out; what stands is signed at switching on.
    let carried_out = |m: &&std::sync::Arc<Measure>| is_carried_out(m);
    for measure in book.measures().iter().filter(carried_out) {
        let measure = &measure.name;
        let change = Change::Mode { measure: measure.clone(), mode: Mode::Propose };
        two(running, NOC, LEGAL, change, "needed to keep the service running")?;
        print(&format!("  {NOC} switches {measure} to propose; {LEGAL} approves"));
    }
    say(running, NOC, Command::StandingFact { fact: Fact::OwnBusiness, so: true })?;
    print(&format!("  {NOC} establishes: it serves the operator's own business"));
    let stands = |m: &&std::sync::Arc<Measure>| m.signers.when == SignersWhen::Once;
    for measure in book.measures().iter().filter(carried_out).filter(stands) {
        let measure = &measure.name;
        for person in [LEGAL, NOC] {
            say(running, person, Command::SignMeasure { measure: measure.clone() })?;
            print(&format!("  {person} signs {measure}"));
        }
    }
    Ok(())
}

/// Trusts a doubtful exporter again: two persons.
pub(crate) fn trust(running: &Running, exporter: &str) -> anyhow::Result<()> {
    two(
        running,
        NOC,
        LEGAL,
        Change::Trust { exporter: exporter.into() },
        "the second sender was found and stopped",
    )
}

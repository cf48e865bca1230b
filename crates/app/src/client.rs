//! The command line talking to a running sekisho over its control socket.

use std::path::Path;

use anyhow::{Context, bail};
use decide::{Change, Command, ConsentId, ProposalId};
use ground::{Fact, MeasureName, Mode, Number};
use serde_json::{Value, json};
use terms::{CaseId, Line, Purpose};

use crate::cli::{At, CaseCommand, ConsentCommand, ExporterCommand, Lang, MeasureCommand, YesNo};
use crate::show;

/// Name of the control socket in the data folder.
pub(crate) const SOCKET: &str = "control.sock";

/// Says `command` as the person of `at`.
pub(crate) fn command(at: &At, command: &Command) -> anyhow::Result<Value> {
    if at.person.is_empty() {
        bail!("who speaks? add --as NAME, a name from the settings");
    }
    say(&at.data, &json!({ "as": at.person, "command": command }))
}

/// Asks something that is not for the desk: exporters, ledger, status.
pub(crate) fn query(at: &At, query: &str) -> anyhow::Result<Value> {
    say(&at.data, &json!({ "as": at.person, "query": query }))
}

fn say(data: &Path, message: &Value) -> anyhow::Result<Value> {
    console::control::ask(&data.join(SOCKET), message).map_err(anyhow::Error::from)
}

/// `sekisho case …`
pub(crate) fn case(at: &At, what: CaseCommand) -> anyhow::Result<()> {
    let id = CaseId;
    let said = match what {
        CaseCommand::List => {
            let cases = command(at, &Command::Cases)?;
            return print(at, &cases, show::cases);
        }
        CaseCommand::Show { case } => {
            let case = command(at, &Command::ShowCase { case: id(case) })?;
            return print(at, &case, show::case);
        }
        CaseCommand::Open { target, traits, reason } => {
            Command::OpenCase { target, traits: traits.mean()?, reason }
        }
        CaseCommand::Answer { case, fact, so } => Command::Answer {
            case: id(case),
            fact: known(Fact::parse(&fact), "fact", &fact, Fact::ALL)?,
            so: so == YesNo::Yes,
        },
        CaseCommand::Vouch { case } => Command::Vouch { case: id(case) },
        CaseCommand::Sign { case } => Command::Sign { case: id(case) },
        CaseCommand::Refuse { case, reason } => Command::Decline { case: id(case), reason },
        CaseCommand::Consent { case, line, minutes, link: false } => {
            Command::Consent { case: id(case), line: Line(line), minutes }
        }
        CaseCommand::Consent { case, line, minutes, link: true } => {
            Command::ConsentLink { case: id(case), line: Line(line), minutes, token: token()? }
        }
        CaseCommand::Told { case } => Command::Told { case: id(case) },
        CaseCommand::Close { case, reason } => Command::CloseCase { case: id(case), reason },
    };
    let answer = command(at, &said)?;
    print(at, &answer, show::plain)
}

/// `sekisho measures …`
pub(crate) fn measures(at: &At, what: Option<MeasureCommand>) -> anyhow::Result<()> {
    let name = |name: &str| MeasureName::of(name);
    let said = match what {
        None | Some(MeasureCommand::List) => {
            let measures = command(at, &Command::Measures)?;
            return print(at, &measures, show::measures);
        }
        Some(MeasureCommand::Table) => {
            show::line(&ground::Book::compiled()?.table());
            return Ok(());
        }
        Some(MeasureCommand::Sign { measure }) => Command::SignMeasure { measure: name(&measure) },
        Some(MeasureCommand::Switch { measure, mode, reason }) => {
            let mode = known(Mode::parse(&mode), "mode", &mode, Mode::ALL)?;
            Command::Propose { change: Change::Mode { measure: name(&measure), mode }, reason }
        }
        Some(MeasureCommand::Accept { measure, reason }) => {
            Command::Propose { change: Change::Accept { measure: name(&measure) }, reason }
        }
        Some(MeasureCommand::Number { number, value, reason }) => {
            let number = known(Number::parse(&number), "number", &number, Number::ALL)?;
            Command::Propose { change: Change::Number { number, value }, reason }
        }
        Some(MeasureCommand::Fact { fact, so }) => Command::StandingFact {
            fact: known(Fact::parse(&fact), "fact", &fact, Fact::ALL)?,
            so: so == YesNo::Yes,
        },
        Some(MeasureCommand::OpenStatistics { purpose, reason }) => {
            let purpose = known(Purpose::parse(&purpose), "purpose", &purpose, Purpose::ALL)?;
            let spoken = command(at, &Command::OpenKept { purpose, reason })?;
            return print(at, &spoken, show::spoken);
        }
    };
    let answer = command(at, &said)?;
    print(at, &answer, show::plain)
}

/// `sekisho exporters …`
pub(crate) fn exporters(at: &At, what: Option<ExporterCommand>) -> anyhow::Result<()> {
    let (change, reason) = match what {
        None | Some(ExporterCommand::List) => {
            let exporters = query(at, "exporters")?;
            return print(at, &exporters, show::exporters);
        }
        Some(ExporterCommand::Allow { exporters, reason }) => {
            (Change::Exporters { exporters }, reason)
        }
        Some(ExporterCommand::Trust { exporter, reason }) => (Change::Trust { exporter }, reason),
    };
    let answer = command(at, &Command::Propose { change, reason })?;
    print(at, &answer, show::plain)
}

/// `sekisho consents`
pub(crate) fn consents(
    at: &At,
    withdraw: Option<u64>,
    what: Option<ConsentCommand>,
) -> anyhow::Result<()> {
    let said = match (withdraw, what) {
        (Some(_), Some(_)) => {
            bail!("--withdraw and record are two things: say one after the other; nothing was done")
        }
        (Some(id), None) => Command::WithdrawConsent { consent: ConsentId(id) },
        (None, None) => return print(at, &command(at, &Command::Consents)?, show::consents),
        (None, Some(ConsentCommand::Record(words))) => Command::Agree(words.agreed()?),
    };
    print(at, &command(at, &said)?, show::plain)
}

/// `sekisho proposals`
pub(crate) fn proposals(at: &At, approve: Option<u64>) -> anyhow::Result<()> {
    let said =
        approve.map_or(Command::Proposals, |id| Command::Approve { proposal: ProposalId(id) });
    print(at, &command(at, &said)?, show::plain)
}

/// Prints JSON as it is when asked to, else as `words` puts it.
pub(crate) fn print(
    at: &At,
    value: &Value,
    words: impl Fn(&Value, Lang) -> String,
) -> anyhow::Result<()> {
    let text = if at.json { serde_json::to_string_pretty(value)? } else { words(value, at.lang) };
    show::line(&text);
    Ok(())
}

/// A word of a closed list, or an error that shows the list.
fn known<T: Copy + core::fmt::Display>(
    word: Option<T>,
    kind: &str,
    written: &str,
    all: &[T],
) -> anyhow::Result<T> {
    word.with_context(|| {
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        format!("there is no {kind} called {written}; there are: {}", all.join(", "))
    })
}

/// The secret part of a one-time link.
fn token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).context("the system gave no random numbers")?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Top};

    #[test]
    fn a_consent_is_withdrawn_or_recorded_and_never_one_of_them_in_silence() {
        let record = "sekisho consents --withdraw 3 record line-7 --kind individual \
                      --for protect-line --to block --text shown.txt --text-version 1 --as law";
        let cli = Cli::try_parse_from(record.split_whitespace()).unwrap();
        let Top::Consents { at, withdraw, command } = cli.command else { panic!("not consents") };
        let said = consents(&at, withdraw, command).unwrap_err().to_string();
        assert!(said.contains("--withdraw") && said.contains("nothing was done"), "{said}");
    }
}

//! The binary `sekisho`: settings, clock, wiring, the command line and the demo.

mod cli;
mod client;
mod clock;
mod collect;
mod demo;
mod desk_loop;
mod keep;
mod law;
mod ledger;
mod logging;
#[cfg(test)]
mod reference;
mod run;
mod settings;
mod show;
mod snapshot;
mod wire;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use cli::{Cli, LedgerCommand, Top};
use decide::Command;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(e) => {
            complain(&e);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Top::Up(up) => {
            logging::start(cli.log_json);
            run::up(up)?;
        }
        Top::Demo(demo) => {
            logging::start(cli.log_json);
            return demo::run(demo);
        }
        Top::Case { at, command } => client::case(&at, command)?,
        Top::Measures { at, command } => client::measures(&at, command)?,
        Top::Law { command } => return law::run(&command),
        Top::Exporters { at, command } => client::exporters(&at, command)?,
        Top::Consents { at, withdraw, command } => client::consents(&at, withdraw, command)?,
        Top::Proposals { at, approve } => client::proposals(&at, approve)?,
        Top::Ledger { command: LedgerCommand::Status { at } } => {
            client::print(&at, &client::query(&at, "ledger")?, show::plain)?;
        }
        Top::Ledger { command: LedgerCommand::Verify { dir, key, json } } => {
            return ledger::verify(&dir, key.as_deref(), json);
        }
        Top::Status { at } => client::print(&at, &client::query(&at, "status")?, show::plain)?,
        Top::Halt { at, reason } => {
            client::print(&at, &client::command(&at, &Command::Halt { reason })?, show::plain)?;
        }
        Top::Resume { at, reason } => {
            client::print(&at, &client::command(&at, &Command::Resume { reason })?, show::plain)?;
        }
        Top::ClockIsRight { at, reason } => {
            let said = Command::ClockIsRight { reason };
            client::print(&at, &client::command(&at, &said)?, show::plain)?;
        }
        Top::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "sekisho", &mut std::io::stdout());
        }
        Top::Man => clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what went wrong and why, the cause under what was being done; a cause that was said already
/// is not said again.
#[expect(clippy::print_stderr, reason = "the command line's own errors")]
fn complain(e: &anyhow::Error) {
    eprintln!("sekisho: {e}");
    let mut said = e.to_string();
    for cause in e.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            eprintln!("  because: {cause}");
            said = cause;
        }
    }
}

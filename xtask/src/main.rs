//! The project's own tasks: `cargo xtask test` and its siblings, and the checks that hold the tree to its rules.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task runner reads the clock and the environment, and talks to a person"
)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod layers;
#[cfg(test)]
mod licences;
mod longer;
#[cfg(test)]
mod measure;
mod metadata;
mod mistakes;
mod source;
mod stage;
mod suites;
mod test;
mod tidy;
mod tree;

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// One task.
#[derive(Subcommand)]
enum Task {
    /// Formatting, lints and every test: the one test command, for people and for `.ci/run`.
    Test,
    /// The tests that read captures nobody here made; `SEKISHO_CORPORA` is the folder they are in.
    Conformance,
    /// The longer variants of the tests, the mistakes, and fuzzing for a bounded time.
    Nightly {
        /// Seconds for each fuzz target.
        #[arg(long, default_value_t = 300)]
        fuzz_seconds: u32,
    },
    /// Writes the generated files again; look at the difference before you commit it.
    Bless,
    /// Runs one bench, or all.
    Bench {
        /// Its name, or `all`.
        name: String,
        /// Print one JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Makes each known mistake in a copy of the tree and reports what caught it.
    Mistakes {
        /// Only those whose name contains this.
        only: Option<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test => test::run(),
        Task::Conformance => longer::conformance(),
        Task::Nightly { fuzz_seconds } => longer::nightly(fuzz_seconds),
        Task::Bless => longer::bless(),
        Task::Bench { name, json } => bench::run(&name, json),
        Task::Mistakes { only } => mistakes::run(only.as_deref()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! What may be asked of the law on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use terms::Day;

use super::Lang;

/// What of the law.
#[derive(Debug, Subcommand)]
pub(crate) enum LawCommand {
    /// Ask: may this be done? The request is a JSON document; facts it leaves out are not known.
    ///
    /// The answer is the verdict (OUT, OK-CONSENT, OK-LAW, OK-EMERG, OK-BIZ, ASK or NO) with every
    /// condition, its citation, what is owed, what would change it, and what else could be done. The
    /// exit code is 0 for every verdict, and 2 when the request cannot be read. `sekisho law
    /// vocabulary` prints every word a request may use, with one complete example.
    Ask {
        /// The request: a file, or - for standard input.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How it is printed.
        #[command(flatten)]
        printed: Printed,
    },
    /// List the measures: letter, name, what each does, where the text says so.
    List {
        /// The day on which it is asked which are in force; today when left out.
        #[arg(long, value_parser = day)]
        day: Option<Day>,
        /// How it is printed.
        #[command(flatten)]
        printed: Printed,
    },
    /// Show a measure in words: conditions and who establishes each, fields, signers, end, duties,
    /// what it does not cover, its examples.
    Show {
        /// The guideline's letter, such as エ or エ(a), or a measure's name.
        #[arg(value_name = "ITEM")]
        item: String,
        /// How it is printed.
        #[command(flatten)]
        printed: Printed,
    },
    /// Print the whole book of measures on one page.
    Table,
    /// Print every word of requests and answers: acts, purposes, steps, fields, facts with their
    /// questions and who may establish them, roles, verdicts; then one complete example. With --json
    /// also the JSON Schema of a request.
    Vocabulary {
        /// How it is printed.
        #[command(flatten)]
        printed: Printed,
    },
    /// Run every request file below a folder that says in `case` which verdict it must get.
    ///
    /// Prints one line a case and what differs; the exit code is 1 when something does, or when a
    /// file cannot be read.
    Check {
        /// The folder.
        folder: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// How it is printed.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Printed {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// Reads a day.
fn day(said: &str) -> Result<Day, String> {
    decide::law::day("day", said).map_err(|fault| fault.why)
}

//! The command line, as written.

mod consent;
mod law;
mod words;

pub(crate) use consent::ConsentCommand;
pub(crate) use law::{LawCommand, Printed};
pub(crate) use words::{CaseCommand, ExporterCommand, LedgerCommand, MeasureCommand};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Sees attacks in an ISP's traffic, asks the law before every look and every act, acts in the
/// narrowest lawful way, ends what it began, and keeps a book anyone can verify.
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, about, long_about = None, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Top,
    /// Log as JSON lines instead of text.
    #[arg(long, global = true)]
    pub(crate) log_json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Top {
    /// Run: receive flow export, detect, ask, act, end.
    Up(Up),
    /// Run with made-up people and a made-up ISP, to see what it does.
    Demo(Demo),
    /// Cases: what was found, what the law says, what waits for whom.
    Case {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// What of them.
        #[command(subcommand)]
        command: CaseCommand,
    },
    /// The measures: what each may do, what it lacks, switching and signing.
    Measures {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// What of them; without it, the list.
        #[command(subcommand)]
        command: Option<MeasureCommand>,
    },
    /// Ask the law about a request with supposed facts, read its measures, and print its words. Needs
    /// no running sekisho, and nothing follows from it but an answer.
    Law {
        /// What of it.
        #[command(subcommand)]
        command: LawCommand,
    },
    /// Exporters: what each sent, what was lost, which is doubtful.
    Exporters {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// What of them; without it, the list.
        #[command(subcommand)]
        command: Option<ExporterCommand>,
    },
    /// Consents on record.
    Consents {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// Withdraw this one, at the line's wish; of a consent by the terms, its opt-out.
        #[arg(long)]
        withdraw: Option<u64>,
        /// What of them; without it, the list.
        #[command(subcommand)]
        command: Option<ConsentCommand>,
    },
    /// Changes that wait for a second person.
    Proposals {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// Approve this one.
        #[arg(long)]
        approve: Option<u64>,
    },
    /// The ledger: how it stands, and checking one.
    Ledger {
        /// What of it.
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// How everything stands.
    Status {
        /// Where and how.
        #[command(flatten)]
        at: At,
    },
    /// The red switch: withdraw everything and stop all opening.
    Halt {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Allow opening again after a halt.
    Resume {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// After the wall clock was set: it is right, and kept data may be erased on its day again.
    ClockIsRight {
        /// Where and how.
        #[command(flatten)]
        at: At,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff).
    Man,
}

/// Running for real.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Settings file; without it, embedded defaults and a dry run.
    #[arg(long, short)]
    pub(crate) config: Option<PathBuf>,
    /// Data folder, instead of the settings'.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// Read the settings, say what they mean, and stop.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Running the demo.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Walk the whole story unattended; exit 0 only if every step happened.
    #[arg(long)]
    pub(crate) script: bool,
    /// Mix in a packet capture (pcap or pcapng), as if an exporter saw it.
    #[arg(long, value_name = "FILE")]
    pub(crate) pcap: Option<PathBuf>,
    /// Data folder; without it, a temporary one that is removed at the end.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// Where the status page is served.
    #[arg(long, default_value = "127.0.0.1:8480")]
    pub(crate) http: std::net::SocketAddr,
}

/// Where a running sekisho is, and who speaks.
#[derive(Debug, Clone, Args)]
pub(crate) struct At {
    /// Data folder of the running sekisho.
    #[arg(long, global = true, default_value = "sekisho-data")]
    pub(crate) data: PathBuf,
    /// Who speaks: a name from the settings.
    #[arg(long = "as", global = true, value_name = "NAME", default_value = "")]
    pub(crate) person: String,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of what is printed.
    #[arg(long, global = true, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    /// It is so.
    Yes,
    /// It is not so.
    No,
}

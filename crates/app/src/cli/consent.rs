//! What may be said of consents on the command line.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use decide::{Agreed, ConsentKind, Party};
use terms::{Act, Line, Purpose};

/// What of consents.
#[derive(Debug, Subcommand)]
pub(crate) enum ConsentCommand {
    /// Take down a consent given apart from any case: to what, by whom, on which text.
    Record(ConsentWords),
}

/// A consent in words.
#[derive(Debug, Args)]
pub(crate) struct ConsentWords {
    /// Whose line.
    line: String,
    /// individual, or blanket: by the terms, which holds only with all the conditions for it.
    #[arg(long)]
    kind: String,
    /// Whose consent it is: receiver, sender or filter-owner.
    #[arg(long, default_value = "receiver")]
    whose: String,
    /// For which purposes, such as protect-subscriber; the words are printed by `sekisho law vocabulary`.
    #[arg(long = "for", required = true, value_delimiter = ',')]
    purposes: Vec<String>,
    /// To which acts, such as refuse-name.
    #[arg(long = "to", required = true, value_delimiter = ',')]
    acts: Vec<String>,
    /// The file with the text the subscriber was shown.
    #[arg(long)]
    text: PathBuf,
    /// The operator's version of that text.
    #[arg(long)]
    text_version: String,
    /// How long it holds, in minutes; left out, until it is withdrawn.
    #[arg(long)]
    minutes: Option<u32>,
}

impl ConsentWords {
    /// The consent that is meant.
    ///
    /// # Errors
    /// When a word is not in its list, or the text cannot be read.
    pub(crate) fn agreed(self) -> anyhow::Result<Agreed> {
        let Self { line, kind, whose, purposes, acts, text, text_version, minutes } = self;
        let shown = std::fs::read_to_string(&text)
            .with_context(|| format!("reading the text that was shown, {}", text.display()))?;
        let kinds = ConsentKind::ALL.iter().map(|w| w.word());
        let parties = Party::ALL.iter().map(|w| w.word());
        Ok(Agreed {
            kind: word("kind", &kind, ConsentKind::parse(&kind), kinds)?,
            whose: word("whose", &whose, Party::parse(&whose), parties)?,
            line: Line(line),
            purposes: words(
                "for",
                &purposes,
                Purpose::parse,
                Purpose::ALL.iter().map(|w| w.word()),
            )?,
            acts: words("to", &acts, Act::parse, Act::ALL.iter().map(|w| w.word()))?,
            version: text_version,
            text: shown,
            minutes,
        })
    }
}

fn words<'a, W>(
    option: &str,
    said: &[String],
    parse: impl Fn(&str) -> Option<W>,
    list: impl Iterator<Item = &'a str> + Clone,
) -> anyhow::Result<Vec<W>> {
    said.iter().map(|w| word(option, w, parse(w), list.clone())).collect()
}

fn word<'a, W>(
    option: &str,
    said: &str,
    known: Option<W>,
    list: impl Iterator<Item = &'a str>,
) -> anyhow::Result<W> {
    known.with_context(|| {
        format!(
            "--{option}: `{said}` is not a word of its list; did you mean {}?",
            ground::nearest(said, list)
        )
    })
}

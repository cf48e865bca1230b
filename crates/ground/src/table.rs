//! `measures/TABLE.txt`: the whole book on one page, so that a change to the law is a diff.

use core::fmt::Write as _;

use terms::Code;

use crate::{Book, Measure, Within};

const HEAD: &str = "\
# Every measure, in guideline order, as the engine reads it. Generated from the files beside it by
# `cargo xtask bless`; a test compares. Each block: item, file, verdict when granted (ground, hedge);
# title; citation, days in force, and whether a text says it; what may be done, for what purpose, to
# whom; what is read, which fields; every fact that is required (`not` before one that must not be
# so, `?` after one whose failing the text leaves open: then it asks), advised (~); who signs, how it ends,
# whether it may run by itself; who is told, what is owed; what a grant does not cover; other law.
# A verdict ASK or NO: the text leaves it undetermined, or excludes it.
#
# First all on one page: item, verdict and hedge, file, what may be done and for what purpose.

";

impl Book {
    /// The table, one block a measure.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = HEAD.to_owned();
        // Writing to a String cannot fail.
        for measure in self.measures() {
            let _ = row(&mut out, measure);
        }
        for measure in self.measures() {
            let _ = block(&mut out, measure);
        }
        out
    }
}

fn words<T: core::fmt::Display>(list: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = list.into_iter().map(|w| w.to_string()).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(" ") }
}

/// How firmly the text says so; nothing for what it excludes.
fn hedge(m: &Measure) -> &'static str {
    if m.basis == terms::Basis::Excluded { "" } else { m.strength.code() }
}

fn purposes(m: &Measure) -> String {
    let every = m.purposes.len() == terms::Purpose::ALL.len();
    if every { "any purpose".to_owned() } else { words(&m.purposes) }
}

fn row(out: &mut String, m: &Measure) -> core::fmt::Result {
    // Letters of the guideline are twice as wide as others.
    let wide = m.item.chars().filter(|c| !c.is_ascii() && *c != '–').count();
    let gap = " ".repeat(10_usize.saturating_sub(m.item.chars().count() + wide));
    let verdict = Code::of(m.basis).to_string();
    let (name, may) = (m.name.to_string(), words(&m.acts));
    writeln!(
        out,
        "{}{gap}{verdict:<11}{:<3}{name:<44} {may}  for {}",
        m.item,
        hedge(m),
        purposes(m)
    )
}

fn block(out: &mut String, m: &Measure) -> core::fmt::Result {
    let verdict = Code::of(m.basis);
    let firmly =
        if hedge(m).is_empty() { String::new() } else { format!(", {} {}", hedge(m), m.strength) };
    writeln!(out, "\n{}  {}  {verdict} ({}{firmly})", m.item, m.name, m.basis)?;
    writeln!(out, "  {}\n  {}", m.title.ja, m.title.en)?;
    let until = m.cites.until.map(|d| d.to_string()).unwrap_or_default();
    let (text, at, from) = (&m.cites.text, &m.cites.at, m.cites.from);
    writeln!(out, "  {text} {at}, {from}..{until} [{}]", m.status)?;
    writeln!(out, "  may       {}  for {}  over {}", words(&m.acts), purposes(m), m.over)?;
    if m.basis == terms::Basis::Excluded {
        return Ok(());
    }
    writeln!(out, "  reads     {}  fields {}", words(&m.reads), words(m.fields.iter()))?;
    let fact = |(fact, so): (&terms::Fact, &bool)| {
        let open = if m.open.contains(fact) { "?" } else { "" };
        format!("{}{fact}{open}", if *so { "" } else { "not " })
    };
    let advised = m.advises.iter().map(|(f, so)| format!("~{}{f}", if *so { "" } else { "not " }));
    let facts: Vec<String> = m.requires.iter().map(fact).chain(advised).collect();
    writeln!(
        out,
        "  requires  {}",
        words(if facts.is_empty() { vec!["–".into()] } else { vec![facts.join(", ")] })
    )?;
    let later = if m.signers.afterwards { ", or afterwards" } else { "" };
    let signers = words(&m.signers.roles);
    writeln!(
        out,
        "  signed    {signers} ({}{later})  ends {}  automatic {}  numbers {}",
        m.signers.when,
        m.ends,
        m.automatic,
        words(&m.numbers)
    )?;
    let duty = |d: &crate::Duty| match &d.within {
        None => d.what.to_string(),
        Some(Within::Statute { days, cites }) => {
            format!("{} within {days} days ({} {})", d.what, cites.text, cites.at)
        }
        Some(Within::Promptly { cites, .. }) => {
            format!("{} without delay ({} {})", d.what, cites.text, cites.at)
        }
        Some(Within::Operator { number }) => format!("{} within {number}", d.what),
    };
    let duties: Vec<String> = m.duties.iter().map(duty).collect();
    let duties = if duties.is_empty() { "–".to_owned() } else { duties.join(", ") };
    writeln!(out, "  tells     {} {}  owes {duties}", m.tells.whom, m.tells.when)?;
    writeln!(out, "  not for   {}  other law {}", words(&m.forbids), words(&m.other_law))?;
    if let Some(why) = &m.precedent {
        writeln!(out, "  may last  {why}")?;
    }
    Ok(())
}

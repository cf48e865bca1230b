//! `measures/TABLE.txt`: the whole book on one page, so that a change to the law is a diff.

use core::fmt::Write as _;

use crate::{Book, Code, Measure, Within};

impl Book {
    /// The table, one block a measure.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out =
            String::from("# Every measure, one block each. Generated: cargo xtask bless\n");
        for measure in self.measures() {
            // Writing to a String cannot fail.
            let _ = block(&mut out, measure);
        }
        out
    }
}

fn block(out: &mut String, m: &Measure) -> core::fmt::Result {
    let words = |list: Vec<&str>| if list.is_empty() { "–".to_owned() } else { list.join(" ") };
    writeln!(out, "\n{}  {}", m.item, m.name)?;
    writeln!(out, "  {}\n  {}", m.title.ja, m.title.en)?;
    let until = m.cites.until.map(|d| d.to_string()).unwrap_or_default();
    writeln!(
        out,
        "  cites     {} {} ({}..{until}) [{}]",
        m.cites.text, m.cites.at, m.cites.from, m.status
    )?;
    writeln!(out, "  verdict   {} on {} ({})", Code::of(m.basis).word(), m.basis, m.strength)?;
    writeln!(out, "  purpose   {}", m.purpose)?;
    writeln!(out, "  acts      {}", words(m.acts.iter().map(|a| a.word()).collect()))?;
    writeln!(out, "  reads     {}", words(m.reads.iter().map(|s| s.word()).collect()))?;
    writeln!(out, "  fields    {}", words(m.fields.iter().map(terms::Field::word).collect()))?;
    writeln!(out, "  over      {}   ends {}   automatic {}", m.over, m.ends, m.automatic)?;
    let later = if m.signers.afterwards { ", may sign afterwards" } else { "" };
    let signers = words(m.signers.roles.iter().map(|r| r.word()).collect());
    writeln!(out, "  signers   {signers} ({}{later})", m.signers.when)?;
    writeln!(out, "  tells     {} {}", m.tells.whom, m.tells.when)?;
    writeln!(out, "  numbers   {}", words(m.numbers.iter().map(|n| n.word()).collect()))?;
    for (fact, so) in &m.requires {
        let open = if m.open.contains(fact) { " (asked when it fails)" } else { "" };
        let by: Vec<&str> = fact.established_by().iter().map(|r| r.word()).collect();
        let second = fact.countersigned_by().map(|r| format!(" with {r}")).unwrap_or_default();
        writeln!(out, "  requires  {fact} = {so}  by {}{second}{open}", by.join(" or "))?;
    }
    for (fact, so) in &m.advises {
        writeln!(out, "  advises   {fact} = {so}")?;
    }
    for duty in &m.duties {
        let within = match &duty.within {
            None => "by its end".to_owned(),
            Some(Within::Statute { days, cites }) => {
                format!("within {days} days ({} {})", cites.text, cites.at)
            }
            Some(Within::Operator { number }) => format!("within {number}"),
        };
        writeln!(out, "  duty      {}  {within}", duty.what)?;
    }
    for e in &m.examples {
        writeln!(out, "  example   {}: {}", e.gives, e.name)?;
    }
    Ok(())
}

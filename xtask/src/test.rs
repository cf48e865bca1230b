//! `cargo xtask test`: formatting, lints, every test; what did not run; how long each stage took.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::stage::Outcome;
use crate::suites::Suites;
use crate::{metadata, stage, suites, tree};

/// All stages together may take this long, builds included.
const BOUND: Duration = Duration::from_secs(25 * 60);

/// Runs every stage and says how it went; `true` when all is well.
///
/// # Errors
/// When a stage cannot be started or what the tests noted cannot be read.
pub(crate) fn run() -> Result<bool> {
    let root = tree::root();
    suites::forget(&root)?;
    let deadline = Instant::now() + BOUND;
    let mut outcomes = Vec::new();
    for (name, arguments) in STAGES {
        let mut command = cargo(arguments);
        command.current_dir(&root);
        let outcome = stage::run(name, command, deadline)?;
        let overran = outcome.overran;
        outcomes.push(outcome);
        if overran {
            break;
        }
    }
    let every_suite = std::env::var_os("SEKISHO_ALL_SUITES").is_some_and(|v| v == "1");
    let report = Report::of(&outcomes, &suites::read(&root)?, every_suite);
    print!("{}", report.text);
    Ok(report.well)
}

/// Name and arguments of each stage. Tests whose names contain `conformance` need captures that are
/// not in the tree; they are a task of their own.
const STAGES: &[(&str, &[&str])] = &[
    ("formatting", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    ("tests", &["test", "--workspace", "--no-fail-fast", "--", "--skip", "conformance"]),
];

fn cargo(arguments: &[&str]) -> Command {
    let mut command = metadata::cargo();
    command.args(arguments);
    command
}

/// What is said at the end.
struct Report {
    text: String,
    well: bool,
}

impl Report {
    fn of(outcomes: &[Outcome], suites: &Suites, every_suite: bool) -> Self {
        let mut text = String::from("\n── stages\n");
        for Outcome { name, took, well, overran, .. } in outcomes {
            let word = if *well { "well" } else { "FAILED" };
            text.push_str(&format!("{name:<12} {word:<7} {:>7.1} s\n", took.as_secs_f64()));
            if *overran {
                let minutes = BOUND.as_secs() / 60;
                text.push_str(&format!(
                    "{name} was ended: all stages together may take {minutes} minutes, builds included\n"
                ));
            }
        }
        let total: Duration = outcomes.iter().map(|o| o.took).sum();
        text.push_str(&format!("{:<20} {:>7.1} s\n", "total", total.as_secs_f64()));
        text.push_str(&about(suites, every_suite));

        // A stage that failed without naming a test counts as one failure.
        let failed: usize = outcomes
            .iter()
            .map(|o| if o.well { o.counts.failed } else { o.counts.failed.max(1) })
            .sum();
        // A suite that had to run has failed its test too; it is not counted twice.
        let failed = if every_suite { failed.max(suites.missing.len()) } else { failed };
        let passed: usize = outcomes.iter().map(|o| o.counts.passed).sum();
        let passed = passed.saturating_sub(suites.tests_left_out);
        let ignored: usize = outcomes.iter().map(|o| o.counts.ignored).sum();
        let skipped = ignored + suites.tests_left_out;
        text.push_str(&format!("{passed} passed, {failed} failed, {skipped} skipped\n"));
        Self { text, well: failed == 0 }
    }
}

/// Which suites ran, which did not, and what each would need.
fn about(suites: &Suites, every_suite: bool) -> String {
    let mut text = String::new();
    if !suites.ran.is_empty() {
        let ran: Vec<&str> = suites.ran.iter().map(String::as_str).collect();
        text.push_str(&format!(
            "\n── suites that ran with Debian's programs\n{}\n",
            ran.join(", ")
        ));
    }
    if !suites.missing.is_empty() {
        text.push_str("\n── suites that did not run, and the Debian packages they need\n");
        for (suite, packages) in &suites.missing {
            text.push_str(&format!("{suite:<24} apt-get install {packages}\n"));
        }
        if every_suite {
            text.push_str("SEKISHO_ALL_SUITES is 1, so each of these is a failure\n");
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Counts;

    fn outcome(well: bool, counts: Counts, overran: bool) -> Outcome {
        Outcome { name: "tests".into(), took: Duration::from_secs(3), well, counts, overran }
    }

    fn check(outcome: Outcome, suites: &Suites, every_suite: bool, last: &str) -> String {
        let report = Report::of(&[outcome], suites, every_suite);
        assert_eq!(report.text.lines().last(), Some(last));
        assert_eq!(report.well, last.contains(" 0 failed"));
        report.text
    }

    #[test]
    fn the_last_line_counts_what_passed_failed_and_was_left_out() {
        let none = Suites::default();
        let counts = Counts { passed: 7, failed: 0, ignored: 1 };
        check(outcome(true, counts, false), &none, true, "7 passed, 0 failed, 1 skipped");
        check(outcome(false, counts, false), &none, false, "7 passed, 1 failed, 1 skipped");
        let text =
            check(outcome(false, counts, true), &none, false, "7 passed, 1 failed, 1 skipped");
        assert!(text.contains("25 minutes"));
    }

    #[test]
    fn a_suite_that_did_not_run_is_named_and_fails_when_every_suite_must_run() {
        let suites = Suites {
            missing: [("peer".to_owned(), "gobgpd bird2".to_owned())].into(),
            tests_left_out: 2,
            ..Suites::default()
        };
        let counts = Counts { passed: 7, failed: 0, ignored: 0 };
        let text =
            check(outcome(true, counts, false), &suites, false, "5 passed, 0 failed, 2 skipped");
        assert!(text.contains("peer") && text.contains("apt-get install gobgpd bird2"));
        check(outcome(true, counts, false), &suites, true, "5 passed, 1 failed, 2 skipped");
    }
}

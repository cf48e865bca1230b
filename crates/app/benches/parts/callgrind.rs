//! Instructions of this very program, counted by callgrind in a process of its own.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Is callgrind installed?
pub(crate) fn is_there() -> bool {
    let asked = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    let there = asked.is_ok_and(|status| status.success());
    if !there {
        let note = "valgrind is not installed: instructions are not counted";
        // Nobody is left to tell when this cannot be written.
        writeln!(std::io::stderr(), "{note}").unwrap_or_default();
    }
    there
}

/// How many instructions this program runs when it is started with `arguments`.
///
/// # Errors
/// When callgrind fails, or does not say.
pub(crate) fn instructions(arguments: &[String]) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(arguments)
        .output()
        .context("starting valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind failed on {arguments:?}: {said}");
    collected(&said).with_context(|| format!("valgrind does not say what it counted: {said}"))
}

/// The number after "Collected :".
fn collected(said: &str) -> Option<u64> {
    let (_, after) = said.split_once("Collected")?;
    after.trim_start_matches([' ', ':']).split_whitespace().next()?.parse().ok()
}

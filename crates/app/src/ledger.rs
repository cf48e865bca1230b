//! `sekisho ledger verify`: the same check as the separate `verify` program.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use verify::{Fault, Verified};

use crate::show;

/// Name of the ledger folder in a data folder.
pub(crate) const FOLDER: &str = "ledger";

/// Checks the ledger in `dir`, or in the data folder `dir`, and says what was found.
pub(crate) fn verify(dir: &Path, key: Option<&str>, json: bool) -> anyhow::Result<ExitCode> {
    let inside = dir.join(FOLDER);
    let folder = if inside.is_dir() { inside } else { dir.to_owned() };
    let mut told = 0;
    let result = verify::verify(&folder, key, &mut |done, all| {
        if done < told || done - told >= 50_000 {
            told = done;
            progress(done, all);
        }
    });
    let (text, code) = match &result {
        Ok(found) => (if json { found_json(found) } else { found_text(found) }, ExitCode::SUCCESS),
        Err(fault) => (
            if json {
                fault_json(fault)
            } else {
                format!("the ledger does not verify: {}: {fault}", folder.display())
            },
            ExitCode::FAILURE,
        ),
    };
    show::line(&text);
    Ok(code)
}

#[expect(clippy::print_stderr, reason = "progress of long work, for people")]
fn progress(done: u64, all: u64) {
    eprintln!("checked {done} of {all} entries");
}

fn found_text(found: &Verified) -> String {
    format!(
        "the ledger verifies: {} entries, {} checkpoints, root {}\nno outside witness has signed: this proves nothing against the holder of the signing key",
        found.entries, found.checkpoints, found.root
    )
}

fn found_json(found: &Verified) -> String {
    json!({ "verifies": true, "origin": found.origin, "entries": found.entries, "root": found.root, "checkpoints": found.checkpoints, "witnesses": 0 }).to_string()
}

fn fault_json(fault: &Fault) -> String {
    json!({ "verifies": false, "file": fault.file, "error": fault.to_string() }).to_string()
}

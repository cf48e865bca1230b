//! `verify DIR [--key VKEY] [--json]`: checks a ledger directory and says what it found.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use verify::{Fault, Place, Verified, verify};

const USAGE: &str = "\
usage: verify DIR [--key VKEY] [--json]

Checks every byte of the ledger in DIR: entries, tiles, checkpoint, and all checkpoints before it.

  --key VKEY  check under this verifier key (<origin>+<key id>+<key>), not only DIR/key.pub.
              Take it from somebody other than the operator: whoever can write DIR can write DIR/key.pub
  --json      print the result as one JSON object

exit status: 0 the ledger verifies, 1 it does not, 2 wrong usage
";

fn main() -> ExitCode {
    let Some(asked) = Asked::parse(std::env::args().skip(1)) else {
        let _ = io::stderr().write_all(USAGE.as_bytes());
        return ExitCode::from(2);
    };
    let Asked::Verify { folder, key, json } = asked else {
        return said(io::stdout().write_all(USAGE.as_bytes()), ExitCode::SUCCESS);
    };
    let mut told = 0;
    let result = verify(&folder, key.as_deref(), &mut |done, all| {
        // A ledger that grew meanwhile is read again from its first entry.
        if done < told || done - told >= 50_000 {
            told = done;
            let _ = writeln!(io::stderr(), "checked {done} of {all} entries");
        }
    });
    let text = match &result {
        Ok(found) if json => as_json(found),
        Err(fault) if json => fault_as_json(fault),
        Ok(found) => as_text(found),
        Err(fault) => format!("the ledger does not verify: {}: {fault}\n", folder.display()),
    };
    said(
        io::stdout().write_all(text.as_bytes()),
        if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE },
    )
}

/// A result nobody could be told is not a success.
fn said(written: io::Result<()>, code: ExitCode) -> ExitCode {
    if written.is_ok() { code } else { ExitCode::FAILURE }
}

enum Asked {
    Help,
    Verify { folder: PathBuf, key: Option<String>, json: bool },
}

impl Asked {
    fn parse(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let (mut folder, mut key, mut json) = (None, None, false);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--help" | "-h" => return Some(Self::Help),
                "--json" => json = true,
                "--key" => key = Some(words.next()?),
                _ if word.starts_with('-') || folder.is_some() => return None,
                _ => folder = Some(PathBuf::from(word)),
            }
        }
        Some(Self::Verify { folder: folder?, key, json })
    }
}

fn as_text(found: &Verified) -> String {
    format!(
        "the ledger verifies\n\
         origin       {}\n\
         entries      {}\n\
         root         {}\n\
         checkpoints  {}, each of them holds\n\
         witnesses    none: this proves nothing against the holder of the signing key\n",
        found.origin, found.entries, found.root, found.checkpoints
    )
}

fn as_json(found: &Verified) -> String {
    let json = serde_json::json!({
        "verifies": true,
        "origin": found.origin,
        "entries": found.entries,
        "root": found.root,
        "checkpoints": found.checkpoints,
        "first": found.first,
        "last": found.last,
        "witnesses": 0,
    });
    format!("{json}\n")
}

fn fault_as_json(fault: &Fault) -> String {
    let (byte, entry, checkpoint) = match fault.place {
        Place::Whole => (None, None, None),
        Place::Byte(byte) => (Some(byte), None, None),
        Place::Entry { index, byte } => (Some(byte), Some(index), None),
        Place::Checkpoint { number, byte } => (Some(byte), None, Some(number)),
    };
    let json = serde_json::json!({
        "verifies": false,
        "file": fault.file,
        "byte": byte,
        "entry": entry,
        "checkpoint": checkpoint,
        "error": fault.what,
    });
    format!("{json}\n")
}

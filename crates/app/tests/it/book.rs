//! The ledger as an auditor has it: the folder's entries, and what both verifiers say of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::{PATIENCE, SEKISHO, wait};

/// Every entry of a ledger folder.
pub(crate) struct Book {
    /// As they are written.
    pub(crate) texts: Vec<String>,
    /// As JSON.
    pub(crate) entries: Vec<Value>,
}

impl Book {
    /// Reads the entry bundles (C2SP tlog-tiles) of the ledger in this data folder.
    pub(crate) fn read(data: &Path) -> Self {
        let folder = data.join("ledger/tile/entries");
        let mut texts = Vec::new();
        for number in 0.. {
            let Some(bundle) = bundle(&folder, number) else { break };
            let mut rest = bundle.as_slice();
            while let Some((length, after)) = rest.split_first_chunk::<2>() {
                let (text, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
                texts.push(String::from_utf8_lossy(text).into_owned());
                rest = after;
            }
        }
        let entries = texts.iter().map(|t| serde_json::from_str(t).unwrap_or_default()).collect();
        Self { texts, entries }
    }

    /// The number of the last entry that says the program started.
    pub(crate) fn started(&self) -> usize {
        self.entries.iter().rposition(|e| e["kind"] == "started").unwrap_or(0)
    }

    /// Is `earlier` the beginning of this, entry by entry?
    #[track_caller]
    pub(crate) fn continues(&self, earlier: &Self) {
        assert!(self.texts.len() >= earlier.texts.len(), "entries are missing at the end");
        for (i, (was, is)) in earlier.texts.iter().zip(&self.texts).enumerate() {
            assert_eq!(was, is, "entry {i} is another one than before");
        }
        for (i, entry) in self.entries.iter().enumerate() {
            assert_eq!(entry["seq"], i, "{entry}");
        }
    }
}

/// The widest there is of a bundle.
fn bundle(folder: &Path, number: u64) -> Option<Vec<u8>> {
    // Of so few entries as a test makes, no bundle has a number of four digits.
    let full = || std::fs::read(folder.join(format!("{number:03}"))).ok();
    let partial = || {
        let partials = std::fs::read_dir(folder.join(format!("{number:03}.p"))).ok()?;
        let width = |p: &PathBuf| p.file_name()?.to_str()?.parse::<u32>().ok();
        let paths = partials.filter_map(|e| Some(e.ok()?.path()));
        std::fs::read(paths.filter(|p| width(p).is_some()).max_by_key(width)?).ok()
    };
    // The partial ones go when the full one is there, which may be just now.
    full().or_else(partial).or_else(full)
}

/// Both `sekisho ledger verify` and the separate `verify` pass the ledger of this data folder. While it
/// is being written a verifier may find it between two entries, and is asked again.
#[track_caller]
pub(crate) fn both_verify(data: &Path) {
    let mut own = Command::new(SEKISHO);
    own.args(["ledger", "verify"]).arg(data);
    let mut separate = Command::new(verifier());
    separate.arg(data.join("ledger"));
    for mut command in [own, separate] {
        let mut said = None;
        let passes = wait(PATIENCE, || {
            let output = command.output().expect("a verifier runs");
            said.insert(output).status.success()
        });
        assert!(passes, "{command:?}: {said:?}");
    }
}

/// The separate program: beside ours, or else where cargo put it for this run.
fn verifier() -> PathBuf {
    let beside = Path::new(SEKISHO).with_file_name("verify");
    assert!(
        beside.is_file(),
        "{} is not built; run `cargo build -p verify`, as `cargo xtask test` does",
        beside.display()
    );
    beside
}

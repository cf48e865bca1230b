//! The ledger: entries that cannot be changed unseen, durable before they are acknowledged.
//!
//! An entry is first written to `ledger.pending` beside the ledger folder and made durable; that is
//! the moment it counts. Then the folder is brought up to date: bundle, tiles, history of checkpoints,
//! and last the checkpoint, each file replaced in one step. Whatever a crash leaves undone is done
//! from the pending file when the ledger is opened again. When a bundle is full, everything in the
//! folder is made durable and the pending file begins anew.

mod key;
mod pending;
mod proof;
mod publish;
mod recover;
mod tiles;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use terms::{Person, Span, Time};

use crate::disk::{self, Disk};
use crate::{AccountError, Kind, Leaf, Safe};
use key::LedgerKey;
pub(crate) use key::check_mode;
use pending::Pending;
use tiles::{FULL, Tree};

const FOLDER: &str = "ledger";
const KEY: &str = "ledger.key";
const PENDING: &str = "ledger.pending";
const SCRATCH: &str = "unfinished";
const CHECKPOINT: &str = "checkpoint";
const HISTORY: &str = "checkpoints";
const PUBLIC_KEY: &str = "key.pub";

/// Entries of threads that read the clock at about the same time may come in another order; what is
/// further back than this is a clock that was set.
const RACE: Span = Span::seconds(1);

/// Salted commitments of an entry, by what they commit to, in hexadecimal.
pub(crate) type Commitments = BTreeMap<&'static str, String>;

/// The append-only ledger of one data folder.
///
/// **Trust sentence.** Nothing in the ledger can be changed without breaking every checkpoint after it;
/// but who holds the signing key can write a whole other ledger, and as long as no outside witness
/// keeps checkpoints ([`Ledger::witnessed`]), this one proves nothing against the operator.
pub struct Ledger {
    folder: PathBuf,
    disk: Disk,
    key: LedgerKey,
    pending_path: PathBuf,
    pending: Pending,
    /// Number of the first entry in `entries`; a bundle begins there.
    base: u64,
    entries: Vec<Vec<u8>>,
    /// The tree as far as the folder has it.
    tree: Tree,
    /// The last checkpoint in the history, and where it begins and ends there.
    head: Head,
    /// Files written since everything was made durable.
    loose: BTreeSet<PathBuf>,
    /// Where the last durable checkpoint begins in the history.
    settled: u64,
    last: Option<Time>,
    lag: Option<String>,
    repairs: Vec<Repair>,
}

/// The newest checkpoint.
#[derive(Default)]
struct Head {
    note: Vec<u8>,
    size: Option<u64>,
    begins: u64,
    ends: u64,
}

/// Something that was put right when the ledger was opened after a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What: `pending-cut`, `history-cut`, `pending-missing`.
    pub what: &'static str,
    /// How many bytes were cut off; nothing that was acknowledged.
    pub bytes: u64,
}

impl Ledger {
    /// Opens the ledger of a data folder, or begins it, with its key. `origin` is the ledger's name,
    /// as in `sekisho.example/ledger`; it never changes.
    ///
    /// # Errors
    /// When files cannot be read or written, the key is missing or of another ledger, or the ledger
    /// does not go with its own last checkpoint.
    pub fn open(data: &Path, origin: &str) -> Result<Self, AccountError> {
        recover::open(data, origin)
    }

    /// Writes an entry; it is durable when this returns. Gives its number.
    ///
    /// An entry a little earlier than the one before it gets that one's time; one much earlier gets a
    /// clock jump booked in front of it.
    ///
    /// # Errors
    /// When it is not certain that the entry is durable. It may still turn up after a crash.
    pub fn append(&mut self, leaf: &Leaf) -> Result<u64, AccountError> {
        self.append_with(leaf, &Commitments::new())
    }

    pub(crate) fn append_with(
        &mut self,
        leaf: &Leaf,
        commitments: &Commitments,
    ) -> Result<u64, AccountError> {
        let mut leaf = leaf.clone();
        let mut entries = Vec::new();
        let index = self.index_of_next(&leaf);
        if let Some(jump) = self.jump_before(&leaf) {
            entries.push(jump.write(self.size(), &Commitments::new())?);
        } else if leaf.kind != Kind::ClockJump {
            leaf.at = self.last.map_or(leaf.at, |last| leaf.at.max(last));
        }
        entries.push(leaf.write(index, commitments)?);
        self.make_durable(entries)?;
        self.last = Some(leaf.at);
        self.lag = self.publish().and_then(|()| self.settle()).err().map(|e| e.to_string());
        Ok(index)
    }

    /// The number `leaf` will have if it is the next to be appended.
    pub(crate) fn index_of_next(&self, leaf: &Leaf) -> u64 {
        self.size() + u64::from(self.jump_before(leaf).is_some())
    }

    fn jump_before(&self, leaf: &Leaf) -> Option<Leaf> {
        let back = self.last?.since(leaf.at);
        if back <= RACE || leaf.kind == Kind::ClockJump {
            return None;
        }
        let jump = Leaf::of(Kind::ClockJump, leaf.at, Person("ledger".to_owned()))
            .with("back-ms", Safe::Count(back.0));
        Some(jump)
    }

    fn make_durable(&mut self, entries: Vec<Vec<u8>>) -> Result<(), AccountError> {
        // What is durable already must be in the folder first: so at most one entry waits for it.
        self.publish()?;
        if self.pending.is_stained() {
            self.renew_pending()?;
        }
        self.pending.append(&self.disk, self.size(), &entries)?;
        self.entries.extend(entries);
        Ok(())
    }

    fn renew_pending(&mut self) -> Result<(), AccountError> {
        let (path, settled) = (&self.pending_path, self.settled);
        self.pending = Pending::create(&self.disk, path, self.base, settled, &self.entries)?;
        Ok(())
    }

    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.base + self.entries.len() as u64
    }

    /// The newest signed checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> String {
        String::from_utf8_lossy(&self.head.note).into_owned()
    }

    /// The verifier key, to be given to whoever is to check the ledger.
    #[must_use]
    pub fn public_key(&self) -> &str {
        self.key.public()
    }

    /// The folder an auditor is given.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Does an outside witness keep checkpoints? Not in this version; so the ledger proves nothing
    /// against the operator.
    #[must_use]
    pub fn witnessed(&self) -> bool {
        false
    }

    /// Why the folder is behind what is durable, if it is; the next entry waits until it is not.
    #[must_use]
    pub fn lag(&self) -> Option<&str> {
        self.lag.as_deref()
    }

    /// What was put right when the ledger was opened.
    #[must_use]
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The entries from number `from` on, at most `count`, as JSON.
    ///
    /// # Errors
    /// When a bundle cannot be read.
    pub fn entries(&self, from: u64, count: u64) -> Result<Vec<String>, AccountError> {
        let text = |entry: &Vec<u8>| String::from_utf8_lossy(entry).into_owned();
        let to = from.saturating_add(count).min(self.size());
        let (mut next, mut texts) = (from, Vec::new());
        while next < to {
            if next >= self.base {
                texts.extend(self.held(next, to - next).map(text));
                break;
            }
            let end = (next / FULL + 1).saturating_mul(FULL).min(to);
            let range = usize::try_from(next % FULL).ok().zip(usize::try_from(end - next).ok());
            let (skip, take) = range.unwrap_or_default();
            texts.extend(self.bundle(next / FULL)?.iter().skip(skip).take(take).map(text));
            next = end;
        }
        Ok(texts)
    }

    /// The entry with this number, as JSON; `None` when there is none.
    ///
    /// # Errors
    /// When its bundle cannot be read.
    pub fn entry(&self, index: u64) -> Result<Option<String>, AccountError> {
        Ok(self.entries(index, 1)?.pop())
    }

    /// The entries of a full bundle.
    fn bundle(&self, number: u64) -> Result<Vec<Vec<u8>>, AccountError> {
        let path = self.folder.join(tiles::path(None, number, FULL));
        let bytes = disk::read(&path)?;
        let entries = bytes.as_deref().and_then(tiles::unbundle);
        entries
            .filter(|entries| entries.len() as u64 == FULL)
            .ok_or_else(|| AccountError::damaged(&path, "it is not a full entry bundle"))
    }
}

/// What the ledger reads of its own entries.
#[derive(Deserialize)]
struct Timed {
    time: Time,
}

fn time_of(entry: &[u8]) -> Option<Time> {
    serde_json::from_slice(entry).ok().map(|timed: Timed| timed.time)
}

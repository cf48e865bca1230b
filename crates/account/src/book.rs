//! The account: ledger and sealed store of one data folder, held by one process.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use ground::{Entry, Journal, NotDurable, Sealed};
use serde::Serialize;
use serde::de::DeserializeOwned;
use terms::{AnswerId, Day, Person, Source, Time};

use crate::{AccountError, Erased, Event, Kind, Leaf, Ledger, Safe, Store};

const LOCK: &str = "lock";
/// What the commitment of an answer is to: whom it concerns and which plan.
const REQUEST: &str = "request";

/// The book and the store of one data folder. The only holder of the signing and the storage key.
pub struct Account {
    held: Mutex<Held>,
    /// Released when the account is dropped or the process ends, however it ends.
    _lock: Lock,
}

struct Held {
    ledger: Ledger,
    store: Store,
}

/// How the ledger stands, for the status page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Number of entries.
    pub entries: u64,
    /// The newest signed checkpoint.
    pub checkpoint: String,
    /// The key to check it under.
    pub public_key: String,
    /// Does an outside witness keep checkpoints? If not, the ledger proves nothing against the operator.
    pub witnessed: bool,
    /// Why the ledger folder is behind, if it is.
    pub lag: Option<String>,
}

impl Account {
    /// Opens the data folder, or makes it: takes its lock, puts right what a crash left undone, and
    /// books that. `origin` is the ledger's name, as in `sekisho.example/ledger`.
    ///
    /// # Errors
    /// When another process has the folder, or as [`Store::open`] and [`Ledger::open`].
    pub fn open(data: &Path, origin: &str, at: Time) -> Result<Self, AccountError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
        made.map_err(AccountError::file("create", data))?;
        let lock = lock(data)?;
        let mut store = Store::open(data, at)?;
        let mut ledger = Ledger::open(data, origin)?;
        store.drop_orphans(ledger.size())?;
        for repair in ledger.repairs().to_vec() {
            let leaf = Leaf::of(Kind::Repaired, at, Person("ledger".to_owned()))
                .with("what", Safe::Word(repair.what.to_owned()))
                .with("bytes", Safe::Count(repair.bytes));
            ledger.append(&leaf)?;
        }
        Ok(Self { held: Mutex::new(Held { ledger, store }), _lock: lock })
    }

    /// Books an entry, durably, with a commitment to each secret: whom and what it concerns. Gives its
    /// number. A secret is never written; its salt can be erased ([`Account::erase_salts`]).
    ///
    /// # Errors
    /// When it is not certain that the entry is durable, or it has something a ledger must not have.
    pub fn book(
        &self,
        leaf: &Leaf,
        secrets: &[(&'static str, &[u8])],
    ) -> Result<AnswerId, AccountError> {
        let mut held = self.hold()?;
        let held = &mut *held;
        let commitments = if secrets.is_empty() {
            crate::ledger::Commitments::new()
        } else {
            let index = held.ledger.index_of_next(leaf);
            held.store.commit(index, secrets.iter().copied())?
        };
        held.ledger.append_with(leaf, &commitments).map(AnswerId)
    }

    /// Is entry `entry` about `secret`? `None` when there is no such commitment or its salt was
    /// erased.
    ///
    /// # Errors
    /// When ledger or store cannot be read.
    pub fn is_about(
        &self,
        entry: AnswerId,
        kind: &str,
        secret: &[u8],
    ) -> Result<Option<bool>, AccountError> {
        let held = self.hold()?;
        let (Some(text), Some(expected)) =
            (held.ledger.entry(entry.0)?, held.store.recommit(entry.0, kind, secret)?)
        else {
            return Ok(None);
        };
        let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        Ok(json["commitments"][kind].as_str().map(|found| found == expected))
    }

    /// Destroys the salts of an entry, so that nobody can find out any more whom it was about, and
    /// books that.
    ///
    /// # Errors
    /// When they could not be erased or that could not be booked.
    pub fn erase_salts(
        &self,
        entry: AnswerId,
        actor: Person,
        at: Time,
    ) -> Result<AnswerId, AccountError> {
        let mut held = self.hold()?;
        let count = held.store.erase_salts(entry.0)?;
        let leaf = Leaf::of(Kind::Erased, at, actor)
            .with("what", Safe::Word("salts".to_owned()))
            .with("entry", Safe::Count(entry.0))
            .with("count", Safe::Count(count));
        held.ledger.append(&leaf).map(AnswerId)
    }

    /// Adds an event to a stream: see [`Store::append`].
    ///
    /// # Errors
    /// When it could not be written.
    pub fn append(&self, stream: &str, at: Time, body: &[u8]) -> Result<u64, AccountError> {
        self.hold()?.store.append(stream, at, body)
    }

    /// All events of a stream: see [`Store::read`].
    ///
    /// # Errors
    /// When one cannot be read or does not open.
    pub fn read(&self, stream: &str) -> Result<Vec<Event>, AccountError> {
        self.hold()?.store.read(stream)
    }

    /// Names of streams: see [`Store::streams`].
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn streams(&self, prefix: &str) -> Result<Vec<String>, AccountError> {
        self.hold()?.store.streams(prefix)
    }

    /// Erases a stream: see [`Store::erase`]. The caller books it.
    ///
    /// # Errors
    /// When it could not be erased.
    pub fn erase(&self, stream: &str) -> Result<u64, AccountError> {
        self.hold()?.store.erase(stream)
    }

    /// Keeps sealed data: see [`Store::keep`].
    ///
    /// # Errors
    /// When it has no last day, or could not be written.
    pub fn keep<T: Serialize + DeserializeOwned>(
        &self,
        sealed: &Sealed<T>,
        taken: Time,
    ) -> Result<(), AccountError> {
        self.hold()?.store.keep(sealed, taken)
    }

    /// Kept sealed data: see [`Store::kept`].
    ///
    /// # Errors
    /// When it cannot be read or does not open under the key.
    pub fn kept<T: Serialize + DeserializeOwned>(
        &self,
        source: Source,
        from: Time,
        to: Time,
    ) -> Result<Vec<Sealed<T>>, AccountError> {
        self.hold()?.store.kept(source, from, to)
    }

    /// How many sealed batches of a source are kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn count_kept(&self, source: Source) -> Result<u64, AccountError> {
        self.hold()?.store.count_kept(source)
    }

    /// What is to be erased: see [`Store::due`].
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn due(&self, today: Day) -> Result<Vec<crate::Due>, AccountError> {
        self.hold()?.store.due(today)
    }

    /// Erases what is due: see [`Store::erase_due`]. The caller books it.
    ///
    /// # Errors
    /// When it could not be erased.
    pub fn erase_due(&self, today: Day, clock_is_sure: bool) -> Result<Erased, AccountError> {
        self.hold()?.store.erase_due(today, clock_is_sure)
    }

    /// The entries from number `from`, at most `count`, as JSON.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn entries(&self, from: u64, count: u64) -> Result<Vec<String>, AccountError> {
        self.hold()?.ledger.entries(from, count)
    }

    /// The proof that an entry is in the ledger: see [`Ledger::prove_inclusion`].
    ///
    /// # Errors
    /// When tiles are missing or damaged.
    pub fn prove_inclusion(&self, entry: AnswerId) -> Result<Option<String>, AccountError> {
        self.hold()?.ledger.prove_inclusion(entry.0)
    }

    /// The proof that the ledger continues an earlier one: see [`Ledger::prove_consistency`].
    ///
    /// # Errors
    /// When tiles are missing or damaged.
    pub fn prove_consistency(&self, earlier: u64) -> Result<Option<Vec<[u8; 32]>>, AccountError> {
        self.hold()?.ledger.prove_consistency(earlier)
    }

    /// How the ledger stands.
    ///
    /// # Errors
    /// When the account stopped.
    pub fn standing(&self) -> Result<Standing, AccountError> {
        let held = self.hold()?;
        let ledger = &held.ledger;
        Ok(Standing {
            entries: ledger.size(),
            checkpoint: ledger.checkpoint(),
            public_key: ledger.public_key().to_owned(),
            witnessed: ledger.witnessed(),
            lag: ledger.lag().map(str::to_owned),
        })
    }

    fn hold(&self) -> Result<MutexGuard<'_, Held>, AccountError> {
        // A thread that panicked in the middle of an entry leaves a state nobody should go on from.
        self.held.lock().map_err(|_| AccountError::Stopped)
    }
}

impl Journal for Account {
    fn write(&self, entry: &Entry) -> Result<AnswerId, NotDurable> {
        let leaf = Leaf::answered(entry);
        self.book(&leaf, &[(REQUEST, &entry.secret)]).map_err(|e| NotDurable(e.to_string()))
    }
}

/// The lock of a data folder, let go when it is dropped.
struct Lock(File);

impl Drop for Lock {
    /// Says so instead of only closing the file: a process that is just being started has a copy of
    /// everything open here, and would keep the lock until it has become another program.
    fn drop(&mut self) {
        let _closing_it_must_do = self.0.unlock();
    }
}

fn lock(data: &Path) -> Result<Lock, AccountError> {
    let path = data.join(LOCK);
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(AccountError::file("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(AccountError::InUse(data.to_owned())),
        Err(TryLockError::Error(cause)) => Err(AccountError::file("lock", &path)(cause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_free_at_once_though_a_process_being_started_has_a_copy_of_its_lock() {
        let data = tempfile::TempDir::new().unwrap();
        let held = lock(data.path()).unwrap();
        let copy = held.0.try_clone().unwrap();
        assert!(matches!(lock(data.path()), Err(AccountError::InUse(_))));
        drop(held);
        lock(data.path()).unwrap();
        drop(copy);
    }
}

//! The sealed store: event streams, sealed data at rest, and the salts of commitments.

mod batches;
mod events;
mod key;
mod salts;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use ground::RestKey;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use terms::Time;

use crate::{AccountError, disk};
pub use batches::{Due, Erased};
pub use events::Event;
use key::StorageKey;

const FILE: &str = "store.db";
const KEY: &str = "storage.key";
/// Marks the file as ours (SQLite application id): "SEKI".
const APPLICATION: i64 = 0x5345_4b49;

/// The changes that make the schema, oldest first. Never edit one: add one. Its place in the list is
/// the schema's version.
const MIGRATIONS: &[&str] = &[include_str!("store/migrations/1.sql")];

/// Shows that a store belongs to a key.
const PROOF_STREAM: &str = "account/key";
const PROOF: &[u8] = b"this store belongs to this key";

/// The sealed store of one data folder.
///
/// **Trust sentence.** Bodies of events and sealed data are encrypted under `storage.key`, and a
/// changed one does not open; names of streams, times, sources and salts are readable to whoever reads
/// `store.db`, and whoever also has `storage.key` reads everything. Erasing overwrites; it cannot reach
/// a backup or what a disk keeps aside.
pub struct Store {
    path: PathBuf,
    db: Connection,
    events: chacha20poly1305::Key,
    rest: RestKey,
}

impl Store {
    /// Opens the store of a data folder, or makes it, with its key; brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be read or written, the key is missing or another one, or a later version of
    /// sekisho wrote it.
    pub fn open(data: &Path, at: Time) -> Result<Self, AccountError> {
        let path = data.join(FILE);
        let key_path = data.join(KEY);
        let is_new = !path.exists();
        let key = StorageKey::open(&key_path, is_new)?;
        if is_new {
            disk::create_private(&path, b"")?;
        }
        let mut db = Connection::open(&path).map_err(fault("open", &path))?;
        let version = check_version(&db, &path)?;
        set_up(&db).map_err(fault("open", &path))?;
        migrate(&mut db, version).map_err(fault("bring up to date", &path))?;
        let mut store = Self { path, db, events: key.events(), rest: key.rest() };
        store.check_key(&key_path, at)?;
        Ok(store)
    }

    fn check_key(&mut self, key: &Path, at: Time) -> Result<(), AccountError> {
        let wrong = AccountError::WrongKey {
            path: key.to_owned(),
            what: format!(
                "it is not the key {} was written under, or that file is damaged: put back the one that \
                 was, or else restore both from a backup",
                self.path.display()
            ),
        };
        match self.read(PROOF_STREAM) {
            Ok(events) if events.is_empty() => self.append(PROOF_STREAM, at, PROOF).map(|_| ()),
            Ok(events) if events.iter().all(|event| event.body == PROOF) => Ok(()),
            Ok(_) | Err(AccountError::Damaged { .. }) => Err(wrong),
            Err(e) => Err(e),
        }
    }

    fn write<T>(
        &mut self,
        doing: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, AccountError> {
        let changed = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|tx| change(&tx).and_then(|result| tx.commit().map(|()| result)));
        changed.map_err(fault(doing, &self.path))
    }

    /// Overwrites what was deleted in the log of changes too, not only in the table.
    fn forget_log(&self) -> Result<(), AccountError> {
        let busy: i64 = self
            .db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(fault("erase from", &self.path))?;
        if busy == 0 {
            return Ok(());
        }
        let cause = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        let what = "what was erased is not overwritten yet".to_owned();
        Err(fault("erase from", &self.path)(rusqlite::Error::SqliteFailure(cause, Some(what))))
    }
}

fn check_version(db: &Connection, path: &Path) -> Result<usize, AccountError> {
    let pragma = |name: &str| {
        db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(fault("read", path))
    };
    let (found, known) = (pragma("user_version")?, MIGRATIONS.len() as i64);
    if found > known {
        return Err(AccountError::Newer { path: path.to_owned(), found, known });
    }
    if found > 0 && pragma("application_id")? != APPLICATION {
        return Err(AccountError::damaged(path, "it is not a store of sekisho"));
    }
    usize::try_from(found).map_err(|_| AccountError::damaged(path, "its version is below zero"))
}

fn set_up(db: &Connection) -> rusqlite::Result<()> {
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "secure_delete", "ON")?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    db.busy_timeout(std::time::Duration::from_secs(5))
}

/// Applies what is missing, all or nothing.
fn migrate(db: &mut Connection, version: usize) -> rusqlite::Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in MIGRATIONS.iter().skip(version) {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION)?;
    tx.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    tx.commit()
}

fn fault(doing: &'static str, path: &Path) -> impl Fn(rusqlite::Error) -> AccountError {
    let path = path.to_owned();
    move |cause| {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match cause.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => AccountError::Damaged {
                path: path.clone(),
                what: cause.to_string(),
                remedy: "restore the data folder from a backup",
            },
            _ => AccountError::Database { doing, path: path.clone(), cause },
        }
    }
}

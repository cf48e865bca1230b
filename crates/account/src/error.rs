//! What can go wrong with the book and the store, in the operator's words.

use std::io;
use std::path::{Path, PathBuf};

/// Why the account could not be opened, written or read.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The file system failed.
    #[error("cannot {doing} {}: {cause}{}", path.display(), hint(doing, cause))]
    File {
        /// What was being done, as in "write".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// The database failed.
    #[error("cannot {doing} {}: {cause}{}", path.display(), database_hint(cause))]
    Database {
        /// What was being done, as in "read events in".
        doing: &'static str,
        /// The database file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        cause: rusqlite::Error,
    },
    /// Another process has the folder open.
    #[error("the data folder {} is in use by another sekisho: stop that one, or give this one a folder of its own", .0.display())]
    InUse(PathBuf),
    /// A later version wrote the file.
    #[error("{} was written by a later version (format {found}, this one reads up to {known}): start that version, or put back the backup made before it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The latest format known here.
        known: i64,
    },
    /// A key file is missing, exposed, or belongs to something else.
    #[error("{}: {what}", path.display())]
    WrongKey {
        /// The key file.
        path: PathBuf,
        /// What is wrong and what to do.
        what: String,
    },
    /// A file does not say what it must.
    #[error("{} is damaged: {what}: {remedy}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Something that must not be in the ledger was to be written there.
    #[error("this cannot be booked: {0}")]
    NotForTheLedger(String),
    /// Sealed data without a last day was to be kept.
    #[error(
        "sealed data of measure {0} has no last day, so it cannot be kept: set how many days it is kept"
    )]
    NoLastDay(String),
    /// An earlier failure inside the program left the account in an unknown state.
    #[error(
        "the account stopped after a failure inside sekisho: restart it; what was acknowledged is on disk"
    )]
    Stopped,
}

/// What to do about damage nothing can repair.
pub(crate) const RESTORE: &str =
    "run `verify` on the ledger to see how far it holds, and restore the folder from a backup";

impl AccountError {
    pub(crate) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::File { doing, path: path.to_owned(), cause }
    }
    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into(), remedy: RESTORE }
    }
}

const MAKE_ROOM: &str = ": make room on the disk; until then nothing new is booked, opened or done";

fn database_hint(cause: &rusqlite::Error) -> &'static str {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
    let code = cause.sqlite_error_code();
    if code == Some(DiskFull) {
        MAKE_ROOM
    } else if matches!(code, Some(DatabaseBusy | DatabaseLocked)) {
        ": another program has it open; close that and try again"
    } else {
        ""
    }
}

fn hint(doing: &str, cause: &io::Error) -> &'static str {
    use io::ErrorKind::{AlreadyExists, NotADirectory, NotFound};
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let kind = cause.kind();
    if matches!(kind, StorageFull | QuotaExceeded) {
        MAKE_ROOM
    } else if matches!(kind, PermissionDenied | ReadOnlyFilesystem) {
        ": let the user sekisho runs as write there"
    } else if doing == "create" && matches!(kind, AlreadyExists | NotADirectory | NotFound) {
        ": set `data` to a folder that sekisho can make and write"
    } else {
        ""
    }
}

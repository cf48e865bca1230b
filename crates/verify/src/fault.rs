//! What is wrong with a ledger, and where.

use std::io;

/// The first thing found wrong with a ledger.
#[derive(Debug, thiserror::Error)]
#[error("{file}{place}: {what}")]
pub struct Fault {
    /// The file, relative to the ledger directory.
    pub file: String,
    /// Where in the file.
    pub place: Place,
    /// What is wrong, in a sentence.
    pub what: String,
    /// The failure of the file system, if it was one.
    #[source]
    pub cause: Option<io::Error>,
}

/// A place in a file of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// This byte, from 0.
    Byte(u64),
    /// This entry of the ledger, which begins at this byte of its bundle.
    Entry {
        /// Index in the ledger, from 0.
        index: u64,
        /// First byte of its length prefix in the bundle.
        byte: u64,
    },
    /// This checkpoint of the history, which begins at this byte.
    Checkpoint {
        /// Number in the history, from 0.
        number: u64,
        /// Its first byte.
        byte: u64,
    },
}

impl core::fmt::Display for Place {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Byte(byte) => write!(f, ", byte {byte}"),
            Self::Entry { index, byte } => write!(f, ", entry {index} at byte {byte}"),
            Self::Checkpoint { number, byte } => {
                write!(f, ", checkpoint number {number} at byte {byte}")
            }
        }
    }
}

impl Fault {
    pub(crate) fn at(file: impl Into<String>, place: Place, what: impl Into<String>) -> Self {
        Self { file: file.into(), place, what: what.into(), cause: None }
    }
    pub(crate) fn whole(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self::at(file, Place::Whole, what)
    }
    pub(crate) fn reading(file: impl Into<String>, cause: io::Error) -> Self {
        let what = if cause.kind() == io::ErrorKind::NotFound {
            "the file is missing".to_owned()
        } else {
            format!("the file cannot be read ({cause})")
        };
        Self { file: file.into(), place: Place::Whole, what, cause: Some(cause) }
    }
}

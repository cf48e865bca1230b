//! The file that makes an entry durable: entries of the newest bundle, each with a checksum.
//!
//! `ledger.pending` begins with one line, `sekisho pending 1 <first entry> <byte in checkpoints>`,
//! then has the entries from that one on: length in four bytes, text, SHA-256 of number and text.
//! A record cut short at the end was never acknowledged. The file is replaced as a whole each time a
//! bundle is full and durable in its place.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::AccountError;
use crate::disk::{self, Disk};

const FORM: &str = "sekisho pending ";
const VERSION: i64 = 1;

/// The open pending file.
pub(crate) struct Pending {
    path: PathBuf,
    file: File,
    len: u64,
    /// A write failed: what is behind `len` is unknown, and what is before may not be durable.
    stained: bool,
}

/// What a pending file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// Number of the first entry.
    pub(crate) base: u64,
    /// Where in the history of checkpoints the last durable one begins.
    pub(crate) history: u64,
    /// The entries from `base` on.
    pub(crate) entries: Vec<Vec<u8>>,
    /// Bytes at the end that are no entry.
    pub(crate) torn: u64,
}

/// Reads a pending file, if there is one.
pub(crate) fn read(path: &Path) -> Result<Option<Held>, AccountError> {
    let Some(bytes) = disk::read(path)? else { return Ok(None) };
    let damaged = || AccountError::Damaged {
        path: path.to_owned(),
        what: "its first line is not that of a pending file".to_owned(),
        remedy: "move it away to go on from the last checkpoint, or restore it from a backup",
    };
    let end = bytes.iter().position(|&b| b == b'\n').ok_or_else(damaged)?;
    let line = str::from_utf8(&bytes[..end]).map_err(|_| damaged())?;
    let line = line.strip_prefix(FORM).ok_or_else(damaged)?;
    let mut numbers = line.split(' ').map(str::parse::<u64>);
    let mut number = || numbers.next().and_then(Result::ok).ok_or_else(damaged);
    let version = i64::try_from(number()?).unwrap_or(i64::MAX);
    if version > VERSION {
        return Err(AccountError::Newer { path: path.to_owned(), found: version, known: VERSION });
    }
    let (base, history) = (number()?, number()?);
    let (mut entries, mut rest) = (Vec::new(), &bytes[end + 1..]);
    while let Some((entry, after)) = next(rest, base + entries.len() as u64) {
        entries.push(entry.to_vec());
        rest = after;
    }
    Ok(Some(Held { base, history, entries, torn: rest.len() as u64 }))
}

/// The record at the front of `bytes`, if it is whole and has this number.
fn next(bytes: &[u8], index: u64) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<4>()?;
    let (entry, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
    let (sum, rest) = rest.split_first_chunk::<32>()?;
    (checksum(index, entry) == *sum).then_some((entry, rest))
}

fn checksum(index: u64, entry: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(index.to_be_bytes()).chain_update(entry).finalize().into()
}

fn record(out: &mut Vec<u8>, index: u64, entry: &[u8]) {
    out.extend_from_slice(&u32::try_from(entry.len()).unwrap_or(0).to_be_bytes());
    out.extend_from_slice(entry);
    out.extend_from_slice(&checksum(index, entry));
}

impl Pending {
    /// Replaces the file by one with these entries, durably.
    pub(crate) fn create(
        disk: &Disk,
        path: &Path,
        base: u64,
        history: u64,
        entries: &[Vec<u8>],
    ) -> Result<Self, AccountError> {
        let mut bytes = format!("{FORM}{VERSION} {base} {history}\n").into_bytes();
        for (index, entry) in (base..).zip(entries) {
            record(&mut bytes, index, entry);
        }
        disk.put_durably(path, &bytes)?;
        let file = OpenOptions::new().write(true).open(path);
        let file = file.map_err(AccountError::file("open", path))?;
        Ok(Self { path: path.to_owned(), file, len: bytes.len() as u64, stained: false })
    }

    /// Must the file be replaced before it takes more?
    pub(crate) fn is_stained(&self) -> bool {
        self.stained
    }

    /// Adds entries from number `index` on. They are durable when this returns without error.
    pub(crate) fn append(
        &mut self,
        disk: &Disk,
        index: u64,
        entries: &[Vec<u8>],
    ) -> Result<(), AccountError> {
        let mut bytes = Vec::new();
        for (index, entry) in (index..).zip(entries) {
            record(&mut bytes, index, entry);
        }
        let written = self
            .file
            .seek(SeekFrom::Start(self.len))
            .and_then(|_| disk.append(&mut self.file, &bytes))
            .and_then(|()| self.file.sync_data());
        if let Err(cause) = written {
            self.stained = true;
            // Whether this works or not, the file is replaced before the next entry.
            let _ = self.file.set_len(self.len);
            return Err(AccountError::file("write", &self.path)(cause));
        }
        self.len += bytes.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pending_file_cut_at_any_byte_has_the_entries_before_the_cut() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path().join("scratch")).unwrap();
        let path = folder.path().join("pending");
        let entries = [b"one".to_vec(), b"two".to_vec(), Vec::new()];
        let mut pending = Pending::create(&disk, &path, 512, 99, &entries[..1]).unwrap();
        pending.append(&disk, 513, &entries[1..]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let held = read(&path).unwrap().unwrap();
        assert_eq!((held.base, held.history, held.torn), (512, 99, 0));
        assert_eq!(held.entries, entries);
        let head = bytes.iter().position(|&b| b == b'\n').unwrap() + 1;
        for cut in head..bytes.len() {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let held = read(&path).unwrap().unwrap();
            let whole = [head + 39, head + 78].iter().filter(|&&end| end <= cut).count();
            assert_eq!(held.entries, entries[..whole], "cut at {cut}");
        }
        std::fs::write(&path, &bytes[..head - 1]).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("move it away"));
        std::fs::write(&path, "sekisho pending 2 0 0\n").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("later version"));
    }
}

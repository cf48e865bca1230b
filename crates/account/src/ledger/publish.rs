//! Bringing the ledger folder up to date with what is durable, and making the folder durable.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::path::Path;

use tlog_tiles::record_hash;

use super::tiles::{self, FULL};
use super::{CHECKPOINT, HISTORY, Head, Ledger, PUBLIC_KEY};
use crate::AccountError;
use crate::disk;

impl Ledger {
    /// Writes bundles, tiles, history and checkpoint for all entries. Done again after a failure, it
    /// writes the same bytes: durable entries never change, so no size is ever signed for two roots.
    pub(super) fn publish(&mut self) -> Result<(), AccountError> {
        let (from, size) = (self.tree.size(), self.size());
        if from == size && self.head.size == Some(size) {
            return Ok(());
        }
        let mut tree = self.tree.clone();
        let mut outgrown = Vec::new();
        for index in from..size {
            let entry = &self.entries[usize::try_from(index - self.base).unwrap_or(usize::MAX)];
            for tile in tree.push(record_hash(entry)) {
                let path = tile.path();
                self.put(&path, &tile.hashes)?;
                outgrown.push(tiles::partials(Some(tile.level), tile.number));
                if tile.level == 0 {
                    outgrown.push(tiles::partials(None, tile.number));
                }
            }
        }
        for number in from / FULL..size.div_ceil(FULL) {
            let first = number * FULL;
            let width = (size - first).min(FULL);
            let bundle = tiles::bundle(self.held(first, width));
            self.put(&tiles::path(None, number, width), &bundle)?;
        }
        for tile in tree.partial_tiles() {
            if (size >> (8 * tile.level)) != (from >> (8 * tile.level)) {
                self.put(&tile.path(), &tile.hashes)?;
            }
        }
        if self.head.size != Some(size) {
            self.sign(size, tree.root())?;
        }
        self.put(CHECKPOINT, &self.head.note.clone())?;
        self.tree = tree;
        // Partial tiles may go once the full tile is there (C2SP tlog-tiles, "Partial Tiles").
        for folder in outgrown {
            let folder = self.folder.join(folder);
            self.loose.retain(|path| !path.starts_with(&folder));
            let _ = fs::remove_dir_all(&folder);
        }
        Ok(())
    }

    /// Makes the folder durable and begins the pending file anew, once a bundle is full.
    pub(super) fn settle(&mut self) -> Result<(), AccountError> {
        let base = self.tree.size() / FULL * FULL;
        if base == self.base || self.tree.size() != self.size() {
            return Ok(());
        }
        self.make_folder_durable()?;
        let keep = usize::try_from(base - self.base).unwrap_or(usize::MAX);
        self.entries.drain(..keep);
        self.base = base;
        self.renew_pending()
    }

    pub(super) fn make_folder_durable(&mut self) -> Result<(), AccountError> {
        for path in &self.loose {
            disk::sync(path)?;
        }
        let mut folders: Vec<&Path> =
            self.loose.iter().flat_map(|path| path.ancestors().skip(1)).collect();
        folders.retain(|path| path.starts_with(&self.folder));
        folders.sort_unstable();
        folders.dedup();
        for folder in folders {
            disk::sync(folder)?;
        }
        self.loose.clear();
        self.settled = self.head.begins;
        Ok(())
    }

    /// Entries that are held in memory.
    pub(super) fn held(&self, first: u64, count: u64) -> impl Iterator<Item = &Vec<u8>> {
        let skip = usize::try_from(first - self.base).unwrap_or(usize::MAX);
        self.entries.iter().skip(skip).take(usize::try_from(count).unwrap_or(usize::MAX))
    }

    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), AccountError> {
        let path = self.folder.join(path);
        self.disk.put(&path, bytes)?;
        self.loose.insert(path);
        Ok(())
    }

    /// Signs a checkpoint and adds it to the history.
    fn sign(&mut self, size: u64, root: tlog_tiles::Hash) -> Result<(), AccountError> {
        let path = self.folder.join(HISTORY);
        let note = self.key.sign(size, root).map_err(|what| AccountError::WrongKey {
            path: self.folder.join(PUBLIC_KEY),
            what: format!("the checkpoint could not be signed ({what})"),
        })?;
        let begins = self.head.ends;
        let written =
            OpenOptions::new().write(true).create(true).truncate(false).open(&path).and_then(
                |mut file| {
                    // Half a checkpoint of a failed write may be there.
                    file.set_len(begins)?;
                    file.seek(SeekFrom::Start(begins))?;
                    self.disk.append(&mut file, &note)
                },
            );
        written.map_err(AccountError::file("write", &path))?;
        let ends = begins + note.len() as u64;
        self.head = Head { note, size: Some(size), begins, ends };
        self.loose.insert(path);
        Ok(())
    }
}

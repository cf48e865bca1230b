//! Opening a ledger: what was acknowledged is all there, what was left undone is done.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use tlog_tiles::{HASH_SIZE, Hash, record_hash};

use super::key::LedgerKey;
use super::pending::{self, Held, Pending};
use super::tiles::{self, FULL, Tree};
use super::{
    CHECKPOINT, FOLDER, HISTORY, Head, KEY, Ledger, PENDING, PUBLIC_KEY, Repair, SCRATCH, time_of,
};
use crate::AccountError;
use crate::disk::{self, Disk};

pub(super) fn open(data: &Path, origin: &str) -> Result<Ledger, AccountError> {
    let folder = data.join(FOLDER);
    let pending_path = data.join(PENDING);
    let disk = Disk::open(data.join(SCRATCH))?;
    let found = pending::read(&pending_path)?;
    let key = open_key(data, origin, &disk, found.as_ref())?;
    fs::create_dir_all(&folder).map_err(AccountError::file("create", &folder))?;
    check_public_key(&folder, &key, &disk)?;

    let mut repairs = Vec::new();
    let held = match found {
        Some(held) => held,
        None if folder.join(HISTORY).exists() => {
            repairs.push(Repair { what: "pending-missing", bytes: 0 });
            from_folder(&folder, &key)?
        }
        None => Held::default(),
    };
    let past = History::read(&folder, &key, held.history)?;
    if held.torn > 0 {
        repairs.push(Repair { what: "pending-cut", bytes: held.torn });
    }
    if past.torn > 0 {
        repairs.push(Repair { what: "history-cut", bytes: past.torn });
        past.cut(&folder)?;
    }
    let tree = restore(&folder, held.base)?;
    check_marks(&folder, &tree, &held, &past, &key)?;

    let pending = Pending::create(&disk, &pending_path, held.base, held.history, &held.entries)?;
    let mut ledger = Ledger {
        folder,
        disk,
        key,
        pending_path,
        pending,
        base: held.base,
        entries: held.entries,
        tree,
        head: past.head,
        loose: BTreeSet::new(),
        settled: held.history,
        last: None,
        lag: None,
        repairs,
    };
    ledger.last = last_time(&ledger)?;
    ledger.mend_partials()?;
    ledger.publish()?;
    if disk::read(&ledger.folder.join(CHECKPOINT))?.as_ref() != Some(&ledger.head.note) {
        ledger.put(CHECKPOINT, &ledger.head.note.clone())?;
    }
    ledger.make_folder_durable()?;
    disk::sync(data)?;
    ledger.settle()?;
    ledger.renew_pending()?;
    Ok(ledger)
}

/// Opens the key; makes one only for a ledger that has not begun. The pending file is written before
/// the key, so that a key without any ledger always means that a ledger was lost.
fn open_key(
    data: &Path,
    origin: &str,
    disk: &Disk,
    found: Option<&Held>,
) -> Result<LedgerKey, AccountError> {
    let (path, has_history) = (data.join(KEY), data.join(FOLDER).join(HISTORY).exists());
    if path.exists() {
        if found.is_none() && !has_history {
            return Err(AccountError::Damaged {
                path: data.join(FOLDER),
                what: format!("there is no ledger, but its key {KEY} is there"),
                remedy: "restore the ledger from a backup, or move its key away to begin another",
            });
        }
        return LedgerKey::open(&path, origin, false);
    }
    let has_begun = has_history || found.is_some_and(|held| *held != Held::default());
    if !has_begun {
        Pending::create(disk, &data.join(PENDING), 0, 0, &[])?;
    }
    LedgerKey::open(&path, origin, !has_begun)
}

impl Ledger {
    /// Partial tiles a power cut may have torn are made again; those of entries that are not there
    /// go.
    fn mend_partials(&mut self) -> Result<(), AccountError> {
        let mut tree = self.tree.clone();
        for entry in &self.entries {
            tree.push(record_hash(entry));
        }
        let number = self.size() / FULL;
        let bundled: Vec<Vec<u8>> = self.held(number * FULL, FULL).cloned().collect();
        self.mend(None, number, bundled.len() as u64, |w| tiles::bundle(bundled.iter().take(w)))?;
        for level in 0_u8..8 {
            let number = (self.size() >> (8 * level)) / FULL;
            let open = tree.partial_tiles().find(|tile| tile.level == level);
            let hashes = open.map(|tile| tile.hashes).unwrap_or_default();
            let width = (hashes.len() / HASH_SIZE) as u64;
            self.mend(Some(level), number, width, |w| hashes[..w * HASH_SIZE].to_vec())?;
        }
        Ok(())
    }

    fn mend(
        &mut self,
        level: Option<u8>,
        number: u64,
        width: u64,
        expected: impl Fn(usize) -> Vec<u8>,
    ) -> Result<(), AccountError> {
        let folder = self.folder.join(tiles::partials(level, number));
        let found = match fs::read_dir(&folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            found => found.map_err(AccountError::file("read", &folder))?,
        };
        for file in found {
            let path = file.map_err(AccountError::file("read", &folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(w) = name.and_then(|name| name.parse::<u64>().ok()) else { continue };
            if w > width {
                fs::remove_file(&path).map_err(AccountError::file("remove", &path))?;
                continue;
            }
            let right = expected(usize::try_from(w).unwrap_or(0));
            if disk::read(&path)?.as_ref() != Some(&right) {
                self.put(&tiles::path(level, number, w), &right)?;
            }
        }
        Ok(())
    }
}

/// The checkpoints from the last durable one on.
struct History {
    marks: Vec<(u64, Hash)>,
    head: Head,
    torn: u64,
}

impl History {
    fn read(folder: &Path, key: &LedgerKey, from: u64) -> Result<Self, AccountError> {
        let path = folder.join(HISTORY);
        let bytes = match disk::read_from(&path, from)? {
            Some(bytes) => bytes,
            None if from == 0 => Vec::new(),
            None => {
                return Err(AccountError::damaged(&path, "checkpoints are missing at its end"));
            }
        };
        let mut rest = bytes.as_slice();
        let mut history =
            Self { marks: Vec::new(), head: Head { ends: from, ..Head::default() }, torn: 0 };
        while let Some(len) = five_lines(rest) {
            let Some((size, root)) = key.read(&rest[..len]) else { break };
            let begins = history.head.ends;
            let note = rest[..len].to_vec();
            history.head = Head { note, size: Some(size), begins, ends: begins + len as u64 };
            history.marks.push((size, root));
            rest = &rest[len..];
        }
        history.torn = rest.len() as u64;
        Ok(history)
    }

    /// Cuts off half a checkpoint, which a crash left there; the next one is written in its place.
    fn cut(&self, folder: &Path) -> Result<(), AccountError> {
        let path = folder.join(HISTORY);
        OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_len(self.head.ends))
            .map_err(AccountError::file("write", &path))
    }
}

/// The length of the signed checkpoint at the front: five lines.
fn five_lines(bytes: &[u8]) -> Option<usize> {
    bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(4).map(|(i, _)| i + 1)
}

/// Everything that was signed must be there, as it was signed.
fn check_marks(
    folder: &Path,
    tree: &Tree,
    held: &Held,
    past: &History,
    key: &LedgerKey,
) -> Result<(), AccountError> {
    let history = folder.join(HISTORY);
    if past.marks.is_empty() && held.base > 0 {
        return Err(AccountError::damaged(&history, "the last durable checkpoint does not hold"));
    }
    let newest = folder.join(CHECKPOINT);
    let newest_mark = disk::read(&newest)?.and_then(|note| key.read(&note));
    let marks = past.marks.iter().map(|mark| (&history, mark));
    let mut marks: Vec<_> = marks.chain(newest_mark.iter().map(|mark| (&newest, mark))).collect();
    marks.sort_by_key(|(_, (size, _))| *size);
    let mut tree = tree.clone();
    let mut entries = held.entries.iter();
    for (path, &(size, root)) in marks {
        while tree.size() < size
            && let Some(entry) = entries.next()
        {
            tree.push(record_hash(entry));
        }
        if tree.size() < size {
            let what = format!("it is signed for {size} entries and {} are there", tree.size());
            return Err(AccountError::damaged(path, what));
        }
        if tree.size() > size || tree.root() != root {
            let what = format!("the first {size} entries are not those it was signed for");
            return Err(AccountError::damaged(path, what));
        }
    }
    Ok(())
}

/// The tree at the beginning of a bundle, from the partial tiles above it.
fn restore(folder: &Path, base: u64) -> Result<Tree, AccountError> {
    Tree::restore(base, |level, number, width| {
        let path = folder.join(tiles::path(Some(level), number, width));
        let hashes = disk::read(&path)?;
        let whole = hashes.filter(|hashes| hashes.len() as u64 == width * HASH_SIZE as u64);
        whole.ok_or_else(|| AccountError::damaged(&path, format!("it must have {width} hashes")))
    })
}

/// What the pending file would say, from the folder alone: for when it was lost.
fn from_folder(folder: &Path, key: &LedgerKey) -> Result<Held, AccountError> {
    let path = folder.join(CHECKPOINT);
    let note = disk::read(&path)?.unwrap_or_default();
    let Some((size, _)) = key.read(&note) else {
        return Err(AccountError::damaged(&path, "it is not a checkpoint signed with this key"));
    };
    let history = folder.join(HISTORY);
    let len = fs::metadata(&history).map_err(AccountError::file("read", &history))?.len();
    let begins = len.saturating_sub(note.len() as u64);
    if disk::read_from(&history, begins)?.as_ref() != Some(&note) {
        return Err(AccountError::damaged(&path, "it is not the last of the file checkpoints"));
    }
    let (base, width) = (size / FULL * FULL, size % FULL);
    let mut entries = Vec::new();
    if width > 0 {
        let path = folder.join(tiles::path(None, size / FULL, width));
        let bundle = disk::read(&path)?;
        entries = bundle
            .as_deref()
            .and_then(tiles::unbundle)
            .filter(|entries| entries.len() as u64 == width)
            .ok_or_else(|| AccountError::damaged(&path, "it is not an entry bundle"))?;
    }
    Ok(Held { base, history: begins, entries, torn: 0 })
}

fn last_time(ledger: &Ledger) -> Result<Option<terms::Time>, AccountError> {
    if let Some(entry) = ledger.entries.last() {
        return Ok(time_of(entry));
    }
    match (ledger.base / FULL).checked_sub(1) {
        Some(number) => Ok(ledger.bundle(number)?.last().and_then(|entry| time_of(entry))),
        None => Ok(None),
    }
}

fn check_public_key(folder: &Path, key: &LedgerKey, disk: &Disk) -> Result<(), AccountError> {
    let path = folder.join(PUBLIC_KEY);
    let right = format!("{}\n", key.public());
    match disk::read(&path)? {
        Some(found) if found == right.as_bytes() => Ok(()),
        Some(_) => Err(AccountError::WrongKey {
            path,
            what: format!(
                "this ledger was begun under another key than {KEY}: put back the {KEY} that \
                 belongs to it"
            ),
        }),
        None => disk.put_durably(&path, right.as_bytes()),
    }
}

//! The whole check: entries make the tree, the tree must make every tile and every checkpoint.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use tlog_tiles::{HASH_SIZE, record_hash};

use crate::bundle::{self, Entry};
use crate::entry::Order;
use crate::fault::{Fault, Place};
use crate::files::{TileName, walk};
use crate::note::{Key, Signed};
use crate::tree::{FullTile, TILE, Tree};

const CHECKPOINT: &str = "checkpoint";
const HISTORY: &str = "checkpoints";
const KEY: &str = "key.pub";
/// Longest checkpoint or key this verifier reads.
const LONGEST_NOTE: u64 = 4096;
/// Longest bundle there can be: 256 entries behind 16-bit lengths.
const LONGEST_BUNDLE: u64 = 256 * (2 + 65_535);
/// How often a ledger that grows while it is read is read again.
const ATTEMPTS: u32 = 3;

/// What a ledger that passed says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The ledger's name: the first line of its checkpoints.
    pub origin: String,
    /// Number of entries.
    pub entries: u64,
    /// Root hash of the tree, base64.
    pub root: String,
    /// Number of checkpoints in the history, each of which holds.
    pub checkpoints: u64,
    /// Time of the first entry, milliseconds since 1970.
    pub first: Option<i64>,
    /// Time of the last entry.
    pub last: Option<i64>,
}

/// Checks the ledger in `folder` under `key` (a verifier key), or under its own `key.pub`.
///
/// Reads bundle by bundle: memory does not grow with the ledger. A ledger that its writer extends
/// meanwhile is read again. `progress` is told the entries checked so far and the entries in all.
///
/// # Errors
/// The first [`Fault`] found: file, place, reason.
pub fn verify(
    folder: &Path,
    key: Option<&str>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Verified, Fault> {
    let mut attempt = 1;
    loop {
        let before = fs::read(folder.join(CHECKPOINT)).ok();
        let result = check(folder, key, progress);
        let moved = before != fs::read(folder.join(CHECKPOINT)).ok();
        if result.is_ok() || !moved || attempt == ATTEMPTS {
            return result;
        }
        attempt += 1;
    }
}

fn check(
    folder: &Path,
    key: Option<&str>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Verified, Fault> {
    let key = read_key(folder, key)?;
    let bytes = read(folder, CHECKPOINT, LONGEST_NOTE)?;
    let head = key.check(&bytes).map_err(|what| Fault::whole(CHECKPOINT, what))?;
    walk(folder, "", &mut |path| belongs(folder, path, head.size))?;

    let mut audit = Audit {
        folder,
        history: History::open(folder, &key)?,
        tree: Tree::default(),
        order: Order::default(),
    };
    audit.checkpoints()?;
    let bundles = head.size.div_ceil(TILE as u64);
    for number in 0..bundles {
        audit.bundle(number, head.size)?;
        progress(audit.tree.size(), head.size);
    }
    for (level, number, hashes) in audit.tree.partial_tiles() {
        audit.tile(level, number, hashes)?;
    }
    let root = audit.tree.root();
    if root != head.root {
        return Err(Fault::whole(
            CHECKPOINT,
            format!("it is signed for root {} and the entries make {root}", head.root),
        ));
    }
    let Audit { history, order, .. } = audit;
    let checkpoints = history.finish(&bytes)?;
    Ok(Verified {
        origin: key.origin().to_owned(),
        entries: head.size,
        root: root.to_string(),
        checkpoints,
        first: order.first,
        last: order.last,
    })
}

struct Audit<'a> {
    folder: &'a Path,
    history: History<'a>,
    tree: Tree,
    order: Order,
}

impl Audit<'_> {
    /// Checks one entry bundle, the tile above it, and the checkpoints signed within it.
    fn bundle(&mut self, number: u64, size: u64) -> Result<(), Fault> {
        let name = TileName { level: None, number, width: 256 };
        let Some(name) = name.widest(size) else { return Ok(()) };
        let path = name.path();
        let bytes = read(self.folder, &path, LONGEST_BUNDLE)?;
        let entries = bundle::split(&bytes, name.width.into())
            .map_err(|(byte, what)| Fault::at(&path, Place::Byte(byte), what))?;
        // The tile is read first so that a wrong entry is named, not only a wrong tile.
        let tile = TileName { level: Some(0), ..name }.path();
        let expected = read(self.folder, &tile, (TILE * HASH_SIZE) as u64)?;
        for (i, &Entry { byte, text }) in entries.iter().enumerate() {
            let index = self.order.next();
            let place = Place::Entry { index, byte };
            let leaf = record_hash(text);
            if expected.chunks(HASH_SIZE).nth(i) != Some(&leaf.0[..]) {
                let at = i * HASH_SIZE;
                let what = format!("one was changed: it or its hash, at byte {at} of {tile}");
                return Err(Fault::at(&path, place, what));
            }
            self.order.check(text).map_err(|what| Fault::at(&path, place, what))?;
            for FullTile { level, number, bytes } in self.tree.push(leaf) {
                self.tile(level, number, &bytes)?;
            }
            self.checkpoints()?;
        }
        Ok(())
    }

    /// Compares a tile with the hashes the entries make.
    fn tile(&self, level: u8, number: u64, hashes: &[u8]) -> Result<(), Fault> {
        let width = u16::try_from(hashes.len() / HASH_SIZE).unwrap_or(0);
        let path = TileName { level: Some(level), number, width }.path();
        let found = read(self.folder, &path, (TILE * HASH_SIZE) as u64)?;
        same(&path, &found, hashes, "what the entries make")
    }

    /// Checks the checkpoints of the history that were signed at the size the tree has now.
    fn checkpoints(&mut self) -> Result<(), Fault> {
        while let Some(next) = &self.history.next
            && next.signed.size == self.tree.size()
        {
            let root = self.tree.root();
            if next.signed.root != root {
                let what = format!(
                    "it is signed for root {} at size {} and the entries make {root}",
                    next.signed.root, next.signed.size
                );
                return Err(Fault::at(HISTORY, next.place, what));
            }
            self.history.advance()?;
        }
        Ok(())
    }
}

/// The append-only file of all signed checkpoints, read one at a time.
struct History<'a> {
    key: &'a Key,
    file: BufReader<File>,
    read: u64,
    number: u64,
    next: Option<Past>,
    last: Vec<u8>,
}

struct Past {
    place: Place,
    signed: Signed,
}

impl<'a> History<'a> {
    fn open(folder: &Path, key: &'a Key) -> Result<Self, Fault> {
        let file = File::open(folder.join(HISTORY)).map_err(|e| Fault::reading(HISTORY, e))?;
        let file = BufReader::new(file);
        let mut history = Self { key, file, read: 0, number: 0, next: None, last: Vec::new() };
        history.advance()?;
        Ok(history)
    }

    /// Reads the next checkpoint: five lines, the fourth empty.
    fn advance(&mut self) -> Result<(), Fault> {
        let place = Place::Checkpoint { number: self.number, byte: self.read };
        let mut note = Vec::new();
        for _ in 0..5 {
            let room = LONGEST_NOTE - note.len() as u64;
            let line = self.file.by_ref().take(room).read_until(b'\n', &mut note);
            line.map_err(|e| Fault::reading(HISTORY, e))?;
        }
        let before = self.next.take();
        if note.is_empty() {
            return Ok(());
        }
        let fault = |what: String| Fault::at(HISTORY, place, what);
        let signed = self.key.check(&note).map_err(fault)?;
        if before.is_some_and(|b| b.signed.size >= signed.size) {
            return Err(fault("it is not signed for more entries than the one before it".into()));
        }
        self.read += note.len() as u64;
        self.number += 1;
        self.next = Some(Past { place, signed });
        self.last = note;
        Ok(())
    }

    /// The history must end with the ledger's checkpoint. Gives the number of checkpoints.
    fn finish(self, checkpoint: &[u8]) -> Result<u64, Fault> {
        if let Some(Past { place, signed }) = self.next {
            let what = format!("it is signed for {} entries, more than there are", signed.size);
            return Err(Fault::at(HISTORY, place, what));
        }
        if self.last != checkpoint {
            return Err(Fault::whole(HISTORY, "its last checkpoint is not the file checkpoint"));
        }
        Ok(self.number)
    }
}

/// Does a file belong to a ledger of this size? A partial tile of an earlier size does, as long as
/// it is the beginning of the tile that took its place.
fn belongs(folder: &Path, path: &str, size: u64) -> Result<(), Fault> {
    if [CHECKPOINT, HISTORY, KEY].contains(&path) {
        return Ok(());
    }
    let Some(name) = TileName::parse(path) else {
        return Err(Fault::whole(path, "no such file belongs to a ledger"));
    };
    let Some(widest) = name.widest(size).filter(|widest| name.width <= widest.width) else {
        let what = format!("it belongs to a ledger of more than the {size} entries signed for");
        return Err(Fault::whole(path, what));
    };
    if name == widest {
        return Ok(());
    }
    let (found, whole) =
        (read(folder, path, LONGEST_BUNDLE)?, read(folder, &widest.path(), LONGEST_BUNDLE)?);
    let cut = if name.level.is_some() {
        usize::from(name.width) * HASH_SIZE
    } else {
        bundle::split(&found, name.width.into())
            .map_err(|(byte, what)| Fault::at(path, Place::Byte(byte), what))?;
        found.len()
    };
    let expected = whole.get(..cut).unwrap_or(&whole);
    same(path, &found, expected, &format!("the beginning of {}", widest.path()))
}

/// Compares a file with what it must be; names the first byte that differs.
fn same(path: &str, found: &[u8], expected: &[u8], what: &str) -> Result<(), Fault> {
    if found == expected {
        return Ok(());
    }
    let shared = found.iter().zip(expected).take_while(|(f, e)| f == e).count();
    Err(Fault::at(path, Place::Byte(shared as u64), format!("from here on it is not {what}")))
}

fn read_key(folder: &Path, given: Option<&str>) -> Result<Key, Fault> {
    let file = folder.join(KEY);
    if let Some(given) = given {
        let given = given.trim_end();
        // A key from elsewhere is the one that counts; the file, if there is one, must agree.
        if file.exists() && read(folder, KEY, LONGEST_NOTE)? != format!("{given}\n").as_bytes() {
            return Err(Fault::whole(KEY, "it is not the key that was given"));
        }
        return Key::parse(given).map_err(|what| Fault::whole("the key given", what));
    }
    let bytes = read(folder, KEY, LONGEST_NOTE)?;
    let text = str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n'));
    let text = text.ok_or_else(|| Fault::whole(KEY, "it is not one line of text"))?;
    Key::parse(text).map_err(|what| Fault::whole(KEY, what))
}

/// Reads a file of at most `most` bytes.
fn read(folder: &Path, path: &str, most: u64) -> Result<Vec<u8>, Fault> {
    let fault = |e| Fault::reading(path, e);
    let file = File::open(folder.join(path)).map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 > most {
        return Err(Fault::at(path, Place::Byte(most), "the file is too long"));
    }
    Ok(bytes)
}

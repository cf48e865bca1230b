//! The tree of the ledger as tiles and entry bundles: names, bytes and root (C2SP tlog-tiles).

use tlog_tiles::{EMPTY_HASH, HASH_SIZE, Hash, Tile, node_hash};

/// Hashes in a full tile, entries in a full bundle.
pub(crate) const FULL: u64 = 256;

/// The path of a tile, relative to the ledger folder; `level` is `None` for an entry bundle.
pub(crate) fn path(level: Option<u8>, number: u64, width: u64) -> String {
    let level = level.map_or_else(|| "entries".to_owned(), |level| level.to_string());
    let mut digits = format!("{:03}", number % 1000);
    let mut above = number / 1000;
    while above > 0 {
        digits = format!("x{:03}/{digits}", above % 1000);
        above /= 1000;
    }
    let partial = if width == FULL { String::new() } else { format!(".p/{width}") };
    format!("tile/{level}/{digits}{partial}")
}

/// The folder in which the partial forms of a tile are.
pub(crate) fn partials(level: Option<u8>, number: u64) -> String {
    format!("{}.p", path(level, number, FULL))
}

/// Entries as a bundle: each behind its length in two bytes.
pub(crate) fn bundle<'a>(entries: impl Iterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let len = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(&entry[..len.into()]);
    }
    bytes
}

/// The entries of a bundle; `None` when it is cut short.
pub(crate) fn unbundle(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (len, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*len).into())?;
        entries.push(entry.to_vec());
        bytes = rest;
    }
    Some(entries)
}

/// The right edge of the tree: at each level the hashes of the tile that is not full.
#[derive(Clone, Default)]
pub(crate) struct Tree {
    size: u64,
    open: Vec<Vec<u8>>,
}

/// A tile with its place.
pub(crate) struct Placed {
    pub(crate) level: u8,
    pub(crate) number: u64,
    pub(crate) hashes: Vec<u8>,
}

impl Placed {
    pub(crate) fn path(&self) -> String {
        path(Some(self.level), self.number, (self.hashes.len() / HASH_SIZE) as u64)
    }
}

impl Tree {
    /// The tree of `size` leaves, its partial tiles read by `tile` (level, number, width).
    pub(crate) fn restore<E>(
        size: u64,
        mut tile: impl FnMut(u8, u64, u64) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let mut open = Vec::new();
        for level in (0_u8..8).take_while(|&level| size >> (8 * level) > 0) {
            let width = (size >> (8 * level)) % FULL;
            let number = (size >> (8 * level)) / FULL;
            open.push(if width == 0 { Vec::new() } else { tile(level, number, width)? });
        }
        Ok(Self { size, open })
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; gives the tiles this made full.
    pub(crate) fn push(&mut self, leaf: Hash) -> Vec<Placed> {
        self.size += 1;
        let (mut full, mut up) = (Vec::new(), leaf);
        for level in 0_u8..8 {
            let i = usize::from(level);
            if self.open.len() == i {
                self.open.push(Vec::new());
            }
            self.open[i].extend_from_slice(&up.0);
            if (self.open[i].len() as u64) < FULL * HASH_SIZE as u64 {
                break;
            }
            let hashes = std::mem::take(&mut self.open[i]);
            up = Tile::subtree_hash(&hashes);
            full.push(Placed { level, number: (self.size >> (8 * level)) / FULL - 1, hashes });
        }
        full
    }

    /// The partial tiles of the tree.
    pub(crate) fn partial_tiles(&self) -> impl Iterator<Item = Placed> {
        (0_u8..).zip(&self.open).filter(|(_, hashes)| !hashes.is_empty()).map(|(level, hashes)| {
            let number = (self.size >> (8 * level)) / FULL;
            Placed { level, number, hashes: hashes.clone() }
        })
    }

    /// The root hash (RFC 6962 §2.1): perfect subtrees of each open tile, from the right.
    pub(crate) fn root(&self) -> Hash {
        let mut root = None;
        for hashes in &self.open {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                // The smallest perfect subtree is the rightmost.
                let count = 1 << (rest.len() / HASH_SIZE).trailing_zeros();
                let (left, subtree) = rest.split_at(rest.len() - count * HASH_SIZE);
                let hash = Tile::subtree_hash(subtree);
                root = Some(root.map_or(hash, |right| node_hash(hash, right)));
                rest = left;
            }
        }
        root.unwrap_or(EMPTY_HASH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use proptest::prelude::*;
    use sha2::Sha256;
    use tlog_tiles::record_hash;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_root_is_the_one_another_implementation_finds(
            sizes in proptest::collection::btree_set(0_usize..700, 1..6),
        ) {
            let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
            let mut ours = Tree::default();
            for i in 0..=*sizes.last().unwrap() {
                if sizes.contains(&i) {
                    let root = theirs.root();
                    prop_assert_eq!(root.as_bytes().as_slice(), &ours.root().0[..]);
                }
                let leaf = format!("entry {i}").into_bytes();
                ours.push(record_hash(&leaf));
                theirs.push(leaf);
            }
        }

        #[test]
        fn what_is_bundled_comes_back(entries in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..300), 0..9,
        )) {
            prop_assert_eq!(unbundle(&bundle(entries.iter())).unwrap(), entries);
        }
    }

    #[test]
    fn a_restored_tree_goes_on_like_the_one_it_was() {
        let mut tree = Tree::default();
        let mut full = std::collections::HashMap::new();
        for i in 0_u64..66_000 {
            for tile in tree.push(record_hash(&i.to_be_bytes())) {
                full.insert(tile.path(), tile.hashes);
            }
        }
        let parts: std::collections::HashMap<_, _> =
            tree.partial_tiles().map(|t| (t.path(), t.hashes)).collect();
        let mut again = Tree::restore(tree.size(), |level, number, width| {
            parts.get(&path(Some(level), number, width)).cloned().ok_or(())
        })
        .unwrap();
        assert_eq!(again.root(), tree.root());
        again.push(record_hash(b"x"));
        tree.push(record_hash(b"x"));
        assert_eq!(again.root(), tree.root());
        assert!(full.contains_key("tile/1/000") && full.contains_key("tile/0/256"));
        assert!(parts.contains_key("tile/2/000.p/1"));
    }
}

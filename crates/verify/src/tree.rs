//! The Merkle tree of RFC 6962 §2.1, grown leaf by leaf and never held whole.

use tlog_tiles::{EMPTY_HASH, HASH_SIZE, Hash, Tile, node_hash};

/// Hashes in a full tile (C2SP tlog-tiles: height 8).
pub(crate) const TILE: usize = 256;

/// A growing tree: the perfect subtrees of its right edge, and the tiles not yet full.
#[derive(Default)]
pub(crate) struct Tree {
    size: u64,
    /// Perfect subtrees from left to right, each smaller than the one before.
    edge: Vec<(u8, Hash)>,
    /// By level: the hashes of the tile that is not full.
    open: Vec<Vec<u8>>,
}

/// A tile that has just become full.
pub(crate) struct FullTile {
    pub(crate) level: u8,
    pub(crate) number: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Tree {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; gives the tiles this made full, lowest level first.
    pub(crate) fn push(&mut self, leaf: Hash) -> Vec<FullTile> {
        self.size += 1;
        let (mut level, mut hash) = (0, leaf);
        while let Some(&(l, left)) = self.edge.last()
            && l == level
        {
            self.edge.pop();
            hash = node_hash(left, hash);
            level += 1;
        }
        self.edge.push((level, hash));
        self.grow_tiles(leaf)
    }

    fn grow_tiles(&mut self, leaf: Hash) -> Vec<FullTile> {
        let mut full = Vec::new();
        let mut up = leaf;
        for level in 0_u8..8 {
            let i = usize::from(level);
            if self.open.len() <= i {
                self.open.push(Vec::new());
            }
            self.open[i].extend_from_slice(&up.0);
            if self.open[i].len() < TILE * HASH_SIZE {
                break;
            }
            let bytes = std::mem::take(&mut self.open[i]);
            up = Tile::subtree_hash(&bytes);
            let number = (self.size >> (8 * (level + 1))) - 1;
            full.push(FullTile { level, number, bytes });
        }
        full
    }

    /// The root hash of the tree as it is.
    pub(crate) fn root(&self) -> Hash {
        let mut right_to_left = self.edge.iter().rev().map(|&(_, hash)| hash);
        let Some(last) = right_to_left.next() else { return EMPTY_HASH };
        right_to_left.fold(last, |right, left| node_hash(left, right))
    }

    /// The tiles that are not full, without the empty ones: level, number, hashes.
    pub(crate) fn partial_tiles(&self) -> impl Iterator<Item = (u8, u64, &[u8])> {
        (0_u8..).zip(&self.open).filter(|(_, bytes)| !bytes.is_empty()).map(|(level, bytes)| {
            let shift = 8 * (u32::from(level) + 1);
            (level, self.size.checked_shr(shift).unwrap_or(0), bytes.as_slice())
        })
    }
}

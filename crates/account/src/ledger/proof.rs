//! Proofs: that an entry is in the ledger, and that a later ledger continues an earlier one.

use tlog_tiles::{
    HASH_SIZE, Hash, HashReader, Tile, check_record, check_tree, prove_record, prove_tree,
    record_hash, tree_hash,
};

use super::tiles::{self, FULL};
use super::{CHECKPOINT, Ledger};
use crate::AccountError;
use crate::disk;

impl Ledger {
    /// The proof that entry `index` is in the ledger, with the newest checkpoint, as C2SP tlog-proof
    /// text. `None` when there is no such entry.
    ///
    /// # Errors
    /// When tiles are missing or damaged: a proof that would not hold is not given out.
    pub fn prove_inclusion(&self, index: u64) -> Result<Option<String>, AccountError> {
        let size = self.tree.size();
        let Some(entry) = self.entry(index)?.filter(|_| index < size) else { return Ok(None) };
        let (root, leaf) = (self.tree.root(), record_hash(entry.as_bytes()));
        let proof = self.with_tiles(|tiles| {
            let proof = prove_record(size, index, tiles)?;
            check_record(&proof, size, root, index, leaf)?;
            Ok(proof)
        })?;
        let hashes: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
        let checkpoint = self.checkpoint();
        Ok(Some(format!("c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{checkpoint}")))
    }

    /// The hashes that show that the ledger, as newest signed, begins with the `earlier` entries it
    /// had before (RFC 6962 §2.1.2). `None` when it never had that many, or none.
    ///
    /// # Errors
    /// As [`Ledger::prove_inclusion`].
    pub fn prove_consistency(&self, earlier: u64) -> Result<Option<Vec<[u8; 32]>>, AccountError> {
        let size = self.tree.size();
        if earlier == 0 || earlier > size {
            return Ok(None);
        }
        let root = self.tree.root();
        let proof = self.with_tiles(|tiles| {
            let proof = prove_tree(size, earlier, tiles)?;
            check_tree(&proof, size, root, earlier, tree_hash(earlier, tiles)?)?;
            Ok(proof)
        })?;
        Ok(Some(proof.iter().map(|hash| hash.0).collect()))
    }

    fn with_tiles<T>(
        &self,
        prove: impl FnOnce(&OnDisk<'_>) -> Result<T, tlog_tiles::Error>,
    ) -> Result<T, AccountError> {
        prove(&OnDisk { ledger: self }).map_err(|e| {
            AccountError::damaged(
                &self.folder.join(CHECKPOINT),
                format!("its tiles give no proof that holds ({e})"),
            )
        })
    }
}

/// The hashes of the tree, from the tiles in the folder.
struct OnDisk<'a> {
    ledger: &'a Ledger,
}

impl HashReader for OnDisk<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        indexes.iter().map(|&index| self.hash(index)).collect()
    }
}

impl OnDisk<'_> {
    fn hash(&self, index: u64) -> Result<Hash, tlog_tiles::Error> {
        let tile = Tile::from_index(8, index);
        let hashes = self.ledger.tree.size() >> (8 * tile.level());
        let width = hashes.saturating_sub(tile.level_index() * FULL).min(FULL);
        if width < u64::from(tile.width()) {
            return Err(tlog_tiles::Error::IndexesNotInTree);
        }
        let path = tiles::path(Some(tile.level()), tile.level_index(), width);
        let bytes = disk::read(&self.ledger.folder.join(path)).ok().flatten().unwrap_or_default();
        if bytes.len() as u64 != width * HASH_SIZE as u64 {
            return Err(tlog_tiles::Error::InvalidTile);
        }
        tile.hash_at_index(&bytes, index)
    }
}

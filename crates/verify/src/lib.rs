//! Reads a ledger directory and checks every byte of it; an auditor builds this crate alone.
//!
//! The format is C2SP tlog-tiles: `checkpoint` (a signed note, C2SP tlog-checkpoint), Merkle tree
//! tiles and entry bundles under `tile/`, hashed by RFC 6962 §2.1. Beside those, `checkpoints` has
//! every checkpoint that was ever signed, one after another, and `key.pub` the verifier key in the
//! form of C2SP signed-note.
//!
//! **Trust sentence.** A ledger that passes shows that nothing in it was changed since the checkpoint
//! *you* hold was signed. Whoever has the signing key can make another ledger that passes as well: only
//! a checkpoint kept by somebody else, a witness, proves anything against the operator.

mod audit;
mod bundle;
mod entry;
mod fault;
mod files;
mod note;
mod tree;

pub use audit::{Verified, verify};
pub use fault::{Fault, Place};

//! Signed checkpoints and the verifier key, read strictly: one way to write each, or it fails.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use signed_note::{Note, StandardVerifier, VerifierList, key_id};
use tlog_tiles::{Checkpoint, Hash};

/// The key a ledger is checked under.
pub(crate) struct Key {
    origin: String,
    verifiers: VerifierList,
}

/// A checkpoint whose signature was checked.
pub(crate) struct Signed {
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

impl Key {
    /// Reads a verifier key, `<origin>+<key id>+<key>`, without a line end.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bad = || "it is not a verifier key (<origin>+<key id>+<key>)".to_owned();
        let (origin, rest) = text.split_once('+').ok_or_else(bad)?;
        let (id, key) = rest.split_once('+').ok_or_else(bad)?;
        let bytes = BASE64_STANDARD.decode(key).map_err(|_| bad())?;
        // One key must have one spelling: a changed letter case is a changed file.
        if format!("{:08x}", key_id(origin, &bytes)) != id || BASE64_STANDARD.encode(&bytes) != key
        {
            return Err("the key id does not belong to the origin and key written there".to_owned());
        }
        let verifier = StandardVerifier::new(text).map_err(|e| format!("{e}"))?;
        let verifiers = VerifierList::new(vec![Box::new(verifier)]);
        Ok(Self { origin: origin.to_owned(), verifiers })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Checks a signed checkpoint: exactly one signature, ours; text and origin as they must be.
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<Signed, String> {
        let note = Note::from_bytes(bytes).map_err(|_| "it is not a signed note".to_owned())?;
        if note.to_bytes() != bytes {
            return Err("it is not written as signed notes are".to_owned());
        }
        let (signed, unknown) = note.verify(&self.verifiers).map_err(|e| {
            format!("the signature does not hold under the key of {} ({e})", self.origin)
        })?;
        if signed.len() != 1 || !unknown.is_empty() {
            return Err("there is a signature that is not the ledger's".to_owned());
        }
        let head = Checkpoint::from_bytes(note.text())
            .map_err(|_| "the signed text is not a checkpoint".to_owned())?;
        if head.to_bytes() != note.text() || !head.extension().is_empty() {
            return Err("the signed text is not written as checkpoints are".to_owned());
        }
        if head.origin() != self.origin {
            return Err(format!(
                "the checkpoint is of {} and the key of {}",
                head.origin(),
                self.origin
            ));
        }
        Ok(Signed { size: head.size(), root: *head.hash() })
    }
}

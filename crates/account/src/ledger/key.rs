//! The key that signs checkpoints.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::SigningKey;
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList, key_id};
use tlog_tiles::{Checkpoint, Hash};

use crate::AccountError;
use crate::disk;

/// The algorithm byte of Ed25519 in a signed-note key.
const ED25519: u8 = 1;

/// Signs checkpoints of one ledger.
///
/// **Trust sentence.** Whoever reads `ledger.key` can sign another ledger under the same name; only
/// checkpoints that somebody else keeps show that. The file is readable by its owner alone, is never
/// in the ledger folder, and cannot be replaced: with another key it is another ledger.
pub(crate) struct LedgerKey {
    signer: StandardSigner,
    verifier: StandardVerifier,
    origin: String,
    public: String,
}

impl LedgerKey {
    /// Reads the key file, or makes one when there is none and `may_create`.
    pub(crate) fn open(path: &Path, origin: &str, may_create: bool) -> Result<Self, AccountError> {
        let wrong = |what: String| AccountError::WrongKey { path: path.to_owned(), what };
        if !signed_note::is_key_name_valid(origin) || origin.chars().any(char::is_control) {
            return Err(wrong(format!(
                "{origin:?} cannot be a ledger's name: it must have no space and no plus sign, \
                 as in sekisho.example/ledger"
            )));
        }
        let text = match disk::read(path)? {
            Some(bytes) => {
                check_mode(path)?;
                String::from_utf8(bytes).map_err(|_| wrong("it is not a key file".to_owned()))?
            }
            None if may_create => {
                let text = generate(origin).map_err(wrong)?;
                disk::create_private(path, text.as_bytes())?;
                text
            }
            None => {
                return Err(wrong(
                    "the signing key of the ledger is missing: put it back from a backup; \
                     a new key would be a new ledger"
                        .to_owned(),
                ));
            }
        };
        Self::parse(text.trim_end(), origin).map_err(wrong)
    }

    fn parse(text: &str, origin: &str) -> Result<Self, String> {
        let bad = || "it is not a key file: put it back from a backup".to_owned();
        let signer = StandardSigner::new(text).map_err(|_| bad())?;
        let mut parts = text.splitn(5, '+').skip(2);
        let (name, id, key) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some(id), Some(key)) = (name, id, key) else { return Err(bad()) };
        if name != origin {
            return Err(format!(
                "it is the key of the ledger {name} and the settings name the ledger {origin}: \
                 a ledger keeps its name"
            ));
        }
        let seed = BASE64_STANDARD.decode(key).ok().and_then(|k| k.get(1..)?.try_into().ok());
        let public = encoded_public(&SigningKey::from_bytes(&seed.ok_or_else(bad)?));
        let public = format!("{name}+{id}+{}", BASE64_STANDARD.encode(public));
        let verifier = StandardVerifier::new(&public).map_err(|_| bad())?;
        Ok(Self { signer, verifier, origin: name.to_owned(), public })
    }

    /// The verifier key, as in C2SP signed-note.
    pub(crate) fn public(&self) -> &str {
        &self.public
    }

    /// A signed checkpoint.
    pub(crate) fn sign(&self, size: u64, root: Hash) -> Result<Vec<u8>, String> {
        let head = Checkpoint::new(&self.origin, size, root, "").map_err(|e| e.to_string())?;
        let mut note = Note::new(&head.to_bytes(), &[]).map_err(|e| e.to_string())?;
        note.add_sigs(&[&self.signer]).map_err(|e| e.to_string())?;
        Ok(note.to_bytes())
    }

    /// Size and root of a checkpoint this key signed.
    pub(crate) fn read(&self, note: &[u8]) -> Option<(u64, Hash)> {
        let parsed = Note::from_bytes(note).ok()?;
        let known = VerifierList::new(vec![Box::new(self.verifier.clone())]);
        parsed.verify(&known).ok()?;
        let head = Checkpoint::from_bytes(parsed.text()).ok()?;
        let ours = parsed.to_bytes() == note && head.origin() == self.origin;
        ours.then(|| (head.size(), *head.hash()))
    }
}

/// A key file that others can read is no secret.
pub(crate) fn check_mode(path: &Path) -> Result<(), AccountError> {
    let found = std::fs::metadata(path).map_err(AccountError::file("read", path))?;
    if found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(AccountError::WrongKey {
        path: path.to_owned(),
        what: format!(
            "others may read this key (mode {:o}): allow only its owner (mode 600), \
             and think about who has read it",
            found.mode() & 0o777
        ),
    })
}

fn generate(origin: &str) -> Result<String, String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| format!("the system gave no random bytes ({e})"))?;
    let public = encoded_public(&SigningKey::from_bytes(&seed));
    let secret = [&[ED25519][..], &seed].concat();
    let id = key_id(origin, &public);
    Ok(format!("PRIVATE+KEY+{origin}+{id:08x}+{}\n", BASE64_STANDARD.encode(secret)))
}

fn encoded_public(key: &SigningKey) -> Vec<u8> {
    [&[ED25519][..], key.verifying_key().as_bytes()].concat()
}

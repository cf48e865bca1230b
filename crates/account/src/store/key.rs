//! The key under which the store is encrypted.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ground::RestKey;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::ledger::check_mode;
use crate::{AccountError, disk};

const FORM: &str = "sekisho-storage-key-1 ";

/// 32 random bytes from which each use derives its own key.
///
/// **Trust sentence.** `storage.key` opens everything in the store: keep its backup apart from the
/// backup of the store. Without it the store is lost.
pub(crate) struct StorageKey([u8; 32]);

impl StorageKey {
    /// Reads the key file, or makes one when there is none and `may_create`.
    pub(crate) fn open(path: &Path, may_create: bool) -> Result<Self, AccountError> {
        let wrong =
            |what: &str| AccountError::WrongKey { path: path.to_owned(), what: what.into() };
        match disk::read(path)? {
            Some(bytes) => {
                check_mode(path)?;
                let key = str::from_utf8(&bytes)
                    .ok()
                    .and_then(|text| text.strip_prefix(FORM)?.strip_suffix('\n'))
                    .and_then(|key| BASE64_STANDARD.decode(key).ok())
                    .and_then(|key| key.try_into().ok());
                key.map(Self)
                    .ok_or_else(|| wrong("it is not a storage key: restore it from a backup"))
            }
            None if may_create => {
                let key = random()?;
                let text = format!("{FORM}{}\n", BASE64_STANDARD.encode(key));
                disk::create_private(path, text.as_bytes())?;
                Ok(Self(key))
            }
            None => Err(wrong("the key of the store is missing: put it back from a backup")),
        }
    }

    /// The key for events.
    pub(crate) fn events(&self) -> chacha20poly1305::Key {
        self.derive(b"sekisho events 1").into()
    }

    /// The key for sealed data at rest.
    pub(crate) fn rest(&self) -> RestKey {
        RestKey::of(self.derive(b"sekisho sealed data 1"))
    }

    fn derive(&self, use_for: &[u8]) -> [u8; 32] {
        keyed(&self.0, use_for)
    }
}

/// HMAC-SHA256 (RFC 2104) of a message under a key.
pub(crate) fn keyed(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // A key shorter than a block of the hash is filled up with zeros.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.chain_update(message).finalize().into_bytes().into()
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], AccountError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| {
        AccountError::file("read", Path::new("the system's random numbers"))(e.into())
    })?;
    Ok(bytes)
}

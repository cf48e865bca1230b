//! Salts of commitments: as long as a salt is there, a commitment can be compared with a secret.

use rusqlite::{OptionalExtension, params};

use super::key::{keyed, random};
use super::{Store, fault};
use crate::AccountError;

impl Store {
    /// Makes and keeps a salt for each secret of the entry that will have this number, and gives the
    /// commitments: HMAC-SHA256 under the salt, in hexadecimal.
    pub(crate) fn commit<'a>(
        &mut self,
        entry: u64,
        secrets: impl IntoIterator<Item = (&'static str, &'a [u8])>,
    ) -> Result<crate::ledger::Commitments, AccountError> {
        let mut salted = Vec::new();
        for (kind, secret) in secrets {
            salted.push((kind, random::<32>()?, secret));
        }
        self.write("write salts to", |tx| {
            for (kind, salt, _) in &salted {
                // There may be a salt for this number from an entry that was never written.
                tx.prepare_cached(
                    "INSERT OR REPLACE INTO salts (entry, kind, salt) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![number(entry), kind, salt])?;
            }
            Ok(())
        })?;
        Ok(salted.iter().map(|(kind, salt, secret)| (*kind, hex(&keyed(salt, secret)))).collect())
    }

    /// The commitment of this kind that entry `entry` must have if it is about `secret`; `None` when
    /// its salt was erased.
    pub(crate) fn recommit(
        &self,
        entry: u64,
        kind: &str,
        secret: &[u8],
    ) -> Result<Option<String>, AccountError> {
        let salt: Option<[u8; 32]> = self
            .db
            .prepare_cached("SELECT salt FROM salts WHERE entry = ?1 AND kind = ?2")
            .and_then(|mut query| {
                query.query_row(params![number(entry), kind], |row| row.get(0)).optional()
            })
            .map_err(fault("read salts in", &self.path))?;
        Ok(salt.map(|salt| hex(&keyed(&salt, secret))))
    }

    /// Destroys the salts of an entry; gives how many there were.
    pub(crate) fn erase_salts(&mut self, entry: u64) -> Result<u64, AccountError> {
        let count = self.write("erase salts from", |tx| {
            tx.execute("DELETE FROM salts WHERE entry = ?1", [number(entry)])
        })?;
        self.forget_log()?;
        Ok(count as u64)
    }

    /// Destroys salts of entries that were never written: those from number `size` on.
    pub(crate) fn drop_orphans(&mut self, size: u64) -> Result<(), AccountError> {
        self.write("erase salts from", |tx| {
            tx.execute("DELETE FROM salts WHERE entry >= ?1", [number(size)]).map(|_| ())
        })
    }
}

fn number(entry: u64) -> i64 {
    i64::try_from(entry).unwrap_or(i64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

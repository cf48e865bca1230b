//! Event streams: bodies encrypted, bound to stream, number and time.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rusqlite::params;
use terms::Time;

use super::key::random;
use super::{Store, fault};
use crate::AccountError;

/// First byte of an encrypted body.
const VERSION: u8 = 1;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Number in the stream, from 1.
    pub seq: u64,
    /// When it was appended.
    pub at: Time,
    /// What it says.
    pub body: Vec<u8>,
}

impl Store {
    /// Adds an event to the end of a stream, durably. Gives its number.
    ///
    /// The stream's name is not encrypted: use numbers of cases, not names of lines.
    ///
    /// # Errors
    /// When it could not be written.
    pub fn append(&mut self, stream: &str, at: Time, body: &[u8]) -> Result<u64, AccountError> {
        let (cipher, nonce) = (XChaCha20Poly1305::new(&self.events), random::<24>()?);
        self.write("write events to", |tx| {
            let seq: i64 = tx
                .prepare_cached("SELECT coalesce(max(seq), 0) + 1 FROM events WHERE stream = ?1")?
                .query_row([stream], |row| row.get(0))?;
            let bound = bound_to(stream, seq, at);
            let payload = Payload { msg: body, aad: &bound };
            let shut = cipher.encrypt(&XNonce::from(nonce), payload);
            let shut =
                shut.map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.to_string().into()))?;
            let stored = [&[VERSION][..], &nonce, &shut].concat();
            tx.prepare_cached(
                "INSERT INTO events (stream, seq, at, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![stream, seq, at.0, stored])?;
            Ok(seq.unsigned_abs())
        })
    }

    /// All events of a stream, oldest first.
    ///
    /// # Errors
    /// When one cannot be read, does not open under the key, or is missing.
    pub fn read(&self, stream: &str) -> Result<Vec<Event>, AccountError> {
        let fault = fault("read events in", &self.path);
        let query = "SELECT seq, at, body FROM events WHERE stream = ?1 ORDER BY seq";
        let mut rows = self.db.prepare_cached(query).map_err(&fault)?;
        let rows = rows
            .query_map([stream], |row| Ok((row.get(0)?, Time(row.get(1)?), row.get(2)?)))
            .map_err(&fault)?;
        let mut events = Vec::new();
        for row in rows {
            let (seq, at, stored): (i64, Time, Vec<u8>) = row.map_err(&fault)?;
            let body = self.open_body(stream, seq, at, &stored).ok_or_else(|| {
                let what = format!("event {seq} of {stream} does not open with the storage key");
                AccountError::damaged(&self.path, what)
            })?;
            let seq = seq.unsigned_abs();
            if seq != events.len() as u64 + 1 {
                let what = format!("an event is missing before event {seq} of {stream}");
                return Err(AccountError::damaged(&self.path, what));
            }
            events.push(Event { seq, at, body });
        }
        Ok(events)
    }

    fn open_body(&self, stream: &str, seq: i64, at: Time, stored: &[u8]) -> Option<Vec<u8>> {
        let (nonce, shut) = stored.strip_prefix(&[VERSION])?.split_first_chunk::<24>()?;
        let bound = bound_to(stream, seq, at);
        let payload = Payload { msg: shut, aad: &bound };
        XChaCha20Poly1305::new(&self.events).decrypt(&XNonce::from(*nonce), payload).ok()
    }

    /// The names of the streams that begin with `prefix`, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn streams(&self, prefix: &str) -> Result<Vec<String>, AccountError> {
        let fault = fault("read events in", &self.path);
        let query = "SELECT DISTINCT stream FROM events \
                     WHERE stream >= ?1 AND substr(stream, 1, length(?1)) = ?1 ORDER BY stream";
        let mut rows = self.db.prepare_cached(query).map_err(&fault)?;
        let names = rows.query_map([prefix], |row| row.get(0)).map_err(&fault)?;
        let names: Vec<String> = names.collect::<Result<_, _>>().map_err(&fault)?;
        Ok(names.into_iter().filter(|name| name != super::PROOF_STREAM).collect())
    }

    /// Erases a stream and overwrites where it was. Gives how many events there were; the caller
    /// books it.
    ///
    /// # Errors
    /// When it could not be erased.
    pub fn erase(&mut self, stream: &str) -> Result<u64, AccountError> {
        if stream == super::PROOF_STREAM {
            return Ok(0);
        }
        let count = self.write("erase events from", |tx| {
            tx.execute("DELETE FROM events WHERE stream = ?1", [stream])
        })?;
        self.forget_log()?;
        Ok(count as u64)
    }
}

/// What a body is bound to: moved to another place, it does not open.
fn bound_to(stream: &str, seq: i64, at: Time) -> Vec<u8> {
    [stream.as_bytes(), &[0], &seq.to_be_bytes(), &at.0.to_be_bytes()].concat()
}

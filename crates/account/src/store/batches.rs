//! Sealed data at rest, and its erasure when its last day is over.

use ground::Sealed;
use rusqlite::params;
use serde::Serialize;
use serde::de::DeserializeOwned;
use terms::{Day, Source, Time};

use super::key::random;
use super::{Store, fault};
use crate::AccountError;

/// Sealed data of one measure with one last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What kind of source it is.
    pub source: String,
    /// The measure under which it was taken.
    pub measure: String,
    /// Its last day.
    pub last_day: String,
    /// How many batches.
    pub count: u64,
}

/// What was erased, for the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// What was erased.
    pub erased: Vec<Due>,
    /// What would have been, had the clock been sure.
    pub waiting: Vec<Due>,
}

impl Erased {
    /// How many batches were erased.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.erased.iter().map(|due| due.count).sum()
    }
}

impl Store {
    /// Keeps sealed data until its last day. `taken` is when it was taken.
    ///
    /// # Errors
    /// When it has no last day, or could not be written.
    pub fn keep<T: Serialize + DeserializeOwned>(
        &mut self,
        sealed: &Sealed<T>,
        taken: Time,
    ) -> Result<(), AccountError> {
        let origin = sealed.origin();
        let Some(last_day) = origin.last_day else {
            return Err(AccountError::NoLastDay(origin.measure.to_string()));
        };
        let body = sealed.to_rest(&self.rest, random()?);
        self.write("write sealed data to", |tx| {
            tx.prepare_cached(
                "INSERT INTO batches (source, purpose, measure, taken, last_day, body) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                origin.source.word(),
                origin.purpose.word(),
                &*origin.measure.0,
                taken.0,
                last_day.to_string(),
                body
            ])
            .map(|_| ())
        })
    }

    /// The sealed data of a source taken from `from` until before `to`, oldest first. It stays sealed.
    ///
    /// # Errors
    /// When a batch cannot be read or does not open under the key.
    pub fn kept<T: Serialize + DeserializeOwned>(
        &self,
        source: Source,
        from: Time,
        to: Time,
    ) -> Result<Vec<Sealed<T>>, AccountError> {
        let fault = fault("read sealed data in", &self.path);
        let query = "SELECT id, body FROM batches \
                     WHERE source = ?1 AND taken >= ?2 AND taken < ?3 ORDER BY taken, id";
        let mut rows = self.db.prepare_cached(query).map_err(&fault)?;
        let rows = rows
            .query_map(params![source.word(), from.0, to.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(&fault)?;
        let mut kept = Vec::new();
        for row in rows {
            let (id, body): (i64, Vec<u8>) = row.map_err(&fault)?;
            let sealed = Sealed::from_rest(&body, &self.rest)
                .map_err(|e| AccountError::damaged(&self.path, format!("sealed data {id}: {e}")))?;
            kept.push(sealed);
        }
        Ok(kept)
    }

    /// How many sealed batches of a source are kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn count_kept(&self, source: Source) -> Result<u64, AccountError> {
        let fault = fault("count sealed data in", &self.path);
        let query = "SELECT count(*) FROM batches WHERE source = ?1";
        let count = self.db.query_row(query, [source.word()], |row| row.get::<_, i64>(0));
        count.map(i64::unsigned_abs).map_err(&fault)
    }

    /// What is to be erased on `today`: everything whose last day is before it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn due(&self, today: Day) -> Result<Vec<Due>, AccountError> {
        let fault = fault("read sealed data in", &self.path);
        let query = "SELECT source, measure, last_day, count(*) FROM batches WHERE last_day < ?1 \
                     GROUP BY source, measure, last_day ORDER BY last_day, source, measure";
        let mut rows = self.db.prepare_cached(query).map_err(&fault)?;
        let rows = rows.query_map([today.to_string()], |row| {
            Ok(Due {
                source: row.get(0)?,
                measure: row.get(1)?,
                last_day: row.get(2)?,
                count: row.get::<_, i64>(3)?.unsigned_abs(),
            })
        });
        rows.map_err(&fault)?.collect::<Result<_, _>>().map_err(&fault)
    }

    /// Erases what is due and overwrites where it was. After a clock jump (`clock_is_sure` is false)
    /// nothing is erased until a person says what day it is. The caller books the result.
    ///
    /// # Errors
    /// When it could not be erased.
    pub fn erase_due(&mut self, today: Day, clock_is_sure: bool) -> Result<Erased, AccountError> {
        let due = self.due(today)?;
        if !clock_is_sure {
            return Ok(Erased { erased: Vec::new(), waiting: due });
        }
        if !due.is_empty() {
            self.write("erase sealed data from", |tx| {
                tx.execute("DELETE FROM batches WHERE last_day < ?1", [today.to_string()])
            })?;
        }
        // Also when nothing is due: an earlier erasure may have been kept from overwriting.
        self.forget_log()?;
        Ok(Erased { erased: due, waiting: Vec::new() })
    }
}

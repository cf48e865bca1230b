//! `Sealed<T>`: communications data nobody can look into, and `Ground`, which opens it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use terms::{AnswerId, Column, Day, Field, Fields, Flows, Moment, Purpose, Source, Subject, Zone};

use crate::{Batch, MeasureName, Report, Rows};

/// Communications data under seal. There is no way in but [`Ground::open`] and [`Ground::read`]:
/// no accessor, no `Clone`, no `Deref`, no `Serialize`, no `Debug` of contents.
///
/// ```compile_fail,E0616
/// fn look(sealed: ground::Sealed<String>) -> String {
///     sealed.contents
/// }
/// ```
/// ```compile_fail,E0277
/// fn copied<T: Clone>(one: &T) -> (T, T) {
///     (one.clone(), one.clone())
/// }
/// fn copy(sealed: &ground::Sealed<String>) {
///     copied(sealed);
/// }
/// ```
/// ```compile_fail,E0614
/// fn through(sealed: &ground::Sealed<String>) -> &String {
///     &**sealed
/// }
/// ```
/// ```compile_fail,E0277
/// fn write(sealed: &ground::Sealed<String>) -> String {
///     serde_json::to_string(sealed).unwrap()
/// }
/// ```
pub struct Sealed<T> {
    contents: T,
    origin: Origin,
}

/// Where sealed data comes from, what it was taken for, and its last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The measure under which it was taken.
    pub measure: MeasureName,
    /// What kind of source it is to a later measure.
    pub source: Source,
    /// What it was taken for.
    pub purpose: Purpose,
    /// The last day it may be opened; `None` only for what is never kept.
    pub last_day: Option<Day>,
}

impl<T> Sealed<T> {
    /// Seals `contents`. Anyone may seal; only a ground opens.
    pub fn seal(contents: T, origin: Origin) -> Self {
        Self { contents, origin }
    }
    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl<T> core::fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sealed").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// The key for sealed data at rest; made and held by `account` only.
pub struct RestKey(chacha20poly1305::Key);

impl RestKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn of(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }
}

/// Why sealed data at rest could not be taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// Too short, or of a later format.
    #[error("sealed data at rest is cut short or of a format this version does not know")]
    Form,
    /// Wrong key, or changed since it was written.
    #[error(
        "sealed data at rest does not open with this key: another key, or the data was changed"
    )]
    Key,
}

/// First byte of sealed data at rest.
const REST_VERSION: u8 = 1;

impl<T: Serialize + DeserializeOwned> Sealed<T> {
    /// The encrypted form for storage: version, origin in clear (authenticated), contents under
    /// XChaCha20-Poly1305. `nonce` must be random and never used twice with one key.
    #[must_use]
    pub fn to_rest(&self, key: &RestKey, nonce: [u8; 24]) -> Vec<u8> {
        let head = serde_json::to_vec(&self.origin).unwrap_or_default();
        let body = serde_json::to_vec(&self.contents).unwrap_or_default();
        let payload = Payload { msg: &body, aad: &head };
        let shut = XChaCha20Poly1305::new(&key.0).encrypt(&XNonce::from(nonce), payload);
        let mut out = vec![REST_VERSION];
        out.extend_from_slice(&u32::try_from(head.len()).unwrap_or(0).to_be_bytes());
        out.extend_from_slice(&head);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&shut.unwrap_or_default());
        out
    }

    /// Takes up what [`Sealed::to_rest`] wrote, still sealed.
    ///
    /// # Errors
    /// When the bytes are not of that form, or the key does not fit.
    pub fn from_rest(bytes: &[u8], key: &RestKey) -> Result<Self, RestError> {
        let rest = bytes.strip_prefix(&[REST_VERSION]).ok_or(RestError::Form)?;
        let (len, rest) = rest.split_first_chunk::<4>().ok_or(RestError::Form)?;
        let len = usize::try_from(u32::from_be_bytes(*len)).map_err(|_| RestError::Form)?;
        let (head, rest) = rest.split_at_checked(len).ok_or(RestError::Form)?;
        let (nonce, body) = rest.split_first_chunk::<24>().ok_or(RestError::Form)?;
        let payload = Payload { msg: body, aad: head };
        let body = XChaCha20Poly1305::new(&key.0)
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| RestError::Key)?;
        let origin = serde_json::from_slice(head).map_err(|_| RestError::Form)?;
        let contents = serde_json::from_slice(&body).map_err(|_| RestError::Form)?;
        Ok(Self { contents, origin })
    }
}

/// The right to open sealed data: these fields, of these subjects, from these sources, until its
/// end. Made by the gate only; shared by `Arc`, never stored or sent.
///
/// ```compile_fail,E0451
/// fn made(like: ground::Ground) -> ground::Ground {
///     ground::Ground { subject: terms::Subject::Network, ..like }
/// }
/// ```
/// ```compile_fail,E0616
/// fn widened(ground: &mut ground::Ground) {
///     ground.subject = terms::Subject::Network;
/// }
/// ```
/// ```compile_fail,E0277
/// fn stored(ground: &ground::Ground) -> String {
///     serde_json::to_string(ground).unwrap()
/// }
/// ```
pub struct Ground {
    pub(crate) state: Arc<GroundState>,
    pub(crate) subject: Subject,
    pub(crate) sources: Vec<Source>,
    pub(crate) origin: Origin,
    pub(crate) answer: AnswerId,
    /// In which the last day of data is counted.
    pub(crate) zone: Zone,
}

/// The part of a ground that the gate keeps hold of, to end it.
pub(crate) struct GroundState {
    pub(crate) ended: AtomicBool,
    pub(crate) until: Moment,
    pub(crate) fields: Fields,
    pub(crate) feeds_decoder: bool,
}

impl GroundState {
    pub(crate) fn is_over(&self, at: Moment) -> bool {
        self.ended.load(Ordering::Acquire)
            || at.wall >= self.until.wall
            || at.mono >= self.until.mono
    }
}

/// Why a ground does not open something, or a warrant does not permit a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfScope {
    /// Its end has come, or the gate ended it.
    #[error("the ground has ended")]
    Ended,
    /// The data comes from a source the measure does not list.
    #[error("the measure does not read this source")]
    Source,
    /// The data's last day is past.
    #[error("the data's last day is past")]
    LastDay,
    /// The record or plan needs fields that were not granted.
    #[error("not all fields of the record or plan were granted")]
    Fields,
    /// It concerns somebody the ground does not cover.
    #[error("the ground does not cover whom this concerns")]
    Subject,
    /// The plan is not the one that was asked for.
    #[error("the plan is not the one the answer was given for")]
    Plan,
}

/// The columns of a batch that a ground opened: nothing else of the batch can be reached.
///
/// ```compile_fail,E0616
/// fn whole<'a>(columns: &'a ground::Columns<'a, terms::Flows>) -> &'a [u128] {
///     &columns.batch.get().src
/// }
/// ```
pub struct Columns<'a, B> {
    batch: Opened<'a, B>,
    fields: Fields,
    rows: Rows,
}

/// A whole-network ground sees the batch itself; a narrower one a copy of what it covers.
enum Opened<'a, B> {
    Whole(&'a B),
    Part(B),
}

impl Ground {
    /// Opens a batch: only the ground's fields, only rows it covers. The end is checked once for
    /// the whole batch; a whole-network ground costs nothing per record, a narrower one a look-up
    /// per record and a copy of the rows it covers.
    ///
    /// # Errors
    /// When the ground has ended, does not read the batch's source, or the data's day is past.
    pub fn open<'a, B: Batch>(
        &self,
        sealed: &'a Sealed<B>,
        at: Moment,
    ) -> Result<Columns<'a, B>, OutOfScope> {
        self.may_open(&sealed.origin, at)?;
        let rows = sealed.contents.rows(self.subject.prefixes());
        let (fields, batch) = (self.state.fields, &sealed.contents);
        Ok(match rows {
            Rows::All(_) => Columns { batch: Opened::Whole(batch), fields, rows },
            Rows::These(ref these) => {
                let (part, len) = (batch.part(&rows, fields), these.len());
                Columns { batch: Opened::Part(part), fields, rows: Rows::All(len) }
            }
        })
    }

    /// Reads a record whole, when the ground names all its fields and covers whom it concerns.
    ///
    /// # Errors
    /// As [`Ground::open`], and when the record goes beyond the ground's fields or subject.
    pub fn read<'a, R: Report>(
        &self,
        sealed: &'a Sealed<R>,
        at: Moment,
    ) -> Result<&'a R, OutOfScope> {
        self.may_open(&sealed.origin, at)?;
        if !sealed.contents.fields().within(self.state.fields) {
            return Err(OutOfScope::Fields);
        }
        match self.subject.prefixes() {
            Some(set) if !sealed.contents.is_within(set) => Err(OutOfScope::Subject),
            _ => Ok(&sealed.contents),
        }
    }

    /// Seals what was made from opened data: it carries this ground's measure and purpose.
    pub fn seal<T>(&self, contents: T, source: Source, last_day: Option<Day>) -> Sealed<T> {
        Sealed { contents, origin: Origin { source, last_day, ..self.origin.clone() } }
    }

    /// Takes a batch over into this ground's keeping, unopened: it is this ground's from now on,
    /// and only a measure that lists `source` opens it again.
    ///
    /// # Errors
    /// As [`Ground::open`], and when more was decoded than this ground names, or it does not cover
    /// the whole network: then the batch is let go.
    pub fn hold<B: Batch>(
        &self,
        sealed: Sealed<B>,
        source: Source,
        at: Moment,
    ) -> Result<Sealed<B>, OutOfScope> {
        self.may_open(&sealed.origin, at)?;
        if !sealed.contents.fields().within(self.state.fields) {
            return Err(OutOfScope::Fields);
        }
        if self.subject != Subject::Network {
            return Err(OutOfScope::Subject);
        }
        Ok(self.seal(sealed.contents, source, sealed.origin.last_day))
    }

    /// Has its end come?
    #[must_use]
    pub fn is_over(&self, at: Moment) -> bool {
        self.state.is_over(at)
    }
    /// The answer in the ledger it rests on.
    #[must_use]
    pub fn answer(&self) -> AnswerId {
        self.answer
    }
    /// The fields it opens.
    #[must_use]
    pub fn fields(&self) -> Fields {
        self.state.fields
    }

    fn may_open(&self, origin: &Origin, at: Moment) -> Result<(), OutOfScope> {
        if self.is_over(at) {
            return Err(OutOfScope::Ended);
        }
        if !self.sources.contains(&origin.source) {
            return Err(OutOfScope::Source);
        }
        match origin.last_day {
            Some(day) if self.zone.day(at.wall) > day => Err(OutOfScope::LastDay),
            _ => Ok(()),
        }
    }
}

impl core::fmt::Debug for Ground {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ground").field("answer", &self.answer).finish_non_exhaustive()
    }
}

impl<B> Opened<'_, B> {
    fn get(&self) -> &B {
        match self {
            Self::Whole(batch) => batch,
            Self::Part(batch) => batch,
        }
    }
}

impl<B: Batch> Columns<'_, B> {
    /// The column of `field`; `None` when the ground does not name it or it was not decoded.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<Column<'_>> {
        if self.fields.has(field) { self.batch.get().column(field) } else { None }
    }
    /// The rows of the columns; every one of them is covered by the ground.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }
}

impl Columns<'_, Flows> {
    /// Who exported the batch.
    #[must_use]
    pub fn exporter(&self) -> terms::ExporterId {
        self.batch.get().exporter
    }
    /// When it arrived.
    #[must_use]
    pub fn arrived(&self) -> terms::Time {
        self.batch.get().arrived
    }
    /// Sampling rate of each record; 0 is unknown.
    #[must_use]
    pub fn sampling(&self) -> &[u32] {
        &self.batch.get().sampling
    }
}

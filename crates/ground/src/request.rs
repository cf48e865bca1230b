//! A request to the gate, and what is on record when it is made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use terms::{
    Act, Basis, CaseId, Day, Fields, Mode, Moment, Number, Person, Purpose, Role, Source, Subject,
    Time,
};

use crate::{Facts, MeasureName};

/// SHA-256 of a plan, a measure or the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
    /// In hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Who asks, and in which roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Name.
    pub person: Person,
    /// Roles held.
    pub roles: Vec<Role>,
}

/// May I do this act, for this purpose, with these fields of this source, to this subject, until then?
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks.
    pub actor: Actor,
    /// The act.
    pub act: Act,
    /// What for.
    pub purpose: Purpose,
    /// The fields that are needed.
    pub fields: Fields,
    /// Where the data comes from; the measure must list every one.
    pub sources: Vec<Source>,
    /// Whose communications.
    pub subject: Subject,
    /// When it ends. The gate grants only what ends at a moment.
    pub end: End,
    /// The case, if there is one.
    pub case: Option<CaseId>,
    /// Only under this measure; `None` lets any measure grant.
    pub only: Option<MeasureName>,
    /// The ground that is claimed; `None` lets any ground do.
    pub claims: Option<Basis>,
    /// Digest of the plan, for an act on the world.
    pub plan: Option<Digest>,
    /// The written question that an observe-only run answers; `None` is for real.
    pub observes: Option<String>,
    /// What is known, signed, set and switched on.
    pub record: Record,
}

/// When an act ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum End {
    /// Nobody has said.
    #[default]
    Unknown,
    /// At this moment.
    At(Moment),
    /// With what causes it. Advice takes this for an end; the gate wants a moment.
    WithCause,
    /// It is to last.
    Lasting,
}

impl End {
    /// The moment it ends, where one is named.
    #[must_use]
    pub const fn moment(self) -> Option<Moment> {
        match self {
            Self::At(moment) => Some(moment),
            Self::Unknown | Self::WithCause | Self::Lasting => None,
        }
    }
}

impl From<Option<Moment>> for End {
    fn from(moment: Option<Moment>) -> Self {
        moment.map_or(Self::Unknown, Self::At)
    }
}

/// What is on record: facts, signatures, numbers, switches. Kept by the desk; the gate only reads it.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Facts of the case.
    pub facts: Facts,
    /// Signatures, standing and of the case.
    pub signatures: Vec<Signature>,
    /// The operator's numbers.
    pub numbers: BTreeMap<Number, Setting>,
    /// Which measures are switched on, and how far. Not there: off.
    pub modes: BTreeMap<MeasureName, Mode>,
    /// Inferred measures the legal role has accepted.
    pub accepted: BTreeMap<MeasureName, Acceptance>,
}

/// A person's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who.
    pub person: Person,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Time,
    /// Until when it holds; for a standing measure, its review.
    pub until: Option<Time>,
    /// What was signed.
    pub on: SignedOn,
}

/// What a signature is on. Anything that changes it makes it another thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedOn {
    /// A measure as it stood: its name and digest.
    Measure(MeasureName, Digest),
    /// One plan.
    Plan(Digest),
}

/// A legal officer's acceptance of an inferred measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Who, in the legal role.
    pub person: Person,
    /// The second person, who is not the first.
    pub second: Person,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
    /// The measure as it stood.
    pub digest: Digest,
}

/// A number as the operator set it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// The value, in the number's unit.
    pub value: f64,
    /// Who proposed it.
    pub author: Person,
    /// Why.
    pub reason: String,
    /// Since which day.
    pub day: Day,
    /// Who approved it: not the author, in the legal role.
    pub approver: Person,
}

impl Setting {
    /// Is it usable: a finite number above zero, with a reason, approved by somebody else?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.value.is_finite()
            && self.value > 0.0
            && !self.reason.trim().is_empty()
            && self.approver != self.author
    }
}

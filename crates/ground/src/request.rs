//! A request to the gate, and what is on record when it is made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use terms::{Act, CaseId, Day, Fields, Moment, Person, Purpose, Source, Subject, Time, words};

use crate::{Facts, MeasureName, Role};

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
    /// When it ends; `None` is without end, and never granted.
    pub until: Option<Moment>,
    /// The case, if there is one.
    pub case: Option<CaseId>,
    /// Only under this measure; `None` lets any measure grant.
    pub only: Option<MeasureName>,
    /// Digest of the plan, for an act on the world.
    pub plan: Option<Digest>,
    /// The written question that an observe-only run answers; `None` is for real.
    pub observes: Option<String>,
    /// What is known, signed, set and switched on.
    pub record: Record,
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

words! {
    /// How far a measure is switched on.
    Mode {
        /// Not at all.
        Off = "off", "停止", "off";
        /// Look and say what would be done; do nothing.
        Observe = "observe", "観測のみ", "observe only";
        /// Propose, and wait for signatures.
        Propose = "propose", "提案（署名待ち）", "propose";
        /// Act by itself as far as the measure allows.
        Automatic = "automatic", "自動", "automatic";
    }
}

words! {
    /// A number that is the operator's to set. None is built in.
    Number {
        /// Days statistics are kept.
        StatisticsDays = "statistics-days", "統計の保存日数", "days statistics are kept";
        /// Minutes flow records are held sealed in memory.
        HoldMinutes = "hold-minutes", "封印保持の分数", "minutes flow records are held";
        /// How many times the usual spread counts as anomalous.
        AnomalyBand = "anomaly-band", "異常とみなす幅（通常の変動に対する倍率）", "how many times the usual spread is anomalous";
        /// Megabits a second below which nothing is called an attack.
        AnomalyFloor = "anomaly-floor-mbps", "異常とみなす下限（Mbps）", "megabits a second below which nothing is anomalous";
        /// Share of a link's capacity, in per cent, above which equipment counts as impaired.
        ImpairedPercent = "impaired-percent", "設備に支障ありとみなす回線使用率（％）", "link use in per cent that counts as impaired";
        /// Share in per cent above which equipment counts as at risk.
        RiskPercent = "risk-percent", "支障のおそれありとみなす回線使用率（％）", "link use in per cent that counts as at risk";
        /// Minutes a block lasts before it is asked again.
        BlockMinutes = "block-minutes", "遮断の継続分数", "minutes a block lasts";
        /// Minutes a fact stays valid.
        FactMinutes = "fact-minutes", "確認した事実の有効分数", "minutes a fact stays valid";
        /// Minutes within which a signature given later must come.
        SignedWithinMinutes = "signed-within-minutes", "事後署名の期限（分）", "minutes for a signature given afterwards";
        /// Hours within which a line is told.
        TellHours = "tell-hours", "契約者への通知期限（時間）", "hours within which a line is told";
    }
}

impl Number {
    /// Milliseconds of one of its units; `None` when it is not a length of time.
    pub(crate) const fn unit(self) -> Option<f64> {
        match self {
            Self::StatisticsDays => Some(86_400_000.0),
            Self::TellHours => Some(3_600_000.0),
            Self::HoldMinutes
            | Self::BlockMinutes
            | Self::FactMinutes
            | Self::SignedWithinMinutes => Some(60_000.0),
            Self::AnomalyBand | Self::AnomalyFloor | Self::ImpairedPercent | Self::RiskPercent => {
                None
            }
        }
    }
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

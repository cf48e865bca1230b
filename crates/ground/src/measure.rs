//! A measure: one act-group on one ground, as data, read from a short file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use terms::{
    Act, Automatic, Basis, Day, DutyKind, Ends, Fact, Field, Fields, Further, Gives, Number,
    OtherLaw, Over, Purpose, Role, SignersWhen, Source, Status, Strength, TellsWhen, TellsWhom,
    Text,
};

use crate::{Citation, Digest};

/// Name of a measure: its file's name without the ending.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MeasureName(pub Arc<str>);

impl MeasureName {
    /// The measure with this name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(name.into())
    }
}

impl core::fmt::Display for MeasureName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// Who signs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signers {
    /// One signature of each of these roles, all by different persons.
    pub roles: Vec<Role>,
    /// Once or each time.
    pub when: SignersWhen,
    /// May the signature come afterwards, within the operator's time?
    #[serde(default)]
    pub afterwards: bool,
}

/// Who is told, and when.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tells {
    /// Whom.
    pub whom: TellsWhom,
    /// When.
    pub when: TellsWhen,
}

/// Something owed after a grant, with its clock.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// What.
    pub what: DutyKind,
    /// By when; `None` is by the end of the act.
    pub within: Option<Within>,
}

/// A deadline: a statute's own days, cited, or a number the operator sets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected a number that is a length of time, or days or promptly with a citation"
)]
pub enum Within {
    /// Set by statute.
    Statute {
        /// Days.
        days: u16,
        /// Where it says so.
        cites: Citation,
    },
    /// Set by statute, without delay: no number of days is given.
    Promptly {
        /// Always true; written so that the file reads as a sentence.
        promptly: bool,
        /// Where it says so.
        cites: Citation,
    },
    /// Set by the operator.
    Operator {
        /// The number that says how long.
        number: Number,
    },
}

/// A case the file itself decides: base facts all as required, and what differs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Example {
    /// A sentence.
    pub name: String,
    /// Facts that differ.
    #[serde(default)]
    pub facts: BTreeMap<Fact, bool>,
    /// Facts not known.
    #[serde(default)]
    pub unknown: Vec<Fact>,
    /// Another act than the measure's first.
    pub act: Option<Act>,
    /// Another purpose.
    pub purpose: Option<Purpose>,
    /// More fields.
    #[serde(default)]
    pub more_fields: Vec<Field>,
    /// One more source.
    pub source: Option<Source>,
    /// On this day.
    pub day: Option<Day>,
    /// About the whole network.
    #[serde(default)]
    pub whole_network: bool,
    /// Without an end.
    #[serde(default)]
    pub endless: bool,
    /// What comes out.
    pub gives: Gives,
}

/// One measure.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Measure {
    /// Name, from the file's name.
    #[serde(skip, default = "unnamed")]
    pub name: MeasureName,
    /// Digest of the file.
    #[serde(skip, default = "undigested")]
    pub digest: Digest,
    /// The guideline's letter, such as エ(a); "–" where there is none.
    pub item: String,
    /// Title.
    pub title: Text,
    /// Citation and days.
    pub cites: Citation,
    /// Where it comes from.
    pub status: Status,
    /// What it is for. `"any"` in the file, only of a measure that never grants, is every purpose.
    #[serde(rename = "purpose", with = "crate::load::purposes")]
    pub purposes: Vec<Purpose>,
    /// Acts it covers.
    pub acts: Vec<Act>,
    /// Sources it reads.
    pub reads: Vec<Source>,
    /// Fields it may use.
    pub fields: Fields,
    /// Whom it may be about.
    pub over: Over,
    /// Why it is lawful.
    pub basis: Basis,
    /// How firmly.
    pub strength: Strength,
    /// Who signs.
    pub signers: Signers,
    /// Who is told.
    pub tells: Tells,
    /// When it ends.
    pub ends: Ends,
    /// Whether it may run by itself.
    pub automatic: Automatic,
    /// Numbers it needs.
    #[serde(default)]
    pub numbers: Vec<Number>,
    /// Facts that must be so, or must not.
    #[serde(default)]
    pub requires: BTreeMap<Fact, bool>,
    /// Required facts whose failing the text does not decide: asked, not refused.
    #[serde(default)]
    pub open: Vec<Fact>,
    /// Advice: shown, does not refuse.
    #[serde(default)]
    pub advises: BTreeMap<Fact, bool>,
    /// Further uses that a grant does not cover.
    #[serde(default)]
    pub forbids: Vec<Further>,
    /// Other law to be looked at apart.
    #[serde(default)]
    pub other_law: Vec<OtherLaw>,
    /// Why this one measure may last although it rests on necessity: a precedent.
    pub precedent: Option<String>,
    /// What is owed after a grant.
    #[serde(default, rename = "duty")]
    pub duties: Vec<Duty>,
    /// Its own cases.
    #[serde(default, rename = "example")]
    pub examples: Vec<Example>,
}

fn unnamed() -> MeasureName {
    MeasureName::of("")
}
fn undigested() -> Digest {
    Digest([0; 32])
}

impl Measure {
    /// Does it hold on `day`?
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.cites.from <= day && self.cites.until.is_none_or(|last| day <= last)
    }

    /// Is it about this act for this purpose?
    #[must_use]
    pub fn is_about(&self, act: Act, purpose: Purpose) -> bool {
        self.acts.contains(&act) && self.purposes.contains(&purpose)
    }

    /// Can both be in one book? Versions of a measure share the name before `@`, and follow one
    /// another without a day on which two hold.
    pub(crate) fn stands_beside(&self, other: &Self) -> Result<(), String> {
        let base = |m: &Self| m.name.0.split('@').next().unwrap_or_default().to_owned();
        if self.name == other.name {
            return Err("another measure has this name: rename one of the files".to_owned());
        }
        let last = |m: &Self| m.cites.until.unwrap_or(Day::MAX);
        let apart = last(self) < other.cites.from || last(other) < self.cites.from;
        if base(self) != base(other) || apart {
            return Ok(());
        }
        Err(format!(
            "overlaps with {}, another version of the same measure: give the older one an `until` \
             before the newer one's `from`",
            self.name
        ))
    }

    /// Can it grant at all? What the text leaves undetermined or excludes never does.
    #[must_use]
    pub const fn can_grant(&self) -> bool {
        !matches!(self.basis, Basis::Undetermined | Basis::Excluded)
    }
}

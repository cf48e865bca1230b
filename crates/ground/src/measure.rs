//! A measure: one act-group on one ground, as data, read from a short file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use terms::{Act, Day, Field, Fields, Purpose, Source, Text, words};

use crate::{Citation, Digest, Fact, Number, Role};

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

words! {
    /// Where a measure comes from.
    Status {
        /// A source text says it.
        Text = "text", "ガイドライン等の本文", "stated in the text";
        /// A public document says it.
        Public = "public", "公表資料", "public document";
        /// The sources do not spell it out: inert until the legal role accepts it.
        Inferred = "inferred", "推論（法務の受入れが必要）", "inferred (needs acceptance)";
    }
}

words! {
    /// Why it is lawful, or that it is not.
    Basis {
        /// Not secrecy of communications at all.
        Outside = "outside", "通信の秘密の対象外", "outside secrecy of communications";
        /// Specific consent of a party.
        Consent = "consent", "個別の同意", "specific consent";
        /// Consent by terms, with all the conditions for it.
        BlanketConsent = "blanket-consent", "約款等による包括同意（条件付き）", "consent by terms, under conditions";
        /// An act under statute.
        Statute = "statute", "法令行為", "act under statute";
        /// Legitimate business.
        LegitimateBusiness = "legitimate-business", "正当業務行為", "legitimate business";
        /// Self-defence or necessity.
        Emergency = "emergency", "正当防衛・緊急避難", "self-defence or necessity";
        /// The text does not decide.
        Undetermined = "undetermined", "一概に判断できない", "undetermined";
        /// The text excludes it.
        Excluded = "excluded", "認められない", "excluded";
    }
}

words! {
    /// How firmly the text says so.
    Strength {
        /// Not an infringement; no problem.
        NotInfringement = "not-an-infringement", "侵害とならない", "not an infringement";
        /// Justified; may be done.
        Justified = "justified", "違法性が阻却される", "justified";
        /// Usually justified.
        Usually = "usually", "通常は阻却される", "usually justified";
        /// Considered justified.
        Considered = "considered", "阻却されると考えられる", "considered justified";
        /// Can be justified.
        CanBe = "can-be", "阻却されうる", "can be justified";
        /// Cannot be judged in general.
        Undecided = "undecided", "一概に判断困難", "cannot be judged in general";
    }
}

words! {
    /// Whom a measure may be about; the wider first.
    Over {
        /// The whole network.
        Network = "network", "網全体", "the whole network";
        /// Named own destinations or lines.
        Destination = "destination", "特定の自社宛先", "named own destinations";
        /// One line.
        Line = "line", "特定の回線", "one line";
    }
}

words! {
    /// When it ends.
    Ends {
        /// Temporary: with the cause, or at the end asked for.
        Required = "required", "一時的", "temporary";
        /// May last; withdrawn on its review day unless signed again.
        Review = "review", "恒常的（見直し日まで）", "lasting, until its review day";
    }
}

words! {
    /// May it run without a person's signature on each case?
    Automatic {
        /// No.
        No = "no", "不可", "no";
        /// Yes, once its standing signatures are there.
        Yes = "yes", "可", "yes";
        /// If the operator so chooses.
        Operator = "operator", "事業者の選択による", "the operator's choice";
    }
}

words! {
    /// When signatures are given.
    SignersWhen {
        /// Once, at switching on, until the review.
        Once = "once", "開始時に一度", "once, at switching on";
        /// For each plan.
        Each = "each", "都度", "each time";
    }
}

words! {
    /// Whom a measure has told.
    TellsWhom {
        /// Nobody.
        Nobody = "nobody", "なし", "nobody";
        /// The line.
        Line = "line", "契約者", "the line";
    }
}

words! {
    /// When they are told.
    TellsWhen {
        /// Not at all.
        Never = "never", "なし", "never";
        /// Before.
        Before = "before", "事前", "before";
        /// The telling is the act.
        Instead = "instead", "連絡自体が措置", "the telling is the act";
        /// After.
        After = "after", "事後", "after";
    }
}

words! {
    /// What is owed after a grant.
    DutyKind {
        /// Tell the line.
        TellLine = "tell-line", "契約者への通知", "tell the line";
        /// Withdraw when the cause ends.
        WithdrawWithCause = "withdraw-with-cause", "原因の解消に伴う解除", "withdraw when the cause ends";
        /// Report in full to the ministry.
        ReportInFull = "report-in-full", "所管官庁への詳細報告", "report in full to the ministry";
    }
}

words! {
    /// What an example or an answer gives.
    Gives {
        /// Granted.
        Granted = "granted", "可", "granted";
        /// Asks.
        Asks = "asks", "要確認", "asks";
        /// Refused.
        Refused = "refused", "不可", "refused";
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
#[serde(untagged, deny_unknown_fields)]
pub enum Within {
    /// Set by statute.
    Statute {
        /// Days.
        days: u16,
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
    /// What it is for.
    pub purpose: Purpose,
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
    /// Reads a measure from its file.
    ///
    /// # Errors
    /// A sentence saying what is wrong: a word that is not in a list, no citation, no examples.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut measure: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        measure.name = MeasureName::of(name);
        measure.digest = Digest::of(text.as_bytes());
        measure.check().map_err(str::to_owned)?;
        Ok(measure)
    }

    /// Does it hold on `day`?
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.cites.from <= day && self.cites.until.is_none_or(|last| day <= last)
    }

    fn check(&self) -> Result<(), &'static str> {
        let gives = |g: Gives| self.examples.iter().any(|e| e.gives == g);
        let says = |c: &Citation| !c.text.trim().is_empty() && !c.at.trim().is_empty();
        if !says(&self.cites) {
            return Err("a measure needs a citation");
        }
        if !self.duties.iter().all(|d| match &d.within {
            Some(Within::Statute { cites, .. }) => says(cites),
            Some(Within::Operator { number }) => number.unit().is_some(),
            None => true,
        }) {
            return Err("a deadline needs a citation, or a number that is a length of time");
        }
        if self.acts.is_empty() || self.signers.roles.is_empty() {
            return Err("a measure needs an act and a signer");
        }
        if self.open.iter().any(|f| !self.requires.contains_key(f)) {
            return Err("`open` names a fact that `requires` does not");
        }
        match self.basis {
            Basis::Undetermined if !gives(Gives::Asks) => {
                Err("an undetermined measure needs an example that asks")
            }
            Basis::Excluded if !gives(Gives::Refused) => {
                Err("an excluded measure needs an example that is refused")
            }
            Basis::Undetermined | Basis::Excluded => Ok(()),
            _ if gives(Gives::Granted) && gives(Gives::Refused) => Ok(()),
            Basis::Outside
            | Basis::Consent
            | Basis::BlanketConsent
            | Basis::Statute
            | Basis::LegitimateBusiness
            | Basis::Emergency => {
                Err("a measure needs an example that is granted and one that is refused")
            }
        }?;
        if self.basis == Basis::Emergency && self.ends == Ends::Review {
            return Err("self-defence and necessity never last: `ends` must be \"required\"");
        }
        Ok(())
    }
}

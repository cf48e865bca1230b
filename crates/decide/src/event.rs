//! What happened to a case: the events its history is made of, and is rebuilt from.

use ground::{Code, Digest, Fact, MeasureName, Role, Signature};
use serde::{Deserialize, Serialize};
use terms::IpNet;
use terms::{Act, AnswerId, Finding, Mitigation, MitigationId, Person, Purpose, Text, Time};

use crate::Learnt;

/// How a case came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "how")]
pub enum How {
    /// A detector found it.
    Found,
    /// A person opened it.
    ByHand {
        /// Who.
        person: Person,
        /// Why.
        reason: String,
    },
}

/// An answer of the gate as the case keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The entry in the ledger.
    pub answer: Option<AnswerId>,
    /// The act asked for.
    pub act: Act,
    /// What for.
    pub purpose: Purpose,
    /// The word.
    pub code: Code,
    /// The measure that granted or is nearest.
    pub measure: Option<MeasureName>,
    /// In words.
    pub words: Text,
    /// What is still open, in words, with who may say.
    pub open: Vec<(Text, Vec<Role>)>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum CaseEvent {
    /// The case was opened.
    Opened {
        /// How.
        how: How,
        /// The own address or prefix it is about.
        target: IpNet,
    },
    /// The detector said this.
    Finding {
        /// What.
        finding: Finding,
        /// An exporter it rests on is doubtful: nothing automatic follows.
        doubtful: bool,
    },
    /// The attack has ended.
    Calm,
    /// Somebody established a fact.
    Fact {
        /// Which.
        fact: Fact,
        /// So or not so.
        so: bool,
        /// Who.
        person: Person,
        /// In which role.
        role: Role,
        /// Until when it may be relied on.
        until: Option<Time>,
    },
    /// Traits were learnt.
    Learnt {
        /// What.
        learnt: Learnt,
    },
    /// A plan was made.
    Planned {
        /// The plan.
        plan: Mitigation,
        /// Its digest: what signatures are on.
        digest: Digest,
    },
    /// The gate answered.
    Answered {
        /// What it said.
        #[serde(flatten)]
        answered: Answered,
    },
    /// Somebody signed.
    Signed {
        /// The signature.
        signature: Signature,
    },
    /// Somebody said no.
    Declined {
        /// Who.
        person: Person,
        /// Why.
        reason: String,
    },
    /// A signature is owed.
    Owes {
        /// Whose.
        role: Role,
        /// By when.
        by: Time,
    },
    /// The subscriber was asked for consent.
    ConsentAsked {
        /// When the link ends.
        until: Time,
    },
    /// The plan was handed to the actuator.
    Applied {
        /// Which.
        id: MitigationId,
        /// On the strength of which answer.
        answer: AnswerId,
        /// Until when.
        until: Time,
    },
    /// The actuator could not carry it out.
    NotApplied {
        /// Which.
        id: MitigationId,
        /// Why.
        why: String,
    },
    /// It was withdrawn.
    Withdrawn {
        /// Which.
        id: MitigationId,
        /// Why.
        why: Text,
    },
    /// The line was, or must be, told.
    Duty {
        /// What is owed.
        what: ground::DutyKind,
        /// By when.
        by: Option<Time>,
    },
    /// A duty was done.
    DutyDone {
        /// Which.
        what: ground::DutyKind,
        /// By whom.
        person: Person,
    },
    /// Somebody looked at what is sealed.
    Shown {
        /// Who.
        person: Person,
        /// Under which answer.
        answer: Option<AnswerId>,
    },
    /// The case was closed.
    Closed {
        /// Why.
        why: Text,
    },
}

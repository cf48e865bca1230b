//! What the gate answers: granted, asks, refused; always with its reasons.

use terms::{AnswerId, Basis, Code, DutyKind, Gives, Moment, Purpose, Role, Source, Text};

use crate::{Condition, Ground, MeasureName, Reading, State, Warrant};

/// What the gate answers.
#[must_use]
#[derive(Debug)]
pub enum Answer {
    /// Yes, and this is the pass.
    Granted(Box<Granted>),
    /// Not yet: this must be known or signed first.
    Asks(Asked),
    /// No, and why.
    Refused(Refusal),
}

/// A grant.
#[derive(Debug)]
pub struct Granted {
    /// The ground or warrant.
    pub pass: Pass,
    /// Under which measure.
    pub measure: MeasureName,
    /// Why it is lawful.
    pub basis: Basis,
    /// Its end: not later than asked, nor than consent and signatures hold.
    pub until: Moment,
    /// What is owed, and by when.
    pub duties: Vec<(DutyKind, Option<terms::Time>)>,
    /// Signatures still owed, and by when.
    pub owes: Vec<OwedSignature>,
    /// How every measure in question read the request; the granting one first.
    pub readings: Vec<Reading>,
    /// The entry in the ledger.
    pub answer: AnswerId,
}

/// What a grant hands over.
#[derive(Debug)]
pub enum Pass {
    /// To look.
    Ground(Ground),
    /// To act.
    Warrant(Warrant),
    /// Watching only: neither.
    Observe,
}

/// A signature that may come afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwedSignature {
    /// Whose.
    pub role: Role,
    /// By when, or it is withdrawn.
    pub by: terms::Time,
}

/// What must be known or signed before there can be a yes.
#[derive(Debug)]
pub struct Asked {
    /// The questions of the measure that is nearest to granting.
    pub questions: Vec<Question>,
    /// How every measure in question read the request; the nearest first.
    pub readings: Vec<Reading>,
    /// No measure in the book is about this: the inquiry to the ministry is to be drafted.
    pub inquiry: bool,
    /// The entry in the ledger.
    pub answer: Option<AnswerId>,
}

/// One question and who may answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub condition: Condition,
    /// Who may answer.
    pub roles: Vec<Role>,
    /// The question.
    pub text: Text,
}

/// A refusal.
#[derive(Debug)]
pub struct Refusal {
    /// Why.
    pub why: Why,
    /// How every measure in question read the request; the nearest first.
    pub readings: Vec<Reading>,
    /// The entry in the ledger; `None` when it could not be written.
    pub answer: Option<AnswerId>,
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Every measure in question has a condition that failed.
    Conditions,
    /// Kept data, for a purpose no measure that reads it serves: the ban on second use.
    SecondUse(Vec<Source>, Purpose),
    /// The ledger could not take the answer, so there is none.
    NotDurable(String),
    /// Everything was stopped.
    Halted,
}

impl Answer {
    /// The public word.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Granted(g) => Code::of(g.basis),
            Self::Asks(_) => Code::Ask,
            Self::Refused(_) => Code::No,
        }
    }
    /// Granted, asks, refused.
    #[must_use]
    pub fn gives(&self) -> Gives {
        match self {
            Self::Granted(_) => Gives::Granted,
            Self::Asks(_) => Gives::Asks,
            Self::Refused(_) => Gives::Refused,
        }
    }
    /// How each measure read the request.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        match self {
            Self::Granted(g) => &g.readings,
            Self::Asks(a) => &a.readings,
            Self::Refused(r) => &r.readings,
        }
    }
}

/// The questions a reading leaves open.
pub(crate) fn questions(reading: &Reading) -> Vec<Question> {
    let ask = |condition: Condition| match condition {
        Condition::Fact(fact, _) => {
            Question { condition, roles: fact.established_by().to_vec(), text: fact.question() }
        }
        Condition::Signed(role) => {
            Question { condition, roles: vec![role], text: condition.text() }
        }
        Condition::Decided
        | Condition::Purpose(_)
        | Condition::InForce(_)
        | Condition::Fields
        | Condition::Source(_)
        | Condition::Over(_)
        | Condition::HasEnd
        | Condition::Claimed(_)
        | Condition::Observing
        | Condition::Accepted
        | Condition::Number(_)
        | Condition::SwitchedOn => {
            Question { condition, roles: vec![Role::Legal], text: condition.text() }
        }
    };
    reading
        .checked
        .iter()
        .filter(|c| matches!(c.state, State::Unknown | State::Open))
        .map(|c| ask(c.condition))
        .collect()
}

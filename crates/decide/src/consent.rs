//! Consents of lines: whose, to which analysis and action, on which text; recorded, and withdrawn at
//! any time. A bare "terms accepted" is not one.

use ground::{Fact, Known, Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use terms::{Act, CaseId, Line, Person, Purpose, Subject, Time, words};

/// Number of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsentId(pub u64);

words! {
    /// How a consent was given.
    ConsentKind {
        /// To this analysis and this action of this line.
        Individual = "individual", "個別の同意", "individual";
        /// By the terms, with the choice to opt out; holds only with all the conditions for it.
        Blanket = "blanket", "約款等による包括同意", "by the terms";
    }
}

words! {
    /// Whose consent it is: the party whom the measure asks.
    Party {
        /// Whoever receives the communications: the line they go to.
        Receiver = "receiver", "受信者・受信回線の契約者", "the receiver, or holder of the receiving line";
        /// Whoever sends them.
        Sender = "sender", "送信回線の契約者", "the holder of the sending line";
        /// Whoever set a filter.
        FilterOwner = "filter-owner", "フィルターを設定した契約者", "the subscriber who set the filter";
    }
}

impl Party {
    /// Does a consent of this party free an act for this purpose? The sender's alone frees nobody; who
    /// set a filter decides on mail that is filtered by choice.
    #[must_use]
    pub const fn counts_for(self, purpose: Purpose) -> bool {
        match self {
            Self::Receiver => true,
            Self::Sender => false,
            Self::FilterOwner => matches!(purpose, Purpose::FilterMailByChoice),
        }
    }
}

/// The text a subscriber was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The operator's version of it.
    pub version: String,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    /// The text, in the language they read.
    pub text: String,
}

impl Shown {
    /// This text, under the operator's version of it.
    #[must_use]
    pub fn of(version: &str, text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        Self { version: version.to_owned(), digest, text: text.to_owned() }
    }
}

/// A consent as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Consent {
    /// Its number.
    pub id: ConsentId,
    /// Individual or by the terms.
    pub kind: ConsentKind,
    /// Whose it is.
    pub whose: Party,
    /// Whose line.
    pub line: Line,
    /// For which purposes: the analysis and the action are of measures for these.
    pub purposes: Vec<Purpose>,
    /// To which acts (the analysis and the action).
    pub acts: Vec<Act>,
    /// In which case it was asked for; `None` is apart from any.
    pub case: Option<CaseId>,
    /// The text the subscriber was shown.
    pub shown: Shown,
    /// Who took it down: the desk, or the line itself by its link.
    pub by: Person,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Time,
    /// Until when; `None` is until it is withdrawn.
    pub until: Option<Time>,
    /// When it was withdrawn; of a consent by the terms, the opt-out.
    pub withdrawn: Option<Time>,
}

/// A consent as the store may hold it: the first version had no kind, party, purpose or version.
#[derive(Deserialize)]
struct Stored {
    id: ConsentId,
    #[serde(default = "individual")]
    kind: ConsentKind,
    #[serde(default = "receiver")]
    whose: Party,
    line: Line,
    #[serde(default = "at_the_lines_wish")]
    purposes: Vec<Purpose>,
    acts: Vec<Act>,
    case: Option<CaseId>,
    shown: Option<Shown>,
    text: Option<String>,
    by: Person,
    role: Role,
    at: Time,
    until: Option<Time>,
    withdrawn: Option<Time>,
}

const fn individual() -> ConsentKind {
    ConsentKind::Individual
}
const fn receiver() -> Party {
    Party::Receiver
}

/// What a line consents to when it is under attack.
pub(crate) fn at_the_lines_wish() -> Vec<Purpose> {
    vec![Purpose::ProtectLine, Purpose::StopNamedTraffic]
}

impl From<Stored> for Consent {
    fn from(s: Stored) -> Self {
        let shown = s.shown.unwrap_or_else(|| Shown::of("1", &s.text.unwrap_or_default()));
        let Stored { id, kind, whose, line, purposes, acts, case, by, role, at, until, .. } = s;
        let withdrawn = s.withdrawn;
        Self { id, kind, whose, line, purposes, acts, case, shown, by, role, at, until, withdrawn }
    }
}

impl Consent {
    /// Does it cover this act for this purpose, at this time?
    #[must_use]
    pub fn covers(&self, act: Act, purpose: Purpose, at: Time) -> bool {
        self.acts.contains(&act)
            && self.purposes.contains(&purpose)
            && self.whose.counts_for(purpose)
            && self.at <= at
            && self.until.is_none_or(|until| at < until)
            && self.withdrawn.is_none_or(|withdrawn| at < withdrawn)
    }

    /// The fact it establishes.
    #[must_use]
    pub const fn fact(&self) -> Fact {
        match self.kind {
            ConsentKind::Individual => Fact::LineConsents,
            ConsentKind::Blanket => Fact::LineAgreesByTerms,
        }
    }
}

/// A consent as it is brought to the desk apart from any case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Individual or by the terms.
    pub kind: ConsentKind,
    /// Whose it is.
    pub whose: Party,
    /// Whose line.
    pub line: Line,
    /// For which purposes.
    pub purposes: Vec<Purpose>,
    /// To which acts.
    pub acts: Vec<Act>,
    /// The version of the text that was shown.
    pub version: String,
    /// The text that was shown.
    pub text: String,
    /// How long it holds, in minutes; `None` is until it is withdrawn.
    pub minutes: Option<u32>,
}

/// A link that lets the subscriber answer once. Only the digest of its token is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// SHA-256 of the token, in hexadecimal.
    pub token_digest: String,
    /// Whose line.
    pub line: Line,
    /// In which case.
    pub case: CaseId,
    /// When it ends by itself.
    pub until: Time,
    /// Has it been used?
    pub used: bool,
}

/// What the register knows of a line's consents to an act for a purpose: for each kind the consent
/// that covers it, or that there is none.
pub(crate) fn known(
    consents: &[Consent],
    subject: &Subject,
    act: Act,
    purpose: Purpose,
    at: Time,
) -> Vec<(Fact, Known)> {
    let Subject::Line(line, _) = subject else { return Vec::new() };
    // An opt-out ends whatever the line agreed to by the terms before, for the same act and purpose.
    let opted_out = |c: &Consent| {
        let later = |o: &&Consent| {
            o.kind == ConsentKind::Blanket
                && o.line == c.line
                && o.acts.contains(&act)
                && o.purposes.contains(&purpose)
                && o.withdrawn.is_some_and(|out| c.at <= out && out <= at)
        };
        c.kind == ConsentKind::Blanket && consents.iter().any(|o| later(&o))
    };
    let of = |fact: Fact| {
        let valid = |c: &&Consent| {
            c.fact() == fact && c.line == *line && c.covers(act, purpose, at) && !opted_out(c)
        };
        let known = match consents.iter().rfind(valid) {
            Some(c) => Known {
                so: true,
                person: c.by.clone(),
                role: c.role,
                countersigned: None,
                at: c.at,
                until: c.until,
                covers: Some(subject.clone()),
            },
            None => Known {
                so: false,
                person: Person("register of consents".into()),
                role: Role::System,
                countersigned: None,
                at,
                until: None,
                covers: Some(subject.clone()),
            },
        };
        (fact, known)
    };
    vec![of(Fact::LineConsents), of(Fact::LineAgreesByTerms)]
}

/// The version of [`text`]: changed whenever its words change.
pub(crate) const TEXT_VERSION: &str = "1";

/// The text a subscriber is shown, in both languages.
pub(crate) fn text(line: &Line) -> terms::Text {
    terms::Text {
        ja: format!(
            "回線「{line}」が攻撃を受けています。この回線あての通信の種類・量・送信元などの特性を機械的に分析し、攻撃の特性に合致する通信だけを、期限を定めて遮断することに同意しますか。同意しなくても契約内容は変わりません。同意はいつでも取り消せます。"
        ),
        en: format!(
            "Your line \"{line}\" is under attack. Do you agree that we analyse by machine the traits of traffic to this line (its kind, volume and sources) and stop only the traffic that matches the attack, until a set end? Your contract stays the same if you do not agree. You can withdraw your consent at any time."
        ),
    }
}

#[cfg(test)]
mod tests;

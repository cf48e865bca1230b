//! Consents of lines: for this line, this analysis, this action; recorded, and withdrawn at any time.

use ground::{Fact, Known, Role};
use serde::{Deserialize, Serialize};
use terms::{Act, CaseId, Line, Person, Subject, Time};

/// Number of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsentId(pub u64);

/// A consent as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its number.
    pub id: ConsentId,
    /// Whose line.
    pub line: Line,
    /// To which acts (the analysis and the action).
    pub acts: Vec<Act>,
    /// In which case it was asked for.
    pub case: CaseId,
    /// The text the subscriber was shown, in the language they read.
    pub text: String,
    /// Who took it down: the desk, or the line itself by its link.
    pub by: Person,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Time,
    /// Until when.
    pub until: Time,
    /// When it was withdrawn.
    pub withdrawn: Option<Time>,
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

/// What the register knows for `fact` `line-consents` at a time: the consent that covers these
/// acts, or that there is none.
pub(crate) fn known(
    consents: &[Consent],
    subject: &Subject,
    act: Act,
    at: Time,
) -> Option<(Fact, Known)> {
    let Subject::Line(line, _) = subject else { return None };
    let valid = |c: &&Consent| {
        c.line == *line
            && c.acts.contains(&act)
            && c.at <= at
            && at < c.until
            && c.withdrawn.is_none()
    };
    let known = match consents.iter().rfind(valid) {
        Some(c) => Known {
            so: true,
            person: c.by.clone(),
            role: c.role,
            countersigned: None,
            at: c.at,
            until: Some(c.until),
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
    Some((Fact::LineConsents, known))
}

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

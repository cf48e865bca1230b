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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use terms::{PrefixSet, Span};

    use super::*;

    const AT: Time = Time(1_777_626_000_000);

    fn subject(name: &str) -> Subject {
        let set = PrefixSet::of(["203.0.113.130/32".parse().expect("a prefix")]);
        Subject::Line(Line(name.into()), Arc::new(set))
    }

    fn consent(id: u64, acts: &[Act]) -> Consent {
        Consent {
            id: ConsentId(id),
            line: Line("line-7".into()),
            acts: acts.to_vec(),
            case: CaseId(1),
            text: String::new(),
            by: Person("tanaka".into()),
            role: Role::Desk,
            at: AT,
            until: AT.after(Span::minutes(5)),
            withdrawn: None,
        }
    }

    #[test]
    fn a_consent_covers_only_its_line_its_acts_and_its_time() {
        let given = [consent(1, &[Act::Analyse, Act::Block])];
        let so = |name: &str, act, at| {
            known(&given, &subject(name), act, at).map(|(fact, known)| (fact, known.so))
        };
        let (yes, no) = (Some((Fact::LineConsents, true)), Some((Fact::LineConsents, false)));
        let end = AT.after(Span::minutes(5));
        assert_eq!(so("line-7", Act::Block, AT), yes);
        assert_eq!(so("line-7", Act::Analyse, end.before(Span(1))), yes);
        assert_eq!(so("line-7", Act::Block, end), no);
        assert_eq!(so("line-7", Act::Block, AT.before(Span(1))), no);
        assert_eq!(so("line-8", Act::Block, AT), no);
        for act in [Act::Show, Act::Contact, Act::Warn, Act::ShareList, Act::Filter, Act::Identify]
        {
            assert_eq!(so("line-7", act, AT), no, "{act}");
        }
    }

    #[test]
    fn a_register_says_nothing_of_whom_it_cannot_name_and_covers_nobody_else() {
        let given = [consent(1, &[Act::Block])];
        assert_eq!(known(&given, &Subject::Network, Act::Block, AT), None);
        let Subject::Line(_, set) = subject("line-7") else { panic!("a line") };
        assert_eq!(known(&given, &Subject::Prefixes(set), Act::Block, AT), None);
        let (_, found) = known(&given, &subject("line-7"), Act::Block, AT).expect("it is known");
        assert_eq!(found.covers, Some(subject("line-7")));
        assert_eq!((found.role, found.until), (Role::Desk, Some(given[0].until)));
    }

    #[test]
    fn of_two_consents_the_one_that_still_holds_counts() {
        let mut given = vec![consent(1, &[Act::Block]), consent(2, &[Act::Block])];
        given[1].withdrawn = Some(AT);
        let so = |given: &[Consent]| {
            known(given, &subject("line-7"), Act::Block, AT).map(|(_, known)| known.so)
        };
        assert_eq!(so(&given), Some(true));
        given[0].until = AT;
        assert_eq!(so(&given), Some(false));
        assert_eq!(so(&[]), Some(false));
    }

    #[test]
    fn the_register_itself_says_that_there_is_none_so_that_it_counts_as_known() {
        let (fact, none) = known(&[], &subject("line-7"), Act::Block, AT).expect("it is known");
        let mut facts = ground::Facts::default();
        facts.learn(fact, none);
        let said = facts.so(Fact::LineConsents, &subject("line-7"), AT).map(|k| k.so);
        assert_eq!(said, Some(false));
    }
}

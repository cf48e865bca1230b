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
mod tests {
    use std::sync::Arc;

    use terms::{PrefixSet, Span};

    use super::*;

    const AT: Time = Time(1_777_626_000_000);
    const FOR: Purpose = Purpose::ProtectLine;

    /// What the register says of an individual consent.
    fn individually(given: &[Consent], of: &Subject, act: Act, at: Time) -> Option<Known> {
        let found = known(given, of, act, FOR, at).into_iter();
        found.filter(|(fact, _)| *fact == Fact::LineConsents).map(|(_, known)| known).next()
    }

    fn subject(name: &str) -> Subject {
        let set = PrefixSet::of(["203.0.113.130/32".parse().expect("a prefix")]);
        Subject::Line(Line(name.into()), Arc::new(set))
    }

    fn consent(id: u64, acts: &[Act]) -> Consent {
        Consent {
            id: ConsentId(id),
            kind: ConsentKind::Individual,
            whose: Party::Receiver,
            line: Line("line-7".into()),
            purposes: vec![FOR],
            acts: acts.to_vec(),
            case: Some(CaseId(1)),
            shown: Shown::of("3", "May we?"),
            by: Person("tanaka".into()),
            role: Role::Desk,
            at: AT,
            until: Some(AT.after(Span::minutes(5))),
            withdrawn: None,
        }
    }

    #[test]
    fn a_consent_covers_only_its_line_its_acts_its_purposes_and_its_time() {
        let given = [consent(1, &[Act::Analyse, Act::Block])];
        let so = |name: &str, act, at| individually(&given, &subject(name), act, at).map(|k| k.so);
        let (yes, no) = (Some(true), Some(false));
        let end = AT.after(Span::minutes(5));
        assert_eq!(so("line-7", Act::Block, AT), yes);
        assert_eq!(so("line-7", Act::Analyse, end.before(Span(1))), yes);
        assert_eq!(so("line-7", Act::Block, end), no);
        assert_eq!(so("line-7", Act::Block, AT.before(Span(1))), no);
        assert_eq!(so("line-8", Act::Block, AT), no);
        for &act in Act::ALL.iter().filter(|a| ![Act::Analyse, Act::Block].contains(a)) {
            assert_eq!(so("line-7", act, AT), no, "{act}");
        }
        for &purpose in Purpose::ALL.iter().filter(|p| **p != FOR) {
            let found = known(&given, &subject("line-7"), Act::Block, purpose, AT);
            assert!(found.iter().all(|(_, known)| !known.so), "{purpose}");
        }
    }

    #[test]
    fn an_individual_consent_is_none_by_the_terms_and_the_other_way_round() {
        for kind in ConsentKind::ALL {
            let given = [Consent { kind: *kind, ..consent(1, &[Act::Block]) }];
            let found = known(&given, &subject("line-7"), Act::Block, FOR, AT);
            let so: Vec<Fact> = found.iter().filter(|(_, k)| k.so).map(|(f, _)| *f).collect();
            assert_eq!(so, [given[0].fact()]);
            assert_eq!(found.len(), 2, "that there is none of the other kind is known too");
        }
    }

    #[test]
    fn a_register_says_nothing_of_whom_it_cannot_name_and_covers_nobody_else() {
        let given = [consent(1, &[Act::Block])];
        assert_eq!(known(&given, &Subject::Network, Act::Block, FOR, AT), []);
        let Subject::Line(_, set) = subject("line-7") else { panic!("a line") };
        assert_eq!(known(&given, &Subject::Prefixes(set), Act::Block, FOR, AT), []);
        let found = individually(&given, &subject("line-7"), Act::Block, AT).expect("it is known");
        assert_eq!(found.covers, Some(subject("line-7")));
        assert_eq!((found.role, found.until), (Role::Desk, given[0].until));
    }

    #[test]
    fn of_two_consents_the_one_that_still_holds_counts() {
        let mut given = vec![consent(1, &[Act::Block]), consent(2, &[Act::Block])];
        given[1].withdrawn = Some(AT);
        let so = |given: &[Consent]| {
            individually(given, &subject("line-7"), Act::Block, AT).map(|known| known.so)
        };
        assert_eq!(so(&given), Some(true));
        given[0].until = Some(AT);
        assert_eq!(so(&given), Some(false));
        assert_eq!(so(&[]), Some(false));
    }

    #[test]
    fn the_register_itself_says_that_there_is_none_so_that_it_counts_as_known() {
        let mut facts = ground::Facts::default();
        for (fact, none) in known(&[], &subject("line-7"), Act::Block, FOR, AT) {
            facts.learn(fact, none);
            let said = facts.so(fact, &subject("line-7"), AT).map(|k| k.so);
            assert_eq!(said, Some(false), "{fact}");
        }
    }

    #[test]
    fn an_opt_out_ends_every_earlier_consent_by_the_terms_and_none_that_is_given_after_it() {
        let blanket = |id, at: Time, withdrawn| Consent {
            kind: ConsentKind::Blanket,
            at,
            withdrawn,
            until: None,
            ..consent(id, &[Act::Block])
        };
        let (first, out, again) = (AT, AT.after(Span::minutes(1)), AT.after(Span::minutes(2)));
        let so = |given: &[Consent], at| {
            let found = known(given, &subject("line-7"), Act::Block, FOR, at).into_iter();
            let by_terms = |(fact, known): (Fact, Known)| {
                (fact == Fact::LineAgreesByTerms).then_some(known.so)
            };
            found.filter_map(by_terms).next()
        };
        let mut given = vec![blanket(1, first, None), blanket(2, first, Some(out))];
        assert_eq!(so(&given, first), Some(true));
        assert_eq!(so(&given, out), Some(false), "the older one does not outlive the opt-out");
        given.push(blanket(3, again, None));
        assert_eq!(so(&given, again), Some(true));
    }

    #[test]
    fn only_the_party_the_measure_asks_can_consent() {
        for &whose in Party::ALL {
            let given = [Consent { whose, ..consent(1, &[Act::Block]) }];
            let so = individually(&given, &subject("line-7"), Act::Block, AT).map(|k| k.so);
            assert_eq!(so, Some(whose == Party::Receiver), "{whose}");
        }
        let choice = Purpose::FilterMailByChoice;
        assert!(Party::FilterOwner.counts_for(choice) && !Party::Sender.counts_for(choice));
    }

    #[test]
    fn a_consent_of_the_first_version_of_the_store_is_still_read() {
        let stored = r#"{"id":1,"line":"line-7","acts":["analyse","show","block"],"case":3,"text":"May we?","by":"tanaka","role":"desk","at":1777626000000,"until":1777626300000,"withdrawn":null}"#;
        let read: Consent = serde_json::from_str(stored).expect("it is read");
        assert_eq!((read.kind, read.whose), (ConsentKind::Individual, Party::Receiver));
        assert_eq!(read.purposes, at_the_lines_wish());
        assert_eq!(read.shown, Shown::of("1", "May we?"));
        assert_eq!((read.case, read.until), (Some(CaseId(3)), Some(AT.after(Span::minutes(5)))));
        let again: Consent = serde_json::from_str(&serde_json::to_string(&read).expect("written"))
            .expect("it is read again");
        assert_eq!(again, read);
    }
}

//! What one entry of the ledger says: who did what, when, under which measure; never about whom.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ground::{Code, Digest, Entry, MeasureName, Role};
use serde::Serialize;
use terms::{Act, CaseId, Day, Person, Purpose, Time, words};

use crate::AccountError;

/// The version of the entry format.
const VERSION: u32 = 1;
/// Longest word in a leaf, in bytes.
const LONGEST_WORD: usize = 120;

words! {
    /// What an entry is about.
    Kind {
        /// The program started.
        Started = "started", "起動", "started";
        /// The gate answered.
        Answered = "answered", "関門の回答", "answered";
        /// Somebody established a fact, or took it back.
        Fact = "fact", "事実の確認", "fact established";
        /// Somebody signed.
        Signed = "signed", "署名", "signed";
        /// A signature was withdrawn.
        Unsigned = "unsigned", "署名の撤回", "signature withdrawn";
        /// A line consented.
        Consented = "consented", "同意", "consented";
        /// A line withdrew its consent, or opted out.
        Declined = "declined", "同意の撤回", "declined";
        /// The operator set a number of the law.
        NumberSet = "number-set", "数値の設定", "number set";
        /// The operator switched a measure on or off, or how far it goes.
        ModeSet = "mode-set", "運用方法の設定", "mode set";
        /// The legal role accepted a measure the sources do not spell out.
        Accepted = "accepted", "推論された措置の受入れ", "accepted";
        /// A case was opened.
        CaseOpened = "case-opened", "事案の開始", "case opened";
        /// A case was closed.
        CaseClosed = "case-closed", "事案の終了", "case closed";
        /// A mitigation was applied.
        Applied = "applied", "措置の実施", "applied";
        /// A mitigation could not be applied or withdrawn.
        Failed = "failed", "措置の失敗", "failed";
        /// A mitigation was withdrawn.
        Withdrawn = "withdrawn", "措置の解除", "withdrawn";
        /// A person was shown something that was opened.
        Shown = "shown", "閲覧", "shown";
        /// A subscriber or another operator was told.
        Told = "told", "通知", "told";
        /// Data, or a salt, was erased.
        Erased = "erased", "消去", "erased";
        /// The clock was set; times may be earlier from here on.
        ClockJump = "clock-jump", "時計の変更", "clock jump";
        /// The book of measures is another one than before.
        BookChanged = "book-changed", "措置集の変更", "book of measures changed";
        /// Somebody withdrew everything and stopped all opening, or ended that.
        Halted = "halted", "全停止", "halted";
        /// The ledger repaired itself after it was stopped in the middle of something.
        Repaired = "repaired", "台帳の修復", "repaired";
    }
}

/// A value that may stand in a leaf: it cannot be an address, a name or a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Safe {
    /// A word of a closed list or a name a program made: letters, digits and hyphens, at least one
    /// a letter.
    Word(String),
    /// Several words.
    Words(Vec<String>),
    /// A count, or the number of an entry. Never an address or a port.
    Count(u64),
    /// A number the operator set.
    Number(f64),
    /// Milliseconds since 1970.
    Time(Time),
    /// A calendar day.
    Day(Day),
    /// SHA-256, in hexadecimal.
    #[serde(serialize_with = "hex")]
    Digest(Digest),
}

/// One entry before it has its number. There is no field for an address, a subscriber or a port:
/// what an entry is about is committed to, not written (see [`crate::Account::book`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// When.
    pub at: Time,
    /// What.
    pub kind: Kind,
    /// Which member of staff or program.
    pub actor: Person,
    /// In which roles.
    pub roles: Vec<Role>,
    /// Which act.
    pub act: Option<Act>,
    /// What for.
    pub purpose: Option<Purpose>,
    /// In which case.
    pub case: Option<CaseId>,
    /// Under which measure.
    pub measure: Option<MeasureName>,
    /// Digest of the book of measures in force.
    pub book: Option<Digest>,
    /// The answer, if it is one.
    pub answer: Option<Code>,
    /// What else there is to say, in safe words.
    pub detail: BTreeMap<&'static str, Safe>,
}

impl Leaf {
    /// A leaf that says who did what when, and nothing else yet.
    #[must_use]
    pub fn of(kind: Kind, at: Time, actor: Person) -> Self {
        Self {
            at,
            kind,
            actor,
            roles: Vec::new(),
            act: None,
            purpose: None,
            case: None,
            measure: None,
            book: None,
            answer: None,
            detail: BTreeMap::new(),
        }
    }

    /// This leaf with one more detail.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: Safe) -> Self {
        self.detail.insert(key, value);
        self
    }

    /// The leaf of an answer of the gate. The entry's secret is not in it.
    pub(crate) fn answered(entry: &Entry) -> Self {
        let words = |list: Vec<&str>| Safe::Words(list.into_iter().map(str::to_owned).collect());
        let mut detail = BTreeMap::new();
        detail.insert("sources", words(entry.sources.iter().map(|s| s.word()).collect()));
        detail.insert("fields", words(entry.fields.iter().map(|f| f.word()).collect()));
        if let Some(until) = entry.until {
            detail.insert("until", Safe::Time(until));
        }
        if entry.observes {
            detail.insert("mode", Safe::Word("observe".to_owned()));
        }
        Self {
            at: entry.at,
            kind: Kind::Answered,
            actor: entry.actor.clone(),
            roles: entry.roles.clone(),
            act: Some(entry.act),
            purpose: Some(entry.purpose),
            case: entry.case,
            measure: entry.measure.clone(),
            book: Some(entry.book),
            answer: Some(entry.code),
            detail,
        }
    }

    /// The entry as it is written: JSON, one line.
    ///
    /// # Errors
    /// When there is something in it that a ledger must not have.
    pub(crate) fn write(
        &self,
        seq: u64,
        commitments: &BTreeMap<&'static str, String>,
    ) -> Result<Vec<u8>, AccountError> {
        self.check()?;
        let written = Written {
            v: VERSION,
            seq,
            time: self.at,
            kind: self.kind,
            actor: &self.actor,
            roles: &self.roles,
            act: self.act,
            purpose: self.purpose,
            case: self.case,
            measure: self.measure.as_ref().map(|m| &*m.0),
            book: self.book.map(|d| d.hex()),
            answer: self.answer,
            detail: &self.detail,
            commitments,
        };
        let refused = AccountError::NotForTheLedger;
        let entry = serde_json::to_vec(&written).map_err(|e| refused(e.to_string()))?;
        if u16::try_from(entry.len()).is_err() {
            return Err(refused(format!("the entry is {} bytes long; 65535 fit", entry.len())));
        }
        Ok(entry)
    }

    fn check(&self) -> Result<(), AccountError> {
        let refused = |what: String| Err(AccountError::NotForTheLedger(what));
        let actor = &self.actor.0;
        if actor.is_empty() || actor.len() > LONGEST_WORD || actor.chars().any(char::is_control) {
            return refused("the actor's name is empty, too long or has control characters".into());
        }
        if actor.split_whitespace().any(is_address) {
            return refused("the actor's name is an address".into());
        }
        if self.measure.as_ref().is_some_and(|m| !is_word(&m.0)) {
            return refused("the measure's name is not a word".into());
        }
        for (key, value) in &self.detail {
            let words = match value {
                Safe::Word(word) => std::slice::from_ref(word),
                Safe::Words(words) => words,
                Safe::Number(n) if !n.is_finite() => return refused(format!("{key} is {n}")),
                Safe::Count(_)
                | Safe::Number(_)
                | Safe::Time(_)
                | Safe::Day(_)
                | Safe::Digest(_) => &[],
            };
            // The word itself is not in the message: it may be what must not be written.
            if !is_word(key) || !words.iter().all(|word| is_word(word)) {
                return refused(format!("{key} is not letters, digits and hyphens"));
            }
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Written<'a> {
    v: u32,
    seq: u64,
    time: Time,
    kind: Kind,
    actor: &'a Person,
    roles: &'a [Role],
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Act>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    book: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Code>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    detail: &'a BTreeMap<&'static str, Safe>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    commitments: &'a BTreeMap<&'static str, String>,
}

fn hex<S: serde::Serializer>(digest: &Digest, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&digest.hex())
}

/// Letters, digits and hyphens, at least one a letter; so no address as addresses are written (an
/// IPv6 address has colons, an IPv4 address dots and no letter), and no free text.
fn is_word(text: &str) -> bool {
    text.len() <= LONGEST_WORD
        && text.contains(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn is_address(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != ':');
    text.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf() -> Leaf {
        Leaf::of(Kind::Started, Time(1), Person("hanako".to_owned()))
    }

    #[test]
    fn a_leaf_is_one_line_of_json_with_its_version_first() {
        let text = leaf().with("count", Safe::Count(3)).write(7, &BTreeMap::new()).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            r#"{"v":1,"seq":7,"time":1,"kind":"started","actor":"hanako","roles":[],"detail":{"count":3}}"#
        );
    }

    #[test]
    fn no_address_gets_into_a_leaf_as_a_word() {
        for bad in ["192.0.2.1", "192-0-2-1", "2001:db8::1", "::1", "a b", "", "name@example.jp"] {
            let leaf = leaf().with("what", Safe::Word(bad.to_owned()));
            assert!(leaf.write(0, &BTreeMap::new()).is_err(), "{bad}");
        }
        for bad in ["192.0.2.1", "(2001:db8::1)", "", "a\nb"] {
            let mut leaf = leaf();
            leaf.actor = Person(bad.to_owned());
            assert!(leaf.write(0, &BTreeMap::new()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_leaf_that_is_too_long_is_refused() {
        let words = vec!["a".repeat(100); 700];
        let leaf = leaf().with("words", Safe::Words(words));
        let error = leaf.write(0, &BTreeMap::new()).unwrap_err();
        assert!(error.to_string().contains("65535 fit"), "{error}");
    }
}

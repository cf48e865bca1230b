//! Reading a measure from its file, and what makes a file unfit: said with its line and what to do.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serializer};
use terms::{Automatic, Basis, Ends, Gives, Purpose, SignersWhen};

use crate::{Citation, Digest, Document, Measure, MeasureName, Within};

/// The one measure that may last although it rests on necessity: the precedent of the general part,
/// which goes no wider than its own purpose.
const PRECEDENT: &str = "42-g2-block-child-abuse-images";

/// What is wrong with a file: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Line in the file, counted from 1.
    pub(crate) line: usize,
    /// What is wrong, and what to do about it.
    pub(crate) why: String,
}

/// One purpose, several, or `"any"`.
pub(crate) mod purposes {
    use super::{Deserialize, Deserializer, ONE_OF, Purpose, Serializer};
    use serde::Serialize as _;
    use serde::de::Error as _;

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a purpose, or a list of purposes")]
    enum Written {
        One(String),
        Several(Vec<String>),
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Purpose>, D::Error> {
        let words = match Written::deserialize(d)? {
            Written::One(any) if any == "any" => return Ok(Purpose::ALL.to_vec()),
            Written::One(word) => vec![word],
            Written::Several(words) => words,
        };
        let known = |word: &String| {
            Purpose::parse(word).ok_or_else(|| {
                let all: Vec<&str> = Purpose::ALL.iter().map(|p| p.word()).collect();
                let all = all.join("`, `");
                D::Error::custom(format!("unknown purpose `{word}`{ONE_OF}`{all}`"))
            })
        };
        words.iter().map(known).collect()
    }

    pub(crate) fn serialize<S: Serializer>(purposes: &[Purpose], s: S) -> Result<S::Ok, S::Error> {
        match purposes {
            [one] => one.serialize(s),
            all if all.len() == Purpose::ALL.len() => s.serialize_str("any"),
            several => several.serialize(s),
        }
    }
}

impl Measure {
    /// Reads a measure from its file.
    ///
    /// # Errors
    /// A sentence saying what is wrong and in which line: a word that is not in a list, no citation,
    /// no examples, an emergency without an end.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        Self::load(name, text).map_err(|fault| format!("line {}: {}", fault.line, fault.why))
    }

    pub(crate) fn load(name: &str, text: &str) -> Result<Self, Fault> {
        let mut measure: Self = toml::from_str(text).map_err(|e| {
            let from = e.span().map_or(0, |span| span.start);
            let line = text.get(..from).map_or(1, |before| before.matches('\n').count() + 1);
            Fault { line, why: misread(e.message(), text, line) }
        })?;
        measure.name = MeasureName::of(name);
        measure.digest = Digest::of(text.as_bytes());
        match measure.check() {
            Ok(()) => Ok(measure),
            Err(unfit) => Err(Fault { line: unfit.line(text), why: unfit.why.to_owned() }),
        }
    }

    /// Gives citations the names of their documents; `text` is the file, to say in which line one
    /// is missing.
    pub(crate) fn cite(
        &mut self,
        documents: &BTreeMap<String, Document>,
        text: &str,
    ) -> Result<(), Fault> {
        let duties = self.duties.iter_mut().filter_map(|d| match &mut d.within {
            Some(Within::Statute { cites, .. } | Within::Promptly { cites, .. }) => Some(cites),
            Some(Within::Operator { .. }) | None => None,
        });
        for citation in duties.chain([&mut self.cites]) {
            let Some(document) = documents.get(&citation.text) else {
                let named = format!("\"{}\"", citation.text);
                let cites = |l: &str| l.contains("text") && l.contains(&named);
                let line = text.lines().position(cites).map_or(1, |n| n + 1);
                let why = format!(
                    "cites {named}, which measures/TEXTS.toml does not list: list it there, or cite \
                     what is listed"
                );
                return Err(Fault { line, why });
            };
            citation.named = document.title.clone();
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Unfit> {
        let says = |c: &Citation| !c.text.trim().is_empty() && !c.at.trim().is_empty();
        let backwards = |c: &Citation| c.until.is_some_and(|until| until < c.from);
        if !says(&self.cites) {
            return Unfit::at(
                "cites",
                "a measure needs a citation: name the text and the place in it",
            );
        }
        if backwards(&self.cites) {
            let why = "its last day is before its first: set `until` later or leave it out";
            return Unfit::at("cites", why);
        }
        for (nth, duty) in self.duties.iter().enumerate() {
            let fine = match &duty.within {
                Some(Within::Statute { cites, .. }) => says(cites),
                Some(Within::Promptly { promptly, cites }) => *promptly && says(cites),
                Some(Within::Operator { number }) => number.unit().is_some(),
                None => true,
            };
            if !fine {
                let why = "the deadline of this duty rests on nothing: cite where a statute sets it, or \
                           name a number of the operator's that is a length of time";
                return Err(Unfit { key: "[[duty]]", nth, why });
            }
        }
        if self.acts.is_empty() {
            return Unfit::at("acts", "a measure needs an act: name at least one");
        }
        if self.signers.roles.is_empty() {
            return Unfit::at("signers", "a measure needs a signer: name at least one role");
        }
        if self.purposes.is_empty() {
            return Unfit::at("purpose", "a measure needs a purpose: name at least one");
        }
        if self.can_grant() && self.purposes.len() == Purpose::ALL.len() {
            let why = "what serves every purpose may never grant: name the purposes it is for, or a \
                       basis that is undetermined or excluded";
            return Unfit::at("purpose", why);
        }
        let conditioned = self.basis != Basis::Excluded;
        if conditioned && self.open.iter().any(|f| !self.requires.contains_key(f)) {
            return Unfit::at("open", "`open` names a fact that `requires` does not: add it there");
        }
        if self.requires.iter().any(|(f, so)| !so && !f.follows_from().is_empty()) {
            let why = "a fact that follows from others can only be required to be so: require the facts \
                       it follows from not to be so";
            return Unfit::at("[requires]", why);
        }
        if self.basis == Basis::Excluded && !self.requires.is_empty() {
            let why = "what is excluded has no conditions: take `requires` out";
            return Unfit::at("[requires]", why);
        }
        self.check_examples()?;
        self.check_emergency()
    }

    fn check_examples(&self) -> Result<(), Unfit> {
        let gives = |g: Gives| self.examples.iter().any(|e| e.gives == g);
        let why = match self.basis {
            Basis::Undetermined if !gives(Gives::Asks) => {
                "no example asks, though it is undetermined: add an [[example]] with gives = \"asks\""
            }
            Basis::Excluded if !gives(Gives::Refused) => {
                "no example is refused, though it is excluded: add an [[example]] with gives = \
                 \"refused\""
            }
            Basis::Undetermined | Basis::Excluded => return Ok(()),
            Basis::Outside
            | Basis::Consent
            | Basis::BlanketConsent
            | Basis::Statute
            | Basis::LegitimateBusiness
            | Basis::Emergency => match (gives(Gives::Granted), gives(Gives::Refused)) {
                (true, true) => return Ok(()),
                (false, _) => "no example is granted: add an [[example]] with gives = \"granted\"",
                (true, false) => {
                    "no example is refused: add an [[example]] with gives = \"refused\""
                }
            },
        };
        Unfit::at("[[example]]", why)
    }

    fn check_emergency(&self) -> Result<(), Unfit> {
        let excepted = &*self.name.0 == PRECEDENT;
        match &self.precedent {
            Some(why) if excepted && !why.trim().is_empty() => return Ok(()),
            Some(_) => {
                let why = "only the precedent on pictures of child abuse may last on necessity, and it says \
                           why: take `precedent` out, and set ends = \"required\"";
                return Unfit::at("precedent", why);
            }
            None if self.basis != Basis::Emergency => return Ok(()),
            None => {}
        }
        if self.ends != Ends::Required {
            let why = "self-defence and necessity never last: set ends = \"required\", or name another basis";
            return Unfit::at("ends", why);
        }
        if self.automatic == Automatic::Yes || self.signers.when == SignersWhen::Once {
            let by_itself = self.automatic == Automatic::Yes;
            let why = "a standing measure may not rest on self-defence or necessity: have each act signed \
                       (when = \"each\", automatic = \"no\")";
            return Unfit::at(if by_itself { "automatic" } else { "signers" }, why);
        }
        Ok(())
    }
}

/// What does not fit in a measure that reads well: the key, which of several of that name, and why.
struct Unfit {
    key: &'static str,
    nth: usize,
    why: &'static str,
}

impl Unfit {
    fn at(key: &'static str, why: &'static str) -> Result<(), Self> {
        Err(Self { key, nth: 0, why })
    }

    /// The line on which the key stands; 1 where it does not.
    fn line(&self, text: &str) -> usize {
        let stands = |line: &str| {
            line.strip_prefix(self.key).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == '=')
            })
        };
        let lines = text.lines().enumerate().filter(|(_, line)| stands(line));
        lines.map(|(n, _)| n + 1).nth(self.nth).unwrap_or(1)
    }
}

/// Between what the reader of TOML found and the words it knows.
const ONE_OF: &str = ", expected one of ";

/// What the reader of TOML says, and of what; of a long list of words, the nearest ones.
fn misread(message: &str, text: &str, line: usize) -> String {
    let message = message.trim();
    if let Some(key) = message.strip_prefix("missing field ").filter(|_| line == 1) {
        return format!("{key} is missing: add it");
    }
    let at = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
    let message = message.replace("unknown variant", "unknown word").replace(" field ", " key ");
    let unknown = message.starts_with("unknown");
    let vocabulary = "`sekisho law vocabulary` prints every word";
    match message.split_once(ONE_OF).filter(|_| message.len() > 200) {
        Some((said, rest)) => {
            let wrong = said.split('`').nth(1).unwrap_or_default();
            let words = rest.split('`').filter(|w| !w.trim_matches([',', ' ']).is_empty());
            let near = nearest(wrong, words);
            format!("in `{at}`: {said}; did you mean {near}? {vocabulary}")
        }
        None if unknown => format!("in `{at}`: {message}; {vocabulary}"),
        None => format!("in `{at}`: {message}"),
    }
}

/// The words of a list that are most like `wrong`, at most three, the others left out where one is
/// much nearer.
pub fn nearest<'a>(wrong: &str, words: impl Iterator<Item = &'a str>) -> String {
    let mut far: Vec<(usize, &str)> = words.map(|w| (distance(wrong, w), w)).collect();
    far.sort_unstable();
    let least = far.first().map_or(0, |(edits, _)| *edits);
    let near = far.iter().take(3).take_while(|(edits, _)| *edits <= 2 * least + 1);
    near.map(|(_, w)| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}

/// Edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let (up, left) =
                (row.get(j + 1).copied().unwrap_or(0), row.get(j).copied().unwrap_or(0));
            let here = (corner + usize::from(x != *y)).min(up + 1).min(left + 1);
            corner = up;
            if let Some(cell) = row.get_mut(j + 1) {
                *cell = here;
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

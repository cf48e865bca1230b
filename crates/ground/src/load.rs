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
    use super::{Deserialize, Deserializer, Purpose, Serializer};
    use serde::Serialize as _;
    use serde::de::Error as _;

    #[derive(Deserialize)]
    #[serde(untagged)]
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
            Purpose::parse(word)
                .ok_or_else(|| D::Error::custom(format!("unknown purpose `{word}`")))
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
            Err((key, why)) => Err(Fault { line: line_of(text, key), why: why.to_owned() }),
        }
    }

    /// Gives citations the names of their documents.
    pub(crate) fn cite(&mut self, documents: &BTreeMap<String, Document>) -> Result<(), String> {
        let duties = self.duties.iter_mut().filter_map(|d| match &mut d.within {
            Some(Within::Statute { cites, .. } | Within::Promptly { cites, .. }) => Some(cites),
            Some(Within::Operator { .. }) | None => None,
        });
        for citation in duties.chain([&mut self.cites]) {
            let Some(document) = documents.get(&citation.text) else {
                return Err(format!(
                    "cites \"{}\", which TEXTS.toml does not list: list it there, or cite what is listed",
                    citation.text
                ));
            };
            citation.named = document.title.clone();
        }
        Ok(())
    }

    fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let says = |c: &Citation| !c.text.trim().is_empty() && !c.at.trim().is_empty();
        let backwards = |c: &Citation| c.until.is_some_and(|until| until < c.from);
        if !says(&self.cites) {
            return Err(("cites", "a measure needs a citation: name the text and the place in it"));
        }
        if backwards(&self.cites) {
            return Err((
                "cites",
                "its last day is before its first: set `until` later or leave it out",
            ));
        }
        for duty in &self.duties {
            let fine = match &duty.within {
                Some(Within::Statute { cites, .. }) => says(cites),
                Some(Within::Promptly { promptly, cites }) => *promptly && says(cites),
                Some(Within::Operator { number }) => number.unit().is_some(),
                None => true,
            };
            if !fine {
                return Err((
                    "[[duty]]",
                    "a deadline needs a citation, or a number that is a length of time",
                ));
            }
        }
        if self.acts.is_empty() {
            return Err(("acts", "a measure needs an act"));
        }
        if self.signers.roles.is_empty() {
            return Err(("signers", "a measure needs a signer: name at least one role"));
        }
        if self.purposes.is_empty()
            || (self.can_grant() && self.purposes.len() == Purpose::ALL.len())
        {
            return Err(("purpose", "name the purpose; \"any\" is only for what never grants"));
        }
        if self.open.iter().any(|f| !self.requires.contains_key(f)) {
            return Err(("open", "`open` names a fact that `requires` does not: add it there"));
        }
        if self.basis == Basis::Excluded && !self.requires.is_empty() {
            return Err(("[requires]", "what is excluded has no conditions: take `requires` out"));
        }
        self.check_examples()?;
        self.check_emergency()
    }

    fn check_examples(&self) -> Result<(), (&'static str, &'static str)> {
        let gives = |g: Gives| self.examples.iter().any(|e| e.gives == g);
        let why = match self.basis {
            Basis::Undetermined if !gives(Gives::Asks) => {
                "an undetermined measure needs an example that asks"
            }
            Basis::Excluded if !gives(Gives::Refused) => {
                "an excluded measure needs an example that is refused"
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
        Err(("[[example]]", why))
    }

    fn check_emergency(&self) -> Result<(), (&'static str, &'static str)> {
        let excepted = &*self.name.0 == PRECEDENT;
        match &self.precedent {
            Some(why) if excepted && !why.trim().is_empty() => return Ok(()),
            Some(_) => {
                return Err((
                    "precedent",
                    "only the precedent on pictures of child abuse may last on necessity, and says why",
                ));
            }
            None if self.basis != Basis::Emergency => return Ok(()),
            None => {}
        }
        if self.ends == Ends::Review {
            return Err((
                "ends",
                "self-defence and necessity never last: set ends = \"required\", or name another ground",
            ));
        }
        if self.automatic == Automatic::Yes || self.signers.when == SignersWhen::Once {
            return Err((
                if self.automatic == Automatic::Yes { "automatic" } else { "signers" },
                "a standing measure may not rest on self-defence or necessity: have each act signed",
            ));
        }
        Ok(())
    }
}

/// The line on which `key` stands; 1 where it does not.
fn line_of(text: &str, key: &str) -> usize {
    let stands = |line: &str| {
        line.strip_prefix(key).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == '=')
        })
    };
    text.lines().position(stands).map_or(1, |n| n + 1)
}

/// What the reader of TOML says, shortened: of a list of all words, the nearest ones.
fn misread(message: &str, text: &str, line: usize) -> String {
    let message = message.trim();
    let (Some((said, rest)), true) =
        (message.split_once(", expected one of "), message.len() > 200)
    else {
        return format!(
            "{message}; the words of each list are printed by `sekisho law vocabulary`"
        );
    };
    let wrong = said.split('`').nth(1).unwrap_or_default();
    let near = nearest(wrong, rest.split('`').filter(|w| !w.trim_matches([',', ' ']).is_empty()));
    let at = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
    format!("{said} in `{at}`; did you mean {near}? `sekisho law vocabulary` prints every word")
}

/// The words of a list that are most like `wrong`, at most three.
pub fn nearest<'a>(wrong: &str, words: impl Iterator<Item = &'a str>) -> String {
    let mut far: Vec<(usize, &str)> = words.map(|w| (distance(wrong, w), w)).collect();
    far.sort_unstable();
    let near: Vec<String> = far.iter().take(3).map(|(_, w)| format!("`{w}`")).collect();
    near.join(", ")
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

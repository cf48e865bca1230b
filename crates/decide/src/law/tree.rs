//! Reading a JSON document strictly: every key known, none twice, and every error names its field.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// What is wrong with a request: nothing was decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", if field.is_empty() { "the request" } else { field })]
pub struct Fault {
    /// The field, with the way to it, such as `facts.by-machine`; empty for the whole document.
    pub field: String,
    /// What is wrong with it, and what to write instead.
    pub why: String,
}

impl Fault {
    pub(super) fn of(field: &str, why: impl Into<String>) -> Self {
        Self { field: field.to_owned(), why: why.into() }
    }
}

/// Reads a document in which no object has a key twice.
pub(super) fn parse(text: &str) -> Result<Value, Fault> {
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Fault::of("", "is empty: `sekisho law vocabulary` has an example"));
    }
    let twice = RefCell::new(None);
    let once = Once { way: String::new(), twice: &twice };
    let mut read = serde_json::Deserializer::from_str(text);
    let value = once.deserialize(&mut read).and_then(|value| read.end().map(|()| value));
    value.map_err(|e| match twice.take() {
        Some(field) => Fault { field, why: "is said twice: keep one of them".to_owned() },
        None => Fault::of(
            "",
            format!("is no JSON document: {e}; `sekisho law vocabulary` has an example"),
        ),
    })
}

/// A value of which no object has a key twice, and where in the document it is.
struct Once<'a> {
    way: String,
    twice: &'a RefCell<Option<String>>,
}

impl Once<'_> {
    fn within(&self, way: String) -> Self {
        Self { way, twice: self.twice }
    }
}

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        loop {
            let way = format!("{}[{}]", self.way, all.len());
            let Some(item) = items.next_element_seed(self.within(way))? else { break };
            all.push(item);
        }
        Ok(Value::Array(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut all = serde_json::Map::new();
        while let Some(key) = pairs.next_key::<String>()? {
            let way = below(&self.way, &key);
            if all.contains_key(&key) {
                self.twice.replace(Some(way));
                return Err(A::Error::custom("a key is said twice"));
            }
            let value = pairs.next_value_seed(self.within(way))?;
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}

/// The way to a field of the object at `at`.
fn below(at: &str, key: &str) -> String {
    if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") }
}

/// An object of which every key is taken, or it is an error.
pub(super) struct Object<'a> {
    at: String,
    left: BTreeMap<&'a str, &'a Value>,
    known: &'static [&'static str],
}

impl<'a> Object<'a> {
    /// The object at `at`, which may have only `known` keys.
    pub(super) fn of(
        value: &'a Value,
        at: &str,
        known: &'static [&'static str],
    ) -> Result<Self, Fault> {
        let Value::Object(map) = value else {
            return Err(Fault::of(at, "must be an object, written in { }"));
        };
        let left: BTreeMap<&str, &Value> = map.iter().map(|(k, v)| (k.as_str(), v)).collect();
        let object = Self { at: at.to_owned(), left, known };
        match object.left.keys().find(|k| !known.contains(k)) {
            None => Ok(object),
            Some(unknown) => {
                let near = ground::nearest(unknown, object.known.iter().copied());
                let why = format!("there is no field of this name here; did you mean {near}?");
                Err(Fault { field: object.way(unknown), why })
            }
        }
    }

    /// The way to a field of it.
    pub(super) fn way(&self, key: &str) -> String {
        below(&self.at, key)
    }

    /// The value of a key; `null` is as if it were not there.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.left.get(key).copied().filter(|v| !v.is_null())
    }

    /// The value of a key that must be there.
    pub(super) fn must(&self, key: &str) -> Result<&'a Value, Fault> {
        let why = || "is missing, and nothing can be asked without it";
        self.get(key).ok_or_else(|| Fault { field: self.way(key), why: why().to_owned() })
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, Fault> {
        self.get(key).map(|v| text(v, &self.way(key))).transpose()
    }

    /// So, not so, or (when it is not there) not known.
    pub(super) fn so(&self, key: &str) -> Result<Option<bool>, Fault> {
        let read = |v: &Value| {
            let wrong = || Fault::of(&self.way(key), "must be true, false or null (not known)");
            v.as_bool().ok_or_else(wrong)
        };
        self.get(key).map(read).transpose()
    }

    /// A word of a list.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        all: &[T],
        written: fn(T) -> &'static str,
    ) -> Result<Option<T>, Fault> {
        self.get(key).map(|v| word(v, &self.way(key), all, written)).transpose()
    }

    /// Several words of a list.
    pub(super) fn words<T: Copy>(
        &self,
        key: &str,
        all: &[T],
        written: fn(T) -> &'static str,
    ) -> Result<Option<Vec<T>>, Fault> {
        let way = self.way(key);
        let one = |(i, v): (usize, &Value)| word(v, &format!("{way}[{i}]"), all, written);
        self.get(key).map(|v| list(v, &way)?.iter().enumerate().map(one).collect()).transpose()
    }
}

/// A list.
pub(super) fn list<'a>(value: &'a Value, way: &str) -> Result<&'a [Value], Fault> {
    let wrong = || Fault::of(way, "must be a list, written in [ ]");
    value.as_array().map(Vec::as_slice).ok_or_else(wrong)
}

/// A text that is not empty.
pub(super) fn text<'a>(value: &'a Value, way: &str) -> Result<&'a str, Fault> {
    let wrong = || Fault::of(way, "must be a text, written in quotes, and not empty");
    value.as_str().filter(|t| !t.trim().is_empty()).ok_or_else(wrong)
}

/// A word of a list.
pub(super) fn word<T: Copy>(
    value: &Value,
    way: &str,
    all: &[T],
    written: fn(T) -> &'static str,
) -> Result<T, Fault> {
    let said = text(value, way)?;
    all.iter()
        .copied()
        .find(|w| written(*w) == said)
        .ok_or_else(|| unknown(way, said, all.iter().map(|w| written(*w))))
}

/// An unknown word, with the nearest ones.
pub(super) fn unknown<'a>(way: &str, said: &str, all: impl Iterator<Item = &'a str>) -> Fault {
    let near = ground::nearest(said, all);
    Fault::of(
        way,
        format!(
            "`{said}` is not a word of this list; did you mean {near}? `sekisho law vocabulary` prints every word"
        ),
    )
}

//! Where the text says it, on which days it holds, and the documents that are cited.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use terms::{Day, Text};

/// The documents measures cite: `measures/TEXTS.toml`.
pub(crate) const TEXTS: &str = include_str!("../../../measures/TEXTS.toml");

/// Where the text says it, and on which days it holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The document and its edition, by its name in `TEXTS.toml`.
    pub text: String,
    /// The place in it.
    pub at: String,
    /// First day.
    pub from: Day,
    /// Last day, when a later rule took over.
    pub until: Option<Day>,
    /// The document's title.
    #[serde(skip, default = "untitled")]
    pub named: Text,
}

fn untitled() -> Text {
    Text::of("", "")
}

/// A document that measures cite.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Document {
    /// Its name in citations.
    pub name: String,
    /// Its title.
    pub title: Text,
    /// The day it was published.
    pub published: Day,
    /// Where it can be read.
    pub url: Option<String>,
    /// How sure its content is: `high` (an official or primary page was seen), `med`, `low`, `mem`.
    pub sure: Option<String>,
    /// From this day on there is a later edition whose text was not available.
    pub later_edition_unseen_from: Option<Day>,
}

/// Reads the documents.
pub(crate) fn documents(text: &str) -> Result<BTreeMap<String, Document>, String> {
    #[derive(Deserialize)]
    struct Texts {
        text: Vec<Document>,
    }
    let texts: Texts = toml::from_str(text).map_err(|e| e.to_string())?;
    Ok(texts.text.into_iter().map(|d| (d.name.clone(), d)).collect())
}

impl Citation {
    /// Document and place as a person reads them.
    #[must_use]
    pub fn text(&self) -> Text {
        Text {
            ja: format!("{} {}", self.named.ja, self.at),
            en: format!("{} {}", self.named.en, self.at),
        }
    }
}

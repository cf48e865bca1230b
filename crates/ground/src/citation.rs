//! Where the text says it, and on which days it holds.

use serde::{Deserialize, Serialize};
use terms::{Day, Text};

/// Where the text says it, and on which days it holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The document and its edition.
    pub text: String,
    /// The place in it.
    pub at: String,
    /// First day.
    pub from: Day,
    /// Last day, when a later rule took over.
    pub until: Option<Day>,
}

impl Citation {
    /// Document and place as a person reads them.
    #[must_use]
    pub fn text(&self) -> Text {
        let ja = match self.text.as_str() {
            "Guideline, 4th edition" => "ガイドライン第4版",
            other => other,
        };
        Text { ja: format!("{ja} {}", self.at), en: format!("{} {}", self.text, self.at) }
    }
}

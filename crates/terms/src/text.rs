//! One sentence in the two languages every person may read, and the macro for closed word lists.

use serde::{Deserialize, Serialize};

/// The same words in Japanese and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Japanese, plain style.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Both languages from string slices.
    #[must_use]
    pub fn of(ja: &str, en: &str) -> Self {
        Self { ja: ja.to_owned(), en: en.to_owned() }
    }
}

/// Declares a closed list of words: an enum with its kebab-case word and its name in both languages.
///
/// A word that is not in the list does not parse; that is how a misspelt fact is caught.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal, $ja:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }
        impl $name {
            /// Every word of the list, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The word as it is written in files and on the command line.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $word,)+ } }
            /// The word as a person reads it.
            #[must_use]
            pub fn text(self) -> $crate::Text { match self { $(Self::$variant => $crate::Text::of($ja, $en),)+ } }
            /// The word of the list that is written `word`, if there is one.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|w| w.word() == word) }
        }
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result { f.write_str(self.word()) }
        }
    };
}

//! The two languages of the pages, and which of them a reader wants.

use terms::Text;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Lang {
    /// What the reader wants: what they chose, else what their browser prefers, else Japanese.
    pub(crate) fn wanted(chosen: Option<&str>, accepted: Option<&str>) -> Self {
        match chosen {
            Some("ja") => Self::Ja,
            Some("en") => Self::En,
            Some(_) | None => accepted.map_or(Self::Ja, preferred),
        }
    }

    /// Its tag (BCP 47).
    pub(crate) fn tag(self) -> &'static str {
        self.of("ja", "en")
    }

    /// The one of the two that is in this language.
    pub(crate) fn of<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ja => ja,
            Self::En => en,
        }
    }

    /// The words of `text` in this language.
    pub(crate) fn text(self, text: &Text) -> &str {
        self.of(&text.ja, &text.en)
    }
}

/// The preferred of the two by an `Accept-Language` header (RFC 9110 §12.5.4). Readers of neither
/// get English.
fn preferred(accepted: &str) -> Lang {
    let weight = |tag: &str| {
        let mut best = 0.0_f32;
        for range in accepted.split(',') {
            let (name, rest) = range.split_once(';').unwrap_or((range, ""));
            let primary = name.trim().split('-').next().unwrap_or_default();
            let q = rest.trim().strip_prefix("q=").and_then(|q| q.trim().parse().ok());
            if primary.eq_ignore_ascii_case(tag) {
                best = best.max(q.unwrap_or(1.0));
            }
        }
        best
    };
    let (ja, en) = (weight("ja"), weight("en"));
    // Browsers list what they prefer first and weigh it most; equal weights are rare.
    if ja > 0.0 && ja >= en { Lang::Ja } else { Lang::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_goes_before_the_browser_and_the_browser_before_japanese() {
        let cases = [
            (Some("en"), Some("ja"), Lang::En),
            (Some("ja"), None, Lang::Ja),
            (Some("xx"), Some("en-GB,en;q=0.9"), Lang::En),
            (None, Some("en-US,en;q=0.8,ja;q=0.9"), Lang::En),
            (None, Some("en;q=0.5, JA-jp ; q=0.7"), Lang::Ja),
            (None, Some("fr"), Lang::En),
            (None, Some(";;,q="), Lang::En),
            (None, None, Lang::Ja),
        ];
        for (chosen, accepted, wanted) in cases {
            assert_eq!(Lang::wanted(chosen, accepted), wanted, "{chosen:?} {accepted:?}");
        }
    }
}

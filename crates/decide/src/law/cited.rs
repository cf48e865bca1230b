//! How a sentence names the text it rests on: document, place, item, days.

use core::str::FromStr as _;

use ground::Measure;
use terms::{Day, Status, Text};

use super::clause::day_ja;

/// The document and the place in it.
pub(super) fn place(measure: &Measure) -> Text {
    let cites = &measure.cites;
    let at = cites.at.strip_prefix("inferred from ").unwrap_or(&cites.at);
    // Where the place is told in a sentence of its own, the document and its day are enough.
    let told = at.contains('。').then(|| dated(at)).flatten();
    let (at_ja, at_en) = match told {
        Some(day) => (format!("、{}", day_ja(day)), format!(", {day}")),
        None if at.contains("（") => {
            let short = at.split('（').next().unwrap_or(at);
            (format!("の{short}"), format!(" ({short})"))
        }
        None if at.starts_with('第') => (wide(at), format!(" ({at})")),
        None => (format!("の「{at}」"), format!(" ({at})")),
    };
    // The text tells cases apart under one letter: (a) and (b), (i) to (iii).
    let case = measure.item.split_once('(').and_then(|(_, c)| c.strip_suffix(')'));
    let case = case.filter(|c| c.is_ascii());
    let (case_ja, case_en) =
        case.map_or_else(Default::default, |c| (format!("の({c})の場合"), format!(", case ({c})")));
    let place = Text {
        ja: format!("{}{at_ja}{case_ja}", cites.named.ja),
        en: format!("the {}{at_en}{case_en}", cites.named.en),
    };
    if measure.status == Status::Inferred {
        return Text {
            ja: format!("{}からの推論", place.ja),
            en: format!("an inference from {}", place.en),
        };
    }
    place
}

/// A place such as 第5条1(1)イ (エ), with its letter as a Japanese text sets it.
fn wide(at: &str) -> String {
    let mut wide = String::new();
    for part in at.split(" (") {
        match part.split_once(')') {
            Some((letter, rest)) if !wide.is_empty() => {
                wide += &format!("（{letter}）{rest}");
            }
            _ => wide += part,
        }
    }
    wide
}

/// The first day that is written in `text`.
fn dated(text: &str) -> Option<Day> {
    let starts = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| i);
    starts.filter_map(|i| text.get(i..i + 10)).find_map(|part| Day::from_str(part).ok())
}

/// The letter of an item as a sentence writes it: empty where it has none.
pub(super) fn item(item: &str) -> Text {
    if item == "–" {
        return Text::of("", "");
    }
    match item.split_once('(') {
        Some((letter, "同意)")) => Text {
            ja: format!("{letter}（同意による場合）"),
            en: format!("({letter}, by consent)"),
        },
        Some((letter, "下位)")) => Text {
            ja: format!("{letter}（下位の設備のための場合）"),
            en: format!("({letter}, for equipment downstream)"),
        },
        _ => Text { ja: format!("（{item}）"), en: format!("({item})") },
    }
}

/// On which day a text that is not in force begins, or ended.
pub(super) fn not_in_force(measure: &Measure, day: Day) -> Text {
    let cites = &measure.cites;
    match cites.until {
        Some(until) if until < day => Text {
            ja: format!("この定めは{}までのものです。", day_ja(until)),
            en: format!("This rule held until {until}."),
        },
        _ if measure.basis == ground::Basis::Statute => Text {
            ja: format!("この定めは{}から効力を有するものです。", day_ja(cites.from)),
            en: format!("This rule is in force from {}.", cites.from),
        },
        _ => Text {
            ja: format!("この版は{}のもので、それ以前の版は確認していません。", day_ja(cites.from)),
            en: format!("This edition is of {}; earlier ones were not seen.", cites.from),
        },
    }
}

//! The words of one condition: its name in answers, its code, and how a sentence says it.

use ground::{Checked, Condition, Fact, Measure, State};
use terms::{Ends, Text};

/// The word of a condition in an answer.
pub(super) fn word(condition: &Condition) -> &'static str {
    match condition {
        Condition::Fact(fact, _) => fact.word(),
        Condition::Purpose(_) => "purpose",
        Condition::InForce(_) => "in-force",
        Condition::Fields => "fields",
        Condition::Source(_) => "source",
        Condition::Over(_) => "over",
        Condition::HasEnd => "end",
        Condition::Claimed(_) => "claims",
        Condition::Decided => "decided",
        Condition::Observing => "observing",
        Condition::Accepted => "accepted",
        Condition::Number(number) => number.word(),
        Condition::SwitchedOn => "switched-on",
        Condition::Signed(_) => "signed",
    }
}

/// The code of a condition, or of the principle it stands for; `codes` of the vocabulary explains it.
pub(super) fn code(condition: &Condition, state: State) -> &'static str {
    match condition {
        Condition::Fact(fact, _) => fact.code(),
        Condition::Purpose(_) | Condition::Source(_) => "C-PURPOSE",
        Condition::Fields => "C-FIELDS",
        Condition::Over(_) => "C-MATCH",
        Condition::HasEnd => "C-TEMP",
        Condition::Claimed(_) => "P3",
        Condition::InForce(_) => "valid-days",
        Condition::Decided if state == State::Failed => "excluded",
        Condition::Decided => "undetermined",
        Condition::Observing => "P21",
        Condition::Accepted
        | Condition::Number(_)
        | Condition::SwitchedOn
        | Condition::Signed(_) => "house",
    }
}

/// The condition as the clause of a sentence: in Japanese a noun phrase that ends in こと, in English
/// what follows "that".
pub(super) fn clause(condition: &Condition, measure: &Measure) -> Text {
    match condition {
        Condition::Fact(fact, wanted) => fact_clause(*fact, *wanted),
        Condition::Purpose(purpose) => {
            let text = purpose.text();
            Text {
                ja: format!("目的が「{}」であること", text.ja),
                en: format!("the purpose is “{}”", text.en),
            }
        }
        Condition::InForce(day) => Text {
            ja: format!("{}の時点で有効な定めであること", day_ja(*day)),
            en: format!("the rule is in force on {day}"),
        },
        Condition::Fields => Text::of(
            "認められた情報項目だけを用いること",
            "only fields that the item allows are used",
        ),
        Condition::Source(source) => {
            let text = source.text();
            Text {
                ja: format!("「{}」の利用が認められていること", text.ja),
                en: format!("the item may read “{}”", text.en),
            }
        }
        Condition::Over(over) => {
            let text = over.text();
            Text {
                ja: format!("対象が{}に限られること", text.ja),
                en: format!("it is limited to {}", text.en),
            }
        }
        // A text that sets no time is silent on what lasts: only what is temporary is sure.
        Condition::HasEnd if measure.ends != Ends::Review => Text::of(
            "一時的な措置であり、終期が定まっていること",
            "it is temporary and has an end ahead",
        ),
        Condition::HasEnd => Text::of("終期が過ぎていないこと", "its end is not past"),
        Condition::Claimed(basis) => {
            let text = basis.text();
            Text {
                ja: format!("主張する根拠（{}）がこの定めの根拠と一致すること", text.ja),
                en: format!("the ground claimed ({}) is the item's own", text.en),
            }
        }
        Condition::Decided => {
            Text::of("本文が可否を示していること", "the text itself decides the point")
        }
        Condition::Observing => Text::of(
            "観測のみの場合に、緊急の根拠によらず、答えるべき問いが書面にあること",
            "watching only rests on no emergency ground and answers a written question",
        ),
        Condition::Accepted
        | Condition::Number(_)
        | Condition::SwitchedOn
        | Condition::Signed(_) => condition.text(),
    }
}

/// A fact, or that it is not so, as the clause of a sentence.
pub(super) fn fact_clause(fact: Fact, so: bool) -> Text {
    let text = fact.clause(so);
    Text { ja: format!("{}こと", text.ja), en: text.en }
}

/// What is not known, as the clause of a sentence: …かどうか, whether ….
pub(super) fn whether(condition: &Condition, measure: &Measure) -> Text {
    if let Condition::Fact(fact, _) = condition {
        return whether_fact(*fact);
    }
    let clause = clause(condition, measure);
    let ja = clause.ja.strip_suffix("こと").unwrap_or(&clause.ja);
    Text { ja: format!("{ja}かどうか"), en: format!("whether {}", clause.en) }
}

/// Whether it is so.
pub(super) fn whether_fact(fact: Fact) -> Text {
    let text = fact.text();
    // かどうか follows a noun without である.
    let ja = text.ja.strip_suffix("である").unwrap_or(&text.ja);
    Text { ja: format!("{ja}かどうか"), en: format!("whether {}", text.en) }
}

/// How it stands, in one word of an answer: what is open fails, or is not decided.
pub(super) fn state(checked: &Checked) -> &'static str {
    match (checked.state, checked.condition) {
        (State::Met, _) => "met",
        (State::Failed, _) => "failed",
        (State::Unknown, _) | (State::Open, Condition::Decided) => "unknown",
        (State::Open, _) => "failed",
    }
}

/// Several phrases as one, numbered from three on so that each can be told from the next.
pub(super) fn listed(phrases: &[Text]) -> Text {
    match phrases {
        [] => Text::of("", ""),
        [one] => one.clone(),
        [one, two] => Text {
            ja: format!("{}、及び{}", one.ja, two.ja),
            en: format!("{}, and {}", one.en, two.en),
        },
        many => {
            let number = |pick: fn(&Text) -> &str| {
                let one = |(i, t): (usize, &Text)| format!("({}) {}", i + 1, pick(t));
                many.iter().enumerate().map(one).collect::<Vec<_>>()
            };
            Text { ja: number(|t| &t.ja).join("、"), en: number(|t| &t.en).join("; ") }
        }
    }
}

/// Nouns one after the other, in Japanese.
pub(super) fn and_ja(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{}及び{last}", before.join("、")),
    }
}

/// Nouns one after the other, in English. With commas inside, semicolons between.
pub(super) fn and_en(items: &[String]) -> String {
    let between = if items.iter().any(|i| i.contains(',')) { "; " } else { ", " };
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] if between == ", " => format!("{one} and {two}"),
        [before @ .., last] => format!("{}{between}and {last}", before.join(between)),
    }
}

/// A day as a Japanese document writes it.
pub(super) fn day_ja(day: terms::Day) -> String {
    format!("{}年{}月{}日", day.0.year(), day.0.month(), day.0.day())
}

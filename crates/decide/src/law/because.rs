//! Why the answer is what it is: the text it rests on, and which of its conditions decide.

use ground::{Basis, Checked, Condition, Measure, Outcome, Reading, State};
use terms::{Act, Text};

use super::cited::{item, not_in_force, place};
use super::clause::{and_en, and_ja, clause, fact_clause, listed, whether};
use super::request::Request;
use super::sentences::capital;

/// On which text, and which of its conditions decide.
pub(super) fn because(
    measure: &Measure,
    reading: &Reading,
    outcome: Outcome,
    request: &Request,
) -> Text {
    match outcome {
        Outcome::Granted => granted(measure, reading),
        Outcome::Refused if measure.basis == Basis::Excluded => excluded(measure, request),
        Outcome::Refused => refused(measure, reading, request),
        Outcome::Asks => asks(measure, reading),
    }
}

fn granted(measure: &Measure, reading: &Reading) -> Text {
    let rests = place(measure);
    let facts = reading.checked.iter().filter(|c| matches!(c.condition, Condition::Fact(..)));
    let facts: Vec<Text> = facts.map(|c| clause(&c.condition, measure)).collect();
    let all = listed(&facts);
    let met = match facts.len() {
        0 => Text::of("", ""),
        1 => Text {
            ja: format!("その条件は{}であり、満たされています。", all.ja),
            en: format!(" Its one condition is met: {}.", all.en),
        },
        _ => Text {
            ja: format!("次の条件は、いずれも満たされています：{}。", all.ja),
            en: format!(" Its conditions are all met: {}.", all.en),
        },
    };
    Text {
        ja: format!("根拠は、{}です。{}", rests.ja, met.ja),
        en: format!("It rests on {}.{}", rests.en, met.en),
    }
}

fn excluded(measure: &Measure, request: &Request) -> Text {
    let text = place(measure);
    if matches!(request.act, Act::AccessMachine | Act::NeutraliseMachine) {
        return Text {
            ja: format!(
                "電気通信事業者にこの権限を認める定めはありません（{}）。事実関係がどうであっても、この結論は変わりません。",
                text.ja
            ),
            en: format!(
                "No text gives an operator this power ({}), whatever the facts are.",
                text.en.trim_start_matches("the ")
            ),
        };
    }
    Text {
        ja: format!("{}によれば、「{}」は認められていません。", text.ja, measure.title.ja),
        en: format!("It is excluded by {}: “{}”.", text.en, lower(&measure.title.en)),
    }
}

fn asks(measure: &Measure, reading: &Reading) -> Text {
    let text = place(measure);
    let decided = |c: &&Checked| c.condition == Condition::Decided;
    let own = |c: &&Checked| !decided(c) && c.condition != Condition::HasEnd;
    let unknown = reading.in_state(State::Unknown).filter(own);
    let unknown: Vec<Text> = unknown.map(|c| whether(&c.condition, measure)).collect();
    let open = reading.in_state(State::Open).filter(own);
    let open: Vec<Text> = open.map(|c| clause(&c.condition, measure)).collect();
    let mut said = Vec::new();
    if !unknown.is_empty() {
        let all = listed(&unknown);
        said.push(Text {
            ja: format!("{}によるには、次の点の確認が必要です：{}。", text.ja, all.ja),
            en: format!("It would rest on {}, but it is not known {}.", text.en, all.en),
        });
    }
    for end in reading.checked.iter().filter(|c| c.condition == Condition::HasEnd) {
        match end.state {
            State::Unknown => {
                said.push(Text::of("終期が定まっていません。", "No end has been set."))
            }
            State::Open => said.push(Text {
                ja: format!(
                    "{}は、措置の期間を定めておらず、恒常的に続けてよいかどうかを示していません。",
                    text.ja
                ),
                en: format!(
                    "{} sets no time, and does not say whether it may last.",
                    capital(&text.en)
                ),
            }),
            State::Met | State::Failed => {}
        }
    }
    if !open.is_empty() {
        let (all, one) = (listed(&open), open.len() == 1);
        said.push(Text {
            ja: format!(
                "{}は、{}を求めていますが、これを満たさない本件でどう扱われるかを示していません。",
                if unknown.is_empty() { text.ja.as_str() } else { "同項目" },
                all.ja
            ),
            en: format!(
                "{} requires that {}; {} not so here, and the text does not say what then follows.",
                if unknown.is_empty() { capital(&text.en) } else { "It also".to_owned() },
                all.en,
                if one { "that is" } else { "these are" }
            ),
        });
    }
    if reading.in_state(State::Open).any(|c| c.condition == Condition::Decided) {
        said.push(undecided(measure, &text));
    }
    join(&said)
}

/// The text does not decide: on purpose, or because a fact takes the case out of what it excludes.
fn undecided(measure: &Measure, text: &Text) -> Text {
    if measure.basis != Basis::Excluded {
        return Text {
            ja: format!("{}は、一概に判断することは困難として、結論を示していません。", text.ja),
            en: format!(
                "{} says that this cannot be judged in general, and does not decide.",
                capital(&text.en)
            ),
        };
    }
    let when: Vec<Text> = measure.open.iter().map(|f| fact_clause(*f, true)).collect();
    let ja: Vec<&str> = when.iter().map(|t| t.ja.as_str()).collect();
    let en: Vec<String> = when.iter().map(|t| t.en.clone()).collect();
    Text {
        ja: format!(
            "{}は、「{}」を認めていません。ただし、{}といった事情がある場合の扱いまでは示していません。",
            text.ja,
            measure.title.ja,
            ja.join("、又は")
        ),
        en: format!(
            "{} excludes it ({}); but where {}, the text does not decide.",
            capital(&text.en),
            lower(&measure.title.en),
            en.join(", or where ")
        ),
    }
}

/// What is not met, as a list of clauses; the day and the sources have sentences of their own.
fn failed(measure: &Measure, reading: &Reading) -> Vec<Text> {
    let own = |c: &&Checked| {
        matches!(
            c.condition,
            Condition::InForce(_) | Condition::Source(_) | Condition::Fields | Condition::Decided
        )
    };
    let failed = reading.in_state(State::Failed).filter(|c| !own(c));
    failed.map(|c| clause(&c.condition, measure)).collect()
}

fn refused(measure: &Measure, reading: &Reading, request: &Request) -> Text {
    let text = place(measure);
    let failed = failed(measure, reading);
    let mut said = Vec::new();
    let named = |said: &[Text]| {
        if said.is_empty() {
            (text.ja.clone(), capital(&text.en))
        } else {
            ("同項目".to_owned(), "It".to_owned())
        }
    };
    for checked in reading.in_state(State::Failed) {
        if let Condition::InForce(day) = checked.condition {
            let why = not_in_force(measure, day);
            said.push(Text {
                ja: format!("{}を根拠とすることはできません。{}", text.ja, why.ja),
                en: format!("{} cannot be relied on. {}", capital(&text.en), why.en),
            });
        }
    }
    if !failed.is_empty() {
        let all = listed(&failed);
        let (ja, en) = match failed.len() {
            1 => ("満たされていません", "That is not met"),
            2 => ("いずれも満たされていません", "Neither is met"),
            _ => ("いずれも満たされていません", "None of these is met"),
        };
        let by = named(&said);
        said.push(Text {
            ja: format!("{}は、{}を条件としていますが、これが{ja}。", by.0, all.ja),
            en: format!("{} requires that {}. {en}.", by.1, all.en),
        });
    }
    if let Some(beyond) = request.fields.map(|f| f.beyond(measure.fields)).filter(|f| !f.is_empty())
    {
        let names: Vec<Text> = beyond.iter().map(|f| f.text()).collect();
        let ja: Vec<&str> = names.iter().map(|t| t.ja.as_str()).collect();
        let en: Vec<String> = names.iter().map(|t| t.en.clone()).collect();
        let by = named(&said);
        said.push(Text {
            ja: format!("{}が認める情報項目に、{}は含まれていません。", by.0, and_ja(&ja)),
            en: format!("{} does not allow these fields to be used: {}.", by.1, and_en(&en)),
        });
    }
    for checked in reading.in_state(State::Failed) {
        if let Condition::Source(source) = checked.condition {
            let (source, by) = (source.text(), named(&said));
            said.push(Text {
                ja: format!("{}が認める情報源に、「{}」は含まれていません。", by.0, source.ja),
                en: format!("{} does not let the {} be read.", by.1, source.en),
            });
        }
    }
    join(&said)
}

/// The next measure that was asked, and why it does not do either.
pub(super) fn nor(top: &Measure, measure: &Measure, reading: &Reading) -> Option<Text> {
    let failed = failed(measure, reading);
    if measure.basis == Basis::Excluded || failed.is_empty() {
        return None;
    }
    let (all, mut letter) = (listed(&failed), item(&measure.item));
    // The same letter again: the title tells them apart.
    if top.item == measure.item {
        letter = Text {
            ja: format!("「{}」", measure.title.ja),
            en: format!("“{}”", measure.title.en),
        };
    }
    Some(Text {
        ja: format!("{}によることも、{}が満たされていないため、できません。", letter.ja, all.ja),
        en: format!("{} does not do either: it requires that {}.", letter.en, all.en),
    })
}

fn join(said: &[Text]) -> Text {
    let pick = |pick: fn(&Text) -> &str| said.iter().map(pick).collect::<Vec<_>>();
    Text { ja: pick(|t| &t.ja).concat(), en: pick(|t| &t.en).join(" ") }
}

/// A title inside a sentence.
pub(super) fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

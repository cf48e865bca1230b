//! The answer in plain sentences that a subscriber or a judge could follow, in both languages.

use ground::{Basis, Code, Condition, Measure, Outcome, Reading, State, Strength};
use terms::{Step, Text};

use super::answer::Answer;
use super::clause::{and_en, and_ja, clause, listed};
use super::flags::is_yes;
use super::read::Considered;
use super::request::Request;

/// The answer: what, why, on which text, what is owed, what it does not cover, what would change it,
/// what else could be done.
pub(super) fn sentences(request: &Request, considered: &Considered<'_>, answer: &Answer) -> Text {
    let top = considered.readings.first();
    let mut said = vec![verdict(request, considered, answer)];
    if let Some((measure, reading)) = top {
        said.push(because(measure, reading, considered.outcome, request));
        said.push(cited(measure, answer));
    }
    if is_yes(answer.verdict) {
        said.extend(owed(answer));
        said.extend(beyond(answer));
    }
    said.extend(who_says(answer));
    said.extend(changes(answer));
    said.extend(instead(answer));
    said.extend(besides(answer));
    let ja: String = said.iter().map(|t| t.ja.as_str()).collect();
    let en: Vec<&str> = said.iter().map(|t| t.en.as_str()).collect();
    Text { ja, en: en.join(" ") }
}

fn verdict(request: &Request, considered: &Considered<'_>, answer: &Answer) -> Text {
    let (act, purpose) = (request.act.text(), request.purpose.text());
    let what = Text {
        ja: format!("「{}」を目的とする「{}」は、", purpose.ja, act.ja),
        en: format!("“{}” for the purpose “{}”", capital(&act.en), purpose.en),
    };
    let with = |ja: &str, en: &str| Text {
        ja: format!("{}{ja}", what.ja),
        en: format!("{} {en}", what.en),
    };
    let basis = considered.readings.first().map(|(m, _)| (m.basis, m.strength));
    match (answer.verdict, basis) {
        (Code::Ask, None) => with(
            "これを定めた項目が見当たらないため、判断できません。記載がないことは、許されることも禁じられることも意味しません。実施せずに、総務省への照会を検討してください。",
            "is not dealt with by any item, so no answer can be given. That nothing is written makes it neither lawful nor unlawful. Do not do it; consider asking the ministry.",
        ),
        (Code::Ask, Some(_)) => with(
            "現時点では可否を判断できないため、実施しないでください。",
            "cannot be answered yet. Do not do it until it can.",
        ),
        (Code::No, _) if answer.second_use => {
            let names: Vec<Text> = considered.second_use.iter().map(|s| s.text()).collect();
            let ja: Vec<&str> = names.iter().map(|t| t.ja.as_str()).collect();
            let en: Vec<String> = names.iter().map(|t| format!("“{}”", t.en)).collect();
            with(
                &format!(
                    "できません。保存された「{}」をこの目的に用いることは、目的外の利用となるためです。",
                    and_ja(&ja)
                ),
                &format!(
                    "is not lawful: it would put kept data ({}) to another use than it was taken for.",
                    and_en(&en)
                ),
            )
        }
        (Code::No, _) if considered.not_their_act => with(
            "指定された項目の対象ではないため、その項目によって行うことはできません。",
            "is not an act of the item that was named, so it cannot rest on it.",
        ),
        (Code::No, _) => with("できません。", "is not lawful as it was asked."),
        (Code::Out, _) => with(
            "通信の秘密の対象外であり、行うことができます。",
            "is outside the secrecy of communications and may be done.",
        ),
        (Code::OkConsent, Some((Basis::BlanketConsent, _))) => with(
            "条件を備えた約款等による同意があるため、通信の秘密の侵害に当たらず、行うことができます。",
            "may be done: the consent by terms meets its conditions, so nothing is infringed.",
        ),
        (Code::OkConsent, _) => with(
            "通信の当事者の個別の同意があるため、通信の秘密の侵害に当たらず、行うことができます。",
            "may be done: a party has specifically consented, so nothing is infringed.",
        ),
        (Code::OkLaw, _) => with(
            "法令に基づく行為として行うことができます。",
            "may be done as an act under statute.",
        ),
        (Code::OkEmergency | Code::OkBusiness, found) => justified(&what, answer.verdict, found),
    }
}

/// A yes that justifies an infringement, as firmly as the text says it.
fn justified(what: &Text, code: Code, found: Option<(Basis, Strength)>) -> Text {
    let (ja, en) = if code == Code::OkEmergency {
        ("正当防衛又は緊急避難", "self-defence or necessity")
    } else {
        ("正当業務行為", "legitimate business")
    };
    let (firm_ja, firm_en) = match found.map(|(_, s)| s) {
        Some(Strength::Usually) => ("通常は違法性が阻却されると考えられ", "is usually justified"),
        Some(Strength::Considered) => ("違法性が阻却されると考えられ", "is considered justified"),
        Some(Strength::CanBe) => ("違法性が阻却され得ると解され", "can be justified"),
        Some(Strength::NotInfringement | Strength::Justified | Strength::Undecided) | None => {
            ("違法性が阻却され", "is justified")
        }
    };
    Text {
        ja: format!(
            "{}通信の秘密の侵害に当たり得ますが、{ja}として{firm_ja}、行うことができます。",
            what.ja
        ),
        en: format!(
            "{} may be done: it touches the secrecy of communications, but {firm_en} as {en}.",
            what.en
        ),
    }
}

fn because(measure: &Measure, reading: &Reading, outcome: Outcome, request: &Request) -> Text {
    let in_state = |state: State| -> Vec<Text> {
        reading
            .in_state(state)
            .filter(|c| c.condition != Condition::Decided)
            .map(|c| clause(&c.condition, measure))
            .collect()
    };
    match outcome {
        Outcome::Granted => {
            let facts: Vec<Text> = reading
                .checked
                .iter()
                .filter(|c| matches!(c.condition, Condition::Fact(..)))
                .map(|c| clause(&c.condition, measure))
                .collect();
            if facts.is_empty() {
                return Text::of(
                    "目的、情報項目、対象範囲のいずれも、この定めの範囲内です。",
                    "Its purpose, fields and reach are all within the rule.",
                );
            }
            let facts = listed(&facts);
            Text {
                ja: format!("その条件である、{}は、いずれも満たされています。", facts.ja),
                en: format!("Its conditions are all met: {}.", facts.en),
            }
        }
        Outcome::Refused if measure.basis == Basis::Excluded => Text {
            ja: format!("「{}」は、認められないものとされているためです。", measure.title.ja),
            en: format!("What is asked is excluded: “{}”.", measure.title.en),
        },
        Outcome::Refused => {
            let failed = listed(&in_state(State::Failed));
            let beyond = request.fields.map(|f| f.beyond(measure.fields)).filter(|f| !f.is_empty());
            let more = beyond.map_or_else(
                || Text::of("", ""),
                |fields| {
                    let names: Vec<Text> = fields.iter().map(|f| f.text()).collect();
                    let ja: Vec<&str> = names.iter().map(|t| t.ja.as_str()).collect();
                    let en: Vec<String> = names.iter().map(|t| t.en.clone()).collect();
                    Text {
                        ja: format!("認められていない情報項目は、{}です。", and_ja(&ja)),
                        en: format!(" The fields it does not allow are: {}.", and_en(&en)),
                    }
                },
            );
            Text {
                ja: format!("必要とされる、{}が満たされていないためです。{}", failed.ja, more.ja),
                en: format!("It requires {}, which is not met.{}", failed.en, more.en),
            }
        }
        Outcome::Asks => {
            let (unknown, open) = (in_state(State::Unknown), in_state(State::Open));
            let mut text = Text::of("", "");
            if !unknown.is_empty() {
                let unknown = listed(&unknown);
                text.ja += &format!("{}が確認されていないためです。", unknown.ja);
                text.en += &format!("It is not known {}.", unknown.en);
            }
            if !open.is_empty() {
                let open = listed(&open);
                text.ja += &format!(
                    "{}は満たされていませんが、その場合の扱いを本文は示していません。",
                    open.ja
                );
                text.en += &format!(
                    " It is not so {}, and the text does not say what then follows.",
                    open.en
                );
            }
            if measure.basis == Basis::Undetermined {
                text.ja += "本文は、一概に判断することは困難として、結論を示していません。";
                text.en += " The text says that it cannot be judged in general.";
            }
            text.en = text.en.trim_start().to_owned();
            text
        }
    }
}

fn cited(measure: &Measure, answer: &Answer) -> Text {
    let cites = measure.cites.text();
    let days = match measure.cites.until {
        Some(until) => Text {
            ja: format!("{}から{until}まで有効", measure.cites.from),
            en: format!("in force from {} to {until}", measure.cites.from),
        },
        None => Text {
            ja: format!("{}から有効", measure.cites.from),
            en: format!("in force since {}", measure.cites.from),
        },
    };
    let rests = if is_yes(answer.verdict) {
        ("根拠は", "It rests on")
    } else {
        ("判断の基とした定めは", "It was judged by")
    };
    Text {
        ja: format!("{}、{}（{}）です。", rests.0, cites.ja, days.ja),
        en: format!("{} {} ({}).", rests.1, cites.en, days.en),
    }
}

fn owed(answer: &Answer) -> Option<Text> {
    let ja: Vec<String> =
        answer.duties.iter().map(|d| format!("{}（{}）", d.text.ja, d.within.ja)).collect();
    let ja: Vec<&str> = ja.iter().map(String::as_str).collect();
    let en: Vec<String> =
        answer.duties.iter().map(|d| format!("{} ({})", d.text.en, d.within.en)).collect();
    (!ja.is_empty()).then(|| Text {
        ja: format!("実施した者は、{}を行わなければなりません。", and_ja(&ja)),
        en: format!("Whoever does it owes the following: {}.", and_en(&en)),
    })
}

fn beyond(answer: &Answer) -> Option<Text> {
    let ja: Vec<&str> = answer.forbids.iter().map(|f| f.text.ja.as_str()).collect();
    let en: Vec<String> = answer.forbids.iter().map(|f| f.text.en.clone()).collect();
    (!ja.is_empty()).then(|| Text {
        ja: format!("この結論は、{}には及びません。", and_ja(&ja)),
        en: format!("It does not cover {}.", and_en(&en)),
    })
}

fn who_says(answer: &Answer) -> Option<Text> {
    let mut roles: Vec<_> = answer.questions.iter().flat_map(|q| q.roles.iter().copied()).collect();
    roles.sort_unstable();
    roles.dedup();
    if answer.verdict != Code::Ask || roles.is_empty() {
        return None;
    }
    let names: Vec<Text> = roles.iter().map(|r| r.text()).collect();
    let ja: Vec<&str> = names.iter().map(|t| t.ja.as_str()).collect();
    let en: Vec<String> = names.iter().map(|t| t.en.clone()).collect();
    Some(Text {
        ja: format!("これを明らかにできるのは、{}です。", and_ja(&ja)),
        en: format!("Those who may say are: {}.", and_en(&en)),
    })
}

/// The change that matters most: towards a yes from a no, away from it from a yes.
fn changes(answer: &Answer) -> Option<Text> {
    let yes = is_yes(answer.verdict);
    let known = |f: &&super::flips::Flip| f.to != "unknown" && f.fact != "purpose";
    let flip = answer
        .flips
        .iter()
        .filter(known)
        .find(|f| is_yes(f.verdict) != yes)
        .or_else(|| answer.flips.iter().find(|f| f.to != "unknown" && f.fact != "purpose"))?;
    Some(flip.text.clone()).map(|t| Text { ja: polite(&t.ja), en: t.en })
}

fn instead(answer: &Answer) -> Option<Text> {
    let other = answer.nearest.as_ref()?;
    let step = matches!(other.act.step(), Step::Warn);
    let (ja, en) = match (is_yes(answer.verdict), other.could_do) {
        (false, true) if step => ("代わりに", "Instead"),
        (false, true) => ("別の方法として", "Another way"),
        _ => ("近い項目として", "The item next to it"),
    };
    let item = if other.item == "–" { String::new() } else { format!("（{}）", other.item) };
    let item_en = if other.item == "–" { String::new() } else { format!(" ({})", other.item) };
    Some(Text {
        ja: format!("{ja}{item}「{}」があります。{}", other.title.ja, polite(&other.why_ja)),
        en: format!("{en} is{item_en} “{}”. {}", other.title.en, other.why_en),
    })
}

fn besides(answer: &Answer) -> Option<Text> {
    let mut ja = String::new();
    let mut en = Vec::new();
    if !answer.other_law.is_empty() {
        let names: Vec<&str> = answer.other_law.iter().map(|f| f.text.ja.as_str()).collect();
        ja += &format!("通信の秘密とは別に、{}の観点からの検討も必要です。", and_ja(&names));
        let names: Vec<String> = answer.other_law.iter().map(|f| f.text.en.clone()).collect();
        en.push(format!("Apart from secrecy, these must be looked at: {}.", and_en(&names)));
    }
    for advice in &answer.advice {
        ja += &format!("なお、{}。", advice.text.ja);
        en.push(format!("Note: {}.", advice.text.en));
    }
    (!ja.is_empty()).then(|| Text { ja, en: en.join(" ") })
}

/// A plain sentence in the polite style of the rest.
fn polite(plain: &str) -> String {
    plain
        .replace("となる。", "となります。")
        .replace("できる。", "できます。")
        .replace("できない。", "できません。")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

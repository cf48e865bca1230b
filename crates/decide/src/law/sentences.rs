//! The answer in plain sentences that a subscriber or a judge could follow, in both languages.

use ground::{Basis, Checked, Code, Condition, Fact, Measure, Outcome, Reading, State, Strength};
use terms::{Step, Text};

use super::answer::Answer;
use super::clause::{and_en, and_ja, clause, day_ja, listed, numbered, whether};
use super::flags::is_yes;
use super::flips::Flip;
use super::kin::in_own_hands;
use super::nearest::Other;
use super::read::Considered;
use super::request::Request;

/// The answer: what, why, on which text, what is owed, what it does not cover, what would change it,
/// what else could be done.
pub(super) fn sentences(request: &Request, considered: &Considered<'_>, answer: &Answer) -> Text {
    let mut said = vec![verdict(request, considered, answer)];
    if let Some((measure, reading)) = considered.readings.first() {
        said.push(because(measure, reading, considered.outcome, request));
        said.extend(considered.tied().next().map(|(m, r)| nor(m, r)));
    }
    if is_yes(answer.verdict) {
        said.extend(owed(answer));
        said.extend(beyond(answer));
    }
    said.extend(who_says(answer));
    said.extend(changes(answer));
    said.extend(instead(answer));
    said.extend(besides(answer));
    said.extend(answer.inquiry.as_ref().map(|_| {
        Text::of("総務省への照会文案を添えます。", "A draft inquiry to the ministry is attached.")
    }));
    let ja: String = said.iter().map(|t| t.ja.as_str()).collect();
    let en: Vec<&str> = said.iter().map(|t| t.en.as_str()).filter(|t| !t.is_empty()).collect();
    Text { ja, en: en.join(" ") }
}

fn verdict(request: &Request, considered: &Considered<'_>, answer: &Answer) -> Text {
    let (act, purpose) = (request.act.text(), request.purpose.text());
    let with = |ja: &str, en: &str| Text {
        ja: format!("「{}」のために「{}」を行うこと{ja}", purpose.ja, act.ja),
        en: format!("“{}” for the purpose “{}” {en}", capital(&act.en), purpose.en),
    };
    let found = considered.readings.first().map(|(m, _)| (m.basis, m.strength));
    match (answer.verdict, found) {
        (Code::Ask, None) => with(
            "については、これを定めた項目が見当たらないため、判断できません。記載がないことは、許されることも禁じられることも意味しません。実施せずに、総務省への照会を検討してください。",
            "is not dealt with by any item, so no answer can be given. That nothing is written makes it neither lawful nor unlawful. Do not do it; consider asking the ministry.",
        ),
        (Code::Ask, Some(_)) => with(
            "の可否は、現時点では判断できません。判断できるまでは実施しないでください。",
            "cannot be answered yet; do not do it until it can.",
        ),
        (Code::No, _) if answer.second_use => {
            let names: Vec<Text> = considered.second_use.iter().map(|s| s.text()).collect();
            let ja: Vec<String> = names.iter().map(|t| format!("「{}」", t.ja)).collect();
            let ja: Vec<&str> = ja.iter().map(String::as_str).collect();
            let en: Vec<String> = names.iter().map(|t| format!("“{}”", t.en)).collect();
            with(
                &format!(
                    "は、認められません。保存された{}をこの目的に用いることは、目的外の利用となります。",
                    and_ja(&ja)
                ),
                &format!(
                    "is not lawful: it would put kept data ({}) to another use than it was taken for.",
                    and_en(&en)
                ),
            )
        }
        (Code::No, _) if considered.not_their_act => with(
            "は、指定された項目の対象ではないため、その項目によっては認められません。",
            "is not an act of the item that was named, so it cannot rest on it.",
        ),
        (Code::No, _) => with("は、認められません。", "is not lawful as it was asked."),
        (Code::Out, _) => with(
            "は、通信の秘密の対象外であり、差し支えありません。",
            "is outside the secrecy of communications and may be done.",
        ),
        (Code::OkConsent, Some((Basis::BlanketConsent, _))) => with(
            "は、条件を備えた約款等による同意があるため、通信の秘密の侵害に当たらず、認められます。",
            "may be done: the consent by terms meets its conditions, so nothing is infringed.",
        ),
        (Code::OkConsent, _) => with(
            "は、通信の当事者の個別の同意があるため、通信の秘密の侵害に当たらず、認められます。",
            "may be done: a party has specifically consented, so nothing is infringed.",
        ),
        (Code::OkLaw, _) => {
            with("は、法令に基づく行為として認められます。", "may be done as an act under statute.")
        }
        (Code::OkEmergency | Code::OkBusiness, found) => {
            let (ja, en) = justified(answer.verdict, found.map(|(_, strength)| strength));
            with(&ja, &en)
        }
    }
}

/// A yes that justifies an infringement, as firmly as the text says it.
fn justified(code: Code, strength: Option<Strength>) -> (String, String) {
    let (ja, en) = if code == Code::OkEmergency {
        ("正当防衛又は緊急避難", "self-defence or necessity")
    } else {
        ("正当業務行為", "legitimate business")
    };
    let (firm_ja, firm_en) = match strength {
        Some(Strength::Usually) => ("通常は違法性が阻却されると考えられ", "is usually justified"),
        Some(Strength::Considered) => ("違法性が阻却されると考えられ", "is considered justified"),
        Some(Strength::CanBe) => ("違法性が阻却され得ると解され", "can be justified"),
        Some(Strength::NotInfringement | Strength::Justified | Strength::Undecided) | None => {
            ("違法性が阻却され", "is justified")
        }
    };
    (
        format!("は、通信の秘密の侵害に当たり得ますが、{ja}として{firm_ja}、認められます。"),
        format!("may be done: it touches the secrecy of communications, but {firm_en} as {en}."),
    )
}

/// On which text, and which of its conditions decide.
fn because(measure: &Measure, reading: &Reading, outcome: Outcome, request: &Request) -> Text {
    let cites = measure.cites.text();
    let until = measure.cites.until.map_or_else(
        || Text::of("から有効", ""),
        |day| Text { ja: format!("から{}まで有効", day_ja(day)), en: format!(" to {day}") },
    );
    let text = Text {
        ja: format!("{}（{}{}）", cites.ja, day_ja(measure.cites.from), until.ja),
        en: format!("{} (in force from {}{})", cites.en, measure.cites.from, until.en),
    };
    match outcome {
        Outcome::Granted => {
            let facts = reading.checked.iter();
            let facts = facts.filter(|c| matches!(c.condition, Condition::Fact(..)));
            let facts = listed(&facts.map(|c| clause(&c.condition, measure)).collect::<Vec<_>>());
            if facts.ja.is_empty() {
                return Text {
                    ja: format!("根拠は、{}です。", text.ja),
                    en: format!("It rests on {}.", text.en),
                };
            }
            Text {
                ja: format!(
                    "根拠は{}で、その条件である、{}は、いずれも満たされています。",
                    text.ja, facts.ja
                ),
                en: format!("It rests on {}, whose conditions are all met: {}.", text.en, facts.en),
            }
        }
        Outcome::Refused if measure.basis == Basis::Excluded => Text {
            ja: format!(
                "{}により、「{}」は認められないものとされています。",
                text.ja, measure.title.ja
            ),
            en: format!("{} excludes it: “{}”.", text.en, measure.title.en),
        },
        Outcome::Refused => refused(measure, reading, request, &text),
        Outcome::Asks => asks(measure, reading, &text),
    }
}

fn asks(measure: &Measure, reading: &Reading, cites: &Text) -> Text {
    let of = |state: State| reading.in_state(state).filter(|c| c.condition != Condition::Decided);
    let unknown: Vec<Text> = of(State::Unknown).map(|c| whether(&c.condition, measure)).collect();
    let open: Vec<Text> = of(State::Open).map(|c| clause(&c.condition, measure)).collect();
    let mut text = Text::of("", "");
    if !unknown.is_empty() {
        let unknown = numbered(&unknown);
        text.ja += &format!("{}によるには、{}を確認する必要があります。", cites.ja, unknown.ja);
        text.en += &format!("Under {} it is not known {}.", cites.en, unknown.en);
    }
    if !open.is_empty() {
        let open = listed(&open);
        text.ja += &format!(
            "{}の定める、{}は満たされていませんが、その場合にどう扱われるかを本文は示していません。",
            cites.ja, open.ja
        );
        text.en += &format!(
            " {} requires {}; that is not so, and the text does not say what then follows.",
            cites.en, open.en
        );
    }
    if measure.basis == Basis::Undetermined {
        text.ja +=
            &format!("{}は、一概に判断することは困難として、結論を示していません。", cites.ja);
        text.en += &format!(" {} says that this cannot be judged in general.", cites.en);
    }
    Text { en: text.en.trim_start().to_owned(), ..text }
}

/// What is not met, as a list of clauses; the day and the sources have sentences of their own.
fn failed(measure: &Measure, reading: &Reading) -> Text {
    let own = |c: &&Checked| matches!(c.condition, Condition::InForce(_) | Condition::Source(_));
    let failed = reading.in_state(State::Failed).filter(|c| !own(c));
    listed(&failed.map(|c| clause(&c.condition, measure)).collect::<Vec<_>>())
}

fn refused(measure: &Measure, reading: &Reading, request: &Request, cites: &Text) -> Text {
    let mut text = Text::of("", "");
    let failed = failed(measure, reading);
    if !failed.ja.is_empty() {
        text.ja += &format!("{}が求める、{}が満たされていません。", cites.ja, failed.ja);
        text.en += &format!("{} requires {}, which is not met.", cites.en, failed.en);
    }
    for checked in reading.in_state(State::Failed) {
        if let Condition::InForce(day) = checked.condition {
            text.ja += &format!("{}は、{}には有効ではありません。", cites.ja, day_ja(day));
            text.en += &format!(" {} is not in force on {day}.", cites.en);
        }
        if let Condition::Source(source) = checked.condition {
            let source = source.text();
            text.ja +=
                &format!("{}が認める情報源に、「{}」は含まれていません。", cites.ja, source.ja);
            text.en += &format!(" {} does not let “{}” be read.", cites.en, source.en);
        }
    }
    let beyond = beyond_fields(measure, request);
    text.ja += &beyond.ja;
    text.en += &beyond.en;
    Text { en: text.en.trim_start().to_owned(), ..text }
}

/// The next measure that was asked, and why it does not do either.
fn nor(measure: &Measure, reading: &Reading) -> Text {
    if measure.basis == Basis::Excluded {
        return Text::of("", "");
    }
    let failed = failed(measure, reading);
    let item = item(&measure.item);
    Text {
        ja: format!(
            "{}「{}」によることも、{}が満たされていないためできません。",
            item.0, measure.title.ja, failed.ja
        ),
        en: format!("Nor does{} “{}” do, which requires {}.", item.1, measure.title.en, failed.en),
    }
}

fn beyond_fields(measure: &Measure, request: &Request) -> Text {
    let Some(beyond) = request.fields.map(|f| f.beyond(measure.fields)).filter(|f| !f.is_empty())
    else {
        return Text::of("", "");
    };
    let names: Vec<Text> = beyond.iter().map(|f| f.text()).collect();
    let ja: Vec<&str> = names.iter().map(|t| t.ja.as_str()).collect();
    let en: Vec<String> = names.iter().map(|t| t.en.clone()).collect();
    Text {
        ja: format!("認められていない情報項目は、{}です。", and_ja(&ja)),
        en: format!(" It does not allow these fields: {}.", and_en(&en)),
    }
}

fn owed(answer: &Answer) -> Option<Text> {
    let ja: Vec<&str> = answer.duties.iter().map(|d| d.phrase.ja.as_str()).collect();
    let en: Vec<String> = answer.duties.iter().map(|d| d.phrase.en.clone()).collect();
    (!ja.is_empty()).then(|| Text {
        ja: format!("これを行う場合、{}の義務を負います。", and_ja(&ja)),
        en: format!("Whoever does it must {}.", and_en(&en)),
    })
}

fn beyond(answer: &Answer) -> Option<Text> {
    let ja: Vec<&str> = answer.forbids.iter().map(|f| f.text.ja.as_str()).collect();
    let en: Vec<String> = answer.forbids.iter().map(|f| f.text.en.clone()).collect();
    (!ja.is_empty()).then(|| Text {
        ja: format!("この結論は、{}には及びません。", and_ja(&ja)),
        en: format!("It does not cover {}.", and_en(&en).replace(" and ", " or ")),
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
        ja: format!("これに答えるのは、{}です。", and_ja(&ja)),
        en: format!("It is for {} to say.", and_en(&en)),
    })
}

/// The change that matters most: to a yes from anything else, away from it from a yes; and what is not
/// known, or not in the hands of whoever acts, before the rest.
fn changes(answer: &Answer) -> Option<Text> {
    let yes = is_yes(answer.verdict);
    let said = answer.flips.iter().filter(|f| f.to != "unknown" && f.fact != "purpose");
    let conduct = |f: &Flip| Fact::parse(&f.fact).is_none_or(in_own_hands);
    let flip = said.min_by_key(|f| {
        (is_yes(f.verdict) == yes, !yes && f.from != "unknown", yes && conduct(f))
    })?;
    Some(flip.text.clone())
}

fn instead(answer: &Answer) -> Option<Text> {
    let other = answer.nearest.as_ref()?;
    let item = item(&other.item);
    let (ja, en) = lead(answer, other);
    Some(Text {
        ja: format!("{ja}{}「{}」があります。{}", item.0, other.title.ja, other.why_ja),
        en: format!("{en}{} “{}”. {}", item.1, other.title.en, other.why_en),
    })
}

fn lead(answer: &Answer, other: &Other) -> (&'static str, &'static str) {
    match (is_yes(answer.verdict), other.could_do) {
        (false, true) if other.act.step() == Step::Warn => ("代わりに、", "Instead there is"),
        (false, true) => ("別の方法として、", "Another way is"),
        _ => ("近い項目として、", "Next to it is"),
    }
}

/// The letter of an item, where it has one.
fn item(item: &str) -> (String, String) {
    if item == "–" {
        return (String::new(), String::new());
    }
    (format!("（{item}）"), format!(" ({item})"))
}

fn besides(answer: &Answer) -> Option<Text> {
    let mut ja = String::new();
    let mut en = Vec::new();
    if !answer.other_law.is_empty() {
        let names: Vec<&str> = answer.other_law.iter().map(|f| f.text.ja.as_str()).collect();
        ja += &format!("通信の秘密とは別に、{}の観点からの検討も必要です。", and_ja(&names));
        let names: Vec<String> = answer.other_law.iter().map(|f| f.text.en.clone()).collect();
        en.push(format!("Apart from secrecy, look at {}.", and_en(&names)));
    }
    for advice in &answer.advice {
        ja += &format!("なお、{}。", advice.text.ja);
        en.push(format!("Note: {}.", advice.text.en));
    }
    (!ja.is_empty()).then(|| Text { ja, en: en.join(" ") })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

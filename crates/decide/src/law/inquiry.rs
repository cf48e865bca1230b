//! The draft of an inquiry to the ministry: a page that a legal officer could send.

use core::fmt::Write as _;

use ground::{Book, Condition, State};
use terms::Text;

use super::answer::Answer;
use super::cited::place;
use super::clause::{clause, day_ja, fact_clause};
use super::read::Considered;
use super::request::Request;
use super::sentences::capital;

/// Is there something only the ministry could settle: no item is about it, or the nearest leaves a
/// condition open?
pub(super) fn is_due(considered: &Considered<'_>) -> bool {
    match considered.readings.first() {
        None => true,
        Some((_, reading)) => reading.in_state(State::Open).next().is_some(),
    }
}

/// Drafts it.
pub(super) fn draft(
    book: &Book,
    request: &Request,
    considered: &Considered<'_>,
    answer: &Answer,
) -> Text {
    let (act, purpose) = (request.act.text(), request.purpose.text());
    let fields = fields(request, considered);
    let facts = facts(request, considered);
    let near = near(book, request, considered, answer);
    let open = open(considered);
    let lasts = if is_to_last(considered) {
        Text::of("また、恒常的に続けることは許されるか。", " May it last?")
    } else {
        Text::of("", "")
    };
    let day = answer.day;
    let day_ja = day_ja(day);
    Text {
        ja: format!(
            "件名：通信の秘密に関する照会（案）\n\n\
             総務省 御中\n\n\
             \u{3000}当社が検討している次の行為について、通信の秘密との関係を照会します。\n\n\
             １　検討している行為\n\
             \u{3000}「{}」を目的として「{}」を行うこと。用いる情報項目は{}です。判断の基準日は{day_ja}です。\n\n\
             ２　事実関係\n{}\n\
             ３　最も近い項目と、それによることができない理由\n{}\n\
             ４　本文から明らかでない点\n{}\n\
             ５　照会事項\n\
             \u{3000}上記の行為は、通信の秘密の侵害に当たるか。当たる場合、違法性が阻却される余地はあるか。あるとすれば、どのような条件の下か。{}\n",
            purpose.ja, act.ja, fields.ja, facts.ja, near.ja, open.ja, lasts.ja
        ),
        en: format!(
            "Subject: inquiry on the secrecy of communications (draft)\n\n\
             To the Ministry of Internal Affairs and Communications\n\n\
             We are considering the following act and ask how it stands with the secrecy of communications.\n\n\
             1. The act\n\
             The act is “{}”, for the purpose “{}”. The fields used are: {}. The day in question is {day}.\n\n\
             2. The facts\n{}\n\
             3. The nearest item, and why we cannot rely on it\n{}\n\
             4. What the text leaves open\n{}\n\
             5. The question\n\
             Does this act infringe the secrecy of communications? If it does, can it be justified, and under which conditions?{}\n",
            act.en, purpose.en, fields.en, facts.en, near.en, open.en, lasts.en
        ),
    }
}

/// Is it to last where the text sets no time?
fn is_to_last(considered: &Considered<'_>) -> bool {
    let first = considered.readings.first();
    first.is_some_and(|(_, r)| r.in_state(State::Open).any(|c| c.condition == Condition::HasEnd))
}

fn fields(request: &Request, considered: &Considered<'_>) -> Text {
    let own = considered.readings.first().map(|(m, _)| m.fields);
    let Some(fields) = request.fields.or(own).filter(|f| !f.is_empty()) else {
        return Text::of("未定", "not settled yet");
    };
    let ja: Vec<String> = fields.iter().map(|f| f.text().ja).collect();
    let en: Vec<String> = fields.iter().map(|f| f.text().en).collect();
    Text { ja: ja.join("、"), en: en.join(", ") }
}

fn facts(request: &Request, considered: &Considered<'_>) -> Text {
    let mut text = Text::of("", "");
    for (fact, supposed) in &request.facts {
        let Some(so) = supposed.so else { continue };
        let clause = fact_clause(*fact, so);
        let by = supposed.by.as_ref().map(|(_, role)| role.text());
        let (ja, en) = by.map_or_else(Default::default, |r| {
            (format!("（確認：{}）", r.ja), format!(" (established by {})", r.en))
        });
        let _ = writeln!(text.ja, "　・{}{ja}", clause.ja);
        let _ = writeln!(text.en, "- {}{en}", clause.en);
    }
    // The register of consents is a fact of the case too.
    let of_register = request.consents.is_some().then(|| considered.readings.first()).flatten();
    for checked in of_register.iter().flat_map(|(_, r)| &r.checked) {
        let Condition::Fact(fact, wanted) = checked.condition else { continue };
        if fact.is_per_line() && matches!(checked.state, State::Met | State::Failed | State::Open) {
            let clause = fact_clause(fact, (checked.state == State::Met) == wanted);
            let _ = writeln!(text.ja, "　・{}（同意の記録による）", clause.ja);
            let _ = writeln!(text.en, "- {} (by the register of consents)", clause.en);
        }
    }
    if text.ja.is_empty() {
        text = Text::of("　確認済みの事実はありません。\n", "Nothing is established yet.\n");
    }
    text
}

fn near(book: &Book, request: &Request, considered: &Considered<'_>, answer: &Answer) -> Text {
    if let Some((measure, reading)) = considered.readings.first() {
        let (cites, title) = (place(measure), &measure.title);
        let mut text = Text {
            ja: format!("　{}「{}」\n", cites.ja, title.ja),
            en: format!("{}: “{}”\n", capital(&cites.en), title.en),
        };
        for checked in reading.checked.iter().filter(|c| c.state != State::Met) {
            if (checked.condition, checked.state) == (Condition::HasEnd, State::Open) {
                text.ja += "　・当社は恒常的に続けることを予定しているが、期間の定めがない\n";
                text.en += "- Ours is to last, and the text sets no time.\n";
                continue;
            }
            let clause = clause(&checked.condition, measure);
            let (ja, en) = match checked.state {
                State::Unknown => ("未確認", "not known"),
                State::Open | State::Failed | State::Met => ("満たされていない", "not met"),
            };
            if checked.condition != Condition::Decided {
                let _ = writeln!(text.ja, "　・{}（{ja}）", clause.ja);
                let _ = writeln!(text.en, "- {}: {en}.", clause.en);
            }
        }
        return text;
    }
    let Some(other) = &answer.nearest else {
        return Text::of("　近い項目はありません。\n", "No item is near.\n");
    };
    let cites = book.measure(&other.measure).map(place);
    let (ja, en) = cites.map_or_else(Default::default, |c| (c.ja, c.en));
    let mut text = Text {
        ja: format!("　{ja}「{}」\n", other.title.ja),
        en: format!("{en}: “{}”\n", other.title.en),
    };
    if other.purpose != request.purpose {
        let purpose = other.purpose.text();
        text.ja +=
            &format!("　この項目の目的は「{}」であり、当社の目的とは異なります。\n", purpose.ja);
        text.en += &format!("Its purpose is “{}”, which is not ours.\n", purpose.en);
    }
    if other.act != request.act {
        let act = other.act.text();
        text.ja += &format!(
            "　この項目が対象とする行為は「{}」であり、当社が検討している行為とは異なります。\n",
            act.ja
        );
        text.en +=
            &format!("It is about the act “{}”, which is not the one we consider.\n", act.en);
    }
    text
}

fn open(considered: &Considered<'_>) -> Text {
    let Some((measure, reading)) = considered.readings.first() else {
        return Text::of(
            "　この行為と目的の組合せを定める項目が見当たりません。\n",
            "No item is about this act for this purpose.\n",
        );
    };
    let mut text = Text::of("", "");
    for checked in reading.in_state(State::Open) {
        if checked.condition == Condition::Decided {
            text.ja +=
                "\u{3000}本文は、一概に判断することは困難としており、可否を示していません。\n";
            text.en +=
                "The text says that this cannot be judged in general, and does not decide.\n";
            continue;
        }
        if checked.condition == Condition::HasEnd {
            text.ja += "\u{3000}本文は措置の期間を定めておらず、恒常的に続けてよいかどうかが明らかではありません。\n";
            text.en += "The text sets no time, and does not say whether it may last.\n";
            continue;
        }
        let clause = clause(&checked.condition, measure);
        let _ = writeln!(
            text.ja,
            "\u{3000}{}が満たされない場合にどう扱われるかが、本文からは明らかではありません。",
            clause.ja
        );
        let _ = writeln!(
            text.en,
            "The item asks that {}; the text does not say what follows without that.",
            clause.en
        );
    }
    text
}

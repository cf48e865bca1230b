//! The answer in plain sentences that a subscriber or a judge could follow, in both languages.

use ground::{Basis, Book, Code, Fact, Measure, Role, Strength};
use terms::{Act, Step, Text};

use super::answer::{Answer, Worded};
use super::because::{because, lower, nor};
use super::beside::is_yes;
use super::cited::item;
use super::clause::{and_en, and_ja};
use super::flips::Flip;
use super::kin::in_own_hands;
use super::nearest::{Other, Take, is_premise};
use super::read::Considered;
use super::request::Request;

/// The answer: what, why, on which text, what is owed, what it does not cover, what would change it,
/// what else could be done.
pub(super) fn sentences(
    book: &Book,
    request: &Request,
    considered: &Considered<'_>,
    answer: &Answer,
) -> Text {
    let mut said = vec![verdict(request, considered, answer)];
    if let Some((measure, reading)) = considered.readings.first() {
        said.push(because(measure, reading, considered.outcome, request));
        said.extend(considered.tied().next().and_then(|(m, r)| nor(measure, m, r)));
    }
    if is_yes(answer.verdict) {
        said.extend(request.observes.as_ref().map(|_| {
            Text::of(
                "本件は観測のみであり、実際の措置は行いません。",
                "This is to observe only: nothing is done to the traffic.",
            )
        }));
        said.extend(owed(answer));
        said.extend(beyond(answer));
    }
    said.extend(who_says(answer));
    said.extend(if answer.second_use { readers(book, considered, answer) } else { mended(answer) });
    // A report that is owed is not undone by what would make it needless.
    said.extend(changes(answer).filter(|_| request.act != Act::ReportLeak));
    said.extend(instead(request, considered, answer));
    said.extend(besides(answer));
    said.extend(assumed(request, considered, answer));
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
        ja: format!("「{}」を目的とする「{}」{ja}", purpose.ja, act.ja),
        en: format!("“{}”, for the purpose “{}”, {en}", capital(&act.en), purpose.en),
    };
    let found = considered.readings.first().map(|(m, _)| (m.basis, m.strength));
    match (answer.verdict, found) {
        (Code::Ask, None) => with(
            "について定めた項目は見当たらず、可否を判断できません。定めがないことは、許されることも禁じられることも意味しません。実施を見合わせ、総務省への照会を検討してください。",
            "is dealt with by no item, so it cannot be answered. That nothing is written makes it neither lawful nor unlawful. Do not do it before the ministry has been asked.",
        ),
        (Code::Ask, Some(_)) => with(
            "の可否は、現時点では判断できませんので、判断できるまで実施を見合わせてください。",
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
        (Code::No, _) => with("は、認められません。", "is not allowed as asked."),
        (Code::Out, _) => with(
            "は、通信の秘密の保護の対象外であり、行うことができます。",
            "is outside the secrecy of communications and may be done.",
        ),
        (Code::OkConsent, Some((Basis::BlanketConsent, _))) => with(
            "は、約款等による有効な包括同意があるため、通信の秘密の侵害に当たらず、行うことができます。",
            "may be done: the consent given by the terms is valid, so secrecy is not infringed.",
        ),
        (Code::OkConsent, _) => with(
            "は、通信の当事者の個別の同意があるため、通信の秘密の侵害に当たらず、行うことができます。",
            "may be done: a party to the communication consented to it individually, so secrecy is not infringed.",
        ),
        (Code::OkLaw, _) if request.act == Act::ReportLeak => with(
            "は、法令上の義務であり、行わなければなりません。",
            "must be done: the statute requires the report.",
        ),
        (Code::OkLaw, _) => with(
            "は、法令に基づく行為として行うことができます。",
            "may be done as an act under statute.",
        ),
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
        format!("は、通信の秘密の侵害に当たり得ますが、{ja}として{firm_ja}、行うことができます。"),
        format!("may be done: it touches the secrecy of communications but {firm_en} as {en}."),
    )
}

fn owed(answer: &Answer) -> Option<Text> {
    let ja: Vec<&str> = answer.duties.iter().map(|d| d.phrase.ja.as_str()).collect();
    let en: Vec<String> = answer.duties.iter().map(|d| d.phrase.en.clone()).collect();
    (!ja.is_empty()).then(|| Text {
        ja: format!("実施する者は、{}を行わなければなりません。", and_ja(&ja)),
        en: format!("Whoever does it must {}.", and_en(&en)),
    })
}

fn beyond(answer: &Answer) -> Option<Text> {
    let ja: Vec<&str> = answer.forbids.iter().map(|f| f.text.ja.as_str()).collect();
    let en: Vec<String> = answer.forbids.iter().map(|f| f.text.en.clone()).collect();
    (!ja.is_empty()).then(|| Text {
        ja: format!("この結論は、{}には及びません。", and_ja(&ja)),
        en: format!("This does not cover {}.", and_en(&en).replace(" and ", " or ")),
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
    let en: Vec<&str> = roles.iter().map(|r| who(*r)).collect();
    let en = match en.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        _ => en.concat(),
    };
    let found_out = answer.conditions.iter().any(|c| c.state == "unknown" && !c.open);
    let what = if found_out { "確認" } else { "判断" };
    Some(Text {
        ja: format!("この点を{what}できるのは、{}です。", ja.join("又は")),
        en: format!("{} may say.", capital(&en)),
    })
}

/// A role as the subject of an English sentence.
fn who(role: Role) -> &'static str {
    match role {
        Role::System => "the system",
        Role::Operations => "operations",
        Role::Desk => "the abuse desk",
        Role::Services => "service operations",
        Role::Legal => "the legal officer",
        Role::Analyst => "the analyst",
        Role::Administrator => "the administrator",
        Role::Auditor => "the auditor",
        Role::Line => "the subscriber",
    }
}

/// What would make the very same item do.
fn mended(answer: &Answer) -> Option<Text> {
    if answer.verdict != Code::No {
        return None;
    }
    let same = |o: &&Other| o.could_do && answer.measure.as_ref() == Some(&o.measure);
    let other = answer.others.iter().find(same)?;
    let letter = item(&other.item);
    let by = if letter.ja.is_empty() { Text::of("同項目", "the same item") } else { letter };
    if let [one] = other.takes.as_slice()
        && one.condition == Fact::LineConsents.word()
    {
        return Some(Text {
            ja: format!("契約者の個別の同意があれば、{}により行うことができます。", by.ja),
            en: format!("With the line's consent it may be done under {}.", by.en),
        });
    }
    // What fails has just been said; of what is not known besides, only how much it is.
    let decides = |word: &str| answer.deciding.iter().any(|d| d == word);
    let more = other.takes.iter().filter(|t| !decides(&t.condition)).count();
    let (ja, en) = match more {
        0 => ("この点が改められれば".to_owned(), "If that is put right".to_owned()),
        1 => (
            "この点が改められ、ほか1件の条件が確認されれば".to_owned(),
            "If that is put right and one more condition is met".to_owned(),
        ),
        _ => (
            format!("この点が改められ、ほか{more}件の条件が確認されれば"),
            format!("If that is put right and {more} more conditions are met"),
        ),
    };
    Some(Text {
        ja: format!("{ja}、{}により行うことができます。", by.ja),
        en: format!("{en}, it may be done under {}.", by.en),
    })
}

/// What kept data may be used for at all.
fn readers(book: &Book, considered: &Considered<'_>, answer: &Answer) -> Option<Text> {
    let reads = |m: &&Measure| {
        m.can_grant()
            && m.holds_on(answer.day)
            && considered.second_use.iter().all(|s| m.reads.contains(s))
    };
    let mut may: Vec<&Measure> = book.measures().iter().map(AsRef::as_ref).filter(reads).collect();
    may.dedup_by(|a, b| a.item == b.item);
    let ja: Vec<String> =
        may.iter().map(|m| format!("{}「{}」", item(&m.item).ja, m.title.ja)).collect();
    let en: Vec<String> =
        may.iter().map(|m| format!("{} “{}”", item(&m.item).en, lower(&m.title.en))).collect();
    let ja: Vec<&str> = ja.iter().map(String::as_str).collect();
    let en: Vec<String> = en.iter().map(|t| t.trim_start().to_owned()).collect();
    (!may.is_empty()).then(|| Text {
        ja: format!("この情報の利用が認められているのは、{}の場合に限られます。", and_ja(&ja)),
        en: format!("Such data may be used only as an item allows: {}.", and_en(&en)),
    })
}

/// The change that matters most: to a yes from anything else, away from it from a yes; and what is not
/// known, or not in the hands of whoever acts, before the rest.
fn changes(answer: &Answer) -> Option<Text> {
    let yes = is_yes(answer.verdict);
    let same = |o: &Other| o.could_do && answer.measure.as_ref() == Some(&o.measure);
    if answer.verdict == Code::No && (answer.second_use || answer.others.iter().any(same)) {
        return None;
    }
    let helps = |f: &&Flip| f.to != "unknown" && (answer.verdict != Code::No || is_yes(f.verdict));
    let said = answer.flips.iter().filter(helps);
    let conduct = |f: &Flip| Fact::parse(&f.fact).is_none_or(in_own_hands);
    let flip = said.min_by_key(|f| {
        (is_yes(f.verdict) == yes, !yes && f.from != "unknown", yes && conduct(f))
    })?;
    Some(flip.text.clone())
}

fn instead(request: &Request, considered: &Considered<'_>, answer: &Answer) -> Option<Text> {
    let other = answer.nearest.as_ref()?;
    // Beside a yes only the sibling that was asked at the same time is worth a word; kept data
    // may be used as it was taken for, which is said already.
    let sibling = considered.readings.iter().any(|(m, _)| m.name == other.measure);
    let said = considered.tied().next().is_some_and(|(m, _)| m.name == other.measure);
    // Where the same item would do once something is mended, a way that is about another trouble
    // helps nobody.
    let same = |t: &Take| t.condition == Fact::LineConsents.word();
    let like = other.act == request.act || other.act.step() == Step::Warn;
    let consent = answer.deciding.iter().any(|d| d == Fact::LineConsents.word());
    let strange = mended(answer).is_some()
        && !other.takes.iter().any(same)
        && (other.takes.iter().any(is_premise) || (!like && !consent));
    if (is_yes(answer.verdict) && !sibling)
        || (answer.second_use && other.purpose != request.purpose)
        || (!other.could_do && said)
        || strange
    {
        return None;
    }
    let letter = item(&other.item);
    let title = &other.title;
    if other.could_do {
        let (ja, en) = if other.act.step() == Step::Warn && request.act.step() != Step::Warn {
            ("代わりに、", "Instead, consider")
        } else if is_yes(answer.verdict) {
            ("このほか、", "There is also")
        } else {
            ("別の方法として、", "Another way is")
        };
        return Some(Text {
            ja: format!("{ja}{}「{}」が考えられます。{}", letter.ja, title.ja, other.why_ja),
            en: format!("{}: {} {}", named(en, &letter.en), stop(&lower(&title.en)), other.why_en),
        });
    }
    Some(Text {
        ja: format!("最も近い項目は{}「{}」ですが、{}", letter.ja, title.ja, other.why_ja),
        en: format!(
            "{}: {} {}",
            named("The nearest other item is", &letter.en),
            stop(&lower(&title.en)),
            other.why_en
        ),
    })
}

fn named(lead: &str, letter: &str) -> String {
    if letter.is_empty() { lead.to_owned() } else { format!("{lead} {letter}") }
}

fn stop(text: &str) -> String {
    format!("{text}.")
}

fn besides(answer: &Answer) -> Option<Text> {
    let mut ja = String::new();
    let mut en = Vec::new();
    if !answer.other_law.is_empty() {
        let names: Vec<&str> = answer.other_law.iter().map(|f| f.text.ja.as_str()).collect();
        ja += &format!("通信の秘密とは別に、{}の観点からの検討も必要です。", and_ja(&names));
        let names: Vec<String> = answer.other_law.iter().map(|f| f.text.en.clone()).collect();
        let names = match names.as_slice() {
            [one, two] => format!("{one} and {two}"),
            _ => and_en(&names),
        };
        en.push(format!("Other law is to be looked at separately: {names}."));
    }
    for (i, advice) in answer.advice.iter().enumerate() {
        ja += &format!("{}{}。", if i == 0 { "なお、" } else { "また、" }, advice.text.ja);
        en.push(format!("{}.", capital(&advice.text.en)));
    }
    (!ja.is_empty()).then(|| Text { ja, en: en.join(" ") })
}

/// What was assumed, and which facts play no part.
fn assumed(request: &Request, considered: &Considered<'_>, answer: &Answer) -> Option<Text> {
    let mut text = Text::of("", "");
    let (measure, _) = considered.readings.first()?;
    if measure.basis == Basis::Excluded {
        return None;
    }
    if request.fields.is_none() && !measure.fields.is_empty() {
        text.ja +=
            "情報項目が示されていないため、この項目が認めるものだけを用いる前提で判断しました。";
        text.en += "No fields were named: the answer assumes only those that the item allows. ";
    }
    // That something is not so is seldom thought to help.
    let so =
        |w: &&Worded| request.facts.iter().any(|(f, s)| f.word() == w.word && s.so == Some(true));
    let ignored: Vec<&Worded> = answer.ignored.iter().filter(so).collect();
    if !ignored.is_empty() {
        let ja: Vec<String> =
            ignored.iter().take(3).map(|w| format!("「{}」", w.text.ja)).collect();
        let en: Vec<String> = ignored.iter().take(3).map(|w| w.text.en.clone()).collect();
        let more = ignored.len() > 3;
        text.ja += &format!(
            "{}{}という事情は、この項目の条件ではないため、考慮していません。",
            ja.concat(),
            if more { "等" } else { "" }
        );
        let more = if more { "; and others" } else { "" };
        text.en +=
            &format!("Not looked at, since no condition is about it: {}{more}.", en.join("; "));
    }
    text.en = text.en.trim_end().to_owned();
    (!text.ja.is_empty()).then_some(text)
}

/// A sentence's beginning.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

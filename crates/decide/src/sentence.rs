//! The law's answer in sentences, in both languages, with the nearest lawful alternatives.

use std::sync::Arc;

use ground::{
    Advice, Answer, Basis, Book, Checked, Condition, Fact, Facts, Known, Measure, MeasureName,
    Outcome, Over, Pass, Reading, Record, Request, Role, State, Why,
};
use serde::Serialize;
use terms::{Act, Day, Purpose, Source, Subject, Text, Zone};

/// An answer as a person reads it.
#[derive(Debug, Clone, Serialize)]
pub struct Spoken {
    /// The public word.
    pub code: ground::Code,
    /// The measure that granted, or is nearest.
    pub measure: Option<MeasureName>,
    /// The guideline's letter.
    pub item: Option<String>,
    /// Where the text says it.
    pub cites: Option<Text>,
    /// One sentence.
    pub sentence: Text,
    /// Each condition of that measure: how it stands, and who established it.
    pub conditions: Vec<(State, Text, Option<String>)>,
    /// What else could be done lawfully.
    pub alternatives: Vec<Alternative>,
    /// The draft of an inquiry, where no measure of the book is about this.
    pub inquiry: Option<Text>,
}

/// Another measure that could serve, and what it would take.
#[derive(Debug, Clone, Serialize)]
pub struct Alternative {
    /// The measure.
    pub measure: MeasureName,
    /// The guideline's letter.
    pub item: String,
    /// What it does.
    pub title: Text,
    /// The verdict it would give.
    pub code: ground::Code,
    /// The facts it would take, and who may establish each.
    pub takes: Vec<(Fact, Text, Vec<Role>)>,
}

/// Puts an answer into words.
#[must_use]
pub fn speak(book: &Book, request: &Request, answer: &Answer, day: Day) -> Spoken {
    let nearest = answer.readings().first();
    let measure = nearest.and_then(|r| book.measure(&r.measure));
    let item = measure.map(|m| m.item.clone());
    let code = answer.code();
    // What the text excludes has no conditions that could be met.
    let excluded = measure.is_some_and(|m| m.basis == Basis::Excluded);
    let sentence = match answer {
        Answer::Granted(g) if matches!(g.pass, Pass::Observe) => {
            named(&item, measure, |ja, en| Text {
                ja: format!("観測のみ。{ja}により可となりますが、何も実施しません。"),
                en: format!("Observing only. {en} would allow it; nothing is done."),
            })
        }
        Answer::Granted(g) => {
            let basis = g.basis.text();
            named(&item, measure, |ja, en| Text {
                ja: format!("可（{}）。{ja}により、{}まで。", basis.ja, g.until.wall.rfc3339()),
                en: format!("Yes ({}), under {en}, until {}.", basis.en, g.until.wall.rfc3339()),
            })
        }
        Answer::Asks(a) if a.inquiry => Text::of(
            "この行為を定める措置がありません。所管官庁への照会文案を作成しました。",
            "No measure in the book is about this. An inquiry to the ministry has been drafted.",
        ),
        Answer::Asks(_) => named(&item, measure, |ja, en| not_yet(nearest, ja, en)),
        Answer::Refused(r) => match &r.why {
            Why::SecondUse(sources, purpose) => {
                let (p, may) = (purpose.text(), readers(book, sources, day));
                Text {
                    ja: format!(
                        "不可。保存した情報を目的外（{}）に用いることを認める措置はありません。この情報を用いることができるのは{}だけです。",
                        p.ja, may
                    ),
                    en: format!(
                        "No. No measure lets kept data be used for another purpose ({}). Only these may read it: {}.",
                        p.en, may
                    ),
                }
            }
            Why::NotDurable(_) => Text::of(
                "不可。記録簿に書き込めないため、何も許可できません。",
                "No. The ledger cannot take the answer, so nothing is granted.",
            ),
            Why::Halted => Text::of("不可。全停止中です。", "No. Everything has been stopped."),
            Why::Conditions if excluded => named(&item, measure, |ja, en| Text {
                ja: format!("不可。本文により認められません：{ja}。"),
                en: format!("No. The text excludes it: {en}."),
            }),
            Why::Conditions => named(&item, measure, |ja, en| {
                because(
                    nearest,
                    State::Failed,
                    &format!("不可。{ja}の条件を満たしません"),
                    &format!("No. Under {en}, this is not met"),
                )
                .unwrap_or_else(|| Text {
                    ja: format!("不可。{ja}では許可できません。"),
                    en: format!("No. It cannot be granted under {en}."),
                })
            }),
        },
    };
    // Kept data for another purpose: what it was taken under is what was to be kept to.
    let taken = match answer {
        Answer::Refused(r) => match &r.why {
            Why::SecondUse(sources, _) => taken_under(book, sources, day),
            Why::Conditions | Why::NotDurable(_) | Why::Halted => None,
        },
        Answer::Granted(_) | Answer::Asks(_) => None,
    };
    let inquiry = matches!(answer, Answer::Asks(a) if a.inquiry).then(|| inquiry(request));
    let granted = matches!(answer, Answer::Granted(_));
    Spoken {
        code,
        measure: measure.map(|m| m.name.clone()),
        cites: taken.or(measure).map(|m| m.cites.text()),
        item,
        sentence,
        conditions: nearest.filter(|_| !excluded).map(conditions).unwrap_or_default(),
        alternatives: if granted { Vec::new() } else { alternatives(book, request, day) },
        inquiry,
    }
}

/// The measures that could lawfully serve the same end, the nearest first: the same act on another
/// ground or on consent, and contact. What is at the wish of those concerned comes before what needs
/// to be justified; what known facts rule out is not named.
#[must_use]
pub fn alternatives(book: &Book, request: &Request, day: Day) -> Vec<Alternative> {
    let record = Record { facts: by_then(&request.record.facts, day), ..request.record.clone() };
    let request = &Request { record, ..request.clone() };
    let mut found: Vec<((bool, usize, usize), Alternative)> = Vec::new();
    for measure in book.measures() {
        let act = [request.act, Act::Contact].into_iter().find(|a| measure.acts.contains(a));
        let purpose = measure.purposes.iter().copied().find(|p| same_end(request.purpose, *p));
        let (Some(act), Some(purpose)) = (act, purpose) else { continue };
        if !measure.can_grant() || !measure.holds_on(day) {
            continue;
        }
        let supposed = Request {
            act,
            purpose,
            claims: None,
            fields: request.fields.common(measure.fields),
            sources: measure.reads.clone(),
            only: Some(measure.name.clone()),
            ..request.clone()
        };
        let Advice { readings, .. } = book.advise(&supposed, day);
        let Some(reading) = readings.first() else { continue };
        if beyond_facts(reading, &request.subject) {
            continue;
        }
        let takes: Vec<_> = reading
            .checked
            .iter()
            .filter(|c| c.state != State::Met)
            .filter_map(|c| {
                let Condition::Fact(fact, _) = c.condition else { return None };
                Some((fact, c.condition.text(), fact.established_by().to_vec()))
            })
            .collect();
        let wished = measure.basis <= Basis::BlanketConsent;
        // What known facts rule out is no way at all; a consent may still be given.
        if !wished
            && reading.in_state(State::Failed).any(|c| matches!(c.condition, Condition::Fact(..)))
        {
            continue;
        }
        // A way for another situation, or one whose advice is not followed, is further off.
        let elsewhere = takes.iter().filter(|(fact, ..)| fact.is_premise()).count();
        found.push((
            (!wished, elsewhere + reading.unmet_advice.len(), takes.len()),
            Alternative {
                measure: measure.name.clone(),
                item: measure.item.clone(),
                title: measure.title.clone(),
                code: ground::Code::of(measure.basis),
                takes,
            },
        ));
    }
    found.sort_by_key(|(far, _)| *far);
    found.into_iter().map(|(_, a)| a).collect()
}

/// Facts as advice reads them: as of the first moment of the day, though some became known later.
fn by_then(facts: &Facts, day: Day) -> Facts {
    let start = Zone::TOKYO.start(day);
    let mut by_then = Facts::default();
    for (fact, known) in facts.iter() {
        by_then.learn(fact, Known { at: known.at.min(start), ..known.clone() });
    }
    by_then
}

/// Do both serve the same end? Whatever stops an attack may stand in for another way of doing so;
/// what is for another end is no alternative, however lawful it is.
fn same_end(asked: Purpose, other: Purpose) -> bool {
    let stops_attacks = |purpose| {
        matches!(
            purpose,
            Purpose::FindCause
                | Purpose::RespondToAnomaly
                | Purpose::RespondJointly
                | Purpose::ProtectLine
                | Purpose::StopNamedTraffic
                | Purpose::ProtectService
                | Purpose::ProtectDownstream
                | Purpose::ProtectReceiver
                | Purpose::StopMalwareAttack
        )
    };
    asked == other || (stops_attacks(asked) && stops_attacks(other))
}

/// Does something stand in the way that no fact could mend? A block of a destination may still
/// become one of a line.
fn beyond_facts(reading: &Reading, subject: &Subject) -> bool {
    reading.outcome == Outcome::Refused
        && reading.in_state(State::Failed).any(|c| {
            let over = matches!(c.condition, Condition::Over(Over::Line | Over::Destination));
            !matches!(c.condition, Condition::Fact(..))
                && (!over || matches!(subject, Subject::Network))
        })
}

/// The draft of an inquiry to the ministry, where the book has no measure.
#[must_use]
pub fn inquiry(request: &Request) -> Text {
    let (act, purpose) = (request.act.text(), request.purpose.text());
    let fields_ja: Vec<String> = request.fields.iter().map(|f| f.text().ja).collect();
    let fields_en: Vec<String> = request.fields.iter().map(|f| f.text().en).collect();
    Text {
        ja: format!(
            "【照会文案】当社は「{}」を目的として、{}の項目を用いた「{}」を検討しています。ガイドラインに該当する項目が見当たらないため、通信の秘密との関係についてご見解を伺います。",
            purpose.ja,
            fields_ja.join("、"),
            act.ja
        ),
        en: format!(
            "[Draft inquiry] We are considering to {} in order to {}, using these fields: {}. We find no item of the guideline that is about this, and ask how it stands with the secrecy of communications.",
            act.en,
            purpose.en,
            fields_en.join(", ")
        ),
    }
}

/// The letters of the measures in force that read all of these sources.
fn readers(book: &Book, sources: &[Source], day: Day) -> String {
    let reads = |m: &&Arc<Measure>| {
        m.can_grant() && m.holds_on(day) && sources.iter().all(|s| m.reads.contains(s))
    };
    let mut items: Vec<&str> =
        book.measures().iter().filter(reads).map(|m| m.item.as_str()).collect();
    items.dedup();
    items.join(" ")
}

/// The measure under which data of these sources is kept.
fn taken_under<'a>(book: &'a Book, sources: &[Source], day: Day) -> Option<&'a Measure> {
    let keeps = |m: &&Arc<Measure>| {
        m.can_grant()
            && m.holds_on(day)
            && m.acts.iter().any(|act| matches!(act, Act::Keep | Act::Hold))
            && sources.iter().all(|s| m.reads.contains(s))
    };
    book.measures().iter().find(keeps).map(AsRef::as_ref)
}

fn conditions(reading: &Reading) -> Vec<(State, Text, Option<String>)> {
    let by = |c: &Checked| c.by.as_ref().map(|(person, role)| format!("{person} ({role})"));
    reading.checked.iter().map(|c| (c.state, c.condition.text(), by(c))).collect()
}

fn named(
    item: &Option<String>,
    measure: Option<&Measure>,
    say: impl Fn(&str, &str) -> Text,
) -> Text {
    let item = item.as_deref().unwrap_or("–");
    let title = measure.map_or_else(|| Text::of("", ""), |m| m.title.clone());
    say(&format!("（{item}）「{}」", title.ja), &format!("({item}) “{}”", title.en))
}

/// What is not known, and what the text leaves to judgement.
fn not_yet(reading: Option<&Reading>, ja: &str, en: &str) -> Text {
    let is_open = |c: &&Checked| c.state == State::Open;
    let undecided = |c: &Checked| matches!(c.condition, Condition::Decided);
    let mut open = reading.into_iter().flat_map(|r| &r.checked).filter(is_open);
    let unknown = because(
        reading,
        State::Unknown,
        &format!("まだ判断できません。{ja}について未確認"),
        &format!("Not yet. Under {en}, this is not known or not signed"),
    );
    let mut said = vec![unknown.unwrap_or_else(|| Text {
        ja: format!("まだ判断できません。該当する項目は{ja}です。"),
        en: format!("Not yet. It falls under {en}."),
    })];
    if open.clone().any(undecided) {
        said.push(Text::of(
            "本文は結論を示しておらず、個別の判断を要します。",
            "The text does not decide it; it is to be judged case by case.",
        ));
    } else if open.next().is_some() {
        said.extend(because(
            reading,
            State::Open,
            "次の点を満たさない場合の結論は本文に示されておらず、個別の判断を要します",
            "The text leaves open what follows where this is not so",
        ));
    }
    Text { ja: join(&said, |t| &t.ja, ""), en: join(&said, |t| &t.en, " ") }
}

/// The conditions in this state, named; `None` where there is none.
fn because(reading: Option<&Reading>, state: State, ja: &str, en: &str) -> Option<Text> {
    let texts: Vec<Text> = reading?.in_state(state).map(|c| c.condition.text()).collect();
    (!texts.is_empty()).then(|| Text {
        ja: format!("{ja}：{}。", join(&texts, |t| &t.ja, "／")),
        en: format!("{en}: {}.", join(&texts, |t| &t.en, "; ")),
    })
}

fn join(texts: &[Text], pick: fn(&Text) -> &str, between: &str) -> String {
    texts.iter().map(pick).collect::<Vec<_>>().join(between)
}

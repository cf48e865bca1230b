//! What stands beside a verdict: advice, other law, and what was assumed.

use ground::{Book, Code, Discounted, Measure, OtherLaw, Reading, Role};
use terms::{Act, Day, Field, Status, Step, Text};

use super::answer::Worded;
use super::clause::{day_ja, fact_clause};
use super::read::discounted;
use super::request::Request;

/// Advice that is not followed, and how sure the text itself is.
pub(super) fn advice(book: &Book, measure: &Measure, reading: &Reading, day: Day) -> Vec<Worded> {
    let wanted = |fact| measure.advises.get(&fact).copied().unwrap_or(true);
    let mut all: Vec<Worded> = reading
        .unmet_advice
        .iter()
        .map(|fact| {
            let clause = fact_clause(*fact, wanted(*fact));
            Worded {
                word: fact.word().to_owned(),
                text: Text {
                    ja: format!("{}が望ましいとされていますが、確認されていません", clause.ja),
                    en: format!("it is advised that {}, which is not known to be so", clause.en),
                },
            }
        })
        .collect();
    if let Some(document) = book.document(&measure.cites.text) {
        if let Some(from) = document.later_edition_unseen_from.filter(|from| *from <= day) {
            all.push(Worded {
                word: "later-edition-not-seen".to_owned(),
                text: Text {
                    ja: format!("{}以降の新しい版の本文は、確認していません", day_ja(from)),
                    en: format!("a later edition exists since {from}; its text was not seen"),
                },
            });
        }
        if document.sure.as_deref().is_some_and(|sure| sure != "high") {
            all.push(Worded {
                word: "text-not-confirmed".to_owned(),
                text: Text::of(
                    "根拠とする文書の原文は確認しておらず、公表された要約等によっています",
                    "the document itself was not seen, only published accounts of it",
                ),
            });
        }
    }
    if measure.status == Status::Inferred && measure.can_grant() {
        all.push(Worded {
            word: "inferred".to_owned(),
            text: Text::of(
                "本文に直接の記載がなく推論によるため、法務による受入れが先に必要です",
                "no text says this itself: the legal role must accept it before it is used",
            ),
        });
    }
    all
}

/// What other law asks: what the measure says, and what any act of this kind raises.
pub(super) fn other_law(request: &Request, measure: Option<&Measure>) -> Vec<Worded> {
    let mut all: Vec<OtherLaw> = measure.map(|m| m.other_law.clone()).unwrap_or_default();
    let identity = [Field::SubscriberIdentity, Field::ConnectionLog];
    let names = request.fields.is_some_and(|f| identity.iter().any(|i| f.has(*i)));
    all.extend(match request.act.step() {
        _ if matches!(request.act, Act::AccessMachine | Act::NeutraliseMachine) => {
            vec![OtherLaw::UnauthorisedAccess, OtherLaw::Property]
        }
        Step::Block | Step::Suspend => vec![OtherLaw::FairUse, OtherLaw::Contract],
        Step::Warn | Step::Disclose => vec![OtherLaw::PersonalData],
        Step::Collect | Step::Store | Step::Analyse | Step::Detect | Step::Share => vec![],
    });
    if names || request.act == Act::Identify {
        all.push(OtherLaw::PersonalData);
    }
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(Worded::from).collect()
}

/// What was assumed where the request says nothing, and which facts were not taken.
pub(super) fn notes(request: &Request, measure: Option<&Measure>, day: Day) -> Vec<Text> {
    let mut notes = Vec::new();
    if let (None, Some(m)) = (request.fields, measure.filter(|m| !m.fields.is_empty())) {
        let ja: Vec<String> = m.fields.iter().map(|f| f.text().ja).collect();
        let en: Vec<String> = m.fields.iter().map(|f| f.text().en).collect();
        notes.push(Text {
            ja: format!(
                "情報項目の記載がないため、次の項目だけを用いるものとしました：{}。",
                ja.join("、")
            ),
            en: format!("The request names no fields; only these were assumed: {}.", en.join(", ")),
        });
    }
    if request.sources.is_none() && measure.is_some() {
        notes.push(Text::of(
            "情報源の記載がないため、この項目で認められた情報源だけを用いるものとしました。",
            "The request names no sources; only those that the item may read were assumed.",
        ));
    }
    for (fact, why) in discounted(request, day) {
        let clause = fact.text();
        notes.push(match why {
            Discounted::MayNot(role) => not_taken(&clause, &may_not(role)),
            Discounted::NotCountersigned(role) => not_taken(
                &clause,
                &Text {
                    ja: format!("別の者による{}の連署がない", role.text().ja),
                    en: format!("nobody else countersigned it as {}", role.text().en),
                },
            ),
            Discounted::NotThen => not_taken(
                &clause,
                &Text {
                    ja: format!("{}の時点のものではない", day_ja(day)),
                    en: format!("it does not hold on {day}"),
                },
            ),
            Discounted::NotOfThem => not_taken(
                &clause,
                &Text::of("別の者についてのものである", "it is of somebody else"),
            ),
        });
    }
    notes
}

fn may_not(role: Role) -> Text {
    Text {
        ja: format!("{}はこれを確認する立場にない", role.text().ja),
        en: format!("{} may not establish it", role.text().en),
    }
}

fn not_taken(fact: &Text, why: &Text) -> Text {
    Text {
        ja: format!("「{}」は、{}ため、不明として扱いました。", fact.ja, why.ja),
        en: format!("“{}” counts as not known: {}.", fact.en, why.en),
    }
}

/// Is it a yes?
pub(super) fn is_yes(code: Code) -> bool {
    !matches!(code, Code::Ask | Code::No)
}

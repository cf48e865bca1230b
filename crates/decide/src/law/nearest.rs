//! The other measures: those that were looked at, and those that could lawfully serve instead.

use ground::State;
use ground::{Basis, Book, Checked, Code, Condition, Measure, MeasureName, Outcome, Reading, Role};
use serde::Serialize;
use terms::{Act, Day, Purpose, Step, Text};

use super::clause::{clause, listed, word};
use super::kin::{Trouble, Way, in_own_hands, kin, way};
use super::read::{Considered, read_as};
use super::request::Request;

/// Another measure, and whether it would do.
#[derive(Debug, Clone, Serialize)]
pub struct Other {
    /// The measure.
    pub measure: MeasureName,
    /// The guideline's letter.
    pub item: String,
    /// What it does.
    pub title: Text,
    /// The act it would be.
    pub act: Act,
    /// What it would be for.
    pub purpose: Purpose,
    /// The verdict it gives now.
    pub verdict: Code,
    /// The verdict once everything it takes is there.
    pub would_give: Code,
    /// Does it do as things stand?
    pub would_do: bool,
    /// Does it do, or may it once what it takes is there?
    pub could_do: bool,
    /// Why it would or would not do, in Japanese.
    pub why_ja: String,
    /// Why it would or would not do, in English.
    pub why_en: String,
    /// What it takes that is not there.
    pub takes: Vec<Take>,
}

/// One thing that is missing.
#[derive(Debug, Clone, Serialize)]
pub struct Take {
    /// The condition.
    pub condition: String,
    /// In words.
    pub text: Text,
    /// Who may say so.
    pub roles: Vec<Role>,
}

/// No more are named.
const MOST: usize = 12;

/// Every other measure worth naming, the nearest first: where it is not granted, what could serve
/// instead comes before what could not.
pub(super) fn others(
    book: &Book,
    request: &Request,
    considered: &Considered<'_>,
    day: Day,
) -> Vec<Other> {
    let granted = considered.outcome == Outcome::Granted;
    let top = considered.readings.first().map(|(m, _)| &m.name);
    // Where it is refused for its fields, what may use them comes before other ways to the same end.
    let failed = |r: &Reading| r.in_state(State::Failed).any(|c| c.condition == Condition::Fields);
    let trouble = Trouble {
        fields: considered.readings.first().is_some_and(|(_, r)| failed(r)),
        unmeasured: considered.readings.is_empty(),
    };
    let mut found: Vec<((bool, usize), Other)> = Vec::new();
    for (i, (measure, reading)) in considered.readings.iter().enumerate().skip(1) {
        let way = (request.act, request.purpose);
        let other = other(request, measure, reading, way, Vec::new());
        // Where it is granted, what was asked besides stays the nearest, whether it would do or not.
        let mended = if reading.outcome == Outcome::Refused { 4 } else { 0 };
        let far = if granted { i } else { mended + other.takes.len() };
        found.push(((!(granted || other.could_do), far), other));
    }
    for measure in book.measures() {
        let asked = considered.readings.iter().any(|(m, _)| m.name == measure.name);
        let first = Some(&measure.name) == top;
        // The nearest reading itself comes again where a consent, an end or fewer fields would mend it.
        if (asked && (!first || considered.outcome != Outcome::Refused))
            || !measure.can_grant()
            || !measure.holds_on(day)
        {
            continue;
        }
        let Some(Way { act, purpose, far }) = way(request, measure, trouble) else { continue };
        let mended = Request {
            fields: request.fields.filter(|_| act == request.act).map(|f| f.common(measure.fields)),
            sources: None,
            claims: None,
            ..request.clone()
        };
        let Some(reading) = read_as(book, &mended, measure, act, purpose, day) else { continue };
        let less = less(request, measure, act);
        let other = other(request, measure, &reading, (act, purpose), less);
        if !other.could_do {
            continue;
        }
        // A consent that is known not to be there is harder to come by than a fact nobody looked for.
        let denied = |c: &Checked| {
            c.state == State::Failed
                && matches!(c.condition, Condition::Fact(f, _) if f.is_per_line())
        };
        let denied = reading.checked.iter().any(denied);
        // What was asked besides comes first where it is granted.
        let far = far + other.takes.len() + if denied { 6 } else { 0 };
        found.push(((granted, far), other));
    }
    found.sort_by_key(|(far, _)| *far);
    let mut all: Vec<Other> = found.into_iter().take(MOST).map(|(_, o)| o).collect();
    if all.is_empty() {
        all.extend(likest(book, request, considered, day));
    }
    all
}

/// Where nothing else is near: the measure with the same act or step whose purpose is akin, or any.
fn likest(book: &Book, request: &Request, considered: &Considered<'_>, day: Day) -> Option<Other> {
    let near = |m: &Measure| {
        let act = m.acts.iter().copied().find(|a| *a == request.act);
        let act =
            act.or_else(|| m.acts.iter().copied().find(|a| a.step() == request.act.step()))?;
        let akin = m.purposes.iter().any(|p| kin(*p, request.purpose));
        Some((act != request.act, !akin, act))
    };
    let measures = book.measures().iter().filter(|m| m.can_grant() && m.holds_on(day));
    let asked = |name: &MeasureName| considered.readings.iter().any(|(m, _)| m.name == *name);
    let (_, act, measure) = measures
        .filter(|m| !asked(&m.name))
        .filter_map(|m| near(m).map(|(other, alien, act)| ((other, alien), act, m)))
        .min_by_key(|(far, ..)| *far)?;
    let reading = read_as(book, request, measure, act, request.purpose, day)?;
    Some(other(request, measure, &reading, (act, request.purpose), Vec::new()))
}

/// What the request would have to leave out for `measure`: fields and sources, for the same act.
fn less(request: &Request, measure: &Measure, act: Act) -> Vec<Take> {
    let mut less = Vec::new();
    if act != request.act {
        return less;
    }
    if request.fields.is_some_and(|f| !f.within(measure.fields)) {
        less.push(take(&Condition::Fields, measure));
    }
    let read = request.sources.iter().flatten().filter(|s| !measure.reads.contains(s));
    for source in read {
        let text = source.text();
        let text = Text {
            ja: format!("「{}」を用いないこと", text.ja),
            en: format!("“{}” is not used", text.en),
        };
        less.push(Take { condition: "source".to_owned(), text, roles: Vec::new() });
    }
    less
}

fn other(
    request: &Request,
    measure: &Measure,
    reading: &Reading,
    (act, purpose): (Act, Purpose),
    less: Vec<Take>,
) -> Other {
    let verdict = match reading.outcome {
        Outcome::Granted => Code::of(measure.basis),
        Outcome::Asks => Code::Ask,
        Outcome::Refused => Code::No,
    };
    let failed: Vec<&Checked> = reading.in_state(State::Failed).collect();
    let consent = matches!(measure.basis, Basis::Consent | Basis::BlanketConsent);
    let told = act.step() == Step::Warn && request.act.step() != Step::Warn;
    // Who is told is another than who is blocked; and what was asked more widely can be asked for one
    // line or destination.
    let narrower = told || act != request.act || purpose != request.purpose || failed.len() == 1;
    let mendable = |c: &&&Checked| {
        // A consent that is not there can be asked for.
        matches!(c.condition, Condition::Fact(fact, true)
            if (consent && fact.is_per_line()) || in_own_hands(fact))
            || matches!(c.condition, Condition::HasEnd)
            || (narrower && matches!(c.condition, Condition::Over(_)))
    };
    let stands = failed.iter().filter(|c| !mendable(c)).count();
    let could_do = measure.can_grant() && stands == 0;
    let would_do = reading.outcome == Outcome::Granted && less.is_empty();
    let mut takes = less;
    if could_do {
        let missing = reading.checked.iter().filter(|c| c.state != State::Met);
        takes.extend(missing.map(|c| take(&c.condition, measure)));
    } else {
        takes.clear();
    }
    let why = why(request, measure, reading, (act, purpose), &takes, could_do);
    Other {
        measure: measure.name.clone(),
        item: measure.item.clone(),
        title: measure.title.clone(),
        act,
        purpose,
        verdict,
        would_give: if could_do { Code::of(measure.basis) } else { verdict },
        would_do,
        could_do,
        why_ja: why.ja,
        why_en: why.en,
        takes,
    }
}

fn take(condition: &Condition, measure: &Measure) -> Take {
    let roles = if let Condition::Fact(fact, _) = condition {
        fact.established_by().to_vec()
    } else {
        Vec::new()
    };
    Take { condition: word(condition).to_owned(), text: clause(condition, measure), roles }
}

/// Why it would or would not do, in sentences.
fn why(
    request: &Request,
    measure: &Measure,
    reading: &Reading,
    (act, purpose): (Act, Purpose),
    takes: &[Take],
    could_do: bool,
) -> Text {
    let mut limits = Text::of("", "");
    if act != request.act {
        limits.ja += &format!("行う行為は「{}」、", act.text().ja);
        limits.en += &format!("The act is then “{}”. ", act.text().en);
    }
    if purpose != request.purpose {
        limits.ja += &format!("目的は「{}」に限られますが、", purpose.text().ja);
        limits.en += &format!("It is for “{}” and nothing else. ", purpose.text().en);
    } else if act != request.act {
        limits.ja += "目的は同じで、";
    }
    let basis = ground(measure.basis);
    if reading.outcome == Outcome::Granted && takes.is_empty() {
        return Text {
            ja: format!("{}示された事実のもとで、{}行うことができます。", limits.ja, basis.ja),
            en: format!("{}On the facts given it may be done, {}.", limits.en, basis.en),
        };
    }
    if could_do {
        let takes = listed(&takes.iter().map(|t| t.text.clone()).collect::<Vec<_>>());
        return Text {
            ja: format!(
                "{}{}が満たされれば、{}行うことができます。",
                limits.ja, takes.ja, basis.ja
            ),
            en: format!("{}It may be done, {}, provided {}.", limits.en, basis.en, takes.en),
        };
    }
    let stands: Vec<Text> = reading
        .in_state(State::Failed)
        .filter(|c| c.condition != Condition::Decided)
        .map(|c| clause(&c.condition, measure))
        .collect();
    match (measure.basis, stands.is_empty()) {
        (Basis::Excluded, _) => {
            Text::of("これは認められないものとされています。", "This is excluded.")
        }
        (_, true) => Text::of(
            "本文が可否を示していないため、これだけでは判断できません。",
            "The text does not decide, so this alone settles nothing.",
        ),
        (_, false) => {
            let stands = listed(&stands);
            Text {
                ja: format!(
                    "{}という条件を満たさないため、これによることはできません。",
                    stands.ja
                ),
                en: format!("It does not do, since it requires {}, which is not met.", stands.en),
            }
        }
    }
}

/// On which ground, as an adverbial phrase.
fn ground(basis: Basis) -> Text {
    match basis {
        Basis::Outside => Text::of(
            "通信の秘密の対象外のものとして",
            "being outside the secrecy of communications",
        ),
        Basis::Consent => Text::of("個別の同意に基づき", "by specific consent"),
        Basis::BlanketConsent => {
            Text::of("条件を備えた約款等による同意に基づき", "by consent under terms")
        }
        Basis::Statute => Text::of("法令に基づく行為として", "under statute"),
        Basis::LegitimateBusiness => Text::of("正当業務行為として", "as legitimate business"),
        Basis::Emergency => Text::of("正当防衛又は緊急避難として", "as self-defence or necessity"),
        Basis::Undetermined | Basis::Excluded => basis.text(),
    }
}

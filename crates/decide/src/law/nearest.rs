//! The other measures: those that were looked at, and those that could lawfully serve instead.

use ground::State;
use ground::{
    Basis, Book, Checked, Code, Condition, Fact, Measure, MeasureName, Outcome, Reading, Role,
};
use serde::Serialize;
use terms::{Act, Day, Purpose, Step, Text};

use super::clause::{clause, listed, word};
use super::kin::{Trouble, Way, hangs_on_purpose, in_own_hands, is_own, kin, way};
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
const MOST: usize = 6;

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
    let only = |r: &Reading| {
        let failed: Vec<_> = r.in_state(State::Failed).map(|c| c.condition).collect();
        failed == [Condition::Fact(Fact::NarrowerWay, false)]
    };
    let narrower = considered.readings.first().is_some_and(|(_, r)| only(r));
    let mut found: Vec<((bool, bool, usize), Other)> = Vec::new();
    for (i, (measure, reading)) in considered.readings.iter().enumerate().skip(1) {
        let way = (request.act, request.purpose);
        let other = other(request, measure, reading, way, Vec::new());
        // Where it is granted, what was asked besides stays the nearest, whether it would do or not.
        let mended = if reading.outcome == Outcome::Refused { 4 } else { 0 };
        let far = if granted { i } else { mended + other.takes.len() };
        found.push(((!(granted || other.could_do), false, far), other));
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
        // What depends on the purpose or the act is not known for another; a consent that is known not
        // to be there is not there for anything.
        let stated = request.facts.iter().filter_map(|(f, s)| Some((*f, s.so?)));
        let lists = |f: Fact| matches!(f, Fact::ListLegitimate | Fact::ListOnlyForPurpose);
        let mut instead = request.instead.clone();
        if act != request.act || purpose != request.purpose {
            let other = stated.filter(|(f, so)| hangs_on_purpose(*f) && (*so || lists(*f)));
            instead.extend(other.map(|(f, _)| (f, None)));
        }
        let mended = Request {
            instead,
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
        // The narrower way that would do is the first to name.
        let narrower = narrower && act == Act::AnswerDiscard;
        let far = if narrower { 0 } else { far };
        // What needs another premise, for another end, comes after what does not.
        let premise = !narrower && other.takes.iter().any(is_premise);
        let strange =
            act != request.act && (purpose != request.purpose || act.step() != Step::Warn);
        let far = if premise && purpose != request.purpose { far + 3 } else { far };
        let premise = premise && strange;
        found.push(((granted, premise, far), other));
    }
    found.sort_by_key(|(far, _)| *far);
    // One of an item and act is enough: the nearer.
    let mut all: Vec<Other> = Vec::new();
    for (_, other) in found {
        if all.len() <= MOST && !all.iter().any(|o| o.item == other.item && o.act == other.act) {
            all.push(other);
        }
    }
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
    let own = |m: &Measure| m.purposes.iter().all(|p| *p != request.purpose && is_own(*p));
    let measures = book.measures().iter().filter(|m| m.can_grant() && m.holds_on(day) && !own(m));
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
    let consents =
        |c: &&&Checked| matches!(c.condition, Condition::Fact(f, true) if f.is_per_line());
    let reach = |c: &&&Checked| matches!(c.condition, Condition::Over(_));
    let only = failed.len() == 1 || failed.iter().all(|c| reach(&c) || (consent && consents(&c)));
    let narrower = told || act != request.act || purpose != request.purpose || only;
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

/// Is it a premise of an item: what kind of trouble it is about?
pub(super) fn is_premise(take: &Take) -> bool {
    Fact::parse(&take.condition).is_some_and(|f| f.code() == "C-PREMISE")
}

fn take(condition: &Condition, measure: &Measure) -> Take {
    let roles = if let Condition::Fact(fact, _) = condition {
        fact.established_by().to_vec()
    } else {
        Vec::new()
    };
    Take { condition: word(condition).to_owned(), text: clause(condition, measure), roles }
}

/// What is missing as one phrase of a sentence: the first of it where there is much.
pub(super) fn takes(takes: &[Take]) -> Text {
    let texts: Vec<Text> = takes.iter().map(|t| t.text.clone()).collect();
    let [one, two, three, _, rest @ ..] = texts.as_slice() else { return listed(&texts) };
    let more = rest.len() + 1;
    let mut first = vec![one.clone(), two.clone(), three.clone()];
    first.push(Text {
        ja: format!("ほか{more}件の条件を満たすこと"),
        en: if more == 1 {
            "one other condition of the item is met".to_owned()
        } else {
            format!("{more} other conditions of the item are met")
        },
    });
    listed(&first)
}

/// Why it would or would not do, in sentences.
fn why(
    request: &Request,
    measure: &Measure,
    reading: &Reading,
    (act, purpose): (Act, Purpose),
    missing: &[Take],
    could_do: bool,
) -> Text {
    let basis = ground(measure.basis);
    if could_do {
        let mut limits = Text::of("", "It");
        if purpose != request.purpose {
            let text = purpose.text();
            limits.ja = format!("「{}」を目的とする場合に限り、", text.ja);
            limits.en = format!("Solely for the purpose “{}”, it", text.en);
        } else if act != request.act {
            let text = act.text();
            limits.ja = format!("同じ目的のための「{}」であれば、", text.ja);
            limits.en = format!("For the same purpose, “{}”", text.en);
        }
        let missing = takes(missing);
        if missing.ja.is_empty() {
            return Text {
                ja: format!("{}示された事実のもとで、{}行うことができます。", limits.ja, basis.ja),
                en: format!("{} may be done {} on the facts given.", limits.en, basis.en),
            };
        }
        return Text {
            ja: format!("{}{}を条件に、{}行うことができます。", limits.ja, missing.ja, basis.ja),
            en: format!("{} may be done {} if {}.", limits.en, basis.en, missing.en),
        };
    }
    let stands: Vec<Text> = reading
        .in_state(State::Failed)
        .filter(|c| c.condition != Condition::Decided)
        .map(|c| clause(&c.condition, measure))
        .collect();
    match (measure.basis, stands.is_empty()) {
        (Basis::Excluded, _) => {
            Text::of("これは認められないものとされています。", "The text excludes this.")
        }
        (_, true) => Text::of(
            "本文が可否を示していないため、これだけでは判断できません。",
            "The text does not decide there, so it settles nothing.",
        ),
        (_, false) => {
            let stands = listed(&stands);
            Text {
                ja: format!("{}を満たさないため、これによることはできません。", stands.ja),
                en: format!("It does not do here, since it requires that {}.", stands.en),
            }
        }
    }
}

/// On which ground, as an adverbial phrase.
fn ground(basis: Basis) -> Text {
    match basis {
        Basis::Outside => Text::of(
            "通信の秘密の対象外のものとして",
            "as something outside the secrecy of communications",
        ),
        Basis::Consent => Text::of("個別の同意に基づき", "by individual consent"),
        Basis::BlanketConsent => {
            Text::of("約款等による有効な包括同意に基づき", "by consent given in the terms")
        }
        Basis::Statute => Text::of("法令に基づく行為として", "under statute"),
        Basis::LegitimateBusiness => Text::of("正当業務行為として", "as legitimate business"),
        Basis::Emergency => Text::of("正当防衛又は緊急避難として", "as self-defence or necessity"),
        Basis::Undetermined | Basis::Excluded => basis.text(),
    }
}

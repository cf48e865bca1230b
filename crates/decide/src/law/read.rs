//! How the measures of the book read a request: each by itself, the nearest first.

use ground::{Book, Discounted, Fact, Facts, Measure, Outcome, Reading, Record, Role, State};
use terms::{Act, Day, Person, Purpose, Source, Zone};

use super::consents::register;
use super::request::Request;

/// What all measures together say to a request.
#[derive(Debug, Clone)]
pub(super) struct Considered<'b> {
    /// Granted, asks or refused.
    pub(super) outcome: Outcome,
    /// How each measure in question read it, the nearest first.
    pub(super) readings: Vec<(&'b Measure, Reading)>,
    /// Kept data that no measure in question may read.
    pub(super) second_use: Vec<Source>,
    /// The measures that were named do not cover the act at all.
    pub(super) not_their_act: bool,
}

impl Considered<'_> {
    /// The public word.
    pub(super) fn code(&self) -> ground::Code {
        match (self.outcome, self.readings.first()) {
            (Outcome::Granted, Some((measure, _))) => ground::Code::of(measure.basis),
            (Outcome::Refused, _) => ground::Code::No,
            (Outcome::Asks | Outcome::Granted, _) => ground::Code::Ask,
        }
    }

    /// The readings that are refused by as few conditions as the nearest: all of them decide.
    pub(super) fn tied(&self) -> impl Iterator<Item = &(&Measure, Reading)> {
        let least = self.readings.first().map(|(_, r)| far(r));
        let refused = self.outcome == Outcome::Refused;
        self.readings.iter().skip(1).filter(move |(_, r)| refused && Some(far(r)) == least)
    }
}

/// How much is in the way: all of it, and of it what makes the measure one for something else.
fn far(reading: &Reading) -> (usize, usize) {
    let failed = || reading.in_state(State::Failed);
    let open = reading.in_state(State::Open).count();
    (failed().count() + open, failed().filter(|c| c.condition.is_apart()).count())
}

/// Asks every measure that is about this act for this purpose, or those that the request names.
pub(super) fn consider<'b>(book: &'b Book, request: &Request, day: Day) -> Considered<'b> {
    let named = |m: &Measure| match &request.under {
        Some(under) => under.contains(&m.name),
        None => m.purposes.contains(&request.purpose),
    };
    let in_question = book.measures().iter().filter(|m| m.acts.contains(&request.act) && named(m));
    let (act, purpose) = (request.act, request.purpose);
    let mut readings: Vec<(&Measure, Reading)> = in_question
        .filter_map(|m| Some((m.as_ref(), read_as(book, request, m, act, purpose, day)?)))
        .collect();
    readings.sort_by_key(|(m, r)| ground::place(m, r));
    let read_by = |s: &Source| readings.iter().any(|(m, _)| m.reads.contains(s));
    let sources = request.sources.iter().flatten();
    let second_use: Vec<Source> = sources.copied().filter(|s| s.is_kept() && !read_by(s)).collect();
    let not_their_act = request.under.is_some() && readings.is_empty();
    let outcome = match readings.first() {
        Some((_, first)) => first.outcome,
        None if not_their_act || !second_use.is_empty() => Outcome::Refused,
        None => Outcome::Asks,
    };
    Considered { outcome, readings, second_use, not_their_act }
}

/// How one measure reads the request as if it were for this act and purpose.
pub(super) fn read_as(
    book: &Book,
    request: &Request,
    measure: &Measure,
    act: Act,
    purpose: Purpose,
    day: Day,
) -> Option<Reading> {
    let asked = ground::Request {
        actor: request.actor.clone(),
        act,
        purpose,
        fields: request.fields.unwrap_or(measure.fields),
        sources: request.sources.clone().unwrap_or_default(),
        subject: request.subject.clone(),
        end: request.end,
        case: None,
        only: Some(measure.name.clone()),
        claims: request.claims,
        plan: None,
        observes: request.observes.clone(),
        record: Record { facts: facts(request, measure, (act, purpose), day), ..Record::default() },
    };
    book.advise(&asked, day).readings.into_iter().next()
}

/// The facts of the request as `measure` may rely on them on `day`, as if the request were for this
/// act and purpose: a consent may be to one of them only.
pub(super) fn facts(request: &Request, measure: &Measure, way: (Act, Purpose), day: Day) -> Facts {
    let mut facts = stated(request, day);
    let registered = register(request, &measure.name, way, day).into_iter().flatten();
    let registered = registered.map(|(fact, so)| (fact, Some(so)));
    for (fact, so) in registered.chain(request.instead.iter().map(|(f, so)| (*f, *so))) {
        facts.forget(fact);
        let supposed = Facts::supposed(so.map(|so| (fact, so)), Zone::TOKYO.start(day));
        supposed.iter().for_each(|(fact, known)| facts.learn(fact, known.clone()));
    }
    facts
}

/// What the request says of facts, by whom and when. It names no hour: what was established on a day
/// counts for the whole of it.
fn stated(request: &Request, day: Day) -> Facts {
    let start = Zone::TOKYO.start(day);
    let all = request.facts.iter().filter_map(|(f, s)| Some((*f, s.so?)));
    let mut facts = Facts::supposed(all, start);
    for (&fact, said) in &request.facts {
        let Some(supposed) = facts.get(fact) else { continue };
        let mut known = supposed.clone();
        known.at = said.at.map_or(start, |at| Zone::TOKYO.start(Zone::TOKYO.day(at)));
        known.until = said.until;
        if let Some((person, role)) = said.by.clone() {
            let second = |r: Role| (Person(format!("{r}, countersigning")), r);
            known.countersigned = said.countersigned.map(second);
            (known.person, known.role) = (person, role);
        }
        facts.learn(fact, known);
    }
    facts
}

/// Facts that the request gives and that count as not known, and why.
pub(super) fn discounted(request: &Request, day: Day) -> Vec<(Fact, Discounted)> {
    let (facts, start) = (stated(request, day), Zone::TOKYO.start(day));
    let why = |fact: &Fact| Some((*fact, facts.why_not(*fact, &request.subject, start)?));
    request.facts.keys().filter_map(why).collect()
}

//! How the measures of the book read a request: each by itself, the nearest first.

use ground::{
    Book, Checked, Condition, Fact, Facts, Known, Measure, Outcome, Reading, Record, Role, State,
};
use terms::{Act, Day, Person, Purpose, Source, Subject, Time, Zone};

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
    let apart = |c: &&Checked| {
        matches!(c.condition, Condition::Over(_) | Condition::InForce(_) | Condition::Claimed(_))
    };
    let failed = reading.in_state(State::Failed).count();
    let open = reading.in_state(State::Open).count();
    (failed + open, reading.in_state(State::Failed).filter(apart).count())
}

/// Asks every measure that is about this act for this purpose, or those that the request names.
pub(super) fn consider<'b>(book: &'b Book, request: &Request, day: Day) -> Considered<'b> {
    let named = |m: &Measure| match &request.under {
        Some(under) => under.contains(&m.name),
        None => m.purposes.contains(&request.purpose),
    };
    let in_question = book.measures().iter().filter(|m| m.acts.contains(&request.act) && named(m));
    let mut readings: Vec<(&Measure, Reading)> = in_question
        .filter_map(|m| Some((m.as_ref(), read(book, request, m, request.purpose, day)?)))
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

/// How one measure reads the request, for this purpose.
pub(super) fn read(
    book: &Book,
    request: &Request,
    measure: &Measure,
    purpose: Purpose,
    day: Day,
) -> Option<Reading> {
    read_as(book, request, measure, request.act, purpose, day)
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
        record: Record {
            facts: facts_as(request, measure, (act, purpose), day),
            ..Record::default()
        },
    };
    book.advise(&asked, day).readings.into_iter().next()
}

/// The facts of the request as `measure` may rely on them on `day`.
pub(super) fn facts(request: &Request, measure: &Measure, day: Day) -> Facts {
    facts_as(request, measure, (request.act, request.purpose), day)
}

/// The same, as if the request were for this act and purpose: a consent may be to one of them only.
fn facts_as(request: &Request, measure: &Measure, other: (Act, Purpose), day: Day) -> Facts {
    let start = Zone::TOKYO.start(day);
    let bare = request.facts.iter().filter(|(_, s)| s.by.is_none());
    let bare = bare.filter_map(|(f, s)| s.so.map(|so| (*f, so)));
    let registered = register(request, &measure.name, other, day).into_iter().flatten();
    let mut facts = Facts::supposed(bare.chain(registered), start);
    for (&fact, s) in &request.facts {
        let Some((so, (person, role))) = s.so.zip(s.by.clone()) else { continue };
        let second = |r: Role| (Person(format!("{r}, countersigning")), r);
        facts.learn(
            fact,
            Known {
                so,
                person,
                role,
                countersigned: s.countersigned.map(second),
                at: start,
                until: None,
                covers: fact.is_per_line().then_some(Subject::Network),
            },
        );
    }
    for (&fact, s) in &request.facts {
        if !in_time(s.at, s.until, day) {
            facts.forget(fact);
        }
    }
    for (&fact, so) in &request.instead {
        match so {
            None => facts.forget(fact),
            Some(so) => {
                let other = Facts::supposed([(fact, *so)], start);
                for (fact, known) in other.iter() {
                    facts.learn(fact, known.clone());
                }
            }
        }
    }
    facts
}

/// Was it established by the end of that day, and did it hold into it? A request names no hour.
fn in_time(at: Option<Time>, until: Option<Time>, day: Day) -> bool {
    let (start, next) = (Zone::TOKYO.start(day), Zone::TOKYO.start(day.plus(1)));
    at.is_none_or(|at| at < next) && until.is_none_or(|until| start < until)
}

/// Facts that the request gives and that count as not known, because whoever said them may not,
/// nobody countersigned, or they are not of that day.
pub(super) fn discounted(request: &Request, day: Day) -> Vec<(Fact, Discounted)> {
    let why = |(fact, s): (&Fact, &super::request::Supposed)| {
        s.so?;
        if !in_time(s.at, s.until, day) {
            return Some((*fact, Discounted::NotThatDay));
        }
        let (_, role) = s.by.as_ref()?;
        let denied = fact.is_per_line() && s.so == Some(false) && *role == Role::System;
        if !denied && !fact.established_by().contains(role) {
            return Some((*fact, Discounted::MayNot(*role)));
        }
        let second = fact.countersigned_by()?;
        (s.countersigned != Some(second)).then_some((*fact, Discounted::NotCountersigned(second)))
    };
    request.facts.iter().filter_map(why).collect()
}

/// Why a fact counts as not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Discounted {
    /// This role may not establish it.
    MayNot(Role),
    /// This role did not countersign it.
    NotCountersigned(Role),
    /// It was not established yet, or holds no longer.
    NotThatDay,
}

//! Odd requests: what a measure asks for, changed in random ways that people and programs do.

use std::sync::Arc;

use ground::{Basis, Book, Digest, End, Fact, Measure, MeasureName, Mode, Number, Request, Role};
use ground::{Signature, SignedOn};
use proptest::prelude::*;
use proptest::sample::select;
use terms::{Act, Day, Field, Fields, Moment, Purpose, Source, Subject, Time};

use crate::desk::{PLAN, known, moment, person, ready, subjects};
use crate::neighbours::on_record;

/// One change to a request. Facts and signatures are counted among those there are.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Forget(usize),
    Flip(usize),
    Learn(Fact, bool),
    SaidBy(usize, Role),
    SaidAt(usize, i64),
    SaidUntil(usize, Option<i64>),
    SaidOf(usize, Option<Subject>),
    Countersigned(usize, Option<(&'static str, Role)>),
    Unsign(usize),
    Sign(&'static str, Role, SignedOn),
    SignedBy(usize, &'static str),
    SignedAs(usize, Role),
    SignedOn(usize, SignedOn),
    SignedAt(usize, i64),
    SignedUntil(usize, Option<i64>),
    Number(Number, Option<f64>),
    NumberUnapproved(Number),
    NumberWithoutReason(Number),
    NumberOf(Number, Day),
    Mode(Option<Mode>),
    Unaccept,
    AcceptedOther,
    AcceptedAlone,
    AcceptedWithoutReason,
    AcceptedAt(i64),
    Observe(Option<&'static str>),
    Act(Act),
    Purpose(Purpose),
    Field(Field),
    Fields(Fields),
    Source(Source),
    Sources(Vec<Source>),
    Subject(Subject),
    End(End),
    EndsIn(i64),
    Claims(Option<Basis>),
    Only(Option<MeasureName>),
    Plan(Option<Digest>),
    AskedBy(&'static str),
}

fn later(at: Moment, minutes: i64) -> Time {
    Time(at.wall.0 + minutes * 60_000)
}

impl Change {
    pub(crate) fn apply(&self, request: &mut Request, measure: &Measure, at: Moment) {
        let record = &mut request.record;
        let nth = |n: &usize| measure.requires.keys().nth(n % measure.requires.len().max(1));
        let mut fact = |n: &usize, edit: &dyn Fn(&mut ground::Known)| {
            let Some(&fact) = nth(n) else { return };
            let Some(mut known) = record.facts.get(fact).cloned() else { return };
            edit(&mut known);
            record.facts.learn(fact, known);
        };
        let len = record.signatures.len().max(1);
        let numbers = &mut record.numbers;
        match self {
            Self::Forget(n) => nth(n).into_iter().for_each(|f| record.facts.forget(*f)),
            Self::Flip(n) => fact(n, &|k| k.so = !k.so),
            Self::Learn(fact, so) => {
                record.facts.learn(*fact, known(*fact, *so, &request.subject, at));
            }
            Self::SaidBy(n, role) => fact(n, &|k| k.role = *role),
            Self::SaidAt(n, m) => fact(n, &|k| k.at = later(at, *m)),
            Self::SaidUntil(n, m) => fact(n, &|k| k.until = m.map(|m| later(at, m))),
            Self::SaidOf(n, whom) => fact(n, &|k| k.covers.clone_from(whom)),
            Self::Countersigned(n, by) => {
                fact(n, &|k| k.countersigned = by.map(|(p, role)| (person(p), role)));
            }
            Self::Unsign(n) if !record.signatures.is_empty() => {
                record.signatures.remove(n % len);
            }
            Self::Unsign(_) => {}
            Self::Sign(who, role, on) => record.signatures.push(Signature {
                person: person(who),
                role: *role,
                at: at.wall,
                until: Some(later(at, 600)),
                on: on.clone(),
            }),
            Self::SignedBy(n, who) => {
                record.signatures.get_mut(n % len).into_iter().for_each(|s| s.person = person(who));
            }
            Self::SignedAs(n, role) => {
                record.signatures.get_mut(n % len).into_iter().for_each(|s| s.role = *role);
            }
            Self::SignedOn(n, on) => {
                record.signatures.get_mut(n % len).into_iter().for_each(|s| s.on = on.clone());
            }
            Self::SignedAt(n, m) => {
                let time = later(at, *m);
                record.signatures.get_mut(n % len).into_iter().for_each(|s| s.at = time);
            }
            Self::SignedUntil(n, m) => {
                let time = m.map(|m| later(at, m));
                record.signatures.get_mut(n % len).into_iter().for_each(|s| s.until = time);
            }
            Self::Number(n, None) => drop(numbers.remove(n)),
            Self::Number(n, Some(value)) => {
                numbers.entry(*n).and_modify(|s| s.value = *value);
            }
            Self::NumberUnapproved(n) => {
                numbers.entry(*n).and_modify(|s| s.approver = s.author.clone());
            }
            Self::NumberWithoutReason(n) => {
                numbers.entry(*n).and_modify(|s| s.reason = " ".to_owned());
            }
            Self::NumberOf(n, day) => {
                numbers.entry(*n).and_modify(|s| s.day = *day);
            }
            Self::Mode(None) => record.modes.clear(),
            Self::Mode(Some(mode)) => record.modes.values_mut().for_each(|m| *m = *mode),
            Self::Unaccept => record.accepted.clear(),
            Self::AcceptedOther => record.accepted.values_mut().for_each(|a| a.digest = PLAN),
            Self::AcceptedAlone => {
                record.accepted.values_mut().for_each(|a| a.second = a.person.clone());
            }
            Self::AcceptedWithoutReason => {
                record.accepted.values_mut().for_each(|a| a.reason.clear());
            }
            Self::AcceptedAt(m) => {
                let time = later(at, *m);
                record.accepted.values_mut().for_each(|a| a.at = time);
            }
            Self::Observe(question) => request.observes = question.map(str::to_owned),
            Self::Act(act) => request.act = *act,
            Self::Purpose(purpose) => request.purpose = *purpose,
            Self::Field(field) => request.fields = request.fields.with(*field),
            Self::Fields(fields) => request.fields = *fields,
            Self::Source(source) => request.sources.push(*source),
            Self::Sources(sources) => request.sources.clone_from(sources),
            Self::Subject(subject) => request.subject = subject.clone(),
            Self::End(end) => request.end = *end,
            Self::EndsIn(m) => request.end = End::At(Moment::replayed(later(at, *m))),
            Self::Claims(basis) => request.claims = *basis,
            Self::Only(only) => request.only.clone_from(only),
            Self::Plan(plan) => request.plan = *plan,
            Self::AskedBy(who) => request.actor.person = person(who),
        }
    }
}

/// Any change. `future` allows what comes into force only after the request.
pub(crate) fn change(book: &Arc<Book>, future: bool) -> BoxedStrategy<Change> {
    let n = || 0_usize..8;
    let people = || select(vec!["asks", "establishes", "signs 0 as operations", "a", "b"]);
    let role = || select(Role::ALL);
    let number = || select(Number::ALL);
    let since = move || select(if future { vec![-60, -1, 0, 1, 60] } else { vec![-60, -1, 0] });
    let until = || proptest::option::of(select(vec![-60_i64, -1, 0, 1, 30, 60, 90]));
    let subject = || select(subjects().to_vec());
    let named = || select(book.measures().iter().map(|m| m.name.clone()).collect::<Vec<_>>());
    let ends = || select(vec![End::Unknown, End::WithCause, End::Lasting]);
    let measures = || {
        let on = |m: &Arc<Measure>| SignedOn::Measure(m.name.clone(), m.digest);
        let plans = [SignedOn::Plan(PLAN), SignedOn::Plan(Digest([8; 32]))];
        let stale = |m: &Arc<Measure>| SignedOn::Measure(m.name.clone(), PLAN);
        let all = book.measures();
        select(all.iter().map(on).chain(all.iter().map(stale)).chain(plans).collect::<Vec<_>>())
    };
    let day = Day::of(if future { 2030 } else { 2014 }, 1, 1).unwrap();
    let values = || select(vec![None, Some(0.0), Some(-1.0), Some(f64::NAN), Some(7.5)]);
    let questions = || select(vec![None, Some(""), Some(" "), Some("does it also hit mail?")]);
    let facts = prop_oneof![
        n().prop_map(Change::Forget),
        n().prop_map(Change::Flip),
        (select(Fact::ALL), any::<bool>()).prop_map(|(f, so)| Change::Learn(f, so)),
        (n(), role()).prop_map(|(n, r)| Change::SaidBy(n, r)),
        (n(), since()).prop_map(|(n, t)| Change::SaidAt(n, t)),
        (n(), until()).prop_map(|(n, t)| Change::SaidUntil(n, t)),
        (n(), proptest::option::of(subject())).prop_map(|(n, s)| Change::SaidOf(n, s)),
        (n(), proptest::option::of((people(), role())))
            .prop_map(|(n, by)| Change::Countersigned(n, by)),
    ];
    let signatures = prop_oneof![
        n().prop_map(Change::Unsign),
        (people(), role(), measures()).prop_map(|(p, r, on)| Change::Sign(p, r, on)),
        (n(), people()).prop_map(|(n, p)| Change::SignedBy(n, p)),
        (n(), role()).prop_map(|(n, r)| Change::SignedAs(n, r)),
        (n(), measures()).prop_map(|(n, on)| Change::SignedOn(n, on)),
        (n(), since()).prop_map(|(n, t)| Change::SignedAt(n, t)),
        (n(), until()).prop_map(|(n, t)| Change::SignedUntil(n, t)),
    ];
    let settings = prop_oneof![
        (number(), values()).prop_map(|(n, v)| Change::Number(n, v)),
        number().prop_map(Change::NumberUnapproved),
        number().prop_map(Change::NumberWithoutReason),
        number().prop_map(move |n| Change::NumberOf(n, day)),
        proptest::option::of(select(Mode::ALL)).prop_map(Change::Mode),
        Just(Change::Unaccept),
        Just(Change::AcceptedOther),
        Just(Change::AcceptedAlone),
        Just(Change::AcceptedWithoutReason),
        since().prop_map(Change::AcceptedAt),
    ];
    let asked = prop_oneof![
        questions().prop_map(Change::Observe),
        select(Act::ALL).prop_map(Change::Act),
        select(Purpose::ALL).prop_map(Change::Purpose),
        select(Field::ALL).prop_map(Change::Field),
        any::<u64>().prop_map(|bits| Change::Fields(Fields::from_bits(bits))),
        select(Source::ALL).prop_map(Change::Source),
        proptest::collection::vec(select(Source::ALL), 0..3).prop_map(Change::Sources),
        subject().prop_map(Change::Subject),
        ends().prop_map(Change::End),
        select(vec![-60, -1, 0, 1, 30, 90]).prop_map(Change::EndsIn),
        proptest::option::of(select(Basis::ALL)).prop_map(Change::Claims),
        named().prop_map(|name| Change::Only(Some(name))),
        Just(Change::Only(Some(MeasureName::of("no such measure")))),
        Just(Change::Only(None)),
        Just(Change::Plan(None)),
        Just(Change::Plan(Some(Digest([8; 32])))),
        people().prop_map(Change::AskedBy),
    ];
    prop_oneof![3 => facts, 2 => signatures, 2 => settings, 3 => asked].boxed()
}

/// The moments at which requests are made: about the days on which measures come and go.
pub(crate) fn moments() -> BoxedStrategy<Moment> {
    let days = ["2015-11-29T14:59Z", "2015-11-29T15:00Z", "2021-06-29T00:00Z", "2021-11-23T14:59Z"];
    let days = days.into_iter().chain(["2021-11-23T15:00Z", "2026-05-01T09:00Z"]);
    // The last: when everything in the book has come into force.
    let days = days.chain(["2026-04-30T15:00Z", "2028-01-01T00:00Z"]);
    select(days.map(moment).collect::<Vec<_>>()).boxed()
}

/// A request that is ready under some measure of `book`, after a few changes.
pub(crate) fn request(
    book: &Arc<Book>,
    moments: BoxedStrategy<Moment>,
    future: bool,
) -> BoxedStrategy<(Request, Moment)> {
    let book = Arc::clone(book);
    let changes = proptest::collection::vec(change(&book, future), 0..5);
    (0..book.measures().len(), moments, changes, any::<bool>())
        .prop_map(move |(n, at, changes, among_others)| {
            let measure = &book.measures()[n];
            let mut request = ready(measure, at);
            if among_others {
                let (act, whom) = (request.act, request.subject.clone());
                request.record = on_record(&book, measure, act, &whom, at);
                request.only = None;
            }
            changes.iter().for_each(|c| c.apply(&mut request, measure, at));
            (request, at)
        })
        .boxed()
}

//! Requests by chance: of any act for any purpose, with facts known, not known and the wrong way
//! round, and a house that has switched on, signed and set most things but not all.

use ground::{Basis, Book, End, Fact, Known, MeasureName, Mode, Request, Role};
use terms::{Act, Day, Field, Fields, Moment, Number, Purpose, Source, Span, Time, Zone};

use crate::desk::{bare, known, person, subject, subjects};
use crate::neighbours::{Chance, morning, on_record};

/// A request by chance, and when it is made.
pub(crate) fn request(book: &Book, chance: &mut Chance) -> (Request, Moment) {
    let measure = chance.of(book.measures()).clone();
    let mut at = morning(Day::of(2026, 5, 1).unwrap());
    if chance.once_in(4) || !measure.holds_on(Zone::TOKYO.day(at.wall)) {
        let first = measure.cites.from;
        let days = [first.plus(-1), first, first.plus(1), measure.cites.until.unwrap_or(first)];
        at = morning(*chance.of(&days));
    }
    let mut request = bare(&measure, at);
    let acts = if chance.once_in(9) { Act::ALL } else { &measure.acts };
    let purposes = if chance.once_in(9) { Purpose::ALL } else { &measure.purposes };
    (request.act, request.purpose) = (*chance.of(acts), *chance.of(purposes));
    request.subject =
        if chance.once_in(6) { chance.of(&subjects()).clone() } else { subject(measure.over) };
    request.record = on_record(book, &measure, request.act, &request.subject, at);
    if !chance.once_in(4) {
        request.only = None;
    } else if chance.once_in(9) {
        request.only = Some(chance.of(book.measures()).name.clone());
    } else if chance.once_in(9) {
        request.only = Some(MeasureName::of("no such measure"));
    }
    of_the_frame(&mut request, at, chance);
    facts(&mut request, at, chance);
    house(&mut request, at, chance);
    (request, at)
}

/// Fields, sources, end, claim and question.
fn of_the_frame(request: &mut Request, at: Moment, chance: &mut Chance) {
    request.fields = match chance.below(12) {
        0 => Fields::from_bits(chance.next()),
        1 => request.fields.with(*chance.of(Field::ALL)),
        2 => Fields::from_bits(chance.next()).common(request.fields),
        _ => request.fields,
    };
    match chance.below(12) {
        0 => request.sources.push(*chance.of(Source::ALL)),
        1 => request.sources = vec![*chance.of(Source::ALL)],
        2 => request.sources.truncate(1),
        _ => {}
    }
    let ahead = End::At(at.after(Span::minutes(5)));
    let past = End::At(Moment::replayed(at.wall.before(Span(1))));
    request.end = match chance.below(16) {
        0 => End::Unknown,
        1 => End::WithCause,
        2 => End::Lasting,
        3 => *chance.of(&[past, End::At(at)]),
        _ => ahead,
    };
    if chance.once_in(8) {
        request.claims = Some(*chance.of(Basis::ALL));
    }
    if chance.once_in(12) {
        request.observes = Some((*chance.of(&["", " ", "does it also hit mail?"])).to_owned());
    }
    if chance.once_in(30) {
        request.plan = None;
    }
    if chance.once_in(30) {
        request.actor.person = person("signs 0 as operations");
    }
}

/// What is known: of what some measure asks for, and of anything else.
fn facts(request: &mut Request, at: Moment, chance: &mut Chance) {
    let said: Vec<Fact> = request.record.facts.iter().map(|(fact, _)| fact).collect();
    for fact in said {
        match chance.below(28) {
            0 => request.record.facts.forget(fact),
            1 => {
                let other = !request.record.facts.get(fact).is_some_and(|k| k.so);
                request.record.facts.learn(fact, known(fact, other, &request.subject, at));
            }
            2 => {
                let was = known(fact, true, &request.subject, at);
                request.record.facts.learn(fact, blemished(was, at, chance));
            }
            _ => {}
        }
    }
    for _ in 0..chance.below(6) {
        let (fact, so) = (*chance.of(Fact::ALL), !chance.once_in(4));
        if request.record.facts.get(fact).is_none() {
            request.record.facts.learn(fact, known(fact, so, &request.subject, at));
        }
    }
}

/// Said by the wrong role, at the wrong time, of somebody else, or without the second person.
fn blemished(mut said: Known, at: Moment, chance: &mut Chance) -> Known {
    match chance.below(6) {
        0 => said.role = *chance.of(Role::ALL),
        1 => said.at = near(at, chance),
        2 => said.until = Some(near(at, chance)),
        3 => said.covers = Some(chance.of(&subjects()).clone()),
        4 => said.countersigned = None,
        _ => said.countersigned = Some((said.person.clone(), Role::Legal)),
    }
    said
}

/// About that moment.
fn near(at: Moment, chance: &mut Chance) -> Time {
    Time(at.wall.0 + chance.of(&[-60_000, -1, 0, 1, 60_000]))
}

/// Signatures, switches, numbers and acceptances.
fn house(request: &mut Request, at: Moment, chance: &mut Chance) {
    let record = &mut request.record;
    match chance.below(10) {
        0 => {
            let n = chance.below(record.signatures.len() + 1);
            record.signatures.truncate(n);
        }
        1 => record.signatures.retain(|_| !chance.once_in(3)),
        2 => {
            for signature in &mut record.signatures {
                match chance.below(12) {
                    0 => signature.person = person("holds several roles"),
                    1 => signature.at = near(at, chance),
                    2 => signature.until = Some(near(at, chance)),
                    3 => signature.until = None,
                    4 => signature.role = *chance.of(Role::ALL),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    if chance.once_in(3) {
        record.modes.values_mut().filter(|_| chance.once_in(2)).for_each(|m| *m = Mode::Automatic);
    }
    if chance.once_in(8) {
        let mode = *chance.of(Mode::ALL);
        record.modes.values_mut().for_each(|m| *m = mode);
    }
    if chance.once_in(12) {
        let number = *chance.of(Number::ALL);
        record.numbers.remove(&number);
    }
    if chance.once_in(12) {
        record.accepted.clear();
    }
}

//! Requests that meet everything a measure asks for, and all that is one step away from them.

use ground::{
    Automatic, Basis, Book, End, Fact, Measure, Mode, Number, Over, Record, Request, Signature,
    Status,
};
use terms::{Act, Day, Field, Fields, Moment, Purpose, Source, Span, Subject, Zone};

use crate::desk::{
    acceptance, bare, host_7, known, line_7, line_8, login_7, login_8, mode, one_country, one_name,
    pool, sender_9, setting, signatures, subjects, when,
};

/// Numbers that look like chance and are the same each time (SplitMix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    pub(crate) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
    /// Yes, once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    fn some_of<T: Copy>(&mut self, list: &[T]) -> Vec<T> {
        list.iter().copied().filter(|_| self.once_in(2)).collect()
    }
}

/// The start of a day, so that what is said then is known to advice on that day, too.
pub(crate) fn morning(day: Day) -> Moment {
    Moment::replayed(Zone::TOKYO.start(day))
}

/// Whom a measure over so many may be asked about, the widest first.
fn within(over: Over) -> Vec<Subject> {
    match over {
        Over::Network => subjects().to_vec(),
        Over::Country => vec![one_country()],
        Over::Destination => vec![host_7(), pool(), line_7(), line_8()],
        Over::Sender => vec![sender_9(), line_7()],
        Over::Name => vec![one_name()],
        Over::Login => vec![login_7(), login_8(), line_7()],
        Over::Line => vec![line_7(), line_8()],
    }
}

/// A day on which `measure` holds.
fn day(measure: &Measure, chance: &mut Chance) -> Day {
    let last = measure.cites.until.unwrap_or(measure.cites.from.plus(4000));
    let today = Zone::TOKYO.day(when(measure).wall);
    let days = [measure.cites.from, measure.cites.from.plus(1), today, today.plus(1), last];
    *chance.of(&days.into_iter().filter(|d| measure.holds_on(*d)).collect::<Vec<_>>())
}

/// Everything on record that the measures about `act` need from the house, and what `measure`
/// needs besides.
pub(crate) fn on_record(
    book: &Book,
    measure: &Measure,
    act: Act,
    whom: &Subject,
    at: Moment,
) -> Record {
    let mut all = Record::default();
    for (&fact, &so) in &measure.requires {
        all.facts.learn(fact, known(fact, so, whom, at));
    }
    let mut numbers = vec![Number::SignedWithinMinutes, Number::TellHours];
    let one = book.measures().iter().filter(|m| m.acts.contains(&act) || m.name == measure.name);
    for one in one {
        // A signature on the plan by somebody in that role serves every measure.
        let signed = |s: &Signature, all: &[Signature]| all.iter().any(|o| o == s);
        for signature in signatures(one, at) {
            if !signed(&signature, &all.signatures) {
                all.signatures.push(signature);
            }
        }
        all.modes.insert(one.name.clone(), mode(one));
        if one.status == Status::Inferred {
            all.accepted.insert(one.name.clone(), acceptance(one, at));
        }
        numbers.extend(&one.numbers);
    }
    all.numbers = numbers.into_iter().map(|number| (number, setting(30.0))).collect();
    all
}

/// A request that meets everything `measure` asks for, one of many.
pub(crate) fn met(
    book: &Book,
    measure: &Measure,
    n: usize,
    chance: &mut Chance,
) -> (Request, Moment) {
    let at = morning(day(measure, chance));
    let act = measure.acts[n % measure.acts.len()];
    let purpose = *chance.of(&measure.purposes);
    let subject = if n < 2 {
        crate::desk::subject(measure.over)
    } else {
        chance.of(&within(measure.over)).clone()
    };
    let mut request = Request { act, purpose, ..bare(measure, at) };
    request.record = on_record(book, measure, act, &subject, at);
    request.subject = subject;
    if n > 0 {
        let fields: Vec<Field> = measure.fields.iter().collect();
        request.fields = Fields::of(&chance.some_of(&fields));
        request.sources = chance.some_of(&measure.reads);
        request.end = End::At(at.after(*chance.of(&[Span(1), Span::minutes(5), Span::days(3)])));
        if chance.once_in(2) {
            learn_unrelated(&mut request, measure, at, chance);
        }
        if chance.once_in(3) {
            request.claims = Some(measure.basis);
        }
        if chance.once_in(4) && measure.basis != Basis::Emergency {
            request.observes = Some("does it also hit mail?".to_owned());
        }
        if measure.automatic == Automatic::Operator && chance.once_in(2) {
            request.record.modes.insert(measure.name.clone(), Mode::Automatic);
        }
    }
    // Every other one may be granted by any measure, and this one does.
    if n % 2 == 1 {
        request.only = None;
    }
    (request, at)
}

fn learn_unrelated(request: &mut Request, measure: &Measure, at: Moment, chance: &mut Chance) {
    for _ in 0..3 {
        let fact = *chance.of(Fact::ALL);
        if !measure.requires.contains_key(&fact) {
            let so = chance.once_in(2);
            request.record.facts.learn(fact, known(fact, so, &request.subject, at));
        }
    }
}

/// One step away from a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Flip {
    /// A required fact is the other way round.
    False(Fact),
    /// A required fact is not known.
    Unknown(Fact),
    /// A field outside the list.
    Field(Field),
    /// A source outside the list.
    Source(Source),
    /// A purpose the measure does not name.
    Purpose(Purpose),
    /// An act the measure does not name.
    Act(Act),
    /// Other or more people.
    Subject(Subject),
    /// No end, or another kind of end.
    End(End),
    /// On another day, everything on record as on that day.
    On(Moment),
    /// Another ground is claimed.
    Claims(Basis),
    /// Something the measure does not ask about.
    Learn(Fact, bool),
}

impl Flip {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::False(_) => "a required fact is not so",
            Self::Unknown(_) => "a required fact is not known",
            Self::Field(_) => "a field outside",
            Self::Source(_) => "a source outside",
            Self::Purpose(_) => "a purpose not named",
            Self::Act(_) => "an act not named",
            Self::Subject(_) => "a wider subject",
            Self::End(_) => "no end",
            Self::On(_) => "another day",
            Self::Claims(_) => "another ground claimed",
            Self::Learn(..) => "something else learnt",
        }
    }

    /// The request one step further.
    pub(crate) fn apply(&self, request: &Request, at: Moment) -> (Request, Moment) {
        let mut request = request.clone();
        match self {
            Self::False(fact) => {
                if let Some(mut said) = request.record.facts.get(*fact).cloned() {
                    said.so = !said.so;
                    request.record.facts.learn(*fact, said);
                }
            }
            Self::Unknown(fact) => request.record.facts.forget(*fact),
            Self::Field(field) => request.fields = request.fields.with(*field),
            Self::Source(source) => request.sources.push(*source),
            Self::Purpose(purpose) => request.purpose = *purpose,
            Self::Act(act) => request.act = *act,
            Self::Subject(subject) => request.subject = subject.clone(),
            Self::End(end) => request.end = *end,
            Self::On(day) => {
                shift(&mut request, at, *day);
                return (request, *day);
            }
            Self::Claims(basis) => request.claims = Some(*basis),
            Self::Learn(fact, so) => {
                request.record.facts.learn(*fact, known(*fact, *so, &request.subject, at));
            }
        }
        (request, at)
    }

    /// Every flip of this request away from `measure`; of what the measure does not ask about, the
    /// dozen that chance picks.
    pub(crate) fn all(measure: &Measure, request: &Request, chance: &mut Chance) -> Vec<Self> {
        let mut all = Self::of_facts(measure);
        let others = |f: &&Fact| !measure.requires.contains_key(*f);
        let unrelated: Vec<Fact> = Fact::ALL.iter().filter(others).copied().collect();
        all.extend((0..12).map(|n| Self::Learn(*chance.of(&unrelated), n % 2 == 0)));
        let fields = Field::ALL.iter().filter(|f| !measure.fields.has(**f));
        all.extend(fields.map(|f| Self::Field(*f)));
        let sources = Source::ALL.iter().filter(|s| !measure.reads.contains(s));
        all.extend(sources.map(|s| Self::Source(*s)));
        let purposes = Purpose::ALL.iter().filter(|p| !measure.purposes.contains(p));
        all.extend(purposes.map(|p| Self::Purpose(*p)));
        all.extend(Act::ALL.iter().filter(|a| !measure.acts.contains(a)).map(|a| Self::Act(*a)));
        all.extend(Self::of_the_frame(measure, request));
        all
    }

    /// The flips, with of each long list (fields, sources, purposes, acts, unrelated facts) the two
    /// that chance picks.
    pub(crate) fn some(measure: &Measure, request: &Request, chance: &mut Chance) -> Vec<Self> {
        let all = Self::all(measure, request, chance);
        let mut some: Vec<Self> = Self::of_facts(measure);
        some.extend(Self::of_the_frame(measure, request));
        for kind in [
            "a field outside",
            "a source outside",
            "a purpose not named",
            "an act not named",
            "something else learnt",
        ] {
            let of_kind: Vec<&Self> = all.iter().filter(|f| f.kind() == kind).collect();
            if !of_kind.is_empty() {
                some.extend([0, 1].map(|_| (*chance.of(&of_kind)).clone()));
            }
        }
        some
    }

    fn of_facts(measure: &Measure) -> Vec<Self> {
        measure.requires.keys().flat_map(|f| [Self::False(*f), Self::Unknown(*f)]).collect()
    }

    /// Subjects, ends, days and grounds.
    fn of_the_frame(measure: &Measure, request: &Request) -> Vec<Self> {
        let mut all: Vec<Self> = subjects().into_iter().map(Self::Subject).collect();
        all.retain(|f| *f != Self::Subject(request.subject.clone()));
        let past = morning(Day::of(2014, 1, 1).unwrap());
        let ends = [End::Unknown, End::WithCause, End::Lasting, End::At(past)];
        all.extend(ends.map(Self::End));
        let eve = measure.cites.from.plus(-1);
        let over = measure.cites.until.map(|last| last.plus(1));
        all.extend([Some(eve), over].into_iter().flatten().map(|d| Self::On(morning(d))));
        let grounds = Basis::ALL.iter().filter(|b| **b != measure.basis);
        all.extend(grounds.map(|b| Self::Claims(*b)));
        all
    }
}

/// Moves what was said and signed with the day, so that the day is all that changes.
fn shift(request: &mut Request, from: Moment, to: Moment) {
    let said: Vec<_> = request.record.facts.iter().map(|(f, k)| (f, k.clone())).collect();
    for (fact, mut said) in said {
        said.at = to.wall;
        request.record.facts.learn(fact, said);
    }
    for signature in &mut request.record.signatures {
        signature.at = to.wall;
        signature.until = signature.until.map(|_| to.wall.after(Span::days(365)));
    }
    request.record.accepted.values_mut().for_each(|a| a.at = to.wall);
    if let End::At(end) = request.end {
        request.end = End::At(to.after(end.wall.since(from.wall)));
    }
}

//! The engine, at the gate and in advice, against the second, naive reading of the same files: what
//! each measure grants, everything one and two steps from it, and requests by chance.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{
    Answer, Basis, Book, End, Entry, Fact, Facts, Gate, Gives, Journal, Measure, NotDurable,
    Outcome, Over, Request, Role, Why,
};
use proptest::prelude::*;
use terms::{Act, AnswerId, Moment, Source, Zone};

use crate::desk::{book, gate_over, granting, known, line_7, now};
use crate::law_book::all;
use crate::naive::{Second, counts, read_book};
use crate::naive_words::{
    BASES, KEPT, LINES, WIDTHS, countersigner, does, either_of, goes_on, may_establish, step,
};
use crate::neighbours::{Chance, Flip, met, morning};
use crate::{odd, strange};

/// Granted requests that are tried of each measure.
const GRANTED: usize = 20;
/// Of these, from how many two steps are taken: from all of them it takes minutes.
fn twice() -> usize {
    if is_night() { GRANTED } else { 3 }
}
/// Requests by chance.
fn by_chance() -> usize {
    if is_night() { 1_000_000 } else { 100_000 }
}

#[expect(clippy::disallowed_methods, reason = "the nightly run says so by the environment")]
fn is_night() -> bool {
    std::env::var_os("SEKISHO_NIGHTLY").is_some_and(|v| v == "1")
}

/// A ledger that remembers nothing.
struct Nowhere;

impl Journal for Nowhere {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        Ok(AnswerId(0))
    }
}

fn forgetful(book: &Arc<Book>) -> Gate {
    gate_over(book, Arc::new(Nowhere))
}

/// How often each verdict came out, at the gate and in advice.
#[derive(Default, Debug)]
struct Seen(BTreeMap<&'static str, [usize; 3]>);

impl Seen {
    fn count(&mut self, what: &'static str, gives: Gives) {
        let place = Gives::ALL.iter().position(|g| *g == gives).unwrap();
        self.0.entry(what).or_default()[place] += 1;
    }
    fn all(&self) -> usize {
        self.0.values().flatten().sum()
    }
    #[expect(clippy::print_stdout, reason = "the counts are what the test is read for")]
    fn print(&self, title: &str) {
        println!("{title}: {} comparisons", self.all());
        println!("{:<36} {:>9} {:>9} {:>9}", "", "granted", "asks", "refused");
        for (what, [granted, asks, refused]) in &self.0 {
            println!("{what:<36} {granted:>9} {asks:>9} {refused:>9}");
        }
    }
}

fn gives(outcome: Outcome) -> Gives {
    match outcome {
        Outcome::Granted => Gives::Granted,
        Outcome::Asks => Gives::Asks,
        Outcome::Refused => Gives::Refused,
    }
}

/// What the second reading says, and what both were asked, without digests.
fn asked(second: &Second, request: &Request, at: Moment) -> String {
    let Request { act, purpose, subject, end, only, claims, sources, record, .. } = request;
    let facts: Vec<String> = record
        .facts
        .iter()
        .map(|(f, k)| format!("{f} = {} by {} {:?}", k.so, k.role, k.covers))
        .collect();
    let fields: Vec<_> = request.fields.iter().map(terms::Field::word).collect();
    let signed: Vec<_> = record.signatures.iter().map(|s| (&s.person.0, s.role, s.until)).collect();
    let (day, modes) = (Zone::TOKYO.day(at.wall), &record.modes);
    format!(
        "the second: {second:#?}\n{act} {purpose} {subject:?} {end:?} on {day} {at:?}\n{only:?} {claims:?} \
         {sources:?} {fields:?}\n{facts:#?}\n{signed:?}\n{modes:?} {:?}",
        request.observes
    )
}

/// Do both say the same at the gate? What they say.
fn agree_at_gate(gate: &Gate, book: &Book, request: &Request, at: Moment) -> Result<Gives, String> {
    let answer = gate.ask(request, at);
    let second = read_book(book, request, at, true);
    let each: BTreeMap<String, Gives> =
        answer.readings().iter().map(|r| (r.measure.0.to_string(), gives(r.outcome))).collect();
    let same = answer.gives() == second.gives
        && each == second.each
        && match &answer {
            Answer::Granted(granted) => {
                let by = granted.measure.0.to_string();
                Some(by) == second.measure && granted.until.wall <= second.until
            }
            Answer::Refused(refused) => {
                matches!(refused.why, Why::SecondUse(..)) == second.second_use
            }
            Answer::Asks(asked) => asked.inquiry == second.each.is_empty(),
        };
    let differ = || {
        let first = format!("{:?} {each:?} {:?}", answer.gives(), answer.code());
        format!("the gate: {first}\n{}", asked(&second, request, at))
    };
    if same { Ok(second.gives) } else { Err(differ()) }
}

/// Do both say the same in advice on that day? What they say.
fn agree_in_advice(book: &Book, request: &Request, at: Moment) -> Result<Gives, String> {
    let day = Zone::TOKYO.day(at.wall);
    let advice = book.advise(request, day);
    let second = read_book(book, request, morning(day), false);
    let each: BTreeMap<String, Gives> =
        advice.readings.iter().map(|r| (r.measure.0.to_string(), gives(r.outcome))).collect();
    let first = advice.readings.first().map(|r| r.measure.0.to_string());
    let same = gives(advice.outcome) == second.gives
        && each == second.each
        && advice.second_use == second.second_use
        && (second.gives != Gives::Granted || first == second.measure);
    let differ = || {
        let first = format!("{:?} {each:?} {}", advice.outcome, advice.second_use);
        format!("advice: {first}\n{}", asked(&second, request, at))
    };
    if same { Ok(second.gives) } else { Err(differ()) }
}

/// Compares both, and takes down what came out.
fn compare(
    gate: &Gate,
    book: &Book,
    asked: &(Request, Moment),
    what: &'static str,
    seen: &mut Seen,
) {
    let (request, at) = asked;
    for agreed in [agree_at_gate(gate, book, request, *at), agree_in_advice(book, request, *at)] {
        match agreed {
            Ok(gives) => seen.count(what, gives),
            Err(differ) => panic!("{what}: {differ}"),
        }
    }
}

/// Different requests that `measure` grants at the gate and in advice; and, in advice alone, those
/// of them that end in another way.
fn granted_by(book: &Arc<Book>, measure: &Measure) -> Vec<(Request, Moment)> {
    let gate = forgetful(book);
    let mut chance = Chance(u64::from(measure.digest.0[0]) + 1);
    let (mut found, mut known) = (Vec::new(), std::collections::BTreeSet::new());
    for n in 0..20 * GRANTED {
        let (request, at) = met(book, measure, n, &mut chance);
        let under = Request { only: Some(measure.name.clone()), ..request.clone() };
        let day = Zone::TOKYO.day(at.wall);
        let is_granted = gate.ask(&under, at).gives() == Gives::Granted
            && book.advise(&under, day).outcome == Outcome::Granted;
        if is_granted && known.insert(format!("{request:?} {at:?}")) {
            found.push((request, at));
        }
        if found.len() == GRANTED {
            break;
        }
    }
    assert_eq!(found.len(), GRANTED, "{}: too few granted requests", measure.name);
    for (request, at) in found.clone() {
        for end in [End::Unknown, End::WithCause, End::Lasting] {
            let request = Request { end, ..request.clone() };
            let under = Request { only: Some(measure.name.clone()), ..request.clone() };
            let day = Zone::TOKYO.day(at.wall);
            if book.advise(&under, day).outcome == Outcome::Granted && chance.once_in(6) {
                found.push((request, at));
            }
        }
    }
    found
}

#[test]
fn what_a_measure_grants_and_all_that_is_one_step_from_it_reads_the_same_twice() {
    let (book, mut seen) = (book(), Seen::default());
    let gate = forgetful(&book);
    let mut chance = Chance(1);
    for measure in granting(&book) {
        for asked in granted_by(&book, measure) {
            compare(&gate, &book, &asked, "granted", &mut seen);
            for flip in Flip::all(measure, &asked.0, &mut chance) {
                let asked = flip.apply(&asked.0, asked.1);
                compare(&gate, &book, &asked, flip.kind(), &mut seen);
            }
        }
    }
    seen.print("one step from what is granted");
}

#[test]
fn what_the_text_leaves_open_or_excludes_and_all_that_is_one_step_from_it_reads_the_same_twice() {
    let (book, mut seen, mut chance) = (book(), Seen::default(), Chance(4));
    let gate = forgetful(&book);
    for measure in book.measures().iter().filter(|m| !m.can_grant()) {
        for n in 0..GRANTED {
            let asked = met(&book, measure, n, &mut chance);
            compare(&gate, &book, &asked, "everything met", &mut seen);
            let open = measure.open.iter().map(|fact| Flip::Learn(*fact, true));
            for flip in Flip::all(measure, &asked.0, &mut chance).into_iter().chain(open) {
                let asked = flip.apply(&asked.0, asked.1);
                compare(&gate, &book, &asked, flip.kind(), &mut seen);
            }
        }
    }
    seen.print("one step from what is open or excluded");
}

#[test]
fn all_that_is_two_steps_from_what_a_measure_grants_reads_the_same_twice() {
    let (book, mut seen) = (book(), Seen::default());
    let gate = forgetful(&book);
    let mut chance = Chance(2);
    for measure in granting(&book) {
        for asked in granted_by(&book, measure).iter().take(twice()) {
            let flips = Flip::some(measure, &asked.0, &mut chance);
            for (n, first) in flips.iter().enumerate() {
                let once = first.apply(&asked.0, asked.1);
                for second in &flips[n + 1..] {
                    let twice = second.apply(&once.0, once.1);
                    compare(&gate, &book, &twice, first.kind(), &mut seen);
                }
            }
        }
    }
    seen.print("two steps from what is granted, by the first of them");
}

#[test]
fn a_hundred_thousand_requests_by_chance_read_the_same_twice() {
    let (book, mut seen) = (all(), Seen::default());
    let gate = forgetful(&book);
    let mut chance = Chance(3);
    for _ in 0..by_chance() {
        let asked = strange::request(&book, &mut chance);
        compare(&gate, &book, &asked, "by chance", &mut seen);
    }
    seen.print("requests by chance");
    for count in seen.0["by chance"] {
        assert!(count >= by_chance() / 20, "{seen:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]
    #[test]
    fn the_gate_says_what_a_second_reading_of_the_files_says(
        (request, at) in odd::request(&all(), odd::moments(), true)
    ) {
        let at_gate = agree_at_gate(&forgetful(&all()), &all(), &request, at);
        prop_assert!(at_gate.is_ok(), "{}", at_gate.unwrap_err());
        let in_advice = agree_in_advice(&all(), &request, at);
        prop_assert!(in_advice.is_ok(), "{}", in_advice.unwrap_err());
    }
}

#[test]
fn every_word_means_the_same_to_both() {
    for &act in Act::ALL {
        assert_eq!(act.step().word(), step(act));
        assert_eq!((act.does(), act.lasts()), (does(act), goes_on(act)));
    }
    for source in Source::ALL {
        assert_eq!(source.is_kept(), KEPT.contains(&source.word()), "{source}");
    }
    for &fact in Fact::ALL {
        let second = fact.countersigned_by().map(Role::word);
        assert_eq!(
            (fact.is_per_line(), second),
            (LINES.contains(&fact.word()), countersigner(fact.word()))
        );
        let parts: Vec<&str> = fact.follows_from().iter().map(|part| part.word()).collect();
        assert_eq!(parts, either_of(fact.word()), "{fact}");
        let mut roles: Vec<&str> = fact.established_by().iter().map(|role| role.word()).collect();
        let mut second = may_establish(fact.word()).to_vec();
        roles.sort_unstable();
        second.sort_unstable();
        assert_eq!(roles, second, "{fact}");
    }
    let bases: Vec<&str> = Basis::ALL.iter().map(|b| b.word()).collect();
    assert_eq!(bases[..BASES.len()], BASES);
    assert_eq!(Over::ALL.len(), WIDTHS.len());
}

#[test]
fn who_may_establish_a_fact_reads_the_same_twice() {
    for &fact in Fact::ALL {
        for &role in Role::ALL {
            for so in [true, false] {
                let said = ground::Known { role, ..known(fact, so, &line_7(), now()) };
                let second = counts(fact.word(), &said, &line_7(), now().wall);
                let mut facts = Facts::default();
                facts.learn(fact, said);
                let first = facts.so(fact, &line_7(), now().wall).is_some();
                assert_eq!(first, second, "{fact} {so} by {role}");
            }
        }
    }
}

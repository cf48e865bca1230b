//! The flips that must never stay granted: of every measure, from requests that it grants, wherever
//! it requires what is flipped; elsewhere a flip must not make anything better.

use std::collections::BTreeMap;
use std::sync::Arc;

use ground::{Book, End, Ends, Fact, Gate, Gives, Measure, Outcome, Over, Request};
use terms::{Field, Moment, Purpose, Source, Step, Subject, Zone};

use crate::desk::{book, everywhere, gate, granting, known, pool};
use crate::neighbours::{Chance, Flip, met, morning};
use crate::strange;

/// Granted requests from which each measure is flipped.
const BASES: usize = 6;

/// One way of asking for more, or of having less of what makes it lawful.
struct Turn {
    name: &'static str,
    /// Does the measure require what is flipped, for this act?
    required: fn(&Measure, &Request) -> bool,
    /// The facts it sets.
    sets: &'static [(Fact, bool)],
    /// What else it changes, in each way there is.
    turned: fn(&Measure, &Request, Moment) -> Vec<(Request, Moment)>,
    places: &'static [Place],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Gate,
    Advice,
}

const BOTH: &[Place] = &[Place::Gate, Place::Advice];

/// Facts that say that own equipment or service suffers or may.
const OWN_HARM: [Fact; 3] =
    [Fact::OwnEquipmentImpaired, Fact::OwnEquipmentAtRisk, Fact::OwnServiceInDanger];

/// What is known of one line is not known of more: a no may become a question, never a yes.
const WIDER: &str = "more people are meant";

/// A turn that sets facts and nothing else; required where the measure wants one the other way.
const fn of_facts(name: &'static str, sets: &'static [(Fact, bool)]) -> Turn {
    Turn { name, required: |_, _| false, sets, turned: |_, _, _| Vec::new(), places: BOTH }
}

const TURNS: &[Turn] = &[
    of_facts(
        "the consent is withdrawn",
        &[(Fact::LineConsents, false), (Fact::LineAgreesByTerms, false)],
    ),
    Turn {
        name: "the consent is not known, or no longer valid",
        required: |m, _| m.requires.keys().any(|f| f.is_per_line()),
        sets: &[],
        turned: |_, request, at| {
            let mut turned = vec![request.clone(), request.clone()];
            for fact in [Fact::LineConsents, Fact::LineAgreesByTerms] {
                turned[0].record.facts.forget(fact);
                if let Some(mut said) = request.record.facts.get(fact).cloned() {
                    said.until = Some(at.wall);
                    turned[1].record.facts.learn(fact, said);
                }
            }
            turned.into_iter().map(|request| (request, at)).collect()
        },
        places: BOTH,
    },
    Turn {
        name: WIDER,
        required: |m, _| m.over != Over::Network,
        sets: &[],
        turned: |measure, request, at| {
            let mut wider = vec![Subject::Network, everywhere()];
            if measure.over != Over::Destination {
                wider.push(pool());
            }
            let to = |subject| (Request { subject, ..request.clone() }, at);
            wider.into_iter().map(to).collect()
        },
        places: BOTH,
    },
    of_facts("more than the matching traffic is touched", &[(Fact::OnlyMatching, false)]),
    of_facts("more than the listed names are touched", &[(Fact::ExactNamesOnly, false)]),
    of_facts("a narrower way would do", &[(Fact::NarrowerWay, true)]),
    Turn {
        name: "a field outside the list",
        required: |_, _| true,
        sets: &[],
        turned: |measure, request, at| {
            let outside = Field::ALL.iter().filter(|f| !measure.fields.has(**f));
            outside.map(|f| Flip::Field(*f).apply(request, at)).collect()
        },
        places: BOTH,
    },
    Turn {
        name: "a source outside the list",
        required: |_, _| true,
        sets: &[],
        turned: |measure, request, at| {
            let outside = Source::ALL.iter().filter(|s| !measure.reads.contains(s));
            outside.map(|s| Flip::Source(*s).apply(request, at)).collect()
        },
        places: BOTH,
    },
    Turn {
        name: "the end is dropped, at the gate",
        required: |_, _| true,
        sets: &[],
        turned: |_, request, at| {
            let ends = [End::Unknown, End::WithCause, End::Lasting, End::At(at)];
            ends.map(|end| Flip::End(end).apply(request, at)).into()
        },
        places: &[Place::Gate],
    },
    Turn {
        name: "it is to last, in advice",
        required: |m, _| m.ends != Ends::Review,
        sets: &[],
        turned: |_, request, at| vec![Flip::End(End::Lasting).apply(request, at)],
        places: &[Place::Advice],
    },
    Turn {
        name: "nobody says when it ends, in advice",
        required: |m, request| m.ends != Ends::Review && request.act.lasts(),
        sets: &[],
        turned: |_, request, at| vec![Flip::End(End::Unknown).apply(request, at)],
        places: &[Place::Advice],
    },
    Turn {
        name: "it is for a purpose not named",
        required: |_, _| true,
        sets: &[],
        turned: |measure, request, at| {
            let others = Purpose::ALL.iter().filter(|p| !measure.purposes.contains(p));
            others.map(|p| Flip::Purpose(*p).apply(request, at)).collect()
        },
        places: BOTH,
    },
    of_facts("who asks is no party", &[(Fact::RequesterIsReceiver, false)]),
    of_facts("who acts is no party", &[(Fact::ActorIsParty, false)]),
    Turn {
        name: "a block, and the harm is the receiver's",
        required: |m, request| {
            request.act.step() == Step::Block && OWN_HARM.iter().any(|f| m.requires.contains_key(f))
        },
        sets: &[
            (Fact::OwnEquipmentImpaired, false),
            (Fact::OwnEquipmentAtRisk, false),
            (Fact::OwnServiceInDanger, false),
            (Fact::ReceiverHarmed, true),
        ],
        turned: |_, _, _| Vec::new(),
        places: BOTH,
    },
    Turn {
        name: "it is the day before the first",
        required: |_, _| true,
        sets: &[],
        turned: |measure, request, at| {
            vec![Flip::On(morning(measure.cites.from.plus(-1))).apply(request, at)]
        },
        places: BOTH,
    },
];

impl Turn {
    fn is_required(&self, measure: &Measure, request: &Request) -> bool {
        let wanted = |(fact, so): &(Fact, bool)| measure.requires.get(fact) == Some(&!so);
        let by_facts = self.turned_by_facts() && self.sets.iter().any(wanted);
        // A block on own harm is the one that says itself which measures it is about.
        let by_itself = (self.required)(measure, request);
        let harm = self.sets.contains(&(Fact::ReceiverHarmed, true));
        if harm { by_itself } else { by_facts || by_itself }
    }

    fn turned_by_facts(&self) -> bool {
        !self.sets.is_empty()
    }

    fn all(&self, measure: &Measure, request: &Request, at: Moment) -> Vec<(Request, Moment)> {
        if !self.turned_by_facts() {
            return (self.turned)(measure, request, at);
        }
        let mut turned = request.clone();
        for &(fact, so) in self.sets {
            turned.record.facts.learn(fact, known(fact, so, &request.subject, at));
        }
        vec![(turned, at)]
    }
}

/// What `measure` itself says to the request, and whether it is what grants.
fn by(
    measure: &Measure,
    book: &Book,
    gate: &Gate,
    asked: &(Request, Moment),
    place: Place,
) -> (Outcome, bool) {
    let (request, at) = asked;
    let own = |readings: &[ground::Reading]| {
        let own = readings.iter().find(|r| r.measure == measure.name);
        own.map_or(Outcome::Refused, |r| r.outcome)
    };
    match place {
        Place::Gate => {
            let answer = gate.ask(request, *at);
            let first = answer.readings().first().is_some_and(|r| r.measure == measure.name);
            (own(answer.readings()), answer.gives() == Gives::Granted && first)
        }
        Place::Advice => {
            let advice = book.advise(request, Zone::TOKYO.day(at.wall));
            let first = advice.readings.first().is_some_and(|r| r.measure == measure.name);
            (own(&advice.readings), advice.outcome == Outcome::Granted && first)
        }
    }
}

/// How many measures require what is flipped, how many flips of these were tried, and the same for
/// the others.
#[derive(Debug, Default, Clone, Copy)]
struct Tried {
    requiring: usize,
    flips: usize,
    others: usize,
    other_flips: usize,
}

fn bases(book: &Arc<Book>, measure: &Measure) -> Vec<(Request, Moment)> {
    let mut chance = Chance(7);
    let mut bases: Vec<(Request, Moment)> =
        (0..BASES * 2).map(|n| met(book, measure, n, &mut chance)).collect();
    let gate = gate(book).0;
    bases.retain(|asked| {
        let is = |place| by(measure, book, &gate, asked, place).0 == Outcome::Granted;
        is(Place::Gate) && is(Place::Advice)
    });
    // Each act of the measure is among them, so that what depends on the act is tried.
    for &act in &measure.acts {
        assert!(bases.iter().any(|(r, _)| r.act == act), "{} {act}", measure.name);
    }
    bases
}

#[test]
fn a_flip_of_what_a_measure_requires_never_stays_granted_by_it() {
    let (book, mut table) = (book(), BTreeMap::new());
    let gate = gate(&book).0;
    for measure in granting(&book) {
        let bases = bases(&book, measure);
        for turn in TURNS {
            let tried: &mut Tried = table.entry(turn.name).or_default();
            let (mut requiring, mut other) = (false, false);
            for (request, at) in &bases {
                let required = turn.is_required(measure, request);
                requiring |= required;
                other |= !required;
                for asked in turn.all(measure, request, *at) {
                    for &place in turn.places {
                        if required {
                            let (own, grants) = by(measure, &book, &gate, &asked, place);
                            let still = own == Outcome::Granted || grants;
                            assert!(!still, "{}: {} ({place:?})", measure.name, turn.name);
                            tried.flips += 1;
                        } else {
                            tried.other_flips += 1;
                        }
                    }
                }
                if !required {
                    no_better(turn, measure, &book, &gate, (request, *at));
                }
            }
            tried.requiring += usize::from(requiring);
            tried.others += usize::from(other && !requiring);
        }
    }
    print(&table);
    let all = granting(&book).count();
    for (name, tried) in &table {
        assert_eq!(tried.requiring + tried.others, all, "{name}");
        assert!(tried.requiring > 0 && tried.flips >= tried.requiring, "{name}: {tried:?}");
        assert!(tried.others == 0 || tried.other_flips >= tried.others, "{name}: {tried:?}");
    }
}

/// Where the measure does not require what is flipped: from the granted request, and from those
/// that lack one of its facts, the flip makes nothing better.
fn no_better(turn: &Turn, measure: &Measure, book: &Book, gate: &Gate, base: (&Request, Moment)) {
    let (request, at) = base;
    let set = |f: &&Fact| turn.sets.iter().any(|(s, _)| s == *f || f.follows_from().contains(s));
    let mut before = vec![request.clone()];
    for fact in measure.requires.keys().filter(|f| !set(f)) {
        for flip in [Flip::Unknown(*fact), Flip::False(*fact)] {
            before.push(flip.apply(request, at).0);
        }
    }
    for request in before {
        for &place in turn.places {
            let was = by(measure, book, gate, &(request.clone(), at), place).0;
            for asked in turn.all(measure, &request, at) {
                let is = by(measure, book, gate, &asked, place).0;
                let fine = is <= was || (turn.name == WIDER && is == Outcome::Asks);
                assert!(fine, "{}: {} ({place:?}): {was:?}, {is:?}", measure.name, turn.name);
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "the table shows that no kind was skipped")]
fn print(table: &BTreeMap<&'static str, Tried>) {
    println!("{:<45} requiring  flips  others  flips", "flip");
    for (name, t) in table {
        println!(
            "{name:<45} {:>9} {:>6} {:>7} {:>6}",
            t.requiring, t.flips, t.others, t.other_flips
        );
    }
}

#[test]
fn knowing_less_never_turns_into_a_grant_at_the_gate_or_in_advice() {
    let (book, mut chance, mut tried) = (book(), Chance(11), [0; 2]);
    let gate = gate(&book).0;
    for _ in 0..4000 {
        let (request, at) = strange::request(&book, &mut chance);
        let day = Zone::TOKYO.day(at.wall);
        let before = [
            gate.ask(&request, at).gives() == Gives::Granted,
            book.advise(&request, day).outcome == Outcome::Granted,
        ];
        let facts: Vec<Fact> = request.record.facts.iter().map(|(fact, _)| fact).collect();
        for _ in 0..4 {
            let mut less = request.clone();
            let all_but_one = chance.once_in(2);
            let forgets = facts
                .iter()
                .filter(|_| if all_but_one { chance.once_in(5) } else { chance.once_in(2) });
            forgets.for_each(|fact| less.record.facts.forget(*fact));
            let after = [
                gate.ask(&less, at).gives() == Gives::Granted,
                book.advise(&less, day).outcome == Outcome::Granted,
            ];
            for place in [0, 1] {
                assert!(before[place] || !after[place], "{request:?}\nand with less {less:?}");
                tried[place] += usize::from(!before[place]);
            }
        }
    }
    assert!(tried.iter().all(|n| *n > 2000), "{tried:?}");
}

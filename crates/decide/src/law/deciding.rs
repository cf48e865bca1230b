//! Which conditions decide an answer, and which stated facts play no part in it.

use std::collections::BTreeSet;

use ground::{Condition, Fact, Measure, Outcome, Over, State};
use terms::Ends;

use super::answer::Worded;
use super::clause::word;
use super::read::Considered;
use super::request::Request;

/// The words of what decides: everything required where it is granted; what fails where it is refused;
/// what is not known, or left open, where it asks.
pub(super) fn deciding(request: &Request, considered: &Considered<'_>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    if considered.outcome == Outcome::Refused && !considered.second_use.is_empty() {
        words.push("second-use".to_owned());
        words.extend(considered.second_use.iter().map(|s| s.word().to_owned()));
    }
    let Some((measure, reading)) = considered.readings.first() else {
        if considered.not_their_act {
            words.push("act".to_owned());
        } else if considered.outcome == Outcome::Asks {
            words.push("no-measure".to_owned());
        }
        return words;
    };
    // A yes rests on the item's own facts; on fields, reach and end only where the request sets them
    // and the item limits them.
    let own = |c: &Condition| match c {
        Condition::Fact(..) => true,
        Condition::Fields => request.fields.is_some(),
        Condition::Over(over) => *over != Over::Network,
        Condition::HasEnd => request.end != ground::End::Unknown && limits_end(measure),
        Condition::Decided
        | Condition::Purpose(_)
        | Condition::InForce(_)
        | Condition::Source(_)
        | Condition::Claimed(_)
        | Condition::Observing
        | Condition::Accepted
        | Condition::Number(_)
        | Condition::SwitchedOn
        | Condition::Signed(_) => false,
    };
    for checked in &reading.checked {
        let decides = match considered.outcome {
            Outcome::Granted => own(&checked.condition),
            Outcome::Refused => checked.state == State::Failed,
            Outcome::Asks => matches!(checked.state, State::Unknown | State::Open),
        };
        let word = word(&checked.condition);
        if decides && !words.iter().any(|w| w == word) {
            words.push(word.to_owned());
        }
    }
    for (_, reading) in considered.tied() {
        for checked in reading.in_state(State::Failed) {
            let word = word(&checked.condition);
            if !words.iter().any(|w| w == word) {
                words.push(word.to_owned());
            }
        }
    }
    words
}

fn limits_end(measure: &Measure) -> bool {
    measure.ends != Ends::Review
}

/// What is stated and plays no part: no measure in question wants or advises it, or leaves it open.
pub(super) fn ignored(request: &Request, considered: &Considered<'_>) -> Vec<Worded> {
    let mut seen: BTreeSet<Fact> = BTreeSet::new();
    for (measure, _) in &considered.readings {
        seen.extend(measure.requires.keys().chain(measure.advises.keys()).copied());
        seen.extend(measure.open.iter().copied());
    }
    for _ in 0..2 {
        let parts: Vec<Fact> = seen.iter().flat_map(|f| f.follows_from()).copied().collect();
        seen.extend(parts);
    }
    let stated = request.facts.iter().filter_map(|(f, s)| Some((*f, s.so?)));
    let ignored = stated.filter(|(f, _)| !considered.readings.is_empty() && !seen.contains(f));
    ignored.map(|(f, so)| Worded { word: f.word().to_owned(), text: f.clause(so) }).collect()
}

//! How a bench measures and reports: ours and a peer in turn, medians, and the ratio's least and most.
//!
//! Included by path in each bench program of `crates/app/benches`:
//! `#[path = "../../../xtask/src/measure.rs"] mod measure;`. `cargo xtask bench` runs them.

use std::io::Write;

use serde::Serialize;

/// One result, with the keys that `cargo xtask bench --json` promises.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    /// What was measured.
    case: String,
    /// What ours is compared with.
    peer: Option<String>,
    /// Median of ours.
    ours: f64,
    /// Median of the peer's.
    theirs: Option<f64>,
    /// `ours` ÷ `theirs`.
    ratio: Option<f64>,
    /// Least ratio of a run, or least of ours where there is no peer.
    min: f64,
    /// Greatest ratio of a run, or greatest of ours where there is no peer.
    max: f64,
    /// How many times each was run.
    runs: usize,
    /// What the numbers count.
    unit: String,
}

/// Something to run once, giving what was measured in the case's unit.
pub(crate) type Run<'a> = &'a mut dyn FnMut() -> f64;

/// Measures `ours` and, where there is one, the named peer: `runs` times, in turn, so that a change
/// of the machine's pace meets both; each run's ratio is of neighbours in time.
pub(crate) fn measure(
    case: &str,
    unit: &str,
    runs: usize,
    ours: Run<'_>,
    mut peer: Option<(&str, Run<'_>)>,
) -> Case {
    let runs = runs.max(1);
    let mut our_values = Vec::with_capacity(runs);
    let mut their_values = Vec::with_capacity(runs);
    for run in 0..runs {
        match &mut peer {
            // Whoever goes first finds colder caches; so they change places.
            Some((_, theirs)) if run % 2 == 1 => {
                their_values.push(theirs());
                our_values.push(ours());
            }
            Some((_, theirs)) => {
                our_values.push(ours());
                their_values.push(theirs());
            }
            None => our_values.push(ours()),
        }
    }
    Case::of(case, unit, &our_values, peer.map(|(name, _)| (name, their_values.as_slice())))
}

/// Writes all results to `out`, a bench's standard output: one JSON array when the program was given
/// `--json`, else a line each.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn write(cases: &[Case], out: &mut dyn Write) -> std::io::Result<()> {
    if std::env::args().any(|argument| argument == "--json") {
        return writeln!(out, "{}", serde_json::to_string(cases)?);
    }
    cases.iter().try_for_each(|case| writeln!(out, "{case:?}"))
}

impl Case {
    /// The result of runs that gave `ours` and, in the same order, the peer's values.
    fn of(case: &str, unit: &str, ours: &[f64], peer: Option<(&str, &[f64])>) -> Self {
        let theirs = peer.map(|(_, values)| median(values));
        let compared: Vec<f64> = match peer {
            Some((_, values)) => ours.iter().zip(values).map(|(our, their)| our / their).collect(),
            None => ours.to_vec(),
        };
        let median_of_ours = median(ours);
        Self {
            case: case.to_owned(),
            peer: peer.map(|(name, _)| name.to_owned()),
            ours: median_of_ours,
            theirs,
            ratio: theirs.map(|theirs| median_of_ours / theirs),
            min: compared.iter().copied().fold(f64::INFINITY, f64::min),
            max: compared.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            runs: ours.len(),
            unit: unit.to_owned(),
        }
    }
}

/// The middle value, or the mean of the two in the middle.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_value_or_between_the_two() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
    }

    #[test]
    fn with_a_peer_least_and_most_are_of_the_ratio_of_runs() {
        let case = Case::of("c", "s", &[1.0, 4.0, 3.0], Some(("p", &[2.0, 2.0, 2.0])));
        assert_eq!((case.min, case.max, case.ratio), (0.5, 2.0, Some(1.5)));
    }

    #[test]
    fn without_a_peer_least_and_most_are_of_ours_and_the_rest_is_null() {
        let mut next = [1.0, 4.0, 3.0].into_iter().cycle();
        let case = measure("c", "s", 3, &mut || next.next().unwrap(), None);
        assert_eq!((case.min, case.max, case.ours, case.runs), (1.0, 4.0, 3.0, 3));
        let json = serde_json::to_value([case]).unwrap();
        assert!(json[0]["peer"].is_null() && json[0]["theirs"].is_null());
        assert_eq!(crate::bench::cases("c", &json.to_string()).unwrap().len(), 1);
    }

    #[test]
    fn ours_and_theirs_run_in_turn() {
        let order = std::cell::RefCell::new(String::new());
        let one = |letter: char| {
            order.borrow_mut().push(letter);
            1.0
        };
        let case = measure("c", "s", 3, &mut || one('o'), Some(("p", &mut || one('t'))));
        assert_eq!((case.runs, order.borrow().as_str()), (3, "ottoot"));
        let mut out = Vec::new();
        write(&[case], &mut out).unwrap();
        assert!(out.ends_with(b"\n"));
    }
}

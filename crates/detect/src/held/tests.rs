//! What is held, for how long, and who may open it.

use terms::IpNet;

use super::*;
use crate::tests::gate_for_tests::{START, for_analysis, for_holding, for_statistics};
use crate::tests::traffic::{ALL, Flow, at, batch, sealed};

const SPAN: Span = Span::minutes(5);

fn moment(seconds: u64) -> Moment {
    Moment::replayed(START.after(Span::seconds(seconds)))
}

fn flows(seconds: u64, rows: usize) -> Sealed<Flows> {
    let flow = Flow::to(at("192.0.2.9"), 17, 1, 100);
    sealed(batch(0, moment(seconds).wall, DETECTOR.fields, &vec![flow; rows]))
}

fn target() -> IpNet {
    "192.0.2.9/32".parse().unwrap()
}

/// Arrival times in seconds of what opens between `from` and `to`, asked at `at`.
fn opened(ring: &Ring, from: u64, to: u64, at: u64) -> Vec<u64> {
    let ground = for_analysis(target(), ALL);
    let columns = ring.open(&ground, moment(from).wall, moment(to).wall, moment(at));
    columns.map(|c| c.unwrap().arrived().since(START).0 / 1000).collect()
}

#[test]
fn what_arrived_in_a_stretch_of_time_is_opened_with_a_cases_ground() {
    let (mut ring, hold) = (Ring::new(SPAN, 1_000), for_holding(ALL));
    for seconds in [0, 10, 20, 30] {
        ring.push(&hold, flows(seconds, 2), moment(seconds));
    }
    assert_eq!((ring.batches(), ring.rows(), ring.refused()), (4, 8, 0));
    assert_eq!(opened(&ring, 10, 30, 30), [10, 20]);
    assert_eq!(opened(&ring, 0, 100, 30), [0, 10, 20, 30]);
}

#[test]
fn nobody_opens_what_is_held_with_a_ground_that_does_not_list_it() {
    let (mut ring, hold) = (Ring::new(SPAN, 1_000), for_holding(ALL));
    ring.push(&hold, flows(0, 1), moment(0));
    for ground in [for_statistics(ALL), hold] {
        let opened: Vec<_> = ring.open(&ground, START, moment(9).wall, moment(1)).collect();
        assert!(matches!(opened.as_slice(), [Err(OutOfScope::Source)]));
    }
}

#[test]
fn a_ring_forgets_by_either_clock() {
    let (mut ring, hold) = (Ring::new(SPAN, 1_000), for_holding(ALL));
    ring.push(&hold, flows(0, 1), moment(0));
    ring.push(&hold, flows(200, 1), moment(200));
    ring.forget(moment(299));
    assert_eq!(ring.batches(), 2);
    // Too old to be opened, even before anybody called `forget`.
    assert_eq!(opened(&ring, 0, 1_000, 300), [200]);
    ring.forget(moment(300));
    assert_eq!((ring.batches(), ring.rows()), (1, 1));
    // The wall clock was set back an hour; the other one runs on.
    let set_back = Moment { wall: START, ..moment(500) };
    ring.forget(set_back);
    assert_eq!((ring.batches(), ring.rows(), ring.crowded_out()), (0, 0, 0));
}

#[test]
fn the_oldest_goes_when_there_are_too_many_records() {
    let (mut ring, hold) = (Ring::new(SPAN, 10), for_holding(ALL));
    for seconds in 0..4 {
        ring.push(&hold, flows(seconds, 4), moment(seconds));
    }
    assert_eq!((ring.batches(), ring.rows(), ring.crowded_out()), (2, 8, 2));
    assert_eq!(opened(&ring, 0, 9, 4), [2, 3]);
    ring.push(&hold, flows(5, 11), moment(5));
    assert_eq!((ring.batches(), ring.rows(), ring.crowded_out()), (0, 0, 5));
}

#[test]
fn what_the_ground_for_holding_does_not_cover_is_let_go_and_told() {
    let mut ring = Ring::new(SPAN, 1_000);
    // More was decoded than this ground names.
    let narrow = for_holding(Fields::of(&[Field::DstAddress]));
    ring.push(&narrow, flows(0, 1), moment(0));
    let hold = for_holding(ALL);
    ring.push(&hold, flows(0, 1), moment(0).after(Span::days(400)));
    assert_eq!((ring.batches(), ring.refused()), (0, 2));
}

#[test]
fn nothing_is_left_after_clear() {
    let (mut ring, hold) = (Ring::new(SPAN, 1_000), for_holding(ALL));
    ring.push(&hold, flows(0, 3), moment(0));
    ring.clear();
    assert_eq!((ring.batches(), ring.rows()), (0, 0));
    assert!(opened(&ring, 0, 9, 1).is_empty());
}

#[test]
fn nothing_of_what_is_held_shows_when_a_ring_is_printed() {
    let (mut ring, hold) = (Ring::new(SPAN, 1_000), for_holding(ALL));
    ring.push(&hold, flows(0, 1), moment(0));
    let printed = format!("{ring:?}");
    assert!(!printed.contains(&at("192.0.2.9").to_string()) && printed.contains("Sealed"));
}

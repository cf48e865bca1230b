//! Kept data stays sealed: opened only by a measure that lists its source, to the fields and rows
//! that were granted, until its last day, and unreadable at rest.

use std::sync::Arc;

use ground::{
    Answer, Code, End, Gate, Ground, MeasureName, Origin, OutOfScope, Request, RestError, RestKey,
    Rows, Sealed, Why,
};
use proptest::prelude::*;
use terms::{
    Act, Class, Column, Day, ExporterId, Field, Fields, Finding, FindingKind, Flows, Moment,
    PrefixStatistics, Purpose, Rates, Source, Span, Statistics, Subject, Zone,
};

use crate::desk::{
    Paper, book, everywhere, flows, gate, gate_in, ground, host_7, line_7, line_8, login_7,
    measure, moment, now, pool, ready,
};
use crate::law_book::shapes;

/// A ground under the measure of this name, asked for as `change` says.
fn ground_of(gate: &Gate, name: &str, change: impl FnOnce(&mut Request)) -> Ground {
    let book = book();
    let mut request = ready(measure(&book, name), now());
    change(&mut request);
    ground(gate.ask(&request, now()))
}

fn statistics(nets: &[&str]) -> Statistics {
    let row = |net: &&str| PrefixStatistics {
        prefix: net.parse().unwrap(),
        bytes: [1, 2, 3, 4, 5, 6, 7],
        packets: [7; 7],
        sampled: 9,
    };
    Statistics { since: now().wall, span: Span::minutes(1), rows: nets.iter().map(row).collect() }
}

fn last_day() -> Day {
    Day::of(2026, 5, 3).unwrap()
}

/// Statistics of line 7 as ス seals them.
fn sealed_statistics(gate: &Gate) -> Sealed<Statistics> {
    let su = ground_of(gate, "13-su-take-statistics", |_| {});
    su.seal(statistics(&["192.0.2.7/32"]), Source::Statistics, Some(last_day()))
}

fn held(gate: &Gate) -> Sealed<Flows> {
    let origin = Origin {
        measure: MeasureName::of("13-su-take-statistics"),
        source: Source::FlowExport,
        purpose: Purpose::RunNetwork,
        last_day: None,
    };
    let hold = ground_of(gate, "90-hold-briefly", |_| {});
    hold.hold(Sealed::seal(flows(), origin), Source::HeldFlows, now()).unwrap()
}

#[test]
fn statistics_are_opened_by_the_measures_that_list_them() {
    let (gate, _) = gate(&book());
    let sealed = sealed_statistics(&gate);
    assert_eq!(sealed.origin().measure, MeasureName::of("13-su-take-statistics"));
    assert_eq!(sealed.origin().purpose, Purpose::RunNetwork);
    for name in [
        "01-a-analyse-at-victims-request",
        "04-e-a-block-while-impaired",
        "04-e-b-block-at-risk",
        "17-chi-analyse-anomaly",
        "13-su-take-statistics",
    ] {
        let ground = ground_of(&gate, name, |r| r.sources = vec![Source::Statistics]);
        assert!(ground.read(&sealed, now()).is_ok(), "{name}");
    }
    let hold = ground_of(&gate, "90-hold-briefly", |_| {});
    assert_eq!(hold.read(&sealed, now()).map(|_| ()), Err(OutOfScope::Source));
}

#[test]
fn kept_data_for_a_purpose_no_file_lists_is_refused_as_second_use_and_booked() {
    let (book, (gate, paper)) = (book(), gate(&book()));
    for source in [Source::Statistics, Source::HeldFlows, Source::Findings, Source::ConnectionLog] {
        for &purpose in Purpose::ALL {
            for &act in Act::ALL {
                let base = ready(measure(&book, "17-chi-analyse-anomaly"), now());
                let request = Request { act, purpose, only: None, sources: vec![source], ..base };
                let answer = gate.ask(&request, now());
                let listed = book
                    .measures()
                    .iter()
                    .any(|m| m.is_about(act, purpose) && m.reads.contains(&source));
                let second_use = Why::SecondUse(vec![source], purpose);
                let refused = matches!(&answer, Answer::Refused(r) if r.why == second_use);
                assert_eq!(refused, !listed, "{source} {purpose} {act}");
                let entry = paper.last();
                assert_eq!((entry.code, entry.sources), (answer.code(), vec![source]));
            }
        }
    }
}

#[test]
fn held_flows_are_not_for_the_statistics_they_were_once_counted_in() {
    let (book, (gate, paper)) = (book(), gate(&book()));
    let su = ground_of(&gate, "13-su-take-statistics", |_| {});
    assert_eq!(su.open(&held(&gate), now()).map(|_| ()), Err(OutOfScope::Source));
    let request = ready(measure(&book, "13-su-take-statistics"), now());
    let request = Request { sources: vec![Source::HeldFlows], ..request };
    let answer = gate.ask(&request, now());
    assert!(matches!(answer, Answer::Refused(r) if matches!(r.why, Why::SecondUse(..))));
    assert_eq!(paper.last().code, Code::No);
}

/// The batch of the tests, as it arrives.
fn arrived(gate: &Gate) -> Sealed<Flows> {
    let origin = held(gate).origin().clone();
    Sealed::seal(flows(), Origin { source: Source::FlowExport, ..origin })
}

#[test]
fn a_ground_opens_only_the_fields_it_names() {
    let (gate, _) = gate(&book());
    // A narrow ground, which sees a copy, and one of the whole network, which sees the batch.
    for (name, sealed) in
        [("17-chi-analyse-anomaly", held(&gate)), ("13-su-take-statistics", arrived(&gate))]
    {
        for field in measure(&book(), name).fields.iter() {
            let ground = ground_of(&gate, name, |r| r.fields = Fields::of(&[field]));
            let columns = ground.open(&sealed, now()).unwrap();
            for &other in Field::ALL {
                let decoded = flows().fields.has(other);
                assert_eq!(columns.column(other).is_some(), other == field && decoded, "{other}");
            }
        }
    }
}

#[test]
fn a_whole_network_ground_sees_the_named_columns_of_every_row() {
    let (gate, _) = gate(&book());
    let su = ground_of(&gate, "13-su-take-statistics", |r| {
        r.fields = Fields::of(&[Field::Bytes]);
    });
    let sealed = arrived(&gate);
    let columns = su.open(&sealed, now()).unwrap();
    assert_eq!(*columns.rows(), Rows::All(3));
    assert_eq!(columns.column(Field::Bytes), Some(Column::Counts(&[70, 80, 71])));
    assert_eq!(columns.column(Field::DstAddress), None);
    assert_eq!(columns.sampling(), [1000; 3]);
}

#[test]
fn a_narrower_ground_sees_only_the_rows_of_its_own_addresses() {
    let (gate, _) = gate(&book());
    let sealed = held(&gate);
    let bytes_of = |name: &str, subject: Subject| {
        let ground = ground_of(&gate, name, |r| {
            let covered = subject.clone();
            for fact in ground::Fact::ALL {
                if let Some(mut known) = r.record.facts.get(*fact).cloned() {
                    known.covers = fact.is_per_line().then(|| covered.clone());
                    r.record.facts.learn(*fact, known);
                }
            }
            r.subject = subject;
        });
        let columns = ground.open(&sealed, now()).unwrap();
        assert_eq!(columns.rows().iter().count(), columns.sampling().len());
        assert_eq!((columns.exporter(), columns.arrived()), (ExporterId(0), now().wall));
        let Some(Column::Counts(bytes)) = columns.column(Field::Bytes) else { panic!("bytes") };
        let Some(Column::Addresses(dst)) = columns.column(Field::DstAddress) else { panic!("dst") };
        assert_eq!(dst.len(), bytes.len());
        bytes.to_vec()
    };
    assert_eq!(bytes_of("01-a-analyse-at-victims-request", line_7()), [70, 71]);
    assert_eq!(bytes_of("01-a-analyse-at-victims-request", line_8()), [80]);
    assert_eq!(bytes_of("17-chi-analyse-anomaly", host_7()), [70]);
    assert_eq!(bytes_of("17-chi-analyse-anomaly", pool()), [70, 80, 71]);
}

#[test]
fn rows_without_a_decoded_destination_are_nobodys() {
    let (gate, _) = gate(&book());
    let mut blind = flows();
    blind.fields = Fields::of(&[Field::Bytes]);
    blind.dst.clear();
    let origin = held(&gate).origin().clone();
    let ground = ground_of(&gate, "17-chi-analyse-anomaly", |_| {});
    let sealed = Sealed::seal(blind, origin);
    let columns = ground.open(&sealed, now()).unwrap();
    assert_eq!(columns.rows().iter().count(), 0);
    assert_eq!(columns.column(Field::Bytes), Some(Column::Counts(&[])));
}

#[test]
fn only_a_whole_network_ground_that_names_every_decoded_field_takes_a_batch_into_keeping() {
    let (gate, _) = gate(&book());
    let from = |source| {
        let origin = Origin { source, ..arrived(&gate).origin().clone() };
        Sealed::seal(flows(), origin)
    };
    let take = |ground: &Ground, source| {
        ground.hold(from(source), Source::HeldFlows, now()).map(|s| s.origin().clone())
    };
    let hold = ground_of(&gate, "90-hold-briefly", |_| {});
    let taken = take(&hold, Source::FlowExport).unwrap();
    assert_eq!(taken.measure, MeasureName::of("90-hold-briefly"));
    assert_eq!((taken.source, taken.purpose), (Source::HeldFlows, Purpose::BeReady));
    assert_eq!(take(&hold, Source::HeldFlows), Err(OutOfScope::Source));
    let fewer = ground_of(&gate, "90-hold-briefly", |r| r.fields = Fields::of(&[Field::Bytes]));
    assert_eq!(take(&fewer, Source::FlowExport), Err(OutOfScope::Fields));
    for subject in [pool(), everywhere()] {
        let narrow = ground_of(&gate, "90-hold-briefly", |r| r.subject = subject);
        assert_eq!(take(&narrow, Source::FlowExport), Err(OutOfScope::Subject));
    }
    gate.end(&hold, now());
    assert_eq!(take(&hold, Source::FlowExport), Err(OutOfScope::Ended));
}

#[test]
fn a_ground_about_one_log_in_opens_no_row_of_flows() {
    let book = shapes(&["login"]);
    let (other, (gate, _)) = (gate(&crate::desk::book()).0, gate(&book));
    let about = |subject: Subject| {
        let request = ready(measure(&book, "login"), now());
        ground(gate.ask(&Request { subject, ..request }, now()))
    };
    assert_eq!(about(login_7()).open(&held(&other), now()).unwrap().rows().count(), 0);
    assert_eq!(about(line_7()).open(&held(&other), now()).unwrap().rows().count(), 2);
}

fn finding(target: &str) -> Finding {
    Finding {
        kind: FindingKind::Destination,
        target: target.parse().unwrap(),
        since: now().wall,
        at: now().wall,
        seen: Rates { bits: 1e9, packets: 1e6 },
        expected: Rates { bits: 1e6, packets: 1e3 },
        class: Class::UdpAmplifier,
        share: 0.9,
        at_least_bits: 9e8,
        exporters: vec![ExporterId(0)],
    }
}

#[test]
fn a_record_about_anybody_else_is_not_read() {
    let (gate, _) = gate(&book());
    let su = ground_of(&gate, "13-su-take-statistics", |_| {});
    let a = ground_of(&gate, "01-a-analyse-at-victims-request", |_| {});
    for (nets, reads) in [
        (vec!["192.0.2.7/32"], Ok(())),
        (vec!["192.0.2.7/32", "2001:db8:7:1::/64"], Ok(())),
        (vec!["192.0.2.7/32", "192.0.2.8/32"], Err(OutOfScope::Subject)),
        (vec!["192.0.2.0/24"], Err(OutOfScope::Subject)),
    ] {
        let sealed = su.seal(statistics(&nets), Source::Statistics, None);
        assert_eq!(a.read(&sealed, now()).map(|_| ()), reads, "{nets:?}");
        assert!(su.read(&sealed, now()).is_ok());
    }
    for (target, reads) in [("192.0.2.7/32", Ok(())), ("192.0.2.0/24", Err(OutOfScope::Subject))] {
        let sealed = su.seal(finding(target), Source::Findings, None);
        assert_eq!(a.read(&sealed, now()).map(|_| ()), reads, "{target}");
    }
    let narrow = ground_of(&gate, "01-a-analyse-at-victims-request", |r| {
        r.fields = Fields::of(&[Field::DstAddress, Field::Bytes]);
    });
    let sealed = su.seal(finding("192.0.2.7/32"), Source::Findings, None);
    assert_eq!(narrow.read(&sealed, now()).map(|_| ()), Err(OutOfScope::Fields));
}

#[test]
fn data_opens_to_the_end_of_its_last_day_in_the_laws_zone() {
    let (gate, _) = gate(&book());
    let sealed = sealed_statistics(&gate);
    let later = End::At(now().after(Span::days(9)));
    let chi = ground_of(&gate, "17-chi-analyse-anomaly", |r| r.end = later);
    let read = |at: Moment| chi.read(&sealed, at).map(|_| ());
    assert_eq!(read(moment("2026-05-03T14:59:59Z")), Ok(()));
    assert_eq!(read(moment("2026-05-03T15:00:00Z")), Err(OutOfScope::LastDay));
    let utc = gate_in(Zone::hours(0).unwrap(), &book(), Arc::new(Paper::default()));
    let chi = ground_of(&utc, "17-chi-analyse-anomaly", |r| r.end = later);
    assert!(chi.read(&sealed, moment("2026-05-03T23:59:59Z")).is_ok());
    assert!(chi.read(&sealed, moment("2026-05-04T00:00:00Z")).is_err());
}

const KEY: [u8; 32] = [3; 32];
const NONCE: [u8; 24] = [4; 24];

/// Line 7's statistics as version 1 stores them; later versions must go on reading it.
const AT_REST_1: &str = include_str!("../golden/statistics-at-rest-1.hex");

fn bytes_of(hex: &str) -> Vec<u8> {
    let hex = hex.trim();
    let byte = |i: usize| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn what_version_1_stored_is_still_read() {
    let (gate, _) = gate(&book());
    let sealed = sealed_statistics(&gate);
    let stored = sealed.to_rest(&RestKey::of(KEY), NONCE);
    let hex: String = stored.iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, AT_REST_1.trim(), "the stored form changed: give it another version");
    let taken_up: Sealed<Statistics> =
        Sealed::from_rest(&bytes_of(AT_REST_1), &RestKey::of(KEY)).unwrap();
    assert_eq!(taken_up.origin(), sealed.origin());
    let chi = ground_of(&gate, "17-chi-analyse-anomaly", |_| {});
    assert_eq!(*chi.read(&taken_up, now()).unwrap(), statistics(&["192.0.2.7/32"]));
}

#[test]
fn nothing_of_the_contents_is_readable_at_rest() {
    let stored = bytes_of(AT_REST_1);
    let shown = String::from_utf8_lossy(&stored);
    assert!(shown.contains("13-su-take-statistics"));
    assert!(!shown.contains("192.0.2.7") && !shown.contains("prefix"));
}

#[test]
fn every_changed_bit_and_every_other_key_is_noticed() {
    let take_up = |bytes: &[u8], key| Sealed::<Statistics>::from_rest(bytes, &RestKey::of(key));
    let stored = bytes_of(AT_REST_1);
    assert_eq!(take_up(&stored, [5; 32]).map(|_| ()), Err(RestError::Key));
    for i in 0..stored.len() {
        for bit in 0..8 {
            let mut changed = stored.clone();
            changed[i] ^= 1 << bit;
            assert!(take_up(&changed, KEY).is_err(), "byte {i} bit {bit}");
        }
        assert!(take_up(&stored[..i], KEY).is_err(), "cut at {i}");
    }
    let longer: Vec<u8> = stored.iter().copied().chain([0]).collect();
    assert_eq!(take_up(&longer, KEY).map(|_| ()), Err(RestError::Key));
}

proptest! {
    #[test]
    fn what_is_put_to_rest_comes_back_and_garbage_does_not(
        text in ".*", key in any::<[u8; 32]>(), nonce in any::<[u8; 24]>(),
        garbage in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let origin = held(&gate(&book()).0).origin().clone();
        let sealed = Sealed::seal(text, origin);
        let stored = sealed.to_rest(&RestKey::of(key), nonce);
        let back = Sealed::<String>::from_rest(&stored, &RestKey::of(key)).unwrap();
        prop_assert_eq!(back.origin(), sealed.origin());
        prop_assert_eq!(back.to_rest(&RestKey::of(key), nonce), stored);
        prop_assert!(Sealed::<String>::from_rest(&garbage, &RestKey::of(key)).is_err());
    }
}

//! What is counted, for whom, how often, and what comes out of several shards.

use std::sync::LazyLock;

use proptest::prelude::*;
use terms::{Class, ExporterId};

use super::*;
use crate::Own;
use crate::tests::gate_for_tests::{START, for_analysis, for_statistics};
use crate::tests::traffic::{ALL, Dice, Flow, at, batch, sealed};

const TEN: Span = Span::seconds(10);

fn own(prefix: &str, addressing: Addressing) -> Own {
    Own { prefix: prefix.parse().unwrap(), addressing }
}

fn config() -> Config {
    let own = vec![
        own("192.0.2.0/24", Addressing::Dynamic),
        own("198.51.100.0/24", Addressing::Static),
        own("198.51.100.128/25", Addressing::Dynamic),
        own("198.51.100.7/32", Addressing::Static),
        own("2001:db8::/48", Addressing::Static),
        own("2001:db8:ff::/48", Addressing::Dynamic),
    ];
    Config { own, ..Config::default() }
}

fn now() -> Moment {
    Moment::replayed(START)
}

/// Asked for once: a test counts many batches.
static GROUND: LazyLock<Ground> = LazyLock::new(|| for_statistics(DETECTOR.fields));

fn take(collector: &mut Collector, exporter: u32, flows: &[Flow]) {
    collector.take(&GROUND, &sealed(batch(exporter, START, ALL, flows)), now()).unwrap();
}

fn count(flows: &[Flow]) -> Interval {
    let mut collector = Collector::new(&config());
    take(&mut collector, 0, flows);
    collector.close(START, TEN)
}

fn row<'a>(interval: &'a Interval, prefix: &str) -> &'a Row {
    interval.row(&prefix.parse().unwrap()).unwrap()
}

fn prefixes(interval: &Interval) -> Vec<String> {
    interval.rows.iter().map(|r| r.statistics.prefix.to_string()).collect()
}

#[test]
fn bytes_and_packets_are_multiplied_by_the_sampling_rate_of_each_record() {
    let to = at("192.0.2.9");
    let one = Flow { sampling: 1000, ..Flow::to(to, 17, 3, 500) };
    let other = Flow { sampling: 10, ..Flow::to(to, 17, 2, 100) };
    let interval = count(&[one, other]);
    let row = row(&interval, "192.0.2.0/24");
    let udp = Class::Udp as usize;
    assert_eq!(row.statistics.bytes[udp], 1_500_000 + 2_000);
    assert_eq!(row.statistics.packets[udp], 3_000 + 20);
    assert_eq!(row.statistics.sampled, 5);
    assert_eq!(row.error[udp], 3 * 1_000_000 + 2 * 100);
    assert_eq!(interval.left_out(), LeftOut::default());
}

#[test]
fn an_unknown_sampling_rate_counts_as_one_and_is_told() {
    let flow = Flow { sampling: 0, ..Flow::to(at("192.0.2.9"), 6, 3, 500) };
    let interval = count(&[flow, Flow { sampling: 1, ..flow }]);
    let statistics = &row(&interval, "192.0.2.0/24").statistics;
    assert_eq!(statistics.bytes[Class::Tcp as usize], 3_000);
    assert_eq!(interval.left_out().unknown_sampling, 1);
}

#[test]
fn only_hosts_of_static_prefixes_are_counted_by_themselves() {
    let to = |ip: &str| Flow::to(at(ip), 6, 1, 100);
    let interval = count(&[
        to("192.0.2.9"),
        to("198.51.100.9"),
        to("198.51.100.200"),
        to("198.51.100.7"),
        to("2001:db8::1"),
        to("2001:db8:ff::1"),
        to("203.0.113.77"),
    ]);
    let expected = [
        "192.0.2.0/24",
        "198.51.100.0/24",
        "198.51.100.7/32",
        "198.51.100.9/32",
        "198.51.100.128/25",
        "2001:db8::/48",
        "2001:db8::1/128",
        "2001:db8:ff::/48",
    ];
    assert_eq!(prefixes(&interval), expected);
    // The longest prefix counts, and a single address that is an own prefix counts once.
    for prefix in expected {
        assert_eq!(row(&interval, prefix).statistics.bytes.iter().sum::<u64>(), 100, "{prefix}");
    }
}

#[test]
fn a_batch_without_destination_bytes_or_packets_adds_nothing_and_is_told() {
    let flow = Flow::to(at("192.0.2.9"), 6, 1, 100);
    let need = [Field::DstAddress, Field::Bytes, Field::Packets];
    for missing in need {
        let fields: Fields = ALL.iter().filter(|f| *f != missing).collect();
        let mut collector = Collector::new(&config());
        // Not named by the ground, or not decoded.
        let narrow = for_statistics(fields);
        collector.take(&narrow, &sealed(batch(0, START, ALL, &[flow])), now()).unwrap();
        let wide = for_statistics(ALL);
        collector.take(&wide, &sealed(batch(0, START, fields, &[flow])), now()).unwrap();
        let interval = collector.close(START, TEN);
        assert_eq!((interval.rows.len(), interval.left_out().unread), (0, 2), "{missing}");
        assert!(interval.heard().is_empty() && interval.links().is_empty());
    }
}

#[test]
fn without_the_other_fields_traffic_is_counted_and_only_not_told_apart() {
    let fields = Fields::of(&[Field::DstAddress, Field::Bytes, Field::Packets]);
    let mut collector = Collector::new(&config());
    let flows = batch(0, START, ALL, &[Flow::to(at("192.0.2.9"), 6, 1, 100)]);
    collector.take(&for_statistics(fields), &sealed(flows), now()).unwrap();
    let interval = collector.close(START, TEN);
    assert_eq!(row(&interval, "192.0.2.0/24").statistics.bytes[Class::Other as usize], 100);
    assert!(interval.links().is_empty());
}

#[test]
fn a_ground_that_is_over_or_of_another_source_opens_nothing() {
    let mut collector = Collector::new(&config());
    let flows = || sealed(batch(0, START, ALL, &[Flow::to(at("192.0.2.9"), 6, 1, 100)]));
    let later = now().after(Span::days(366));
    let ground = for_statistics(DETECTOR.fields);
    assert_eq!(collector.take(&ground, &flows(), later), Err(OutOfScope::Ended));
    let analysis = for_analysis("192.0.2.0/24".parse().unwrap(), DETECTOR.fields);
    assert_eq!(collector.take(&analysis, &flows(), now()), Err(OutOfScope::Source));
    assert!(collector.close(START, TEN).rows.is_empty());
}

#[test]
fn links_are_loaded_by_all_traffic_that_came_in_by_them() {
    let foreign = Flow { input: 7, sampling: 100, ..Flow::to(at("203.0.113.77"), 6, 1, 1_250) };
    let own = Flow { input: 7, ..Flow::to(at("192.0.2.9"), 6, 1, 1_250) };
    let interval = count(&[foreign, own, Flow { input: 3, ..own }]);
    let of = |interface, bits_per_second| LinkLoad {
        exporter: ExporterId(0),
        interface,
        bits_per_second,
    };
    assert_eq!(interval.links(), [of(3, 1_000.0), of(7, 101_000.0)]);
    assert!(
        Interval { span: Span(0), ..interval }.links().iter().all(|l| l.bits_per_second == 0.0)
    );
}

#[test]
fn hosts_and_links_beyond_the_most_are_left_out_and_told() {
    let config = Config { most_hosts: 2, most_links: 2, ..config() };
    let mut collector = Collector::new(&config);
    let flow =
        |i: u32| Flow { input: i, ..Flow::to(at("198.51.100.0") + u128::from(i), 6, 1, 100) };
    let flows: Vec<Flow> = (10..15).chain(10..12).map(flow).collect();
    take(&mut collector, 0, &flows);
    let interval = collector.close(START, TEN);
    assert_eq!(prefixes(&interval), ["198.51.100.0/24", "198.51.100.10/32", "198.51.100.11/32"]);
    assert_eq!(row(&interval, "198.51.100.0/24").statistics.bytes.iter().sum::<u64>(), 700);
    assert_eq!((interval.left_out().hosts, interval.left_out().links), (3, 3));
    assert_eq!(interval.links().len(), 2);
}

#[test]
fn an_interval_begins_with_nothing_of_the_one_before() {
    let mut collector = Collector::new(&config());
    let flows = [Flow::to(at("198.51.100.9"), 6, 1, 100), Flow::to(at("192.0.2.9"), 17, 1, 100)];
    take(&mut collector, 0, &flows);
    let first = collector.close(START, TEN);
    let empty = collector.close(START.after(TEN), TEN);
    assert!(empty.rows.is_empty() && empty.heard().is_empty() && empty.links().is_empty());
    take(&mut collector, 0, &flows);
    assert_eq!(collector.close(START, TEN), first);
}

#[test]
fn counting_again_what_was_counted_takes_no_more_memory() {
    let mut collector = Collector::new(&config());
    let mut dice = Dice(1);
    let flows: Vec<Flow> = (0..2_000)
        .map(|_| Flow::to(at("198.51.100.0") + u128::from(dice.below(256)), 6, 1, 100))
        .collect();
    take(&mut collector, 0, &flows);
    collector.close(START, TEN);
    let memory = |c: &Collector| {
        let lists: usize = c.hosts.iter().chain(&c.prefixes).map(|s| s.exporters.capacity()).sum();
        (c.hosts.capacity(), c.places.capacity(), c.links.capacity(), lists)
    };
    let before = memory(&collector);
    assert!(before.0 >= 100);
    take(&mut collector, 0, &flows);
    assert_eq!(memory(&collector), before);
}

#[test]
fn counters_that_cannot_be_stop_at_the_largest_number() {
    let flow = Flow {
        bytes: u64::MAX,
        packets: u64::MAX,
        sampling: u32::MAX,
        ..Flow::to(at("198.51.100.9"), 6, 1, 1)
    };
    let mut interval = count(&[flow, flow]);
    merge(&mut interval, count(&[flow]));
    let statistics = &row(&interval, "198.51.100.9/32").statistics;
    assert_eq!(statistics.bytes[Class::Tcp as usize], u64::MAX);
    assert_eq!(statistics.sampled, u64::MAX);
}

#[test]
fn columns_of_different_lengths_are_counted_as_far_as_they_go() {
    let flow = Flow::to(at("192.0.2.9"), 6, 1, 100);
    let mut flows = batch(0, START, ALL, &[flow; 4]);
    flows.bytes.truncate(3);
    flows.protocol.truncate(1);
    flows.sampling.clear();
    flows.len = 9;
    let mut collector = Collector::new(&config());
    collector.take(&for_statistics(ALL), &sealed(flows), now()).unwrap();
    let interval = collector.close(START, TEN);
    assert_eq!(row(&interval, "192.0.2.0/24").statistics.bytes.iter().sum::<u64>(), 300);
    assert_eq!(interval.left_out().unknown_sampling, 3);
}

#[test]
fn statistics_come_out_sealed_for_the_measure_they_were_taken_under() {
    let interval = count(&[Flow::to(at("192.0.2.9"), 6, 1, 100)]);
    let ground = for_statistics(DETECTOR.fields);
    let sealed = interval.statistics(&ground, None);
    assert_eq!(sealed.origin().source, Source::Statistics);
    assert_eq!(&*sealed.origin().measure.0, "13-su-take-statistics");
    // The ground they were taken under reads flow export only.
    assert_eq!(ground.read(&sealed, now()).err(), Some(OutOfScope::Source));
}

#[test]
fn nothing_of_what_was_counted_shows_when_it_is_printed() {
    let mut collector = Collector::new(&config());
    take(&mut collector, 0, &[Flow::to(at("198.51.100.9"), 6, 1, 123_456)]);
    let mut printed = format!("{collector:?}");
    printed.push_str(&format!("{:?}", collector.close(START, TEN)));
    assert!(!printed.contains("123456") && !printed.contains("198.51"), "{printed}");
}

fn any_flow() -> impl Strategy<Value = Flow> {
    let to = prop_oneof![
        (0_u8..=255).prop_map(|n| at("192.0.2.0") + u128::from(n)),
        (0_u8..=255).prop_map(|n| at("198.51.100.0") + u128::from(n)),
        (0_u8..=20).prop_map(|n| at("2001:db8::") + u128::from(n)),
        (0_u8..=20).prop_map(|n| at("2001:db8:ff::") + u128::from(n)),
        any::<u32>().prop_map(terms::mapped_v4),
    ];
    let protocol = prop_oneof![Just(6_u8), Just(17), Just(1), Just(58), any::<u8>()];
    let rest = (0_u16..200, any::<u16>(), 0_u8..2, 0_u32..4, 0_u32..3);
    (to, protocol, 1_u64..50, 40_u64..1500, rest).prop_map(
        |(dst, protocol, packets, size, (src_port, flags, fragment, input, sampling))| Flow {
            src_port,
            flags,
            fragment,
            input,
            sampling: sampling * 500,
            ..Flow::to(dst, protocol, packets, size)
        },
    )
}

/// Counts `flows`, each by the exporter of its number, in `shards` shards, merged in this order.
fn sharded(flows: &[(u32, Flow)], order: &[usize]) -> Interval {
    let shards = order.len();
    let mut intervals: Vec<Option<Interval>> = (0..shards)
        .map(|shard| {
            let mut collector = Collector::new(&config());
            for (i, (exporter, flow)) in flows.iter().enumerate() {
                if i % shards == shard {
                    take(&mut collector, *exporter, &[*flow]);
                }
            }
            Some(collector.close(START, TEN))
        })
        .collect();
    let mut merged = intervals[order[0]].take().unwrap();
    for shard in &order[1..] {
        merge(&mut merged, intervals[*shard].take().unwrap());
    }
    merged
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn shards_merged_in_any_order_count_as_one(
        flows in proptest::collection::vec((0_u32..3, any_flow()), 1..40),
        order in Just([0_usize, 1, 2]).prop_shuffle(),
    ) {
        let single = sharded(&flows, &[0]);
        prop_assert_eq!(&sharded(&flows, &order), &single);
        let turned: Vec<_> = flows.iter().rev().copied().collect();
        prop_assert_eq!(&sharded(&turned, &[0]), &single);
    }

    #[test]
    fn everything_sent_to_own_prefixes_is_counted_once_by_prefix(
        flows in proptest::collection::vec(any_flow(), 0..60),
    ) {
        let interval = count(&flows);
        let table = OwnTable::of(&config().own);
        let own = |f: &&Flow| table.find(f.dst).is_some();
        let sent: u64 = flows.iter().filter(own).map(|f| f.bytes * u64::from(f.sampling.max(1))).sum();
        let by_prefix = interval.rows.iter().filter(|r| table.place(&r.statistics.prefix).is_some());
        let counted: u64 = by_prefix.flat_map(|r| r.statistics.bytes).sum();
        prop_assert_eq!(counted, sent);
        let is_dynamic = |r: &Row| {
            let place = table.find(terms::address(r.statistics.prefix.addr()));
            place.is_some_and(|p| table.own()[p].addressing == Addressing::Dynamic)
        };
        // No row of a dynamic line is finer than the operator's own prefix.
        prop_assert!(interval.rows.iter().filter(|r| is_dynamic(r)).all(|r| table.place(&r.statistics.prefix).is_some()));
    }
}

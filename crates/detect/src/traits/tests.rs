//! What is learnt of made-up attacks on top of made-up traffic, and what it would take along.

mod matching;

use ground::{Ground, Sealed};
use terms::{Moment, PortRange, SizeRange, Span, TcpFlags, Time};

use super::*;
use crate::held::Ring;
use crate::tests::gate_for_tests::{START, for_analysis, for_holding};
use crate::tests::traffic::{ALL, Dice, Flow, at, batch, sealed};

const TARGET: &str = "198.51.100.0/24";
const VICTIM: &str = "198.51.100.20";

/// Held batches: `usual` for a minute, then `usual` and `attack` for half a minute; one a second.
struct Held {
    ring: Ring,
    ground: Ground,
}

const BEGINS: i64 = 60_000;
const ENDS: i64 = 90_000;

impl Held {
    fn of(
        target: &str,
        mut usual: impl FnMut(&mut Dice) -> Vec<Flow>,
        mut attack: impl FnMut(&mut Dice) -> Vec<Flow>,
    ) -> Self {
        let mut ring = Ring::new(Span::minutes(5), usize::MAX);
        let (hold, mut dice) = (for_holding(ALL), Dice(11));
        for arrived in (0..ENDS).step_by(1_000).map(|ms| Time(START.0 + ms)) {
            let mut flows = usual(&mut dice);
            if arrived.0 >= START.0 + BEGINS {
                flows.extend(attack(&mut dice));
            }
            let flows: Sealed<Flows> = sealed(batch(1, arrived, ALL, &flows));
            ring.push(&hold, flows, Moment::replayed(arrived));
        }
        Self { ring, ground: for_analysis(target.parse().unwrap(), ALL) }
    }

    fn window(&self, from: i64, to: i64) -> Vec<Columns<'_, Flows>> {
        let time = |ms| Time(START.0 + ms);
        let at = Moment::replayed(time(ENDS));
        self.ring.open(&self.ground, time(from), time(to), at).map(Result::unwrap).collect()
    }
    fn during(&self) -> Vec<Columns<'_, Flows>> {
        self.window(BEGINS, ENDS)
    }
    fn before(&self) -> Vec<Columns<'_, Flows>> {
        self.window(0, BEGINS)
    }
    fn learn(&self, target: &str) -> Learnt {
        learn(&self.during(), &self.before(), target.parse().unwrap())
    }
}

fn random_source(dice: &mut Dice) -> u128 {
    terms::mapped_v4(dice.roll() as u32)
}

fn ephemeral(dice: &mut Dice) -> u16 {
    32_768 + dice.below(28_000) as u16
}

/// What people in the prefix do: TCP and QUIC from servers, names, connections to a web server.
fn people(dice: &mut Dice) -> Vec<Flow> {
    let mut flows = Vec::new();
    for _ in 0..60 {
        let to = at("198.51.100.0") + u128::from(dice.below(64));
        let base = Flow {
            src: random_source(dice),
            dst_port: ephemeral(dice),
            sampling: 100,
            ..Flow::to(to, 6, 1, 1)
        };
        let (protocol, src_port, packets, size) = match dice.below(100) {
            0..60 => (6, 443, 20 + dice.below(30), 800 + dice.below(600)),
            60..90 => (17, 443, 20 + dice.below(30), 900 + dice.below(300)),
            90..95 => (17, 53, 1, 80 + dice.below(120)),
            95..98 => (1, 0, 1, 84),
            _ => (50, 0, 10, 1_000),
        };
        flows.push(Flow { protocol, src_port, packets, bytes: packets * size, ..base });
    }
    for _ in 0..5 {
        // The first packet of a connection to the web server, and a flow of the rest.
        let syn = Flow {
            src: random_source(dice),
            src_port: ephemeral(dice),
            dst_port: 443,
            flags: 0x02,
            sampling: 100,
            ..Flow::to(at(VICTIM), 6, 1, 60)
        };
        flows.extend([syn, Flow { flags: 0x1a, ..Flow::to(at(VICTIM), 6, 8, 200) }]);
    }
    flows
}

fn amplification(dice: &mut Dice, to: u128) -> Flow {
    Flow {
        src: at("203.0.113.0") + u128::from(dice.below(200)),
        src_port: 123,
        dst_port: 1_024 + dice.below(60_000) as u16,
        sampling: 100,
        ..Flow::to(to, 17, 100, 440 + dice.below(60))
    }
}

fn assert_good(learnt: &Learnt) {
    assert!(learnt.coverage >= 0.95, "{learnt:#?}");
    assert!(learnt.collateral.unwrap() <= 0.02, "{learnt:#?}");
    assert!((1..=4).contains(&learnt.rules.len()), "{learnt:#?}");
}

fn one(port: u16) -> Vec<PortRange> {
    vec![PortRange { first: port, last: port }]
}

#[test]
fn amplification_is_udp_of_one_source_port_and_large_packets() {
    let attack = |d: &mut Dice| (0..40).map(|_| amplification(d, at(VICTIM))).collect();
    let learnt = Held::of(TARGET, people, attack).learn(TARGET);
    assert_good(&learnt);
    let [rule] = learnt.rules.as_slice() else { panic!("{learnt:#?}") };
    assert_eq!((rule.protocol, &rule.src_ports), (Some(17), &one(123)));
    // Two hundred sources are close together, but they are not few.
    assert!(rule.dst_ports.is_empty() && rule.source.is_none());
    let size = rule.size.unwrap();
    assert!((380..=440).contains(&size.least) && (500..600).contains(&size.most));
    // One address in the prefix is the destination.
    assert_eq!(learnt.destinations.len(), 1);
    assert_eq!(learnt.destinations[0].0.to_string(), "198.51.100.20/32");
    assert!(learnt.destinations[0].1 >= 0.9 && learnt.scope == learnt.destinations[0].0);
    assert!(learnt.sources > 150 && learnt.top_source_share < 0.05);
    assert!(!learnt.stops_new_connections);
}

#[test]
fn a_syn_flood_is_tcp_with_syn_and_without_ack_to_one_port() {
    let attack = |d: &mut Dice| {
        let flow = |d: &mut Dice| Flow {
            src: random_source(d),
            src_port: d.below(65_536) as u16,
            dst_port: 443,
            flags: 0x02,
            sampling: 100,
            ..Flow::to(at(VICTIM), 6, 20, 60)
        };
        (0..400).map(|_| flow(d)).collect()
    };
    let learnt = Held::of(TARGET, people, attack).learn(TARGET);
    assert_good(&learnt);
    let [rule] = learnt.rules.as_slice() else { panic!("{learnt:#?}") };
    let size = Some(SizeRange { least: 0, most: 63 });
    let expected = Traits {
        protocol: Some(6),
        dst_ports: one(443),
        tcp_flags: Some(TcpFlags { set: 0x02, unset: 0x10 }),
        size,
        ..Traits::default()
    };
    assert_eq!(*rule, expected);
    assert!(
        learnt.stops_new_connections,
        "few bytes, but every connection begins with such a packet"
    );
    assert!(learnt.sources > 10_000);
}

#[test]
fn a_bombed_prefix_stays_the_scope_and_many_addresses_share_the_attack() {
    let attack =
        |d: &mut Dice| (0..200).map(|i| amplification(d, at("198.51.100.0") + i % 256)).collect();
    let learnt = Held::of(TARGET, people, attack).learn(TARGET);
    assert_good(&learnt);
    assert_eq!(learnt.scope.to_string(), TARGET);
    assert_eq!(learnt.destinations.len(), MOST_DESTINATIONS);
    assert!(learnt.destinations.iter().all(|d| d.1 < 0.05));
}

#[test]
fn bombing_with_fragments_is_fragments() {
    let attack = |d: &mut Dice| {
        let flow = |i, d: &mut Dice| Flow {
            src: random_source(d),
            src_port: 0,
            dst_port: 0,
            fragment: 1,
            sampling: 100,
            ..Flow::to(at("198.51.100.0") + i, 17, 50, 1_480)
        };
        (0..100).map(|i| flow(i, d)).collect()
    };
    let learnt = Held::of(TARGET, people, attack).learn(TARGET);
    assert_good(&learnt);
    let [rule] = learnt.rules.as_slice() else { panic!("{learnt:#?}") };
    assert!(rule.fragments && rule.protocol == Some(17) && rule.src_ports.is_empty());
}

#[test]
fn a_flood_on_random_ports_spares_the_ports_people_use() {
    let attack = |d: &mut Dice| {
        let flow = |d: &mut Dice| Flow {
            src: random_source(d),
            src_port: d.below(65_536) as u16,
            dst_port: d.below(65_536) as u16,
            sampling: 100,
            ..Flow::to(at("198.51.100.0") + u128::from(d.below(64)), 17, 40, 1_000 + d.below(100))
        };
        (0..600).map(|_| flow(d)).collect()
    };
    let learnt = Held::of(TARGET, people, attack).learn(TARGET);
    assert_good(&learnt);
    let ports = &learnt.rules[0].src_ports;
    assert!(!ports.iter().any(|r| r.first <= 443 && 443 <= r.last), "{learnt:#?}");
}

#[test]
fn two_kinds_of_attack_at_once_are_two_rules() {
    let attack = |d: &mut Dice| {
        let mut flows: Vec<Flow> = (0..40).map(|_| amplification(d, at(VICTIM))).collect();
        let ping = |d: &mut Dice| Flow {
            src: random_source(d),
            sampling: 100,
            ..Flow::to(at(VICTIM), 1, 40, 1_000)
        };
        flows.extend((0..30).map(|_| ping(d)));
        flows
    };
    let learnt = Held::of(TARGET, people, attack).learn(TARGET);
    assert_good(&learnt);
    let protocols: Vec<_> = learnt.rules.iter().map(|r| r.protocol).collect();
    assert!(protocols.contains(&Some(17)) && protocols.contains(&Some(1)), "{learnt:#?}");
}

#[test]
fn a_source_is_named_only_when_there_are_few() {
    let from = |sources: u64| {
        let attack = move |d: &mut Dice| {
            let src = at("203.0.113.8") + u128::from(d.below(sources));
            vec![Flow {
                src,
                src_port: 7_777,
                sampling: 100,
                ..Flow::to(at(VICTIM), 17, 4_000, 1_400)
            }]
        };
        Held::of(TARGET, people, attack).learn(TARGET)
    };
    let (single, pair, many) = (from(1), from(2), from(200));
    assert_eq!(single.rules[0].source, "203.0.113.8/32".parse().ok());
    assert_eq!((single.sources, single.top_source_share), (1, 1.0));
    assert_eq!(pair.rules[0].source, "203.0.113.8/31".parse().ok());
    assert_eq!(many.rules[0].source, None);
}

#[test]
fn an_ipv6_attack_is_learnt_alike() {
    let (prefix, victim) = ("2001:db8::/48", at("2001:db8::20"));
    let usual = |d: &mut Dice| {
        let src = at("2001:db8:ffff::") + u128::from(d.roll());
        vec![Flow { src, sampling: 100, ..Flow::to(at("2001:db8::5"), 6, 50, 1_200) }]
    };
    let attack = |d: &mut Dice| {
        let src = at("2001:db8:aaaa:1::") + u128::from(d.below(2));
        vec![Flow { src, src_port: 53, sampling: 100, ..Flow::to(victim, 17, 400, 1_200) }]
    };
    let learnt = Held::of(prefix, usual, attack).learn(prefix);
    assert_good(&learnt);
    assert_eq!(learnt.scope.to_string(), "2001:db8::20/128");
    let rule = &learnt.rules[0];
    assert_eq!((rule.protocol, &rule.src_ports), (Some(17), &one(53)));
    assert_eq!(rule.source, "2001:db8:aaaa:1::/127".parse().ok());
}

#[test]
fn when_nothing_came_on_top_there_is_nothing_to_stop() {
    let held = Held::of(TARGET, |_| vec![Flow::to(at(VICTIM), 6, 10, 900)], |_| Vec::new());
    let learnt = held.learn(TARGET);
    assert!(learnt.rules.is_empty());
    assert_eq!((learnt.coverage, learnt.collateral, learnt.sources), (0.0, Some(0.0), 0));
    let nothing = learn(&[], &[], TARGET.parse().unwrap());
    assert!(nothing.rules.is_empty() && nothing.collateral.is_none());
    assert_eq!(nothing.scope.to_string(), TARGET);
}

#[test]
fn what_was_taken_along_before_is_unknown_when_nothing_was_held_before() {
    let attack = |d: &mut Dice| (0..40).map(|_| amplification(d, at(VICTIM))).collect();
    let held = Held::of(TARGET, |_| Vec::new(), attack);
    let learnt = learn(&held.during(), &[], TARGET.parse().unwrap());
    assert_eq!(learnt.collateral, None);
    assert!(learnt.coverage >= 0.95);
    // Heard, but nothing was sent there: then nothing would have been taken along.
    assert_eq!(held.learn(TARGET).collateral, Some(0.0));
}

#[test]
fn more_of_the_same_is_taken_along_and_told() {
    let more = |d: &mut Dice| (0..6).flat_map(|_| people(d)).collect();
    let learnt = Held::of(TARGET, people, more).learn(TARGET);
    assert!(learnt.collateral.unwrap() > 0.2, "nothing tells a crowd apart: {learnt:#?}");
}

#[test]
fn what_happens_to_be_more_than_before_gets_no_rule_beside_an_attack() {
    let attack = |d: &mut Dice| {
        let mut flows: Vec<Flow> = (0..10).map(|_| amplification(d, at(VICTIM))).collect();
        // A little more of everything else to the same address than before.
        let more =
            |d: &mut Dice| Flow { src: random_source(d), ..Flow::to(at(VICTIM), 6, 100, 900) };
        flows.extend((0..22).map(|_| more(d)));
        flows
    };
    let usual = |d: &mut Dice| {
        let more =
            |d: &mut Dice| Flow { src: random_source(d), ..Flow::to(at(VICTIM), 6, 100, 900) };
        (0..44).map(|_| more(d)).collect()
    };
    let learnt = Held::of(TARGET, usual, attack).learn(TARGET);
    assert_good(&learnt);
    assert_eq!(learnt.rules.len(), 1, "{learnt:#?}");
}

#[test]
fn ports_that_a_handful_of_records_happen_to_have_are_no_trait() {
    let few = |d: &mut Dice| match d.below(4) {
        0 => vec![Flow {
            src_port: ephemeral(d),
            dst_port: ephemeral(d),
            src: random_source(d),
            ..Flow::to(at(VICTIM), 17, 4_000, 1_000)
        }],
        _ => Vec::new(),
    };
    let usual = |d: &mut Dice| match d.below(8) {
        0 => vec![Flow {
            src_port: ephemeral(d),
            dst_port: ephemeral(d),
            ..Flow::to(at(VICTIM), 17, 10, 100)
        }],
        _ => Vec::new(),
    };
    let learnt = Held::of(TARGET, usual, few).learn(TARGET);
    assert_good(&learnt);
    assert!(learnt.rules[0].src_ports.is_empty() && learnt.rules[0].dst_ports.is_empty());
    assert_eq!(learnt.rules[0].protocol, Some(17));
}

#[test]
fn without_a_trait_there_is_no_rule_that_would_stop_everything() {
    let attack = |d: &mut Dice| (0..40).map(|_| amplification(d, at(VICTIM))).collect();
    let mut held = Held::of(TARGET, people, attack);
    let blind = [Field::DstAddress, Field::Bytes].into_iter().collect();
    held.ground = for_analysis(TARGET.parse().unwrap(), blind);
    let learnt = held.learn(TARGET);
    assert!(learnt.rules.is_empty(), "{learnt:#?}");
    assert_eq!(learnt.destinations.len(), 1, "where it goes to is still told");
}

#[test]
fn other_targets_are_not_looked_at() {
    let attack = |d: &mut Dice| (0..40).map(|_| amplification(d, at("192.0.2.9"))).collect();
    assert!(Held::of(TARGET, people, attack).learn("203.0.113.0/24").rules.is_empty());
}

#[test]
fn the_length_of_the_windows_is_told_by_when_batches_arrived() {
    let held = Held::of(TARGET, people, |_| Vec::new());
    let scale = scale(&held.during(), &held.before());
    assert!((scale - 0.5).abs() < 0.01, "{scale}");
    let one = |from| held.window(from, from + 1);
    assert_eq!(super::scale(&one(60_000), &one(0)), 1.0);
    assert_eq!(super::scale(&[], &one(0)), 0.0);
}

#[test]
fn what_goes_along_with_an_attack_is_not_worth_every_connection() {
    let attack = |d: &mut Dice| {
        let mut flows: Vec<Flow> = (0..40).map(|_| amplification(d, at(VICTIM))).collect();
        // Scans that are there all the time, seen for the first time now.
        let scan = |d: &mut Dice| Flow {
            src: random_source(d),
            src_port: ephemeral(d),
            dst_port: ephemeral(d),
            sampling: 100,
            ..Flow::to(at(VICTIM), 6, 100, 60)
        };
        flows.extend((0..60).map(|_| scan(d)));
        flows
    };
    let learnt = Held::of(TARGET, people, attack).learn(TARGET);
    assert_eq!(learnt.rules.len(), 1, "{learnt:#?}");
    assert_eq!(learnt.rules[0].src_ports, one(123));
    assert!(!learnt.stops_new_connections && (0.7..0.9).contains(&learnt.coverage));
}

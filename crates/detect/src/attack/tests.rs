//! What is found, when, and what is not: in a made-up network, with numbers from a seed.

mod calm;

use terms::{Class, ExporterId, FindingKind, Span};

use super::*;
use crate::tests::traffic::{Flow, at};
use crate::tests::world::{NUMBERS, POOL, STATIC, V6, World, config, look, said};

/// Only those that began, with the interval they began in.
fn began(changes: &[(u64, Change)]) -> Vec<(u64, String)> {
    let began = |c: &&(u64, Change)| matches!(c.1, Change::Began { .. });
    changes.iter().filter(began).map(|(n, c)| (*n, said(c))).collect()
}

fn found_within_three(more: impl Fn(&mut World) -> Vec<Flow>, target: &str) -> Finding {
    let mut world = World::known();
    let start = world.time();
    let changes = world.run(10, more);
    assert_eq!(began(&changes), [(3, format!("began {target}"))]);
    assert_eq!(changes.len(), 8, "goes on in every interval after");
    let finding = look(&changes[0].1);
    assert_eq!(finding.target.to_string(), target);
    assert_eq!(finding.since, start);
    assert_eq!(finding.at, start.after(Span::seconds(30)));
    assert_eq!(finding.exporters, [ExporterId(4)]);
    assert!(finding.at_least_bits <= finding.seen.bits);
    finding
}

#[test]
fn amplification_at_one_customer_is_found_at_its_address() {
    let to = at("198.51.100.20");
    let attack = |w: &mut World| vec![w.flow(to, Class::UdpAmplifier, 2e9, 468)];
    let finding = found_within_three(attack, "198.51.100.20/32");
    assert_eq!((finding.kind, finding.class), (FindingKind::Destination, Class::UdpAmplifier));
    assert!(finding.share > 0.85 && finding.seen.bits > 2e9);
    assert!(finding.at_least_bits > finding.expected.bits && finding.expected.bits < 6e8);
}

#[test]
fn a_syn_flood_is_found_though_its_bits_are_few() {
    let to = at("198.51.100.30");
    let attack = |w: &mut World| vec![w.flow(to, Class::TcpSyn, 8e7, 60)];
    let finding = found_within_three(attack, "198.51.100.30/32");
    assert_eq!((finding.kind, finding.class), (FindingKind::Destination, Class::TcpSyn));
    assert!(finding.seen.packets > finding.expected.packets);
}

#[test]
fn an_address_that_never_received_anything_is_watched_too() {
    let to = at("198.51.100.99");
    let attack = |w: &mut World| vec![w.flow(to, Class::Udp, 1e8, 512)];
    let finding = found_within_three(attack, "198.51.100.99/32");
    assert_eq!(finding.kind, FindingKind::Destination);
}

#[test]
fn a_prefix_bombed_thinly_across_its_addresses_is_found_as_a_prefix() {
    let attack = |w: &mut World| {
        let to = |i: u32| w.flow(at("198.51.100.0") + u128::from(i), Class::UdpAmplifier, 4e6, 468);
        (0..256).map(to).collect()
    };
    let finding = found_within_three(attack, STATIC);
    assert_eq!((finding.kind, finding.class), (FindingKind::Carpet, Class::UdpAmplifier));
    assert!(finding.seen.bits > 1e9);
}

#[test]
fn a_prefix_is_bombed_when_many_of_its_hosts_are_over_their_bands() {
    let attack = |w: &mut World| {
        let to = |i: u32| w.flow(at("198.51.100.0") + u128::from(i), Class::UdpAmplifier, 1e8, 468);
        (0..64).map(to).collect()
    };
    assert_eq!(found_within_three(attack, STATIC).kind, FindingKind::Carpet);
}

#[test]
fn an_ipv6_host_and_an_ipv6_prefix_are_found_alike() {
    let to = at("2001:db8::77");
    let one = |w: &mut World| vec![w.flow(to, Class::Icmp, 3e8, 1_000)];
    assert_eq!(found_within_three(one, "2001:db8::77/128").kind, FindingKind::Destination);
    let many = |w: &mut World| {
        let to = |i: u32| w.flow(at("2001:db8::") + (u128::from(i) << 64), Class::Udp, 2e6, 300);
        (0..500).map(to).collect()
    };
    assert_eq!(found_within_three(many, V6).kind, FindingKind::Carpet);
}

#[test]
fn in_a_dynamic_pool_the_target_is_the_pool() {
    let to = at("192.0.2.77");
    let attack = |w: &mut World| vec![w.flow(to, Class::UdpAmplifier, 1e9, 468)];
    let finding = found_within_three(attack, POOL);
    assert_eq!(finding.kind, FindingKind::Carpet);
}

#[test]
fn small_tcp_packets_in_mass_are_found() {
    let to = at("198.51.100.20");
    let attack = |w: &mut World| vec![w.flow(to, Class::Tcp, 4e8, 52)];
    let finding = found_within_three(attack, "198.51.100.20/32");
    assert_eq!(finding.class, Class::Tcp);
}

#[test]
fn an_attack_on_a_host_and_one_on_its_prefix_are_two_findings() {
    let mut world = World::known();
    let changes = world.run(4, |w| {
        let mut flows = vec![w.flow(at("198.51.100.20"), Class::Icmp, 1e9, 1_000)];
        let to = |i: u32| w.flow(at("198.51.100.0") + u128::from(i), Class::UdpAmplifier, 4e6, 468);
        flows.extend((100..256).map(to));
        flows
    });
    let expected = [format!("began {STATIC}"), "began 198.51.100.20/32".to_owned()];
    assert_eq!(began(&changes), expected.map(|s| (3, s)));
    // What the host explains is not in the prefix's finding.
    let carpet = look(&changes[0].1);
    assert_eq!(carpet.class, Class::UdpAmplifier);
    assert!(carpet.seen.bits < 1.2e9, "{}", carpet.seen.bits);
}

#[test]
fn a_finding_names_only_exporters_of_the_kind_that_is_abnormal() {
    let mut world = World::known();
    let mut last = Vec::new();
    for _ in 0..3 {
        let usual = world.usual();
        let flood = [world.flow(at("192.0.2.9"), Class::UdpAmplifier, 1e9, 468)];
        let quiet = [world.flow(at("192.0.2.9"), Class::Tcp, 1e6, 900)];
        last = world.pass_by(&[(4, &usual), (9, &flood), (2, &quiet)]).changes;
    }
    // Exporter 4 carries some of that kind at all times, 2 does not.
    assert_eq!(look(&last[0]).exporters, [ExporterId(4), ExporterId(9)]);
}

#[test]
fn too_few_sampled_packets_are_no_finding() {
    let mut world = World::known();
    let lucky = |sampling: u32, packets: u64| Flow {
        sampling,
        src_port: 123,
        ..Flow::to(at("192.0.2.77"), 17, packets, 1_000)
    };
    // 200 Mbit/s by the estimate, from five sampled packets; then from five hundred.
    for (flow, findings) in [(lucky(50_000, 5), 0), (lucky(500, 500), 1)] {
        let changes = world.run(6, |_| vec![flow]);
        assert_eq!(began(&changes).len(), findings, "{} packets", flow.packets);
    }
}

#[test]
fn two_intervals_are_not_enough() {
    let mut world = World::known();
    for _ in 0..5 {
        let attack = |w: &mut World| vec![w.flow(at("192.0.2.9"), Class::UdpAmplifier, 1e9, 468)];
        assert!(world.run(2, attack).is_empty());
        assert!(world.run(1, |_| Vec::new()).is_empty());
    }
}

#[test]
fn nothing_below_the_floor_is_found() {
    let mut world = World::known();
    let below = |w: &mut World| vec![w.flow(at("198.51.100.99"), Class::UdpAmplifier, 4e7, 468)];
    assert!(world.run(10, below).is_empty());
}

#[test]
fn before_the_baseline_is_warm_only_what_is_plain_is_found() {
    let flood = |class, bits| {
        let mut world = World::of(&config());
        began(&world.run(10, |w| vec![w.flow(at("192.0.2.9"), class, bits, 468)])).len()
    };
    assert_eq!(flood(Class::UdpAmplifier, 4e8), 0, "below ten times the floor");
    assert_eq!(flood(Class::UdpAmplifier, 4e9), 1);
    assert_eq!(flood(Class::Udp, 4e9), 0, "may be what people use there");
}

#[test]
fn an_attack_is_not_learnt_and_ends_when_it_is_over() {
    let mut world = World::known();
    let usual =
        |world: &World| world.attack.bands().iter().map(|b| b.expected_high.bits).sum::<f64>();
    let before = usual(&world);
    let attack = |w: &mut World| vec![w.flow(at("192.0.2.9"), Class::UdpAmplifier, 2e9, 468)];
    let changes = world.run(500, attack);
    assert_eq!((began(&changes).len(), changes.len()), (1, 498));
    assert!((usual(&world) / before - 1.0).abs() < 0.05, "still what it was");
    let end = world.time();
    let after = world.run(20, |_| Vec::new());
    let lines: Vec<_> = after.iter().map(|(n, c)| (*n, said(c))).collect();
    assert_eq!(lines, [(5, format!("ended {POOL}"))]);
    assert!(matches!(after[0].1, Change::Ended { at, .. } if at == end.after(Span::seconds(50))));
    assert_eq!(began(&world.run(5, attack)), [(3, format!("began {POOL}"))], "and found again");
}

#[test]
fn an_attack_that_pauses_for_less_than_the_calm_has_not_ended() {
    let mut world = World::known();
    let attack = |w: &mut World| vec![w.flow(at("192.0.2.9"), Class::UdpAmplifier, 2e9, 468)];
    assert_eq!(world.run(3, attack).len(), 1);
    for _ in 0..10 {
        assert!(world.run(4, |_| Vec::new()).is_empty());
        let again = world.run(1, attack);
        assert_eq!(said(&again[0].1), format!("continues {POOL}"));
    }
}

#[test]
fn the_same_traffic_gives_the_same_findings() {
    let replay = || {
        let mut world = World::known();
        let attack = |w: &mut World| vec![w.flow(at("198.51.100.20"), Class::Icmp, 2e9, 900)];
        let mut changes = world.run(20, attack);
        changes.extend(world.run(10, |_| Vec::new()));
        let of = |(n, c): &(u64, Change)| {
            let finding = (!matches!(c, Change::Ended { .. })).then(|| look(c));
            (*n, said(c), finding)
        };
        (changes.iter().map(of).collect::<Vec<_>>(), world.attack.bands())
    };
    assert_eq!(replay(), replay());
}

//! What is no attack: crowds, days and nights, silence.

use super::*;
use crate::Config;

/// The usual mix of the pool, so many times over.
fn crowd(times: f64) -> impl Fn(&mut World) -> Vec<Flow> {
    move |w| w.mix(at("192.0.2.5"), 1e9 * (times - 1.0), 0.1)
}

#[test]
fn a_crowd_is_no_finding_but_a_surge() {
    let mut world = World::known();
    for number in 1..=20 {
        let mut flows = world.usual();
        flows.extend(crowd(5.0)(&mut world));
        let observed = world.pass(&flows);
        assert!(observed.changes.is_empty(), "{:?}", observed.changes);
        if number == 3 {
            let surge = observed.surges[0];
            assert_eq!(surge.prefix.to_string(), POOL);
            assert!(surge.seen.bits > 4.5e9 && surge.expected.bits < 2e9);
        }
    }
}

#[test]
fn a_crowd_that_only_uses_tcp_is_no_finding() {
    let mut world = World::known();
    let only_tcp = |w: &mut World| {
        let to = at("198.51.100.30");
        vec![w.flow(to, Class::Tcp, 2e9, 900), w.flow(to, Class::TcpSyn, 8e6, 60)]
    };
    let changes = world.run(60, only_tcp);
    assert!(changes.is_empty(), "{changes:?}");
}

#[test]
fn somebody_who_sends_much_by_tcp_is_no_finding() {
    let mut world = World::known();
    let copy = |w: &mut World| vec![w.flow(at("198.51.100.99"), Class::Tcp, 8e8, 1_460)];
    assert!(world.run(60, copy).is_empty());
}

#[test]
fn a_crowd_that_stays_becomes_usual() {
    let mut world = World::known();
    world.run(600, crowd(3.0));
    let mut flows = world.usual();
    flows.extend(crowd(3.0)(&mut world));
    assert!(world.pass(&flows).surges.is_empty());
}

#[test]
fn long_noisy_days_and_nights_give_no_finding() {
    // Ten minutes an interval, three weeks; each hour of the day has its own usual.
    let config = Config { slots: 24, period: Span::days(1), ..config() };
    let mut world = World::of(&config);
    world.length = Span::minutes(10);
    let mut surges = 0;
    for number in 0..3 * 7 * 144_u32 {
        let hour = f64::from(number % 144) / 6.0;
        // Four times as much in the evening as before dawn.
        let day = 1.0 + 0.6 * ((hour - 21.0) / 24.0 * core::f64::consts::TAU).cos();
        let mut flows = Vec::new();
        for (to, bits) in [
            ("192.0.2.5", 1e9),
            ("198.51.100.20", 2e8),
            ("198.51.100.30", 6e7),
            ("2001:db8::5", 2e8),
        ] {
            let wave = day * (1.0 + 0.15 * world.dice.noise()).max(0.1);
            flows.extend(world.mix(at(to), bits * wave, 0.2));
        }
        // Now and then somebody fetches something large by TCP, or a tunnel is busy.
        if world.dice.below(20) == 0 {
            flows.push(world.flow(at("192.0.2.9"), Class::Tcp, 4e8, 1_460));
        }
        if world.dice.below(40) == 0 {
            flows.push(world.flow(at("192.0.2.10"), Class::Other, 4e7, 1_300));
        }
        let observed = world.pass(&flows);
        assert!(observed.changes.is_empty(), "{number}: {:?}", observed.changes);
        surges += observed.surges.len();
    }
    assert_eq!(surges, 0);
}

#[test]
fn an_attack_at_night_is_measured_against_the_night() {
    let config = Config { slots: 2, period: Span::minutes(20), ..config() };
    let mut world = World::of(&config);
    let (day, night) = (5e9, 1e8);
    for number in 0..60 * 9 {
        let bits = if number / 60 % 2 == 0 { day } else { night };
        let flows = world.mix(at("192.0.2.5"), bits, 0.1);
        let observed = world.pass(&flows);
        assert!(observed.changes.is_empty(), "{number}: {:?}", observed.changes);
    }
    // The first half minute of the next night, with an attack that the day would hide.
    let mut found = Vec::new();
    for _ in 0..3 {
        let mut flows = world.mix(at("192.0.2.5"), night, 0.1);
        flows.push(world.flow(at("192.0.2.5"), Class::Udp, 3e8, 500));
        found.extend(world.pass(&flows).changes);
    }
    assert_eq!(found.iter().map(said).collect::<Vec<_>>(), [format!("began {POOL}")]);
    assert!(world.attack.bands()[0].expected_high.bits < 2.0 * night);
}

#[test]
fn silence_is_not_calm_and_is_not_learnt() {
    let mut world = World::known();
    let before = world.attack.bands();
    for _ in 0..100 {
        assert!(world.pass_by(&[]).changes.is_empty());
    }
    assert_eq!(world.attack.bands(), before);
    // An exporter that is heard, but never carried this traffic, says nothing of it.
    let foreign = [Flow::to(at("203.0.113.9"), 6, 1, 100)];
    for _ in 0..100 {
        assert!(world.pass_by(&[(8, &foreign)]).changes.is_empty());
    }
    assert_eq!(world.attack.bands(), before);
    let attack = |w: &mut World| vec![w.flow(at("192.0.2.9"), Class::UdpAmplifier, 2e9, 468)];
    assert_eq!(world.run(3, attack).len(), 1);
    for _ in 0..100 {
        assert!(world.pass_by(&[(8, &foreign)]).changes.is_empty(), "not ended");
    }
    assert_eq!(world.run(5, |_| Vec::new()).len(), 1, "ended");
}

#[test]
fn no_traffic_is_calm_when_its_exporter_is_heard() {
    let mut world = World::known();
    let attack = |w: &mut World| vec![w.flow(at("192.0.2.9"), Class::UdpAmplifier, 2e9, 468)];
    world.run(3, attack);
    let foreign = [Flow::to(at("203.0.113.9"), 6, 1, 100)];
    let ended: Vec<_> = (0..5).flat_map(|_| world.pass_by(&[(4, &foreign)]).changes).collect();
    assert_eq!(ended.iter().map(said).collect::<Vec<_>>(), [format!("ended {POOL}")]);
}

#[test]
fn while_one_of_its_exporters_is_silent_an_attack_does_not_end() {
    let mut world = World::known();
    let pass = |w: &mut World, both: bool| {
        let usual = w.usual();
        let flood = [w.flow(at("192.0.2.9"), Class::UdpAmplifier, 2e9, 468)];
        let all: [(u32, &[Flow]); 2] = [(4, &usual), (9, &flood)];
        w.pass_by(if both { &all } else { &all[..1] }).changes
    };
    for _ in 0..3 {
        pass(&mut world, true);
    }
    for _ in 0..20 {
        assert!(pass(&mut world, false).is_empty());
    }
    // Silent for as long as a baseline warms up, it is taken as gone.
    let gone: Vec<_> = (0..20).flat_map(|_| pass(&mut world, false)).collect();
    assert_eq!(gone.iter().map(said).collect::<Vec<_>>(), [format!("ended {POOL}")]);
}

#[test]
fn half_of_the_traffic_is_not_learnt_as_less_traffic() {
    let mut world = World::known();
    let pass = |w: &mut World, both: bool| {
        let (one, other) = (w.usual(), w.usual());
        let all: [(u32, &[Flow]); 2] = [(4, &one), (9, &other)];
        w.pass_by(if both { &all } else { &all[..1] });
        w.attack.bands()[0].expected_high.bits
    };
    let before = (0..300).map(|_| pass(&mut world, true)).last().unwrap();
    let after = (0..25).map(|_| pass(&mut world, false)).last().unwrap();
    assert!((after / before - 1.0).abs() < 0.01, "{before} {after}");
}

#[test]
fn a_host_of_a_pool_is_not_watched_even_if_somebody_counted_it() {
    let mut world = World::of(&config());
    let mut pools = config();
    for own in &mut pools.own {
        own.addressing = Addressing::Dynamic;
    }
    world.attack = Attack::new(&pools);
    assert!(world.run(60, |_| Vec::new()).is_empty());
    let attack = |w: &mut World| vec![w.flow(at("198.51.100.20"), Class::Icmp, 2e9, 900)];
    assert_eq!(began(&world.run(5, attack)), [(3, format!("began {STATIC}"))]);
}

#[test]
fn what_is_there_to_stay_can_be_learnt_anew() {
    let mut world = World::known();
    let moved_in = |w: &mut World| vec![w.flow(at("198.51.100.20"), Class::Udp, 4e8, 600)];
    assert_eq!(began(&world.run(100, moved_in)).len(), 1);
    world.attack.learn_anew(&"198.51.100.20/32".parse().unwrap());
    let changes = world.run(200, moved_in);
    let lines: Vec<_> = changes.iter().map(|c| said(&c.1)).collect();
    assert_eq!(lines, ["ended 198.51.100.20/32"]);
    world.attack.learn_anew(&"203.0.113.0/24".parse().unwrap());
}

#[test]
fn bands_are_of_prefixes_only_and_hold_what_was_seen() {
    let world = World::known();
    let bands = world.attack.bands();
    let prefixes: Vec<_> = bands.iter().map(|b| b.prefix.to_string()).collect();
    assert_eq!(prefixes, [POOL, STATIC, V6]);
    for band in bands {
        assert!(band.expected_low.bits < band.seen.bits);
        assert!(band.seen.bits < band.expected_high.bits);
        assert!(band.expected_low.packets < band.seen.packets);
    }
    let mut world = World::of(&config());
    world.pass_by(&[]);
    assert!(world.attack.bands().is_empty(), "nothing was heard yet");
}

#[test]
fn numbers_that_are_none_find_nothing_and_break_nothing() {
    for numbers in [
        Numbers { band: f64::NAN, ..NUMBERS },
        Numbers { floor_bits: f64::NAN, ..NUMBERS },
        Numbers { band: f64::INFINITY, floor_bits: f64::INFINITY },
    ] {
        let mut world = World::known();
        for _ in 0..5 {
            let mut flows = world.usual();
            flows.push(world.flow(at("198.51.100.20"), Class::Icmp, 2e9, 900));
            assert!(world.pass_with(&flows, numbers).changes.is_empty(), "{numbers:?}");
        }
    }
    let mut world = World::known();
    world.length = Span(0);
    assert!(world.pass(&[]).changes.is_empty());
}

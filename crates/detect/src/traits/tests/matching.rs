//! What a rule matches, and that coverage and collateral are counted by just that.

use proptest::prelude::*;

use super::*;

fn any_record() -> impl Strategy<Value = Record> {
    let port = || proptest::option::of(0_u16..6);
    let most = (proptest::option::of(0_u128..4), proptest::option::of(0_u8..3), port(), port());
    let rest = (proptest::option::of(0_u16..32), port(), proptest::option::of(any::<bool>()));
    (most, rest, 0_u64..1_000).prop_map(
        |((source, protocol, src_port, dst_port), (tcp_flags, size, fragment), bytes)| Record {
            source: source.map(|s| at("203.0.113.0") + s),
            destination: Some(at(VICTIM)),
            protocol,
            src_port,
            dst_port,
            tcp_flags,
            size,
            fragment,
            bytes,
        },
    )
}

fn any_traits() -> impl Strategy<Value = Traits> {
    let ports = || {
        let range = (0_u16..6, 0_u16..3).prop_map(|(a, n)| PortRange { first: a, last: a + n });
        proptest::collection::vec(range, 0..3)
    };
    let size = (0_u16..6, 0_u16..3).prop_map(|(a, n)| SizeRange { least: a, most: a + n });
    let flags = (0_u8..4, 0_u8..4).prop_map(|(set, unset)| TcpFlags { set, unset: unset << 2 });
    let source =
        (30_u8..=32).prop_map(|len| IpNet::new("203.0.113.1".parse().unwrap(), len).unwrap());
    (
        proptest::option::of(source),
        proptest::option::of(0_u8..3),
        ports(),
        ports(),
        proptest::option::of(size),
        proptest::option::of(flags),
        any::<bool>(),
    )
        .prop_map(|(source, protocol, src_ports, dst_ports, size, tcp_flags, fragments)| {
            Traits { source, protocol, src_ports, dst_ports, size, tcp_flags, fragments }
        })
}

proptest! {
    #[test]
    fn a_rule_with_one_trait_less_never_matches_less(traits in any_traits(), record in any_record()) {
        let wider = [
            Traits { source: None, ..traits.clone() },
            Traits { protocol: None, ..traits.clone() },
            Traits { src_ports: Vec::new(), ..traits.clone() },
            Traits { dst_ports: Vec::new(), ..traits.clone() },
            Traits { size: None, ..traits.clone() },
            Traits { tcp_flags: None, ..traits.clone() },
            Traits { fragments: false, ..traits.clone() },
        ];
        // It matches exactly what each of its traits by itself matches.
        let alone = matches(&traits, &record);
        if alone {
            prop_assert!(wider.iter().all(|w| matches(w, &record)));
        }
        prop_assert!(matches(&Traits::default(), &record));
        let single = [
            Traits { source: traits.source, ..Traits::default() },
            Traits { protocol: traits.protocol, ..Traits::default() },
            Traits { src_ports: traits.src_ports.clone(), ..Traits::default() },
            Traits { dst_ports: traits.dst_ports.clone(), ..Traits::default() },
            Traits { size: traits.size, ..Traits::default() },
            Traits { tcp_flags: traits.tcp_flags, ..Traits::default() },
            Traits { fragments: traits.fragments, ..Traits::default() },
        ];
        prop_assert_eq!(alone, single.iter().all(|s| matches(s, &record)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn coverage_and_collateral_are_what_matches_says(
        port in 1_u16..2_000,
        size in 100_u64..1_400,
        flows in 1_u64..60,
        seed in any::<u64>(),
    ) {
        let attack = |d: &mut Dice| {
            let flow = |d: &mut Dice| Flow { src_port: port, ..amplification(d, at(VICTIM)) };
            (0..flows).map(|_| { let f = flow(d); Flow { bytes: f.packets * size, ..f } }).collect()
        };
        let mut first = Some(Dice(seed));
        let usual = |d: &mut Dice| { if let Some(dice) = first.take() { *d = dice; } people(d) };
        let held = Held::of(TARGET, usual, attack);
        let (during, before) = (held.during(), held.before());
        let learnt = learn(&during, &before, TARGET.parse().unwrap());
        let bytes = |window: &[Columns<'_, Flows>], only: bool| {
            let rule = |r: &Record| !only || learnt.rules.iter().any(|t| matches(t, r));
            all(window, learnt.scope).filter(rule).map(|r| r.bytes).sum::<u64>() as f64
        };
        let scale = scale(&during, &before);
        let attack = bytes(&during, false) - scale * bytes(&before, false);
        let covered = bytes(&during, true) - scale * bytes(&before, true);
        prop_assert!((learnt.coverage - (covered / attack).clamp(0.0, 1.0)).abs() < 1e-9);
        let (taken, usual) = (bytes(&before, true), bytes(&before, false));
        prop_assert!((learnt.collateral.unwrap() - taken / usual).abs() < 1e-9);
        prop_assert!(learnt.rules.iter().all(|r| *r != Traits::default()));
    }
}

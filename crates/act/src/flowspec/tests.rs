//! Each part of a mitigation becomes the FlowSpec component that means it, or an error.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use terms::{CaseId, MitigationId, OwnPrefix, Time};

use super::*;

pub(crate) fn own(prefix: &str) -> OwnPrefix {
    OwnPrefix::try_from(prefix.parse::<IpNet>().unwrap()).unwrap()
}

pub(crate) fn plan(scope: Scope, traits: Vec<Traits>, action: Action) -> Mitigation {
    let ends = Time(i64::MAX / 2);
    Mitigation { id: MitigationId(7), case: CaseId(1), scope, traits, action, ends }
}

/// `flow4 { dst 192.0.2.7/32; proto = 17; sport = 53 }` with this action.
pub(crate) fn rule_of(action: Action) -> Rule {
    let plan = plan(Scope::OwnDestination(own("192.0.2.7/32")), vec![dns()], action);
    rules(&plan).unwrap().remove(0)
}

fn dns() -> Traits {
    Traits { protocol: Some(17), src_ports: ports_of(&[(53, 53)]), ..Traits::default() }
}

fn ports_of(ranges: &[(u16, u16)]) -> Vec<PortRange> {
    ranges.iter().map(|&(first, last)| PortRange { first, last }).collect()
}

fn texts(scope: Scope, traits: Vec<Traits>, action: Action) -> Vec<String> {
    rules(&plan(scope, traits, action)).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn a_rule_says_everything_its_traits_say() {
    let traits = Traits {
        source: Some("198.51.100.9/24".parse().unwrap()),
        protocol: Some(17),
        src_ports: ports_of(&[(123, 123), (53, 53), (50, 52), (60, 70), (65, 80)]),
        dst_ports: ports_of(&[(1024, 65535)]),
        size: Some(SizeRange { least: 500, most: 1500 }),
        tcp_flags: None,
        fragments: false,
    };
    let scope = Scope::OwnDestination(own("192.0.2.7/32"));
    assert_eq!(
        texts(scope, vec![traits], Action::RateLimit(125_000)),
        ["flow4 { dst 192.0.2.7/32; src 198.51.100.0/24; proto = 17; dport >= 1024 & <= 65535; \
          sport >= 50 & <= 53, >= 60 & <= 80, = 123; length >= 500 & <= 1500 } rate 125000 bytes/s"]
    );
}

#[test]
fn tcp_bits_that_are_set_and_that_are_not_become_two_terms() {
    let flags = TcpFlags { set: 0x02, unset: 0x14 };
    let traits = Traits { protocol: Some(6), tcp_flags: Some(flags), ..Traits::default() };
    let scope = Scope::OwnDestination(own("2001:db8:7::/48"));
    let plan = plan(scope, vec![traits], Action::Discard);
    let rule = &rules(&plan).unwrap()[0];
    let text =
        "flow6 { dst 2001:db8:7::/48; proto = 6; tcp-flags all of SYN & none of RST+ACK } discard";
    assert_eq!(rule.to_string(), text);
    // RFC 8955 §4.2.1.2: 0x01 all of these bits; 0xc2 end, and, not any of these bits.
    assert!(rule.nlri().ends_with(&[9, 0x01, 0x02, 0xc2, 0x14]), "{:02x?}", rule.nlri());
}

#[test]
fn a_fragment_rule_means_fragments_that_are_not_the_first() {
    let traits = Traits { fragments: true, ..Traits::default() };
    let plan = plan(Scope::OwnDestination(own("192.0.2.7/32")), vec![traits], Action::Discard);
    let rule = &rules(&plan).unwrap()[0];
    assert_eq!(rule.to_string(), "flow4 { dst 192.0.2.7/32; fragment, not the first } discard");
    assert_eq!(rule.nlri(), [9, 1, 32, 192, 0, 2, 7, 12, 0x81, 0x02]);
}

#[test]
fn the_bytes_are_those_of_the_standard() {
    // RFC 8955 §4.3: packets to 192.0.2.0/24 by TCP to port 25 is 0b 01 18 c0 00 02 03 81 06 04 81 19
    // with component 4 (any port); here it is the destination port, component 5.
    let traits =
        Traits { protocol: Some(6), dst_ports: ports_of(&[(25, 25)]), ..Traits::default() };
    let plan = plan(Scope::OwnDestination(own("192.0.2.0/24")), vec![traits], Action::Discard);
    let bytes = [0x0b, 0x01, 0x18, 0xc0, 0x00, 0x02, 0x03, 0x81, 0x06, 0x05, 0x81, 0x19];
    assert_eq!(rules(&plan).unwrap()[0].nlri(), bytes);
}

#[test]
fn an_own_source_is_never_widened() {
    let scope = || Scope::OwnSource(own("192.0.2.0/24"));
    let from = |source: &str| Traits { source: Some(source.parse().unwrap()), ..dns() };
    let text = |source| texts(scope(), vec![from(source)], Action::Discard).remove(0);
    assert!(text("192.0.2.7/32").contains("src 192.0.2.7/32"));
    assert!(text("192.0.0.0/16").contains("src 192.0.2.0/24"));
    assert!(texts(scope(), vec![dns()], Action::Discard)[0].contains("src 192.0.2.0/24"));
    let outside = plan(scope(), vec![from("198.51.100.0/24")], Action::Discard);
    let error = rules(&outside).unwrap_err();
    assert!(matches!(
        error,
        ActError::Traits { nth: 1, cause: TraitsError::SourceOutside { .. }, .. }
    ));
}

#[test]
fn equal_matches_are_one_rule_whatever_the_order_of_their_ports() {
    let one = Traits { dst_ports: ports_of(&[(80, 80), (443, 443)]), ..Traits::default() };
    let other = Traits { dst_ports: ports_of(&[(443, 443), (80, 80)]), ..Traits::default() };
    let scope = Scope::OwnDestination(own("192.0.2.7/32"));
    assert_eq!(texts(scope, vec![one, other], Action::Discard).len(), 1);
}

#[test]
fn a_plan_that_cannot_be_a_rule_is_refused_with_the_reason() {
    let v4 = || Scope::OwnDestination(own("192.0.2.7/32"));
    let refuse = |scope, traits: Vec<Traits>| {
        let error = rules(&plan(scope, traits, Action::Discard)).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", cause.unwrap_or_default())
    };
    let standing = Scope::Standing(own("192.0.2.0/24"));
    assert!(refuse(standing, vec![dns()]).contains("standing filter"));
    assert!(refuse(v4(), vec![]).contains("no traits"));
    let v6: IpNet = "2001:db8::/32".parse().unwrap();
    let mixed = Traits { source: Some(v6), ..Traits::default() };
    assert!(refuse(v4(), vec![dns(), mixed]).contains("traits 2 of mitigation 7"));
    let ports = Traits { dst_ports: ports_of(&[(2, 1)]), ..Traits::default() };
    assert!(refuse(v4(), vec![ports]).contains("port range 2 to 1"));
    let size = Some(SizeRange { least: 9, most: 8 });
    assert!(refuse(v4(), vec![Traits { size, ..Traits::default() }]).contains("9 to 8"));
    let tcp_flags = Some(TcpFlags { set: 0x12, unset: 0x10 });
    assert!(refuse(v4(), vec![Traits { tcp_flags, ..Traits::default() }]).contains("0x10"));
    let many: Vec<(u16, u16)> = (0..2000).map(|n| (n * 2 + 256, n * 2 + 256)).collect();
    let long = Traits { dst_ports: ports_of(&many), ..Traits::default() };
    assert!(refuse(v4(), vec![long]).contains("does not fit"));
}

fn any_net() -> impl Strategy<Value = IpNet> {
    let v4 = (any::<u32>(), 0_u8..=32)
        .prop_map(|(a, l)| IpNet::new(std::net::Ipv4Addr::from(a).into(), l).unwrap());
    let v6 = (any::<u128>(), 0_u8..=128)
        .prop_map(|(a, l)| IpNet::new(std::net::Ipv6Addr::from(a).into(), l).unwrap());
    prop_oneof![v4, v6]
}

fn any_traits() -> impl Strategy<Value = Traits> {
    let ports = || {
        vec((any::<u16>(), any::<u16>()).prop_map(|(first, last)| PortRange { first, last }), 0..4)
    };
    let size = (any::<u16>(), any::<u16>()).prop_map(|(least, most)| SizeRange { least, most });
    let flags = (any::<u8>(), any::<u8>()).prop_map(|(set, unset)| TcpFlags { set, unset });
    let source = prop_oneof![3 => Just(None), 1 => any_net().prop_map(Some)];
    (
        source,
        option::of(any::<u8>()),
        ports(),
        ports(),
        option::of(size),
        option::of(flags),
        any::<bool>(),
    )
        .prop_map(|(source, protocol, src_ports, dst_ports, size, tcp_flags, fragments)| {
            Traits { source, protocol, src_ports, dst_ports, size, tcp_flags, fragments }
        })
}

/// Turns ranges the right way round, so that most plans can be carried out.
fn sensible(mut traits: Traits) -> Traits {
    for range in traits.src_ports.iter_mut().chain(&mut traits.dst_ports) {
        (range.first, range.last) = (range.first.min(range.last), range.first.max(range.last));
    }
    if let Some(size) = &mut traits.size {
        (size.least, size.most) = (size.least.min(size.most), size.least.max(size.most));
    }
    if let Some(flags) = &mut traits.tcp_flags {
        flags.unset &= !flags.set;
    }
    traits
}

fn any_plan() -> impl Strategy<Value = Mitigation> {
    let own = any_net().prop_filter_map("a default route", |net| OwnPrefix::try_from(net).ok());
    let traits = prop_oneof![1 => any_traits(), 3 => any_traits().prop_map(sensible)];
    let action = prop_oneof![Just(Action::Discard), any::<u32>().prop_map(Action::RateLimit)];
    (own, 0..3, vec(traits, 0..4), action).prop_map(|(own, scope, traits, action)| {
        let scope = match scope {
            0 => Scope::OwnDestination(own),
            1 => Scope::OwnSource(own),
            _ => Scope::Standing(own),
        };
        plan(scope, traits, action)
    })
}

/// Is `value` in the ranges that these comparison terms mean (RFC 8955 §4.2.1.1)?
fn numbers_match(terms: &[NumericMatch], value: u64) -> bool {
    let mut any = false;
    let mut all = true;
    for (i, term) in terms.iter().enumerate() {
        if i > 0 && !term.and_bit {
            any |= all;
            all = true;
        }
        all &= (term.lt && value < term.value)
            || (term.gt && value > term.value)
            || (term.eq && value == term.value);
    }
    any | all
}

fn bits_match(terms: &[BitmaskMatch], bits: u16) -> bool {
    let mut any = false;
    let mut all = true;
    for (i, term) in terms.iter().enumerate() {
        if i > 0 && !term.and_bit {
            any |= all;
            all = true;
        }
        let hit =
            if term.match_bit { bits & term.value == term.value } else { bits & term.value != 0 };
        all &= hit != term.not_bit;
    }
    any | all
}

/// A packet, as far as a rule can look at it.
#[derive(Debug, Clone)]
struct Packet {
    src: IpNet,
    dst: IpNet,
    protocol: u8,
    sport: u16,
    dport: u16,
    length: u16,
    flags: u8,
    later_fragment: bool,
}

fn as_net(prefix: &FlowSpecPrefix) -> IpNet {
    net(prefix).parse().unwrap()
}

/// What the standard says the rule matches.
fn rule_matches(rule: &FlowSpecRule, p: &Packet) -> bool {
    rule.components.iter().all(|component| match component {
        FlowSpecComponent::DestinationPrefix(net) => as_net(net).contains(&p.dst),
        FlowSpecComponent::SourcePrefix(net) => as_net(net).contains(&p.src),
        FlowSpecComponent::IpProtocol(t) => numbers_match(t, p.protocol.into()),
        FlowSpecComponent::DestinationPort(t) => numbers_match(t, p.dport.into()),
        FlowSpecComponent::SourcePort(t) => numbers_match(t, p.sport.into()),
        FlowSpecComponent::PacketLength(t) => numbers_match(t, p.length.into()),
        FlowSpecComponent::TcpFlags(t) => bits_match(t, p.flags.into()),
        FlowSpecComponent::Fragment(t) => bits_match(t, if p.later_fragment { 2 } else { 0 }),
        other @ (FlowSpecComponent::Port(_)
        | FlowSpecComponent::IcmpType(_)
        | FlowSpecComponent::IcmpCode(_)
        | FlowSpecComponent::Dscp(_)
        | FlowSpecComponent::FlowLabel(_)
        | _) => panic!("a component that is never built: {other:?}"),
    })
}

/// What the plan says its traits match.
fn plan_matches(scope: &Scope, t: &Traits, p: &Packet) -> bool {
    let within = |ranges: &[PortRange], port| {
        ranges.is_empty() || ranges.iter().any(|r| r.first <= port && port <= r.last)
    };
    let own = scope.prefix().net();
    (match scope {
        Scope::OwnDestination(_) => own.contains(&p.dst),
        Scope::OwnSource(_) | Scope::Standing(_) => own.contains(&p.src),
    }) && t.source.is_none_or(|source| source.contains(&p.src))
        && t.protocol.is_none_or(|protocol| protocol == p.protocol)
        && within(&t.src_ports, p.sport)
        && within(&t.dst_ports, p.dport)
        && t.size.is_none_or(|s| s.least <= p.length && p.length <= s.most)
        && t.tcp_flags.is_none_or(|f| p.flags & f.set == f.set && p.flags & f.unset == 0)
        && (!t.fragments || p.later_fragment)
}

/// A packet that lies near the edges of what `plan` looks at, so that both answers come up.
fn near(plan: &Mitigation, traits: &Traits, pick: &[u64]) -> Packet {
    let at = |i: usize| pick[i % pick.len()];
    let host = |net: IpNet, n: u64| {
        let addr = match net {
            IpNet::V4(n4) => {
                let bits = u32::from(n4.network()) | (n as u32 & u32::from(n4.hostmask()));
                IpAddr::V4(if n.is_multiple_of(5) { n as u32 } else { bits }.into())
            }
            IpNet::V6(n6) => {
                let bits = u128::from(n6.network()) | (u128::from(n) & u128::from(n6.hostmask()));
                IpAddr::V6(if n.is_multiple_of(5) { u128::from(n) << 64 } else { bits }.into())
            }
        };
        IpNet::from(addr)
    };
    let own = plan.scope.prefix().net();
    let source = traits.source.unwrap_or(own);
    let edge = |ranges: &[PortRange], n: u64| match ranges {
        [] => n as u16,
        some => {
            let range = some[n as usize % some.len()];
            let edges =
                [range.first, range.last, range.first.wrapping_sub(1), range.last.wrapping_add(1)];
            edges[(n >> 8) as usize % 4]
        }
    };
    let size = traits.size.map_or(at(5) as u16, |s| match at(5) % 4 {
        0 => s.least,
        1 => s.most,
        2 => s.least.wrapping_sub(1),
        _ => s.most.wrapping_add(1),
    });
    let flags =
        traits.tcp_flags.map_or(0, |f| f.set) ^ if at(6) % 2 == 0 { 0 } else { at(7) as u8 };
    let own_source = matches!(plan.scope, Scope::OwnSource(_)) && at(0) % 2 == 0;
    Packet {
        src: host(if own_source { own } else { source }, at(0)),
        dst: host(own, at(1)),
        protocol: traits.protocol.filter(|_| at(2) % 4 > 0).unwrap_or(at(2) as u8),
        sport: edge(&traits.src_ports, at(3)),
        dport: edge(&traits.dst_ports, at(4)),
        length: size,
        flags,
        later_fragment: at(8) % 3 > 0,
    }
}

proptest! {
    #[test]
    fn every_rule_reads_back_as_itself_and_has_an_own_prefix(plan in any_plan()) {
        let Ok(rules) = rules(&plan) else { return Ok(()) };
        prop_assert!(!matches!(plan.scope, Scope::Standing(_)));
        for rule in &rules {
            prop_assert!(rule.reads_back());
            let decoded = decode_flowspec_nlri(rule.nlri(), rule.family().afi()).unwrap();
            prop_assert_eq!(&decoded, std::slice::from_ref(rule.flow()));
            let own = plan.scope.prefix().net();
            let holds_own = rule.flow().components.iter().any(|c| match (&plan.scope, c) {
                (Scope::OwnDestination(_), FlowSpecComponent::DestinationPrefix(p)) => {
                    as_net(p) == own
                }
                (Scope::OwnSource(_), FlowSpecComponent::SourcePrefix(p)) => {
                    own.contains(&as_net(p))
                }
                _ => false,
            });
            prop_assert!(holds_own);
            prop_assert!(!rule.to_string().contains("component"));
        }
    }

    #[test]
    fn a_rule_matches_a_packet_exactly_when_the_plan_does(
        plan in any_plan(),
        picks in vec(vec(any::<u64>(), 9), 16),
    ) {
        for traits in &plan.traits {
            let Ok(rule) = rule(&plan.scope, traits, plan.action) else { continue };
            for pick in &picks {
                let packet = near(&plan, traits, pick);
                let says = plan_matches(&plan.scope, traits, &packet);
                prop_assert_eq!(rule_matches(&rule.flow, &packet), says, "{} {:?}", rule, packet);
            }
        }
    }
}

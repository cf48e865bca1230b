//! The made-up operator that stories are played at: its people, lines, numbers and exporters.

use decide::{LineEntry, LineKind, PersonEntry};
use ground::{Number, Role};
use terms::{Class, IpNet, Line, OwnPrefixes, PortRange, SizeRange, TcpFlags, Traits};

/// Legal, operations and the abuse desk: the people who `begin`.
pub(crate) const LEGAL: &str = "yamada";
/// Operations.
pub(crate) const NOC: &str = "sato";

/// The usual staff.
const STAFF: [(&str, Role); 5] = [
    (LEGAL, Role::Legal),
    (NOC, Role::Operations),
    ("suzuki", Role::Operations),
    ("tanaka", Role::Desk),
    ("kimura", Role::Auditor),
];

/// Lines and pools, with what they hold.
const OWN: [(&str, &str, LineKind); 3] = [
    ("line-7", "203.0.113.130/32", LineKind::Static),
    ("line-9", "203.0.113.140/32", LineKind::Hosting),
    ("pool-1", "203.0.113.0/25", LineKind::Dynamic),
];

/// Exporters, in the order of the allow-list.
const EXPORTERS: [&str; 2] = ["border-1", "border-2"];

/// The numbers the usual people enter; scenarios/README.md lists them.
pub(crate) const NUMBERS: [(Number, f64); 10] = [
    (Number::StatisticsDays, 30.0),
    (Number::HoldMinutes, 3.0),
    (Number::AnomalyBand, 6.0),
    (Number::AnomalyFloor, 20.0),
    (Number::ImpairedPercent, 90.0),
    (Number::RiskPercent, 75.0),
    (Number::BlockMinutes, BLOCK_MINUTES as f64),
    (Number::FactMinutes, 30.0),
    (Number::SignedWithinMinutes, 15.0),
    (Number::TellHours, 24.0),
];

/// Minutes a block lasts.
pub(crate) const BLOCK_MINUTES: u64 = 10;
/// Days a standing signature holds.
pub(crate) const REVIEW_DAYS: u32 = 365;

/// The measures the usual people switch to `propose`; the first three are signed once.
pub(crate) const SWITCHED: [&str; 8] = [
    "13-su-take-statistics",
    "90-hold-briefly",
    "17-chi-analyse-anomaly",
    "01-a-analyse-at-victims-request",
    "01-a-block-attack-traffic",
    "02-i-block-at-victims-request",
    "04-e-a-block-while-impaired",
    "04-e-b-block-at-risk",
];

/// The desk's settings, with these people besides the usual.
pub(crate) fn settings(more: &[(String, Vec<Role>)]) -> decide::Config {
    let usual = STAFF.iter().map(|(name, role)| ((*name).to_owned(), vec![*role]));
    let people = usual.chain(more.iter().cloned());
    let lines = OWN.iter().filter(|(_, _, kind)| *kind != LineKind::Dynamic);
    decide::Config {
        people: people.map(|(name, roles)| PersonEntry { name, roles }).collect(),
        lines: lines
            .map(|&(name, net, kind)| LineEntry {
                line: Line(name.into()),
                prefixes: vec![net.parse().expect("a prefix")],
                kind,
            })
            .collect(),
        own: OwnPrefixes::of(vec![
            "203.0.113.0/24".parse().expect("a prefix"),
            "2001:db8:100::/40".parse().expect("a prefix"),
        ])
        .expect("own prefixes"),
        review_days: REVIEW_DAYS,
    }
}

/// A line, a pool or a prefix by what a story calls it.
pub(crate) fn target(word: &str) -> Result<IpNet, String> {
    let known = OWN.iter().find(|(name, ..)| *name == word).map_or(word, |(_, net, _)| net);
    known.parse().map_err(|_| format!("there is no line, pool or prefix `{word}`"))
}

/// The number of an exporter on the allow-list.
pub(crate) fn exporter(word: &str) -> Result<u32, String> {
    let place = EXPORTERS.iter().position(|name| *name == word);
    let place = place.and_then(|place| u32::try_from(place).ok());
    place.ok_or_else(|| format!("there is no exporter `{word}`"))
}

/// The traits that are learnt of an attack of this class.
pub(crate) fn traits(class: Class) -> Traits {
    let none = Traits::default();
    let from = |port| vec![PortRange { first: port, last: port }];
    match class {
        Class::TcpSyn => Traits {
            protocol: Some(6),
            dst_ports: from(80),
            tcp_flags: Some(TcpFlags { set: 0x02, unset: 0x10 }),
            ..none
        },
        Class::Tcp => Traits { protocol: Some(6), dst_ports: from(443), ..none },
        Class::UdpAmplifier => Traits {
            protocol: Some(17),
            src_ports: from(123),
            size: Some(SizeRange { least: 400, most: 1500 }),
            ..none
        },
        Class::Udp => Traits { protocol: Some(17), ..none },
        Class::Icmp => Traits { protocol: Some(1), ..none },
        Class::Fragment => Traits { fragments: true, ..none },
        Class::Other => Traits { protocol: Some(47), ..none },
    }
}

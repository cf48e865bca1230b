//! The made-up ISP's plan of addresses, links and exporters; documentation ranges only (RFC 5737, RFC 3849).
//!
//! Own: 203.0.113.0/25 (pool-1), 203.0.113.128/26 (hosting), 2001:db8:100::/40 (v6). Everybody else
//! is in 192.0.2.0/24, 198.51.100.0/24 or 2001:db8:f000::/36. Exporters speak from 127.0.0.11 to .14.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use terms::IpNet;

use super::random::Random;

/// The dynamic pool of IPv4: statistics by prefix only.
pub(crate) const POOL: IpNet = IpNet::new_assert(own(0), 25);
/// Fixed addresses and hosted servers.
pub(crate) const HOSTING: IpNet = IpNet::new_assert(own(128), 26);
/// The subscribers' IPv6.
pub(crate) const V6: IpNet =
    IpNet::new_assert(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0, 0, 0, 0, 0)), 40);
/// A small web server with a fixed address; the SYN flood is for it.
pub(crate) const LINE_7: IpAddr = own(130);
/// A shop with a fixed address; the flash crowd and the amplification are for it.
pub(crate) const LINE_9: IpAddr = own(140);
/// An own IPv6 address that nothing else uses: where a capture's IPv6 destination may be put.
pub(crate) const V6_HOST: IpAddr =
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0, 0, 0, 0, 0x140));

/// Labels and prefixes, as they go into settings.
pub(crate) const OWN: [(&str, IpNet); 3] = [("pool-1", POOL), ("hosting", HOSTING), ("v6", V6)];

/// A router or switch that exports, and the one link it watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    /// Name of the exporter, as it goes into settings.
    pub(crate) exporter: &'static str,
    /// The address its datagrams come from.
    pub(crate) address: Ipv4Addr,
    /// Label of the link.
    pub(crate) label: &'static str,
    /// Its ifIndex: the input interface of every record.
    pub(crate) interface: u32,
    /// The ifIndex towards the ISP's core: the output interface of every record.
    pub(crate) core: u32,
    /// What the link carries, in bits of IP packets a second. Counted as a contract counts: the
    /// policer at the far end drops what is more.
    pub(crate) capacity: u64,
    /// One packet in this many is sampled.
    pub(crate) sampling: u32,
}

/// The links by which traffic comes in; a packet comes in by one of them, so nothing is seen twice.
/// The exporters are NetFlow v9, IPFIX and sFlow v5, in this order.
pub(crate) const LINKS: [Link; 3] = [
    Link {
        exporter: "border-1",
        address: Ipv4Addr::new(127, 0, 0, 11),
        label: "transit",
        interface: 11,
        core: 1,
        capacity: 1_000_000_000,
        sampling: 100,
    },
    Link {
        exporter: "border-2",
        address: Ipv4Addr::new(127, 0, 0, 12),
        label: "peering",
        interface: 12,
        core: 1,
        capacity: 1_000_000_000,
        sampling: 100,
    },
    Link {
        exporter: "switch-1",
        address: Ipv4Addr::new(127, 0, 0, 13),
        label: "exchange",
        interface: 13,
        core: 1,
        capacity: 1_000_000_000,
        sampling: 100,
    },
];

/// Where a capture is replayed from (IPFIX, every packet): on no link of the ISP's own.
pub(crate) const CAPTURE: Link = Link {
    exporter: "capture",
    address: Ipv4Addr::new(127, 0, 0, 14),
    label: "capture",
    interface: 14,
    core: 1,
    capacity: 1_000_000_000,
    sampling: 1,
};

/// Who is on nobody's allow-list.
pub(crate) const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 99);

/// Which own addresses something goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// One address.
    Host(IpAddr),
    /// Any address of the pool, all alike.
    Pool,
    /// One of the hosted servers besides the two lines.
    Servers,
    /// A subscriber's IPv6.
    V6,
}

impl To {
    /// One of these addresses.
    pub(crate) fn pick(self, random: &mut Random) -> IpAddr {
        match self {
            Self::Host(host) => host,
            Self::Pool => own(octet(random, 0, 128)),
            Self::Servers => own(octet(random, 141, 50)),
            Self::V6 => {
                let (high, low) = (random.below(256), random.below(256));
                let [high, low] = [high, low].map(|n| u16::try_from(n).unwrap_or(0));
                IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x100 + high, low, 0, 0, 0, 0x10))
            }
        }
    }

    /// Somebody outside who sends there, in the same family.
    pub(crate) fn sender(self, random: &mut Random) -> IpAddr {
        if self == Self::V6 {
            let mut word = |most| u16::try_from(random.below(most)).unwrap_or(0);
            let (network, host) = (0xf000 + word(0x1000), word(0x1_0000));
            return IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, network, 0, 0, 0, 0, host));
        }
        let host = octet(random, 1, 254);
        IpAddr::V4(match random.below(2) {
            0 => Ipv4Addr::new(192, 0, 2, host),
            _ => Ipv4Addr::new(198, 51, 100, host),
        })
    }
}

const fn own(host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, host))
}

fn octet(random: &mut Random, from: u8, many: u64) -> u8 {
    from.saturating_add(u8::try_from(random.below(many)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_from_a_documentation_range_and_on_its_side() {
        let mut random = Random::of(1);
        let outside: Vec<IpNet> = ["192.0.2.0/24", "198.51.100.0/24", "2001:db8:f000::/36"]
            .map(|n| n.parse().unwrap())
            .to_vec();
        let hosts = [To::Host(LINE_7), To::Host(LINE_9), To::Host(V6_HOST)];
        for to in hosts.into_iter().chain([To::Pool, To::Servers, To::V6]) {
            for _ in 0..2_000 {
                let (src, dst) = (to.sender(&mut random), to.pick(&mut random));
                assert!(outside.iter().any(|n| n.contains(&src)), "{src}");
                let label = OWN.iter().find(|(_, n)| n.contains(&dst)).unwrap().0;
                let expected = match to {
                    To::Host(h) if h.is_ipv4() => "hosting",
                    To::Servers => "hosting",
                    To::Pool => "pool-1",
                    To::Host(_) | To::V6 => "v6",
                };
                assert_eq!(label, expected, "{dst}");
                assert!(to != To::Servers || (dst != LINE_7 && dst != LINE_9));
            }
        }
    }
}

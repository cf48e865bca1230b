//! The scenes of the made-up world, and the sorts of traffic each is made of.
//!
//! Rates are of the time they happen in; only the day is short ([`super::Pace`]), so that a daily
//! pattern is seen within minutes. Bits are those of IP packets. Mean rates over all links:
//!
//! | scene | what is added to the usual | where |
//! |---|---|---|
//! | usual | nothing: about 394 Mbit/s, ± 35 % over a day | everywhere |
//! | flash crowd | 320 Mbit/s TCP to 443, nine times what all of hosting usually gets; packets as ever | line-9 |
//! | amplification | UDP from 53 and 123, 1200–1468 octets: 1.8 Gbit/s want in by transit, which is full and drops; 320 Mbit/s by the others | line-9 |
//! | SYN flood | 160 000 packets a second of 60 octets, TCP SYN to 80: 76.8 Mbit/s, ten times the usual | line-7 |
//! | carpet bombing | UDP from 389 and 11211, 1200–1468 octets: 1.17 Gbit/s, on each address a 128th of it; transit is four fifths full | pool-1 |

use std::net::IpAddr;

use crate::demo::addresses::{LINE_7, LINE_9, To};
use crate::demo::random::Random;

/// What is going on in the made-up world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scene {
    /// A day like any other. Also what follows on the end of an attack.
    Usual,
    /// The shop on line-9 is on television. Nobody does anything wrong.
    FlashCrowd,
    /// Reflected answers from open resolvers and time servers for line-9; the transit link is full.
    Amplification,
    /// TCP SYN with made-up sources for line-7. No link is near its capacity: only the subscriber
    /// suffers.
    SynFlood,
    /// Reflected answers from LDAP and memcached servers, thinly over all of pool-1.
    CarpetBombing,
}

/// One sort of traffic.
#[derive(Debug)]
pub(crate) struct Sort {
    to: To,
    pub(crate) protocol: u8,
    src_port: Port,
    dst_port: Port,
    pub(crate) sizes: Sizes,
    /// Share of TCP packets that open a connection.
    pub(crate) opens: f64,
    /// How many conversations there are at a time; 0: each packet is its own.
    pub(crate) talks: u16,
    /// Megabits a second by each link, averaged over a day.
    pub(crate) mbps: [f64; 3],
}

/// Octets of IP packets: so many in a hundred from the first range, the others from the second.
#[derive(Debug)]
pub(crate) struct Sizes(u8, (u16, u16), (u16, u16));

#[derive(Debug)]
enum Port {
    Of(&'static [u16]),
    Any,
}

pub(crate) const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

/// Pages and films that subscribers fetch, and what their players and browsers acknowledge.
const FETCHED: Sizes = Sizes(25, (52, 120), (1300, 1500));
const QUIC: Sizes = Sizes(15, (60, 120), (1200, 1350));
/// What visitors of a server send to it.
const ASKED: Sizes = Sizes(70, (52, 120), (300, 1400));
const AMPLIFIED: Sizes = Sizes(50, (1200, 1334), (1334, 1468));
const SMALL: Sizes = Sizes(50, (56, 84), (84, 98));

/// Divides megabits a second between the links as usual traffic is divided.
const fn spread(mbps: f64) -> [f64; 3] {
    [mbps * 0.4, mbps * 0.35, mbps * 0.25]
}

const fn visits(to: To, ports: &'static [u16], mbps: f64) -> Sort {
    Sort {
        to,
        protocol: TCP,
        src_port: Port::Any,
        dst_port: Port::Of(ports),
        sizes: ASKED,
        opens: 0.03,
        talks: 300,
        mbps: spread(mbps),
    }
}

const fn fetches(to: To, protocol: u8, sizes: Sizes, mbps: f64) -> Sort {
    Sort {
        to,
        protocol,
        src_port: Port::Of(&[443]),
        dst_port: Port::Any,
        sizes,
        opens: 0.0,
        talks: 400,
        mbps: spread(mbps),
    }
}

const fn pings(to: To, protocol: u8, kind: &'static [u16]) -> Sort {
    Sort {
        to,
        protocol,
        src_port: Port::Of(&[0]),
        dst_port: Port::Of(kind),
        sizes: SMALL,
        opens: 0.0,
        talks: 40,
        mbps: spread(0.5),
    }
}

/// What goes on in any scene.
pub(crate) static USUAL: [Sort; 12] = [
    fetches(To::Pool, TCP, FETCHED, 150.0),
    fetches(To::Pool, UDP, QUIC, 100.0),
    Sort {
        to: To::Pool,
        protocol: UDP,
        src_port: Port::Of(&[53]),
        dst_port: Port::Any,
        sizes: Sizes(60, (90, 200), (200, 400)),
        opens: 0.0,
        talks: 60,
        mbps: spread(1.0),
    },
    Sort {
        to: To::Pool,
        protocol: UDP,
        src_port: Port::Any,
        dst_port: Port::Any,
        sizes: Sizes(50, (100, 200), (200, 300)),
        opens: 0.0,
        talks: 120,
        mbps: spread(16.0),
    },
    visits(To::Host(LINE_7), &[80, 443], 8.0),
    visits(To::Host(LINE_9), &[443], 16.0),
    visits(To::Servers, &[443, 25, 22], 12.0),
    pings(To::Pool, ICMP, &[0x0800]),
    pings(To::Servers, ICMP, &[0x0800]),
    fetches(To::V6, TCP, FETCHED, 60.0),
    fetches(To::V6, UDP, QUIC, 30.0),
    pings(To::V6, ICMPV6, &[0x8000]),
];

/// What a scene adds to the usual.
pub(crate) fn added(scene: Scene) -> &'static [Sort] {
    const fn amplified(to: To, ports: &'static [u16], talks: u16, mbps: [f64; 3]) -> Sort {
        let src_port = Port::Of(ports);
        let (dst_port, sizes) = (Port::Any, AMPLIFIED);
        Sort { to, protocol: UDP, src_port, dst_port, sizes, opens: 0.0, talks, mbps }
    }
    static CROWD: [Sort; 1] = [visits(To::Host(LINE_9), &[443], 320.0)];
    static AMPLIFICATION: [Sort; 1] =
        [amplified(To::Host(LINE_9), &[53, 123], 400, [1800.0, 240.0, 80.0])];
    static SYN_FLOOD: [Sort; 1] = [Sort {
        to: To::Host(LINE_7),
        protocol: TCP,
        src_port: Port::Any,
        dst_port: Port::Of(&[80]),
        sizes: Sizes(100, (60, 60), (60, 60)),
        opens: 1.0,
        talks: 0,
        mbps: spread(76.8),
    }];
    static CARPET: [Sort; 1] = [amplified(To::Pool, &[389, 11_211], 0, [670.0, 350.0, 150.0])];
    match scene {
        Scene::Usual => &[],
        Scene::FlashCrowd => &CROWD,
        Scene::Amplification => &AMPLIFICATION,
        Scene::SynFlood => &SYN_FLOOD,
        Scene::CarpetBombing => &CARPET,
    }
}

/// One conversation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    pub(crate) src_port: u16,
    pub(crate) dst_port: u16,
}

impl Sort {
    /// A new conversation.
    pub(crate) fn talk(&self, random: &mut Random) -> Talk {
        Talk {
            src: self.to.sender(random),
            dst: self.to.pick(random),
            src_port: self.src_port.pick(random),
            dst_port: self.dst_port.pick(random),
        }
    }

    /// Octets of a packet, on average.
    pub(crate) fn mean(&self) -> f64 {
        let Sizes(percent, first, second) = &self.sizes;
        let middle = |(least, most): &(u16, u16)| (f64::from(*least) + f64::from(*most)) / 2.0;
        let share = f64::from(*percent) / 100.0;
        share * middle(first) + (1.0 - share) * middle(second)
    }
}

impl Sizes {
    /// The size of a packet.
    pub(crate) fn pick(&self, random: &mut Random) -> u16 {
        let Self(percent, first, second) = self;
        let (least, most) = if random.below(100) < u64::from(*percent) { *first } else { *second };
        random.within(least, most)
    }
}

impl Port {
    fn pick(&self, random: &mut Random) -> u16 {
        match self {
            Self::Any => random.within(1024, u16::MAX),
            Self::Of(ports) => {
                let nth = usize::try_from(random.below(ports.len() as u64)).unwrap_or(0);
                ports.get(nth).copied().unwrap_or(0)
            }
        }
    }
}

//! A million consenting prefixes, and flow records of which some go there.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use terms::{ExporterId, Flows, PrefixSet, mapped_v4};

use crate::desk::{AT, EVERYTHING};

/// Single IPv4 lines, of 2^22 addresses in 100.64.0.0/10.
const SINGLES: u32 = 900_000;
/// IPv4 networks: every fourth /24 of 172.16.0.0/12, as far as they go.
const NETWORKS: u32 = 1_000;
/// IPv6 lines: /56s of 2001:db8::/32, which has 2^24.
const SIXES: u32 = 99_000;

/// All of them.
pub(crate) const MILLION: u32 = SINGLES + NETWORKS + SIXES;

/// The prefixes of all lines that consent.
pub(crate) fn million() -> PrefixSet {
    let mut nets = Vec::with_capacity(MILLION as usize);
    nets.extend((0..SINGLES).map(|n| IpNet::from(Ipv4Net::from(Ipv4Addr::from(single(n))))));
    let network = |n: u32| Ipv4Addr::from(0xac10_0000 + (n << 10));
    nets.extend((0..NETWORKS).map(|n| IpNet::from(Ipv4Net::new_assert(network(n), 24))));
    let six = |n| Ipv6Addr::from(six(n));
    nets.extend((0..SIXES).map(|n| IpNet::from(Ipv6Net::new_assert(six(n), 56))));
    PrefixSet::of(nets)
}

/// The `n`th address of the pool; those from [`SINGLES`] on do not consent.
fn single(n: u32) -> u32 {
    // An odd factor puts each number elsewhere, and no two at the same place.
    0x6440_0000 | (n.wrapping_mul(2_654_435_761) & 0x003f_ffff)
}

/// The first address of the `n`th /56; those from [`SIXES`] on do not consent.
fn six(n: u32) -> u128 {
    let place = u128::from(n.wrapping_mul(2_654_435_761) & 0x00ff_ffff);
    0x2001_0db8_u128 << 96 | place << 72
}

/// How many records in a hundred go to a line that consents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share(pub(crate) u32);

/// Batches of `size` records, all fields decoded, one in ten of them IPv6.
pub(crate) fn batches(count: usize, size: usize, share: Share) -> Vec<Flows> {
    let mut dice = Dice(0x5eed);
    (0..count).map(|_| batch(size, share, &mut dice)).collect()
}

fn batch(size: usize, share: Share, dice: &mut Dice) -> Flows {
    let mut f = Flows::new(ExporterId(0), AT.wall, EVERYTHING);
    for _ in 0..size {
        let (v6, covered) = (dice.below(10) == 0, dice.below(100) < share.0);
        let of = |consenting: u32, pool: u32, dice: &mut Dice| {
            if covered {
                dice.below(consenting)
            } else {
                consenting + dice.below(pool - consenting)
            }
        };
        f.dst.push(if v6 {
            six(of(SIXES, 1 << 24, dice)) | u128::from(dice.below(256))
        } else {
            mapped_v4(single(of(SINGLES, 1 << 22, dice)))
        });
        f.src.push(mapped_v4(0xc633_6400 | dice.below(256)));
        f.src_port.push(53);
        f.dst_port.push(4_000);
        f.protocol.push(17);
        f.tcp_flags.push(0);
        f.bytes.push(u64::from(64 + dice.below(1_400)));
        f.packets.push(1);
        f.fragment.push(0);
        f.input.push(1);
        f.output.push(2);
        f.start.push(AT.wall.0 - 1_000);
        f.end.push(AT.wall.0);
        f.sampling.push(1_000);
        f.len += 1;
    }
    f
}

/// Numbers that look thrown and are the same each time (Knuth's linear congruential generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let thrown = ((self.0 >> 32) * u64::from(end)) >> 32;
        u32::try_from(thrown).unwrap_or(0)
    }
}

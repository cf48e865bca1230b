//! The own prefixes, compiled for one quick look-up of the longest prefix a record.

use terms::{IpNet, address};

use crate::Own;

/// Own prefixes in order, and disjoint ranges of addresses that each lead to one of them.
#[derive(Debug)]
pub(crate) struct OwnTable {
    own: Vec<Own>,
    /// First and last IPv4 address and the prefix, sorted.
    v4: Vec<(u32, u32, u32)>,
    /// `jump[h]` is the first range whose last address is in /16 number `h` or later.
    jump: Vec<u32>,
    v6: Vec<(u128, u128, u32)>,
}

impl OwnTable {
    /// Compiles `own`; of a prefix given twice the dynamic one counts.
    pub(crate) fn of(own: &[Own]) -> Self {
        let trunc = |o: &Own| Own { prefix: o.prefix.trunc(), ..*o };
        let mut own: Vec<Own> = own.iter().map(trunc).collect();
        // `Addressing::Dynamic` sorts first, so it is the one that stays.
        own.sort_unstable();
        own.dedup_by_key(|o| o.prefix);
        let ranges = |v4: bool| {
            let of = |(o, i): (&Own, u32)| {
                let (first, last) = bounds(&o.prefix);
                (matches!(o.prefix, IpNet::V4(_)) == v4).then_some((first, last, i))
            };
            segments(own.iter().zip(0_u32..).filter_map(of).collect())
        };
        let low = |(first, last, i): (u128, u128, u32)| (first as u32, last as u32, i);
        let v4: Vec<(u32, u32, u32)> = ranges(true).into_iter().map(low).collect();
        let jump = if v4.is_empty() { Vec::new() } else { jump_table(&v4) };
        let v6 = ranges(false);
        Self { own, v4, jump, v6 }
    }

    /// The own prefixes, sorted; numbers of [`OwnTable::find`] are places in here.
    pub(crate) fn own(&self) -> &[Own] {
        &self.own
    }

    /// The place of exactly this prefix.
    pub(crate) fn place(&self, prefix: &IpNet) -> Option<usize> {
        self.own.binary_search_by(|o| o.prefix.cmp(prefix)).ok()
    }

    /// The place of the longest own prefix that `address` is in.
    pub(crate) fn find(&self, address: u128) -> Option<usize> {
        if address >> 32 == 0xffff {
            return self.find_v4(address as u32);
        }
        let i = self.v6.partition_point(|r| r.1 < address);
        self.v6.get(i).filter(|r| r.0 <= address).map(|r| r.2 as usize)
    }

    fn find_v4(&self, address: u32) -> Option<usize> {
        let high = (address >> 16) as usize;
        let (from, to) = (*self.jump.get(high)? as usize, *self.jump.get(high + 1)? as usize);
        let within = self.v4.get(from..(to + 1).min(self.v4.len()))?;
        let i = within.partition_point(|r| r.1 < address);
        within.get(i).filter(|r| r.0 <= address).map(|r| r.2 as usize)
    }
}

/// First and last address of `net`, as numbers.
pub(crate) fn bounds(net: &IpNet) -> (u128, u128) {
    (address(net.network()), address(net.broadcast()))
}

/// Cuts prefixes that may lie inside each other into disjoint ranges, each of the longest prefix.
fn segments(mut nets: Vec<(u128, u128, u32)>) -> Vec<(u128, u128, u32)> {
    nets.sort_unstable_by_key(|&(first, last, i)| (first, core::cmp::Reverse(last), i));
    let mut out = Vec::with_capacity(nets.len());
    let mut open: Vec<(u128, u32)> = Vec::new();
    let mut from = 0_u128;
    for (first, last, i) in nets {
        close(&mut out, &mut open, &mut from, first);
        if let Some(&(_, outer)) = open.last()
            && from < first
        {
            out.push((from, first - 1, outer));
        }
        open.push((last, i));
        from = first;
    }
    while let Some((last, i)) = open.pop() {
        if from <= last {
            out.push((from, last, i));
        }
        from = from.max(last.saturating_add(1));
    }
    out
}

/// Ends the open prefixes that end before `first`.
fn close(
    out: &mut Vec<(u128, u128, u32)>,
    open: &mut Vec<(u128, u32)>,
    from: &mut u128,
    first: u128,
) {
    while let Some(&(last, i)) = open.last()
        && last < first
    {
        if *from <= last {
            out.push((*from, last, i));
        }
        *from = (*from).max(last.saturating_add(1));
        open.pop();
    }
}

fn jump_table(v4: &[(u32, u32, u32)]) -> Vec<u32> {
    let of = |high: u32| v4.partition_point(|r| r.1 < high << 16);
    let mut jump: Vec<u32> = (0..=65_535).map(|high| of(high) as u32).collect();
    jump.push(v4.len() as u32);
    jump
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;
    use terms::ip;

    use super::*;
    use crate::Addressing;

    fn longest(own: &[Own], address: u128) -> Option<IpNet> {
        let inside = own.iter().map(|o| o.prefix.trunc()).filter(|p| p.contains(&ip(address)));
        inside.max_by_key(IpNet::prefix_len)
    }

    fn check(own: &[Own], probes: impl IntoIterator<Item = u128>) {
        let table = OwnTable::of(own);
        for probe in probes {
            let found = table.find(probe).map(|i| table.own()[i].prefix);
            assert_eq!(found, longest(own, probe), "{}", ip(probe));
        }
    }

    fn edges(own: &[Own]) -> Vec<u128> {
        let around = |o: &Own| {
            let (first, last) = bounds(&o.prefix);
            [first.wrapping_sub(1), first, last, last.wrapping_add(1)]
        };
        own.iter().flat_map(around).collect()
    }

    #[test]
    fn a_prefix_given_twice_is_dynamic() {
        let of = |addressing| Own { prefix: "192.0.2.0/24".parse().unwrap(), addressing };
        for own in [[Addressing::Static, Addressing::Dynamic], [Addressing::Dynamic; 2]] {
            let table = OwnTable::of(&own.map(of));
            assert_eq!(table.own(), [of(Addressing::Dynamic)]);
        }
    }

    #[test]
    fn nothing_is_found_when_there_is_no_own_prefix() {
        check(&[], [0, 1 << 33, u128::MAX, address("192.0.2.1".parse().unwrap())]);
    }

    proptest! {
        #[test]
        fn the_longest_own_prefix_is_found(
            // Few distinct bits, so that prefixes often lie inside each other.
            v4 in proptest::collection::vec((any::<u8>(), 0_u8..=32), 0..30),
            v6 in proptest::collection::vec((any::<u8>(), 0_u8..=128), 0..30),
            probes in proptest::collection::vec(any::<(u32, u128)>(), 0..30),
        ) {
            let v4 = v4.into_iter().map(|(a, len)| {
                IpNet::new(Ipv4Addr::from(u32::from(a & 0x93) * 0x0101_0101).into(), len).unwrap()
            });
            let v6 = v6.into_iter().map(|(a, len)| {
                // Not around ::ffff:0:0/96, where IPv4 is.
                let bits = (0x2001_u128 << 112) | u128::from(a & 0x93) << 60;
                IpNet::new(Ipv6Addr::from(bits).into(), len.max(16)).unwrap()
            });
            let of = |prefix: IpNet| Own { prefix, addressing: Addressing::Dynamic };
            let own: Vec<Own> = v4.chain(v6).map(of).collect();
            check(&own, edges(&own));
            check(&own, probes.iter().map(|p| terms::mapped_v4(p.0)));
            check(&own, probes.iter().map(|p| p.1 | 1 << 127));
        }
    }
}

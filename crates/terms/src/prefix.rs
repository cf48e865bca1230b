//! A set of prefixes compiled for one quick look-up a record.

use ipnet::IpNet;

use crate::address;

/// Prefixes as disjoint, sorted ranges of address numbers. IPv4 ranges are found through a table
/// over the upper 16 bits, so that a look-up among a million single lines touches a few words.
#[derive(Clone, PartialEq, Eq)]
pub struct PrefixSet {
    nets: Vec<IpNet>,
    /// First and last IPv4 address of each range, as 32-bit numbers.
    v4: Vec<(u32, u32)>,
    /// `jump[h]` is the first range whose last address is in /16 number `h` or later.
    jump: Vec<u32>,
    v6: Vec<(u128, u128)>,
}

impl core::fmt::Debug for PrefixSet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.nets.iter().take(16)).finish()
    }
}

impl PrefixSet {
    /// Compiles `nets`; overlapping and adjacent prefixes are merged.
    #[must_use]
    pub fn of(nets: impl IntoIterator<Item = IpNet>) -> Self {
        let nets: Vec<IpNet> = nets.into_iter().map(|n| n.trunc()).collect();
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for net in &nets {
            match net {
                IpNet::V4(n) => v4.push((u32::from(n.network()), u32::from(n.broadcast()))),
                IpNet::V6(n) => v6.push((u128::from(n.network()), u128::from(n.broadcast()))),
            }
        }
        let v4 = merged(v4, |last, next| last.checked_add(1).is_none_or(|l| l >= next));
        let v6 = merged(v6, |last, next| last.checked_add(1).is_none_or(|l| l >= next));
        let jump = if v4.is_empty() { Vec::new() } else { jump_table(&v4) };
        Self { nets, v4, jump, v6 }
    }

    /// The prefixes the set was made of.
    #[must_use]
    pub fn nets(&self) -> &[IpNet] {
        &self.nets
    }

    /// Is the address with this number ([`crate::address`]) in the set?
    #[must_use]
    pub fn has(&self, address: u128) -> bool {
        if address >> 32 == 0xffff {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the low 32 bits are the address"
            )]
            return self.has_v4(address as u32);
        }
        let i = self.v6.partition_point(|&(_, last)| last < address);
        self.v6.get(i).is_some_and(|&(first, _)| first <= address)
    }

    fn has_v4(&self, address: u32) -> bool {
        let high = (address >> 16) as usize;
        let (Some(&from), Some(&to)) = (self.jump.get(high), self.jump.get(high + 1)) else {
            return false;
        };
        let (from, to) = (from as usize, (to as usize + 1).min(self.v4.len()));
        let i = from + self.v4[from..to].partition_point(|&(_, last)| last < address);
        self.v4.get(i).is_some_and(|&(first, _)| first <= address)
    }

    /// Is every address of `net` in the set?
    #[must_use]
    pub fn covers(&self, net: &IpNet) -> bool {
        let (first, last) = (address(net.network()), address(net.broadcast()));
        match net {
            IpNet::V4(n) => {
                let (first, last) = (u32::from(n.network()), u32::from(n.broadcast()));
                let i = self.v4.partition_point(|r| r.1 < first);
                self.v4.get(i).is_some_and(|r| r.0 <= first && last <= r.1)
            }
            IpNet::V6(_) => {
                let i = self.v6.partition_point(|r| r.1 < first);
                self.v6.get(i).is_some_and(|r| r.0 <= first && last <= r.1)
            }
        }
    }

    /// Does the set have every IPv4 or every IPv6 address, however it is cut up?
    #[must_use]
    pub fn has_a_whole_family(&self) -> bool {
        self.v4 == [(0, u32::MAX)] || self.v6 == [(0, u128::MAX)]
    }

    /// Is every prefix of this set covered by `other`?
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        self.nets.iter().all(|n| other.covers(n))
    }
}

fn merged<T: Copy + Ord>(mut ranges: Vec<(T, T)>, touches: impl Fn(T, T) -> bool) -> Vec<(T, T)> {
    ranges.sort_unstable();
    let mut out: Vec<(T, T)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match out.last_mut() {
            Some(open) if touches(open.1, first) => open.1 = open.1.max(last),
            _ => out.push((first, last)),
        }
    }
    out
}

fn jump_table(v4: &[(u32, u32)]) -> Vec<u32> {
    let mut jump = Vec::with_capacity(65_537);
    let mut i = 0_usize;
    for high in 0..=65_535_u32 {
        while i < v4.len() && v4[i].1 < high << 16 {
            i += 1;
        }
        jump.push(u32::try_from(i).unwrap_or(u32::MAX));
    }
    jump.push(u32::try_from(v4.len()).unwrap_or(u32::MAX));
    jump
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_set_has_what_its_prefixes_have_and_nothing_else() {
        let set = PrefixSet::of([
            "192.0.2.0/25".parse().unwrap(),
            "192.0.2.128/25".parse().unwrap(),
            "255.255.255.255/32".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ]);
        for inside in ["192.0.2.0", "192.0.2.255", "255.255.255.255", "2001:db8:ffff::1"] {
            assert!(set.has(address(inside.parse().unwrap())), "{inside}");
        }
        for outside in ["192.0.1.255", "192.0.3.0", "255.255.255.254", "2001:db9::", "::1"] {
            assert!(!set.has(address(outside.parse().unwrap())), "{outside}");
        }
        assert!(set.covers(&"192.0.2.0/24".parse().unwrap()));
        assert!(!set.covers(&"192.0.2.0/23".parse().unwrap()));
        assert!(!PrefixSet::of([]).has(address("192.0.2.1".parse().unwrap())));
        let halves = ["0.0.0.0/1".parse().unwrap(), "128.0.0.0/1".parse().unwrap()];
        assert!(PrefixSet::of(halves).has_a_whole_family());
        assert!(PrefixSet::of(["::/0".parse().unwrap()]).has_a_whole_family());
        assert!(!set.has_a_whole_family() && !PrefixSet::of([]).has_a_whole_family());
    }

    proptest! {
        #[test]
        fn looking_up_agrees_with_asking_each_prefix(
            nets in proptest::collection::vec((any::<u32>(), 0_u8..=32), 0..40),
            probes in proptest::collection::vec(any::<u32>(), 0..40),
        ) {
            let nets: Vec<IpNet> = nets.iter()
                .map(|&(a, l)| IpNet::new(std::net::Ipv4Addr::from(a).into(), l).unwrap().trunc())
                .collect();
            let set = PrefixSet::of(nets.clone());
            for ip in probes.iter().copied().chain(nets.iter().flat_map(|n| match n {
                IpNet::V4(n) => [u32::from(n.network()), u32::from(n.broadcast()).wrapping_add(1)],
                IpNet::V6(_) => [0, 0],
            })) {
                let ip = std::net::IpAddr::from(std::net::Ipv4Addr::from(ip));
                prop_assert_eq!(set.has(address(ip)), nets.iter().any(|n| n.contains(&ip)));
            }
        }
    }
}

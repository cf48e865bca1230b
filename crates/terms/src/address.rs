//! IP addresses as one number: IPv4 is mapped into ::ffff:0:0/96 (RFC 4291 §2.5.5.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The number of `ip`; IPv4 is mapped.
#[must_use]
pub fn address(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => mapped_v4(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// The number of the IPv4 address with these 32 bits.
#[must_use]
pub const fn mapped_v4(bits: u32) -> u128 {
    0xffff_0000_0000 | bits as u128
}

/// The address with this number; a mapped IPv4 address comes back as IPv4.
#[must_use]
pub fn ip(address: u128) -> IpAddr {
    if address >> 32 == 0xffff {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the low 32 bits are the IPv4 address"
        )]
        return IpAddr::V4(Ipv4Addr::from(address as u32));
    }
    IpAddr::V6(Ipv6Addr::from(address))
}

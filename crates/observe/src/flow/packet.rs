//! The headers of a sampled packet, through Ethernet, VLAN tags, MPLS labels and PPPoE to the ports.
//!
//! A sample ends where the exporter cut it, so every header may be cut short. Written by hand: the
//! library that was here read past the end of an IPv6 extension header that was.

use terms::{Field, Fields, mapped_v4};

use super::octets::Octets;

/// What may be read of a packet's headers; what is not in the mask stays zero and is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Headers {
    pub(crate) src: u128,
    pub(crate) dst: u128,
    pub(crate) src_port: u16,
    pub(crate) dst_port: u16,
    pub(crate) protocol: u8,
    pub(crate) tcp_flags: u16,
    pub(crate) fragment: u8,
}

/// How a sampled frame begins (sFlow v5, `header_protocol`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    Ethernet,
    Mpls,
    Ip,
}

/// The fields that are in packet headers.
pub(crate) const HEADER_FIELDS: Fields = Fields::of(&[
    Field::SrcAddress,
    Field::DstAddress,
    Field::SrcPort,
    Field::DstPort,
    Field::Protocol,
    Field::TcpFlags,
    Field::Fragment,
]);

/// Reads the fields in `mask` of a packet that may be cut short; `None` when no IP header is whole.
pub(crate) fn headers(begins: Begins, octets: &[u8], mask: Fields) -> Option<Headers> {
    let packet = match begins {
        Begins::Ethernet => ethernet(octets)?,
        Begins::Mpls => mpls(octets)?,
        Begins::Ip => octets,
    };
    let mut h = Headers::default();
    let payload = match packet.first()? >> 4 {
        4 => ipv4(packet, mask, &mut h)?,
        6 => ipv6(packet, mask, &mut h)?,
        _ => return None,
    };
    if mask.has(Field::Protocol) {
        h.protocol = payload.protocol;
    }
    if mask.has(Field::Fragment) {
        h.fragment = payload.fragmented.into();
    }
    // Only the first fragment has the transport header.
    if !payload.later {
        transport(payload.protocol, payload.octets, mask, &mut h);
    }
    Some(h)
}

/// What follows the IP headers.
struct Payload<'a> {
    protocol: u8,
    octets: &'a [u8],
    fragmented: bool,
    /// Not the first fragment.
    later: bool,
}

/// Skips tags (IEEE 802.1Q), labels and PPPoE.
fn ethernet(octets: &[u8]) -> Option<&[u8]> {
    let mut o = Octets::of(octets);
    o.take(12)?;
    for _ in 0..4 {
        match o.u16()? {
            0x8100 | 0x88a8 | 0x9100 => o.take(2)?,
            0x0800 | 0x86dd => return Some(o.rest()),
            0x8847 | 0x8848 => return mpls(o.rest()),
            // PPPoE session: six octets of header, two of PPP protocol (RFC 2516 §4).
            0x8864 => {
                o.take(6)?;
                return matches!(o.u16()?, 0x0021 | 0x0057).then(|| o.rest());
            }
            _ => return None,
        };
    }
    None
}

/// Skips labels to the bottom of the stack (RFC 3032 §2.1); what follows is IP if it looks so.
fn mpls(mut octets: &[u8]) -> Option<&[u8]> {
    loop {
        let (label, rest) = octets.split_first_chunk::<4>()?;
        octets = rest;
        if label[2] & 1 == 1 {
            return Some(octets);
        }
    }
}

/// RFC 791 §3.1.
fn ipv4<'a>(packet: &'a [u8], mask: Fields, h: &mut Headers) -> Option<Payload<'a>> {
    let mut o = Octets::of(packet);
    let header = usize::from(o.u8()? & 0x0f) * 4;
    o.take(1)?;
    let total = usize::from(o.u16()?);
    o.take(2)?;
    let fragment = o.u16()?;
    o.take(1)?;
    let protocol = o.u8()?;
    o.take(2)?;
    let (src, dst) = (o.take(4)?, o.take(4)?);
    if header < 20 {
        return None;
    }
    let v4 = |octets: &[u8]| octets.try_into().map_or(0, |o| mapped_v4(u32::from_be_bytes(o)));
    if mask.has(Field::SrcAddress) {
        h.src = v4(src);
    }
    if mask.has(Field::DstAddress) {
        h.dst = v4(dst);
    }
    // A length that cannot be (such as 0, left to the network card) does not bound the payload.
    let end = if total < header { packet.len() } else { total.min(packet.len()) };
    let later = fragment & 0x1fff != 0;
    let payload = Payload {
        protocol,
        octets: packet.get(header..end).unwrap_or_default(),
        fragmented: fragment & 0x3fff != 0,
        later,
    };
    // An authentication header may come before the transport in IPv4 too.
    Some(if protocol == AUTHENTICATION && !later { extensions(payload) } else { payload })
}

/// RFC 8200 §3.
fn ipv6<'a>(packet: &'a [u8], mask: Fields, h: &mut Headers) -> Option<Payload<'a>> {
    let mut o = Octets::of(packet);
    o.take(4)?;
    let len = usize::from(o.u16()?);
    let protocol = o.u8()?;
    o.take(1)?;
    let (src, dst) = (o.take(16)?, o.take(16)?);
    let v6 = |octets: &[u8]| octets.try_into().map_or(0, u128::from_be_bytes);
    if mask.has(Field::SrcAddress) {
        h.src = v6(src);
    }
    if mask.has(Field::DstAddress) {
        h.dst = v6(dst);
    }
    let rest = o.rest();
    // A length of 0 is a jumbogram, or left to the network card.
    let end = if len == 0 { rest.len() } else { len.min(rest.len()) };
    let octets = rest.get(..end).unwrap_or_default();
    Some(extensions(Payload { protocol, octets, fragmented: false, later: false }))
}

/// Skips extension headers (RFC 8200 §4) as far as the sample goes.
fn extensions(mut p: Payload<'_>) -> Payload<'_> {
    for _ in 0..MOST_EXTENSIONS {
        let mut o = Octets::of(p.octets);
        let (Some(next), Some(len)) = (o.u8(), o.u8()) else { return p };
        let len = usize::from(len);
        let len = match p.protocol {
            HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY | HOST_IDENTITY | SHIM6 => (len + 1) * 8,
            AUTHENTICATION => (len + 2) * 4,
            FRAGMENT => {
                let Some(fragment) = o.u16() else { return p };
                p.fragmented = fragment & 0xfff9 != 0;
                p.later = fragment & 0xfff8 != 0;
                8
            }
            _ => return p,
        };
        p.protocol = next;
        p.octets = p.octets.get(len..).unwrap_or_default();
        if p.later {
            return p;
        }
    }
    p
}

/// A packet with more extension headers than this is not followed to its end.
const MOST_EXTENSIONS: usize = 8;
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION: u8 = 60;
const MOBILITY: u8 = 135;
const HOST_IDENTITY: u8 = 139;
const SHIM6: u8 = 140;

/// Ports come first in all transports that have them; the sample may end right after.
fn transport(protocol: u8, octets: &[u8], mask: Fields, h: &mut Headers) {
    let two = |at: usize| match octets.get(at..at + 2) {
        Some(&[high, low]) => u16::from_be_bytes([high, low]),
        Some(_) | None => 0,
    };
    if matches!(protocol, TCP | UDP | DCCP | SCTP | UDP_LITE) {
        if mask.has(Field::SrcPort) {
            h.src_port = two(0);
        }
        if mask.has(Field::DstPort) {
            h.dst_port = two(2);
        }
    }
    if protocol == TCP && mask.has(Field::TcpFlags) {
        h.tcp_flags = two(12) & 0x0fff;
    }
}

const TCP: u8 = 6;
const UDP: u8 = 17;
const DCCP: u8 = 33;
const SCTP: u8 = 132;
const UDP_LITE: u8 = 136;

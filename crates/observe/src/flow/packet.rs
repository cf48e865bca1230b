//! The headers of a sampled packet, through Ethernet, VLAN tags, MPLS labels and PPPoE to the ports.

use etherparse::{Ipv6ExtensionSlice, LaxNetSlice, LaxSlicedPacket};
use terms::{Field, Fields, mapped_v4};

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
        Begins::Ip => LaxSlicedPacket::from_ip(octets).ok()?,
    };
    let mut h = Headers::default();
    let (payload, protocol, later) = match packet.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            if mask.has(Field::SrcAddress) {
                h.src = mapped_v4(u32::from_be_bytes(header.source()));
            }
            if mask.has(Field::DstAddress) {
                h.dst = mapped_v4(u32::from_be_bytes(header.destination()));
            }
            let later = header.fragments_offset().value() > 0;
            (ip.payload(), ip.payload_ip_number().0, later)
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            if mask.has(Field::SrcAddress) {
                h.src = u128::from_be_bytes(header.source());
            }
            if mask.has(Field::DstAddress) {
                h.dst = u128::from_be_bytes(header.destination());
            }
            let later = ip.extensions().clone().into_iter().any(|e| match e {
                Ipv6ExtensionSlice::Fragment(f) => f.fragment_offset().value() > 0,
                Ipv6ExtensionSlice::HopByHop(_)
                | Ipv6ExtensionSlice::Routing(_)
                | Ipv6ExtensionSlice::DestinationOptions(_)
                | Ipv6ExtensionSlice::Authentication(_) => false,
            });
            (ip.payload(), ip.payload().ip_number.0, later)
        }
        LaxNetSlice::Arp(_) => return None,
    };
    if mask.has(Field::Protocol) {
        h.protocol = protocol;
    }
    if mask.has(Field::Fragment) {
        h.fragment = u8::from(payload.fragmented);
    }
    // Only the first fragment has the transport header.
    if !later {
        transport(protocol, payload.payload, mask, &mut h);
    }
    Some(h)
}

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

fn ethernet(octets: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    let packet = LaxSlicedPacket::from_ethernet(octets).ok()?;
    if packet.net.is_some() {
        return Some(packet);
    }
    let inner = packet.ether_payload()?;
    match inner.ether_type.0 {
        0x8847 | 0x8848 => mpls(inner.payload),
        // PPPoE session: six octets of header, two of PPP protocol (RFC 2516 §4, RFC 1332, 5072).
        0x8864 => match inner.payload.get(6..8)? {
            [0x00, 0x21 | 0x57] => LaxSlicedPacket::from_ip(inner.payload.get(8..)?).ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Skips labels to the bottom of the stack (RFC 3032 §2.1); what follows is IP if it looks so.
fn mpls(mut octets: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    loop {
        let (label, rest) = octets.split_first_chunk::<4>()?;
        octets = rest;
        if label[2] & 1 == 1 {
            return LaxSlicedPacket::from_ip(octets).ok();
        }
    }
}

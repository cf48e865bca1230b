//! Sorting records into kinds of traffic.

use ground::Columns;
use terms::{Class, Column, Field, Flows};

/// Number of kinds.
pub(crate) const KINDS: usize = Class::ALL.len();

/// UDP ports of services that are abused as amplifiers. It only sorts traffic into kinds, so that
/// a change in the mix is seen; it decides nothing: what is stopped is learnt from the traffic.
pub const AMPLIFIER_PORTS: &[u16] = &[
    17,     // quote of the day
    19,     // chargen
    53,     // DNS
    69,     // TFTP
    111,    // portmapper
    123,    // NTP
    137,    // NetBIOS
    161,    // SNMP
    177,    // XDMCP
    389,    // CLDAP
    427,    // SLP
    500,    // IKE
    520,    // RIP version 1
    623,    // IPMI
    1194,   // OpenVPN
    1434,   // Microsoft SQL browser
    1604,   // Citrix ICA browser
    1900,   // SSDP
    3283,   // Apple remote desktop
    3389,   // RDP over UDP
    3478,   // STUN
    3702,   // WS-Discovery
    5060,   // SIP
    5093,   // Sentinel licence manager
    5353,   // multicast DNS
    5683,   // CoAP
    6881,   // BitTorrent DHT
    10_001, // Ubiquiti discovery
    10_074, // MiCollab
    11_211, // memcached
    17_185, // VxWorks debug
    20_800, // Quake III family
    26_000, // Quake
    27_015, // Source engine
    32_414, // Plex
    37_810, // DVR discovery
];

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const ICMP_V6: u8 = 58;
const SYN: u16 = 0x02;
const ACK: u16 = 0x10;

/// One bit a port.
static AMPLIFIERS: [u64; 1024] = bits(AMPLIFIER_PORTS);

const fn bits(ports: &[u16]) -> [u64; 1024] {
    let (mut bits, mut i) = ([0; 1024], 0);
    while i < ports.len() {
        bits[ports[i] as usize >> 6] |= 1 << (ports[i] & 63);
        i += 1;
    }
    bits
}

/// The columns that tell kinds apart; one that was not opened is empty, and tells nothing.
pub(crate) struct Kinds<'a> {
    protocol: &'a [u8],
    flags: &'a [u16],
    src_port: &'a [u16],
    fragment: &'a [u8],
}

impl<'a> Kinds<'a> {
    pub(crate) fn of(columns: &'a Columns<'_, Flows>) -> Self {
        let octets = |field| -> &'a [u8] {
            if let Some(Column::Octets(c)) = columns.column(field) { c } else { &[] }
        };
        let shorts = |field| -> &'a [u16] {
            if let Some(Column::Shorts(c)) = columns.column(field) { c } else { &[] }
        };
        Self {
            protocol: octets(Field::Protocol),
            flags: shorts(Field::TcpFlags),
            src_port: shorts(Field::SrcPort),
            fragment: octets(Field::Fragment),
        }
    }

    /// The kind of the record in this row.
    pub(crate) fn class(&self, row: usize) -> Class {
        if self.fragment.get(row).is_some_and(|f| *f != 0) {
            return Class::Fragment;
        }
        match self.protocol.get(row) {
            Some(&TCP) => match self.flags.get(row) {
                Some(flags) if flags & (SYN | ACK) == SYN => Class::TcpSyn,
                _ => Class::Tcp,
            },
            Some(&UDP) => match self.src_port.get(row) {
                Some(&port) if AMPLIFIERS[usize::from(port) >> 6] >> (port & 63) & 1 == 1 => {
                    Class::UdpAmplifier
                }
                _ => Class::Udp,
            },
            Some(&(ICMP | ICMP_V6)) => Class::Icmp,
            _ => Class::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_are_in_order_and_each_has_its_bit() {
        assert!(AMPLIFIER_PORTS.is_sorted_by(|a, b| a < b));
        let set: u32 = AMPLIFIERS.iter().map(|w| w.count_ones()).sum();
        assert_eq!(set as usize, AMPLIFIER_PORTS.len());
    }

    #[test]
    fn each_kind_is_told_by_its_traits() {
        let of = |fragment: u8, protocol: u8, flags: u16, src_port: u16| {
            let kinds = Kinds {
                protocol: &[protocol],
                flags: &[flags],
                src_port: &[src_port],
                fragment: &[fragment],
            };
            kinds.class(0)
        };
        assert_eq!(of(0, 6, 0x02, 80), Class::TcpSyn);
        assert_eq!(of(0, 6, 0x12, 80), Class::Tcp);
        assert_eq!(of(0, 6, 0x1b, 80), Class::Tcp);
        assert_eq!(of(0, 17, 0, 123), Class::UdpAmplifier);
        assert_eq!(of(0, 17, 0, 124), Class::Udp);
        assert_eq!(of(0, 1, 0, 0), Class::Icmp);
        assert_eq!(of(0, 58, 0, 0), Class::Icmp);
        assert_eq!(of(0, 47, 0, 0), Class::Other);
        assert_eq!(of(1, 17, 0, 123), Class::Fragment);
        let blind = Kinds { protocol: &[], flags: &[], src_port: &[], fragment: &[] };
        assert_eq!(blind.class(0), Class::Other);
    }
}

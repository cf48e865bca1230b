//! NetFlow v9 and IPFIX datagrams of records with 20 fields, as large routers send them.
//!
//! What `observe::encode` writes has the 13 fields that are decoded; here there are others too.

use std::net::{IpAddr, Ipv4Addr};

use observe::encode::Record;
use terms::{Span, address};

use crate::desk::AT;

/// In which frame records are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    NetFlow9,
    Ipfix,
}

const TEMPLATE: u16 = 256;
const DOMAIN: u32 = 7;

impl Frame {
    /// Number and length of each field of a record.
    fn fields(self) -> [(u16, u16); 20] {
        let (start, end) = match self {
            Self::NetFlow9 => ((22, 4), (21, 4)),
            Self::Ipfix => ((152, 8), (153, 8)),
        };
        [
            // Addresses, ports, protocol, type of service, TCP flags.
            (8, 4),
            (12, 4),
            (7, 2),
            (11, 2),
            (4, 1),
            (5, 1),
            (6, 2),
            // Interfaces, bytes, packets, first and last packet.
            (10, 4),
            (14, 4),
            (1, 8),
            (2, 8),
            start,
            end,
            // Autonomous systems, masks, next hops, VLAN.
            (16, 4),
            (17, 4),
            (9, 1),
            (13, 1),
            (15, 4),
            (18, 4),
            (58, 2),
        ]
    }

    fn template_set(self) -> u16 {
        match self {
            Self::NetFlow9 => 0,
            Self::Ipfix => 2,
        }
    }
}

/// A datagram with the template, then `count` datagrams with `records` records each.
pub(crate) fn wide(frame: Frame, count: usize, records: usize) -> Vec<Vec<u8>> {
    let fields = frame.fields();
    let mut template = Vec::new();
    words(&mut template, &[TEMPLATE, 20]);
    fields.iter().for_each(|&(id, len)| words(&mut template, &[id, len]));
    let mut sent = Sent { frame, datagrams: Vec::with_capacity(count + 1), number: 0 };
    sent.send(frame.template_set(), &template, 0);
    for datagram in 0..count {
        let mut body = Vec::new();
        for n in 0..records {
            let r = record(datagram * records + n);
            fields.iter().for_each(|&(id, len)| field(&mut body, id, len, &r));
        }
        body.resize(body.len().next_multiple_of(4), 0);
        sent.send(TEMPLATE, &body, u32::try_from(records).unwrap_or(0));
    }
    sent.datagrams
}

/// The `n`th record.
pub(crate) fn record(n: usize) -> Record {
    let thrown = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let [a, b, c, d, e, f, g, h] = thrown;
    Record {
        src: IpAddr::V4(Ipv4Addr::new(198, 51, a, b)),
        dst: IpAddr::V4(Ipv4Addr::new(203, 0, c, d)),
        src_port: u16::from_be_bytes([e, f]),
        dst_port: u16::from_be_bytes([f, g]),
        protocol: if h % 2 == 0 { 6 } else { 17 },
        tcp_flags: if h % 2 == 0 { 0x12 } else { 0 },
        bytes: 64 + u64::from(g) * 5,
        packets: 1 + u64::from(h),
        fragment: false,
        input: 1 + u32::from(a % 8),
        output: 9 + u32::from(b % 8),
        start: AT.wall.before(Span(2_000 + u64::from(c))),
        end: AT.wall.before(Span(u64::from(d))),
    }
}

fn field(out: &mut Vec<u8>, id: u16, len: u16, r: &Record) {
    let boot = AT.wall.0 - i64::from(UPTIME);
    let value = match id {
        8 => low(r.src),
        12 => low(r.dst),
        7 => r.src_port.into(),
        11 => r.dst_port.into(),
        4 => r.protocol.into(),
        6 => r.tcp_flags.into(),
        10 => r.input.into(),
        14 => r.output.into(),
        1 => r.bytes,
        2 => r.packets,
        22 => r.start.0.abs_diff(boot),
        21 => r.end.0.abs_diff(boot),
        152 => r.start.0.unsigned_abs(),
        153 => r.end.0.unsigned_abs(),
        9 | 13 => 24,
        16 | 17 => 64_500 + u64::from(r.input),
        _ => u64::from(r.output),
    };
    let octets = value.to_be_bytes();
    out.extend(octets.iter().skip(octets.len() - usize::from(len)));
}

/// The 32 bits of an IPv4 address.
fn low(ip: IpAddr) -> u64 {
    u64::try_from(address(ip) & 0xffff_ffff).unwrap_or(0)
}

/// Milliseconds since the exporter started.
const UPTIME: u32 = 3_600_000;

/// What one exporter has sent.
struct Sent {
    frame: Frame,
    datagrams: Vec<Vec<u8>>,
    /// Datagrams so far (NetFlow v9), or records (IPFIX).
    number: u32,
}

impl Sent {
    fn send(&mut self, set: u16, body: &[u8], records: u32) {
        let seconds = u32::try_from(AT.wall.0 / 1000).unwrap_or(0);
        let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let mut d = Vec::new();
        match self.frame {
            Frame::NetFlow9 => {
                // The template counts as a record (RFC 3954 §5.1).
                words(&mut d, &[9, u16::try_from(records.max(1)).unwrap_or(0)]);
                longs(&mut d, &[UPTIME, seconds, self.number, DOMAIN]);
                self.number += 1;
            }
            Frame::Ipfix => {
                words(&mut d, &[10, short(16 + 4 + body.len())]);
                longs(&mut d, &[seconds, self.number, DOMAIN]);
                self.number += records;
            }
        }
        words(&mut d, &[set, short(4 + body.len())]);
        d.extend(body);
        self.datagrams.push(d);
    }
}

fn words(out: &mut Vec<u8>, words: &[u16]) {
    out.extend(words.iter().flat_map(|w| w.to_be_bytes()));
}

fn longs(out: &mut Vec<u8>, longs: &[u32]) {
    out.extend(longs.iter().flat_map(|l| l.to_be_bytes()));
}

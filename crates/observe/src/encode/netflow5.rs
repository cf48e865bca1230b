//! NetFlow v5 datagrams.

use std::net::{IpAddr, Ipv4Addr};

use terms::Time;

use super::{Record, least, seconds, uptime};

/// An exporter of NetFlow v5.
#[derive(Debug, Clone)]
pub struct NetFlow5 {
    /// When it started.
    pub boot: Time,
    /// Records sent so far.
    pub sequence: u32,
    /// Engine type and id.
    pub engine: u16,
    /// One packet in this many is sampled; 0 says nothing. At most 16,383.
    pub sampling: u16,
}

/// A datagram has at most so many records.
const MOST: usize = 30;

impl NetFlow5 {
    /// The datagrams for these records. The format has no IPv6: such records are left out. Numbers
    /// larger than it holds stay at its largest.
    pub fn datagrams(&mut self, at: Time, records: &[Record]) -> Vec<Vec<u8>> {
        let v4: Vec<(Ipv4Addr, Ipv4Addr, &Record)> = records
            .iter()
            .filter_map(|r| match (r.src, r.dst) {
                (IpAddr::V4(src), IpAddr::V4(dst)) => Some((src, dst, r)),
                _ => None,
            })
            .collect();
        v4.chunks(MOST).map(|chunk| self.datagram(at, chunk)).collect()
    }

    fn datagram(&mut self, at: Time, records: &[(Ipv4Addr, Ipv4Addr, &Record)]) -> Vec<u8> {
        let count = least(records.len() as u64, u16::MAX);
        let nanoseconds = u32::try_from(at.0.rem_euclid(1000)).unwrap_or(0) * 1_000_000;
        let mut d = Vec::with_capacity(24 + 48 * records.len());
        d.extend(5_u16.to_be_bytes());
        d.extend(count.to_be_bytes());
        d.extend(uptime(self.boot, at).to_be_bytes());
        d.extend(seconds(at).to_be_bytes());
        d.extend(nanoseconds.to_be_bytes());
        d.extend(self.sequence.to_be_bytes());
        d.extend(self.engine.to_be_bytes());
        d.extend(self.sampling.min(0x3fff).to_be_bytes());
        for (src, dst, r) in records {
            let interface = |n: u32| least(n.into(), u16::MAX).to_be_bytes();
            d.extend(src.octets());
            d.extend(dst.octets());
            d.extend([0; 4]);
            d.extend(interface(r.input));
            d.extend(interface(r.output));
            d.extend(least(r.packets, u32::MAX).to_be_bytes());
            d.extend(least(r.bytes, u32::MAX).to_be_bytes());
            d.extend(uptime(self.boot, r.start).to_be_bytes());
            d.extend(uptime(self.boot, r.end).to_be_bytes());
            d.extend(r.src_port.to_be_bytes());
            d.extend(r.dst_port.to_be_bytes());
            d.extend([0, least(r.tcp_flags.into(), u8::MAX), r.protocol, 0]);
            d.extend([0; 8]);
        }
        self.sequence = self.sequence.wrapping_add(count.into());
        d
    }
}

//! sFlow v5 datagrams: a sampled packet for each record, and interface counters.

use std::net::IpAddr;

use terms::{Time, address};

use super::{MOST_OCTETS, Record, least, uptime};
use crate::InterfaceCounters;

/// An sFlow agent.
#[derive(Debug, Clone)]
pub struct Sflow5 {
    /// When it started.
    pub boot: Time,
    /// Its address, as it stands in the datagram.
    pub agent: IpAddr,
    /// Sub-agent.
    pub sub_agent: u32,
    /// Datagrams sent so far.
    pub sequence: u32,
    /// Samples taken so far.
    pub samples: u32,
    /// One packet in this many is sampled.
    pub sampling: u32,
}

impl Sflow5 {
    /// The datagrams for these records, each a sample of one packet: its frame is `bytes` long, and
    /// `packets`, `start` and `end` are not told.
    pub fn datagrams(&mut self, at: Time, records: &[Record]) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        let (mut count, mut samples) = (0, Vec::new());
        for r in records {
            let sample = self.flow_sample(r);
            if samples.len() + sample.len() > MOST_OCTETS - 40 {
                all.push(self.frame(at, core::mem::take(&mut count), &samples));
                samples.clear();
            }
            samples.extend(sample);
            count += 1;
        }
        if count > 0 {
            all.push(self.frame(at, count, &samples));
        }
        all
    }

    /// The datagrams for these interface counters.
    pub fn counters(&mut self, at: Time, counters: &[InterfaceCounters]) -> Vec<Vec<u8>> {
        let fit = MOST_OCTETS / 120;
        let mut all = Vec::new();
        for some in counters.chunks(fit) {
            let mut samples = Vec::new();
            for c in some {
                self.samples = self.samples.wrapping_add(1);
                let mut body = Vec::new();
                words(&mut body, &[self.samples, c.interface, 1]);
                tagged(&mut body, 1, &generic(c));
                tagged(&mut samples, 2, &body);
            }
            all.push(self.frame(at, least(some.len() as u64, u32::MAX), &samples));
        }
        all
    }

    fn flow_sample(&mut self, r: &Record) -> Vec<u8> {
        self.samples = self.samples.wrapping_add(1);
        let pool = self.samples.wrapping_mul(self.sampling);
        let mut body = Vec::new();
        words(&mut body, &[self.samples, r.input, self.sampling, pool, 0, r.input, r.output, 1]);
        let header = packet(r);
        let mut raw = Vec::new();
        // Ethernet; four octets of check sequence were stripped.
        let len = least(header.len() as u64, u32::MAX);
        words(&mut raw, &[1, least(r.bytes, u32::MAX), 4, len]);
        raw.extend(&header);
        raw.resize(raw.len().next_multiple_of(4), 0);
        tagged(&mut body, 1, &raw);
        let mut sample = Vec::new();
        tagged(&mut sample, 1, &body);
        sample
    }

    fn frame(&mut self, at: Time, count: u32, samples: &[u8]) -> Vec<u8> {
        let mut d = Vec::with_capacity(40 + samples.len());
        words(&mut d, &[5]);
        match self.agent {
            IpAddr::V4(v4) => {
                words(&mut d, &[1]);
                d.extend(v4.octets());
            }
            IpAddr::V6(v6) => {
                words(&mut d, &[2]);
                d.extend(v6.octets());
            }
        }
        words(&mut d, &[self.sub_agent, self.sequence, uptime(self.boot, at), count]);
        d.extend(samples);
        self.sequence = self.sequence.wrapping_add(1);
        d
    }
}

/// The packet's headers: Ethernet, IP, and the transport as far as a record tells.
fn packet(r: &Record) -> Vec<u8> {
    let transport = transport(r);
    let on_wire = usize::try_from(r.bytes.saturating_sub(14)).unwrap_or(usize::MAX);
    let mut p = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
    match (r.src, r.dst) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => {
            let len = on_wire.clamp(20 + transport.len(), 65_535) as u64;
            p.extend([0x08, 0x00, 0x45, 0]);
            p.extend(least(len, u16::MAX).to_be_bytes());
            // "More fragments" when it is one.
            p.extend([0, 0, if r.fragment { 0x20 } else { 0 }, 0, 64, r.protocol, 0, 0]);
            p.extend(src.octets());
            p.extend(dst.octets());
        }
        (src, dst) => {
            let extension = if r.fragment { 8 } else { 0 };
            let least_len = transport.len() + extension;
            let len = on_wire.saturating_sub(40).clamp(least_len, 65_535) as u64;
            p.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
            p.extend(least(len, u16::MAX).to_be_bytes());
            p.extend([if r.fragment { 44 } else { r.protocol }, 64]);
            p.extend(address(src).to_be_bytes());
            p.extend(address(dst).to_be_bytes());
            if r.fragment {
                p.extend([r.protocol, 0, 0, 1, 0, 0, 0, 1]);
            }
        }
    }
    p.extend(transport);
    p
}

fn transport(r: &Record) -> Vec<u8> {
    let mut t = Vec::new();
    t.extend(r.src_port.to_be_bytes());
    t.extend(r.dst_port.to_be_bytes());
    match r.protocol {
        6 => {
            t.extend([0; 8]);
            t.extend((0x5000 | r.tcp_flags & 0x0fff).to_be_bytes());
            t.extend([0; 6]);
        }
        17 | 136 => t.extend([0, 8, 0, 0]),
        33 | 132 => t.extend([0; 12]),
        _ => t = vec![0; 8],
    }
    t
}

fn generic(c: &InterfaceCounters) -> Vec<u8> {
    let mut g = Vec::with_capacity(88);
    words(&mut g, &[c.interface, c.kind]);
    g.extend(c.speed.to_be_bytes());
    words(&mut g, &[c.direction, u32::from(c.enabled) | u32::from(c.up) << 1]);
    g.extend(c.in_octets.to_be_bytes());
    words(&mut g, &[c.in_unicast, c.in_multicast, c.in_broadcast]);
    words(&mut g, &[c.in_discards, c.in_errors, c.in_unknown]);
    g.extend(c.out_octets.to_be_bytes());
    words(&mut g, &[c.out_unicast, c.out_multicast, c.out_broadcast]);
    words(&mut g, &[c.out_discards, c.out_errors, 0]);
    g
}

fn tagged(out: &mut Vec<u8>, tag: u32, body: &[u8]) {
    words(out, &[tag, least(body.len() as u64, u32::MAX)]);
    out.extend(body);
}

fn words(out: &mut Vec<u8>, words: &[u32]) {
    out.extend(words.iter().flat_map(|w| w.to_be_bytes()));
}

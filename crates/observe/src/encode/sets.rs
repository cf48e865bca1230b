//! NetFlow v9 and IPFIX datagrams: the same templates and records in another frame.

use std::net::IpAddr;

use terms::{Time, address};

use super::{MOST_OCTETS, Record, seconds, uptime};

/// An exporter of NetFlow v9.
#[derive(Debug, Clone)]
pub struct NetFlow9 {
    /// When it started.
    pub boot: Time,
    /// Datagrams sent so far.
    pub sequence: u32,
    /// Source id.
    pub source: u32,
    /// One packet in this many is sampled; told in an options record.
    pub sampling: Option<u32>,
}

/// An exporter of IPFIX.
#[derive(Debug, Clone)]
pub struct Ipfix {
    /// Records sent so far.
    pub sequence: u32,
    /// Observation domain.
    pub domain: u32,
    /// One packet in this many is sampled; told in an options record.
    pub sampling: Option<u32>,
}

const V4: u16 = 256;
const V6: u16 = 257;
const OPTIONS: u16 = 258;

/// Numbers and lengths of the fields of a flow record.
fn fields(template: u16) -> [(u16, u16); 13] {
    let (src, dst, len) = if template == V4 { (8, 12, 4) } else { (27, 28, 16) };
    [
        (src, len),
        (dst, len),
        (7, 2),
        (11, 2),
        (4, 1),
        (6, 2),
        (1, 8),
        (2, 8),
        (197, 1),
        (10, 4),
        (14, 4),
        (152, 8),
        (153, 8),
    ]
}

impl NetFlow9 {
    /// The datagram that describes the records, and tells the sampling rate.
    pub fn templates(&mut self, at: Time) -> Vec<u8> {
        let mut sets = Vec::new();
        template_set(&mut sets, 0);
        if let Some(rate) = self.sampling {
            // Scope: the whole exporter; samplingInterval.
            set(&mut sets, 1, |s| words(s, &[OPTIONS, 4, 4, 1, 4, 34, 4, 0]));
            set(&mut sets, OPTIONS, |s| {
                s.extend([0; 4]);
                s.extend(rate.to_be_bytes());
            });
        }
        let records = if self.sampling.is_some() { 4 } else { 2 };
        self.frame(at, records, &sets)
    }

    /// The datagrams for these records.
    pub fn datagrams(&mut self, at: Time, records: &[Record]) -> Vec<Vec<u8>> {
        pack(records).into_iter().map(|(count, sets)| self.frame(at, count, &sets)).collect()
    }

    fn frame(&mut self, at: Time, count: u16, sets: &[u8]) -> Vec<u8> {
        let mut d = Vec::with_capacity(20 + sets.len());
        words(&mut d, &[9, count]);
        d.extend(uptime(self.boot, at).to_be_bytes());
        d.extend(seconds(at).to_be_bytes());
        d.extend(self.sequence.to_be_bytes());
        d.extend(self.source.to_be_bytes());
        d.extend(sets);
        self.sequence = self.sequence.wrapping_add(1);
        d
    }
}

impl Ipfix {
    /// The datagram that describes the records, and tells the sampling rate.
    pub fn templates(&mut self, at: Time) -> Vec<u8> {
        let mut sets = Vec::new();
        template_set(&mut sets, 2);
        if let Some(rate) = self.sampling {
            // Scope: the observation domain; one packet in, the others out.
            set(&mut sets, 3, |s| words(s, &[OPTIONS, 3, 1, 149, 4, 305, 4, 306, 4]));
            set(&mut sets, OPTIONS, |s| {
                s.extend(self.domain.to_be_bytes());
                s.extend(1_u32.to_be_bytes());
                s.extend(rate.saturating_sub(1).to_be_bytes());
            });
        }
        self.frame(at, self.sampling.is_some().into(), &sets)
    }

    /// The datagrams for these records.
    pub fn datagrams(&mut self, at: Time, records: &[Record]) -> Vec<Vec<u8>> {
        pack(records).into_iter().map(|(count, sets)| self.frame(at, count, &sets)).collect()
    }

    fn frame(&mut self, at: Time, records: u16, sets: &[u8]) -> Vec<u8> {
        let len = 16 + sets.len();
        let mut d = Vec::with_capacity(len);
        words(&mut d, &[10, u16::try_from(len).unwrap_or(u16::MAX)]);
        d.extend(seconds(at).to_be_bytes());
        d.extend(self.sequence.to_be_bytes());
        d.extend(self.domain.to_be_bytes());
        d.extend(sets);
        self.sequence = self.sequence.wrapping_add(records.into());
        d
    }
}

/// Packs records, in order, into the sets of as many datagrams as they need, each with its number of
/// records. Where IPv4 and IPv6 take turns, so do the sets.
fn pack(records: &[Record]) -> Vec<(u16, Vec<u8>)> {
    let mut packed = Vec::new();
    let (mut count, mut sets) = (0, Vec::new());
    for run in records.chunk_by(|a, b| template(a) == template(b)) {
        let mut run = run;
        while let Some(first) = run.first() {
            let template = template(first);
            let width: usize = fields(template).iter().map(|&(_, len)| usize::from(len)).sum();
            let fit = (MOST_OCTETS.saturating_sub(sets.len() + 4) / width).min(run.len());
            if fit == 0 {
                packed.push((core::mem::take(&mut count), core::mem::take(&mut sets)));
                continue;
            }
            let (now, later) = run.split_at(fit);
            set(&mut sets, template, |s| now.iter().for_each(|r| record(s, template, r)));
            count += u16::try_from(fit).unwrap_or(u16::MAX);
            run = later;
        }
    }
    if count > 0 {
        packed.push((count, sets));
    }
    packed
}

fn template(r: &Record) -> u16 {
    match (r.src, r.dst) {
        (IpAddr::V4(_), IpAddr::V4(_)) => V4,
        _ => V6,
    }
}

fn record(out: &mut Vec<u8>, template: u16, r: &Record) {
    for ip in [r.src, r.dst] {
        match ip {
            IpAddr::V4(v4) if template == V4 => out.extend(v4.octets()),
            IpAddr::V4(_) | IpAddr::V6(_) => out.extend(address(ip).to_be_bytes()),
        }
    }
    out.extend(r.src_port.to_be_bytes());
    out.extend(r.dst_port.to_be_bytes());
    out.push(r.protocol);
    out.extend(r.tcp_flags.to_be_bytes());
    out.extend(r.bytes.to_be_bytes());
    out.extend(r.packets.to_be_bytes());
    // "More fragments" of fragmentFlags.
    out.push(if r.fragment { 0x20 } else { 0 });
    out.extend(r.input.to_be_bytes());
    out.extend(r.output.to_be_bytes());
    out.extend(r.start.0.to_be_bytes());
    out.extend(r.end.0.to_be_bytes());
}

fn template_set(out: &mut Vec<u8>, id: u16) {
    set(out, id, |s| {
        for template in [V4, V6] {
            let fields = fields(template);
            words(s, &[template, u16::try_from(fields.len()).unwrap_or(0)]);
            fields.iter().for_each(|&(id, len)| words(s, &[id, len]));
        }
    });
}

/// A set, padded with zeros to a multiple of four octets.
fn set(out: &mut Vec<u8>, id: u16, body: impl FnOnce(&mut Vec<u8>)) {
    let from = out.len();
    words(out, &[id, 0]);
    body(out);
    while !(out.len() - from).is_multiple_of(4) {
        out.push(0);
    }
    let len = u16::try_from(out.len() - from).unwrap_or(u16::MAX);
    if let Some(place) = out.get_mut(from + 2..from + 4) {
        place.copy_from_slice(&len.to_be_bytes());
    }
}

fn words(out: &mut Vec<u8>, words: &[u16]) {
    out.extend(words.iter().flat_map(|w| w.to_be_bytes()));
}

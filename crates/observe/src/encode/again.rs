//! Decodes, encodes what was decoded, decodes that, and compares: what the fuzz targets run.

use terms::{ExporterId, Field, Fields, Flows, Moment, Time, ip, mapped_v4};

use super::{Ipfix, NetFlow5, NetFlow9, Record, Sflow5};
use crate::flow::{Format, Learned, Reading, Tally, decode};

/// What is not as it should be. Says nothing of the records themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Differs {
    /// Octets are missing from the account of a datagram.
    #[error("{accounted} of {received} octets of a datagram are accounted for")]
    Account {
        /// Octets in the account.
        accounted: u64,
        /// Octets of the datagram.
        received: usize,
    },
    /// A column is longer or shorter than the batch.
    #[error("a column is of another length than its batch")]
    Length,
    /// A column was filled that the mask does not name.
    #[error("a column was filled that the mask does not name")]
    Mask,
    /// A record does not come back as it was.
    #[error("record {row} comes back changed through {format}")]
    Record {
        /// Which record.
        row: usize,
        /// Through which format.
        format: Format,
    },
}

/// Decodes datagrams, each preceded by two octets with its length, as of one exporter; checks the
/// account and the columns, under all fields and under a part of them; encodes the records in
/// `format`, as far as it can hold them, and checks that they come back.
///
/// # Errors
/// The first thing that is not as it should be.
pub fn compare(format: Format, datagrams: &[u8]) -> Result<(), Differs> {
    let part = Fields::of(&[Field::DstAddress, Field::Protocol, Field::Packets]);
    for mask in [Fields::NONE, part, Fields::FLOW] {
        let mut reader = Reader::new(mask);
        let mut rest = datagrams;
        while let Some((len, more)) = rest.split_first_chunk::<2>() {
            let len = usize::from(u16::from_be_bytes(*len)).min(more.len());
            let (datagram, more) = more.split_at(len);
            reader.read(datagram)?;
            rest = more;
        }
        if mask == Fields::FLOW {
            comes_back(format, &reader.flows)?;
        }
    }
    Ok(())
}

/// One exporter's state and everything it sent.
struct Reader {
    learned: Learned,
    flows: Flows,
}

impl Reader {
    fn new(mask: Fields) -> Self {
        Self { learned: Learned::default(), flows: Flows::new(ExporterId(0), AT, mask) }
    }

    fn read(&mut self, datagram: &[u8]) -> Result<(), Differs> {
        let mut tally = Tally::default();
        let mask = self.flows.fields;
        decode(
            datagram,
            &mut Reading {
                mask,
                setting: 0,
                at: Moment::replayed(AT),
                learned: &mut self.learned,
                flows: &mut self.flows,
                tally: &mut tally,
                counters: &mut Vec::new(),
            },
        );
        if tally.octets() != datagram.len() as u64 {
            let accounted = tally.octets();
            return Err(Differs::Account { accounted, received: datagram.len() });
        }
        for (field, len) in lengths(&self.flows) {
            if !mask.has(field) && len > 0 {
                return Err(Differs::Mask);
            }
            if mask.has(field) && len != self.flows.len {
                return Err(Differs::Length);
            }
        }
        if self.flows.sampling.len() == self.flows.len { Ok(()) } else { Err(Differs::Length) }
    }
}

const AT: Time = Time(1_800_000_000_000);

/// The length of each column.
pub(crate) fn lengths(f: &Flows) -> [(Field, usize); 13] {
    [
        (Field::SrcAddress, f.src.len()),
        (Field::DstAddress, f.dst.len()),
        (Field::SrcPort, f.src_port.len()),
        (Field::DstPort, f.dst_port.len()),
        (Field::Protocol, f.protocol.len()),
        (Field::TcpFlags, f.tcp_flags.len()),
        (Field::Bytes, f.bytes.len()),
        (Field::Packets, f.packets.len()),
        (Field::Fragment, f.fragment.len()),
        (Field::InputInterface, f.input.len()),
        (Field::OutputInterface, f.output.len()),
        (Field::Timestamp, f.start.len()),
        (Field::Timestamp, f.end.len()),
    ]
}

fn comes_back(format: Format, flows: &Flows) -> Result<(), Differs> {
    let all = records(flows);
    let Some(&(first, sampling)) = all.iter().find(|(r, s)| holds(format, r, *s, r.start)) else {
        return Ok(());
    };
    let at = if format == Format::Sflow5 { AT } else { first.start };
    let kept: Vec<Record> = all
        .iter()
        .filter(|(r, s)| *s == sampling && holds(format, r, *s, first.start))
        .map(|(r, _)| *r)
        .collect();
    let mut reader = Reader::new(Fields::FLOW);
    for datagram in encoded(format, at, sampling, &kept) {
        reader.read(&datagram)?;
    }
    let back = records(&reader.flows);
    let differs = |row| Err(Differs::Record { row, format });
    if back.len() != kept.len() {
        return differs(back.len().min(kept.len()));
    }
    match back.iter().zip(&kept).position(|(b, k)| *b != (*k, sampling)) {
        Some(row) => differs(row),
        None => Ok(()),
    }
}

fn encoded(format: Format, at: Time, sampling: u32, records: &[Record]) -> Vec<Vec<u8>> {
    let told = (sampling != 0).then_some(sampling);
    match format {
        Format::NetFlow5 => {
            let sampling = u16::try_from(sampling).unwrap_or(0);
            NetFlow5 { boot: AT, sequence: 0, engine: 0, sampling }.datagrams(at, records)
        }
        Format::NetFlow9 => {
            let mut e = NetFlow9 { boot: AT, sequence: 0, source: 0, sampling: told };
            let mut all = vec![e.templates(at)];
            all.extend(e.datagrams(at, records));
            all
        }
        Format::Ipfix => {
            let mut e = Ipfix { sequence: 0, domain: 0, sampling: told };
            let mut all = vec![e.templates(at)];
            all.extend(e.datagrams(at, records));
            all
        }
        Format::Sflow5 => {
            let agent = ip(mapped_v4(0));
            Sflow5 { boot: AT, agent, sub_agent: 0, sequence: 0, samples: 0, sampling }
                .datagrams(at, records)
        }
    }
}

/// Can the format hold this record, beside one that began at `near`?
fn holds(format: Format, r: &Record, sampling: u32, near: Time) -> bool {
    let clock = |t: Time| {
        near.0.checked_sub(t.0).and_then(|ms| i32::try_from(ms).ok()).is_some()
            && u32::try_from(t.0.div_euclid(1000)).is_ok()
    };
    let small = |n: u64| u32::try_from(n).is_ok();
    let port = |n: u32| u16::try_from(n).is_ok();
    match format {
        Format::NetFlow9 | Format::Ipfix => true,
        Format::NetFlow5 => {
            (r.src.is_ipv4() && r.dst.is_ipv4())
                && (small(r.bytes) && small(r.packets))
                && (port(r.input) && port(r.output))
                && (r.tcp_flags <= 0xff && sampling <= 0x3fff)
                && r.fragment == is_without_ports(r)
                && (clock(r.start) && clock(r.end))
        }
        Format::Sflow5 => {
            let ports = matches!(r.protocol, 6 | 17 | 33 | 132 | 136);
            (r.src.is_ipv4() == r.dst.is_ipv4() && !is_extension(r.protocol))
                && (small(r.bytes) && r.packets == 1)
                && (r.input < 0x3fff_ffff && r.output < 0x3fff_ffff)
                && (ports || (r.src_port == 0 && r.dst_port == 0))
                && (r.tcp_flags == 0 || (r.protocol == 6 && r.tcp_flags <= 0x0fff))
                && (r.start == AT && r.end == AT)
        }
    }
}

/// What a format that does not tell fragments is read as one by.
fn is_without_ports(r: &Record) -> bool {
    matches!(r.protocol, 6 | 17) && r.src_port == 0 && r.dst_port == 0
}

/// IPv6 extension headers, which a packet has before its protocol (RFC 8200 §4).
fn is_extension(protocol: u8) -> bool {
    matches!(protocol, 0 | 43 | 44 | 51 | 60 | 135 | 139 | 140)
}

fn records(f: &Flows) -> Vec<(Record, u32)> {
    (0..f.len)
        .map_while(|i| {
            let record = Record {
                src: ip(*f.src.get(i)?),
                dst: ip(*f.dst.get(i)?),
                src_port: *f.src_port.get(i)?,
                dst_port: *f.dst_port.get(i)?,
                protocol: *f.protocol.get(i)?,
                tcp_flags: *f.tcp_flags.get(i)?,
                bytes: *f.bytes.get(i)?,
                packets: *f.packets.get(i)?,
                fragment: *f.fragment.get(i)? != 0,
                input: *f.input.get(i)?,
                output: *f.output.get(i)?,
                start: Time(*f.start.get(i)?),
                end: Time(*f.end.get(i)?),
            };
            Some((record, *f.sampling.get(i)?))
        })
        .collect()
}

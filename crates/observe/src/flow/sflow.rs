//! sFlow v5: samples of packets, and counters of interfaces.
//!
//! A sample is one packet of the length its frame had on the wire, and carries its sampling rate.

use terms::{Field, Fields, FlowField, Flows, mapped_v4};

use super::columns::{octet, short};
use super::octets::{Octets, number};
use super::packet::{Begins, HEADER_FIELDS, Headers, headers};
use super::sampling::{Provenance, Rate};
use super::sequence::Stamp;
use super::sets::admit;
use super::tally::Flaw;
use super::{Format, Reading};
use crate::InterfaceCounters;

/// Reads one datagram.
pub(crate) fn read(datagram: &[u8], reading: &mut Reading<'_>) {
    let mut o = Octets::of(datagram);
    let Some(header) = header(&mut o) else {
        reading.tally.flaw(Flaw::Header, datagram.len(), 0);
        return;
    };
    if !admit(Format::Sflow5, header.agent, datagram.len(), reading) {
        return;
    }
    reading.tally.read(o.at());
    let mut left = header.samples;
    while left > 0 {
        let offset = o.at();
        if o.left() == 0 {
            reading.tally.flaw(Flaw::Length, 0, offset);
            break;
        }
        let Some((tag, body)) = tagged(&mut o) else {
            reading.tally.flaw(Flaw::SetLength, o.left(), offset);
            o.take(o.left());
            break;
        };
        left -= 1;
        let read = match tag {
            FLOW | FLOW_EXPANDED => flow(tag, body, reading),
            COUNTERS | COUNTERS_EXPANDED => counters(tag, body, reading),
            _ => Err(Flaw::Unsupported),
        };
        match read {
            Ok(true) => reading.tally.read(o.at() - offset),
            Ok(false) => {
                reading.tally.passed += 1;
                reading.tally.unread += (o.at() - offset) as u64;
            }
            Err(flaw) => reading.tally.flaw(flaw, o.at() - offset, offset),
        }
    }
    if o.left() > 0 {
        reading.tally.flaw(Flaw::Trailing, o.left(), o.at());
    }
    let uptime = Some(header.uptime);
    let stamp = Stamp { number: header.sequence, records: None, options: 0, uptime };
    let heard = reading.learned.hear(Format::Sflow5, header.agent, stamp, reading.at);
    reading.tally.heard = Some(heard);
}

// Enterprise 0 in the upper twenty bits, format in the lower twelve.
const FLOW: u32 = 1;
const COUNTERS: u32 = 2;
const FLOW_EXPANDED: u32 = 3;
const COUNTERS_EXPANDED: u32 = 4;
const RAW_HEADER: u32 = 1;
const SAMPLED_V4: u32 = 3;
const SAMPLED_V6: u32 = 4;
const GENERIC: u32 = 1;

struct Header {
    /// Sub-agent, which numbers its datagrams itself.
    agent: u32,
    sequence: u32,
    uptime: u32,
    samples: u32,
}

fn header(o: &mut Octets<'_>) -> Option<Header> {
    o.u32()?;
    // The agent's address is not used: an exporter is known by where its datagrams come from.
    match o.u32()? {
        1 => o.take(4)?,
        2 => o.take(16)?,
        _ => return None,
    };
    Some(Header { agent: o.u32()?, sequence: o.u32()?, uptime: o.u32()?, samples: o.u32()? })
}

/// The next tagged structure and its body; `None`, and nothing read, when it runs over the end.
fn tagged<'a>(o: &mut Octets<'a>) -> Option<(u32, &'a [u8])> {
    let mut ahead = *o;
    let (tag, len) = (ahead.u32()?, ahead.u32()?);
    let body = ahead.take(usize::try_from(len).ok()?)?;
    *o = ahead;
    Some((tag, body))
}

/// Reads a flow sample into one row; `false` when nothing in it may be read.
fn flow(tag: u32, body: &[u8], reading: &mut Reading<'_>) -> Result<bool, Flaw> {
    let mask = reading.mask.common(Fields::FLOW);
    if mask.is_empty() {
        return Ok(false);
    }
    let mut o = Octets::of(body);
    let sample = sample(tag, &mut o).ok_or(Flaw::Sample)?;
    let mut found: Result<(u64, Headers), Flaw> = Err(Flaw::Unsupported);
    for _ in 0..sample.records {
        if o.left() == 0 {
            break;
        }
        let (tag, body) = tagged(&mut o).ok_or(Flaw::Sample)?;
        match tag {
            RAW_HEADER => {
                found = raw(body, mask);
                break;
            }
            SAMPLED_V4 | SAMPLED_V6 if found.is_err() => found = sampled_ip(tag, body, mask),
            _ => {}
        }
    }
    let (bytes, headers) = found?;
    let one_in = match (sample.rate, reading.setting) {
        (0, setting) => Rate { one_in: setting, by: Provenance::Setting },
        (one_in, _) => Rate { one_in, by: Provenance::Header },
    };
    push(&sample, bytes, &headers, one_in.one_in, reading.at.wall.0, mask, reading.flows);
    reading.tally.records += 1;
    reading.tally.rate = Some(one_in).filter(|r| r.one_in != 0);
    Ok(true)
}

struct Sample {
    rate: u32,
    input: u32,
    output: u32,
    records: u32,
}

fn sample(tag: u32, o: &mut Octets<'_>) -> Option<Sample> {
    // Sequence number and source; the expanded form has the source in two words.
    o.take(if tag == FLOW { 8 } else { 12 })?;
    let rate = o.u32()?;
    // Sample pool and drops.
    o.take(8)?;
    let mut interface = || {
        let (format, value) = if tag == FLOW {
            let word = o.u32()?;
            (word >> 30, word & INTERNAL)
        } else {
            (o.u32()?, o.u32()?)
        };
        // Formats 1 and 2 are a reason for dropping and a number of outputs, not an interface.
        Some(if format == 0 && value != INTERNAL { value } else { 0 })
    };
    let (input, output) = (interface()?, interface()?);
    Some(Sample { rate, input, output, records: o.u32()? })
}

/// No interface: the exporter itself.
const INTERNAL: u32 = 0x3fff_ffff;

fn raw(body: &[u8], mask: Fields) -> Result<(u64, Headers), Flaw> {
    let mut o = Octets::of(body);
    let header = raw_header(&mut o).ok_or(Flaw::Sample)?;
    let wanted = mask.common(HEADER_FIELDS);
    if wanted.is_empty() {
        return Ok((header.frame.into(), Headers::default()));
    }
    let begins = match header.protocol {
        1 => Begins::Ethernet,
        11 | 12 => Begins::Ip,
        13 => Begins::Mpls,
        _ => return Err(Flaw::Unsupported),
    };
    let headers = headers(begins, header.octets, wanted).ok_or(Flaw::NotIp)?;
    Ok((header.frame.into(), headers))
}

struct RawHeader<'a> {
    protocol: u32,
    frame: u32,
    octets: &'a [u8],
}

fn raw_header<'a>(o: &mut Octets<'a>) -> Option<RawHeader<'a>> {
    let (protocol, frame, _stripped) = (o.u32()?, o.u32()?, o.u32()?);
    let len = usize::try_from(o.u32()?).ok()?;
    Some(RawHeader { protocol, frame, octets: o.take(len)? })
}

fn sampled_ip(tag: u32, body: &[u8], mask: Fields) -> Result<(u64, Headers), Flaw> {
    let mut o = Octets::of(body);
    sampled(tag, &mut o, mask).ok_or(Flaw::Sample)
}

fn sampled(tag: u32, o: &mut Octets<'_>, mask: Fields) -> Option<(u64, Headers)> {
    let bytes = o.u32()?;
    let mut read = |len, field| {
        let octets = o.take(len)?;
        Some(if mask.has(field) { octets } else { &[] })
    };
    let protocol = number(read(4, Field::Protocol)?);
    let len = if tag == SAMPLED_V4 { 4 } else { 16 };
    let address = |octets: &[u8]| match *octets {
        [a, b, c, d] => mapped_v4(u32::from_be_bytes([a, b, c, d])),
        _ => octets.try_into().map_or(0, u128::from_be_bytes),
    };
    let src = address(read(len, Field::SrcAddress)?);
    let dst = address(read(len, Field::DstAddress)?);
    let headers = Headers {
        src,
        dst,
        src_port: short(number(read(4, Field::SrcPort)?)),
        dst_port: short(number(read(4, Field::DstPort)?)),
        protocol: octet(protocol),
        tcp_flags: short(number(read(4, Field::TcpFlags)?)),
        fragment: 0,
    };
    Some((bytes.into(), headers))
}

fn push(
    sample: &Sample,
    bytes: u64,
    headers: &Headers,
    rate: u32,
    at: i64,
    mask: Fields,
    flows: &mut Flows,
) {
    for field in mask.flow() {
        match field {
            FlowField::SrcAddress => flows.src.push(headers.src),
            FlowField::DstAddress => flows.dst.push(headers.dst),
            FlowField::SrcPort => flows.src_port.push(headers.src_port),
            FlowField::DstPort => flows.dst_port.push(headers.dst_port),
            FlowField::Protocol => flows.protocol.push(headers.protocol),
            FlowField::TcpFlags => flows.tcp_flags.push(headers.tcp_flags),
            FlowField::Bytes => flows.bytes.push(bytes),
            FlowField::Packets => flows.packets.push(1),
            FlowField::Fragment => flows.fragment.push(headers.fragment),
            FlowField::InputInterface => flows.input.push(sample.input),
            FlowField::OutputInterface => flows.output.push(sample.output),
            FlowField::Timestamp => {
                // The datagram has no wall clock; a sample is sent within a second of its packet.
                flows.start.push(at);
                flows.end.push(at);
            }
        }
    }
    flows.sampling.push(rate);
    flows.len += 1;
}

/// Reads a counter sample; other records than the generic ones are skipped.
fn counters(tag: u32, body: &[u8], reading: &mut Reading<'_>) -> Result<bool, Flaw> {
    let mut o = Octets::of(body);
    let skipped = o.take(if tag == COUNTERS { 8 } else { 12 });
    let records = skipped.and_then(|_| o.u32()).ok_or(Flaw::Sample)?;
    for _ in 0..records {
        if o.left() == 0 {
            break;
        }
        let (tag, body) = tagged(&mut o).ok_or(Flaw::Sample)?;
        if tag == GENERIC {
            let read = generic(&mut Octets::of(body), reading).ok_or(Flaw::Sample)?;
            reading.counters.push(read);
        }
    }
    Ok(true)
}

fn generic(o: &mut Octets<'_>, reading: &Reading<'_>) -> Option<InterfaceCounters> {
    let (interface, kind, speed, direction, status) =
        (o.u32()?, o.u32()?, o.u64()?, o.u32()?, o.u32()?);
    Some(InterfaceCounters {
        exporter: reading.flows.exporter,
        at: reading.at.wall,
        interface,
        kind,
        speed,
        direction,
        enabled: status & 1 != 0,
        up: status & 2 != 0,
        in_octets: o.u64()?,
        in_unicast: o.u32()?,
        in_multicast: o.u32()?,
        in_broadcast: o.u32()?,
        in_discards: o.u32()?,
        in_errors: o.u32()?,
        in_unknown: o.u32()?,
        out_octets: o.u64()?,
        out_unicast: o.u32()?,
        out_multicast: o.u32()?,
        out_broadcast: o.u32()?,
        out_discards: o.u32()?,
        out_errors: o.u32()?,
    })
}

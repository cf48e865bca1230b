//! IPFIX (RFC 7011): a header of 16 octets, then sets.

use super::columns::Export;
use super::octets::Octets;
use super::sequence::Stamp;
use super::sets::Counted;
use super::tally::Flaw;
use super::{Format, Reading, sets};

const HEADER: usize = 16;

/// Reads one datagram: one message (RFC 7011 §10.3.3).
pub(crate) fn read(datagram: &[u8], reading: &mut Reading<'_>) {
    let mut o = Octets::of(datagram);
    let Some(header) = header(&mut o) else {
        reading.tally.flaw(Flaw::Header, datagram.len(), 0);
        return;
    };
    if header.len < HEADER {
        reading.tally.flaw(Flaw::Length, datagram.len(), 2);
        return;
    }
    if !sets::admit(Format::Ipfix, header.domain, datagram.len(), reading) {
        return;
    }
    reading.tally.read(HEADER);
    let message = datagram.get(..header.len).unwrap_or_else(|| {
        // Cut short on the way: the sets that are there are read.
        reading.tally.flaw(Flaw::Length, 0, 2);
        datagram
    });
    let mut o = Octets::of(message);
    o.take(HEADER);
    let export = Export {
        time: i64::from(header.seconds) * 1000,
        uptime: None,
        boot: None,
        rate: 0,
        setting: reading.setting,
    };
    let counted = sets::read(Format::Ipfix, header.domain, &export, &mut o, reading);
    if datagram.len() > message.len() {
        reading.tally.flaw(Flaw::Trailing, datagram.len() - message.len(), message.len());
    }
    let Counted { all: records, options } = counted;
    let stamp = Stamp { number: header.sequence, records, options, uptime: None };
    let heard = reading.learned.hear(Format::Ipfix, header.domain, stamp, reading.at);
    reading.tally.heard = Some(heard);
}

struct Header {
    len: usize,
    seconds: u32,
    sequence: u32,
    domain: u32,
}

fn header(o: &mut Octets<'_>) -> Option<Header> {
    o.u16()?;
    let len = o.u16()?.into();
    let (seconds, sequence, domain) = (o.u32()?, o.u32()?, o.u32()?);
    Some(Header { len, seconds, sequence, domain })
}

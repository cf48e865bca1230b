//! NetFlow v9 (RFC 3954): a header of 20 octets, then sets.

use super::columns::Export;
use super::octets::Octets;
use super::sequence::Stamp;
use super::sets::Counted;
use super::tally::Flaw;
use super::{Format, Reading, sets};

const HEADER: usize = 20;

/// Reads one datagram.
pub(crate) fn read(datagram: &[u8], reading: &mut Reading<'_>) {
    let mut o = Octets::of(datagram);
    let Some(header) = header(&mut o) else {
        reading.tally.flaw(Flaw::Header, datagram.len(), 0);
        return;
    };
    if !sets::admit(Format::NetFlow9, header.source, datagram.len(), reading) {
        return;
    }
    reading.tally.read(HEADER);
    let export = Export {
        time: i64::from(header.seconds) * 1000,
        uptime: Some(header.uptime),
        boot: None,
        rate: 0,
        setting: reading.setting,
    };
    let counted = sets::read(Format::NetFlow9, header.source, &export, &mut o, reading);
    let Counted { all: records, options } = counted;
    let uptime = Some(header.uptime);
    let stamp = Stamp { number: header.sequence, records, options, uptime };
    let heard = reading.learned.hear(Format::NetFlow9, header.source, stamp, reading.at);
    reading.tally.heard = Some(heard);
}

struct Header {
    uptime: u32,
    seconds: u32,
    sequence: u32,
    source: u32,
}

/// The number of records in the header is not used: exporters fill it in differently.
fn header(o: &mut Octets<'_>) -> Option<Header> {
    o.take(4)?;
    let (uptime, seconds, sequence, source) = (o.u32()?, o.u32()?, o.u32()?, o.u32()?);
    Some(Header { uptime, seconds, sequence, source })
}

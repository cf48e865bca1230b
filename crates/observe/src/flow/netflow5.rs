//! NetFlow v5: a header of 24 octets and up to thirty records of 48, always the same.

use super::columns::Export;
use super::octets::Octets;
use super::plan::Plan;
use super::sampling::Rates;
use super::sequence::Stamp;
use super::sets::admit;
use super::tally::Flaw;
use super::template::{Registry, Spec};
use super::{Format, Reading};

const HEADER: usize = 24;
const RECORD: usize = 48;

/// Reads one datagram.
pub(crate) fn read(datagram: &[u8], reading: &mut Reading<'_>) {
    let mut o = Octets::of(datagram);
    let Some(header) = header(&mut o) else {
        reading.tally.flaw(Flaw::Header, datagram.len(), 0);
        return;
    };
    if !admit(Format::NetFlow5, header.engine, datagram.len(), reading) {
        return;
    }
    reading.tally.read(HEADER);
    let claimed = usize::from(header.count);
    let there = o.left() / RECORD;
    let body = o.take(claimed.min(there) * RECORD).unwrap_or_default();
    let export = Export {
        time: header.time,
        uptime: Some(header.uptime),
        boot: None,
        rate: header.rate,
        setting: reading.setting,
    };
    if reading.learned.netflow5.as_ref().is_some_and(|plan| plan.mask() != reading.mask) {
        reading.learned.netflow5 = None;
    }
    let mask = reading.mask;
    let plan = reading.learned.netflow5.get_or_insert_with(|| Plan::compile(&SPECS, mask));
    let ran = plan.run(&SPECS, body, &export, &Rates::default(), reading.flows);
    let records = u64::from(ran.records.unwrap_or(0));
    if ran.read {
        reading.tally.read(ran.used);
        reading.tally.records += records;
        reading.tally.rate = ran.rate;
    } else {
        reading.tally.unread += ran.used as u64;
        reading.tally.passed += records;
    }
    if claimed > there {
        reading.tally.flaw(Flaw::Length, o.left(), o.at());
    } else if o.left() > 0 {
        reading.tally.flaw(Flaw::Trailing, o.left(), o.at());
    }
    let stamp = Stamp {
        number: header.sequence,
        records: Some(header.count.into()),
        options: 0,
        uptime: Some(header.uptime),
    };
    let heard = reading.learned.hear(Format::NetFlow5, header.engine, stamp, reading.at);
    reading.tally.heard = Some(heard);
}

struct Header {
    count: u16,
    uptime: u32,
    time: i64,
    sequence: u32,
    /// Engine type and id.
    engine: u32,
    /// The two upper bits are the mode and say nothing about the rate.
    rate: u32,
}

fn header(o: &mut Octets<'_>) -> Option<Header> {
    o.u16()?;
    let (count, uptime, seconds, nanoseconds) = (o.u16()?, o.u32()?, o.u32()?, o.u32()?);
    Some(Header {
        count,
        uptime,
        time: i64::from(seconds) * 1000 + i64::from(nanoseconds / 1_000_000),
        sequence: o.u32()?,
        engine: o.u16()?.into(),
        rate: u32::from(o.u16()? & 0x3fff),
    })
}

/// The record, in the numbers that NetFlow v9 and IPFIX gave its fields.
const SPECS: [Spec; 20] = [
    field(8, 4),
    field(12, 4),
    field(15, 4),
    field(10, 2),
    field(14, 2),
    field(2, 4),
    field(1, 4),
    field(22, 4),
    field(21, 4),
    field(7, 2),
    field(11, 2),
    field(210, 1),
    field(6, 1),
    field(4, 1),
    field(5, 1),
    field(16, 2),
    field(17, 2),
    field(9, 1),
    field(13, 1),
    field(210, 2),
];

const fn field(id: u16, len: u16) -> Spec {
    Spec { registry: Registry::Iana, id, len }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_add_up_to_the_record() {
        assert_eq!(SPECS.iter().map(|s| usize::from(s.len)).sum::<usize>(), RECORD);
    }
}

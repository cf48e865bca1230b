//! What the decoders make of datagrams, looked at from inside the crate.

mod anything;
mod captures;
mod hostile;
mod oracle;
mod sampled;

use std::net::IpAddr;

use terms::{ExporterId, Field, Fields, Flows, Moment, Time, address};

use super::*;
use crate::encode::{Ipfix, NetFlow5, NetFlow9, Record, Sflow5};

pub(crate) const AT: Time = Time(1_780_000_000_000);

/// One exporter, everything it sent, and what became of it.
pub(crate) struct Ear {
    learned: Learned,
    pub(crate) flows: Flows,
    pub(crate) tally: Tally,
    pub(crate) counters: Vec<InterfaceCounters>,
    setting: u32,
}

impl Ear {
    pub(crate) fn under(mask: Fields) -> Self {
        Self {
            learned: Learned::default(),
            flows: Flows::new(ExporterId(3), AT, mask.common(Fields::FLOW)),
            tally: Tally::default(),
            counters: Vec::new(),
            setting: 0,
        }
    }
    pub(crate) fn set(mut self, sampling: u32) -> Self {
        self.setting = sampling;
        self
    }
    /// Takes in one datagram; checks that each octet and each column is accounted for.
    pub(crate) fn hear(&mut self, datagram: &[u8]) -> &mut Self {
        self.tally = Tally::default();
        decode(
            datagram,
            &mut Reading {
                mask: self.flows.fields,
                setting: self.setting,
                at: Moment::replayed(AT),
                learned: &mut self.learned,
                flows: &mut self.flows,
                tally: &mut self.tally,
                counters: &mut self.counters,
            },
        );
        assert_eq!(self.tally.octets(), datagram.len() as u64, "{:?}", self.tally);
        for (field, len) in crate::encode::lengths(&self.flows) {
            let whole = if self.flows.fields.has(field) { self.flows.len } else { 0 };
            assert_eq!(len, whole, "{field}");
        }
        assert_eq!(self.flows.sampling.len(), self.flows.len);
        self
    }
    pub(crate) fn all(&mut self, datagrams: &[Vec<u8>]) -> &mut Self {
        for d in datagrams {
            self.hear(d);
        }
        self
    }
    pub(crate) fn flaws(&self) -> Vec<Flaw> {
        self.tally.flaws().map(|(flaw, _)| flaw).collect()
    }
}

pub(crate) fn record(i: u16) -> Record {
    let address = |v6: bool, n: u16| -> IpAddr {
        if v6 {
            format!("2001:db8::{n}").parse().unwrap()
        } else {
            format!("198.51.{}.{}", n / 256, n % 256).parse().unwrap()
        }
    };
    Record {
        src: address(i.is_multiple_of(3), i),
        dst: address(i.is_multiple_of(3), i + 1),
        src_port: 40_000 + i,
        dst_port: 443,
        protocol: if i.is_multiple_of(2) { 6 } else { 17 },
        tcp_flags: if i.is_multiple_of(2) { 0x12 } else { 0 },
        bytes: 1_000 + u64::from(i),
        packets: 1 + u64::from(i),
        fragment: i % 5 == 4,
        input: 10,
        output: 20,
        start: AT.before(terms::Span(5_000 + u64::from(i))),
        end: AT.before(terms::Span(1_000)),
    }
}

fn v9() -> NetFlow9 {
    NetFlow9 { boot: Time(AT.0 - 100_000), sequence: 7, source: 1, sampling: Some(1000) }
}

pub(crate) fn v9_datagrams(n: u16) -> Vec<Vec<u8>> {
    let records: Vec<_> = (0..n).map(record).collect();
    let mut e = v9();
    let mut all = vec![e.templates(AT)];
    all.extend(e.datagrams(AT, &records));
    all
}

pub(crate) fn ipfix_message(domain: u32, sets: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let body: Vec<u8> = sets.iter().flat_map(|(id, body)| set(*id, body)).collect();
    let mut d = vec![0, 10];
    d.extend((16 + body.len() as u16).to_be_bytes());
    d.extend(((AT.0 / 1000) as u32).to_be_bytes());
    d.extend(0_u32.to_be_bytes());
    d.extend(domain.to_be_bytes());
    d.extend(body);
    d
}

pub(crate) fn v9_message(sets: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut d = vec![0, 9, 0, 1];
    d.extend(100_000_u32.to_be_bytes());
    d.extend(((AT.0 / 1000) as u32).to_be_bytes());
    d.extend([0, 0, 0, 1, 0, 0, 0, 1]);
    d.extend(sets.iter().flat_map(|(id, body)| set(*id, body)));
    d
}

fn set(id: u16, body: &[u8]) -> Vec<u8> {
    let mut s = id.to_be_bytes().to_vec();
    s.extend((4 + body.len() as u16).to_be_bytes());
    s.extend(body);
    s
}

pub(crate) fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_be_bytes()).collect()
}

fn at(text: &str) -> u128 {
    address(text.parse().unwrap())
}

#[test]
fn every_format_gives_back_the_columns_of_what_was_sent() {
    let records: Vec<_> = (0..40).map(record).collect();
    let v4: Vec<_> = records.iter().copied().filter(|r| r.src.is_ipv4()).collect();
    let boot = Time(AT.0 - 100_000);
    let mut ipfix = Ipfix { sequence: 0, domain: 9, sampling: Some(1000) };
    let mut ipfix_all = vec![ipfix.templates(AT)];
    ipfix_all.extend(ipfix.datagrams(AT, &records));
    let v5 = NetFlow5 { boot, sequence: 0, engine: 1, sampling: 1000 }.datagrams(AT, &v4);
    for (datagrams, sent) in [(v9_datagrams(40), &records), (ipfix_all, &records), (v5, &v4)] {
        let mut h = Ear::under(Fields::FLOW);
        h.all(&datagrams);
        let f = &h.flows;
        assert_eq!(f.len, sent.len());
        for (i, r) in sent.iter().enumerate() {
            assert_eq!((f.src[i], f.dst[i]), (address(r.src), address(r.dst)));
            assert_eq!((f.src_port[i], f.dst_port[i]), (r.src_port, r.dst_port));
            assert_eq!((f.protocol[i], f.tcp_flags[i]), (r.protocol, r.tcp_flags));
            assert_eq!((f.bytes[i], f.packets[i]), (r.bytes, r.packets));
            assert_eq!((f.input[i], f.output[i]), (r.input, r.output));
            assert_eq!((f.start[i], f.end[i]), (r.start.0, r.end.0));
            assert_eq!(f.sampling[i], 1000);
        }
    }
}

#[test]
fn a_field_that_is_not_in_the_mask_has_no_column() {
    let sflow = Sflow5 {
        boot: Time(AT.0 - 100_000),
        agent: "192.0.2.1".parse().unwrap(),
        sub_agent: 0,
        sequence: 1,
        samples: 0,
        sampling: 10,
    }
    .datagrams(AT, &(0..9).map(record).collect::<Vec<_>>());
    for field in Fields::FLOW.iter() {
        for datagrams in [v9_datagrams(9), sflow.clone()] {
            // `hear` checks that every other column is empty.
            let mut one = Ear::under(Fields::of(&[field]));
            assert_eq!(one.all(&datagrams).flows.len, 9, "{field}");
            let mut all = Ear::under(Fields::FLOW);
            all.all(&datagrams);
            assert_eq!(one.flows.column(field), all.flows.column(field), "{field}");
        }
    }
}

#[test]
fn under_an_empty_mask_nothing_of_a_record_is_decoded_but_templates_and_rates_are_learnt() {
    let datagrams = v9_datagrams(9);
    let mut h = Ear::under(Fields::of(&[Field::QueryName]));
    h.all(&datagrams);
    assert_eq!((h.flows.len, h.tally.records, h.tally.passed), (0, 0, 9));
    assert!(h.tally.unread > 0 && h.flaws().is_empty());
    h.flows.fields = Fields::of(&[Field::Bytes]);
    h.hear(&datagrams[1]);
    assert_eq!((h.flows.len, h.flows.sampling[0]), (9, 1000));
}

#[test]
fn a_template_with_none_of_the_fields_that_may_be_read_makes_no_rows() {
    let mut h = Ear::under(Fields::of(&[Field::Bytes]));
    h.hear(&ipfix_message(1, &[(2, words(&[300, 1, 7, 2])), (300, vec![0; 4])]));
    assert_eq!((h.flows.len, h.tally.passed, h.tally.unread), (0, 2, 4));
}

#[test]
fn a_plan_follows_the_mask() {
    let datagrams = v9_datagrams(9);
    let mut h = Ear::under(Fields::of(&[Field::Bytes]));
    h.all(&datagrams);
    h.flows = Flows::new(ExporterId(3), AT, Fields::of(&[Field::DstPort]));
    h.hear(&datagrams[1]);
    assert_eq!(h.flows.dst_port, [443; 9]);
}

#[test]
fn variable_length_reduced_size_and_enterprise_fields_are_walked_over() {
    let template = words(&[400, 5, 0x8000 | 5, 0xffff, 0, 29305, 8, 4, 1, 3, 96, 0xffff, 7, 2]);
    let mut body = vec![2, b'a', b'b', 192, 0, 2, 1, 1, 0, 0];
    body.extend([255, 1, 0]);
    body.extend([b'x'; 256]);
    body.extend([0, 80]);
    body.extend([0, 192, 0, 2, 2, 0, 0, 9, 0, 0, 81]);
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&ipfix_message(1, &[(2, template), (400, body)]));
    assert_eq!(h.flows.src, [at("192.0.2.1"), at("192.0.2.2")]);
    assert_eq!((&*h.flows.bytes, &*h.flows.src_port), (&[65_536, 9][..], &[80, 81][..]));
    assert_eq!(h.flaws(), []);
}

#[test]
fn options_say_the_sampling_rate_then_the_record_then_the_setting() {
    let flows = words(&[256, 2, 48, 1, 7, 2]);
    let rates = words(&[257, 4, 8, 1, 4, 48, 1, 50, 4]);
    let rate = |id: u8, n: u32| [&[0, 0, 0, 0, id], &n.to_be_bytes()[..]].concat();
    let data = (256, vec![1, 0, 80, 2, 0, 81, 3, 0, 82]);
    let mut h = Ear::under(Fields::FLOW).set(7);
    h.hear(&v9_message(&[(0, flows), (1, rates), data.clone()]));
    assert_eq!(h.flows.sampling, [7, 7, 7]);
    assert_eq!(h.tally.rate, Some(Rate { one_in: 7, by: Provenance::Setting }));
    h.hear(&v9_message(&[(257, [rate(1, 100), rate(2, 200)].concat()), data]));
    assert_eq!(h.flows.sampling[3..], [100, 200, 7]);

    let mut h = Ear::under(Fields::FLOW).set(7);
    let in_record = words(&[256, 3, 305, 4, 306, 4, 7, 2]);
    let row = [1_u32.to_be_bytes(), 499_u32.to_be_bytes()].concat();
    let data = (256, [&row[..], &[0, 80]].concat());
    h.hear(&ipfix_message(1, &[(2, in_record), data.clone()]));
    assert_eq!(h.tally.rate, Some(Rate { one_in: 500, by: Provenance::Record }));
    let population = words(&[257, 3, 1, 149, 4, 309, 4, 310, 4]);
    let n = [1_u32, 2, 400].map(u32::to_be_bytes).concat();
    h.hear(&ipfix_message(1, &[(3, population), (257, n), data]));
    assert_eq!(h.tally.rate, Some(Rate { one_in: 200, by: Provenance::Options }));
    assert_eq!(h.flows.sampling, [500, 200]);
}

#[test]
fn a_rate_told_for_an_interface_counts_only_where_the_interface_may_be_read() {
    let flows = words(&[256, 2, 10, 2, 7, 2]);
    let rates = words(&[257, 4, 4, 2, 4, 34, 4]);
    let rate = |id: u32, n: u32| [id.to_be_bytes(), n.to_be_bytes()].concat();
    let message = v9_message(&[
        (0, flows),
        (1, rates),
        (257, [rate(1, 100), rate(2, 200)].concat()),
        (256, words(&[1, 80, 2, 81])),
    ]);
    let mut h = Ear::under(Fields::FLOW);
    assert_eq!(h.hear(&message).flows.sampling, [100, 200]);
    let mut h = Ear::under(Fields::of(&[Field::SrcPort]));
    assert_eq!(h.hear(&message).flows.sampling, [0, 0]);
}

#[test]
fn times_come_out_in_milliseconds_however_they_are_written() {
    let now = AT.0;
    let ntp = (u64::try_from(now / 1000).unwrap() + 2_208_988_800) << 32 | 1 << 31;
    for (ids, value, expected) in [
        ([152, 153], now.to_be_bytes().to_vec(), now),
        ([150, 151], ((now / 1000) as u32).to_be_bytes().to_vec(), now),
        ([154, 155], ntp.to_be_bytes().to_vec(), now + 500),
        ([156, 157], ntp.to_be_bytes().to_vec(), now + 500),
        ([158, 159], 3_000_000_u32.to_be_bytes().to_vec(), now - 3_000),
        ([22, 21], 90_000_u32.to_be_bytes().to_vec(), now),
        ([323, 4], now.to_be_bytes().to_vec(), now),
    ] {
        let len = u16::try_from(value.len()).unwrap();
        let template = words(&[256, 2, ids[0], len, ids[1], len]);
        let mut h = Ear::under(Fields::FLOW);
        h.hear(&ipfix_message(1, &[(2, template), (256, [value.clone(), value].concat())]));
        assert_eq!((h.flows.start[0], h.flows.end[0]), (expected, expected), "{ids:?}");
    }
    // In NetFlow v9 the uptime is in the header, and wraps.
    let template = words(&[256, 2, 22, 4, 21, 4]);
    let value = [(100_000_u32).wrapping_sub(200_000).to_be_bytes(), 99_000_u32.to_be_bytes()];
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&v9_message(&[(0, template), (256, value.concat())]));
    assert_eq!((h.flows.start[0], h.flows.end[0]), (now - 200_000, now - 1_000));
    // In IPFIX the start of the exporter may stand in options data.
    let boot = [&[0; 4][..], &(now - 50_000).to_be_bytes()].concat();
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&ipfix_message(
        1,
        &[
            (3, words(&[257, 2, 1, 149, 4, 160, 8])),
            (257, boot),
            (2, words(&[256, 2, 22, 4, 21, 4])),
            (256, [10_000_u32.to_be_bytes(), 20_000_u32.to_be_bytes()].concat()),
        ],
    ));
    assert_eq!((h.flows.start[0], h.flows.end[0]), (now - 40_000, now - 30_000));
}

#[test]
fn a_fragment_is_seen_in_offset_or_flags() {
    let template = words(&[256, 3, 88, 2, 197, 1, 7, 2]);
    let rows = [
        [0, 0, 0, 0, 0],
        [0, 185, 0, 0, 0],
        [0x20, 0, 0, 0, 0],
        [0x40, 0, 0x40, 0, 0],
        [0, 0, 0x20, 0, 0],
    ];
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&ipfix_message(1, &[(2, template), (256, rows.concat())]));
    assert_eq!(h.flows.fragment, [0, 1, 1, 0, 1]);
}

#[test]
fn a_record_without_ports_is_of_fragments_when_nothing_else_tells() {
    let rows = [[17, 0, 0, 0, 0], [17, 0, 53, 0, 0], [6, 0, 0, 0, 0], [1, 0, 0, 0, 0]].concat();
    let read = |fields: &[u16], mask| {
        let template = words(&[&[256, (fields.len() / 2) as u16], fields].concat());
        let mut h = Ear::under(mask);
        h.hear(&ipfix_message(1, &[(2, template), (256, rows.clone())]));
        h.flows.fragment.clone()
    };
    assert_eq!(read(&[4, 1, 7, 2, 11, 2], Fields::FLOW), [1, 0, 1, 0]);
    // Where there are no ports at all, they tell nothing; nor where they may not be read.
    assert_eq!(read(&[4, 1, 1, 2, 2, 2], Fields::FLOW), [0; 4]);
    let blind = Fields::of(&[Field::Fragment, Field::Protocol, Field::SrcPort]);
    assert_eq!(read(&[4, 1, 7, 2, 11, 2], blind), [0; 4]);
    let mut h = Ear::under(Fields::FLOW);
    let told = words(&[256, 4, 4, 1, 7, 2, 11, 2, 197, 1]);
    let rows = [[17, 0, 0, 0, 0, 0], [17, 0, 0, 0, 0, 0x20]].concat();
    h.hear(&ipfix_message(1, &[(2, told), (256, rows)]));
    assert_eq!(h.flows.fragment, [0, 1]);
}

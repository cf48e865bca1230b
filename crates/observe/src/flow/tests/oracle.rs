//! Our reading compared with that of other decoders, on datagrams made up at random.

use std::net::SocketAddr;

use flowparser_sflow::{FlowRecord, SflowParser, SflowSample};
use proptest::prelude::*;

use super::*;

#[path = "../../../tests/it/oracle.rs"]
mod other;

use other::{Oracle, Row};

fn rows(f: &Flows) -> Vec<Row> {
    let row = |i: usize| Row {
        src: f.src[i],
        dst: f.dst[i],
        src_port: f.src_port[i],
        dst_port: f.dst_port[i],
        protocol: f.protocol[i],
        // The other decoder drops the bits that RFC 7125 leaves unassigned.
        tcp_flags: f.tcp_flags[i] & 0x01ff,
        bytes: f.bytes[i],
        packets: f.packets[i],
        input: f.input[i],
        output: f.output[i],
    };
    (0..f.len).map(row).collect()
}

/// Number, length, enterprise of a field; a length of 0xffff is variable.
type FieldSpec = (u16, u16, Option<u32>);

fn field() -> impl Strategy<Value = FieldSpec> {
    let iana = |id: &'static [u16], len: &'static [u16]| {
        (proptest::sample::select(id), proptest::sample::select(len))
            .prop_map(|(id, len)| (id, len, None))
    };
    prop_oneof![
        4 => iana(&[8, 12], &[4]),
        2 => iana(&[27, 28], &[16]),
        4 => iana(&[7, 11], &[2]),
        2 => iana(&[4], &[1]),
        2 => iana(&[6], &[1, 2]),
        4 => iana(&[1, 2, 85, 86, 23, 24], &[1, 2, 3, 4, 5, 8]),
        2 => iana(&[10, 14], &[2, 4]),
        2 => iana(&[5, 61, 15, 16, 17], &[4]),
        1 => (0..500_u16, 1..9_u16, proptest::sample::select(&[9_u32, 29305, 6876][..]))
            .prop_map(|(id, len, pen)| (id, len, Some(pen))),
        1 => Just((96, 0xffff, None)),
    ]
}

/// Fields of a template, and records of it: some octets for each field.
fn table() -> impl Strategy<Value = (Vec<FieldSpec>, Vec<Vec<u8>>)> {
    (
        proptest::collection::vec(field(), 1..14),
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 300), 1..6),
    )
}

/// A template set and a data set, padded, in one message.
fn message(ipfix: bool, fields: &[FieldSpec], records: &[Vec<u8>], padding: usize) -> Vec<u8> {
    let mut template = words(&[300, fields.len() as u16]);
    for &(id, len, enterprise) in fields {
        template.extend(words(&[id | if enterprise.is_some() { 0x8000 } else { 0 }, len]));
        template.extend(enterprise.iter().flat_map(|pen| pen.to_be_bytes()));
    }
    let mut data = Vec::new();
    for octets in records {
        let mut octets = octets.iter().copied();
        for &(_, len, _) in fields {
            let len = if len == 0xffff {
                // The other decoder does not read a record with an empty field.
                let len = octets.next().unwrap_or(0) % 20 + 1;
                data.push(len);
                len.into()
            } else {
                len
            };
            data.extend(octets.by_ref().take(len.into()));
        }
    }
    let width: usize = fields.iter().map(|f| if f.1 == 0xffff { 1 } else { f.1.into() }).sum();
    data.resize(data.len() + padding.min(width - 1), 0);
    if ipfix {
        ipfix_message(7, &[(2, template), (300, data)])
    } else {
        v9_message(&[(0, template), (300, data)])
    }
}

fn from() -> SocketAddr {
    "192.0.2.1:2055".parse().unwrap()
}

proptest! {
    #[test]
    fn netflow_v9_and_ipfix_are_read_as_another_decoder_reads_them(
        ipfix in any::<bool>(),
        (fields, records) in table(),
        padding in 0..4_usize,
    ) {
        let fields: Vec<_> =
            fields.into_iter().filter(|f| ipfix || (f.1 != 0xffff && f.2.is_none())).collect();
        prop_assume!(!fields.is_empty());
        let datagram = message(ipfix, &fields, &records, padding);
        let mut ear = Ear::under(Fields::FLOW);
        ear.hear(&datagram);
        prop_assert_eq!(ear.flaws(), []);
        let theirs = Oracle::default().rows(from(), &datagram);
        prop_assume!(theirs.is_some());
        prop_assert_eq!(Some(rows(&ear.flows)), theirs);
    }

    #[test]
    fn what_is_encoded_is_read_alike_by_another_decoder(n in 1..60_u16, ipfix in any::<bool>()) {
        let records: Vec<_> = (0..n).map(record).collect();
        let datagrams = if ipfix {
            let mut e = Ipfix { sequence: 0, domain: 1, sampling: Some(100) };
            let templates = e.templates(AT);
            [vec![templates], e.datagrams(AT, &records)].concat()
        } else {
            v9_datagrams(n)
        };
        let mut ear = Ear::under(Fields::FLOW);
        ear.all(&datagrams);
        let mut oracle = Oracle::default();
        let theirs: Vec<_> =
            datagrams.iter().filter_map(|d| oracle.rows(from(), d)).flatten().collect();
        prop_assert_eq!(theirs.len(), usize::from(n));
        prop_assert_eq!(rows(&ear.flows), theirs);
    }

    #[test]
    fn sflow_is_read_as_another_decoder_reads_it(n in 1..40_u16, sampling in 1..10_000_u32) {
        let records: Vec<_> = (0..n).map(record).collect();
        let agent = "2001:db8::1".parse().unwrap();
        let datagrams =
            Sflow5 { boot: Time(AT.0 - 9), agent, sub_agent: 1, sequence: 0, samples: 0, sampling }
                .datagrams(AT, &records);
        let mut ear = Ear::under(Fields::FLOW);
        ear.all(&datagrams);
        let mut theirs = Vec::new();
        for d in &datagrams {
            let result = SflowParser::default().parse_bytes(d);
            prop_assert!(result.error.is_none());
            for sample in result.datagrams.iter().flat_map(|d| &d.samples) {
                let SflowSample::Flow(s) = sample else { panic!("{sample:?}") };
                let FlowRecord::RawPacketHeader(raw) = &s.records[0] else { panic!("{s:?}") };
                theirs.push((s.sampling_rate, s.input, s.output, u64::from(raw.frame_length)));
            }
        }
        let f = &ear.flows;
        let ours: Vec<_> =
            (0..f.len).map(|i| (f.sampling[i], f.input[i], f.output[i], f.bytes[i])).collect();
        prop_assert_eq!(ours, theirs);
    }
}

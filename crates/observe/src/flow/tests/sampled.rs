//! sFlow v5: packets sampled in all kinds of frames, and interface counters.

use etherparse::{NetSlice, PacketBuilder, SlicedPacket, VlanId};

use super::*;
use crate::encode::Sflow5;

fn agent() -> Sflow5 {
    let agent = "192.0.2.1".parse().unwrap();
    let boot = Time(AT.0 - 100_000);
    Sflow5 { boot, agent, sub_agent: 0, sequence: 1, samples: 0, sampling: 512 }
}

fn longs(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_be_bytes()).collect()
}

fn tagged(tag: u32, body: &[u8]) -> Vec<u8> {
    [&longs(&[tag, body.len() as u32])[..], body].concat()
}

fn datagram(samples: &[Vec<u8>]) -> Vec<u8> {
    let head = longs(&[5, 1, 0xc000_0201, 0, 7, 60_000, samples.len() as u32]);
    [head, samples.concat()].concat()
}

/// A sample of one frame.
fn frame(protocol: u32, octets: &[u8]) -> Vec<u8> {
    let mut raw = longs(&[protocol, 1_500, 4, octets.len() as u32]);
    raw.extend(octets);
    raw.resize(raw.len().next_multiple_of(4), 0);
    let head = longs(&[1, 3, 512, 512, 0, 3, 4, 1]);
    tagged(1, &[head, tagged(1, &raw)].concat())
}

const ETHERNET: [u8; 12] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
/// IPv4, UDP from 53 to 4660, 1,400 octets long, cut off after the ports.
const IPV4: [u8; 24] =
    [0x45, 0, 5, 120, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2, 0, 53, 0x12, 0x34];

#[test]
fn a_sample_is_one_packet_of_the_length_its_frame_had() {
    let records: Vec<_> = (0..40).map(record).collect();
    let mut ear = Ear::under(Fields::FLOW);
    ear.all(&agent().datagrams(AT, &records));
    let f = &ear.flows;
    assert_eq!(f.len, 40);
    for (i, r) in records.iter().enumerate() {
        assert_eq!((f.src[i], f.dst[i]), (address(r.src), address(r.dst)));
        assert_eq!((f.src_port[i], f.dst_port[i]), (r.src_port, r.dst_port));
        assert_eq!((f.protocol[i], f.tcp_flags[i]), (r.protocol, r.tcp_flags));
        assert_eq!((f.bytes[i], f.packets[i]), (r.bytes, 1));
        assert_eq!(f.fragment[i], u8::from(r.fragment));
        assert_eq!((f.input[i], f.output[i], f.sampling[i]), (10, 20, 512));
        assert_eq!((f.start[i], f.end[i]), (AT.0, AT.0));
    }
    assert_eq!(ear.tally.rate, Some(Rate { one_in: 512, by: Provenance::Header }));
}

#[test]
fn the_ip_packet_is_found_behind_tags_labels_and_pppoe() {
    let pppoe = [0x88, 0x64, 0x11, 0, 0, 9, 0, 26, 0, 0x21];
    for (protocol, before) in [
        (1, [&ETHERNET[..], &[8, 0]].concat()),
        (1, [&ETHERNET[..], &[0x81, 0, 0, 7, 8, 0]].concat()),
        (1, [&ETHERNET[..], &[0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 8, 0]].concat()),
        (1, [&ETHERNET[..], &[0x88, 0x47, 0, 1, 0, 9, 0, 2, 1, 9]].concat()),
        (1, [&ETHERNET[..], &[0x81, 0, 0, 7], &pppoe].concat()),
        (11, vec![]),
        (13, vec![0, 1, 0, 9, 0, 2, 1, 9]),
    ] {
        let mut ear = Ear::under(Fields::FLOW);
        ear.hear(&datagram(&[frame(protocol, &[&before[..], &IPV4].concat())]));
        let f = &ear.flows;
        assert_eq!((&*f.src, &*f.dst), (&[at("192.0.2.1")][..], &[at("198.51.100.2")][..]));
        assert_eq!((f.src_port[0], f.dst_port[0], f.protocol[0]), (53, 0x1234, 17));
        assert_eq!((f.bytes[0], f.fragment[0], f.input[0], f.output[0]), (1_500, 0, 3, 4));
    }
}

#[test]
fn a_later_fragment_has_no_ports_and_a_first_one_has() {
    let mut later = IPV4;
    later[6..8].copy_from_slice(&[0, 100]);
    let mut first = IPV4;
    first[6] = 0x20;
    let mut ear = Ear::under(Fields::FLOW);
    ear.hear(&datagram(&[frame(11, &later), frame(11, &first)]));
    assert_eq!((&*ear.flows.fragment, &*ear.flows.src_port), (&[1, 1][..], &[0, 53][..]));
    let v6 = |offset: u8| {
        let mut p = vec![0x60, 0, 0, 0, 0, 16, 44, 64];
        p.extend([0x20; 32]);
        p.extend([17, 0, 0, offset, 0, 0, 0, 1, 0, 53, 0, 80, 0, 8, 0, 0]);
        p
    };
    ear.hear(&datagram(&[frame(12, &v6(8 | 1)), frame(12, &v6(1))]));
    assert_eq!((&ear.flows.fragment[2..], &ear.flows.src_port[2..]), (&[1, 1][..], &[0, 53][..]));
    assert_eq!(ear.flows.protocol[2..], [17, 17]);
}

#[test]
fn a_frame_without_ip_is_counted_and_the_next_sample_is_read() {
    let arp = [&ETHERNET[..], &[8, 6], &[0; 28]].concat();
    let mut ear = Ear::under(Fields::FLOW);
    ear.hear(&datagram(&[frame(1, &arp), frame(11, &IPV4[..19]), frame(11, &IPV4)]));
    assert_eq!((ear.flows.len, ear.tally.times(Flaw::NotIp)), (1, 2));
}

#[test]
fn expanded_samples_and_sampled_addresses_are_read() {
    let v4 = longs(&[900, 6, 0xc000_0201, 0xc633_6402, 443, 50_000, 0x12, 0]);
    let v6 = [longs(&[900, 17]), vec![0x20; 16], vec![0x21; 16], longs(&[53, 99, 0, 0])].concat();
    let head = |input| longs(&[1, 0, 3, 64, 64, 0, 0, input, 2, 5, 1]);
    let samples = [
        tagged(3, &[head(70_000), tagged(3, &v4)].concat()),
        tagged(3, &[head(0x3fff_ffff), tagged(4, &v6)].concat()),
    ];
    let mut ear = Ear::under(Fields::FLOW);
    ear.hear(&datagram(&samples));
    let f = &ear.flows;
    assert_eq!((&*f.src_port, &*f.dst_port), (&[443, 53][..], &[50_000, 99][..]));
    assert_eq!((&*f.protocol, &*f.tcp_flags), (&[6, 17][..], &[0x12, 0][..]));
    assert_eq!((f.src[0], f.dst[1]), (at("192.0.2.1"), u128::from_be_bytes([0x21; 16])));
    // Two outputs are a number of outputs, not an interface.
    assert_eq!((&*f.input, &*f.output), (&[70_000, 0][..], &[0, 0][..]));
    assert_eq!((&*f.bytes, &*f.sampling), (&[900, 900][..], &[64, 64][..]));
}

#[test]
fn interface_counters_come_out_under_an_empty_mask_too() {
    let sent: Vec<InterfaceCounters> = (1..30)
        .map(|interface| InterfaceCounters {
            exporter: ExporterId(3),
            at: AT,
            interface,
            kind: 6,
            speed: 100_000_000_000,
            direction: 1,
            enabled: true,
            up: interface % 2 == 0,
            in_octets: u64::MAX - 1,
            in_unicast: 2,
            in_multicast: 3,
            in_broadcast: 4,
            in_discards: 5,
            in_errors: 6,
            in_unknown: 7,
            out_octets: 8,
            out_unicast: 9,
            out_multicast: 10,
            out_broadcast: 11,
            out_discards: 12,
            out_errors: 13,
        })
        .collect();
    let mut ear = Ear::under(Fields::NONE);
    ear.all(&agent().counters(AT, &sent));
    assert_eq!(ear.counters, sent);
    ear.all(&agent().datagrams(AT, &[record(1), record(2)]));
    assert_eq!((ear.flows.len, ear.tally.passed), (0, 2));
}

#[test]
fn lengths_and_counts_that_lie_are_counted() {
    let good = frame(11, &IPV4);
    let mut long = good.clone();
    long[4..8].copy_from_slice(&[0xff; 4]);
    let mut record_long = good.clone();
    record_long[44..48].copy_from_slice(&[0xff; 4]);
    for (samples, flaw, rows) in [
        (vec![good.clone(), long], Flaw::SetLength, 1),
        (vec![record_long, good.clone()], Flaw::Sample, 1),
        (vec![tagged(1, &[0; 12]), good.clone()], Flaw::Sample, 1),
        (vec![tagged(2, &[0; 4]), good.clone()], Flaw::Sample, 1),
        (vec![tagged(0x1001, &[0; 4]), good.clone()], Flaw::Unsupported, 1),
    ] {
        let mut ear = Ear::under(Fields::FLOW);
        ear.hear(&datagram(&samples));
        assert_eq!((ear.flaws(), ear.flows.len), (vec![flaw], rows));
    }
    let mut more = datagram(&[good]);
    more[27] = 9;
    let mut ear = Ear::under(Fields::FLOW);
    assert_eq!(ear.hear(&more).flaws(), [Flaw::Length]);
    more[27] = 0;
    assert_eq!(ear.hear(&more).flaws(), [Flaw::Trailing]);
    assert_eq!(ear.hear(&more[..20]).flaws(), [Flaw::Header]);
}

#[test]
fn extension_headers_are_skipped_as_far_as_the_sample_goes() {
    let v6 = |next: u8, rest: &[u8]| {
        let mut p = vec![0x60, 0, 0, 0, 0, 200, next, 64];
        p.extend([0x20; 32]);
        p.extend(rest);
        p
    };
    let udp = [0, 53, 0, 80, 0, 8, 0, 0];
    // Hop-by-hop, then destination options of 16 octets, then an authentication header.
    let chain =
        [&[60, 0, 1, 4, 0, 0, 0, 0, 51, 1][..], &[0; 14], &[17, 1], &[0; 10], &udp].concat();
    for (packet, protocol, port) in [
        (v6(0, &chain), 17, 53),
        (v6(0, &chain[..chain.len() - 8]), 17, 0),
        (v6(0, &chain[..12]), 51, 0),
        (v6(0, &chain[..9]), 60, 0),
        (v6(60, &[17, 60]), 17, 0),
        (v6(60, &[17]), 60, 0),
        (v6(44, &[17, 0, 0]), 44, 0),
        (v6(59, &[]), 59, 0),
    ] {
        let mut ear = Ear::under(Fields::FLOW);
        ear.hear(&datagram(&[frame(12, &packet)]));
        assert_eq!((ear.flows.protocol[0], ear.flows.src_port[0]), (protocol, port), "{packet:?}");
    }
}

proptest::proptest! {
    #[test]
    fn whole_packets_are_read_as_another_decoder_reads_them(
        addresses in proptest::prelude::any::<([u8; 16], [u8; 16], bool)>(),
        ports in proptest::prelude::any::<(u16, u16)>(),
        tags in 0..3_u8,
        tcp in proptest::prelude::any::<bool>(),
        payload in 0..40_usize,
    ) {
        let (src, dst, v6) = addresses;
        let start = |a: [u8; 16]| [a[0], a[1], a[2], a[3]];
        let ethernet = PacketBuilder::ethernet2([2; 6], [4; 6]);
        let ip = match (tags, v6) {
            (0, true) => ethernet.ipv6(src, dst, 9),
            (0, false) => ethernet.ipv4(start(src), start(dst), 9),
            (1, true) => ethernet.single_vlan(VlanId::ZERO).ipv6(src, dst, 9),
            (1, false) => ethernet.single_vlan(VlanId::ZERO).ipv4(start(src), start(dst), 9),
            (_, true) => ethernet.double_vlan(VlanId::ZERO, VlanId::ZERO).ipv6(src, dst, 9),
            (_, false) => {
                ethernet.double_vlan(VlanId::ZERO, VlanId::ZERO).ipv4(start(src), start(dst), 9)
            }
        };
        let mut octets = Vec::new();
        if tcp {
            ip.tcp(ports.0, ports.1, 1, 1).syn().write(&mut octets, &vec![0; payload]).unwrap();
        } else {
            ip.udp(ports.0, ports.1).write(&mut octets, &vec![0; payload]).unwrap();
        }
        let theirs = SlicedPacket::from_ethernet(&octets).unwrap();
        let (src, dst) = match theirs.net.unwrap() {
            NetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            NetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            NetSlice::Arp(_) => panic!("an ARP packet"),
        };
        let mut ear = Ear::under(Fields::FLOW);
        ear.hear(&datagram(&[frame(1, &octets)]));
        let f = &ear.flows;
        proptest::prop_assert_eq!((f.src[0], f.dst[0]), (address(src), address(dst)));
        proptest::prop_assert_eq!((f.src_port[0], f.dst_port[0]), ports);
        proptest::prop_assert_eq!((f.protocol[0], f.tcp_flags[0]), if tcp { (6, 2) } else { (17, 0) });
    }
}

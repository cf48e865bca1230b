//! Captures written here, good and bad, and what is told of their packets.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use etherparse::PacketBuilder;
use terms::Span;

use super::*;
use crate::demo::addresses::{LINE_9, V6_HOST};
use crate::demo::random::Random;

fn at(mono: u64) -> Moment {
    Moment { wall: Time::parse("2026-05-01T09:00Z").unwrap().after(Span(mono)), mono }
}

/// An Ethernet frame with a UDP packet of 28 octets and `payload`.
fn udp(dst: [u8; 4], payload: usize) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4([192, 0, 2, 9], dst, 64);
    let mut frame = Vec::new();
    builder.udp(53, 4_000).write(&mut frame, &vec![0; payload]).unwrap();
    frame
}

fn tcp6() -> Vec<u8> {
    let dst = "2001:db8:1::1".parse::<std::net::Ipv6Addr>().unwrap().octets();
    let builder = PacketBuilder::ethernet2([2; 6], [4; 6]).ipv6([3; 16], dst, 64);
    let mut frame = Vec::new();
    builder.tcp(5_000, 80, 1, 1_000).syn().write(&mut frame, &[]).unwrap();
    frame
}

/// A pcap file of frames, each with its microsecond and how much of it was kept.
fn pcap(link_type: u32, frames: &[(u64, Vec<u8>)], kept: usize) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4_u32.to_le_bytes());
    file.extend([2, 0, 4, 0]);
    [0, 0, 65_535, link_type].iter().for_each(|n: &u32| file.extend(n.to_le_bytes()));
    for (at, frame) in frames {
        let part = &frame[..frame.len().min(kept)];
        let (seconds, micros) = (1_600_000_000 + at / 1_000_000, at % 1_000_000);
        for n in [seconds, micros, part.len() as u64, frame.len() as u64] {
            file.extend(u32::try_from(n).unwrap().to_le_bytes());
        }
        file.extend(part);
    }
    file
}

/// The same as pcapng, big-endian, with nanoseconds.
fn pcapng(frames: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut block = |kind: u32, body: &[u8]| {
        let len = u32::try_from(12 + body.len().next_multiple_of(4)).unwrap();
        file.extend(kind.to_be_bytes());
        file.extend(len.to_be_bytes());
        file.extend(body);
        file.resize(file.len().next_multiple_of(4), 0);
        file.extend(len.to_be_bytes());
    };
    let words = |words: &[u32]| words.iter().flat_map(|w| w.to_be_bytes()).collect::<Vec<u8>>();
    block(0x0a0d_0d0a, &words(&[0x1a2b_3c4d, 0x0001_0000, u32::MAX, u32::MAX]));
    // Ethernet; option if_tsresol 9, end of options.
    block(1, &words(&[0x0001_0000, 0, 0x0009_0001, 0x0900_0000, 0]));
    for (at, frame) in frames {
        let nanos = (1_600_000_000_000_000 + at) * 1_000;
        let (high, low) = (u32::try_from(nanos >> 32).unwrap(), nanos as u32);
        let len = u32::try_from(frame.len()).unwrap();
        let mut body = words(&[0, high, low, len, len]);
        body.extend(frame);
        block(6, &body);
    }
    file
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    fn file(&self, octets: &[u8]) -> PathBuf {
        let path = self.0.path().join("some.pcap");
        fs::write(&path, octets).unwrap();
        path
    }
    fn open(&self, octets: &[u8]) -> anyhow::Result<Capture> {
        Capture::open(&self.file(octets), &[LINE_9, V6_HOST])
    }
    /// What is said of a file that cannot be read.
    fn complaint(&self, octets: &[u8]) -> String {
        let said = format!("{:#}", self.open(octets).unwrap_err());
        assert!(said.contains("some.pcap"), "{said}");
        said
    }
}

/// All packets that are still to come, with the microsecond at which each is due.
fn packets(mut replay: Replay) -> Vec<(u64, Packet)> {
    let mut all = Vec::new();
    while let Some(frame) = replay.next {
        if let Some(mut packet) = frame.packet {
            replay.rewrite(&mut packet);
            all.push((replay.elapsed, packet));
        }
        replay.advance();
    }
    all
}

fn few() -> Vec<(u64, Vec<u8>)> {
    let mut arp = vec![0; 42];
    arp[12..14].copy_from_slice(&[8, 6]);
    vec![
        (0, udp([10, 10, 10, 10], 1_000)),
        (1_500, udp([10, 10, 10, 11], 100)),
        (1_400, udp([10, 10, 10, 10], 1_000)),
        (2_500_000, arp),
        (3_000_000, tcp6()),
        (90_000_000, udp([10, 10, 10, 11], 100)),
    ]
}

#[test]
fn only_the_destination_with_most_octets_is_moved_and_long_pauses_are_shortened() {
    let folder = Folder::new();
    for file in [pcap(1, &few(), 65_535), pcap(1, &few(), 70), pcapng(&few())] {
        let all = packets(Replay::of(folder.open(&file).unwrap(), at(0)));
        let seen: Vec<_> =
            all.iter().map(|(at, p)| (*at, p.dst, p.octets, p.src_port, p.dst_port)).collect();
        let other: IpAddr = "10.10.10.11".parse().unwrap();
        assert_eq!(
            seen,
            [
                (0, LINE_9, 1_028, 53, 4_000),
                (1_500, other, 128, 53, 4_000),
                (1_500, LINE_9, 1_028, 53, 4_000),
                (3_000_100, V6_HOST, 60, 5_000, 80),
                (13_000_100, other, 128, 53, 4_000),
            ]
        );
        assert_eq!((all[3].1.protocol, all[3].1.tcp_flags), (6, 2));
        assert_eq!(all[0].1.src, "192.0.2.9".parse::<IpAddr>().unwrap());
    }
}

#[test]
fn packets_are_found_behind_every_kind_of_frame_that_is_known() {
    let folder = Folder::new();
    let ip = udp([10, 10, 10, 10], 10)[14..].to_vec();
    let behind = |before: &[u8]| [before, &ip].concat();
    let mut cooked = [0; 16];
    cooked[14] = 8;
    let mut cooked_2 = [0; 20];
    cooked_2[0] = 8;
    let tagged = behind(&[[2; 12].as_slice(), &[0x81, 0, 0, 7, 8, 0]].concat());
    for (link_type, frame) in [
        (1, tagged),
        (0, behind(&[2, 0, 0, 0])),
        (101, ip.clone()),
        (228, ip.clone()),
        (113, behind(&cooked)),
        (276, behind(&cooked_2)),
    ] {
        let capture = folder.open(&pcap(link_type, &[(0, frame)], 65_535)).unwrap();
        let all = packets(Replay::of(capture, at(0)));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].1.dst, all[0].1.octets, all[0].1.protocol), (LINE_9, 38, 17));
    }
}

#[test]
fn a_flood_is_told_of_at_a_bounded_speed_and_completely() {
    let folder = Folder::new();
    let mut frames: Vec<_> = (0..25_000).map(|_| (0, udp([10, 10, 10, 10], 72))).collect();
    frames.push((1_000_000, udp([10, 10, 10, 10], 72)));
    let mut replay = Replay::of(folder.open(&pcap(1, &frames, 42)).unwrap(), at(1_000));
    let (mut packets, mut ticks, mut now) = (Vec::new(), Vec::new(), 1_000);
    while !replay.is_over() {
        now += 200;
        let datagrams = replay.tick(at(now));
        assert!(datagrams.len() < 500);
        ticks.push(datagrams.len());
        packets.extend(datagrams);
        assert!(now < 60_000);
    }
    // The flood takes three ticks; what came a second later comes a second later.
    assert!(ticks.len() >= 7 && ticks[3..6].iter().all(|n| *n == 0), "{ticks:?}");
    let exporters = [observe::Exporter {
        name: CAPTURE.exporter.to_owned(),
        address: CAPTURE.address.into(),
        sampling: None,
    }];
    let exporters = std::sync::Arc::new(observe::Exporters::of(&exporters).unwrap());
    let mask = std::sync::Arc::<ground::Mask>::default();
    let origin = ground::Origin {
        measure: ground::MeasureName::of("13-su-take-statistics"),
        source: terms::Source::FlowExport,
        purpose: terms::Purpose::RunNetwork,
        last_day: None,
    };
    let mut decoder = observe::flow::Decoder::new(exporters.clone(), mask, origin);
    for datagram in &packets {
        let from = SocketAddr::from((CAPTURE.address, 4_000));
        assert_eq!(decoder.decode(datagram, from, at(now)).count(), 0, "no ground is in force");
    }
    let health = exporters.health().remove(0);
    // One flow: a record a tick that had packets of it.
    assert_eq!((health.records_passed, health.lost_records, health.undecodable.len()), (4, 0, 0));
    assert_eq!(replay.exporter.seen(), 25_001);
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_place_and_the_reason() {
    let folder = Folder::new();
    let good = pcap(1, &few(), 65_535);
    let second = 24 + 16 + few()[0].1.len();
    let cut = folder.complaint(&good[..second + 30]);
    assert!(cut.contains("cut short") && cut.contains(&format!("offset {second}")), "{cut}");
    let header_only = folder.complaint(&good[..10]);
    assert!(header_only.contains("cut short"), "{header_only}");
    assert!(folder.complaint(b"").contains("empty"));
    assert!(folder.complaint(&[b'x'; 300]).contains("neither pcap nor pcapng"));
    assert!(folder.complaint(&pcap(147, &few(), 65_535)).contains("link type 147"));
    assert!(folder.complaint(&pcap(1, &few()[3..4], 65_535)).contains("no IP packet (1 others)"));

    let mut long = good.clone();
    long[second + 8..second + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    let said = folder.complaint(&long);
    assert!(said.contains(&format!("offset {second}")) && said.contains("longer"), "{said}");

    let ng = pcapng(&few());
    let mut damaged = ng.clone();
    damaged[28 + 32..28 + 36].copy_from_slice(&0x0000_0006_u32.to_be_bytes());
    damaged[28 + 36..28 + 40].copy_from_slice(&8_u32.to_be_bytes());
    let said = folder.complaint(&damaged);
    assert!(said.contains("damaged") && said.contains("offset 60"), "{said}");
    assert!(folder.complaint(&ng[..ng.len() - 3]).contains("cut short"));

    let missing = folder.0.path().join("missing.pcap");
    let said = format!("{:#}", Capture::open(&missing, &[LINE_9]).unwrap_err());
    assert!(said.contains("missing.pcap") && said.contains("No such file"), "{said}");
    assert!(Capture::open(folder.0.path(), &[LINE_9]).is_err(), "a folder");
}

#[test]
fn whatever_is_in_a_file_it_is_read_or_refused() {
    let folder = Folder::new();
    let mut random = Random::of(9);
    let (mut read, mut refused) = (0, 0);
    for good in [pcap(1, &few(), 90), pcapng(&few())] {
        for _ in 0..120 {
            let mut file = good.clone();
            for _ in 0..=random.below(4) {
                let place = usize::try_from(random.below(file.len() as u64)).unwrap();
                file[place] = random.draw() as u8;
            }
            if random.below(4) == 0 {
                file.truncate(usize::try_from(random.below(file.len() as u64)).unwrap());
            }
            match folder.open(&file) {
                Ok(capture) => {
                    read += 1;
                    packets(Replay::of(capture, at(0)));
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 50 && refused > 50, "{read} read, {refused} refused");
}

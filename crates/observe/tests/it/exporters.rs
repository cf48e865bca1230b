//! Real exporters from Debian, given packets we made: softflowd (NetFlow, IPFIX), pmacct (sFlow).

use std::cell::RefCell;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use observe::encode::Record;
use terms::{Column, Field, Time, address};

use crate::conformance::rows;
use crate::decoder::record;
use crate::listeners::Station;
use crate::lock::{AT, exporter};
use crate::oracle::Row;
use crate::suite;

/// What was sent on the wire: a record and how many of its packets, `bytes` of IP in each.
fn traffic() -> Vec<(Record, u64)> {
    let v6: [IpAddr; 2] = ["2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap()];
    let tcp =
        Record { protocol: 6, tcp_flags: 0x12, bytes: 1_000, src_port: 443, ..record(50_000) };
    let dns = Record { src: v6[0], dst: v6[1], bytes: 200, ..record(4_000) };
    vec![(tcp, 5), (dns, 3), (Record { bytes: 60, ..record(123) }, 1)]
}

#[test]
fn softflowd_is_understood_in_every_format_it_speaks() {
    if !suite::can_run("exporter", &["softflowd"], "softflowd") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write_capture(folder.path());
    for (version, families) in [("5", 1), ("9", 2), ("10", 2)] {
        let station = Station::start(1, 64, &[exporter("softflowd", "127.0.0.1")]);
        let to = station.intake.addresses()[0];
        // It forgets that it reads a file when the file's name is long.
        let softflowd = Command::new(suite::find("softflowd").unwrap())
            .current_dir(folder.path())
            .args(["-v", version, "-A", "milli", "-n", &to.to_string(), "-d"])
            .args(["-r", "t.pcap", "-p", "pid", "-c", "ctl"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(softflowd.success());
        let expected: Vec<Row> = traffic()
            .iter()
            .filter(|(r, _)| families == 2 || r.src.is_ipv4())
            .map(|(r, packets)| row(r, r.bytes * packets, *packets))
            .collect();
        station.until("all is handed on", |s| {
            s.intake.health()[0].records_out >= expected.len() as u64
        });
        let mut seen = Vec::new();
        for batch in station.batches.try_iter() {
            seen.extend(rows(&station.lock, &batch));
            let columns = station.lock.open(&batch);
            let Some(Column::Times(start, end)) = columns.column(Field::Timestamp) else {
                panic!("no times");
            };
            for (start, end) in start.iter().zip(end) {
                let near = |ms: i64| (AT.0 - 10..AT.0 + 2_000).contains(&ms);
                // Reading a file, it counts the uptime of NetFlow v5 from another start.
                assert!(
                    version == "5" || (near(*start) && near(*end) && start <= end),
                    "{version}: {start} {end}"
                );
            }
        }
        // It numbers no interfaces here.
        seen.iter_mut().for_each(|r| (r.input, r.output) = (0, 0));
        for row in &expected {
            assert!(seen.contains(row), "version {version}: {row:?} is not in {seen:?}");
        }
        let h = &station.intake.health()[0];
        assert_eq!((&*h.undecodable, h.doubtful), (&[][..], None), "version {version}");
        station.intake.stop();
    }
}

#[test]
fn pmacct_is_understood_when_it_speaks_sflow() {
    if !suite::can_run("sflow-exporter", &["pmacctd"], "pmacct") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let capture = write_capture(folder.path());
    let station = Station::start(1, 64, &[exporter("pmacct", "127.0.0.1")]);
    let settings = folder.path().join("pmacctd.conf");
    let text = format!(
        "daemonize: false\npcap_savefile: {}\npcap_savefile_wait: false\nplugins: sfprobe\n\
         sampling_rate: 1\nsfprobe_receiver: {}\nsfprobe_agentip: 127.0.0.1\n",
        capture.display(),
        station.intake.addresses()[0]
    );
    std::fs::write(&settings, text).unwrap();
    let pmacctd = Command::new(suite::find("pmacctd").unwrap())
        .arg("-f")
        .arg(&settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let packets: u64 = traffic().iter().map(|(_, n)| n).sum();
    station.until("all samples are handed on", |s| s.intake.health()[0].records_out >= packets);
    // It ends by itself at the end of its file, and its plugin with it.
    let pmacctd = RefCell::new(pmacctd);
    station.until("pmacctd ends", |_| pmacctd.borrow_mut().try_wait().unwrap().is_some());
    let seen: Vec<Row> = station.batches.try_iter().flat_map(|b| rows(&station.lock, &b)).collect();
    for (r, packets) in traffic() {
        let of_it = seen
            .iter()
            .filter(|s| (s.src, s.dst_port) == (address(r.src), r.dst_port))
            .collect::<Vec<_>>();
        assert_eq!(of_it.len() as u64, packets, "{seen:?}");
        for s in of_it {
            // The frame has an Ethernet header of 14 octets, and perhaps four of check sequence.
            assert!((r.bytes + 14..=r.bytes + 18).contains(&s.bytes), "{s:?}");
            let expected =
                Row { bytes: s.bytes, input: s.input, output: s.output, ..row(&r, 0, 1) };
            assert_eq!(*s, expected);
        }
    }
    assert_eq!(station.intake.health()[0].doubtful, None);
    station.intake.stop();
}

fn row(r: &Record, bytes: u64, packets: u64) -> Row {
    Row {
        src: address(r.src),
        dst: address(r.dst),
        src_port: r.src_port,
        dst_port: r.dst_port,
        protocol: r.protocol,
        tcp_flags: r.tcp_flags,
        bytes,
        packets,
        input: 0,
        output: 0,
    }
}

/// A capture file of the traffic: classic pcap, Ethernet, microseconds.
fn write_capture(folder: &Path) -> std::path::PathBuf {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 65_535, 1] {
        file.extend(word.to_be_bytes());
    }
    let mut ms = 0;
    for (record, packets) in traffic() {
        for _ in 0..packets {
            let frame = frame(&record);
            let at = Time(AT.0 + ms);
            ms += 10;
            let len = u32::try_from(frame.len()).unwrap();
            let seconds = u32::try_from(at.0 / 1000).unwrap();
            let micros = u32::try_from(at.0 % 1000).unwrap() * 1000;
            for word in [seconds, micros, len, len] {
                file.extend(word.to_be_bytes());
            }
            file.extend(frame);
        }
    }
    let path = folder.join("t.pcap");
    std::fs::write(&path, file).unwrap();
    path
}

/// An Ethernet frame with an IP packet `bytes` long.
fn frame(r: &Record) -> Vec<u8> {
    let len = usize::try_from(r.bytes).unwrap();
    let mut f = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
    match (r.src, r.dst) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => {
            f.extend([8, 0, 0x45, 0]);
            f.extend(u16::try_from(len).unwrap().to_be_bytes());
            f.extend([0, 0, 0, 0, 64, r.protocol, 0, 0]);
            f.extend(src.octets());
            f.extend(dst.octets());
        }
        (IpAddr::V6(src), IpAddr::V6(dst)) => {
            f.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
            f.extend(u16::try_from(len - 40).unwrap().to_be_bytes());
            f.extend([r.protocol, 64]);
            f.extend(src.octets());
            f.extend(dst.octets());
        }
        other => panic!("{other:?}"),
    }
    let transport = u16::try_from(len - (f.len() - 14)).unwrap();
    f.extend(r.src_port.to_be_bytes());
    f.extend(r.dst_port.to_be_bytes());
    if r.protocol == 6 {
        f.extend([0, 0, 0, 1, 0, 0, 0, 1, 0x50, r.tcp_flags.to_be_bytes()[1], 0, 9, 0, 0, 0, 0]);
    } else {
        f.extend(transport.to_be_bytes());
        f.extend([0, 0]);
    }
    f.resize(14 + len, 0);
    f
}

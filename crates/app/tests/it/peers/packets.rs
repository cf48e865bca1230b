//! Packets on a wire: written into a capture file, and sent from it at the pace they are stamped with.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::Running;
use crate::suite;

/// How one packet looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packet {
    /// When it is sent, in milliseconds from the first.
    pub(crate) at: u32,
    pub(crate) src: IpAddr,
    pub(crate) dst: IpAddr,
    /// TCP (6) with ACK, or UDP (17).
    pub(crate) protocol: u8,
    pub(crate) src_port: u16,
    pub(crate) dst_port: u16,
    /// Length with the IP header.
    pub(crate) len: u16,
}

/// Writes a capture file: classic pcap, Ethernet, microseconds.
pub(crate) fn write(folder: &Path, name: &str, packets: &[Packet]) -> PathBuf {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 65_535, 1] {
        file.extend(word.to_be_bytes());
    }
    for packet in packets {
        let frame = frame(packet);
        let len = u32::try_from(frame.len()).expect("short");
        for word in [1 + packet.at / 1000, packet.at % 1000 * 1000, len, len] {
            file.extend(word.to_be_bytes());
        }
        file.extend(frame);
    }
    let path = folder.join(name);
    std::fs::write(&path, file).expect("a capture file");
    path
}

/// Sends what is in `capture` on `interface`, over and over, until it goes out of scope.
pub(crate) fn send(name: &str, folder: &Path, capture: &Path, interface: &str) -> Running {
    Running::start(name, folder, tcpreplay(interface).arg(capture))
}

/// The same at so many megabits a second.
pub(crate) fn send_at(mbps: &str, folder: &Path, capture: &Path, interface: &str) -> Running {
    let mut tcpreplay = tcpreplay(interface);
    Running::start("tcpreplay", folder, tcpreplay.args(["--mbps", mbps]).arg(capture))
}

fn tcpreplay(interface: &str) -> Command {
    let mut tcpreplay = Command::new(suite::find("tcpreplay").expect("tcpreplay"));
    // It sleeps between packets with this timer, and spins with others.
    tcpreplay.args(["--timer=nano", "--loop=1000", "--intf1", interface]);
    tcpreplay
}

/// An Ethernet frame.
fn frame(p: &Packet) -> Vec<u8> {
    let mut f = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
    match (p.src, p.dst) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => {
            f.extend([8, 0, 0x45, 0]);
            f.extend(p.len.to_be_bytes());
            f.extend([0, 0, 0, 0, 64, p.protocol, 0, 0]);
            f.extend(src.octets());
            f.extend(dst.octets());
        }
        (IpAddr::V6(src), IpAddr::V6(dst)) => {
            f.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
            f.extend((p.len - 40).to_be_bytes());
            f.extend([p.protocol, 64]);
            f.extend(src.octets());
            f.extend(dst.octets());
        }
        other => panic!("two IP versions in one packet: {other:?}"),
    }
    let end = 14 + usize::from(p.len);
    let transport = u16::try_from(end - f.len()).expect("short");
    f.extend(p.src_port.to_be_bytes());
    f.extend(p.dst_port.to_be_bytes());
    if p.protocol == 6 {
        f.extend([0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 0, 9, 0, 0, 0, 0]);
    } else {
        f.extend(transport.to_be_bytes());
        f.extend([0, 0]);
    }
    f.resize(end, 0);
    f
}

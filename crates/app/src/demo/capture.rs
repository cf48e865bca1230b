//! A packet capture (pcap or pcapng) mixed into the demo, as if another exporter saw its packets.
//!
//! One thing is rewritten: of each address family, the destination that gets most octets becomes an
//! own address, so that there is something to detect. Everything else is told as it was captured,
//! but for the time: the first packet is now, a pause of more than ten seconds lasts ten, and more
//! than 50,000 packets a second are told of later. A capture is replayed once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

use terms::{Moment, Time};

use super::addresses::CAPTURE;
use super::exporter::Exporter;
use super::traffic::Packet;

mod frames;

use frames::{Frame, Frames};

/// A capture that was read to its end once and found good.
#[derive(Debug)]
pub(crate) struct Capture {
    frames: Frames,
    /// The destinations with most octets, and what becomes of them.
    moved: Vec<(IpAddr, IpAddr)>,
}

/// So many destinations are counted; a capture with more is none of an attack on one.
const MOST_DESTINATIONS: usize = 1 << 20;
/// Longest pause between two packets, in microseconds.
const PAUSE: u64 = 10_000_000;
/// Most packets that are told of in one tick.
const MOST_PACKETS: usize = 10_000;

impl Capture {
    /// Reads the whole of `path`, and puts the destinations with most octets in the place of the
    /// own addresses `to`.
    ///
    /// # Errors
    /// When the file cannot be read, is neither pcap nor pcapng, ends in the middle of a packet, is
    /// damaged, has a link type not known here, or holds no IP packet: names file and offset.
    pub(crate) fn open(path: &Path, to: &[IpAddr]) -> anyhow::Result<Self> {
        let mut octets: HashMap<IpAddr, u64> = HashMap::new();
        let (mut packets, mut other) = (0_u64, 0_u64);
        let mut frames = Frames::open(path)?;
        while let Some(frame) = frames.next()? {
            let Some(packet) = frame.packet else {
                other += 1;
                continue;
            };
            packets += 1;
            if octets.len() < MOST_DESTINATIONS || octets.contains_key(&packet.dst) {
                *octets.entry(packet.dst).or_default() += u64::from(packet.octets);
            }
        }
        if packets == 0 {
            anyhow::bail!("the capture {} holds no IP packet ({other} others)", path.display());
        }
        tracing::info!(packets, other, "the capture can be read");
        let moved = to.iter().filter_map(|own| {
            let family = octets.iter().filter(|(dst, _)| dst.is_ipv4() == own.is_ipv4());
            let most = family.max_by_key(|&(dst, octets)| (*octets, core::cmp::Reverse(*dst)))?;
            Some((*most.0, *own))
        });
        Ok(Self { moved: moved.collect(), frames: Frames::open(path)? })
    }
}

/// A capture on its way.
#[derive(Debug)]
pub(crate) struct Replay {
    capture: Capture,
    exporter: Exporter,
    /// Monotonic milliseconds of the first packet.
    began: u64,
    /// Microseconds from the first packet to `next`, pauses shortened.
    elapsed: u64,
    /// Microseconds since 1970 in the capture of the packet before.
    before: Option<u64>,
    next: Option<Frame>,
    over: bool,
}

impl Replay {
    /// Starts now.
    pub(crate) fn of(capture: Capture, at: Moment) -> Self {
        let exporter = Exporter::ipfix(CAPTURE);
        let (elapsed, before, next) = (0, None, None);
        let mut replay =
            Self { capture, exporter, began: at.mono, elapsed, before, next, over: false };
        replay.advance();
        replay
    }

    /// Was everything told?
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// The datagrams for the packets since this was last called.
    pub(crate) fn tick(&mut self, now: Moment) -> Vec<Vec<u8>> {
        let due = now.mono.saturating_sub(self.began).saturating_mul(1000);
        for _ in 0..MOST_PACKETS {
            let Some(frame) = self.next.filter(|_| self.elapsed <= due) else { break };
            if let Some(mut packet) = frame.packet {
                self.rewrite(&mut packet);
                let ago = i64::try_from((due - self.elapsed) / 1000).unwrap_or(0);
                self.exporter.see(&packet, Time(now.wall.0 - ago));
            }
            self.advance();
        }
        if self.next.is_some() && self.elapsed < due {
            // Too many for one tick: from here on everything is later.
            self.began += (due - self.elapsed) / 1000;
        }
        self.over = self.next.is_none();
        self.exporter.export(now)
    }

    fn rewrite(&self, packet: &mut Packet) {
        let moved = self.capture.moved.iter().find(|(from, _)| *from == packet.dst);
        packet.dst = moved.map_or(packet.dst, |(_, to)| *to);
    }

    fn advance(&mut self) {
        self.next = match self.capture.frames.next() {
            Ok(next) => next,
            Err(e) => {
                tracing::warn!("the capture changed while it was replayed: {e:#}");
                None
            }
        };
        if let Some(at) = self.next.map(|frame| frame.at) {
            let before = self.before.replace(at).unwrap_or(at);
            self.elapsed += at.saturating_sub(before).min(PAUSE);
        }
    }
}

#[cfg(test)]
mod tests;

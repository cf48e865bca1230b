//! A made-up exporter: samples the packets of its link and tells of them as a real one would.
//!
//! It stands where traffic comes in, before any filter: what the ISP's routers drop by a FlowSpec
//! rule is exported all the same, so an attack is seen until it ends by itself.

use std::collections::HashMap;
use std::net::IpAddr;

use observe::InterfaceCounters;
use observe::encode::{Ipfix, NetFlow9, Record, Sflow5};
use terms::{ExporterId, Moment, Time};

use super::addresses::{LINE_7, Link};
use super::traffic::Packet;

/// How an exporter tells.
#[derive(Debug, Clone)]
pub(crate) enum Speaks {
    /// NetFlow v9.
    NetFlow9(NetFlow9),
    /// IPFIX.
    Ipfix(Ipfix),
    /// sFlow v5.
    Sflow5(Sflow5),
}

/// One exporter.
#[derive(Debug)]
pub(crate) struct Exporter {
    link: Link,
    speaks: Speaks,
    /// Packets that came by so far.
    packets: u64,
    /// Octets of their frames.
    octets: u64,
    records: Vec<Record>,
    /// Where the record of a flow is in `records`.
    flows: HashMap<Key, usize>,
    /// Monotonic: when it last described its templates, or sent its counters.
    told: Option<u64>,
}

type Key = (IpAddr, IpAddr, u16, u16, u8, bool);

/// How often (ms) templates, the sampling rate and interface counters are sent again.
const REFRESH: u64 = 5_000;
/// Ethernet header and check sequence around an IP packet, and the shortest frame.
const FRAME: (u32, u32) = (18, 64);

impl Exporter {
    /// A NetFlow v9 exporter that starts now.
    pub(crate) fn netflow9(link: Link, at: Time) -> Self {
        let sampling = Some(link.sampling);
        Self::of(link, Speaks::NetFlow9(NetFlow9 { boot: at, sequence: 0, source: 1, sampling }))
    }

    /// An IPFIX exporter that starts now.
    pub(crate) fn ipfix(link: Link) -> Self {
        let sampling = Some(link.sampling);
        Self::of(link, Speaks::Ipfix(Ipfix { sequence: 0, domain: 1, sampling }))
    }

    /// An sFlow v5 agent that starts now.
    pub(crate) fn sflow5(link: Link, at: Time) -> Self {
        let agent = Sflow5 {
            boot: at,
            agent: IpAddr::V4(link.address),
            sub_agent: 0,
            sequence: 0,
            samples: 0,
            sampling: link.sampling,
        };
        Self::of(link, Speaks::Sflow5(agent))
    }

    fn of(link: Link, speaks: Speaks) -> Self {
        Self {
            link,
            speaks,
            packets: 0,
            octets: 0,
            records: Vec::new(),
            flows: HashMap::new(),
            told: None,
        }
    }

    /// A packet comes by. Each so-manieth is sampled (systematic count-based sampling, RFC 5475
    /// §5.1), and, but for sFlow, counted into the record of its flow.
    pub(crate) fn see(&mut self, packet: &Packet, at: Time) {
        let frame = packet.octets.saturating_add(FRAME.0).max(FRAME.1);
        self.packets += 1;
        self.octets += u64::from(frame);
        if !self.packets.is_multiple_of(u64::from(self.link.sampling.max(1))) {
            return;
        }
        let Packet { src, dst, src_port, dst_port, protocol, tcp_flags, fragment, .. } = *packet;
        let one_by_one = matches!(self.speaks, Speaks::Sflow5(_));
        let bytes = u64::from(if one_by_one { frame } else { packet.octets });
        if !one_by_one {
            let key = (src, dst, src_port, dst_port, protocol, fragment);
            let next = self.records.len();
            let place = *self.flows.entry(key).or_insert(next);
            if let Some(record) = self.records.get_mut(place) {
                record.bytes += bytes;
                record.packets += 1;
                record.tcp_flags |= tcp_flags;
                record.end = record.end.max(at);
                return;
            }
        }
        self.records.push(Record {
            src,
            dst,
            src_port,
            dst_port,
            protocol,
            tcp_flags,
            bytes,
            packets: 1,
            fragment,
            input: self.link.interface,
            output: self.link.core,
            start: at,
            end: at,
        });
    }

    /// Packets that came by so far.
    #[cfg(test)]
    pub(crate) fn seen(&self) -> u64 {
        self.packets
    }

    /// The datagrams for all that was sampled since this was last called. Flows still going on are
    /// told of, too, as with an active timeout of one tick.
    pub(crate) fn export(&mut self, at: Moment) -> Vec<Vec<u8>> {
        let mut datagrams = Vec::new();
        if self.told.is_none_or(|told| at.mono.saturating_sub(told) >= REFRESH) {
            self.told = Some(at.mono);
            match &mut self.speaks {
                Speaks::NetFlow9(e) => datagrams.push(e.templates(at.wall)),
                Speaks::Ipfix(e) => datagrams.push(e.templates(at.wall)),
                Speaks::Sflow5(e) => {
                    let counters = counters(&self.link, self.packets, self.octets, at.wall);
                    datagrams.extend(e.counters(at.wall, &[counters]));
                }
            }
        }
        self.flows.clear();
        let records = core::mem::take(&mut self.records);
        // IPv4 and IPv6 share no datagram; so none is longer than 1,400 octets.
        let (v4, v6): (Vec<Record>, Vec<Record>) =
            records.into_iter().partition(|r| r.dst.is_ipv4());
        for records in [v4, v6] {
            datagrams.extend(match &mut self.speaks {
                Speaks::NetFlow9(e) => e.datagrams(at.wall, &records),
                Speaks::Ipfix(e) => e.datagrams(at.wall, &records),
                Speaks::Sflow5(e) => e.datagrams(at.wall, &records),
            });
        }
        datagrams
    }

    /// What somebody sends who pretends to be this exporter but cannot see what it sends: the
    /// records are well-formed, the sequence number is far from the true one.
    pub(crate) fn forged(&self, at: Time) -> Vec<Vec<u8>> {
        let mut forger = self.speaks.clone();
        match &mut forger {
            Speaks::NetFlow9(e) => {
                e.sequence = e.sequence.wrapping_add(1 << 31);
                e.datagrams(at, &invented(&self.link, at))
            }
            Speaks::Ipfix(e) => {
                e.sequence = e.sequence.wrapping_add(1 << 31);
                e.datagrams(at, &invented(&self.link, at))
            }
            Speaks::Sflow5(e) => {
                e.sequence = e.sequence.wrapping_add(1 << 31);
                e.datagrams(at, &invented(&self.link, at))
            }
        }
    }
}

/// What somebody sends who is on no allow-list: templates and invented records, as IPFIX.
pub(crate) fn strange(link: &Link, at: Time) -> Vec<Vec<u8>> {
    let mut stranger = Ipfix { sequence: 0, domain: 1, sampling: Some(link.sampling) };
    let mut datagrams = vec![stranger.templates(at)];
    datagrams.extend(stranger.datagrams(at, &invented(link, at)));
    datagrams
}

/// Records of an attack on line-7 that there is not: some 540 Mbit with sampling counted in.
fn invented(link: &Link, at: Time) -> Vec<Record> {
    let record = |n: u8| Record {
        src: IpAddr::from([198, 51, 100, n]),
        dst: LINE_7,
        src_port: 53,
        dst_port: 40_000 + u16::from(n),
        protocol: 17,
        tcp_flags: 0,
        bytes: 14_000,
        packets: 10,
        fragment: false,
        input: link.interface,
        output: link.core,
        start: Time(at.0 - 100),
        end: at,
    };
    (1..=48).map(record).collect()
}

/// The counters of the link; it is an Ethernet, up, full duplex. Nothing is sent out by it here.
fn counters(link: &Link, packets: u64, octets: u64, at: Time) -> InterfaceCounters {
    #[expect(clippy::cast_possible_truncation, reason = "the counter has 32 bits and wraps")]
    let in_unicast = packets as u32;
    InterfaceCounters {
        exporter: ExporterId(0),
        at,
        interface: link.interface,
        kind: 6,
        speed: link.capacity,
        direction: 1,
        enabled: true,
        up: true,
        in_octets: octets,
        in_unicast,
        in_multicast: 0,
        in_broadcast: 0,
        in_discards: 0,
        in_errors: 0,
        in_unknown: 0,
        out_octets: 0,
        out_unicast: 0,
        out_multicast: 0,
        out_broadcast: 0,
        out_discards: 0,
        out_errors: 0,
    }
}

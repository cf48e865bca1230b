//! One shard's decoder: datagrams in, sealed batches out.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ahash::AHashMap;
use ground::{Mask, Origin, Sealed};
use terms::{ExporterId, Fields, FlowField, Flows, Moment, Span};

use super::{Heard, Learned, Reading, Tally, decode};
use crate::InterfaceCounters;
use crate::doubt::DoubtReason;
use crate::exporters::{Entry, Exporters, List};

/// A batch is handed on when it has so many records.
pub(crate) const FULL: usize = 512;
/// Room for the records of the datagram that fills it.
const ROOM: usize = FULL + 128;

/// Decodes the datagrams of the exporters on the allow-list, under the gate's field mask, into one
/// sealed batch an exporter. Templates, sampling rates and sequences it learns itself; each shard
/// has one of its own.
#[derive(Debug)]
pub struct Decoder {
    exporters: Arc<Exporters>,
    mask: Arc<Mask>,
    origin: Origin,
    list: Arc<List>,
    peers: AHashMap<IpAddr, Peer>,
    ready: Vec<Ready>,
    /// Monotonic: when the oldest open batch got its first record.
    oldest: Option<u64>,
    counters: Vec<InterfaceCounters>,
}

/// What the shard knows of one exporter.
#[derive(Debug)]
struct Peer {
    entry: Arc<Entry>,
    sampling: u32,
    learned: Learned,
    trusted: u64,
    open: Flows,
    /// Monotonic: when the open batch got its first record.
    since: u64,
}

/// A batch to be handed on, and whose account it goes on.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) entry: Arc<Entry>,
    pub(crate) records: usize,
    pub(crate) sealed: Sealed<Flows>,
}

impl Decoder {
    /// A decoder for these exporters that seals with `origin`.
    #[must_use]
    pub fn new(exporters: Arc<Exporters>, mask: Arc<Mask>, origin: Origin) -> Self {
        let list = exporters.list();
        Self {
            exporters,
            mask,
            origin,
            list,
            peers: AHashMap::new(),
            ready: Vec::new(),
            oldest: None,
            counters: Vec::new(),
        }
    }

    /// Decodes one datagram that came from `from` at `at`. Gives out the batches that are full, or
    /// were read under another mask than the one in force now; other records wait for more.
    pub fn decode(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        at: Moment,
    ) -> impl Iterator<Item = Sealed<Flows>> {
        self.take_in(datagram, from, at);
        self.ready.drain(..).map(Ready::count_out)
    }

    /// Gives out the open batches whose first record came `age` ago or earlier.
    pub fn flush(&mut self, at: Moment, age: Span) -> impl Iterator<Item = Sealed<Flows>> {
        self.close(at, age);
        self.ready.drain(..).map(Ready::count_out)
    }

    /// The batches to be handed on; whoever takes one enters it in the account.
    pub(crate) fn ready(&mut self) -> impl Iterator<Item = Ready> {
        self.ready.drain(..)
    }

    /// Is there a record that waits since `age` or longer?
    pub(crate) fn is_due(&self, at: Moment, age: Span) -> bool {
        self.oldest.is_some_and(|since| at.mono.saturating_sub(since) >= age.0)
    }

    /// As [`Decoder::decode`], but leaves the batches in [`Decoder::ready`].
    pub(crate) fn take_in(&mut self, datagram: &[u8], from: SocketAddr, at: Moment) {
        if !self.exporters.is_current(&self.list) {
            self.relist();
        }
        let address = from.ip().to_canonical();
        let fields = self.mask.fields().common(Fields::FLOW);
        let peer = match self.peers.get_mut(&address) {
            Some(peer) => peer,
            None => {
                let Some(listed) = self.list.get(&address) else {
                    self.exporters.stranger(address);
                    return;
                };
                let peer = Peer::new(&listed.entry, listed.sampling, at);
                self.peers.entry(address).or_insert(peer)
            }
        };
        let origin = &self.origin;
        if peer.open.fields != fields {
            self.ready.extend(peer.seal(fields, origin));
        }
        let before = peer.open.len;
        if before == 0 {
            peer.since = at.mono;
            peer.open.arrived = at.wall;
        }
        peer.read(datagram, from.port(), at, &mut self.counters);
        if peer.open.len > before {
            self.oldest = Some(self.oldest.unwrap_or(peer.since));
        }
        if peer.open.len >= FULL {
            self.ready.extend(peer.seal(fields, origin));
        }
    }

    /// As [`Decoder::flush`], but leaves the batches in [`Decoder::ready`].
    pub(crate) fn close(&mut self, at: Moment, age: Span) {
        self.oldest = None;
        for peer in self.peers.values_mut().filter(|p| p.open.len > 0) {
            if at.mono.saturating_sub(peer.since) >= age.0 {
                let fields = peer.open.fields;
                self.ready.extend(peer.seal(fields, &self.origin));
            } else {
                self.oldest = Some(self.oldest.map_or(peer.since, |o| o.min(peer.since)));
            }
        }
    }

    /// Takes up a changed allow-list: who is off it is forgotten, once its records are handed on.
    fn relist(&mut self) {
        self.list = self.exporters.list();
        let (list, ready, origin) = (&self.list, &mut self.ready, &self.origin);
        self.peers.retain(|address, peer| {
            let listed = list.get(address).filter(|l| l.entry.id == peer.entry.id);
            match listed {
                Some(listed) => peer.sampling = listed.sampling,
                None => ready.extend(peer.seal(Fields::NONE, origin)),
            }
            listed.is_some()
        });
    }
}

impl Peer {
    fn new(entry: &Arc<Entry>, sampling: u32, at: Moment) -> Self {
        Self {
            entry: Arc::clone(entry),
            sampling,
            learned: Learned::default(),
            trusted: entry.trusted(),
            open: Flows::new(entry.id, at.wall, Fields::NONE),
            since: at.mono,
        }
    }

    fn read(
        &mut self,
        datagram: &[u8],
        port: u16,
        at: Moment,
        counters: &mut Vec<InterfaceCounters>,
    ) {
        if self.trusted != self.entry.trusted() {
            self.trusted = self.entry.trusted();
            self.learned.trust();
        }
        let mut tally = Tally::default();
        let format = decode(
            datagram,
            &mut Reading {
                mask: self.open.fields,
                setting: self.sampling,
                at,
                learned: &mut self.learned,
                flows: &mut self.open,
                tally: &mut tally,
                counters,
            },
        );
        if let Some(format) = format {
            self.entry.account().format(format);
            self.entry.port(format, port, at);
        }
        if let Some(Heard::Doubtful(reason)) = tally.heard {
            self.entry.doubt(reason, at);
        }
        if tally.flip_flop {
            self.entry.doubt(DoubtReason::TemplateFlipFlop, at);
        }
        if !counters.is_empty() {
            self.entry.counters(counters);
            counters.clear();
        }
        // Last: whoever sees a datagram counted sees what was made of it.
        self.entry.account().count(self.entry.name(), datagram.len(), &tally, at);
    }

    /// Seals the open batch, if there is anything in it, and opens one for `fields`.
    fn seal(&mut self, fields: Fields, origin: &Origin) -> Option<Ready> {
        let next = batch(self.entry.id, &self.open, fields);
        let full = core::mem::replace(&mut self.open, next);
        let records = full.len;
        let entry = Arc::clone(&self.entry);
        (records > 0).then(|| Ready { entry, records, sealed: Sealed::seal(full, origin.clone()) })
    }
}

impl Ready {
    fn count_out(self) -> Sealed<Flows> {
        self.entry.account().out(self.records);
        self.sealed
    }
}

/// An empty batch with room, so that columns do not grow record by record.
fn batch(exporter: ExporterId, before: &Flows, fields: Fields) -> Flows {
    let mut f = Flows::new(exporter, before.arrived, fields);
    for field in fields.flow() {
        match field {
            FlowField::SrcAddress => f.src.reserve(ROOM),
            FlowField::DstAddress => f.dst.reserve(ROOM),
            FlowField::SrcPort => f.src_port.reserve(ROOM),
            FlowField::DstPort => f.dst_port.reserve(ROOM),
            FlowField::Protocol => f.protocol.reserve(ROOM),
            FlowField::TcpFlags => f.tcp_flags.reserve(ROOM),
            FlowField::Bytes => f.bytes.reserve(ROOM),
            FlowField::Packets => f.packets.reserve(ROOM),
            FlowField::Fragment => f.fragment.reserve(ROOM),
            FlowField::InputInterface => f.input.reserve(ROOM),
            FlowField::OutputInterface => f.output.reserve(ROOM),
            FlowField::Timestamp => {
                f.start.reserve(ROOM);
                f.end.reserve(ROOM);
            }
        }
    }
    if !fields.is_empty() {
        f.sampling.reserve(ROOM);
    }
    f
}

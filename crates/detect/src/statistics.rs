//! Standing statistics: what each own prefix receives, by kind of traffic, and how busy links are.

mod interval;
mod kinds;
mod own;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use ground::{Ground, OutOfScope, Sealed};
use terms::{
    Column, ExporterId, Field, Fields, Flows, IpNet, Moment, PrefixStatistics, Source, Span, Time,
    ip,
};

pub use interval::{Interval, LeftOut, LinkLoad, merge};
pub(crate) use interval::{Row, seconds};
pub use kinds::AMPLIFIER_PORTS;
pub(crate) use kinds::KINDS;
pub(crate) use own::{OwnTable, bounds};

use crate::{Addressing, Config, Detector};

/// What taking statistics needs to see.
pub(crate) const DETECTOR: Detector = Detector {
    name: "statistics",
    reads: Source::FlowExport,
    fields: Fields::of(&[
        Field::DstAddress,
        Field::Bytes,
        Field::Packets,
        Field::Protocol,
        Field::SrcPort,
        Field::TcpFlags,
        Field::Fragment,
        Field::InputInterface,
    ]),
};

/// Takes standing statistics: adds up opened batches, interval by interval. Each shard has its own.
pub struct Collector {
    table: OwnTable,
    /// One an own prefix.
    prefixes: Vec<Sums>,
    /// Which of `hosts` an address has.
    places: HashMap<u128, usize>,
    /// Of static hosts; beyond `places.len()` they are empty and only keep their memory.
    hosts: Vec<Sums>,
    links: HashMap<(ExporterId, u32), u64>,
    heard: Vec<ExporterId>,
    left_out: LeftOut,
    most_hosts: usize,
    most_links: usize,
}

impl Collector {
    /// A collector for these own prefixes.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let table = OwnTable::of(&config.own);
        Self {
            prefixes: table.own().iter().map(|_| Sums::default()).collect(),
            table,
            places: HashMap::new(),
            hosts: Vec::new(),
            links: HashMap::new(),
            heard: Vec::new(),
            left_out: LeftOut::default(),
            most_hosts: config.most_hosts,
            most_links: config.most_links,
        }
    }

    /// Opens a batch and adds it. Bytes and packets are multiplied by the sampling rate of each
    /// record; an unknown rate counts as one and is told in [`LeftOut::unknown_sampling`]. Without
    /// destination, bytes or packets among the opened columns nothing is added.
    ///
    /// A flow is counted in the interval its record arrives in: exporters whose active timeout is
    /// longer than the interval make the counts uneven.
    ///
    /// # Errors
    /// When the ground does not open the batch; nothing is added then.
    pub fn take(
        &mut self,
        ground: &Ground,
        sealed: &Sealed<Flows>,
        at: Moment,
    ) -> Result<(), OutOfScope> {
        let columns = ground.open(sealed, at)?;
        let (
            Some(Column::Addresses(to)),
            Some(Column::Counts(bytes)),
            Some(Column::Counts(packets)),
        ) = (
            columns.column(Field::DstAddress),
            columns.column(Field::Bytes),
            columns.column(Field::Packets),
        )
        else {
            self.left_out.unread = self.left_out.unread.saturating_add(1);
            return Ok(());
        };
        let input: &[u32] = if let Some(Column::Words(c)) = columns.column(Field::InputInterface) {
            c
        } else {
            &[]
        };
        let kinds = kinds::Kinds::of(&columns);
        let exporter = columns.exporter();
        if !self.heard.contains(&exporter) {
            self.heard.push(exporter);
        }
        for row in columns.rows().iter() {
            let (Some(&to), Some(&bytes), Some(&packets)) =
                (to.get(row), bytes.get(row), packets.get(row))
            else {
                continue;
            };
            let sampling = columns.sampling().get(row).copied().unwrap_or(0);
            if sampling == 0 {
                self.left_out.unknown_sampling = self.left_out.unknown_sampling.saturating_add(1);
            }
            let sampling = u64::from(sampling.max(1));
            if let Some(&interface) = input.get(row) {
                self.add_link((exporter, interface), bytes.saturating_mul(sampling));
            }
            let Some(place) = self.table.find(to) else { continue };
            let sample =
                Sample { exporter, kind: kinds.class(row) as usize, bytes, packets, sampling };
            self.prefixes[place].add(&sample);
            let own = self.table.own()[place];
            let single = own.prefix.prefix_len() == own.prefix.max_prefix_len();
            if own.addressing == Addressing::Static && !single {
                self.add_host(to, &sample);
            }
        }
        Ok(())
    }

    /// Ends the interval: gives what was counted and begins the next with nothing.
    pub fn close(&mut self, since: Time, span: Span) -> Interval {
        let prefixes = self.table.own().iter().map(|o| o.prefix).zip(&mut self.prefixes);
        let mut rows: Vec<Row> = prefixes.filter_map(|(prefix, sums)| sums.close(prefix)).collect();
        for (address, place) in self.places.drain() {
            rows.extend(self.hosts[place].close(IpNet::from(ip(address))));
        }
        rows.sort_unstable_by_key(|r| r.statistics.prefix);
        let mut links: Vec<_> = self.links.drain().collect();
        links.sort_unstable();
        self.heard.sort_unstable();
        Interval {
            since,
            span,
            rows,
            links,
            heard: core::mem::take(&mut self.heard),
            left_out: core::mem::take(&mut self.left_out),
        }
    }

    fn add_host(&mut self, address: u128, sample: &Sample) {
        let next = self.places.len();
        let place = match self.places.get(&address) {
            Some(&place) => place,
            None if next < self.most_hosts => {
                self.places.insert(address, next);
                next
            }
            None => {
                self.left_out.hosts = self.left_out.hosts.saturating_add(1);
                return;
            }
        };
        if place == self.hosts.len() {
            self.hosts.push(Sums::default());
        }
        self.hosts[place].add(sample);
    }

    fn add_link(&mut self, link: (ExporterId, u32), bytes: u64) {
        if let Some(sum) = self.links.get_mut(&link) {
            *sum = sum.saturating_add(bytes);
        } else if self.links.len() < self.most_links {
            self.links.insert(link, bytes);
        } else {
            self.left_out.links = self.left_out.links.saturating_add(1);
        }
    }
}

/// Without what anybody received.
impl core::fmt::Debug for Collector {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Collector")
            .field("heard", &self.heard)
            .field("left_out", &self.left_out)
            .finish_non_exhaustive()
    }
}

/// One record, as far as it is counted.
struct Sample {
    exporter: ExporterId,
    kind: usize,
    bytes: u64,
    packets: u64,
    sampling: u64,
}

/// What one prefix or host has received so far.
#[derive(Debug, Default)]
struct Sums {
    bytes: [u64; KINDS],
    packets: [u64; KINDS],
    sampled: u64,
    error: [u128; KINDS],
    exporters: Vec<(ExporterId, u8)>,
}

impl Sums {
    fn add(&mut self, sample: &Sample) {
        let &Sample { exporter, kind, bytes, packets, sampling } = sample;
        self.bytes[kind] = self.bytes[kind].saturating_add(bytes.saturating_mul(sampling));
        self.packets[kind] = self.packets[kind].saturating_add(packets.saturating_mul(sampling));
        self.sampled = self.sampled.saturating_add(packets);
        let square = u128::from(packets) * u128::from(sampling) * u128::from(sampling);
        self.error[kind] = self.error[kind].saturating_add(square);
        match self.exporters.iter_mut().rev().find(|e| e.0 == exporter) {
            Some(known) => known.1 |= 1 << kind,
            None => self.exporters.push((exporter, 1 << kind)),
        }
    }

    /// The row, if anything was received; the sums are empty afterwards and keep their memory.
    fn close(&mut self, prefix: IpNet) -> Option<Row> {
        if self.exporters.is_empty() {
            return None;
        }
        let mut exporters = self.exporters.clone();
        interval::join(&mut exporters);
        let statistics = PrefixStatistics {
            prefix,
            bytes: self.bytes,
            packets: self.packets,
            sampled: self.sampled,
        };
        let row = Row { statistics, error: self.error, exporters };
        self.exporters.clear();
        *self = Self { exporters: core::mem::take(&mut self.exporters), ..Self::default() };
        Some(row)
    }
}

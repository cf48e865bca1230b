//! One interval of statistics, before it is sealed; shards merge theirs by message.

use ground::{Ground, Sealed};
use terms::{Day, ExporterId, IpNet, PrefixStatistics, Source, Span, Statistics, Time};

use super::kinds::KINDS;

/// What was counted in one interval. The statistics come out of it sealed only; loads of links and
/// counts of what was left out concern nobody's communications.
#[derive(Clone, PartialEq)]
pub struct Interval {
    pub(crate) since: Time,
    pub(crate) span: Span,
    /// In order of prefix, no prefix twice.
    pub(crate) rows: Vec<Row>,
    /// Bytes by exporter and input interface, in order.
    pub(super) links: Vec<((ExporterId, u32), u64)>,
    /// Exporters of which a batch was opened, in order.
    pub(crate) heard: Vec<ExporterId>,
    pub(crate) left_out: LeftOut,
}

/// What one prefix or host received.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) statistics: PrefixStatistics,
    /// Sum of packets × sampling², by kind: the square of the estimate's standard error.
    pub(crate) error: [u128; KINDS],
    /// Who exported it, and which kinds (one bit each), in order.
    pub(crate) exporters: Vec<(ExporterId, u8)>,
}

/// How busy a link was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkLoad {
    /// The exporter.
    pub exporter: ExporterId,
    /// Its input interface (ifIndex).
    pub interface: u32,
    /// Bits a second, estimated from samples, of all traffic that came in by it.
    pub bits_per_second: f64,
}

/// What could not be counted, or not as it should. Never silently: the status page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Records of unknown sampling rate: counted once, so traffic is more than it seems.
    pub unknown_sampling: u64,
    /// Batches without destination, bytes or packets among the opened columns: not counted.
    pub unread: u64,
    /// Records to a static host beyond the most that are counted: counted by prefix only.
    pub hosts: u64,
    /// Records from a link beyond the most that are counted.
    pub links: u64,
}

impl Interval {
    /// When the interval began.
    #[must_use]
    pub fn since(&self) -> Time {
        self.since
    }
    /// How long it was.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }
    /// The statistics, sealed, to be kept until `last_day` ([`Source::Statistics`]). `ground` is the
    /// one they were taken under.
    #[must_use]
    pub fn statistics(&self, ground: &Ground, last_day: Option<Day>) -> Sealed<Statistics> {
        let rows = self.rows.iter().map(|r| r.statistics.clone()).collect();
        let statistics = Statistics { since: self.since, span: self.span, rows };
        ground.seal(statistics, Source::Statistics, last_day)
    }
    /// The load of every link traffic came in by, in order of exporter and interface.
    #[must_use]
    pub fn links(&self) -> Vec<LinkLoad> {
        let seconds = seconds(self.span);
        let load = |&((exporter, interface), bytes): &((ExporterId, u32), u64)| {
            let bits_per_second = if seconds > 0.0 { bytes as f64 * 8.0 / seconds } else { 0.0 };
            LinkLoad { exporter, interface, bits_per_second }
        };
        self.links.iter().map(load).collect()
    }
    /// Exporters of which at least one batch was counted.
    #[must_use]
    pub fn heard(&self) -> &[ExporterId] {
        &self.heard
    }
    /// What could not be counted.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    pub(crate) fn row(&self, prefix: &IpNet) -> Option<&Row> {
        let i = self.rows.binary_search_by(|r| r.statistics.prefix.cmp(prefix)).ok()?;
        self.rows.get(i)
    }
}

/// Without what anybody received: that leaves sealed only.
impl core::fmt::Debug for Interval {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Interval")
            .field("since", &self.since)
            .field("span", &self.span)
            .field("rows", &self.rows.len())
            .field("heard", &self.heard)
            .field("left_out", &self.left_out)
            .finish_non_exhaustive()
    }
}

/// Adds what another shard counted in the same interval. The order of merging does not matter.
pub fn merge(into: &mut Interval, other: Interval) {
    let end = into.since.after(into.span).max(other.since.after(other.span));
    into.since = into.since.min(other.since);
    into.span = end.since(into.since);
    into.rows.extend(other.rows);
    into.rows.sort_by_key(|r| r.statistics.prefix);
    into.rows.dedup_by(|again, first| {
        let same = again.statistics.prefix == first.statistics.prefix;
        if same {
            first.add(again);
        }
        same
    });
    into.links.extend(other.links);
    into.links.sort_by_key(|l| l.0);
    into.links.dedup_by(|again, first| {
        let same = again.0 == first.0;
        if same {
            first.1 = first.1.saturating_add(again.1);
        }
        same
    });
    into.heard.extend(other.heard);
    into.heard.sort_unstable();
    into.heard.dedup();
    into.left_out.add(other.left_out);
}

impl Row {
    fn add(&mut self, other: &Self) {
        let (mine, theirs) = (&mut self.statistics, &other.statistics);
        for kind in 0..KINDS {
            mine.bytes[kind] = mine.bytes[kind].saturating_add(theirs.bytes[kind]);
            mine.packets[kind] = mine.packets[kind].saturating_add(theirs.packets[kind]);
            self.error[kind] = self.error[kind].saturating_add(other.error[kind]);
        }
        mine.sampled = mine.sampled.saturating_add(theirs.sampled);
        self.exporters.extend_from_slice(&other.exporters);
        join(&mut self.exporters);
    }
}

impl LeftOut {
    fn add(&mut self, other: Self) {
        self.unknown_sampling = self.unknown_sampling.saturating_add(other.unknown_sampling);
        self.unread = self.unread.saturating_add(other.unread);
        self.hosts = self.hosts.saturating_add(other.hosts);
        self.links = self.links.saturating_add(other.links);
    }
}

/// Sorts exporters and joins the kinds of those that are there twice.
pub(super) fn join(exporters: &mut Vec<(ExporterId, u8)>) {
    exporters.sort_unstable();
    exporters.dedup_by(|again, first| {
        let same = again.0 == first.0;
        if same {
            first.1 |= again.1;
        }
        same
    });
}

/// `span` in seconds.
pub(crate) fn seconds(span: Span) -> f64 {
    span.0 as f64 / 1000.0
}

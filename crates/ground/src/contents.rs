//! What can be under seal: batches, opened column by column, and reports, read as a whole.

use terms::{Column, Field, Fields, Finding, Flows, PrefixSet, Statistics};

/// Something that is opened column by column.
pub trait Batch {
    /// The column of `field`, if it was decoded.
    fn column(&self, field: Field) -> Option<Column<'_>>;
    /// The fields that were decoded.
    fn fields(&self) -> Fields;
    /// The rows that concern addresses in `set`; all of them when there is no set.
    fn rows(&self, set: Option<&PrefixSet>) -> Rows;
    /// A batch of these rows and these fields only, the rows numbered anew.
    fn part(&self, rows: &Rows, fields: Fields) -> Self;
}

/// Something that is read as a whole.
pub trait Report {
    /// The fields of communications data in it.
    fn fields(&self) -> Fields;
    /// Does it concern only addresses in `set`?
    fn is_within(&self, set: &PrefixSet) -> bool;
}

/// Rows of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// All of this many rows.
    All(usize),
    /// The rows with these numbers, ascending.
    These(Vec<u32>),
}

impl Rows {
    /// How many rows.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::All(n) => *n,
            Self::These(rows) => rows.len(),
        }
    }
    /// The row numbers.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let (all, these) = match self {
            Self::All(n) => (0..*n, [].iter()),
            Self::These(rows) => (0..0, rows.iter()),
        };
        all.chain(these.map(|&r| r as usize))
    }
}

impl Batch for Flows {
    fn column(&self, field: Field) -> Option<Column<'_>> {
        Flows::column(self, field)
    }
    fn fields(&self) -> Fields {
        self.fields
    }
    fn rows(&self, set: Option<&PrefixSet>) -> Rows {
        let Some(set) = set else { return Rows::All(self.len) };
        let within = (0_u32..).zip(&self.dst).filter(|(_, dst)| set.has(**dst));
        Rows::These(within.map(|(row, _)| row).collect())
    }
    fn part(&self, rows: &Rows, fields: Fields) -> Self {
        fn pick<T: Copy>(column: &[T], rows: &Rows, wanted: bool) -> Vec<T> {
            // Room for all rows at once: a chained iterator says too little of its length to collect.
            let mut picked = Vec::with_capacity(if wanted { rows.count() } else { 0 });
            if wanted {
                picked.extend(rows.iter().filter_map(|row| column.get(row).copied()));
            }
            picked
        }
        let fields = self.fields.common(fields);
        let has = |field| fields.has(field);
        Self {
            exporter: self.exporter,
            arrived: self.arrived,
            fields,
            len: rows.count(),
            src: pick(&self.src, rows, has(Field::SrcAddress)),
            dst: pick(&self.dst, rows, has(Field::DstAddress)),
            src_port: pick(&self.src_port, rows, has(Field::SrcPort)),
            dst_port: pick(&self.dst_port, rows, has(Field::DstPort)),
            protocol: pick(&self.protocol, rows, has(Field::Protocol)),
            tcp_flags: pick(&self.tcp_flags, rows, has(Field::TcpFlags)),
            bytes: pick(&self.bytes, rows, has(Field::Bytes)),
            packets: pick(&self.packets, rows, has(Field::Packets)),
            fragment: pick(&self.fragment, rows, has(Field::Fragment)),
            input: pick(&self.input, rows, has(Field::InputInterface)),
            output: pick(&self.output, rows, has(Field::OutputInterface)),
            start: pick(&self.start, rows, has(Field::Timestamp)),
            end: pick(&self.end, rows, has(Field::Timestamp)),
            sampling: pick(&self.sampling, rows, true),
        }
    }
}

/// The fields that statistics and findings are made of.
const AGGREGATED: Fields = Fields::of(&[Field::DstAddress, Field::Bytes, Field::Packets]);

impl Report for Statistics {
    fn fields(&self) -> Fields {
        AGGREGATED
    }
    fn is_within(&self, set: &PrefixSet) -> bool {
        self.rows.iter().all(|r| set.covers(&r.prefix))
    }
}

impl Report for Finding {
    fn fields(&self) -> Fields {
        AGGREGATED
    }
    fn is_within(&self, set: &PrefixSet) -> bool {
        set.covers(&self.target)
    }
}

//! Flow records as columns: one vector a field, all of the same length or empty.

use crate::{Field, Fields, FlowField, Time};
use serde::{Deserialize, Serialize};

/// Number of an exporter on the operator's allow-list, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExporterId(pub u32);

/// A batch of flow records from one exporter. A column is empty unless its field is in `fields`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flows {
    /// Who sent it.
    pub exporter: ExporterId,
    /// When the datagram arrived.
    pub arrived: Time,
    /// The fields that were decoded, and so are columns here.
    pub fields: Fields,
    /// Number of records.
    pub len: usize,
    /// Source addresses, [`crate::address`] numbers.
    pub src: Vec<u128>,
    /// Destination addresses.
    pub dst: Vec<u128>,
    /// Source ports.
    pub src_port: Vec<u16>,
    /// Destination ports.
    pub dst_port: Vec<u16>,
    /// IP protocol numbers.
    pub protocol: Vec<u8>,
    /// TCP control bits, all that were seen in the flow.
    pub tcp_flags: Vec<u16>,
    /// Octets as exported, before sampling is counted in.
    pub bytes: Vec<u64>,
    /// Packets as exported, before sampling is counted in.
    pub packets: Vec<u64>,
    /// Non-zero when the flow is of fragments.
    pub fragment: Vec<u8>,
    /// Input interface (ifIndex).
    pub input: Vec<u32>,
    /// Output interface (ifIndex).
    pub output: Vec<u32>,
    /// First packet, milliseconds since 1970.
    pub start: Vec<i64>,
    /// Last packet, milliseconds since 1970.
    pub end: Vec<i64>,
    /// One packet in this many was looked at; 0 is unknown. Not communications data: always here.
    pub sampling: Vec<u32>,
}

/// One column of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Column<'a> {
    /// IP addresses.
    Addresses(&'a [u128]),
    /// Ports and flags.
    Shorts(&'a [u16]),
    /// Protocols.
    Octets(&'a [u8]),
    /// Interfaces.
    Words(&'a [u32]),
    /// Counters.
    Counts(&'a [u64]),
    /// First and last packet, milliseconds since 1970.
    Times(&'a [i64], &'a [i64]),
}

impl Flows {
    /// An empty batch that will hold `fields`.
    #[must_use]
    pub fn new(exporter: ExporterId, arrived: Time, fields: Fields) -> Self {
        Self {
            exporter,
            arrived,
            fields,
            len: 0,
            src: Vec::new(),
            dst: Vec::new(),
            src_port: Vec::new(),
            dst_port: Vec::new(),
            protocol: Vec::new(),
            tcp_flags: Vec::new(),
            bytes: Vec::new(),
            packets: Vec::new(),
            fragment: Vec::new(),
            input: Vec::new(),
            output: Vec::new(),
            start: Vec::new(),
            end: Vec::new(),
            sampling: Vec::new(),
        }
    }

    /// The column of `field`, when it was decoded.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<Column<'_>> {
        if !self.fields.has(field) {
            return None;
        }
        Some(match FlowField::ALL.into_iter().find(|f| f.field() == field)? {
            FlowField::SrcAddress => Column::Addresses(&self.src),
            FlowField::DstAddress => Column::Addresses(&self.dst),
            FlowField::SrcPort => Column::Shorts(&self.src_port),
            FlowField::DstPort => Column::Shorts(&self.dst_port),
            FlowField::Protocol => Column::Octets(&self.protocol),
            FlowField::TcpFlags => Column::Shorts(&self.tcp_flags),
            FlowField::Bytes => Column::Counts(&self.bytes),
            FlowField::Packets => Column::Counts(&self.packets),
            FlowField::Fragment => Column::Octets(&self.fragment),
            FlowField::InputInterface => Column::Words(&self.input),
            FlowField::OutputInterface => Column::Words(&self.output),
            FlowField::Timestamp => Column::Times(&self.start, &self.end),
        })
    }

    /// Empties every column and keeps its memory.
    pub fn clear(&mut self) {
        self.len = 0;
        self.src.clear();
        self.dst.clear();
        self.src_port.clear();
        self.dst_port.clear();
        self.protocol.clear();
        self.tcp_flags.clear();
        self.bytes.clear();
        self.packets.clear();
        self.fragment.clear();
        self.input.clear();
        self.output.clear();
        self.start.clear();
        self.end.clear();
        self.sampling.clear();
    }
}

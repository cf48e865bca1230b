//! Flow export: NetFlow v5 and v9, IPFIX, sFlow v5, decoded into columns under a field mask.
//!
//! To add a format: its file in `flow/`, a line in [`Format`] and in `decode`, a capture in
//! `testdata/`, a fuzz target.

mod columns;
mod decoder;
mod ipfix;
mod netflow5;
mod netflow9;
mod octets;
mod packet;
mod plan;
mod sampling;
mod sequence;
mod sets;
mod sflow;
mod tally;
mod template;
#[cfg(test)]
mod tests;

use terms::{Fields, Flows, Moment, words};

pub use decoder::Decoder;
pub use sampling::{Provenance, Rate};
pub use tally::Flaw;

pub(crate) use sequence::{Counts, Heard};
pub(crate) use tally::Tally;
pub(crate) use template::Learned;

use crate::InterfaceCounters;

words! {
    /// A format of flow export.
    Format {
        /// NetFlow version 5.
        NetFlow5 = "netflow5", "NetFlow v5", "NetFlow v5";
        /// NetFlow version 9, RFC 3954.
        NetFlow9 = "netflow9", "NetFlow v9", "NetFlow v9";
        /// IPFIX, RFC 7011.
        Ipfix = "ipfix", "IPFIX", "IPFIX";
        /// sFlow version 5.
        Sflow5 = "sflow5", "sFlow v5", "sFlow v5";
    }
}

impl Format {
    /// The format of a datagram, by its version number: two octets, or four for sFlow.
    #[must_use]
    pub fn of(datagram: &[u8]) -> Option<Self> {
        match datagram {
            [0, 5, ..] => Some(Self::NetFlow5),
            [0, 9, ..] => Some(Self::NetFlow9),
            [0, 10, ..] => Some(Self::Ipfix),
            [0, 0, 0, 5, ..] => Some(Self::Sflow5),
            _ => None,
        }
    }
}

/// All that decoding one datagram may touch.
pub(crate) struct Reading<'a> {
    /// The fields that may be read.
    pub(crate) mask: Fields,
    /// The operator's sampling rate for the exporter; 0 when not set.
    pub(crate) setting: u32,
    /// When the datagram arrived.
    pub(crate) at: Moment,
    /// What was learnt from this exporter before.
    pub(crate) learned: &'a mut Learned,
    /// Where records go. INVARIANT: its `fields` are `mask` as far as flows have them.
    pub(crate) flows: &'a mut Flows,
    /// What became of the datagram.
    pub(crate) tally: &'a mut Tally,
    /// Where interface counters go.
    pub(crate) counters: &'a mut Vec<InterfaceCounters>,
}

/// Decodes one datagram as far as it can be; what cannot is in the tally.
pub(crate) fn decode(datagram: &[u8], reading: &mut Reading<'_>) -> Option<Format> {
    let format = Format::of(datagram);
    match format {
        Some(Format::NetFlow5) => netflow5::read(datagram, reading),
        Some(Format::NetFlow9) => netflow9::read(datagram, reading),
        Some(Format::Ipfix) => ipfix::read(datagram, reading),
        Some(Format::Sflow5) => sflow::read(datagram, reading),
        None => reading.tally.flaw(Flaw::Version, datagram.len(), 0),
    }
    format
}

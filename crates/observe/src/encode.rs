//! Datagrams as exporters send them, from plain records: for tests, replays and made-up exporters.
//!
//! What is written here is read back by [`crate::flow`]: each fuzz target decodes, encodes with
//! these, decodes again and compares ([`compare`]).

mod again;
mod netflow5;
mod sets;
mod sflow;

use std::net::IpAddr;

use terms::Time;

#[cfg(test)]
pub(crate) use again::lengths;
pub use again::{Differs, compare};
pub use netflow5::NetFlow5;
pub use sets::{Ipfix, NetFlow9};
pub use sflow::Sflow5;

/// One flow record, before sampling is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Address it came from.
    pub src: IpAddr,
    /// Address it went to.
    pub dst: IpAddr,
    /// Port it came from.
    pub src_port: u16,
    /// Port it went to.
    pub dst_port: u16,
    /// IP protocol number.
    pub protocol: u8,
    /// TCP control bits.
    pub tcp_flags: u16,
    /// Octets.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// Is it of fragments?
    pub fragment: bool,
    /// Input interface (ifIndex).
    pub input: u32,
    /// Output interface (ifIndex).
    pub output: u32,
    /// First packet.
    pub start: Time,
    /// Last packet.
    pub end: Time,
}

/// Datagrams are kept below this many octets, so that they fit an Ethernet frame.
const MOST_OCTETS: usize = 1_400;

/// Milliseconds from `boot` to `at` as a 32-bit clock shows them: modulo 2^32.
fn uptime(boot: Time, at: Time) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the uptime of exporters wraps after 49 days; the sum is taken modulo 2^32"
    )]
    let ms = at.0.wrapping_sub(boot.0) as u32;
    ms
}

/// Seconds since 1970 as they stand in headers.
fn seconds(at: Time) -> u32 {
    u32::try_from(at.0.div_euclid(1000)).unwrap_or(0)
}

fn least<T: TryFrom<u64>>(n: u64, most: T) -> T {
    T::try_from(n).unwrap_or(most)
}

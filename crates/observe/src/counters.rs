//! Interface counters that exporters send of themselves: telemetry, not communications data.

use serde::Serialize;
use terms::{ExporterId, Time};

/// The generic counters of one interface (sFlow v5, `if_counters`; RFC 2863). They only go up and
/// wrap; what matters is how much they went up between two samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InterfaceCounters {
    /// Who sent them.
    pub exporter: ExporterId,
    /// When they arrived.
    pub at: Time,
    /// Interface (ifIndex).
    pub interface: u32,
    /// Kind of interface (ifType).
    pub kind: u32,
    /// Speed in bits a second (ifSpeed).
    pub speed: u64,
    /// 0 unknown, 1 full duplex, 2 half duplex, 3 in, 4 out.
    pub direction: u32,
    /// Is it up for the operator (ifAdminStatus)?
    pub enabled: bool,
    /// Is it up (ifOperStatus)?
    pub up: bool,
    /// Octets received.
    pub in_octets: u64,
    /// Unicast packets received.
    pub in_unicast: u32,
    /// Multicast packets received.
    pub in_multicast: u32,
    /// Broadcast packets received.
    pub in_broadcast: u32,
    /// Packets received and thrown away though nothing was wrong with them.
    pub in_discards: u32,
    /// Packets received with errors.
    pub in_errors: u32,
    /// Packets received of a protocol not known.
    pub in_unknown: u32,
    /// Octets sent.
    pub out_octets: u64,
    /// Unicast packets sent.
    pub out_unicast: u32,
    /// Multicast packets sent.
    pub out_multicast: u32,
    /// Broadcast packets sent.
    pub out_broadcast: u32,
    /// Packets to be sent and thrown away, as when the interface is full.
    pub out_discards: u32,
    /// Packets that could not be sent for errors.
    pub out_errors: u32,
}

//! Standing statistics: aggregates by own prefix and kind of traffic.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{Span, Time};

/// What one own prefix (or static host) received in one interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrefixStatistics {
    /// The own prefix, or the single address of a line marked static or hosting.
    pub prefix: IpNet,
    /// Estimated bytes by [`crate::Class`], in the order of its list.
    pub bytes: [u64; 7],
    /// Estimated packets by class.
    pub packets: [u64; 7],
    /// Records with a sampled packet count, to say how sure the estimate is.
    pub sampled: u64,
}

/// One interval of statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// When the interval began.
    pub since: Time,
    /// How long it was.
    pub span: Span,
    /// One row a prefix that received anything.
    pub rows: Vec<PrefixStatistics>,
}

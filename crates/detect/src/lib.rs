//! Detectors: sealed batches in, statistics, findings and traits out; no socket, no store, no clock.
//!
//! Nothing here can fail on what it is given, and the same input in the same order gives the same
//! output, so that a day of traffic can be replayed. In the order of the way a record takes:
//! [`Collector`] (standing statistics), [`Ring`] (the sealed last minutes), [`Attack`] (what is far
//! above what is usual, and of another kind), [`learn`] (which traits tell an attack from the rest).

mod attack;
mod held;
mod statistics;
#[cfg(test)]
mod tests;
mod traits;

use terms::{Fields, IpNet, Source, Span};

pub use attack::{Attack, Band, Change, Numbers, Observed, Surge};
pub use held::Ring;
pub use statistics::{AMPLIFIER_PORTS, Collector, Interval, LeftOut, LinkLoad, merge};
pub use traits::{Learnt, Record, learn, matches};

/// Every file of this crate that looks at communications data, and what it needs to see.
pub const DETECTORS: &[Detector] =
    &[statistics::DETECTOR, held::DETECTOR, attack::DETECTOR, traits::DETECTOR];

/// What a ground must name for a detector to do its work. With fewer fields it does less, never
/// something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detector {
    /// Its name, as its file's.
    pub name: &'static str,
    /// What it reads.
    pub reads: Source,
    /// The fields it looks at.
    pub fields: Fields,
}

/// How lines in an own prefix get their addresses: it decides how finely traffic may be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Addressing {
    /// Lines share the pool: counted by prefix only. A profile of a host would be one of whoever
    /// held the address, which is neither lawful nor meaningful.
    Dynamic,
    /// Static lines or hosting: each address is counted by itself as well.
    Static,
}

/// An own prefix and how its addresses are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Own {
    /// The prefix. Prefixes may lie inside each other: the longest counts.
    pub prefix: IpNet,
    /// How its addresses are given out.
    pub addressing: Addressing,
}

/// Settings of the detectors. How far above the usual is anomalous is not here: that is the
/// operator's signed number ([`Numbers`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The own prefixes. A prefix given twice with both ways of addressing counts as dynamic.
    pub own: Vec<Own>,
    /// Most static hosts counted in one interval, and most that have a baseline; traffic to others
    /// is still counted by prefix.
    pub most_hosts: usize,
    /// Most (exporter, input interface) pairs counted in one interval.
    pub most_links: usize,
    /// Confidence, one-sided, with which the least possible rate is told from sampled packets;
    /// above 0.5 and below 1.
    pub confidence: f64,
    /// Intervals in a row that must be anomalous before there is a finding.
    pub consecutive: u32,
    /// Intervals in a row back inside the band before an attack has ended.
    pub calm: u32,
    /// Intervals from which the usual is learnt before it is compared with.
    pub warm_up: u32,
    /// Until then only what is above this many times the floor, and mostly of a kind that is rarely
    /// most of anybody's traffic, is a finding.
    pub warm_up_multiple: f64,
    /// Weight of one interval in what is usual, between 0 and 1.
    pub weight: f64,
    /// Parts of [`Config::period`] that each have a usual of their own; 0 or 1 for none,
    /// and at most 10,080.
    pub slots: u32,
    /// The length of time after which traffic repeats itself.
    pub period: Span,
    /// Least spread, as a share of the mean: nothing is ever steadier than this.
    pub least_spread: f64,
    /// How many times a kind of traffic must have grown against all other kinds to be abnormal.
    pub growth: f64,
    /// How many times smaller or larger the mean packet of a kind must have become to be abnormal.
    pub size_change: f64,
    /// From this many abnormal hosts in one prefix, it is the prefix that is bombed.
    pub carpet_hosts: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            own: Vec::new(),
            most_hosts: 65_536,
            most_links: 16_384,
            confidence: 0.99,
            consecutive: 3,
            calm: 5,
            warm_up: 30,
            warm_up_multiple: 10.0,
            weight: 0.05,
            slots: 168,
            period: Span::days(7),
            least_spread: 0.1,
            growth: 3.0,
            size_change: 2.0,
            carpet_hosts: 8,
        }
    }
}

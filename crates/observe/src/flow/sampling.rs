//! Sampling rates an exporter tells of, and whose word counts.

use ahash::AHashMap;
use terms::words;

words! {
    /// Who said what the sampling rate is. The first of the list that says so counts.
    Provenance {
        /// An options data record (RFC 3954 §6.1, RFC 7011 §3.4.2.2).
        Options = "options", "オプションデータ", "options data";
        /// A field of the flow record itself.
        Record = "record", "フローレコード", "flow record";
        /// The header of the datagram (NetFlow v5) or of the sample (sFlow).
        Header = "header", "ヘッダー", "header";
        /// The operator's setting for the exporter.
        Setting = "setting", "設定", "setting";
    }
}

/// A sampling rate: one packet in this many was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Rate {
    /// One packet in this many.
    pub one_in: u32,
    /// Who said so.
    pub by: Provenance,
}

/// Most samplers, and most interfaces, of one observation domain whose rates are held.
const MOST: usize = 4096;

/// The rates that options data told of in one observation domain.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    whole: u32,
    samplers: AHashMap<u64, u32>,
    interfaces: AHashMap<u64, u32>,
}

/// What a rate in options data applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Domain,
    Sampler(u64),
    Interface(u64),
}

impl Rates {
    /// Takes up what an options data record says; 0 says nothing.
    pub(crate) fn learn(&mut self, over: Over, one_in: u32) {
        if one_in == 0 {
            return;
        }
        let (map, id) = match over {
            Over::Domain => {
                self.whole = one_in;
                return;
            }
            Over::Sampler(id) => (&mut self.samplers, id),
            Over::Interface(id) => (&mut self.interfaces, id),
        };
        if map.len() < MOST || map.contains_key(&id) {
            map.insert(id, one_in);
        }
    }
    /// The rate of the sampler with this number.
    pub(crate) fn of_sampler(&self, id: u64) -> Option<u32> {
        self.samplers.get(&id).copied()
    }
    /// The rate on the interface with this number.
    pub(crate) fn of_interface(&self, id: u64) -> Option<u32> {
        self.interfaces.get(&id).copied()
    }
    /// The rate of a record that names neither sampler nor interface: that of the whole domain, or
    /// the one rate that all samplers, or all interfaces, have in common.
    pub(crate) fn whole(&self) -> Option<u32> {
        if self.whole != 0 {
            return Some(self.whole);
        }
        shared(&self.samplers).or_else(|| shared(&self.interfaces))
    }
    pub(crate) fn has_samplers(&self) -> bool {
        !self.samplers.is_empty()
    }
    pub(crate) fn has_interfaces(&self) -> bool {
        !self.interfaces.is_empty()
    }
}

fn shared(rates: &AHashMap<u64, u32>) -> Option<u32> {
    let mut all = rates.values().copied();
    let first = all.next()?;
    all.all(|r| r == first).then_some(first)
}

/// The rate that these fields give: `interval` packets are looked at, then `space` are not
/// (samplingPacketInterval, samplingPacketSpace, RFC 5477 §8.2). Exporters that send no space mean
/// one in `interval`.
pub(crate) fn interval(interval: u64, space: Option<u64>) -> u32 {
    let one_in = match space {
        Some(space) if interval > 0 => (interval.saturating_add(space)) / interval,
        Some(_) | None => interval,
    };
    u32::try_from(one_in).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_without_a_sampler_has_the_rate_all_samplers_share_or_none() {
        let mut rates = Rates::default();
        assert_eq!(rates.whole(), None);
        rates.learn(Over::Sampler(1), 100);
        rates.learn(Over::Sampler(2), 100);
        rates.learn(Over::Sampler(3), 0);
        assert_eq!((rates.whole(), rates.of_sampler(1)), (Some(100), Some(100)));
        rates.learn(Over::Sampler(2), 1000);
        assert_eq!((rates.whole(), rates.of_sampler(2)), (None, Some(1000)));
        rates.learn(Over::Domain, 10);
        assert_eq!(rates.whole(), Some(10));
    }

    #[test]
    fn one_packet_then_ninety_nine_not_looked_at_is_one_in_a_hundred() {
        assert_eq!(interval(1, Some(99)), 100);
        assert_eq!(interval(100, None), 100);
        assert_eq!(interval(0, Some(99)), 0);
        assert_eq!(interval(u64::MAX, Some(u64::MAX)), 1);
    }
}

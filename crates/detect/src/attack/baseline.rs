//! What is usual for one prefix or host: a robust running mean and spread of every kind of traffic.

use terms::Time;

use crate::Config;
use crate::statistics::KINDS;

/// Kinds of traffic, and all of them together.
pub(super) const SERIES: usize = KINDS + 1;
/// Place of all kinds together.
pub(super) const TOTAL: usize = KINDS;

/// Bits and packets a second, by kind and in all.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Measured {
    pub(super) bits: [f64; SERIES],
    pub(super) packets: [f64; SERIES],
}

/// Mean deviation × this is about the standard deviation of normally spread values.
const DEVIATION_TO_SPREAD: f64 = 1.253_314;
/// An interval moves what is usual as if it were at most this many spreads away from it.
const CLIP: f64 = 3.0;
/// Least spread in shares of the floor: below that, changes are of no interest.
const LEAST_OF_FLOOR: f64 = 0.02;
/// Most slots: one for every minute of a week.
const MOST_SLOTS: u32 = 10_080;
/// Bits of the packets that the least spread of packets is counted in.
const LEAST_PACKET: f64 = 4_000.0;

/// Running mean and mean deviation.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Level {
    intervals: u32,
    mean: Measured,
    deviation: Measured,
}

/// What is usual, to compare an interval with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Usual {
    pub(super) mean: Measured,
    pub(super) spread: Measured,
    /// Learnt from enough intervals?
    pub(super) is_warm: bool,
}

/// The levels of one prefix or host: one over all, and one a slot of the period.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Baseline {
    overall: Level,
    slots: Vec<Option<Box<Level>>>,
}

impl Level {
    fn learn(&mut self, seen: &Measured, config: &Config, least: Least) {
        let first = self.intervals == 0;
        self.intervals = self.intervals.saturating_add(1);
        // A plain mean until there are enough intervals for the running one.
        let weight = config.weight.clamp(0.001, 1.0).max(1.0 / f64::from(self.intervals));
        let is_warm = self.intervals > config.warm_up.max(1);
        let learn = |mean: &mut f64, deviation: &mut f64, seen: f64, least: f64| {
            let spread = least_spread(*mean, *deviation, config, least);
            let away = seen - *mean;
            let away = if is_warm { away.clamp(-CLIP * spread, CLIP * spread) } else { away };
            *mean = (*mean + weight * away).max(0.0);
            if !first {
                *deviation += weight * (away.abs() - *deviation);
            }
        };
        for i in 0..SERIES {
            let (mean, deviation) = (&mut self.mean, &mut self.deviation);
            learn(&mut mean.bits[i], &mut deviation.bits[i], seen.bits[i], least.bits);
            learn(&mut mean.packets[i], &mut deviation.packets[i], seen.packets[i], least.packets);
        }
    }

    fn usual(&self, config: &Config, least: Least) -> Usual {
        let mut spread = Measured::default();
        for i in 0..SERIES {
            let (mean, deviation) = (&self.mean, &self.deviation);
            spread.bits[i] = least_spread(mean.bits[i], deviation.bits[i], config, least.bits);
            spread.packets[i] =
                least_spread(mean.packets[i], deviation.packets[i], config, least.packets);
        }
        Usual { mean: self.mean, spread, is_warm: self.intervals >= config.warm_up.max(1) }
    }
}

/// The least spread of bits and of packets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Least {
    pub(super) bits: f64,
    pub(super) packets: f64,
}

impl Least {
    /// In proportion to the floor.
    pub(super) fn of(floor_bits: f64) -> Self {
        let bits = LEAST_OF_FLOOR * floor_bits;
        Self { bits, packets: bits / LEAST_PACKET }
    }
}

fn least_spread(mean: f64, deviation: f64, config: &Config, least: f64) -> f64 {
    (deviation * DEVIATION_TO_SPREAD).max(config.least_spread * mean).max(least)
}

impl Baseline {
    /// A baseline for a host first seen now, in a prefix that was learnt for as long as `prefix`:
    /// so long the host had no traffic to speak of.
    pub(super) fn quiet_as_long_as(prefix: &Self) -> Self {
        let overall = Level { intervals: prefix.overall.intervals, ..Level::default() };
        Self { overall, slots: Vec::new() }
    }

    /// Learns from one interval. `with_slots` learns the shape of the period too.
    pub(super) fn learn(
        &mut self,
        seen: &Measured,
        since: Time,
        with_slots: bool,
        config: &Config,
        least: Least,
    ) {
        self.overall.learn(seen, config, least);
        if with_slots && let Some(slot) = slot(since, config) {
            if self.slots.len() <= slot {
                self.slots.resize(slot + 1, None);
            }
            self.slots[slot].get_or_insert_default().learn(seen, config, least);
        }
    }

    /// What is usual at this time: by the slot when it is warm, over all otherwise.
    pub(super) fn usual(&self, since: Time, config: &Config, least: Least) -> Usual {
        let slot = slot(since, config).and_then(|slot| self.slots.get(slot)?.as_deref());
        let warm = slot.map(|level| level.usual(config, least)).filter(|usual| usual.is_warm);
        warm.unwrap_or_else(|| self.overall.usual(config, least))
    }

    /// Usual bits a second, over all.
    pub(super) fn mean_bits(&self) -> f64 {
        self.overall.mean.bits[TOTAL]
    }
}

impl Usual {
    /// Upper edges: mean and `band` spreads.
    pub(super) fn upper(&self, band: f64) -> Measured {
        self.edge(band)
    }
    /// Lower edges, not below zero.
    pub(super) fn lower(&self, band: f64) -> Measured {
        self.edge(-band)
    }
    fn edge(&self, band: f64) -> Measured {
        // Unlike `max`, this keeps what is not a number: above that is nothing.
        let not_below_zero = |edge: f64| if edge < 0.0 { 0.0 } else { edge };
        let mut edge = Measured::default();
        for i in 0..SERIES {
            edge.bits[i] = not_below_zero(self.mean.bits[i] + band * self.spread.bits[i]);
            edge.packets[i] = not_below_zero(self.mean.packets[i] + band * self.spread.packets[i]);
        }
        edge
    }
}

/// The slot of the period that `since` is in.
fn slot(since: Time, config: &Config) -> Option<usize> {
    let slots = i128::from(config.slots.min(MOST_SLOTS));
    let period = i128::from(config.period.0);
    if slots < 2 || period < slots {
        return None;
    }
    usize::try_from(i128::from(since.0).rem_euclid(period) * slots / period).ok()
}

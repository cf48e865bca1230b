//! Attacks: traffic to an own prefix or static host far above what is usual, and of another kind.
//!
//! Two things must come together for several intervals in a row. *How much*: the least that the
//! sampled packets can stand for is above the operator's floor and above what is usual by the
//! operator's number of spreads. *Of what kind*: one kind of traffic has grown far more than the rest,
//! or its packets are of another size. Many people coming at once grow what is there already: that
//! is a [`Surge`], which is shown and is no finding.
//!
//! What is usual is learnt by [`Attack::observe`] itself, but not while anything is abnormal, so that
//! an attack is never learnt as usual. (One that grows slowly enough can be: no baseline sees that.)

mod baseline;
mod course;
#[cfg(test)]
mod tests;
mod verdict;
mod view;

use std::collections::BTreeMap;

use ground::{Ground, Sealed};
use terms::{Field, Fields, Finding, IpNet, Rates, Source, Time, address, ip};

use crate::statistics::{Interval, OwnTable, seconds};
use crate::{Addressing, Config, Detector};
use baseline::Baseline;
use verdict::quantile;
use view::{Now, View, Watch};

/// What finding attacks needs: the aggregates, no record.
pub(crate) const DETECTOR: Detector = Detector {
    name: "attack",
    reads: Source::Statistics,
    fields: Fields::of(&[Field::DstAddress, Field::Bytes, Field::Packets]),
};

/// A host is given a baseline when it first receives this share of the floor; below half of it, and
/// silent, it is forgotten again.
const HOST_FROM: f64 = 0.1;

/// The operator's numbers, from signed settings; none is built in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers {
    /// How many times the usual spread above the mean is anomalous.
    pub band: f64,
    /// Bits a second below which nothing is anomalous.
    pub floor_bits: f64,
}

/// What an interval came to.
#[derive(Debug, Default)]
pub struct Observed {
    /// Attacks that began, go on, or ended.
    pub changes: Vec<Change>,
    /// Prefixes that receive far more than usual, of the usual mix. Shown, never acted on.
    pub surges: Vec<Surge>,
}

/// A change in the attacks that are going on. The target is told outside the seal, because a ground
/// for looking into the finding is asked for over exactly that target.
#[derive(Debug)]
pub enum Change {
    /// An attack was found.
    Began {
        /// The own prefix or static address.
        target: IpNet,
        /// What was found.
        finding: Sealed<Finding>,
    },
    /// It goes on.
    Continues {
        /// The own prefix or static address.
        target: IpNet,
        /// What was found in this interval.
        finding: Sealed<Finding>,
    },
    /// It has ended.
    Ended {
        /// The own prefix or static address.
        target: IpNet,
        /// End of the last calm interval.
        at: Time,
    },
}

/// Far more than usual, and of the usual mix: many people, not an attack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surge {
    /// The own prefix.
    pub prefix: IpNet,
    /// End of the interval.
    pub at: Time,
    /// What was seen.
    pub seen: Rates,
    /// Upper edge of what was expected.
    pub expected: Rates,
}

/// What an own prefix received in the last interval, and what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The own prefix.
    pub prefix: IpNet,
    /// What was seen.
    pub seen: Rates,
    /// Lower edge of what was expected.
    pub expected_low: Rates,
    /// Upper edge of what was expected.
    pub expected_high: Rates,
}

/// Finds attacks in statistics, interval by interval. There is one, fed with the merged intervals.
pub struct Attack {
    config: Config,
    z: f64,
    table: OwnTable,
    /// One an own prefix.
    prefixes: Vec<Watch>,
    bands: Vec<Option<Band>>,
    /// Static hosts by address.
    hosts: BTreeMap<u128, Watch>,
}

impl Attack {
    /// Watches the own prefixes of `config`, knowing nothing of what is usual.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let table = OwnTable::of(&config.own);
        Self {
            config: config.clone(),
            z: quantile(config.confidence),
            prefixes: table.own().iter().map(|_| Watch::default()).collect(),
            bands: vec![None; table.own().len()],
            table,
            hosts: BTreeMap::new(),
        }
    }

    /// Compares an interval with what is usual, then learns from it. Findings are sealed under
    /// `ground`, the one the statistics were taken under, as [`Source::Findings`].
    ///
    /// An interval in which no exporter was heard says nothing, and nor does one for a prefix none
    /// of whose exporters was heard: no data is not no traffic.
    pub fn observe(&mut self, ground: &Ground, interval: &Interval, numbers: Numbers) -> Observed {
        let mut observed = Observed::default();
        if interval.heard.is_empty() || interval.span.0 == 0 {
            return observed;
        }
        self.meet_hosts(interval, numbers);
        let view = View { ground, interval, numbers, config: &self.config, z: self.z };
        let mut hosts: Vec<Vec<(u128, Now)>> = self.prefixes.iter().map(|_| Vec::new()).collect();
        for (&host, watch) in &mut self.hosts {
            let Some(place) = self.table.find(host) else { continue };
            let now = view.now(watch, &IpNet::from(ip(host)), &[]);
            hosts[place].extend(now.map(|now| (host, now)));
        }
        let places = self.table.own().iter().map(|o| o.prefix).zip(&mut self.prefixes);
        for ((prefix, watch), (hosts, band)) in places.zip(hosts.iter().zip(&mut self.bands)) {
            let bombed = || hosts.iter().map(|h| &h.1).filter(|n| n.verdict.abnormal.is_some());
            let any_host = bombed().next().is_some();
            let is_carpet = bombed().count() >= self.config.carpet_hosts.max(1);
            // What bombed hosts explain is not the prefix's, unless there are too many of them.
            let apart: Vec<&Now> = if is_carpet { Vec::new() } else { bombed().collect() };
            let Some(now) = view.now(watch, &prefix, &apart) else { continue };
            *band = Some(view.band(prefix, &now));
            observed.changes.extend(view.step(watch, prefix, &now, true));
            let is_quiet = watch.course.is_quiet() && now.verdict.is_inside;
            observed.surges.extend(view.surge(watch, prefix, &now, is_quiet && !any_host));
            if is_quiet && !any_host {
                view.learn(watch, &now, true);
            }
            for (host, now) in hosts {
                let Some(watch) = self.hosts.get_mut(host) else { continue };
                let target = IpNet::from(ip(*host));
                observed.changes.extend(view.step(watch, target, now, !is_carpet));
                if is_quiet && watch.course.is_quiet() && now.verdict.is_inside {
                    view.learn(watch, now, false);
                }
            }
        }
        self.forget_hosts(numbers);
        observed
    }

    /// What each own prefix received in the last interval it was heard of, and what was expected.
    #[must_use]
    pub fn bands(&self) -> Vec<Band> {
        self.bands.iter().copied().flatten().collect()
    }

    /// Forgets what is usual for `target`, and for the prefix a host is in, and learns it anew: for
    /// when what looks like an attack is there to stay, such as a service that has moved in. Without
    /// it what is frozen stays frozen.
    pub fn learn_anew(&mut self, target: &IpNet) {
        let host = address(target.addr());
        let place = match self.table.place(&target.trunc()) {
            None => {
                let Some(watch) = self.hosts.get_mut(&host) else { return };
                watch.baseline = Baseline::default();
                self.table.find(host)
            }
            place => place,
        };
        if let Some(watch) = place.and_then(|place| self.prefixes.get_mut(place)) {
            watch.baseline = Baseline::default();
        }
    }

    /// Gives a baseline to static hosts that receive enough for one.
    fn meet_hosts(&mut self, interval: &Interval, numbers: Numbers) {
        let seconds = seconds(interval.span);
        for row in &interval.rows {
            let prefix = row.statistics.prefix;
            if self.table.place(&prefix).is_some() {
                continue;
            }
            let host = address(prefix.addr());
            let Some(parent) = self.table.find(host) else { continue };
            let bytes: f64 = row.statistics.bytes.iter().map(|b| *b as f64).sum();
            let enough = bytes * 8.0 / seconds >= HOST_FROM * numbers.floor_bits;
            let is_static = self.table.own()[parent].addressing == Addressing::Static;
            let room = self.hosts.len() < self.config.most_hosts;
            if enough && is_static && room && !self.hosts.contains_key(&host) {
                let baseline = Baseline::quiet_as_long_as(&self.prefixes[parent].baseline);
                self.hosts.insert(host, Watch::of(baseline));
            }
        }
    }

    /// Forgets hosts that have gone quiet.
    fn forget_hosts(&mut self, numbers: Numbers) {
        let least = HOST_FROM * numbers.floor_bits / 2.0;
        self.hosts.retain(|_, watch| {
            !watch.course.is_quiet()
                || watch.last_bits >= least
                || watch.baseline.mean_bits() >= least
        });
    }
}

/// Without what anybody received, or usually receives.
impl core::fmt::Debug for Attack {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Attack").field("hosts", &self.hosts.len()).finish_non_exhaustive()
    }
}

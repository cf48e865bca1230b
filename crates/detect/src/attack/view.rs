//! One interval as seen for one target: against its baseline, on its course, as a finding.

use ground::Ground;
use terms::{ExporterId, Finding, FindingKind, IpNet, Rates, Source, Time};

use super::baseline::{Baseline, Least, Measured, TOTAL, Usual};
use super::course::{Course, Said, Step};
use super::verdict::{Seen, Verdict};
use super::{Band, Change, Numbers, Surge};
use crate::Config;
use crate::statistics::{Interval, seconds};

/// What is known of one target.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) baseline: Baseline,
    pub(super) course: Course,
    /// Bits a second in the last interval.
    pub(super) last_bits: f64,
    /// Intervals in a row of far more than usual, of the usual mix.
    surging: u32,
    /// Exporters that were seen to carry its traffic, and for how many intervals each was silent.
    exporters: Vec<(ExporterId, u32)>,
}

/// One target in one interval.
pub(super) struct Now {
    seen: Seen,
    /// All traffic, with that of hosts that are judged apart.
    whole: Rates,
    usual: Usual,
    pub(super) verdict: Verdict,
    /// Were all exporters heard that carry its traffic?
    is_whole: bool,
}

/// An interval and what it is looked at with.
pub(super) struct View<'a> {
    pub(super) ground: &'a Ground,
    pub(super) interval: &'a Interval,
    pub(super) numbers: Numbers,
    pub(super) config: &'a Config,
    pub(super) z: f64,
}

impl View<'_> {
    /// Compares what `target` received, without the excess of the hosts judged `apart`, with what is
    /// usual for it. `None` when nothing was heard of it: no data is not no traffic.
    pub(super) fn now(&self, watch: &mut Watch, target: &IpNet, apart: &[&Now]) -> Option<Now> {
        let row = self.interval.row(target);
        let mut seen =
            row.map(|row| Seen::of(row, seconds(self.interval.span), self.z)).unwrap_or_default();
        let is_whole = watch.hear(&seen, &self.interval.heard, self.config)?;
        let whole = seen.rates();
        watch.last_bits = whole.bits;
        for host in apart {
            seen.without(&host.seen.values, &host.usual.mean);
        }
        let usual = watch.baseline.usual(self.interval.since, self.config, self.least());
        let verdict = Verdict::of(&seen, &usual, self.numbers, self.config);
        Some(Now { seen, whole, usual, verdict, is_whole })
    }

    /// Takes the interval into the target's course, and says what changed. `may_begin` is false for
    /// a host while its whole prefix is bombed.
    pub(super) fn step(
        &self,
        watch: &mut Watch,
        target: IpNet,
        now: &Now,
        may_begin: bool,
    ) -> Option<Change> {
        let said = Said {
            is_abnormal: now.verdict.abnormal.is_some(),
            is_inside: now.verdict.is_inside,
            is_whole: now.is_whole,
            may_begin,
        };
        let step = watch.course.step(said, self.interval.since, self.config);
        let finding = || {
            let finding = self.finding(target, watch.course.since(), now);
            self.ground.seal(finding, Source::Findings, None)
        };
        match step {
            Step::Nothing => None,
            Step::Began => Some(Change::Began { target, finding: finding() }),
            Step::Continues => Some(Change::Continues { target, finding: finding() }),
            Step::Ended => Some(Change::Ended { target, at: self.end() }),
        }
    }

    /// A surge, when for enough intervals there was far more than usual and nothing else is wrong.
    pub(super) fn surge(
        &self,
        watch: &mut Watch,
        prefix: IpNet,
        now: &Now,
        is_quiet: bool,
    ) -> Option<Surge> {
        let more = is_quiet && now.verdict.is_surge;
        watch.surging = if more { watch.surging.saturating_add(1) } else { 0 };
        (watch.surging >= self.config.consecutive.max(1)).then(|| Surge {
            prefix,
            at: self.end(),
            seen: now.whole,
            expected: now.verdict.expected,
        })
    }

    /// What was seen and expected of a prefix.
    pub(super) fn band(&self, prefix: IpNet, now: &Now) -> Band {
        Band {
            prefix,
            seen: now.whole,
            expected_low: total(&now.usual.lower(self.numbers.band)),
            expected_high: total(&now.usual.upper(self.numbers.band)),
        }
    }

    /// Learns what was seen as usual, unless part of it was not seen.
    pub(super) fn learn(&self, watch: &mut Watch, now: &Now, with_slots: bool) {
        if now.is_whole {
            let (seen, since) = (&now.seen.values, self.interval.since);
            watch.baseline.learn(seen, since, with_slots, self.config, self.least());
        }
    }

    fn finding(&self, target: IpNet, since: Time, now: &Now) -> Finding {
        let class = now.verdict.abnormal.unwrap_or_else(|| now.seen.largest());
        let is_single = target.prefix_len() == target.max_prefix_len();
        Finding {
            kind: if is_single { FindingKind::Destination } else { FindingKind::Carpet },
            target,
            since,
            at: self.end(),
            seen: now.seen.rates(),
            expected: now.verdict.expected,
            class,
            share: now.seen.share(class),
            at_least_bits: now.seen.at_least_bits(),
            exporters: now.seen.exporters_of(&now.verdict),
        }
    }

    fn end(&self) -> Time {
        self.interval.since.after(self.interval.span)
    }

    fn least(&self) -> Least {
        Least::of(self.numbers.floor_bits)
    }
}

impl Watch {
    /// A target with this baseline, on which nothing has happened yet.
    pub(super) fn of(baseline: Baseline) -> Self {
        Self { baseline, ..Self::default() }
    }

    /// Notes who exported `seen` and who of those known was heard. `None` when none was; otherwise
    /// whether all were. One that is silent for as long as a baseline warms up is taken as gone.
    fn hear(&mut self, seen: &Seen, heard: &[ExporterId], config: &Config) -> Option<bool> {
        for exporter in seen.exporters() {
            if !self.exporters.iter().any(|e| e.0 == exporter) {
                self.exporters.push((exporter, 0));
            }
        }
        let is_heard = |e: &(ExporterId, u32)| heard.binary_search(&e.0).is_ok();
        if !self.exporters.is_empty() && !self.exporters.iter().any(is_heard) {
            return None;
        }
        for known in &mut self.exporters {
            known.1 = if is_heard(known) { 0 } else { known.1.saturating_add(1) };
        }
        self.exporters.retain(|e| e.1 <= config.warm_up);
        Some(self.exporters.iter().all(|e| e.1 == 0))
    }
}

fn total(of: &Measured) -> Rates {
    Rates { bits: of.bits[TOTAL], packets: of.packets[TOTAL] }
}

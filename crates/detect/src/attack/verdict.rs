//! One interval against what is usual: how much at least, and is it more of the same or of another kind?

use terms::{Class, ExporterId, Rates};

use super::Numbers;
use super::baseline::{Least, Measured, SERIES, TOTAL, Usual};
use crate::Config;
use crate::statistics::{KINDS, Row};

/// Least share that "all other kinds" are taken to have, so that growth against them can be told.
const LEAST_REST: f64 = 0.01;
/// Until a baseline is warm: share of all bits from which a kind makes up most of the traffic.
const MOSTLY: f64 = 0.5;

/// What was seen in one interval, and how surely.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Seen {
    pub(super) values: Measured,
    /// Share of each value that it is surely not below: 1 is exact, 0 is nothing known.
    sure: [f64; SERIES],
    exporters: Vec<(ExporterId, u8)>,
}

/// How an interval compares with what is usual.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    /// The kind that is surely over its band and abnormal, the one that grew most of several.
    pub(super) abnormal: Option<Class>,
    /// All kinds that are, one bit each.
    kinds: u8,
    /// Is nothing abnormal even by the estimates as they are?
    pub(super) is_inside: bool,
    /// Surely over the band in all, but of the usual mix.
    pub(super) is_surge: bool,
    /// Upper edge of what was expected.
    pub(super) expected: Rates,
}

impl Seen {
    /// Rates of `row` in an interval of so many seconds; `z` is the quantile for the confidence.
    pub(super) fn of(row: &Row, seconds: f64, z: f64) -> Self {
        let mut seen = Self { exporters: row.exporters.clone(), ..Self::default() };
        let (mut bytes, mut packets, mut error) = (0.0, 0.0, 0.0);
        for kind in 0..KINDS {
            let of_kind = row.statistics.packets[kind] as f64;
            seen.values.bits[kind] = row.statistics.bytes[kind] as f64 * 8.0 / seconds;
            seen.values.packets[kind] = of_kind / seconds;
            seen.sure[kind] = sure(row.error[kind] as f64, of_kind, z);
            bytes += row.statistics.bytes[kind] as f64;
            packets += of_kind;
            error += row.error[kind] as f64;
        }
        seen.values.bits[TOTAL] = bytes * 8.0 / seconds;
        seen.values.packets[TOTAL] = packets / seconds;
        seen.sure[TOTAL] = sure(error, packets, z);
        seen
    }

    /// All traffic.
    pub(super) fn rates(&self) -> Rates {
        Rates { bits: self.values.bits[TOTAL], packets: self.values.packets[TOTAL] }
    }
    /// What all traffic surely was, at least.
    pub(super) fn at_least_bits(&self) -> f64 {
        self.least().bits[TOTAL]
    }
    /// Share of `class` in all bits.
    pub(super) fn share(&self, class: Class) -> f64 {
        let all = self.values.bits[TOTAL];
        if all > 0.0 { self.values.bits[class as usize] / all } else { 0.0 }
    }
    /// The kind most bits were of.
    pub(super) fn largest(&self) -> Class {
        let bits = |class: &Class| self.values.bits[*class as usize];
        let largest = Class::ALL.iter().copied().max_by(|a, b| bits(a).total_cmp(&bits(b)));
        largest.unwrap_or(Class::Other)
    }
    /// Exporters that sent records of the kinds that are abnormal.
    pub(super) fn exporters_of(&self, verdict: &Verdict) -> Vec<ExporterId> {
        let of = |e: &&(ExporterId, u8)| verdict.kinds == 0 || e.1 & verdict.kinds != 0;
        self.exporters.iter().filter(of).map(|e| e.0).collect()
    }
    /// All exporters that sent records.
    pub(super) fn exporters(&self) -> impl Iterator<Item = ExporterId> {
        self.exporters.iter().map(|e| e.0)
    }
    /// Takes away what a host received beyond its usual.
    pub(super) fn without(&mut self, host: &Measured, usual: &Measured) {
        for i in 0..SERIES {
            let (bits, packets) = (&mut self.values.bits[i], &mut self.values.packets[i]);
            *bits = (*bits - (host.bits[i] - usual.bits[i]).max(0.0)).max(0.0);
            *packets = (*packets - (host.packets[i] - usual.packets[i]).max(0.0)).max(0.0);
        }
    }

    fn least(&self) -> Measured {
        let mut least = self.values;
        for i in 0..SERIES {
            least.bits[i] *= self.sure[i];
            least.packets[i] *= self.sure[i];
        }
        least
    }
}

/// One minus the relative error, not below zero. For one sampling rate that error is z/√n with n
/// sampled packets; a record sampled at 1 in w weighs w² in the square of the error.
fn sure(error: f64, packets: f64, z: f64) -> f64 {
    if packets > 0.0 { (1.0 - z * error.sqrt() / packets).max(0.0) } else { 0.0 }
}

impl Verdict {
    /// Compares `seen` with `usual`.
    pub(super) fn of(seen: &Seen, usual: &Usual, numbers: Numbers, config: &Config) -> Self {
        let upper = usual.upper(numbers.band);
        let least = seen.least();
        let compared = Compared { seen: &seen.values, usual, upper: &upper, numbers, config };
        let abnormal_in = |values: &Measured| {
            (0..KINDS).filter(|&k| compared.is_abnormal(values, k)).collect::<Vec<_>>()
        };
        let surely = abnormal_in(&least);
        let grown = |k: &usize| seen.values.bits[*k] - usual.mean.bits[*k];
        let most = surely.iter().copied().max_by(|a, b| grown(a).total_cmp(&grown(b)));
        let kinds = surely.iter().fold(0, |kinds, k| kinds | 1_u8 << k);
        let over = usual.is_warm && compared.is_over(&least, TOTAL);
        let is_inside = abnormal_in(&seen.values).is_empty();
        Self {
            abnormal: most.and_then(|k| Class::ALL.get(k).copied()),
            kinds,
            is_inside,
            is_surge: over && is_inside,
            expected: compared.expected(most),
        }
    }
}

struct Compared<'a> {
    seen: &'a Measured,
    usual: &'a Usual,
    upper: &'a Measured,
    numbers: Numbers,
    config: &'a Config,
}

impl Compared<'_> {
    /// Above the floor, and above the band in bits or packets?
    fn is_over(&self, values: &Measured, i: usize) -> bool {
        values.bits[i] > self.numbers.floor_bits
            && (values.bits[i] > self.upper.bits[i] || values.packets[i] > self.upper.packets[i])
    }

    /// Is this kind over its band, and the traffic of another make than usual?
    fn is_abnormal(&self, values: &Measured, kind: usize) -> bool {
        if !self.usual.is_warm {
            let floor = self.numbers.floor_bits * self.config.warm_up_multiple.max(1.0);
            return values.bits[kind] > floor
                && is_rarely_most(kind)
                && self.seen.bits[kind] > MOSTLY * self.seen.bits[TOTAL];
        }
        self.is_over(values, kind)
            && (self.has_other_size(kind) || (kind != Class::Tcp as usize && self.has_grown(kind)))
    }

    /// Has this kind grown far more than all others? A crowd of people grows what they use, and
    /// ordinary TCP is what they use: that alone is never abnormal.
    fn has_grown(&self, kind: usize) -> bool {
        let grown = |now: &[f64; SERIES], usual: &[f64; SERIES], least: f64| {
            let rest = |of: &[f64; SERIES]| (of[TOTAL] - of[kind]).max(LEAST_REST * of[TOTAL]);
            now[kind] * rest(usual).max(least) > self.config.growth * usual[kind] * rest(now)
        };
        let (mean, least) = (&self.usual.mean, Least::of(self.numbers.floor_bits));
        grown(&self.seen.bits, &mean.bits, least.bits)
            || grown(&self.seen.packets, &mean.packets, least.packets)
    }

    /// Are its packets far smaller or larger than usual?
    fn has_other_size(&self, kind: usize) -> bool {
        let mean = &self.usual.mean;
        if mean.bits[kind] < self.usual.spread.bits[kind] {
            return false; // so little of it is usual that its size is not known
        }
        let size = |of: &Measured| of.bits[kind] / of.packets[kind];
        let (now, usual) = (size(self.seen), size(mean));
        let change = self.config.size_change.max(1.0);
        let smaller = now > 0.0 && now * change < usual;
        // Larger TCP packets are somebody sending data, not a flood.
        smaller || (usual > 0.0 && now > usual * change && kind != Class::Tcp as usize)
    }

    /// Upper edge of what was expected: of all traffic, or, if that is less, of the abnormal kind on
    /// top of the other traffic as it was.
    fn expected(&self, abnormal: Option<usize>) -> Rates {
        let of = |seen: &[f64; SERIES], upper: &[f64; SERIES]| match abnormal {
            Some(kind) => upper[TOTAL].min(seen[TOTAL] - seen[kind] + upper[kind]),
            None => upper[TOTAL],
        };
        Rates {
            bits: of(&self.seen.bits, &self.upper.bits),
            packets: of(&self.seen.packets, &self.upper.packets),
        }
    }
}

/// Kinds that hardly any network receives most of its traffic in.
fn is_rarely_most(kind: usize) -> bool {
    match Class::ALL.get(kind) {
        Some(Class::TcpSyn | Class::UdpAmplifier | Class::Icmp | Class::Fragment) => true,
        Some(Class::Tcp | Class::Udp | Class::Other) | None => false,
    }
}

/// The quantile of the normal distribution for a one-sided confidence (Abramowitz and Stegun
/// 26.2.23, off by less than 0.00045).
pub(super) fn quantile(confidence: f64) -> f64 {
    let tail = if confidence <= 0.5 { 0.5 } else { (1.0 - confidence).max(1e-9) };
    let t = (-2.0 * tail.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    (t - above / below).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_is_that_of_the_tables() {
        for (confidence, z) in [(0.5, 0.0), (0.9, 1.2816), (0.95, 1.6449), (0.99, 2.3263)] {
            assert!((quantile(confidence) - z).abs() < 0.001, "{confidence}");
        }
        // What is no confidence at all is taken as the strictest.
        assert!(quantile(f64::NAN) > 5.0 && quantile(1.0) > 5.0);
    }

    #[test]
    fn a_hundred_sampled_packets_are_sure_to_z_tenths() {
        // 100 packets at 1 in 1000: error² is 100 × 1000².
        let of = sure(100.0 * 1e6, 100_000.0, 2.0);
        assert!((of - 0.8).abs() < 1e-12);
        // The same with a second exporter that misses nothing does not make the first one surer.
        let mixed = sure(100.0 * 1e6 + 100_000.0, 200_000.0, 2.0);
        assert!((mixed - 0.9).abs() < 0.001);
    }
}

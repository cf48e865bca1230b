//! Traits: which packets of what a target receives are the attack, learnt from the sealed last minutes.
//!
//! What a target received while it was attacked is compared, record by record and by machine, with what
//! it received before. What has come on top is the attack; the narrowest few rules that hold nearly
//! all of it are proposed, with what they would cover and what they would take along, counted by the
//! same [`matches`].

mod record;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use ground::Columns;
use terms::{Field, Fields, Flows, IpNet, Source, Traits, ip};

use crate::Detector;
use crate::statistics::bounds;
use record::records;
pub use record::{Record, matches};
use rule::{Weighed, rules};

/// What learning traits needs to see.
pub(crate) const DETECTOR: Detector = Detector {
    name: "traits",
    reads: Source::HeldFlows,
    fields: Fields::of(&[
        Field::SrcAddress,
        Field::DstAddress,
        Field::SrcPort,
        Field::DstPort,
        Field::Protocol,
        Field::TcpFlags,
        Field::Bytes,
        Field::Packets,
        Field::Fragment,
    ]),
};

/// Share of the attack that makes one address the destination.
const ONE_DESTINATION: f64 = 0.9;
/// Most destinations told.
const MOST_DESTINATIONS: usize = 8;
/// Most records that rules are learnt from; of more, every second, third … is taken. Coverage and
/// collateral are always counted over all of them.
const MOST_RECORDS: usize = 262_144;

/// The batches of one stretch of time, opened.
type Window<'a> = &'a [Columns<'a, Flows>];

/// What was learnt of an attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    /// What the rules, coverage and collateral are about: the target, or the one address in it that
    /// at least nine tenths of the attack go to.
    pub scope: IpNet,
    /// The destinations inside the target that most of the attack goes to, each with its share of
    /// the attack's bytes; only one when it receives at least nine tenths. When they add up to little,
    /// the attack is spread over the target.
    pub destinations: Vec<(IpNet, f64)>,
    /// The traits, at most four, narrow ones. Empty when nothing has come on top or nothing tells
    /// it apart: then there is nothing to stop.
    pub rules: Vec<Traits>,
    /// Share of the attack's bytes that the rules match, 0 to 1.
    pub coverage: f64,
    /// Share of the bytes before the attack that the rules would have matched, 0 to 1; `None` when
    /// nothing is known of before.
    pub collateral: Option<f64>,
    /// Would a rule match the first packet of ordinary TCP connections? Then it stops all new ones,
    /// which a share of bytes does not show: limit the rate instead.
    pub stops_new_connections: bool,
    /// How many sources sent what the rules match.
    pub sources: usize,
    /// Share of it that the busiest source sent, 0 to 1.
    pub top_source_share: f64,
}

/// Learns what tells the traffic to `target` in `during` from that in `before`: the batches that
/// arrived since the attack began, and those that arrived until then. How long either was is told by
/// when they arrived, and normal traffic is weighed accordingly.
#[must_use]
pub fn learn(
    during: &[Columns<'_, Flows>],
    before: &[Columns<'_, Flows>],
    target: IpNet,
) -> Learnt {
    let scale = scale(during, before);
    let destinations = destinations(during, before, target, scale);
    let scope = match destinations.first() {
        Some((one, share)) if *share >= ONE_DESTINATION => *one,
        _ => target.trunc(),
    };
    let rules = rules(weighed(during, before, scope, scale));
    let matched = |r: &Record| rules.iter().any(|rule| matches(rule, r));
    let (mut seen, mut seen_before) = (Bytes::default(), Bytes::default());
    let mut sources: HashMap<u128, u64> = HashMap::new();
    for record in all(during, scope) {
        let is_matched = matched(&record);
        seen.add(record.bytes, is_matched);
        if is_matched && let Some(source) = record.source {
            let sum = sources.entry(source).or_default();
            *sum = sum.saturating_add(record.bytes);
        }
    }
    for record in all(before, scope) {
        seen_before.add(record.bytes, matched(&record));
    }
    let attack = seen.all as f64 - scale * seen_before.all as f64;
    let covered = seen.matched as f64 - scale * seen_before.matched as f64;
    let top = sources.values().max().copied().unwrap_or(0);
    Learnt {
        scope,
        destinations,
        coverage: share(covered, attack),
        collateral: (scale > 0.0)
            .then(|| share(seen_before.matched as f64, seen_before.all as f64)),
        stops_new_connections: rules.iter().any(matches_first_packets),
        rules,
        sources: sources.len(),
        top_source_share: share(top as f64, seen.matched as f64),
    }
}

/// How much of `before` stands for the time of `during`; zero when nothing is known of before. When
/// the times do not tell, each batch counts as the same stretch of time.
fn scale(during: Window<'_>, before: Window<'_>) -> f64 {
    let edges = |window: Window<'_>| {
        let arrived = || window.iter().map(Columns::arrived);
        Some((arrived().min()?, arrived().max()?))
    };
    let (Some((begins, ends)), Some((from, to))) = (edges(during), edges(before)) else {
        return 0.0;
    };
    // `before` lasts until the attack begins. After the last batch about as much time belongs to
    // `during` as lies between two of its batches.
    let gaps = during.len().saturating_sub(1).max(1) as f64;
    let lasts = ends.since(begins).0 as f64 * during.len() as f64 / gaps;
    let lasted = begins.max(to).since(from).0 as f64;
    if lasts > 0.0 && lasted > 0.0 {
        lasts / lasted
    } else {
        during.len() as f64 / before.len() as f64
    }
}

/// The destinations with the largest shares of the attack.
fn destinations(
    during: Window<'_>,
    before: Window<'_>,
    target: IpNet,
    scale: f64,
) -> Vec<(IpNet, f64)> {
    let mut bytes: HashMap<u128, (u64, u64)> = HashMap::new();
    let (mut total, mut total_before) = (0_u128, 0_u128);
    for record in all(during, target) {
        let sum = &mut bytes.entry(record.destination.unwrap_or(0)).or_default().0;
        *sum = sum.saturating_add(record.bytes);
        total += u128::from(record.bytes);
    }
    for record in all(before, target) {
        // Who receives nothing during the attack is not attacked.
        if let Some((_, sum)) = bytes.get_mut(&record.destination.unwrap_or(0)) {
            *sum = sum.saturating_add(record.bytes);
        }
        total_before += u128::from(record.bytes);
    }
    let attack = total as f64 - scale * total_before as f64;
    let shares = bytes.into_iter().map(|(address, (during, before))| {
        (address, share(during as f64 - scale * before as f64, attack))
    });
    let mut shares: Vec<(u128, f64)> = shares.filter(|s| s.1 > 0.0).collect();
    shares.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let (mut told, mut sum) = (Vec::new(), 0.0);
    for (address, share) in shares.into_iter().take(MOST_DESTINATIONS) {
        told.push((IpNet::from(ip(address)), share));
        sum += share;
        if sum >= ONE_DESTINATION {
            break;
        }
    }
    told
}

/// All records of a window that go to `scope`.
fn all<'a>(window: Window<'a>, scope: IpNet) -> impl Iterator<Item = Record> + 'a {
    let bounds = bounds(&scope);
    window.iter().flat_map(move |columns| records(columns, bounds))
}

/// Records with their weight in the attack: those of before weigh against it.
fn weighed(during: Window<'_>, before: Window<'_>, scope: IpNet, scale: f64) -> Vec<Weighed> {
    let count = all(during, scope).count() + all(before, scope).count();
    let step = count.div_ceil(MOST_RECORDS).max(1);
    let weight = |record: Record| record.bytes as f64 * step as f64;
    let attacked = all(during, scope).step_by(step).map(|record| Weighed {
        record,
        during: weight(record),
        before: 0.0,
    });
    let usual = all(before, scope).step_by(step).map(|record| Weighed {
        record,
        during: 0.0,
        before: weight(record) * scale,
    });
    attacked.chain(usual).collect()
}

/// Bytes in all and of what rules match.
#[derive(Default)]
struct Bytes {
    all: u128,
    matched: u128,
}

impl Bytes {
    fn add(&mut self, bytes: u64, is_matched: bool) {
        self.all += u128::from(bytes);
        self.matched += if is_matched { u128::from(bytes) } else { 0 };
    }
}

/// `part` of `whole`, between 0 and 1; 0 when there is no whole.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}

/// Does the rule match a packet with SYN and without ACK, of the size such packets have?
fn matches_first_packets(rule: &Traits) -> bool {
    const LONGEST_SYN: u16 = 120;
    rule.protocol.is_none_or(|p| p == 6)
        && !rule.fragments
        && rule.tcp_flags.is_none_or(|f| f.unset & 0x02 == 0 && f.set & !0x02 == 0)
        && rule.size.is_none_or(|s| s.least <= LONGEST_SYN)
}

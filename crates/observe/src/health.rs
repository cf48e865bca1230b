//! The account of one exporter: what it sent, what could be made of it, and whether to believe it.

use core::sync::atomic::{
    AtomicI64, AtomicU8, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::net::IpAddr;

use serde::Serialize;
use terms::{ExporterId, Moment, Time};

use crate::doubt::Doubt;
use crate::flow::{Counts, Flaw, Format, Heard, Provenance, Rate, Tally};

/// How an exporter is doing. Once it sent nothing for a moment the account balances: `octets` is
/// `octets_read + octets_unread +` the octets of all `undecodable`, and `records` is `records_out +
/// dropped_full`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Its number.
    pub exporter: ExporterId,
    /// The operator's name for it.
    pub name: String,
    /// The address on the allow-list.
    pub address: IpAddr,
    /// Datagrams received. What was made of each of these, a doubt included, is in the rest.
    pub datagrams: u64,
    /// Octets received.
    pub octets: u64,
    /// Octets decoded, padding included.
    pub octets_read: u64,
    /// Octets of records passed over because no ground in force names a field of them.
    pub octets_unread: u64,
    /// Records decoded.
    pub records: u64,
    /// Records passed over, as far as they can be counted without reading them.
    pub records_passed: u64,
    /// Records handed on.
    pub records_out: u64,
    /// Records thrown away because the next station was not ready. Receiving never waits for it.
    pub dropped_full: u64,
    /// What could not be decoded, by reason.
    pub undecodable: Vec<Undecodable>,
    /// Data sets that came without their template.
    pub no_template: u64,
    /// Datagrams missing by sequence number (NetFlow v9, sFlow).
    pub lost_datagrams: u64,
    /// Records missing by sequence number (NetFlow v5, IPFIX).
    pub lost_records: u64,
    /// Datagrams whose sequence number had been there before.
    pub repeated: u64,
    /// How often it started anew.
    pub restarts: u64,
    /// When its last datagram arrived.
    pub last_seen: Option<Time>,
    /// The format of its last datagram.
    pub format: Option<Format>,
    /// The last sampling rate used, and who said so.
    pub sampling: Option<Rate>,
    /// Source ports of its datagrams, in the last ten minutes or trusted.
    pub ports: Vec<u16>,
    /// Why it is not believed, until the operator says that it is to be trusted.
    pub doubtful: Option<Doubt>,
}

/// What could not be decoded for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Undecodable {
    /// Why.
    pub reason: Flaw,
    /// How often.
    pub times: u64,
    /// How many octets.
    pub octets: u64,
}

/// The counters behind [`Health`], shared between shards.
#[derive(Debug, Default)]
pub(crate) struct Account {
    datagrams: AtomicU64,
    octets: AtomicU64,
    read: AtomicU64,
    unread: AtomicU64,
    records: AtomicU64,
    passed: AtomicU64,
    out: AtomicU64,
    dropped: AtomicU64,
    flaws: [Flawed; Flaw::ALL.len()],
    lost_datagrams: AtomicI64,
    lost_records: AtomicI64,
    repeated: AtomicU64,
    restarts: AtomicU64,
    last_seen: AtomicI64,
    /// 1 + place of the format in the list; 0 before the first datagram.
    format: AtomicU8,
    /// The rate, and above 32 bits 1 + place of its provenance; 0 unknown.
    rate: AtomicU64,
}

#[derive(Debug, Default)]
struct Flawed {
    times: AtomicU64,
    octets: AtomicU64,
    /// Monotonic milliseconds + 1 of the last line in the log; 0 never.
    warned: AtomicU64,
    /// How often it was seen at that time.
    told: AtomicU64,
}

/// At most one line in the log for an exporter and reason in so many milliseconds.
const QUIET: u64 = 60_000;

impl Account {
    /// Takes up the tally of one datagram; the datagram itself is counted last.
    pub(crate) fn count(&self, name: &str, octets: usize, tally: &Tally, at: Moment) {
        self.octets.fetch_add(octets as u64, Relaxed);
        self.read.fetch_add(tally.read, Relaxed);
        add(&self.unread, tally.unread);
        add(&self.records, tally.records);
        add(&self.passed, tally.passed);
        self.last_seen.store(at.wall.0, Relaxed);
        if let Some(rate) = tally.rate {
            self.rate.store(u64::from(rate.one_in) | (rate.by as u64 + 1) << 32, Relaxed);
        }
        for (flaw, seen) in tally.flaws() {
            let flawed = &self.flaws[flaw as usize];
            let times = flawed.times.fetch_add(seen.times, Relaxed) + seen.times;
            flawed.octets.fetch_add(seen.octets, Relaxed);
            if flawed.may_warn(at) {
                let since = times - flawed.told.swap(times, Relaxed);
                tracing::warn!(
                    exporter = name,
                    reason = flaw.word(),
                    offset = seen.offset,
                    times = since,
                    "could not decode part of a flow export datagram"
                );
            }
        }
        match tally.heard {
            Some(Heard::Lost(n, counts)) => self.lost(counts).fetch_add(n.into(), Relaxed),
            Some(Heard::Late(n, counts)) => self.lost(counts).fetch_sub(n.into(), Relaxed),
            Some(Heard::Restarted) => {
                add(&self.restarts, 1);
                0
            }
            Some(Heard::Repeated) => {
                add(&self.repeated, 1);
                0
            }
            Some(Heard::Fits | Heard::Doubtful(_)) | None => 0,
        };
        self.datagrams.fetch_add(1, Release);
    }
    /// Notes the format of a datagram.
    pub(crate) fn format(&self, format: Format) {
        self.format.store(format as u8 + 1, Relaxed);
    }
    /// Counts records that were handed on.
    pub(crate) fn out(&self, records: usize) {
        self.out.fetch_add(records as u64, Relaxed);
    }
    /// Counts records that could not be handed on.
    pub(crate) fn dropped(&self, records: usize) {
        self.dropped.fetch_add(records as u64, Relaxed);
    }

    fn lost(&self, counts: Counts) -> &AtomicI64 {
        match counts {
            Counts::Datagrams => &self.lost_datagrams,
            Counts::Records | Counts::RecordsSoFar => &self.lost_records,
        }
    }

    /// Everything but who it is and whether it is believed.
    pub(crate) fn health(&self, exporter: ExporterId, name: &str, address: IpAddr) -> Health {
        let get = |n: &AtomicU64| n.load(Relaxed);
        let flawed = |f: Flaw| &self.flaws[f as usize];
        // First: what belongs to these datagrams is in everything read after it.
        let datagrams = self.datagrams.load(Acquire);
        let lost = |n: &AtomicI64| u64::try_from(n.load(Relaxed)).unwrap_or(0);
        Health {
            exporter,
            name: name.to_owned(),
            address,
            datagrams,
            octets: get(&self.octets),
            octets_read: get(&self.read),
            octets_unread: get(&self.unread),
            records: get(&self.records),
            records_passed: get(&self.passed),
            records_out: get(&self.out),
            dropped_full: get(&self.dropped),
            undecodable: Flaw::ALL
                .iter()
                .map(|&reason| {
                    let f = flawed(reason);
                    Undecodable { reason, times: get(&f.times), octets: get(&f.octets) }
                })
                .filter(|u| u.times > 0)
                .collect(),
            no_template: get(&flawed(Flaw::NoTemplate).times),
            lost_datagrams: lost(&self.lost_datagrams),
            lost_records: lost(&self.lost_records),
            repeated: get(&self.repeated),
            restarts: get(&self.restarts),
            last_seen: (datagrams > 0).then(|| Time(self.last_seen.load(Relaxed))),
            format: nth(Format::ALL, self.format.load(Relaxed).into()),
            sampling: self.rate(),
            ports: Vec::new(),
            doubtful: None,
        }
    }

    fn rate(&self) -> Option<Rate> {
        let packed = self.rate.load(Relaxed);
        let by = nth(Provenance::ALL, packed >> 32)?;
        Some(Rate { one_in: u32::try_from(packed & 0xffff_ffff).ok()?, by })
    }
}

impl Flawed {
    fn may_warn(&self, at: Moment) -> bool {
        let last = self.warned.load(Relaxed);
        let now = at.mono.saturating_add(1);
        (last == 0 || now.saturating_sub(last) >= QUIET)
            && self.warned.compare_exchange(last, now, Relaxed, Relaxed).is_ok()
    }
}

fn add(counter: &AtomicU64, n: u64) {
    if n > 0 {
        counter.fetch_add(n, Relaxed);
    }
}

/// The word at place `n` of a list, from 1.
fn nth<T: Copy>(all: &[T], n: u64) -> Option<T> {
    all.get(usize::try_from(n.checked_sub(1)?).ok()?).copied()
}

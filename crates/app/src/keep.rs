//! The keeping station: the sealed last minutes, the baseline, and learning traits for a case.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use decide::{Learnt, StandingGrounds};
use detect::{Attack, Band, Change, Interval, LeftOut, LinkLoad, Numbers, Ring, Surge, merge};
use ground::{Ground, Sealed};
use terms::{CaseId, Day, Flows, IpNet, Moment, Span, Statistics, Time};

use crate::clock::Clock;

/// What the keeper is told.
pub(crate) enum ToKeeper {
    /// A batch to hold, sealed.
    Flows(Box<Sealed<Flows>>),
    /// A worker closed the interval with this number.
    Interval(u64, Interval),
    /// Forget what was usual for this target, and learn it anew.
    LearnAnew(IpNet),
    /// Learn the traits of an attack.
    Learn { case: CaseId, ground: Arc<Ground>, target: IpNet, since: Time },
}

/// What the keeper tells the desk's thread.
pub(crate) enum FromKeeper {
    /// An attack began, goes on, or ended.
    Change(Change),
    /// Traits were learnt; `None` when there was nothing to learn from.
    Learnt(CaseId, Option<Learnt>),
    /// Statistics to keep, sealed.
    Statistics(Sealed<Statistics>),
}

/// What the pages show of the last interval.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) bands: Vec<Band>,
    pub(crate) surges: Vec<Surge>,
    pub(crate) links: Vec<LinkLoad>,
    pub(crate) left_out: LeftOut,
    pub(crate) held_rows: usize,
    pub(crate) held_refused: u64,
    pub(crate) intervals: u64,
}

/// What the desk's thread sets for the keeper: grounds and the operator's numbers.
#[derive(Debug, Default, Clone)]
pub(crate) struct Orders {
    pub(crate) grounds: StandingGrounds,
    /// Anomaly band and floor; without them nothing is compared.
    pub(crate) numbers: Option<Numbers>,
    /// How long records are held; without it none are.
    pub(crate) hold: Option<Span>,
    /// Last day of the statistics of today.
    pub(crate) last_day: Option<Day>,
}

/// The keeper.
pub(crate) struct Keeper {
    pub(crate) inbox: Receiver<ToKeeper>,
    pub(crate) outbox: Sender<FromKeeper>,
    pub(crate) orders: Arc<Mutex<Orders>>,
    pub(crate) seen: Arc<Mutex<Seen>>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) attack: Attack,
    pub(crate) workers: usize,
    /// Length of an interval.
    pub(crate) interval: Span,
    pub(crate) most_rows: usize,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) lost: Arc<AtomicU64>,
    pub(crate) ring: Option<(Span, Ring)>,
    pub(crate) open: BTreeMap<u64, (usize, Interval)>,
}

impl Keeper {
    /// Runs on a thread of its own until it is stopped.
    pub(crate) fn start(mut self) -> std::io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name("keep".into()).spawn(move || self.run())
    }

    fn run(&mut self) {
        while !self.stop.load(Ordering::Acquire) {
            match self.inbox.recv_timeout(Duration::from_millis(100)) {
                Ok(ToKeeper::Flows(flows)) => self.hold(*flows, self.clock.now()),
                Ok(ToKeeper::Interval(number, interval)) => self.close(number, interval),
                Ok(ToKeeper::Learn { case, ground, target, since }) => {
                    let learnt = self.learn(&ground, target, since, self.clock.now());
                    self.tell(FromKeeper::Learnt(case, learnt));
                }
                Ok(ToKeeper::LearnAnew(target)) => self.attack.learn_anew(&target),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn orders(&self) -> Orders {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, what: FromKeeper) {
        if self.outbox.try_send(what).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Holds a batch, sealed, for as long as the operator set; forgets what is older.
    fn hold(&mut self, flows: Sealed<Flows>, at: Moment) {
        let orders = self.orders();
        let (Some(ground), Some(span)) = (&orders.grounds.hold, orders.hold) else {
            self.ring = None;
            return;
        };
        if self.ring.as_ref().is_none_or(|(s, _)| *s != span) {
            self.ring = Some((span, Ring::new(span, self.most_rows)));
        }
        if let Some((_, ring)) = &mut self.ring {
            ring.push(ground, flows, at);
        }
    }

    /// Merges what the workers counted in one interval; when all have reported, compares it.
    fn close(&mut self, number: u64, interval: Interval) {
        match self.open.get_mut(&number) {
            Some((reported, sum)) => {
                *reported += 1;
                merge(sum, interval);
            }
            None => {
                self.open.insert(number, (1, interval));
            }
        }
        // An interval a worker missed is compared with what there is once the next one is full.
        let full: Vec<u64> = self
            .open
            .iter()
            .filter(|(n, (r, _))| *r >= self.workers || **n + 1 < number)
            .map(|(n, _)| *n)
            .collect();
        for number in full {
            if let Some((_, interval)) = self.open.remove(&number) {
                self.compare(&interval);
            }
        }
    }

    fn compare(&mut self, interval: &Interval) {
        let at = self.clock.now();
        let orders = self.orders();
        if let Some((_, ring)) = &mut self.ring {
            if orders.grounds.hold.is_none() {
                ring.clear();
            }
            ring.forget(at);
        }
        if let Some(keep) = &orders.grounds.keep
            && let Some(last_day) = orders.last_day
        {
            self.tell(FromKeeper::Statistics(interval.statistics(keep, Some(last_day))));
        }
        let mut surges = Vec::new();
        if let (Some(ground), Some(numbers)) = (&orders.grounds.statistics, orders.numbers) {
            let observed = self.attack.observe(ground, interval, numbers);
            surges = observed.surges;
            for change in observed.changes {
                self.tell(FromKeeper::Change(change));
            }
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.bands = self.attack.bands();
        seen.surges = surges;
        seen.links = interval.links();
        seen.left_out = interval.left_out();
        seen.intervals += 1;
        let ring = self.ring.as_ref().map(|(_, ring)| ring);
        seen.held_rows = ring.map_or(0, Ring::rows);
        seen.held_refused = ring.map_or(0, Ring::refused);
    }

    /// Opens the held minutes with the case's ground: during the attack, and before it.
    fn learn(&self, ground: &Ground, target: IpNet, since: Time, at: Moment) -> Option<Learnt> {
        let (span, ring) = self.ring.as_ref()?;
        // The attack may have begun late in an interval before, too little of it to be abnormal, and
        // an exporter that sends in bursts may have left out the one after. What is usual is weighed
        // in both windows, but attack held to be usual would count as what the rules take along.
        let since = since.before(self.interval).before(self.interval);
        let during: Vec<_> =
            ring.open(ground, since, Time(i64::MAX), at).filter_map(Result::ok).collect();
        let from = at.wall.before(*span);
        let before: Vec<_> = ring.open(ground, from, since, at).filter_map(Result::ok).collect();
        let learnt = detect::learn(&during, &before, target);
        (!learnt.rules.is_empty()).then_some(Learnt {
            destinations: learnt.destinations,
            rules: learnt.rules,
            coverage: Some(learnt.coverage).filter(|share| share.is_finite()),
            collateral: learnt.collateral,
            sources: learnt.sources as u64,
        })
    }
}

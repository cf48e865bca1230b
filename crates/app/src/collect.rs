//! The collecting station: workers that open each batch under the standing ground and count it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use decide::StandingGrounds;
use detect::Collector;
use ground::Sealed;
use terms::{Flows, Moment, Span, Time};

use crate::clock::Clock;
use crate::keep::ToKeeper;

/// What the workers share with the desk.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// The standing grounds in force, put here by the desk's thread.
    pub(crate) grounds: RwLock<StandingGrounds>,
    /// Batches that no standing ground opened.
    pub(crate) unopened: AtomicU64,
    /// Batches and intervals thrown away because the keeper was not ready.
    pub(crate) missed: AtomicU64,
    /// Set once, to stop every thread.
    pub(crate) stop: AtomicBool,
}

/// One worker: batches in, intervals out.
pub(crate) struct Worker {
    pub(crate) flows: Receiver<Sealed<Flows>>,
    pub(crate) keeper: Sender<ToKeeper>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) interval: Span,
    pub(crate) collector: Collector,
}

impl Worker {
    /// Runs on a thread of its own until it is stopped.
    pub(crate) fn start(mut self, number: usize) -> std::io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name(format!("collect-{number}")).spawn(move || self.run())
    }

    fn run(&mut self) {
        let mut open = self.number(self.clock.now());
        let mut since = self.clock.now().wall;
        while !self.shared.stop.load(Ordering::Acquire) {
            let received = self.flows.recv_timeout(Duration::from_millis(50));
            let at = self.clock.now();
            let now = self.number(at);
            if now != open {
                self.close(open, since, at.wall);
                (open, since) = (now, at.wall);
            }
            match received {
                Ok(sealed) => self.take(sealed, at),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Which interval this moment is in.
    fn number(&self, at: Moment) -> u64 {
        at.mono / self.interval.0.max(1)
    }

    fn take(&mut self, sealed: Sealed<Flows>, at: Moment) {
        let grounds = self.shared.grounds.read().unwrap_or_else(PoisonError::into_inner);
        let opened = grounds.statistics.as_ref().map(|g| self.collector.take(g, &sealed, at));
        let held = grounds.hold.is_some();
        drop(grounds);
        if !matches!(opened, Some(Ok(()))) {
            self.shared.unopened.fetch_add(1, Ordering::Relaxed);
        }
        if held && self.keeper.try_send(ToKeeper::Flows(Box::new(sealed))).is_err() {
            self.shared.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn close(&mut self, number: u64, since: Time, until: Time) {
        let interval = self.collector.close(since, until.since(since));
        // An interval is small and there are few: wait for a place a little rather than lose it.
        let sent = self
            .keeper
            .send_timeout(ToKeeper::Interval(number, interval), Duration::from_millis(500));
        if sent.is_err() {
            self.shared.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

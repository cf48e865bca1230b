//! Wiring: every station made, started and stopped, by hand and in order.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use account::Account;
use act::Actuator;
use anyhow::Context;
use decide::Desk;
use detect::{Addressing, Attack, Collector, Own};
use ground::{Book, MeasureName, Origin};
use observe::Intake;
use terms::{Purpose, Source, Span};

use crate::clock::Clock;
use crate::collect::{Shared, Worker};
use crate::keep::{FromKeeper, Keeper, Orders, Seen, ToKeeper};
use crate::settings::Settings;

/// Batches that may wait for a worker before receiving throws them away.
const WAITING_BATCHES: usize = 4_096;

/// Everything that runs.
pub(crate) struct Sekisho {
    pub(crate) settings: Settings,
    pub(crate) clock: Arc<Clock>,
    pub(crate) book: Arc<Book>,
    pub(crate) account: Arc<Account>,
    pub(crate) desk: Arc<Mutex<Desk>>,
    pub(crate) intake: Intake,
    pub(crate) actuator: Actuator,
    pub(crate) shared: Arc<Shared>,
    pub(crate) seen: Arc<Mutex<Seen>>,
    pub(crate) orders: Arc<Mutex<Orders>>,
    pub(crate) keeper: crossbeam_channel::Sender<ToKeeper>,
    pub(crate) told: crossbeam_channel::Receiver<FromKeeper>,
    pub(crate) lost: Arc<AtomicU64>,
    pub(crate) stop: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Sekisho {
    /// Makes and starts every station but the desk's thread. Call it inside a runtime: the speaker
    /// needs one.
    pub(crate) fn start(settings: Settings, clock: Arc<Clock>) -> anyhow::Result<Self> {
        let at = clock.now();
        let book = Arc::new(Book::compiled().context("the book of measures does not load")?);
        let account = Account::open(&settings.data, &settings.ledger, at.wall);
        let account = Arc::new(account.with_context(|| {
            format!("cannot take up the data folder {}", settings.data.display())
        })?);
        let desk = Desk::open(Arc::clone(&account), Arc::clone(&book), settings.desk()?, at);
        let desk = desk.with_context(|| {
            format!("cannot take up the desk from the data folder {}", settings.data.display())
        })?;
        let mask = desk.mask();
        let exporters = exporters(&settings, &desk);
        let now = Arc::clone(&clock);
        let actuator = Actuator::start(settings.bgp.clone(), Arc::new(move || now.now()))?;

        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let (to_workers, flows) = crossbeam_channel::bounded(WAITING_BATCHES);
        let (keeper, inbox) = crossbeam_channel::bounded(WAITING_BATCHES);
        let (outbox, told) = crossbeam_channel::bounded(WAITING_BATCHES);
        let config = detectors(&settings);
        let shared: Arc<Shared> = Arc::default();
        let (seen, orders): (Arc<Mutex<Seen>>, Arc<Mutex<Orders>>) =
            (Arc::default(), Arc::default());
        let (stop, lost): (Arc<AtomicBool>, Arc<AtomicU64>) = (Arc::default(), Arc::default());
        let mut threads = Vec::new();
        for number in 0..workers {
            let worker = Worker {
                flows: flows.clone(),
                keeper: keeper.clone(),
                shared: Arc::clone(&shared),
                clock: Arc::clone(&clock),
                interval: Span(settings.detect.interval_ms),
                collector: Collector::new(&config),
            };
            threads.push(worker.start(number)?);
        }
        let keep = Keeper {
            inbox,
            outbox,
            orders: Arc::clone(&orders),
            seen: Arc::clone(&seen),
            clock: Arc::clone(&clock),
            attack: Attack::new(&config),
            workers,
            interval: Span(settings.detect.interval_ms),
            most_rows: settings.detect.held_rows,
            stop: Arc::clone(&stop),
            lost: Arc::clone(&lost),
            ring: None,
            open: std::collections::BTreeMap::new(),
        };
        threads.push(keep.start()?);
        let origin = Origin {
            measure: MeasureName::of("13-su-take-statistics"),
            source: Source::FlowExport,
            purpose: Purpose::RunNetwork,
            last_day: None,
        };
        let now = Arc::clone(&clock);
        let mut flow = settings.flow.clone();
        if flow.shards == 0 {
            flow.shards = workers;
        }
        let intake = Intake::start(
            &flow,
            &exporters,
            mask,
            origin,
            Arc::new(move || now.now()),
            to_workers,
        )?;
        Ok(Self {
            settings,
            clock,
            book,
            account,
            desk: Arc::new(Mutex::new(desk)),
            intake,
            actuator,
            shared,
            seen,
            orders,
            keeper,
            told,
            lost,
            stop,
            threads: Mutex::new(threads),
        })
    }

    /// The desk, for a moment.
    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the control socket is.
    pub(crate) fn socket(&self) -> PathBuf {
        self.settings.data.join(crate::client::SOCKET)
    }

    /// Withdraws everything and ends every thread.
    pub(crate) async fn stop(&self) {
        let at = self.clock.now();
        let standing: Vec<_> =
            self.desk().cases().filter_map(|c| Some((c.id, c.mitigated.as_ref()?.id))).collect();
        self.actuator.stop().await;
        for (case, id) in standing {
            let why = terms::Text::of(
                "プログラムの停止により解除。",
                "Withdrawn because the program stopped.",
            );
            if let Err(e) = self.desk().withdrawn(case, id, why, at) {
                tracing::error!(case = case.0, "could not note the withdrawal: {e}");
            }
        }
        self.stop.store(true, Ordering::Release);
        self.shared.stop.store(true, Ordering::Release);
        let threads =
            core::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread ended badly");
            }
        }
    }
}

/// The exporters two persons allowed in the book, else the settings'.
fn exporters(settings: &Settings, desk: &Desk) -> Vec<observe::Exporter> {
    match &desk.standing().exporters {
        Some(allowed) => allowed
            .iter()
            .map(|(name, address)| allowed_exporter(settings, name, *address))
            .collect(),
        None => settings.exporter.clone(),
    }
}

/// An exporter from the book, with the sampling rate the settings give for its name.
pub(crate) fn allowed_exporter(
    settings: &Settings,
    name: &str,
    address: std::net::IpAddr,
) -> observe::Exporter {
    let sampling = settings.exporter.iter().find(|e| e.name == name).and_then(|e| e.sampling);
    observe::Exporter { name: name.to_owned(), address, sampling }
}

fn detectors(settings: &Settings) -> detect::Config {
    let own = settings.prefix.iter().map(|p| Own {
        prefix: p.net,
        addressing: match p.kind {
            decide::LineKind::Dynamic => Addressing::Dynamic,
            decide::LineKind::Static | decide::LineKind::Hosting => Addressing::Static,
        },
    });
    detect::Config {
        own: own.collect(),
        consecutive: settings.detect.consecutive,
        calm: settings.detect.calm,
        warm_up: settings.detect.warm_up,
        slots: settings.detect.slots,
        period: Span(settings.detect.period_seconds.saturating_mul(1000)),
        weight: settings.detect.weight,
        ..detect::Config::default()
    }
}

//! `sekisho up`: run until told to stop.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use serde_json::{Value, json};

use crate::cli;
use crate::clock::Clock;
use crate::settings::Settings;
use crate::wire::Sekisho;
use crate::{desk_loop, show, snapshot};

/// Runs with the operator's settings.
pub(crate) fn up(up: cli::Up) -> anyhow::Result<()> {
    let mut settings = Settings::read(up.config.as_deref())?;
    if let Some(data) = up.data {
        settings.data = data;
    }
    if up.check {
        show::line(&toml::to_string_pretty(&settings).context("cannot print the settings")?);
        return Ok(());
    }
    runtime()?.block_on(async {
        // Heard from here on: a stop that comes while it starts ends it well too.
        let mut stop = Stop::listen()?;
        let running = Running::start(settings).await?;
        running.announce();
        stop.signal().await;
        tracing::info!("stopping: withdrawing everything first");
        running.stop().await;
        Ok(())
    })
}

/// A runtime for the edges: pages, control socket, BGP.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.context("cannot start the runtime")
}

/// Everything running, with its servers.
pub(crate) struct Running {
    pub(crate) sekisho: Arc<Sekisho>,
    /// Where the pages are, as bound.
    pub(crate) http: std::net::SocketAddr,
    shutdown: tokio::sync::watch::Sender<bool>,
    servers: Mutex<Vec<tokio::task::JoinHandle<()>>>,
    desk_thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Running {
    /// Starts every station, the desk's thread, the pages and the control socket.
    pub(crate) async fn start(settings: Settings) -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind(settings.http).await;
        let listener = listener.with_context(|| format!("cannot serve the status page on {}; is another program there? set `http` to another address", settings.http))?;
        let http = listener.local_addr()?;
        let sekisho = Arc::new(Sekisho::start(settings, Arc::new(Clock::start()))?);
        let for_desk = Arc::clone(&sekisho);
        let desk_thread = std::thread::Builder::new()
            .name("desk".into())
            .spawn(move || desk_loop::run(&for_desk))?;
        let (shutdown, stopped) = tokio::sync::watch::channel(false);
        let (for_pages, for_clock, for_control) =
            (Arc::clone(&sekisho), Arc::clone(&sekisho.clock), Arc::clone(&sekisho));
        let clock: console::Clock = Arc::new(move || for_clock.now());
        let name = sekisho.settings.operator.clone();
        let pages = console::Console {
            config: console::Config { operator: terms::Text::of(&name, &name) },
            book: Arc::clone(&sekisho.book),
            desk: Arc::clone(&sekisho.desk),
            snapshot: Arc::new(move || snapshot::take(&for_pages)),
            clock: Arc::clone(&clock),
        };
        let extra: console::control::Extra =
            Arc::new(move |query, _request| answer(&for_control, query));
        let control = console::control::Control::bind(&sekisho.socket())?;
        let mut servers = Vec::new();
        let desk = Arc::clone(&sekisho.desk);
        let wait = |mut stopped: tokio::sync::watch::Receiver<bool>| async move {
            let _sender_gone = stopped.wait_for(|stop| *stop).await;
        };
        let until = wait(stopped.clone());
        servers.push(tokio::spawn(async move {
            if let Err(e) = console::serve(listener, pages, until).await {
                tracing::error!("the status page ended: {e}");
            }
        }));
        let until = wait(stopped);
        servers.push(tokio::spawn(async move {
            control.serve(desk, extra, clock, until).await;
        }));
        Ok(Self {
            sekisho,
            http,
            shutdown,
            servers: Mutex::new(servers),
            desk_thread: Mutex::new(Some(desk_thread)),
        })
    }

    /// Says where to look and what is missing.
    fn announce(&self) {
        let s = &self.sekisho;
        let listen: Vec<String> = s.intake.addresses().iter().map(ToString::to_string).collect();
        tracing::info!(page = %format!("http://{}/", self.http), flow = listen.join(" "), data = %s.settings.data.display(), dry_run = !s.actuator.sends(), "sekisho is up");
        let at = s.clock.now();
        let (missing, exporters) = {
            let desk = s.desk();
            (desk.standing().missing(desk.book(), at.wall), s.intake.health().len())
        };
        if exporters == 0 {
            tracing::warn!(
                "no exporter is allowed, so nothing is decoded: add [[exporter]] entries, or `sekisho exporters allow NAME=ADDRESS --reason … --as …`"
            );
        }
        if s.settings.person.is_empty() {
            tracing::warn!(
                "nobody is in the settings, so nothing can be signed: add [[person]] entries with name and roles"
            );
        }
        if !missing.is_empty() {
            tracing::warn!(
                count = missing.len(),
                "measures lack something before they can run: `sekisho measures --as NAME` says what and how"
            );
        }
    }

    /// Stops in order: withdraw, end threads, end servers.
    pub(crate) async fn stop(&self) {
        // The desk stops first, so that nothing is applied while everything is being withdrawn.
        self.sekisho.stop.store(true, std::sync::atomic::Ordering::Release);
        let desk = self.desk_thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(desk) = desk {
            let _ended_badly = tokio::task::spawn_blocking(move || desk.join()).await;
        }
        self.sekisho.stop().await;
        let _nobody_listens = self.shutdown.send(true);
        let servers =
            core::mem::take(&mut *self.servers.lock().unwrap_or_else(PoisonError::into_inner));
        for server in servers {
            let _ended_badly = server.await;
        }
    }
}

/// What the control socket answers that is not the desk's.
fn answer(sekisho: &Sekisho, query: &str) -> Option<Result<Value, String>> {
    let answer = match query {
        "exporters" => Ok(json!({ "exporters": sekisho.intake.health(), "strangers": sekisho.intake.strangers(), "interfaces": sekisho.intake.counters() })),
        "ledger" => sekisho.account.standing().map_err(|e| e.to_string()).map(|s| {
            json!({ "entries": s.entries, "checkpoint": s.checkpoint, "public-key": s.public_key, "witnessed": s.witnessed, "lag": s.lag })
        }),
        "status" => serde_json::to_value(snapshot::take(sekisho)).map_err(|e| e.to_string()),
        "standing" => Ok(json!({
            "standing": sekisho.actuator.standing().iter().map(|s| json!({ "id": s.id, "answer": s.answer, "ends": s.ends.rfc3339(), "peers": s.peers })).collect::<Vec<_>>(),
            "dry-run": !sekisho.actuator.sends(),
        })),
        _ => return None,
    };
    Some(answer)
}

/// The signals that say stop: SIGTERM and SIGINT.
pub(crate) struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Stop {
    /// Hears them from now on; until then they end the program at once.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (terminate, interrupt) = (SignalKind::terminate(), SignalKind::interrupt());
        Ok(Self { terminate: signal(terminate)?, interrupt: signal(interrupt)? })
    }

    /// Waits for one of them.
    pub(crate) async fn signal(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

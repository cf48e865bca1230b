//! `sekisho demo`: `up` plus made-up people and a made-up ISP whose exporters send real datagrams.

mod addresses;
mod capture;
mod exporter;
mod isp;
mod people;
mod random;
mod script;
mod story;
mod traffic;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use decide::{LineEntry, LineKind};
use terms::{IpNet, Line};

use crate::cli;
use crate::run::{Running, Stop, runtime};
use crate::settings::{DetectSettings, LinkEntry, PrefixEntry, Settings};
use crate::show;
use isp::Isp;

/// Length of a made-up day in seconds.
const DAY: u64 = 60;

/// Runs the demo.
pub(crate) fn run(demo: cli::Demo) -> anyhow::Result<ExitCode> {
    let temporary = Temporary::make(demo.data.as_deref())?;
    let settings = settings(&temporary.folder, demo.http);
    runtime()?.block_on(async {
        let mut stop = Stop::listen()?;
        let running = Running::start(settings).await?;
        let destination =
            *running.sekisho.intake.addresses().first().context("no flow listener")?;
        let clock = Arc::clone(&running.sekisho.clock);
        let isp =
            Isp::start([destination; 3], Arc::new(move || clock.now()), traffic::Pace::demo(DAY))?;
        if let Some(file) = &demo.pcap {
            isp.replay(file)?;
        }
        say_where(&running);
        // The story is told on a thread that may wait; it ends early when the demo is interrupted.
        let running = Arc::new(running);
        let teller = Arc::clone(&running);
        let unattended = demo.script;
        let told = tokio::task::spawn_blocking(move || {
            let told = script::tell(&teller, &isp, unattended);
            isp.stop();
            told
        });
        let told = tokio::select! {
            told = told => told.context("the story broke off")?,
            () = stop.signal() => { show::line("stopping"); Ok(true) }
        };
        running.sekisho.stop.store(true, std::sync::atomic::Ordering::Release);
        running.stop().await;
        let ok = told?;
        let ledger = running.sekisho.settings.data.clone();
        let verified = crate::ledger::verify(&ledger, None, false)?;
        Ok(if ok && verified == ExitCode::SUCCESS { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// The made-up ISP's settings.
fn settings(data: &Path, http: SocketAddr) -> Settings {
    let line = |name: &str, address: std::net::IpAddr| LineEntry {
        line: Line(name.into()),
        prefixes: vec![IpNet::from(address)],
        kind: LineKind::Static,
    };
    let kind = |label: &str| if label == "hosting" { LineKind::Hosting } else { LineKind::Dynamic };
    let mut exporters: Vec<observe::Exporter> = addresses::LINKS
        .iter()
        .chain([&addresses::CAPTURE])
        .map(|l| observe::Exporter {
            name: l.exporter.into(),
            address: l.address.into(),
            sampling: None,
        })
        .collect();
    exporters.dedup_by(|a, b| a.name == b.name);
    Settings {
        operator: "Demo Net (made up)".into(),
        ledger: "demo.sekisho.example/ledger".into(),
        data: data.to_owned(),
        http,
        flow: observe::Config {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))],
            ..observe::Config::default()
        },
        exporter: exporters,
        prefix: addresses::OWN
            .iter()
            .map(|(label, net)| PrefixEntry {
                label: (*label).into(),
                net: *net,
                kind: kind(label),
            })
            .collect(),
        line: vec![line("line-7", addresses::LINE_7), line("line-9", addresses::LINE_9)],
        #[expect(clippy::cast_precision_loss, reason = "a round number")]
        link: addresses::LINKS
            .iter()
            .map(|l| LinkEntry {
                label: l.label.into(),
                exporter: l.exporter.into(),
                interface: l.interface,
                capacity_mbps: l.capacity as f64 / 1e6,
            })
            .collect(),
        person: people::people(),
        detect: DetectSettings {
            interval_ms: 1_000,
            consecutive: 3,
            calm: 4,
            warm_up: 15,
            slots: 1,
            period_seconds: DAY,
            weight: 0.1,
            held_rows: 500_000,
        },
        ..Settings::default()
    }
}

fn say_where(running: &Running) {
    let s = &running.sekisho;
    show::line(
        "Sekisho demo: a made-up ISP, made-up people, real NetFlow v9, IPFIX and sFlow over loopback.",
    );
    show::line(&format!(
        "  status page   http://{}/   (http://{}/?lang=ja)",
        running.http, running.http
    ));
    show::line(&format!("  metrics       http://{}/metrics", running.http));
    show::line(&format!(
        "  the desk      sekisho case list --data {} --as {}",
        s.settings.data.display(),
        people::NOC
    ));
    show::line(&format!("  the ledger    sekisho ledger verify {}", s.settings.data.display()));
    show::line(
        "  nothing is sent to any router: without BGP settings every mitigation is a dry run\n",
    );
}

/// A data folder that is removed at the end unless the user named it.
struct Temporary {
    folder: PathBuf,
    remove: bool,
}

impl Temporary {
    fn make(named: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(folder) = named {
            return Ok(Self { folder: folder.to_owned(), remove: false });
        }
        let folder = std::env::temp_dir().join(format!("sekisho-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self { folder, remove: true })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.remove {
            let _gone_already = std::fs::remove_dir_all(&self.folder);
        }
    }
}

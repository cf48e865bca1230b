//! Settings as written: one documented TOML, every field with a default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use decide::{LineEntry, LineKind, PersonEntry};
use ground::Role;
use serde::{Deserialize, Serialize};
use terms::{IpNet, OwnPrefixes};

/// Everything an operator may set. Legal numbers are not here: two persons set them in the book.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Settings {
    /// The operator's name, as subscribers know it.
    pub(crate) operator: String,
    /// Name of the ledger: the origin line of its checkpoints.
    pub(crate) ledger: String,
    /// Folder for the ledger, the sealed store and their keys.
    pub(crate) data: PathBuf,
    /// Where the status page, metrics and consent links are served. Loopback by default.
    pub(crate) http: SocketAddr,
    /// Days a standing signature holds before its review.
    pub(crate) review_days: u32,
    /// Receiving flow export.
    pub(crate) flow: observe::Config,
    /// Routers and switches whose export is decoded; others are counted only.
    pub(crate) exporter: Vec<observe::Exporter>,
    /// The operator's own prefixes, with a label each.
    pub(crate) prefix: Vec<PrefixEntry>,
    /// Lines with fixed addresses.
    pub(crate) line: Vec<LineEntry>,
    /// Links whose use tells whether own equipment is impaired.
    pub(crate) link: Vec<LinkEntry>,
    /// Staff and their roles.
    pub(crate) person: Vec<PersonEntry>,
    /// How statistics are cut and compared.
    pub(crate) detect: DetectSettings,
    /// BGP speaker; without it everything is a dry run.
    pub(crate) bgp: Option<act::Config>,
}

/// An own prefix.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PrefixEntry {
    /// Label shown on pages instead of the prefix.
    pub(crate) label: String,
    /// The prefix.
    pub(crate) net: IpNet,
    /// `dynamic`: statistics for the prefix only; `static`, `hosting`: for each address.
    pub(crate) kind: LineKind,
}

/// A link with a known capacity.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LinkEntry {
    /// Label.
    pub(crate) label: String,
    /// Name of the exporter that sees it.
    pub(crate) exporter: String,
    /// Its ifIndex there.
    pub(crate) interface: u32,
    /// Capacity in megabits a second.
    pub(crate) capacity_mbps: f64,
}

/// How statistics are cut and compared. None of these is a legal number: what counts as anomalous
/// is set in the book.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct DetectSettings {
    /// Length of an interval in milliseconds.
    pub(crate) interval_ms: u64,
    /// Intervals in a row that must be over the band.
    pub(crate) consecutive: u32,
    /// Intervals in a row back in the band before an attack has ended.
    pub(crate) calm: u32,
    /// Intervals to learn from before anything is compared.
    pub(crate) warm_up: u32,
    /// Parts of the period that each have a usual of their own; 1 for none.
    pub(crate) slots: u32,
    /// After how many seconds traffic repeats itself.
    pub(crate) period_seconds: u64,
    /// Weight of one interval in what is usual, between 0 and 1.
    pub(crate) weight: f64,
    /// Most rows the sealed last minutes may hold.
    pub(crate) held_rows: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            operator: "(operator's name not set)".into(),
            ledger: "sekisho.example/ledger".into(),
            data: PathBuf::from("sekisho-data"),
            http: SocketAddr::from(([127, 0, 0, 1], 8480)),
            review_days: 365,
            flow: observe::Config::default(),
            exporter: Vec::new(),
            prefix: Vec::new(),
            line: Vec::new(),
            link: Vec::new(),
            person: Vec::new(),
            detect: DetectSettings::default(),
            bgp: None,
        }
    }
}

impl Default for DetectSettings {
    fn default() -> Self {
        Self {
            interval_ms: 10_000,
            consecutive: 2,
            calm: 6,
            warm_up: 30,
            slots: 168,
            period_seconds: 7 * 86_400,
            weight: 0.05,
            held_rows: 2_000_000,
        }
    }
}

impl Settings {
    /// Reads settings from `path`; without one, the embedded defaults.
    pub(crate) fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the settings file {}", path.display()))?;
        let settings: Self = toml::from_str(&text).with_context(|| {
            format!("the settings file {} is not as it should be", path.display())
        })?;
        settings.check().with_context(|| format!("in the settings file {}", path.display()))?;
        Ok(settings)
    }

    /// What cannot be said in types.
    fn check(&self) -> anyhow::Result<()> {
        for prefix in &self.prefix {
            let alone = OwnPrefixes::of(vec![prefix.net]);
            alone.with_context(|| format!("in the [[prefix]] {}: {}", prefix.label, prefix.net))?;
        }
        self.own()?;
        for line in &self.line {
            for net in &line.prefixes {
                if !self.prefix.iter().any(|p| p.net.contains(net)) {
                    bail!("line {}: {net} is not inside any [[prefix]]", line.line);
                }
            }
        }
        for link in &self.link {
            if !self.exporter.iter().any(|e| e.name == link.exporter) {
                bail!("link {}: there is no [[exporter]] called {}", link.label, link.exporter);
            }
        }
        let mut names: Vec<&str> = self.person.iter().map(|p| p.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|w| w[0] == w[1]) {
            bail!("two [[person]] entries are called {}", twice[0]);
        }
        for person in &self.person {
            let not_staff = |role: &&Role| matches!(role, Role::System | Role::Line);
            if let Some(role) = person.roles.iter().find(not_staff) {
                bail!("[[person]] {}: {role} is not a role of the staff", person.name);
            }
        }
        if self.detect.interval_ms < 100 {
            bail!("detect.interval-ms must be at least 100");
        }
        Ok(())
    }

    /// The own prefixes.
    pub(crate) fn own(&self) -> anyhow::Result<OwnPrefixes> {
        OwnPrefixes::of(self.prefix.iter().map(|p| p.net).collect())
            .context("in the own prefixes ([[prefix]])")
    }

    /// What the desk needs of them.
    pub(crate) fn desk(&self) -> anyhow::Result<decide::Config> {
        Ok(decide::Config {
            people: self.person.clone(),
            lines: self.line.clone(),
            own: self.own()?,
            review_days: self.review_days,
        })
    }

    /// The label of the own prefix that holds `net`.
    pub(crate) fn label(&self, net: &IpNet) -> String {
        let inside = self.prefix.iter().filter(|p| p.net.contains(net));
        let narrowest = inside.max_by_key(|p| p.net.prefix_len());
        narrowest.map_or_else(|| "other".to_owned(), |p| p.label.clone())
    }
}

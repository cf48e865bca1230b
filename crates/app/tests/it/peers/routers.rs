//! GoBGP and BIRD as the routers that take rules.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ports::free_port;
use crate::program::{PATIENCE, Running, wait};
use crate::suite;

/// Our AS number; the routers' is [`THEIRS`].
pub(crate) const OURS: u32 = 64_500;
/// The routers' AS number.
pub(crate) const THEIRS: u32 = 64_501;

/// A router that shows which FlowSpec rules it has taken.
pub(crate) struct Router {
    name: &'static str,
    address: IpAddr,
    port: u16,
    client: PathBuf,
    /// What every question to it begins with.
    words: Vec<String>,
    _daemon: Running,
}

impl Router {
    /// GoBGP at `address`, its files in `folder`.
    pub(crate) fn gobgp(folder: &Path, address: IpAddr) -> Self {
        let (port, api) = (free_port(), free_port());
        let family = |name: &str| {
            format!(
                "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"{name}\"\n"
            )
        };
        let settings = format!(
            "[global.config]\nas = {THEIRS}\nrouter-id = \"{address}\"\nport = {port}\n\
             local-address-list = [\"{address}\"]\n[[neighbors]]\n[neighbors.config]\n\
             neighbor-address = \"127.0.0.1\"\npeer-as = {OURS}\n[neighbors.transport.config]\n\
             passive-mode = true\n[neighbors.ebgp-multihop.config]\nenabled = true\n{}{}",
            family("ipv4-flowspec"),
            family("ipv6-flowspec"),
        );
        let file = folder.join("gobgp.toml");
        std::fs::write(&file, settings).expect("settings of gobgpd");
        let mut command = Command::new(suite::find("gobgpd").expect("gobgpd"));
        command.args(["--pprof-disable", "--api-hosts", &format!("{address}:{api}"), "-f"]);
        let daemon = Running::start("gobgpd", folder, command.arg(file));
        let words = ["-u", &address.to_string(), "-p", &api.to_string()].map(str::to_owned).into();
        let client = suite::find("gobgp").expect("gobgp");
        Self { name: "gobgp", address, port, client, words, _daemon: daemon }.awaited(&["neighbor"])
    }

    /// BIRD at `address`, its files in `folder`.
    pub(crate) fn bird(folder: &Path, address: IpAddr) -> Self {
        let port = free_port();
        let settings = format!(
            "log stderr all;\nrouter id {address};\nflow4 table rules4;\nflow6 table rules6;\n\
             protocol device {{}}\nprotocol bgp sekisho {{\n\
             local {address} port {port} as {THEIRS};\nneighbor 127.0.0.1 as {OURS};\n\
             passive;\nmultihop;\nstrict bind;\n\
             flow4 {{ table rules4; import all; export none; }};\n\
             flow6 {{ table rules6; import all; export none; }};\n}}\n"
        );
        let (file, socket) = (folder.join("bird.conf"), folder.join("bird.ctl"));
        std::fs::write(&file, settings).expect("settings of bird");
        let mut command = Command::new(suite::find("bird").expect("bird"));
        command.arg("-f").arg("-c").arg(file).arg("-s").arg(&socket);
        command.arg("-P").arg(folder.join("bird.pid"));
        let daemon = Running::start("bird", folder, &mut command);
        let words = vec!["-s".to_owned(), socket.display().to_string()];
        let client = suite::find("birdc").expect("birdc");
        Self { name: "bird", address, port, client, words, _daemon: daemon }.awaited(&[
            "show",
            "protocols",
            "sekisho",
        ])
    }

    /// The settings of `sekisho up` that make it a peer.
    pub(crate) fn peer(&self) -> String {
        let Self { name, address, port, .. } = self;
        format!(
            "[[bgp.peers]]\nname = \"{name}\"\naddress = \"{address}\"\nport = {port}\n\
             local-address = \"127.0.0.1\"\nremote-asn = {THEIRS}\n"
        )
    }

    /// The IPv4 and IPv6 rules it has taken, as it shows them.
    /// `None` while it does not answer.
    pub(crate) fn rules(&self) -> Option<Vec<String>> {
        let mut rules = Vec::new();
        if self.name == "bird" {
            for table in ["rules4", "rules6"] {
                let shown = self.ask(&["show", "route", "table", table])?;
                let shown = shown.lines().filter(|l| l.starts_with("flow"));
                rules.extend(shown.map(|l| l.split("  [").next().unwrap_or(l).to_owned()));
            }
        } else {
            for table in ["ipv4-flowspec", "ipv6-flowspec"] {
                let shown = self.ask(&["global", "rib", "-a", table, "-j"])?;
                let shown: serde_json::Value = serde_json::from_str(&shown).ok()?;
                rules.extend(shown.as_object()?.keys().cloned());
            }
        }
        Some(rules)
    }

    /// Waits until what it shows is `so`; what it showed last.
    pub(crate) fn shows(&self, what: &str, so: impl Fn(&[String]) -> bool) -> Vec<String> {
        let mut rules = None;
        let came = wait(PATIENCE, || {
            rules = self.rules();
            rules.as_deref().is_some_and(&so)
        });
        assert!(came, "{} does not show {what}: {rules:#?}", self.name);
        println!("{} shows {what}: {rules:#?}", self.name);
        rules.unwrap_or_default()
    }

    fn awaited(self, words: &[&str]) -> Self {
        let there = wait(PATIENCE, || self.ask(words).is_some());
        assert!(there, "{} did not come up", self.name);
        self
    }

    fn ask(&self, words: &[&str]) -> Option<String> {
        let mut client = Command::new(&self.client);
        client.args(&self.words).args(words).stdin(Stdio::null());
        let output = client.output().expect("the router's client runs");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

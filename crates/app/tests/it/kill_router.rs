//! A real router for the tests that kill the program: GoBGP, asked what it holds.

use std::path::Path;
use std::process::Command;

use crate::ports::free_port;
use crate::program::{PATIENCE, Running, wait};
use crate::suite;

/// GoBGP on a loopback address of its own; ended with the test.
pub(crate) struct Gobgp {
    port: u16,
    api: u16,
    _running: Running,
}

impl Gobgp {
    /// Starts it, when it is installed.
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        if !suite::can_run("kill-gobgp", &["gobgpd", "gobgp"], "gobgpd") {
            return None;
        }
        let (port, api) = (free_port(), free_port());
        let family = |name: &str| {
            format!(
                "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"{name}\"\n"
            )
        };
        let settings = format!(
            "[global.config]\nas = 64501\nrouter-id = \"127.0.0.2\"\nport = {port}\n\
             local-address-list = [\"127.0.0.2\"]\n\
             [[neighbors]]\n[neighbors.config]\nneighbor-address = \"127.0.0.1\"\npeer-as = 64500\n\
             [neighbors.transport.config]\npassive-mode = true\n\
             [neighbors.timers.config]\nhold-time = 15\nkeepalive-interval = 1\n\
             idle-hold-time-after-reset = 1\n\
             [neighbors.ebgp-multihop.config]\nenabled = true\n{}{}",
            family("ipv4-flowspec"),
            family("ipv6-flowspec")
        );
        let file = folder.join("gobgp.toml");
        std::fs::write(&file, settings).expect("settings");
        let mut command = Command::new(suite::find("gobgpd")?);
        command.arg("-f").arg(&file).arg("--api-hosts").arg(format!("127.0.0.1:{api}"));
        command.arg("--pprof-disable");
        let running = Running::start("gobgpd", folder, &mut command);
        let router = Self { port, api, _running: running };
        let up = wait(PATIENCE, || router.ask("neighbor").contains("127.0.0.1"));
        assert!(up, "gobgpd did not come up");
        Some(router)
    }

    /// Settings of a speaker that announces to it.
    pub(crate) fn settings(&self) -> String {
        format!(
            "[bgp]\nlocal-asn = 64500\nrouter-id = \"127.0.0.1\"\n[[bgp.peers]]\n\
             name = \"router\"\naddress = \"127.0.0.2\"\nport = {}\nremote-asn = 64501\n\
             hold-seconds = 15\n",
            self.port
        )
    }

    /// The rules it holds, with how long it has held them left out.
    pub(crate) fn rules(&self) -> Vec<String> {
        let mut rules = Vec::new();
        for table in ["ipv4-flowspec", "ipv6-flowspec"] {
            let shown = self.ask(&format!("global rib -a {table} -j"));
            let shown: serde_json::Value = serde_json::from_str(&shown).unwrap_or_default();
            rules.extend(shown.as_object().into_iter().flat_map(|o| o.keys().cloned()));
        }
        rules
    }

    /// Waits until it holds something, or nothing.
    #[track_caller]
    pub(crate) fn holds(&self, something: bool) {
        let so = wait(PATIENCE, || self.rules().is_empty() != something);
        assert!(so, "waited in vain for rules = {something}: {:?}", self.rules());
    }

    fn ask(&self, words: &str) -> String {
        let Some(client) = suite::find("gobgp") else { return String::new() };
        let mut command = Command::new(client);
        command.args(["-u", "127.0.0.1", "-p", &self.api.to_string()]);
        let output = command.args(words.split(' ')).output().expect("gobgp runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

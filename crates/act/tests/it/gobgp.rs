//! The story with GoBGP as the router.

use std::net::IpAddr;
use std::path::PathBuf;

use act::Family;
use tempfile::TempDir;

use crate::daemon::{Daemon, output, until};
use crate::ports::free_port;
use crate::router::{Router, Shows, story};
use crate::suite;

struct Gobgp {
    address: IpAddr,
    port: u16,
    api: String,
    client: PathBuf,
    _daemon: Daemon,
    _folder: TempDir,
}

impl Gobgp {
    fn start() -> Self {
        let address: IpAddr = [127, 0, 0, 2].into();
        let (port, api) = (free_port(), free_port().to_string());
        let folder = TempDir::new().unwrap();
        let settings = format!(
            r#"
            [global.config]
            as = 64501
            router-id = "{address}"
            port = {port}
            local-address-list = ["{address}"]
            [[neighbors]]
            [neighbors.config]
            neighbor-address = "127.0.0.1"
            peer-as = 64500
            [neighbors.transport.config]
            passive-mode = true
            [neighbors.timers.config]
            hold-time = 15
            keepalive-interval = 1
            [neighbors.ebgp-multihop.config]
            enabled = true
            [[neighbors.afi-safis]]
            [neighbors.afi-safis.config]
            afi-safi-name = "ipv4-flowspec"
            [[neighbors.afi-safis]]
            [neighbors.afi-safis.config]
            afi-safi-name = "ipv6-flowspec"
            "#
        );
        std::fs::write(folder.path().join("gobgp.toml"), settings).unwrap();
        let hosts = format!("127.0.0.1:{api}");
        let arguments = ["-f", "gobgp.toml", "--api-hosts", &hosts, "--pprof-disable"];
        let daemon = Daemon::start(&suite::find("gobgpd").unwrap(), &arguments, folder.path());
        let client = suite::find("gobgp").unwrap();
        let router = Self { address, port, api, client, _daemon: daemon, _folder: folder };
        until("gobgpd", || {
            let shown = router.ask(&["neighbor", "-j"]);
            if shown.contains("127.0.0.1") { Ok(()) } else { Err(shown) }
        });
        router
    }

    fn ask(&self, words: &[&str]) -> String {
        let mut arguments = vec!["-u", "127.0.0.1", "-p", &self.api];
        arguments.extend_from_slice(words);
        output(&self.client, &arguments)
    }
}

impl Router for Gobgp {
    fn at(&self) -> (IpAddr, u16) {
        (self.address, self.port)
    }

    fn rules(&self, family: Family) -> Vec<String> {
        let table = match family {
            Family::Ipv4 => "ipv4-flowspec",
            Family::Ipv6 => "ipv6-flowspec",
        };
        let shown = self.ask(&["global", "rib", "-a", table, "-j"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap_or_default();
        let Some(rules) = shown.as_object() else { return vec![format!("no table: {shown}")] };
        let mut rules: Vec<String> =
            rules.iter().map(|(rule, paths)| format!("{rule} {}", action(paths))).collect();
        rules.sort();
        rules
    }

    fn session(&self, up: bool) {
        self.ask(&["neighbor", "127.0.0.1", if up { "enable" } else { "disable" }]);
    }
}

/// The action of the only path: the extended community (attribute 16) as GoBGP read it.
fn action(paths: &serde_json::Value) -> String {
    let attributes = paths[0]["attrs"].as_array().cloned().unwrap_or_default();
    let communities = attributes.iter().find(|a| a["type"] == 16);
    communities.map_or("no action".to_owned(), |a| a["value"].to_string())
}

#[test]
fn gobgp_takes_our_rules_and_drops_them_with_us() {
    if !suite::can_run("flowspec-gobgp", &["gobgpd", "gobgp"], "gobgpd") {
        return;
    }
    let shows = Shows {
        dns_discard: "[destination: 192.0.2.7/32][source: 198.51.100.0/24][protocol: ==udp]\
                      [source-port: ==53 >=5300&<=5399][packet-length: >=500&<=1500] \
                      [{\"as\":0,\"rate\":0,\"subtype\":6,\"type\":128}]",
        fragments_limited: "[destination: 192.0.2.7/32][protocol: ==udp][fragment: =is-fragment] \
                            [{\"as\":0,\"rate\":125000,\"subtype\":6,\"type\":128}]",
        syn_discard_v6: "[destination: 2001:db8:7::/48/0][protocol: ==tcp][destination-port: ==443]\
                         [tcp-flags: =S&!A] [{\"as\":0,\"rate\":0,\"subtype\":6,\"type\":128}]",
    };
    story(&Gobgp::start(), &shows);
}

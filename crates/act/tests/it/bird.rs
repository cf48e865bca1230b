//! The story with BIRD as the router.

use std::net::IpAddr;
use std::path::PathBuf;

use act::Family;
use tempfile::TempDir;

use crate::daemon::{Daemon, output, until};
use crate::ports::free_port;
use crate::router::{Router, Shows, story};
use crate::suite;

struct Bird {
    address: IpAddr,
    port: u16,
    socket: String,
    client: PathBuf,
    _daemon: Daemon,
    _folder: TempDir,
}

impl Bird {
    fn start() -> Self {
        let address: IpAddr = [127, 0, 0, 3].into();
        let port = free_port();
        let folder = TempDir::new().unwrap();
        let settings = format!(
            "log stderr all;
            router id {address};
            flow4 table rules4;
            flow6 table rules6;
            protocol device {{}}
            protocol bgp sekisho {{
                local {address} port {port} as 64501;
                neighbor 127.0.0.1 as 64500;
                passive;
                multihop;
                strict bind;
                hold time 15;
                keepalive time 1;
                error wait time 1, 1;
                flow4 {{ table rules4; import all; export none; }};
                flow6 {{ table rules6; import all; export none; }};
            }}
            "
        );
        std::fs::write(folder.path().join("bird.conf"), settings).unwrap();
        let arguments = ["-f", "-c", "bird.conf", "-s", "socket", "-P", "pid"];
        let daemon = Daemon::start(&suite::find("bird").unwrap(), &arguments, folder.path());
        let socket = folder.path().join("socket").display().to_string();
        let client = suite::find("birdc").unwrap();
        let router = Self { address, port, socket, client, _daemon: daemon, _folder: folder };
        until("bird", || {
            let shown = router.ask("show protocols sekisho");
            if shown.contains("BGP") { Ok(()) } else { Err(shown) }
        });
        router
    }

    fn ask(&self, words: &str) -> String {
        output(&self.client, &["-s", &self.socket, words])
    }
}

impl Router for Bird {
    fn at(&self) -> (IpAddr, u16) {
        (self.address, self.port)
    }

    fn rules(&self, family: Family) -> Vec<String> {
        let shown = self.ask(match family {
            Family::Ipv4 => "show route table rules4 all",
            Family::Ipv6 => "show route table rules6 all",
        });
        let mut rules = Vec::new();
        for line in shown.lines() {
            if let Some((rule, _)) = line.split_once("  [").filter(|_| line.starts_with("flow")) {
                rules.push(rule.to_owned());
            } else if let (Some(value), Some(rule)) =
                (line.trim().strip_prefix("BGP.ext_community: "), rules.last_mut())
            {
                rule.push_str(&format!(" {value}"));
            }
        }
        rules.sort();
        rules
    }

    fn session(&self, up: bool) {
        self.ask(if up { "enable sekisho" } else { "disable sekisho" });
    }
}

#[test]
fn bird_takes_our_rules_and_drops_them_with_us() {
    if !suite::can_run("flowspec-bird", &["bird", "birdc"], "bird2") {
        return;
    }
    // Traffic-rate-bytes is 0x8006; the rate is an IEEE single: 125000.0 is 0x47f42400.
    let shows = Shows {
        dns_discard: "flow4 { dst 192.0.2.7/32; src 198.51.100.0/24; proto 17; \
                      sport 53,5300..5399; length 500..1500; } (generic, 0x80060000, 0x0)",
        fragments_limited: "flow4 { dst 192.0.2.7/32; proto 17; fragment is_fragment; } \
                            (generic, 0x80060000, 0x47f42400)",
        syn_discard_v6: "flow6 { dst 2001:db8:7::/48; next header 6; dport 443; \
                         tcp flags 0x2/0x2 && 0x0/0x10; } (generic, 0x80060000, 0x0)",
    };
    story(&Bird::start(), &shows);
}

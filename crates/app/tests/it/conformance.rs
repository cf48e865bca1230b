//! Captures of real attacks nobody here made, through a real exporter, to rules at a real router.
//!
//! They are read where `SEKISHO_CORPORA` says; without it these tests do nothing. What was measured
//! with them, on two cores with a debug build, stands at each [`Attack`].
#![expect(
    clippy::print_stdout,
    reason = "coverage, collateral and times are told, not only bounded"
)]

use std::net::{IpAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use observe::encode::{NetFlow9, Record};
use serde_json::{Value, json};
use terms::Time;

use crate::peers::routers::{OURS, Router};
use crate::peers::{namespace, packets};
use crate::ports::free_port;
use crate::program::{Operator, Running, wait};
use crate::site::say;
use crate::suite;

const SUITE: &str = "attacks-softflowd-gobgp";
const VICTIM: &str = "10.10.10.10";

/// A capture, and what must be learnt of it: the label in its name, no byte of it.
struct Attack {
    file: &'static str,
    /// One of these must be in each rule, and each in one.
    rules: &'static [&'static [&'static str]],
    /// Least share of the attack's bytes that the rules cover.
    covers: f64,
}

/// Read at once: 3,978 records, none lost, a plan 0.5 to 1.3 s later, coverage 1.00. On a wire: a plan
/// 3.4 to 6.1 s after the first packet, coverage 0.98 to 1.00. Collateral 0.00 in both. The answers
/// come from port 4500 (IKE with NAT traversal), not 500.
const ISAKMP: Attack = Attack {
    file: "amp.UDP.isakmp.pcap",
    rules: &[&["[protocol: ==udp]", "[source-port: ==4500]"]],
    covers: 0.95,
};

/// Read at once: 414 records, none lost, a plan 0.6 to 1.1 s later, coverage 0.84; on a wire: a plan after
/// 3.9 to 4.7 s, coverage 0.85 to 0.93; collateral 0.00 in both. What is not covered are scans and answers over
/// TCP that are in the capture too. softflowd tells fragments by nothing but their ports, 0. A second port,
/// 443, sends a little to the same port of the victim: where it weighs enough, it is in the rule of port 53.
const DNS: Attack = Attack {
    file: "amp.dns.RRSIG.fragmented.pcap",
    rules: &[
        &["[protocol: ==udp]", "[fragment: =is-fragment]"],
        &["[protocol: ==udp]", "[source-port: ==53"],
    ],
    covers: 0.8,
};

/// Read at once: 37,669 records in 1,420 datagrams, none lost, a plan 0.6 to 1.2 s later; on a wire: a plan
/// after 2.9 to 3.6 s; coverage 0.97 to 1.00, collateral 0.00.
const SYN: Attack = Attack {
    file: "pkt.TCP.synflood.spoofed.pcap",
    rules: &[&["[protocol: ==tcp]", "[destination-port: ==25565]", "[tcp-flags: =S&!A]"]],
    covers: 0.95,
};

#[test]
fn conformance_an_isakmp_amplification_becomes_a_rule_on_its_source_port() {
    read_at_once(&ISAKMP);
}

#[test]
fn conformance_a_fragmented_dns_amplification_becomes_rules_on_fragments_and_port_53() {
    read_at_once(&DNS);
}

#[test]
fn conformance_a_syn_flood_becomes_a_rule_on_its_flags_and_port() {
    read_at_once(&SYN);
}

#[test]
fn conformance_the_same_attacks_on_a_wire_become_the_same_rules() {
    let test = "conformance::conformance_the_same_attacks_on_a_wire_become_the_same_rules";
    let programs = ["softflowd", "tcpreplay", "gobgpd", "gobgp", "ip", "unshare"];
    let packages = "softflowd tcpreplay gobgpd iproute2 util-linux";
    if corpora().is_none() || !namespace::is_inside(test, SUITE, &programs, packages) {
        return;
    }
    let (ours, theirs) = namespace::wire();
    for attack in [ISAKMP, DNS, SYN] {
        let capture = corpora().expect("it was there").join("attacks").join(attack.file);
        let station = Station::start(1000, 2);
        let mut softflowd = station.softflowd("9");
        softflowd.args(["-t", "maxlife=1", "-t", "expint=0", "-i", theirs]);
        let exporter = Running::start("softflowd", station.folder(), &mut softflowd);
        let wire = packets::send_at("5", station.folder(), &capture, ours);
        station.follow(&attack, "on a wire at 5 Mbit/s, NetFlow v9");
        drop((exporter, wire));
    }
}

/// The whole capture is read as fast as it can be, in each format the exporter speaks: one burst.
fn read_at_once(attack: &Attack) {
    let Some(corpora) = corpora() else { return };
    if !suite::can_run(SUITE, &["softflowd", "gobgpd", "gobgp"], "softflowd gobgpd") {
        return;
    }
    let capture = corpora.join("attacks").join(attack.file);
    for version in ["5", "9", "10"] {
        // There is one interval of it, so one must do; and in that it must be whole: what is learnt of a
        // part of it covers less.
        let station = Station::start(3_000, 1);
        station.until_an_interval_begins();
        let mut softflowd = station.softflowd(version);
        softflowd.arg("-r").arg(&capture);
        let exporter = Running::start("softflowd", station.folder(), &mut softflowd);
        station.follow(attack, &format!("read at once, version {version}"));
        drop(exporter);
    }
}

/// Where the captures are, when they are there.
#[expect(clippy::disallowed_methods, reason = "a test is told where the captures are")]
fn corpora() -> Option<PathBuf> {
    std::env::var_os("SEKISHO_CORPORA").map(PathBuf::from)
}

/// A running operator with its router, and usual traffic told by a second exporter.
struct Station {
    operator: Operator,
    router: Router,
    usual: std::cell::RefCell<Usual>,
    to: std::net::SocketAddr,
    _sekisho: Running,
    _folder: tempfile::TempDir,
}

impl Station {
    /// Starts all and lets it learn what is usual. An attack shows after so many intervals of so many
    /// milliseconds.
    fn start(interval: u32, consecutive: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let router = Router::gobgp(folder.path(), [127, 0, 0, 2].into());
        let to = std::net::SocketAddr::from(([127, 0, 0, 1], free_port()));
        let operator = Operator::with(&settings(to, interval, consecutive, &router));
        let sekisho = operator.up();
        operator.begin(
            &[
                ("statistics-days", "30"),
                ("hold-minutes", "2"),
                ("anomaly-band", "6"),
                ("anomaly-floor-mbps", "1"),
                ("impaired-percent", "90"),
                ("risk-percent", "70"),
                ("block-minutes", "5"),
                ("fact-minutes", "10"),
                ("tell-hours", "24"),
            ],
            &[
                "13-su-take-statistics",
                "90-hold-briefly",
                "17-chi-analyse-anomaly",
                "04-e-a-block-while-impaired",
            ],
        );
        let usual = Usual::to(to).into();
        let station = Self { operator, router, usual, to, _sekisho: sekisho, _folder: folder };
        // Ten times a second, for eight intervals.
        let enough = u64::from(interval) / 100 * 8;
        let learnt = station.wait(60, || station.usual.borrow().sent >= enough);
        assert!(learnt && station.cases().is_empty());
        station
    }

    /// An interval has begun when the statistics of the one before are kept.
    fn until_an_interval_begins(&self) {
        let kept = || {
            let status = say(&self.operator.data(), &json!({ "as": "", "query": "status" }));
            status.map_or(Value::Null, |s| s["kept"].clone())
        };
        let before = kept();
        let begun = self.wait(60, || !kept().is_null() && kept() != before);
        assert!(begun && !before.is_null(), "{before}: {}", self.operator.log());
    }

    fn folder(&self) -> &Path {
        self.operator.folder.path()
    }

    /// The exporter, without what it reads.
    fn softflowd(&self, version: &str) -> Command {
        let mut softflowd = Command::new(suite::find("softflowd").expect("softflowd"));
        softflowd.args(["-n", &self.to.to_string(), "-v", version, "-A", "milli", "-d"]);
        softflowd.arg("-p").arg(self.folder().join("softflowd.pid"));
        softflowd.arg("-c").arg(self.folder().join("softflowd.ctl"));
        softflowd
    }

    /// From the first finding to the rules at the router.
    fn follow(&self, attack: &Attack, how: &str) {
        let began = now();
        let name = attack.file;
        let is = |state: &str, verdict: &str| {
            self.cases().iter().any(|c| c["state"] == state && c["verdict"] == verdict)
        };
        // Nothing is set that tells by machine whether own equipment suffers: operations says.
        let asked = self.wait(60, || is("waiting", "ASK"));
        assert!(asked, "{name} {how}: no plan: {:#?}\n{}", self.cases(), self.operator.log());
        let found = began.elapsed();
        self.operator.does("noc", &["case", "answer", "1", "own-equipment-impaired", "yes"]);
        let case = self.operator.does("noc", &["case", "show", "1"]);
        let learnt = &case["learnt"];
        let exporters = self.operator.query("exporters").unwrap_or_default();
        let softflowd = &exporters["exporters"][0];
        let of = |field: &str| softflowd[field].as_u64().unwrap_or(0);
        let (heard, lost) = (of("records"), of("lost_records") + of("lost_datagrams"));
        println!("{name} {how}: {heard} records, {lost} lost; plan after {found:?}; {learnt}");
        assert_eq!(case["target"], format!("{VICTIM}/32"));
        assert!(learnt["coverage"].as_f64() >= Some(attack.covers), "{name} {how}: {learnt:#}");
        assert!(learnt["collateral"].as_f64() <= Some(0.1), "{name} {how}: {learnt:#}");
        assert_eq!(case["doubtful"], false, "{name} {how}");
        self.operator.does("noc", &["case", "sign", "1"]);
        let granted = self.wait(60, || is("mitigated", "OK-EMERG"));
        assert!(granted, "{name} {how}: {:#?}", self.cases());
        let to = format!("[destination: {VICTIM}/32]");
        let is_one = |rule: &String, traits: &[&str]| {
            rule.starts_with(&to) && traits.iter().all(|t| rule.contains(t))
        };
        let rules = self.router.shows("rules", |rules| !rules.is_empty());
        for traits in attack.rules {
            assert!(rules.iter().any(|r| is_one(r, traits)), "{name} {how}: {traits:?} {rules:#?}");
        }
        self.operator.does("noc", &["halt", "--reason", "the test is over"]);
        self.router.shows("nothing", <[String]>::is_empty);
        self.operator.verifies().expect("the ledger verifies");
    }

    fn cases(&self) -> Vec<Value> {
        let cases = self.operator.does("noc", &["case", "list"]);
        cases.as_array().cloned().unwrap_or_default()
    }

    /// Waits until `so`, while people go on with what they do.
    fn wait(&self, seconds: u64, mut so: impl FnMut() -> bool) -> bool {
        wait(Duration::from_secs(seconds), || {
            self.usual.borrow_mut().send();
            so()
        })
    }
}

/// One own prefix with a hosted server; one exporter on the wire, one for all other traffic.
fn settings(
    listen: std::net::SocketAddr,
    interval: u32,
    consecutive: u32,
    router: &Router,
) -> String {
    format!(
        r#"
        http = "127.0.0.1:0"
        [flow]
        listen = ["{listen}"]
        [[exporter]]
        name = "softflowd"
        address = "127.0.0.1"
        [[exporter]]
        name = "edge"
        address = "127.0.0.4"
        [[prefix]]
        label = "hosting"
        net = "10.10.10.0/24"
        kind = "static"
        [[line]]
        line = "victim"
        prefixes = ["{VICTIM}/32"]
        kind = "static"
        [[person]]
        name = "noc"
        roles = ["operations"]
        [[person]]
        name = "law"
        roles = ["legal"]
        [detect]
        interval-ms = {interval}
        consecutive = {consecutive}
        calm = 10
        warm-up = 6
        slots = 1
        weight = 0.1
        [bgp]
        local-asn = {OURS}
        router-id = "192.0.2.1"
        {peer}
        "#,
        peer = router.peer(),
    )
}

/// Usual traffic of 3 Mbit/s, as an exporter of NetFlow v9 tells it ten times a second.
struct Usual {
    socket: UdpSocket,
    exporter: NetFlow9,
    began: Instant,
    /// Datagrams of flows sent.
    sent: u64,
}

impl Usual {
    fn to(to: std::net::SocketAddr) -> Self {
        let socket = UdpSocket::bind(("127.0.0.4", 0)).expect("a socket");
        socket.connect(to).expect("an address");
        let exporter = NetFlow9 { boot: Time(0), sequence: 0, source: 1, sampling: Some(1) };
        let mut usual = Self { socket, exporter, began: now(), sent: 0 };
        let templates = usual.exporter.templates(usual.at());
        usual.socket.send(&templates).expect("templates are sent");
        usual
    }

    /// Sends what is due.
    fn send(&mut self) {
        let due = self.began.elapsed().as_millis() / 100;
        while u128::from(self.sent) < due {
            let at = self.at();
            for datagram in self.exporter.datagrams(at, &flows(self.sent, at)) {
                self.socket.send(&datagram).expect("flows are sent");
            }
            self.sent += 1;
        }
    }

    fn at(&self) -> Time {
        Time(i64::try_from(self.began.elapsed().as_millis()).expect("soon"))
    }
}

/// Pages, video, names and mail for the prefix; a tenth of it for the server that is to suffer.
fn flows(turn: u64, at: Time) -> Vec<Record> {
    let kinds: [(u8, u16, u16, u16, u64, u64); 6] = [
        (6, 443, 0, 0x18, 12, 14_000),
        (6, 443, 0, 0x1b, 6, 6_000),
        (17, 443, 0, 0, 12, 13_000),
        (17, 53, 0, 0, 1, 150),
        (6, 0, 25, 0x1b, 4, 2_000),
        (6, 0, 443, 0x02, 1, 60),
    ];
    let place = |i: usize| (usize::try_from(turn).unwrap_or(0) * 7 + i * 3) % 40;
    // The port of whoever speaks to a service is another one each time.
    let ports = turn.wrapping_mul(7_919);
    let port = |port: u16| match port {
        0 => 32_768 + u16::try_from(ports % 28_000).expect("small"),
        known => known,
    };
    let flow = |(i, &(protocol, src_port, dst_port, tcp_flags, packets, bytes))| {
        let host = if place(i) < 4 { 10 } else { 20 + place(i) };
        Record {
            src: IpAddr::from([192, 0, 2, u8::try_from(1 + place(i)).expect("small")]),
            dst: IpAddr::from([10, 10, 10, u8::try_from(host).expect("small")]),
            src_port: port(src_port),
            dst_port: port(dst_port),
            protocol,
            tcp_flags,
            bytes,
            packets,
            fragment: false,
            input: 1,
            output: 2,
            start: at,
            end: at,
        }
    };
    kinds.iter().enumerate().map(flow).collect()
}

#[expect(clippy::disallowed_methods, reason = "usual traffic is sent as time passes")]
fn now() -> Instant {
    Instant::now()
}

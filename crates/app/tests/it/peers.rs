//! Real packets, a real exporter, real routers: from a wire in a namespace to FlowSpec rules and back.
#![expect(clippy::print_stdout, reason = "what real peers show is shown where a test fails")]

pub(crate) mod namespace;
pub(crate) mod packets;
pub(crate) mod routers;

use std::net::IpAddr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::{Operator, PATIENCE, Running, wait};
use crate::suite;
use packets::Packet;
use routers::Router;

const SUITE: &str = "netns-softflowd-gobgp-bird";
const PROGRAMS: &[&str] =
    &["softflowd", "tcpreplay", "gobgpd", "gobgp", "bird", "birdc", "ip", "unshare"];
const PACKAGES: &str = "softflowd tcpreplay gobgpd bird2 iproute2 util-linux";

const SHOP: &str = "203.0.113.10";
const SHOP_V6: &str = "2001:db8:100:10::1";
/// The link the exporter sees, as its ifIndex.
const LINK: u32 = 7;
/// Usual packets a second.
const USUAL: u32 = 80;
/// Packets of the attack a second.
const ATTACK: u32 = 600;
/// Length of each capture in seconds: no flow comes back within it.
const LOOP: u32 = 8;

#[test]
fn rules_that_netflow_v9_led_to_go_when_the_attack_ends() {
    let test = "peers::rules_that_netflow_v9_led_to_go_when_the_attack_ends";
    if namespace::is_inside(test, SUITE, PROGRAMS, PACKAGES) {
        story("9", "10", |attack, _| drop(attack), "the attack that caused it has ended");
    }
}

#[test]
fn rules_that_ipfix_led_to_go_at_their_end_though_the_attack_goes_on() {
    let test = "peers::rules_that_ipfix_led_to_go_at_their_end_though_the_attack_goes_on";
    if namespace::is_inside(test, SUITE, PROGRAMS, PACKAGES) {
        // 36 seconds: time enough for both to stand at once. Nobody signs again, so they do not come back.
        let nothing = |attack, kept: &mut Vec<Running>| kept.push(attack);
        story("10", "0.6", nothing, "its end has come");
    }
}

/// Packets → softflowd → sekisho → signature → rules at both routers → gone, for the reason `why`.
fn story(
    version: &str,
    block_minutes: &str,
    end: impl FnOnce(Running, &mut Vec<Running>),
    why: &str,
) {
    let (ours, theirs) = namespace::wire();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let routers =
        [Router::gobgp(folder, [127, 0, 0, 2].into()), Router::bird(folder, [127, 0, 0, 3].into())];
    let operator = Operator::with(&settings(&routers));
    let sekisho = operator.up();
    operator.begin(
        &[
            ("statistics-days", "30"),
            ("hold-minutes", "2"),
            ("anomaly-band", "6"),
            ("anomaly-floor-mbps", "0.5"),
            ("impaired-percent", "90"),
            ("risk-percent", "70"),
            ("block-minutes", block_minutes),
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
    let mut kept = vec![softflowd(folder, theirs, version)];
    let usual = packets::write(folder, "usual.pcap", &usual());
    let attack = packets::write(folder, "attack.pcap", &attack());
    kept.push(packets::send("usual", folder, &usual, ours));
    // What is usual is learnt from four intervals of a second.
    let enough = u64::from(USUAL) * 12;
    let learnt = wait(PATIENCE, || records(&operator) >= enough);
    assert!(learnt, "usual traffic is exported: {:#?}", operator.query("exporters"));
    assert_eq!(operator.does("noc", &["case", "list"]), serde_json::json!([]));

    let attack = packets::send("attack", folder, &attack, ours);
    let cases = sign_both(&operator);
    let both = |rules: &[String]| rules.len() == 2;
    let gobgp = routers[0].shows("both rules", both);
    assert_eq!(gobgp.iter().filter(|r| is_gobgps(r)).count(), 2, "{gobgp:#?}");
    let bird = routers[1].shows("both rules", both);
    assert_eq!(bird.iter().filter(|r| is_birds(r)).count(), 2, "{bird:#?}");
    must_have_learnt(&operator, &cases);

    end(attack, &mut kept);
    for router in &routers {
        router.shows("no rule any more", <[String]>::is_empty);
    }
    for case in cases {
        let gone = wait(PATIENCE, || withdrawn(&operator, case).is_some());
        let said = withdrawn(&operator, case).unwrap_or_default();
        assert!(gone && said.to_lowercase().contains(why), "case {case}: {said}");
        println!("case {case}: {said}");
    }
    let text = operator.verifies().expect("the ledger verifies");
    println!("{text}");
    for (kind, least) in [("answered", 2), ("signed", 2), ("applied", 2), ("withdrawn", 2)] {
        let booked = booked(&operator.data(), kind);
        assert!(booked >= least, "the ledger has {booked} entries of the kind {kind}");
        println!("{kind}: {booked} entries in the ledger");
    }
    drop(sekisho);
}

/// An operator whose exporter and routers are on loopback addresses.
fn settings(routers: &[Router]) -> String {
    let peers: String = routers.iter().map(Router::peer).collect();
    format!(
        r#"
        http = "127.0.0.1:8480"
        [flow]
        listen = ["127.0.0.1:2055"]
        [[exporter]]
        name = "edge-1"
        address = "127.0.0.1"
        [[prefix]]
        label = "hosting"
        net = "203.0.113.0/24"
        kind = "static"
        [[prefix]]
        label = "hosting-v6"
        net = "2001:db8:100::/40"
        kind = "static"
        [[line]]
        line = "shop"
        prefixes = ["{SHOP}/32", "{SHOP_V6}/128"]
        kind = "static"
        [[link]]
        label = "transit"
        exporter = "edge-1"
        interface = {LINK}
        capacity-mbps = 3.0
        [[person]]
        name = "noc"
        roles = ["operations"]
        [[person]]
        name = "law"
        roles = ["legal"]
        [[person]]
        name = "desk"
        roles = ["desk"]
        [detect]
        interval-ms = 1000
        consecutive = 2
        calm = 3
        warm-up = 4
        slots = 1
        weight = 0.1
        [bgp]
        local-asn = {ours}
        router-id = "192.0.2.1"
        {peers}
        "#,
        ours = routers::OURS,
    )
}

/// The exporter on the far end of the wire. It lets no flow grow older than it must.
fn softflowd(folder: &Path, interface: &str, version: &str) -> Running {
    let mut softflowd = Command::new(suite::find("softflowd").expect("softflowd"));
    softflowd.args(["-i", &format!("{LINK}:{interface}"), "-n", "127.0.0.1:2055", "-v", version]);
    softflowd.args(["-A", "milli", "-d", "-t", "maxlife=1", "-t", "expint=0"]);
    softflowd.arg("-p").arg(folder.join("softflowd.pid"));
    softflowd.arg("-c").arg(folder.join("softflowd.ctl"));
    Running::start("softflowd", folder, &mut softflowd)
}

/// What people do: pages, video, names, to many addresses of both prefixes, the shop's too.
fn usual() -> Vec<Packet> {
    let packet = |i: u32| {
        let v6 = i.is_multiple_of(2);
        let host = 10 + i / 2 % 40;
        let (protocol, src_port, len) = match i / 2 % 8 {
            0..5 => (6, 443, 1000),
            5 | 6 => (17, 443, 1100),
            _ => (17, 53, 150),
        };
        let (src, dst) = if v6 {
            (format!("2001:db8:ffff::{i:x}"), format!("2001:db8:100:{host}::1"))
        } else {
            (format!("198.51.100.{}", 1 + i % 250), format!("203.0.113.{host}"))
        };
        let dst_port = 30_000 + u16::try_from(i).expect("few");
        Packet { src_port, dst_port, protocol, len, ..at(i, USUAL, &src, &dst) }
    };
    (0..USUAL * LOOP).map(packet).collect()
}

/// Answers of abused resolvers to the shop, at both of its addresses.
fn attack() -> Vec<Packet> {
    let packet = |i: u32| {
        let (src, dst) = if i.is_multiple_of(2) {
            (format!("2001:db8:eeee:{:x}::53", i % 200), SHOP_V6)
        } else {
            (format!("192.0.2.{}", 1 + i % 200), SHOP)
        };
        let dst_port = 20_000 + u16::try_from(i).expect("few");
        Packet { src_port: 53, dst_port, len: 1200, ..at(i, ATTACK, &src, dst) }
    };
    (0..ATTACK * LOOP).map(packet).collect()
}

/// The `i`th packet of so many a second; twenty times a second some are sent.
fn at(i: u32, rate: u32, src: &str, dst: &str) -> Packet {
    let parse = |a: &str| a.parse::<IpAddr>().expect("an address");
    let (at, src, dst) = (i * 20 / rate * 50, parse(src), parse(dst));
    Packet { at, src, dst, protocol: 17, src_port: 0, dst_port: 0, len: 0 }
}

/// Records the exporter has sent, as far as they were read.
fn records(operator: &Operator) -> u64 {
    let exporters = operator.query("exporters").unwrap_or_default();
    exporters["exporters"][0]["records"].as_u64().unwrap_or(0)
}

/// Waits until both attacks have a case with a plan that waits for a signature, and signs each.
fn sign_both(operator: &Operator) -> Vec<u64> {
    let mut signed: Vec<u64> = Vec::new();
    let mut shown = Value::Null;
    let both = wait(PATIENCE, || {
        shown = operator.does("noc", &["case", "list"]);
        for case in shown.as_array().into_iter().flatten() {
            let id = case["case"].as_u64().expect("a number");
            if case["state"] == "waiting" && case["verdict"] == "ASK" && !signed.contains(&id) {
                operator.does("noc", &["case", "sign", &id.to_string()]);
                println!("case {id}: {}", case["words"]["en"]);
                signed.push(id);
            }
        }
        signed.len() >= 2
    });
    assert!(both, "two cases with a plan: {shown:#}\n{}", operator.log());
    signed
}

/// Looks at the cases while the attack goes on: when it is over there is no ground to look any more.
fn must_have_learnt(operator: &Operator, cases: &[u64]) {
    let mut targets = Vec::new();
    for id in cases {
        let case = operator.does("noc", &["case", "show", &id.to_string()]);
        println!("case {id}: learnt {}", case["learnt"]);
        targets.push(case["target"].as_str().unwrap_or_default().to_owned());
        assert!(case["learnt"]["coverage"].as_f64() > Some(0.95), "{:#}", case["learnt"]);
        assert_eq!(case["line"], "shop");
    }
    targets.sort();
    assert_eq!(targets, [format!("{SHOP_V6}/128"), format!("{SHOP}/32")]);
}

/// Why the mitigation of a case was withdrawn, when it was.
fn withdrawn(operator: &Operator, case: u64) -> Option<String> {
    let cases = operator.does("noc", &["case", "list"]);
    let case = cases.as_array()?.iter().find(|c| c["case"] == case)?;
    Some(case["withdrawn"]["why"]["en"].as_str()?.to_owned())
}

/// Entries of this kind in the ledger.
fn booked(data: &Path, kind: &str) -> usize {
    // Tests stay far below 256 entries, so there is one bundle, and the widest holds all.
    let bundles = std::fs::read_dir(data.join("ledger/tile/entries/000.p")).expect("entries");
    let widest = bundles
        .filter_map(|f| f.ok()?.file_name().to_str()?.parse::<u16>().ok())
        .max()
        .expect("an entry");
    let path = data.join(format!("ledger/tile/entries/000.p/{widest}"));
    let bundle = std::fs::read(path).expect("a bundle of entries");
    let kind = format!("\"kind\":\"{kind}\"");
    String::from_utf8_lossy(&bundle).matches(&kind).count()
}

fn is_gobgps(rule: &str) -> bool {
    let to = [format!("[destination: {SHOP}/32]"), format!("[destination: {SHOP_V6}/128/0]")];
    let traits = ["[protocol: ==udp]", "[source-port: ==53]"];
    to.iter().any(|to| rule.contains(to)) && traits.iter().all(|t| rule.contains(t))
}

fn is_birds(rule: &str) -> bool {
    let v4 = format!("flow4 {{ dst {SHOP}/32; proto 17; sport 53;");
    let v6 = format!("flow6 {{ dst {SHOP_V6}/128; next header 17; sport 53;");
    rule.starts_with(&v4) || rule.starts_with(&v6)
}

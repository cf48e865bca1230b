//! Hostile, forged and unknown exporters against the running program: counted, doubted, never obeyed.

use std::net::UdpSocket;
use std::time::Duration;

use observe::encode::NetFlow9;
use serde_json::Value;

use crate::program::{PATIENCE, wait};
use crate::site::{Site, number};
use crate::traffic::{EDGE, LINE, NEIGHBOUR, Random, Traffic, netflow9, now, records, socket, to};

/// The account of the exporter called `edge`.
fn edge(site: &Site) -> Value {
    site.exporter("edge")
}

/// Datagrams from addresses that are not on the list.
fn strangers(site: &Site) -> u64 {
    let exporters = site.operator.query("exporters").unwrap_or_default();
    exporters["strangers"].as_u64().unwrap_or(0)
}

/// Waits until `edge` has been heard with so many datagrams: a socket has room for some hundred only.
#[track_caller]
fn heard(site: &Site, datagrams: u64) {
    let so = wait(PATIENCE, || edge(site)["datagrams"].as_u64() >= Some(datagrams));
    assert!(so, "not all of {datagrams} datagrams arrived: {}", edge(site));
}

/// Waits until `edge` is doubtful for one of these reasons.
#[track_caller]
fn doubtful_for(site: &Site, reasons: &[&str]) {
    let mut reason = String::new();
    let so = wait(PATIENCE, || {
        reason = edge(site)["doubtful"]["reason"].as_str().unwrap_or_default().to_owned();
        !reason.is_empty()
    });
    assert!(so && reasons.contains(&reason.as_str()), "{reason:?}, wanted {reasons:?}");
}

/// Two persons trust `edge` again.
#[track_caller]
fn trust(site: &Site) {
    site.operator.two("noc", "law", &["exporters", "trust", "edge", "--reason", "test"]);
    let trusted = wait(PATIENCE, || edge(site)["doubtful"].is_null());
    assert!(trusted, "{}", edge(site));
}

/// A hostile datagram: random octets, a good one cut off or with octets changed, or a lying template.
fn hostile(random: &mut Random, v9: &mut NetFlow9) -> Vec<u8> {
    let mut datagram = match random.below(5) {
        0 => {
            let length = random.below(1_500);
            return random.octets(usize::try_from(length).unwrap_or(0));
        }
        1 => {
            let version = [5, 9, 10].get(usize::try_from(random.below(3)).unwrap_or(0)).copied();
            let mut datagram = vec![0, version.unwrap_or(9)];
            datagram.extend(random.octets(200));
            return datagram;
        }
        2 => {
            let mut datagram = vec![0, 0, 0, 5, 0, 0, 0, 1]; // sFlow v5
            datagram.extend(random.octets(300));
            return datagram;
        }
        3 => v9.templates(now()),
        _ => v9.datagrams(now(), &records(&[])).concat(),
    };
    if random.below(2) == 0 {
        let length = random.below(datagram.len() as u64);
        datagram.truncate(usize::try_from(length).unwrap_or(0));
    }
    for _ in 0..=random.below(6) {
        // From octet 20 on there are sets: their lengths, field counts and field lengths lie now.
        let place = 20 + usize::try_from(random.below(120)).unwrap_or(0);
        let lie = [0x00, 0x01, 0x7f, 0xff][usize::try_from(random.below(4)).unwrap_or(0)];
        if let Some(octet) = datagram.get_mut(place) {
            *octet = lie;
        }
    }
    datagram
}

#[test]
fn hostile_datagrams_are_counted_and_the_good_ones_still_decoded() {
    let mut random = Random::seeded("hostile");
    let site = Site::with("");
    let _running = site.operator.up();
    site.begin("10");
    let traffic = Traffic::start(site.flow);
    assert!(wait(PATIENCE, || edge(&site)["records"].as_u64() > Some(20)));
    let (allowed, stranger) = (socket(EDGE), socket([127, 0, 0, 98]));
    let mut v9 = netflow9();
    let mut by_strangers = 0;
    for _ in 0..150 {
        let mut sent = edge(&site)["datagrams"].as_u64().unwrap_or(0);
        for _ in 0..40 {
            let datagram = hostile(&mut random, &mut v9);
            let is_strange = random.below(3) == 0;
            let from: &UdpSocket = if is_strange { &stranger } else { &allowed };
            from.send_to(&datagram, to(site.flow)).expect("loopback");
            *(if is_strange { &mut by_strangers } else { &mut sent }) += 1;
        }
        heard(&site, sent);
    }
    let undecodable = |e: &Value| -> u64 {
        let reasons = e["undecodable"].as_array().cloned().unwrap_or_default();
        reasons.iter().filter_map(|r| r["times"].as_u64()).sum()
    };
    let seen = edge(&site);
    assert!(undecodable(&seen) > 500, "{seen}");
    assert!(by_strangers > 1_000, "{by_strangers}");
    let counted = wait(PATIENCE, || strangers(&site) > 500);
    assert!(counted, "{} of {by_strangers}", strangers(&site));
    // The good ones go on: records are decoded, and an attack in them is found.
    let goes_on = || edge(&site)["records"].as_u64() > seen["records"].as_u64().map(|n| n + 100);
    assert!(wait(PATIENCE, goes_on), "{}", edge(&site));
    traffic.attack(&[LINE]);
    site.case("of the attack", |c| c["state"] != "closed");
    let log = site.operator.log();
    assert!(log.contains("edge"), "somebody is told: {log}");
    assert!(log.lines().count() < 100, "a line for each datagram: {}", log.lines().count());
    site.never_panicked();
}

#[test]
fn an_exporter_not_on_the_list_starts_nothing() {
    let site = Site::with("");
    let _running = site.operator.up();
    site.begin("10");
    let _usual = Traffic::start(site.flow);
    let stranger = Traffic::ipfix([127, 0, 0, 99], site.flow);
    site.learns();
    stranger.attack(&[LINE]);
    let before = strangers(&site);
    // Three seconds of attack and more: a finding takes less than one.
    let counted = || strangers(&site) > before + 120;
    assert!(wait(PATIENCE, counted), "{before} {}", strangers(&site));
    assert_eq!(site.cases(), [] as [Value; 0]);
    let kinds = site.book().entries;
    assert!(!kinds.iter().any(|e| e["kind"] == "case-opened"), "{kinds:#?}");
    // Once two persons allow it, the same datagrams are believed.
    stranger.calm();
    let words = ["exporters", "allow", "edge=127.0.0.21", "lab=127.0.0.99", "--reason", "test"];
    site.operator.two("noc", "law", &words);
    // A little of its usual traffic too.
    let heard = wait(PATIENCE, || site.exporter("lab")["records"].as_u64() >= Some(120));
    assert!(heard, "{}", site.exporter("lab"));
    stranger.attack(&[LINE]);
    site.case("of the attack", |c| c["state"] != "closed");
    site.never_panicked();
}

#[test]
fn what_is_forged_with_an_exporters_address_shows_as_what_it_is() {
    let site = Site::with("");
    let _running = site.operator.up();
    site.begin("10");
    let sent = std::cell::Cell::new(0);
    let send = |from: &UdpSocket, datagrams: &[Vec<u8>]| {
        for datagram in datagrams {
            from.send_to(datagram, to(site.flow)).expect("loopback");
            sent.set(sent.get() + 1);
        }
        heard(&site, sent.get());
    };
    // The exporter, whose source port a forger knows and uses too.
    let (real, mut v9) = (socket(EDGE), netflow9());
    let usual = |v9: &mut NetFlow9, times: u32| {
        for _ in 0..times {
            send(&real, &[v9.templates(now())]);
            send(&real, &v9.datagrams(now(), &records(&[])));
        }
    };
    usual(&mut v9, 20);
    assert!(edge(&site)["doubtful"].is_null(), "{}", edge(&site));

    let mut forger = NetFlow9 { sequence: 3_000_000, ..v9.clone() };
    for _ in 0..10 {
        send(&real, &forger.datagrams(now(), &records(&[])));
        usual(&mut v9, 1);
    }
    doubtful_for(&site, &["sequence-jump", "two-sequences"]);
    trust(&site);
    usual(&mut v9, 20);
    assert!(edge(&site)["doubtful"].is_null(), "{}", edge(&site));

    for _ in 0..10 {
        let mut forged = v9.templates(now());
        forged[28..30].copy_from_slice(&12_u16.to_be_bytes()); // the first field: another address
        send(&real, &[forged]);
        usual(&mut v9, 1);
    }
    doubtful_for(&site, &["template-flip-flop"]);
    trust(&site);
    usual(&mut v9, 20);

    // A forger who does not know the port.
    let elsewhere = socket(EDGE);
    let mut forger = NetFlow9 { source: 9, ..netflow9() };
    let both = || {
        usual(&mut v9, 2);
        send(&elsewhere, &[forger.templates(now())]);
        !edge(&site)["doubtful"].is_null()
    };
    assert!(wait(PATIENCE, both), "{}", edge(&site));
    doubtful_for(&site, &["second-port"]);
    trust(&site);
    site.never_panicked();
}

#[test]
fn nothing_automatic_rests_on_a_doubtful_exporter_until_operations_vouches() {
    let link =
        "[[link]]\nlabel = \"transit\"\nexporter = \"edge\"\ninterface = 1\ncapacity-mbps = 100.0";
    let site = Site::with(link);
    let _running = site.operator.up();
    site.begin("10");
    let words = ["measures", "number", "signed-within-minutes", "30", "--reason", "test"];
    site.operator.two("noc", "law", &words);
    let name = "04-e-a-block-while-impaired";
    let words = ["measures", "switch", name, "automatic", "--reason", "test"];
    site.operator.two("noc", "law", &words);
    let traffic = Traffic::start(site.flow);
    let elsewhere = socket(EDGE);
    let mut forger = NetFlow9 { source: 9, ..netflow9() };
    let forged = wait(PATIENCE, || {
        elsewhere.send_to(&forger.templates(now()), to(site.flow)).expect("loopback");
        !edge(&site)["doubtful"].is_null()
    });
    assert!(forged, "{}", edge(&site));

    traffic.attack(&[LINE]);
    let vouch = |c: &Value| {
        let (words, open) = (c["words"]["en"].to_string(), c["open"].to_string());
        c["doubtful"] == true && words.contains("vouch") && open.contains("operations")
    };
    let case = site.case("that asks operations to vouch", vouch);
    // Much longer than learning, asking and applying take when nothing is doubtful.
    assert!(!wait(Duration::from_secs(4), || !site.standing().is_empty()), "{:#?}", site.cases());
    let learnt = |c: &Value| c["state"] != "learning";
    assert!(!site.cases().iter().any(learnt), "{:#?}", site.cases());
    let refused = site.operator.run("abuse", &["case", "vouch", &case]);
    assert!(!refused.status.success(), "the desk may not vouch");

    site.operator.does("noc", &["case", "vouch", &case]);
    site.stands(true);
    let shown = site.cases();
    assert!(shown[0]["owed"].to_string().contains("operations"), "a signature is owed: {shown:#?}");

    // A new attack rests on the exporter as well, and nobody has vouched for that one.
    traffic.attack(&[LINE, NEIGHBOUR]);
    let other = site.case("of the second attack", |c| vouch(c) && number(c) != case);
    assert_eq!(site.standing().len(), 1);
    // Two persons trust the exporter; what was found before that is still vouched for by hand.
    trust(&site);
    site.operator.does("noc", &["case", "vouch", &other]);
    let both = wait(PATIENCE, || site.standing().len() == 2);
    assert!(both, "{:#?}", site.cases());
    site.never_panicked();
}

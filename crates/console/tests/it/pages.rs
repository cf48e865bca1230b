//! The status page, its interface for programs, and the metrics.

use serde_json::{Value, json};

use crate::client::{Answer, get, get_in, post};
use crate::house::{ADDRESSES, House};

/// Every element that has an end has it, in order.
fn closes_what_it_opens(html: &str) {
    const VOID: &[&str] = &["meta", "link", "br", "!doctype", "rect", "line"];
    let mut open: Vec<String> = Vec::new();
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        let name = tag.split([' ', '\n', '/']).find(|w| !w.is_empty()).unwrap().to_lowercase();
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "…{part}");
        } else if !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

fn has(page: &Answer, words: &[&str]) {
    for words in words {
        assert!(page.body.contains(words), "{words} is not in\n{}", page.body);
    }
}

#[tokio::test]
async fn the_page_says_in_both_languages_what_is_in_force_and_what_waits_for_whom() {
    let house = House::attacked();
    let server = house.serve().await;
    let ja = get(server.address, "/").await;
    let en = get(server.address, "/?lang=en").await;
    assert_eq!((ja.code, en.code), (200, 200));
    assert_eq!(ja.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(
        (ja.header("content-language"), en.header("content-language")),
        (Some("ja"), Some("en"))
    );
    has(
        &ja,
        &[
            "<html lang=\"ja\">",
            "架空ネット",
            "対処中のもの",
            "誰の何を待っているか",
            "2026-05-01 09:30:00 +09",
            "edge-1: 確認済み",
            "次のことは事実ですか",
            "運用（NOC/SOC）",
            "TCP SYN",
            "想定を超過",
            "事業者に対しては何も証明しません",
            "試行モード",
            "外部の証人がいない",
            "送信元ポートが二つ",
        ],
    );
    has(
        &en,
        &[
            "<html lang=\"en\">",
            "Example Net",
            "1,234,567",
            "osaka &#60;&#34;2&#34;&#62;",
            "attack on one destination",
            "sekisho case show 1 --as …",
            "sekisho measures accept 90-hold-briefly --reason … --as …",
            "above what is expected: 4.0 Gbit/s (50.0 Mbit/s – 200 Mbit/s)",
            "being learnt",
            ">91.2</span> %",
            "Without an outside witness this log proves nothing against the operator.",
            "ASK",
        ],
    );
    for page in [&ja, &en] {
        closes_what_it_opens(&page.body);
        assert_eq!(page.body.matches("<table>").count(), page.body.matches("<caption").count());
        assert_eq!(page.body.matches("<h1>").count(), 1);
        assert!(!page.body.contains(" style=") && !page.body.contains(" onclick"));
    }
    assert!(get_in(server.address, "/", "en-GB,en;q=0.9").await.body.contains("lang=\"en\""));
    server.stop().await;
}

#[tokio::test]
async fn a_quiet_house_has_a_page_that_says_what_is_missing() {
    let house = House::quiet();
    let server = house.serve().await;
    let page = get(server.address, "/?lang=en").await;
    closes_what_it_opens(&page.body);
    has(
        &page,
        &[
            "No mitigation is in force.",
            "There is no case.",
            "Nothing waits for anybody.",
            "No exporter is allowed, so nothing is decoded.",
            "sekisho measures switch 13-su-take-statistics propose --reason … --as …",
        ],
    );
    assert!(!page.body.contains("Everything is stopped"));
    house.say("noc", json!({ "command": "halt", "reason": "test" }));
    has(&get(server.address, "/?lang=en").await, &["Everything is stopped"]);
    has(&get(server.address, "/?lang=ja").await, &["全停止中"]);
    server.stop().await;
}

#[tokio::test]
async fn no_page_and_no_metric_names_an_address_or_a_line() {
    let house = House::attacked();
    let change = json!({ "change": "exporters", "exporters": [["tokyo-1", "198.51.100.1"]] });
    house.say("noc", json!({ "command": "propose", "change": change, "reason": "test" }));
    house.say(
        "abuse",
        json!({
            "command": "consent-link", "case": 1, "line": "line-7", "minutes": 60,
            "token": "0123456789abcdef0123456789abcdef",
        }),
    );
    let server = house.serve().await;
    for path in ["/", "/?lang=en", "/api/status", "/metrics"] {
        let answer = get(server.address, path).await;
        assert_eq!(answer.code, 200, "{path}");
        assert!(answer.body.len() > 1000, "{path}");
        for address in ADDRESSES {
            assert!(!answer.body.contains(address), "{address} in {path}:\n{}", answer.body);
        }
    }
    has(&get(server.address, "/?lang=en").await, &["a list of 1 allowed exporters", "subscriber"]);
    server.stop().await;
}

#[tokio::test]
async fn the_interface_has_the_snapshot_the_cases_and_the_measures() {
    let house = House::attacked();
    let server = house.serve().await;
    let first = get(server.address, "/api/status").await;
    let status: Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!(status["snapshot"]["exporters"][0]["datagrams"], 1_234_567);
    assert_eq!(status["snapshot"]["bands"][0]["expected"]["high"], 2e8);
    assert_eq!(status["cases"][0]["case"], 1);
    assert_eq!(status["cases"][0]["kind"], "destination-attack");
    let (shown, others) = (status["measures"].as_array().unwrap().len(), &status["only-asked"]);
    assert!(shown > 5, "what this version carries out is listed");
    assert_eq!(shown as u64 + others.as_u64().unwrap(), ground::MEASURES.len() as u64);
    assert!(!status["waiting"].as_array().unwrap().is_empty());
    // Everything the page refreshes is where the page says.
    let page = get(server.address, "/").await;
    for spot in page.body.split("data-live=\"").skip(1) {
        let pointer = spot.split('"').next().unwrap();
        assert!(status.pointer(pointer).is_some(), "{pointer}");
    }
    // A number changes: the same shape. A case is declined: another.
    house.snapshot.lock().unwrap().exporters[0].datagrams += 1;
    house.snapshot.lock().unwrap().warnings[0].en.push_str(": 7 times");
    let second: Value =
        serde_json::from_str(&get(server.address, "/api/status").await.body).unwrap();
    assert_eq!(second["snapshot"]["exporters"][0]["datagrams"], 1_234_568);
    assert_eq!(second["shape"], status["shape"]);
    assert!(page.body.contains(&format!("data-shape=\"{}\"", status["shape"].as_str().unwrap())));
    house.say("noc", json!({ "command": "decline", "case": 1, "reason": "test" }));
    let third: Value =
        serde_json::from_str(&get(server.address, "/api/status").await.body).unwrap();
    assert_ne!(third["shape"], status["shape"]);
    server.stop().await;
}

#[tokio::test]
async fn every_line_of_the_metrics_parses() {
    let house = House::attacked();
    let server = house.serve().await;
    let answer = get(server.address, "/metrics").await;
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let mut samples = std::collections::BTreeMap::new();
    let mut family = (String::new(), String::new());
    assert!(answer.body.ends_with('\n'));
    for line in answer.body.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(name.starts_with("sekisho_") && !words.is_empty(), "{line}");
            family = (name.to_owned(), String::new());
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, family.0);
            assert!(matches!(kind, "counter" | "gauge"), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            kind.clone_into(&mut family.1);
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let value: f64 = value.parse().unwrap();
            let name = series.split('{').next().unwrap();
            assert_eq!((name, family.1.is_empty()), (family.0.as_str(), false), "{line}");
            if let Some(labels) = series.strip_prefix(name).unwrap().strip_prefix('{') {
                let labels = labels.strip_suffix("\"}").unwrap();
                for label in labels.split("\",") {
                    let (name, text) = label.split_once("=\"").unwrap();
                    assert!(name.chars().all(|c| c.is_ascii_lowercase()), "{line}");
                    assert!(!text.replace("\\\"", "").contains('"'), "{line}");
                }
            }
            assert!(samples.insert(series.to_owned(), value).is_none(), "{line} is there twice");
        }
    }
    let values = [
        ("sekisho_exporter_datagrams_total{exporter=\"tokyo-1\"}", 1_234_567.0),
        ("sekisho_exporter_undecodable_total{exporter=\"tokyo-1\",reason=\"truncated\"}", 3.0),
        ("sekisho_exporter_doubtful{exporter=\"osaka <\\\"2\\\">\"}", 1.0),
        ("sekisho_stranger_datagrams_total", 77.0),
        ("sekisho_cases{state=\"closed\"}", 0.0),
        ("sekisho_mitigations", 1.0),
        ("sekisho_peer_up{peer=\"edge-1\"}", 1.0),
        ("sekisho_ledger_entries", 42.0),
        ("sekisho_link_used_ratio{link=\"transit-1\"}", 0.9125),
    ];
    for (series, value) in values {
        assert_eq!(samples.get(series), Some(&value), "{series}");
    }
    let cases: f64 =
        samples.iter().filter(|(s, _)| s.starts_with("sekisho_cases{")).map(|(_, v)| v).sum();
    assert!((cases - 1.0).abs() < f64::EPSILON);
    assert!(samples["sekisho_mask_fields"] > 0.0);
    server.stop().await;
}

#[tokio::test]
async fn every_answer_forbids_what_is_inline_or_from_elsewhere() {
    let house = House::quiet();
    let server = house.serve().await;
    let long = "/consent/".to_owned() + &"x".repeat(60);
    let mut answers = Vec::new();
    for path in [
        "/",
        "/api/status",
        "/healthz",
        "/metrics",
        "/static/live.js",
        "/static/style.css",
        "/nowhere",
        long.as_str(),
    ] {
        answers.push((path, get(server.address, path).await));
    }
    answers.push(("POST /", post(server.address, "/", "a=b").await));
    for (path, answer) in &answers {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
    let codes: Vec<u16> = answers.iter().map(|(_, a)| a.code).collect();
    assert_eq!(codes, [200, 200, 200, 200, 200, 200, 404, 404, 405]);
    assert_eq!(answers[2].1.body, "ok\n");
    let script = &answers[4].1;
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert!(script.body.lines().count() <= 60);
    server.stop().await;
}

#[tokio::test]
async fn a_desk_that_failed_is_said_and_not_waited_for() {
    let house = House::quiet();
    let server = house.serve().await;
    let desk = std::sync::Arc::clone(&house.desk);
    let failed = std::thread::spawn(move || {
        let _held = desk.lock().unwrap();
        panic!("made to fail");
    });
    assert!(failed.join().is_err());
    for path in ["/", "/api/status", "/metrics", "/healthz"] {
        let answer = get(server.address, path).await;
        assert_eq!(answer.code, 503, "{path}");
        has(&answer, &["restart it"]);
    }
    server.stop().await;
}

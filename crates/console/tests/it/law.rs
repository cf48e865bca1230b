//! Asking the law over HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{get, post_json};
use crate::house::House;

#[tokio::test]
async fn anybody_may_ask_the_law_and_nothing_follows() {
    let house = House::quiet();
    let served = house.serve().await;
    let before = kept(house.folder.path());
    let request = json!({
        "act": "block", "purpose": "protect-line", "whose": { "line": "line-7" },
        "day": "2026-05-01", "end": "with-cause", "requester": "receiver", "scope": "matching",
        "consents": [],
        "facts": { "request-genuine": true, "traffic-anomalous": true, "by-machine": true },
    });
    let answer = post_json(served.address, "/api/law/ask", &request.to_string()).await;
    assert_eq!(answer.code, 200, "{}", answer.body);
    let said: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((&said["verdict"], &said["item"]), (&json!("NO"), &json!("ア")));
    assert_eq!(said["deciding"], json!(["line-consents"]));
    assert!(said["text_ja"].as_str().unwrap().contains("認められません"));
    assert_eq!(kept(house.folder.path()), before);
    served.stop().await;
}

#[tokio::test]
async fn a_request_that_cannot_be_read_names_its_field() {
    let house = House::quiet();
    let served = house.serve().await;
    for (document, field) in [
        (r#"{"act":"blok","purpose":"protect-line","whose":"line"}"#, "act"),
        (r#"{"act":"block","purpose":"protect-line"}"#, "whose"),
        (
            r#"{"act":"block","purpose":"protect-line","whose":"line","facts":{"x":true}}"#,
            "facts.x",
        ),
        (r#"{"act":"block","act":"block"}"#, "act"),
        ("", ""),
        ("[]", ""),
    ] {
        let answer = post_json(served.address, "/api/law/ask", document).await;
        let said: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.code, &said["field"]), (400, &json!(field)), "{document}: {said}");
    }
    let long = format!("\"{}\"", "x".repeat(64 * 1024));
    let answer = post_json(served.address, "/api/law/ask", &long).await;
    let said: Value = serde_json::from_str(&answer.body).unwrap();
    assert!(answer.code == 413 && said["error"].is_string(), "{said}");
    served.stop().await;
}

#[tokio::test]
async fn the_book_and_its_words_are_there_to_be_read() {
    let house = House::quiet();
    let served = house.serve().await;
    let read = async |path: &str| {
        let answer = get(served.address, path).await;
        (answer.code, serde_json::from_str::<Value>(&answer.body).unwrap_or_default())
    };
    let (code, list) = read("/api/law/list?day=2018-01-01").await;
    let in_force =
        |l: &Value| l.as_array().unwrap().iter().filter(|m| m["in_force"] == true).count();
    assert!(code == 200 && in_force(&list) > 0);
    assert!(in_force(&read("/api/law/list").await.1) > in_force(&list));
    assert_eq!(read("/api/law/list?day=soon").await.1["field"], "day");
    // エ, percent-encoded: both parts of the item.
    let (code, shown) = read("/api/law/show/%E3%82%A8").await;
    assert_eq!((code, shown.as_array().unwrap().len()), (200, 2));
    assert!(shown[0]["conditions"][0]["established-by"].is_array());
    let (code, unknown) = read("/api/law/show/04-e-a-block-while-impared").await;
    let near = unknown["error"].as_str().unwrap();
    assert!(code == 404 && near.contains("`04-e-a-block-while-impaired`"), "{near}");
    assert!(
        read("/api/law/list?day=2026-02-30").await.1["error"].as_str().unwrap().contains("no such")
    );
    let (_, words) = read("/api/law/vocabulary").await;
    assert!(words["schema"]["properties"]["act"]["enum"].as_array().unwrap().len() > 40);
    let table = get(served.address, "/api/law/table").await;
    assert!(table.code == 200 && table.body.contains("04-e-a-block-while-impaired"));
    served.stop().await;
}

#[tokio::test]
async fn a_failure_in_an_answer_of_the_law_stops_neither_the_desk_nor_the_next_answer() {
    let house = House::quiet();
    let served = house.serve_by(Arc::new(|| panic!("no clock"))).await;
    // Without a day the clock is asked for one.
    for _ in 0..4 {
        let answer = get(served.address, "/api/law/list").await;
        let said: Value = serde_json::from_str(&answer.body).unwrap();
        let error = said["error"].as_str().unwrap();
        assert!(answer.code == 500 && !error.contains("desk"), "{error}");
    }
    assert_eq!(get(served.address, "/api/law/list?day=2026-05-01").await.code, 200);
    assert_eq!(get(served.address, "/healthz").await.code, 200);
    served.stop().await;
}

#[tokio::test]
async fn who_hangs_up_leaves_no_place_to_the_next_while_the_answer_is_worked_on() {
    const READERS: usize = 2;
    let house = House::quiet();
    let (inside, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (entered, over, clock) = (Arc::clone(&inside), Arc::clone(&done), house.clock());
    let slow = move || {
        entered.fetch_add(1, Ordering::SeqCst);
        while !over.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(2));
        }
        clock()
    };
    let served = house.serve_by(Arc::new(slow)).await;
    let many = async |many: usize, looks: usize| {
        for _ in 0..looks {
            if inside.load(Ordering::SeqCst) >= many {
                break;
            }
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
        inside.load(Ordering::SeqCst)
    };
    let mut most = 0;
    for reader in 1..=READERS {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(b"GET /api/law/list HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        most = many(reader, 15_000).await;
        drop(stream);
    }
    let next = tokio::spawn(get(served.address, "/api/law/list"));
    let later = many(READERS + 1, 100).await;
    done.store(true, Ordering::SeqCst);
    assert_eq!((most, later), (READERS, READERS));
    assert_eq!(next.await.unwrap().code, 200);
    served.stop().await;
}

/// Every file below a folder, with its length.
fn kept(folder: &std::path::Path) -> Vec<(std::path::PathBuf, u64)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let (path, found) = entry.map(|e| (e.path(), e.metadata().unwrap())).unwrap();
        if found.is_dir() {
            all.extend(kept(&path));
        } else {
            all.push((path, found.len()));
        }
    }
    all.sort();
    all
}

//! Asking the law on the command line, with no sekisho running.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::program::SEKISHO;

/// Runs `sekisho law …` with this on standard input.
fn law(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(SEKISHO);
    command.arg("law").args(arguments).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("sekisho");
    let mut stdin = child.stdin.take().expect("its input");
    // A command that reads nothing may be over before it was given all.
    let _closed = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("its output")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn flood(harm: &str) -> String {
    json!({
        "act": "block", "purpose": "protect-service", "whose": "destination", "day": "2026-05-01",
        "end": "with-cause", "harm": { "own": harm }, "scope": "matching",
        "facts": { "cause-present": true, "by-machine": true, "narrower-way-would-do": false },
    })
    .to_string()
}

#[test]
fn every_verdict_exits_with_0_and_what_cannot_be_read_with_2() {
    for (harm, verdict) in [("actual", "OK-EMERG"), ("risk", "ASK"), ("none", "NO")] {
        let said = law(&["ask", "-", "--json"], &flood(harm));
        let answer: Value = serde_json::from_slice(&said.stdout).expect("JSON");
        assert_eq!((said.status.code(), &answer["verdict"]), (Some(0), &json!(verdict)), "{harm}");
    }
    let said = law(&["ask", "-", "--json"], &flood("bad"));
    let fault: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    assert_eq!((said.status.code(), &fault["field"]), (Some(2), &json!("harm.own")));
    assert!(text(&said.stderr).contains("nothing was decided"));
    assert_eq!(law(&["ask", "-"], "{").status.code(), Some(2));
}

#[test]
fn what_is_no_text_is_refused_and_nothing_is_decided() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("request.json");
    let path = file.display().to_string();
    let long = " ".repeat(1 << 20) + &flood("actual");
    for (bytes, why) in [
        (&b""[..], "is empty"),
        (&b"\xff\xfe{}"[..], "UTF-8"),
        (long.as_bytes(), "is longer than 1 MiB"),
    ] {
        std::fs::write(&file, bytes).expect("a file");
        let said = law(&["ask", &path, "--json"], "");
        let fault: Value = serde_json::from_slice(&said.stdout).expect("JSON");
        let error = fault["error"].as_str().unwrap_or_default();
        assert!(said.status.code() == Some(2) && error.contains(why), "{why}: {fault}");
        assert!(text(&said.stderr).contains("nothing was decided"), "{why}");
    }
    std::fs::write(&file, format!("\u{feff}{}", flood("actual"))).expect("a file");
    assert_eq!(law(&["ask", &path], "").status.code(), Some(0));
    for unreadable in ["/no/such/file".to_owned(), folder.path().display().to_string()] {
        let said = law(&["ask", &unreadable], "");
        assert_eq!(said.status.code(), Some(2));
        let error = text(&said.stderr);
        assert!(error.contains(&unreadable) && error.contains("nothing was decided"), "{error}");
    }
}

#[test]
fn a_list_says_its_day_and_an_item_that_is_none_the_items_there_are() {
    let said = |arguments: &[&str]| {
        let said = law(arguments, "");
        (said.status.code(), text(&said.stdout) + &text(&said.stderr))
    };
    let list = said(&["list", "--day", "2018-01-01"]).1;
    assert!(list.starts_with("As of 2018-01-01"), "{list}");
    let list = said(&["list", "--day", "2018-01-01", "--lang", "ja"]).1;
    assert!(list.starts_with("2018年1月1日"), "{list}");
    let (code, error) = said(&["list", "--day", "2026-02-30"]);
    assert!(code == Some(2) && error.contains("no such day"), "{error}");
    for item in ["ん", "Z", "–"] {
        let (code, error) = said(&["show", item]);
        assert!(code == Some(1) && error.contains("ア, イ, ウ"), "{error}");
    }
    assert!(said(&["show", "ア"]).1.contains("`whose` may be: line"));
    assert!(said(&["vocabulary"]).1.contains("[destination, line]"));
}

#[test]
fn people_read_the_answer_in_their_language() {
    let ja = text(&law(&["ask", "-", "--lang", "ja"], &flood("actual")).stdout);
    assert!(ja.contains("正当防衛又は緊急避難") && ja.contains("結論を変えるもの"), "{ja}");
    let en = text(&law(&["ask", "-"], &flood("actual")).stdout);
    assert!(
        en.contains("self-defence or necessity") && en.contains("What would change it"),
        "{en}"
    );
}

#[test]
fn the_measures_and_the_words_can_be_read() {
    let list = law(&["list", "--json", "--day", "2018-01-01"], "");
    let list: Value = serde_json::from_slice(&list.stdout).expect("JSON");
    assert!(
        list.as_array().is_some_and(|l| l.len() > 80 && l.iter().any(|m| m["in_force"] == false))
    );
    let shown = text(&law(&["show", "エ", "--lang", "ja"], "").stdout);
    assert!(
        shown.contains("(エ(a))") && shown.contains("(エ(b))") && shown.contains("条件"),
        "{shown}"
    );
    let unknown = law(&["show", "04-e-a-block-while-impared"], "");
    assert!(
        unknown.status.code() == Some(1)
            && text(&unknown.stderr).contains("`04-e-a-block-while-impaired`")
    );
    assert!(text(&law(&["table"], "").stdout).contains("13-su-take-statistics"));
    let words = law(&["vocabulary", "--json"], "");
    let words: Value = serde_json::from_slice(&words.stdout).expect("JSON");
    let example = words["example"].to_string();
    assert_eq!(law(&["ask", "-"], &example).status.code(), Some(0), "{example}");
    let said = text(&law(&["vocabulary", "--lang", "ja"], "").stdout);
    assert!(said.contains("own-equipment-impaired") && said.contains("ですか"), "{said}");
}

#[test]
fn any_is_said_of_a_whole_list_only() {
    let show = |arguments: &[&str]| text(&law(&[&["show"], arguments].concat(), "").stdout);
    let shown = show(&["81-x-1-other-aims"]);
    let acts = shown.lines().find(|l| l.trim_start().starts_with("acts: ")).expect("its acts");
    let but = acts.trim_start().strip_prefix("acts: any but ").expect(acts);
    assert!(but.contains("access-machine (") && but.contains("neutralise-machine ("), "{acts}");
    assert!(!but.contains("block"), "{acts}");
    let shown = show(&["81-x-1-other-aims", "--lang", "ja"]);
    assert!(shown.contains("次のものを除くあらゆるもの：access-machine ("), "{shown}");
    let shown = show(&["71-acd-1-access-or-neutralise"]);
    assert!(shown.contains("purpose: any\n"), "{shown}");
}

#[test]
fn who_signs_is_said_in_the_language() {
    let show = |arguments: &[&str]| {
        text(&law(&[&["show", "04-e-a-block-while-impaired"], arguments].concat(), "").stdout)
    };
    let shown = show(&["--lang", "ja"]);
    assert!(shown.contains("署名: 運用（NOC/SOC）（都度、事後も可、自動実施：不可）"), "{shown}");
    let shown = show(&[]);
    let words = "operations (NOC/SOC) (each time, also afterwards; automatic: no)";
    assert!(shown.contains(words), "{shown}");
}

#[test]
fn files_of_cases_are_checked_and_a_difference_exits_with_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).expect("a folder");
    let write = |verdict: &str| {
        let mut case: Value = serde_json::from_str(&flood("actual")).expect("JSON");
        case["case"] =
            json!({ "id": "A", "name": "a flood", "verdict": verdict, "deciding": ["C-MATCH"] });
        std::fs::write(inner.join("a.json"), case.to_string()).expect("a file");
    };
    let check = || law(&["check", &folder.path().display().to_string()], "");
    write("OK-EMERG");
    assert_eq!(check().status.code(), Some(0));
    write("NO");
    let said = check();
    assert_eq!(said.status.code(), Some(1));
    assert!(text(&said.stdout).contains("the verdict is OK-EMERG"), "{}", text(&said.stdout));
}

#[test]
fn a_file_that_cannot_be_read_is_one_of_the_results_in_json_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut good: Value = serde_json::from_str(&flood("actual")).expect("JSON");
    good["case"] = json!({ "id": "A", "name": "a flood", "verdict": "OK-EMERG" });
    let files = [("a.json", "{ no JSON".to_owned()), ("b.json", good.to_string())];
    for (name, document) in files {
        std::fs::write(folder.path().join(name), document).expect("a file");
    }
    let path = folder.path().display().to_string();
    let said = law(&["check", &path, "--json"], "");
    let all: Value = serde_json::from_slice(&said.stdout).expect("one JSON document");
    assert_eq!((said.status.code(), &all[0]["file"]), (Some(1), &json!("a.json")));
    assert!(all[0]["error"].as_str().is_some_and(|why| why.contains("JSON")), "{all}");
    assert_eq!(
        (&all[1]["file"], &all[1]["case"]["verdict"]),
        (&json!("b.json"), &json!("OK-EMERG"))
    );
    let said = text(&law(&["check", &path], "").stdout);
    assert!(said.contains("✗ a.json: ") && said.contains("2 cases, 1 wrong"), "{said}");
}

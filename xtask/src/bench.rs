//! `cargo xtask bench`: runs the bench programs of `crates/app/benches` and checks what they report.

use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{metadata, tree};

/// Every bench: the name of its program in `crates/app/benches`.
pub(crate) const BENCHES: &[&str] = &[
    "lock",   // Opening a batch under a ground, also one of many consenting prefixes.
    "decode", // Decoding flow export into columns under a mask.
    "law",    // A verdict of the law with its conditions, and the whole answer in words.
];

/// The keys of every result, and whether each is a text, a number, or may be null.
const KEYS: [&str; 9] = ["case", "peer", "ours", "theirs", "ratio", "min", "max", "runs", "unit"];

/// Runs the bench `name`, or all, and prints a table or one JSON array.
///
/// # Errors
/// When there is no such bench, or it fails, or reports something else than it promised.
pub(crate) fn run(name: &str, json: bool) -> Result<bool> {
    let known = BENCHES.contains(&name);
    ensure!(known || name == "all", "no bench is called {name}; there are {BENCHES:?} and all");
    let mut all = Vec::new();
    for bench in BENCHES.iter().filter(|bench| name == "all" || **bench == name) {
        all.extend(cases(bench, &output(bench)?)?);
    }
    if json {
        println!("{}", Value::Array(all));
    } else {
        println!("{}", table(&all));
    }
    Ok(true)
}

/// What the program of `bench` prints when asked for JSON.
fn output(bench: &str) -> Result<String> {
    let root = tree::root();
    let program = format!("crates/app/benches/{bench}.rs");
    ensure!(root.join(&program).is_file(), "the bench {bench} has no program {program} yet");
    let output = metadata::cargo()
        .args(["bench", "--quiet", "-p", "app", "--bench", bench, "--", "--json"])
        .current_dir(&root)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting the bench {bench}"))?;
    ensure!(output.status.success(), "the bench {bench} failed: {}", output.status);
    String::from_utf8(output.stdout).with_context(|| format!("reading the bench {bench}"))
}

/// The results in `text`, each with exactly the promised keys.
///
/// # Errors
/// When `text` is no array of such objects, or is empty.
pub(crate) fn cases(bench: &str, text: &str) -> Result<Vec<Value>> {
    let parsed: Value = serde_json::from_str(text)
        .with_context(|| format!("the bench {bench} printed no JSON: {text}"))?;
    let Value::Array(cases) = parsed else { bail!("the bench {bench} printed no array: {text}") };
    ensure!(!cases.is_empty(), "the bench {bench} measured nothing");
    for case in &cases {
        check(case).with_context(|| format!("the bench {bench} printed {case}"))?;
    }
    Ok(cases)
}

fn check(case: &Value) -> Result<()> {
    let object = case.as_object().context("a result is no object")?;
    let same = object.len() == KEYS.len() && KEYS.iter().all(|key| object.contains_key(*key));
    ensure!(same, "a result has exactly the keys {KEYS:?}");
    for key in ["case", "unit"] {
        ensure!(case[key].is_string(), "{key} is a text");
    }
    for key in ["ours", "min", "max", "runs"] {
        ensure!(case[key].is_number(), "{key} is a number");
    }
    let alone = ["peer", "theirs", "ratio"].iter().all(|key| case[*key].is_null());
    let compared =
        case["peer"].is_string() && case["theirs"].is_number() && case["ratio"].is_number();
    ensure!(alone || compared, "peer, theirs and ratio are all there, or all null");
    Ok(())
}

/// The results for a person.
fn table(cases: &[Value]) -> String {
    let mut text = format!(
        "{:<44} {:>12} {:>12} {:>8} {:>8} {:>8} {:>4}  {:<12} peer",
        "case", "ours", "theirs", "ratio", "min", "max", "runs", "unit"
    );
    for case in cases {
        let number = |key: &str| case[key].as_f64().map_or("–".to_owned(), |n| format!("{n:.3}"));
        let word = |key: &str| case[key].as_str().unwrap_or("–").to_owned();
        text.push_str(&format!(
            "\n{:<44} {:>12} {:>12} {:>8} {:>8} {:>8} {:>4}  {:<12} {}",
            word("case"),
            number("ours"),
            number("theirs"),
            number("ratio"),
            number("min"),
            number("max"),
            case["runs"],
            word("unit"),
            word("peer"),
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: &str = r#"{"case":"c","peer":null,"ours":1.5,"theirs":null,"ratio":null,"min":1,"max":2,"runs":3,"unit":"s"}"#;

    #[test]
    fn a_result_has_exactly_the_promised_keys() {
        assert_eq!(cases("b", &format!("[{ALONE}]")).unwrap().len(), 1);
        let compared = ALONE
            .replace(r#""peer":null"#, r#""peer":"p""#)
            .replace(r#""theirs":null,"ratio":null"#, r#""theirs":3,"ratio":0.5"#);
        assert!(cases("b", &format!("[{compared}]")).is_ok());
        for wrong in [
            String::new(),
            "[]".to_owned(),
            ALONE.to_owned(),
            format!("[{}]", ALONE.replace(r#""unit":"s""#, r#""unit":"s","more":1"#)),
            format!("[{}]", ALONE.replace(r#","unit":"s""#, "")),
            format!("[{}]", ALONE.replace(r#""peer":null"#, r#""peer":"p""#)),
            format!("[{}]", ALONE.replace("1.5", "\"1.5\"")),
        ] {
            assert!(cases("b", &wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_table_has_a_line_for_each_result() {
        let cases = cases("b", &format!("[{ALONE},{ALONE}]")).unwrap();
        assert_eq!(table(&cases).lines().count(), 3);
    }
}

//! Rules about what code may contain.

use super::files::is_test;
use crate::source;
use crate::tree::Tree;

/// Paths whose code may read the clock and the environment.
const AT_THE_RIM: &[&str] = &["crates/app/", "xtask/"];

/// What reads the clock or the environment.
const READERS: &[&str] = &[
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "env::var",
    "env::var_os",
    "env::vars",
    "env::vars_os",
];

/// `#[allow]` is nowhere: an exception is `#[expect(…, reason = "…")]`.
pub(super) fn silenced(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.ending(".rs") {
        for (number, line) in source::code(text).lines().enumerate() {
            let tight: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            let attribute = tight.contains("#[allow(") || tight.contains("#![allow(");
            if attribute || (tight.contains("cfg_attr(") && tight.contains(",allow(")) {
                let number = number + 1;
                wrong.push(format!(
                    "{path}:{number}: write #[expect(lint, reason = \"why\")] instead of allow"
                ));
            }
        }
    }
    wrong
}

/// The word `unsafe` is in no code, tests included.
pub(super) fn unsafe_code(tree: &Tree) -> Vec<String> {
    let found = tree.ending(".rs").flat_map(|(path, text)| {
        let lines = source::lines_with(&source::code(text), "unsafe");
        lines.into_iter().map(move |number| format!("{path}:{number}: unsafe code"))
    });
    found.collect()
}

/// Outside [`AT_THE_RIM`] and tests nothing reads the clock or the environment. The runtime's own
/// timers (`tokio::time`), which a protocol's keepalives need, are not meant: no law hangs on them.
pub(super) fn clock_and_environment(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.ending(".rs") {
        if AT_THE_RIM.iter().any(|rim| path.starts_with(rim)) || is_test(tree, path) {
            continue;
        }
        let code = source::without_tests(&source::code(text));
        let timers = code.contains("tokio::time") && !code.contains("std::time::Instant");
        for reader in READERS.iter().filter(|reader| !(timers && **reader == "Instant::now")) {
            for number in source::lines_with(&code, reader) {
                wrong.push(format!(
                    "{path}:{number}: {reader} is for `app` only; take the time or the setting as a value"
                ));
            }
        }
    }
    wrong
}

/// No code block in documentation is marked so that nothing compiles it.
pub(super) fn uncompiled_examples(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for ending in [".rs", ".md"] {
        for (path, text) in tree.ending(ending) {
            for (number, line) in text.lines().enumerate() {
                let said = line.trim_start().trim_start_matches(['/', '!']).trim_start();
                let marks = said.strip_prefix("```").unwrap_or_default();
                if marks.split([',', ' ']).any(|mark| mark.starts_with("ignore")) {
                    let number = number + 1;
                    wrong.push(format!("{path}:{number}: an example that nothing compiles"));
                }
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn an_allow_is_found_and_an_expect_is_not() {
        let text = "#[allow(dead_code)]\n#![allow(x, reason = \"y\")]\n// #[allow(z)]\n\
                    #[expect(dead_code, reason = \"y\")]\n#[cfg_attr(test, allow(x))]";
        check(silenced, &[("a.rs", text)], &["a.rs:1", "a.rs:2", "a.rs:5"]);
    }

    #[test]
    fn unsafe_code_is_found_in_code_only() {
        let text = "//! unsafe\nlet a = \"unsafe\";\nunsafe { }\nfn not_unsafe() {}";
        check(unsafe_code, &[("a.rs", text)], &["a.rs:3"]);
    }

    #[test]
    fn a_clock_is_found_outside_app_and_tests() {
        let text = "fn f() { std::time::Instant::now(); }\n#[cfg(test)]\nmod tests { fn g() { Instant::now(); } }";
        check(clock_and_environment, &[("crates/detect/src/a.rs", text)], &["a.rs:1"]);
        let timer = "use tokio::time::{Instant, sleep_until};\nfn f() { Instant::now(); }";
        check(clock_and_environment, &[("crates/act/src/a.rs", timer)], &[]);
        let above = ("crates/act/src/a.rs", "#[cfg(test)]\nmod golden;\nmod plain;");
        let files =
            [above, ("crates/act/src/a/golden.rs", text), ("crates/act/src/a/plain.rs", text)];
        check(clock_and_environment, &files, &["plain.rs:1"]);
        check(clock_and_environment, &[("crates/app/src/a.rs", text)], &[]);
        check(clock_and_environment, &[("crates/act/tests/it/a.rs", text)], &[]);
        check(
            clock_and_environment,
            &[("crates/act/src/a.rs", "env!(\"X\"); env::vars()")],
            &["a.rs:1"],
        );
    }

    #[test]
    fn an_example_that_is_not_compiled_is_found() {
        let text = "//! ```ignore\n/// ```rust,ignore\n/// ```text\n/// ```";
        check(uncompiled_examples, &[("a.rs", text)], &["a.rs:1", "a.rs:2"]);
    }
}

//! Rules about lists: what lies in a folder and what is in its list are the same.

use std::collections::BTreeSet;

use crate::bench::BENCHES;
use crate::tree::Tree;

/// Files of `crates/detect/src` that are no detectors but what detectors are made of.
const BESIDE_DETECTORS: &[&str] = &["lib", "tests"];

/// Kinds of changelog fragments; CONTRIBUTING.md and `changelog.d/README.md` say what they mean.
const KINDS: &[&str] = &["measure", "kept", "sent", "added", "changed", "fixed", "removed"];

/// The one file of `measures/` that is no measure: the documents that measures cite.
const TEXTS: &str = "TEXTS";

/// Every `measures/*.toml` is in the book's list once, in order, and nothing else is.
pub(super) fn measures(tree: &Tree) -> Vec<String> {
    let there: Vec<&str> =
        tree.names("measures", ".toml").into_iter().filter(|name| *name != TEXTS).collect();
    let list = "crates/ground/src/measures.rs";
    let text = tree.text(list).unwrap_or_default();
    let entries = block(text, "MEASURES").unwrap_or_default();
    let listed: Vec<&str> = entries.split('"').skip(1).step_by(2).collect();
    let mut wrong = differences("measures", &there, list, &listed);
    if !listed.is_sorted() {
        wrong.push(format!("{list}: the measures are not in the order of their numbers"));
    }
    wrong
}

/// Every detector is in `DETECTORS`.
pub(super) fn detectors(tree: &Tree) -> Vec<String> {
    in_list(tree, "crates/detect/src", "DETECTORS", "crates/detect/src/lib.rs", BESIDE_DETECTORS)
}

/// Every decoder of flow export (the formats are an enum, so none is forgotten there) has a fuzz
/// target of its name, once there are any.
pub(super) fn decoders(tree: &Tree) -> Vec<String> {
    let targets = tree.names("fuzz/fuzz_targets", ".rs");
    let folder = "crates/observe/src/flow";
    let reads = |name: &str| {
        let text = tree.text(&format!("{folder}/{name}.rs")).unwrap_or_default();
        text.contains("fn read(datagram: &[u8]")
    };
    let decoders = tree.names(folder, ".rs").into_iter().filter(|name| reads(name));
    let unfuzzed = decoders.filter(|name| !targets.is_empty() && !targets.contains(name));
    unfuzzed.map(|name| format!("{folder}/{name}.rs: no fuzz/fuzz_targets/{name}.rs")).collect()
}

/// Every fuzz target has its file and every file its target.
pub(super) fn fuzz_targets(tree: &Tree) -> Vec<String> {
    let manifest = "fuzz/Cargo.toml";
    let there = tree.names("fuzz/fuzz_targets", ".rs");
    let text = tree.text(manifest).unwrap_or_default();
    let registered =
        text.lines().filter_map(|line| line.trim().strip_prefix("path")?.split('"').nth(1));
    let registered =
        registered.filter_map(|p| p.strip_prefix("fuzz_targets/")?.strip_suffix(".rs"));
    differences("fuzz/fuzz_targets", &there, manifest, &registered.collect::<Vec<_>>())
}

/// Every bench program is one that `cargo xtask bench` knows, and the other way round once there are any.
pub(super) fn benches(tree: &Tree) -> Vec<String> {
    let there = tree.names("crates/app/benches", ".rs");
    if there.is_empty() {
        return Vec::new();
    }
    differences("crates/app/benches", &there, "xtask/src/bench.rs", BENCHES)
}

/// Every fragment in `changelog.d` is `name.kind.md` and says something.
pub(super) fn fragments(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in tree.names("changelog.d", "").into_iter().filter(|name| *name != "README.md") {
        let kind = name.strip_suffix(".md").and_then(|stem| stem.rsplit_once('.')).map(|(_, k)| k);
        let text = tree.text(&format!("changelog.d/{name}")).unwrap_or_default();
        if !kind.is_some_and(|kind| KINDS.contains(&kind)) {
            wrong.push(format!("changelog.d/{name}: name it what.kind.md, kind one of {KINDS:?}"));
        } else if text.trim().is_empty() {
            wrong.push(format!("changelog.d/{name}: it says nothing"));
        }
    }
    wrong
}

/// Every file of `folder`, except `beside`, stands as `name::` in the list `list` of `file`, and
/// every such name is a file. Without that list there is nothing to compare.
fn in_list(tree: &Tree, folder: &str, list: &str, file: &str, beside: &[&str]) -> Vec<String> {
    let Some(entries) = tree.text(file).and_then(|text| block(text, list)) else {
        return Vec::new();
    };
    let there: Vec<&str> =
        tree.names(folder, ".rs").into_iter().filter(|name| !beside.contains(name)).collect();
    let paths = entries.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let listed: Vec<&str> = paths.filter_map(|path| Some(path.split_once("::")?.0)).collect();
    differences(folder, &there, file, &listed)
}

/// What stands in the brackets of `const LIST: … = &[ … ];`.
fn block<'a>(text: &'a str, list: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("const {list}:"))?;
    // Past the type, which has brackets too.
    let (_, value) = rest.split_once('=')?;
    Some(value.split_once('[')?.1.split_once("];")?.0)
}

/// What is only in the folder, only in the list, or in the list twice.
fn differences(folder: &str, there: &[&str], list: &str, listed: &[&str]) -> Vec<String> {
    let (on_disk, in_list) = (set(there), set(listed));
    let missing =
        on_disk.difference(&in_list).map(|n| format!("{list}: {folder}/{n} is not in the list"));
    let gone = in_list
        .difference(&on_disk)
        .map(|n| format!("{list}: lists {n}, which is not in {folder}"));
    let mut wrong: Vec<String> = missing.chain(gone).collect();
    if in_list.len() < listed.len() {
        wrong.push(format!("{list}: lists something in {folder} twice"));
    }
    wrong
}

fn set<'a>(names: &[&'a str]) -> BTreeSet<&'a str> {
    names.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn a_measure_that_is_not_in_the_list_is_found() {
        let list = "macro_rules! files { ($($name:literal),+) => { &[\"x\"] }; }\n\
                    pub const MEASURES: &[(&str, &str)] = files![\n    \"01-a\",\n    \"03-c\",\n];";
        let file = ("crates/ground/src/measures.rs", list);
        let texts = ("measures/TEXTS.toml", "");
        check(
            measures,
            &[file, ("measures/01-a.toml", ""), ("measures/03-c.toml", ""), texts],
            &[],
        );
        let more = ("measures/02-b.toml", "");
        check(measures, &[file, ("measures/01-a.toml", ""), more], &["02-b is not", "lists 03-c"]);
    }

    #[test]
    fn a_detector_that_is_not_in_the_list_is_found() {
        let list = "pub const DETECTORS: &[Detector] = &[\n    flood::DETECTOR,\n];\nuse a::b;";
        let lib = ("crates/detect/src/lib.rs", list);
        check(detectors, &[lib, ("crates/detect/src/flood.rs", "")], &[]);
        check(
            detectors,
            &[lib, ("crates/detect/src/carpet.rs", "")],
            &["carpet is", "lists flood"],
        );
    }

    #[test]
    fn a_fuzz_target_without_file_and_a_file_without_target_are_found() {
        let manifest = ("fuzz/Cargo.toml", "[[bin]]\nname = \"a\"\npath = \"fuzz_targets/a.rs\"\n");
        check(fuzz_targets, &[manifest, ("fuzz/fuzz_targets/a.rs", "")], &[]);
        check(fuzz_targets, &[manifest, ("fuzz/fuzz_targets/b.rs", "")], &["b is not", "lists a"]);
    }

    #[test]
    fn a_decoder_without_fuzz_target_is_found() {
        let read = "pub(super) fn read(datagram: &[u8], reading: &mut Reading<'_>) {";
        let (a, b) = ("crates/observe/src/flow/a.rs", "crates/observe/src/flow/b.rs");
        check(decoders, &[(a, read), (b, "fn other()")], &[]);
        check(decoders, &[(a, read), (b, "fn other()"), ("fuzz/fuzz_targets/c.rs", "")], &["a.rs"]);
    }

    #[test]
    fn a_bench_nobody_registered_is_found() {
        let mut files: Vec<(String, &str)> =
            BENCHES.iter().map(|name| (format!("crates/app/benches/{name}.rs"), "")).collect();
        files.push(("crates/app/benches/other.rs".into(), ""));
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), *t)).collect();
        check(benches, &files, &["other is not"]);
        check(benches, &files[..BENCHES.len()], &[]);
    }

    #[test]
    fn a_fragment_of_an_unknown_kind_is_found() {
        let well = ("changelog.d/first.added.md", "It works.");
        let files = [
            well,
            ("changelog.d/x.md", "a"),
            ("changelog.d/y.news.md", "a"),
            ("changelog.d/z.sent.md", " "),
        ];
        check(fragments, &files, &["d/x.md", "d/y.news.md", "d/z.sent.md"]);
    }
}

//! Rules about whole files: how they begin, how long they are, that they are used, what they point to.

use crate::source;
use crate::tree::Tree;

/// Most lines of a source file, a measure or a story.
const LONGEST: usize = 400;

/// Files that may be longer: path, lines it has now, why. The number may only go down, and the
/// entry goes when the file is short enough.
const LONGER: &[(&str, usize, &str)] = &[];

/// Files that hold foreign text by their nature.
const FOREIGN: &[&str] = &["Cargo.lock", "fuzz/Cargo.lock", "LICENSE"];

/// Every `.rs` file says on line one, after `//!`, what it is.
pub(super) fn first_lines(tree: &Tree) -> Vec<String> {
    let silent = tree.ending(".rs").filter(|(_, text)| {
        let first = text.lines().next().unwrap_or_default();
        first.strip_prefix("//! ").is_none_or(|said| said.trim().len() < 4)
    });
    silent.map(|(path, _)| format!("{path}:1: line one is not a sentence after `//!`")).collect()
}

/// No file is longer than [`LONGEST`] except those in [`LONGER`], which only shrinks.
pub(super) fn lengths(tree: &Tree) -> Vec<String> {
    too_long(tree, LONGER)
}

fn too_long(tree: &Tree, exceptions: &[(&str, usize, &str)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for ending in [".rs", ".story"] {
        for (path, text) in tree.ending(ending) {
            let lines = text.lines().count();
            let most = exceptions.iter().find(|e| e.0 == path).map_or(LONGEST, |e| e.1);
            if lines > most {
                wrong.push(format!("{path}: {lines} lines, at most {most}; split it by subject"));
            }
        }
    }
    for &(path, most, reason) in exceptions {
        let lines = tree.text(path).map_or(0, |text| text.lines().count());
        if lines < most || most <= LONGEST || reason.is_empty() {
            wrong.push(format!(
                "{path}: its exception says {most} lines; it has {lines}: lower or remove the entry"
            ));
        }
    }
    wrong
}

/// Every source file is reached by a `mod` of the file above it, or is the root of a target.
pub(super) fn orphans(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, _) in tree.ending(".rs").filter(|(path, _)| path.contains("/src/")) {
        let (folder, name) = module(path);
        let root = matches!(name, "lib" | "main") || folder.ends_with("/bin");
        if !root && !declares(tree, folder, name, &source::code) && !included(tree, path) {
            wrong.push(format!("{path}: no `mod {name};` above it, so nothing compiles it"));
        }
    }
    wrong
}

/// Is this file compiled for tests only: its `mod` stands after `#[cfg(test)]`, or it is a test by its place?
pub(super) fn is_test(tree: &Tree, path: &str) -> bool {
    let (folder, name) = module(path);
    let product = |text: &str| source::without_tests(&source::code(text));
    source::is_test(path)
        || declares(tree, folder, name, &source::code) && !declares(tree, folder, name, &product)
}

/// The folder whose module declares the file at `path`, and the name it has there.
fn module(path: &str) -> (&str, &str) {
    let (folder, file) = path.rsplit_once('/').unwrap_or_default();
    match (file.trim_end_matches(".rs"), folder.rsplit_once('/')) {
        ("mod", Some((above, name))) => (above, name),
        (name, _) => (folder, name),
    }
}

/// Does the file that stands for `folder` declare the module `name` in what `part` leaves of it?
fn declares(tree: &Tree, folder: &str, name: &str, part: &dyn Fn(&str) -> String) -> bool {
    let files = ["/lib.rs", "/main.rs", "/mod.rs", ".rs"].map(|end| format!("{folder}{end}"));
    let word = format!("mod {name};");
    let mut texts = files.iter().filter_map(|file| tree.text(file));
    texts.any(|text| !source::lines_with(&part(text), &word).is_empty())
}

/// Does some file include this one with `#[path = "…"]`?
fn included(tree: &Tree, path: &str) -> bool {
    let tail = format!("/{path}\"]");
    tree.ending(".rs")
        .any(|(_, text)| text.lines().any(|l| l.contains("#[path") && l.contains(&tail)))
        || path == "xtask/src/suite.rs"
        || path == "xtask/src/measure.rs"
}

/// Every relative link in a document leads to a file or folder of the tree.
pub(super) fn links(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.ending(".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in text.lines().enumerate() {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let target = target.split('#').next().unwrap_or_default();
                if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                    continue;
                }
                let whole = resolve(folder, target);
                let inside = format!("{whole}/");
                if !tree.paths().any(|p| p == whole || p.starts_with(&inside)) {
                    wrong.push(format!("{path}:{}: nothing is at {target}", number + 1));
                }
            }
        }
    }
    wrong
}

/// `target` as seen from `folder`, from the root of the tree.
fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// No file names the host of a package registry or a folder that exists on one machine only.
pub(super) fn places(tree: &Tree) -> Vec<String> {
    // In two halves, so that this file does not name them either.
    let places = [
        concat!("crates", ".io"),
        concat!("pypi", ".org"),
        concat!("npmjs", ".org"),
        concat!("npmjs", ".com"),
        concat!("proxy.golang", ".org"),
        concat!("/wor", "k/"),
        concat!("/roo", "t/"),
        concat!("/tmp/", "bash"),
    ];
    let mut wrong = Vec::new();
    for (path, text) in tree.ending("").filter(|(path, _)| !FOREIGN.contains(path)) {
        for (number, line) in text.lines().enumerate() {
            for place in places.iter().filter(|place| line.contains(**place)) {
                wrong.push(format!("{path}:{}: names {place}", number + 1));
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
    fn a_file_that_does_not_say_what_it_is_is_found() {
        check(first_lines, &[("a.rs", "//! Words.\n"), ("b.rs", "fn f() {}")], &["b.rs:1"]);
        check(first_lines, &[("a.rs", ""), ("b.rs", "//! \n")], &["a.rs:1", "b.rs:1"]);
    }

    #[test]
    fn a_long_file_and_an_exception_that_could_shrink_are_found() {
        let lines = "x\n".repeat(401);
        check(lengths, &[("a.rs", &lines), ("b.rs", &lines[2..])], &["a.rs: 401"]);
        let tree = Tree::of(&[("a.rs", &lines)]);
        assert!(too_long(&tree, &[("a.rs", 401, "a table")]).is_empty());
        assert_eq!(too_long(&tree, &[("a.rs", 402, "a table")]).len(), 1);
        assert_eq!(too_long(&tree, &[("gone.rs", 500, "a table")]).len(), 2);
    }

    #[test]
    fn a_file_that_nothing_compiles_is_found() {
        let files = [
            ("c/src/lib.rs", "mod a; // mod d;"),
            ("c/src/a.rs", "mod b;"),
            ("c/src/a/b.rs", ""),
            ("c/src/d.rs", ""),
            ("c/src/a/e.rs", ""),
            ("c/src/bin/x.rs", ""),
        ];
        check(orphans, &files, &["c/src/d.rs", "c/src/a/e.rs"]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text = "[a](b.md) [c](../d/) [e](f.md#g) [h](https://example.invalid/x) [i](#j)";
        check(links, &[("docs/a.md", text), ("docs/b.md", ""), ("d/x", "")], &["f.md"]);
    }

    #[test]
    fn a_place_on_one_machine_is_found() {
        let text = concat!("see /wor", "k/main\nand crates", ".io");
        check(places, &[("a.md", text), ("Cargo.lock", text)], &["a.md:1", "a.md:2"]);
    }
}

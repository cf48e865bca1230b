//! Rules about names: none that says nothing, by the word table in CONTRIBUTING.md.

use crate::source;
use crate::tree::Tree;

/// Names of files, folders and modules that say nothing about what is in them.
const MODULES: &[&str] = &[
    "util",
    "utils",
    "common",
    "commons",
    "helper",
    "helpers",
    "misc",
    "shared",
    "stuff",
    "new",
    "old",
    "legacy",
    "v2",
    "ng",
    "manager",
    "handler",
    "processor",
    "service",
    "info",
    "data",
    "impl",
    "types",
];

/// Ends of type names that say nothing.
const ENDS: &[&str] = &[
    "Manager",
    "Handler",
    "Service",
    "Processor",
    "Helper",
    "Util",
    "Utils",
    "Info",
    "Data",
    "Impl",
];

/// Folders that belong to tools, not to us.
const TOOLS: &[&str] = &[".ci", ".cargo"];

/// Files, folders, modules and types whose names say nothing.
pub(super) fn nothing_words(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in tree.paths().filter(|p| !TOOLS.iter().any(|tool| p.starts_with(tool))) {
        for part in path.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            if MODULES.contains(&stem) {
                wrong.push(format!("{path}: the name {stem} does not say what is in it"));
            }
        }
    }
    for (path, text) in tree.ending(".rs") {
        for (number, line) in source::code(text).lines().enumerate() {
            for (keyword, name) in declared(line) {
                let empty = match keyword {
                    "mod" => MODULES.contains(&name),
                    _ => ENDS.iter().any(|end| name.ends_with(end)),
                };
                if empty {
                    let number = number + 1;
                    wrong.push(format!("{path}:{number}: the name {name} does not say what it is"));
                }
            }
        }
    }
    wrong
}

/// What a line declares: keyword and name.
fn declared(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let words: Vec<&str> = line.split(|c| !part(c)).filter(|word| !word.is_empty()).collect();
    let pairs: Vec<(&str, &str)> = words.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let keywords = ["mod", "struct", "enum", "trait", "type", "union"];
    pairs.into_iter().filter(move |(keyword, _)| keywords.contains(keyword))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn a_name_that_says_nothing_is_found() {
        let files = [
            ("c/src/util.rs", ""),
            ("c/src/common/a.rs", ""),
            ("c/src/a.rs", "mod helper { }\npub struct FlowManager;\nstruct Dataset;"),
            ("c/src/b.rs", "// struct XHandler\nenum Renewal {}\nimpl Data for X {}"),
        ];
        check(nothing_words, &files, &["util.rs", "common/a.rs", "a.rs:1", "a.rs:2"]);
    }
}

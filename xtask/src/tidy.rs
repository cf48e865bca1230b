//! The rules of the house that neither the compiler nor clippy can hold: each is a function from the
//! tree to what is wrong in it, and a test that nothing is.

use crate::tree::Tree;

mod code;
mod files;
mod kernel;
mod lists;
mod names;

/// A rule: what of the tree breaks it, one line each, beginning with the place.
type Rule = fn(&Tree) -> Vec<String>;

/// Every rule with its name.
const RULES: &[(&str, Rule)] = &[
    ("a source file begins with a line that says what it is", files::first_lines),
    ("a source file has at most 400 lines", files::lengths),
    ("every source file is compiled", files::orphans),
    ("a document's links lead somewhere", files::links),
    ("nothing in the tree names a registry's host or a path of one machine", files::places),
    ("no name that says nothing", names::nothing_words),
    ("no lint is switched off without a reason", code::silenced),
    ("no unsafe code", code::unsafe_code),
    ("only app and xtask read the clock and the environment", code::clock_and_environment),
    ("every example in the documentation is compiled", code::uncompiled_examples),
    ("what proves something cannot be copied or looked into", kernel::proofs),
    ("every measure is in the book's list", lists::measures),
    ("every detector is in the list", lists::detectors),
    ("every decoder has a fuzz target", lists::decoders),
    ("every fuzz target is registered", lists::fuzz_targets),
    ("every bench is registered", lists::benches),
    ("a fragment of the changelog is of a known kind", lists::fragments),
];

/// Everything in `tree` that breaks a rule.
pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    RULES.iter().flat_map(|(_, rule)| rule(tree)).collect()
}

/// Tries a rule on a tree of a few files: what it says must contain each of `expected`, in as many lines.
#[cfg(test)]
fn check(rule: Rule, files: &[(&str, &str)], expected: &[&str]) {
    let wrong = rule(&Tree::of(files));
    let said = expected.iter().all(|part| wrong.iter().any(|line| line.contains(part)));
    assert!(said && wrong.len() == expected.len(), "expected {expected:?}, got {wrong:?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_keeps_the_rules_of_the_house() {
        let tree = Tree::read(&crate::tree::root()).unwrap();
        let mut broken = String::new();
        for (name, rule) in RULES {
            let wrong = rule(&tree);
            if !wrong.is_empty() {
                broken.push_str(&format!("\n{name}:\n  {}\n", wrong.join("\n  ")));
            }
        }
        assert!(broken.is_empty(), "{broken}");
    }

    #[test]
    fn an_empty_tree_breaks_no_rule() {
        assert_eq!(problems(&Tree::of(&[])), Vec::<String>::new());
    }
}

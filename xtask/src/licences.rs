//! Every package we build on has a licence we accept and comes from the default registry.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::metadata;

/// Licences the product may be built from. Adding one is a decision for a person.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages that must not be in the tree, with the reason.
const UNWANTED: &[(&str, &str)] = &[
    ("ring", "one crypto provider in the tree, and that is not this one"),
    ("openssl-sys", "no OpenSSL: the build needs Rust and a C compiler only"),
    ("native-tls", "no OpenSSL: the build needs Rust and a C compiler only"),
];

/// The answer of `cargo metadata`.
#[derive(Deserialize)]
struct Packages {
    packages: Vec<Package>,
}

/// One package as its manifest has it; one without a source is a folder of the workspace.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// What is wrong with the packages of the workspace at `root`.
///
/// # Errors
/// When cargo cannot list them.
fn problems(root: &Path) -> Result<Vec<String>> {
    Ok(everything(root)?.iter().flat_map(wrong_with).collect())
}

/// Every package in the build of this machine, as the lock file has it, without the network.
fn everything(root: &Path) -> Result<Vec<Package>> {
    let rustc = Command::new("rustc").arg("-vV").current_dir(root).output();
    let said = rustc.context("asking rustc for its target")?.stdout;
    let said = String::from_utf8(said).context("reading rustc's answer")?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc -vV names no host")?;
    let all: Packages = metadata::ask(root, &["--offline", "--filter-platform", host])?;
    Ok(all.packages)
}

fn wrong_with(package: &Package) -> Vec<String> {
    let Package { name, version, license, source } = package;
    let mut wrong = Vec::new();
    match license {
        None => wrong.push(format!("{name} {version} names no licence")),
        Some(expression) if !accepted(expression) => {
            wrong.push(format!("{name} {version} is under {expression}, which is not accepted"));
        }
        Some(_) => {}
    }
    if let Some(source) = source
        && source != default_registry()
    {
        wrong.push(format!("{name} {version} comes from {source}, not from the default registry"));
    }
    if let Some((_, reason)) = UNWANTED.iter().find(|(unwanted, _)| unwanted == name) {
        wrong.push(format!("{name} {version} must not be in the tree: {reason}"));
    }
    wrong
}

/// How cargo writes the registry it uses when nothing else is set.
fn default_registry() -> &'static str {
    concat!("registry+https://github.com/rust-lang/crates", ".io-index")
}

/// Can the conditions of an SPDX expression be met with accepted licences alone?
fn accepted(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    let met = either(&mut rest);
    met == Some(true) && rest.is_empty()
}

/// `a OR b`; `None` when it cannot be read.
fn either(tokens: &mut &[&str]) -> Option<bool> {
    let mut met = both(tokens)?;
    while let [first, rest @ ..] = *tokens
        && *first == "OR"
    {
        *tokens = rest;
        met |= both(tokens)?;
    }
    Some(met)
}

/// `a AND b`.
fn both(tokens: &mut &[&str]) -> Option<bool> {
    let mut met = single(tokens)?;
    while let [first, rest @ ..] = *tokens
        && *first == "AND"
    {
        *tokens = rest;
        met &= single(tokens)?;
    }
    Some(met)
}

/// A licence, a licence with an exception, or an expression in parentheses.
fn single(tokens: &mut &[&str]) -> Option<bool> {
    match *tokens {
        [] => None,
        ["(", rest @ ..] => {
            *tokens = rest;
            let met = either(tokens)?;
            let [")", rest @ ..] = *tokens else { return None };
            *tokens = rest;
            Some(met)
        }
        [licence, "WITH", exception, rest @ ..] => {
            *tokens = rest;
            Some(ALLOWED.contains(&format!("{licence} WITH {exception}").as_str()))
        }
        [licence, rest @ ..] => {
            *tokens = rest;
            Some(ALLOWED.contains(licence))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_an_accepted_licence_and_comes_from_the_default_registry() {
        assert_eq!(problems(&crate::tree::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_expression_is_accepted_when_accepted_licences_meet_it() {
        let yes = ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(MIT OR MPL-2.0) AND Zlib"];
        let no = ["MPL-2.0", "MIT AND GPL-3.0-only", "", "MIT OR", "(MIT", "MIT)", "MIT WITH X"];
        assert!(yes.into_iter().all(accepted));
        for expression in no {
            assert!(!accepted(expression), "{expression}");
        }
        assert!(accepted("Apache-2.0 WITH LLVM-exception"));
    }

    #[test]
    fn a_package_from_elsewhere_is_noticed() {
        let mut package = Package {
            name: "x".into(),
            version: "1.0.0".into(),
            license: Some("MIT".into()),
            source: Some("git+https://example.invalid/x".into()),
        };
        assert_eq!(wrong_with(&package).len(), 1);
        package.source = Some(default_registry().into());
        assert!(wrong_with(&package).is_empty());
        package.name = "ring".into();
        assert_eq!(wrong_with(&package).len(), 1);
    }
}

//! What a test suite that needs programs from Debian says when they are not installed.
#![expect(clippy::disallowed_methods, reason = "tests look for programs in the search path")]
//!
//! Included by path in each integration test binary: `#[path = "…/xtask/src/suite.rs"] mod suite;`.

use std::path::{Path, PathBuf};

/// Are all `programs` installed? When not, notes the suite as not run, with the Debian packages it
/// needs, where `cargo xtask test` finds it; with `SEKISHO_ALL_SUITES=1` that is a failure instead.
///
/// # Panics
/// When `SEKISHO_ALL_SUITES` is `1` and a program is missing.
pub(crate) fn can_run(suite: &str, programs: &[&str], packages: &str) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|p| find(p).is_none()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(|root| root.join("target/suites"));
    if let Some(folder) = folder {
        let (kind, text) = if missing.is_empty() { ("ran", String::new()) } else { ("missing", packages.to_owned()) };
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join(format!("{suite}.{kind}")), text));
        assert!(written.is_ok(), "cannot note the suite in {}: {written:?}", folder.display());
    }
    let all = std::env::var_os("SEKISHO_ALL_SUITES").is_some_and(|v| v == "1");
    assert!(missing.is_empty() || !all, "suite {suite} cannot run: {missing:?} not installed (Debian packages: {packages})");
    missing.is_empty()
}

/// Where `program` is, looking in the search path and the folders for daemons.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into(), "/usr/lib/go/bin".into()])
        .map(|folder| folder.join(program))
        .find(|p| p.is_file())
}

//! What a test suite that needs programs from Debian says when they are not installed.
#![expect(clippy::disallowed_methods, reason = "tests look for programs in the search path")]
//!
//! Included by path in each integration test binary: `#[path = "…/xtask/src/suite.rs"] mod suite;`.

use std::path::{Path, PathBuf};

/// Are all `programs` installed? When not, notes the suite as not run, with the Debian packages it
/// needs, where `cargo xtask test` finds it; with `SEKISHO_ALL_SUITES=1` that is a failure instead.
/// A test that hears `false` returns at once.
///
/// # Panics
/// When `SEKISHO_ALL_SUITES` is `1` and a program is missing.
pub(crate) fn can_run(suite: &str, programs: &[&str], packages: &str) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|p| find(p).is_none()).collect();
    let all = std::env::var_os("SEKISHO_ALL_SUITES").is_some_and(|v| v == "1");
    if missing.is_empty() {
        note(&format!("{suite}.ran"), "");
        return true;
    }
    note(&format!("{suite}.missing"), packages);
    assert!(
        !all,
        "suite {suite} cannot run: {missing:?} not installed (Debian packages: {packages})"
    );
    // The test's name is its thread's name; each such test counts as skipped, not as passed.
    let test = std::thread::current().name().unwrap_or("main").replace('/', "_");
    note(&format!("{suite}.{test}.left-out"), "");
    false
}

/// Where `program` is, looking in the search path and the folders for daemons.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into(), "/usr/lib/go/bin".into()])
        .map(|folder| folder.join(program))
        .find(|p| p.is_file())
}

/// Writes a note for `cargo xtask test` into `target/suites`.
fn note(name: &str, text: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    let Some(folder) = root.map(|root| root.join("target/suites")) else { return };
    let written =
        std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join(name), text));
    assert!(written.is_ok(), "cannot note the suite in {}: {written:?}", folder.display());
}

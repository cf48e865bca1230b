//! Which suites that need Debian programs ran and which did not, as the tests noted it (see `suite.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What the tests noted.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Suites {
    /// Suites that ran.
    pub(crate) ran: BTreeSet<String>,
    /// Suites that did not, with the Debian packages each needs.
    pub(crate) missing: BTreeMap<String, String>,
    /// Number of tests that returned at once because their suite could not run.
    pub(crate) tests_left_out: usize,
}

/// Forgets what earlier runs noted.
///
/// # Errors
/// When the notes cannot be removed.
pub(crate) fn forget(root: &Path) -> Result<()> {
    let folder = folder(root);
    match std::fs::remove_dir_all(&folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("clearing {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Reads what the tests of this run noted.
///
/// # Errors
/// When a note cannot be read.
pub(crate) fn read(root: &Path) -> Result<Suites> {
    let folder = folder(root);
    let mut suites = Suites::default();
    let entries = match std::fs::read_dir(&folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(suites),
        entries => entries.with_context(|| format!("listing {}", folder.display()))?,
    };
    for entry in entries {
        let path = entry.with_context(|| format!("listing {}", folder.display()))?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match path.extension().and_then(|kind| kind.to_str()) {
            Some("ran") => {
                suites.ran.insert(name);
            }
            Some("missing") => {
                let packages = std::fs::read_to_string(&path)
                    .with_context(|| format!("reading {}", path.display()))?;
                suites.missing.insert(name, packages);
            }
            Some("left-out") => suites.tests_left_out += 1,
            _ => {}
        }
    }
    suites.ran.retain(|name| !suites.missing.contains_key(name));
    Ok(suites)
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/suites")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tests_noted_is_read_and_forgotten() {
        let root = crate::tree::root().join(format!("target/xtask-suites-{}", std::process::id()));
        assert_eq!(read(&root).unwrap(), Suites::default());
        std::fs::create_dir_all(folder(&root)).unwrap();
        for (file, text) in [
            ("bgp.ran", ""),
            ("flow.missing", "softflowd"),
            ("flow.a::b.left-out", ""),
            ("both.ran", ""),
            ("both.missing", "x"),
        ] {
            std::fs::write(folder(&root).join(file), text).unwrap();
        }
        let suites = read(&root).unwrap();
        assert_eq!(suites.ran, BTreeSet::from(["bgp".to_owned()]));
        assert_eq!(suites.missing.keys().collect::<Vec<_>>(), ["both", "flow"]);
        assert_eq!(suites.tests_left_out, 1);
        forget(&root).unwrap();
        assert_eq!(read(&root).unwrap(), Suites::default());
        std::fs::remove_dir_all(&root).unwrap();
    }
}

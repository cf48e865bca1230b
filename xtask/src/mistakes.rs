//! `cargo xtask mistakes`: makes each known mistake in a copy of the tree and reports what caught it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tree::Tree;
use crate::{layers, metadata, tidy, tree};

mod list;

/// One mistake somebody could make, and what must catch it.
struct Mistake {
    /// What was done wrong, as one would say it.
    what: &'static str,
    /// How it looks in the tree.
    change: Change,
    /// The cheapest check that must fail.
    caught_by: Catcher,
    /// What that check must say, so that it fails for this reason and no other.
    says: &'static str,
}

/// A small change of one file.
#[derive(Debug)]
enum Change {
    /// Adds `text` at the end of `file`, or makes the file.
    Append { file: &'static str, text: &'static str },
    /// Puts `to` in the place of the first `from` in `file`.
    Replace { file: &'static str, from: &'static str, to: &'static str },
}

/// A check, cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Catcher {
    /// The tidy tests of xtask.
    Tidy,
    /// The layer test of xtask.
    Layers,
    /// `cargo check` of a crate.
    Check(&'static str),
    /// `cargo clippy` of a crate, warnings being errors.
    Clippy(&'static str),
    /// The tests of a crate whose names contain a word.
    Test(&'static str, &'static str),
}

/// Makes every mistake whose name contains `only`; `true` when each was caught.
///
/// # Errors
/// When the copy cannot be made, or the tree fails a check before any mistake is made in it.
pub(crate) fn run(only: Option<&str>) -> Result<bool> {
    let root = tree::root();
    let copy = root.join("target/mistakes/tree");
    make_copy(&root, &copy)?;
    let mut before = BTreeMap::new();
    let mut all_caught = true;
    let mut table = format!("\n{:<64} | {:<50} | seconds\n", "mistake", "caught by");
    let chosen = list::MISTAKES.iter().filter(|m| only.is_none_or(|word| m.what.contains(word)));
    for mistake in chosen {
        let check = mistake.caught_by;
        let said_before = match before.entry(check) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let found = check.run(&copy)?.unwrap_or_default();
                let well = if found.is_empty() { "well" } else { "NOT well" };
                println!("{check} on the tree without mistakes: {well}\n{found}");
                unknown.insert(found)
            }
        };
        if check.builds() && !said_before.is_empty() {
            let row = format!("not tried: the tree itself does not pass {check}");
            table.push_str(&format!("{:<64} | {row}\n", mistake.what));
            all_caught = false;
            continue;
        }
        let (said, took) = attempt(mistake, &copy).with_context(|| mistake.what.to_owned())?;
        let caught = is_said(mistake.says, &said, said_before);
        let by = if caught { check.to_string() } else { format!("NOT CAUGHT by {check}") };
        table.push_str(&format!("{:<64} | {by:<50} | {:.1}\n", mistake.what, took.as_secs_f64()));
        if !caught {
            println!("{}: “{}” is not in:\n{said}", mistake.what, mistake.says);
        }
        all_caught &= caught;
    }
    print!("{table}");
    Ok(all_caught)
}

/// Does a line of `said` that was not said `before` contain `text`?
fn is_said(text: &str, said: &str, before: &str) -> bool {
    said.lines().any(|line| line.contains(text) && !before.lines().any(|known| known == line))
}

/// Makes the mistake, runs its check, and undoes it: what the check said, and how long it took.
fn attempt(mistake: &Mistake, copy: &Path) -> Result<(String, Duration)> {
    let file = copy.join(mistake.change.file());
    let before = std::fs::read_to_string(&file).ok();
    let after = mistake.change.apply(before.as_deref())?;
    std::fs::write(&file, after).with_context(|| format!("writing {}", file.display()))?;
    let started = Instant::now();
    let found = mistake.caught_by.run(copy)?;
    let took = started.elapsed();
    match before {
        Some(text) => std::fs::write(&file, text),
        None => std::fs::remove_file(&file),
    }
    .with_context(|| format!("undoing the change of {}", file.display()))?;
    Ok((found.unwrap_or_default(), took))
}

impl Change {
    fn file(&self) -> &'static str {
        match self {
            Self::Append { file, .. } | Self::Replace { file, .. } => file,
        }
    }

    /// The file's text with the change made.
    fn apply(&self, before: Option<&str>) -> Result<String> {
        match self {
            Self::Append { text, .. } => Ok(format!("{}{text}", before.unwrap_or_default())),
            Self::Replace { file, from, to } => match before {
                Some(before) if before.contains(from) => Ok(before.replacen(from, to, 1)),
                _ => bail!("{file} does not contain “{from}” any more; bring the list up to date"),
            },
        }
    }
}

impl Catcher {
    /// Does it build the tree, so that it says nothing of one mistake while there is another?
    fn builds(self) -> bool {
        match self {
            Self::Tidy | Self::Layers => false,
            Self::Check(_) | Self::Clippy(_) | Self::Test(..) => true,
        }
    }

    /// What the check found wrong with the tree at `root`; nothing when it is well.
    fn run(self, root: &Path) -> Result<Option<String>> {
        let found = match self {
            Self::Tidy => tidy::problems(&Tree::read(root)?),
            Self::Layers => layers::problems(root)?,
            Self::Check(package) => return cargo(root, &["check", "-p", package]),
            Self::Clippy(package) => {
                return cargo(root, &["clippy", "-p", package, "--", "-D", "warnings"]);
            }
            Self::Test(package, filter) => return cargo(root, &["test", "-p", package, filter]),
        };
        Ok((!found.is_empty()).then(|| found.join("\n")))
    }
}

impl std::fmt::Display for Catcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tidy => f.write_str("the tidy tests"),
            Self::Layers => f.write_str("the layer test"),
            Self::Check(package) => write!(f, "cargo check -p {package}"),
            Self::Clippy(package) => write!(f, "cargo clippy -p {package}"),
            Self::Test(package, filter) => write!(f, "cargo test -p {package} {filter}"),
        }
    }
}

/// Runs cargo on the copy; what it said when it failed.
fn cargo(root: &Path, arguments: &[&str]) -> Result<Option<String>> {
    let (task, rest) = arguments.split_first().context("no cargo task")?;
    // A quiet test run would not name the test that failed in the usual way.
    let quiet: &[&str] = if *task == "test" { &[] } else { &["--quiet"] };
    let output = metadata::cargo()
        .args([*task, "--offline"])
        .args(quiet)
        .args(rest)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", build_folder())
        .output()
        .context("starting cargo")?;
    let said = [output.stdout, output.stderr].concat();
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&said).into_owned()))
}

/// Where copies are built: apart from the tree's own builds, kept between runs.
fn build_folder() -> PathBuf {
    tree::root().join("target/mistakes/build")
}

/// Copies the files of the tree at `root` to `copy`, in place of what was there. Files that are the
/// same already are left alone, so that cargo need not build them again.
fn make_copy(root: &Path, copy: &Path) -> Result<()> {
    let tree = Tree::read(root)?;
    if copy.is_dir() {
        for gone in Tree::read(copy)?.paths().filter(|path| !tree.has(path)) {
            std::fs::remove_file(copy.join(gone)).with_context(|| format!("removing {gone}"))?;
        }
    }
    for path in tree.paths() {
        let (from, to) = (root.join(path), copy.join(path));
        let bytes = std::fs::read(&from).with_context(|| format!("reading {path}"))?;
        if std::fs::read(&to).is_ok_and(|there| there == bytes) {
            continue;
        }
        let folder = to.parent().unwrap_or(copy);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&to, bytes))
            .with_context(|| format!("copying {path} to {}", to.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_no_longer_fits_the_file_is_an_error() {
        let change = Change::Replace { file: "a.rs", from: "pub", to: "" };
        assert_eq!(change.apply(Some("pub fn, pub fn")).unwrap(), " fn, pub fn");
        assert!(change.apply(Some("fn")).is_err() && change.apply(None).is_err());
        assert_eq!(Change::Append { file: "a.rs", text: "b" }.apply(None).unwrap(), "b");
    }

    #[test]
    fn what_was_said_before_the_mistake_is_not_said_of_it() {
        assert!(is_said("no mod", "a: no mod\nb: no mod", "a: no mod"));
        assert!(!is_said("no mod", "a: no mod", "a: no mod"));
        assert!(!is_said("no mod", "c: other", ""));
    }

    #[test]
    fn every_mistake_fits_the_tree() {
        let tree = Tree::read(&tree::root()).unwrap();
        for mistake in list::MISTAKES {
            let text = tree.text(mistake.change.file());
            assert!(mistake.change.apply(text).is_ok(), "{}: {:?}", mistake.what, mistake.change);
        }
    }

    #[test]
    fn a_mistake_has_one_name_and_a_check_that_says_why() {
        let mut names: Vec<&str> = list::MISTAKES.iter().map(|m| m.what).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), list::MISTAKES.len());
        assert!(list::MISTAKES.iter().all(|m| !m.says.is_empty()));
    }
}

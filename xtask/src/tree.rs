//! The files of the project, as text by path, for checks that read all of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// A set of files: those git knows or would add, or, where there is no git, all but `target`.
pub(crate) struct Tree {
    /// Text by path from the root, with `/`; files that are not UTF-8 have none.
    files: BTreeMap<String, Option<String>>,
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

impl Tree {
    /// Reads the tree at `root`.
    ///
    /// # Errors
    /// When the folder cannot be listed or a file in it cannot be read.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for path in paths(root)? {
            let whole = root.join(&path);
            let bytes =
                std::fs::read(&whole).with_context(|| format!("reading {}", whole.display()))?;
            files.insert(path, String::from_utf8(bytes).ok());
        }
        Ok(Self { files })
    }

    /// A tree of these files only, for trying a check.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), Some((*text).to_owned()));
        Self { files: files.iter().map(owned).collect() }
    }

    /// Every path.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Is there a file at `path`?
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The text of the file at `path`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Every text file whose path ends in `ending`, with its text.
    pub(crate) fn ending<'a>(
        &'a self,
        ending: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let texts = self.files.iter().filter_map(|(p, t)| Some((p.as_str(), t.as_deref()?)));
        texts.filter(move |(path, _)| path.ends_with(ending))
    }

    /// Names, without `ending`, of the files that lie directly in `folder`.
    pub(crate) fn names(&self, folder: &str, ending: &str) -> Vec<&str> {
        let inside = self.paths().filter_map(|p| p.strip_prefix(folder)?.strip_prefix('/'));
        inside.filter_map(|p| p.strip_suffix(ending)).filter(|p| !p.contains('/')).collect()
    }
}

/// Paths of all files of the tree at `root`, in order.
fn paths(root: &Path) -> Result<Vec<String>> {
    let mut found = match known_to_git(root) {
        Some(paths) => paths,
        None => {
            let mut all = Vec::new();
            walk(root, "", &mut all)?;
            all
        }
    };
    // A file that was deleted and not yet committed is still in git's list.
    found.retain(|path| root.join(path).is_file());
    found.sort();
    found.dedup();
    Ok(found)
}

/// What git has or would add, when `root` is a checkout and git is installed.
fn known_to_git(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(list).current_dir(root).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split('\0').filter(|p| !p.is_empty()).map(str::to_owned).collect())
}

/// Adds every file under `root`/`inside` to `found`, except what is built.
fn walk(root: &Path, inside: &str, found: &mut Vec<String>) -> Result<()> {
    let folder = root.join(inside);
    let entries =
        std::fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("listing {}", folder.display()))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            if name != "target" && name != ".git" {
                walk(root, &path, found)?;
            }
        } else {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_holds_the_workspace_manifest_and_nothing_that_was_built() {
        let tree = Tree::read(&root()).unwrap();
        assert!(tree.text("Cargo.toml").unwrap().contains("[workspace]"));
        assert!(tree.paths().all(|p| !p.starts_with("target/") && !p.starts_with(".git/")));
    }

    #[test]
    fn the_names_in_a_folder_are_those_directly_in_it() {
        let tree = Tree::of(&[("a/b.rs", ""), ("a/c/d.rs", ""), ("ab/e.rs", ""), ("a/f.md", "")]);
        assert_eq!(tree.names("a", ".rs"), ["b"]);
    }
}

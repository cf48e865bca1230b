//! The layer table in ARCHITECTURE.md and the manifests say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::metadata::{self, Dependency, Metadata, Package};

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// Crates of ours it may use.
    uses: Allowed,
    /// Crates of ours its tests may use besides.
    tests_use: Allowed,
    /// Crates of others it may use; tests may use any.
    outside: Allowed,
}

/// What a cell of the table allows.
#[derive(Debug, PartialEq, Eq)]
enum Allowed {
    Any,
    These(BTreeSet<String>),
}

const COLUMNS: [&str; 6] =
    ["crate", "what", "may use", "its tests also", "outside crates", "must not know"];

/// Where the manifests of the workspace at `root` and the table in its ARCHITECTURE.md differ.
///
/// # Errors
/// When either cannot be read.
pub(crate) fn problems(root: &Path) -> Result<Vec<String>> {
    let path = root.join("ARCHITECTURE.md");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(compare(&table(&text)?, &metadata::ours(root)?))
}

fn compare(table: &BTreeMap<String, Row>, metadata: &Metadata) -> Vec<String> {
    let ours: BTreeSet<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let without_crate = table.keys().filter(|name| !ours.contains(name.as_str()));
    let mut wrong: Vec<String> = without_crate
        .map(|name| format!("ARCHITECTURE.md has a row for {name}, but there is no such crate"))
        .collect();
    for package in &metadata.packages {
        match table.get(&package.name) {
            Some(row) => wrong.extend(edges(row, package)),
            None => wrong
                .push(format!("{} has no row in the layer table of ARCHITECTURE.md", package.name)),
        }
    }
    wrong
}

/// Dependencies of `package` that its row does not allow, and those it allows that are not there.
fn edges(row: &Row, package: &Package) -> Vec<String> {
    let mut wrong = Vec::new();
    for Dependency { name, kind, path } in &package.dependencies {
        let for_tests = kind.as_deref() == Some("dev");
        let allowed = match (path, for_tests) {
            (Some(_), false) => row.uses.has(name),
            (Some(_), true) => row.uses.has(name) || row.tests_use.has(name),
            (None, false) => row.outside.has(name),
            (None, true) => true,
        };
        if !allowed {
            let user = if for_tests { "its tests use" } else { "it uses" };
            wrong.push(format!(
                "{}: {user} {name}, which its row in ARCHITECTURE.md does not allow; \
                 an edge is a line there and a page in docs/adr",
                package.name
            ));
        }
    }
    for (column, allowed) in
        [("may use", &row.uses), ("its tests also", &row.tests_use), ("outside", &row.outside)]
    {
        let Allowed::These(names) = allowed else { continue };
        let there = |name: &&String| !package.dependencies.iter().any(|d| d.name == **name);
        for name in names.iter().filter(there) {
            wrong.push(format!(
                "{}: its row in ARCHITECTURE.md names {name} ({column}), its manifest does not",
                package.name
            ));
        }
    }
    wrong
}

/// The rows of the layer table by crate.
fn table(text: &str) -> Result<BTreeMap<String, Row>> {
    let mut lines = text.lines().skip_while(|line| cells(line) != COLUMNS);
    ensure!(lines.next().is_some(), "ARCHITECTURE.md has no table with the columns {COLUMNS:?}");
    let mut rows = BTreeMap::new();
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let cells = cells(line);
        let [name, _, uses, tests_use, outside, _] = cells.as_slice() else {
            anyhow::bail!("a row of the layer table has not {} cells: {line}", COLUMNS.len());
        };
        let row = Row {
            uses: Allowed::read(uses),
            tests_use: Allowed::read(tests_use),
            outside: Allowed::read(outside),
        };
        let twice = rows.insert(name.trim_matches('`').to_owned(), row).is_some();
        ensure!(!twice, "the layer table has two rows for {name}");
    }
    Ok(rows)
}

fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
    inner.map(|row| row.split('|').map(str::trim).collect()).unwrap_or_default()
}

impl Allowed {
    /// `–` is nothing, `any` is anything, else names in backticks.
    fn read(cell: &str) -> Self {
        if cell == "any" {
            return Self::Any;
        }
        Self::These(cell.split('`').skip(1).step_by(2).map(str::to_owned).collect())
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(names) => names.contains(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
| crate | what | may use | its tests also | outside crates | must not know |
|---|---|---|---|---|---|
| `low` | words | – | – | `serde` | anything |
| `high` | all | `low` | `mid` | any | – |

after";

    fn package(name: &str, dependencies: &[(&str, Option<&str>, bool)]) -> Package {
        let dependency = |(name, kind, own): &(&str, Option<&str>, bool)| Dependency {
            name: (*name).into(),
            kind: kind.map(Into::into),
            path: own.then(|| "somewhere".into()),
        };
        Package { name: name.into(), dependencies: dependencies.iter().map(dependency).collect() }
    }

    fn check(low: &[(&str, Option<&str>, bool)], expected: &str) {
        let high =
            package("high", &[("low", None, true), ("mid", Some("dev"), true), ("x", None, false)]);
        let metadata = Metadata { packages: vec![package("low", low), high] };
        let wrong = compare(&table(TABLE).unwrap(), &metadata).join("\n");
        assert!(
            if expected.is_empty() { wrong.is_empty() } else { wrong.contains(expected) },
            "{wrong}"
        );
    }

    #[test]
    fn the_layer_table_and_the_manifests_agree() {
        assert_eq!(problems(&crate::tree::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_edge_that_is_not_in_the_table_is_found() {
        check(&[("serde", None, false)], "");
        check(&[("serde", None, false), ("proptest", Some("dev"), false)], "");
        check(&[("serde", None, false), ("high", None, true)], "low: it uses high");
        check(&[("serde", None, false), ("high", Some("dev"), true)], "low: its tests use high");
        check(&[("serde", None, false), ("tokio", None, false)], "low: it uses tokio");
        check(&[("serde", None, false), ("cc", Some("build"), false)], "low: it uses cc");
        check(&[], "names serde (outside), its manifest does not");
    }

    #[test]
    fn a_row_without_crate_and_a_crate_without_row_are_found() {
        let metadata = Metadata { packages: vec![package("other", &[])] };
        let wrong = compare(&table(TABLE).unwrap(), &metadata).join("\n");
        assert!(wrong.contains("a row for high") && wrong.contains("other has no row"), "{wrong}");
    }
}

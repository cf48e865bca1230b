//! What cargo says about the workspace's packages, as far as the checks need it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The answer of `cargo metadata`.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    /// Every package asked for.
    pub(crate) packages: Vec<Package>,
}

/// One package.
#[derive(Deserialize)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// What its manifest asks for.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a manifest.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    /// Name of the package.
    pub(crate) name: String,
    /// None for an ordinary dependency, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// Its folder, when it is one of ours.
    pub(crate) path: Option<String>,
}

/// The workspace's own packages, from their manifests alone.
///
/// # Errors
/// When cargo cannot read the manifests at `root`.
pub(crate) fn ours(root: &Path) -> Result<Metadata> {
    ask(root, &["--no-deps"])
}

/// The cargo that runs this, or the one in the search path.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Asks cargo about the workspace at `root`.
///
/// # Errors
/// When cargo cannot answer, or answers something else.
pub(crate) fn ask<T: DeserializeOwned>(root: &Path, arguments: &[&str]) -> Result<T> {
    let manifest = root.join("Cargo.toml");
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(&manifest)
        .args(arguments)
        .output()
        .context("starting cargo metadata")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo metadata on {}: {said}", manifest.display());
    serde_json::from_slice(&output.stdout).context("reading the answer of cargo metadata")
}

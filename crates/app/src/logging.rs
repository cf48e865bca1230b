//! Logs: structured, without communications data, to standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging; `RUST_LOG` chooses how much.
pub(crate) fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if json { logs.json().init() } else { logs.init() }
}

//! Real routing daemons as child processes: started, awaited, ended by id and reaped, even on panic.
#![expect(clippy::disallowed_methods, reason = "waiting for a real process needs the real clock")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longest wait for anything a real peer does.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running daemon.
pub(crate) struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts `program`, its output going to `<folder>/log`.
    pub(crate) fn start(program: &Path, arguments: &[&str], folder: &Path) -> Self {
        let log = folder.join("log");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        Self { child, log }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            eprintln!("--- {} ---\n{log}", self.log.display());
        }
    }
}

/// What `program` prints, whether it succeeds or not.
pub(crate) fn output(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Asks again and again until `ready` has something; the last complaint when it never does.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut ready: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match ready() {
            Ok(value) => return value,
            Err(why) if start.elapsed() > PATIENCE => panic!("waited in vain for {what}: {why}"),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Waits until `see` sees exactly `wanted`.
#[track_caller]
pub(crate) fn until_equal<T: PartialEq + core::fmt::Debug>(
    what: &str,
    wanted: &T,
    mut see: impl FnMut() -> T,
) {
    until(what, || {
        let seen = see();
        if seen == *wanted { Ok(()) } else { Err(format!("wanted {wanted:#?}, saw {seen:#?}")) }
    });
}

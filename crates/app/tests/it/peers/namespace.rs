//! Running a test again in namespaces of its own: network, mounts, processes; as root or as anybody.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::program::{Running, wait};
use crate::suite;

/// Says that we are inside.
const MARK: &str = "SEKISHO_TEST_NAMESPACE";

/// Own network, mounts and processes. When whoever made them is gone, so is everything inside.
const OWN: [&str; 5] = ["--net", "--mount", "--pid", "--fork", "--kill-child"];

/// As root, or as anybody who then is root inside.
const WAYS: [&[&str]; 2] = [&[], &["--user", "--map-root-user"]];

/// Longest a test may take inside.
const LONGEST: Duration = Duration::from_secs(300);

/// Are we in namespaces of our own? When not, runs the test called `test` again in new ones and
/// passes its outcome on. Where none can be made the suite is noted as not run.
#[expect(
    clippy::disallowed_methods,
    reason = "the second run of the test is told by its environment"
)]
pub(crate) fn is_inside(test: &str, suite: &str, programs: &[&str], packages: &str) -> bool {
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    if !suite::can_run(suite, programs, packages) {
        return false;
    }
    let unshare = suite::find("unshare").expect("it was there a moment ago");
    let Some(way) = WAYS.into_iter().find(|way| is_open(&unshare, way)) else {
        let reason = "nothing to install: run as root, or let anybody make user namespaces";
        suite::can_run(suite, &["(namespaces)"], reason);
        return false;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut again = Command::new(&unshare);
    again.args(way).args(OWN).arg(std::env::current_exe().expect("this test's own program"));
    again.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(MARK, "1");
    let mut inside = Running::start("inside", folder.path(), &mut again);
    let mut outcome = None;
    let ended = wait(LONGEST, || {
        outcome = inside.0.try_wait().expect("it can be waited for");
        outcome.is_some()
    });
    let said = |kind: &str| {
        std::fs::read_to_string(folder.path().join(format!("inside.{kind}"))).unwrap_or_default()
    };
    let (out, err) = (said("out"), said("err"));
    println!("{out}");
    assert!(ended, "{test} took longer than {LONGEST:?} in its namespace:\n{err}");
    assert!(outcome.is_some_and(|o| o.success()), "{test} failed in its namespace:\n{err}");
    // A name that is no test's would run nothing, and succeed.
    assert!(out.contains("1 passed"), "{test} did not run in its namespace:\n{out}");
    false
}

/// Can namespaces be made this way, and the network in them be set up?
fn is_open(unshare: &Path, way: &[&str]) -> bool {
    let ip: OsString = suite::find("ip").unwrap_or_default().into();
    let mut tried = Command::new(unshare);
    tried.args(way).args(OWN).arg(ip).args(["link", "set", "lo", "up"]);
    tried.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    tried.status().is_ok_and(|s| s.success())
}

/// Makes the wire of this namespace: what is sent on the first interface arrives at the second.
pub(crate) fn wire() -> (&'static str, &'static str) {
    let (ours, exporters) = ("wire0", "wire1");
    ip(&["link", "set", "lo", "up"]);
    ip(&["link", "add", ours, "type", "veth", "peer", "name", exporters]);
    for end in [ours, exporters] {
        // The kernel's own IPv6 chatter is not wanted on it; where it cannot be stopped, no harm.
        let quiet = format!("/proc/sys/net/ipv6/conf/{end}/disable_ipv6");
        let _chatter = File::options().write(true).open(quiet).and_then(|mut file| {
            use std::io::Write as _;
            file.write_all(b"1")
        });
        ip(&["link", "set", end, "up"]);
    }
    (ours, exporters)
}

fn ip(words: &[&str]) {
    let done = Command::new(suite::find("ip").expect("ip")).args(words).output().expect("ip runs");
    assert!(done.status.success(), "ip {words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

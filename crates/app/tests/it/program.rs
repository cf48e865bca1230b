//! Running the binary `sekisho` and its peers as processes that are ended with the test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The built binary.
pub(crate) const SEKISHO: &str = env!("CARGO_BIN_EXE_sekisho");

/// Longest wait for anything that is to come: a machine may be slow, or busy with something else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A process that is killed and reaped when it goes out of scope.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Starts `command`; its output goes to files `NAME.out` and `NAME.err` in `folder`.
    pub(crate) fn start(name: &str, folder: &Path, command: &mut Command) -> Self {
        let file = |kind: &str| {
            let path = folder.join(format!("{name}.{kind}"));
            std::fs::OpenOptions::new().create(true).append(true).open(path).expect("a log file")
        };
        let child = command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err")).spawn();
        Self(child.unwrap_or_else(|e| panic!("cannot start {name}: {e}")))
    }

    /// Ends it as a crash or `kill -9` would.
    pub(crate) fn kill(mut self) {
        self.0.kill().expect("kill");
        self.0.wait().expect("wait");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

/// A data folder, a settings file and the commands of one operator.
pub(crate) struct Operator {
    /// Everything is in here; removed at the end.
    pub(crate) folder: tempfile::TempDir,
}

impl Operator {
    /// An operator with these settings (TOML); `data` is added.
    pub(crate) fn with(settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let text = format!("data = {data:?}\n{settings}");
        std::fs::write(folder.path().join("sekisho.toml"), text).expect("settings");
        Self { folder }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `sekisho up` with these settings, waited for until its control socket answers.
    pub(crate) fn up(&self) -> Running {
        let settings = self.folder.path().join("sekisho.toml");
        let mut command = Command::new(SEKISHO);
        command.arg("up").arg("--config").arg(settings);
        let running = Running::start("sekisho", self.folder.path(), &mut command);
        let up = wait(PATIENCE, || self.query("status").is_some());
        assert!(up, "sekisho did not come up: {}", self.log());
        running
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("sekisho.err")).unwrap_or_default()
    }

    /// A CLI command as `person`, with `--json`; its output as it ended.
    pub(crate) fn run(&self, person: &str, words: &[&str]) -> Output {
        let data = self.data();
        let mut command = Command::new(SEKISHO);
        command.args(words).arg("--data").arg(data).args(["--as", person, "--json"]);
        command.output().expect("the command line runs")
    }

    /// A CLI command that must succeed; its JSON.
    pub(crate) fn does(&self, person: &str, words: &[&str]) -> serde_json::Value {
        let output = self.run(person, words);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{person}: sekisho {words:?}: {error}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{words:?}: {e}"))
    }

    /// `status`, `exporters`-like queries; `None` while nothing answers.
    pub(crate) fn query(&self, what: &str) -> Option<serde_json::Value> {
        let output = self.run("", &[what]);
        output.status.success().then(|| serde_json::from_slice(&output.stdout).ok()).flatten()
    }

    /// One person proposes with these words, another approves.
    pub(crate) fn two(&self, author: &str, approver: &str, words: &[&str]) {
        let proposed = self.does(author, words);
        let id = proposed["proposal"].as_u64().expect("a proposal").to_string();
        self.does(approver, &["proposals", "--approve", &id]);
    }

    /// What an operator decides before anything runs: numbers, acceptance, switches, signatures.
    /// `noc` is in operations, `law` is legal.
    pub(crate) fn begin(&self, numbers: &[(&str, &str)], switched: &[&str]) {
        for (number, value) in numbers {
            self.two("noc", "law", &["measures", "number", number, value, "--reason", "test"]);
        }
        self.two("law", "noc", &["measures", "accept", "90-hold-briefly", "--reason", "test"]);
        for measure in switched {
            self.two("noc", "law", &["measures", "switch", measure, "propose", "--reason", "test"]);
        }
        self.does("noc", &["measures", "fact", "own-business", "yes"]);
        for measure in ["13-su-take-statistics", "90-hold-briefly", "17-chi-analyse-anomaly"] {
            for person in ["law", "noc"] {
                self.does(person, &["measures", "sign", measure]);
            }
        }
    }

    /// Does the ledger verify? Its output. While it is being written a verifier may find it between two
    /// entries, and is asked again.
    pub(crate) fn verifies(&self) -> Result<String, String> {
        let mut text = String::new();
        let passes = wait(PATIENCE, || {
            let mut command = Command::new(SEKISHO);
            command.args(["ledger", "verify"]).arg(self.data());
            let output = command.output().expect("verify runs");
            text = String::from_utf8_lossy(&output.stdout).into_owned();
            output.status.success()
        });
        if passes { Ok(text) } else { Err(text) }
    }
}

/// Waits until `so`, looking every 50 ms; false when it did not come in time.
#[expect(clippy::disallowed_methods, reason = "a test waits for real processes")]
pub(crate) fn wait(time: Duration, mut so: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + time;
    while Instant::now() < until {
        if so() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    so()
}

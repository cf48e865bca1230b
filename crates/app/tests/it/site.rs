//! One operator's site for tests of trouble: settings, people, a case with a plan, and what stands.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::book::Book;
use crate::ports::free_port;
use crate::program::{Operator, PATIENCE, Running, wait};
use crate::traffic::LINE;

/// Numbers that make a case within seconds; block and signature times are the test's.
const NUMBERS: &[(&str, &str)] = &[
    ("statistics-days", "1"),
    ("hold-minutes", "1"),
    ("anomaly-band", "6"),
    ("anomaly-floor-mbps", "1"),
    ("impaired-percent", "90"),
    ("risk-percent", "75"),
    ("fact-minutes", "30"),
    ("tell-hours", "24"),
];

const SWITCHED: &[&str] = &[
    "13-su-take-statistics",
    "90-hold-briefly",
    "17-chi-analyse-anomaly",
    "01-a-analyse-at-victims-request",
    "01-a-block-attack-traffic",
    "02-i-block-at-victims-request",
    "04-e-a-block-while-impaired",
];

/// An operator with a flow port of their own.
pub(crate) struct Site {
    pub(crate) operator: Operator,
    /// Where flow export is received.
    pub(crate) flow: u16,
}

impl Site {
    /// A site; `more` is added to its settings.
    pub(crate) fn with(more: &str) -> Self {
        let flow = free_port();
        Self { operator: Operator::with(&settings(flow, more)), flow }
    }

    /// What is decided before anything runs, by command line; blocks last `block_minutes`.
    pub(crate) fn begin(&self, block_minutes: &str) {
        let numbers: Vec<_> =
            NUMBERS.iter().copied().chain([("block-minutes", block_minutes)]).collect();
        self.operator.begin(&numbers, SWITCHED);
    }

    /// One message to the control socket, as the command line sends it.
    pub(crate) fn say(&self, message: &Value) -> Result<Value, String> {
        say(&self.operator.data(), message)
    }

    /// The cases, without what is sealed.
    pub(crate) fn cases(&self) -> Vec<Value> {
        let said = self.say(&json!({ "as": "noc", "command": { "command": "cases" } }));
        said.ok().and_then(|v| v.as_array().cloned()).unwrap_or_default()
    }

    /// Waits for a case of which `so`; its number.
    #[track_caller]
    pub(crate) fn case(&self, what: &str, so: impl Fn(&Value) -> bool) -> String {
        let mut found = None;
        let found_in_time = wait(PATIENCE, || {
            found = self.cases().iter().find(|c| so(c)).and_then(|c| c["case"].as_u64());
            found.is_some()
        });
        let log = || format!("{:#?}\n{}", self.cases(), self.operator.log());
        assert!(found_in_time, "no case {what}: {}", log());
        found.unwrap_or_default().to_string()
    }

    /// The account of the exporter with this name.
    pub(crate) fn exporter(&self, name: &str) -> Value {
        let said = self.say(&json!({ "as": "", "query": "exporters" })).unwrap_or_default();
        let all = said["exporters"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|e| e["name"] == name).unwrap_or_default()
    }

    /// Waits until a little usual traffic was there to learn from.
    #[track_caller]
    pub(crate) fn learns(&self) {
        let learnt = wait(PATIENCE, || {
            let status = self.say(&json!({ "as": "", "query": "status" })).unwrap_or_default();
            let kept = status["kept"].as_array().into_iter().flatten();
            // As many intervals as it takes, and some more.
            let intervals: u64 = kept.filter_map(|k| k["count"].as_u64()).sum();
            intervals >= 8 && self.exporter("edge")["records"].as_u64() >= Some(100)
        });
        assert!(learnt, "nothing was learnt: {}\n{}", self.exporter("edge"), self.operator.log());
    }

    /// A case as `noc` is shown it, which is booked.
    pub(crate) fn shown(&self, case: &str) -> Value {
        self.operator.does("noc", &["case", "show", case])
    }

    /// Number and answer of each mitigation that stands.
    pub(crate) fn standing(&self) -> Vec<(u64, u64)> {
        let said = self.say(&json!({ "as": "", "query": "standing" })).unwrap_or_default();
        let standing = said["standing"].as_array().cloned().unwrap_or_default();
        let pair = |s: &Value| Some((s["id"].as_u64()?, s["answer"].as_u64()?));
        standing.iter().filter_map(pair).collect()
    }

    /// Waits until something stands, or nothing does.
    #[track_caller]
    pub(crate) fn stands(&self, something: bool) {
        let so = wait(PATIENCE, || self.standing().is_empty() != something);
        let log = || format!("{:#?}\n{}", self.cases(), self.operator.log());
        assert!(so, "waited in vain for standing = {something}: {}", log());
    }

    /// With the attack going on: waits for the case, says that equipment is impaired, signs, and
    /// waits until it stands. Gives the case.
    #[track_caller]
    pub(crate) fn mitigate(&self) -> String {
        let case = self.case("with a plan", |c| c["state"] == "waiting" || c["state"] == "refused");
        self.operator.does("noc", &["case", "answer", &case, "own-equipment-impaired", "yes"]);
        self.signs(&case);
        case
    }

    /// Signs the plan of a case and waits until it stands. A plan may end before it is signed or granted;
    /// then the next one is signed.
    #[track_caller]
    pub(crate) fn signs(&self, case: &str) {
        let mut said = String::new();
        let stands = wait(PATIENCE, || {
            let output = self.operator.run("noc", &["case", "sign", case]);
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            wait(Duration::from_secs(3), || !self.standing().is_empty())
        });
        assert!(stands, "{said} {:#?}\n{}", self.cases(), self.operator.log());
    }

    /// The ledger.
    pub(crate) fn book(&self) -> Book {
        Book::read(&self.operator.data())
    }

    /// Waits until something is in the ledger after entry `from`.
    #[track_caller]
    pub(crate) fn booked(&self, from: usize, what: &str, so: impl Fn(&Value) -> bool) {
        let booked = wait(PATIENCE, || self.book().entries.iter().skip(from).any(&so));
        assert!(booked, "not booked: {what}: {}", self.operator.log());
    }

    /// Starts it without waiting for anything.
    pub(crate) fn spawn(&self) -> Running {
        let mut command = std::process::Command::new(crate::program::SEKISHO);
        command.args(["up", "--config"]).arg(self.settings());
        Running::start("sekisho", self.operator.folder.path(), &mut command)
    }

    /// The settings file.
    pub(crate) fn settings(&self) -> PathBuf {
        self.operator.folder.path().join("sekisho.toml")
    }

    /// Nothing panicked, whatever else was logged.
    #[track_caller]
    pub(crate) fn never_panicked(&self) {
        let log = self.operator.log();
        assert!(!log.contains("panicked"), "{log}");
    }
}

/// Settings with one exporter, own prefixes, a line and people.
pub(crate) fn settings(flow: u16, more: &str) -> String {
    format!(
        r#"
        ledger = "trouble.example/ledger"
        http = "127.0.0.1:0"
        {more}
        [flow]
        listen = ["127.0.0.1:{flow}"]
        [[exporter]]
        name = "edge"
        address = "127.0.0.21"
        [[prefix]]
        label = "hosting"
        net = "198.51.100.0/24"
        kind = "static"
        [[prefix]]
        label = "v6"
        net = "2001:db8:5a3c::/48"
        kind = "static"
        [[line]]
        line = "line-77"
        prefixes = ["{LINE}/32"]
        kind = "static"
        [[person]]
        name = "noc"
        roles = ["operations"]
        [[person]]
        name = "law"
        roles = ["legal"]
        [[person]]
        name = "abuse"
        roles = ["desk"]
        [detect]
        interval-ms = 250
        consecutive = 2
        calm = 4
        warm-up = 4
        slots = 1
        period-seconds = 60
        weight = 0.1
        held-rows = 200000
        "#
    )
}

/// One message to the control socket in this data folder.
pub(crate) fn say(data: &Path, message: &Value) -> Result<Value, String> {
    let talk = || -> std::io::Result<Value> {
        let mut stream = UnixStream::connect(data.join("control.sock"))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        writeln!(stream, "{message}")?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    };
    let mut answer = talk().map_err(|e| e.to_string())?;
    match answer.get_mut("ok") {
        Some(ok) => Ok(ok.take()),
        None => Err(answer.to_string()),
    }
}

/// The number of a case, as it is written on the command line.
pub(crate) fn number(case: &Value) -> String {
    case["case"].as_u64().unwrap_or_default().to_string()
}

/// Is this entry the gate's answer to a block, and a yes?
pub(crate) fn grants_block(entry: &Value) -> bool {
    let yes = entry["answer"].as_str().is_some_and(|code| code.starts_with("OK"));
    entry["kind"] == "answered" && entry["act"] == "block" && yes
}

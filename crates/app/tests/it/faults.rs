//! Bad settings, folders, ports and files: one clear message each, that names what, where and what to do.

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::faults_disk::{mounting, up_on_a_disk};
use crate::kill_ends::terminate;
use crate::ports::free_port;
use crate::program::{PATIENCE, Running, SEKISHO, wait};
use crate::site::{Site, say, settings};
use crate::traffic::Random;

/// How a start went.
enum Start {
    /// It ended by itself; what it said.
    Ended(ExitStatus, String),
    /// It runs.
    Runs(Running),
}

/// Runs `command` until it ends by itself or answers at its control socket.
fn start(mut command: Command, folder: &Path, data: &Path) -> Start {
    let log = folder.join("start.err");
    let _from_before = std::fs::remove_file(&log);
    let mut running = Running::start("start", folder, &mut command);
    let mut status = None;
    let either = wait(PATIENCE, || {
        status = running.0.try_wait().expect("a child of ours");
        status.is_some() || say(data, &serde_json::json!({ "as": "", "query": "ledger" })).is_ok()
    });
    let log = std::fs::read_to_string(log).unwrap_or_default();
    assert!(either, "it neither ended nor answered: {log}");
    assert!(!log.contains("panicked"), "{log}");
    status.map_or(Start::Runs(running), |status| Start::Ended(status, log))
}

/// It must end by itself, not well, with one message that has all these words.
#[track_caller]
fn refuses(command: Command, folder: &Path, data: &Path, words: &[&str]) {
    let Start::Ended(status, log) = start(command, folder, data) else {
        panic!("it started, though it should say {words:?}");
    };
    assert_eq!(status.code(), Some(1), "{log}");
    for word in words {
        assert!(log.contains(word), "it does not say {word:?}: {log}");
    }
    let messages = log.lines().filter(|line| line.starts_with("sekisho: "));
    assert_eq!(messages.count(), 1, "not one message: {log}");
}

fn up(config: &Path) -> Command {
    let mut command = Command::new(SEKISHO);
    command.args(["up", "--config"]).arg(config);
    command
}

/// A folder with a settings file, and the data folder it names.
fn written(text: &str) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (config, data) = (folder.path().join("sekisho.toml"), folder.path().join("data"));
    std::fs::write(&config, format!("data = {data:?}\n{text}")).expect("settings");
    (folder, config, data)
}

#[test]
fn a_setting_that_cannot_be_meant_is_named_with_its_file() {
    let good = settings(free_port(), "");
    let cases: [(&str, &str, &[&str]); 11] = [
        ("interval-ms = 250", "interval-ms = = 250", &["line ", "interval-ms = = 250"]),
        ("interval-ms", "intervall-ms", &["unknown field `intervall-ms`", "interval-ms", "line "]),
        ("[[person]]", "[[people]]", &["unknown field `people`", "`person`"]),
        (
            "\"198.51.100.77/32\"",
            "\"203.0.113.77/32\"",
            &["line-77", "203.0.113.77/32", "not inside any [[prefix]]"],
        ),
        (
            "\"198.51.100.0/24\"",
            "\"0.0.0.0/0\"",
            &["[[prefix]] hosting: 0.0.0.0/0", "default route"],
        ),
        ("\"2001:db8:5a3c::/48\"", "\"::/0\"", &["[[prefix]] v6: ::/0", "default route"]),
        ("name = \"law\"", "name = \"noc\"", &["two [[person]] entries are called noc"]),
        ("[\"operations\"]", "[\"operation\"]", &["unknown variant `operation`", "`operations`"]),
        ("interval-ms = 250", "interval-ms = 5", &["detect.interval-ms", "at least 100"]),
        ("\"127.0.0.21\"", "\"127.0.0\"", &["invalid IP address", "address = \"127.0.0\""]),
        (
            "[detect]",
            "[[link]]\nlabel = \"l\"\nexporter = \"ege\"\ninterface = 1\ncapacity-mbps = 1.0\n[detect]",
            &["link l", "no [[exporter]] called ege"],
        ),
    ];
    for (right, wrong, words) in cases {
        assert!(good.contains(right), "{right}");
        let (folder, config, data) = written(&good.replacen(right, wrong, 1));
        let file = config.display().to_string();
        let words: Vec<&str> = words.iter().copied().chain([file.as_str()]).collect();
        refuses(up(&config), folder.path(), &data, &words);
        assert!(!data.exists(), "nothing is begun with {wrong}");
    }
    let (folder, config, data) = written(&good);
    let missing = config.with_file_name("none.toml");
    refuses(up(&missing), folder.path(), &data, &["cannot read the settings", "none.toml"]);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let (folder, config, _) = written(&settings(free_port(), ""));
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    for place in [file.join("data"), file, PathBuf::from("/proc/sekisho")] {
        let mut command = up(&config);
        command.arg("--data").arg(&place);
        let text = place.display().to_string();
        refuses(
            command,
            folder.path(),
            &place,
            &["data folder", "cannot create", &text, "set `data`"],
        );
    }
    let Some(way) = mounting("read-only-disk") else { return };
    let place = folder.path().join("read-only");
    std::fs::create_dir(&place).expect("a folder");
    let command = up_on_a_disk(way, "ro", &place, &config);
    let words =
        ["data folder", "cannot create", "Read-only", "let the user sekisho runs as write there"];
    refuses(command, folder.path(), &place.join("data"), &words);
}

#[test]
fn a_port_socket_or_folder_in_use_is_named() {
    let flow = UdpSocket::bind("127.0.0.1:0").expect("loopback");
    let taken = flow.local_addr().expect("an address");
    let (folder, config, data) = written(&settings(taken.port(), ""));
    let text = taken.to_string();
    refuses(
        up(&config),
        folder.path(),
        &data,
        &["cannot listen for flow export", &text, "stop it"],
    );

    let http = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let taken = http.local_addr().expect("an address").to_string();
    let good = settings(free_port(), "").replace("127.0.0.1:0", &taken);
    let (folder, config, data) = written(&good);
    refuses(up(&config), folder.path(), &data, &["status page", &taken, "set `http`"]);
    assert!(!data.exists(), "nothing is begun");

    let (folder, config, data) = written(&settings(free_port(), ""));
    std::fs::create_dir(&data).expect("a folder");
    std::fs::write(data.join("control.sock"), "").expect("a file");
    refuses(up(&config), folder.path(), &data, &["control.sock", "not a socket", "move it away"]);

    // Two on one data folder; the first goes on.
    let site = Site::with("");
    let _running = site.operator.up();
    let other = settings(free_port(), "");
    let (folder, config, _) = written(&other);
    let mut second = up(&config);
    let data = site.operator.data();
    second.arg("--data").arg(&data);
    // It would answer at the first one's socket: here only its end counts.
    let mut running = Running::start("second", folder.path(), &mut second);
    assert!(wait(PATIENCE, || running.0.try_wait().is_ok_and(|s| s.is_some())));
    let log = std::fs::read_to_string(folder.path().join("second.err")).expect("a log");
    assert!(log.contains("in use by another sekisho: stop that one"), "{log}");
    assert!(site.operator.query("status").is_some());
    // A stale socket of a killed one is no hindrance.
    _running.kill();
    drop(site.operator.up());
}

/// A site that was stopped well, with something in its book and its store.
fn stopped() -> Site {
    let site = Site::with("");
    let mut running = site.operator.up();
    site.begin("10");
    assert!(terminate(&mut running).success());
    site
}

fn flip(file: &Path, place: usize) {
    let mut bytes = std::fs::read(file).expect("a file");
    let place = place % bytes.len();
    bytes[place] ^= 0x41;
    std::fs::write(file, bytes).expect("a file");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, to).map(|_| ()).expect("a copy");
        }
    }
}

#[test]
fn a_damaged_or_newer_file_of_the_data_folder_is_named() {
    let site = stopped();
    let good = site.operator.data();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copies = std::cell::Cell::new(0);
    let damaged = |name: &str, place: usize| {
        // What an earlier start left in its copy is not for the next one.
        let data = folder.path().join(format!("copy-{}", copies.replace(copies.get() + 1)));
        copy(&good, &data);
        flip(&data.join(name), place);
        let mut command = up(&site.settings());
        command.arg("--data").arg(&data);
        (command, data)
    };
    let cases: [(&str, usize, &[&str]); 5] = [
        ("ledger/key.pub", 40, &["ledger/key.pub", "another key", "put back"]),
        ("ledger.key", 30, &["ledger.key", "put it back from a backup"]),
        ("storage.key", 2, &["storage.key", "restore it from a backup"]),
        ("ledger.pending", 900, &["ledger/checkpoints", "damaged", "`verify`", "backup"]),
        ("store.db", 3, &["store.db", "damaged", "restore the data folder from a backup"]),
    ];
    for (name, place, words) in cases {
        let (command, data) = damaged(name, place);
        refuses(command, folder.path(), &data, words);
    }
    // The key of another store.
    let data = folder.path().join("another");
    copy(&good, &data);
    std::fs::copy(stopped().operator.data().join("storage.key"), data.join("storage.key"))
        .expect("a key");
    let mut command = up(&site.settings());
    command.arg("--data").arg(&data);
    refuses(command, folder.path(), &data, &["storage.key", "store.db", "put back", "backup"]);
    // A byte anywhere else in the store: it says so, or the byte was in none of its contents.
    let mut random = Random::seeded("damage");
    let size = std::fs::metadata(good.join("store.db")).expect("a store").len();
    let mut refused = 0;
    for tried in 0..500 {
        // About every fourth byte is in an event: mostly 24 bytes meet some, and if not, more do.
        if tried >= 24 && refused > 0 {
            break;
        }
        let (command, data) = damaged("store.db", usize::try_from(random.below(size)).unwrap_or(0));
        if let Start::Ended(status, log) = start(command, folder.path(), &data) {
            assert_eq!(status.code(), Some(1), "{log}");
            assert!(log.contains("store.db") && log.contains("backup"), "{log}");
            assert!(!log.contains("was not done"), "{log}");
            refused += 1;
        }
    }
    assert!(refused > 0, "of 500 bytes in {size} none was in an event");

    let data = folder.path().join("newer");
    copy(&good, &data);
    let mut store = std::fs::read(data.join("store.db")).expect("a store");
    store[60..64].copy_from_slice(&99_u32.to_be_bytes()); // SQLite's user version: the schema
    std::fs::write(data.join("store.db"), store).expect("a store");
    let mut command = up(&site.settings());
    command.arg("--data").arg(&data);
    let words = ["store.db", "later version (format 99", "start that version"];
    refuses(command, folder.path(), &data, &words);
}

#[test]
fn one_byte_flipped_in_the_ledger_is_mended_and_booked_or_found() {
    let site = stopped();
    let good = site.operator.data();
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["ledger/checkpoint", "ledger/checkpoints"] {
        let data = folder.path().join(name.replace('/', "-"));
        copy(&good, &data);
        flip(&data.join(name), 120);
        let verified = Command::new(SEKISHO).args(["ledger", "verify"]).arg(&data).output();
        let verified = verified.expect("verify runs");
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert!(!verified.status.success() && said.contains("checkpoint"), "{said}");
        // What is in the book itself is durable elsewhere too: it starts, and the book is whole.
        let mut command = up(&site.settings());
        command.arg("--data").arg(&data);
        match start(command, folder.path(), &data) {
            Start::Ended(status, log) => {
                assert!(!status.success() && log.contains("checkpoint"), "{log}");
            }
            Start::Runs(mut running) => {
                assert!(terminate(&mut running).success());
                crate::book::both_verify(&data);
                let before = crate::book::Book::read(&good);
                crate::book::Book::read(&data).continues(&before);
            }
        }
    }
}

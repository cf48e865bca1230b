//! A full disk: nothing new is granted, what runs ends at its end, and with room again it goes on.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::book::both_verify;
use crate::program::{PATIENCE, Running, SEKISHO, wait};
use crate::site::{Site, grants_block, number};
use crate::suite;
use crate::traffic::{LINE, NEIGHBOUR, Traffic};

/// How a disk can be mounted for one process here: as root, or as anybody who then is root in a
/// namespace. Where neither is allowed the suite is noted as not run.
pub(crate) fn mounting(suite: &str) -> Option<&'static [&'static str]> {
    const WAYS: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    if !suite::can_run(suite, &["unshare", "mount"], "util-linux mount") {
        return None;
    }
    let is_open = |way: &&&[&str]| {
        let mut tried = Command::new("unshare");
        tried.args(**way).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
        tried.output().is_ok_and(|o| o.status.success())
    };
    let way = WAYS.iter().find(is_open).copied();
    if way.is_none() {
        let reason = "nothing to install: run as root, or let anybody make user namespaces";
        suite::can_run(suite, &["(namespaces)"], reason);
    }
    way
}

/// `sekisho up` with its data in `data` on a disk of its own, mounted with these options.
pub(crate) fn up_on_a_disk(way: &[&str], options: &str, disk: &Path, settings: &Path) -> Command {
    let mut command = Command::new("unshare");
    command.args(way).args(["sh", "-c"]);
    command.arg(
        "mount -t tmpfs -o \"$1\" tmpfs \"$2\" && \
         exec \"$3\" up --config \"$4\" --data \"$2/data\"",
    );
    command.arg("sh").arg(options).arg(disk).arg(SEKISHO).arg(settings);
    command
}

/// Starts the site with its data on a small disk of its own, in a namespace that ends with it. Its
/// data folder is reached through the process. Gives where the disk is.
fn on_a_small_disk(site: &Site, way: &[&str]) -> (Running, PathBuf) {
    let folder = site.operator.folder.path();
    let disk = folder.join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let mut command = up_on_a_disk(way, "size=8m", &disk, &site.settings());
    let running = Running::start("sekisho", folder, &mut command);
    let below = disk.strip_prefix("/").expect("an absolute path");
    let seen = PathBuf::from(format!("/proc/{}/root", running.0.id())).join(below);
    std::os::unix::fs::symlink(seen.join("data"), site.operator.data()).expect("a link");
    let up = wait(PATIENCE, || site.operator.query("status").is_some());
    assert!(up, "{}", site.operator.log());
    (running, seen)
}

#[test]
fn on_a_full_disk_nothing_new_begins_and_what_runs_ends() {
    let Some(way) = mounting("full-disk") else { return };
    let site = Site::with("");
    let (running, disk) = on_a_small_disk(&site, way);
    site.begin("0.5"); // 30 seconds: time enough to fill the disk meanwhile
    let traffic = Traffic::start(site.flow);
    site.learns();
    traffic.attack(&[LINE]);
    let case = site.mitigate();

    let filler = disk.join("filler");
    let mut file = File::create(&filler).expect("a file");
    while file.write_all(&[0; 4_096]).is_ok() {}
    drop(file);
    let full = site.book();
    // A command is refused with what to do; nothing of it is kept.
    let words = ["measures", "number", "hold-minutes", "2", "--reason", "test"];
    let mut said = String::new();
    let refused = wait(PATIENCE, || {
        // What room a page had left is used up first.
        let output = site.operator.run("noc", &words);
        said = String::from_utf8_lossy(&output.stderr).into_owned();
        !output.status.success()
    });
    assert!(refused && said.contains("make room on the disk"), "{said}");
    // A second attack leads to nothing; the block that stands ends at its end.
    traffic.attack(&[LINE, NEIGHBOUR]);
    site.stands(false);
    let halfway = site.book();
    halfway.continues(&full);
    let new = |e: &&serde_json::Value| grants_block(e) || e["kind"] == "applied";
    assert_eq!(halfway.entries.iter().skip(full.entries.len()).find(new), None);
    both_verify(&site.operator.data());
    let log = site.operator.log();
    assert!(log.contains("make room on the disk"), "{log}");
    let times = log.matches("the desk could not go on").count();
    assert!((1..20).contains(&times), "told {times} times: {log}");

    std::fs::remove_file(&filler).expect("room");
    // What ended meanwhile is booked, and the second attack is taken up.
    site.booked(halfway.entries.len(), "the withdrawal", |e| e["kind"] == "withdrawn");
    site.case("of the second attack", |c| number(c) != case && c["state"] == "waiting");
    let signed = wait(PATIENCE, || {
        // The plan ended while nothing could be written; a new one is made first.
        let _may_be_too_early = site.operator.run("noc", &["case", "sign", &case]);
        !site.standing().is_empty()
    });
    assert!(signed, "{:#?}\n{}", site.cases(), site.operator.log());
    let log = site.operator.log();
    assert!(log.contains("the desk goes on"), "{log}");
    site.book().continues(&halfway);
    both_verify(&site.operator.data());
    site.never_panicked();
    drop(running);
}

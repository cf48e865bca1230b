//! Runs one program of a task: its output is shown as it comes, its test results are counted, and it
//! is ended when time is over.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Results of tests, as the test programs print them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: usize,
    /// Tests that failed.
    pub(crate) failed: usize,
    /// Tests marked to be left out.
    pub(crate) ignored: usize,
}

/// How a stage went.
pub(crate) struct Outcome {
    /// Its name.
    pub(crate) name: String,
    /// How long it took.
    pub(crate) took: Duration,
    /// Did the program end well?
    pub(crate) well: bool,
    /// Test results it printed.
    pub(crate) counts: Counts,
    /// Was it ended because time was over?
    pub(crate) overran: bool,
}

/// Runs `command` as the stage `name`, until `deadline` at most.
///
/// # Errors
/// When the program cannot be started or waited for.
pub(crate) fn run(name: &str, mut command: Command, deadline: Instant) -> Result<Outcome> {
    println!("── {name}");
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("starting {name}: {command:?}"))?;
    let (tell, told) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut counts = Counts::default();
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                counts.add(&line);
            }
            // Nobody listens any more only when time is over.
            let _ = tell.send(counts);
        });
    }
    let ended = wait(&mut child, deadline).with_context(|| format!("waiting for {name}"))?;
    // Whatever a test leaves running may hold the other end open; do not wait for that.
    let counts = told.recv_timeout(Duration::from_secs(10)).ok();
    if counts.is_none() && ended.is_some() {
        println!("{name}: a program it started is still running and holds its output open");
    }
    Ok(Outcome {
        name: name.to_owned(),
        took: started.elapsed(),
        well: ended == Some(true) && counts.is_some(),
        counts: counts.unwrap_or_default(),
        overran: ended.is_none(),
    })
}

/// Did `child` end well? `None` when it had to be ended at `deadline`.
fn wait(child: &mut Child, deadline: Instant) -> Result<Option<bool>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if Instant::now() >= deadline {
            end(child)?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ends `child` and every program it started that is still its descendant.
fn end(child: &mut Child) -> Result<()> {
    let descendants = descendants(child.id());
    child.kill().context("ending it")?;
    child.wait().context("ending it")?;
    if !descendants.is_empty() {
        let ids: Vec<String> = descendants.iter().map(u32::to_string).collect();
        let line = format!("kill -KILL {}", ids.join(" "));
        // Some have ended by themselves meanwhile, which `kill` reports as an error.
        Command::new("sh").args(["-c", &line]).stderr(Stdio::null()).status()?;
    }
    Ok(())
}

/// Ids of the programs below `ancestor`, as the kernel lists them.
fn descendants(ancestor: u32) -> Vec<u32> {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // `id (name) state parent …`; the name may hold anything, parentheses too.
        let parent =
            stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        parents.extend(parent.map(|parent| (id, parent)));
    }
    let mut found = vec![ancestor];
    let mut at = 0;
    while let Some(&above) = found.get(at) {
        found.extend(parents.iter().filter(|(_, parent)| *parent == above).map(|(id, _)| *id));
        at += 1;
    }
    found.split_off(1)
}

impl Counts {
    /// Counts in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some((_, results)) = line.split_once("test result: ") else { return };
        let of = |word: &str| {
            let before = results.split(&format!(" {word}")).next().unwrap_or_default();
            before.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0_usize)
        };
        self.passed += of("passed");
        self.failed += of("failed");
        self.ignored += of("ignored");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn soon(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[test]
    fn results_of_all_test_programs_are_added_up() {
        let one = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out";
        let two = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        let outcome =
            run("two", shell(&format!("echo '{one}'; echo '{two}'; exit 1")), soon(60)).unwrap();
        assert_eq!(outcome.counts, Counts { passed: 13, failed: 2, ignored: 1 });
        assert!(!outcome.well && !outcome.overran);
    }

    #[test]
    fn a_stage_that_overruns_is_ended_with_all_it_started() {
        let started = Instant::now();
        // Time enough for the shell to start both, on any machine.
        let deadline = started + Duration::from_secs(3);
        let outcome = run("slow", shell("sleep 600 & sleep 601 & wait"), deadline).unwrap();
        // The output closes only when both sleeps are gone too.
        assert!(outcome.overran && !outcome.well);
        assert!(started.elapsed() < Duration::from_secs(12));
    }
}

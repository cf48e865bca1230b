//! The price of the lock: opening batches beyond reading them, a million consents, and asking.

use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use account::Account;
use anyhow::{Context, Result, bail, ensure};
use ground::{Answer, Entry, Ground, Journal, NotDurable, Request, Sealed};
use terms::{Act, AnswerId, Column, Field, Flows, PrefixSet, Source, Subject};

#[path = "parts/callgrind.rs"]
mod callgrind;
#[path = "parts/consents.rs"]
mod consents;
#[path = "parts/cpu.rs"]
mod cpu;
#[path = "parts/desk.rs"]
mod desk;
#[path = "../../../xtask/src/measure.rs"]
#[expect(unused_imports, reason = "its own tests run in xtask; a bench leaves them out")]
mod measure;

use consents::{Share, batches};
use desk::{AT, Desk, EVERYTHING, Look, STATISTICS};
use measure::{Case, measure};

/// チ: the cause of an anomaly, at the destinations of a case only.
const ANALYSIS: Look =
    Look { measure: "17-chi-analyse-anomaly", act: Act::Analyse, source: Source::HeldFlows };

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words.as_slice() {
        // This program starts itself for what is measured of a process of its own.
        [way @ ("open" | "bare"), size, rounds] => {
            return go(way, size.parse()?, rounds.parse()?);
        }
        ["million"] => return tell_memory(),
        _ => {}
    }
    let mut cases = whole_network()?;
    if callgrind::is_there() {
        cases.extend(instructions()?);
    }
    cases.extend(million()?);
    cases.extend(asking()?);
    measure::write(&cases, &mut std::io::stdout())?;
    Ok(())
}

/// A ledger that counts, and forgets.
#[derive(Default)]
struct Count(AtomicU64);

impl Journal for Count {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        Ok(AnswerId(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

fn desk() -> Result<Desk> {
    Desk::writing_to(Arc::new(Count::default()))
}

/// Opens a batch and adds up its column of bytes.
#[inline(never)]
fn open(ground: &Ground, sealed: &Sealed<Flows>) -> u64 {
    let Ok(columns) = ground.open(sealed, AT) else { return 0 };
    let Some(Column::Counts(bytes)) = columns.column(Field::Bytes) else { return 0 };
    sum(bytes)
}

/// Adds up the same column of a batch that was never sealed.
#[inline(never)]
fn bare(flows: &Flows) -> u64 {
    sum(&flows.bytes)
}

#[inline(never)]
fn sum(bytes: &[u64]) -> u64 {
    bytes.iter().fold(0, |sum, bytes| sum.wrapping_add(*bytes))
}

fn one_batch(size: usize) -> Result<Flows> {
    batches(1, size, Share(50)).pop().context("no batch was made")
}

fn whole_network() -> Result<Vec<Case>> {
    let desk = desk()?;
    let ground = desk.ground(&STATISTICS, EVERYTHING, Subject::Network)?;
    let mut cases = Vec::new();
    for size in [1, 16, 256, 4_096] {
        let flows = one_batch(size)?;
        let sealed = Sealed::seal(flows.clone(), STATISTICS.origin());
        ensure!(open(&ground, &sealed) == bare(&flows), "what is opened is not what was sealed");
        let rounds = (1 << 27_usize).min((1 << 21) * size) / size;
        let each = |ns: f64| ns / (rounds * size) as f64;
        cases.push(measure(
            &format!("whole-network ground: open a batch of {size}, sum its bytes"),
            "ns/record",
            11,
            &mut || each(cpu::spent(|| repeat(rounds, || open(&ground, black_box(&sealed))))),
            Some(("bare columns", &mut || {
                each(cpu::spent(|| repeat(rounds, || bare(black_box(&flows)))))
            })),
        ));
    }
    Ok(cases)
}

fn repeat(rounds: usize, mut work: impl FnMut() -> u64) {
    for _ in 0..rounds {
        black_box(work());
    }
}

/// The other side of [`instructions`]: opens or adds up a batch of `size`, `rounds` times.
fn go(way: &str, size: usize, rounds: usize) -> Result<()> {
    let desk = desk()?;
    let ground = desk.ground(&STATISTICS, EVERYTHING, Subject::Network)?;
    let flows = one_batch(size)?;
    let sealed = Sealed::seal(flows.clone(), STATISTICS.origin());
    if way == "open" {
        repeat(rounds, || open(&ground, black_box(&sealed)));
    } else {
        repeat(rounds, || bare(black_box(&flows)));
    }
    Ok(())
}

/// Instructions a record, and what of them is not reading the column.
fn instructions() -> Result<Vec<Case>> {
    const RUNS: usize = 3;
    let mut cases = Vec::new();
    for size in [1, 16, 256, 4_096, 65_536] {
        let rounds = ((1 << 19) / size).max(16);
        let per_record = |way: &str| -> Result<f64> {
            let run = |rounds: usize| {
                let arguments = [way.to_owned(), size.to_string(), rounds.to_string()];
                callgrind::instructions(&arguments)
            };
            let (some, none) = (run(rounds)?, run(0)?);
            ensure!(some > none, "{rounds} rounds cost no more than none: {some} and {none}");
            Ok((some - none) as f64 / (rounds * size) as f64)
        };
        let mut pairs = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            pairs.push((per_record("open")?, per_record("bare")?));
        }
        let unit = "instructions/record";
        let (mut ours, mut theirs) = (pairs.iter(), pairs.iter());
        cases.push(measure(
            &format!("whole-network ground: open a batch of {size}, sum its bytes (callgrind)"),
            unit,
            RUNS,
            &mut || ours.next().map_or(f64::NAN, |pair| pair.0),
            Some(("bare columns", &mut || theirs.next().map_or(f64::NAN, |pair| pair.1))),
        ));
        let mut beyond = pairs.iter();
        cases.push(measure(
            &format!("whole-network ground: beyond reading, batch of {size} (callgrind)"),
            unit,
            RUNS,
            &mut || beyond.next().map_or(f64::NAN, |pair| pair.0 - pair.1),
            None,
        ));
    }
    Ok(cases)
}

/// One ground over a million prefixes, beside the whole network on the same batches.
fn million() -> Result<Vec<Case>> {
    let desk = desk()?;
    let all = Arc::new(consents::million());
    ensure!(all.nets().len() == consents::MILLION as usize, "a million are a million");
    let wide = desk.ground(&STATISTICS, EVERYTHING, Subject::Network)?;
    let scoped = |set: PrefixSet| desk.ground(&ANALYSIS, EVERYTHING, Subject::Prefixes(set.into()));
    let among = desk.ground(&ANALYSIS, EVERYTHING, Subject::Prefixes(Arc::clone(&all)))?;
    let mut cases = Vec::new();
    for (ground, of, share) in [
        (&among, "1 M prefixes", Share(0)),
        (&among, "1 M prefixes", Share(50)),
        (&among, "1 M prefixes", Share(100)),
        (&scoped(PrefixSet::of(["192.0.2.1/32".parse()?]))?, "1 prefix", Share(0)),
        (
            &scoped(PrefixSet::of(["100.64.0.0/10".parse()?, "2001:db8::/32".parse()?]))?,
            "2 prefixes",
            Share(100),
        ),
    ] {
        cases.push(scoped_beside_whole(ground, of, share, &wide)?);
    }
    cases.push(measure("1 M prefixes: resident memory", "bytes", 3, &mut memory, None));
    let request = desk.request(&ANALYSIS, EVERYTHING, Subject::Prefixes(all))?;
    cases.push(ask("1 M prefixes: ask, journal in memory", 5, 1, &desk, &request)?);
    Ok(cases)
}

fn scoped_beside_whole(ground: &Ground, of: &str, share: Share, wide: &Ground) -> Result<Case> {
    /// As many as the decoder hands on.
    const SIZE: usize = 512;
    const COUNT: usize = 512;
    let flows = batches(COUNT, SIZE, share);
    let seal = |flows: &Flows, look: &Look| Sealed::seal(flows.clone(), look.origin());
    let held: Vec<_> = flows.iter().map(|f| seal(f, &ANALYSIS)).collect();
    let live: Vec<_> = flows.iter().map(|f| seal(f, &STATISTICS)).collect();
    let covered = |sealed| ground.open(sealed, AT).map_or(0, |c| c.rows().iter().count());
    let found: usize = held.iter().map(covered).sum();
    let expected = COUNT * SIZE * share.0 as usize / 100;
    ensure!(found.abs_diff(expected) < expected / 50 + 1, "{found} rows, not about {expected}");
    let pass = |ground: &Ground, batches: &[Sealed<Flows>], passes: usize| {
        let all = || batches.iter().map(|b| open(ground, black_box(b))).sum();
        cpu::spent(|| repeat(passes, all)) / (passes * COUNT * SIZE) as f64
    };
    let name = format!("scoped ground, {of}, {} % of records covered, batches of {SIZE}", share.0);
    Ok(measure(
        &format!("{name}: open, sum bytes"),
        "ns/record",
        11,
        &mut || pass(ground, &held, 4),
        Some(("whole-network ground", &mut || pass(wide, &live, 128))),
    ))
}

/// Octets of memory that a million prefixes take up, in a process of its own.
fn memory() -> f64 {
    let told = || -> Result<f64> {
        let output =
            std::process::Command::new(std::env::current_exe()?).arg("million").output()?;
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    };
    told().unwrap_or(f64::NAN)
}

/// The other side of [`memory`].
fn tell_memory() -> Result<()> {
    let before = resident()?;
    let set = consents::million();
    let more = resident()?.saturating_sub(before);
    black_box(&set);
    writeln!(std::io::stdout(), "{more}")?;
    Ok(())
}

fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    Ok(kilobytes.context("/proc/self/status does not tell VmRSS")? * 1024)
}

fn asking() -> Result<Vec<Case>> {
    let counted = desk()?;
    let request = counted.request(&STATISTICS, EVERYTHING, Subject::Network)?;
    let in_memory = ask("ask, journal in memory", 11, 2_000, &counted, &request)?;
    let folder = tempfile::tempdir()?;
    let account = Account::open(folder.path(), "bench.example/ledger", AT.wall)?;
    let durable = Desk::writing_to(Arc::new(account))?;
    let booked = ask("ask, durable ledger in a temporary folder", 5, 100, &durable, &request)?;
    Ok(vec![in_memory, booked])
}

/// What asking takes by the clock, waiting for the disk included.
fn ask(case: &str, runs: usize, rounds: usize, desk: &Desk, request: &Request) -> Result<Case> {
    let granted = || match desk.gate.ask(request, AT) {
        Answer::Granted(_) => Ok(()),
        other @ (Answer::Asks(_) | Answer::Refused(_)) => bail!("not granted: {other:?}"),
    };
    granted()?;
    let once = || u64::from(granted().is_ok());
    let mut all = || cpu::clocked(|| repeat(rounds, once)) / rounds as f64 / 1_000.0;
    Ok(measure(case, "µs/ask", runs, &mut all, None))
}

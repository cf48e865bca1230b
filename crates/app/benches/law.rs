//! What a verdict of the law costs: every case of `cases/`, with its conditions, and put into words.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use decide::law::{Request, answer, verdict};
use ground::Book;
use terms::Day;

#[path = "parts/cpu.rs"]
mod cpu;
#[path = "../../../xtask/src/measure.rs"]
#[expect(unused_imports, reason = "its own tests run in xtask; a bench leaves them out")]
mod measure;

use measure::measure;

const RUNS: usize = 11;
const UNIT: &str = "CPU-us/verdict";
const ROUNDS: usize = 20;

fn main() -> Result<()> {
    let book = Book::compiled()?;
    let requests = requests(&book)?;
    let today = Day::of(2026, 5, 1).context("a day")?;
    let mut cases = Vec::new();
    let many = requests.len();
    let each = |work: &dyn Fn(&Request)| {
        let nanoseconds = cpu::spent(|| {
            for _ in 0..ROUNDS {
                requests.iter().for_each(work);
            }
        });
        nanoseconds / 1_000.0 / (ROUNDS * many) as f64
    };
    cases.push(measure(
        &format!("verdict and conditions, mean of {many} cases"),
        UNIT,
        RUNS,
        &mut || each(&|r| _ = black_box(verdict(&book, r, today))),
        None,
    ));
    let slow = |work: &dyn Fn(&Request)| {
        let one = |r: &Request| {
            cpu::spent(|| (0..ROUNDS).for_each(|_| work(r))) / 1_000.0 / ROUNDS as f64
        };
        requests.iter().map(one).fold(0.0, f64::max)
    };
    cases.push(measure(
        "verdict and conditions, the dearest case",
        UNIT,
        RUNS,
        &mut || slow(&|r| _ = black_box(verdict(&book, r, today))),
        None,
    ));
    cases.push(measure(
        &format!("whole answer in two languages with what would change it, mean of {many} cases"),
        UNIT,
        3,
        &mut || each(&|r| drop(black_box(answer(&book, r, today)))),
        None,
    ));
    measure::write(&cases, &mut std::io::stdout())?;
    Ok(())
}

/// Every request file of the project.
fn requests(book: &Book) -> Result<Vec<Request>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases"));
    let mut requests = Vec::new();
    for folder in fs::read_dir(root).with_context(|| format!("reading {}", root.display()))? {
        for file in fs::read_dir(folder?.path())? {
            let path = file?.path();
            let text = fs::read_to_string(&path)?;
            let read = Request::parse(&text, book);
            requests.push(read.map_err(|fault| anyhow::anyhow!("{}: {fault}", path.display()))?);
        }
    }
    ensure!(requests.len() > 200, "only {} cases were found", requests.len());
    Ok(requests)
}

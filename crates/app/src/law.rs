//! `sekisho law`: asking the law and reading its measures. Needs no running sekisho.

mod shown;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use decide::law::{self, Fault, Request};
use ground::Book;
use serde_json::{Value, json};
use terms::{Day, Zone};

use crate::cli::{Lang, LawCommand, Printed};
use crate::clock::Clock;
use crate::show::line;

/// Exit code for a request that cannot be read.
const MALFORMED: u8 = 2;
/// No request is longer.
const LONGEST: u64 = 1 << 20;

/// `sekisho law …`
pub(crate) fn run(command: &LawCommand) -> anyhow::Result<ExitCode> {
    let book = Book::compiled().context("the book of measures does not load")?;
    match command {
        LawCommand::Ask { file, printed } => ask(&book, file, *printed),
        LawCommand::List { day, printed } => {
            let all = serde_json::to_value(law::list(&book, day.unwrap_or_else(today)))?;
            print(&all, *printed, shown::measures)
        }
        LawCommand::Show { item, printed } => show(&book, item, *printed),
        LawCommand::Table => {
            line(book.table().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        LawCommand::Vocabulary { printed } => {
            print(&law::vocabulary(), *printed, shown::vocabulary)
        }
        LawCommand::Check { folder, json } => check(&book, folder, *json),
    }
}

fn print(
    value: &Value,
    printed: Printed,
    say: fn(&Value, Lang) -> String,
) -> anyhow::Result<ExitCode> {
    if printed.json {
        line(&serde_json::to_string_pretty(value)?);
    } else {
        line(&say(value, printed.lang));
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the measures of a letter or name.
fn show(book: &Book, item: &str, printed: Printed) -> anyhow::Result<ExitCode> {
    let names = law::named(book, item);
    if names.is_empty() {
        let all = book.measures().iter().flat_map(|m| [&*m.name.0, m.item.as_str()]);
        let near = ground::nearest(item, all);
        bail!("no measure is called {item}; did you mean {near}? `sekisho law list` has all");
    }
    let found = names.iter().filter_map(|n| book.measure(n));
    let all = Value::Array(found.map(|m| law::show(book, m)).collect());
    print(&all, printed, |all, lang| {
        let each = all.as_array().into_iter().flatten().map(|m| shown::measure(m, lang));
        each.collect::<Vec<_>>().join("\n\n")
    })
}

fn ask(book: &Book, file: &Path, printed: Printed) -> anyhow::Result<ExitCode> {
    let document = read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let request = match Request::parse(&document, book) {
        Ok(request) => request,
        Err(fault) => return Ok(malformed(&fault, printed)),
    };
    let answer = serde_json::to_value(law::answer(
        book,
        &request,
        Zone::TOKYO.day(Clock::start().now().wall),
    ))?;
    print(&answer, printed, shown::answer)
}

/// Runs the cases of a folder.
fn check(book: &Book, folder: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let mut files = Vec::new();
    below(folder, &mut files).with_context(|| format!("cannot read {}", folder.display()))?;
    files.sort();
    let (mut cases, mut bad) = (Vec::new(), 0_usize);
    for file in &files {
        let document = read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let shown = file.strip_prefix(folder).unwrap_or(file).display().to_string();
        match law::check(book, &document, today()) {
            Ok(None) => {}
            Ok(Some(case)) => {
                bad += usize::from(!case.differs.is_empty());
                cases.push((shown, case));
            }
            Err(fault) => {
                bad += 1;
                line(&format!("✗ {shown}: {fault}"));
            }
        }
    }
    if json {
        let all: Vec<Value> =
            cases.iter().map(|(file, case)| json!({ "file": file, "case": case })).collect();
        line(&serde_json::to_string_pretty(&all)?);
    } else {
        for (file, case) in &cases {
            let mark = if case.differs.is_empty() { "✓" } else { "✗" };
            let item = case.item.as_deref().unwrap_or("–");
            line(&format!(
                "{mark} {:<10} {:<10} {item:<8} {}",
                case.id,
                case.verdict.word(),
                case.name
            ));
            let wanted: Vec<&str> = case.wanted.iter().map(|c| c.word()).collect();
            for differs in &case.differs {
                line(&format!("    {file}: {differs} (wanted: {})", wanted.join(" or ")));
            }
        }
        line(&format!("{} cases, {bad} wrong", cases.len()));
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The JSON files below a folder.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            below(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// Today, in Japan.
fn today() -> Day {
    Zone::TOKYO.day(Clock::start().now().wall)
}

/// Says which field is wrong. Nothing was decided.
#[expect(clippy::print_stderr, reason = "the command line's own errors")]
fn malformed(fault: &Fault, printed: Printed) -> ExitCode {
    if printed.json {
        line(&json!({ "error": fault.why, "field": fault.field }).to_string());
    }
    eprintln!("sekisho: {fault}\n  nothing was decided");
    ExitCode::from(MALFORMED)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    } else {
        std::fs::File::open(file)?.take(LONGEST).read_to_string(&mut text)?;
    }
    Ok(text)
}

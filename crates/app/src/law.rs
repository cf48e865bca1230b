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
            let day = day.unwrap_or_else(today);
            let all = serde_json::to_value(law::list(&book, day))?;
            if !printed.json {
                line(&shown::as_of(day, printed.lang));
            }
            print(&all, *printed, shown::measures)
        }
        LawCommand::Show { item, printed } => show(&book, item, *printed),
        LawCommand::Table => {
            line(book.table().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        LawCommand::Vocabulary { printed } => {
            print(&law::vocabulary(&book), *printed, shown::vocabulary)
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
        bail!("there is no item or measure `{item}`; {}", law::like(book, item));
    }
    let found = names.iter().filter_map(|n| book.measure(n));
    let all = Value::Array(found.map(|m| law::show(book, m)).collect());
    print(&all, printed, |all, lang| {
        let each = all.as_array().into_iter().flatten().map(|m| shown::measure(m, lang));
        each.collect::<Vec<_>>().join("\n\n")
    })
}

fn ask(book: &Book, file: &Path, printed: Printed) -> anyhow::Result<ExitCode> {
    let request = match read(file).and_then(|document| Request::parse(&document, book)) {
        Ok(request) => request,
        Err(fault) => return Ok(malformed(&fault, printed)),
    };
    let answer = serde_json::to_value(law::answer(book, &request, today()))?;
    print(&answer, printed, shown::answer)
}

/// Runs the cases of a folder.
fn check(book: &Book, folder: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let mut files = Vec::new();
    below(folder, &mut files).with_context(|| format!("cannot read {}", folder.display()))?;
    files.sort();
    let mut checked = Vec::new();
    for file in &files {
        let shown = file.strip_prefix(folder).unwrap_or(file).display().to_string();
        let case = read(file).and_then(|document| law::check(book, &document, today()));
        if let Some(case) = case.transpose() {
            checked.push((shown, case));
        }
    }
    let is_good = |case: &law::Case| case.differs.is_empty();
    let bad = checked.iter().filter(|(_, case)| !case.as_ref().is_ok_and(is_good)).count();
    if json {
        let one = |(file, case): &(String, Result<law::Case, Fault>)| match case {
            Ok(case) => json!({ "file": file, "case": case }),
            Err(fault) => json!({ "file": file, "error": fault.to_string() }),
        };
        let all: Vec<Value> = checked.iter().map(one).collect();
        line(&serde_json::to_string_pretty(&all)?);
    } else {
        for (file, case) in &checked {
            match case {
                Ok(case) => say(file, case),
                Err(fault) => line(&format!("✗ {file}: {fault}")),
            }
        }
        line(&format!("{} cases, {bad} wrong", checked.len()));
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line for a case, and one for all that differs in it.
fn say(file: &str, case: &law::Case) {
    let mark = if case.differs.is_empty() { "✓" } else { "✗" };
    let item = case.item.as_deref().unwrap_or("–");
    line(&format!("{mark} {:<10} {:<10} {item:<8} {}", case.id, case.verdict.word(), case.name));
    let wanted: Vec<&str> = case.wanted.iter().map(|c| c.word()).collect();
    for differs in &case.differs {
        line(&format!("    {file}: {differs} (wanted: {})", wanted.join(" or ")));
    }
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

/// Reads a file, or standard input, and says whole what is wrong with it.
fn read(file: &Path) -> Result<String, Fault> {
    let fault = |why: String| Fault { field: String::new(), why };
    let wrong = |e: std::io::Error| {
        fault(format!(
            "{} cannot be read: {e}: name a file, or - for standard input",
            file.display()
        ))
    };
    let mut bytes = Vec::new();
    // One byte more than there may be, to see that there are more.
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)
    } else {
        let open = std::fs::File::open(file).map_err(wrong)?;
        open.take(LONGEST + 1).read_to_end(&mut bytes)
    };
    if read.map_err(wrong)? as u64 > LONGEST {
        return Err(fault("is longer than 1 MiB: ask one thing at a time".to_owned()));
    }
    String::from_utf8(bytes)
        .map_err(|e| fault(format!("is not written in UTF-8: {}", e.utf8_error())))
}

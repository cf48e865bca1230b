//! `sekisho law`: asking, and printing what the law says. Needs no running sekisho.

use core::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use decide::law::{self, Fault, Request};
use ground::Book;
use serde_json::{Value, json};
use terms::{Day, Zone};

use crate::cli::{Lang, LawCommand, Printed};
use crate::clock::Clock;
use crate::show::{line, pick, say};

/// Exit code for a request that cannot be read.
const MALFORMED: u8 = 2;
/// No request is longer.
const LONGEST: u64 = 1 << 20;

/// `sekisho law …`
pub(crate) fn run(command: &LawCommand) -> anyhow::Result<ExitCode> {
    let book = Book::compiled().context("the book of measures does not load")?;
    match command {
        LawCommand::Ask { file, printed } => ask(&book, file, *printed),
        LawCommand::Check { folder, json } => check(&book, folder, *json),
    }
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
    if printed.json {
        line(&serde_json::to_string_pretty(&answer)?);
    } else {
        line(&spoken(&answer, printed.lang));
    }
    Ok(ExitCode::SUCCESS)
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

/// The answer for people: the sentences, then the conditions and what goes with them.
fn spoken(answer: &Value, lang: Lang) -> String {
    let text = if lang == Lang::Ja { "text_ja" } else { "text_en" };
    let bare = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let mut out = format!("{}: {}", bare(&answer["verdict"]), say(&answer["verdict_text"], lang));
    if let Some(item) = answer["item"].as_str() {
        let _ = write!(out, "  ({item}) {}", bare(&answer["measure"]));
    }
    let _ = write!(out, "\n\n{}\n", bare(&answer[text]));
    for c in answer["conditions"].as_array().into_iter().flatten() {
        let mark = match c["state"].as_str() {
            Some("met") => "✓",
            Some("failed") => "✗",
            _ => "?",
        };
        let _ = write!(out, "\n  {mark} {} [{}]", say(&c["text"], lang), bare(&c["code"]));
    }
    let section =
        |out: &mut String, key: &str, ja: &str, en: &str, words: fn(&Value, Lang) -> String| {
            let items = answer[key].as_array().filter(|i| !i.is_empty());
            for (i, item) in items.into_iter().flatten().enumerate() {
                if i == 0 {
                    let _ = write!(out, "\n\n{}", pick(lang, ja, en));
                }
                let _ = write!(out, "\n  - {}", words(item, lang));
            }
        };
    section(&mut out, "questions", "確認すべきこと", "To find out", question);
    section(&mut out, "duties", "義務", "Owed", |d, lang| {
        format!("{}: {}", say(&d["text"], lang), say(&d["within"], lang))
    });
    section(&mut out, "flips", "結論を変えるもの", "What would change it", text_of);
    section(&mut out, "others", "他の項目", "Other items", other);
    section(&mut out, "notes", "前提", "Assumed", |n, lang| say(n, lang).to_owned());
    let inquiry = say(&answer["inquiry"], lang);
    if !inquiry.is_empty() {
        let _ = write!(out, "\n\n{inquiry}");
    }
    out.trim_end().to_owned()
}

fn text_of(value: &Value, lang: Lang) -> String {
    say(&value["text"], lang).to_owned()
}

fn question(value: &Value, lang: Lang) -> String {
    let roles: Vec<&str> =
        value["roles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    format!("{} [{}]", say(&value["text"], lang), roles.join(", "))
}

fn other(value: &Value, lang: Lang) -> String {
    let why = value[pick(lang, "why_ja", "why_en")].as_str().unwrap_or_default();
    let item = value["item"].as_str().unwrap_or_default();
    format!("({item}) {} {why}", say(&value["title"], lang))
}

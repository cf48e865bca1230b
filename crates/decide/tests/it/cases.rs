//! Every file of cases gets its verdict, from the measures that decide it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use decide::law::{Case, Request, answer, check, verdict, vocabulary};
use ground::{Advice, Book, Code, Facts, Known, MEASURES, Outcome, Record};
use terms::{Day, Fact, Fields, Person, Status, Zone};

/// The day for a case that names none.
fn today() -> Day {
    Day::of(2026, 5, 1).unwrap()
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, files);
        } else if path.extension().is_some_and(|e| e == "json") {
            files.push(path);
        }
    }
}

/// The texts of all files of cases, by name.
fn cases() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let mut files = Vec::new();
    below(&folder, &mut files);
    files.sort();
    let name = |f: &PathBuf| f.strip_prefix(&folder).unwrap().display().to_string();
    files.iter().map(|f| (name(f), std::fs::read_to_string(f).unwrap())).collect()
}

fn run(book: &Book, text: &str) -> Result<Case, String> {
    match check(book, text, today()) {
        Ok(Some(case)) => Ok(case),
        Ok(None) => Err("it has no case.verdict".to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

#[test]
fn every_case_gets_its_verdict_for_its_reasons() {
    let book = Book::compiled().unwrap();
    let all = cases();
    assert!(all.len() > 100, "the folder of cases is elsewhere");
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|(name, text)| match run(&book, text) {
            Ok(case) if case.differs.is_empty() => None,
            Ok(case) => Some(format!("{name}: {}", case.differs.join("; "))),
            Err(why) => Some(format!("{name}: {why}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_its_measure_every_case_it_decides_goes_red() {
    let book = Book::compiled().unwrap();
    let mut decided: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (name, text) in cases() {
        let case = run(&book, &text).unwrap();
        if let Some(measure) = case.measure {
            decided.entry(measure.0.to_string()).or_default().push((name, text));
        }
    }
    for (measure, rows) in &decided {
        let fewer: Vec<(&str, &str)> =
            MEASURES.iter().copied().filter(|(name, _)| name != measure).collect();
        let book = Book::read(&fewer).unwrap();
        let green = |(_, text): &&(String, String)| {
            run(&book, text).is_ok_and(|case| case.differs.is_empty())
        };
        let green: Vec<&str> = rows.iter().filter(green).map(|(name, _)| name.as_str()).collect();
        assert!(green.is_empty(), "without {measure} these are still well: {}", green.join(", "));
    }
}

#[test]
fn the_vocabulary_says_what_every_code_means() {
    let book = Book::compiled().unwrap();
    let vocabulary = vocabulary(&book);
    let said: Vec<&str> =
        vocabulary["codes"].as_array().unwrap().iter().filter_map(|c| c["word"].as_str()).collect();
    let mut once = said.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), said.len(), "a code is listed twice");
    for fact in Fact::ALL {
        assert!(said.contains(&fact.code()), "{fact}: {}", fact.code());
    }
    for (name, text) in cases() {
        let request = Request::parse(&text, &book).unwrap();
        for shown in answer(&book, &request, today()).conditions {
            assert!(said.contains(&shown.code), "{name}: {}", shown.code);
        }
        let case = request.case.unwrap();
        for word in case["deciding"].as_array().into_iter().flatten().filter_map(|w| w.as_str()) {
            let code = word.starts_with("C-") || word.starts_with(['P', 'S']);
            assert!(!code || said.contains(&word), "{name}: {word}");
        }
    }
}

#[test]
fn what_grants_without_being_spelt_out_is_called_an_inference_in_both_languages() {
    let book = Book::compiled().unwrap();
    let mut seen = 0;
    for (name, text) in cases() {
        let request = Request::parse(&text, &book).unwrap();
        let answer = answer(&book, &request, today());
        let inferred = answer.cites.as_ref().is_some_and(|c| c.status == Status::Inferred);
        let grants = !matches!(answer.verdict, Code::No | Code::Ask);
        if inferred && grants {
            assert!(answer.text_ja.contains("からの推論"), "{name}: {}", answer.text_ja);
            assert!(answer.text_en.contains("an inference from"), "{name}: {}", answer.text_en);
            seen += 1;
        }
    }
    assert!(seen >= 4, "only {seen} cases rest on an inferred measure");
}

#[test]
fn every_measure_decides_a_case() {
    let book = Book::compiled().unwrap();
    let mut idle: Vec<String> = book.measures().iter().map(|m| m.name.0.to_string()).collect();
    for (_, text) in cases() {
        let measure = run(&book, &text).unwrap().measure;
        idle.retain(|name| measure.as_ref().is_none_or(|m| *m.0 != *name.as_str()));
    }
    assert!(idle.is_empty(), "no case is decided by {}", idle.join(", "));
}

/// The request as the kernel has it: every fact known, by whom it is said to be.
fn in_the_kernel(request: &Request, day: Day) -> ground::Request {
    let start = Zone::TOKYO.start(day);
    let stated = || request.facts.iter().filter_map(|(f, s)| Some((*f, s, s.so?)));
    let bare = stated().filter(|(_, s, _)| s.by.is_none()).map(|(f, _, so)| (f, so));
    let mut facts = Facts::supposed(bare, start);
    for (fact, said, so) in stated() {
        let Some((person, role)) = said.by.clone() else { continue };
        let countersigned = said.countersigned.map(|r| (Person("the second".into()), r));
        let (at, until) = (said.at.unwrap_or(start), said.until);
        facts.learn(fact, Known { so, person, role, countersigned, at, until, covers: None });
    }
    let under = request.under.as_ref().map(|under| {
        assert_eq!(under.len(), 1, "the kernel is asked about one measure or all");
        under[0].clone()
    });
    ground::Request {
        actor: request.actor.clone(),
        act: request.act,
        purpose: request.purpose,
        // What is left out is what each measure allows: nothing beyond it.
        fields: request.fields.unwrap_or_else(|| Fields::from_iter([])),
        sources: request.sources.clone().unwrap_or_default(),
        subject: request.subject.clone(),
        end: request.end,
        case: None,
        only: under,
        claims: request.claims,
        plan: None,
        observes: request.observes.clone(),
        record: Record { facts, ..Record::default() },
    }
}

#[test]
fn the_kernel_gives_every_case_the_same_verdict() {
    let book = Book::compiled().unwrap();
    let mut compared = 0;
    for (name, text) in cases() {
        let request = Request::parse(&text, &book).unwrap();
        if request.consents.is_some() {
            continue;
        }
        let day = request.day.unwrap_or_else(today);
        let Advice { outcome, readings, .. } = book.advise(&in_the_kernel(&request, day), day);
        let code = match (outcome, readings.first()) {
            (Outcome::Granted, Some(first)) => {
                Code::of(book.measure(&first.measure).unwrap().basis)
            }
            (Outcome::Refused, _) => Code::No,
            (Outcome::Granted | Outcome::Asks, _) => Code::Ask,
        };
        assert_eq!(verdict(&book, &request, today()), code, "{name}");
        compared += 1;
    }
    assert!(compared > 150, "only {compared} cases were compared");
}

//! Stories with time passing: played at the real desk, with the real ledger and the dry-run actuator.

mod expect;
mod play;
mod words;
mod world;

use std::path::{Path, PathBuf};

use play::Play;
use words::{Expect, Step, Story};

/// Where the stories are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the folder of stories");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "story")).collect();
    files.sort();
    files
}

fn stories() -> Vec<Story> {
    files().iter().map(|file| words::read(file).unwrap_or_else(|e| panic!("{e}"))).collect()
}

/// Plays these steps; what went wrong names file and line.
fn play(story: &Story, steps: &[(usize, Step)]) -> Result<(), String> {
    let mut play = Play::begin(story)?;
    for (line, step) in steps {
        play = play.step(step).map_err(|e| format!("{}:{line}: {e}", story.file))?;
    }
    play.step(&Step::Expect(Expect::Verifies)).map(drop)
}

/// Does `each` to every story, two at a time, and fails with all that went wrong.
fn for_every_story(each: impl Fn(&Story) -> Result<(), String> + Sync) {
    let stories = stories();
    assert!(!stories.is_empty(), "there are stories");
    let (even, odd) = stories.split_at(stories.len() / 2);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let each = &each;
        let run = move |part: &[Story]| part.iter().filter_map(|s| each(s).err()).collect();
        let other = scope.spawn(move || -> Vec<String> { run(odd) });
        let mut wrong: Vec<String> = run(even);
        wrong.extend(other.join().expect("the other half of the stories"));
        wrong
    });
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_story_ends_as_it_says() {
    for_every_story(|story| play(story, &story.steps));
}

#[test]
fn a_crash_in_the_middle_of_any_story_leads_to_the_same_end() {
    // What is so at the end must be so; what was said on the way may have been said of the crash.
    let lasts = |step: &Step| {
        let Step::Expect(expect) = step else { return true };
        matches!(
            expect,
            Expect::State(..)
                | Expect::Cases(_)
                | Expect::Rule(_)
                | Expect::NoRule
                | Expect::Duty(..)
                | Expect::Refused(..)
                | Expect::Decoded(_)
                | Expect::Verifies
        )
    };
    let mut random = 0x2545_f491_u64;
    let places: Vec<u64> = (0..2)
        .map(|_| {
            // Steele and Vigna's splitmix64, so that every run crashes in the same places.
            random = random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed ^ (mixed >> 27)
        })
        .collect();
    for_every_story(|story| {
        let steps: Vec<_> = story.steps.iter().filter(|(_, step)| lasts(step)).cloned().collect();
        for place in &places {
            let at = 1 + usize::try_from(place % (steps.len() as u64 - 1)).unwrap_or(0);
            let mut crashed = steps.clone();
            crashed.insert(at, (steps[at].0, Step::Restart));
            play(story, &crashed)
                .map_err(|e| format!("{e}, with a crash before line {}", steps[at].0))?;
        }
        Ok(())
    });
}

#[test]
fn a_story_is_short_and_says_in_both_languages_what_it_is_about() {
    for file in files() {
        let text = std::fs::read_to_string(&file).expect("a story");
        let lines: Vec<&str> = text.lines().collect();
        let name = file.display();
        let sentence = |line: Option<&&str>, end| {
            line.is_some_and(|l| l.starts_with("# ") && l.trim_end().ends_with(end))
        };
        assert!(lines.len() <= 40, "{name} has {} lines", lines.len());
        assert!(sentence(lines.first(), '.'), "the first line of {name} is a sentence in English");
        assert!(sentence(lines.get(1), '。'), "the second line of {name} is one in Japanese");
    }
}

#[test]
fn a_word_no_story_has_is_an_error_that_names_file_and_line() {
    for (text, line, word) in [
        ("at 2026-05-01T09:00Z\nsing case 1 by sato\n", 2, "sing case 1 by sato"),
        ("# a\n\nat yesterday\n", 3, "yesterday"),
        ("expect case 1 asleep", 1, "asleep"),
        ("expect that all is well", 1, "expect that all is well"),
        ("answer case 1 own-equipment-impared yes by sato", 1, "own-equipment-impared"),
        ("expect refused sing case 1 by sato", 1, "sing case 1 by sato"),
        ("people kuroda barber", 1, "barber"),
        ("attack tcp-syn at line-77", 1, "line-77"),
        ("after a while", 1, "after a while"),
        ("after 3y", 1, "3y"),
        ("switch エ(c) automatic by sato approved by yamada", 1, "エ(c)"),
    ] {
        let said = words::parse("some.story", text).expect_err(text);
        assert!(said.starts_with(&format!("some.story:{line}: ")), "{said}");
        assert!(said.contains(word), "{said}");
    }
}

#[test]
fn a_story_that_is_not_so_fails_and_says_what_is_so_instead() {
    let text = "at 2026-05-01T09:00Z\nbegin\nattack tcp-syn at line-7\nexpect case 1 mitigated\n";
    let story = words::parse("some.story", text).expect("a story");
    let said = play(&story, &story.steps).expect_err("nobody signed");
    assert!(said.starts_with("some.story:4: it is \"waiting\""), "{said}");
}

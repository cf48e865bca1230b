//! Telling a story: each step printed with the measure's letter and verdict, and whether it happened.

use std::time::Duration;

use decide::{Case, Command};
use serde_json::Value;
use terms::{Act, CaseId};

use super::people;
use crate::cli::Lang;
use crate::run::Running;
use crate::show;

/// The story so far.
pub(crate) struct Story<'a> {
    pub(crate) running: &'a Running,
    steps: u32,
    failed: Vec<String>,
}

impl<'a> Story<'a> {
    pub(crate) fn begin(running: &'a Running) -> Self {
        Self { running, steps: 0, failed: Vec::new() }
    }

    /// A headline.
    pub(crate) fn scene(&self, ja: &str, en: &str) {
        show::line(&format!("\n== {en} / {ja}"));
    }

    /// Something said in passing.
    pub(crate) fn note(&self, text: &str) {
        show::line(text);
    }

    /// A step: did it happen?
    pub(crate) fn step(&mut self, happened: bool, what: &str) -> bool {
        self.steps += 1;
        show::line(&format!(
            "{} {:>2}. {what}",
            if happened { "ok  " } else { "FAIL" },
            self.steps
        ));
        if !happened {
            self.failed.push(what.to_owned());
        }
        happened
    }

    /// A step that must fail, because the law or the house says no.
    pub(crate) fn refused(&mut self, person: &str, command: Command, what: &str) {
        let result = people::say(self.running, person, command);
        let why = result.as_ref().err().map(|e| e.root_cause().to_string()).unwrap_or_default();
        self.step(result.is_err(), &format!("{what}: refused ({why})"));
    }

    /// A step somebody does; its result.
    pub(crate) fn does(&mut self, person: &str, command: Command, what: &str) -> Option<Value> {
        let result = people::say(self.running, person, command);
        let why = result.as_ref().err().map(|e| format!(" — {e:#}")).unwrap_or_default();
        self.step(result.is_ok(), &format!("{person} {what}{why}"));
        result.ok()
    }

    /// Waits until something is so.
    pub(crate) fn wait(&self, seconds: u64, so: impl Fn(&Running) -> bool) -> bool {
        let until = self.running.sekisho.clock.now().mono + seconds * 1000;
        while self.running.sekisho.clock.now().mono < until {
            if self.running.sekisho.stop.load(std::sync::atomic::Ordering::Acquire) {
                return false;
            }
            if so(self.running) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        false
    }

    /// Waits for a case newer than `after` that is still open.
    pub(crate) fn new_case(&self, after: u64, seconds: u64) -> Option<CaseId> {
        let newest = |r: &Running| {
            r.sekisho.desk().cases().filter(|c| c.id.0 > after && !c.closed).map(|c| c.id).min()
        };
        self.wait(seconds, |r| newest(r).is_some());
        newest(self.running)
    }

    /// Waits until something is so of a case.
    pub(crate) fn case_is(&self, id: CaseId, seconds: u64, so: impl Fn(&Case) -> bool) -> bool {
        self.wait(seconds, |r| r.sekisho.desk().case(id).is_some_and(&so))
    }

    /// Prints the last answer the gate gave in a case to this act: letter, verdict, words in both languages.
    pub(crate) fn answer(&self, id: CaseId, act: Act) {
        let desk = self.running.sekisho.desk();
        let Some(case) = desk.case(id) else { return };
        let Some(answer) = case.answer(act) else { return };
        let (code, measure, words) = (answer.code, &answer.measure, &answer.words);
        let item = measure
            .as_ref()
            .and_then(|m| desk.book().measure(m))
            .map_or("–", |m| m.item.as_str());
        show::line(&format!("        ({item}) {act}: {code}"));
        show::line(&format!("        {}\n        {}", words.en, words.ja));
    }

    /// Prints an answer of the law.
    pub(crate) fn spoken(&self, value: &Value) {
        for text in [show::spoken(value, Lang::En), show::spoken(value, Lang::Ja)] {
            for line in text.lines() {
                show::line(&format!("        {line}"));
            }
        }
    }

    /// Did every step happen?
    pub(crate) fn end(self) -> bool {
        let failed = self.failed.len();
        show::line(&format!("\n{} steps, {failed} did not happen", self.steps));
        for what in &self.failed {
            show::line(&format!("  FAIL {what}"));
        }
        failed == 0
    }
}

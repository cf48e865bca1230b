//! What a story expects, compared with what is so.

use decide::{Case, CaseEvent, Command};
use serde_json::Value;

use super::play::Play;
use super::words::Expect;

impl Play {
    /// Is it so? Otherwise a sentence saying what is so instead.
    pub(crate) fn expect(mut self, expect: &Expect) -> Result<Self, String> {
        let wrong = match expect {
            Expect::State(id, state) => {
                let case = self.case(*id)?;
                let is = serde_json::to_value(case.state()).unwrap_or_default();
                differs(is == state.as_str(), || format!("it is {is}: {}", words(case)))
            }
            Expect::Cases(count) => {
                let is = self.desk.cases().count();
                differs(is == *count, || format!("there are {is}"))
            }
            Expect::Answer { case, act, code, item } => {
                let said = self.case(*case)?.answer(*act);
                let is = said.map(|said| {
                    let measure = said.measure.as_ref().and_then(|m| self.desk.book().measure(m));
                    (said.code.word(), measure.map_or("–", |m| m.item.as_str()))
                });
                let fits = is == Some((code.word(), item.as_str()));
                differs(fits, || format!("it was {is:?}: {:?}", said.map(|s| &s.words.en)))
            }
            Expect::Asks(id, roles) => {
                let case = self.case(*id)?;
                let open = case.standstill.as_ref().map(|s| s.open.as_slice()).unwrap_or_default();
                let asked = |role| open.iter().any(|(_, roles)| roles.contains(role));
                let only = open.iter().all(|(_, asked)| asked.iter().any(|r| roles.contains(r)));
                differs(only && roles.iter().all(asked), || format!("it asks {open:?}"))
            }
            Expect::AsksNobody(id) => {
                let case = self.case(*id)?;
                let open = case.standstill.as_ref().map(|s| s.open.as_slice()).unwrap_or_default();
                differs(open.is_empty(), || format!("it asks {open:?}"))
            }
            Expect::OtherWays { case, person, items } => {
                let shown = self.does(&says(person, Command::ShowCase { case: *case }))?;
                let ways = shown["alternatives"].as_array().cloned().unwrap_or_default();
                let ways: Vec<&str> = ways.iter().filter_map(|w| w["item"].as_str()).collect();
                let all = items.iter().all(|item| ways.contains(&item.as_str()));
                differs(all, || format!("the other ways are {ways:?}: {shown}"))
            }
            Expect::Rule(text) => {
                let rules = self.rules();
                differs(rules.iter().any(|r| r.contains(text)), || {
                    format!("the rules are {rules:?}")
                })
            }
            Expect::NoRule => {
                let rules = self.rules();
                differs(rules.is_empty(), || format!("the rules are {rules:?}"))
            }
            Expect::Withdrawn(id, why) => {
                let case = self.case(*id)?;
                let last = last_withdrawal(case);
                let fits =
                    case.mitigated.is_none() && last.as_ref().is_some_and(|w| w.contains(why));
                differs(fits, || format!("{:?}, last withdrawn {last:?}", case.state()))
            }
            Expect::Owed(id, role) => {
                let owed = &self.case(*id)?.owed;
                differs(owed.iter().any(|(r, _)| r == role), || format!("owed is {owed:?}"))
            }
            Expect::NothingOwed(id) => {
                let owed = &self.case(*id)?.owed;
                differs(owed.is_empty(), || format!("owed is {owed:?}"))
            }
            Expect::Duty(id, duty, there) => {
                let duties = &self.case(*id)?.duties;
                let fits = duties.iter().any(|(d, _)| d == duty) == *there;
                differs(fits, || format!("the duties are {duties:?}"))
            }
            Expect::Refused(deed, why) => match self.does(deed) {
                Ok(said) => Some(format!("it was done: {said}")),
                Err(said) => differs(said.contains(why), || format!("it was refused: {said}")),
            },
            Expect::Said(code, text) => {
                let said = &self.said;
                let fits = said["code"] == code.word() && said.to_string().contains(text);
                differs(fits, || format!("it said {said}"))
            }
            Expect::Decoded(something) => {
                let fields = self.desk.mask().fields();
                differs(fields.is_empty() != *something, || format!("decoded is {fields:?}"))
            }
            Expect::Quiet(span) => {
                let before = self.entries()?.len();
                self.pass(*span)?;
                let entries = self.entries()?;
                let fresh = entries.get(before..).unwrap_or_default();
                differs(fresh.is_empty(), || format!("{} entries, first {}", fresh.len(), fresh[0]))
            }
            Expect::Verifies => {
                let ledger = self.folder.path().join("data/ledger");
                verify::verify(&ledger, None, &mut |_, _| {}).err().map(|fault| fault.to_string())
            }
            Expect::Ledger { kind, at_least, count } => {
                let mut kind = kind.split(' ');
                let (kind, answer) = (kind.next().unwrap_or_default(), kind.next());
                let entries = self.entries()?;
                let fits =
                    |e: &&Value| e["kind"] == kind && answer.is_none_or(|a| e["answer"] == a);
                let is = entries.iter().filter(fits).count();
                let fine = if *at_least { is >= *count } else { is == *count };
                differs(fine, || format!("there are {is}"))
            }
        };
        match wrong {
            Some(wrong) => Err(wrong),
            None => Ok(self),
        }
    }

    /// What the actuator shows.
    fn rules(&self) -> Vec<String> {
        let standing = self.actuator.standing();
        standing.iter().flat_map(|s| s.rules.iter().map(ToString::to_string)).collect()
    }

    /// Every entry of the ledger.
    pub(crate) fn entries(&self) -> Result<Vec<Value>, String> {
        let entries = self.account.entries(0, u64::MAX).map_err(super::play::chain)?;
        Ok(entries.iter().map(|e| serde_json::from_str(e).unwrap_or_default()).collect())
    }
}

fn says(person: &str, command: Command) -> super::words::Deed {
    super::words::Deed::Says(person.to_owned(), command)
}

fn differs(fits: bool, is: impl FnOnce() -> String) -> Option<String> {
    (!fits).then(is)
}

fn words(case: &Case) -> &str {
    case.standstill.as_ref().map_or("nothing was said yet", |s| &s.words.en)
}

fn last_withdrawal(case: &Case) -> Option<String> {
    case.history.iter().rev().find_map(|(_, event)| {
        if let CaseEvent::Withdrawn { why, .. } = event { Some(why.en.clone()) } else { None }
    })
}

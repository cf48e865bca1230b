//! The book of what stands: every permitted mitigation with its rules and its end.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ground::Permitted;
use serde::Serialize;
use terms::{AnswerId, Mitigation, MitigationId, Moment, Time};

use crate::flowspec::{Family, Key, Rule, rules};
use crate::update::{self, Dialect};
use crate::{ActError, TraitsError};

/// How many withdrawn mitigations are remembered, so that their confirmation can be shown.
const WITHDRAWN_KEPT: usize = 1000;

/// What should stand on the wire: each match once.
pub(crate) type Table = BTreeMap<Key, Arc<Rule>>;

/// A mitigation that was taken into the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The mitigation.
    pub id: MitigationId,
    /// The answer it rests on.
    pub answer: AnswerId,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// When it ends.
    pub ends: Time,
    /// Did it stand already, so that this only replaced its plan and end?
    pub renewed: bool,
}

pub(crate) struct Book {
    most: usize,
    standing: BTreeMap<MitigationId, Entry>,
    withdrawn: VecDeque<Gone>,
}

/// One standing mitigation. The permit stays here until the mitigation is withdrawn.
pub(crate) struct Entry {
    permit: Permitted<Mitigation>,
    pub(crate) rules: Vec<Arc<Rule>>,
    /// The end on both clocks: never later than the permit's, and the plan's own when that is earlier.
    until: Moment,
}

/// One mitigation that was withdrawn.
#[derive(Clone)]
pub(crate) struct Gone {
    pub(crate) id: MitigationId,
    pub(crate) rules: Vec<Arc<Rule>>,
    pub(crate) at: Time,
}

impl Entry {
    pub(crate) fn answer(&self) -> AnswerId {
        self.permit.answer()
    }
    pub(crate) fn ends(&self) -> Time {
        self.until.wall
    }
    /// Is it over: by the wall clock, by the monotonic one, or because everything was stopped?
    pub(crate) fn is_over(&self, at: Moment) -> bool {
        self.permit.is_over(at) || at.wall >= self.until.wall || at.mono >= self.until.mono
    }
}

impl Book {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, standing: BTreeMap::new(), withdrawn: VecDeque::new() }
    }

    /// Takes a permitted mitigation in, or replaces it when it stands already.
    pub(crate) fn apply(
        &mut self,
        permit: Permitted<Mitigation>,
        at: Moment,
        told: impl Fn(Family) -> bool,
    ) -> Result<Applied, ActError> {
        let plan = permit.plan();
        let (id, answer, ends) = (plan.id, permit.answer(), plan.ends.min(permit.until().wall));
        let rules = self.fit(plan, &told)?;
        let until = Moment {
            wall: ends,
            mono: permit.until().mono.min(at.mono.saturating_add(ends.since(at.wall).0)),
        };
        let entry = Entry { permit, rules, until };
        if entry.is_over(at) {
            return Err(ActError::Over { id, ends });
        }
        let rules = entry.rules.iter().map(|r| Rule::clone(r)).collect();
        let renewed = self.standing.insert(id, entry).is_some();
        Ok(Applied { id, answer, rules, ends, renewed })
    }

    /// The rules of `plan`, checked against what stands.
    fn fit(
        &self,
        plan: &Mitigation,
        told: &impl Fn(Family) -> bool,
    ) -> Result<Vec<Arc<Rule>>, ActError> {
        let id = plan.id;
        let rules = rules(plan)?;
        for (index, rule) in rules.iter().enumerate() {
            let long = ActError::Traits { id, nth: index + 1, cause: TraitsError::TooLong };
            if !rule.reads_back() || update::announce(rule, Dialect::between(u32::MAX, 1)).is_err()
            {
                return Err(long);
            }
            if !told(rule.family()) {
                return Err(ActError::NobodyToTell { id, family: rule.family() });
            }
        }
        let mut others: BTreeMap<&Key, (MitigationId, &Rule)> = BTreeMap::new();
        for (&other, entry) in self.standing.iter().filter(|(other, _)| **other != id) {
            others.extend(entry.rules.iter().map(|r| (r.key(), (other, &**r))));
        }
        for rule in &rules {
            if let Some(&(other, standing)) = others.get(rule.key())
                && standing.action() != rule.action()
            {
                return Err(ActError::Conflict { id, other, rule: standing.to_string() });
            }
        }
        let wanted = rules.iter().filter(|r| !others.contains_key(r.key())).count();
        if others.len() + wanted > self.most {
            let (standing, most) = (others.len(), self.most);
            return Err(ActError::TooManyRules { id, wanted, standing, most });
        }
        Ok(rules.into_iter().map(Arc::new).collect())
    }

    /// Takes a mitigation out; its permit ends here.
    pub(crate) fn withdraw(&mut self, id: MitigationId, at: Moment) -> Result<Gone, ActError> {
        let entry = self.standing.remove(&id).ok_or(ActError::NotStanding { id })?;
        let gone = Gone { id, rules: entry.rules, at: at.wall };
        if self.withdrawn.len() >= WITHDRAWN_KEPT {
            self.withdrawn.pop_front();
        }
        self.withdrawn.push_back(gone.clone());
        Ok(gone)
    }

    /// Takes out every mitigation that `ends` says so of; their numbers.
    pub(crate) fn withdraw_where(
        &mut self,
        at: Moment,
        ends: impl Fn(&Entry) -> bool,
    ) -> Vec<MitigationId> {
        let ids: Vec<MitigationId> =
            self.standing.iter().filter(|(_, e)| ends(e)).map(|(&id, _)| id).collect();
        ids.into_iter().filter(|&id| self.withdraw(id, at).is_ok()).collect()
    }

    /// What should be on the wire at `at`: nothing that is over, even before anyone swept.
    pub(crate) fn table(&self, at: Moment) -> Table {
        let live = self.standing.values().filter(|e| !e.is_over(at));
        live.flat_map(|e| e.rules.iter().map(|r| (r.key().clone(), Arc::clone(r)))).collect()
    }

    pub(crate) fn standing(&self) -> impl Iterator<Item = (MitigationId, &Entry)> {
        self.standing.iter().map(|(&id, entry)| (id, entry))
    }

    /// Those withdrawn last, oldest first.
    pub(crate) fn withdrawn(&self) -> impl Iterator<Item = &Gone> {
        self.withdrawn.iter()
    }
}

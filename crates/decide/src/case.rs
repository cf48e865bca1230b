//! A case: everything that happened, and what follows from it.

use std::collections::BTreeMap;

use ground::{Digest, DutyKind, Fact, Known, Role, Signature};
use serde::{Deserialize, Serialize};
use terms::IpNet;
use terms::{CaseId, ExporterId, Finding, Mitigation, MitigationId, Text, Time};

use crate::{Answered, CaseEvent, How, Learnt};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// Traits are being learnt.
    Learning,
    /// Something must be answered or signed.
    Waiting,
    /// The law says no to the block as things are.
    Refused,
    /// A mitigation is in force.
    Mitigated,
    /// It is over.
    Closed,
}

/// A mitigation in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mitigated {
    /// Which.
    pub id: MitigationId,
    /// Until when.
    pub until: Time,
    /// On the strength of which answer.
    pub answer: terms::AnswerId,
}

/// What a case waits for after the gate did not grant.
#[derive(Debug, Clone, PartialEq)]
pub struct Standstill {
    /// The gate's word.
    pub code: ground::Code,
    /// In words.
    pub words: Text,
    /// Open questions and who may answer them.
    pub open: Vec<(Text, Vec<Role>)>,
}

/// A case as rebuilt from its events.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// When it was opened.
    pub opened: Time,
    /// How.
    pub how: How,
    /// What it is about.
    pub target: IpNet,
    /// The last finding.
    pub finding: Option<Finding>,
    /// Does the finding rest on a doubtful exporter?
    pub doubtful: bool,
    /// Exporters that operations vouched for in this case.
    pub vouched: Vec<ExporterId>,
    /// Has the attack ended?
    pub calm: bool,
    /// Facts of the case.
    pub facts: BTreeMap<Fact, Known>,
    /// Traits.
    pub learnt: Option<Learnt>,
    /// The plan, and its digest.
    pub plan: Option<(Mitigation, Digest)>,
    /// Signatures on plans.
    pub signatures: Vec<Signature>,
    /// Somebody said no to the present plan.
    pub declined: bool,
    /// In force.
    pub mitigated: Option<Mitigated>,
    /// What the last answer left open.
    pub standstill: Option<Standstill>,
    /// Signatures owed, and by when.
    pub owed: Vec<(Role, Time)>,
    /// By when each signature that may come afterwards must come. Kept over an end, a renewal and a
    /// restart until somebody signs: none of them gives more time.
    pub promised: BTreeMap<Role, Time>,
    /// Duties owed.
    pub duties: Vec<(DutyKind, Option<Time>)>,
    /// Until when the subscriber may answer.
    pub consent_asked: Option<Time>,
    /// Is it closed?
    pub closed: bool,
    /// Everything, in order.
    pub history: Vec<(Time, CaseEvent)>,
}

impl Case {
    /// Rebuilds a case; `None` when the first event does not open it.
    #[must_use]
    pub fn replay(id: CaseId, events: Vec<(Time, CaseEvent)>) -> Option<Self> {
        let (opened, first) = events.first()?.clone();
        let CaseEvent::Opened { how, target } = first else { return None };
        let mut case = Self {
            id,
            opened,
            how,
            target,
            finding: None,
            doubtful: false,
            vouched: Vec::new(),
            calm: false,
            facts: BTreeMap::new(),
            learnt: None,
            plan: None,
            signatures: Vec::new(),
            declined: false,
            mitigated: None,
            standstill: None,
            owed: Vec::new(),
            promised: BTreeMap::new(),
            duties: Vec::new(),
            consent_asked: None,
            closed: false,
            history: Vec::new(),
        };
        for (at, event) in events {
            case.happen(at, event);
        }
        Some(case)
    }

    /// Takes in one more event.
    pub(crate) fn happen(&mut self, at: Time, event: CaseEvent) {
        self.history.push((at, event.clone()));
        match event {
            CaseEvent::Opened { .. } | CaseEvent::Shown { .. } => {}
            CaseEvent::Finding { finding, doubtful } => {
                if self.doubtful && !doubtful {
                    self.vouched.clone_from(&finding.exporters);
                }
                self.finding = Some(finding);
                self.doubtful = doubtful;
                self.calm = false;
            }
            CaseEvent::Calm => self.calm = true,
            CaseEvent::Fact { fact, so, person, role, until } => {
                let known =
                    Known { so, person, role, countersigned: None, at, until, covers: None };
                self.facts.insert(fact, known);
            }
            CaseEvent::Learnt { learnt } => self.learnt = Some(learnt),
            CaseEvent::Planned { plan, digest } => {
                self.plan = Some((plan, digest));
                self.declined = false;
            }
            CaseEvent::Answered { answered: Answered { code, words, open, .. } } => {
                self.standstill = Some(Standstill { code, words, open });
            }
            CaseEvent::Signed { signature } => {
                self.owed.retain(|(role, _)| *role != signature.role);
                self.promised.remove(&signature.role);
                self.signatures.push(signature);
            }
            CaseEvent::Declined { person, reason } => {
                self.declined = true;
                self.stands_still(Text {
                    ja: format!("{person}がこの計画を認めませんでした：{reason}"),
                    en: format!("{person} said no to this plan: {reason}"),
                });
            }
            CaseEvent::Owes { role, by } => {
                self.promised.entry(role).and_modify(|p| *p = by.min(*p)).or_insert(by);
                self.owed.push((role, by));
            }
            CaseEvent::ConsentAsked { until } => self.consent_asked = Some(until),
            CaseEvent::Applied { id, answer, until } => {
                self.mitigated = Some(Mitigated { id, until, answer });
            }
            CaseEvent::NotApplied { why, .. } => {
                // Nothing was ever done: nobody is to be told of it or to sign for it.
                if !self.history.iter().any(|(_, e)| matches!(e, CaseEvent::Applied { .. })) {
                    self.duties.clear();
                    self.promised.clear();
                }
                self.owed.clear();
                self.stands_still(Text {
                    ja: format!("措置を実施できませんでした：{why}"),
                    en: format!("It could not be carried out: {why}"),
                });
            }
            CaseEvent::Withdrawn { .. } => {
                self.mitigated = None;
                self.owed.clear();
            }
            CaseEvent::Duty { what, by } => {
                // What is owed already stays owed by its first day, however often it is renewed.
                if !self.duties.iter().any(|(owed, _)| *owed == what) {
                    self.duties.push((what, by));
                }
            }
            CaseEvent::DutyDone { what, .. } => self.duties.retain(|(w, _)| *w != what),
            CaseEvent::Closed { .. } => self.closed = true,
        }
    }

    /// It waits, and no question is open.
    fn stands_still(&mut self, words: Text) {
        let code = self.standstill.as_ref().map_or(ground::Code::Ask, |s| s.code);
        self.standstill = Some(Standstill { code, words, open: Vec::new() });
    }

    /// What the gate last said to this act in this case.
    #[must_use]
    pub fn answer(&self, act: terms::Act) -> Option<&Answered> {
        let said = |(_, event): &'_ (Time, CaseEvent)| matches!(event, CaseEvent::Answered { answered } if answered.act == act);
        let (_, event) = self.history.iter().rev().find(|e| said(e))?;
        if let CaseEvent::Answered { answered } = event { Some(answered) } else { None }
    }

    /// What the last block that was asked for in this case was for.
    #[must_use]
    pub fn purpose(&self) -> Option<terms::Purpose> {
        self.answer(terms::Act::Block).map(|said| said.purpose)
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> CaseState {
        if self.closed {
            CaseState::Closed
        } else if self.mitigated.is_some() {
            CaseState::Mitigated
        } else if self.plan.is_none() {
            CaseState::Learning
        } else if self.standstill.as_ref().is_some_and(|s| s.code == ground::Code::No) {
            CaseState::Refused
        } else {
            CaseState::Waiting
        }
    }
}

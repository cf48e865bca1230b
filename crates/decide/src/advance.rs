//! Moving cases on: learn, plan, ask, carry out, end.

use ground::{Answer, DutyKind, Fact, Number, Pass, Plan, Role};
use std::sync::Arc;
use terms::{Act, Action, CaseId, Mitigation, MitigationId, Moment, Purpose, Scope, Text};

use crate::ask::{for_the_line, minutes};
use crate::desk::number;
use crate::people::system;
use crate::{Answered, Case, CaseEvent, Desk, DeskError, Learnt, Order, Telemetry, speak};

/// How long a reading must stay below its limit before it counts as below.
const SETTLED: terms::Span = terms::Span::seconds(10);

/// When something that could not be done for want of the store or of data is tried again.
pub(crate) const RETRY: terms::Span = terms::Span::seconds(5);

impl Desk {
    /// Moves everything on: call it every second. Telemetry is what the machine knows of own
    /// equipment at this moment.
    ///
    /// # Errors
    /// When something cannot be written down; it is tried again at the next call.
    pub fn tick(&mut self, telemetry: &Telemetry, at: Moment) -> Result<(), DeskError> {
        self.gate.sweep(at);
        self.renew_standing(at);
        let open: Vec<CaseId> = self.cases.values().filter(|c| !c.closed).map(|c| c.id).collect();
        for id in open {
            self.observe_equipment(id, telemetry, at)?;
            self.end_what_is_over(id, at)?;
            self.try_again(id, at);
            if self.stirred.remove(&id)
                && let Err(e) = self.advance(id, at)
            {
                self.retries.insert(id, at.wall.after(RETRY));
                return Err(e);
            }
        }
        Ok(())
    }

    /// What is due again: learning from which there was nothing to learn yet, under the same ground
    /// while it lasts; and a plan that ended while it waited.
    fn try_again(&mut self, id: CaseId, at: Moment) {
        let Some(case) = self.cases.get(&id) else { return };
        let waits = case.mitigated.is_none() && !case.calm && !case.declined && !case.doubtful;
        let ended = case.plan.as_ref().is_some_and(|(plan, _)| plan.ends <= at.wall);
        if waits && ended && !self.gate.is_halted() {
            self.stirred.insert(id);
        }
        if self.retries.get(&id).is_some_and(|when| *when <= at.wall) {
            self.retries.remove(&id);
            match self.studies.get(&id).filter(|ground| waits && !ground.is_over(at)) {
                Some(ground) if case.learnt.is_none() => {
                    let ground = Arc::clone(ground);
                    let (target, since) = studied(case);
                    self.orders.push(Order::Learn { case: id, ground, target, since });
                }
                _ => {
                    self.stirred.insert(id);
                }
            }
        }
    }

    /// Establishes by machine whether own equipment is impaired or at risk, where the operator set
    /// what counts as that. Written down when it changes, or before it gets too old.
    fn observe_equipment(
        &mut self,
        id: CaseId,
        telemetry: &Telemetry,
        at: Moment,
    ) -> Result<(), DeskError> {
        let Some((_, used)) = &telemetry.busiest else { return Ok(()) };
        let limits = [
            (Fact::OwnEquipmentImpaired, Number::ImpairedPercent),
            (Fact::OwnEquipmentAtRisk, Number::RiskPercent),
        ];
        for (fact, limit) in limits {
            let Some(limit) = self.standing.number(limit) else { continue };
            let so = self.stays_so(id, fact, *used >= limit, at);
            let Some(case) = self.cases.get(&id) else { continue };
            let known = case.facts.get(&fact);
            // What a person established stands until it is too old; the machine does not overrule it.
            let by_person = known
                .is_some_and(|k| k.role != Role::System && k.until.is_none_or(|u| at.wall < u));
            let stale = known.is_none_or(|k| {
                k.until.is_some_and(|u| u.before(terms::Span::seconds(30)) <= at.wall)
            });
            let changed = known.is_none_or(|k| k.so != so);
            if by_person || !(changed || stale) || (case.mitigated.is_some() && !so) {
                continue;
            }
            let until =
                self.standing.number(Number::FactMinutes).map(|m| at.wall.after(minutes(m)));
            let system = system();
            let event =
                CaseEvent::Fact { fact, so, person: system.person, role: Role::System, until };
            self.note(id, event, at)?;
            if changed {
                self.stirred.insert(id);
            }
        }
        Ok(())
    }

    /// A reading that is over its limit counts at once; one that falls below it counts after a
    /// while, so that a link that hovers at the limit does not change the case every second.
    fn stays_so(&mut self, id: CaseId, fact: Fact, over: bool, at: Moment) -> bool {
        let was = self.cases.get(&id).and_then(|c| c.facts.get(&fact)).is_some_and(|k| k.so);
        if over || !was {
            self.below_since.remove(&(id, fact));
            return over;
        }
        let since = *self.below_since.entry((id, fact)).or_insert(at.wall);
        at.wall.since(since) < SETTLED
    }

    fn advance(&mut self, id: CaseId, at: Moment) -> Result<(), DeskError> {
        let Some(case) = self.cases.get(&id) else { return Ok(()) };
        if case.mitigated.is_some() {
            return Ok(());
        }
        if case.calm {
            return self.close_if_done(id, at);
        }
        if case.declined {
            return Ok(());
        }
        if case.doubtful {
            return self.wait_for_trust(id, at);
        }
        if case.learnt.is_none() {
            return self.study(id, at);
        }
        let last = self.last_end(case, at);
        if self.holds(id, last, at) != Some(true) {
            self.plan(id, last, at)?;
        }
        // A plan that has ended and cannot be made anew is not asked for.
        match self.holds(id, last, at) {
            Some(false) => Ok(()),
            Some(true) | None => self.ask_to_block(id, at),
        }
    }

    /// Does the plan of this case still hold: neither ended nor later than it may end?
    fn holds(&self, id: CaseId, last: Option<terms::Time>, at: Moment) -> Option<bool> {
        let (plan, _) = self.cases.get(&id)?.plan.as_ref()?;
        let in_time = at.wall < plan.ends && !self.is_over(plan.id, at);
        Some(in_time && last.is_none_or(|last| plan.ends <= last))
    }

    /// A finding that rests on a doubtful exporter starts nothing by itself.
    fn wait_for_trust(&mut self, id: CaseId, at: Moment) -> Result<(), DeskError> {
        let words = Text::of(
            "検知の根拠となるエクスポーターに疑いがあるため、自動では何も行いません。運用担当が確認してください。",
            "The finding rests on a doubtful exporter, so nothing is done automatically. Operations must vouch for it.",
        );
        let answered = Answered {
            answer: None,
            act: Act::Analyse,
            purpose: Purpose::FindCause,
            code: ground::Code::Ask,
            measure: None,
            open: vec![(words.clone(), vec![Role::Operations])],
            words,
        };
        let said = self.cases.get(&id).and_then(|c| c.standstill.as_ref());
        if said.is_none_or(|said| said.words != answered.words) {
            self.note(id, CaseEvent::Answered { answered }, at)?;
        }
        Ok(())
    }

    /// Asks for the ground to study the anomaly (チ), and orders it.
    fn study(&mut self, id: CaseId, at: Moment) -> Result<(), DeskError> {
        let Some(case) = self.cases.get(&id) else { return Ok(()) };
        let (target, since) = studied(case);
        let request = self.look(case, Act::Analyse, Purpose::FindCause, at);
        let answer = self.gate.ask(&request, at);
        self.note_answer(id, &request, &answer, at)?;
        if let Answer::Granted(granted) = answer
            && let Pass::Ground(ground) = granted.pass
        {
            let ground = Arc::new(ground);
            self.studies.insert(id, Arc::clone(&ground));
            self.orders.push(Order::Learn { case: id, ground, target, since });
        }
        Ok(())
    }

    /// When a plan of this case must end at the latest: one for the line alone, with its consent.
    fn last_end(&self, case: &Case, at: Moment) -> Option<terms::Time> {
        let purpose = self.purpose(case, at);
        if !for_the_line(purpose) {
            return None;
        }
        let request = self.block(case, purpose, at);
        let consent = request.record.facts.so(Fact::LineConsents, &request.subject, at.wall);
        consent.filter(|k| k.so).and_then(|k| k.until)
    }

    /// Makes the plan: the narrowest rules on the narrowest destination, with an end.
    fn plan(&mut self, id: CaseId, last: Option<terms::Time>, at: Moment) -> Result<(), DeskError> {
        let Some(case) = self.cases.get(&id) else { return Ok(()) };
        let (Some(learnt), Some(length)) =
            (&case.learnt, self.standing.number(Number::BlockMinutes))
        else {
            return Ok(());
        };
        let destination = match learnt.destinations.as_slice() {
            [(only, _)] => *only,
            _ => case.target,
        };
        let Ok(own) = self.config.own.own(destination) else { return Ok(()) };
        let ends = at.wall.after(minutes(length));
        let ends = last.map_or(ends, |last| ends.min(last));
        self.next_mitigation += 1;
        let plan = Mitigation {
            id: MitigationId(self.next_mitigation),
            case: id,
            scope: Scope::OwnDestination(own),
            traits: learnt.rules.clone(),
            action: Action::Discard,
            ends,
        };
        let digest = plan.digest();
        self.note(id, CaseEvent::Planned { plan, digest }, at)
    }

    /// Picks what the block is for, and asks.
    fn ask_to_block(&mut self, id: CaseId, at: Moment) -> Result<(), DeskError> {
        let Some(case) = self.cases.get(&id) else { return Ok(()) };
        let request = self.block(case, self.purpose(case, at), at);
        let answer = self.gate.ask(&request, at);
        self.note_answer(id, &request, &answer, at)?;
        let Answer::Granted(granted) = answer else { return Ok(()) };
        let (duties, owes) = (granted.duties.clone(), granted.owes.clone());
        let Pass::Warrant(warrant) = granted.pass else { return Ok(()) };
        let Some((plan, _)) = self.cases.get(&id).and_then(|c| c.plan.clone()) else {
            return Ok(());
        };
        let permitted = match warrant.permit(plan, at) {
            Ok(permitted) => permitted,
            Err(why) => {
                return self.note(
                    id,
                    CaseEvent::NotApplied {
                        id: MitigationId(self.next_mitigation),
                        why: why.to_string(),
                    },
                    at,
                );
            }
        };
        for (what, by) in duties.into_iter().filter(|(what, _)| *what == DutyKind::TellLine) {
            self.note(id, CaseEvent::Duty { what, by }, at)?;
        }
        for owed in owes {
            let promised = self.cases.get(&id).and_then(|c| c.promised.get(&owed.role));
            let by = promised.map_or(owed.by, |first| owed.by.min(*first));
            self.note(id, CaseEvent::Owes { role: owed.role, by }, at)?;
        }
        self.orders.push(Order::Apply(id, permitted));
        Ok(())
    }

    /// Own equipment harmed, at risk, or not known to be safe: for the service. Only the customer
    /// suffers: for the line, to stop what our own analysis showed (ア), or what was named to us (イ).
    fn purpose(&self, case: &Case, at: Moment) -> Purpose {
        let request = self.block(case, Purpose::ProtectService, at);
        let so = |fact| request.record.facts.so(fact, &request.subject, at.wall).map(|k| k.so);
        match (so(Fact::OwnEquipmentImpaired), so(Fact::OwnEquipmentAtRisk)) {
            (Some(false), Some(false) | None) | (None, Some(false)) => {
                let named = case.learnt.as_ref().is_some_and(Learnt::is_by_hand);
                if named { Purpose::StopNamedTraffic } else { Purpose::ProtectLine }
            }
            (Some(true), _) | (_, Some(true)) | (None, None) => Purpose::ProtectService,
        }
    }

    fn close_if_done(&mut self, id: CaseId, at: Moment) -> Result<(), DeskError> {
        if self.cases.get(&id).is_some_and(|c| c.duties.is_empty()) {
            let why = Text::of(
                "攻撃が終息し、残る義務がないため終了。",
                "Closed: the attack has ended and nothing is owed.",
            );
            self.close(id, &system().person, why, at)?;
        }
        Ok(())
    }

    /// Closes a case.
    pub(crate) fn close(
        &mut self,
        id: CaseId,
        person: &terms::Person,
        why: Text,
        at: Moment,
    ) -> Result<(), DeskError> {
        let leaf = self.leaf(account::Kind::CaseClosed, Some(id), person, at);
        self.account.book(&leaf, &[])?;
        self.note(id, CaseEvent::Closed { why }, at)?;
        self.end_study(id, at);
        self.retries.remove(&id);
        self.stirred.remove(&id);
        self.below_since.retain(|(case, _), _| *case != id);
        if let Some((plan, _)) = self.cases.get(&id).and_then(|c| c.plan.as_ref()) {
            self.ends.remove(&plan.id);
        }
        Ok(())
    }

    /// Ends the ground under which this case was studied.
    pub(crate) fn end_study(&mut self, id: CaseId, at: Moment) {
        if let Some(ground) = self.studies.remove(&id) {
            self.gate.end(&ground, at);
        }
    }

    /// Writes the gate's answer into the case, in words.
    pub(crate) fn note_answer(
        &mut self,
        id: CaseId,
        request: &ground::Request,
        answer: &Answer,
        at: Moment,
    ) -> Result<(), DeskError> {
        let spoken = speak(&self.book, request, answer, self.zone.day(at.wall));
        let entry = match answer {
            Answer::Granted(g) => Some(g.answer),
            Answer::Asks(a) => a.answer,
            Answer::Refused(r) => r.answer,
        };
        if matches!(answer, Answer::Refused(r) if matches!(r.why, ground::Why::NotDurable(_))) {
            self.retries.insert(id, at.wall.after(RETRY));
        }
        let open = match answer {
            Answer::Asks(a) => {
                a.questions.iter().map(|q| (q.text.clone(), q.roles.clone())).collect()
            }
            Answer::Granted(_) | Answer::Refused(_) => Vec::new(),
        };
        let answered = Answered {
            answer: entry,
            act: request.act,
            purpose: request.purpose,
            code: spoken.code,
            measure: spoken.measure.clone(),
            words: spoken.sentence.clone(),
            open,
        };
        self.note(id, CaseEvent::Answered { answered }, at)
    }

    /// Notes that a duty was done.
    pub(crate) fn duty_done(
        &mut self,
        id: CaseId,
        what: DutyKind,
        person: terms::Person,
        at: Moment,
    ) -> Result<(), DeskError> {
        let leaf = self.leaf(account::Kind::Told, Some(id), &person, at).with("of", number(id.0));
        self.account.book(&leaf, &[])?;
        self.note(id, CaseEvent::DutyDone { what, person }, at)?;
        self.stirred.insert(id);
        Ok(())
    }
}

/// What is studied in a case, and since when it is under attack.
fn studied(case: &Case) -> (terms::IpNet, terms::Time) {
    (case.target, case.finding.as_ref().map_or(case.opened, |f| f.since))
}

//! Ending what was begun: by time, with its cause, with the consent, for want of a signature.

use ground::{Fact, Mode, Role};
use terms::{Act, CaseId, MitigationId, Moment, Text};

use crate::ask::for_the_line;
use crate::{Case, Desk, DeskError, Order};

impl Desk {
    /// Withdraws what is over.
    pub(crate) fn end_what_is_over(&mut self, id: CaseId, at: Moment) -> Result<(), DeskError> {
        let Some(case) = self.cases.get(&id) else { return Ok(()) };
        let Some(mitigated) = &case.mitigated else { return Ok(()) };
        let (mitigation, until) = (mitigated.id, mitigated.until);
        let why = if until <= at.wall || self.is_over(mitigation, at) {
            Text::of("終期が到来したため解除。", "Withdrawn: its end has come.")
        } else if let Some(why) = self.why_early(case, at) {
            why
        } else {
            return Ok(());
        };
        self.orders.push(Order::Withdraw(id, mitigation));
        self.withdrawn(id, mitigation, why, at)
    }

    /// Is its end over by the clock that nobody sets?
    pub(crate) fn is_over(&self, id: MitigationId, at: Moment) -> bool {
        self.ends.get(&id).is_some_and(|end| *end <= at.mono)
    }

    /// Why a mitigation in force is withdrawn before its end, if it is.
    fn why_early(&self, case: &Case, at: Moment) -> Option<Text> {
        if case.calm {
            return Some(Text::of(
                "原因となる攻撃が終息したため解除。",
                "Withdrawn: the attack that caused it has ended.",
            ));
        }
        if case.owed.iter().any(|(_, by)| *by <= at.wall) {
            return Some(Text::of(
                "期限までに署名がないため解除。",
                "Withdrawn: the signature owed was not given in time.",
            ));
        }
        if case.declined {
            return Some(Text::of(
                "担当者が認めなかったため解除。",
                "Withdrawn: a person who may sign said no to it.",
            ));
        }
        if case.doubtful && !case.owed.is_empty() {
            return Some(Text::of(
                "根拠となるエクスポーターに疑いが生じ、まだ署名がないため解除。",
                "Withdrawn: it rests on a doubtful exporter, and nobody has signed it.",
            ));
        }
        if self.lost_consent(case, at) {
            return Some(Text::of(
                "同意が撤回されたため解除。",
                "Withdrawn: the line withdrew its consent.",
            ));
        }
        if self.switched_off(case) {
            return Some(Text::of(
                "根拠となる措置が停止されたため解除。",
                "Withdrawn: the measure it rests on was switched off.",
            ));
        }
        let (fact, wanted) = self.denied(case, at)?;
        let (fact, so) = (fact.text(), if wanted { "not so" } else { "so" });
        let ja = if wanted { "を否定した" } else { "に該当するとした" };
        Some(Text {
            ja: format!("担当者が次のこと{ja}ため解除：{}。", fact.ja),
            en: format!("Withdrawn: a person established that this is {so}: {}.", fact.en),
        })
    }

    /// Does the mitigation rest on a consent that is no longer there?
    fn lost_consent(&self, case: &Case, at: Moment) -> bool {
        let Some(purpose) = case.purpose().filter(|p| for_the_line(*p)) else { return false };
        let request = self.block(case, purpose, at);
        let consent = request.record.facts.so(Fact::LineConsents, &request.subject, at.wall);
        consent.is_none_or(|known| !known.so)
    }

    /// Is the measure that granted no longer switched on to act?
    fn switched_off(&self, case: &Case) -> bool {
        let measure = case.answer(Act::Block).and_then(|said| said.measure.as_ref());
        let mode = measure.and_then(|name| self.standing.modes.get(name)).map(|(mode, _)| *mode);
        matches!(mode, None | Some(Mode::Off | Mode::Observe))
    }

    /// The fact the grant rests on (so, or not so) that a person has said otherwise of since. What
    /// the machine sees does not count: a block that works takes away the very harm it is there for.
    fn denied(&self, case: &Case, at: Moment) -> Option<(Fact, bool)> {
        let name = case.answer(Act::Block)?.measure.as_ref()?;
        let requires = &self.book.measure(name)?.requires;
        let denies = |fact: &Fact, wanted: bool| {
            case.facts.get(fact).is_some_and(|known| {
                known.role != Role::System
                    && known.so != wanted
                    && known.until.is_none_or(|until| at.wall < until)
            })
        };
        requires.iter().find(|(fact, wanted)| denies(fact, **wanted)).map(|(fact, so)| (*fact, *so))
    }
}

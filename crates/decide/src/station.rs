//! What the other stations tell the desk: findings, traits, how an order went, the clock.

use account::{Kind, Safe};
use ground::Sealed;
use terms::{CaseId, Day, ExporterId, Finding, IpNet, MitigationId, Moment, Text, Time};

use crate::advance::RETRY;
use crate::desk::number;
use crate::people::system;
use crate::standing::StandingEvent;
use crate::{Case, CaseEvent, Desk, DeskError, How, Learnt};

/// How often a finding that goes on is written into its case.
const NOTED_EVERY: terms::Span = terms::Span::seconds(10);

impl Desk {
    /// Takes in a finding. Noticing it is part of the standing statistics (ス); studying it is an
    /// act of its own (チ).
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn found(
        &mut self,
        sealed: &Sealed<Finding>,
        doubtful: &[ExporterId],
        at: Moment,
    ) -> Result<Option<CaseId>, DeskError> {
        let Some(ground) = self.grounds.statistics.clone() else { return Ok(None) };
        let Ok(finding) = ground.read(sealed, at) else { return Ok(None) };
        let finding = whole(finding.clone());
        let open = self
            .cases
            .values()
            .find(|c| !c.closed && c.target.contains(&finding.target))
            .map(|c| c.id);
        // What a person said is no attack may be found once more before the detector hears of it.
        let dismissed = |(target, when): &(IpNet, Time)| {
            target.contains(&finding.target) && finding.since <= *when
        };
        let id = match open {
            Some(id) => id,
            None if self.dismissed.iter().any(dismissed) => return Ok(None),
            None => self.open_case(How::Found, finding.target, &system(), at)?,
        };
        let Some(case) = self.cases.get(&id) else { return Ok(None) };
        // A host of a prefix that is known to be bombed says nothing of the prefix.
        let part_of = |known: &Finding| {
            known.target != finding.target && known.target.contains(&finding.target)
        };
        if !case.calm && case.finding.as_ref().is_some_and(part_of) {
            return Ok(Some(id));
        }
        let first = case.finding.is_none() || case.calm;
        let fresh = case.finding.as_ref().is_none_or(|f| finding.at.since(f.at) >= NOTED_EVERY);
        // Once in doubt a case stays so until operations vouches for the exporters it rests on.
        let in_doubt = |e: &ExporterId| doubtful.contains(e) && !case.vouched.contains(e);
        let doubtful = case.doubtful || finding.exporters.iter().any(in_doubt);
        let doubt_changed = case.doubtful != doubtful;
        if first || fresh || doubt_changed {
            self.note(id, CaseEvent::Finding { finding, doubtful }, at)?;
        }
        if first || doubt_changed {
            self.stirred.insert(id);
        }
        Ok(Some(id))
    }

    /// The attack on `target` has ended.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn calmed(&mut self, target: &IpNet, at: Moment) -> Result<(), DeskError> {
        // A prefix goes on being bombed when one of its hosts is left alone.
        let over = |c: &Case| {
            c.finding.as_ref().is_some_and(|f| f.target == *target || target.contains(&c.target))
        };
        let calmed: Vec<CaseId> =
            self.cases.values().filter(|c| !c.closed && !c.calm && over(c)).map(|c| c.id).collect();
        for id in calmed {
            self.note(id, CaseEvent::Calm, at)?;
            self.stirred.insert(id);
        }
        Ok(())
    }

    /// Takes in what was learnt for an [`Order::Learn`].
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn learnt(&mut self, id: CaseId, mut learnt: Learnt, at: Moment) -> Result<(), DeskError> {
        self.end_study(id, at);
        // The case may have ended while its traits were learnt.
        if self.cases.get(&id).is_none_or(|c| c.closed) {
            return Ok(());
        }
        for (_, share) in learnt.destinations.iter_mut().filter(|(_, s)| !s.is_finite()) {
            *share = 0.0;
        }
        for share in [&mut learnt.coverage, &mut learnt.collateral] {
            *share = share.filter(|s| s.is_finite());
        }
        self.note(id, CaseEvent::Learnt { learnt }, at)?;
        self.stirred.insert(id);
        Ok(())
    }

    /// Notes how an [`Order::Apply`] went.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn applied(
        &mut self,
        case: CaseId,
        id: MitigationId,
        done: Result<(ground::MeasureName, terms::AnswerId, Time), String>,
        at: Moment,
    ) -> Result<(), DeskError> {
        let (kind, event, measure) = match done {
            Ok((measure, answer, until)) => {
                self.ends.insert(id, at.mono.saturating_add(until.since(at.wall).0));
                (Kind::Applied, CaseEvent::Applied { id, answer, until }, Some(measure))
            }
            Err(why) => (Kind::Failed, CaseEvent::NotApplied { id, why }, None),
        };
        let mut leaf =
            self.leaf(kind, Some(case), &system().person, at).with("mitigation", number(id.0));
        leaf.measure = measure;
        self.account.book(&leaf, &[])?;
        self.note(case, event, at)
    }

    /// Notes that a mitigation was withdrawn, and why.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn withdrawn(
        &mut self,
        case: CaseId,
        id: MitigationId,
        why: Text,
        at: Moment,
    ) -> Result<(), DeskError> {
        let in_force =
            self.cases.get(&case).and_then(|c| c.mitigated.as_ref()).is_some_and(|m| m.id == id);
        if in_force {
            let leaf = self
                .leaf(Kind::Withdrawn, Some(case), &system().person, at)
                .with("mitigation", number(id.0));
            self.account.book(&leaf, &[])?;
            self.note(case, CaseEvent::Withdrawn { id, why }, at)?;
            self.ends.remove(&id);
            self.stirred.insert(case);
        }
        Ok(())
    }

    /// There was nothing to learn from yet: it is tried again in a moment.
    pub fn learnt_nothing(&mut self, id: CaseId, at: Moment) {
        self.retries.insert(id, at.wall.after(RETRY));
    }

    /// Something of this case could not be written down or done: it is asked for again in a moment.
    pub fn try_later(&mut self, id: CaseId, at: Moment) {
        self.retries.insert(id, at.wall.after(RETRY));
    }

    /// Can days be counted? Not after the wall clock was set, until a person says that it is right.
    #[must_use]
    pub fn clock_is_sure(&self) -> bool {
        self.clock_is_sure
    }

    /// The wall clock was set: from here on erasure waits for a person.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn clock_jumped(&mut self, milliseconds: i64, at: Moment) -> Result<(), DeskError> {
        self.clock_is_sure = false;
        #[expect(clippy::cast_precision_loss, reason = "a length of time, shown only")]
        let by = Safe::Number(milliseconds as f64 / 1000.0);
        let leaf = self.leaf(Kind::ClockJump, None, &system().person, at).with("seconds", by);
        self.account.book(&leaf, &[])?;
        self.stand_by(StandingEvent::ClockJumped, at)
    }

    /// Erases what has passed its last day, and books it. After a clock jump it waits.
    ///
    /// # Errors
    /// When it cannot be erased or booked.
    pub fn erase_due(&mut self, today: Day, at: Moment) -> Result<(), DeskError> {
        let erased = self.account.erase_due(today, self.clock_is_sure)?;
        if erased.count() > 0 {
            let leaf = self
                .leaf(Kind::Erased, None, &system().person, at)
                .with("count", number(erased.count()));
            self.account.book(&leaf, &[])?;
        }
        Ok(())
    }
}

/// A finding that can be written down and read back: what is no number is nothing.
fn whole(mut finding: Finding) -> Finding {
    let (seen, expected) = (&mut finding.seen, &mut finding.expected);
    let all = [&mut seen.bits, &mut seen.packets, &mut expected.bits, &mut expected.packets];
    for number in all.into_iter().chain([&mut finding.share, &mut finding.at_least_bits]) {
        if !number.is_finite() {
            *number = 0.0;
        }
    }
    finding
}

//! The standing grounds: asked for at start, when what they rest on changes, and before they end.

use std::sync::Arc;

use ground::{Answer, Ground, Pass, Why};
use terms::{Act, Moment, Purpose, Source};

use crate::{Desk, StandingGrounds, speak};

impl Desk {
    /// Asks for the standing measures whose ground is missing or about to end.
    pub(crate) fn renew_standing(&mut self, at: Moment) {
        let soon = at.after(terms::Span::minutes(1));
        let lapses = |g: &Option<Arc<Ground>>| g.as_ref().is_some_and(|g| g.is_over(soon));
        let held = [&self.grounds.statistics, &self.grounds.keep, &self.grounds.hold];
        let lapsing = held.into_iter().any(lapses) || self.standing_unwritten;
        let due = self.standing_stirred || (lapsing && at.wall >= self.standing_next);
        if !due || self.gate.is_halted() {
            return;
        }
        (self.standing_stirred, self.standing_unwritten) = (false, false);
        self.standing_next = at.wall.after(terms::Span::seconds(30));
        let noticed = vec![Source::FlowExport, Source::Statistics, Source::Findings];
        let fresh = StandingGrounds {
            statistics: self.stand_on(Act::Collect, Purpose::RunNetwork, noticed, at),
            keep: self.stand_on(Act::Keep, Purpose::RunNetwork, vec![Source::Statistics], at),
            hold: self.stand_on(Act::Hold, Purpose::BeReady, vec![Source::FlowExport], at),
        };
        // The new grounds are there before the old ones end; what is not granted anew ends.
        let old = core::mem::replace(&mut self.grounds, fresh);
        for ground in [old.statistics, old.keep, old.hold].into_iter().flatten() {
            self.gate.end(&ground, at);
        }
    }

    fn stand_on(
        &mut self,
        act: Act,
        purpose: Purpose,
        sources: Vec<Source>,
        at: Moment,
    ) -> Option<Arc<Ground>> {
        let request = self.stand(act, purpose, sources, at);
        let answer = self.gate.ask(&request, at);
        let spoken = speak(&self.book, &request, &answer, self.zone.day(at.wall));
        self.standing_words.insert(act, spoken);
        match answer {
            Answer::Granted(granted) => match granted.pass {
                Pass::Ground(ground) => Some(Arc::new(ground)),
                Pass::Warrant(_) | Pass::Observe => None,
            },
            Answer::Asks(_) => None,
            Answer::Refused(refusal) => {
                self.standing_unwritten |= matches!(refusal.why, Why::NotDurable(_));
                None
            }
        }
    }
}

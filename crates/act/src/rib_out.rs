//! What one session was told: each rule, and how far the telling has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::book::Table;
use crate::flowspec::{Key, Rule};

/// How far a rule has come at one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carried {
    /// No session, so the peer was not told; it will be, if the rule has not ended by then.
    NotConnected,
    /// The peer did not offer this family when the session was opened, so it cannot be told.
    NotOffered,
    /// The rule is over; it is not announced any more.
    Ended,
    /// Not yet handed to TCP.
    Queued,
    /// Handed to TCP; the peer has not been heard since.
    Announced,
    /// The peer sent a KEEPALIVE after that, and objected to nothing. It says that the session
    /// carried the rule, not that the router installed it: look there.
    Confirmed,
}

/// How far a withdrawal has come at one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retired {
    /// The session was lost less than its graceful restart time ago: the peer may still apply it.
    MayLinger,
    /// Not yet handed to TCP.
    Queued,
    /// Handed to TCP; the peer has not been heard since.
    Sent,
    /// Another standing mitigation has the same match, so the rule stays.
    Kept,
    /// No session: the peer dropped all our rules with it (RFC 4271 §8.2).
    NotConnected,
    /// The peer sent a KEEPALIVE after that, or never had the rule in this session.
    Confirmed,
}

/// How far one UPDATE has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// In the queue; written once this many bytes of the session are.
    Queued(u64),
    Written,
    Confirmed,
}

/// The rules one session was told, and those it was told to forget.
#[derive(Debug, Default)]
pub(crate) struct RibOut {
    told: BTreeMap<Key, (Arc<Rule>, Progress)>,
    gone: BTreeMap<Key, Progress>,
}

/// One thing to tell the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Withdraw(Arc<Rule>),
    Announce(Arc<Rule>),
}

impl RibOut {
    /// What to tell so that the peer has `want` and nothing else: withdrawals first.
    pub(crate) fn changes(&self, want: &Table) -> Vec<Change> {
        let stale = self.told.iter().filter(|(key, _)| !want.contains_key(key));
        let withdraw = stale.map(|(_, (rule, _))| Change::Withdraw(Arc::clone(rule)));
        let differs = |rule: &&Arc<Rule>| {
            self.told.get(rule.key()).is_none_or(|(told, _)| told.action() != rule.action())
        };
        let announce = want.values().filter(differs).map(|r| Change::Announce(Arc::clone(r)));
        withdraw.chain(announce).collect()
    }

    /// Notes that `change` was queued and is written once `end` bytes of the session are.
    pub(crate) fn told(&mut self, change: &Change, end: u64) {
        match change {
            Change::Withdraw(rule) => {
                self.told.remove(rule.key());
                self.gone.insert(rule.key().clone(), Progress::Queued(end));
            }
            Change::Announce(rule) => {
                self.gone.remove(rule.key());
                self.told.insert(rule.key().clone(), (Arc::clone(rule), Progress::Queued(end)));
            }
        }
    }

    /// Notes that `bytes` of the session were handed to TCP.
    pub(crate) fn written(&mut self, bytes: u64) {
        let told = self.told.values_mut().map(|(_, progress)| progress);
        for progress in told.chain(self.gone.values_mut()) {
            if matches!(progress, Progress::Queued(end) if *end <= bytes) {
                *progress = Progress::Written;
            }
        }
    }

    /// Notes a KEEPALIVE from the peer: what was written before is confirmed.
    pub(crate) fn heard(&mut self) {
        for (_, progress) in self.told.values_mut() {
            if *progress == Progress::Written {
                *progress = Progress::Confirmed;
            }
        }
        self.gone.retain(|_, progress| *progress != Progress::Written);
    }

    /// The session is gone, and with it all it was told.
    pub(crate) fn clear(&mut self) {
        self.told.clear();
        self.gone.clear();
    }

    pub(crate) fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.told.values().map(|(rule, _)| rule)
    }

    pub(crate) fn len(&self) -> usize {
        self.told.len()
    }

    pub(crate) fn confirmed(&self) -> usize {
        self.told.values().filter(|(_, p)| *p == Progress::Confirmed).count()
    }

    /// How far `key` has come.
    pub(crate) fn carried(&self, key: &Key) -> Carried {
        match self.told.get(key) {
            None | Some((_, Progress::Queued(_))) => Carried::Queued,
            Some((_, Progress::Written)) => Carried::Announced,
            Some((_, Progress::Confirmed)) => Carried::Confirmed,
        }
    }

    /// How far the withdrawal of `key` has come.
    pub(crate) fn retired(&self, key: &Key) -> Retired {
        match self.gone.get(key) {
            _ if self.told.contains_key(key) => Retired::Queued,
            Some(Progress::Queued(_)) => Retired::Queued,
            Some(Progress::Written) => Retired::Sent,
            Some(Progress::Confirmed) | None => Retired::Confirmed,
        }
    }
}

#[cfg(test)]
mod tests {
    use terms::Action;

    use super::*;
    use crate::flowspec::tests::rule_of;

    fn table(action: Action) -> (Table, Key) {
        let rule = Arc::new(rule_of(action));
        let key = rule.key().clone();
        (Table::from([(key.clone(), rule)]), key)
    }

    /// Tells everything there is to tell, each change ending at the next byte.
    fn tell(out: &mut RibOut, want: &Table, end: u64) -> usize {
        let changes = out.changes(want);
        changes.iter().for_each(|change| out.told(change, end));
        changes.len()
    }

    #[test]
    fn a_keepalive_confirms_only_what_was_written_before_it() {
        let (want, key) = table(Action::Discard);
        let mut out = RibOut::default();
        assert_eq!(tell(&mut out, &want, 100), 1);
        for (written, heard) in [(0, Carried::Queued), (99, Carried::Queued)] {
            out.written(written);
            out.heard();
            assert_eq!(out.carried(&key), heard, "{written} bytes");
        }
        out.written(100);
        assert_eq!((out.carried(&key), out.confirmed()), (Carried::Announced, 0));
        out.heard();
        assert_eq!((out.carried(&key), out.confirmed()), (Carried::Confirmed, 1));
        // Withdrawn: the same steps.
        assert_eq!(tell(&mut out, &Table::new(), 150), 1);
        out.heard();
        assert_eq!((out.retired(&key), out.len()), (Retired::Queued, 0));
        out.written(150);
        assert_eq!(out.retired(&key), Retired::Sent);
        out.heard();
        assert_eq!(out.retired(&key), Retired::Confirmed);
    }

    #[test]
    fn a_rule_is_told_once_and_again_only_when_its_action_changes() {
        let mut out = RibOut::default();
        let (discard, key) = table(Action::Discard);
        let (limit, same) = table(Action::RateLimit(7));
        assert_eq!(key, same);
        assert_eq!((tell(&mut out, &discard, 1), tell(&mut out, &discard, 2)), (1, 0));
        out.written(1);
        out.heard();
        assert_eq!((tell(&mut out, &limit, 3), tell(&mut out, &limit, 4)), (1, 0));
        assert_eq!(out.carried(&key), Carried::Queued);
        // Withdrawn and wanted again before the peer was heard.
        assert_eq!((tell(&mut out, &Table::new(), 5), tell(&mut out, &limit, 6)), (1, 1));
        assert_eq!((out.carried(&key), out.len()), (Carried::Queued, 1));
        out.clear();
        assert_eq!(tell(&mut out, &limit, 7), 1);
    }
}

//! The dry run: shows exactly what would be sent, and sends nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ground::Permitted;
use serde::Serialize;
use terms::{Mitigation, MitigationId, Moment, Time};

use crate::book::{Applied, Book, Gone, Table};
use crate::config::Config;
use crate::flowspec::Rule;
use crate::peers::{Standing, Withdrawn};
use crate::update::{self, Dialect};
use crate::{ActError, Clock, ConfigError};

/// How many messages that would have been sent are remembered.
const SHOWN_KEPT: usize = 1000;
/// Rules a dry run without settings holds.
const RULES: usize = 1000;

/// The actuator without settings, or with settings that say `dry-run`. It keeps the same book of
/// standing rules and ends as the real one.
pub struct DryRun {
    clock: Clock,
    peers: Vec<Pretended>,
    state: Mutex<State>,
}

/// One message that would have been sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// When.
    pub at: Time,
    /// To which peer.
    pub peer: String,
    /// What it would have done.
    pub what: Telling,
    /// The rule.
    pub rule: Rule,
    /// The BGP UPDATE message, header included, in hexadecimal.
    pub update: String,
}

/// What a message does with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Telling {
    /// Announces it.
    Announce,
    /// Withdraws it.
    Withdraw,
}

struct Pretended {
    name: String,
    dialect: Dialect,
    takes: [bool; 2],
}

struct State {
    book: Book,
    told: Table,
    shown: VecDeque<Shown>,
}

impl DryRun {
    /// A dry run. Without settings it shows what a peer in the own AS would be sent.
    ///
    /// # Errors
    /// When the settings cannot be meant.
    pub fn start(config: Option<&Config>, clock: Clock) -> Result<Self, ConfigError> {
        let (peers, most) = match config {
            None => {
                let dialect = Dialect::between(1, 1);
                let name = "any router in the own AS".to_owned();
                (vec![Pretended { name, dialect, takes: [true; 2] }], RULES)
            }
            Some(config) => {
                config.check()?;
                let pretend = |peer: &crate::config::Peer| Pretended {
                    name: peer.name.clone(),
                    dialect: Dialect::between(config.local_asn, peer.remote_asn),
                    takes: [peer.flowspec_ipv4, peer.flowspec_ipv6],
                };
                (config.peers.iter().map(pretend).collect(), config.max_rules)
            }
        };
        let state = State { book: Book::new(most), told: Table::new(), shown: VecDeque::new() };
        Ok(Self { clock, peers, state: Mutex::new(state) })
    }

    /// Takes a permitted mitigation into the book and shows its announcements.
    ///
    /// # Errors
    /// As for the real actuator: see [`crate::Speaker::apply`].
    pub fn apply(&self, permitted: Permitted<Mitigation>, at: Moment) -> Result<Applied, ActError> {
        let mut state = self.lock();
        let told = |family| self.peers.iter().any(|peer| peer.takes(family));
        let applied = state.book.apply(permitted, at, told)?;
        self.show(&mut state, at);
        Ok(applied)
    }

    /// Takes a mitigation out of the book and shows its withdrawals.
    ///
    /// # Errors
    /// When it does not stand.
    pub fn withdraw(&self, id: MitigationId) -> Result<Withdrawn, ActError> {
        let at = (self.clock)();
        let mut state = self.lock();
        let gone = state.book.withdraw(id, at)?;
        self.show(&mut state, at);
        Ok(withdrawn(&gone))
    }

    /// Withdraws everything; the numbers of what stood.
    pub fn withdraw_all(&self) -> Vec<MitigationId> {
        let at = (self.clock)();
        let mut state = self.lock();
        let ids = state.book.withdraw_where(at, |_| true);
        self.show(&mut state, at);
        ids
    }

    /// Withdraws every mitigation that is over at `at`; their numbers.
    pub fn sweep(&self, at: Moment) -> Vec<MitigationId> {
        let mut state = self.lock();
        let ids = state.book.withdraw_where(at, |entry| entry.is_over(at));
        self.show(&mut state, at);
        ids
    }

    /// What stands in the book.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        let state = self.lock();
        let standing = state.book.standing();
        standing
            .map(|(id, entry)| Standing {
                id,
                answer: entry.answer(),
                rules: entry.rules.iter().map(|r| Rule::clone(r)).collect(),
                ends: entry.ends(),
                peers: Vec::new(),
            })
            .collect()
    }

    /// What was withdrawn last, oldest first; at most 1000.
    #[must_use]
    pub fn withdrawn(&self) -> Vec<Withdrawn> {
        self.lock().book.withdrawn().map(withdrawn).collect()
    }

    /// The messages that would have been sent, oldest first; at most 1000.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        self.lock().shown.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what brings the peers from what they were told to what the book says.
    fn show(&self, state: &mut State, at: Moment) {
        let want = state.book.table(at);
        let stale = state.told.values().filter(|rule| !want.contains_key(rule.key()));
        let withdraw = stale.map(|rule| (Telling::Withdraw, Arc::clone(rule)));
        let differs = |rule: &&Arc<Rule>| state.told.get(rule.key()).is_none_or(|t| t != *rule);
        let announce =
            want.values().filter(differs).map(|rule| (Telling::Announce, Arc::clone(rule)));
        let tell: Vec<(Telling, Arc<Rule>)> = withdraw.chain(announce).collect();
        for (what, rule) in tell {
            for peer in self.peers.iter().filter(|peer| peer.takes(rule.family())) {
                let message = match what {
                    Telling::Announce => update::announce(&rule, peer.dialect),
                    Telling::Withdraw => update::withdraw(&rule, peer.dialect),
                };
                // The book took the rule, so it fits into a message.
                let Ok(message) = message else { continue };
                let (peer, update) = (peer.name.clone(), hex(&message));
                if state.shown.len() >= SHOWN_KEPT {
                    state.shown.pop_front();
                }
                let rule = Rule::clone(&rule);
                state.shown.push_back(Shown { at: at.wall, peer, what, rule, update });
            }
        }
        state.told = want;
    }
}

impl Pretended {
    fn takes(&self, family: crate::Family) -> bool {
        self.takes[family as usize]
    }
}

impl core::fmt::Debug for DryRun {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DryRun").field("standing", &self.standing()).finish_non_exhaustive()
    }
}

fn withdrawn(gone: &Gone) -> Withdrawn {
    let rules = gone.rules.iter().map(|r| Rule::clone(r)).collect();
    Withdrawn { id: gone.id, rules, at: gone.at, peers: Vec::new() }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

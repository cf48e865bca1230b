//! What the peers' tasks and the speaker share: the book, and where each session stands.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use terms::{MitigationId, Moment, Span, Time};
use tokio::sync::Notify;

use crate::Clock;
use crate::book::{Book, Entry, Gone, Table};
use crate::config::{Config, Peer};
use crate::flowspec::{Family, Rule};
use crate::rib_out::{Carried, Retired, RibOut};
use crate::session::End;

/// Where the session with a peer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// Waiting before connecting again.
    Waiting,
    /// TCP is being connected.
    Connecting,
    /// BGP OPEN messages are being exchanged.
    Opening,
    /// Rules can be sent.
    Established,
    /// The speaker was stopped.
    Stopped,
}

/// A peer and its session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeerState {
    /// Its name in the settings.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// Where its session stands.
    pub state: SessionState,
    /// Since when.
    pub since: Time,
    /// The families both sides speak; empty without a session.
    pub families: Vec<Family>,
    /// Rules it was told and has not been told to forget.
    pub announced: usize,
    /// Those of them that are confirmed ([`Carried::Confirmed`]).
    pub confirmed: usize,
    /// How often a session was established.
    pub sessions: u64,
    /// Announcements sent, over all sessions.
    pub announcements: u64,
    /// Withdrawals sent, over all sessions.
    pub withdrawals: u64,
    /// UPDATE messages it sent us; we take no routes.
    pub updates_ignored: u64,
    /// Why the last session or attempt failed.
    pub last_error: Option<PeerError>,
}

/// Why a session or an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeerError {
    /// When.
    pub at: Time,
    /// Why, with the peer's name.
    pub why: String,
}

/// A mitigation that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The mitigation.
    pub id: MitigationId,
    /// The answer it rests on.
    pub answer: terms::AnswerId,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// When it ends.
    pub ends: Time,
    /// Each peer that takes one of its families, and how far the slowest of its rules has come
    /// there. Empty in a dry run.
    pub peers: Vec<(String, Carried)>,
}

/// A mitigation that was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    /// The mitigation.
    pub id: MitigationId,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// When it was withdrawn here.
    pub at: Time,
    /// Each peer that takes one of its families, and how far the slowest withdrawal has come there.
    /// Empty in a dry run.
    pub peers: Vec<(String, Retired)>,
}

pub(crate) struct Shared {
    pub(crate) config: Config,
    clock: Clock,
    state: Mutex<State>,
    wakes: Vec<Notify>,
}

pub(crate) struct State {
    pub(crate) book: Book,
    pub(crate) peers: Vec<Record>,
    pub(crate) stopping: bool,
}

pub(crate) struct Record {
    state: SessionState,
    since: Time,
    families: BTreeSet<Family>,
    pub(crate) out: RibOut,
    sessions: u64,
    pub(crate) announcements: u64,
    pub(crate) withdrawals: u64,
    pub(crate) updates_ignored: u64,
    last_error: Option<PeerError>,
    /// When the last established session was lost.
    lost: Option<Moment>,
}

impl Shared {
    pub(crate) fn new(config: Config, clock: Clock) -> Self {
        let since = clock().wall;
        let record = |_: &Peer| Record {
            state: SessionState::Waiting,
            since,
            families: BTreeSet::new(),
            out: RibOut::default(),
            sessions: 0,
            announcements: 0,
            withdrawals: 0,
            updates_ignored: 0,
            last_error: None,
            lost: None,
        };
        let state = State {
            book: Book::new(config.max_rules),
            peers: config.peers.iter().map(record).collect(),
            stopping: false,
        };
        let wakes = config.peers.iter().map(|_| Notify::new()).collect();
        Self { config, clock, state: Mutex::new(state), wakes }
    }

    /// The state; a task that panicked while holding it left whole values behind.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn at(&self) -> Moment {
        (self.clock)()
    }

    pub(crate) fn stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Has every peer's task look at the book again.
    pub(crate) fn wake(&self) {
        for wake in &self.wakes {
            wake.notify_one();
        }
    }

    /// Ends when [`Shared::wake`] is called, or was since the last time.
    pub(crate) async fn woken(&self, index: usize) {
        match self.wakes.get(index) {
            Some(wake) => wake.notified().await,
            None => std::future::pending().await,
        }
    }

    pub(crate) fn with(&self, index: usize, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.lock().peers.get_mut(index) {
            change(record);
        }
    }

    pub(crate) fn enter(&self, index: usize, state: SessionState) {
        let since = self.at().wall;
        self.with(index, |record| (record.state, record.since) = (state, since));
    }

    /// The session is established.
    pub(crate) fn up(&self, index: usize, families: BTreeSet<Family>) {
        self.enter(index, SessionState::Established);
        let name = self.config.peers.get(index).map_or("", |p| &p.name);
        tracing::info!(peer = name, ?families, "BGP session established");
        self.with(index, |record| {
            record.out.clear();
            record.families = families;
            record.sessions += 1;
        });
    }

    /// The session is over, or could not be opened; the next attempt comes after `wait`.
    pub(crate) fn down(&self, index: usize, end: &End, wait: Duration) {
        let Some(peer) = self.config.peers.get(index) else { return };
        let at = self.at();
        let why = format!("peer {} ({} port {}): {end}", peer.name, peer.address, peer.port);
        let stopped = matches!(end, End::Stopped);
        if stopped {
            tracing::info!(peer = peer.name, "BGP session ended: the speaker stops");
        } else {
            tracing::warn!(again_in = ?wait, "{why}");
        }
        self.with(index, |record| {
            if record.state == SessionState::Established {
                record.lost = Some(at);
            }
            (record.state, record.since) = (SessionState::Waiting, at.wall);
            record.families.clear();
            record.out.clear();
            if !stopped {
                record.last_error = Some(PeerError { at: at.wall, why });
            }
        });
    }

    pub(crate) fn standing(&self) -> Vec<Standing> {
        let at = self.at();
        let state = self.lock();
        let show = |(id, entry): (MitigationId, &Entry)| Standing {
            id,
            answer: entry.answer(),
            rules: entry.rules.iter().map(|r| Rule::clone(r)).collect(),
            ends: entry.ends(),
            peers: self.peers_of(&entry.rules, &state, |_, record, rule| {
                record.carried(rule, entry.is_over(at))
            }),
        };
        state.book.standing().map(show).collect()
    }

    pub(crate) fn withdrawn(&self) -> Vec<Withdrawn> {
        let at = self.at();
        let state = self.lock();
        let table = state.book.table(at);
        state.book.withdrawn().map(|gone| self.show_gone(gone, &state, &table, at)).collect()
    }

    pub(crate) fn show_gone(
        &self,
        gone: &Gone,
        state: &State,
        table: &Table,
        at: Moment,
    ) -> Withdrawn {
        Withdrawn {
            id: gone.id,
            rules: gone.rules.iter().map(|r| Rule::clone(r)).collect(),
            at: gone.at,
            peers: self.peers_of(&gone.rules, state, |peer, record, rule| {
                record.retired(peer, rule, table, at)
            }),
        }
    }

    /// For each peer that takes some of `rules`, the least that `ask` says of one.
    fn peers_of<T: Ord>(
        &self,
        rules: &[Arc<Rule>],
        state: &State,
        ask: impl Fn(&Peer, &Record, &Rule) -> T,
    ) -> Vec<(String, T)> {
        let peers = self.config.peers.iter().zip(&state.peers);
        peers
            .filter_map(|(peer, record)| {
                let taken = rules.iter().filter(|rule| peer.takes(rule.family()));
                let least = taken.map(|rule| ask(peer, record, rule)).min()?;
                Some((peer.name.clone(), least))
            })
            .collect()
    }

    pub(crate) fn peers(&self) -> Vec<PeerState> {
        let state = self.lock();
        let peers = self.config.peers.iter().zip(&state.peers);
        peers
            .map(|(peer, record)| PeerState {
                name: peer.name.clone(),
                address: peer.address,
                state: record.state,
                since: record.since,
                families: record.families.iter().copied().collect(),
                announced: record.out.len(),
                confirmed: record.out.confirmed(),
                sessions: record.sessions,
                announcements: record.announcements,
                withdrawals: record.withdrawals,
                updates_ignored: record.updates_ignored,
                last_error: record.last_error.clone(),
            })
            .collect()
    }
}

impl Record {
    fn carried(&self, rule: &Rule, over: bool) -> Carried {
        if over {
            Carried::Ended
        } else if self.state != SessionState::Established {
            Carried::NotConnected
        } else if !self.families.contains(&rule.family()) {
            Carried::NotOffered
        } else {
            self.out.carried(rule.key())
        }
    }

    fn retired(&self, peer: &Peer, rule: &Rule, table: &Table, at: Moment) -> Retired {
        if self.state == SessionState::Established {
            let stays = table.contains_key(rule.key()) && self.families.contains(&rule.family());
            return if stays { Retired::Kept } else { self.out.retired(rule.key()) };
        }
        let lingers = peer.graceful_restart.zip(self.lost).is_some_and(|(seconds, lost)| {
            at.mono < lost.after(Span::seconds(seconds.into())).mono
        });
        if lingers { Retired::MayLinger } else { Retired::NotConnected }
    }
}

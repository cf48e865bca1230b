//! The FlowSpec speaker: own BGP sessions that announce what is permitted and nothing else.
//!
//! A router that checks FlowSpec rules against its unicast routes (RFC 8955 §6) must be told not to do so
//! for these sessions: the speaker announces no unicast routes of its own. Rules carry `NO_EXPORT`, so a
//! router that passes them on keeps them inside the AS.
//!
//! It takes no routes and listens nowhere. Losing a session withdraws at the receiver, unless graceful
//! restart was set for that peer. TCP MD5 (RFC 2385) and TCP-AO (RFC 5925) are not there yet: run the
//! sessions inside the management network, or over IPsec.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ground::Permitted;
use terms::{Mitigation, MitigationId, Moment};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::book::Applied;
use crate::config::Config;
use crate::peer;
use crate::peers::{PeerState, Shared, Standing, Withdrawn};
use crate::{ActError, Clock, ConfigError};

/// How long a stop waits for withdrawals and last words to be written.
const STOP: Duration = Duration::from_secs(5);

/// Sessions to the configured peers, and the rules that stand.
///
/// Dropping it closes the connections without a word; receivers then drop our rules by themselves.
/// [`Speaker::stop`] withdraws them first.
pub struct Speaker {
    shared: Arc<Shared>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Speaker {
    /// Starts one task a peer on the current runtime. `clock` gives the present moment: an ended rule
    /// is never announced again, whenever a session comes up.
    ///
    /// # Errors
    /// When the settings cannot be meant, or there is no runtime.
    pub fn start(config: Config, clock: Clock) -> Result<Self, ConfigError> {
        let runtime = Handle::try_current().map_err(|_| ConfigError::NoRuntime)?;
        Self::start_on(config, clock, &runtime)
    }

    /// Starts one task a peer on `runtime`.
    ///
    /// # Errors
    /// When the settings cannot be meant.
    pub fn start_on(config: Config, clock: Clock, runtime: &Handle) -> Result<Self, ConfigError> {
        config.check()?;
        let shared = Arc::new(Shared::new(config, clock));
        let tasks = (0..shared.config.peers.len())
            .map(|index| runtime.spawn(peer::run(Arc::clone(&shared), index)))
            .collect();
        Ok(Self { shared, tasks: Mutex::new(tasks) })
    }

    /// Announces a permitted mitigation to every peer that takes its family, now and at each new
    /// session until it is withdrawn or over. The permit is kept until then. A mitigation that
    /// stands already is replaced: that is how an end is moved.
    ///
    /// # Errors
    /// When its end has passed, it is a standing filter, it has no traits or impossible ones, the
    /// limit on rules would be passed, another mitigation does something else to the same traffic, or
    /// no configured peer takes its family. Nothing is announced then.
    pub fn apply(&self, permitted: Permitted<Mitigation>, at: Moment) -> Result<Applied, ActError> {
        let mut state = self.shared.lock();
        if state.stopping {
            return Err(ActError::Stopping { id: permitted.plan().id });
        }
        let peers = &self.shared.config.peers;
        let told = |family| peers.iter().any(|peer| peer.takes(family));
        let applied = state.book.apply(permitted, at, told)?;
        drop(state);
        self.shared.wake();
        Ok(applied)
    }

    /// Withdraws a mitigation at every peer. [`Speaker::withdrawn`] shows when peers confirm it.
    ///
    /// # Errors
    /// When it does not stand.
    pub fn withdraw(&self, id: MitigationId) -> Result<Withdrawn, ActError> {
        let at = self.shared.at();
        let mut state = self.shared.lock();
        let gone = state.book.withdraw(id, at)?;
        let table = state.book.table(at);
        let withdrawn = self.shared.show_gone(&gone, &state, &table, at);
        drop(state);
        self.shared.wake();
        Ok(withdrawn)
    }

    /// Withdraws everything; the numbers of what stood.
    pub fn withdraw_all(&self) -> Vec<MitigationId> {
        let at = self.shared.at();
        let ids = self.shared.lock().book.withdraw_where(at, |_| true);
        self.shared.wake();
        ids
    }

    /// Withdraws every mitigation that is over at `at`; their numbers, to be entered in the ledger.
    /// A rule that is over leaves the wire within a keepalive interval even when nobody sweeps.
    pub fn sweep(&self, at: Moment) -> Vec<MitigationId> {
        let ids = self.shared.lock().book.withdraw_where(at, |entry| entry.is_over(at));
        self.shared.wake();
        ids
    }

    /// What stands, and how far it has come at each peer.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        self.shared.standing()
    }

    /// What was withdrawn last, oldest first, and whether peers have confirmed it; at most 1000.
    #[must_use]
    pub fn withdrawn(&self) -> Vec<Withdrawn> {
        self.shared.withdrawn()
    }

    /// The peers and their sessions.
    #[must_use]
    pub fn peers(&self) -> Vec<PeerState> {
        self.shared.peers()
    }

    /// Withdraws everything, then ends every session with Cease, administrative shutdown. Waits until
    /// that is written, at most five seconds a peer; what is not written by then is cut off, and the
    /// receiver withdraws by itself.
    pub async fn stop(&self) {
        let at = self.shared.at();
        {
            let mut state = self.shared.lock();
            state.stopping = true;
            state.book.withdraw_where(at, |_| true);
        }
        self.shared.wake();
        let tasks = std::mem::take(&mut *self.lock_tasks());
        for mut task in tasks {
            if timeout(STOP, &mut task).await.is_err() {
                task.abort();
            }
        }
    }

    fn lock_tasks(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        for task in self.lock_tasks().drain(..) {
            task.abort();
        }
    }
}

impl core::fmt::Debug for Speaker {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Speaker").field("peers", &self.peers()).finish_non_exhaustive()
    }
}

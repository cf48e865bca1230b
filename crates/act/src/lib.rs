//! Actuators: what is permitted is carried out here, exactly, and ended at its end.
//!
//! This crate is the only holder of device credentials. It takes nothing but
//! [`ground::Permitted`] and chooses nothing: a plan is carried out as it is or refused with a reason.
//! Without settings the actuator is a [`DryRun`].

mod book;
mod config;
mod dry_run;
mod error;
mod flowspec;
mod peer;
mod peers;
mod rib_out;
mod session;
mod speaker;
mod update;

use std::sync::Arc;

use ground::Permitted;
use terms::{Mitigation, MitigationId, Moment};

pub use book::Applied;
pub use config::{Config, Peer};
pub use dry_run::{DryRun, Shown, Telling};
pub use error::{ActError, ConfigError, TraitsError};
pub use flowspec::{Family, Rule, rules};
pub use peers::{PeerError, PeerState, SessionState, Standing, Withdrawn};
pub use rib_out::{Carried, Retired};
pub use speaker::Speaker;

/// Gives the present moment on both clocks; only `app` reads one.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// What mitigations are carried out with.
#[derive(Debug)]
pub enum Actuator {
    /// Shows what would be sent.
    DryRun(DryRun),
    /// Announces FlowSpec rules over BGP.
    FlowSpec(Speaker),
}

impl Actuator {
    /// The actuator these settings mean: a dry run when there are none or they say so, else a
    /// speaker on the current runtime.
    ///
    /// # Errors
    /// When the settings cannot be meant, or there is no runtime for the speaker.
    pub fn start(config: Option<Config>, clock: Clock) -> Result<Self, ConfigError> {
        match config {
            None => DryRun::start(None, clock).map(Self::DryRun),
            Some(config) if config.dry_run => DryRun::start(Some(&config), clock).map(Self::DryRun),
            Some(config) => Speaker::start(config, clock).map(Self::FlowSpec),
        }
    }

    /// Does it send anything?
    #[must_use]
    pub fn sends(&self) -> bool {
        match self {
            Self::DryRun(_) => false,
            Self::FlowSpec(_) => true,
        }
    }

    /// Carries out a permitted mitigation; see [`Speaker::apply`].
    ///
    /// # Errors
    /// When the plan cannot be carried out exactly as it is.
    pub fn apply(&self, permitted: Permitted<Mitigation>, at: Moment) -> Result<Applied, ActError> {
        match self {
            Self::DryRun(dry_run) => dry_run.apply(permitted, at),
            Self::FlowSpec(speaker) => speaker.apply(permitted, at),
        }
    }

    /// Withdraws a mitigation.
    ///
    /// # Errors
    /// When it does not stand.
    pub fn withdraw(&self, id: MitigationId) -> Result<Withdrawn, ActError> {
        match self {
            Self::DryRun(dry_run) => dry_run.withdraw(id),
            Self::FlowSpec(speaker) => speaker.withdraw(id),
        }
    }

    /// Withdraws everything; the numbers of what stood.
    pub fn withdraw_all(&self) -> Vec<MitigationId> {
        match self {
            Self::DryRun(dry_run) => dry_run.withdraw_all(),
            Self::FlowSpec(speaker) => speaker.withdraw_all(),
        }
    }

    /// Withdraws what is over at `at`; the numbers.
    pub fn sweep(&self, at: Moment) -> Vec<MitigationId> {
        match self {
            Self::DryRun(dry_run) => dry_run.sweep(at),
            Self::FlowSpec(speaker) => speaker.sweep(at),
        }
    }

    /// What stands.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        match self {
            Self::DryRun(dry_run) => dry_run.standing(),
            Self::FlowSpec(speaker) => speaker.standing(),
        }
    }

    /// What was withdrawn last, oldest first.
    #[must_use]
    pub fn withdrawn(&self) -> Vec<Withdrawn> {
        match self {
            Self::DryRun(dry_run) => dry_run.withdrawn(),
            Self::FlowSpec(speaker) => speaker.withdrawn(),
        }
    }

    /// The peers and their sessions; none in a dry run.
    #[must_use]
    pub fn peers(&self) -> Vec<PeerState> {
        match self {
            Self::DryRun(_) => Vec::new(),
            Self::FlowSpec(speaker) => speaker.peers(),
        }
    }

    /// The messages that would have been sent; none when they are sent.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        match self {
            Self::DryRun(dry_run) => dry_run.shown(),
            Self::FlowSpec(_) => Vec::new(),
        }
    }

    /// Withdraws everything and ends the sessions; see [`Speaker::stop`].
    pub async fn stop(&self) {
        match self {
            Self::DryRun(dry_run) => {
                dry_run.withdraw_all();
            }
            Self::FlowSpec(speaker) => speaker.stop().await,
        }
    }
}

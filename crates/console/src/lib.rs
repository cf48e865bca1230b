//! The console: a plain status page, metrics, the law, the subscriber's one-time page, and the control socket.
//!
//! It reads the desk and what the app tells it ([`Snapshot`]); it reaches no station. No page and no
//! metric names an address of a subscriber or of a destination, and no path is written to a log, for
//! the path of a consent page is its secret.

mod consent;
pub mod control;
mod http;
mod lang;
mod law;
mod metrics;
mod page;
mod snapshot;
mod status;

use std::sync::{Arc, Mutex};

use decide::Desk;
use ground::Book;
use terms::{Moment, Text};

pub use http::{ServeError, serve};
pub use snapshot::{
    Band, Expected, Exporter, Kept, Ledger, Link, Mitigation, Peer, Snapshot, Told, Undecodable,
};

/// Gives how everything but the desk stands now. Called without the desk's lock.
pub type Source = Arc<dyn Fn() -> Snapshot + Send + Sync>;

/// Gives the present moment on both clocks; only `app` reads one.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// What the pages are told by the operator's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// The operator's name, as subscribers know it: who sends the consent page.
    pub operator: Text,
}

/// What the pages are made of.
#[derive(Clone)]
pub struct Console {
    /// Settings.
    pub config: Config,
    /// The book of measures, for whoever asks the law.
    pub book: Arc<Book>,
    /// The desk.
    pub desk: Arc<Mutex<Desk>>,
    /// Everything but the desk.
    pub snapshot: Source,
    /// The clock.
    pub clock: Clock,
}

//! One way in: what exporters send is decoded under the gate's field mask and handed on sealed.
//!
//! Listeners ([`Intake`]) give datagrams to a [`flow::Decoder`]; it knows the exporters on the
//! allow-list, decodes only the fields that a ground in force may read, and gives out
//! `Sealed<Flows>` and nothing else. Hostile octets end here: everything that cannot be decoded is
//! counted by reason, and an exporter in whose name two seem to speak is doubted.

mod config;
mod counters;
mod doubt;
pub mod encode;
mod exporters;
pub mod flow;
mod health;
mod intake;

pub use config::{Config, Exporter};
pub use counters::InterfaceCounters;
pub use doubt::{Doubt, DoubtReason};
pub use exporters::{Exporters, ExportersError};
pub use health::{Health, Undecodable};
pub use intake::{Clock, Intake, IntakeError};

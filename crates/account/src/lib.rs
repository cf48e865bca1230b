//! One book and one sealed store: every answer and act, durable before it counts; data only sealed.
//!
//! [`Account`] is the door: it holds the lock of the data folder, the [`Ledger`] with its signing key,
//! and the [`Store`] with its storage key. Nothing else holds either key.

mod book;
mod disk;
mod error;
mod leaf;
mod ledger;
mod store;

pub use book::{Account, Standing};
pub use error::AccountError;
pub use leaf::{Kind, Leaf, Safe};
pub use ledger::{Ledger, Repair};
pub use store::{Due, Erased, Event, Store};

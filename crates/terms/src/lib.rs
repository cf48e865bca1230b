//! The words of Sekisho: what is seen, what may be done about it, and when; no I/O, no clock, no async.
//!
//! Every other crate speaks with these types. Names follow the field's standard terms; the table is
//! in `CONTRIBUTING.md`.

mod act;
mod address;
mod case;
mod field;
mod finding;
mod flow;
mod mitigation;
mod prefix;
mod statistics;
mod subject;
mod text;
mod time;

pub use act::{Act, Purpose, Source};
pub use address::{address, ip, mapped_v4};
pub use case::{AnswerId, CaseId, Line, Person};
pub use field::{Field, Fields};
pub use finding::{Class, Finding, FindingKind, Rates};
pub use flow::{Column, ExporterId, Flows};
/// An IP prefix; here so that pure crates name it without a dependency of their own.
pub use ipnet::IpNet;
pub use mitigation::{
    Action, Mitigation, MitigationId, OwnPrefix, OwnPrefixes, PortRange, Scope, ScopeError,
    SizeRange, TcpFlags, Traits,
};
pub use prefix::PrefixSet;
pub use statistics::{PrefixStatistics, Statistics};
pub use subject::Subject;
pub use text::Text;
pub use time::{Day, Moment, Span, Time, Zone};

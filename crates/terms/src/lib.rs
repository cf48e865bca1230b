//! The words of Sekisho: what is seen, what may be done about it, and when; no I/O, no clock, no async.
//!
//! Every other crate speaks with these types. Names follow the field's standard terms; the table is
//! in `CONTRIBUTING.md`.

mod act;
mod address;
mod case;
mod fact;
mod field;
mod finding;
mod flow;
mod law;
mod mitigation;
mod number;
mod prefix;
mod purpose;
mod statistics;
mod subject;
mod text;
mod time;

pub use act::{Act, Step};
pub use address::{address, ip, mapped_v4};
pub use case::{AnswerId, CaseId, Line, Person};
pub use fact::Fact;
pub use field::{Field, Fields, FlowField};
pub use finding::{Class, Finding, FindingKind, Rates};
pub use flow::{Column, ExporterId, Flows};
/// An IP prefix; here so that pure crates name it without a dependency of their own.
pub use ipnet::IpNet;
pub use law::{
    Automatic, Basis, Code, DutyKind, Ends, Further, Gives, Mode, OtherLaw, Over, Role,
    SignersWhen, Status, Strength, TellsWhen, TellsWhom,
};
pub use mitigation::{
    Action, Mitigation, MitigationId, OwnPrefix, OwnPrefixes, PortRange, Scope, ScopeError,
    SizeRange, TcpFlags, Traits,
};
pub use number::Number;
pub use prefix::PrefixSet;
pub use purpose::{Purpose, Source};
pub use statistics::{PrefixStatistics, Statistics};
pub use subject::{Named, Subject};
pub use text::Text;
pub use time::{Day, Moment, Span, Time, Zone};

//! What can go wrong when acting, in the operator's words.

use ipnet::IpNet;
use terms::{MitigationId, Time};

use crate::Family;

/// Why a plan was not carried out or not withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The end has come before the beginning.
    #[error(
        "mitigation {} was not applied: its end, {}, has passed or everything was stopped; \
         ask the gate again", .id.0, .ends.rfc3339()
    )]
    Over {
        /// The mitigation.
        id: MitigationId,
        /// Its end.
        ends: Time,
    },
    /// A standing filter is configuration of the router, never BGP.
    #[error(
        "mitigation {} is a standing filter and was not announced: set it in the router's \
         configuration, never by BGP", .id.0
    )]
    StandingFilter {
        /// The mitigation.
        id: MitigationId,
    },
    /// There is nothing to match.
    #[error("mitigation {} has no traits, so there is nothing to match: learn traits first", .id.0)]
    NoTraits {
        /// The mitigation.
        id: MitigationId,
    },
    /// Traits that cannot be written as a rule.
    #[error("traits {nth} of mitigation {} cannot be written as a FlowSpec rule", .id.0)]
    Traits {
        /// The mitigation.
        id: MitigationId,
        /// Which of its traits, from 1.
        nth: usize,
        /// Why.
        #[source]
        cause: TraitsError,
    },
    /// The limit on rules would be passed.
    #[error(
        "mitigation {} needs {wanted} more rules but {standing} of at most {most} stand: withdraw \
         some, or raise `max-rules` if your routers hold more", .id.0
    )]
    TooManyRules {
        /// The mitigation.
        id: MitigationId,
        /// Rules it would add.
        wanted: usize,
        /// Rules that stand.
        standing: usize,
        /// The limit.
        most: usize,
    },
    /// Another mitigation matches the very same traffic but does something else to it.
    #[error(
        "mitigation {} was not applied: mitigation {} already does something else to the same \
         traffic ({rule}); withdraw that first", .id.0, .other.0
    )]
    Conflict {
        /// The mitigation.
        id: MitigationId,
        /// The one that stands.
        other: MitigationId,
        /// The standing rule.
        rule: String,
    },
    /// No configured peer takes rules of this family.
    #[error("mitigation {} was not applied: no configured peer takes {family} rules", .id.0)]
    NobodyToTell {
        /// The mitigation.
        id: MitigationId,
        /// The family.
        family: Family,
    },
    /// Nothing stands under this number.
    #[error("mitigation {} does not stand, so it cannot be withdrawn", .id.0)]
    NotStanding {
        /// The mitigation.
        id: MitigationId,
    },
    /// The actuator was stopped and takes nothing any more.
    #[error("mitigation {} was not applied: the BGP speaker is stopping", .id.0)]
    Stopping {
        /// The mitigation.
        id: MitigationId,
    },
}

/// Why traits cannot be written as a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraitsError {
    /// IPv4 and IPv6 in one rule.
    #[error("the source {from} is of the other IP version than the own prefix {own}")]
    Family {
        /// The own prefix.
        own: IpNet,
        /// The source in the traits.
        from: IpNet,
    },
    /// A source that is not inside the own source prefix.
    #[error("the source {from} is not inside the own prefix {own}, so nothing would match")]
    SourceOutside {
        /// The own prefix.
        own: IpNet,
        /// The source in the traits.
        from: IpNet,
    },
    /// A port range that runs backwards.
    #[error("the port range {first} to {last} runs backwards")]
    Ports {
        /// First port.
        first: u16,
        /// Last port.
        last: u16,
    },
    /// A size range that runs backwards.
    #[error("the packet length range {least} to {most} runs backwards")]
    Size {
        /// Least bytes.
        least: u16,
        /// Most bytes.
        most: u16,
    },
    /// TCP bits that must be both set and unset.
    #[error("the TCP control bits {both:#04x} would have to be both set and not set")]
    TcpFlags {
        /// Those bits.
        both: u8,
    },
    /// The rule does not fit into one BGP message (RFC 8955 §4.1, RFC 4271 §4.1).
    #[error("the rule does not fit into one BGP message: use fewer or wider port ranges")]
    TooLong,
}

/// Why a speaker cannot start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An AS number of 0.
    #[error("FlowSpec settings: {place}: AS number 0 names no network (RFC 7607)")]
    AsnZero {
        /// Which setting.
        place: String,
    },
    /// A router id of 0.0.0.0.
    #[error("FlowSpec settings: `router-id` must not be 0.0.0.0 (RFC 6286): use an own address")]
    RouterId,
    /// No peer at all.
    #[error("FlowSpec settings: there is no peer, so no rule could be sent: add one to `peers`")]
    NoPeers,
    /// Two peers with one name or one address.
    #[error("FlowSpec settings: two peers have the same {what} `{value}`")]
    Twice {
        /// `name` or `address`.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// A peer without a name.
    #[error("FlowSpec settings: the peer at {address} has no name")]
    NoName {
        /// Its address.
        address: std::net::IpAddr,
    },
    /// A peer that takes neither family.
    #[error(
        "FlowSpec settings: peer `{peer}` takes neither IPv4 nor IPv6 rules: set one of \
         `flowspec-ipv4`, `flowspec-ipv6`"
    )]
    NoFamily {
        /// The peer.
        peer: String,
    },
    /// A hold time RFC 4271 does not allow, or none at all.
    #[error(
        "FlowSpec settings: peer `{peer}`: hold time {seconds} s; it must be at least 3 s, for \
         without it a dead peer would go unnoticed"
    )]
    HoldTime {
        /// The peer.
        peer: String,
        /// What was set.
        seconds: u16,
    },
    /// A restart time that does not fit (RFC 4724 §3), or is no time.
    #[error(
        "FlowSpec settings: peer `{peer}`: graceful restart of {seconds} s; set 1 to 4095 s, or \
         leave it out to have rules withdrawn as soon as the session is lost"
    )]
    RestartTime {
        /// The peer.
        peer: String,
        /// What was set.
        seconds: u16,
    },
    /// Own and peer's address of different IP versions.
    #[error("FlowSpec settings: peer `{peer}`: `local-address` is of the other IP version")]
    LocalAddress {
        /// The peer.
        peer: String,
    },
    /// A limit of 0.
    #[error("FlowSpec settings: `max-rules` is 0, so no rule could ever stand")]
    NoRules,
    /// No tokio runtime to run on.
    #[error("the BGP speaker was started outside of an asynchronous runtime")]
    NoRuntime,
}

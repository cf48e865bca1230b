//! What is done about an attack: a complete plan with its scope by type and its end inside.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{CaseId, PrefixSet, Time};

/// Number of a mitigation, unique in an operator's book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MitigationId(pub u64);

/// A plan to stop traffic: for whom, which traffic, how, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mitigation {
    /// Its number.
    pub id: MitigationId,
    /// The case it belongs to.
    pub case: CaseId,
    /// What it may touch at all.
    pub scope: Scope,
    /// Which traffic inside the scope; one FlowSpec rule each. Never empty: an empty list stops nothing.
    pub traits: Vec<Traits>,
    /// What happens to matching traffic.
    pub action: Action,
    /// When it is withdrawn.
    pub ends: Time,
}

/// What a mitigation may touch. A default route cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Traffic to this own destination.
    OwnDestination(OwnPrefix),
    /// Traffic from this own line or prefix.
    OwnSource(OwnPrefix),
    /// A standing filter at the edge, by configuration only, never by BGP.
    Standing(OwnPrefix),
}

/// A prefix that is known to be the operator's own, and is not the default route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "IpNet", into = "IpNet")]
pub struct OwnPrefix(IpNet);

/// Reading back a stored plan: a default route is refused here too.
impl TryFrom<IpNet> for OwnPrefix {
    type Error = ScopeError;
    fn try_from(net: IpNet) -> Result<Self, ScopeError> {
        if net.prefix_len() == 0 { Err(ScopeError::DefaultRoute) } else { Ok(Self(net.trunc())) }
    }
}

impl From<OwnPrefix> for IpNet {
    fn from(own: OwnPrefix) -> Self {
        own.0
    }
}

/// The operator's own prefixes, from settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPrefixes(PrefixSet);

/// Why a scope cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeError {
    /// 0.0.0.0/0 or ::/0.
    DefaultRoute,
    /// Not inside the operator's own prefixes.
    NotOwn(IpNet),
}

/// What is done to matching traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Drop it.
    Discard,
    /// Let through this many bytes a second.
    RateLimit(u32),
}

/// Traits of attack traffic; what is `None` or empty is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Traits {
    /// Where it comes from.
    pub source: Option<IpNet>,
    /// IP protocol.
    pub protocol: Option<u8>,
    /// Source ports, any of these.
    pub src_ports: Vec<PortRange>,
    /// Destination ports, any of these.
    pub dst_ports: Vec<PortRange>,
    /// Packet length in bytes, IP header included.
    pub size: Option<SizeRange>,
    /// TCP control bits.
    pub tcp_flags: Option<TcpFlags>,
    /// Only fragments that are not the first.
    pub fragments: bool,
}

/// First and last port, both meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PortRange {
    /// First port.
    pub first: u16,
    /// Last port.
    pub last: u16,
}

/// Least and most bytes of a packet, both meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeRange {
    /// Least.
    pub least: u16,
    /// Most.
    pub most: u16,
}

/// Control bits that must be set, and those that must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpFlags {
    /// These are set.
    pub set: u8,
    /// These are not.
    pub unset: u8,
}

impl OwnPrefixes {
    /// The operator's own prefixes; a default route among them is an error.
    ///
    /// # Errors
    /// [`ScopeError::DefaultRoute`] when a prefix of length 0 is given.
    pub fn of(nets: Vec<IpNet>) -> Result<Self, ScopeError> {
        if nets.iter().any(|n| n.prefix_len() == 0) {
            return Err(ScopeError::DefaultRoute);
        }
        Ok(Self(PrefixSet::of(nets)))
    }
    /// `net` as an own prefix.
    ///
    /// # Errors
    /// When `net` is the default route or not wholly inside the own prefixes.
    pub fn own(&self, net: IpNet) -> Result<OwnPrefix, ScopeError> {
        if net.prefix_len() == 0 {
            return Err(ScopeError::DefaultRoute);
        }
        if self.0.covers(&net) { Ok(OwnPrefix(net.trunc())) } else { Err(ScopeError::NotOwn(net)) }
    }
    /// The prefixes as a set.
    #[must_use]
    pub fn set(&self) -> &PrefixSet {
        &self.0
    }
}

impl OwnPrefix {
    /// The prefix.
    #[must_use]
    pub fn net(self) -> IpNet {
        self.0
    }
}

impl Scope {
    /// The own prefix the scope is about.
    #[must_use]
    pub fn prefix(&self) -> OwnPrefix {
        match self {
            Self::OwnDestination(p) | Self::OwnSource(p) | Self::Standing(p) => *p,
        }
    }
}

impl core::fmt::Display for ScopeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::DefaultRoute => {
                f.write_str("a default route cannot be the scope of a mitigation")
            }
            Self::NotOwn(net) => write!(f, "{net} is not inside the operator's own prefixes"),
        }
    }
}
impl core::error::Error for ScopeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_route_cannot_be_written() {
        let any: IpNet = "0.0.0.0/0".parse().unwrap();
        assert_eq!(OwnPrefixes::of(vec![any]), Err(ScopeError::DefaultRoute));
        let own = OwnPrefixes::of(vec!["192.0.2.0/24".parse().unwrap()]).unwrap();
        assert_eq!(own.own(any), Err(ScopeError::DefaultRoute));
        assert_eq!(own.own("::/0".parse().unwrap()), Err(ScopeError::DefaultRoute));
        let foreign: IpNet = "198.51.100.0/24".parse().unwrap();
        assert_eq!(own.own(foreign), Err(ScopeError::NotOwn(foreign)));
        assert!(own.own("192.0.2.7/32".parse().unwrap()).is_ok());
        assert!(serde_json::from_str::<Scope>(r#"{"OwnDestination":"0.0.0.0/0"}"#).is_err());
        assert!(serde_json::from_str::<Scope>(r#"{"OwnDestination":"192.0.2.0/24"}"#).is_ok());
    }
}

//! FlowSpec rules from a mitigation: one a `Traits`, exactly what the plan says (RFC 8955, RFC 8956).

use core::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use rustbgpd_wire::flowspec::{decode_flowspec_nlri, try_encode_flowspec_nlri};
use rustbgpd_wire::{
    Afi, BitmaskMatch, FlowSpecComponent, FlowSpecPrefix, FlowSpecRule, Ipv4Prefix, Ipv6Prefix,
    Ipv6PrefixOffset, NumericMatch, Safi,
};
use serde::Serialize;
use terms::{Action, Mitigation, PortRange, Scope, SizeRange, TcpFlags, Traits};

use crate::{ActError, TraitsError};

/// Fragment bit "is a fragment other than the first" (RFC 8955 §4.2.2.12, `IsF`).
const IS_FRAGMENT: u16 = 0x02;

/// Which FlowSpec table a rule belongs to: SAFI 133 of this address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// AFI 1, RFC 8955.
    Ipv4,
    /// AFI 2, RFC 8956.
    Ipv6,
}

/// One FlowSpec rule: what it matches and what happens to what matches.
///
/// It always has a destination or a source prefix inside the operator's own network. Equal matches
/// have equal bytes: ports are merged and sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    key: Key,
    flow: FlowSpecRule,
    action: Action,
}

/// What tells one rule from another for BGP: the family and the bytes of the match.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) family: Family,
    pub(crate) nlri: Vec<u8>,
}

/// The rules that carry out `plan`, one a `Traits`, equal ones once.
///
/// # Errors
/// When the plan is a standing filter, has no traits, or has traits that contradict themselves or
/// its scope. Nothing is left out or widened to make a plan fit.
pub fn rules(plan: &Mitigation) -> Result<Vec<Rule>, ActError> {
    let id = plan.id;
    if matches!(plan.scope, Scope::Standing(_)) {
        return Err(ActError::StandingFilter { id });
    }
    if plan.traits.is_empty() {
        return Err(ActError::NoTraits { id });
    }
    let mut rules: Vec<Rule> = Vec::with_capacity(plan.traits.len());
    for (index, traits) in plan.traits.iter().enumerate() {
        let rule = rule(&plan.scope, traits, plan.action).map_err(|cause| ActError::Traits {
            id,
            nth: index + 1,
            cause,
        })?;
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    Ok(rules)
}

fn rule(scope: &Scope, traits: &Traits, action: Action) -> Result<Rule, TraitsError> {
    let own = scope.prefix().net();
    let source = traits.source.map(|s| s.trunc());
    if let Some(source) = source
        && source.addr().is_ipv4() != own.addr().is_ipv4()
    {
        return Err(TraitsError::Family { own, from: source });
    }
    // Component types ascend: RFC 8955 §4.2.
    let mut components = Vec::new();
    match scope {
        Scope::OwnDestination(_) => {
            components.push(FlowSpecComponent::DestinationPrefix(prefix(own)));
            // A source of length 0 is any source: the same as not looking at it.
            if let Some(source) = source.filter(|s| s.prefix_len() > 0) {
                components.push(FlowSpecComponent::SourcePrefix(prefix(source)));
            }
        }
        Scope::OwnSource(_) | Scope::Standing(_) => {
            let narrower = match source {
                None => own,
                Some(source) if own.contains(&source) => source,
                Some(source) if source.contains(&own) => own,
                Some(source) => return Err(TraitsError::SourceOutside { own, from: source }),
            };
            components.push(FlowSpecComponent::SourcePrefix(prefix(narrower)));
        }
    }
    if let Some(protocol) = traits.protocol {
        components
            .push(FlowSpecComponent::IpProtocol(any_of(&[(protocol.into(), protocol.into())])));
    }
    if let Some(ports) = ports(&traits.dst_ports)? {
        components.push(FlowSpecComponent::DestinationPort(ports));
    }
    if let Some(ports) = ports(&traits.src_ports)? {
        components.push(FlowSpecComponent::SourcePort(ports));
    }
    if let Some(flags) = traits.tcp_flags
        && let Some(terms) = tcp_flags(flags)?
    {
        components.push(FlowSpecComponent::TcpFlags(terms));
    }
    if let Some(SizeRange { least, most }) = traits.size {
        if least > most {
            return Err(TraitsError::Size { least, most });
        }
        components.push(FlowSpecComponent::PacketLength(any_of(&[(least.into(), most.into())])));
    }
    if traits.fragments {
        components.push(FlowSpecComponent::Fragment(vec![BitmaskMatch {
            end_of_list: true,
            and_bit: false,
            not_bit: false,
            match_bit: true,
            value: IS_FRAGMENT,
        }]));
    }
    let family = if own.addr().is_ipv4() { Family::Ipv4 } else { Family::Ipv6 };
    let flow = FlowSpecRule { components };
    let mut nlri = Vec::new();
    try_encode_flowspec_nlri(std::slice::from_ref(&flow), &mut nlri, family.afi())
        .map_err(|_| TraitsError::TooLong)?;
    Ok(Rule { key: Key { family, nlri }, flow, action })
}

fn prefix(net: IpNet) -> FlowSpecPrefix {
    match net {
        IpNet::V4(n) => FlowSpecPrefix::V4(Ipv4Prefix::new(n.network(), n.prefix_len())),
        IpNet::V6(n) => FlowSpecPrefix::V6(Ipv6PrefixOffset {
            prefix: Ipv6Prefix::new(n.network(), n.prefix_len()),
            offset: 0,
        }),
    }
}

/// The ranges, merged and sorted, as comparison terms; `None` when ports are not looked at.
fn ports(ranges: &[PortRange]) -> Result<Option<Vec<NumericMatch>>, TraitsError> {
    if let Some(&PortRange { first, last }) = ranges.iter().find(|r| r.first > r.last) {
        return Err(TraitsError::Ports { first, last });
    }
    let mut sorted: Vec<(u64, u64)> =
        ranges.iter().map(|r| (r.first.into(), r.last.into())).collect();
    sorted.sort_unstable();
    let mut merged: Vec<(u64, u64)> = Vec::with_capacity(sorted.len());
    for (first, last) in sorted {
        match merged.last_mut() {
            Some(open) if first <= open.1 + 1 => open.1 = open.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    Ok(if merged.is_empty() { None } else { Some(any_of(&merged)) })
}

/// Any of these ranges, both ends meant: `= n` or `>= first & <= last`. AND binds closer than OR
/// (RFC 8955 §4.2.1.1).
fn any_of(ranges: &[(u64, u64)]) -> Vec<NumericMatch> {
    let term = |and_bit, lt, gt, value| NumericMatch {
        end_of_list: false,
        and_bit,
        lt,
        gt,
        eq: true,
        value,
    };
    let mut terms = Vec::with_capacity(ranges.len() * 2);
    for &(first, last) in ranges {
        if first == last {
            terms.push(term(false, false, false, first));
        } else {
            terms.push(term(false, false, true, first));
            terms.push(term(true, true, false, last));
        }
    }
    if let Some(last) = terms.last_mut() {
        last.end_of_list = true;
    }
    terms
}

/// All of `set` and none of `unset` (RFC 8955 §4.2.1.2); `None` when no bit is looked at.
fn tcp_flags(flags: TcpFlags) -> Result<Option<Vec<BitmaskMatch>>, TraitsError> {
    if flags.set & flags.unset != 0 {
        return Err(TraitsError::TcpFlags { both: flags.set & flags.unset });
    }
    let mut terms = Vec::new();
    if flags.set != 0 {
        terms.push(BitmaskMatch {
            end_of_list: false,
            and_bit: false,
            not_bit: false,
            match_bit: true,
            value: flags.set.into(),
        });
    }
    if flags.unset != 0 {
        // "Not any of these bits is set".
        terms.push(BitmaskMatch {
            end_of_list: false,
            and_bit: !terms.is_empty(),
            not_bit: true,
            match_bit: false,
            value: flags.unset.into(),
        });
    }
    if let Some(last) = terms.last_mut() {
        last.end_of_list = true;
    }
    Ok(if terms.is_empty() { None } else { Some(terms) })
}

impl Family {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ipv4, Self::Ipv6];

    pub(crate) fn afi(self) -> Afi {
        match self {
            Self::Ipv4 => Afi::Ipv4,
            Self::Ipv6 => Afi::Ipv6,
        }
    }

    pub(crate) fn afi_safi(self) -> (Afi, Safi) {
        (self.afi(), Safi::FlowSpec)
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ipv4 => "IPv4 FlowSpec",
            Self::Ipv6 => "IPv6 FlowSpec",
        })
    }
}

impl Rule {
    /// The table it belongs to.
    #[must_use]
    pub fn family(&self) -> Family {
        self.key.family
    }
    /// What happens to what matches.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }
    /// The match as it is on the wire, length first (RFC 8955 §4.1).
    #[must_use]
    pub fn nlri(&self) -> &[u8] {
        &self.key.nlri
    }
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }
    pub(crate) fn flow(&self) -> &FlowSpecRule {
        &self.flow
    }
    /// Do the bytes decode to this very match? Asked before a rule is taken into the book.
    pub(crate) fn reads_back(&self) -> bool {
        decode_flowspec_nlri(&self.key.nlri, self.key.family.afi())
            .is_ok_and(|decoded| decoded == std::slice::from_ref(&self.flow))
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// `flow4 { dst 192.0.2.7/32; proto = 17; sport = 53; length >= 500 & <= 1500 } discard`
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key.family {
            Family::Ipv4 => "flow4 { ",
            Family::Ipv6 => "flow6 { ",
        })?;
        for (i, component) in self.flow.components.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { "; " })?;
            write_component(f, component)?;
        }
        match self.action {
            Action::Discard | Action::RateLimit(0) => f.write_str(" } discard"),
            Action::RateLimit(rate) => write!(f, " }} rate {rate} bytes/s"),
        }
    }
}

fn write_component(f: &mut fmt::Formatter<'_>, component: &FlowSpecComponent) -> fmt::Result {
    match component {
        FlowSpecComponent::DestinationPrefix(p) => write!(f, "dst {}", net(p)),
        FlowSpecComponent::SourcePrefix(p) => write!(f, "src {}", net(p)),
        FlowSpecComponent::IpProtocol(terms) => write_numbers(f, "proto", terms),
        FlowSpecComponent::DestinationPort(terms) => write_numbers(f, "dport", terms),
        FlowSpecComponent::SourcePort(terms) => write_numbers(f, "sport", terms),
        FlowSpecComponent::PacketLength(terms) => write_numbers(f, "length", terms),
        FlowSpecComponent::TcpFlags(terms) => {
            f.write_str("tcp-flags")?;
            for term in terms {
                f.write_str(if term.and_bit { " &" } else { "" })?;
                f.write_str(if term.not_bit { " none of " } else { " all of " })?;
                write_flags(f, term.value)?;
            }
            Ok(())
        }
        FlowSpecComponent::Fragment(_) => f.write_str("fragment, not the first"),
        // Never built here; told by number so that a rule's text never hides a component.
        other @ (FlowSpecComponent::Port(_)
        | FlowSpecComponent::IcmpType(_)
        | FlowSpecComponent::IcmpCode(_)
        | FlowSpecComponent::Dscp(_)
        | FlowSpecComponent::FlowLabel(_)
        | _) => write!(f, "component {}", other.type_code()),
    }
}

fn net(prefix: &FlowSpecPrefix) -> String {
    let (addr, len) = match prefix {
        FlowSpecPrefix::V4(p) => (IpAddr::V4(p.addr), p.len),
        FlowSpecPrefix::V6(p) => (IpAddr::V6(p.prefix.addr), p.prefix.len),
    };
    format!("{addr}/{len}")
}

fn write_numbers(f: &mut fmt::Formatter<'_>, name: &str, terms: &[NumericMatch]) -> fmt::Result {
    f.write_str(name)?;
    for (i, term) in terms.iter().enumerate() {
        f.write_str(match (i, term.and_bit) {
            (0, _) => " ",
            (_, true) => " & ",
            (_, false) => ", ",
        })?;
        let sign = match (term.lt, term.gt, term.eq) {
            (false, false, true) => "=",
            (false, true, true) => ">=",
            (true, false, true) => "<=",
            _ => "?",
        };
        write!(f, "{sign} {}", term.value)?;
    }
    Ok(())
}

fn write_flags(f: &mut fmt::Formatter<'_>, bits: u16) -> fmt::Result {
    const NAMES: [&str; 8] = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
    let set = NAMES.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0);
    for (i, (_, name)) in set.enumerate() {
        write!(f, "{}{name}", if i == 0 { "" } else { "+" })?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;

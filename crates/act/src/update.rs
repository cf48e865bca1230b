//! BGP UPDATE messages: announce a rule, withdraw it, end of the table (RFC 4271, RFC 4760).

use std::net::{IpAddr, Ipv4Addr};

use rustbgpd_wire::{
    AsPath, AsPathSegment, COMMUNITY_NO_EXPORT, EncodeError, ExtendedCommunity, FlowSpecAction,
    FlowSpecRule, Ipv4UnicastMode, Message, MpReachNlri, MpUnreachNlri, Origin, PathAttribute,
    RouteRefreshMessage, RouteRefreshSubtype, UpdateMessage, encode_message,
};
use terms::Action;

use crate::flowspec::{Family, Rule};

/// How to speak to one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Own AS number when the peer is in another AS.
    pub(crate) external: Option<u32>,
    /// Does the peer know 4-octet AS numbers (RFC 6793)?
    pub(crate) four_octet: bool,
}

impl Dialect {
    /// Speaks to a peer in `remote` from `local`.
    pub(crate) fn between(local: u32, remote: u32) -> Self {
        Self { external: (local != remote).then_some(local), four_octet: true }
    }
}

/// The UPDATE that announces `rule`, header included; at most 4096 bytes.
///
/// It carries `NO_EXPORT` (RFC 1997): a rule is for the operator's own routers, never for another
/// network. The AS number inside the traffic rate is informational only (RFC 8955 §7.1): 0.
pub(crate) fn announce(rule: &Rule, dialect: Dialect) -> Result<Vec<u8>, EncodeError> {
    let (afi, safi) = rule.family().afi_safi();
    let reach = MpReachNlri {
        afi,
        safi,
        next_hop: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        link_local_next_hop: None,
        announced: Vec::new(),
        flowspec_announced: vec![rule.flow().clone()],
        evpn_announced: Vec::new(),
        bgpls_announced: Vec::new(),
        vpn_announced: Vec::new(),
        labeled_announced: Vec::new(),
        rtc_announced: Vec::new(),
    };
    let path = match dialect.external {
        None => Vec::new(),
        Some(own) => vec![AsPathSegment::AsSequence(vec![own])],
    };
    // RFC 7606 §5.1: MP_REACH_NLRI comes first.
    let mut attributes = vec![
        PathAttribute::MpReachNlri(Box::new(reach)),
        PathAttribute::Origin(Origin::Igp),
        PathAttribute::AsPath(AsPath { segments: path }),
    ];
    if dialect.external.is_none() {
        attributes.push(PathAttribute::LocalPref(100));
    }
    attributes.push(PathAttribute::Communities(vec![COMMUNITY_NO_EXPORT]));
    attributes.push(PathAttribute::ExtendedCommunities(vec![rate(rule.action())]));
    encode(&attributes, dialect)
}

/// The UPDATE that withdraws `rule`, header included.
pub(crate) fn withdraw(rule: &Rule, dialect: Dialect) -> Result<Vec<u8>, EncodeError> {
    encode(&[unreach(rule.family(), vec![rule.flow().clone()])], dialect)
}

/// End-of-RIB of a family (RFC 4724 §2): an `MP_UNREACH_NLRI` of nothing.
pub(crate) fn end_of_rib(family: Family, dialect: Dialect) -> Result<Vec<u8>, EncodeError> {
    encode(&[unreach(family, Vec::new())], dialect)
}

/// The mark before or after an answer to ROUTE-REFRESH (RFC 7313).
pub(crate) fn refresh_mark(
    family: Family,
    mark: RouteRefreshSubtype,
) -> Result<Vec<u8>, EncodeError> {
    let (afi, safi) = family.afi_safi();
    let message = RouteRefreshMessage::new_with_subtype(afi, safi, mark);
    encode_message(&Message::RouteRefresh(message)).map(|bytes| bytes.to_vec())
}

fn unreach(family: Family, flowspec_withdrawn: Vec<FlowSpecRule>) -> PathAttribute {
    let (afi, safi) = family.afi_safi();
    PathAttribute::MpUnreachNlri(Box::new(MpUnreachNlri {
        afi,
        safi,
        withdrawn: Vec::new(),
        flowspec_withdrawn,
        evpn_withdrawn: Vec::new(),
        bgpls_withdrawn: Vec::new(),
        vpn_withdrawn: Vec::new(),
        labeled_withdrawn: Vec::new(),
        rtc_withdrawn: Vec::new(),
    }))
}

/// Traffic-rate-bytes (RFC 8955 §7.1); a rate of 0 discards. The rate is an IEEE single: above 2^24
/// bytes a second it is the nearest one.
fn rate(action: Action) -> ExtendedCommunity {
    let rate = match action {
        Action::Discard => 0.0,
        Action::RateLimit(bytes) => bytes as f32,
    };
    ExtendedCommunity::from_flowspec_action(&FlowSpecAction::TrafficRateBytes { asn: 0, rate })
}

fn encode(attributes: &[PathAttribute], dialect: Dialect) -> Result<Vec<u8>, EncodeError> {
    let mode = Ipv4UnicastMode::Body;
    let update = UpdateMessage::try_build(&[], &[], attributes, dialect.four_octet, false, mode)?;
    encode_message(&Message::Update(update)).map(|bytes| bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use rustbgpd_wire::decode_message;

    use super::*;
    use crate::flowspec::tests::rule_of;

    fn attributes(message: &[u8]) -> Vec<PathAttribute> {
        let Ok(Message::Update(update)) = decode_message(&mut message.to_vec().into(), 4096) else {
            panic!("not an UPDATE: {message:?}");
        };
        assert!(update.withdrawn_routes.is_empty() && update.nlri.is_empty());
        let parsed = update.parse_revised(true, true, false, &[]).unwrap();
        assert!(parsed.malformed.is_empty(), "{:?}", parsed.malformed);
        parsed.update.attributes
    }

    #[test]
    fn an_announcement_carries_the_match_the_rate_and_no_export() {
        for (action, rate) in [(Action::Discard, 0.0), (Action::RateLimit(125_000), 125_000.0)] {
            for (local, remote) in [(64500, 64500), (64500, 64501), (4_200_000_001, 64501)] {
                let rule = rule_of(action);
                let bytes = announce(&rule, Dialect::between(local, remote)).unwrap();
                let attributes = attributes(&bytes);
                let PathAttribute::MpReachNlri(reach) = &attributes[0] else {
                    panic!("MP_REACH_NLRI must come first: {attributes:?}");
                };
                assert_eq!(reach.flowspec_announced, [rule.flow().clone()]);
                let wanted = FlowSpecAction::TrafficRateBytes { asn: 0, rate };
                let wanted = ExtendedCommunity::from_flowspec_action(&wanted);
                assert!(attributes.contains(&PathAttribute::ExtendedCommunities(vec![wanted])));
                assert!(attributes.contains(&PathAttribute::Communities(vec![0xffff_ff01])));
                let external = local != remote;
                let segments = if external {
                    vec![AsPathSegment::AsSequence(vec![local])]
                } else {
                    Vec::new()
                };
                assert!(attributes.contains(&PathAttribute::AsPath(AsPath { segments })));
                assert_eq!(attributes.contains(&PathAttribute::LocalPref(100)), !external);
            }
        }
    }

    #[test]
    fn a_withdrawal_and_an_end_of_rib_carry_nothing_but_mp_unreach() {
        let rule = rule_of(Action::Discard);
        let dialect = Dialect::between(64500, 64501);
        let gone = attributes(&withdraw(&rule, dialect).unwrap());
        assert_eq!(gone, [unreach(Family::Ipv4, vec![rule.flow().clone()])]);
        let end = end_of_rib(Family::Ipv6, dialect).unwrap();
        assert_eq!(attributes(&end), [unreach(Family::Ipv6, Vec::new())]);
        // RFC 4724 §2 and RFC 4760 §4: 19 header, 2 + 2 lengths, 3 attribute header, AFI and SAFI.
        assert_eq!(end.len(), 29);
    }
}

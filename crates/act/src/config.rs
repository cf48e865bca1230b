//! Settings of the FlowSpec speaker: who we are, and which routers we speak to.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use rustbgpd_fsm::PeerConfig;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, Family};

/// How rules reach the routers: own BGP sessions that only announce FlowSpec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Own AS number (RFC 6793: 4 octets). The same as a peer's for iBGP.
    pub local_asn: u32,
    /// BGP identifier of this speaker: unique inside the AS (RFC 6286).
    pub router_id: Ipv4Addr,
    /// The routers, or route reflectors, that take rules.
    #[serde(default)]
    pub peers: Vec<Peer>,
    /// Most rules that may stand at once. Set it below what your smallest router holds.
    #[serde(default = "max_rules")]
    pub max_rules: usize,
    /// Show what would be sent to these peers, and send nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A router that takes rules. We connect to it; nothing listens here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Peer {
    /// What people call it.
    pub name: String,
    /// Its address; it may be several hops away.
    pub address: IpAddr,
    /// Its TCP port.
    #[serde(default = "bgp_port")]
    pub port: u16,
    /// Own address to connect from; the system's choice when left out.
    #[serde(default)]
    pub local_address: Option<IpAddr>,
    /// Its AS number.
    pub remote_asn: u32,
    /// Hold time offered, in seconds (RFC 4271 §4.2); at least 3.
    #[serde(default = "hold_seconds")]
    pub hold_seconds: u16,
    /// Seconds the peer keeps our rules after the session is lost (RFC 4724). Left out, it drops them
    /// at once. Set it, and after a crash of ours rules stand on for that long: a peer cannot tell a
    /// crash from a planned restart.
    #[serde(default)]
    pub graceful_restart: Option<u16>,
    /// Announce IPv4 rules to it.
    #[serde(default = "yes")]
    pub flowspec_ipv4: bool,
    /// Announce IPv6 rules to it.
    #[serde(default = "yes")]
    pub flowspec_ipv6: bool,
}

fn max_rules() -> usize {
    1000
}

/// IANA's port for BGP.
fn bgp_port() -> u16 {
    179
}

/// RFC 4271 §10 suggests 90 s.
fn hold_seconds() -> u16 {
    90
}

fn yes() -> bool {
    true
}

impl Config {
    /// Checks what the types cannot.
    ///
    /// # Errors
    /// The first setting that cannot be meant, with what to do about it.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.local_asn == 0 {
            return Err(ConfigError::AsnZero { place: "`local-asn`".to_owned() });
        }
        if self.router_id.is_unspecified() {
            return Err(ConfigError::RouterId);
        }
        if self.max_rules == 0 {
            return Err(ConfigError::NoRules);
        }
        if self.peers.is_empty() {
            return Err(ConfigError::NoPeers);
        }
        let (mut names, mut addresses) = (BTreeSet::new(), BTreeSet::new());
        for peer in &self.peers {
            peer.check()?;
            if !names.insert(&peer.name) {
                return Err(ConfigError::Twice { what: "name", value: peer.name.clone() });
            }
            if !addresses.insert((peer.address, peer.port)) {
                let value = format!("{} port {}", peer.address, peer.port);
                return Err(ConfigError::Twice { what: "address", value });
            }
        }
        Ok(())
    }
}

impl Peer {
    fn check(&self) -> Result<(), ConfigError> {
        let peer = || self.name.clone();
        if self.name.trim().is_empty() {
            return Err(ConfigError::NoName { address: self.address });
        }
        if self.remote_asn == 0 {
            let place = format!("`remote-asn` of peer `{}`", self.name);
            return Err(ConfigError::AsnZero { place });
        }
        if self.hold_seconds < 3 {
            return Err(ConfigError::HoldTime { peer: peer(), seconds: self.hold_seconds });
        }
        if let Some(seconds) = self.graceful_restart.filter(|s| !(1..=4095).contains(s)) {
            return Err(ConfigError::RestartTime { peer: peer(), seconds });
        }
        if self.local_address.is_some_and(|own| own.is_ipv4() != self.address.is_ipv4()) {
            return Err(ConfigError::LocalAddress { peer: peer() });
        }
        if self.families().next().is_none() {
            return Err(ConfigError::NoFamily { peer: peer() });
        }
        Ok(())
    }

    /// The families we announce to it.
    pub fn families(&self) -> impl Iterator<Item = Family> {
        let takes = [(Family::Ipv4, self.flowspec_ipv4), (Family::Ipv6, self.flowspec_ipv6)];
        takes.into_iter().filter(|(_, taken)| *taken).map(|(family, _)| family)
    }

    pub(crate) fn takes(&self, family: Family) -> bool {
        self.families().any(|f| f == family)
    }

    /// The session's settings: FlowSpec families only, a hold time demanded of the peer too.
    pub(crate) fn session(&self, config: &Config) -> PeerConfig {
        let mut session = PeerConfig::new(config.local_asn, self.remote_asn, config.router_id);
        session.hold_time = self.hold_seconds;
        session.min_hold_time = Some(3);
        session.families = self.families().map(Family::afi_safi).collect();
        session.disable_ipv4_unicast = true;
        session.graceful_restart = self.graceful_restart.is_some();
        session.gr_restart_time = self.graceful_restart.unwrap_or(0);
        session
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"
        local-asn = 64500
        router-id = "192.0.2.1"
        [[peers]]
        name = "edge-1"
        address = "192.0.2.2"
        remote-asn = 64500
    "#;

    fn config() -> Config {
        toml::from_str(WRITTEN).unwrap()
    }

    #[test]
    fn a_short_configuration_has_safe_defaults() {
        let config = config();
        assert_eq!(config.check(), Ok(()));
        let peer = &config.peers[0];
        assert_eq!((peer.port, peer.hold_seconds, peer.graceful_restart), (179, 90, None));
        assert!(peer.takes(Family::Ipv4) && peer.takes(Family::Ipv6) && !config.dry_run);
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(toml::from_str::<Config>(&WRITTEN.replace("remote-asn", "remote-as")).is_err());
        assert!(toml::from_str::<Config>(&WRITTEN.replace("local-asn", "asn")).is_err());
    }

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        type Break = fn(&mut Config);
        let broken: [(&str, Break); 11] = [
            ("AS number 0", |c| c.local_asn = 0),
            ("`remote-asn` of peer `edge-1`", |c| c.peers[0].remote_asn = 0),
            ("router-id", |c| c.router_id = Ipv4Addr::UNSPECIFIED),
            ("no peer", |c| c.peers.clear()),
            ("same name", |c| c.peers.push(c.peers[0].clone())),
            ("no name", |c| c.peers[0].name = " ".to_owned()),
            ("hold time 2 s", |c| c.peers[0].hold_seconds = 2),
            ("graceful restart of 4096 s", |c| c.peers[0].graceful_restart = Some(4096)),
            ("other IP version", |c| c.peers[0].local_address = Some("::1".parse().unwrap())),
            ("neither IPv4 nor IPv6", |c| {
                (c.peers[0].flowspec_ipv4, c.peers[0].flowspec_ipv6) = (false, false);
            }),
            ("`max-rules` is 0", |c| c.max_rules = 0),
        ];
        for (says, breaks) in broken {
            let mut config = config();
            breaks(&mut config);
            let error = config.check().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let mut config = config();
        let second = Peer { name: "edge-2".to_owned(), ..config.peers[0].clone() };
        config.peers.push(second);
        assert!(config.check().unwrap_err().to_string().contains("same address"));
    }
}

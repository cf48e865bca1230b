//! Settings of the flow listeners and of the exporters they listen to.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// Where flow export is received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// UDP addresses to listen on. The format of each datagram is told by its version number, so
    /// any format may come to any port. An IPv6 address takes IPv6 only.
    pub listen: Vec<SocketAddr>,
    /// Sockets and threads for each address; the kernel spreads exporters over them. 0: as many as
    /// the machine has cores.
    pub shards: usize,
    /// Receive buffer of each socket, in octets. The kernel grants no more than
    /// `net.core.rmem_max`; what it granted less is said in the log.
    pub receive_buffer: usize,
}

impl Default for Config {
    fn default() -> Self {
        let any = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self { listen: vec![any(2055), any(4739), any(6343)], shards: 0, receive_buffer: 4 << 20 }
    }
}

/// An exporter on the allow-list. Datagrams from any other address are counted, never decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exporter {
    /// The operator's name for it. Its number stays with the name when the address changes.
    pub name: String,
    /// The address its datagrams come from.
    pub address: IpAddr,
    /// One packet in this many is sampled; used only when the exporter does not say itself.
    #[serde(default)]
    pub sampling: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_setting_is_refused_and_the_default_listens_on_loopback_only() {
        let all = serde_json::from_str::<Config>("{}").unwrap();
        assert_eq!(all, Config::default());
        assert!(all.listen.iter().all(|a| a.ip().is_loopback()));
        assert!(serde_json::from_str::<Config>(r#"{"listens": []}"#).is_err());
        let exporter = r#"{"name": "edge-1", "address": "192.0.2.1", "samples": 1}"#;
        assert!(serde_json::from_str::<Exporter>(exporter).is_err());
    }
}

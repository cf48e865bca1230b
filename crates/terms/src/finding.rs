//! What a detector says: a destination is under attack, how much, and how surely.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{ExporterId, Time, words};

words! {
    /// What kind of thing was found.
    FindingKind {
        /// One destination receives an attack.
        Destination = "destination-attack", "単一の宛先への攻撃", "attack on one destination";
        /// A whole prefix is bombed, thinly, across its addresses.
        Carpet = "carpet-bombing", "プレフィックス全体への攻撃", "carpet bombing of a prefix";
    }
}

words! {
    /// Kind of traffic, as statistics tell kinds apart.
    Class {
        /// TCP with SYN and without ACK.
        TcpSyn = "tcp-syn", "TCP SYN", "TCP SYN";
        /// Other TCP.
        Tcp = "tcp", "TCP（その他）", "other TCP";
        /// UDP from a port of a service that is abused as an amplifier.
        UdpAmplifier = "udp-amplifier", "UDP（増幅に悪用される送信元ポート）", "UDP from amplifier ports";
        /// Other UDP.
        Udp = "udp", "UDP（その他）", "other UDP";
        /// ICMP and ICMPv6.
        Icmp = "icmp", "ICMP", "ICMP";
        /// Fragments of any protocol.
        Fragment = "fragments", "フラグメント", "fragments";
        /// Everything else.
        Other = "other", "その他", "other";
    }
}

/// Traffic per second, estimated from samples.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rates {
    /// Bits a second.
    pub bits: f64,
    /// Packets a second.
    pub packets: f64,
}

/// A destination is under attack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// The own address or prefix under attack.
    pub target: IpNet,
    /// When the first interval over the band began.
    pub since: Time,
    /// End of the last interval looked at.
    pub at: Time,
    /// What was seen in that interval.
    pub seen: Rates,
    /// Upper edge of what was expected.
    pub expected: Rates,
    /// The kind of traffic that grew most, and its share of the bits seen.
    pub class: Class,
    /// That share, 0 to 1.
    pub share: f64,
    /// Lower edge of `seen.bits` at the confidence the operator set, given how few packets were sampled.
    pub at_least_bits: f64,
    /// Exporters whose records this rests on.
    pub exporters: Vec<ExporterId>,
}

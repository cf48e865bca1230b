//! What the app knows of the running stations and the desk does not: counters, sessions, the book.
//!
//! Nothing here names an address of a subscriber or of a destination: prefixes carry the operator's
//! own label for them, as in `pool-1`.

use serde::Serialize;
use terms::{CaseId, MitigationId, Source, Text, Time};

/// How everything but the desk stands at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Snapshot {
    /// The exporters on the allow-list.
    pub exporters: Vec<Exporter>,
    /// Datagrams of senders that are not on the allow-list; none was decoded.
    pub strangers: u64,
    /// Traffic to own prefixes, with what is expected.
    pub bands: Vec<Band>,
    /// Mitigations that stand.
    pub mitigations: Vec<Mitigation>,
    /// Nothing is sent: mitigations are only shown.
    pub dry_run: bool,
    /// Peers that mitigations are announced to.
    pub peers: Vec<Peer>,
    /// Links whose capacity is known.
    pub links: Vec<Link>,
    /// The ledger.
    pub ledger: Ledger,
    /// How much is kept, sealed.
    pub kept: Vec<Kept>,
    /// What is missing or wrong, and what to do about it.
    pub warnings: Vec<Text>,
}

/// An exporter and its account.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exporter {
    /// The operator's name for it.
    pub name: String,
    /// Datagrams received.
    pub datagrams: u64,
    /// Records decoded.
    pub records: u64,
    /// Datagrams or records missing by sequence number.
    pub lost: u64,
    /// What could not be decoded, by reason.
    pub undecodable: Vec<Undecodable>,
    /// Data sets that came without their template.
    pub no_template: u64,
    /// Records thrown away because the next station was not ready.
    pub dropped: u64,
    /// When its last datagram arrived.
    pub last_seen: Option<Time>,
    /// The last sampling rate used and who said so, in words.
    pub sampling: Option<Text>,
    /// Why it is not believed, if it is not.
    pub doubtful: Option<Text>,
}

/// What could not be decoded for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Undecodable {
    /// The reason as one word, for metrics.
    pub reason: String,
    /// The reason as a person reads it.
    pub text: Text,
    /// How often.
    pub times: u64,
}

/// Traffic to one own prefix.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Band {
    /// The operator's own label for the prefix; never an address.
    pub label: String,
    /// Bits a second seen in the last interval.
    pub seen: f64,
    /// What is expected; `None` while it is being learnt.
    pub expected: Option<Expected>,
}

/// The band of what is expected, in bits a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expected {
    /// Lower edge.
    pub low: f64,
    /// Upper edge.
    pub high: f64,
}

/// A mitigation that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mitigation {
    /// Its number.
    pub id: MitigationId,
    /// The case it belongs to.
    pub case: CaseId,
    /// How many rules it has.
    pub rules: usize,
    /// When it ends.
    pub ends: Time,
    /// How far it has come at each peer.
    pub peers: Vec<Told>,
}

/// How far a mitigation has come at a peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Told {
    /// The peer's name.
    pub peer: String,
    /// In words, as in "confirmed".
    pub state: Text,
}

/// A peer that mitigations are announced to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Peer {
    /// Its name in the settings.
    pub name: String,
    /// Can rules be sent to it now?
    pub up: bool,
    /// Where its session stands, in words.
    pub state: Text,
    /// Since when.
    pub since: Time,
    /// Rules it was told and has not been told to forget.
    pub announced: usize,
}

/// A link and its use.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Link {
    /// The operator's name for it.
    pub name: String,
    /// Its use in per cent of its capacity.
    pub used: f64,
}

/// How the ledger stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ledger {
    /// Number of entries.
    pub entries: u64,
    /// The beginning of the root hash of the newest checkpoint.
    pub root: String,
    /// When that checkpoint was signed.
    pub checkpoint: Option<Time>,
    /// Does an outside witness keep checkpoints?
    pub witnessed: bool,
}

/// How much is kept of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Kept {
    /// What it is.
    pub source: Source,
    /// How many sealed pieces.
    pub count: u64,
}

//! Fields of communications data, and sets of them: the mask the decoder works under.

use crate::words;
use serde::{Deserialize, Serialize};

words! {
    /// One field that a measure may name. What no ground names is never decoded.
    Field {
        /// IP address a packet came from.
        SrcAddress = "src-address", "送信元アドレス", "source address";
        /// IP address a packet goes to.
        DstAddress = "dst-address", "宛先アドレス", "destination address";
        /// Transport port a packet came from.
        SrcPort = "src-port", "送信元ポート", "source port";
        /// Transport port a packet goes to.
        DstPort = "dst-port", "宛先ポート", "destination port";
        /// IP protocol number.
        Protocol = "protocol", "プロトコル", "protocol";
        /// TCP control bits.
        TcpFlags = "tcp-flags", "TCPフラグ", "TCP flags";
        /// Octets of a flow.
        Bytes = "bytes", "バイト数", "bytes";
        /// Packets of a flow; with bytes, the packet size.
        Packets = "packets", "パケット数", "packets";
        /// Whether packets are fragments.
        Fragment = "fragment", "フラグメント", "fragmentation";
        /// Interface a flow came in by.
        InputInterface = "input-interface", "流入インターフェース", "input interface";
        /// Interface a flow went out by.
        OutputInterface = "output-interface", "流出インターフェース", "output interface";
        /// When a communication took place.
        Timestamp = "timestamp", "日時", "time";
        /// Which line held an address at a time.
        ConnectionLog = "connection-log", "接続ログ", "connection log";
        /// Domain name asked for in a DNS query.
        QueryName = "query-name", "名前解決の対象ドメイン名", "queried name";
        /// Whether IP options are present, and which.
        IpOptions = "ip-options", "IPオプション", "IP options";
        /// Whether a header keeps to the specification: lengths, kinds, equal ends.
        HeaderForm = "header-form", "ヘッダーの規格適合性", "whether a header keeps to the specification";
        /// Address of a page that is accessed.
        Url = "url", "アクセス先URL", "URL";
        /// Header of a mail.
        MailHeader = "mail-header", "メールヘッダー", "mail header";
        /// Mail address or domain of a sender or receiver.
        MailAddress = "mail-address", "メールアドレス・ドメイン", "mail address or domain";
        /// ID used to log in: mail, access, telephone.
        LoginId = "login-id", "認証ID", "log-in ID";
        /// Address assigned to an access log-in.
        AssignedAddress = "assigned-address", "割り当てたIPアドレス", "assigned address";
        /// How often a log-in was tried.
        AttemptCount = "attempt-count", "認証の試行回数", "number of attempts";
        /// Time between attempts.
        AttemptInterval = "attempt-interval", "認証の試行間隔", "interval between attempts";
        /// Country called.
        CountryCode = "country-code", "国番号", "country code";
        /// Number that calls.
        CallingNumber = "calling-number", "発信番号", "calling number";
        /// What calls cost.
        Charges = "charges", "料金", "charges";
        /// Who the subscriber is: name, contact, contract.
        SubscriberIdentity = "subscriber-identity", "契約者の氏名・連絡先等", "who the subscriber is";
        /// Contents: packets, mail bodies, speech.
        Contents = "contents", "通信内容（本文・音声等を含む）", "contents: packets, mail bodies, speech";
    }
}

/// A field that flow records have a column for: what exporters tell, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowField {
    /// [`Field::SrcAddress`].
    SrcAddress,
    /// [`Field::DstAddress`].
    DstAddress,
    /// [`Field::SrcPort`].
    SrcPort,
    /// [`Field::DstPort`].
    DstPort,
    /// [`Field::Protocol`].
    Protocol,
    /// [`Field::TcpFlags`].
    TcpFlags,
    /// [`Field::Bytes`].
    Bytes,
    /// [`Field::Packets`].
    Packets,
    /// [`Field::Fragment`].
    Fragment,
    /// [`Field::InputInterface`].
    InputInterface,
    /// [`Field::OutputInterface`].
    OutputInterface,
    /// [`Field::Timestamp`].
    Timestamp,
}

impl FlowField {
    /// Every field that flow records have a column for.
    pub const ALL: [Self; 12] = [
        Self::SrcAddress,
        Self::DstAddress,
        Self::SrcPort,
        Self::DstPort,
        Self::Protocol,
        Self::TcpFlags,
        Self::Bytes,
        Self::Packets,
        Self::Fragment,
        Self::InputInterface,
        Self::OutputInterface,
        Self::Timestamp,
    ];

    /// The field it is the column of.
    #[must_use]
    pub const fn field(self) -> Field {
        match self {
            Self::SrcAddress => Field::SrcAddress,
            Self::DstAddress => Field::DstAddress,
            Self::SrcPort => Field::SrcPort,
            Self::DstPort => Field::DstPort,
            Self::Protocol => Field::Protocol,
            Self::TcpFlags => Field::TcpFlags,
            Self::Bytes => Field::Bytes,
            Self::Packets => Field::Packets,
            Self::Fragment => Field::Fragment,
            Self::InputInterface => Field::InputInterface,
            Self::OutputInterface => Field::OutputInterface,
            Self::Timestamp => Field::Timestamp,
        }
    }
}

/// A set of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fields(u64);

impl Fields {
    /// No field.
    pub const NONE: Self = Self(0);
    /// All that a flow record can tell.
    pub const FLOW: Self = {
        let (mut set, mut i) = (Self::NONE, 0);
        while i < FlowField::ALL.len() {
            set = set.with(FlowField::ALL[i].field());
            i += 1;
        }
        set
    };

    /// This set with `field` as well.
    #[must_use]
    pub const fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u32)
    }
    /// The set of these fields.
    #[must_use]
    pub const fn of(fields: &[Field]) -> Self {
        let (mut set, mut i) = (Self::NONE, 0);
        while i < fields.len() {
            set = set.with(fields[i]);
            i += 1;
        }
        set
    }
    /// Is `field` in the set?
    #[must_use]
    pub const fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u32) != 0
    }
    /// Is every field of this set in `other`?
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
    /// Fields in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Fields in both sets.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// Fields of this set that are not in `other`.
    #[must_use]
    pub const fn beyond(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    /// Is the set empty?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// How many fields are in the set.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }
    /// The fields of the set, in the order of the list.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |f| self.has(*f))
    }
    /// The fields of the set that flow records have a column for.
    pub fn flow(self) -> impl Iterator<Item = FlowField> {
        FlowField::ALL.into_iter().filter(move |f| self.has(f.field()))
    }
    /// The set as one machine word, for an atomic shared with decoders.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }
    /// The set from [`Fields::bits`]; bits that name no field are dropped.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self(bits).common(Self::of(Field::ALL))
    }
}

impl FromIterator<Field> for Fields {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        fields.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Vec::<Field>::deserialize(d).map(|v| v.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_within_itself_and_nothing_is_within_less() {
        let all = Fields::of(Field::ALL);
        for &f in Field::ALL {
            let one = Fields::of(&[f]);
            assert!(one.within(all) && one.has(f) && one.count() == 1);
            assert!(!all.within(one));
            assert_eq!(all.beyond(one).union(one), all);
        }
        assert_eq!(Fields::from_bits(u64::MAX), all);
    }
}

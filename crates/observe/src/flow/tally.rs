//! What became of each octet and record of a datagram: read, passed over, or not decodable and why.

use terms::words;

use super::sampling::Rate;
use super::sequence::Heard;

words! {
    /// Why something an exporter sent could not be decoded.
    Flaw {
        /// The first octets are of no format decoded here.
        Version = "unknown-version", "未知の版", "unknown version";
        /// The datagram ends inside its header.
        Header = "short-header", "ヘッダーの途中で終わる", "ends inside its header";
        /// The length or count in the header is not that of the datagram.
        Length = "wrong-length", "長さの不一致", "length does not agree";
        /// A set, or a sample, has an impossible length.
        SetLength = "set-length", "セット長の誤り", "impossible set length";
        /// A template cannot be: reserved number, no fields, lengths that lie, or a withdrawal,
        /// which is not allowed over UDP (RFC 7011 §8.4).
        Template = "bad-template", "テンプレートの誤り", "malformed template";
        /// An exporter has more templates or observation domains than are held for one.
        Crowd = "too-many-templates", "テンプレート過多", "too many templates or domains";
        /// A data set came without its template having been seen.
        NoTemplate = "no-template", "テンプレート未受信", "template not seen yet";
        /// A record runs over the end of its set.
        Record = "short-record", "レコードの途中で終わる", "record runs over its end";
        /// Octets after the last set, record or sample.
        Trailing = "trailing-octets", "余分なオクテット", "octets after the end";
        /// A sample, or a record in it, runs over its end.
        Sample = "bad-sample", "サンプルの誤り", "malformed sample";
        /// A set or sample of a kind not decoded here.
        Unsupported = "unsupported", "未対応の種類", "kind not decoded here";
        /// The sampled frame holds no IP packet.
        NotIp = "not-ip", "IP以外のフレーム", "no IP packet in the sampled frame";
    }
}

/// One sort of flaw in one datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    /// How often.
    pub(crate) times: u64,
    /// How many octets could not be read for it.
    pub(crate) octets: u64,
    /// Offset in the datagram of the first.
    pub(crate) offset: usize,
}

/// The account of one datagram. INVARIANT: `read + unread +` the octets of all flaws is the length
/// of the datagram.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// Octets that were decoded, or are known padding.
    pub(crate) read: u64,
    /// Octets of records and samples left unread because no ground names a field of them.
    pub(crate) unread: u64,
    /// Records that became rows.
    pub(crate) records: u64,
    /// Records left unread, where they can be counted without reading them.
    pub(crate) passed: u64,
    flaws: [Seen; Flaw::ALL.len()],
    /// The last sampling rate that was used for a record, and who gave it.
    pub(crate) rate: Option<Rate>,
    /// What the sequence number said, when there was a whole header.
    pub(crate) heard: Option<Heard>,
    /// A template came back to a definition that another had replaced shortly before.
    pub(crate) flip_flop: bool,
}

impl Tally {
    /// Counts `octets` at `offset` as not decodable.
    pub(crate) fn flaw(&mut self, flaw: Flaw, octets: usize, offset: usize) {
        let seen = &mut self.flaws[flaw as usize];
        if seen.times == 0 {
            seen.offset = offset;
        }
        seen.times += 1;
        seen.octets += octets as u64;
    }
    /// Counts `octets` as read.
    pub(crate) fn read(&mut self, octets: usize) {
        self.read += octets as u64;
    }
    /// The flaws there were.
    pub(crate) fn flaws(&self) -> impl Iterator<Item = (Flaw, Seen)> {
        Flaw::ALL.iter().map(|&f| (f, self.flaws[f as usize])).filter(|(_, s)| s.times > 0)
    }
    /// All octets accounted for.
    pub(crate) fn octets(&self) -> u64 {
        self.read + self.unread + self.flaws().map(|(_, s)| s.octets).sum::<u64>()
    }
    /// How often `flaw` was seen.
    #[cfg(test)]
    pub(crate) fn times(&self, flaw: Flaw) -> u64 {
        self.flaws[flaw as usize].times
    }
}

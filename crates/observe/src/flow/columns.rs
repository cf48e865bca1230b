//! Passes over the records of a data set, each filling one column.

use terms::{Flows, mapped_v4};

use super::octets::{Octets, number};
use super::sampling::{Provenance, Rate, interval};
use super::template::{Spec, VARIABLE};

/// Records of one length, one after another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) octets: &'a [u8],
    /// INVARIANT: not 0, and divides the number of octets.
    pub(crate) width: usize,
}

/// Where a field is in a record.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    pub(crate) offset: usize,
    pub(crate) len: usize,
}

/// What the header of a datagram says about all records in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Export {
    /// When it was sent by the exporter's clock, milliseconds since 1970.
    pub(crate) time: i64,
    /// Milliseconds since the exporter started, where the header says.
    pub(crate) uptime: Option<u32>,
    /// When the exporter started, where options data said.
    pub(crate) boot: Option<i64>,
    /// Sampling rate in the header; 0 where it says nothing.
    pub(crate) rate: u32,
    /// Sampling rate set by the operator; 0 where none is.
    pub(crate) setting: u32,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Milliseconds,
    /// Seconds since 1900 and a binary fraction (RFC 7011 §6.1.9, §6.1.10).
    Ntp,
    /// Milliseconds since the exporter started.
    Uptime,
    /// Microseconds before the datagram was sent.
    MicrosecondsBefore,
}

impl Export {
    /// The rate when neither options data nor the record says one.
    pub(crate) fn rate(&self) -> Option<Rate> {
        match (self.rate, self.setting) {
            (0, 0) => None,
            (0, one_in) => Some(Rate { one_in, by: Provenance::Setting }),
            (one_in, _) => Some(Rate { one_in, by: Provenance::Header }),
        }
    }
    /// That rate as a number; 0 is unknown.
    pub(crate) fn rate_but_options(&self) -> u32 {
        self.rate().map_or(0, |r| r.one_in)
    }

    /// Milliseconds since 1970 of a time in a record.
    fn ms(&self, unit: Unit, value: u64, boot: Option<i64>) -> i64 {
        let signed = i64::try_from(value).unwrap_or(i64::MAX);
        match unit {
            Unit::Seconds => signed.saturating_mul(1000),
            #[expect(clippy::cast_possible_wrap, reason = "times before 1970 wrap on the wire too")]
            Unit::Milliseconds => value as i64,
            Unit::Ntp => {
                let (seconds, fraction) = (value >> 32, value & 0xffff_ffff);
                // The first NTP era ends in 2036; a time before 1970 is of the second.
                let era = if seconds < NTP_1970 { 1 << 32 } else { 0 };
                let ms = (seconds + era - NTP_1970) * 1000 + ((fraction * 1000) >> 32);
                i64::try_from(ms).unwrap_or(i64::MAX)
            }
            Unit::Uptime => match (self.uptime, boot) {
                (Some(now), _) => {
                    // A signed difference is right across the wrap of the 32-bit uptime.
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_possible_wrap,
                        reason = "the difference of two 32-bit clocks, taken modulo 2^32"
                    )]
                    let ago = now.wrapping_sub(value as u32) as i32;
                    self.time.saturating_sub(i64::from(ago))
                }
                (None, Some(boot)) => boot.saturating_add(signed),
                (None, None) => self.time,
            },
            Unit::MicrosecondsBefore => self.time.saturating_sub(signed / 1000),
        }
    }
}

/// Seconds from 1900 to 1970.
const NTP_1970: u64 = 2_208_988_800;

impl<'a> Rows<'a> {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.octets.len() / self.width.max(1)
    }

    /// The field at `span` of each record.
    fn fields(self, span: Span) -> impl Iterator<Item = &'a [u8]> {
        let end = span.offset + span.len;
        self.octets
            .chunks_exact(self.width.max(1))
            .map(move |row| row.get(span.offset..end).unwrap_or_default())
    }

    /// Appends a number of each record to a column; without a place, zero.
    pub(crate) fn numbers<T: Clone + Default>(
        self,
        column: &mut Vec<T>,
        span: Option<Span>,
        to: impl Fn(u64) -> T,
    ) {
        let Some(span) = span else {
            column.resize(column.len() + self.count(), T::default());
            return;
        };
        match span.len {
            1 => column.extend(self.fields(span).map(|f| to(f.first().map_or(0, |&o| o.into())))),
            2 => column.extend(self.fields(span).map(|f| to(u16::from_be_bytes(exact(f)).into()))),
            4 => column.extend(self.fields(span).map(|f| to(u32::from_be_bytes(exact(f)).into()))),
            8 => column.extend(self.fields(span).map(|f| to(u64::from_be_bytes(exact(f))))),
            _ => column.extend(self.fields(span).map(|f| to(number(f)))),
        }
    }
}

/// Appends addresses. A record with a place for both takes IPv4 unless it is 0.0.0.0.
pub(crate) fn addresses(
    column: &mut Vec<u128>,
    rows: Rows<'_>,
    v4: Option<Span>,
    v6: Option<Span>,
) {
    let four = |f: &[u8]| mapped_v4(u32::from_be_bytes(exact(f)));
    let six = |f: &[u8]| u128::from_be_bytes(exact(f));
    match (v4, v6) {
        (Some(v4), None) => column.extend(rows.fields(v4).map(four)),
        (None, Some(v6)) => column.extend(rows.fields(v6).map(six)),
        (Some(v4), Some(v6)) => {
            column.extend(rows.fields(v4).zip(rows.fields(v6)).map(|(v4, v6)| {
                let (v4, v6) = (four(v4), six(v6));
                if v4 == mapped_v4(0) && v6 != 0 { v6 } else { v4 }
            }));
        }
        (None, None) => column.resize(column.len() + rows.count(), 0),
    }
}

/// Appends 1 for a record of fragments: an offset other than 0, or the flag "more fragments", in
/// either of the two fields (fragmentOffset 88, fragmentFlags 197).
pub(crate) fn fragments(
    column: &mut Vec<u8>,
    rows: Rows<'_>,
    offset: Option<Span>,
    flags: Option<Span>,
) {
    // Some exporters put the whole 16 bits, flags and offset, where only the offset belongs.
    let in_offset = |n| u8::from(n & 0x3fff != 0);
    let in_flags = |n| u8::from(n & 0x20 != 0);
    let from = column.len();
    rows.numbers(column, offset, in_offset);
    if let Some(flags) = flags {
        let both = column.get_mut(from..).unwrap_or_default().iter_mut().zip(rows.fields(flags));
        for (fragment, flags) in both {
            *fragment |= in_flags(number(flags));
        }
    }
}

/// Appends 1 for a record of TCP or UDP with both ports 0, where nothing else tells fragments. So
/// exporters write fragments other than the first, for these have no ports; packets that are really
/// sent between ports 0 are hardly ever seen. The other columns are filled already.
pub(crate) fn without_ports(flows: &mut Flows, rows: usize) {
    let (from, to) = (flows.fragment.len(), flows.fragment.len() + rows);
    flows.fragment.resize(to, 0);
    let (Some(fragment), Some(protocol), Some(src), Some(dst)) = (
        flows.fragment.get_mut(from..to),
        flows.protocol.get(from..to),
        flows.src_port.get(from..to),
        flows.dst_port.get(from..to),
    ) else {
        return;
    };
    for ((fragment, protocol), ports) in fragment.iter_mut().zip(protocol).zip(src.iter().zip(dst))
    {
        *fragment = u8::from(matches!(protocol, 6 | 17) && ports == (&0, &0));
    }
}

/// Appends times; without a place, the time the datagram was sent.
pub(crate) fn times(
    column: &mut Vec<i64>,
    rows: Rows<'_>,
    place: Option<(Unit, Span)>,
    boot: Option<Span>,
    export: &Export,
) {
    match (place, boot) {
        (None, _) => column.resize(column.len() + rows.count(), export.time),
        (Some((Unit::Uptime, span)), Some(boot)) if export.uptime.is_none() => {
            column.extend(rows.fields(span).zip(rows.fields(boot)).map(|(value, boot)| {
                export.ms(Unit::Uptime, number(value), i64::try_from(number(boot)).ok())
            }));
        }
        (Some((unit, span)), _) => {
            rows.numbers(column, Some(span), |value| export.ms(unit, value, export.boot));
        }
    }
}

/// Appends the sampling rates that records give themselves.
pub(crate) fn record_rates(column: &mut Vec<u32>, rows: Rows<'_>, rate: Span, space: Option<Span>) {
    match space {
        None => rows.numbers(column, Some(rate), |n| interval(n, None)),
        Some(space) => column.extend(
            rows.fields(rate)
                .zip(rows.fields(space))
                .map(|(rate, space)| interval(number(rate), Some(number(space)))),
        ),
    }
}

/// Finds the fields of the first record in `octets` and its length; `None` when it runs over the
/// end. A field of variable length says its own: one octet, or 255 and two more (RFC 7011 §7).
pub(crate) fn walk(specs: &[Spec], octets: &[u8], spans: &mut Vec<Span>) -> Option<usize> {
    spans.clear();
    let mut o = Octets::of(octets);
    for spec in specs {
        let len = match spec.len {
            VARIABLE => match o.u8()? {
                255 => usize::from(o.u16()?),
                short => usize::from(short),
            },
            fixed => usize::from(fixed),
        };
        spans.push(Span { offset: o.at(), len });
        o.take(len)?;
    }
    Some(o.at())
}

/// A port or TCP control bits; a number too large for one stays at the largest.
pub(crate) fn short(n: u64) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
/// A protocol number.
pub(crate) fn octet(n: u64) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}
/// An interface number.
pub(crate) fn word(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The octets as an array; zeros when their number is another, which a compiled plan rules out.
fn exact<const N: usize>(octets: &[u8]) -> [u8; N] {
    octets.try_into().unwrap_or([0; N])
}

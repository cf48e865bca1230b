//! One flow record as a FlowSpec rule would see its packets, and whether the rule matches it.

use ground::Columns;
use terms::{Column, Field, Flows, PortRange, Traits, ip};

/// What a record says of its packets; `None` where its column was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// Where it comes from, a number of [`terms::address`].
    pub source: Option<u128>,
    /// Where it goes to.
    pub destination: Option<u128>,
    /// IP protocol.
    pub protocol: Option<u8>,
    /// Source port.
    pub src_port: Option<u16>,
    /// Destination port.
    pub dst_port: Option<u16>,
    /// TCP control bits, all that were seen in the flow.
    pub tcp_flags: Option<u16>,
    /// Bytes of the mean packet; unknown without packets too.
    pub size: Option<u16>,
    /// Is it of fragments other than the first? The first has ports and is matched by them.
    pub fragment: Option<bool>,
    /// Estimated bytes: as exported × sampling rate, an unknown rate counting as one.
    pub bytes: u64,
}

/// Would a rule with these traits match the packets of `record`? A trait the record does not tell
/// does not match. Sizes and control bits are those of the flow, for it is all that was exported: the
/// mean size of its packets, and the bits of all of them together (RFC 7011, IANA element 6).
#[must_use]
pub fn matches(traits: &Traits, record: &Record) -> bool {
    let Traits { source, protocol, src_ports, dst_ports, size, tcp_flags, fragments } = traits;
    let in_any = |ranges: &[PortRange], port: Option<u16>| {
        let within = |port: u16| ranges.iter().any(|r| r.first <= port && port <= r.last);
        ranges.is_empty() || port.is_some_and(within)
    };
    protocol.is_none_or(|p| record.protocol == Some(p))
        && in_any(src_ports, record.src_port)
        && in_any(dst_ports, record.dst_port)
        && size.is_none_or(|s| record.size.is_some_and(|n| s.least <= n && n <= s.most))
        && tcp_flags.is_none_or(|wanted| {
            let has = |bits: u16| {
                bits & u16::from(wanted.set) == u16::from(wanted.set)
                    && bits & u16::from(wanted.unset) == 0
            };
            record.tcp_flags.is_some_and(has)
        })
        && (!fragments || record.fragment == Some(true))
        && source.is_none_or(|net| record.source.is_some_and(|s| net.contains(&ip(s))))
}

/// The records of a batch in the rows a ground opened, to destinations from `bounds.0` to `bounds.1`.
pub(super) fn records<'a>(
    columns: &'a Columns<'_, Flows>,
    bounds: (u128, u128),
) -> impl Iterator<Item = Record> + 'a {
    let (destination, source) =
        (addresses(columns, Field::DstAddress), addresses(columns, Field::SrcAddress));
    let (src_port, dst_port) = (shorts(columns, Field::SrcPort), shorts(columns, Field::DstPort));
    let (protocol, fragment) = (octets(columns, Field::Protocol), octets(columns, Field::Fragment));
    let (bytes, packets) = (counts(columns, Field::Bytes), counts(columns, Field::Packets));
    let flags = shorts(columns, Field::TcpFlags);
    let inside =
        move |row: &usize| destination.get(*row).is_some_and(|d| bounds.0 <= *d && *d <= bounds.1);
    columns.rows().iter().filter(inside).map(move |row| {
        let octets = bytes.get(row).copied().unwrap_or(0);
        let sampling = columns.sampling().get(row).copied().unwrap_or(0).max(1);
        let packets = packets.get(row).copied().filter(|n| *n > 0 && octets > 0);
        Record {
            source: source.get(row).copied(),
            destination: destination.get(row).copied(),
            protocol: protocol.get(row).copied(),
            src_port: src_port.get(row).copied(),
            dst_port: dst_port.get(row).copied(),
            tcp_flags: flags.get(row).copied(),
            size: packets
                .map(|n| u16::try_from(octets.saturating_add(n / 2) / n).unwrap_or(u16::MAX)),
            fragment: fragment.get(row).map(|f| {
                let has_port = |ports: &[u16]| ports.get(row).is_some_and(|p| *p != 0);
                *f != 0 && !has_port(src_port) && !has_port(dst_port)
            }),
            bytes: octets.saturating_mul(u64::from(sampling)),
        }
    })
}

fn addresses<'a>(columns: &'a Columns<'_, Flows>, field: Field) -> &'a [u128] {
    if let Some(Column::Addresses(c)) = columns.column(field) { c } else { &[] }
}
fn shorts<'a>(columns: &'a Columns<'_, Flows>, field: Field) -> &'a [u16] {
    if let Some(Column::Shorts(c)) = columns.column(field) { c } else { &[] }
}
fn octets<'a>(columns: &'a Columns<'_, Flows>, field: Field) -> &'a [u8] {
    if let Some(Column::Octets(c)) = columns.column(field) { c } else { &[] }
}
fn counts<'a>(columns: &'a Columns<'_, Flows>, field: Field) -> &'a [u64] {
    if let Some(Column::Counts(c)) = columns.column(field) { c } else { &[] }
}

//! Another decoder's reading of the same datagrams, as rows to compare ours with.

use std::net::SocketAddr;

use netflow_parser::scoped_parser::AutoScopedParser;
use netflow_parser::variable_versions::ipfix::FlowSetBody as IpfixBody;
use netflow_parser::variable_versions::ipfix::lookup::{IANAIPFixField, IPFixField};
use netflow_parser::variable_versions::v9::FlowSetBody as V9Body;
use netflow_parser::{FieldValue, NetflowPacket};
use terms::{address, mapped_v4};

/// What is compared of one record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    pub(crate) src: u128,
    pub(crate) dst: u128,
    pub(crate) src_port: u16,
    pub(crate) dst_port: u16,
    pub(crate) protocol: u8,
    pub(crate) tcp_flags: u16,
    pub(crate) bytes: u64,
    pub(crate) packets: u64,
    pub(crate) input: u32,
    pub(crate) output: u32,
}

/// The other decoder, with what it learnt.
#[derive(Default)]
pub(crate) struct Oracle(AutoScopedParser);

impl Oracle {
    /// Its rows of one datagram; `None` when it cannot read all of it.
    pub(crate) fn rows(&mut self, from: SocketAddr, datagram: &[u8]) -> Option<Vec<Row>> {
        let result = self.0.parse_from_source(from, datagram);
        if result.error.is_some() {
            return None;
        }
        let mut rows = Vec::new();
        for packet in &result.packets {
            match packet {
                NetflowPacket::V5(v5) => {
                    rows.extend(v5.flowsets.iter().map(|f| Row {
                        src: address(f.src_addr.into()),
                        dst: address(f.dst_addr.into()),
                        src_port: f.src_port,
                        dst_port: f.dst_port,
                        protocol: f.protocol_number,
                        tcp_flags: f.tcp_flags.into(),
                        bytes: f.d_octets.into(),
                        packets: f.d_pkts.into(),
                        input: f.input.into(),
                        output: f.output.into(),
                    }));
                }
                NetflowPacket::V9(v9) => {
                    for set in &v9.flowsets {
                        match &set.body {
                            V9Body::Data(data) => rows.extend(data.fields.iter().filter_map(|r| {
                                row(|id| Some(&r.iter().find(|(f, _)| u16::from(*f) == id)?.1))
                            })),
                            V9Body::Template(_)
                            | V9Body::OptionsTemplate(_)
                            | V9Body::OptionsData(_)
                            | V9Body::Empty => {}
                            V9Body::NoTemplate(_) => return None,
                        }
                    }
                }
                NetflowPacket::IPFix(ipfix) => {
                    for set in &ipfix.flowsets {
                        match &set.body {
                            IpfixBody::Data(data) => {
                                rows.extend(data.fields.iter().filter_map(|r| {
                                    row(|id| {
                                        let field = IPFixField::IANA(IANAIPFixField::from(id));
                                        Some(&r.iter().find(|(f, _)| *f == field)?.1)
                                    })
                                }))
                            }
                            IpfixBody::Template(_)
                            | IpfixBody::Templates(_)
                            | IpfixBody::OptionsTemplate(_)
                            | IpfixBody::OptionsTemplates(_)
                            | IpfixBody::OptionsData(_)
                            | IpfixBody::Empty => {}
                            IpfixBody::V9Template(_)
                            | IpfixBody::V9Templates(_)
                            | IpfixBody::V9OptionsTemplate(_)
                            | IpfixBody::V9OptionsTemplates(_)
                            | IpfixBody::V9Data(_)
                            | IpfixBody::V9OptionsData(_)
                            | IpfixBody::NoTemplate(_) => return None,
                        }
                    }
                }
                NetflowPacket::V7(_) | _ => return None,
            }
        }
        Some(rows)
    }
}

/// The row of a record; `None` when it has nothing that is compared.
fn row<'a>(get: impl Fn(u16) -> Option<&'a FieldValue>) -> Option<Row> {
    let mut any = false;
    let mut first = |ids: &[u16]| -> Option<Vec<u8>> {
        let value = ids.iter().find_map(|&id| get(id))?;
        let mut octets = Vec::new();
        value.write_be_bytes(&mut octets).ok()?;
        any = true;
        Some(octets)
    };
    let mut address = |v4, v6| {
        let v4 = first(&[v4]).filter(|o| o.len() == 4).map(|o| mapped_v4(number(&o) as u32));
        let v6 = first(&[v6]).and_then(|o| Some(u128::from_be_bytes(o.try_into().ok()?)));
        match (v4, v6) {
            (Some(v4), Some(v6)) if v4 == mapped_v4(0) && v6 != 0 => v6,
            (v4, v6) => v4.or(v6).unwrap_or(0),
        }
    };
    let (src, dst) = (address(8, 27), address(12, 28));
    let mut count = |ids: &[u16]| first(ids).map_or(0, |o| number(&o));
    let row = Row {
        src,
        dst,
        src_port: count(&[7, 180, 182]) as u16,
        dst_port: count(&[11, 181, 183]) as u16,
        protocol: count(&[4]) as u8,
        tcp_flags: count(&[6]) as u16 & 0x01ff,
        bytes: count(&[1, 85, 231, 352, 23]),
        packets: count(&[2, 86, 298, 24]),
        input: count(&[10, 252]) as u32,
        output: count(&[14, 253]) as u32,
    };
    any.then_some(row)
}

fn number(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |n, &o| n << 8 | u64::from(o))
}

//! Flow export decoded into sealed columns under a mask, beside other decoders of the same datagrams.

use std::hint::black_box;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use etherparse::LaxSlicedPacket;
use flowparser_sflow::{FlowRecord, SflowParser, SflowSample};
use ground::{Entry, Ground, Journal, Mask, NotDurable, Sealed};
use netflow_parser::scoped_parser::AutoScopedParser;
use netflow_parser::variable_versions::ipfix::FlowSetBody as IpfixBody;
use netflow_parser::variable_versions::v9::FlowSetBody as V9Body;
use netflow_parser::{FieldValue, NetflowPacket};
use observe::encode::Sflow5;
use observe::flow::Decoder;
use observe::{Exporter, Exporters};
use terms::{AnswerId, Column, Field, Fields, Flows, Span, Subject, Time};

#[path = "parts/cpu.rs"]
mod cpu;
#[path = "parts/datagrams.rs"]
mod datagrams;
#[path = "parts/desk.rs"]
mod desk;
#[path = "../../../xtask/src/measure.rs"]
#[expect(unused_imports, reason = "its own tests run in xtask; a bench leaves them out")]
mod measure;

use datagrams::{Frame, record, wide};
use desk::{AT, Desk, EVERYTHING, STATISTICS};
use measure::{Case, measure};

/// Datagrams in one pass; each pass is with a new decoder, which learns the template first.
const DATAGRAMS: usize = 2_000;
/// Records in each datagram.
const RECORDS: usize = 18;
const RUNS: usize = 11;
const UNIT: &str = "CPU-s/million records";
const FROM: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 9_995);

fn main() -> Result<()> {
    let ears = Ears::new()?;
    let mut cases = Vec::new();
    for (name, frame) in [("NetFlow v9", Frame::NetFlow9), ("IPFIX", Frame::Ipfix)] {
        let datagrams = wide(frame, DATAGRAMS, RECORDS);
        let (rows, bytes) = ears.everything.total(&datagrams);
        ensure!((rows, bytes) == netflow_total(&datagrams)?, "{name}: another decoder disagrees");
        cases.extend(ears.cases(name, &datagrams, rows, "netflow_parser", &mut || {
            let mut parser = AutoScopedParser::default();
            for datagram in &datagrams {
                drop(black_box(parser.parse_from_source(FROM, datagram)));
            }
        })?);
    }
    let datagrams = sflow();
    let (rows, bytes) = ears.everything.total(&datagrams);
    ensure!((rows, bytes) == sflow_total(&datagrams)?, "sFlow: another decoder disagrees");
    cases.extend(ears.cases(
        "sFlow v5",
        &datagrams,
        rows,
        "flowparser-sflow, headers unread",
        &mut || {
            let parser = SflowParser::default();
            for datagram in &datagrams {
                black_box(parser.parse_bytes(datagram));
            }
        },
    )?);
    cases.push(ears.everything.beside(
        "sFlow v5, all 12 fields of ス, headers read by both",
        &datagrams,
        rows,
        ("flowparser-sflow and etherparse", &mut || sflow_with_headers(&datagrams)),
    ));
    measure::write(&cases, &mut std::io::stdout())?;
    Ok(())
}

/// A ledger that forgets.
struct Nowhere;

impl Journal for Nowhere {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        Ok(AnswerId(0))
    }
}

/// What decodes under one mask. The ground keeps the mask as it is, and opens what comes out.
struct Ear {
    desk: Desk,
    ground: Option<Ground>,
    exporters: Arc<Exporters>,
}

impl Ear {
    /// Decodes `fields`, and nothing when there are none.
    fn under(fields: Fields) -> Result<Self> {
        let desk = Desk::writing_to(Arc::new(Nowhere))?;
        let ground = if fields.is_empty() {
            None
        } else {
            Some(desk.ground(&STATISTICS, fields, Subject::Network)?)
        };
        let mask: Arc<Mask> = desk.gate.mask();
        ensure!(mask.fields() == fields, "the mask is {:?}", mask.fields());
        let exporter =
            Exporter { name: "edge".to_owned(), address: FROM.ip(), sampling: Some(1_000) };
        Ok(Self { desk, ground, exporters: Arc::new(Exporters::of(&[exporter])?) })
    }

    /// Decodes all, and gives each batch to `take`.
    fn hear(&self, datagrams: &[Vec<u8>], mut take: impl FnMut(Sealed<Flows>)) {
        let exporters = Arc::clone(&self.exporters);
        let mut decoder = Decoder::new(exporters, self.desk.gate.mask(), STATISTICS.origin());
        for datagram in datagrams {
            decoder.decode(datagram, FROM, AT).for_each(&mut take);
        }
        decoder.flush(AT, Span(0)).for_each(&mut take);
    }

    /// How many records there are, and the sum of their bytes.
    fn total(&self, datagrams: &[Vec<u8>]) -> (usize, u64) {
        let (mut rows, mut sum) = (0, 0);
        self.hear(datagrams, |batch| {
            let Some(Ok(columns)) = self.ground.as_ref().map(|g| g.open(&batch, AT)) else {
                return;
            };
            rows += columns.rows().iter().count();
            if let Some(Column::Counts(bytes)) = columns.column(Field::Bytes) {
                sum += bytes.iter().sum::<u64>();
            }
        });
        (rows, sum)
    }

    /// CPU-seconds per million records.
    fn cost(&self, datagrams: &[Vec<u8>], rows: usize) -> f64 {
        per_million(20, rows, || {
            self.hear(datagrams, |batch| {
                black_box(batch);
            });
        })
    }

    fn beside(
        &self,
        case: &str,
        datagrams: &[Vec<u8>],
        rows: usize,
        (peer, theirs): (&str, &mut dyn FnMut()),
    ) -> Case {
        measure(
            case,
            UNIT,
            RUNS,
            &mut || self.cost(datagrams, rows),
            Some((peer, &mut || per_million(2, rows, &mut *theirs))),
        )
    }
}

/// One ear for each mask.
struct Ears {
    everything: Ear,
    two: Ear,
    nothing: Ear,
}

impl Ears {
    fn new() -> Result<Self> {
        Ok(Self {
            everything: Ear::under(EVERYTHING)?,
            two: Ear::under(Fields::of(&[Field::DstAddress, Field::Bytes]))?,
            nothing: Ear::under(Fields::NONE)?,
        })
    }

    /// All fields beside another decoder; two and none beside all.
    fn cases(
        &self,
        name: &str,
        datagrams: &[Vec<u8>],
        rows: usize,
        peer: &str,
        theirs: &mut dyn FnMut(),
    ) -> Result<Vec<Case>> {
        ensure!(rows >= DATAGRAMS, "{name}: only {rows} records were decoded");
        ensure!(self.two.total(datagrams).0 == rows, "{name}: a mask changes no count");
        let mut nothing = 0;
        self.nothing.hear(datagrams, |_| nothing += 1);
        ensure!(nothing == 0, "{name}: {nothing} batches came out under an empty mask");
        let all = self.everything.beside(
            &format!("{name}, all 12 fields of ス"),
            datagrams,
            rows,
            (peer, theirs),
        );
        let mut cases = vec![all];
        for (ear, mask) in [(&self.two, "2 fields"), (&self.nothing, "no field")] {
            cases.push(measure(
                &format!("{name}, {mask}"),
                UNIT,
                RUNS,
                &mut || ear.cost(datagrams, rows),
                Some(("all 12 fields", &mut || self.everything.cost(datagrams, rows))),
            ));
        }
        Ok(cases)
    }
}

/// CPU-seconds per million records, when `work` has `rows` of them.
fn per_million(passes: usize, rows: usize, mut work: impl FnMut()) -> f64 {
    let ns = cpu::spent(|| (0..passes).for_each(|_| work()));
    ns / (passes * rows) as f64 / 1_000.0
}

/// Samples of packets, as many to a datagram as fit a frame.
fn sflow() -> Vec<Vec<u8>> {
    let agent = FROM.ip();
    let boot = Time(AT.wall.0 - 3_600_000);
    let mut agent = Sflow5 { boot, agent, sub_agent: 0, sequence: 0, samples: 0, sampling: 1_000 };
    let records: Vec<_> = (0..DATAGRAMS * RECORDS).map(record).collect();
    agent.datagrams(AT.wall, &records)
}

fn samples(datagrams: &[Vec<u8>], mut take: impl FnMut(&FlowRecord)) {
    let parser = SflowParser::default();
    for datagram in datagrams {
        for read in &parser.parse_bytes(datagram).datagrams {
            for sample in &read.samples {
                if let SflowSample::Flow(sample) = sample {
                    sample.records.iter().for_each(&mut take);
                }
            }
        }
    }
}

fn sflow_with_headers(datagrams: &[Vec<u8>]) {
    samples(datagrams, |record| {
        if let FlowRecord::RawPacketHeader(raw) = record {
            black_box(LaxSlicedPacket::from_ethernet(&raw.header).is_ok());
        }
    });
}

fn sflow_total(datagrams: &[Vec<u8>]) -> Result<(usize, u64)> {
    let (mut rows, mut sum) = (0, 0);
    samples(datagrams, |record| {
        if let FlowRecord::RawPacketHeader(raw) = record {
            rows += 1;
            sum += u64::from(raw.frame_length);
        }
    });
    Ok((rows, sum))
}

/// How many records another decoder finds, and the sum of their bytes.
fn netflow_total(datagrams: &[Vec<u8>]) -> Result<(usize, u64)> {
    let mut parser = AutoScopedParser::default();
    let (mut rows, mut sum) = (0, 0);
    for datagram in datagrams {
        let read = parser.parse_from_source(FROM, datagram);
        ensure!(read.error.is_none(), "netflow_parser: {:?}", read.error);
        for packet in &read.packets {
            match packet {
                NetflowPacket::V9(packet) => {
                    for set in &packet.flowsets {
                        let V9Body::Data(data) = &set.body else { continue };
                        rows += data.fields.len();
                        let all = data.fields.iter().flatten();
                        sum += all
                            .filter(|(f, _)| u16::from(*f) == 1)
                            .map(|f| value(&f.1))
                            .sum::<u64>();
                    }
                }
                NetflowPacket::IPFix(packet) => {
                    use netflow_parser::variable_versions::ipfix::lookup::{
                        IANAIPFixField, IPFixField,
                    };
                    let bytes = IPFixField::IANA(IANAIPFixField::from(1));
                    for set in &packet.flowsets {
                        let IpfixBody::Data(data) = &set.body else { continue };
                        rows += data.fields.len();
                        let all = data.fields.iter().flatten();
                        sum += all.filter(|(f, _)| *f == bytes).map(|f| value(&f.1)).sum::<u64>();
                    }
                }
                other @ (NetflowPacket::V5(_) | NetflowPacket::V7(_) | _) => {
                    bail!("netflow_parser: {other:?}")
                }
            }
        }
    }
    Ok((rows, sum))
}

fn value(value: &FieldValue) -> u64 {
    let mut octets = Vec::new();
    match value.write_be_bytes(&mut octets) {
        Ok(()) => octets.iter().fold(0, |n, &o| n << 8 | u64::from(o)),
        Err(_) => 0,
    }
}

//! Captures of real exporters that nobody here made, read by us and by another decoder.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ground::Sealed;
use observe::flow::Decoder;
use observe::{Exporters, Health};
use terms::{Column, Field, Flows, Span};

use crate::lock::{Lock, at, exporter, origin};
use crate::oracle::{Oracle, Row};

/// Where the captures are, when they are there.
#[expect(clippy::disallowed_methods, reason = "a test is told where the captures are")]
fn corpora() -> Option<PathBuf> {
    std::env::var_os("SEKISHO_CORPORA").map(PathBuf::from)
}

#[test]
fn conformance_real_exporters_are_read_as_another_decoder_reads_them() {
    let Some(folder) = corpora() else { return };
    let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("flow/logstash")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "dat") {
            groups.entry(group(&path)).or_default().push(path);
        }
    }
    let (mut datagrams, mut compared, mut rows, mut wrong) = (0, 0, 0, Vec::new());
    for (name, mut paths) in groups {
        // Templates before data.
        paths.sort_by_key(|p| (!file(p).contains("tpl"), file(p)));
        let mut ear = Ear::new();
        for path in &paths {
            let octets = std::fs::read(path).unwrap();
            for datagram in split(&octets) {
                datagrams += 1;
                let (ours, theirs) = ear.hear(datagram);
                let Some(theirs) = theirs else { continue };
                compared += 1;
                rows += ours.len();
                let by_tshark = BY_TSHARK.iter().find(|(name, _)| *name == file(path));
                if let Some((name, n)) = by_tshark {
                    assert_eq!((ours.len(), theirs.len()), (*n, 0), "{name}");
                } else if ours != theirs {
                    let (n, m) = (ours.len(), theirs.len());
                    let first = ours.iter().zip(&theirs).find(|(a, b)| a != b);
                    wrong.push(format!("{} of {name}: {n} rows, not {m}: {first:?}", file(path)));
                }
            }
        }
        ear.balances();
    }
    println!("{datagrams} datagrams, {compared} compared, {rows} rows");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > datagrams / 2, "{compared} of {datagrams} datagrams were compared");
}

/// Records with an empty field of variable length, for which the other decoder drops the whole set;
/// their number is what tshark 4.0 shows.
const BY_TSHARK: &[(&str, usize)] = &[
    ("ipfix_test_ixia_tpldata256", 1),
    ("ipfix_test_ixia_tpldata271", 2),
    ("ipfix_test_procera_data52935", 8),
];

/// The exporter a file is of: its name without what kind of datagram it holds.
fn group(path: &Path) -> String {
    let name = file(path);
    let cut = ["_data", "_tpl", "_opttpl", "_dpi"].iter().filter_map(|mark| name.find(mark)).min();
    name[..cut.unwrap_or(name.len())].to_owned()
}

fn file(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Some files hold several messages, each a datagram of its own on the wire.
fn split(octets: &[u8]) -> Vec<&[u8]> {
    let (mut all, mut rest) = (Vec::new(), octets);
    while let [0, version @ (5 | 10), a, b, ..] = rest {
        let n = usize::from(u16::from_be_bytes([*a, *b]));
        let len = if *version == 5 { 24 + 48 * n } else { n.max(1) };
        if len >= rest.len() {
            break;
        }
        let (one, more) = rest.split_at(len);
        all.push(one);
        rest = more;
    }
    all.push(rest);
    all
}

/// Us and the other decoder, listening to one exporter.
struct Ear {
    lock: Lock,
    exporters: Arc<Exporters>,
    decoder: Decoder,
    oracle: Oracle,
}

impl Ear {
    fn new() -> Self {
        let lock = Lock::open_wide();
        let exporters = Arc::new(Exporters::of(&[exporter("edge", "192.0.2.1")]).unwrap());
        let decoder = Decoder::new(Arc::clone(&exporters), lock.mask(), origin());
        Self { lock, exporters, decoder, oracle: Oracle::default() }
    }

    fn hear(&mut self, datagram: &[u8]) -> (Vec<Row>, Option<Vec<Row>>) {
        let from: SocketAddr = "192.0.2.1:2055".parse().unwrap();
        let mut batches: Vec<_> = self.decoder.decode(datagram, from, at(0)).collect();
        batches.extend(self.decoder.flush(at(0), Span(0)));
        let ours = batches.iter().flat_map(|b| rows(&self.lock, b)).collect();
        (ours, self.oracle.rows(from, datagram))
    }

    fn balances(&self) {
        let h: Health = self.exporters.health().remove(0);
        let lost: u64 = h.undecodable.iter().map(|u| u.octets).sum();
        assert_eq!(h.octets, h.octets_read + h.octets_unread + lost, "{h:?}");
    }
}

/// The rows of a batch.
pub(crate) fn rows(lock: &Lock, batch: &Sealed<Flows>) -> Vec<Row> {
    let columns = lock.open(batch);
    let column = |field| columns.column(field).unwrap();
    let addresses = |field| {
        let Column::Addresses(a) = column(field) else { panic!("{field}") };
        a
    };
    let shorts = |field| {
        let Column::Shorts(s) = column(field) else { panic!("{field}") };
        s
    };
    let counts = |field| {
        let Column::Counts(c) = column(field) else { panic!("{field}") };
        c
    };
    let words = |field| {
        let Column::Words(w) = column(field) else { panic!("{field}") };
        w
    };
    let Column::Octets(protocol) = column(Field::Protocol) else { panic!("no protocols") };
    (0..protocol.len())
        .map(|i| Row {
            src: addresses(Field::SrcAddress)[i],
            dst: addresses(Field::DstAddress)[i],
            src_port: shorts(Field::SrcPort)[i],
            dst_port: shorts(Field::DstPort)[i],
            protocol: protocol[i],
            tcp_flags: shorts(Field::TcpFlags)[i] & 0x01ff,
            bytes: counts(Field::Bytes)[i],
            packets: counts(Field::Packets)[i],
            input: words(Field::InputInterface)[i],
            output: words(Field::OutputInterface)[i],
        })
        .collect()
}

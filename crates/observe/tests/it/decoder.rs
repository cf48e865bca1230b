//! The public decoder: allow-list, sealed batches, accounts, doubt.

use std::net::SocketAddr;
use std::sync::Arc;

use observe::encode::{Ipfix, NetFlow5, NetFlow9, Record};
use observe::flow::{Decoder, Flaw, Provenance, Rate};
use observe::{DoubtReason, Exporters, Health};
use proptest::prelude::*;
use terms::{Field, Fields, Span, Time};

use crate::lock::{AT, Lock, at, exporter, origin};

/// A decoder for one exporter at 192.0.2.1.
struct Ear {
    lock: Lock,
    exporters: Arc<Exporters>,
    decoder: Decoder,
}

impl Ear {
    fn new(lock: Lock) -> Self {
        let exporters = Arc::new(Exporters::of(&[exporter("edge", "192.0.2.1")]).unwrap());
        let decoder = Decoder::new(Arc::clone(&exporters), lock.mask(), origin());
        Self { lock, exporters, decoder }
    }
    /// The destination ports of the batches that are handed on, a list each.
    fn hear(&mut self, from: &str, datagram: &[u8], ms: u64) -> Vec<Vec<u16>> {
        let batches = self.decoder.decode(datagram, from.parse().unwrap(), at(ms));
        batches.map(|b| self.lock.dst_ports(&b)).collect()
    }
    fn flush(&mut self) -> Vec<Vec<u16>> {
        self.decoder.flush(at(0), Span(0)).map(|b| self.lock.dst_ports(&b)).collect()
    }
    fn health(&self) -> Health {
        self.exporters.health().remove(0)
    }
    fn doubt(&self) -> Option<DoubtReason> {
        self.health().doubtful.map(|d| d.reason)
    }
}

const EDGE: &str = "192.0.2.1:9995";

pub(crate) fn record(dst_port: u16) -> Record {
    Record {
        src: "198.51.100.1".parse().unwrap(),
        dst: "203.0.113.9".parse().unwrap(),
        src_port: 53,
        dst_port,
        protocol: 17,
        tcp_flags: 0,
        bytes: 1_500,
        packets: 1,
        fragment: false,
        input: 1,
        output: 2,
        start: AT.before(Span(2_000)),
        end: AT,
    }
}

pub(crate) fn v9(source: u32) -> NetFlow9 {
    NetFlow9 { boot: Time(AT.0 - 3_600_000), sequence: 1_000, source, sampling: Some(100) }
}

fn balances(h: &Health) {
    let lost: u64 = h.undecodable.iter().map(|u| u.octets).sum();
    assert_eq!(h.octets, h.octets_read + h.octets_unread + lost, "{h:?}");
    assert_eq!(h.records, h.records_out + h.dropped_full, "{h:?}");
}

#[test]
fn records_of_an_allowed_exporter_come_out_sealed_and_strangers_are_only_counted() {
    let mut ear = Ear::new(Lock::open_wide());
    let mut e = v9(1);
    let datagrams = [vec![e.templates(AT)], e.datagrams(AT, &[record(1), record(2)])].concat();
    for d in &datagrams {
        assert!(ear.hear(EDGE, d, 0).is_empty());
        assert!(ear.hear("192.0.2.7:9995", d, 0).is_empty());
    }
    // The same exporter, heard by a socket that takes both families.
    assert!(ear.hear("[::ffff:192.0.2.1]:9995", &e.datagrams(AT, &[record(3)])[0], 0).is_empty());
    assert_eq!(ear.flush(), [vec![1, 2, 3]]);
    assert_eq!(ear.exporters.strangers(), 2);
    let stranger = "192.0.2.7".parse().unwrap();
    assert_eq!(ear.exporters.stranger_addresses(), [(stranger, 2)]);
    let h = ear.health();
    balances(&h);
    assert_eq!((h.datagrams, h.records, h.records_out, h.name.as_str()), (3, 3, 3, "edge"));
    assert_eq!(h.sampling, Some(Rate { one_in: 100, by: Provenance::Options }));
    assert_eq!((h.last_seen, h.ports, h.doubtful), (Some(AT), vec![9995], None));
}

#[test]
fn a_batch_is_handed_on_when_it_is_full_or_old() {
    let mut ear = Ear::new(Lock::open_wide());
    let mut e = v9(1);
    ear.hear(EDGE, &e.templates(AT), 0);
    let records: Vec<_> = (0..1_100).map(record).collect();
    let mut batches = Vec::new();
    for d in e.datagrams(AT, &records) {
        batches.extend(ear.hear(EDGE, &d, 5));
    }
    assert_eq!(batches.len(), 2);
    assert!(batches.iter().all(|b| b.len() >= 512));
    assert_eq!(ear.decoder.flush(at(50), Span(100)).count(), 0);
    let rest = ear.decoder.flush(at(105), Span(100)).next().unwrap();
    batches.push(ear.lock.dst_ports(&rest));
    assert_eq!(batches.concat(), (0..1_100).collect::<Vec<u16>>());
    balances(&ear.health());
}

#[test]
fn when_the_ground_ends_nothing_more_is_decoded() {
    let mut ear = Ear::new(Lock::granting(Fields::of(&[Field::DstPort])));
    let mut e = v9(1);
    ear.hear(EDGE, &e.templates(AT), 0);
    let datagram = e.datagrams(AT, &[record(1), record(2)]).remove(0);
    assert!(ear.hear(EDGE, &datagram, 0).is_empty());
    ear.lock.end();
    // What was read while it was in force is handed on, and only a ground can open it.
    let before: Vec<_> = ear.decoder.decode(&datagram, EDGE.parse().unwrap(), at(1)).collect();
    assert_eq!(before.len(), 1);
    assert_eq!(ear.decoder.flush(at(1), Span(0)).count(), 0);
    let h = ear.health();
    balances(&h);
    assert_eq!((h.records, h.records_passed), (2, 2));
    assert!(h.octets_unread > 0);
}

#[test]
fn the_allow_list_can_change_while_datagrams_come() {
    let mut ear = Ear::new(Lock::open_wide());
    let mut e = v9(1);
    ear.hear(EDGE, &e.templates(AT), 0);
    ear.hear(EDGE, &e.datagrams(AT, &[record(1)])[0], 0);
    ear.exporters.allow(&[exporter("other", "192.0.2.9")]).unwrap();
    assert_eq!(ear.hear(EDGE, &e.datagrams(AT, &[record(2)])[0], 0), [vec![1]]);
    assert_eq!(ear.exporters.strangers(), 1);
    ear.exporters.allow(&[exporter("edge", "192.0.2.1")]).unwrap();
    ear.hear(EDGE, &e.datagrams(AT, &[record(3)])[0], 0);
    let h = ear.health();
    assert_eq!((h.exporter.0, h.datagrams, h.no_template), (0, 3, 1));
}

#[test]
fn the_setting_counts_where_the_exporter_says_nothing() {
    let mut ear = Ear::new(Lock::open_wide());
    let mut e = NetFlow5 { boot: AT, sequence: 0, engine: 0, sampling: 0 };
    let set = |sampling| observe::Exporter { sampling, ..exporter("edge", "192.0.2.1") };
    for (sampling, header, expected) in [
        (None, 0, None),
        (Some(50), 0, Some(Rate { one_in: 50, by: Provenance::Setting })),
        (Some(50), 9, Some(Rate { one_in: 9, by: Provenance::Header })),
    ] {
        ear.exporters.allow(&[set(sampling)]).unwrap();
        e.sampling = header;
        ear.hear(EDGE, &e.datagrams(AT, &[record(1)])[0], 0);
        assert_eq!(ear.health().sampling, expected);
    }
}

#[test]
fn loss_is_counted_and_not_doubted() {
    let mut ear = Ear::new(Lock::open_wide());
    let mut e = Ipfix { sequence: 0, domain: 1, sampling: None };
    ear.hear(EDGE, &e.templates(AT), 0);
    let all = e.datagrams(AT, &(0..100).map(record).collect::<Vec<_>>());
    let per = ear_len(&mut ear, &all[0]);
    for d in all.iter().skip(2) {
        ear.hear(EDGE, d, 10);
    }
    let h = ear.health();
    assert_eq!((h.lost_records, h.lost_datagrams, h.doubtful), (per, 0, None));
    ear.hear(EDGE, &all[1], 20);
    assert_eq!((ear.health().lost_records, ear.doubt()), (0, None), "it came late");
}

fn ear_len(ear: &mut Ear, datagram: &[u8]) -> u64 {
    let before = ear.health().records;
    ear.hear(EDGE, datagram, 0);
    ear.health().records - before
}

#[test]
fn a_second_sender_under_the_same_address_makes_the_exporter_doubtful_until_it_is_trusted() {
    let mut ear = Ear::new(Lock::open_wide());
    let (mut real, mut forged) = (v9(1), v9(1));
    forged.sequence = 4_000_000_000;
    let mut send = |ear: &mut Ear, forge: bool, ms| {
        let e = if forge { &mut forged } else { &mut real };
        for d in [vec![e.templates(AT)], e.datagrams(AT, &[record(1)])].concat() {
            ear.hear(EDGE, &d, ms);
        }
    };
    for ms in 0..5 {
        send(&mut ear, false, ms);
    }
    assert_eq!(ear.doubt(), None);
    send(&mut ear, true, 6);
    assert_eq!(ear.doubt(), Some(DoubtReason::SequenceJump));
    send(&mut ear, false, 7);
    assert_eq!(ear.doubt(), Some(DoubtReason::SequenceJump), "the first reason stands");
    assert!(ear.exporters.trust("edge") && !ear.exporters.trust("nobody"));
    assert_eq!(ear.doubt(), None);
    for ms in 8..20 {
        send(&mut ear, false, ms);
    }
    assert_eq!(ear.doubt(), None);
}

#[test]
fn a_second_source_port_in_use_makes_the_exporter_doubtful_and_a_restart_does_not() {
    let mut ear = Ear::new(Lock::open_wide());
    let mut e = v9(1);
    ear.hear("192.0.2.1:1000", &e.templates(AT), 0);
    // It restarts and has another port.
    let mut e = NetFlow9 { boot: AT, sequence: 0, ..e };
    for ms in [60_000, 61_000, 62_000] {
        ear.hear("192.0.2.1:2000", &e.templates(AT), ms);
    }
    let h = ear.health();
    assert_eq!((h.ports, h.restarts, h.doubtful), (vec![1000, 2000], 1, None));
    ear.hear("192.0.2.1:1000", &e.templates(AT), 63_000);
    assert_eq!(ear.doubt(), Some(DoubtReason::SecondPort));
}

#[test]
fn a_template_that_flips_makes_the_exporter_doubtful() {
    let mut ear = Ear::new(Lock::open_wide());
    let mut e = Ipfix { sequence: 0, domain: 1, sampling: None };
    let one = e.templates(AT);
    let mut other = one.clone();
    // The first field of the first template: a source port where the address was.
    other[25] = 7;
    for (datagram, doubt) in
        [(&one, None), (&other, None), (&one, Some(DoubtReason::TemplateFlipFlop))]
    {
        ear.hear(EDGE, datagram, 1_000);
        assert_eq!(ear.doubt(), doubt);
    }
}

proptest! {
    #[test]
    fn the_account_balances_whatever_comes(
        datagrams in proptest::collection::vec(
            (0..4_u16, proptest::collection::vec(any::<u8>(), 0..120), 0..60_usize), 1..40),
    ) {
        let mut ear = Ear::new(Lock::open_wide());
        let mut e = v9(1);
        let valid = [vec![e.templates(AT)], e.datagrams(AT, &[record(1); 40])].concat();
        let from: SocketAddr = EDGE.parse().unwrap();
        for (kind, octets, keep) in datagrams {
            let datagram = match kind {
                0 => octets,
                1 => [&[0, 9][..], &octets].concat(),
                2 => [&valid[1][..valid[1].len() * keep / 60], &octets[..octets.len() / 2]].concat(),
                _ => valid[0].clone(),
            };
            ear.decoder.decode(&datagram, from, at(1)).for_each(drop);
        }
        ear.decoder.flush(at(1), Span(0)).for_each(drop);
        let h = ear.health();
        balances(&h);
        prop_assert_eq!(
            h.no_template,
            h.undecodable.iter().find(|u| u.reason == Flaw::NoTemplate).map_or(0, |u| u.times)
        );
    }
}

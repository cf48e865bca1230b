//! Listeners over real sockets on loopback.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};
use ground::Sealed;
use observe::encode::{NetFlow9, Sflow5};
use observe::{Config, DoubtReason, Exporter, Health, Intake, IntakeError};
use terms::Flows;

use crate::decoder::{record, v9};
use crate::lock::{AT, Lock, at, exporter, origin};

/// A running intake, with a clock that stands until it is set.
pub(crate) struct Station {
    pub(crate) lock: Lock,
    pub(crate) intake: Intake,
    pub(crate) batches: Receiver<Sealed<Flows>>,
    clock: Arc<AtomicU64>,
}

impl Station {
    pub(crate) fn start(shards: usize, room: usize, exporters: &[Exporter]) -> Self {
        let lock = Lock::open_wide();
        let (out, batches) = bounded(room);
        let listen = vec!["127.0.0.1:0".parse().unwrap(), "127.0.0.1:0".parse().unwrap()];
        let config = Config { listen, shards, receive_buffer: 1 << 20 };
        let clock = Arc::new(AtomicU64::new(0));
        let reads = Arc::clone(&clock);
        let read = Arc::new(move || at(reads.load(Ordering::SeqCst)));
        let intake = Intake::start(&config, exporters, lock.mask(), origin(), read, out).unwrap();
        Self { lock, intake, batches, clock }
    }
    fn set(&self, ms: u64) {
        self.clock.store(ms, Ordering::SeqCst);
    }
    fn health(&self) -> Health {
        self.intake.health().remove(0)
    }
    /// Looks again until it is so; datagrams take their time, even on loopback.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        for _ in 0..12_000 {
            if so(self) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("not within a minute: {what}: {:?}", self.intake.health());
    }
    /// The destination ports of so many records.
    fn ports(&self, n: usize) -> Vec<u16> {
        let mut ports = Vec::new();
        while ports.len() < n {
            let batch = self.batches.recv_timeout(Duration::from_secs(60)).unwrap();
            ports.extend(self.lock.dst_ports(&batch));
        }
        ports
    }
}

fn socket(address: &str) -> UdpSocket {
    UdpSocket::bind((address, 0)).unwrap()
}

fn send(socket: &UdpSocket, to: SocketAddr, datagrams: &[Vec<u8>]) {
    for d in datagrams {
        socket.send_to(d, to).unwrap();
    }
}

fn datagrams(e: &mut NetFlow9, ports: std::ops::Range<u16>) -> Vec<Vec<u8>> {
    [vec![e.templates(AT)], e.datagrams(AT, &ports.map(record).collect::<Vec<_>>())].concat()
}

#[test]
fn allowed_exporters_are_heard_on_every_address_and_strangers_are_not() {
    let station = Station::start(2, 64, &[exporter("edge", "127.0.0.1")]);
    let to = station.intake.addresses();
    assert_ne!(to[0], to[1]);
    let (edge, stranger) = (socket("127.0.0.1"), socket("127.0.0.2"));
    send(&stranger, to[0], &datagrams(&mut v9(1), 0..20));
    send(&edge, to[0], &datagrams(&mut v9(1), 0..20));
    let agent = "127.0.0.1".parse().unwrap();
    let mut sflow = Sflow5 { boot: AT, agent, sub_agent: 0, sequence: 0, samples: 0, sampling: 9 };
    send(&edge, to[1], &sflow.datagrams(AT, &(20..40).map(record).collect::<Vec<_>>()));
    let mut ports = station.ports(40);
    ports.sort_unstable();
    assert_eq!(ports, (0..40).collect::<Vec<u16>>());
    station.until("the stranger is counted", |s| s.intake.strangers() == 2);
    // A batch is counted once it is handed on: it may be here before it is counted there.
    station.until("what was handed on is counted", |s| s.health().records_out >= 40);
    let h = station.health();
    assert_eq!((h.records_out, h.doubtful, h.undecodable), (40, None, vec![]));
    station.intake.stop();
}

#[test]
fn what_the_next_station_does_not_take_is_counted_and_thrown_away() {
    let station = Station::start(1, 1, &[exporter("edge", "127.0.0.1")]);
    let edge = socket("127.0.0.1");
    let mut e = v9(1);
    // A few at a time, so that none is lost in the socket.
    for round in 1..=20 {
        send(&edge, station.intake.addresses()[0], &datagrams(&mut e, 0..240));
        station.until("the round is decoded", |s| s.health().records == round * 240);
    }
    station.until("the rest is handed on or thrown away", |s| {
        let h = s.health();
        h.dropped_full > 0 && h.records == h.records_out + h.dropped_full
    });
    assert_eq!(station.health().records_out as usize, station.ports(1).len());
    assert!(station.batches.try_recv().is_err());
    station.intake.stop();
}

#[test]
fn a_second_port_is_noticed_across_shards_and_trust_clears_it() {
    let station = Station::start(4, 1_024, &[exporter("edge", "127.0.0.1")]);
    let to = station.intake.addresses()[0];
    let (one, two) = (socket("127.0.0.1"), socket("127.0.0.1"));
    let mut e = v9(1);
    for (sent, socket, ms) in [(1, &one, 0), (2, &two, 10_000), (3, &one, 20_000)] {
        station.set(ms);
        send(socket, to, &[e.templates(AT)]);
        station.until("it is heard", |s| s.health().datagrams == sent);
    }
    let reason = station.health().doubtful.map(|d| d.reason);
    assert_eq!(reason, Some(DoubtReason::SecondPort));
    assert!(station.intake.trust("edge"));
    assert_eq!(station.health().doubtful, None);
    station.intake.stop();
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let taken = socket("127.0.0.1");
    let address = taken.local_addr().unwrap();
    for shards in [1, 3] {
        let lock = Lock::open_wide();
        let config = Config { listen: vec![address], shards, ..Config::default() };
        let clock = Arc::new(|| at(0));
        let started = Intake::start(&config, &[], lock.mask(), origin(), clock, bounded(1).0);
        let error = started.map(Intake::stop).unwrap_err();
        assert!(matches!(error, IntakeError::InUse { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains(&address.to_string()) && said.contains("set another address"));
    }
}

#[test]
fn a_second_copy_cannot_share_the_ports_unnoticed() {
    let station = Station::start(2, 1, &[]);
    let config = Config { listen: station.intake.addresses(), shards: 2, ..Config::default() };
    let lock = Lock::open_wide();
    let clock = Arc::new(|| at(0));
    let second = Intake::start(&config, &[], lock.mask(), origin(), clock, bounded(1).0);
    assert!(matches!(second, Err(IntakeError::InUse { .. })));
    station.intake.stop();
}

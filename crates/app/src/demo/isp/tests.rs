//! What the made-up exporters send is decoded by the real decoder and compared with what was made up.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ground::{
    Actor, Answer, Book, End, Entry, Gate, Ground, Journal, Known, MeasureName, Mode, NotDurable,
    Number, Origin, Pass, Record, Request, Setting, Signature, SignedOn,
};
use observe::flow::Decoder;
use observe::{DoubtReason, Exporter as Listed, Exporters, Intake};
use terms::{
    Act, AnswerId, Column, Day, ExporterId, Field, Fields, Person, Purpose, Source, Subject, Zone,
};

use super::*;
use crate::demo::addresses::Link;

/// A ledger that only counts.
#[derive(Default)]
struct Counted(AtomicU64);

impl Journal for Counted {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        Ok(AnswerId(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

const STATISTICS: &str = "13-su-take-statistics";

fn origin() -> Origin {
    Origin {
        measure: MeasureName::of(STATISTICS),
        source: Source::FlowExport,
        purpose: Purpose::RunNetwork,
        last_day: None,
    }
}

/// A gate, and its ground to count bytes by destination.
#[expect(clippy::disallowed_methods, reason = "a test makes its own gate")]
fn lock(at: Moment) -> (Gate, Ground) {
    let book = Arc::new(Book::compiled().unwrap());
    let gate = Gate::new(Arc::clone(&book), Arc::new(Counted::default()), Zone::TOKYO);
    let measure = book.measure(&MeasureName::of(STATISTICS)).unwrap();
    let person = |n: &str| Person(n.to_owned());
    let mut record = Record::default();
    for (&fact, &so) in &measure.requires {
        let role = fact.established_by()[0];
        let countersigned = fact.countersigned_by().map(|r| (person("countersigns"), r));
        let known = Known {
            so,
            person: person("establishes"),
            role,
            countersigned,
            at: at.wall,
            until: None,
            covers: None,
        };
        record.facts.learn(fact, known);
    }
    for (n, &role) in measure.signers.roles.iter().enumerate() {
        record.signatures.push(Signature {
            person: person(&format!("signs {n}")),
            role,
            at: at.wall,
            until: Some(at.wall.after(Span::days(1))),
            on: SignedOn::Measure(measure.name.clone(), measure.digest),
        });
    }
    for &number in Number::ALL {
        let (author, approver) = (person("proposes"), person("approves"));
        let (reason, day) = ("a test".to_owned(), Day::of(2026, 1, 1).unwrap());
        record.numbers.insert(number, Setting { value: 30.0, author, reason, day, approver });
    }
    record.modes.insert(measure.name.clone(), Mode::Automatic);
    let request = Request {
        actor: Actor { person: person("asks"), roles: Vec::new() },
        act: Act::Collect,
        purpose: Purpose::RunNetwork,
        fields: Fields::of(&[Field::DstAddress, Field::Bytes, Field::Packets, Field::Timestamp]),
        sources: vec![Source::FlowExport],
        subject: Subject::Network,
        end: End::At(at.after(Span::minutes(60))),
        case: None,
        only: None,
        claims: None,
        plan: None,
        observes: None,
        record,
    };
    match gate.ask(&request, at) {
        Answer::Granted(granted) => match granted.pass {
            Pass::Ground(ground) => (gate, ground),
            Pass::Warrant(_) | Pass::Observe => panic!("not a ground"),
        },
        other @ (Answer::Asks(_) | Answer::Refused(_)) => panic!("not granted: {other:?}"),
    }
}

fn listed() -> Vec<Listed> {
    let exporter = |l: &Link| Listed {
        name: l.exporter.to_owned(),
        address: l.address.into(),
        sampling: None,
    };
    LINKS.iter().chain([&CAPTURE]).map(exporter).collect()
}

fn at(mono: u64) -> Moment {
    let wall = Time::parse("2026-05-01T09:00Z").unwrap().after(Span(mono));
    Moment { wall, mono }
}

/// Bytes and packets times sampling rate, by exporter.
#[derive(Default)]
struct Decoded(BTreeMap<ExporterId, (f64, f64)>);

impl Decoded {
    fn take(
        &mut self,
        ground: &Ground,
        sealed: &ground::Sealed<terms::Flows>,
        at: Moment,
        within: &std::ops::Range<i64>,
    ) {
        let columns = ground.open(sealed, at).unwrap();
        let counts = |field| match columns.column(field) {
            Some(Column::Counts(counts)) => counts.to_vec(),
            other => panic!("{other:?}"),
        };
        let Some(Column::Times(starts, ends)) = columns.column(Field::Timestamp) else {
            panic!("no times")
        };
        for (start, end) in starts.iter().zip(ends) {
            assert!(start <= end && within.contains(&(columns.arrived().0 - end)));
        }
        let sum = self.0.entry(columns.exporter()).or_default();
        let (bytes, packets) = (counts(Field::Bytes), counts(Field::Packets));
        for ((bytes, packets), rate) in bytes.iter().zip(packets).zip(columns.sampling()) {
            assert_eq!(*rate, 100);
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let (bytes, packets) = (*bytes as f64, packets as f64);
            *sum = (sum.0 + bytes * f64::from(*rate), sum.1 + packets * f64::from(*rate));
        }
    }
}

#[test]
fn what_is_exported_decodes_to_what_was_made_up_in_every_scene() {
    let scenes = [
        Scene::Usual,
        Scene::FlashCrowd,
        Scene::Amplification,
        Scene::SynFlood,
        Scene::CarpetBombing,
    ];
    for scene in scenes {
        let (gate, ground) = lock(at(0));
        let exporters = Arc::new(Exporters::of(&listed()).unwrap());
        let mut decoder = Decoder::new(Arc::clone(&exporters), gate.mask(), origin());
        let mut world = World::of(Pace::demo(60), at(0));
        let mut twins: Vec<Traffic> = (0..LINKS.len()).map(|n| Traffic::of(n, SEED)).collect();
        world.scene = scene;
        let (mut made, mut decoded) = ([(0.0, 0.0); 3], Decoded::default());
        let mut most = 0;
        for mono in (200..=3_000).step_by(200) {
            for (n, twin) in twins.iter_mut().enumerate() {
                let phase = share(mono, Span::seconds(60));
                twin.tick(scene, phase, Span(200), |p| {
                    let octets = if n == 2 { (p.octets + 18).max(64) } else { p.octets };
                    made[n] = (made[n].0 + f64::from(octets), made[n].1 + 1.0);
                });
            }
            let now = at(mono);
            let datagrams = world.tick(now);
            most = most.max(datagrams.len());
            for (n, datagram) in datagrams {
                assert!(datagram.len() <= 1_400, "{} octets", datagram.len());
                let from = SocketAddr::from((LINKS[n].address, 4_000));
                for sealed in decoder.decode(&datagram, from, now) {
                    decoded.take(&ground, &sealed, now, &(-1_000..2_000));
                }
            }
            for sealed in decoder.flush(now, Span(0)) {
                decoded.take(&ground, &sealed, now, &(-1_000..2_000));
            }
        }
        assert!(most < 1_000, "{most} datagrams in a fifth of a second");
        for (n, (octets, packets)) in made.into_iter().enumerate() {
            let found = decoded.0[&ExporterId(u32::try_from(n).unwrap())];
            for (found, made) in [(found.0, octets), (found.1, packets)] {
                let off = (found / made - 1.0).abs();
                assert!(off < 0.1, "{scene:?}, link {n}: {found} decoded of {made}");
            }
        }
        for health in exporters.health().into_iter().take(3) {
            assert_eq!(health.octets, health.octets_read, "{health:?}");
            assert_eq!((health.undecodable.len(), health.repeated, health.restarts), (0, 0, 0));
            assert_eq!((health.lost_datagrams, health.lost_records), (0, 0));
            assert_eq!(health.sampling.map(|rate| rate.one_in), Some(100));
            assert!(health.doubtful.is_none());
        }
        let counters = exporters.counters();
        assert_eq!((counters[0].interface, counters[0].speed), (13, 1_000_000_000));
    }
}

#[test]
fn ticks_fall_in_the_same_places_of_every_second() {
    let mut world = World::of(Pace::demo(60), at(1_234));
    let mut ticks = Vec::new();
    for late in [0, 3, 150, 0, 0, 700, 0] {
        let now = at(world.next() + late);
        world.tick(now);
        ticks.push(now.mono - late);
    }
    assert_eq!(ticks, [1_410, 1_610, 1_810, 2_010, 2_210, 2_410, 3_210]);
}

#[test]
fn over_loopback_exporters_are_decoded_strangers_are_not_and_forgers_cause_doubt() {
    let clock = clock();
    let (gate, ground) = lock(clock());
    let (out, batches) = crossbeam_channel::bounded(10_000);
    let config = observe::Config {
        listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))],
        shards: 2,
        receive_buffer: 1 << 20,
    };
    let intake =
        Intake::start(&config, &listed(), gate.mask(), origin(), Arc::clone(&clock), out).unwrap();
    let to = intake.addresses()[0];
    let isp = Isp::start([to; 3], Arc::clone(&clock), Pace::demo(60)).unwrap();
    isp.play(Scene::SynFlood);
    let told = |least: u64| intake.health().iter().take(3).all(|h| h.records > least);
    until("three exporters are decoded", &clock, || told(200));
    assert!(intake.health().iter().all(|h| h.doubtful.is_none()));
    assert_eq!(intake.strangers(), 0);

    insist("a stranger is counted", &clock, || isp.stranger(), || intake.strangers() >= 3);
    assert_eq!(intake.stranger_addresses()[0].0, std::net::IpAddr::V4(STRANGER));
    let doubted = || intake.health()[0].doubtful.is_some();
    insist("border-1 is doubtful", &clock, || isp.forge(), doubted);
    let doubt = intake.health()[0].doubtful.map(|d| d.reason);
    let reasons = [DoubtReason::SequenceJump, DoubtReason::TwoSequences, DoubtReason::SecondPort];
    assert!(doubt.is_some_and(|d| reasons.contains(&d)), "{doubt:?}");
    assert!(intake.health()[1..].iter().all(|h| h.doubtful.is_none()));

    isp.stop();
    let mut decoded = Decoded::default();
    until("what was sent is there", &clock, || {
        let before = intake.health().iter().map(|h| h.datagrams).sum::<u64>();
        thread::yield_now();
        before == intake.health().iter().map(|h| h.datagrams).sum::<u64>()
    });
    intake.stop();
    for sealed in batches.try_iter() {
        // In real time a batch may have waited for its turn on a busy machine.
        decoded.take(&ground, &sealed, clock(), &(-60_000..60_000));
    }
    assert!(decoded.0.len() == 3 && decoded.0.values().all(|(bytes, _)| *bytes > 1e6));
}

#[test]
fn an_isp_that_is_dropped_sends_no_more() {
    let clock = clock();
    let listener = UdpSocket::bind("127.0.0.1:0").unwrap();
    listener.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let to = listener.local_addr().unwrap();
    let isp = Isp::start([to; 3], clock, Pace::demo(60)).unwrap();
    let mut datagram = [0; 1_500];
    listener.recv_from(&mut datagram).unwrap();
    drop(isp);
    // What was sent before is still there, or on its way; running, it would send five times a second.
    listener.set_read_timeout(Some(Duration::from_millis(600))).unwrap();
    let most = 1_000;
    let silent = (0..most).any(|_| listener.recv_from(&mut datagram).is_err());
    assert!(silent, "{most} datagrams, and no end");
}

#[expect(clippy::disallowed_methods, reason = "this test sends in real time")]
fn clock() -> observe::Clock {
    let began = std::time::Instant::now();
    Arc::new(move || at(u64::try_from(began.elapsed().as_millis()).unwrap()))
}

/// Polls for at most a minute.
fn until(what: &str, clock: &observe::Clock, so: impl Fn() -> bool) {
    let deadline = clock().mono + 60_000;
    while !so() {
        assert!(clock().mono < deadline, "never came: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Has it sent, and sent again every two seconds: a socket that is full throws datagrams away.
fn insist(what: &str, clock: &observe::Clock, send: impl Fn(), so: impl Fn() -> bool) {
    let again = std::cell::Cell::new(0);
    until(what, clock, || {
        if clock().mono >= again.get() {
            again.set(clock().mono + 2_000);
            send();
        }
        so()
    });
}

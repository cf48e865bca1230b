//! A made-up operator: a real desk on a temporary folder, a case under attack, a snapshot, a server.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use account::Account;
use console::{
    Band, Clock, Config, Console, Expected, Exporter, Kept, Ledger, Link, Mitigation, Peer,
    Snapshot, Source, Told, Undecodable,
};
use decide::{Command, Desk, Learnt, LineEntry, LineKind, Order, PersonEntry, Telemetry};
use ground::{Book, MeasureName, Origin, Role, Sealed};
use serde_json::{Value, json};
use tempfile::TempDir;
use terms::{
    CaseId, Class, ExporterId, Finding, FindingKind, IpNet, Line, MitigationId, Moment,
    OwnPrefixes, Purpose, Rates, Span, Text, Time, Traits,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What is attacked.
pub(crate) const TARGET: &str = "192.0.2.77";
/// Where the attack comes from.
pub(crate) const ATTACKER: &str = "203.0.113.9";
/// Everything that no page may name.
pub(crate) const ADDRESSES: &[&str] =
    &["192.0.2.", "203.0.113.", "198.51.100.", "2001:db8", "line-7"];

/// The operator.
pub(crate) struct House {
    pub(crate) desk: Arc<Mutex<Desk>>,
    pub(crate) snapshot: Arc<Mutex<Snapshot>>,
    now: Arc<AtomicI64>,
    pub(crate) folder: TempDir,
}

/// A server that runs.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), console::ServeError>>,
}

impl House {
    /// A quiet house: nothing signed, nothing found.
    pub(crate) fn quiet() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = Moment::replayed(Time::parse("2026-05-01T00:00:00Z").unwrap());
        let account = Account::open(&folder.path().join("data"), "test.example/ledger", at.wall);
        let net = |text: &str| text.parse::<IpNet>().unwrap();
        let person = |name: &str, role| PersonEntry { name: name.into(), roles: vec![role] };
        let config = decide::Config {
            people: vec![
                person("noc", Role::Operations),
                person("law", Role::Legal),
                person("abuse", Role::Desk),
            ],
            lines: vec![LineEntry {
                line: Line("line-7".into()),
                prefixes: vec![net("192.0.2.77/32")],
                kind: LineKind::Hosting,
            }],
            own: OwnPrefixes::of(vec![net("192.0.2.0/24"), net("2001:db8::/32")]).unwrap(),
            review_days: 90,
        };
        let book = Arc::new(Book::compiled().unwrap());
        let desk = Desk::open(Arc::new(account.unwrap()), book, config, at).unwrap();
        Self {
            desk: Arc::new(Mutex::new(desk)),
            snapshot: Arc::new(Mutex::new(Snapshot::default())),
            now: Arc::new(AtomicI64::new(at.wall.0)),
            folder,
        }
    }

    /// A house whose hosting line is attacked: traits are learnt and the law asks for more.
    pub(crate) fn attacked() -> Self {
        let house = Self::quiet();
        house.set_up();
        house.tick();
        let finding = Finding {
            kind: FindingKind::Destination,
            target: format!("{TARGET}/32").parse().unwrap(),
            since: house.at().wall.before(Span::seconds(30)),
            at: house.at().wall,
            seen: Rates { bits: 4e9, packets: 1e6 },
            expected: Rates { bits: 2e8, packets: 3e4 },
            class: Class::TcpSyn,
            share: 0.97,
            at_least_bits: 3.8e9,
            exporters: vec![ExporterId(0)],
        };
        let origin = Origin {
            measure: MeasureName::of("13-su-take-statistics"),
            source: terms::Source::Findings,
            purpose: Purpose::RunNetwork,
            last_day: None,
        };
        let sealed = Sealed::seal(finding, origin);
        let found = house.desk.lock().unwrap().found(&sealed, &[], house.at()).unwrap();
        assert_eq!(found, Some(CaseId(1)));
        house.tick();
        let orders = house.desk.lock().unwrap().orders();
        assert!(matches!(orders.as_slice(), [Order::Learn { case: CaseId(1), .. }]), "{orders:?}");
        let learnt = Learnt {
            destinations: vec![(format!("{TARGET}/32").parse().unwrap(), 1.0)],
            rules: vec![Traits {
                source: Some(format!("{ATTACKER}/32").parse().unwrap()),
                protocol: Some(6),
                ..Traits::default()
            }],
            coverage: Some(0.97),
            collateral: Some(0.01),
            sources: 1,
        };
        house.desk.lock().unwrap().learnt(CaseId(1), learnt, house.at()).unwrap();
        house.tick();
        *house.snapshot.lock().unwrap() = busy(house.at().wall);
        house
    }

    /// The present moment.
    pub(crate) fn at(&self) -> Moment {
        Moment::replayed(Time(self.now.load(Ordering::SeqCst)))
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, span: Span) {
        self.now.fetch_add(i64::try_from(span.0).unwrap(), Ordering::SeqCst);
    }

    /// The clock.
    pub(crate) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now);
        Arc::new(move || Moment::replayed(Time(now.load(Ordering::SeqCst))))
    }

    /// Somebody says something to the desk.
    pub(crate) fn say(&self, name: &str, command: Value) -> Value {
        let command: Command = serde_json::from_value(command).unwrap();
        self.desk.lock().unwrap().command(name, command, self.at()).unwrap()
    }

    /// Serves the pages.
    pub(crate) async fn serve(&self) -> Served {
        self.serve_by(self.clock()).await
    }

    /// Serves the pages by another clock.
    pub(crate) async fn serve_by(&self, clock: Clock) -> Served {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let snapshot = Arc::clone(&self.snapshot);
        let source: Source = Arc::new(move || snapshot.lock().unwrap().clone());
        let console = Console {
            config: Config { operator: Text::of("架空ネット", "Example Net") },
            book: Arc::new(Book::compiled().unwrap()),
            desk: Arc::clone(&self.desk),
            snapshot: source,
            clock,
        };
        let shutdown = async {
            let _ = stopped.await;
        };
        let task = tokio::spawn(console::serve(listener, console, shutdown));
        Served { address, stop, task }
    }

    /// The desk's second.
    fn tick(&self) {
        self.desk.lock().unwrap().tick(&Telemetry::default(), self.at()).unwrap();
    }

    /// What the standing measures take: numbers, switches, signatures, facts.
    fn set_up(&self) {
        let numbers = [
            ("statistics-days", 30.0),
            ("anomaly-band", 4.0),
            ("anomaly-floor-mbps", 100.0),
            ("impaired-percent", 90.0),
            ("block-minutes", 30.0),
            ("tell-hours", 24.0),
            ("fact-minutes", 60.0),
        ];
        for (number, value) in numbers {
            self.change(json!({ "change": "number", "number": number, "value": value }));
        }
        let switches = [
            ("13-su-take-statistics", "automatic"),
            ("17-chi-analyse-anomaly", "automatic"),
            ("04-e-a-block-while-impaired", "propose"),
        ];
        for (measure, mode) in switches {
            self.change(json!({ "change": "mode", "measure": measure, "mode": mode }));
        }
        for measure in ["13-su-take-statistics", "17-chi-analyse-anomaly"] {
            for name in ["noc", "law"] {
                self.say(name, json!({ "command": "sign-measure", "measure": measure }));
            }
        }
        self.say("noc", json!({ "command": "standing-fact", "fact": "own-business", "so": true }));
    }

    /// A change by two persons.
    fn change(&self, change: Value) {
        let proposed =
            self.say("noc", json!({ "command": "propose", "change": change, "reason": "test" }));
        let proposal = &proposed["proposal"];
        self.say("law", json!({ "command": "approve", "proposal": proposal }));
    }
}

impl Served {
    /// Stops the server, which must end by itself.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// What the app would say of a busy network.
fn busy(at: Time) -> Snapshot {
    Snapshot {
        exporters: vec![
            Exporter {
                name: "tokyo-1".into(),
                datagrams: 1_234_567,
                records: 30_000_000,
                lost: 12,
                undecodable: vec![Undecodable {
                    reason: "truncated".into(),
                    text: Text::of("途中で切れている", "cut short"),
                    times: 3,
                }],
                no_template: 4,
                dropped: 5,
                last_seen: Some(at),
                sampling: Some(Text::of("1000分の1（テンプレート）", "1 in 1000 (template)")),
                doubtful: None,
            },
            Exporter {
                name: "osaka <\"2\">".into(),
                doubtful: Some(Text::of("送信元ポートが二つ", "a second source port in use")),
                ..Exporter::default()
            },
        ],
        strangers: 77,
        bands: vec![
            Band {
                label: "hosting-1".into(),
                seen: 4e9,
                expected: Some(Expected { low: 5e7, high: 2e8 }),
            },
            Band { label: "pool-1".into(), seen: 1.5e8, expected: None },
        ],
        mitigations: vec![Mitigation {
            id: MitigationId(3),
            case: CaseId(1),
            rules: 2,
            ends: at.after(Span::minutes(30)),
            peers: vec![Told {
                peer: "edge-1".into(), state: Text::of("確認済み", "confirmed")
            }],
        }],
        dry_run: true,
        peers: vec![Peer {
            name: "edge-1".into(),
            up: true,
            state: Text::of("確立", "established"),
            since: at,
            announced: 2,
        }],
        links: vec![Link { name: "transit-1".into(), used: 91.25 }],
        ledger: Ledger {
            entries: 42,
            root: "9f86d081".into(),
            checkpoint: Some(at),
            witnessed: false,
        },
        kept: vec![Kept { source: terms::Source::Statistics, count: 1_440 }],
        warnings: vec![Text::of("外部の証人がいない", "no outside witness is set")],
    }
}

//! An operator made for tests: a ledger in a temporary folder, a desk, a person in every role.

use std::sync::{Arc, LazyLock};

use account::Account;
use decide::{
    Change, Command, Config, Desk, DeskError, Learnt, LineEntry, LineKind, Order, PersonEntry,
    ProposalId, Telemetry,
};
use ground::{Book, Fact, MeasureName, Mode, Number, Role};
use serde_json::Value;
use terms::{
    CaseId, Class, ExporterId, Finding, FindingKind, IpNet, Line, Moment, OwnPrefixes, PortRange,
    Rates, Source, Span, Time, Traits,
};

/// The book compiled in.
pub(crate) fn book() -> Arc<Book> {
    static BOOK: LazyLock<Arc<Book>> = LazyLock::new(|| Arc::new(Book::compiled().unwrap()));
    Arc::clone(&BOOK)
}

/// When tests begin.
pub(crate) fn start() -> Moment {
    Moment::replayed(Time::parse("2026-05-01T09:00Z").unwrap())
}

pub(crate) fn net(text: &str) -> IpNet {
    text.parse().unwrap()
}

/// The addresses of the two lines, and a pool.
pub(crate) const LINE_7: &str = "203.0.113.130/32";
pub(crate) const LINE_9: &str = "203.0.113.140/32";
pub(crate) const POOL: &str = "203.0.113.0/25";

/// One person in each role, called by its word; a second one in operations, and `both` in two.
fn people() -> Vec<PersonEntry> {
    let one = |role: &Role| PersonEntry { name: role.word().into(), roles: vec![*role] };
    let more = [
        ("operations-2", vec![Role::Operations]),
        ("legal-2", vec![Role::Legal]),
        ("both", vec![Role::Operations, Role::Legal]),
    ];
    let more = more.into_iter().map(|(name, roles)| PersonEntry { name: name.into(), roles });
    Role::ALL.iter().map(one).chain(more).collect()
}

fn config() -> Config {
    let line = |name: &str, net: &str| LineEntry {
        line: Line(name.into()),
        prefixes: vec![self::net(net)],
        kind: LineKind::Static,
    };
    Config {
        people: people(),
        lines: vec![line("line-7", LINE_7), line("line-9", LINE_9)],
        own: OwnPrefixes::of(vec![net("203.0.113.0/24")]).unwrap(),
        review_days: 365,
    }
}

/// The operator.
pub(crate) struct House {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) account: Arc<Account>,
    pub(crate) desk: Desk,
    pub(crate) at: Moment,
    pub(crate) telemetry: Telemetry,
}

impl House {
    /// A new operator, where nobody has done anything yet.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (account, desk) = open(&folder, start()).unwrap();
        Self { folder, account, desk, at: start(), telemetry: Telemetry::default() }
    }

    /// An operator whose people have begun: numbers, acceptance, switches, signatures.
    pub(crate) fn begun() -> Self {
        let mut house = Self::bare();
        for (number, value) in NUMBERS {
            house.two(Change::Number { number, value });
        }
        house.two(Change::Accept { measure: measure("90-hold-briefly") });
        for name in SWITCHED {
            house.two(Change::Mode { measure: measure(name), mode: Mode::Propose });
        }
        house.says("operations", Command::StandingFact { fact: Fact::OwnBusiness, so: true });
        for name in &SWITCHED[..3] {
            for person in ["legal", "operations"] {
                house.says(person, Command::SignMeasure { measure: measure(name) });
            }
        }
        house.pass(Span::seconds(1));
        house
    }

    /// Ends the program without a word, and starts it again with what is on disk.
    pub(crate) fn reopened(self) -> Result<Self, DeskError> {
        let Self { folder, account, desk, at, telemetry } = self;
        drop((desk, account));
        let (account, desk) = open(&folder, at)?;
        Ok(Self { folder, account, desk, at, telemetry })
    }

    /// What the desk says to a command.
    pub(crate) fn tries(&mut self, person: &str, command: Command) -> Result<Value, DeskError> {
        self.desk.command(person, command, self.at)
    }

    /// A command that must be carried out.
    pub(crate) fn says(&mut self, person: &str, command: Command) -> Value {
        let shown = format!("{command:?}");
        self.tries(person, command).unwrap_or_else(|e| panic!("{person}: {shown}: {e}"))
    }

    /// Operations proposes, legal approves.
    pub(crate) fn two(&mut self, change: Change) {
        let reason = "measured over four weeks".to_owned();
        let proposed = self.says("operations", Command::Propose { change, reason });
        self.says("legal", Command::Approve { proposal: proposal(&proposed) });
    }

    /// Time passes; the desk moves on every second, and its orders are carried out.
    pub(crate) fn pass(&mut self, span: Span) {
        for _ in 0..(span.0 / 1000).max(1) {
            self.at = self.at.after(Span::seconds(1));
            self.move_on();
        }
    }

    /// The desk moves on once.
    pub(crate) fn move_on(&mut self) {
        self.desk.tick(&self.telemetry, self.at).unwrap();
        for order in self.desk.orders() {
            match order {
                Order::Learn { case, target, .. } => {
                    self.desk.learnt(case, learnt(target), self.at).unwrap();
                }
                Order::Apply(case, permitted) => {
                    let (measure, answer) = (permitted.measure().clone(), permitted.answer());
                    let done = Ok((measure, answer, permitted.until().wall));
                    self.desk.applied(case, permitted.plan().id, done, self.at).unwrap();
                }
                Order::WithdrawAll => {
                    let in_force: Vec<_> = self
                        .desk
                        .cases()
                        .filter_map(|c| Some((c.id, c.mitigated.as_ref()?.id)))
                        .collect();
                    for (case, id) in in_force {
                        let why = terms::Text::of("全停止", "everything was stopped");
                        self.desk.withdrawn(case, id, why, self.at).unwrap();
                    }
                }
                Order::Withdraw(..)
                | Order::LearnAnew(_)
                | Order::Exporters(_)
                | Order::Trust(_) => {}
            }
        }
    }

    /// The detector finds an attack at `target`; the desk moves on until it asks for a block.
    pub(crate) fn attacked(&mut self, target: &str) -> CaseId {
        let id = self.finds(net(target), &[]).expect("a case");
        self.pass(Span::seconds(2));
        id
    }

    /// The detector finds an attack; `None` when nobody may look.
    pub(crate) fn finds(&mut self, target: IpNet, doubtful: &[ExporterId]) -> Option<CaseId> {
        let ground = self.desk.grounds().statistics?;
        let sealed = ground.seal(finding(target, self.at.wall), Source::Findings, None);
        self.desk.found(&sealed, doubtful, self.at).unwrap()
    }

    /// How far the busiest link is used.
    pub(crate) fn load(&mut self, percent: f64) {
        self.telemetry.busiest = Some(("transit".into(), percent));
    }

    /// Every entry of the ledger.
    pub(crate) fn entries(&self) -> Vec<Value> {
        let entries = self.account.entries(0, u64::MAX).unwrap();
        entries.iter().map(|e| serde_json::from_str(e).unwrap()).collect()
    }

    /// One case.
    pub(crate) fn case(&self, id: CaseId) -> &decide::Case {
        self.desk.case(id).unwrap()
    }
}

fn open(folder: &tempfile::TempDir, at: Moment) -> Result<(Arc<Account>, Desk), DeskError> {
    let data = folder.path().join("data");
    let account = Arc::new(Account::open(&data, "sekisho.example/desk", at.wall).unwrap());
    let desk = Desk::open(Arc::clone(&account), book(), config(), at)?;
    Ok((account, desk))
}

pub(crate) const NUMBERS: [(Number, f64); 10] = [
    (Number::StatisticsDays, 30.0),
    (Number::HoldMinutes, 3.0),
    (Number::AnomalyBand, 6.0),
    (Number::AnomalyFloor, 20.0),
    (Number::ImpairedPercent, 90.0),
    (Number::RiskPercent, 75.0),
    (Number::BlockMinutes, 10.0),
    (Number::FactMinutes, 30.0),
    (Number::SignedWithinMinutes, 15.0),
    (Number::TellHours, 24.0),
];

pub(crate) const SWITCHED: [&str; 8] = [
    "13-su-take-statistics",
    "90-hold-briefly",
    "17-chi-analyse-anomaly",
    "01-a-analyse-at-victims-request",
    "01-a-block-attack-traffic",
    "02-i-block-at-victims-request",
    "04-e-a-block-while-impaired",
    "04-e-b-block-at-risk",
];

pub(crate) fn measure(name: &str) -> MeasureName {
    MeasureName::of(name)
}

pub(crate) fn proposal(proposed: &Value) -> ProposalId {
    ProposalId(proposed["proposal"].as_u64().expect("the number of a proposal"))
}

/// What was learnt of an attack at `target`.
pub(crate) fn learnt(target: IpNet) -> Learnt {
    let ports = vec![PortRange { first: 80, last: 80 }];
    let rules = vec![Traits { protocol: Some(6), dst_ports: ports, ..Traits::default() }];
    let (coverage, collateral) = (Some(0.96), Some(0.01));
    Learnt { destinations: vec![(target, 1.0)], rules, coverage, collateral, sources: 300 }
}

fn finding(target: IpNet, at: Time) -> Finding {
    Finding {
        kind: FindingKind::Destination,
        target,
        since: at.before(Span::seconds(20)),
        at,
        seen: Rates { bits: 2e9, packets: 4e5 },
        expected: Rates { bits: 1e7, packets: 2e3 },
        class: Class::TcpSyn,
        share: 0.98,
        at_least_bits: 1.8e9,
        exporters: vec![ExporterId(0)],
    }
}

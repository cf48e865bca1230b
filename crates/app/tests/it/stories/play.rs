//! Playing a story: the real desk, ledger and dry-run actuator in one thread, and a clock the story turns.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use account::Account;
use act::Actuator;
use decide::{Change, Command, Desk, DeskError, Learnt, Order, ProposalId, Telemetry};
use ground::{Book, Fact, MeasureName, Mode};
use serde_json::Value;
use terms::{
    CaseId, Class, ExporterId, Finding, FindingKind, IpNet, Moment, Rates, Source, Span, Text, Time,
};

use super::words::{Deed, Step, Story};
use super::world;

static BOOK: LazyLock<Arc<Book>> =
    LazyLock::new(|| Arc::new(Book::compiled().expect("the book of measures")));

/// A moment between two lines; as often as the program's own desk moves on.
const STEP: Span = Span(200);
/// At most so many moves of the desk while a length of time passes.
const MOVES: u64 = 400;

/// An attack that goes on.
struct Attack {
    class: Class,
    target: IpNet,
    exporter: ExporterId,
    since: Time,
}

/// One operator whose day the story tells.
pub(crate) struct Play {
    pub(crate) folder: tempfile::TempDir,
    story: Story,
    now: Moment,
    clock: Arc<Mutex<Moment>>,
    pub(crate) account: Arc<Account>,
    pub(crate) desk: Desk,
    pub(crate) actuator: Actuator,
    telemetry: Telemetry,
    attacks: Vec<Attack>,
    doubtful: Vec<ExporterId>,
    learns: bool,
    /// What the last command gave.
    pub(crate) said: Value,
}

/// What the program is made of; lost together when it ends.
type Program = (Arc<Account>, Desk, Actuator);

impl Play {
    /// A new operator, whose clock is at the story's first time.
    pub(crate) fn begin(story: &Story) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let first = story.steps.first().map(|(_, step)| step);
        let Some(Step::At(first)) = first else {
            return Err(format!("{}: a story begins with `at TIME`", story.file));
        };
        let now = Moment::replayed(*first);
        let clock = Arc::new(Mutex::new(now));
        let (account, desk, actuator) = start(folder.path().join("data"), story, now, &clock)?;
        let (telemetry, said) = (Telemetry::default(), Value::Null);
        Ok(Self {
            folder,
            story: story.clone(),
            now,
            clock,
            account,
            desk,
            actuator,
            telemetry,
            attacks: Vec::new(),
            doubtful: Vec::new(),
            learns: true,
            said,
        })
    }

    /// Plays one line, then lets a moment pass.
    pub(crate) fn step(mut self, step: &Step) -> Result<Self, String> {
        match step {
            Step::At(time) if *time < self.now.wall => {
                return Err(format!("it is {} already", self.now.wall.rfc3339()));
            }
            Step::At(time) => self.pass(time.since(self.now.wall))?,
            Step::After(span) => self.pass(*span)?,
            Step::AfterTheEnd => self.pass(Span::minutes(world::BLOCK_MINUTES))?,
            Step::AfterTheReview => self.pass(Span::days(world::REVIEW_DAYS.into()))?,
            Step::SetBack(span) => {
                self.now.wall = self.now.wall.before(*span);
                let by = i64::try_from(span.0).unwrap_or(i64::MAX);
                self.desk.clock_jumped(-by, self.now).map_err(chain)?;
            }
            Step::Begin => self.everybody_begins()?,
            Step::Does(deed) => self.said = self.does(deed)?,
            Step::Attack { class, target, exporter } => self.attacks.push(Attack {
                class: *class,
                target: *target,
                exporter: ExporterId(*exporter),
                since: self.now.wall,
            }),
            Step::Calm(target) => {
                self.attacks.retain(|a| a.target != *target);
                if self.desk.grounds().statistics.is_some() {
                    self.desk.calmed(target, self.now).map_err(chain)?;
                }
            }
            Step::Load(percent) => self.telemetry.busiest = Some(("transit".into(), *percent)),
            Step::Doubt(exporter, doubtful) => {
                self.doubtful.retain(|e| e.0 != *exporter);
                self.doubtful.extend(doubtful.then_some(ExporterId(*exporter)));
            }
            Step::Learnt(something) => self.learns = *something,
            Step::Restart => self = self.restart()?,
            Step::Expect(expect) => return self.expect(expect),
        }
        // Long enough for a link that falls below its limit to count as below.
        for _ in 0..3 {
            self.pass(STEP)?;
        }
        Ok(self)
    }

    /// Time passes: the desk moves on, and what it orders is carried out.
    pub(crate) fn pass(&mut self, span: Span) -> Result<(), String> {
        let moves = (span.0 / STEP.0).clamp(1, MOVES);
        let (length, rest) = (span.0 / moves, span.0 % moves);
        for n in 0..moves {
            let more = if n == 0 { rest } else { 0 };
            self.now = self.now.after(Span(length + more));
            *self.clock.lock().expect("the clock") = self.now;
            self.move_on()?;
        }
        Ok(())
    }

    fn move_on(&mut self) -> Result<(), String> {
        for n in 0..self.attacks.len() {
            self.find(n)?;
        }
        self.desk.tick(&self.telemetry, self.now).map_err(chain)?;
        for order in self.desk.orders() {
            self.carry_out(order).map_err(chain)?;
        }
        self.actuator.sweep(self.now);
        self.holds_together()
    }

    /// What the detector says of an attack that goes on, sealed as it seals.
    fn find(&mut self, n: usize) -> Result<(), String> {
        let Some(ground) = self.desk.grounds().statistics else { return Ok(()) };
        let attack = &self.attacks[n];
        let carpet = attack.target.prefix_len() < attack.target.max_prefix_len();
        let finding = Finding {
            kind: if carpet { FindingKind::Carpet } else { FindingKind::Destination },
            target: attack.target,
            since: attack.since,
            at: self.now.wall,
            seen: Rates { bits: 2e9, packets: 4e5 },
            expected: Rates { bits: 1e7, packets: 2e3 },
            class: attack.class,
            share: 0.98,
            at_least_bits: 1.8e9,
            exporters: vec![attack.exporter],
        };
        let sealed = ground.seal(finding, Source::Findings, None);
        self.desk.found(&sealed, &self.doubtful, self.now).map_err(chain)?;
        Ok(())
    }

    fn carry_out(&mut self, order: Order) -> Result<(), DeskError> {
        let at = self.now;
        match order {
            Order::Learn { case, ground, target, .. } => {
                assert!(!ground.is_over(at), "nobody studies under a ground that has ended");
                let attack = self.attacks.iter().find(|a| a.target == target);
                match attack.filter(|_| self.learns) {
                    Some(attack) => {
                        let learnt = Learnt {
                            destinations: vec![(target, 1.0)],
                            rules: vec![world::traits(attack.class)],
                            coverage: Some(0.97),
                            collateral: Some(0.001),
                            sources: 4_000,
                        };
                        self.desk.learnt(case, learnt, at)?;
                    }
                    None => self.desk.learnt_nothing(case, at),
                }
            }
            Order::Apply(case, permitted) => {
                let (id, until) = (permitted.plan().id, permitted.until().wall);
                let (measure, answer) = (permitted.measure().clone(), permitted.answer());
                let done = self.actuator.apply(permitted, at);
                let done = done.map(|_| (measure, answer, until)).map_err(|e| e.to_string());
                self.desk.applied(case, id, done, at)?;
            }
            Order::Withdraw(_, id) => {
                let _stood = self.actuator.withdraw(id);
            }
            Order::WithdrawAll => {
                self.actuator.withdraw_all();
                let in_force: Vec<_> = self
                    .desk
                    .cases()
                    .filter_map(|c| Some((c.id, c.mitigated.as_ref()?.id)))
                    .collect();
                for (case, id) in in_force {
                    let why = Text::of("全停止により解除。", "Withdrawn: everything was stopped.");
                    self.desk.withdrawn(case, id, why, at)?;
                }
            }
            // What goes on is the usual from now on.
            Order::LearnAnew(target) => self.attacks.retain(|a| a.target != target),
            // Nobody here exports.
            Order::Exporters(_) | Order::Trust(_) => {}
        }
        Ok(())
    }

    /// What must be so at any moment of any story.
    fn holds_together(&self) -> Result<(), String> {
        let standing: Vec<_> = self.actuator.standing().iter().map(|s| s.id).collect();
        let mut known: Vec<_> =
            self.desk.cases().filter_map(|c| Some(c.mitigated.as_ref()?.id)).collect();
        known.sort_unstable();
        if standing != known {
            return Err(format!("{standing:?} stand at the actuator, the desk says {known:?}"));
        }
        let left = self.desk.cases().find(|c| c.closed && c.mitigated.is_some());
        if let Some(case) = left {
            return Err(format!("case {} is closed with a mitigation in force", case.id));
        }
        let grounds = self.desk.grounds();
        let decodes = !self.desk.mask().fields().is_empty();
        if decodes && grounds.statistics.is_none() && grounds.hold.is_none() {
            return Err("something is decoded without a standing ground".into());
        }
        Ok(())
    }

    /// What a person does; what the desk says to it.
    pub(crate) fn does(&mut self, deed: &Deed) -> Result<Value, String> {
        let at = self.now;
        match deed {
            Deed::Says(person, command) => {
                self.desk.command(person, command.clone(), at).map_err(chain)
            }
            Deed::Answers { token, yes } => {
                self.desk.link_text(token, at).map_err(chain)?;
                self.desk.answer_link(token, *yes, at).map_err(chain)
            }
            Deed::Two { author, approver, change } => {
                let propose =
                    Command::Propose { change: change.clone(), reason: "the story says so".into() };
                let proposed = self.desk.command(author, propose, at).map_err(chain)?;
                let id = ProposalId(proposed["proposal"].as_u64().unwrap_or(0));
                self.desk.command(approver, Command::Approve { proposal: id }, at).map_err(chain)
            }
        }
    }

    fn everybody_begins(&mut self) -> Result<(), String> {
        let two = |author: &str, approver: &str, change| Deed::Two {
            author: author.into(),
            approver: approver.into(),
            change,
        };
        let (law, noc) = (world::LEGAL, world::NOC);
        let mut deeds = Vec::new();
        for (number, value) in world::NUMBERS {
            deeds.push(two(noc, law, Change::Number { number, value }));
        }
        let measure = MeasureName::of("90-hold-briefly");
        deeds.push(two(law, noc, Change::Accept { measure }));
        for name in world::SWITCHED {
            let measure = MeasureName::of(name);
            deeds.push(two(noc, law, Change::Mode { measure, mode: Mode::Propose }));
        }
        let business = Command::StandingFact { fact: Fact::OwnBusiness, so: true };
        deeds.push(Deed::Says(noc.into(), business));
        for name in &world::SWITCHED[..3] {
            for person in [law, noc] {
                let measure = MeasureName::of(name);
                deeds.push(Deed::Says(person.into(), Command::SignMeasure { measure }));
            }
        }
        for deed in &deeds {
            self.does(deed)?;
        }
        Ok(())
    }

    /// The program ends without a word, and is started again with what is on disk.
    fn restart(self) -> Result<Self, String> {
        let Self { account, desk, actuator, .. } = self;
        drop((desk, actuator, account));
        let data = self.folder.path().join("data");
        let (account, desk, actuator) = start(data, &self.story, self.now, &self.clock)?;
        Ok(Self { account, desk, actuator, ..self })
    }

    /// One case.
    pub(crate) fn case(&self, id: CaseId) -> Result<&decide::Case, String> {
        self.desk.case(id).ok_or_else(|| format!("there is no case {id}"))
    }
}

fn start(
    data: PathBuf,
    story: &Story,
    now: Moment,
    clock: &Arc<Mutex<Moment>>,
) -> Result<Program, String> {
    let account = Account::open(&data, "sekisho.example/stories", now.wall);
    let account = Arc::new(account.map_err(chain)?);
    let config = world::settings(&story.people);
    let desk = Desk::open(Arc::clone(&account), Arc::clone(&BOOK), config, now).map_err(chain)?;
    let clock = Arc::clone(clock);
    let clock: act::Clock = Arc::new(move || *clock.lock().expect("the clock"));
    let actuator = Actuator::start(None, clock).map_err(chain)?;
    Ok((account, desk, actuator))
}

/// An error with its causes.
pub(crate) fn chain(error: impl core::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

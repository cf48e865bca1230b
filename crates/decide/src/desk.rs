//! The desk itself: it takes in findings and people's words, asks the gate, and hands on orders.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use account::{Account, Kind, Leaf, Safe};
use ground::{Answer, Book, Digest, Gate, Ground, Mask, Pass, Permitted, Sealed};
use serde::{Deserialize, Serialize};
use terms::IpNet;
use terms::{Act, CaseId, Finding, Mitigation, MitigationId, Moment, Person, Purpose, Source};
use terms::{Text, Time, Traits, Zone};

use crate::people::system;
use crate::standing::StandingEvent;
use crate::{Case, CaseEvent, Config, DeskError, How, Spoken, Standing, speak};

/// What was learnt of an attack by machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learnt {
    /// Destinations that carry the attack, with their share of it; one when it is one.
    pub destinations: Vec<(IpNet, f64)>,
    /// The narrowest rules found.
    pub rules: Vec<Traits>,
    /// Share of the attack's bytes the rules match.
    pub coverage: f64,
    /// Share of the target's usual bytes the rules would match.
    pub collateral: f64,
    /// Number of sources seen.
    pub sources: u64,
}

/// What the desk wants carried out by others.
#[derive(Debug)]
pub enum Order {
    /// Learn the traits of the attack in this case, with this ground.
    Learn {
        /// The case.
        case: CaseId,
        /// Opens findings, statistics and held flows of the target.
        ground: Arc<Ground>,
        /// What is attacked.
        target: IpNet,
        /// Since when.
        since: Time,
    },
    /// Carry this out.
    Apply(CaseId, Permitted<Mitigation>),
    /// Withdraw this.
    Withdraw(CaseId, MitigationId),
    /// Withdraw everything.
    WithdrawAll,
    /// The list of allowed exporters was changed by two persons.
    Exporters(Vec<(String, std::net::IpAddr)>),
    /// An exporter is trusted again.
    Trust(String),
}

/// What telemetry says of own equipment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Telemetry {
    /// The busiest link with a known capacity, and its use in per cent.
    pub busiest: Option<(String, f64)>,
}

/// The standing grounds in force.
#[derive(Debug, Clone, Default)]
pub struct StandingGrounds {
    /// For statistics (ス).
    pub statistics: Option<Arc<Ground>>,
    /// For keeping statistics.
    pub keep: Option<Arc<Ground>>,
    /// For holding the last minutes.
    pub hold: Option<Arc<Ground>>,
}

/// The desk. One in a process; it holds the gate.
pub struct Desk {
    pub(crate) account: Arc<Account>,
    pub(crate) gate: Gate,
    pub(crate) book: Arc<Book>,
    pub(crate) config: Config,
    pub(crate) standing: Standing,
    pub(crate) cases: BTreeMap<CaseId, Case>,
    pub(crate) zone: Zone,
    pub(crate) orders: Vec<Order>,
    /// Cases for which something changed, so that the gate is asked again.
    pub(crate) stirred: BTreeSet<CaseId>,
    pub(crate) grounds: StandingGrounds,
    /// Whether the standing measures are to be asked for again.
    pub(crate) standing_stirred: bool,
    /// When they may be asked for again without anything having changed.
    pub(crate) standing_next: Time,
    /// What the gate last said to each standing request.
    pub(crate) standing_words: BTreeMap<Act, Spoken>,
    /// Number of the last mitigation planned.
    pub(crate) next_mitigation: u64,
}

impl Desk {
    /// Takes up the desk where the store left it. Mitigations that were in force are asked for
    /// again; what is not granted stays withdrawn.
    ///
    /// # Errors
    /// When the store does not read.
    pub fn open(
        account: Arc<Account>,
        book: Arc<Book>,
        config: Config,
        at: Moment,
    ) -> Result<Self, DeskError> {
        let zone = Zone::TOKYO;
        let journal: Arc<dyn ground::Journal> = Arc::clone(&account) as Arc<dyn ground::Journal>;
        #[expect(clippy::disallowed_methods, reason = "this is the one gate")]
        let gate = Gate::new(Arc::clone(&book), journal, zone);
        let mut standing = Standing::default();
        for (when, event) in read(&account, STANDING)? {
            standing.happen(&book, when, event);
        }
        let mut cases = BTreeMap::new();
        for stream in account.streams(CASE)? {
            let Some(id) = stream.strip_prefix(CASE).and_then(|n| n.parse().ok()).map(CaseId)
            else {
                continue;
            };
            cases.extend(Case::replay(id, read(&account, &stream)?).map(|case| (id, case)));
        }
        let last = |c: &Case| c.history.iter().filter_map(|(_, e)| planned(e)).max();
        let next_mitigation = cases.values().filter_map(last).max().unwrap_or(0);
        let mut desk = Self {
            account,
            gate,
            book,
            config,
            standing,
            cases,
            zone,
            orders: Vec::new(),
            stirred: BTreeSet::new(),
            grounds: StandingGrounds::default(),
            standing_stirred: true,
            standing_next: at.wall,
            standing_words: BTreeMap::new(),
            next_mitigation,
        };
        desk.take_up(at)?;
        Ok(desk)
    }

    /// The mask for decoders.
    #[must_use]
    pub fn mask(&self) -> Arc<Mask> {
        self.gate.mask()
    }
    /// The standing grounds in force.
    #[must_use]
    pub fn grounds(&self) -> StandingGrounds {
        self.grounds.clone()
    }
    /// What stands apart from any case.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }
    /// All cases.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }
    /// One case.
    #[must_use]
    pub fn case(&self, id: CaseId) -> Option<&Case> {
        self.cases.get(&id)
    }
    /// The book of measures.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }
    /// Takes what is to be carried out.
    pub fn orders(&mut self) -> Vec<Order> {
        core::mem::take(&mut self.orders)
    }
    /// What the gate last said to the standing requests.
    #[must_use]
    pub fn standing_words(&self) -> &BTreeMap<Act, Spoken> {
        &self.standing_words
    }

    /// Takes in a finding. Noticing it is part of the standing statistics (ス); studying it is an
    /// act of its own (チ).
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn found(
        &mut self,
        sealed: &Sealed<Finding>,
        doubtful: bool,
        at: Moment,
    ) -> Result<Option<CaseId>, DeskError> {
        let Some(ground) = self.grounds.statistics.clone() else { return Ok(None) };
        let Ok(finding) = ground.read(sealed, at) else { return Ok(None) };
        let finding = finding.clone();
        let open = self
            .cases
            .values()
            .find(|c| !c.closed && same_attack(&c.target, &finding.target))
            .map(|c| c.id);
        let id = match open {
            Some(id) => id,
            None => self.open_case(How::Found, finding.target, &system(), at)?,
        };
        let first = self.cases.get(&id).is_none_or(|c| c.finding.is_none() || c.calm);
        let fresh = self
            .cases
            .get(&id)
            .and_then(|c| c.finding.as_ref())
            .is_none_or(|f| finding.at.since(f.at).0 >= 10_000);
        let doubt_changed = self.cases.get(&id).is_some_and(|c| c.doubtful != doubtful);
        if first || fresh || doubt_changed {
            let doubtful = doubtful || self.cases.get(&id).is_some_and(|c| c.doubtful);
            self.note(id, CaseEvent::Finding { finding, doubtful }, at)?;
        }
        if first || doubt_changed {
            self.stirred.insert(id);
        }
        Ok(Some(id))
    }

    /// The attack on `target` has ended.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn calmed(&mut self, target: &IpNet, at: Moment) -> Result<(), DeskError> {
        let calmed: Vec<CaseId> = self
            .cases
            .values()
            .filter(|c| {
                !c.closed && !c.calm && c.finding.is_some() && same_attack(&c.target, target)
            })
            .map(|c| c.id)
            .collect();
        for id in calmed {
            self.note(id, CaseEvent::Calm, at)?;
            self.stirred.insert(id);
        }
        Ok(())
    }

    /// Takes in what was learnt for an [`Order::Learn`].
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn learnt(&mut self, id: CaseId, learnt: Learnt, at: Moment) -> Result<(), DeskError> {
        self.note(id, CaseEvent::Learnt { learnt }, at)?;
        self.stirred.insert(id);
        Ok(())
    }

    /// Notes how an [`Order::Apply`] went.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn applied(
        &mut self,
        case: CaseId,
        id: MitigationId,
        done: Result<(ground::MeasureName, terms::AnswerId, Time), String>,
        at: Moment,
    ) -> Result<(), DeskError> {
        let (kind, event, measure) = match done {
            Ok((measure, answer, until)) => {
                (Kind::Applied, CaseEvent::Applied { id, answer, until }, Some(measure))
            }
            Err(why) => (Kind::Failed, CaseEvent::NotApplied { id, why }, None),
        };
        let mut leaf =
            self.leaf(kind, Some(case), &system().person, at).with("mitigation", number(id.0));
        leaf.measure = measure;
        self.account.book(&leaf, &[])?;
        self.note(case, event, at)
    }

    /// Notes that a mitigation was withdrawn, and why.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn withdrawn(
        &mut self,
        case: CaseId,
        id: MitigationId,
        why: Text,
        at: Moment,
    ) -> Result<(), DeskError> {
        let in_force =
            self.cases.get(&case).and_then(|c| c.mitigated.as_ref()).is_some_and(|m| m.id == id);
        if in_force {
            let leaf = self
                .leaf(Kind::Withdrawn, Some(case), &system().person, at)
                .with("mitigation", number(id.0));
            self.account.book(&leaf, &[])?;
            self.note(case, CaseEvent::Withdrawn { id, why }, at)?;
            self.stirred.insert(case);
        }
        Ok(())
    }

    /// Stops everything: withdraws every mitigation, ends every ground, opens nothing more.
    pub(crate) fn halt(&mut self, at: Moment) {
        self.gate.halt(at);
        self.grounds = StandingGrounds::default();
        self.orders.push(Order::WithdrawAll);
    }

    /// Opens a case.
    pub(crate) fn open_case(
        &mut self,
        how: How,
        target: IpNet,
        actor: &ground::Actor,
        at: Moment,
    ) -> Result<CaseId, DeskError> {
        let id = CaseId(self.cases.keys().next_back().map_or(1, |last| last.0 + 1));
        let mut leaf = self.leaf(Kind::CaseOpened, Some(id), &actor.person, at);
        leaf.roles.clone_from(&actor.roles);
        self.account.book(&leaf, &[("whom", target.to_string().as_bytes())])?;
        let event = CaseEvent::Opened { how, target };
        write(&self.account, &stream_of(id), at.wall, &event)?;
        self.cases.extend(Case::replay(id, vec![(at.wall, event)]).map(|case| (id, case)));
        self.stirred.insert(id);
        Ok(id)
    }

    /// Writes an event of a case down, then takes it in.
    pub(crate) fn note(
        &mut self,
        id: CaseId,
        event: CaseEvent,
        at: Moment,
    ) -> Result<(), DeskError> {
        write(&self.account, &stream_of(id), at.wall, &event)?;
        if let Some(case) = self.cases.get_mut(&id) {
            case.happen(at.wall, event);
        }
        Ok(())
    }

    /// Writes a standing event down, then takes it in; every open case may be touched by it.
    pub(crate) fn stand_by(&mut self, event: StandingEvent, at: Moment) -> Result<(), DeskError> {
        write(&self.account, STANDING, at.wall, &event)?;
        self.standing_stirred |= event.touches_measures();
        self.standing.happen(&self.book, at.wall, event);
        self.stirred.extend(self.cases.values().filter(|c| !c.closed).map(|c| c.id));
        Ok(())
    }

    /// A leaf of this kind with what every leaf has.
    pub(crate) fn leaf(
        &self,
        kind: Kind,
        case: Option<CaseId>,
        person: &Person,
        at: Moment,
    ) -> Leaf {
        let mut leaf = Leaf::of(kind, at.wall, person.clone());
        leaf.case = case;
        leaf.book = Some(self.book.digest());
        leaf
    }

    /// Asks for the standing measures whose ground is missing or about to end.
    pub(crate) fn renew_standing(&mut self, at: Moment) {
        let soon = at.after(terms::Span::minutes(1));
        let lapses = |g: &Option<Arc<Ground>>| g.as_ref().is_some_and(|g| g.is_over(soon));
        let held = [&self.grounds.statistics, &self.grounds.keep, &self.grounds.hold];
        let lapsing = held.into_iter().any(lapses) && at.wall >= self.standing_next;
        if !(self.standing_stirred || lapsing) || self.gate.is_halted() {
            return;
        }
        self.standing_stirred = false;
        self.standing_next = at.wall.after(terms::Span::seconds(30));
        let noticed = vec![Source::FlowExport, Source::Statistics, Source::Findings];
        let fresh = StandingGrounds {
            statistics: self.stand_on(Act::Collect, Purpose::RunNetwork, noticed, at),
            keep: self.stand_on(Act::Keep, Purpose::RunNetwork, vec![Source::Statistics], at),
            hold: self.stand_on(Act::Hold, Purpose::BeReady, vec![Source::FlowExport], at),
        };
        // The new grounds are there before the old ones end; what is not granted anew ends.
        let old = core::mem::replace(&mut self.grounds, fresh);
        for ground in [old.statistics, old.keep, old.hold].into_iter().flatten() {
            self.gate.end(&ground, at);
        }
    }

    fn stand_on(
        &mut self,
        act: Act,
        purpose: Purpose,
        sources: Vec<Source>,
        at: Moment,
    ) -> Option<Arc<Ground>> {
        let request = self.stand(act, purpose, sources, at);
        let answer = self.gate.ask(&request, at);
        let spoken = speak(&self.book, &request, &answer, self.zone.day(at.wall));
        self.standing_words.insert(act, spoken);
        match answer {
            Answer::Granted(granted) => match granted.pass {
                Pass::Ground(ground) => Some(Arc::new(ground)),
                Pass::Warrant(_) | Pass::Observe => None,
            },
            Answer::Asks(_) | Answer::Refused(_) => None,
        }
    }

    /// At start: what was in force is gone with the process; asked again from what is on record.
    fn take_up(&mut self, at: Moment) -> Result<(), DeskError> {
        let digest = self.book.digest();
        let started = self.leaf(Kind::Started, None, &system().person, at);
        self.account.book(&started, &[])?;
        if self.standing.book != Some(digest) {
            let leaf = self.leaf(Kind::BookChanged, None, &system().person, at);
            self.account.book(&leaf, &[])?;
            self.stand_by(StandingEvent::Book { digest }, at)?;
        }
        let in_force: Vec<(CaseId, MitigationId)> =
            self.cases.values().filter_map(|c| Some((c.id, c.mitigated.as_ref()?.id))).collect();
        for (case, id) in in_force {
            let why = Text::of(
                "プログラムの再起動により解除。改めて判断します。",
                "Withdrawn because the program restarted; it is asked for again.",
            );
            self.withdrawn(case, id, why, at)?;
        }
        self.stirred.extend(self.cases.values().filter(|c| !c.closed).map(|c| c.id));
        if self.standing.halted {
            self.gate.halt(at);
        }
        Ok(())
    }

    /// Digest of a token, as it is kept.
    pub(crate) fn digest(token: &str) -> String {
        Digest::of(token.as_bytes()).hex()
    }
}

const STANDING: &str = "standing";
const CASE: &str = "case/";

/// Is this about the same attack: one target inside the other?
fn same_attack(a: &IpNet, b: &IpNet) -> bool {
    a.contains(b) || b.contains(a)
}

fn stream_of(id: CaseId) -> String {
    format!("{CASE}{id}")
}

fn planned(event: &CaseEvent) -> Option<u64> {
    if let CaseEvent::Planned { plan, .. } = event { Some(plan.id.0) } else { None }
}

/// A count for the ledger.
pub(crate) fn number(n: u64) -> Safe {
    #[expect(clippy::cast_precision_loss, reason = "a running number, far below 2^53")]
    Safe::Number(n as f64)
}

fn write<E: Serialize>(
    account: &Account,
    stream: &str,
    at: Time,
    event: &E,
) -> Result<(), DeskError> {
    let body = serde_json::to_vec(event).map_err(|source| DeskError::Damaged {
        stream: stream.to_owned(),
        seq: 0,
        source,
    })?;
    account.append(stream, at, &body)?;
    Ok(())
}

fn read<E: for<'a> Deserialize<'a>>(
    account: &Account,
    stream: &str,
) -> Result<Vec<(Time, E)>, DeskError> {
    let parse = |e: account::Event| match serde_json::from_slice(&e.body) {
        Ok(event) => Ok((e.at, event)),
        Err(source) => Err(DeskError::Damaged { stream: stream.to_owned(), seq: e.seq, source }),
    };
    account.read(stream)?.into_iter().map(parse).collect()
}

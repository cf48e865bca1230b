//! The desk itself: it takes in findings and people's words, asks the gate, and hands on orders.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use account::{Account, Kind, Leaf, Safe};
use ground::{Book, Digest, Gate, Ground, Mask, Permitted};
use serde::{Deserialize, Serialize};
use terms::IpNet;
use terms::{Act, CaseId, Mitigation, MitigationId, Moment, Person};
use terms::{Text, Time, Traits, Zone};

use crate::people::system;
use crate::standing::StandingEvent;
use crate::{Case, CaseEvent, Config, DeskError, How, Spoken, Standing};

/// What was learnt of an attack by machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learnt {
    /// Destinations that carry the attack, with their share of it; one when it is one.
    pub destinations: Vec<(IpNet, f64)>,
    /// The narrowest rules found.
    pub rules: Vec<Traits>,
    /// Share of the attack's bytes the rules match; `None` when the rules came from a person.
    pub coverage: Option<f64>,
    /// Share of the target's usual bytes the rules would match; `None` when nothing is known of
    /// what is usual there.
    pub collateral: Option<f64>,
    /// Number of sources seen.
    pub sources: u64,
}

impl Learnt {
    /// Traits a person named, for a target they named.
    pub(crate) fn by_hand(target: IpNet, rules: Vec<Traits>) -> Self {
        let destinations = vec![(target, 1.0)];
        Self { destinations, rules, coverage: None, collateral: None, sources: 0 }
    }

    /// Were these traits named by a person, not learnt by machine?
    pub(crate) fn is_by_hand(&self) -> bool {
        self.coverage.is_none() && self.sources == 0
    }
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
    /// What looked like an attack here is there to stay: learn anew what is usual.
    LearnAnew(IpNet),
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
    /// Whether an answer to them could not be written, so that it is asked for again.
    pub(crate) standing_unwritten: bool,
    /// When they may be asked for again without anything having changed.
    pub(crate) standing_next: Time,
    /// What the gate last said to each standing request.
    pub(crate) standing_words: BTreeMap<Act, Spoken>,
    /// Since when a reading of own equipment is back below its limit, case by case.
    pub(crate) below_since: BTreeMap<(CaseId, ground::Fact), Time>,
    /// The grounds under which cases are studied until traits are learnt.
    pub(crate) studies: BTreeMap<CaseId, Arc<Ground>>,
    /// What a person said is no attack, and when.
    pub(crate) dismissed: Vec<(IpNet, Time)>,
    /// When mitigations end on the monotonic clock, which nobody sets.
    pub(crate) ends: BTreeMap<MitigationId, u64>,
    /// When a case is tried again for which there was nothing to learn from.
    pub(crate) retries: BTreeMap<CaseId, Time>,
    /// Whether days can be counted: not after the wall clock was set, until a person says so.
    pub(crate) clock_is_sure: bool,
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
        for stream in account.streams(CASE).map_err(DeskError::NotRead)? {
            let Some(id) = stream.strip_prefix(CASE).and_then(|n| n.parse().ok()).map(CaseId)
            else {
                continue;
            };
            let case = Case::replay(id, read(&account, &stream)?).ok_or_else(|| {
                let why = "the first event of a case opens it";
                let source = <serde_json::Error as serde::de::Error>::custom(why);
                DeskError::Damaged { stream, seq: 1, source }
            })?;
            cases.insert(id, case);
        }
        let clock_is_sure = !standing.clock_jumped;
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
            standing_unwritten: false,
            standing_next: at.wall,
            standing_words: BTreeMap::new(),
            below_since: BTreeMap::new(),
            studies: BTreeMap::new(),
            dismissed: Vec::new(),
            ends: BTreeMap::new(),
            retries: BTreeMap::new(),
            clock_is_sure,
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

    /// Stops everything: withdraws every mitigation, ends every ground, opens nothing more.
    pub(crate) fn halt(&mut self, at: Moment) {
        self.gate.halt(at);
        self.grounds = StandingGrounds::default();
        self.studies.clear();
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
        let leaf = self.leaf(Kind::CaseOpened, Some(id), &actor.person, at);
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
        let touches_cases = event.touches_cases();
        self.standing.happen(&self.book, at.wall, event);
        if !touches_cases {
            return Ok(());
        }
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
        let system = system();
        leaf.roles = match self.config.person(&person.0) {
            Ok(actor) => actor.roles,
            Err(_) if *person == system.person => system.roles,
            Err(_) => Vec::new(),
        };
        leaf.case = case;
        leaf.book = Some(self.book.digest());
        leaf
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
pub(crate) fn same_attack(a: &IpNet, b: &IpNet) -> bool {
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
    account.read(stream).map_err(DeskError::NotRead)?.into_iter().map(parse).collect()
}

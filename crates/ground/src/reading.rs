//! How one measure reads one request: each condition met, failed or unknown, and what follows.

use serde::{Deserialize, Serialize};
use terms::{
    Automatic, Basis, Day, Ends, Fact, Mode, Moment, Named, Number, Over, Person, Purpose, Role,
    SignersWhen, Source, Status, Subject, Text,
};

use crate::{End, Measure, MeasureName, Request, Signature, SignedOn};

/// What one measure says to one request.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The measure.
    pub measure: MeasureName,
    /// What it comes to.
    pub outcome: Outcome,
    /// Every condition it looked at.
    pub checked: Vec<Checked>,
    /// Advice that is not followed; it does not refuse.
    pub unmet_advice: Vec<Fact>,
}

/// What a reading comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A condition failed.
    Refused,
    /// Something is not known or not signed yet.
    Asks,
    /// Everything is met.
    Granted,
}

/// One condition and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What.
    pub condition: Condition,
    /// How it stands.
    pub state: State,
    /// Who established it.
    pub by: Option<(Person, Role)>,
}

/// Met, failed or unknown; or not as wanted where the text leaves open what follows. Only met is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Met.
    Met,
    /// Failed.
    Failed,
    /// Not as the measure wants it, or not decided; and the text leaves open what follows.
    Open,
    /// Unknown.
    Unknown,
}

/// What a measure looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The text decides at all.
    Decided,
    /// The purpose is the measure's.
    Purpose(Purpose),
    /// It holds on that day.
    InForce(Day),
    /// Only fields it names.
    Fields,
    /// Only sources it lists.
    Source(Source),
    /// Not wider than it may be.
    Over(Over),
    /// An end is set.
    HasEnd,
    /// The ground that is claimed is the measure's.
    Claimed(Basis),
    /// A fact is so (or not so).
    Fact(Fact, bool),
    /// Watching only: not on an emergency ground, and with a written question.
    Observing,
    /// An inferred measure was accepted.
    Accepted,
    /// A number is set.
    Number(Number),
    /// It is switched on far enough.
    SwitchedOn,
    /// A role signed.
    Signed(Role),
}

impl Condition {
    /// Does failing it make the measure one for fewer people, other days or another ground? That is
    /// further off than one that lacks a fact.
    #[must_use]
    pub const fn is_apart(&self) -> bool {
        matches!(self, Self::Over(_) | Self::InForce(_) | Self::Claimed(_))
    }

    /// The condition as a person reads it.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Decided => Text::of("本文で判断が示されている", "the text decides"),
            Self::Purpose(p) => of("目的", "purpose", &p.text()),
            Self::InForce(d) => Text::of(&format!("{d}に有効である"), &format!("in force on {d}")),
            Self::Fields => Text::of("定められた項目だけを用いる", "only the fields it names"),
            Self::Source(s) => {
                of("この情報源の利用が認められている", "it reads this source", &s.text())
            }
            Self::Over(o) => of("対象範囲", "not wider than", &o.text()),
            Self::HasEnd => Text::of("終期が定められている", "an end is set"),
            Self::Claimed(b) => {
                of("主張する根拠", "the ground claimed is the measure's:", &b.text())
            }
            Self::Fact(f, so) => f.clause(*so),
            Self::Observing => Text::of(
                "観測のみの条件（緊急の根拠によらず、問いが書かれている）",
                "observe only: never on an emergency ground, and with a written question",
            ),
            Self::Accepted => Text::of(
                "推論による措置を法務が受け入れている",
                "legal accepted this inferred measure",
            ),
            Self::Number(n) => {
                of("事業者の数値が定められている", "the operator's number is set", &n.text())
            }
            Self::SwitchedOn => Text::of("措置が有効になっている", "the measure is switched on"),
            Self::Signed(r) => of("署名", "signature of", &r.text()),
        }
    }
}

fn of(ja: &str, en: &str, what: &Text) -> Text {
    Text { ja: format!("{ja}：{}", what.ja), en: format!("{en} {}", what.en) }
}

impl Reading {
    /// Conditions in this state.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &Checked> {
        self.checked.iter().filter(move |c| c.state == state)
    }
}

/// Reads the law's conditions of `measure`: what the text decides, without the house's own.
pub(crate) fn law(
    measure: &Measure,
    request: &Request,
    at: Moment,
    day: Day,
    at_gate: bool,
) -> Vec<Checked> {
    let mut checked = Vec::with_capacity(8 + measure.requires.len());
    let purpose = measure.purposes.iter().copied().find(|p| *p == request.purpose);
    let wanted = purpose.or(measure.purposes.first().copied()).unwrap_or(request.purpose);
    checked.push(is(Condition::Purpose(wanted), purpose.is_some()));
    checked.push(is(Condition::InForce(day), measure.holds_on(day)));
    match measure.basis {
        // What is excluded has no conditions; it may name facts under which the text leaves it open.
        Basis::Excluded => {
            let so = |f: &Fact| {
                request.record.facts.so(*f, &request.subject, at.wall).is_some_and(|k| k.so)
            };
            let open = measure.open.iter().any(so);
            checked.push(plain(Condition::Decided, if open { State::Open } else { State::Failed }));
            return checked;
        }
        Basis::Undetermined => checked.push(plain(Condition::Decided, State::Open)),
        Basis::Outside | Basis::Consent | Basis::BlanketConsent | Basis::Statute => {}
        Basis::LegitimateBusiness | Basis::Emergency => {}
    }
    if let Some(claimed) = request.claims {
        checked.push(is(Condition::Claimed(claimed), claimed == measure.basis));
    }
    checked.push(is(Condition::Fields, request.fields.within(measure.fields)));
    checked.push(is(Condition::Over(measure.over), fits(&request.subject, measure.over)));
    checked.push(plain(Condition::HasEnd, ends(measure, request, at, at_gate)));
    let listed = |s: &Source| is(Condition::Source(*s), measure.reads.contains(s));
    checked.extend(request.sources.iter().map(listed));
    for (&fact, &wanted) in &measure.requires {
        let known = request.record.facts.so(fact, &request.subject, at.wall);
        let state = match known {
            None => State::Unknown,
            Some(known) if known.so == wanted => State::Met,
            Some(_) if measure.open.contains(&fact) => State::Open,
            Some(_) => State::Failed,
        };
        let by = known.map(|k| (k.person.clone(), k.role));
        checked.push(Checked { condition: Condition::Fact(fact, wanted), state, by });
    }
    if let Some(question) = &request.observes {
        let fine = measure.basis != Basis::Emergency && !question.trim().is_empty();
        checked.push(is(Condition::Observing, fine));
    }
    checked
}

/// Reads the house's conditions: acceptance, numbers, switch, signatures. Also says until when the
/// signatures hold, and which may come afterwards.
pub(crate) fn house(measure: &Measure, request: &Request, at: Moment, day: Day) -> House {
    let record = &request.record;
    let mut checked = Vec::new();
    if measure.status == Status::Inferred {
        let accepted = record.accepted.get(&measure.name).is_some_and(|a| {
            a.digest == measure.digest
                && a.at <= at.wall
                && a.person != a.second
                && !a.reason.trim().is_empty()
        });
        checked.push(is(Condition::Accepted, accepted));
    }
    let is_set = |number: Number| {
        record.numbers.get(&number).is_some_and(|s| s.is_complete() && s.day <= day)
    };
    for &number in &measure.numbers {
        checked.push(is(Condition::Number(number), is_set(number)));
    }
    let mode = record.modes.get(&measure.name).copied().unwrap_or(Mode::Off);
    let far_enough = match mode {
        Mode::Off => false,
        Mode::Observe => request.observes.is_some(),
        Mode::Propose => true,
        Mode::Automatic => measure.automatic != Automatic::No || measure.signers.afterwards,
    };
    checked.push(is(Condition::SwitchedOn, far_enough));
    let signed = signatures(measure, request, at);
    let slots = || measure.signers.roles.iter().zip(&signed);
    let missing = slots().filter(|(_, s)| s.is_none()).map(|(role, _)| *role).collect();
    // Signing afterwards: only where the file allows it, the operator set a time and chose it.
    // Where two must sign, only the second may: one is there before.
    let one_is_there = measure.signers.roles.len() < 2 || signed.iter().any(Option::is_some);
    let afterwards = measure.signers.afterwards
        && one_is_there
        && mode == Mode::Automatic
        && is_set(Number::SignedWithinMinutes);
    // A choice the operator has made automatic needs no signature on each case; a standing
    // signature, given once at switching on, it still needs.
    let needless = measure.automatic == Automatic::Operator
        && mode == Mode::Automatic
        && measure.signers.when == SignersWhen::Each;
    for (&role, signature) in slots() {
        let by = signature.map(|s| (s.person.clone(), role));
        let fine = by.is_some() || afterwards || needless;
        let state = if fine { State::Met } else { State::Unknown };
        checked.push(Checked { condition: Condition::Signed(role), state, by });
    }
    let until = signed.iter().flatten().filter_map(|s| s.until).min();
    House { checked, until, owes: if afterwards && !needless { missing } else { Vec::new() } }
}

/// The house's side of a reading.
#[derive(Default)]
pub(crate) struct House {
    pub(crate) checked: Vec<Checked>,
    pub(crate) until: Option<terms::Time>,
    pub(crate) owes: Vec<Role>,
}

/// One valid signature for each role of the measure, in order, as far as there are: all by
/// different persons, none by whoever asks.
fn signatures<'a>(
    measure: &Measure,
    request: &'a Request,
    at: Moment,
) -> Vec<Option<&'a Signature>> {
    let valid = |s: &&'a Signature| {
        let on_this = match (&s.on, measure.signers.when) {
            (SignedOn::Measure(name, digest), SignersWhen::Once) => {
                *name == measure.name && *digest == measure.digest
            }
            (SignedOn::Plan(digest), SignersWhen::Each) => Some(*digest) == request.plan,
            (SignedOn::Measure(..), SignersWhen::Each) | (SignedOn::Plan(_), SignersWhen::Once) => {
                false
            }
        };
        // A standing signature is on the measure, not on this request: whoever gave it may use it.
        // Its own requester is who switched the measure on, and that took two persons.
        let standing = measure.signers.when == SignersWhen::Once;
        let lasting = measure.ends != Ends::Review || s.until.is_some();
        on_this
            && lasting
            && s.at <= at.wall
            && s.until.is_none_or(|until| at.wall < until)
            && (standing || s.person != request.actor.person)
    };
    let all: Vec<&Signature> = request.record.signatures.iter().filter(valid).collect();
    pick(&measure.signers.roles, &all, &mut Vec::new())
}

/// The choice of one signature a role, with no person twice, that leaves fewest roles without.
fn pick<'a>(
    roles: &[Role],
    all: &[&'a Signature],
    taken: &mut Vec<Option<&'a Signature>>,
) -> Vec<Option<&'a Signature>> {
    let Some((&role, rest)) = roles.split_first() else { return taken.clone() };
    let fits =
        |s: &&&Signature| s.role == role && !taken.iter().flatten().any(|t| t.person == s.person);
    let choices: Vec<Option<&Signature>> =
        all.iter().filter(fits).map(|s| Some(*s)).chain([None]).collect();
    let mut best = Vec::new();
    for choice in choices {
        taken.push(choice);
        let found = pick(rest, all, taken);
        taken.pop();
        let signed = |choice: &[Option<&Signature>]| choice.iter().flatten().count();
        if best.is_empty() || signed(&found) > signed(&best) {
            best = found;
        }
    }
    best
}

/// What the conditions come to: one failed refuses, one unknown asks.
pub(crate) fn outcome(checked: &[Checked]) -> Outcome {
    if checked.iter().any(|c| c.state == State::Failed) {
        Outcome::Refused
    } else if checked.iter().any(|c| c.state != State::Met) {
        Outcome::Asks
    } else {
        Outcome::Granted
    }
}

/// Advice of the measure that is not followed, or not known to be.
pub(crate) fn unmet_advice(measure: &Measure, request: &Request, at: Moment) -> Vec<Fact> {
    let facts = &request.record.facts;
    let met = |fact: Fact, wanted: bool| {
        facts.so(fact, &request.subject, at.wall).is_some_and(|k| k.so == wanted)
    };
    measure.advises.iter().filter(|(f, w)| !met(**f, **w)).map(|(f, _)| *f).collect()
}

/// Does it end? At the gate at a moment ahead; in advice also with its cause; what may last, by its
/// review; what is over once done needs no other end.
fn ends(measure: &Measure, request: &Request, at: Moment, at_gate: bool) -> State {
    let met = match request.end {
        End::At(end) => end.wall > at.wall,
        End::Unknown | End::WithCause | End::Lasting if at_gate => false,
        End::WithCause => true,
        End::Lasting if measure.ends == Ends::Silent => return State::Open,
        End::Lasting => measure.ends == Ends::Review,
        End::Unknown if request.act.lasts() && measure.ends != Ends::Review => {
            return State::Unknown;
        }
        End::Unknown => true,
    };
    if met { State::Met } else { State::Failed }
}

fn fits(subject: &Subject, over: Over) -> bool {
    // All addresses are the network, however they are written down.
    let narrow = subject.prefixes().is_some_and(|set| !set.has_a_whole_family());
    let one = |what| matches!(subject, Subject::One(named, _) if *named == what);
    let line = narrow && matches!(subject, Subject::Line(..));
    match over {
        Over::Network => true,
        Over::Country => one(Named::Country),
        Over::Destination => narrow && !matches!(subject, Subject::One(..)),
        Over::Sender => one(Named::Sender) || line,
        Over::Name => one(Named::Name),
        Over::Login => one(Named::Login) || line,
        Over::Line => line,
    }
}

fn is(condition: Condition, met: bool) -> Checked {
    plain(condition, if met { State::Met } else { State::Failed })
}

fn plain(condition: Condition, state: State) -> Checked {
    Checked { condition, state, by: None }
}

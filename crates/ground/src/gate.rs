//! The gate: the only maker of grounds and warrants, and the mask that decoders work under.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use terms::{
    Act, AnswerId, Basis, CaseId, Code, Fields, Moment, Number, Person, Purpose, Role, Source,
    Subject, Time, Zone,
};

use crate::answer::questions;
use crate::book::Judged;
use crate::seal::GroundState;
use crate::{
    Answer, Asked, Book, Digest, Duty, Ground, Measure, MeasureName, Origin, Outcome,
    OwedSignature, Pass, Refusal, Request, Warrant, Why, Within,
};

/// Writes an answer where it lasts. Implemented by `account`.
pub trait Journal: Send + Sync {
    /// Writes `entry` durably before it returns.
    ///
    /// # Errors
    /// When it is not certain that the entry will be there after a power cut.
    fn write(&self, entry: &Entry) -> Result<AnswerId, NotDurable>;
}

/// The answer could not be written; so there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the ledger could not take the answer: {0}")]
pub struct NotDurable(pub String);

/// An answer as it goes into the ledger. `secret` is committed to, never written.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Who asked.
    pub actor: Person,
    /// In which roles.
    pub roles: Vec<Role>,
    /// For which act.
    pub act: Act,
    /// For which purpose.
    pub purpose: Purpose,
    /// From which sources.
    pub sources: Vec<Source>,
    /// Which fields.
    pub fields: Fields,
    /// In which case.
    pub case: Option<CaseId>,
    /// The measure that granted, or is nearest.
    pub measure: Option<MeasureName>,
    /// Digest of the book of measures.
    pub book: Digest,
    /// The answer.
    pub code: Code,
    /// Until when, if granted.
    pub until: Option<Time>,
    /// Whether it only watches.
    pub observes: bool,
    /// Whom it concerns and which plan: for the salted commitment only.
    pub secret: Vec<u8>,
}

/// The union of the fields of all grounds in force over flow export: what decoders may decode.
#[derive(Debug, Default)]
pub struct Mask {
    fields: AtomicU64,
    epoch: AtomicU64,
}

impl Mask {
    /// The fields that may be decoded now. Without a ground in force: none.
    #[must_use]
    pub fn fields(&self) -> Fields {
        Fields::from_bits(self.fields.load(Ordering::Acquire))
    }
    /// Goes up each time the fields change; plans compiled under another epoch are compiled anew.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }
    fn set(&self, fields: Fields) {
        if self.fields.swap(fields.bits(), Ordering::AcqRel) != fields.bits() {
            self.epoch.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// The gate. There is one in a process, held by `decide`.
pub struct Gate {
    book: Arc<Book>,
    journal: Arc<dyn Journal>,
    zone: Zone,
    mask: Arc<Mask>,
    switch: Arc<Switch>,
    grounds: Mutex<Vec<Weak<GroundState>>>,
}

/// The switch that stops everything. Stops are counted, so that what was given out before one
/// stays ended after [`Gate::resume`].
#[derive(Debug, Default)]
pub(crate) struct Switch {
    halted: AtomicBool,
    stops: AtomicU64,
}

impl Switch {
    /// How often everything was stopped so far.
    pub(crate) fn stops(&self) -> u64 {
        self.stops.load(Ordering::SeqCst)
    }
}

impl Gate {
    /// The gate over `book`, writing its answers to `journal`.
    #[must_use]
    pub fn new(book: Arc<Book>, journal: Arc<dyn Journal>, zone: Zone) -> Self {
        Self {
            book,
            journal,
            zone,
            mask: Arc::default(),
            switch: Arc::default(),
            grounds: Mutex::default(),
        }
    }

    /// Answers `request`. The answer is in the ledger before it is returned; if it cannot be
    /// written, it is refused.
    pub fn ask(&self, request: &Request, at: Moment) -> Answer {
        let stops = self.switch.stops();
        if self.is_halted() {
            let answer = self.write(request, at, None, Code::No, None).ok();
            return Answer::Refused(Refusal { why: Why::Halted, readings: Vec::new(), answer });
        }
        let judged = self.book.judge(request, at, self.zone.day(at.wall));
        let nearest = judged.readings.first();
        let measure = nearest.and_then(|r| self.book.measure(&r.measure));
        match (judged.outcome, measure) {
            (Outcome::Granted, Some(measure)) => self.grant(request, at, measure, judged, stops),
            (Outcome::Granted | Outcome::Asks, _) => {
                let asked = nearest.map(questions).unwrap_or_default();
                match self.write(request, at, measure, Code::Ask, None) {
                    Ok(answer) => Answer::Asks(Asked {
                        questions: asked,
                        inquiry: judged.readings.is_empty(),
                        readings: judged.readings,
                        answer: Some(answer),
                    }),
                    Err(e) => refused(Why::NotDurable(e.0), judged, None),
                }
            }
            (Outcome::Refused, _) => {
                let answer = self.write(request, at, measure, Code::No, None).ok();
                let why = if judged.second_use {
                    Why::SecondUse(request.sources.clone(), request.purpose)
                } else {
                    Why::Conditions
                };
                refused(why, judged, answer)
            }
        }
    }

    /// The mask for decoders.
    #[must_use]
    pub fn mask(&self) -> Arc<Mask> {
        Arc::clone(&self.mask)
    }

    /// Lets go of grounds whose end has come and narrows the mask; call it every second or so.
    pub fn sweep(&self, at: Moment) {
        let mut grounds = self.grounds.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fields = Fields::NONE;
        grounds.retain(|weak| {
            let Some(state) = weak.upgrade().filter(|s| !s.is_over(at)) else { return false };
            if state.feeds_decoder {
                fields = fields.union(state.fields);
            }
            true
        });
        self.mask.set(fields);
    }

    /// Ends one ground at once.
    pub fn end(&self, ground: &Ground, at: Moment) {
        ground.state.ended.store(true, Ordering::Release);
        self.sweep(at);
    }

    /// The switch: ends every ground and warrant, and refuses everything from now on.
    pub fn halt(&self, at: Moment) {
        self.switch.halted.store(true, Ordering::SeqCst);
        self.switch.stops.fetch_add(1, Ordering::SeqCst);
        for state in self
            .grounds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter_map(Weak::upgrade)
        {
            state.ended.store(true, Ordering::Release);
        }
        self.sweep(at);
    }

    /// Undoes [`Gate::halt`]; what was ended stays ended and is asked for again.
    pub fn resume(&self) {
        self.switch.halted.store(false, Ordering::SeqCst);
    }

    /// Was everything stopped?
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.switch.halted.load(Ordering::SeqCst)
    }

    fn grant(
        &self,
        request: &Request,
        at: Moment,
        measure: &Measure,
        judged: Judged,
        stops: u64,
    ) -> Answer {
        let (Some(until), false) = (judged.until, request.act.does() && request.plan.is_none())
        else {
            let answer = self.write(request, at, Some(measure), Code::No, None).ok();
            return refused(Why::Conditions, judged, answer);
        };
        // A rule that a later one replaces carries nothing past its last day.
        let last = measure.cites.until.map(|last| self.zone.start(last.plus(1)));
        let until = no_later_than(until, last);
        let answer =
            match self.write(request, at, Some(measure), Code::of(measure.basis), Some(until.wall))
            {
                Ok(answer) => answer,
                Err(e) => return refused(Why::NotDurable(e.0), judged, None),
            };
        let pass = match (request.observes.is_some(), request.act.does(), request.plan) {
            (true, true, _) => Pass::Observe,
            (_, true, Some(plan)) => Pass::Warrant(Warrant {
                act: request.act,
                plan,
                fields: request.fields,
                subject: request.subject.clone(),
                until,
                measure: measure.name.clone(),
                answer,
                stops,
                switch: Arc::clone(&self.switch),
            }),
            _ => Pass::Ground(self.ground(request, measure, until, answer, at, stops)),
        };
        let owed_by = after(at.wall, Number::SignedWithinMinutes, request).unwrap_or(at.wall);
        Answer::Granted(Box::new(crate::Granted {
            pass,
            measure: measure.name.clone(),
            basis: measure.basis,
            until,
            duties: measure
                .duties
                .iter()
                .map(|d| (d.what, self.due(d, request, at.wall)))
                .collect(),
            owes: judged.owes.iter().map(|&role| OwedSignature { role, by: owed_by }).collect(),
            readings: judged.readings,
            answer,
        }))
    }

    fn ground(
        &self,
        request: &Request,
        measure: &Measure,
        until: Moment,
        answer: AnswerId,
        at: Moment,
        stops: u64,
    ) -> Ground {
        let state = Arc::new(GroundState {
            ended: AtomicBool::new(false),
            until,
            fields: request.fields,
            feeds_decoder: request.sources.contains(&Source::FlowExport),
        });
        self.grounds.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&state));
        // Stopped while the answer was written: it is born ended. A stop after this line finds it
        // in the list.
        state.ended.store(self.switch.stops() != stops, Ordering::Release);
        self.sweep(at);
        let origin = Origin {
            measure: measure.name.clone(),
            source: request.sources.first().copied().unwrap_or(Source::FlowExport),
            purpose: request.purpose,
            last_day: None,
        };
        Ground {
            state,
            subject: request.subject.clone(),
            sources: request.sources.clone(),
            origin,
            answer,
            zone: self.zone,
        }
    }

    fn due(&self, duty: &Duty, request: &Request, at: Time) -> Option<Time> {
        match duty.within.as_ref()? {
            Within::Statute { days, .. } => {
                Some(self.zone.start(self.zone.day(at).plus(i32::from(*days) + 1)))
            }
            // Without delay: it is due now, and stays owed until it is done.
            Within::Promptly { .. } => Some(at),
            Within::Operator { number } => after(at, *number, request),
        }
    }

    fn write(
        &self,
        request: &Request,
        at: Moment,
        measure: Option<&Measure>,
        code: Code,
        until: Option<Time>,
    ) -> Result<AnswerId, NotDurable> {
        self.journal.write(&Entry {
            at: at.wall,
            actor: request.actor.person.clone(),
            roles: request.actor.roles.clone(),
            act: request.act,
            purpose: request.purpose,
            sources: request.sources.clone(),
            fields: request.fields,
            case: request.case,
            measure: measure.map(|m| m.name.clone()),
            book: self.book.digest(),
            code,
            until,
            observes: request.observes.is_some(),
            secret: secret(request),
        })
    }
}

fn refused(why: Why, judged: Judged, answer: Option<AnswerId>) -> Answer {
    Answer::Refused(Refusal { why, readings: judged.readings, answer })
}

/// `end`, or `earlier` when that comes first; on both clocks.
pub(crate) fn no_later_than(end: Moment, earlier: Option<Time>) -> Moment {
    match earlier {
        Some(earlier) if earlier < end.wall => {
            let cut = end.wall.since(earlier);
            Moment { wall: earlier, mono: end.mono.saturating_sub(cut.0) }
        }
        _ => end,
    }
}

/// `at` later by the operator's `number`, if it is set and a length of time.
fn after(at: Time, number: Number, request: &Request) -> Option<Time> {
    let setting = request.record.numbers.get(&number).filter(|s| s.is_complete())?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and settings are above zero"
    )]
    let span = terms::Span((setting.value * number.unit()?) as u64);
    Some(at.after(span))
}

/// What the ledger commits to without writing it: whom it concerns, and which plan.
fn secret(request: &Request) -> Vec<u8> {
    let whom = match &request.subject {
        Subject::Network => "network".to_owned(),
        Subject::Prefixes(set) => format!("{:?}", set.nets()),
        Subject::Line(line, set) => format!("{line} {:?}", set.nets()),
        Subject::One(what, name) => format!("{what} {name}"),
    };
    let mut secret = whom.into_bytes();
    secret.extend(request.plan.iter().flat_map(|d| d.0));
    secret
}

/// The order in which grounds are preferred when several grant.
pub(crate) const fn rank(basis: Basis) -> u8 {
    match basis {
        Basis::Outside => 0,
        Basis::Consent => 1,
        Basis::BlanketConsent => 2,
        Basis::Statute => 3,
        Basis::LegitimateBusiness => 4,
        Basis::Emergency => 5,
        Basis::Undetermined => 6,
        Basis::Excluded => 7,
    }
}

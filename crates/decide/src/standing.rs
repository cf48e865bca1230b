//! What stands apart from any case: numbers, switches, acceptances, standing signatures, consents.

use std::collections::BTreeMap;

use ground::{Acceptance, Book, Digest, Ends, Fact, Facts, Known, MeasureName, Mode, Number};
use ground::{Record, Role, Setting, Signature, SignedOn, SignersWhen, Status};
use serde::{Deserialize, Serialize};
use terms::{Act, Person, Purpose, Text, Time, Zone};

use crate::command::yes_no;
use crate::{Change, Consent, ConsentId, DeskError, Link, Proposal, ProposalId};

/// Something that happened apart from any case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub(crate) enum StandingEvent {
    /// A change was proposed.
    Proposed { proposal: Proposal },
    /// A second person approved it.
    Approved { id: ProposalId, approver: Person },
    /// A standing measure was signed.
    Signed { signature: Signature },
    /// A standing fact was established.
    Fact { fact: Fact, so: bool, person: Person, role: Role, until: Option<Time> },
    /// It was countersigned.
    Countersigned { fact: Fact, person: Person, role: Role },
    /// A line consented.
    Consented { consent: Consent },
    /// A consent was withdrawn.
    ConsentWithdrawn { id: ConsentId },
    /// A one-time link was made.
    Linked { link: Link },
    /// It was used.
    LinkUsed { token_digest: String },
    /// Everything was stopped.
    Halted { person: Person },
    /// Opening is allowed again.
    Resumed { person: Person },
    /// The wall clock was set.
    ClockJumped,
    /// A person says that it is right.
    ClockIsRight { person: Person },
    /// The book of measures that is in force from here on.
    Book { digest: Digest },
}

impl StandingEvent {
    /// Can it change what the gate says in a case? What cannot is not asked about again.
    pub(crate) const fn touches_cases(&self) -> bool {
        match self {
            Self::Consented { .. } | Self::ConsentWithdrawn { .. } => true,
            Self::Proposed { .. } | Self::Linked { .. } | Self::LinkUsed { .. } => false,
            Self::Approved { .. } | Self::Signed { .. } | Self::Fact { .. } => true,
            Self::Countersigned { .. } | Self::Resumed { .. } | Self::Book { .. } => true,
            Self::Halted { .. } | Self::ClockJumped | Self::ClockIsRight { .. } => false,
        }
    }

    /// Can it change what the gate says to a standing measure?
    pub(crate) const fn touches_measures(&self) -> bool {
        match self {
            Self::Approved { .. } | Self::Signed { .. } | Self::Fact { .. } => true,
            Self::Countersigned { .. } | Self::Resumed { .. } | Self::Book { .. } => true,
            Self::Proposed { .. } | Self::Consented { .. } | Self::ConsentWithdrawn { .. } => false,
            Self::Linked { .. } | Self::LinkUsed { .. } | Self::Halted { .. } => false,
            Self::ClockJumped | Self::ClockIsRight { .. } => false,
        }
    }
}

/// What stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The operator's numbers.
    pub numbers: BTreeMap<Number, Setting>,
    /// How far each measure is switched on, and the written reason.
    pub modes: BTreeMap<MeasureName, (Mode, String)>,
    /// Accepted inferred measures.
    pub accepted: BTreeMap<MeasureName, Acceptance>,
    /// Standing signatures.
    pub signatures: Vec<Signature>,
    /// Standing facts.
    pub facts: BTreeMap<Fact, Known>,
    /// Changes that wait for a second person.
    pub proposals: BTreeMap<ProposalId, Proposal>,
    /// Consents, given and withdrawn.
    pub consents: Vec<Consent>,
    /// One-time links.
    pub links: Vec<Link>,
    /// The exporters two persons allowed; `None` leaves the settings' list.
    pub exporters: Option<Vec<(String, std::net::IpAddr)>>,
    /// Exporters trusted again, with when.
    pub trusted: Vec<(String, Time)>,
    /// Was everything stopped?
    pub halted: bool,
    /// Was the wall clock set, and nobody has said since that it is right?
    pub clock_jumped: bool,
    /// The book last seen.
    pub book: Option<Digest>,
    next_proposal: u64,
}

/// Something that must be there before a measure can run, and how to supply it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// For which measure.
    pub measure: MeasureName,
    /// What is missing.
    pub what: Text,
    /// The command that supplies it.
    pub how: String,
}

impl Standing {
    /// Number of the next proposal.
    pub(crate) fn next_proposal(&self) -> ProposalId {
        ProposalId(self.next_proposal + 1)
    }

    /// Takes in one more event.
    pub(crate) fn happen(&mut self, book: &Book, at: Time, event: StandingEvent) {
        match event {
            StandingEvent::Proposed { proposal } => {
                self.next_proposal = self.next_proposal.max(proposal.id.0);
                self.proposals.insert(proposal.id, proposal);
            }
            StandingEvent::Approved { id, approver } => {
                if let Some(proposal) = self.proposals.remove(&id) {
                    self.change(book, at, proposal, approver);
                }
            }
            StandingEvent::Signed { signature } => self.signatures.push(signature),
            StandingEvent::Fact { fact, so, person, role, until } => {
                let known =
                    Known { so, person, role, countersigned: None, at, until, covers: None };
                self.facts.insert(fact, known);
            }
            StandingEvent::Countersigned { fact, person, role } => {
                if let Some(known) = self.facts.get_mut(&fact) {
                    known.countersigned = Some((person, role));
                }
            }
            StandingEvent::Consented { consent } => self.consents.push(consent),
            StandingEvent::ConsentWithdrawn { id } => {
                for consent in self.consents.iter_mut().filter(|c| c.id == id) {
                    consent.withdrawn = Some(at);
                }
            }
            StandingEvent::Linked { link } => self.links.push(link),
            StandingEvent::LinkUsed { token_digest } => {
                for link in self.links.iter_mut().filter(|l| l.token_digest == token_digest) {
                    link.used = true;
                }
            }
            StandingEvent::Halted { .. } => self.halted = true,
            StandingEvent::Resumed { .. } => self.halted = false,
            StandingEvent::ClockJumped => self.clock_jumped = true,
            StandingEvent::ClockIsRight { .. } => self.clock_jumped = false,
            StandingEvent::Book { digest } => self.book = Some(digest),
        }
    }

    fn change(&mut self, book: &Book, at: Time, proposal: Proposal, approver: Person) {
        let Proposal { change, author, reason, .. } = proposal;
        match change {
            Change::Number { number, value } => {
                let day = Zone::TOKYO.day(at);
                self.numbers.insert(number, Setting { value, author, reason, day, approver });
            }
            Change::Mode { measure, mode } => {
                self.modes.insert(measure, (mode, reason));
            }
            Change::Accept { measure } => {
                if let Some(digest) = book.measure(&measure).map(|m| m.digest) {
                    let acceptance =
                        Acceptance { person: author, second: approver, at, reason, digest };
                    self.accepted.insert(measure, acceptance);
                }
            }
            Change::Exporters { exporters } => self.exporters = Some(exporters),
            Change::Trust { exporter } => self.trusted.push((exporter, at)),
        }
    }

    /// What is on record for the gate, without the facts of a case.
    pub(crate) fn record(&self) -> Record {
        let mut facts = Facts::default();
        for (&fact, known) in &self.facts {
            facts.learn(fact, known.clone());
        }
        Record {
            facts,
            signatures: self.signatures.clone(),
            numbers: self.numbers.clone(),
            modes: self.modes.iter().map(|(name, (mode, _))| (name.clone(), *mode)).collect(),
            accepted: self.accepted.clone(),
        }
    }

    /// Is this fact established once for the operator, not case by case?
    pub(crate) const fn stands(fact: Fact) -> bool {
        matches!(
            fact,
            Fact::OwnBusiness
                | Fact::NotNormallyExpected
                | Fact::ListLegitimate
                | Fact::ListOnlyForPurpose
                | Fact::OptOutAnyTime
                | Fact::SameTerms
                | Fact::TermsMadeKnown
                | Fact::ScreenExplains
                | Fact::ScreenNamesSender
                | Fact::LeastData
                | Fact::JudgedNotArbitrarily
                | Fact::EffectivenessReported
                | Fact::AssociationMember
        )
    }

    /// A number's value, when it is set.
    pub(crate) fn number(&self, number: Number) -> Option<f64> {
        self.numbers.get(&number).filter(|s| s.is_complete()).map(|s| s.value)
    }

    /// How far this measure is switched on.
    #[must_use]
    pub fn mode(&self, measure: &MeasureName) -> Mode {
        self.modes.get(measure).map_or(Mode::Off, |(mode, _)| *mode)
    }

    /// Is this measure carried out by this version, or switched on? All others can be asked about only.
    #[must_use]
    pub fn is_listed(&self, measure: &ground::Measure) -> bool {
        is_carried_out(measure) || self.mode(&measure.name) != Mode::Off
    }

    /// What is missing before each measure that this version carries out, or that is switched on, can
    /// run.
    #[must_use]
    pub fn missing(&self, book: &Book, at: Time) -> Vec<Missing> {
        let mut missing = Vec::new();
        for measure in book.measures().iter().filter(|m| self.is_listed(m)) {
            let mut need = |ja: String, en: String, how: String| {
                missing.push(Missing { measure: measure.name.clone(), what: Text { ja, en }, how });
            };
            let name = &measure.name;
            if self.mode(name) == Mode::Off {
                need(
                    "有効になっていない".into(),
                    "is switched off".into(),
                    format!("sekisho measures switch {name} propose --reason … --as …"),
                );
            }
            let accepted = self.accepted.get(name).is_some_and(|a| a.digest == measure.digest);
            if measure.status == Status::Inferred && !accepted {
                need(
                    "推論による措置を法務が受け入れていない".into(),
                    "is inferred and not accepted by legal".into(),
                    format!("sekisho measures accept {name} --reason … --as …"),
                );
            }
            for &number in &measure.numbers {
                if self.number(number).is_none() {
                    let text = number.text();
                    need(
                        format!("数値が未設定：{}", text.ja),
                        format!("needs a number: {}", text.en),
                        format!("sekisho measures number {number} VALUE --reason … --as …"),
                    );
                }
            }
            if measure.signers.when != SignersWhen::Once {
                continue;
            }
            for &role in &measure.signers.roles {
                let signed = self.signatures.iter().any(|s| {
                    s.role == role
                        && s.on == SignedOn::Measure(name.clone(), measure.digest)
                        && s.until.is_none_or(|until| at < until)
                });
                if !signed {
                    let text = role.text();
                    need(
                        format!("署名が必要：{}", text.ja),
                        format!("needs the signature of {}", text.en),
                        format!("sekisho measures sign {name} --as …"),
                    );
                }
            }
            for (&fact, &wanted) in &measure.requires {
                if Self::stands(fact) && self.facts.get(&fact).is_none_or(|k| k.so != wanted) {
                    let text = fact.text();
                    need(
                        format!("確認が必要：{}", text.ja),
                        format!("needs to be established: {}", text.en),
                        format!("sekisho measures fact {fact} {} --as …", yes_no(wanted)),
                    );
                }
            }
        }
        missing
    }

    /// Until when a standing signature by a reviewer holds.
    pub(crate) fn review(measure: &ground::Measure, at: Time, review_days: u32) -> Option<Time> {
        let lasting = measure.signers.when == SignersWhen::Once || measure.ends == Ends::Review;
        lasting.then(|| at.after(terms::Span::days(u64::from(review_days))))
    }

    /// The link whose token has this digest, if it may still be used.
    pub(crate) fn usable_link(&self, token_digest: &str, at: Time) -> Result<&Link, DeskError> {
        let link = self.links.iter().find(|l| l.token_digest == token_digest);
        let link = link.ok_or_else(|| DeskError::NotFound("such link".into()))?;
        if link.used || at >= link.until {
            return Err(DeskError::Wrong(
                "the link was used or has ended; ask for another one".into(),
            ));
        }
        Ok(link)
    }
}

/// Does this version carry the measure out? All others of the book can be asked about only.
#[must_use]
pub fn is_carried_out(measure: &ground::Measure) -> bool {
    const DONE: &[(Act, Purpose)] = &[
        (Act::Collect, Purpose::RunNetwork),
        (Act::Hold, Purpose::BeReady),
        (Act::Analyse, Purpose::FindCause),
        (Act::Analyse, Purpose::ProtectLine),
        (Act::Block, Purpose::ProtectLine),
        (Act::Block, Purpose::StopNamedTraffic),
        (Act::Block, Purpose::ProtectService),
    ];
    measure.can_grant() && DONE.iter().any(|(act, purpose)| measure.is_about(*act, *purpose))
}

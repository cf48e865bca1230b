//! What people say to the desk, from the command line now and the console later.

use account::Kind;
use ground::{Fact, MeasureName, Number, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use terms::IpNet;
use terms::{Act, CaseId, Line, Moment, Purpose, Source, Span, Text, Traits};

use crate::ask::minutes;
use crate::carry::SIGNERS;
use crate::standing::StandingEvent;
use crate::{Agreed, CaseEvent, Change, Config, ConsentId, Desk, DeskError, How, Learnt, Order};
use crate::{ProposalId, view};

/// One thing a person says to the desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "command")]
pub enum Command {
    /// Every measure, and what is missing before it can run.
    Measures,
    /// Sign a standing measure.
    SignMeasure {
        /// The measure.
        measure: MeasureName,
    },
    /// Establish a standing fact, or countersign it.
    StandingFact {
        /// The fact.
        fact: Fact,
        /// Is it so?
        so: bool,
    },
    /// Propose a change that takes two persons.
    Propose {
        /// What would change.
        change: Change,
        /// Why.
        reason: String,
    },
    /// Approve somebody else's proposal.
    Approve {
        /// The proposal.
        proposal: ProposalId,
    },
    /// Proposals that wait.
    Proposals,
    /// All cases.
    Cases,
    /// One case; its details are shown only under a ground, and that is booked.
    ShowCase {
        /// The case.
        case: CaseId,
    },
    /// Open a case by hand.
    OpenCase {
        /// The own address or prefix.
        target: IpNet,
        /// Traits to stop, when whoever asks already knows them.
        traits: Vec<Traits>,
        /// Why.
        reason: String,
    },
    /// Answer a question of a case.
    Answer {
        /// The case.
        case: CaseId,
        /// The fact.
        fact: Fact,
        /// Is it so?
        so: bool,
    },
    /// Vouch for the exporter a case rests on.
    Vouch {
        /// The case.
        case: CaseId,
    },
    /// Sign the plan of a case.
    Sign {
        /// The case.
        case: CaseId,
    },
    /// Refuse the plan of a case.
    Decline {
        /// The case.
        case: CaseId,
        /// Why.
        reason: String,
    },
    /// Record the consent of the line of a case, as given to the desk.
    Consent {
        /// The case.
        case: CaseId,
        /// The line.
        line: Line,
        /// How long it holds, in minutes.
        minutes: u32,
    },
    /// Make a one-time link by which the line of a case answers itself.
    ConsentLink {
        /// The case.
        case: CaseId,
        /// The line.
        line: Line,
        /// How long it holds, in minutes.
        minutes: u32,
        /// The secret part of the link, at least 32 characters, made by whoever sends it.
        token: String,
    },
    /// Take down a consent given apart from any case: individual, or by the terms.
    Agree(Agreed),
    /// Withdraw a consent at the line's wish.
    WithdrawConsent {
        /// The consent.
        consent: ConsentId,
    },
    /// Consents on record.
    Consents,
    /// A duty of a case was done: the line was told.
    Told {
        /// The case.
        case: CaseId,
    },
    /// Close a case by hand.
    CloseCase {
        /// The case.
        case: CaseId,
        /// Why.
        reason: String,
    },
    /// Open kept statistics for a purpose, to see what the law says.
    OpenKept {
        /// What for.
        purpose: Purpose,
        /// Why.
        reason: String,
    },
    /// Withdraw everything and stop all opening.
    Halt {
        /// Why.
        reason: String,
    },
    /// After the wall clock was set: it is right, and days can be counted again.
    ClockIsRight {
        /// Why.
        reason: String,
    },
    /// Allow opening again.
    Resume {
        /// Why.
        reason: String,
    },
}

impl Desk {
    /// Carries out what `name` says.
    ///
    /// # Errors
    /// Who may not do it, what is not there, what cannot be written. Nothing was changed then.
    pub fn command(
        &mut self,
        name: &str,
        command: Command,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let actor = self.config.person(name)?;
        let may = |roles: &[Role]| Config::role(&actor, roles);
        let person = actor.person.clone();
        match command {
            Command::Measures => Ok(view::measures(self, at)),
            Command::Proposals => Ok(json!(self.standing.proposals.values().collect::<Vec<_>>())),
            Command::Cases => Ok(json!(self.cases.values().map(view::summary).collect::<Vec<_>>())),
            Command::Consents => {
                may(&[&[Role::Auditor], SIGNERS].concat())?;
                Ok(json!(self.standing.consents))
            }
            Command::SignMeasure { measure } => self.sign_measure(&actor, &measure, at),
            Command::StandingFact { fact, so } => self.standing_fact(&actor, fact, so, at),
            Command::Propose { change, reason } => {
                may(CHANGERS)?;
                self.propose(&actor, change, reason, at)
            }
            Command::Approve { proposal } => {
                may(CHANGERS)?;
                self.approve(&actor, proposal, at)
            }
            Command::ShowCase { case } => {
                may(SIGNERS)?;
                self.show(&actor, case, at)
            }
            Command::OpenCase { target, traits, reason } => {
                may(&[Role::Operations, Role::Desk])?;
                self.config.own.own(target).map_err(|e| DeskError::Wrong(e.to_string()))?;
                reasoned(&reason)?;
                let id = self.open_case(How::ByHand { person, reason }, target, &actor, at)?;
                if !traits.is_empty() {
                    self.learnt(id, Learnt::by_hand(target, traits), at)?;
                }
                Ok(json!({ "case": id }))
            }
            Command::Answer { case, fact, so } => {
                let role = may(fact.established_by())?;
                self.known(case)?;
                if fact == Fact::LineConsents {
                    return Err(DeskError::Wrong("a consent is recorded with `sekisho case consent`, so that its text and end are kept".into()));
                }
                if fact.is_per_line() {
                    return Err(DeskError::Wrong(format!(
                        "{fact} is what a line chose, and is looked up; it is not answered in a case"
                    )));
                }
                let until =
                    self.standing.number(Number::FactMinutes).map(|m| at.wall.after(minutes(m)));
                let leaf = self
                    .leaf(Kind::Fact, Some(case), &person, at)
                    .with("fact", account::Safe::Word(fact.word().into()))
                    .with("so", account::Safe::Word(yes_no(so).into()));
                self.account.book(&leaf, &[])?;
                self.note(case, CaseEvent::Fact { fact, so, person, role, until }, at)?;
                self.stir(case)
            }
            Command::Vouch { case } => {
                may(&[Role::Operations])?;
                let finding = self
                    .known(case)?
                    .finding
                    .clone()
                    .ok_or_else(|| DeskError::Wrong("the case has no finding".into()))?;
                let leaf = self
                    .leaf(Kind::Fact, Some(case), &person, at)
                    .with("fact", account::Safe::Word("exporter-vouched-for".into()));
                self.account.book(&leaf, &[])?;
                self.note(case, CaseEvent::Finding { finding, doubtful: false }, at)?;
                self.stir(case)
            }
            Command::Sign { case } => self.sign(&actor, case, at),
            Command::Decline { case, reason } => {
                may(SIGNERS)?;
                self.known(case)?;
                reasoned(&reason)?;
                let leaf = self.leaf(Kind::Unsigned, Some(case), &person, at);
                self.account.book(&leaf, &[])?;
                self.note(case, CaseEvent::Declined { person, reason }, at)?;
                self.stir(case)
            }
            Command::Consent { case, line, minutes } => {
                let role = may(&[Role::Desk])?;
                self.record_consent(case, line, person, role, Span::minutes(u64::from(minutes)), at)
            }
            Command::ConsentLink { case, line, minutes, token } => {
                may(&[Role::Desk])?;
                self.link(case, line, Span::minutes(u64::from(minutes)), &token, at)
            }
            Command::Agree(agreed) => {
                let role = may(&[Role::Desk])?;
                self.agree(agreed, person, role, at)
            }
            Command::WithdrawConsent { consent } => {
                may(&[Role::Desk])?;
                self.withdraw_consent(consent, &person, at)
            }
            Command::Told { case } => {
                may(&[Role::Desk, Role::Operations])?;
                let owed = |(what, _): &(_, _)| *what == ground::DutyKind::TellLine;
                if !self.known(case)?.duties.iter().any(owed) {
                    return Err(DeskError::NotFound(format!(
                        "duty to tell the line in case {case}"
                    )));
                }
                self.duty_done(case, ground::DutyKind::TellLine, person, at)?;
                self.stir(case)
            }
            Command::CloseCase { case, reason } => {
                may(&[Role::Operations, Role::Desk])?;
                let known = self.known(case)?;
                let why_not = if known.mitigated.is_some() {
                    Some("a mitigation of this case is in force; it ends first")
                } else if known.duties.is_empty() {
                    None
                } else {
                    Some("something is owed in this case; do it and note it first")
                };
                if let Some(why_not) = why_not {
                    return Err(DeskError::Wrong(why_not.into()));
                }
                reasoned(&reason)?;
                // A person says that what still goes on is no attack: it is the usual from now on.
                let goes_on = (known.finding.is_some() && !known.calm).then_some(known.target);
                self.close(case, &person, Text { ja: reason.clone(), en: reason }, at)?;
                if let Some(target) = goes_on {
                    self.dismissed.retain(|(other, _)| *other != target);
                    self.dismissed.push((target, at.wall));
                    self.orders.push(Order::LearnAnew(target));
                }
                Ok(json!({ "closed": case }))
            }
            Command::OpenKept { purpose, reason } => {
                reasoned(&reason)?;
                let request = ground::Request {
                    actor,
                    ..self.stand(Act::Analyse, purpose, vec![Source::Statistics], at)
                };
                let answer = self.gate.ask(&request, at);
                Ok(json!(crate::speak(&self.book, &request, &answer, self.zone.day(at.wall))))
            }
            Command::Halt { reason } => {
                may(&[Role::Operations, Role::Legal, Role::Administrator])?;
                reasoned(&reason)?;
                let leaf = self.leaf(Kind::Halted, None, &person, at);
                self.halt(at);
                // The switch works on a full disk too; then it holds until the next start only.
                let booked = self.account.book(&leaf, &[]).is_ok();
                let kept = self.stand_by(StandingEvent::Halted { person }, at).is_ok();
                Ok(json!({ "halted": true, "booked": booked && kept }))
            }
            Command::ClockIsRight { reason } => {
                may(&[Role::Operations, Role::Administrator, Role::Legal])?;
                reasoned(&reason)?;
                let right = account::Safe::Word("clock-is-right".into());
                let leaf = self.leaf(Kind::Fact, None, &person, at).with("fact", right);
                self.account.book(&leaf, &[])?;
                self.stand_by(StandingEvent::ClockIsRight { person }, at)?;
                self.clock_is_sure = true;
                Ok(json!({ "clock-is-right": true }))
            }
            Command::Resume { reason } => {
                may(&[Role::Operations, Role::Legal])?;
                reasoned(&reason)?;
                let leaf = self
                    .leaf(Kind::Halted, None, &person, at)
                    .with("resumed", account::Safe::Word("yes".into()));
                self.account.book(&leaf, &[])?;
                self.stand_by(StandingEvent::Resumed { person }, at)?;
                self.gate.resume();
                Ok(json!({ "halted": false }))
            }
        }
    }
}

/// Who may propose and approve changes.
const CHANGERS: &[Role] = &[Role::Legal, Role::Operations, Role::Services, Role::Administrator];

pub(crate) fn reasoned(reason: &str) -> Result<(), DeskError> {
    if reason.trim().is_empty() {
        Err(DeskError::Wrong("a reason is needed".into()))
    } else {
        Ok(())
    }
}

pub(crate) fn yes_no(so: bool) -> &'static str {
    if so { "yes" } else { "no" }
}

//! What people say to the desk, from the command line now and the console later.

use account::Kind;
use ground::{Fact, MeasureName, Mode, Number, Role, Signature, SignedOn};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use terms::IpNet;
use terms::{Act, CaseId, Line, Moment, Person, Purpose, Source, Span, Text};

use crate::ask::minutes;
use crate::desk::number;
use crate::standing::StandingEvent;
use crate::{CaseEvent, Change, Config, Consent, ConsentId, Desk, DeskError, How, Link, Order};
use crate::{Proposal, ProposalId, Standing, consent, view};

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
            Command::Consents => Ok(json!(self.standing.consents)),
            Command::SignMeasure { measure } => self.sign_measure(&actor, &measure, at),
            Command::StandingFact { fact, so } => self.standing_fact(&actor, fact, so, at),
            Command::Propose { change, reason } => {
                may(&[Role::Legal, Role::Operations, Role::Services, Role::Administrator])?;
                self.propose(&actor, change, reason, at)
            }
            Command::Approve { proposal } => self.approve(&actor, proposal, at),
            Command::ShowCase { case } => self.show(&actor, case, at),
            Command::OpenCase { target, reason } => {
                may(&[Role::Operations, Role::Desk])?;
                self.config.own.own(target).map_err(|e| DeskError::Wrong(e.to_string()))?;
                reasoned(&reason)?;
                let id = self.open_case(How::ByHand { person, reason }, target, &actor, at)?;
                Ok(json!({ "case": id }))
            }
            Command::Answer { case, fact, so } => {
                let role = may(fact.established_by())?;
                self.known(case)?;
                if fact == Fact::LineConsents {
                    return Err(DeskError::Wrong("a consent is recorded with `sekisho case consent`, so that its text and end are kept".into()));
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
                if let Some(case) = self.cases.get_mut(&case) {
                    case.doubtful = false;
                }
                self.stir(case)
            }
            Command::Sign { case } => self.sign(&actor, case, at),
            Command::Decline { case, reason } => {
                may(&[Role::Operations, Role::Desk, Role::Services, Role::Legal])?;
                self.known(case)?;
                reasoned(&reason)?;
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
            Command::WithdrawConsent { consent } => {
                may(&[Role::Desk])?;
                self.withdraw_consent(consent, &person, at)
            }
            Command::Told { case } => {
                may(&[Role::Desk, Role::Operations])?;
                self.known(case)?;
                self.duty_done(case, ground::DutyKind::TellLine, person, at)?;
                self.stir(case)
            }
            Command::CloseCase { case, reason } => {
                may(&[Role::Operations, Role::Desk])?;
                if self.known(case)?.mitigated.is_some() {
                    return Err(DeskError::Wrong(
                        "a mitigation of this case is in force; it ends first".into(),
                    ));
                }
                reasoned(&reason)?;
                self.close(case, &person, Text { ja: reason.clone(), en: reason }, at)?;
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
                self.account.book(&leaf, &[])?;
                self.stand_by(StandingEvent::Halted { person }, at)?;
                Ok(json!({ "halted": true }))
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

    /// A subscriber answers by their one-time link.
    ///
    /// # Errors
    /// When the link is not known, was used, or has ended.
    pub fn answer_link(&mut self, token: &str, yes: bool, at: Moment) -> Result<Value, DeskError> {
        let token_digest = Self::digest(token);
        let link = self.standing.usable_link(&token_digest, at.wall)?.clone();
        self.stand_by(StandingEvent::LinkUsed { token_digest }, at)?;
        if !yes {
            let leaf = self.leaf(Kind::Declined, Some(link.case), &Person("line".into()), at);
            self.account.book(&leaf, &[("whom", link.line.0.as_bytes())])?;
            return Ok(json!({ "consented": false }));
        }
        let by = Person(format!("line {}", link.line));
        self.record_consent(link.case, link.line, by, Role::Line, link.until.since(at.wall), at)
    }

    /// The text behind a one-time link.
    ///
    /// # Errors
    /// As [`Desk::answer_link`].
    pub fn link_text(&self, token: &str, at: Moment) -> Result<Text, DeskError> {
        let link = self.standing.usable_link(&Self::digest(token), at.wall)?;
        Ok(consent::text(&link.line))
    }

    fn known(&self, id: CaseId) -> Result<&crate::Case, DeskError> {
        match self.cases.get(&id) {
            Some(case) if case.closed => Err(DeskError::Wrong(format!("case {id} is closed"))),
            Some(case) => Ok(case),
            None => Err(DeskError::NotFound(format!("case {id}"))),
        }
    }

    fn stir(&mut self, id: CaseId) -> Result<Value, DeskError> {
        self.stirred.insert(id);
        Ok(json!({ "case": id }))
    }

    fn sign_measure(
        &mut self,
        actor: &ground::Actor,
        name: &MeasureName,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let measure = self
            .book
            .measure(name)
            .ok_or_else(|| DeskError::NotFound(format!("measure {name}")))?;
        let role = Config::role(actor, &measure.signers.roles)?;
        let until = Standing::review(measure, at.wall, self.config.review_days);
        let on = SignedOn::Measure(name.clone(), measure.digest);
        let signature = Signature { person: actor.person.clone(), role, at: at.wall, until, on };
        let mut leaf = self
            .leaf(Kind::Signed, None, &actor.person, at)
            .with("role", account::Safe::Word(role.word().into()));
        leaf.measure = Some(name.clone());
        self.account.book(&leaf, &[])?;
        self.stand_by(StandingEvent::Signed { signature }, at)?;
        Ok(json!({ "signed": name, "role": role, "until": until.map(|u| u.rfc3339()) }))
    }

    fn standing_fact(
        &mut self,
        actor: &ground::Actor,
        fact: Fact,
        so: bool,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let leaf = self
            .leaf(Kind::Fact, None, &actor.person, at)
            .with("fact", account::Safe::Word(fact.word().into()))
            .with("so", account::Safe::Word(yes_no(so).into()));
        let countersigns = fact.countersigned_by().filter(|r| actor.roles.contains(r));
        let waiting = self
            .standing
            .facts
            .get(&fact)
            .filter(|k| k.so == so && k.person != actor.person && k.countersigned.is_none());
        let event = match (countersigns, waiting) {
            (Some(role), Some(_)) => {
                StandingEvent::Countersigned { fact, person: actor.person.clone(), role }
            }
            _ => {
                let role = Config::role(actor, fact.established_by())?;
                let until = Some(at.wall.after(Span::days(u64::from(self.config.review_days))));
                StandingEvent::Fact { fact, so, person: actor.person.clone(), role, until }
            }
        };
        self.account.book(&leaf, &[])?;
        self.stand_by(event, at)?;
        Ok(json!({ "fact": fact, "so": so }))
    }

    fn propose(
        &mut self,
        actor: &ground::Actor,
        change: Change,
        reason: String,
        at: Moment,
    ) -> Result<Value, DeskError> {
        reasoned(&reason)?;
        if let Change::Mode { measure, .. } | Change::Accept { measure } = &change {
            self.book
                .measure(measure)
                .ok_or_else(|| DeskError::NotFound(format!("measure {measure}")))?;
        }
        if let Change::Mode { measure, mode: Mode::Automatic } = &change
            && let Some(m) = self.book.measure(measure)
            && m.automatic == ground::Automatic::No
            && !m.signers.afterwards
        {
            return Err(DeskError::Wrong(format!(
                "{measure} may not run automatically; its file does not allow it"
            )));
        }
        if let Change::Number { value, .. } = &change
            && !(value.is_finite() && *value > 0.0)
        {
            return Err(DeskError::Wrong("a number must be above zero".into()));
        }
        let id = self.standing.next_proposal();
        let proposal = Proposal {
            id,
            change,
            author: actor.person.clone(),
            roles: actor.roles.clone(),
            reason,
            at: at.wall,
        };
        self.stand_by(StandingEvent::Proposed { proposal }, at)?;
        Ok(json!({ "proposal": id }))
    }

    fn approve(
        &mut self,
        actor: &ground::Actor,
        id: ProposalId,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let proposal = self.standing.proposals.get(&id).cloned();
        let proposal = proposal.ok_or_else(|| DeskError::NotFound(format!("proposal {}", id.0)))?;
        proposal.check(actor)?;
        let word = |w: &str| account::Safe::Word(w.into());
        let mut leaf = self
            .leaf(Kind::ModeSet, None, &actor.person, at)
            .with("author", word(&proposal.author.0));
        match &proposal.change {
            Change::Number { number, value } => {
                leaf.kind = Kind::NumberSet;
                leaf = leaf
                    .with("number", word(number.word()))
                    .with("value", account::Safe::Number(*value));
            }
            Change::Mode { measure, mode } => {
                leaf.measure = Some(measure.clone());
                leaf = leaf.with("mode", word(mode.word()));
            }
            Change::Accept { measure } => {
                leaf.kind = Kind::Accepted;
                leaf.measure = Some(measure.clone());
            }
            Change::Exporters { exporters } => {
                leaf = leaf.with("exporters", number(exporters.len() as u64));
                self.orders.push(Order::Exporters(exporters.clone()));
            }
            Change::Trust { exporter } => {
                leaf = leaf.with("trusted", word(exporter));
                self.orders.push(Order::Trust(exporter.clone()));
            }
        }
        self.account.book(&leaf, &[])?;
        self.stand_by(StandingEvent::Approved { id, approver: actor.person.clone() }, at)?;
        Ok(json!({ "approved": id }))
    }

    fn sign(&mut self, actor: &ground::Actor, id: CaseId, at: Moment) -> Result<Value, DeskError> {
        let case = self.known(id)?;
        let Some((plan, digest)) = case.plan.clone() else {
            return Err(DeskError::Wrong(format!("case {id} has no plan to sign yet")));
        };
        let role =
            Config::role(actor, &[Role::Operations, Role::Desk, Role::Services, Role::Legal])?;
        if matches!(&case.how, How::ByHand { person, .. } if *person == actor.person) {
            return Err(DeskError::Wrong(
                "whoever opened a case does not sign its plan; another person must".into(),
            ));
        }
        let signature = Signature {
            person: actor.person.clone(),
            role,
            at: at.wall,
            until: Some(plan.ends),
            on: SignedOn::Plan(digest),
        };
        let leaf = self
            .leaf(Kind::Signed, Some(id), &actor.person, at)
            .with("role", account::Safe::Word(role.word().into()))
            .with("mitigation", number(plan.id.0));
        self.account.book(&leaf, &[("whom", &digest.0)])?;
        self.note(id, CaseEvent::Signed { signature }, at)?;
        self.stir(id)
    }

    fn record_consent(
        &mut self,
        case: CaseId,
        line: Line,
        by: Person,
        role: Role,
        length: Span,
        at: Moment,
    ) -> Result<Value, DeskError> {
        self.known(case)?;
        if self.config.line(&line).is_none() {
            return Err(DeskError::NotFound(format!("line {line} in the settings")));
        }
        let id = ConsentId(self.standing.consents.len() as u64 + 1);
        let text = consent::text(&line).ja;
        let secret = line.0.clone();
        let consent = Consent {
            id,
            line,
            acts: vec![Act::Analyse, Act::Show, Act::Block],
            case,
            text,
            by: by.clone(),
            role,
            at: at.wall,
            until: at.wall.after(length),
            withdrawn: None,
        };
        let booked = if role == Role::Line { Person("line".into()) } else { by };
        let leaf = self.leaf(Kind::Consented, Some(case), &booked, at);
        self.account.book(&leaf, &[("whom", secret.as_bytes())])?;
        self.stand_by(StandingEvent::Consented { consent }, at)?;
        Ok(json!({ "consent": id, "consented": true }))
    }

    fn link(
        &mut self,
        case: CaseId,
        line: Line,
        length: Span,
        token: &str,
        at: Moment,
    ) -> Result<Value, DeskError> {
        self.known(case)?;
        if self.config.line(&line).is_none() {
            return Err(DeskError::NotFound(format!("line {line} in the settings")));
        }
        if token.len() < 32 {
            return Err(DeskError::Wrong(
                "the token of a link needs at least 32 characters".into(),
            ));
        }
        let until = at.wall.after(length);
        let link = Link { token_digest: Self::digest(token), line, case, until, used: false };
        self.stand_by(StandingEvent::Linked { link }, at)?;
        self.note(case, CaseEvent::ConsentAsked { until }, at)?;
        Ok(json!({ "path": format!("/consent/{token}"), "until": until.rfc3339() }))
    }

    fn withdraw_consent(
        &mut self,
        id: ConsentId,
        person: &Person,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let Some(consent) =
            self.standing.consents.iter().find(|c| c.id == id && c.withdrawn.is_none())
        else {
            return Err(DeskError::NotFound(format!("consent {} that is still given", id.0)));
        };
        let leaf = self.leaf(Kind::Declined, Some(consent.case), person, at);
        self.account.book(&leaf, &[("whom", consent.line.0.as_bytes())])?;
        self.stand_by(StandingEvent::ConsentWithdrawn { id }, at)?;
        Ok(json!({ "withdrawn": id }))
    }

    fn show(&mut self, actor: &ground::Actor, id: CaseId, at: Moment) -> Result<Value, DeskError> {
        let case = self.cases.get(&id).ok_or_else(|| DeskError::NotFound(format!("case {id}")))?;
        let request = ground::Request {
            actor: actor.clone(),
            ..self.look(case, Act::Show, Purpose::FindCause, at)
        };
        let answer = self.gate.ask(&request, at);
        let spoken = crate::speak(&self.book, &request, &answer, self.zone.day(at.wall));
        let granted = matches!(answer, ground::Answer::Granted(_));
        let entry = match &answer {
            ground::Answer::Granted(g) => Some(g.answer),
            ground::Answer::Asks(a) => a.answer,
            ground::Answer::Refused(r) => r.answer,
        };
        self.note(id, CaseEvent::Shown { person: actor.person.clone(), answer: entry }, at)?;
        let case = self.cases.get(&id).ok_or_else(|| DeskError::NotFound(format!("case {id}")))?;
        Ok(view::case(self, case, granted, &spoken, at))
    }
}

fn reasoned(reason: &str) -> Result<(), DeskError> {
    if reason.trim().is_empty() {
        Err(DeskError::Wrong("a reason is needed".into()))
    } else {
        Ok(())
    }
}

fn yes_no(so: bool) -> &'static str {
    if so { "yes" } else { "no" }
}

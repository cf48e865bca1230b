//! How the desk carries out what people say: signatures, facts, proposals, showing a case.

use account::Kind;
use ground::{Digest, Fact, MeasureName, Mode, Role, Signature, SignedOn, SignersWhen};
use serde_json::{Value, json};
use terms::{Act, CaseId, Moment, Purpose, Span};

use crate::command::{reasoned, yes_no};
use crate::desk::number;
use crate::standing::StandingEvent;
use crate::{
    CaseEvent, Change, Config, Desk, DeskError, How, Order, Proposal, ProposalId, Standing, view,
};

impl Desk {
    pub(crate) fn known(&self, id: CaseId) -> Result<&crate::Case, DeskError> {
        match self.cases.get(&id) {
            Some(case) if case.closed => Err(DeskError::Wrong(format!("case {id} is closed"))),
            Some(case) => Ok(case),
            None => Err(DeskError::NotFound(format!("case {id}"))),
        }
    }

    pub(crate) fn stir(&mut self, id: CaseId) -> Result<Value, DeskError> {
        self.stirred.insert(id);
        Ok(json!({ "case": id }))
    }

    pub(crate) fn sign_measure(
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
        if measure.signers.when == SignersWhen::Each {
            return Err(DeskError::Wrong(format!(
                "{name} is signed plan by plan, in its cases: `sekisho case sign`"
            )));
        }
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

    pub(crate) fn standing_fact(
        &mut self,
        actor: &ground::Actor,
        fact: Fact,
        so: bool,
        at: Moment,
    ) -> Result<Value, DeskError> {
        if !Standing::stands(fact) {
            return Err(DeskError::Wrong(format!(
                "{fact} is established case by case: `sekisho case answer`"
            )));
        }
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

    pub(crate) fn propose(
        &mut self,
        actor: &ground::Actor,
        change: Change,
        reason: String,
        at: Moment,
    ) -> Result<Value, DeskError> {
        reasoned(&reason)?;
        if let Change::Mode { measure, .. } | Change::Accept { measure } = &change {
            let known = self.book.measure(measure);
            let known = known.ok_or_else(|| DeskError::NotFound(format!("measure {measure}")))?;
            if !known.can_grant() {
                return Err(DeskError::Wrong(format!(
                    "{measure} says what is not lawful or not decided; there is nothing to switch on"
                )));
            }
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

    pub(crate) fn approve(
        &mut self,
        actor: &ground::Actor,
        id: ProposalId,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let proposal = self.standing.proposals.get(&id).cloned();
        let proposal = proposal.ok_or_else(|| DeskError::NotFound(format!("proposal {}", id.0)))?;
        proposal.check(actor)?;
        let word = |w: &str| account::Safe::Word(w.into());
        let mut orders = Vec::new();
        let mut leaf = self
            .leaf(Kind::ModeSet, None, &actor.person, at)
            .with("author", named(&proposal.author.0));
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
                orders.push(Order::Exporters(exporters.clone()));
            }
            Change::Trust { exporter } => {
                leaf = leaf.with("trusted", named(exporter));
                orders.push(Order::Trust(exporter.clone()));
            }
        }
        self.account.book(&leaf, &[])?;
        self.stand_by(StandingEvent::Approved { id, approver: actor.person.clone() }, at)?;
        self.orders.extend(orders);
        Ok(json!({ "approved": id }))
    }

    pub(crate) fn sign(
        &mut self,
        actor: &ground::Actor,
        id: CaseId,
        at: Moment,
    ) -> Result<Value, DeskError> {
        let case = self.known(id)?;
        let Some((plan, digest)) = case.plan.clone() else {
            return Err(DeskError::Wrong(format!("case {id} has no plan to sign yet")));
        };
        let role = Config::role(actor, SIGNERS)?;
        if case.declined {
            return Err(DeskError::Wrong(format!("somebody said no to the plan of case {id}")));
        }
        if plan.ends <= at.wall {
            return Err(DeskError::Wrong(format!(
                "the plan of case {id} has ended; look at the one that is made in its place"
            )));
        }
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

    pub(crate) fn show(
        &mut self,
        actor: &ground::Actor,
        id: CaseId,
        at: Moment,
    ) -> Result<Value, DeskError> {
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

/// Who may sign plans and say no to them, as far as a measure names their role.
pub(crate) const SIGNERS: &[Role] = &[Role::Operations, Role::Desk, Role::Services, Role::Legal];

/// A name as it goes into the ledger: itself when it is a word, else its digest.
fn named(name: &str) -> account::Safe {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.len() <= 100 && name.chars().all(plain) && name.contains(char::is_alphabetic) {
        account::Safe::Word(name.to_owned())
    } else {
        account::Safe::Digest(Digest::of(name.as_bytes()))
    }
}

//! Building requests: who asks what of the gate, with everything that is on record.

use std::sync::Arc;

use ground::{End, Fact, Known, Mode, Number, Plan, Record, Request};
use terms::IpNet;
use terms::{Act, Fields, Moment, PrefixSet, Purpose, Source, Span, Subject};

use crate::people::system;
use crate::{Case, Desk, How, LineKind, consent};

impl Desk {
    /// The record for an act in `case`: standing facts, the case's, and what the machine observes.
    pub(crate) fn record(
        &self,
        case: Option<&Case>,
        subject: &Subject,
        (act, purpose): (Act, Purpose),
        at: Moment,
    ) -> Record {
        let mut record = self.standing.record();
        let mut by_system = |fact: Fact, so: bool, until| {
            let person = system().person;
            let role = ground::Role::System;
            let known =
                Known { so, person, role, countersigned: None, at: at.wall, until, covers: None };
            record.facts.learn(fact, known);
        };
        by_system(Fact::ByMachine, true, None);
        let Some(case) = case else {
            // What is kept of statistics is aggregates; single records are held for minutes, in memory.
            by_system(Fact::AggregatesOnly, true, None);
            return record;
        };
        // What was observed holds as long as the operator lets a fact hold.
        let valid = self.standing.number(Number::FactMinutes).map(minutes);
        if let Some(finding) = &case.finding {
            let until = valid.map(|span| finding.at.after(span));
            if until.is_none_or(|until| at.wall < until) || case.calm {
                by_system(Fact::TrafficAnomalous, !case.calm, until.filter(|_| !case.calm));
                by_system(Fact::CausePresent, !case.calm, until.filter(|_| !case.calm));
            }
        }
        if let Some((plan, _)) = &case.plan {
            let blind = terms::Traits::default();
            let matching = !plan.traits.is_empty() && plan.traits.iter().all(|t| *t != blind);
            by_system(Fact::OnlyMatching, matching, None);
            // A plan is the narrowest of the ways the desk has: the least destination that carries
            // the attack, the least rules that match it. Operations may know a narrower one.
            by_system(Fact::NarrowerWay, false, None);
        }
        // What is too old is not known any more; it does not hide what the machine sees now.
        let valid = |known: &Known| known.until.is_none_or(|until| at.wall < until);
        for (&fact, known) in case.facts.iter().filter(|(_, known)| valid(known)) {
            record.facts.learn(fact, known.clone());
        }
        let consents = &self.standing.consents;
        for (fact, known) in consent::known(consents, subject, act, purpose, at.wall) {
            record.facts.learn(fact, known);
        }
        record.signatures.extend(case.signatures.iter().cloned());
        // Nothing automatic rests on a doubtful exporter; and where a signature was promised and did
        // not come in time, nothing is done before it comes.
        let unsigned = case.promised.values().any(|by| *by <= at.wall);
        for (name, mode) in record.modes.iter_mut().filter(|(_, m)| **m == Mode::Automatic) {
            let promises = || self.book.measure(name).is_some_and(|m| m.signers.afterwards);
            if case.doubtful || (unsigned && promises()) {
                *mode = Mode::Propose;
            }
        }
        record
    }

    /// A request to look at data of `case`.
    pub(crate) fn look(&self, case: &Case, act: Act, purpose: Purpose, at: Moment) -> Request {
        let subject = Subject::Prefixes(Arc::new(PrefixSet::of([case.target])));
        let record = self.record(Some(case), &subject, (act, purpose), at);
        Request {
            actor: self.actor_of(case),
            act,
            purpose,
            fields: STUDIED,
            sources: vec![Source::Findings, Source::HeldFlows, Source::Statistics],
            subject,
            end: End::At(at.after(Span::minutes(5))),
            case: Some(case.id),
            only: None,
            claims: None,
            plan: None,
            observes: None,
            record,
        }
    }

    /// A request to carry out the plan of `case` for `purpose`.
    pub(crate) fn block(&self, case: &Case, purpose: Purpose, at: Moment) -> Request {
        let touched = case.plan.as_ref().map_or(case.target, |(p, _)| p.scope.prefix().net());
        let subject = self.subject(touched, purpose);
        let record = self.record(Some(case), &subject, (Act::Block, purpose), at);
        let observes = self.observes(&record, purpose);
        let ends = case.plan.as_ref().map(|(plan, _)| plan.ends);
        Request {
            actor: self.actor_of(case),
            act: Act::Block,
            purpose,
            fields: case
                .plan
                .as_ref()
                .map_or(Fields::of(&[terms::Field::DstAddress]), |(p, _)| p.fields()),
            sources: vec![Source::LiveTraffic],
            subject,
            end: End::from(ends.map(|ends| at.after(ends.since(at.wall)))),
            case: Some(case.id),
            only: None,
            claims: None,
            plan: case.plan.as_ref().map(|(plan, _)| plan.digest()),
            observes,
            record,
        }
    }

    /// A standing request: statistics or holding, over the whole network, for a day.
    pub(crate) fn stand(
        &self,
        act: Act,
        purpose: Purpose,
        sources: Vec<Source>,
        at: Moment,
    ) -> Request {
        let subject = Subject::Network;
        let record = self.record(None, &subject, (act, purpose), at);
        Request {
            actor: system(),
            act,
            purpose,
            fields: STUDIED,
            sources,
            subject,
            end: End::At(at.after(Span::days(1))),
            case: None,
            only: None,
            claims: None,
            plan: None,
            observes: None,
            record,
        }
    }

    /// Whom a block of this destination concerns: the line that holds it, when only the line's
    /// sake is at stake, else the destination itself.
    fn subject(&self, touched: IpNet, purpose: Purpose) -> Subject {
        let line = self.config.line_of(&touched).filter(|l| l.kind != LineKind::Dynamic);
        match (purpose, line) {
            (purpose, Some(line)) if for_the_line(purpose) => line.subject(),
            _ => Subject::Prefixes(Arc::new(PrefixSet::of([touched]))),
        }
    }

    /// The written question, when every switched-on measure for the purpose only observes.
    fn observes(&self, record: &Record, purpose: Purpose) -> Option<String> {
        let blocks = self.book.measures().iter().filter(|m| m.is_about(Act::Block, purpose));
        let on: Vec<_> = blocks
            .filter(|m| record.modes.get(&m.name).is_some_and(|mode| *mode != Mode::Off))
            .collect();
        let only_observed =
            !on.is_empty() && on.iter().all(|m| record.modes.get(&m.name) == Some(&Mode::Observe));
        let question =
            on.first().and_then(|m| self.standing.modes.get(&m.name)).map(|(_, why)| why.clone());
        question.filter(|_| only_observed)
    }

    /// Who asks in `case`: whoever opened it by hand, so that they cannot sign too.
    fn actor_of(&self, case: &Case) -> ground::Actor {
        match &case.how {
            How::Found => system(),
            How::ByHand { person, .. } => self
                .config
                .person(&person.0)
                .unwrap_or_else(|_| ground::Actor { person: person.clone(), roles: Vec::new() }),
        }
    }
}

/// Is a block for this purpose for the sake of the line alone, and on its consent?
pub(crate) const fn for_the_line(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::ProtectLine | Purpose::StopNamedTraffic)
}

/// A span of this many minutes, as the operator set it.
pub(crate) fn minutes(value: f64) -> Span {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; settings are above zero"
    )]
    Span((value * 60_000.0) as u64)
}

/// The header fields that statistics and studies of an attack use.
const STUDIED: Fields = Fields::of(&[
    terms::Field::SrcAddress,
    terms::Field::DstAddress,
    terms::Field::SrcPort,
    terms::Field::DstPort,
    terms::Field::Protocol,
    terms::Field::TcpFlags,
    terms::Field::Bytes,
    terms::Field::Packets,
    terms::Field::Fragment,
    terms::Field::InputInterface,
    terms::Field::Timestamp,
]);

//! What people see of the desk, as JSON: cases without their sealed part, measures with what they lack.

use ground::Plan;
use serde_json::{Value, json};
use terms::{Moment, Time};

use crate::{Case, CaseEvent, Desk, Spoken, alternatives};

/// A case in a list: nothing of it is sealed.
pub(crate) fn summary(case: &Case) -> Value {
    json!({
        "case": case.id,
        "opened": case.opened.rfc3339(),
        "state": case.state(),
        "kind": case.finding.as_ref().map(|f| f.kind),
        "class": case.finding.as_ref().map(|f| f.class),
        "calm": case.calm,
        "doubtful": case.doubtful,
        "verdict": case.standstill.as_ref().map(|s| s.code),
        "words": case.standstill.as_ref().map(|s| &s.words),
        "open": case.standstill.as_ref().map(|s| s.open.iter().map(|(t, r)| json!({ "question": t, "roles": r })).collect::<Vec<_>>()),
        "in-force-until": case.mitigated.as_ref().map(|m| m.until.rfc3339()),
        "withdrawn": case.history.iter().rev().find_map(withdrawn).filter(|_| case.mitigated.is_none()),
        "owed": case.owed.iter().map(|(r, by)| json!({ "role": r, "by": by.rfc3339() })).collect::<Vec<_>>(),
        "duties": case.duties.iter().map(|(d, by)| json!({ "duty": d.text(), "by": by.map(|b| b.rfc3339()) })).collect::<Vec<_>>(),
    })
}

/// When and why a mitigation was withdrawn: its end is the operator's doing and told without a ground,
/// for when an attack is over there may be none to look any more.
fn withdrawn((at, event): &(Time, CaseEvent)) -> Option<Value> {
    if let CaseEvent::Withdrawn { why, .. } = event {
        Some(json!({ "at": at.rfc3339(), "why": why }))
    } else {
        None
    }
}

/// A case with everything, when a ground to show it was granted; otherwise what is not sealed.
pub(crate) fn case(desk: &Desk, case: &Case, granted: bool, spoken: &Spoken, at: Moment) -> Value {
    let mut view = summary(case);
    let Some(fields) = view.as_object_mut() else { return view };
    fields.insert("shown-under".into(), json!(spoken));
    let other_ways = case.purpose().filter(|_| case.mitigated.is_none()).map(|purpose| {
        alternatives(&desk.book, &desk.block(case, purpose, at), desk.zone.day(at.wall))
    });
    fields.insert("alternatives".into(), json!(other_ways));
    let step = |(at, event): &(Time, CaseEvent)| {
        let event = if granted || !is_sealed(event) { json!(event) } else { named(event) };
        json!({ "at": at.rfc3339(), "event": event })
    };
    fields.insert("history".into(), case.history.iter().map(step).collect());
    if !granted {
        return view;
    }
    let line = desk.config.line_of(&case.target).or_else(|| {
        let plan = case.plan.as_ref()?;
        desk.config.line_of(&plan.0.scope.prefix().net())
    });
    fields.insert("target".into(), json!(case.target));
    fields.insert("line".into(), json!(line.map(|l| &l.line)));
    fields.insert("finding".into(), json!(case.finding));
    fields.insert("learnt".into(), json!(case.learnt));
    fields.insert("plan".into(), json!(case.plan.as_ref().map(|(p, _)| p)));
    fields.insert("plan-digest".into(), json!(case.plan.as_ref().map(|(p, _)| p.digest().hex())));
    view
}

/// Does this step of a case hold communications data? It is shown only under a ground.
fn is_sealed(event: &CaseEvent) -> bool {
    // Written out, so that whoever adds a step decides.
    match event {
        CaseEvent::Opened { .. }
        | CaseEvent::Finding { .. }
        | CaseEvent::Learnt { .. }
        | CaseEvent::Planned { .. }
        | CaseEvent::NotApplied { .. } => true,
        CaseEvent::Calm
        | CaseEvent::Fact { .. }
        | CaseEvent::Answered { .. }
        | CaseEvent::Signed { .. }
        | CaseEvent::Declined { .. }
        | CaseEvent::Owes { .. }
        | CaseEvent::ConsentAsked { .. }
        | CaseEvent::Applied { .. }
        | CaseEvent::Withdrawn { .. }
        | CaseEvent::Duty { .. }
        | CaseEvent::DutyDone { .. }
        | CaseEvent::Shown { .. }
        | CaseEvent::Closed { .. } => false,
    }
}

/// A step by its name only.
fn named(event: &CaseEvent) -> Value {
    json!({ "event": json!(event)["event"] })
}

/// Every measure: what it is, how far it is switched on, what is missing.
pub(crate) fn measures(desk: &Desk, at: Moment) -> Value {
    let missing = desk.standing.missing(&desk.book, at.wall);
    let one = |m: &ground::Measure| {
        let lacks: Vec<_> = missing.iter().filter(|l| l.measure == m.name).collect();
        json!({
            "measure": m.name,
            "item": m.item,
            "title": m.title,
            "status": m.status,
            "basis": m.basis,
            "code": ground::Code::of(m.basis),
            "cites": m.cites.text(),
            "mode": desk.standing.mode(&m.name),
            "listed": desk.standing.is_listed(m),
            "missing": lacks,
        })
    };
    json!(desk.book.measures().iter().map(|m| one(m)).collect::<Vec<_>>())
}

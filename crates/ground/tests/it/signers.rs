//! Who signs what, over every measure: the rules of the table of roles that hold for all of them.

use ground::{Automatic, Basis, Ends, Measure, Role, SignersWhen, TellsWhen};
use terms::{Act, Step};

use crate::desk::{book, granting};

/// Every measure that can grant, for which `meant` holds, keeps `rule`; some do.
fn each(meant: impl Fn(&Measure) -> bool, rule: impl Fn(&Measure) -> bool) {
    let book = book();
    let meant: Vec<_> = granting(&book).filter(|m| meant(m)).collect();
    assert!(!meant.is_empty(), "the rule is about no measure");
    for measure in meant {
        assert!(rule(measure), "{}: {:?}", measure.name, measure.signers);
    }
}

fn has(measure: &Measure, role: Role) -> bool {
    measure.signers.roles.contains(&role)
}

fn steps(measure: &Measure) -> impl Iterator<Item = Step> {
    measure.acts.iter().map(|act| act.step())
}

#[test]
fn whoever_signs_is_a_person_who_answers_for_the_service() {
    let never = [Role::System, Role::Auditor, Role::Administrator];
    each(|_| true, |m| !never.iter().any(|role| has(m, *role)));
    each(|_| true, |m| (1..=2).contains(&m.signers.roles.len()));
}

#[test]
fn what_runs_by_itself_was_signed_once_by_legal_by_services_or_by_the_line_itself() {
    each(|m| m.automatic == Automatic::Yes, |m| m.signers.when == SignersWhen::Once);
    each(
        |m| m.signers.when == SignersWhen::Once,
        |m| {
            let alone = m.signers.roles.len() == 1;
            let line = has(m, Role::Line) && m.basis == Basis::Consent;
            // The attack on log-ins and the port that goes round the mail servers.
            let services = has(m, Role::Services)
                && (m.ends == Ends::Required || m.acts == [Act::BlockPort25]);
            if alone { line || services } else { has(m, Role::Legal) && has(m, Role::Operations) }
        },
    );
    // The operator may choose it only where a report is answered by telling the line.
    each(
        |m| m.automatic == Automatic::Operator,
        |m| m.tells.when == TellsWhen::Instead && has(m, Role::Desk),
    );
    let lasts_unseen = |m: &Measure| m.ends == Ends::Review && m.automatic == Automatic::Yes;
    each(lasts_unseen, |m| m.signers.when == SignersWhen::Once && !m.signers.afterwards);
}

#[test]
fn what_leaves_the_house_is_signed_by_two_one_of_them_legal() {
    each(
        |m| steps(m).any(|s| matches!(s, Step::Share | Step::Disclose)),
        |m| {
            let to_the_ministry = m.acts == [Act::ReportLeak];
            has(m, Role::Legal) && (m.signers.roles.len() == 2 || to_the_ministry)
        },
    );
}

#[test]
fn a_line_is_cut_off_against_its_will_by_two() {
    let cuts = [Act::SuspendLine, Act::SuspendInternational, Act::RestrictCalls];
    each(
        |m| m.acts.iter().any(|act| cuts.contains(act)) && m.basis != Basis::Consent,
        |m| m.signers.roles.len() == 2,
    );
}

#[test]
fn a_signature_may_follow_only_on_what_is_temporary_and_signed_each_time() {
    each(
        |m| m.signers.afterwards,
        |m| {
            m.signers.when == SignersWhen::Each
                && m.ends == Ends::Required
                && m.automatic == Automatic::No
        },
    );
}

#[test]
fn what_rests_on_necessity_is_signed_each_time_but_for_the_one_precedent() {
    each(
        |m| m.basis == Basis::Emergency,
        |m| (m.signers.when == SignersWhen::Each) != m.precedent.is_some(),
    );
    let book = book();
    let lasting = granting(&book).filter(|m| m.basis == Basis::Emergency && m.ends == Ends::Review);
    assert!(lasting.count() <= 1);
}

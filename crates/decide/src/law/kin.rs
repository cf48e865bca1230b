//! Which purposes are akin, and by which way another measure could serve a request.

use ground::{Fact, Measure};
use terms::{Act, Purpose, Step};

use super::request::Request;

/// Purposes that answer the same trouble. A purpose in none of them (marketing, a survey) has no kin:
/// no other measure serves it.
const FAMILIES: &[&[Purpose]] = &[
    // An attack.
    &[
        Purpose::FindCause,
        Purpose::RespondToAnomaly,
        Purpose::ProtectLine,
        Purpose::StopNamedTraffic,
        Purpose::ProtectService,
        Purpose::ProtectDownstream,
        Purpose::ProtectReceiver,
        Purpose::RespondJointly,
        Purpose::StopAttacker,
        Purpose::StopMalwareAttack,
        Purpose::StopPreparation,
        Purpose::StopSteppingStone,
        Purpose::AssistAssociation,
    ],
    // Malware.
    &[
        Purpose::StopMalwareAttack,
        Purpose::StopPreparation,
        Purpose::StopSteppingStone,
        Purpose::ProtectReceiver,
        Purpose::WarnInfected,
        Purpose::WarnVulnerable,
        Purpose::ProtectSubscriber,
        Purpose::FindInfected,
        Purpose::FindC2,
        Purpose::StopAttacker,
    ],
    // What a subscriber's machine does to others.
    &[
        Purpose::WarnInfected,
        Purpose::StopSteppingStone,
        Purpose::StopPreparation,
        Purpose::WarnOperators,
    ],
    // Mail.
    &[Purpose::FilterMailByChoice, Purpose::ProtectMail, Purpose::FightSpam],
    // Log-ins and calls.
    &[Purpose::StopLoginAbuse, Purpose::StopCallAbuse, Purpose::ProtectMail],
    // One's own network.
    &[Purpose::RunNetwork, Purpose::RestoreNames, Purpose::FindCause, Purpose::ManageCongestion],
    // Between operators.
    &[
        Purpose::WatchTogether,
        Purpose::RespondJointly,
        Purpose::WarnOperators,
        Purpose::AssistAssociation,
        Purpose::FightSpam,
        Purpose::FindCause,
        Purpose::FindC2,
    ],
    // What authorities ask for.
    &[Purpose::AssistState, Purpose::AssistAssociation, Purpose::SaveLife],
    // Content.
    &[Purpose::BlockUnlawfulContent, Purpose::StopChildAbuseImages, Purpose::ProtectSubscriber],
];

/// Do both purposes answer the same trouble?
pub(super) fn kin(one: Purpose, other: Purpose) -> bool {
    one == other || FAMILIES.iter().any(|f| f.contains(&one) && f.contains(&other))
}

/// By which act and for which purpose `measure` could serve the request, and how far that is from what
/// was asked: 0 is the same act for the same purpose. `fields_failed`: it is refused for its fields.
pub(super) fn way(
    request: &Request,
    measure: &Measure,
    fields_failed: bool,
) -> Option<(Act, Purpose, u8)> {
    let same_purpose = measure.purposes.iter().copied().find(|p| *p == request.purpose);
    let akin = measure.purposes.iter().copied().find(|p| kin(*p, request.purpose));
    let step = request.act.step();
    let same_act = measure.acts.iter().copied().find(|a| *a == request.act);
    // Analysis is of many kinds: only the same act is another way to it.
    let same_step =
        measure.acts.iter().copied().find(|a| a.step() == step && step != Step::Analyse);
    let tells = |a: &Act| matches!(a, Act::Contact | Act::Warn | Act::WarnScreen);
    let told = measure.acts.iter().copied().find(tells).filter(|_| step != Step::Collect);
    let purpose = same_purpose.or(akin);
    if let Some(purpose) = purpose {
        let alien = u8::from(purpose != request.purpose);
        let (act, far) = match (same_act, same_step, told) {
            (Some(act), ..) => (act, 0),
            (None, _, Some(act)) => (act, 4),
            (None, Some(act), None) => (act, 6),
            (None, None, None) => return None,
        };
        return Some((act, purpose, far + 2 * alien));
    }
    // What may use these fields of these sources, whatever it is for.
    if let (Some(fields), Some(sources), Some(&act), Some(&purpose)) =
        (request.fields, &request.sources, measure.acts.first(), measure.purposes.first())
        && !sources.is_empty()
        && sources.iter().all(|s| measure.reads.contains(s))
        && fields.within(measure.fields)
    {
        return Some((act, purpose, if fields_failed { 3 } else { 9 }));
    }
    // The same act for a purpose the text knows, where the request's own has no kin at all.
    let stray = !FAMILIES.iter().any(|f| f.contains(&request.purpose));
    let act = same_act.filter(|_| stray)?;
    Some((act, measure.purposes.first().copied()?, 10))
}

/// Is it in the hands of whoever acts to do it otherwise? Then a refusal because of it can be mended.
pub(super) fn in_own_hands(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::ByMachine
            | Fact::OnlyMatching
            | Fact::RangeNecessary
            | Fact::ExactNamesOnly
            | Fact::ListOnlyForPurpose
            | Fact::OwnResolver
            | Fact::OwnRouters
            | Fact::SubscribersNotJoined
            | Fact::AggregatesOnly
            | Fact::LeastData
            | Fact::Unlinkable
            | Fact::OwnerContacted
            | Fact::OptOutAnyTime
            | Fact::SameTerms
            | Fact::TermsMadeKnown
            | Fact::ScreenExplains
    )
}

//! Which purposes are akin, and by which way another measure could serve a request.

use ground::{Fact, Measure};
use terms::{Act, Purpose, Step};

use super::request::Request;

/// Purposes that answer the same trouble, the nearer side by side. A purpose in none of them (marketing, a survey) has no kin:
/// no other measure serves it.
const FAMILIES: &[&[Purpose]] = &[
    // An attack.
    &[
        Purpose::FindCause,
        Purpose::RespondToAnomaly,
        Purpose::ProtectService,
        Purpose::ProtectDownstream,
        Purpose::StopNamedTraffic,
        Purpose::ProtectLine,
        Purpose::ProtectReceiver,
        Purpose::StopMalwareAttack,
        Purpose::RespondJointly,
        Purpose::StopPreparation,
        Purpose::StopSteppingStone,
        Purpose::StopAttacker,
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
    apart(one, other).is_some()
}

/// How far two purposes are apart in a family; `None` when no family has both.
pub(super) fn apart(one: Purpose, other: Purpose) -> Option<usize> {
    if one == other {
        return Some(0);
    }
    let at = |family: &&[Purpose], p: Purpose| family.iter().position(|q| *q == p);
    FAMILIES.iter().filter_map(|f| Some(at(f, one)?.abs_diff(at(f, other)?))).min()
}

/// A way in which another measure could serve a request.
pub(super) struct Way {
    /// By this act.
    pub(super) act: Act,
    /// For this purpose.
    pub(super) purpose: Purpose,
    /// How far that is from what was asked: 0 is the same act for the same purpose.
    pub(super) far: usize,
}

/// What is known of a request when other ways are looked for.
#[derive(Clone, Copy)]
pub(super) struct Trouble {
    /// It is refused for its fields.
    pub(super) fields: bool,
    /// No measure is about it.
    pub(super) unmeasured: bool,
}

/// In which way `measure` could serve the request, if in any.
pub(super) fn way(request: &Request, measure: &Measure, trouble: Trouble) -> Option<Way> {
    // Whoever may not enter a machine may ask those who run it to stop it.
    if matches!(request.act, Act::AccessMachine | Act::NeutraliseMachine) {
        let asks = measure.acts.contains(&Act::RequestTakedown);
        let purpose = measure.purposes.first().copied().filter(|_| asks)?;
        return Some(Way { act: Act::RequestTakedown, purpose, far: 0 });
    }
    let akin = |p: &&Purpose| kin(**p, request.purpose) && (**p == request.purpose || !is_own(**p));
    let purpose = measure.purposes.iter().filter(akin).min_by_key(|p| apart(**p, request.purpose));
    let step = request.act.step();
    let acts = || measure.acts.iter().copied();
    let same_act = acts().find(|a| *a == request.act);
    // Analysis is of many kinds: only the same act is another way to it. Mail is not stopped by
    // stopping packets, unless all of somebody's traffic was to be stopped.
    let fits = |a: &Act| {
        medium(*a) == medium(request.act)
            || (purpose == Some(&request.purpose) && [*a, request.act].contains(&Act::Block))
    };
    let same_step = acts().find(|a| a.step() == step && step != Step::Analyse && fits(a));
    let tells = |a: &Act| matches!(a, Act::Contact | Act::Warn | Act::WarnScreen);
    let told = acts().find(tells).filter(|_| !matches!(step, Step::Collect | Step::Store));
    if let Some(&purpose) = purpose {
        let alien = apart(purpose, request.purpose).unwrap_or(0);
        let found = match (same_act, told, same_step) {
            (Some(act), ..) => Some((act, usize::from(alien > 0))),
            (None, Some(act), _) => Some((act, 3)),
            (None, None, Some(act)) => Some((act, 5)),
            // Something else for the very same purpose, such as asking for a takedown.
            (None, None, None) => {
                let looks = |s: Step| {
                    matches!(s, Step::Collect | Step::Store | Step::Analyse | Step::Detect)
                };
                let like = |a: &Act| !looks(step) || looks(a.step());
                acts()
                    .find(|a| alien == 0 && (a.does() || looks(step)) && like(a))
                    .map(|act| (act, 6))
            }
        };
        if let Some((act, far)) = found {
            return Some(Way { act, purpose, far: far + alien });
        }
    }
    let (&first, &for_what) = (measure.acts.first()?, measure.purposes.first()?);
    // What may use these fields of these sources, whatever it is for.
    if let (Some(fields), Some(sources)) = (request.fields, &request.sources)
        && trouble.fields
        && !sources.is_empty()
        && sources.iter().all(|s| measure.reads.contains(s))
        && fields.within(measure.fields)
        && !is_own(for_what)
    {
        return Some(Way { act: first, purpose: for_what, far: 2 });
    }
    // The same act on another ground, for another trouble; first where nothing is about the request's
    // own purpose, last where that purpose has no kin at all. What only a precedent allows is no way.
    let stray = !FAMILIES.iter().any(|f| f.contains(&request.purpose));
    let far = match (trouble.unmeasured, stray) {
        (true, _) => 0,
        (false, false) => 8,
        (false, true) => 12,
    };
    same_act.filter(|_| for_what == request.purpose || !is_own(for_what)).map(|act| Way {
        act,
        purpose: for_what,
        far,
    })
}

/// Does what serves this purpose serve no other, so that it is no way to another end?
pub(super) const fn is_own(purpose: Purpose) -> bool {
    matches!(
        purpose,
        Purpose::SaveLife
            | Purpose::StopChildAbuseImages
            | Purpose::AssistState
            | Purpose::AssistAssociation
            | Purpose::ReportIncident
            | Purpose::AnswerLookups
            | Purpose::HonourChoice
            | Purpose::StudyOwnCapture
            | Purpose::FindC2
            | Purpose::Charge
            | Purpose::CarryTraffic
            | Purpose::TryOut
            | Purpose::BlockUnlawfulContent
    )
}

/// Does the answer depend on what it is for, so that it is not known for another purpose?
pub(super) const fn hangs_on_purpose(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::LineConsents
            | Fact::LineAgreesByTerms
            | Fact::OptOutAnyTime
            | Fact::SameTerms
            | Fact::TermsMadeKnown
            | Fact::ScreenExplains
            | Fact::ScreenNamesSender
            | Fact::ListLegitimate
            | Fact::ListOnlyForPurpose
            | Fact::LeastData
            | Fact::RangeNecessary
            | Fact::NoOtherMeans
    )
}

/// What an act works on.
#[derive(PartialEq, Eq)]
enum Medium {
    Packets,
    Names,
    Mail,
    Calls,
}

fn medium(act: Act) -> Medium {
    let mail = [
        Act::RefuseMail,
        Act::HoldMail,
        Act::MarkMail,
        Act::FilterMail,
        Act::StopMailAuth,
        Act::BlockPort25,
        Act::SuspendMailLogin,
    ];
    if mail.contains(&act) {
        Medium::Mail
    } else if [Act::StopCallAuth, Act::RestrictCalls, Act::SuspendInternational].contains(&act) {
        Medium::Calls
    } else if [Act::RefuseName, Act::AnswerDiscard].contains(&act) {
        Medium::Names
    } else {
        Medium::Packets
    }
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

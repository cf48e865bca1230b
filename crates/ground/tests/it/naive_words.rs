//! The words of the second reading, written down again from the specification of the law: who may
//! establish what, which act is which step, which data is kept, and what is preferred.

use terms::Act;

/// The order in which grounds are preferred.
pub(crate) const BASES: [&str; 6] =
    ["outside", "consent", "blanket-consent", "statute", "legitimate-business", "emergency"];

/// Whom a measure may be about, the narrower first.
pub(crate) const WIDTHS: [&str; 7] =
    ["line", "login", "name", "sender", "destination", "country", "network"];

/// Data that was kept or made before, not data that arrives or that others bring.
pub(crate) const KEPT: [&str; 11] = [
    "statistics",
    "held-flows",
    "findings",
    "connection-log",
    "query-history",
    "login-events",
    "call-records",
    "c2-flows",
    "sightings",
    "communication-history",
    "choices",
];

/// What holds for one line only, so that it must be said of whom.
pub(crate) const LINES: [&str; 2] = ["line-consents", "line-agrees-by-terms"];

/// Steps that go on once begun, so that they must have an end.
const LASTING_STEPS: [&str; 5] = ["collect", "store", "detect", "block", "suspend"];

/// Acts of other steps that go on as well.
const LASTING_ACTS: [&str; 3] = ["warn-screen", "share-statistics", "supply-state"];

/// Does it go on once begun?
pub(crate) fn goes_on(act: Act) -> bool {
    LASTING_STEPS.contains(&step(act)) || LASTING_ACTS.contains(&act.word())
}

/// Steps that only look at data, for which a ground is given and no warrant.
const LOOKS: [&str; 4] = ["collect", "store", "analyse", "detect"];

/// Does this act do something to the world, so that it takes a plan?
pub(crate) fn does(act: Act) -> bool {
    !LOOKS.contains(&step(act))
}

/// The step of the chain an act is.
pub(crate) fn step(act: Act) -> &'static str {
    match act.word() {
        "collect" => "collect",
        "hold" | "keep" => "store",
        "analyse" | "show" | "identify" | "bill" | "route" | "apply-choices" => "analyse",
        "detect" => "detect",
        "contact" | "warn" | "warn-screen" => "warn",
        "disclose-subscriber" => "disclose",
        "hand-to-association" | "supply-state" | "report-leak" | "request-takedown" => "share",
        word if word.starts_with("share-") => "share",
        word if word.starts_with("suspend-") => "suspend",
        "block" | "filter" | "block-sender" | "block-malware" | "answer-discard"
        | "refuse-name" | "drop-spoofed" | "drop-broken" | "refuse-mail" | "hold-mail"
        | "mark-mail" | "filter-mail" | "stop-mail-auth" | "stop-call-auth" | "restrict-calls"
        | "limit-bandwidth" | "block-port-25" | "access-machine" | "neutralise-machine" => "block",
        other => panic!("the second reading does not know the act {other}"),
    }
}

/// The roles that may establish a fact.
pub(crate) fn may_establish(fact: &str) -> &'static [&'static str] {
    match fact {
        // What a machine can observe.
        "traffic-anomalous"
        | "only-matching-touched"
        | "by-machine"
        | "exact-names-only"
        | "own-dynamic-addresses"
        | "own-resolver"
        | "own-routers"
        | "spoofing-decidable"
        | "outside-specification"
        | "subscribers-not-joined"
        | "aggregates-only"
        | "many-failures-from-one-address"
        | "charges-risen-suddenly" => &["system"],
        "own-equipment-impaired"
        | "own-equipment-at-risk"
        | "own-service-in-danger"
        | "narrower-way-would-do"
        | "attack-resolves-name" => &["system", "operations"],
        "cause-present" => &["system", "operations", "services"],
        "mass-spoofed-mail" | "mail-service-at-risk" | "own-member-site" => &["system", "services"],
        "unlinkable" | "both-ends-abroad" | "one-end-abroad" => &["system", "legal"],
        // What operations, or for mail, log-ins and calls services, must weigh.
        "range-necessary" | "no-other-means" | "urgent" => &["operations", "services"],
        "not-normally-expected"
        | "downstream-at-risk"
        | "spreads-by-itself"
        | "growth-highly-probable"
        | "own-analysis-enough" => &["operations"],
        "own-business" | "least-data-kept" | "attack-as-defined" | "prior-scan-as-prescribed" => {
            &["operations", "legal"]
        }
        "own-traffic-only" => &["operations", "analyst"],
        "country-sole-abuse" => &["services"],
        "judged-not-arbitrarily" => &["services", "legal"],
        "abuse-highly-probable" | "owner-will-be-contacted" | "line-told-after-block" => {
            &["services", "desk"]
        }
        // What the desk hears from others.
        "request-genuine"
        | "requester-is-receiver"
        | "report-complete"
        | "reported-by-operator"
        | "reported-by-third-party"
        | "terminal-infected"
        | "router-vulnerable"
        | "used-as-stepping-stone"
        | "warned-without-effect"
        | "owner-unreachable" => &["desk"],
        "equipment-in-danger" => &["system", "operations", "desk"],
        "receiver-harmed" | "sent-by-malware" => &["desk", "operations"],
        "recipient-on-path" => &["operations", "desk"],
        "police-ask" | "life-in-imminent-danger" | "actor-is-party" => &["desk", "legal"],
        "line-consents" | "line-agrees-by-terms" => &["line", "desk"],
        // What is written down: terms, lists, statutes.
        "opt-out-any-time"
        | "same-terms"
        | "terms-made-known"
        | "screen-explains"
        | "screen-names-sender"
        | "list-legitimate"
        | "list-only-for-purpose"
        | "association-member"
        | "state-request-in-form"
        | "commission-approved"
        | "operator-agreement"
        | "facility-named"
        | "within-approved-period"
        | "order-shown"
        | "secrecy-leaked" => &["legal"],
        "effectiveness-reported" => &["analyst"],
        other => panic!("the second reading does not know who establishes {other}"),
    }
}

/// The facts either of which makes this one so.
pub(crate) fn either_of(fact: &str) -> &'static [&'static str] {
    match fact {
        "own-service-in-danger" => &["own-equipment-impaired", "own-equipment-at-risk"],
        "equipment-in-danger" => &["own-service-in-danger", "receiver-harmed"],
        _ => &[],
    }
}

/// The role that must countersign a fact, a second person.
pub(crate) fn countersigner(fact: &str) -> Option<&'static str> {
    ["not-normally-expected", "country-sole-abuse"].contains(&fact).then_some("legal")
}

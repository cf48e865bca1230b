//! Facts: so, not so, or not known; each with who may establish it and the question that asks for it.

use std::collections::BTreeMap;

use terms::{Person, Subject, Text, Time, words};

words! {
    /// Who may establish facts and sign.
    Role {
        /// Detectors, telemetry, list look-ups: what a machine can observe.
        System = "system", "システム", "system";
        /// NOC and SOC.
        Operations = "operations", "運用（NOC/SOC）", "operations (NOC/SOC)";
        /// Abuse desk.
        Desk = "desk", "アビューズ対応窓口", "abuse desk";
        /// Mail, authentication and voice operations.
        Services = "services", "メール・認証・音声運用", "mail, log-in and voice operations";
        /// Legal and compliance.
        Legal = "legal", "法務・コンプライアンス", "legal and compliance";
        /// Threat analysis; sees no subscriber.
        Analyst = "analyst", "脅威分析", "threat analysis";
        /// Settings, accounts, keys; sees no communications data.
        Administrator = "administrator", "システム管理", "administrator";
        /// Reads everything booked, changes nothing.
        Auditor = "auditor", "監査", "auditor";
        /// The subscriber, for their own line.
        Line = "line", "契約者", "subscriber";
    }
}

words! {
    /// Something that is so or not so.
    Fact {
        /// Comparison by machine with what is usual shows an anomaly.
        TrafficAnomalous = "traffic-anomalous", "平常時と比べて異常な通信である", "traffic is anomalous against what is usual";
        /// Only traffic with the traits is touched.
        OnlyMatching = "only-matching-touched", "特性に合致する通信だけを対象とする", "only matching traffic is touched";
        /// It is done by machine; nobody reads single communications.
        ByMachine = "by-machine", "機械的に処理する", "it is done by machine";
        /// The request is genuine.
        RequestGenuine = "request-genuine", "申告が正当なものである", "the request is genuine";
        /// Whoever asks is the receiver or holds the receiving line.
        RequesterIsReceiver = "requester-is-receiver", "申告者が受信者又は受信回線の契約者である", "whoever asks is the receiver or holds the line";
        /// The line consents to this analysis and this action.
        LineConsents = "line-consents", "この回線の契約者が個別に同意している", "the line consents to this analysis and action";
        /// The line has opted out.
        LineOptedOut = "line-opted-out", "この回線の契約者が適用を希望していない", "the line has opted out";
        /// Own equipment is impaired now.
        OwnEquipmentImpaired = "own-equipment-impaired", "自社設備に支障が生じている", "own equipment is impaired";
        /// Own equipment may be impaired.
        OwnEquipmentAtRisk = "own-equipment-at-risk", "自社設備に支障が生じるおそれがある", "own equipment is at risk";
        /// The attack is the cause of the harm, and still there.
        CausePresent = "cause-present", "支障の原因となる攻撃が続いている", "the attack that causes the harm is still present";
        /// The range is necessary and fitting.
        RangeNecessary = "range-necessary", "必要かつ相当な範囲である", "the range is necessary and fitting";
        /// There is no other effective means.
        NoOtherMeans = "no-other-means", "他に有効な手段がない", "there is no other effective means";
        /// The receiver's equipment is being harmed.
        ReceiverHarmed = "receiver-harmed", "受信者の設備に被害が生じている", "the receiver's equipment is being harmed";
        /// No traffic of this kind is normally expected there.
        NotNormallyExpected = "not-normally-expected", "通常想定されない通信である", "no such traffic is normally expected";
        /// The destinations are the operator's own dynamic addresses.
        OwnDynamicAddresses = "own-dynamic-addresses", "自社の動的IPアドレス宛てである", "destinations are own dynamic addresses";
        /// It serves the operator's own business: capacity, faults, proper conduct.
        OwnBusiness = "own-business", "自社業務のために必要である", "it serves the operator's own proper business";
        /// The list is legitimate: purpose, accuracy, objectivity.
        ListLegitimate = "list-legitimate", "リストの目的・正確性・客観性が確保されている", "the list is legitimate";
        /// Opting out is possible at any time.
        OptOutAnyTime = "opt-out-any-time", "いつでも設定を変更できる", "opting out is possible at any time";
        /// Other terms are the same whether or not one opts out.
        SameTerms = "same-terms", "設定変更の有無で他の提供条件が変わらない", "other terms are the same either way";
        /// Terms and the possibility of change were made known.
        TermsMadeKnown = "terms-made-known", "内容と変更方法が相応に周知されている", "terms and the choice were made known";
        /// Seen at the operator's own resolver.
        OwnResolver = "own-resolver", "自社のDNSサーバである", "it is the operator's own resolver";
    }
}

impl Fact {
    /// The roles that may establish it (law/roles.md of the design).
    #[must_use]
    pub const fn established_by(self) -> &'static [Role] {
        match self {
            Self::TrafficAnomalous
            | Self::OnlyMatching
            | Self::ByMachine
            | Self::OwnDynamicAddresses
            | Self::OwnResolver => &[Role::System],
            Self::OwnEquipmentImpaired | Self::OwnEquipmentAtRisk | Self::CausePresent => {
                &[Role::System, Role::Operations]
            }
            Self::RangeNecessary | Self::NoOtherMeans | Self::NotNormallyExpected => {
                &[Role::Operations]
            }
            Self::OwnBusiness => &[Role::Operations, Role::Legal],
            Self::RequestGenuine | Self::RequesterIsReceiver => &[Role::Desk],
            Self::ReceiverHarmed => &[Role::Desk, Role::Operations],
            Self::LineConsents | Self::LineOptedOut => &[Role::Line, Role::Desk],
            Self::ListLegitimate | Self::OptOutAnyTime | Self::SameTerms | Self::TermsMadeKnown => {
                &[Role::Legal]
            }
        }
    }

    /// A role that must countersign it, if any.
    #[must_use]
    pub const fn countersigned_by(self) -> Option<Role> {
        if matches!(self, Self::NotNormallyExpected) { Some(Role::Legal) } else { None }
    }

    /// Does it hold for one line only, so that it must name whom it covers?
    #[must_use]
    pub const fn is_per_line(self) -> bool {
        matches!(self, Self::LineConsents | Self::LineOptedOut)
    }

    /// The question that asks for it, in both languages.
    #[must_use]
    pub fn question(self) -> Text {
        let text = self.text();
        Text {
            ja: format!("次のことは事実ですか：{}", text.ja),
            en: format!("Is this so: {}?", text.en),
        }
    }
}

/// What is known of a fact: by whom, since when, until when, for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// So or not so.
    pub so: bool,
    /// Who established it.
    pub person: Person,
    /// In which role.
    pub role: Role,
    /// Who countersigned, in which role.
    pub countersigned: Option<(Person, Role)>,
    /// When.
    pub at: Time,
    /// How long it may be relied on; `None` is for as long as the case lasts.
    pub until: Option<Time>,
    /// Whom it holds for; `None` is the subject of the case.
    pub covers: Option<Subject>,
}

/// All that is known, a fact left out being not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts(BTreeMap<Fact, Known>);

impl Facts {
    /// Takes down a fact; what was known of it before is replaced.
    pub fn learn(&mut self, fact: Fact, known: Known) {
        self.0.insert(fact, known);
    }
    /// Forgets a fact.
    pub fn forget(&mut self, fact: Fact) {
        self.0.remove(&fact);
    }
    /// What was taken down of `fact`.
    #[must_use]
    pub fn get(&self, fact: Fact) -> Option<&Known> {
        self.0.get(&fact)
    }
    /// All facts taken down.
    pub fn iter(&self) -> impl Iterator<Item = (Fact, &Known)> {
        self.0.iter().map(|(f, k)| (*f, k))
    }
    /// Suppositions for advice: each fact as if established by who may establish it.
    #[must_use]
    pub fn supposed(facts: impl IntoIterator<Item = (Fact, bool)>, at: Time) -> Self {
        let suppose = |(fact, so): (Fact, bool)| {
            let role = fact.established_by().first().copied().unwrap_or(Role::System);
            let person = Person("supposed".into());
            let countersigned = fact.countersigned_by().map(|r| (Person("supposed too".into()), r));
            let covers = fact.is_per_line().then_some(Subject::Network);
            (fact, Known { so, person, role, countersigned, at, until: None, covers })
        };
        Self(facts.into_iter().map(suppose).collect())
    }

    /// Is `fact` so, at this time and for this subject? `None` is not known: never said, said by a
    /// role that may not, not countersigned, no longer valid, or said of somebody else.
    #[must_use]
    pub fn so(&self, fact: Fact, subject: &Subject, at: Time) -> Option<&Known> {
        let known = self.0.get(&fact)?;
        let in_time = known.at <= at && known.until.is_none_or(|until| at < until);
        // The register of consents is the system's to look up: what is not on record is not there.
        let denied = fact == Fact::LineConsents && !known.so && known.role == Role::System;
        let may_say = denied || fact.established_by().contains(&known.role);
        let countersigned = fact.countersigned_by().is_none_or(|role| {
            known.countersigned.as_ref().is_some_and(|(p, r)| *r == role && *p != known.person)
        });
        let covered = match &known.covers {
            Some(covers) => subject.within(covers),
            None => !fact.is_per_line(),
        };
        (in_time && may_say && countersigned && covered).then_some(known)
    }
}

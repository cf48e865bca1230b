//! Facts: what can be so or not so, who may establish it, and the condition of the text it stands for.

use crate::{Role, Text, words};

/// Declares the facts: word, Japanese, English, code of the condition, roles that may establish it.
macro_rules! facts {
    ($($variant:ident = $word:literal, $ja:literal, $en:literal, $code:literal, [$($role:ident),+];)+) => {
        words! {
            /// Something that is so or not so.
            Fact { $(#[doc = $en] $variant = $word, $ja, $en;)+ }
        }
        impl Fact {
            /// The roles that may establish it (law/roles.md of the design).
            #[must_use]
            pub const fn established_by(self) -> &'static [Role] {
                match self { $(Self::$variant => &[$(Role::$role),+],)+ }
            }
            /// The condition it stands for, in the short codes of law/measures.md §1.9; a principle
            /// of §2 where no condition has a code of its own.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }
    };
}

facts! {
    // What the traffic is, and what is touched.
    TrafficAnomalous = "traffic-anomalous", "平常時の統計と機械的に比べて異常な通信である", "compared by machine with what is usual, the traffic is anomalous", "C-ANOMALY", [System];
    OnlyMatching = "only-matching-touched", "特性に合致する通信だけを対象とする", "only traffic with the traits in question is touched", "C-MATCH", [System];
    NarrowerWay = "narrower-way-would-do", "より範囲の狭い方法（DNSでの対処等）で足りる", "a narrower way (such as an answer of the resolver) would do", "C-MATCH", [System, Operations];
    ByMachine = "by-machine", "機械的に処理し、担当者が個別の通信を見ない", "it is done by machine; nobody reads single communications", "C-MECH", [System];
    CausePresent = "cause-present", "原因となる攻撃・不正利用等が続いている", "the attack or abuse that calls for it is still going on", "C-TEMP", [System, Operations, Services];
    RangeNecessary = "range-necessary", "必要かつ相当な範囲にとどまる", "its range is necessary and fitting", "C-RANGE", [Operations, Services];
    NoOtherMeans = "no-other-means", "他に有効な手段がない", "there is no other effective means", "C-NO-ALT", [Operations, Services];
    Urgent = "urgent", "緊急性が高い", "it is urgent", "C-URGENT", [Operations, Services];
    AttackResolvesName = "attack-resolves-name", "攻撃が標的の名前解決を経て行われている", "the attack finds its target by name", "C-PREMISE", [System, Operations];
    ExactNamesOnly = "exact-names-only", "リストと完全に一致する名前だけを対象とする", "only names equal to a listed name are touched", "C-MATCH", [System];
    NotNormallyExpected = "not-normally-expected", "その宛先・ポートへの外部からの通信は通常想定されない", "no traffic of this kind is normally expected there", "C-NOT-EXPECTED", [Operations];
    OwnDynamicAddresses = "own-dynamic-addresses", "宛先が自社の動的IPアドレスである", "the destinations are the operator's own dynamic addresses", "C-DYN", [System];
    SpoofingDecidable = "spoofing-decidable", "送信元の詐称と判定できる（経路が存在しない、あり得ない経路から届いた等）", "the source can be told to be false (no route to it, or an impossible path)", "C-PREMISE", [System];
    OutsideSpecification = "outside-specification", "規格に明らかに反する、又は通常送信されないパケットである", "the packets are clearly outside the specification or never normally sent", "C-PREMISE", [System];
    // Who asks, and who agrees.
    RequestGenuine = "request-genuine", "申告・依頼が正当なものである", "the request or complaint is genuine", "C-REQ", [Desk];
    RequesterIsReceiver = "requester-is-receiver", "受信者又は受信回線の契約者から申告・依頼があった", "the receiver, or the holder of the receiving line, asked", "C-REQ", [Desk];
    LineConsents = "line-consents", "この回線の契約者が、この分析と措置に個別に同意している", "the line consents individually to this analysis and this action", "C-CONSENT-IND", [Line, Desk];
    LineAgreesByTerms = "line-agrees-by-terms", "契約者が約款に基づき同意しており、設定変更（適用除外）を申し出ていない", "the line agreed by the terms and has not opted out", "C-BLANKET", [Line, Desk];
    OptOutAnyTime = "opt-out-any-time", "いつでも設定を変更（適用除外）できる", "the line can opt out at any time", "C-BLANKET", [Legal];
    SameTerms = "same-terms", "設定変更の有無にかかわらず他の提供条件が同一である", "the other terms are the same whether or not one opts out", "C-BLANKET", [Legal];
    TermsMadeKnown = "terms-made-known", "約款の内容と設定変更できることが相応に周知されている", "the terms and the possibility of change are fittingly made known", "C-BLANKET", [Legal];
    ScreenExplains = "screen-explains", "画面に注意喚起の説明と設定変更できることが表示される", "the screen explains the warning and that consent can be changed", "C-BLANKET", [Legal];
    ScreenNamesSender = "screen-names-sender", "画面に注意喚起の主体（送り主）が明示される", "the screen says who sends it", "S002", [Legal];
    LineTold = "line-told-after-block", "遮断した契約者にその旨と対処方法が通知される", "the line is told that it was blocked, and what to do", "C-NOTIFY-AFTER", [Desk, Services];
    ListLegitimate = "list-legitimate", "リストの目的・正確性・客観性等が確保されている", "the list is legitimate: its purpose, accuracy and objectivity", "P12", [Legal];
    ListOnlyForPurpose = "list-only-for-purpose", "リストに本措置の目的に合うものだけが載っている", "the list holds only what the measure is for", "C-PURPOSE", [Legal];
    // Who is harmed.
    OwnEquipmentImpaired = "own-equipment-impaired", "自社設備に支障が生じている", "own equipment is impaired now", "C-OWN-HARM", [System, Operations];
    OwnEquipmentAtRisk = "own-equipment-at-risk", "自社設備・役務提供に支障が生じるおそれがある", "own equipment or service may be impaired", "C-OWN-RISK", [System, Operations];
    ReceiverHarmed = "receiver-harmed", "受信者の設備に被害が生じている、又は生じようとしている", "the receiver's equipment is being harmed or about to be", "C-RCPT-HARM", [Desk, Operations];
    DownstreamAtRisk = "downstream-at-risk", "下位の設備（利用者の設備を含む）に支障が生じるおそれがある", "equipment downstream, users' included, may be impaired", "C-DOWN", [Operations];
    TerminalInfected = "terminal-infected", "第三者の情報により端末の感染が示されている", "a third party's report shows that the terminal is infected", "C-PREMISE", [Desk];
    RouterVulnerable = "router-vulnerable", "ルーターに悪用され得る脆弱性がある", "the router has a weakness that can be abused", "C-PREMISE", [Desk];
    ReportComplete = "report-complete", "情報にアドレスと時刻（必要な場合はポート）が揃っている", "the report names address and time, and the port where it is needed", "C-FIELDS", [Desk];
    LifeInDanger = "life-in-imminent-danger", "人の生命に対する差し迫った危険がある", "a life is in imminent danger", "C-PREMISE", [Desk, Legal];
    // Malware and senders.
    SentByMalware = "sent-by-malware", "所有者の意思によらず端末から攻撃が送信されている", "the attack is sent without the owner's will (malware)", "C-PREMISE", [Desk, Operations];
    SpreadsByItself = "spreads-by-itself", "人の操作によらず自ら感染を広げるマルウェアの通信である", "it is malware that spreads without anybody's doing", "C-PREMISE", [Operations];
    GrowthHighlyProbable = "growth-highly-probable", "通信量の急増により支障が生じる蓋然性が高い", "a huge growth of traffic that does harm is highly probable", "C-PROB", [Operations];
    SteppingStone = "used-as-stepping-stone", "契約者の機器が第三者により踏み台とされている", "somebody acts through the subscriber's machine", "C-PREMISE", [Desk];
    WarnedInVain = "warned-without-effect", "注意喚起をしたが改善されない", "a warning had no effect", "C-RANGE", [Desk];
    // Analysis and sharing.
    OwnAnalysisEnough = "own-analysis-enough", "自社の分析だけで原因が判明している", "the operator's own analysis already shows the cause", "C-NO-ALT", [Operations];
    Unlinkable = "unlinkable", "個別の通信と結び付かない形に処理されている", "it cannot be linked to any single communication", "C-UNLINK", [System, Legal];
    ActorIsParty = "actor-is-party", "行為者が当該通信の当事者である", "whoever acts is a party to the communication", "C-PARTY", [Legal, Desk];
    OwnMemberSite = "own-member-site", "自社が提供する会員サイトへのログインである", "the log-in is to the operator's own member site", "C-PARTY", [System, Services];
    // Keeping no more than needed.
    OwnBusiness = "own-business", "自社業務の適正な遂行のために必要である", "it serves the proper conduct of the operator's own business", "C-PURPOSE", [Operations, Legal];
    AggregatesOnly = "aggregates-only", "統計的に処理し、個別の記録を期間の定めなく残さない", "only aggregates are kept, not single records without a period", "C-RANGE", [System];
    LeastData = "least-data-kept", "必要最小限の情報だけを、定めた期間に限り保存する", "only the least data needed is kept, and only for a set period", "C-RANGE", [Operations, Legal];
    OwnResolver = "own-resolver", "自社のDNSサーバを経由する名前解決要求だけを対象とする", "only queries at the operator's own resolvers are looked at", "C-OWN-DNS", [System];
    OwnRouters = "own-routers", "自社のルーターを通過する通信のフロー情報である", "it is flow information of the operator's own routers", "C-FIELDS", [System];
    SubscribersNotJoined = "subscribers-not-joined", "契約者情報と突合しない", "it is not joined with who the subscribers are", "C-PURPOSE", [System];
    EffectivenessReported = "effectiveness-reported", "検知の有効性（精度）を測定し報告している", "how well it works is measured and reported", "P21", [Analyst];
    // Mail and log-ins.
    MassSpoofedMail = "mass-spoofed-mail", "送信元を偽ったメールが大量に送信されている", "mail with a false sender is sent in mass", "C-PREMISE", [System, Services];
    MailServiceAtRisk = "mail-service-at-risk", "メールの滞留・遅延等、メール役務に支障が生じるおそれがある", "the mail service may be impaired (mail is stuck or late)", "C-OWN-RISK", [System, Services];
    JudgedNotArbitrarily = "judged-not-arbitrarily", "判定基準に根拠があり恣意的でない", "the judgement has written grounds and is not arbitrary", "C-NOT-ARBITRARY", [Services, Legal];
    ManyFailures = "many-failures-from-one-address", "特定のアドレスから短時間に大量の認証失敗がある", "log-ins fail in mass, in a short time, from one address", "C-PREMISE", [System];
    AbuseProbable = "abuse-highly-probable", "正規の利用者以外による不正利用の蓋然性が高い", "use by somebody else is highly probable", "C-PROB", [Services, Desk];
    OwnerContacted = "owner-will-be-contacted", "正規の利用者に連絡することとしている", "the rightful owner will be contacted", "C-CONTACT", [Services, Desk];
    // Telephone.
    ChargesRisen = "charges-risen-suddenly", "通常と比べて料金が急増している", "charges rose suddenly against what is usual", "C-PREMISE", [System];
    OwnerUnreachable = "owner-unreachable", "契約者に連絡がつかない", "the subscriber cannot be reached", "C-UNREACHABLE", [Desk];
    CountrySoleAbuse = "country-sole-abuse", "通常の通話量・取引関係・緊急通話の可能性を考慮し、その国が専ら不正利用に使われている", "weighed on usual volume, trade and urgent calls, the country is called solely for abuse", "C-SOLE-ABUSE", [Services];
    // Statutes.
    AssociationMember = "association-member", "認定協会の特定会員である", "the operator is a special member of the certified association", "C-STATUTE", [Legal];
    AttackAsDefined = "attack-as-defined", "自社又は契約者の設備が法に定める送信型攻撃の送信先となった", "own or subscribers' equipment was the destination of an attack as the statute defines it", "C-STATUTE", [Operations, Legal];
    PriorScan = "prior-scan-as-prescribed", "攻撃に先立つ、命令で定める種類の探査を受けた", "a prior scan of the kind the ordinance prescribes was received", "C-STATUTE", [Operations, Legal];
    StateRequestInForm = "state-request-in-form", "法に基づく書面（種別・承認番号等）による求めである", "the State asks in the form of the act, with type and number", "C-STATUTE", [Legal];
    CommissionApproved = "commission-approved", "監理委員会の承認がある", "the commission approved it", "C-STATUTE", [Legal];
    OperatorAgreed = "operator-agreement", "当事者間の協定が締結されている", "the agreement of the act was concluded", "C-STATUTE", [Legal];
    FacilityNamed = "facility-named", "対象となる電気通信設備が特定されている", "the facility is named", "C-STATUTE", [Legal];
    WithinPeriod = "within-approved-period", "承認・協定の期間内である", "it is within the approved or agreed period", "C-STATUTE", [Legal];
    BothEndsAbroad = "both-ends-abroad", "送受信の双方が国外にある通信である", "both ends of the communication are abroad", "C-STATUTE", [Legal, System];
    OneEndAbroad = "one-end-abroad", "送受信の一方が国外にある通信である", "one end of the communication is abroad", "C-STATUTE", [Legal, System];
    // Incidents and the operator's own captures.
    SecrecyLeaked = "secrecy-leaked", "通信の秘密の漏えいが生じた", "secrecy of communications was leaked", "C-STATUTE", [Legal];
    OwnTrafficOnly = "own-traffic-only", "解析者自身又は試験網の通信だけを含むキャプチャーである", "the capture holds only the analyst's own or a test network's traffic", "C-PARTY", [Operations, Analyst];
}

impl Fact {
    /// A role that must countersign it, if any.
    #[must_use]
    pub const fn countersigned_by(self) -> Option<Role> {
        if matches!(self, Self::NotNormallyExpected | Self::CountrySoleAbuse) {
            Some(Role::Legal)
        } else {
            None
        }
    }

    /// Does it hold for one line only, so that it must name whom it covers?
    #[must_use]
    pub const fn is_per_line(self) -> bool {
        matches!(self, Self::LineConsents | Self::LineAgreesByTerms)
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

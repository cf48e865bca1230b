//! Facts: what can be so or not so, who may establish it, and the condition of the text it stands for.

use crate::{Role, Text, words};

/// Declares the facts: word, roles that may establish it, code of the condition; how it reads when
/// it is so, and when it is not, in Japanese and English.
macro_rules! facts {
    ($($variant:ident = $word:literal, [$($role:ident),+], $code:literal,
        $ja:literal, $en:literal, $not_ja:literal, $not_en:literal;)+) => {
        words! {
            /// Something that is so or not so.
            Fact { $(#[doc = $en] $variant = $word, $ja, $en;)+ }
        }
        impl Fact {
            /// The roles that may establish it.
            #[must_use]
            pub const fn established_by(self) -> &'static [Role] {
                match self { $(Self::$variant => &[$(Role::$role),+],)+ }
            }
            /// The condition it stands for, in the short codes that `sekisho law vocabulary` explains
            /// (docs/reference/law.md); a principle where no condition has a code of its own.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
            /// The clause that says that it is not so.
            #[must_use]
            pub fn denied(self) -> Text {
                match self { $(Self::$variant => Text::of($not_ja, $not_en),)+ }
            }
        }
    };
}

facts! {
    // What the traffic is, and what is touched.
    TrafficAnomalous = "traffic-anomalous", [System], "C-ANOMALY",
        "平常時の統計との機械的な比較により、通信が異常であると認められる", "the traffic is anomalous against what is usual, compared by machine",
        "平常時の統計と比べて通信は異常でない", "the traffic is not anomalous against what is usual";
    OnlyMatching = "only-matching-touched", [System], "C-MATCH",
        "特性に合致する通信だけを対象とする", "only traffic with the traits in question is touched",
        "特性に合致しない通信にも影響が及ぶ", "other traffic than that with the traits is touched too";
    NarrowerWay = "narrower-way-would-do", [System, Operations], "C-MATCH",
        "より範囲の狭い方法（DNSでの対処等）で足りる", "a narrower way (such as an answer of the resolver) would do",
        "より範囲の狭い方法では足りない", "no narrower way would do";
    ByMachine = "by-machine", [System], "C-MECH",
        "機械的に処理し、人が個別の通信を見ない", "it is done by machine and nobody reads single communications",
        "人が個別の通信を見て処理する", "people read single communications by hand";
    CausePresent = "cause-present", [System, Operations, Services], "C-TEMP",
        "原因となる攻撃・不正利用等が続いている", "the attack or abuse that calls for it is still going on",
        "原因となる攻撃・不正利用等は終わっている", "the attack or abuse that called for it is over";
    RangeNecessary = "range-necessary", [Operations, Services], "C-RANGE",
        "必要かつ相当な範囲にとどまる", "it keeps to a necessary and fitting range",
        "必要かつ相当な範囲を超える", "it goes beyond what is necessary and fitting";
    NoOtherMeans = "no-other-means", [Operations, Services], "C-NO-ALT",
        "他に有効な手段がない", "no other means would be effective",
        "他に有効な手段がある", "another means would be effective";
    Urgent = "urgent", [Operations, Services], "C-URGENT",
        "緊急性が高い", "it is urgent",
        "緊急性は高くない", "it is not urgent";
    AttackResolvesName = "attack-resolves-name", [System, Operations], "C-PREMISE",
        "攻撃が標的の名前解決を経て行われている", "the attack finds its target by name",
        "攻撃は名前解決を経ずに行われている", "the attack does not look up its target by name";
    ExactNamesOnly = "exact-names-only", [System], "C-MATCH",
        "リストと完全に一致する名前だけを対象とする", "only names equal to a listed name are touched",
        "リストと完全には一致しない名前にも影響が及ぶ", "names that do not equal a listed name are touched too";
    NotNormallyExpected = "not-normally-expected", [Operations], "C-NOT-EXPECTED",
        "その宛先・ポートへの外部からの通信は通常想定されない", "no traffic of this kind from outside is normally expected there",
        "その宛先・ポートへの外部からの通信は通常あり得る", "such traffic from outside is quite normal there";
    OwnDynamicAddresses = "own-dynamic-addresses", [System], "C-DYN",
        "宛先が自社の動的IPアドレスである", "the destinations are the operator's own dynamic addresses",
        "宛先に自社の動的IPアドレス以外のものが含まれる", "not all destinations are the operator's own dynamic addresses";
    SpoofingDecidable = "spoofing-decidable", [System], "C-PREMISE",
        "送信元の詐称と判定できる（経路が存在しない、あり得ない経路から届いた等）", "the source can be told to be false (no route to it, or an impossible path)",
        "送信元の詐称とは判定できない", "the source cannot be told to be false";
    OutsideSpecification = "outside-specification", [System], "C-PREMISE",
        "規格に明らかに反する、又は通常送信されないパケットである", "the packets are clearly outside the specification or never normally sent",
        "規格に反するパケットとはいえない", "the packets keep to the specification";
    // Who asks, and who agrees.
    RequestGenuine = "request-genuine", [Desk], "C-REQ",
        "申告・依頼が正当なものである", "the request or complaint is genuine",
        "申告・依頼が正当なものでない", "the request or complaint is not genuine";
    RequesterIsReceiver = "requester-is-receiver", [Desk], "C-REQ",
        "受信者又は受信回線の契約者から申告・依頼がある", "the receiver, or the holder of the receiving line, asks for it",
        "受信者・受信回線の契約者からの申告・依頼がない", "neither the receiver nor the holder of the receiving line asks for it";
    LineConsents = "line-consents", [Line, Desk], "C-CONSENT-IND",
        "この回線の契約者が、この分析と措置に個別に同意している", "the line consents individually to this analysis and this action",
        "この回線の契約者の個別の同意がない", "the line does not consent individually";
    LineAgreesByTerms = "line-agrees-by-terms", [Line, Desk], "C-BLANKET",
        "契約者が約款に基づき同意しており、適用除外を申し出ていない", "the line agreed by the terms and has not opted out",
        "契約者の約款に基づく同意がない、又は適用除外の申出がある", "the line has not agreed by the terms, or has opted out";
    OptOutAnyTime = "opt-out-any-time", [Legal], "C-BLANKET",
        "いつでも設定を変更（適用除外）できる", "the line can opt out at any time",
        "設定変更（適用除外）ができないときがある", "the line cannot opt out at any time";
    SameTerms = "same-terms", [Legal], "C-BLANKET",
        "設定変更の有無にかかわらず他の提供条件が同一である", "the other terms stay the same whether or not one opts out",
        "設定変更をすると他の提供条件が変わる", "the other terms change for those who opt out";
    TermsMadeKnown = "terms-made-known", [Legal], "C-BLANKET",
        "約款の内容と設定変更できることが相応に周知されている", "the terms and the possibility of change are fittingly made known",
        "約款の内容・設定変更の方法が十分に周知されていない", "the terms and the possibility of change are not fittingly made known";
    ScreenExplains = "screen-explains", [Legal], "C-BLANKET",
        "画面に注意喚起の説明と設定変更できることが表示される", "the screen explains the warning and that consent can be changed",
        "画面に注意喚起の説明又は設定変更の案内がない", "the screen does not explain the warning or that consent can be changed";
    ScreenNamesSender = "screen-names-sender", [Legal], "S002",
        "画面に注意喚起の主体（送り主）が明示される", "the screen says who sends it",
        "画面に注意喚起の主体が示されていない", "the screen does not say who sends it";
    LineTold = "line-told-after-block", [Desk, Services], "C-NOTIFY-AFTER",
        "遮断した契約者にその旨と対処方法が通知される", "the line is told that it was blocked, and what to do",
        "遮断した契約者にその旨が通知されない", "the line is not told that it was blocked";
    ListLegitimate = "list-legitimate", [Legal], "P12",
        "リストの目的・正確性・客観性等が確保されている", "the list is legitimate in its purpose, accuracy and objectivity",
        "リストの目的・正確性・客観性等が確保されていない", "the list's purpose, accuracy or objectivity is not assured";
    ListOnlyForPurpose = "list-only-for-purpose", [Legal], "C-PURPOSE",
        "リストに本措置の目的に合うものだけが載っている", "the list holds only what the measure is for",
        "リストに本措置の目的外のものが含まれている", "the list also holds what the measure is not for";
    // Who is harmed.
    OwnEquipmentImpaired = "own-equipment-impaired", [System, Operations], "C-OWN-HARM",
        "自社設備に支障が生じている", "own equipment is impaired now",
        "自社設備に支障は生じていない", "own equipment is not impaired";
    OwnEquipmentAtRisk = "own-equipment-at-risk", [System, Operations], "C-OWN-RISK",
        "自社設備・役務提供に支障はまだ生じていないが、生じるおそれがある", "own equipment or service may be impaired, but is not yet",
        "自社設備・役務提供に支障が生じるおそれはない", "own equipment and service are not at risk";
    OwnServiceInDanger = "own-service-in-danger", [System, Operations], "C-OWN-RISK",
        "自社設備・役務提供に支障が生じている、又は生じるおそれがある", "own equipment or service is impaired or may be",
        "自社設備・役務提供に支障はなく、そのおそれもない", "own equipment and service are neither impaired nor at risk";
    EquipmentInDanger = "equipment-in-danger", [System, Operations, Desk], "C-HARM",
        "自社又は受信者の設備に被害・支障が生じている、又は生じるおそれがある", "own or the receiver's equipment is harmed or may be",
        "自社の設備にも受信者の設備にも被害・支障のおそれがない", "neither own nor the receiver's equipment is in danger";
    ReceiverHarmed = "receiver-harmed", [Desk, Operations], "C-RCPT-HARM",
        "受信者の設備に被害が生じている、又は生じようとしている", "the receiver's equipment is being harmed or is about to be",
        "受信者の設備に被害は生じておらず、生じようともしていない", "the receiver's equipment is not being harmed";
    DownstreamAtRisk = "downstream-at-risk", [Operations], "C-DOWN",
        "下位の設備（利用者の設備を含む）に支障が生じるおそれがある", "equipment downstream, users' included, may be impaired",
        "下位の設備に支障が生じるおそれはない", "equipment downstream is not at risk";
    TerminalInfected = "terminal-infected", [Desk], "C-PREMISE",
        "端末が感染している", "the terminal is infected",
        "端末の感染は認められない", "the terminal is not infected";
    ReportedByThirdParty = "reported-by-third-party", [Desk], "C-PREMISE",
        "第三者（停止されたC&Cサーバーの解析者、おとりの設置者等）から情報提供があった", "a third party supplied it, such as whoever studied a seized server or keeps a decoy",
        "第三者からの情報提供によらない", "no third party supplied it";
    RouterVulnerable = "router-vulnerable", [Desk], "C-PREMISE",
        "ブロードバンドルーターに悪用され得る脆弱性がある", "the broadband router has a weakness that can be abused",
        "ルーターに悪用され得る脆弱性は認められない", "the router has no weakness that can be abused";
    ReportComplete = "report-complete", [Desk], "C-FIELDS",
        "情報にアドレスと時刻（必要な場合はポート）が揃っている", "the report names address and time, and the port where it is needed",
        "情報にアドレス又は時刻（必要な場合はポート）が欠けている", "the report lacks the address, the time, or a port that is needed";
    LifeInDanger = "life-in-imminent-danger", [Desk, Legal], "C-PREMISE",
        "人の生命に対する差し迫った危険がある", "a life is in imminent danger",
        "人の生命に対する差し迫った危険はない", "no life is in imminent danger";
    // Malware and senders.
    ReportedByOperator = "reported-by-operator", [Desk], "C-PREMISE",
        "受信側又は経路上の事業者から、受信者の情報等に基づく通知がある", "another operator on the path reports it, from what the receiver knows",
        "他の事業者からの通知がない", "no other operator reports it";
    PoliceAsk = "police-ask", [Desk, Legal], "C-REQ",
        "警察機関からの求めがある", "the police ask for it",
        "警察機関からの求めではない", "it is not the police who ask";
    OrderShown = "order-shown", [Legal], "C-STATUTE",
        "令状その他の法令に基づく命令が示された", "a judge's warrant or another statute's order was shown",
        "令状その他の法令に基づく命令が示されていない", "no warrant or order was shown";
    SentByMalware = "sent-by-malware", [Desk, Operations], "C-PREMISE",
        "所有者の意思によらず端末から攻撃が送信されている", "the attack is sent without the owner's will (malware)",
        "所有者の意思による送信である", "the owner sends it knowingly";
    SpreadsByItself = "spreads-by-itself", [Operations], "C-PREMISE",
        "人の操作によらず自ら感染を広げるマルウェアの通信である", "it is malware that spreads without anybody's doing",
        "人の操作なしに感染を広げるマルウェアではない", "it is no malware that spreads by itself";
    GrowthHighlyProbable = "growth-highly-probable", [Operations], "C-PROB",
        "通信量の急増により支障が生じる蓋然性が高い", "a huge growth of traffic that does harm is highly probable",
        "支障を生じさせる急増の蓋然性は高くない", "a huge growth of traffic that does harm is not highly probable";
    SteppingStone = "used-as-stepping-stone", [Desk], "C-PREMISE",
        "契約者の機器が第三者により踏み台とされている", "somebody acts through the subscriber's machine",
        "契約者の機器は踏み台とされていない", "nobody acts through the subscriber's machine";
    WarnedInVain = "warned-without-effect", [Desk], "C-RANGE",
        "注意喚起をしたが改善されない", "a warning had no effect",
        "注意喚起をしていない、又は注意喚起により改善された", "no warning was given, or the warning helped";
    // Analysis and sharing.
    OwnAnalysisEnough = "own-analysis-enough", [Operations], "C-NO-ALT",
        "自社の分析だけで原因が判明している", "the operator's own analysis already shows the cause",
        "自社の分析だけでは原因が判明しない", "the operator's own analysis does not show the cause";
    RecipientOnPath = "recipient-on-path", [Operations, Desk], "C-PREMISE",
        "提供先が当該通信の経路上の事業者である", "whoever receives it is an operator on the path of the traffic",
        "提供先が当該通信の経路上の事業者でない", "whoever receives it is not on the path of the traffic";
    Unlinkable = "unlinkable", [System, Legal], "C-UNLINK",
        "個別の通信と結び付かない形に処理されている", "it cannot be linked to any single communication",
        "個別の通信と結び付く", "it can be linked to single communications";
    ActorIsParty = "actor-is-party", [Legal, Desk], "C-PARTY",
        "行為者が当該通信の当事者である", "whoever acts is a party to the communication",
        "行為者は当該通信の当事者でない", "whoever acts is no party to the communication";
    OwnMemberSite = "own-member-site", [System, Services], "C-PARTY",
        "自社が提供する会員サイトへのログインである", "the log-in is to the operator's own member site",
        "自社の会員サイトへのログインではない", "the log-in is not to the operator's own member site";
    // Keeping no more than needed.
    OwnBusiness = "own-business", [Operations, Legal], "C-PURPOSE",
        "自社業務の適正な遂行のために必要である", "it serves the proper conduct of the operator's own business",
        "自社業務の適正な遂行のためのものではない", "it does not serve the proper conduct of the operator's own business";
    AggregatesOnly = "aggregates-only", [System], "C-RANGE",
        "統計的に処理し、期間の定めなく個別の記録を残さない", "only aggregates are kept, and no single records without a set period",
        "個別の記録を期間の定めなく残す", "single records are kept without a set period";
    LeastData = "least-data-kept", [Operations, Legal], "C-RANGE",
        "必要最小限の情報だけを、定めた期間に限り扱う", "only the least data needed is taken, and kept only for a set period",
        "必要最小限の情報・期間を超えて扱う", "more data is taken, or kept longer, than is needed";
    OwnResolver = "own-resolver", [System], "C-OWN-DNS",
        "自社のDNSサーバを経由する名前解決要求だけを対象とする", "only queries at the operator's own resolvers are looked at",
        "自社のDNSサーバを経由しない名前解決要求も対象とする", "queries to other resolvers are looked at too";
    OwnRouters = "own-routers", [System], "C-FIELDS",
        "自社のルーターを通過する通信のフロー情報である", "it is flow information of the operator's own routers",
        "自社のルーターを通過する通信のフロー情報ではない", "it is not flow information of the operator's own routers";
    SubscribersNotJoined = "subscribers-not-joined", [System], "C-PURPOSE",
        "契約者情報と突合しない", "it is not joined with who the subscribers are",
        "契約者情報と突合する", "it is joined with who the subscribers are";
    EffectivenessReported = "effectiveness-reported", [Analyst], "P21",
        "検知の有効性（精度）を測定し報告している", "how well it works is measured and reported",
        "検知の有効性を測定・報告していない", "how well it works is not measured and reported";
    // Mail and log-ins.
    MassSpoofedMail = "mass-spoofed-mail", [System, Services], "C-PREMISE",
        "送信元を偽ったメールが大量に送信されている", "mail with a false sender is sent in mass",
        "送信元を偽ったメールの大量送信はない", "no mail with a false sender is sent in mass";
    MailServiceAtRisk = "mail-service-at-risk", [System, Services], "C-OWN-RISK",
        "メールの滞留等、メール役務に支障が生じている、又は生じるおそれがある", "the mail service is impaired or at risk, with mail stuck or late",
        "メール役務に支障が生じるおそれはない", "the mail service is not at risk";
    JudgedNotArbitrarily = "judged-not-arbitrarily", [Services, Legal], "C-NOT-ARBITRARY",
        "判定基準に根拠があり恣意的でない", "the judgement rests on written grounds and is not arbitrary",
        "判定基準に根拠がなく恣意的である", "the judgement is arbitrary";
    ManyFailures = "many-failures-from-one-address", [System], "C-PREMISE",
        "特定のアドレスから短時間に大量の認証失敗がある", "log-ins fail in mass, in a short time, from one address",
        "特定のアドレスからの大量の認証失敗はない", "log-ins do not fail in mass from one address";
    AbuseProbable = "abuse-highly-probable", [Services, Desk], "C-PROB",
        "正規の利用者以外による不正利用の蓋然性が高い", "use by somebody else is highly probable",
        "不正利用の蓋然性は高くない", "use by somebody else is not highly probable";
    OwnerContacted = "owner-will-be-contacted", [Services, Desk], "C-CONTACT",
        "正規の利用者に連絡することになっている", "the rightful owner will be contacted",
        "正規の利用者への連絡が予定されていない", "no contact with the rightful owner is planned";
    // Telephone.
    ChargesRisen = "charges-risen-suddenly", [System], "C-PREMISE",
        "料金が通常と比べて急増している", "charges rose suddenly against what is usual",
        "料金は急増していない", "charges did not rise suddenly";
    OwnerUnreachable = "owner-unreachable", [Desk], "C-UNREACHABLE",
        "契約者に連絡がつかない", "the subscriber cannot be reached",
        "契約者に連絡がつく", "the subscriber can be reached";
    CountrySoleAbuse = "country-sole-abuse", [Services], "C-SOLE-ABUSE",
        "通常の通話量・取引関係・緊急通話の可能性を考慮し、その国が専ら不正利用に使われている", "the country is called solely for abuse, weighed on usual volume, trade and urgent calls",
        "その国には通常の通話・取引・緊急通話の可能性がある", "the country is also called for ordinary trade or in emergencies";
    // Statutes.
    AssociationMember = "association-member", [Legal], "C-STATUTE",
        "認定協会の特定会員である", "the operator is a special member of the certified association",
        "認定協会の特定会員でない", "the operator is no special member of the certified association";
    AttackAsDefined = "attack-as-defined", [Operations, Legal], "C-STATUTE",
        "自社又は契約者の設備が法に定める送信型攻撃の送信先となった", "own or subscribers' equipment was the destination of an attack as the statute defines it",
        "法に定める送信型攻撃を受けていない", "no attack as the statute defines it was received";
    PriorScan = "prior-scan-as-prescribed", [Operations, Legal], "C-STATUTE",
        "攻撃に先立つ、命令で定める種類の探査を受けた", "a prior scan of the kind the ordinance prescribes was received",
        "命令で定める種類の探査を受けていない", "no prior scan of the prescribed kind was received";
    StateRequestInForm = "state-request-in-form", [Legal], "C-STATUTE",
        "法に基づく書面（種別・承認番号等）による求めである", "the State asks in the form of the act, with type and number",
        "法に基づく書面によらない求めである", "the State asks informally, not in the form of the act";
    CommissionApproved = "commission-approved", [Legal], "C-STATUTE",
        "監理委員会の承認がある", "the commission approved it",
        "監理委員会の承認がない", "the commission has not approved it";
    OperatorAgreed = "operator-agreement", [Legal], "C-STATUTE",
        "当事者間の協定が締結されている", "the agreement of the act was concluded",
        "当事者間の協定がない", "no agreement of the act was concluded";
    FacilityNamed = "facility-named", [Legal], "C-STATUTE",
        "対象となる電気通信設備が特定されている", "the facility is named",
        "対象となる設備が特定されていない", "no facility is named";
    WithinPeriod = "within-approved-period", [Legal], "C-STATUTE",
        "承認・協定の期間内である", "it is within the approved or agreed period",
        "承認・協定の期間外である", "it is outside the approved or agreed period";
    BothEndsAbroad = "both-ends-abroad", [Legal, System], "C-STATUTE",
        "送受信の双方が国外にある通信である", "both ends of the communication are abroad",
        "送受信の双方が国外にある通信ではない", "not both ends of the communication are abroad";
    OneEndAbroad = "one-end-abroad", [Legal, System], "C-STATUTE",
        "送受信の一方だけが国外にある通信である", "exactly one end of the communication is abroad",
        "送受信の一方だけが国外にある通信ではない", "it is not so that exactly one end of the communication is abroad";
    // Incidents and the operator's own captures.
    SecrecyLeaked = "secrecy-leaked", [Legal], "C-STATUTE",
        "通信の秘密の漏えいが生じた", "secrecy of communications was leaked",
        "通信の秘密の漏えいは生じていない", "no secrecy of communications was leaked";
    OwnTrafficOnly = "own-traffic-only", [Operations, Analyst], "C-PARTY",
        "解析者自身又は試験網の通信だけを含むキャプチャーである", "the capture holds only the analyst's own or a test network's traffic",
        "他人の通信を含むキャプチャーである", "the capture holds other people's traffic too";
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

    /// The facts of which any one makes it so, whatever was said of the whole, and all together make
    /// it not so; none for what is a fact of its own.
    #[must_use]
    pub const fn follows_from(self) -> &'static [Self] {
        if matches!(self, Self::OwnServiceInDanger) {
            &[Self::OwnEquipmentImpaired, Self::OwnEquipmentAtRisk]
        } else if matches!(self, Self::EquipmentInDanger) {
            &[Self::OwnServiceInDanger, Self::ReceiverHarmed]
        } else {
            &[]
        }
    }

    /// Is it about what the situation is, so that nobody can make it so?
    #[must_use]
    pub fn is_premise(self) -> bool {
        self.code() == "C-PREMISE"
    }

    /// Does it hold for one line only, so that it must name whom it covers?
    #[must_use]
    pub const fn is_per_line(self) -> bool {
        matches!(self, Self::LineConsents | Self::LineAgreesByTerms)
    }

    /// The clause that says that it is so, or that it is not.
    #[must_use]
    pub fn clause(self, so: bool) -> Text {
        if so { self.text() } else { self.denied() }
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

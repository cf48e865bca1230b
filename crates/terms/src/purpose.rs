//! What an act is for, and where kept data came from.

use crate::words;

words! {
    /// What an act is for. The same act for another purpose is another measure, or none.
    Purpose {
        /// Plan capacity and find faults in one's own network.
        RunNetwork = "run-network", "設備計画と障害対応", "plan capacity and find faults";
        /// Restore name resolution after an overload.
        RestoreNames = "restore-names", "過負荷時の名前解決の復旧", "restore name resolution after an overload";
        /// Hold the last minutes so that a case can learn traits.
        BeReady = "be-ready", "事案発生時の分析への備え", "be ready to learn traits once a case exists";
        /// Find the cause of an obvious anomaly.
        FindCause = "find-cause", "異常の原因の究明", "find the cause of an anomaly";
        /// Stop an obvious anomaly that turned out to be an attack.
        RespondToAnomaly = "respond-to-anomaly", "異常通信（攻撃）への対処", "stop an anomaly that is an attack";
        /// Learn and stop an attack on a customer's line at the customer's wish.
        ProtectLine = "protect-line", "契約回線への攻撃への対処", "stop an attack on a line at its holder's wish";
        /// Stop traffic that the line's holder named.
        StopNamedTraffic = "stop-named-traffic", "契約者が指定した通信の遮断", "stop traffic the line's holder named";
        /// Keep one's own equipment and everybody's service running.
        ProtectService = "protect-service", "自社設備と役務提供の維持", "keep one's own equipment and service running";
        /// Keep equipment below one's own, customers' included, from harm.
        ProtectDownstream = "protect-downstream", "下位の設備の保護", "keep equipment downstream from harm";
        /// Keep the receiver of an attack from harm that our own lines do.
        ProtectReceiver = "protect-receiver", "攻撃等の受信者の保護", "protect whoever receives an attack";
        /// Stop malware or scans that a receiver got from one of our lines.
        StopPreparation = "stop-preparation", "マルウェアの送信・探査行為（ポートスキャン等）の停止", "stop malware or scans that a receiver reports";
        /// Stop an attack that malware sends from subscribers' machines.
        StopMalwareAttack = "stop-malware-attack", "マルウェアにより送信される攻撃の停止", "stop an attack that malware sends from subscribers' machines";
        /// Stop somebody's attack through a subscriber's machine.
        StopSteppingStone = "stop-stepping-stone", "踏み台とされた機器からの攻撃の停止", "stop an attack through a subscriber's machine";
        /// Respond with other operators to an attack from many sources.
        RespondJointly = "respond-jointly", "事業者間の共同対処", "respond to an attack together with other operators";
        /// Watch the state of networks together.
        WatchTogether = "watch-together", "事業者間の状況把握", "watch the state of networks together";
        /// Refuse or mark mail as the line chose.
        FilterMailByChoice = "filter-mail-by-choice", "契約者の選択によるメールフィルター", "filter mail as the line chose";
        /// Keep the mail service running.
        ProtectMail = "protect-mail", "メール役務の維持", "keep the mail service running";
        /// Fight spam together.
        FightSpam = "fight-spam", "迷惑メール対策", "fight spam";
        /// Stop somebody else's use of a log-in.
        StopLoginAbuse = "stop-login-abuse", "認証情報の不正利用の防止", "stop the abuse of log-ins";
        /// Stop somebody else's use of a telephone service.
        StopCallAbuse = "stop-call-abuse", "IP電話等の不正利用の防止", "stop the abuse of telephone service";
        /// Warn the holder of a terminal that a third party reports as infected.
        WarnInfected = "warn-infected", "第三者から情報提供を受けた感染端末の注意喚起", "warn of an infection that a third party reports";
        /// Warn the holder of a weak router.
        WarnVulnerable = "warn-vulnerable", "脆弱なルーターの注意喚起", "warn of a weak router";
        /// Keep subscribers from malware and command servers.
        ProtectSubscriber = "protect-subscriber", "マルウェア等からの契約者の保護", "keep subscribers from malware";
        /// Find subscribers whose terminals are probably infected, and warn them.
        FindInfected = "find-infected", "感染端末の検知と注意喚起", "find infected terminals and warn";
        /// Find command servers.
        FindC2 = "find-c2", "C&Cサーバーの検知", "find command servers";
        /// Give the certified association what the statute lets it have.
        AssistAssociation = "assist-association", "認定協会への提供", "assist the certified association";
        /// Comply with what the State asks for.
        AssistState = "assist-state", "国の求めへの対応", "comply with what the State asks";
        /// Save a life.
        SaveLife = "save-life", "人命の保護", "save a life";
        /// Stop pictures of child abuse.
        StopChildAbuseImages = "stop-child-abuse-images", "児童ポルノの流通防止", "stop pictures of child abuse";
        /// Charge for the service.
        Charge = "charge", "料金の算定・請求", "charge for the service";
        /// Carry communications to where they go.
        CarryTraffic = "carry-traffic", "通信の伝送", "carry communications";
        /// Keep mass traffic from crowding out others.
        ManageCongestion = "manage-congestion", "輻輳の防止", "manage congestion";
        /// Tell the ministry and the people concerned of a leak.
        ReportIncident = "report-incident", "漏えい事故の報告", "report an incident";
        /// Be able to say who held an address.
        AnswerLookups = "answer-lookups", "接続ログの照会への備え", "be able to say who held an address";
        /// Do what each line chose.
        HonourChoice = "honour-choice", "契約者の選択の尊重", "honour the lines' choices";
        /// Study a capture of one's own traffic.
        StudyOwnCapture = "study-own-capture", "自らの通信の解析", "study a capture of one's own traffic";
        /// Have the operator of an attacking machine stop it.
        StopAttacker = "stop-attacker", "攻撃元機器の停止", "have an attacking machine stopped";
        /// Warn other operators of a subscriber.
        WarnOperators = "warn-operators", "要注意契約者の把握", "warn other operators of a subscriber";
        /// Advertise, sell, or build something to sell.
        Marketing = "marketing", "営業・広告・商品化", "marketing, or a product to sell";
        /// Study quality, markets or opinions.
        Survey = "survey", "品質・市場等の調査", "a survey";
        /// Follow where a subscriber is or what they do.
        TrackSubscriber = "track-subscriber", "契約者の追跡", "follow a subscriber";
        /// Keep people from unlawful or harmful content.
        BlockUnlawfulContent = "block-unlawful-content", "違法・有害情報の遮断", "block unlawful or harmful content";
        /// See whether a technique works.
        TryOut = "try-out", "技術の試行", "try a technique out";
    }
}

words! {
    /// Where data comes from. Kept data is opened only by a measure that lists its source.
    Source {
        /// Flow records as exporters send them.
        FlowExport = "flow-export", "フロー情報（受信時）", "flow export as it arrives";
        /// Traffic as routers carry it: what a block or filter matches.
        LiveTraffic = "live-traffic", "取扱中の通信", "traffic as it is carried";
        /// Queries as the own resolvers receive them.
        NameQueries = "name-queries", "名前解決要求（受信時）", "queries at the own resolvers";
        /// Accesses to sites as they happen.
        WebAccess = "web-access", "サイトへのアクセス（発生時）", "accesses to sites";
        /// Mail as the servers carry it.
        LiveMail = "live-mail", "取扱中のメール", "mail as it is carried";
        /// Aggregates taken in normal operation.
        Statistics = "statistics", "常時採取の統計", "standing statistics";
        /// The sealed last minutes.
        HeldFlows = "held-flows", "直近のフロー情報（封印済み）", "the sealed last minutes";
        /// What a detector said.
        Findings = "findings", "検知結果", "findings";
        /// Who held an address when.
        ConnectionLog = "connection-log", "接続ログ", "connection log";
        /// Which names were asked for, by whom.
        QueryHistory = "query-history", "名前解決要求の履歴", "query history";
        /// Log-ins, tried and done: mail, access, telephone.
        LoginEvents = "login-events", "認証ログ", "log-in events";
        /// Calls and what they cost.
        CallRecords = "call-records", "通話・課金の記録", "call records";
        /// Flow information kept to find command servers.
        C2Flows = "c2-flows", "C&C検知のために蓄積したフロー情報", "flow information kept to find command servers";
        /// Which terminals were seen to reach indicators.
        Sightings = "sightings", "感染の疑いのある端末の検知記録", "sightings of infected terminals";
        /// Histories of communications.
        CommunicationHistory = "communication-history", "通信履歴", "communication histories";
        /// What each line chose.
        Choices = "choices", "契約者の同意・選択の記録", "the lines' choices";
        /// A log the receiver of an attack brought.
        ReceiverLog = "receiver-log", "受信者提供のログ", "the receiver's own log";
        /// What a third party reported.
        ThirdPartyReport = "third-party-report", "第三者からの情報提供", "a third party's report";
        /// What one's own survey or decoy received.
        OwnSurvey = "own-survey", "自らが当事者である調査・おとりの記録", "one's own survey or decoy";
        /// A capture file of one's own.
        OwnCapture = "own-capture", "自らの通信のキャプチャー", "a capture of one's own";
    }
}

impl Source {
    /// Is this kept or held data, as opposed to what arrives this moment or what others brought?
    #[must_use]
    pub const fn is_kept(self) -> bool {
        match self {
            Self::Statistics
            | Self::HeldFlows
            | Self::Findings
            | Self::ConnectionLog
            | Self::QueryHistory
            | Self::LoginEvents
            | Self::CallRecords
            | Self::C2Flows
            | Self::Sightings
            | Self::CommunicationHistory
            | Self::Choices => true,
            Self::FlowExport
            | Self::LiveTraffic
            | Self::NameQueries
            | Self::WebAccess
            | Self::LiveMail
            | Self::ReceiverLog
            | Self::ThirdPartyReport
            | Self::OwnSurvey
            | Self::OwnCapture => false,
        }
    }
}

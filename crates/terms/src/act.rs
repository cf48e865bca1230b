//! What can be done with communications data: acts, and the step of a chain each belongs to.

use crate::words;

words! {
    /// A step of a chain from taking data to acting on it. Each is judged by itself.
    Step {
        /// Take data as it passes.
        Collect = "collect", "採取", "collect";
        /// Keep it.
        Store = "store", "蓄積", "store";
        /// Study it.
        Analyse = "analyse", "分析", "analyse";
        /// Match it against a list or traits.
        Detect = "detect", "検知", "detect";
        /// Give something to another operator.
        Share = "share", "共有", "share";
        /// Tell a subscriber.
        Warn = "warn", "注意喚起・連絡", "warn";
        /// Stop, drop or mark communications.
        Block = "block", "遮断等", "block";
        /// Stop somebody's use for a time.
        Suspend = "suspend", "利用停止", "suspend";
        /// Let somebody else know whose communication it is.
        Disclose = "disclose", "開示", "disclose";
    }
}

words! {
    /// One act. Each act of a chain is asked for by itself.
    Act {
        /// Take header statistics or flow information as it passes.
        Collect = "collect", "採取", "take statistics or flow information";
        /// Hold the last minutes of flow records, sealed, in memory.
        Hold = "hold", "一時的な保持", "hold briefly";
        /// Keep data, sealed, until its last day.
        Keep = "keep", "保存", "keep";
        /// Study data by machine: anomaly, traits, cause.
        Analyse = "analyse", "分析", "analyse";
        /// Match communications by machine against a list of indicators.
        Detect = "detect", "リストとの照合による検知", "match against indicators";
        /// Let a person see what was opened.
        Show = "show", "担当者による閲覧", "show to a person";
        /// Stop traffic that matches traits, with an end.
        Block = "block", "遮断", "block";
        /// Stop a kind of traffic at the edge all the time, by configuration.
        Filter = "filter", "常時の遮断設定", "standing filter";
        /// Stop what one of our own lines sends in an attack, and nothing else of it.
        BlockSender = "block-sender", "送信元回線からの攻撃通信の遮断", "block what an attacking line sends";
        /// Stop the traffic of malware that spreads by itself, and nothing else.
        BlockMalware = "block-malware", "自己拡散マルウェア通信の遮断", "block the traffic of self-spreading malware";
        /// Answer a query for one name with an address that discards.
        AnswerDiscard = "answer-discard", "通信破棄用アドレスの応答", "answer with a discard address";
        /// Drop queries for listed names at the own resolver.
        RefuseName = "refuse-name", "リスト掲載名の名前解決要求の破棄", "refuse queries for listed names";
        /// Drop packets whose source cannot be true.
        DropSpoofed = "drop-spoofed", "送信元詐称通信の破棄", "drop packets with a false source";
        /// Drop packets outside the specification.
        DropBroken = "drop-broken", "規格外パケットの破棄", "drop packets outside the specification";
        /// Refuse mail.
        RefuseMail = "refuse-mail", "メールの受信拒否", "refuse mail";
        /// Hold the delivery of mail.
        HoldMail = "hold-mail", "メール配送の留保", "hold mail";
        /// Add a warning to the header of mail.
        MarkMail = "mark-mail", "メールヘッダーへの表示", "mark mail";
        /// Search mail by definitions that several subscribers share.
        FilterMail = "filter-mail", "共有フィルター定義によるメール検査", "filter mail by shared definitions";
        /// Stop mail submission log-ins from one address.
        StopMailAuth = "stop-mail-auth", "特定アドレスからのSMTP認証の停止", "stop mail log-ins from an address";
        /// Stop telephone log-ins from one address.
        StopCallAuth = "stop-call-auth", "特定アドレスからのSIP認証の停止", "stop telephone log-ins from an address";
        /// Stop all calls to one country.
        RestrictCalls = "restrict-calls", "特定国あての発信規制", "stop calls to a country";
        /// Slow down mass traffic.
        LimitBandwidth = "limit-bandwidth", "帯域制御", "control bandwidth";
        /// Stop mail that goes round the mail servers (OP25B, IP25B).
        BlockPort25 = "block-port-25", "25番ポートの遮断", "block port 25";
        /// Suspend one mail log-in.
        SuspendMailLogin = "suspend-mail-login", "SMTP認証IDの一時停止", "suspend a mail log-in";
        /// Suspend one access (PPPoE) log-in.
        SuspendAccessLogin = "suspend-access-login", "接続認証IDの切断・一時停止", "suspend an access log-in";
        /// Suspend a log-in at, or an address from, the operator's own member site.
        SuspendSiteLogin = "suspend-site-login", "自社会員サイトへのログインの停止", "suspend a log-in at the own member site";
        /// Suspend a line's international calls.
        SuspendInternational = "suspend-international-calls", "国際通話の休止", "suspend international calls";
        /// Suspend a line.
        SuspendLine = "suspend-line", "回線の利用停止", "suspend a line";
        /// Find out which line held an address at a time.
        Identify = "identify", "契約者の特定", "identify the line";
        /// Contact a subscriber so that something stops.
        Contact = "contact", "連絡", "contact";
        /// Send a subscriber a warning.
        Warn = "warn", "注意喚起", "warn";
        /// Show a warning screen on access.
        WarnScreen = "warn-screen", "注意喚起画面の表示", "show a warning screen";
        /// Share statistics with other operators.
        ShareStatistics = "share-statistics", "統計の共有", "share statistics";
        /// Share a list of indicators.
        ShareList = "share-list", "リストの共有", "share a list";
        /// Tell the operator of the source that this address attacks.
        ShareSource = "share-attack-source", "攻撃送信元の通知", "tell an operator which address attacks";
        /// Share the result of an analysis with operators on the path.
        ShareCause = "share-cause", "原因分析結果の交換", "exchange results of an analysis";
        /// Give the results of one's own survey to operators.
        ShareSurvey = "share-survey", "調査結果の提供", "hand over one's own survey";
        /// Share a list of subscribers to watch.
        ShareWatchList = "share-watch-list", "要注意契約者情報の共有", "share a list of subscribers to watch";
        /// Give communication histories to the certified association.
        HandToAssociation = "hand-to-association", "認定協会への通信履歴の提供", "give histories to the certified association";
        /// Supply traffic to the State under the act of 2025.
        SupplyState = "supply-state", "国への通信情報の提供", "supply traffic to the State";
        /// Tell somebody outside who a subscriber is.
        Disclose = "disclose-subscriber", "契約者情報の開示", "disclose who the subscriber is";
        /// Use communication histories for bills.
        Bill = "bill", "課金", "bill";
        /// Read headers to route.
        Route = "route", "経路制御", "route";
        /// Report a leak to the ministry.
        ReportLeak = "report-leak", "漏えいの報告", "report a leak";
        /// Apply what each line chose.
        ApplyChoices = "apply-choices", "契約者の選択の反映", "apply the lines' choices";
        /// Ask whoever hosts a machine to stop it.
        RequestTakedown = "request-takedown", "停止要請・不正利用の申告", "ask for a takedown";
        /// Enter somebody else's machine.
        AccessMachine = "access-machine", "第三者の機器へのアクセス", "access somebody else's machine";
        /// Make somebody else's machine harmless.
        NeutraliseMachine = "neutralise-machine", "第三者の機器の無害化", "neutralise somebody else's machine";
    }
}

impl Act {
    /// Is this an act on the world (it needs a warrant), not a look at data (a ground)?
    #[must_use]
    pub const fn does(self) -> bool {
        match self.step() {
            Step::Collect | Step::Store | Step::Analyse | Step::Detect => false,
            Step::Share | Step::Warn | Step::Block | Step::Suspend | Step::Disclose => true,
        }
    }

    /// Does it go on once begun, so that it must have an end? Telling, sharing and looking once do not.
    #[must_use]
    pub const fn lasts(self) -> bool {
        if matches!(self, Self::SupplyState | Self::WarnScreen | Self::ShareStatistics) {
            return true;
        }
        match self.step() {
            Step::Collect | Step::Store | Step::Detect | Step::Block | Step::Suspend => true,
            Step::Analyse | Step::Share | Step::Warn | Step::Disclose => false,
        }
    }

    /// The step of a chain it belongs to.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Collect => Step::Collect,
            Self::Hold | Self::Keep => Step::Store,
            Self::Analyse
            | Self::Show
            | Self::Identify
            | Self::Bill
            | Self::Route
            | Self::ApplyChoices => Step::Analyse,
            Self::Detect => Step::Detect,
            Self::Block
            | Self::Filter
            | Self::BlockSender
            | Self::BlockMalware
            | Self::AnswerDiscard
            | Self::RefuseName
            | Self::DropSpoofed
            | Self::DropBroken
            | Self::RefuseMail
            | Self::HoldMail
            | Self::MarkMail
            | Self::FilterMail
            | Self::StopMailAuth
            | Self::StopCallAuth
            | Self::RestrictCalls
            | Self::LimitBandwidth
            | Self::BlockPort25
            | Self::AccessMachine
            | Self::NeutraliseMachine => Step::Block,
            Self::SuspendMailLogin
            | Self::SuspendAccessLogin
            | Self::SuspendSiteLogin
            | Self::SuspendInternational
            | Self::SuspendLine => Step::Suspend,
            Self::Contact | Self::Warn | Self::WarnScreen => Step::Warn,
            Self::ShareStatistics
            | Self::ShareList
            | Self::ShareSource
            | Self::ShareCause
            | Self::ShareSurvey
            | Self::ShareWatchList
            | Self::HandToAssociation
            | Self::SupplyState
            | Self::ReportLeak
            | Self::RequestTakedown => Step::Share,
            Self::Disclose => Step::Disclose,
        }
    }
}

//! Numbers that are the operator's to set; none is built in.

use crate::words;

words! {
    /// A number that is the operator's to set. None is built in.
    Number {
        /// Days statistics are kept.
        StatisticsDays = "statistics-days", "統計の保存日数", "days statistics are kept";
        /// Minutes flow records are held sealed in memory.
        HoldMinutes = "hold-minutes", "封印保持の分数", "minutes flow records are held";
        /// How many times the usual spread counts as anomalous.
        AnomalyBand = "anomaly-band", "異常とみなす幅（通常の変動に対する倍率）", "how many times the usual spread is anomalous";
        /// Megabits a second below which nothing is called an attack.
        AnomalyFloor = "anomaly-floor-mbps", "異常とみなす下限（Mbps）", "megabits a second below which nothing is anomalous";
        /// Share of a link's capacity, in per cent, above which equipment counts as impaired.
        ImpairedPercent = "impaired-percent", "設備に支障ありとみなす回線使用率（％）", "link use in per cent that counts as impaired";
        /// Share in per cent above which equipment counts as at risk.
        RiskPercent = "risk-percent", "支障のおそれありとみなす回線使用率（％）", "link use in per cent that counts as at risk";
        /// Minutes a block lasts before it is asked again.
        BlockMinutes = "block-minutes", "遮断の継続分数", "minutes a block lasts";
        /// Minutes a fact stays valid.
        FactMinutes = "fact-minutes", "確認した事実の有効分数", "minutes a fact stays valid";
        /// Minutes within which a signature given later must come.
        SignedWithinMinutes = "signed-within-minutes", "事後署名の期限（分）", "minutes for a signature given afterwards";
        /// Days the connection log is kept.
        ConnectionLogDays = "connection-log-days", "接続ログの保存日数", "days the connection log is kept";
        /// Days the query history is kept.
        QueryHistoryDays = "query-history-days", "名前解決要求の履歴の保存日数", "days the query history is kept";
        /// Days flow information is kept to find command servers.
        FlowDays = "flow-days", "C&C検知用フロー情報の保存日数", "days flow information is kept to find command servers";
        /// Hours a suspension lasts before it is asked again.
        SuspendHours = "suspend-hours", "利用停止の継続時間（時間）", "hours a suspension lasts";
        /// Failed log-ins a minute from one address that count as an attack.
        FailedLogins = "failed-logins", "攻撃とみなす毎分の認証失敗回数", "failed log-ins a minute that count as an attack";
        /// Log-in requests a minute of one ID that are not possible in normal use.
        LoginRequests = "login-requests", "通常利用では生じない毎分の認証要求回数", "log-in requests a minute beyond normal use";
        /// How many times the usual charges count as a sudden rise.
        ChargeRise = "charge-rise", "料金急増とみなす倍率", "how many times the usual charges is a sudden rise";
        /// Share of a link's capacity above which mass traffic is slowed.
        CongestionPercent = "congestion-percent", "帯域制御を行う回線使用率（％）", "link use in per cent above which mass traffic is slowed";
        /// Days after which a list is reviewed.
        ListReviewDays = "list-review-days", "リストの見直し日数", "days after which a list is reviewed";
        /// Hours within which a line is told.
        TellHours = "tell-hours", "契約者への通知期限（時間）", "hours within which a line is told";
    }
}

impl Number {
    /// Milliseconds of one of its units; `None` when it is not a length of time.
    #[must_use]
    pub const fn unit(self) -> Option<f64> {
        match self {
            Self::StatisticsDays
            | Self::ConnectionLogDays
            | Self::QueryHistoryDays
            | Self::FlowDays
            | Self::ListReviewDays => Some(86_400_000.0),
            Self::TellHours | Self::SuspendHours => Some(3_600_000.0),
            Self::HoldMinutes
            | Self::BlockMinutes
            | Self::FactMinutes
            | Self::SignedWithinMinutes => Some(60_000.0),
            Self::FailedLogins
            | Self::LoginRequests
            | Self::ChargeRise
            | Self::CongestionPercent
            | Self::AnomalyBand
            | Self::AnomalyFloor
            | Self::ImpairedPercent
            | Self::RiskPercent => None,
        }
    }
}

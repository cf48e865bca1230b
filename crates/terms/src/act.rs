//! What can be done with communications data, what for, and where kept data came from.

use crate::words;

words! {
    /// One act. Each act of a chain is asked for by itself.
    Act {
        /// Take header statistics of the network as it runs.
        Collect = "collect", "統計の採取", "take statistics";
        /// Hold the last minutes of flow records, sealed, in memory.
        Hold = "hold", "一時的な保持", "hold briefly";
        /// Keep data, sealed, until its last day.
        Keep = "keep", "保存", "keep";
        /// Study data by machine: anomaly, traits.
        Analyse = "analyse", "分析", "analyse";
        /// Let a person see what was opened.
        Show = "show", "担当者による閲覧", "show to a person";
        /// Stop traffic that matches traits, with an end.
        Block = "block", "遮断", "block";
        /// Stop a kind of traffic at the edge all the time, by configuration.
        Filter = "filter", "常時の遮断設定", "standing filter";
        /// Find out which line held an address at a time.
        Identify = "identify", "契約者の特定", "identify the line";
        /// Contact a subscriber.
        Contact = "contact", "連絡", "contact";
        /// Show a subscriber a warning.
        Warn = "warn", "注意喚起", "warn";
        /// Hand something to another operator.
        Share = "share", "情報提供", "share";
    }
}

impl Act {
    /// Is this an act on the world (it needs a warrant), not a look at data (a ground)?
    #[must_use]
    pub const fn does(self) -> bool {
        match self {
            Self::Block | Self::Filter | Self::Contact | Self::Warn | Self::Share => true,
            Self::Collect
            | Self::Hold
            | Self::Keep
            | Self::Analyse
            | Self::Show
            | Self::Identify => false,
        }
    }
}

words! {
    /// What an act is for. The same act for another purpose is another measure, or none.
    Purpose {
        /// Plan capacity and find faults in one's own network.
        RunNetwork = "run-network", "設備計画と障害対応", "plan capacity and find faults";
        /// Hold the last minutes so that a case can learn traits.
        BeReady = "be-ready", "事案発生時の分析への備え", "be ready to learn traits once a case exists";
        /// Find the cause of an obvious anomaly.
        FindCause = "find-cause", "異常の原因の究明", "find the cause of an anomaly";
        /// Stop an attack on a customer's line at the customer's wish.
        ProtectLine = "protect-line", "契約回線への攻撃への対処", "stop an attack on a line";
        /// Keep one's own equipment and everybody's service running.
        ProtectService = "protect-service", "自社設備と役務提供の維持", "keep the service running";
        /// Find subscribers whose terminals are probably infected.
        FindInfected = "find-infected", "感染端末の検知", "find infected terminals";
        /// Advertise or sell something.
        Marketing = "marketing", "営業・広告", "marketing";
    }
}

words! {
    /// Where data comes from. Kept data is opened only by a measure that lists its source.
    Source {
        /// Flow records as exporters send them.
        FlowExport = "flow-export", "フロー情報（受信時）", "flow export as it arrives";
        /// Traffic as routers carry it: what a block or filter matches.
        LiveTraffic = "live-traffic", "取扱中の通信", "traffic as it is carried";
        /// Aggregates taken in normal operation.
        Statistics = "statistics", "常時採取の統計", "standing statistics";
        /// The sealed last minutes.
        HeldFlows = "held-flows", "直近のフロー情報（封印済み）", "the sealed last minutes";
        /// What a detector said.
        Findings = "findings", "検知結果", "findings";
        /// Who held an address when.
        ConnectionLog = "connection-log", "接続ログ", "connection log";
        /// A log the receiver of an attack brought.
        ReceiverLog = "receiver-log", "受信者提供のログ", "the receiver's own log";
    }
}

impl Source {
    /// Is this kept or held data, as opposed to what arrives this moment?
    #[must_use]
    pub const fn is_kept(self) -> bool {
        match self {
            Self::Statistics | Self::HeldFlows | Self::Findings | Self::ConnectionLog => true,
            Self::FlowExport | Self::LiveTraffic | Self::ReceiverLog => false,
        }
    }
}

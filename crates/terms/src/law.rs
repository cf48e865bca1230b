//! The words of the law's side: roles, bases, how firmly, how wide, how long, what is owed.

use crate::words;

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
    /// Where a measure comes from.
    Status {
        /// A source text says it.
        Text = "text", "ガイドライン等の本文", "stated in the text";
        /// A public document says it.
        Public = "public", "公表資料", "public document";
        /// The sources do not spell it out: inert until the legal role accepts it.
        Inferred = "inferred", "推論（法務の受入れが必要）", "inferred (needs acceptance)";
    }
}

words! {
    /// Why it is lawful, or that it is not.
    Basis {
        /// Not secrecy of communications at all.
        Outside = "outside", "通信の秘密の対象外", "outside secrecy of communications";
        /// Specific consent of a party.
        Consent = "consent", "個別の同意", "specific consent";
        /// Consent by terms, with all the conditions for it.
        BlanketConsent = "blanket-consent", "約款等による包括同意（条件付き）", "consent by terms, under conditions";
        /// An act under statute.
        Statute = "statute", "法令行為", "act under statute";
        /// Legitimate business.
        LegitimateBusiness = "legitimate-business", "正当業務行為", "legitimate business";
        /// Self-defence or necessity.
        Emergency = "emergency", "正当防衛・緊急避難", "self-defence or necessity";
        /// The text does not decide.
        Undetermined = "undetermined", "一概に判断できない", "undetermined";
        /// The text excludes it.
        Excluded = "excluded", "認められない", "excluded";
    }
}

words! {
    /// How firmly the text says so.
    Strength {
        /// Not an infringement; no problem.
        NotInfringement = "not-an-infringement", "侵害とならない", "not an infringement";
        /// Justified; may be done.
        Justified = "justified", "違法性が阻却される", "justified";
        /// Usually justified.
        Usually = "usually", "通常は阻却される", "usually justified";
        /// Considered justified.
        Considered = "considered", "阻却されると考えられる", "considered justified";
        /// Can be justified.
        CanBe = "can-be", "阻却されうる", "can be justified";
        /// Cannot be judged in general.
        Undecided = "undecided", "一概に判断困難", "cannot be judged in general";
    }
}

words! {
    /// Whom a measure may be about; the wider first.
    Over {
        /// The whole network.
        Network = "network", "網全体", "the whole network";
        /// One country called.
        Country = "country", "特定の国", "one country called";
        /// Named own destinations or lines.
        Destination = "destination", "特定の自社宛先", "named own destinations";
        /// One address that sends or tries to log in.
        Sender = "sender", "特定の送信元・要求元", "one sending address";
        /// One name that is asked for.
        Name = "name", "特定のドメイン名", "one name";
        /// One log-in.
        Login = "login", "特定の認証ID", "one log-in";
        /// One line.
        Line = "line", "特定の回線", "one line";
    }
}

words! {
    /// When it ends.
    Ends {
        /// Temporary: with the cause, or at the end asked for.
        Required = "required", "一時的", "temporary";
        /// The text sets no time: temporary, and to let it last is the ministry's to say.
        Silent = "text-silent", "本文に期間の定めなし（一時的に行う）", "temporary; the text sets no time";
        /// May last; withdrawn on its review day unless signed again.
        Review = "review", "恒常的（見直し日まで）", "lasting, until its review day";
    }
}

words! {
    /// May it run without a person's signature on each case?
    Automatic {
        /// No.
        No = "no", "不可", "no";
        /// Yes, once its standing signatures are there.
        Yes = "yes", "可", "yes";
        /// If the operator so chooses.
        Operator = "operator", "事業者の選択による", "the operator's choice";
    }
}

words! {
    /// When signatures are given.
    SignersWhen {
        /// Once, at switching on, until the review.
        Once = "once", "開始時に一度", "once, at switching on";
        /// For each plan.
        Each = "each", "都度", "each time";
    }
}

words! {
    /// Whom a measure has told.
    TellsWhom {
        /// Nobody.
        Nobody = "nobody", "なし", "nobody";
        /// The line.
        Line = "line", "契約者", "the line";
    }
}

words! {
    /// When they are told.
    TellsWhen {
        /// Not at all.
        Never = "never", "なし", "never";
        /// Before.
        Before = "before", "事前", "before";
        /// The telling is the act.
        Instead = "instead", "連絡自体が措置", "the telling is the act";
        /// After.
        After = "after", "事後", "after";
    }
}

words! {
    /// What is owed after a grant.
    DutyKind {
        /// Tell the line.
        TellLine = "tell-line", "契約者への通知", "tell the line";
        /// Withdraw when the cause ends.
        WithdrawWithCause = "withdraw-with-cause", "原因の解消に伴う解除", "withdraw when the cause ends";
        /// Contact the owner of a log-in or line, and help to change what leaked.
        ContactOwner = "contact-owner", "正規利用者への連絡（パスワード変更の依頼等）", "contact the rightful owner";
        /// Apply an opt-out at once.
        HonourOptOut = "honour-opt-out", "設定変更（適用除外）への即時対応", "apply an opt-out at once";
        /// Erase what was taken when it is no longer needed.
        EraseAfterUse = "erase-after-use", "不要となった情報の消去", "erase when no longer needed";
        /// Report to the ministry without delay.
        ReportFirst = "report-first", "所管官庁への第一報", "report to the ministry without delay";
        /// Report in full to the ministry.
        ReportInFull = "report-in-full", "所管官庁への詳細報告", "report in full to the ministry";
    }
}

words! {
    /// What an example or an answer gives.
    Gives {
        /// Granted.
        Granted = "granted", "可", "granted";
        /// Asks.
        Asks = "asks", "要確認", "asks";
        /// Refused.
        Refused = "refused", "不可", "refused";
    }
}

words! {
    /// The public word for a verdict (docs/reference/law.md).
    Code {
        /// Outside secrecy of communications.
        Out = "OUT", "通信の秘密の対象外", "outside secrecy of communications";
        /// Consent of a party.
        OkConsent = "OK-CONSENT", "同意があり侵害とならない", "lawful by consent";
        /// Act under statute.
        OkLaw = "OK-LAW", "法令行為として可", "lawful under statute";
        /// Self-defence or necessity.
        OkEmergency = "OK-EMERG", "正当防衛・緊急避難として可", "lawful as self-defence or necessity";
        /// Legitimate business.
        OkBusiness = "OK-BIZ", "正当業務行為として可", "lawful as legitimate business";
        /// Undetermined.
        Ask = "ASK", "要確認（個別判断）", "a person must decide first";
        /// Not lawful as asked.
        No = "NO", "不可", "not allowed";
    }
}

words! {
    /// How far a measure is switched on.
    Mode {
        /// Not at all.
        Off = "off", "停止", "off";
        /// Look and say what would be done; do nothing.
        Observe = "observe", "観測のみ", "observe only";
        /// Propose, and wait for signatures.
        Propose = "propose", "提案（署名待ち）", "propose";
        /// Act by itself as far as the measure allows.
        Automatic = "automatic", "自動", "automatic";
    }
}

words! {
    /// Further uses that a grant does not cover.
    Further {
        /// Any purpose but the measure's.
        OtherPurpose = "other-purpose", "目的外の利用", "any other purpose";
        /// The text itself says so.
        OtherPurposeExpress = "other-purpose-express", "本対策以外の用途での利用（本文が明示的に禁止）", "any other use (the text says so itself)";
        /// More lines, traits or analyses than were consented to.
        BeyondConsent = "beyond-consent", "同意の範囲を超える分析・遮断", "anything beyond the consent";
        /// Telling whoever asked or reported who the subscriber is.
        NamingSubscriber = "naming-the-subscriber", "申告者・提供者への契約者情報の提供", "telling who the subscriber is";
        /// Keeping who matched.
        KeepingMatches = "keeping-matches", "合致した通信の送信元等の記録", "keeping who matched";
        /// Blocking or suspending on the strength of this.
        Blocking = "blocking", "これを根拠とする遮断・利用停止", "blocking or suspending on this ground";
        /// Finding infected subscribers.
        FindingInfected = "finding-infected", "感染端末の検知への利用", "finding infected subscribers";
        /// Joining with who the subscriber is.
        JoiningSubscribers = "joining-subscribers", "契約者情報との突合", "joining with subscriber records";
        /// Another kind of content or traffic on the list.
        OtherContent = "other-content", "他の情報・通信への対象拡大", "widening to other content or traffic";
        /// Passing on what can be linked to a communication.
        Linkable = "linkable-form", "個別の通信と結び付く形での提供", "passing on anything linkable to a communication";
        /// A person reading single communications.
        ReadingByHand = "reading-by-hand", "担当者による個別の通信の閲覧", "reading single communications by hand";
    }
}

words! {
    /// Other law that must be looked at apart (guideline, article 2, 2(1)).
    OtherLaw {
        /// Fair use of the service (Telecommunications Business Act, article 6).
        FairUse = "fair-use", "利用の公平（電気通信事業法第6条）", "fair use (Telecommunications Business Act, art. 6)";
        /// Personal data.
        PersonalData = "personal-data", "個人情報保護", "protection of personal data";
        /// The contract with the subscriber.
        Contract = "contract", "契約・約款上の根拠", "the contract with the subscriber";
        /// Property in machines and data.
        Property = "property", "財産権", "property";
        /// Unauthorised access.
        UnauthorisedAccess = "unauthorised-access", "不正アクセス禁止法", "unauthorised access";
    }
}

impl Code {
    /// The word for a grant on `basis`.
    #[must_use]
    pub const fn of(basis: Basis) -> Self {
        match basis {
            Basis::Outside => Self::Out,
            Basis::Consent | Basis::BlanketConsent => Self::OkConsent,
            Basis::Statute => Self::OkLaw,
            Basis::LegitimateBusiness => Self::OkBusiness,
            Basis::Emergency => Self::OkEmergency,
            Basis::Undetermined => Self::Ask,
            Basis::Excluded => Self::No,
        }
    }
}

impl Strength {
    /// The hedge of the text as a short code, H1 (firm) to H6 (open).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotInfringement => "H1",
            Self::Justified => "H2",
            Self::Usually => "H3",
            Self::Considered => "H4",
            Self::CanBe => "H5",
            Self::Undecided => "H6",
        }
    }
}

//! What the code of a condition means: the kinds of conditions, and the principles behind them.

use serde_json::{Value, json};
use terms::Text;

/// Every code an answer or a file of cases may have: conditions (C-), principles (P), accounts of
/// meetings (S), and what no item asks for in words.
const CODES: &[(&str, &str, &str)] = &[
    ("C-ANOMALY", "機械的な比較により異常と認められること", "compared by machine, it is anomalous"),
    ("C-BLANKET", "包括同意が有効となる条件", "what makes consent given in the terms valid"),
    (
        "C-CONSENT-IND",
        "その回線・分析・措置についての個別の同意",
        "consent to just this, for this line",
    ),
    ("C-CONTACT", "本人に連絡すること", "the owner is contacted"),
    ("C-DOWN", "下位の設備に支障が生じ得ること", "equipment downstream is at risk"),
    (
        "C-DYN",
        "自社の動的IPアドレスであること",
        "the addresses are the operator's own dynamic ones",
    ),
    ("C-FIELDS", "項目が認める情報だけを用いること", "only fields that the item allows are used"),
    (
        "C-HARM",
        "自社の役務又は受信者に支障があること",
        "own service or the receiver is harmed or in danger",
    ),
    (
        "C-MATCH",
        "特性に合致する通信だけを対象とすること",
        "only what matches is touched, and nobody beyond",
    ),
    ("C-MECH", "機械的に処理すること", "it is done by machine"),
    ("C-NO-ALT", "他に有効な手段がないこと", "no other means would do"),
    ("C-NOT-ARBITRARY", "基準が恣意的でないこと", "the threshold has written reasons"),
    (
        "C-NOT-EXPECTED",
        "通常想定されない通信であること",
        "such traffic is not normally expected there",
    ),
    ("C-NOTIFY-AFTER", "事後に知らせること", "those concerned are told afterwards"),
    (
        "C-OWN-DNS",
        "自社のDNSサーバーにおける処理であること",
        "it is seen at the operator's own resolver",
    ),
    ("C-OWN-HARM", "自社の設備に支障が生じていること", "own equipment is impaired"),
    ("C-OWN-RISK", "自社の設備・役務に支障が生じ得ること", "own equipment or service is at risk"),
    (
        "C-PARTY",
        "行為者が通信の当事者であること",
        "whoever acts is a party, or the traffic is its own",
    ),
    (
        "C-PREMISE",
        "項目が前提とする事態であること",
        "the trouble is the one that the item is about",
    ),
    ("C-PROB", "蓋然性が高いこと", "it is highly probable"),
    ("C-PURPOSE", "項目の目的だけに用いること", "it serves the item's purpose and no other"),
    ("C-RANGE", "必要かつ相当な範囲であること", "it keeps to a necessary and fitting range"),
    ("C-RCPT-HARM", "受信者に支障が生じていること", "the receiver is harmed"),
    ("C-REQ", "当事者等からの真正な求めがあること", "whoever may ask did ask"),
    (
        "C-SOLE-ABUSE",
        "その国との通話が専ら不正利用とみられること",
        "calls to the country are abuse alone",
    ),
    ("C-STATUTE", "法令が定める要件を満たすこと", "what the statute asks for is there"),
    (
        "C-TEMP",
        "一時的であり、原因がなくなれば終わること",
        "it is temporary and ends with its cause",
    ),
    ("C-UNLINK", "個別の通信と結び付かないこと", "it cannot be linked to single communications"),
    ("C-UNREACHABLE", "本人と連絡がつかないこと", "the owner cannot be reached"),
    ("C-URGENT", "緊急性が高いこと", "it is urgent"),
    ("P1", "機械による処理も侵害に当たり得ること", "processing by machine touches secrecy as well"),
    ("P3", "常時の措置は緊急の根拠によれないこと", "what is always on rests on no emergency"),
    ("P4", "目的が根拠を決めること", "the purpose decides the ground"),
    ("P5", "役務の円滑な提供のための目的であること", "the aim is to provide the service smoothly"),
    ("P6", "用いる情報を最小限とすること", "as few fields as possible are used"),
    ("P7", "合致する通信だけを対象とすること", "only matching traffic is touched"),
    ("P8", "緊急の措置は一時的であること", "what rests on an emergency is temporary"),
    ("P9", "目的外に用いないこと", "data is put to no second use"),
    (
        "P10",
        "当事者の特定された自由な同意であること",
        "consent is of the right party, specific and free",
    ),
    ("P11", "包括同意は全ての条件を満たすこと", "consent by the terms needs all its conditions"),
    ("P12", "リストが正当で正確かつ客観的であること", "a list is legitimate, exact and objective"),
    ("P13", "分析を必要かつ相当な範囲にとどめること", "analysis keeps to what is necessary"),
    ("P14", "恣意的な数値基準によらないこと", "no number is set arbitrarily"),
    ("P21", "試みること自体は目的とならないこと", "a trial is no purpose of its own"),
    ("S002", "会合の記録による望ましい事項", "advised in the account of a meeting"),
    ("valid-days", "その日に有効な定めであること", "the rule is in force on the day"),
    ("undetermined", "本文が可否を示していないこと", "the text does not decide"),
    ("excluded", "本文が認めていないこと", "the text excludes it"),
    ("house", "事業者が定めるべき事項", "what the operator itself must settle"),
];

/// The codes with what they mean, for the vocabulary.
pub(super) fn codes() -> Vec<Value> {
    let one =
        |(word, ja, en): &(&str, &str, &str)| json!({ "word": word, "text": Text::of(ja, en) });
    CODES.iter().map(one).collect()
}

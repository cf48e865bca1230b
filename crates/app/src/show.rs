//! What the command line prints for people: plain words first, then the citation.

use core::fmt::Write as _;

use serde_json::Value;

use crate::cli::Lang;

/// Prints a line to standard output. A closed pipe is not an error.
pub(crate) fn line(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _closed_pipe = writeln!(out, "{text}");
}

/// The text of a `{ja, en}` value in one language.
pub(crate) fn say(text: &Value, lang: Lang) -> &str {
    let key = if lang == Lang::Ja { "ja" } else { "en" };
    text[key].as_str().unwrap_or_default()
}

/// A value as short `key: value` lines.
pub(crate) fn plain(value: &Value, _lang: Lang) -> String {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(k, v)| format!("{k}: {}", bare(v))).collect::<Vec<_>>().join("\n")
        }
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        Value::Array(items) => items.iter().map(bare).collect::<Vec<_>>().join("\n"),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => bare(value),
    }
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `sekisho case list`
pub(crate) fn cases(value: &Value, lang: Lang) -> String {
    let Some(cases) = value.as_array().filter(|c| !c.is_empty()) else {
        return pick(lang, "事案はありません。", "There are no cases.").to_owned();
    };
    let mut out = String::new();
    for case in cases {
        let _ = writeln!(
            out,
            "#{} {} {} {} {}",
            case["case"],
            bare(&case["state"]),
            bare(&case["kind"]),
            bare(&case["class"]),
            bare(&case["verdict"])
        );
        let words = say(&case["words"], lang);
        if !words.is_empty() {
            let _ = writeln!(out, "   {words}");
        }
        for question in case["open"].as_array().into_iter().flatten() {
            let roles: Vec<String> =
                question["roles"].as_array().into_iter().flatten().map(bare).collect();
            let _ =
                writeln!(out, "   ? {} [{}]", say(&question["question"], lang), roles.join(", "));
        }
        if let Some(until) = case["in-force-until"].as_str() {
            let _ = writeln!(out, "   {} {until}", pick(lang, "実施中、終期", "in force until"));
        }
        if let Some(at) = case["withdrawn"]["at"].as_str() {
            let _ = writeln!(out, "   {at} {}", say(&case["withdrawn"]["why"], lang));
        }
        for duty in case["duties"].as_array().into_iter().flatten() {
            let _ = writeln!(out, "   ! {} {}", say(&duty["duty"], lang), bare(&duty["by"]));
        }
    }
    out.trim_end().to_owned()
}

/// `sekisho case show`
pub(crate) fn case(value: &Value, lang: Lang) -> String {
    let mut out = cases(&Value::Array(vec![value.clone()]), lang);
    let _ = write!(
        out,
        "\n\n{}\n{}",
        pick(lang, "閲覧の根拠", "shown under"),
        spoken(&value["shown-under"], lang)
    );
    for (key, ja, en) in [
        ("target", "宛先", "target"),
        ("line", "回線", "line"),
        ("plan-digest", "計画の要約値", "plan digest"),
    ] {
        if let Some(text) = value[key].as_str() {
            let _ = write!(out, "\n{}: {text}", pick(lang, ja, en));
        }
    }
    if value["plan"].is_object() {
        let _ = write!(out, "\n{}: {}", pick(lang, "計画", "plan"), value["plan"]);
    }
    for way in value["alternatives"].as_array().into_iter().flatten() {
        let _ = write!(out, "\n{}", alternative(way, lang));
    }
    let _ = write!(out, "\n{}", pick(lang, "経過", "history"));
    for step in value["history"].as_array().into_iter().flatten() {
        let event = &step["event"];
        let words = say(&event["words"], lang);
        let rest = if words.is_empty() {
            event.to_string()
        } else {
            format!("{} {words}", bare(&event["code"]))
        };
        let _ = write!(out, "\n  {} {} {rest}", bare(&step["at"]), bare(&event["event"]));
    }
    out
}

/// An answer of the law, with its conditions and the alternatives.
pub(crate) fn spoken(value: &Value, lang: Lang) -> String {
    let mut out = format!("{}: {}", bare(&value["code"]), say(&value["sentence"], lang));
    let cites = say(&value["cites"], lang);
    if !cites.is_empty() {
        let _ = write!(out, "\n  [{cites}]");
    }
    for condition in value["conditions"].as_array().into_iter().flatten() {
        let mark = match condition[0].as_str() {
            Some("met") => "✓",
            Some("failed") => "✗",
            _ => "?",
        };
        let by = condition[2].as_str().map(|by| format!("  ({by})")).unwrap_or_default();
        let _ = write!(out, "\n  {mark} {}{by}", say(&condition[1], lang));
    }
    for way in value["alternatives"].as_array().into_iter().flatten() {
        let _ = write!(out, "\n{}", alternative(way, lang));
    }
    let inquiry = say(&value["inquiry"], lang);
    if !inquiry.is_empty() {
        let _ = write!(out, "\n{inquiry}");
    }
    out
}

fn alternative(way: &Value, lang: Lang) -> String {
    let takes: Vec<String> = way["takes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|t| say(&t[1], lang).to_owned())
        .collect();
    format!(
        "  → ({}) {} [{}]: {} {}",
        bare(&way["item"]),
        say(&way["title"], lang),
        bare(&way["code"]),
        pick(lang, "必要なこと", "it takes"),
        takes.join("; ")
    )
}

/// `sekisho measures`
pub(crate) fn measures(value: &Value, lang: Lang) -> String {
    let mut out = String::new();
    let all = || value.as_array().into_iter().flatten();
    let shown = |m: &&Value| m["listed"] == true;
    for m in all().filter(shown) {
        let _ = writeln!(
            out,
            "{:<6} {} [{}] {}",
            bare(&m["item"]),
            bare(&m["measure"]),
            bare(&m["mode"]),
            bare(&m["code"])
        );
        let _ = writeln!(out, "       {} ({})", say(&m["title"], lang), say(&m["cites"], lang));
        for lack in m["missing"].as_array().into_iter().flatten() {
            let _ = writeln!(
                out,
                "       - {}\n         {}",
                say(&lack["what"], lang),
                bare(&lack["how"])
            );
        }
    }
    let others = all().filter(|m| !shown(m)).count();
    let _ = writeln!(
        out,
        "{} {others} (sekisho law list)",
        pick(lang, "照会のみできる措置:", "further measures, which can be asked about only:")
    );
    out.trim_end().to_owned()
}

/// `sekisho consents`
pub(crate) fn consents(value: &Value, lang: Lang) -> String {
    let mut out = String::new();
    let time = |v: &Value| v.as_i64().map(|ms| terms::Time(ms).rfc3339());
    let words = |v: &Value| {
        let words = v.as_array().into_iter().flatten().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(" ")
    };
    for c in value.as_array().into_iter().flatten() {
        let until = time(&c["until"]).unwrap_or_else(|| pick(lang, "撤回まで", "withdrawn").into());
        let _ = writeln!(
            out,
            "{:>4}  {} [{}, {}] {} {} {} {until}",
            c["id"],
            bare(&c["line"]),
            bare(&c["kind"]),
            bare(&c["whose"]),
            pick(lang, "開始", "from"),
            time(&c["at"]).unwrap_or_default(),
            pick(lang, "終了", "until"),
        );
        let _ = writeln!(out, "      {} → {}", words(&c["purposes"]), words(&c["acts"]));
        let digest = c["shown"]["digest"].as_str().unwrap_or_default();
        let _ = writeln!(
            out,
            "      {} {} (SHA-256 {})",
            pick(lang, "提示した文面", "text shown, version"),
            bare(&c["shown"]["version"]),
            digest.get(..16).unwrap_or(digest)
        );
        if let Some(withdrawn) = time(&c["withdrawn"]) {
            let _ = writeln!(out, "      {} {withdrawn}", pick(lang, "撤回", "withdrawn"));
        }
    }
    if out.is_empty() {
        pick(lang, "同意の記録はありません", "no consent is on record").clone_into(&mut out);
    }
    out.trim_end().to_owned()
}

/// `sekisho exporters`
pub(crate) fn exporters(value: &Value, lang: Lang) -> String {
    let mut out = format!(
        "{:<16} {:>12} {:>12} {:>8} {:>8}  {}\n",
        pick(lang, "名称", "exporter"),
        pick(lang, "データグラム", "datagrams"),
        pick(lang, "レコード", "records"),
        pick(lang, "欠落", "lost"),
        pick(lang, "不可", "bad"),
        pick(lang, "状態", "state")
    );
    for e in value["exporters"].as_array().into_iter().flatten() {
        let bad: u64 = e["undecodable"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|u| u["times"].as_u64())
            .sum();
        let lost =
            e["lost_datagrams"].as_u64().unwrap_or(0) + e["lost_records"].as_u64().unwrap_or(0);
        let state = if e["doubtful"].is_null() {
            pick(lang, "正常", "ok").to_owned()
        } else {
            format!("{} {}", pick(lang, "要確認", "doubtful:"), e["doubtful"])
        };
        let _ = writeln!(
            out,
            "{:<16} {:>12} {:>12} {lost:>8} {bad:>8}  {state}",
            bare(&e["name"]),
            e["datagrams"],
            e["records"]
        );
    }
    let _ = write!(
        out,
        "{}: {}",
        pick(
            lang,
            "一覧にない送信元からのデータグラム（数えるのみ）",
            "datagrams from strangers (counted only)"
        ),
        value["strangers"]
    );
    out
}

/// One of two words.
pub(crate) fn pick<'a>(lang: Lang, ja: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

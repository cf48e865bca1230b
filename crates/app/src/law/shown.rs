//! What `sekisho law` prints for people.

use core::fmt::Write as _;

use serde_json::Value;
use terms::{Act, Automatic, Day, Field, Purpose, Role, SignersWhen, Source, Text};

use crate::cli::Lang;
use crate::show::{pick, say};

/// The answer for people: the sentences, then the conditions and what goes with them.
pub(super) fn answer(answer: &Value, lang: Lang) -> String {
    let text = if lang == Lang::Ja { "text_ja" } else { "text_en" };
    let mut out = format!("{}: {}", word(&answer["verdict"]), say(&answer["verdict_text"], lang));
    if let Some(item) = answer["item"].as_str() {
        let _ = write!(out, "  ({item}) {}", word(&answer["measure"]));
    }
    let _ = write!(out, "\n\n{}\n", word(&answer[text]));
    for c in answer["conditions"].as_array().into_iter().flatten() {
        let mark = match c["state"].as_str() {
            Some("met") => "✓",
            Some("failed") => "✗",
            _ => "?",
        };
        let _ = write!(out, "\n  {mark} {} [{}]", say(&c["text"], lang), word(&c["code"]));
    }
    let section =
        |out: &mut String, key: &str, ja: &str, en: &str, words: fn(&Value, Lang) -> String| {
            let items = answer[key].as_array().filter(|i| !i.is_empty());
            // The whole of it is in the JSON; people are told what matters most.
            let most = match key {
                "flips" => 6,
                "others" => 3,
                _ => usize::MAX,
            };
            for (i, item) in items.into_iter().flatten().take(most).enumerate() {
                if i == 0 {
                    let _ = write!(out, "\n\n{}", pick(lang, ja, en));
                }
                let _ = write!(out, "\n  - {}", words(item, lang));
            }
        };
    section(&mut out, "questions", "確認すべきこと", "To find out", question);
    section(&mut out, "duties", "義務", "Owed", duty);
    section(&mut out, "flips", "結論を変えるもの", "What would change it", text_of);
    section(&mut out, "others", "他の項目", "Other items", other);
    section(&mut out, "notes", "前提", "Assumed", |n, lang| say(n, lang).to_owned());
    let inquiry = say(&answer["inquiry"], lang);
    if !inquiry.is_empty() {
        let _ = write!(out, "\n\n{inquiry}");
    }
    out.trim_end().to_owned()
}

fn text_of(value: &Value, lang: Lang) -> String {
    say(&value["text"], lang).to_owned()
}

fn question(value: &Value, lang: Lang) -> String {
    format!("{} [{}]", say(&value["text"], lang), joined(&value["roles"]))
}

fn other(value: &Value, lang: Lang) -> String {
    let why = word(&value[pick(lang, "why_ja", "why_en")]);
    let item = word(&value["item"]);
    let (title, stop) = (say(&value["title"], lang), pick(lang, "：", ": "));
    if item == "–" {
        format!("{title}{stop}{why}")
    } else {
        format!("({item}) {title}{stop}{why}")
    }
}

/// Of which day a list of measures is.
pub(super) fn as_of(day: Day, lang: Lang) -> String {
    let said = day.to_string();
    let parts: Vec<&str> = said.split('-').map(|part| part.trim_start_matches('0')).collect();
    match (lang, &parts[..]) {
        (Lang::Ja, [year, month, day]) => format!("{year}年{month}月{day}日現在"),
        _ => format!("As of {said}"),
    }
}

/// The list of measures, two lines each.
pub(super) fn measures(all: &Value, lang: Lang) -> String {
    let mut out = String::new();
    for m in items(all) {
        let mark = if m["in_force"] == true { " " } else { "-" };
        let (item, verdict, title) =
            (word(&m["item"]), word(&m["verdict"]), say(&m["title"], lang));
        let _ = writeln!(out, "{mark} {item:<10} {verdict:<10} {title}");
        let _ = writeln!(out, "    {}  [{}]", word(&m["measure"]), say(&m["cites"], lang));
    }
    out + pick(lang, "- は、その日に有効でないもの", "- is not in force on that day")
}

/// One measure in words.
pub(super) fn measure(m: &Value, lang: Lang) -> String {
    let cites = &m["cites"];
    let mut out = format!("({}) {}\n", word(&m["item"]), say(&m["title"], lang));
    let mut row = |ja: &str, en: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {}: {text}", pick(lang, ja, en));
        }
    };
    row("名称", "name", word(&m["measure"]));
    row("根拠とする文書", "text", word(&cites[pick(lang, "text_ja", "text_en")]));
    row("有効期間", "in force", &format!("{} – {}", word(&cites["from"]), word(&cites["until"])));
    row("出所", "status", word(&cites["status"]));
    row("結論", "verdict", word(&m["verdict"]));
    row("法的根拠", "ground", say(&m["basis"]["text"], lang));
    let strength = &m["strength"];
    let strength = format!("{} {}", word(&strength["code"]), say(&strength["text"], lang));
    row("本文の表現の強さ", "how firmly", strength.trim());
    row(
        "目的",
        "purpose",
        &with_words(&m["purposes"], list_of(Purpose::ALL, |w| w.word(), |w| w.text()), lang),
    );
    row(
        "行為",
        "acts",
        &with_words(&m["acts"], list_of(Act::ALL, |w| w.word(), |w| w.text()), lang),
    );
    row(
        "情報源",
        "sources",
        &with_words(&m["sources"], list_of(Source::ALL, |w| w.word(), |w| w.text()), lang),
    );
    row(
        "情報項目",
        "fields",
        &with_words(&m["fields"], list_of(Field::ALL, |w| w.word(), |w| w.text()), lang),
    );
    row("対象範囲", "reach", say(&m["over"]["text"], lang));
    row("whoseに書ける語", "`whose` may be", &joined(&m["whose"]));
    row("終期", "ends", say(&m["ends"]["text"], lang));
    row("署名", "signers", &signers(&m["signers"], lang));
    row("通知", "told", say(&m["tells"]["text"], lang));
    row("及ばない利用", "does not cover", &texts(&m["forbids"], lang));
    row("事業者が定める数値", "operator's numbers", &texts(&m["numbers"], lang));
    row("他の法律", "other law", &texts(&m["other_law"], lang));
    row("先例", "precedent", word(&m["precedent"]));
    let mut list = |key: &str, ja: &str, en: &str, each: fn(&Value, Lang) -> String| {
        for (i, item) in items(&m[key]).enumerate() {
            if i == 0 {
                let _ = writeln!(out, "\n  {}", pick(lang, ja, en));
            }
            let _ = writeln!(out, "  - {}", each(item, lang));
        }
    };
    list("conditions", "条件（確認する者）", "conditions (who establishes each)", condition);
    list("advises", "望ましいこと", "advised", text_of);
    list("duties", "義務", "owed", duty);
    list("examples", "事例", "examples", |e, _| {
        format!("{}: {}", word(&e["gives"]), word(&e["name"]))
    });
    out.trim_end().to_owned()
}

/// A closed list: each word with its text.
type List = Vec<(&'static str, Text)>;

fn list_of<T: Copy>(all: &[T], word: fn(T) -> &'static str, text: fn(T) -> Text) -> List {
    all.iter().map(|w| (word(*w), text(*w))).collect()
}

/// Each with the word a request writes; of nearly a whole list, what is not among them.
fn with_words(some: &Value, all: List, lang: Lang) -> String {
    let one = |word: &str, text: &str| format!("{word} ({text})");
    let among = |word: &str| items(some).any(|w| w["word"] == word);
    let missing: List = all.into_iter().filter(|(word, _)| !among(word)).collect();
    if missing.is_empty() {
        return pick(lang, "（あらゆるもの）", "any").to_owned();
    }
    if missing.len() * 4 > items(some).count() {
        return items(some)
            .map(|w| one(word(&w["word"]), say(&w["text"], lang)))
            .collect::<Vec<_>>()
            .join(", ");
    }
    let but: Vec<String> =
        missing.into_iter().map(|(word, text)| one(word, &in_language(text, lang))).collect();
    match lang {
        Lang::Ja => format!("次のものを除くあらゆるもの：{}", but.join(", ")),
        Lang::En => format!("any but {}", but.join(", ")),
    }
}

fn condition(c: &Value, lang: Lang) -> String {
    let open = pick(
        lang,
        "（満たさない場合の扱いを本文は示していない）",
        " (the text leaves open what follows if it is not so)",
    );
    let open = if c["open"] == true { open } else { "" };
    let second = c["countersigned-by"].as_str().map(|r| format!(" + {r}")).unwrap_or_default();
    let (fact, so) = (word(&c["condition"]), c["wanted"] == true);
    let by = joined(&c["established-by"]);
    format!("{fact} = {so}: {}{open} [{by}{second}]", say(&c["text"], lang))
}

fn duty(d: &Value, lang: Lang) -> String {
    format!("{}: {}", say(&d["text"], lang), say(&d["within"], lang))
}

/// Every word with its meaning.
pub(super) fn vocabulary(all: &Value, lang: Lang) -> String {
    let mut out = String::new();
    for (key, ja, en) in [
        ("verdicts", "結論", "verdicts"),
        ("acts", "行為 act", "act"),
        ("purposes", "目的 purpose", "purpose"),
        ("steps", "段階 step", "step"),
        ("whose", "対象 whose", "whose"),
        (
            "reach",
            "項目の対象範囲 [whoseに書ける語]",
            "how far an item reaches [what `whose` may be]",
        ),
        ("ends", "終期 end", "end"),
        ("fields", "情報項目 fields", "fields"),
        ("sources", "情報源 sources", "sources"),
        ("bases", "根拠 claims", "claims"),
        ("roles", "役割 roles", "roles"),
        ("facts", "事実 facts", "facts"),
        ("conditions", "条件（事実以外）", "conditions that are no facts"),
    ] {
        let _ = writeln!(out, "{}", pick(lang, ja, en));
        for item in items(&all[key]) {
            let by = joined(&item["established-by"]) + &joined(&item["whose"]);
            let by = if by.is_empty() { by } else { format!(" [{by}]") };
            let said = if item["question"].is_object() { "question" } else { "text" };
            let _ = writeln!(out, "  {:<32} {}{by}", word(&item["word"]), say(&item[said], lang));
            let mut named: Vec<&str> = items(&item["named-by"]).map(|m| word(&m["item"])).collect();
            named.dedup();
            if !named.is_empty() && key != "facts" {
                let _ = writeln!(out, "  {:<32}   {}", "", named.join(" "));
            }
        }
        out.push('\n');
    }
    for (key, name) in [
        ("requesters", "requester"),
        ("harms", "harm"),
        ("scopes", "scope"),
        ("consent-parties", "consents: whose"),
        ("consent-kinds", "consents: kind"),
    ] {
        let _ = writeln!(out, "{name}: {}", joined(&all[key]));
    }
    let example = serde_json::to_string_pretty(&all["example"]).unwrap_or_default();
    let _ = write!(out, "\n{}\n{example}", pick(lang, "記載例", "a complete request"));
    out
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn joined(words: &Value) -> String {
    items(words).filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

fn texts(words: &Value, lang: Lang) -> String {
    items(words).map(|w| say(&w["text"], lang)).collect::<Vec<_>>().join(pick(lang, "、", ", "))
}

/// Who signs and when, in the language; a request never writes these words.
fn signers(signed: &Value, lang: Lang) -> String {
    let text = |text: Option<Text>| text.map(|t| in_language(t, lang)).unwrap_or_default();
    let role = |r: &Value| text(Role::parse(word(r)).map(|r| r.text()));
    let roles: Vec<String> = items(&signed["roles"]).map(role).collect();
    let when = text(SignersWhen::parse(word(&signed["when"])).map(|w| w.text()));
    let automatic = text(Automatic::parse(word(&signed["automatic"])).map(|a| a.text()));
    let afterwards = signed["afterwards"] == true;
    match lang {
        Lang::Ja => format!(
            "{}（{when}{}、自動実施：{automatic}）",
            roles.join("、"),
            if afterwards { "、事後も可" } else { "" }
        ),
        Lang::En => format!(
            "{} ({when}{}; automatic: {automatic})",
            roles.join(", "),
            if afterwards { ", also afterwards" } else { "" }
        ),
    }
}

fn in_language(text: Text, lang: Lang) -> String {
    match lang {
        Lang::Ja => text.ja,
        Lang::En => text.en,
    }
}

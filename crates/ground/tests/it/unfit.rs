//! Files that do not load: each is refused with its file, its line and what to do about it.

use ground::{Book, BookError, nearest};

use crate::law_book::{plain, with};

/// What follows a measure that reads well: a condition, and an example of each kind.
const REST: &str = r#"
[requires]
by-machine = true

[[example]]
name  = "all is as it should be"
gives = "granted"

[[example]]
name    = "without end"
endless = true
gives   = "refused"
"#;

/// How a file of this text, with this name, does not load.
fn fault(name: &str, text: &str) -> BookError {
    let fault = Book::read(&[(name, text)]).expect_err("it loads");
    let said = format!("measures/{name}.toml, line {}: {}", fault.line, fault.why);
    assert_eq!((fault.name.as_str(), fault.to_string()), (name, said));
    fault
}

/// A file of this text does not load; the line that is blamed holds `line`, and each of `says` is
/// in what is said.
fn refused(text: &str, line: &str, says: &[&str]) {
    refused_as("it", text, line, says);
}

fn refused_as(name: &str, text: &str, line: &str, says: &[&str]) {
    let fault = fault(name, text);
    let blamed = text.lines().nth(fault.line - 1).unwrap_or_default();
    assert!(blamed.contains(line), "{fault}\nblames “{blamed}”, not “{line}”");
    for word in says {
        assert!(fault.why.contains(word), "“{word}” is not in: {fault}");
    }
    let first = fault.why.chars().next().unwrap();
    assert!(!first.is_uppercase() && !fault.why.ends_with('.'), "{fault}");
}

#[test]
fn a_misspelt_word_does_not_load_and_the_nearest_is_named() {
    assert!(Book::read(&[("it", &plain(""))]).is_ok());
    for (line, wrong, near) in [
        ("purpose = \"protect-lines\"", "protect-lines", "protect-line"),
        ("purpose = [\"protect-mail\", \"protect-lin\"]", "protect-lin", "protect-line"),
        ("acts = [\"analyze\"]", "analyze", "analyse"),
        ("reads = [\"statistic\"]", "statistic", "statistics"),
        ("fields = [\"dst-addres\"]", "dst-addres", "dst-address"),
        ("over = \"networks\"", "networks", "network"),
        ("basis = \"business\"", "business", "legitimate-business"),
        ("status = \"public-text\"", "public-text", "public"),
        ("strength = \"probably\"", "probably", "usually"),
        ("ends = \"never\"", "never", "required"),
        ("automatic = \"maybe\"", "maybe", "operator"),
        ("numbers = [\"block-minute\"]", "block-minute", "block-minutes"),
        ("forbids = [\"other-purposes\"]", "other-purposes", "other-purpose"),
        ("other-law = [\"fair\"]", "fair", "fair-use"),
        ("signers = { roles = [\"operation\"], when = \"each\" }", "operation", "operations"),
        ("signers = { roles = [\"desk\"], when = \"always\" }", "always", "each"),
        (
            "signers = { roles = [\"desk\"], when = \"each\", afterward = true }",
            "afterward",
            "afterwards",
        ),
        ("tells = { whom = \"subscriber\", when = \"never\" }", "subscriber", "line"),
        ("tells = { whom = \"line\", when = \"later\" }", "later", "after"),
        (
            "cites = { text = \"A\", at = \"1\", from = \"2015-11-30\", edition = 4 }",
            "edition",
            "until",
        ),
        ("statuss = \"text\"", "statuss", "status"),
    ] {
        let (wrong, near) = (format!("unknown {{}} `{wrong}`"), format!("`{near}`"));
        let kinds = ["word", "key", "purpose"].map(|kind| wrong.replace("{}", kind));
        let why = fault("it", &plain(line)).why;
        assert!(kinds.iter().any(|unknown| why.contains(unknown)), "{wrong}: {why}");
        refused(&plain(line), line, &[&near, "`sekisho law vocabulary` prints every word"]);
    }
    for (table, line, near) in [
        ("[requires]\nby-machin = true", "by-machin", "did you mean `by-machine`?"),
        ("[requires]\nby-machine = true\nurgently = true", "urgently", "did you mean `urgent`"),
        ("[advises]\nno-other-mean = true", "no-other-mean", "`no-other-means`"),
        ("[[duty]]\nwhat = \"tel-line\"", "tel-line", "`tell-line`"),
        ("[[example]]\nname = \"x\"\ngives = \"allowed\"", "allowed", "`granted`"),
        ("[[example]]\nname = \"x\"\nfact = 1\ngives = \"asks\"", "fact = 1", "`facts`"),
        ("[[example]]\nname = \"x\"\nfacts = { by-machin = true }", "by-machin", "`by-machine`"),
        ("[[exmple]]\nname = \"x\"", "[[exmple]]", "did you mean `example`?"),
    ] {
        refused(
            &with("", table),
            line,
            &[near, "unknown", "`sekisho law vocabulary` prints every word"],
        );
    }
}

#[test]
fn what_is_no_word_at_all_does_not_load_and_the_line_is_named() {
    for (line, says) in [
        ("purpose = 7", "expected a purpose, or a list of purposes"),
        ("automatic = true", "in `automatic = true`"),
        ("item = ", "quoted"),
        ("title = { ja = \"x\" }", "missing key `en`"),
        ("cites = { text = \"A\", at = \"1\", from = \"2015-13-01\" }", "month"),
    ] {
        refused(&plain(line), line.trim(), &[says]);
    }
    for (table, line, says) in [
        ("[requires]\nby-machine = \"yes\"", "\"yes\"", "expected a boolean"),
        ("[requires]\nby-machine = true\nby-machine = false", "= false", "duplicate"),
        ("[[duty]]\nwhat = \"tell-line\"\nwithin = { day = 30 }", "day = 30", "length of time"),
        (
            "[[duty]]\nwhat = \"tell-line\"\nwithin = { number = \"tell-hour\" }",
            "tell-hour",
            "in `within = { number = \"tell-hour\" }`",
        ),
    ] {
        refused(&with("", &format!("{table}\n")), line, &[says]);
    }
}

#[test]
fn every_key_of_a_measure_is_needed() {
    let text = plain("");
    for key in [
        "item",
        "title",
        "cites",
        "status",
        "purpose",
        "acts",
        "reads",
        "fields",
        "over",
        "basis",
        "strength",
        "signers",
        "tells",
        "ends",
        "automatic",
    ] {
        let without: Vec<&str> = text.lines().filter(|l| !l.starts_with(key)).collect();
        let fault = fault("it", &without.join("\n"));
        assert_eq!((fault.line, fault.why), (1, format!("`{key}` is missing: add it")));
    }
}

#[test]
fn a_measure_cites_a_listed_text_and_a_place_in_it() {
    let cites = |text: &str, at: &str, more: &str| {
        plain(&format!(
            "cites = {{ text = \"{text}\", at = \"{at}\", from = \"2015-11-30\"{more} }}"
        ))
    };
    let needs = ["a measure needs a citation", "name the text and the place in it"];
    refused(&cites(" ", "1", ""), "cites", &needs);
    refused(&cites("Third report", "", ""), "cites", &needs);
    let unlisted =
        ["cites \"A draft\"", "measures/TEXTS.toml does not list", "list it there, or cite"];
    refused(&cites("A draft", "1", ""), "\"A draft\"", &unlisted);
    let backwards = cites("Third report", "1", ", until = \"2015-11-29\"");
    refused(&backwards, "cites", &["its last day is before its first", "set `until` later"]);
}

#[test]
fn the_deadline_of_each_duty_rests_on_a_statute_or_a_number_of_time() {
    let duties = |within: &str| {
        let first = "[[duty]]\nwhat = \"tell-line\"\nwithin = { number = \"tell-hours\" }\n";
        with("", &format!("{first}[[duty]]\nwhat = \"report-in-full\"\nwithin = {within}\n{REST}"))
    };
    let cited = |how: &str, text: &str, at: &str| {
        format!(
            "{{ {how}, cites = {{ text = \"{text}\", at = \"{at}\", from = \"2015-11-30\" }} }}"
        )
    };
    let act = "Telecommunications Business Act";
    for fine in [cited("days = 30", act, "28"), cited("promptly = true", act, "28")] {
        assert!(Book::read(&[("it", &duties(&fine))]).is_ok(), "{fine}");
    }
    for within in [
        cited("days = 30", "", "28"),
        cited("days = 30", act, " "),
        cited("promptly = true", act, ""),
        cited("promptly = false", act, "28"),
        "{ number = \"risk-percent\" }".to_owned(),
    ] {
        let text = duties(&within);
        let fault = fault("it", &text);
        refused(&text, "[[duty]]", &["rests on nothing", "cite where a statute sets it, or name"]);
        // The second of them is meant.
        let second = text.lines().enumerate().filter(|(_, l)| *l == "[[duty]]").nth(1).unwrap().0;
        assert_eq!(fault.line, second + 1);
    }
    let unlisted = duties(&cited("days = 30", "Another act", "28"));
    refused(&unlisted, "Another act", &["cites \"Another act\"", "list it there, or cite"]);
}

#[test]
fn a_measure_names_its_purposes_an_act_and_a_signer() {
    refused(&plain("acts = []"), "acts", &["a measure needs an act: name at least one"]);
    let nobody = "signers = { roles = [], when = \"each\" }";
    refused(&plain(nobody), "signers", &["a measure needs a signer: name at least one role"]);
    refused(&plain("purpose = []"), "purpose", &["a measure needs a purpose: name at least one"]);
    let any = ["what serves every purpose may never grant", "name the purposes it is for"];
    refused(&plain("purpose = \"any\""), "purpose", &any);
    let words: Vec<String> = terms::Purpose::ALL.iter().map(|p| format!("\"{p}\"")).collect();
    refused(&plain(&format!("purpose = [{}]", words.join(", "))), "purpose", &any);
    refused(&plain("purpose = [\"any\"]"), "purpose", &["unknown purpose `any`"]);
    // What never grants may be for any purpose.
    let asks = "\n[[example]]\nname = \"a\"\ngives = \"asks\"\n";
    let undetermined = with("basis = \"undetermined\"\npurpose = \"any\"", asks);
    let book = Book::read(&[("it", &undetermined)]).unwrap();
    assert_eq!(book.measures()[0].purposes, terms::Purpose::ALL);
}

#[test]
fn a_measure_has_an_example_of_each_thing_it_may_come_to() {
    let example = |gives: &str| format!("\n[[example]]\nname = \"x\"\ngives = \"{gives}\"\n");
    let (granted, refused_, asks) = (example("granted"), example("refused"), example("asks"));
    let undetermined = "basis = \"undetermined\"";
    let excluded = "basis = \"excluded\"";
    for (text, says) in [
        (with("", &refused_), "no example is granted: add an [[example]] with gives = \"granted\""),
        (with("", &granted), "no example is refused: add an [[example]] with gives = \"refused\""),
        (with("", &asks), "no example is granted"),
        (with(undetermined, &granted), "no example asks"),
        (with(undetermined, &refused_), "add an [[example]] with gives = \"asks\""),
        (with(excluded, &granted), "no example is refused"),
        (with(excluded, &asks), "add an [[example]] with gives = \"refused\""),
    ] {
        refused(&text, "[[example]]", &[says]);
    }
    assert!(fault("it", &with("", "")).why.contains("no example is granted"));
}

#[test]
fn what_is_open_is_required_and_what_is_excluded_requires_nothing() {
    let open = with("open = [\"urgent\"]", REST);
    refused(&open, "open", &["`open` names a fact that `requires` does not: add it there"]);
    // What is excluded may name, without requiring it, what the text leaves open.
    let but = "\n[[example]]\nname = \"x\"\ngives = \"refused\"\n";
    let but = with("basis = \"excluded\"\nopen = [\"urgent\"]", but);
    assert!(Book::read(&[("it", &but)]).is_ok());
    let excluded = with("basis = \"excluded\"", REST);
    refused(
        &excluded,
        "[requires]",
        &["what is excluded has no conditions", "take `requires` out"],
    );
}

#[test]
fn what_follows_from_other_facts_is_never_required_not_to_be_so() {
    for fact in terms::Fact::ALL {
        let whole = !fact.follows_from().is_empty();
        let requires = REST.replace("by-machine = true", &format!("{fact} = false"));
        let text = with("", &requires);
        assert_eq!(Book::read(&[("it", &text)]).is_err(), whole, "{fact}");
        if whole {
            let says = ["can only be required to be so", "require the facts it follows from"];
            refused(&text, "[requires]", &says);
        }
    }
}

#[test]
fn nothing_lasts_on_self_defence_or_necessity_and_nothing_stands_on_it() {
    for act in ["block", "suspend-line", "refuse-name", "contact"] {
        for ends in ["review", "text-silent"] {
            let lasting =
                plain(&format!("basis = \"emergency\"\nacts = [\"{act}\"]\nends = \"{ends}\""));
            let says = ["never last", "set ends = \"required\", or name another basis"];
            refused(&lasting, "ends", &says);
        }
    }
    let standing = ["a standing measure may not rest on self-defence", "have each act signed"];
    let once = "basis = \"emergency\"\nsigners = { roles = [\"desk\"], when = \"once\" }";
    refused(&plain(once), "signers", &standing);
    refused(&plain("basis = \"emergency\"\nautomatic = \"yes\""), "automatic", &standing);
    // Neither does on another ground, and the operator may choose where each act is looked up alike.
    for fine in [
        "basis = \"statute\"\nends = \"review\"",
        "automatic = \"yes\"",
        "basis = \"emergency\"\nautomatic = \"operator\"",
    ] {
        assert!(Book::read(&[("it", &plain(fine))]).is_ok(), "{fine}");
    }
}

#[test]
fn only_the_one_precedent_may_last_on_necessity_and_says_why() {
    const PRECEDENT: &str = "42-g2-block-child-abuse-images";
    let lasting = "basis = \"emergency\"\nends = \"review\"\nautomatic = \"yes\"\n\
                   signers = { roles = [\"legal\"], when = \"once\" }";
    let because = |why: &str| plain(&format!("{lasting}\nprecedent = \"{why}\""));
    assert!(Book::read(&[(PRECEDENT, &because("it cannot be undone"))]).is_ok());
    let says = ["only the precedent on pictures of child abuse", "take `precedent` out"];
    refused(&because("it cannot be undone"), "precedent", &says);
    refused_as("42-g2-block-unlawful-content", &because("it is like it"), "precedent", &says);
    refused(&plain("precedent = \"an old one\""), "precedent", &says);
    refused_as(PRECEDENT, &because(" "), "precedent", &["says why"]);
    refused_as(PRECEDENT, &plain(lasting), "ends", &["never last"]);
}

#[test]
fn two_versions_of_a_measure_never_hold_on_one_day() {
    let version = |from: &str, until: &str| {
        let until = if until.is_empty() { String::new() } else { format!(", until = \"{until}\"") };
        plain(&format!(
            "cites = {{ text = \"Third report\", at = \"1\", from = \"{from}\"{until} }}"
        ))
    };
    let (endless, to_may) = (version("2016-01-01", ""), version("2016-01-01", "2020-05-01"));
    let (same_day, next_day) = (version("2020-05-01", ""), version("2020-05-02", ""));
    let both = |older: &str, newer: &str| Book::read(&[("it", older), ("it@2", newer)]);
    assert!(both(&to_may, &next_day).is_ok());
    for (older, newer) in [(&endless, &next_day), (&to_may, &same_day), (&next_day, &endless)] {
        let fault = both(older, newer).expect_err("they overlap");
        assert_eq!(fault.name, "it@2");
        assert!(newer.lines().nth(fault.line - 1).unwrap().starts_with("cites"), "{fault}");
        let said = fault.to_string();
        assert!(said.starts_with("measures/it@2.toml, line "), "{said}");
        assert!(said.contains("overlaps with it") && said.contains("an `until` before"), "{said}");
    }
    // Others may hold on the same day, but not under the same name.
    assert!(Book::read(&[("it", &endless), ("it-too@2", &next_day)]).is_ok());
    let fault = Book::read(&[("it", &to_may), ("it", &next_day)]).expect_err("two of one name");
    assert!(fault.why.contains("another measure has this name: rename one"), "{fault}");
}

#[test]
fn one_unfit_file_makes_the_whole_book_unreadable() {
    let (fine, unfit) = (plain(""), plain("acts = []"));
    let fault = Book::read(&[("fine", &fine), ("unfit", &unfit)]).expect_err("one is unfit");
    assert_eq!(fault.name, "unfit");
}

#[test]
fn of_words_the_nearest_are_named() {
    let among = |wrong: &str, words: &[&str]| nearest(wrong, words.iter().copied());
    assert_eq!(among("blok", &["warn", "block", "bill"]), "`block`, `bill`");
    assert_eq!(among("block", &["warn", "block", "bill"]), "`block`");
    assert_eq!(among("x", &["a", "b", "c", "d"]), "`a`, `b`, `c`");
    assert_eq!(among("x", &[]), "");
}

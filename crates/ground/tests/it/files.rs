//! The files of the book: what is misspelt or missing does not load and says which word, the list
//! matches the folder, and the table is the book.

use std::path::PathBuf;

use ground::{Book, MEASURES};

use crate::desk::book;
use crate::law_book::{plain, with};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../measures"))
}

#[test]
fn every_file_of_the_folder_is_in_the_list_and_the_other_way_round() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    files.sort();
    let listed: Vec<&str> = MEASURES.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, files);
    for (name, text) in MEASURES {
        let file = std::fs::read_to_string(folder().join(format!("{name}.toml"))).unwrap();
        assert_eq!(*text, file, "{name}");
    }
}

#[test]
fn the_table_is_the_book() {
    #[expect(clippy::disallowed_methods, reason = "a test may be told to redraw the table")]
    let bless = std::env::var_os("SEKISHO_BLESS").is_some_and(|v| v == "1");
    let path = folder().join("TABLE.txt");
    if bless {
        std::fs::write(&path, book().table()).unwrap();
    }
    let table = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(table == book().table(), "measures/TABLE.txt is not the book: cargo xtask bless");
}

#[test]
fn every_measure_file_says_on_top_what_it_is_for() {
    for (name, text) in MEASURES {
        let comment = text.lines().take_while(|line| line.starts_with("# ")).count();
        assert!(comment >= 1 && text.lines().count() <= 100, "{name}");
    }
}

/// Why a measure of this text does not load.
fn why(text: &str) -> String {
    let error = Book::read(&[("it", text)]).expect_err("it loads");
    assert_eq!(error.name, "it");
    assert!(error.to_string().starts_with("measure it does not load: "), "{error}");
    error.why
}

#[test]
fn a_misspelt_word_does_not_load_and_is_named() {
    assert!(Book::read(&[("it", &plain(""))]).is_ok());
    let lines = [
        ("statuss", "statuss = \"text\""),
        ("public-text", "status = \"public-text\""),
        ("protect-lines", "purpose = \"protect-lines\""),
        ("analyze", "acts = [\"analyze\"]"),
        ("statistic", "reads = [\"statistic\"]"),
        ("dst-addres", "fields = [\"dst-addres\"]"),
        ("networks", "over = \"networks\""),
        ("business", "basis = \"business\""),
        ("probably", "strength = \"probably\""),
        ("operation", "signers = { roles = [\"operation\"], when = \"each\" }"),
        ("always", "signers = { roles = [\"operations\"], when = \"always\" }"),
        ("afterward", "signers = { roles = [\"desk\"], when = \"each\", afterward = true }"),
        ("subscriber", "tells = { whom = \"subscriber\", when = \"never\" }"),
        ("later", "tells = { whom = \"line\", when = \"later\" }"),
        ("never", "ends = \"never\""),
        ("maybe", "automatic = \"maybe\""),
        ("block-minute", "numbers = [\"block-minute\"]"),
        ("2015-13-01", "cites = { text = \"A\", at = \"1\", from = \"2015-13-01\" }"),
        ("edition", "cites = { text = \"A\", at = \"1\", from = \"2015-11-30\", edition = 4 }"),
    ];
    let tables = [
        ("by-machin", "[requires]\nby-machin = true"),
        ("by-hand", "[advises]\nby-hand = true"),
        ("when-else", "[[example]]\nname = \"x\"\ngives = \"granted\"\nwhen-else = 1"),
        ("allowed", "[[example]]\nname = \"x\"\ngives = \"allowed\""),
        ("tel-line", "[[duty]]\nwhat = \"tel-line\""),
        ("tell-hour", "[[duty]]\nwhat = \"tell-line\"\nwithin = { number = \"tell-hour\" }"),
        ("day =", "[[duty]]\nwhat = \"tell-line\"\nwithin = { day = 30 }"),
        ("yes", "[requires]\nby-machine = \"yes\""),
    ];
    let texts = lines.iter().map(|(word, line)| (word, plain(line)));
    let texts = texts.chain(tables.iter().map(|(word, table)| (word, with("", table))));
    for (word, text) in texts {
        let why = why(&text);
        assert!(why.contains(word), "{word}: {why}");
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
        let why = why(&without.join("\n"));
        assert!(why.contains(&format!("missing field `{key}`")), "{key}: {why}");
    }
}

#[test]
fn a_measure_that_does_not_hold_together_does_not_load() {
    let refused = "\n[[example]]\nname = \"r\"\nendless = true\ngives = \"refused\"\n";
    let granted = "\n[[example]]\nname = \"g\"\ngives = \"granted\"\n";
    let both = format!("{granted}{refused}");
    let cites = |text: &str, at: &str| {
        format!("cites = {{ text = \"{text}\", at = \"{at}\", from = \"2015-11-30\" }}")
    };
    let duty = |within: &str| format!("[[duty]]\nwhat = \"tell-line\"\nwithin = {within}\n{both}");
    let uncited = "{ days = 30, cites = { text = \"\", at = \"1\", from = \"2015-11-30\" } }";
    for (text, word) in [
        (plain(&cites(" ", "1")), "citation"),
        (plain(&cites("A", "")), "citation"),
        (plain("acts = []"), "act"),
        (plain("signers = { roles = [], when = \"each\" }"), "signer"),
        (with("", refused), "example that is granted"),
        (with("", granted), "one that is refused"),
        (with("", ""), "example"),
        (with("basis = \"undetermined\"", &both), "asks"),
        (with("basis = \"excluded\"", granted), "refused"),
        (with("open = [\"by-machine\"]", &both), "`open`"),
        (plain("basis = \"emergency\"\nends = \"review\""), "never last"),
        (with("", &duty(uncited)), "citation"),
        (with("", &duty("{ number = \"risk-percent\" }")), "length of time"),
    ] {
        let why = why(&text);
        assert!(why.contains(word), "{word}: {why}\n{text}");
    }
    let twice = plain("");
    let error = Book::read(&[("it", &twice), ("it", &twice)]).expect_err("two of one name");
    assert!(error.why.contains("name"));
}

#[test]
fn the_digest_of_the_book_changes_with_every_file() {
    let digest = |text: &str| Book::read(&[("it", text)]).unwrap().digest();
    assert_ne!(digest(&plain("")), digest(&plain("basis = \"statute\"")));
    assert_ne!(digest(&plain("")), digest(&format!("{} ", plain(""))));
    assert_eq!(digest(&plain("")), digest(&plain("")));
}

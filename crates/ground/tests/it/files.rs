//! The files of the book: what is misspelt or missing does not load and says which word, the list
//! matches the folder, and the table is the book.

use std::path::PathBuf;

use ground::{Book, MEASURES};

use crate::desk::book;
use crate::law_book::plain;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../measures"))
}

#[test]
fn every_file_of_the_folder_is_in_the_list_and_the_other_way_round() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        // The documents that measures cite.
        .filter(|name| name != "TEXTS")
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

#[test]
fn the_digest_of_the_book_changes_with_every_file() {
    let digest = |text: &str| Book::read(&[("it", text)]).unwrap().digest();
    assert_ne!(digest(&plain("")), digest(&plain("basis = \"statute\"")));
    assert_ne!(digest(&plain("")), digest(&format!("{} ", plain(""))));
    assert_eq!(digest(&plain("")), digest(&plain("")));
}

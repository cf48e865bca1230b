//! The hardest shapes of the law-book as measures of the test's own: if they can be written and do
//! what the text says, the form of a measure holds for the rest of it.

use std::sync::{Arc, LazyLock};

use ground::{Book, MEASURES};

/// A plain measure on an act of business; the shapes below say how they differ.
const PLAIN: &str = r#"
item      = "–"
title     = { ja = "試験用", en = "for a test" }
cites     = { text = "Guideline, 4th edition", at = "1", from = "2015-11-30" }
status    = "text"
purpose   = "protect-line"
acts      = ["analyse", "block"]
reads     = ["statistics", "live-traffic"]
fields    = ["dst-address", "bytes", "packets"]
over      = "destination"
basis     = "legitimate-business"
strength  = "considered"
signers   = { roles = ["operations"], when = "each" }
tells     = { whom = "nobody", when = "never" }
ends      = "required"
automatic = "no"
"#;

const REQUIRES: &str = "[requires]\nby-machine = true\n";

const EXAMPLES: &str = r#"
[[example]]
name  = "all is as it should be"
gives = "granted"
[[example]]
name    = "without end"
endless = true
gives   = "refused"
"#;

/// The plain measure with these lines instead of its own, and these tables after them.
pub(crate) fn with(lines: &str, tables: &str) -> String {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let keys: Vec<String> = lines.lines().map(key).filter(|k| !k.is_empty()).collect();
    let kept = PLAIN.lines().filter(|line| !keys.contains(&key(line)));
    let mut text: Vec<&str> = kept.chain(lines.lines()).collect();
    text.push(tables);
    text.join("\n")
}

/// The plain measure with these lines instead of its own.
pub(crate) fn plain(lines: &str) -> String {
    with(lines, &format!("{REQUIRES}{EXAMPLES}"))
}

const BLANKET: &str = r#"
[requires]
line-agrees-by-terms = true
opt-out-any-time     = true
same-terms           = true
terms-made-known     = true
list-legitimate      = true
own-resolver         = true
by-machine           = true

[[example]]
name  = "a query for a command server at our own resolver, under the terms"
gives = "granted"
[[example]]
name  = "this line has opted out"
facts = { line-agrees-by-terms = false }
gives = "refused"
[[example]]
name  = "the list also blocks what somebody dislikes"
facts = { list-legitimate = false }
gives = "refused"
[[example]]
name    = "nobody looked whether the line agreed"
unknown = ["line-agrees-by-terms"]
gives   = "asks"
"#;

const OPEN: &str = r#"
open = ["range-necessary"]

[requires]
range-necessary = true
by-machine      = true
"#;

const UNDECIDED: &str = "\n[[example]]\nname = \"the text does not say\"\ngives = \"asks\"\n";
const BARRED: &str = "\n[[example]]\nname = \"the text says no\"\ngives = \"refused\"\n";

const REPORT: &str = r#"
[[duty]]
what   = "report-in-full"
within = { days = 30, cites = { text = "Telecommunications Business Act", at = "28", from = "2015-11-30" } }
[[duty]]
what   = "tell-line"
within = { number = "tell-hours" }
[[duty]]
what = "withdraw-with-cause"
"#;

/// Every shape: name and text.
pub(crate) static SHAPES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let business = format!("{REQUIRES}{EXAMPLES}");
    let emergency = "basis = \"emergency\"\nsigners = { roles = [\"operations\"], when = \"each\", \
                     afterwards = true }";
    let standing = "signers = { roles = [\"legal\", \"operations\"], when = \"once\" }\n\
                    automatic = \"yes\"\nends = \"review\"\nover = \"line\"\nacts = [\"block\"]\n\
                    basis = \"blanket-consent\"\nfields = [\"query-name\"]\n\
                    reads = [\"live-traffic\"]\npurpose = \"find-infected\"";
    vec![
        ("plain", plain("")),
        ("outside", plain("basis = \"outside\"")),
        ("consenting", plain("basis = \"consent\"")),
        ("agreed", plain("basis = \"blanket-consent\"\nover = \"line\"")),
        ("statute", plain("basis = \"statute\"")),
        ("narrow", plain("basis = \"statute\"\nover = \"line\"")),
        ("login", plain("over = \"login\"\nreads = [\"held-flows\"]")),
        ("lean", plain("basis = \"statute\"\nfields = [\"dst-address\"]")),
        ("blanket", with(standing, BLANKET)),
        ("open", with("", &format!("{OPEN}{EXAMPLES}"))),
        ("undetermined", with("basis = \"undetermined\"\nacts = [\"share-list\"]", UNDECIDED)),
        ("excluded", with("basis = \"excluded\"\nacts = [\"warn\"]", BARRED)),
        (
            "excluded-but",
            with(
                "basis = \"excluded\"\nacts = [\"warn\"]\nopen = [\"line-consents\", \"urgent\"]",
                BARRED,
            ),
        ),
        ("silent", plain("ends = \"text-silent\"")),
        ("afterwards", with(emergency, &business)),
        ("two-roles", plain("signers = { roles = [\"desk\", \"operations\"], when = \"each\" }")),
        (
            "second-follows",
            plain(
                "basis = \"emergency\"\nsigners = { roles = [\"desk\", \"legal\"], when = \"each\", \
                 afterwards = true }",
            ),
        ),
        ("same-role-twice", plain("signers = { roles = [\"legal\", \"legal\"], when = \"each\" }")),
        (
            "by-choice",
            plain("automatic = \"operator\"\nsigners = { roles = [\"desk\"], when = \"each\" }"),
        ),
        (
            "by-choice-standing",
            plain("automatic = \"operator\"\nsigners = { roles = [\"desk\"], when = \"once\" }"),
        ),
        (
            "older",
            plain(
                "cites = { text = \"Third report\", at = \"1\", from = \"2015-11-30\", until = \"2021-11-23\" }\npurpose = \"find-infected\"\nacts = [\"analyse\"]",
            ),
        ),
        (
            "newer",
            plain(
                "cites = { text = \"Fourth report\", at = \"2\", from = \"2021-11-24\" }\npurpose = \"find-cause\"\nacts = [\"analyse\"]",
            ),
        ),
        ("reported", with("", &format!("{REQUIRES}{REPORT}{EXAMPLES}"))),
        ("inferred", plain("status = \"inferred\"\nacts = [\"hold\", \"keep\"]")),
        ("advised", with("", &format!("[advises]\nno-other-means = true\n{business}"))),
    ]
});

/// A book of some of the shapes.
pub(crate) fn shapes(names: &[&str]) -> Arc<Book> {
    let named = |name: &&str| {
        let (name, text) = SHAPES.iter().find(|(n, _)| n == name).expect("a shape of that name");
        (*name, text.as_str())
    };
    let files: Vec<(&str, &str)> = names.iter().map(named).collect();
    crate::desk::book_of(&files)
}

/// The files of the compiled book and all shapes.
pub(crate) fn all_files() -> Vec<(&'static str, &'static str)> {
    MEASURES.iter().copied().chain(SHAPES.iter().map(|(n, t)| (*n, t.as_str()))).collect()
}

/// The compiled book and all shapes in one book.
pub(crate) fn all() -> Arc<Book> {
    static ALL: LazyLock<Arc<Book>> = LazyLock::new(|| crate::desk::book_of(&all_files()));
    Arc::clone(&ALL)
}

//! The settings reference page, made from the doc comments of the settings themselves.

use core::fmt::Write as _;

/// Each table of the settings file: its heading, where its fields are documented, the struct.
const TABLES: &[(&str, &str, &str)] = &[
    ("(top level)", include_str!("settings.rs"), "Settings"),
    ("[flow]", include_str!("../../observe/src/config.rs"), "Config"),
    ("[[exporter]]", include_str!("../../observe/src/config.rs"), "Exporter"),
    ("[[prefix]]", include_str!("settings.rs"), "PrefixEntry"),
    ("[[line]]", include_str!("../../decide/src/people.rs"), "LineEntry"),
    ("[[link]]", include_str!("settings.rs"), "LinkEntry"),
    ("[[person]]", include_str!("../../decide/src/people.rs"), "PersonEntry"),
    ("[detect]", include_str!("settings.rs"), "DetectSettings"),
    ("[bgp]", include_str!("../../act/src/config.rs"), "Config"),
    ("[[bgp.peers]]", include_str!("../../act/src/config.rs"), "Peer"),
];

/// The page.
fn page() -> String {
    let mut page = String::from(
        "# Settings\n\nGenerated from the settings' own documentation: `cargo xtask bless`.\n\
         Legal numbers are not here: two persons set them in the book (`sekisho measures number`).\n\
         An unknown or misspelt name is an error.\n",
    );
    for (heading, source, name) in TABLES {
        let _ = write!(page, "\n## {heading}\n\n| setting | meaning |\n|---|---|\n");
        for (field, meaning) in fields(source, name) {
            let _ = writeln!(page, "| `{field}` | {meaning} |");
        }
    }
    page
}

/// The fields of a struct and their doc comments, read from its source.
fn fields(source: &str, name: &str) -> Vec<(String, String)> {
    let head = format!("struct {name} {{");
    let body = source.split(&head).nth(1).and_then(|rest| rest.split("\n}").next());
    let (mut found, mut meaning) = (Vec::new(), Vec::new());
    for line in body.unwrap_or_default().lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            meaning.push(doc.trim().to_owned());
        } else if let Some((field, _)) = line.split_once(':').filter(|_| line.ends_with(',')) {
            let field = field.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            found.push((field.replace('_', "-"), meaning.join(" ")));
            meaning.clear();
        }
    }
    found
}

#[test]
#[expect(clippy::disallowed_methods, reason = "blessing is asked for by the environment")]
fn the_settings_page_says_what_the_settings_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/settings.md");
    if std::env::var_os("SEKISHO_BLESS").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference"))
            .unwrap();
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, page(), "run `cargo xtask bless`");
    assert!(TABLES.iter().all(|(_, source, name)| !fields(source, name).is_empty()));
}

#[test]
fn the_example_settings_read_and_name_every_table() {
    let text = include_str!("../../../packaging/sekisho.toml");
    let settings: crate::settings::Settings = toml::from_str(text).unwrap();
    assert!(settings.bgp.is_some() && !settings.exporter.is_empty() && !settings.link.is_empty());
    for (heading, ..) in TABLES.iter().skip(1) {
        assert!(text.contains(heading), "{heading}");
    }
}

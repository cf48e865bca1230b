//! The list of measures that are compiled in, in guideline order.

/// Names of files in `measures/`, each with its text.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../measures/", $name, ".toml")))),+]
    };
}

/// Every measure: file name and text. Adding one is a file and a line here.
pub const MEASURES: &[(&str, &str)] = files![
    "01-a-analyse-at-victims-request",
    "01-a-block-attack-traffic",
    "02-i-block-at-victims-request",
    "03-u-contact-attacking-subscriber",
    "04-e-a-block-while-impaired",
    "04-e-b-block-at-risk",
    "06-ka-filter-amplification",
    "13-su-take-statistics",
    "17-chi-analyse-anomaly",
    "90-hold-briefly",
];

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
    "14-se-keep-query-history",
    "15-so-share-statistics",
    "16-ta-1-tell-which-address-attacks",
    "16-ta-2-contact-sender",
    "16-ta-2-suspend-sender",
    "16-ta-3-block-with-partners",
    "17-chi-2-exchange-results",
    "17-chi-3-block-anomaly",
    "17-chi-analyse-anomaly",
    "18-tsu-1-refuse-by-choice",
    "18-tsu-2-refuse-for-all",
    "19-te-hold-or-mark-listed-mail",
    "20-to-share-blacklist",
    "21-na-filter-by-shared-definitions",
    "22-ni-suspend-abused-mail-login",
    "23-nu-1-stop-mail-auth-from-address",
    "23-nu-2-stop-all-traffic",
    "23-nu-3-own-member-site",
    "62-association-1-attack-histories",
    "62-association-2-scan-histories",
    "90-hold-briefly",
];

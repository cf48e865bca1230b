//! Whose communications are touched, as a request may write it.

use std::net::IpAddr;
use std::sync::Arc;

use ground::Over;
use serde_json::Value;
use terms::{IpNet, Line, Named, PrefixSet, Subject};

use super::tree::{Fault, Object, list, text, unknown};

/// What a line is called that the request does not name.
pub(super) const THE_LINE: &str = "the line";

/// The words of `whose`.
pub(super) const KINDS: &[&str] =
    &["network", "destination", "line", "login", "sender", "name", "country"];
/// Another word for a destination: the lines that are under attack.
pub(super) const LINES: &str = "lines";

/// The words of `whose` that a measure of this reach can be asked about.
pub(super) const fn fit(over: Over) -> &'static [&'static str] {
    match over {
        Over::Network => KINDS,
        Over::Destination => &["destination", "line"],
        Over::Line => &["line"],
        Over::Login => &["login", "line"],
        Over::Sender => &["sender", "line"],
        Over::Name => &["name"],
        Over::Country => &["country"],
    }
}

/// Whose communications: one word, or `{"line": "line-7", "prefixes": [..]}` and the like.
pub(super) fn subject(value: &Value) -> Result<Subject, Fault> {
    if value.is_object() {
        return named(value);
    }
    let said = text(value, "whose")?;
    Ok(match said {
        "network" => Subject::Network,
        "destination" | LINES => Subject::Prefixes(nowhere()),
        "line" => Subject::Line(Line(THE_LINE.into()), nowhere()),
        _ => match Named::parse(said) {
            Some(named) => Subject::One(named, said.into()),
            None => return Err(unknown("whose", said, KINDS.iter().copied())),
        },
    })
}

/// Somebody whom the request names.
fn named(value: &Value) -> Result<Subject, Fault> {
    let keys = &["destination", LINES, "line", "prefixes", "login", "sender", "name", "country"];
    let o = Object::of(value, "whose", keys)?;
    let said: Vec<&str> =
        keys.iter().copied().filter(|k| *k != "prefixes" && o.get(k).is_some()).collect();
    let [kind] = said[..] else {
        let why = "must name one of `destination`, `line`, `login`, `sender`, `name`, `country`";
        return Err(Fault::of("whose", why));
    };
    let prefixes = |key: &str| o.get(key).map(|v| prefixes(v, &o.way(key))).transpose();
    let own = prefixes("prefixes")?;
    if kind != "line" && own.is_some() {
        return Err(Fault::of("whose.prefixes", "belongs to a line: write it with `line`"));
    }
    if matches!(kind, "destination" | LINES) {
        return Ok(Subject::Prefixes(prefixes(kind)?.unwrap_or_else(nowhere)));
    }
    let name = text(o.must(kind)?, &o.way(kind))?;
    Ok(match kind {
        "line" => Subject::Line(Line(name.to_owned()), own.unwrap_or_else(nowhere)),
        _ => Subject::One(Named::parse(kind).unwrap_or(Named::Name), name.into()),
    })
}

fn nowhere() -> Arc<PrefixSet> {
    Arc::new(PrefixSet::of([]))
}

fn prefixes(value: &Value, way: &str) -> Result<Arc<PrefixSet>, Fault> {
    let mut all = Vec::new();
    for (i, v) in list(value, way)?.iter().enumerate() {
        let way = format!("{way}[{i}]");
        let said = text(v, &way)?;
        // An address alone is the prefix of that address.
        let net = said.parse::<IpNet>().or_else(|_| said.parse::<IpAddr>().map(IpNet::from));
        let wrong = || {
            let why = "must be a prefix such as \"203.0.113.0/24\", or one address";
            Fault::of(&way, why)
        };
        all.push(net.map_err(|_| wrong())?);
    }
    Ok(Arc::new(PrefixSet::of(all)))
}

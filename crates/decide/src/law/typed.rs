//! Facts as a request gives them: one by one, and by the typed keys that stand for several.

use std::collections::BTreeMap;

use ground::{Fact, Facts, Role};
use serde_json::Value;
use terms::{Person, Subject, Time};

use super::days::time;
use super::request::Supposed;
use super::tree::{Fault, Object, unknown, word};

/// The facts of `facts`: true, false, null, or an object that says by whom and when.
pub(super) fn known(value: Option<&Value>) -> Result<BTreeMap<Fact, Supposed>, Fault> {
    let mut all = BTreeMap::new();
    let Some(value) = value else { return Ok(all) };
    let Value::Object(map) = value else {
        return Err(Fault::of("facts", "must be an object, written in { }"));
    };
    for (name, value) in map {
        let field = format!("facts.{name}");
        let Some(fact) = Fact::parse(name) else {
            return Err(unknown(&field, name, Fact::ALL.iter().map(|f| f.word())));
        };
        all.insert(fact, one(value, field)?);
    }
    Ok(all)
}

fn one(value: &Value, field: String) -> Result<Supposed, Fault> {
    if value.is_null() || value.is_boolean() {
        return Ok(bare(value.as_bool(), field));
    }
    if !value.is_object() {
        let why = "must be true, false, null (not known), or an object with `so`";
        return Err(Fault::of(&field, why));
    }
    let keys = &["so", "by", "person", "at", "until", "countersigned-by"];
    let o = Object::of(value, &field, keys)?;
    let role = o.word("by", Role::ALL, Role::word)?;
    let person = o.text("person")?;
    if person.is_some() && role.is_none() {
        return Err(Fault::of(&o.way("by"), "is missing: say in which role the person said it"));
    }
    let by = role.map(|r| (Person(person.unwrap_or_else(|| r.word()).to_owned()), r));
    let countersigned = o.word("countersigned-by", Role::ALL, Role::word)?;
    let at = o.text("at")?.map(|t| time(&o.way("at"), t)).transpose()?;
    let until = o.text("until")?.map(|t| time(&o.way("until"), t)).transpose()?;
    Ok(Supposed { so: o.so("so")?, by, countersigned, at, until, field })
}

fn bare(so: Option<bool>, field: String) -> Supposed {
    Supposed { so, by: None, countersigned: None, at: None, until: None, field }
}

/// Who asked, as a request may write it.
pub(super) const REQUESTERS: &[&str] = &["receiver", "receiving-line", "third-person", "nobody"];
/// How harm stands.
pub(super) const HARMS: &[&str] = &["actual", "risk", "none"];
/// How wide the filter is.
pub(super) const SCOPES: &[&str] = &["matching", "wider"];

/// The facts that the typed keys say.
pub(super) fn typed(
    o: &Object<'_>,
    party: Option<bool>,
    facts: &mut BTreeMap<Fact, Supposed>,
) -> Result<(), Fault> {
    let mut said: Vec<(&str, Fact, bool)> = Vec::new();
    said.extend(party.map(|so| ("actor.party", Fact::ActorIsParty, so)));
    if let Some(v) = o.get("requester") {
        let who = word(v, "requester", REQUESTERS, |w| w)?;
        let receiver = matches!(who, "receiver" | "receiving-line");
        said.push(("requester", Fact::RequesterIsReceiver, receiver));
    }
    if let Some(v) = o.get("harm") {
        harm(v, &mut said)?;
    }
    if let Some(v) = o.get("scope") {
        let matching = word(v, "scope", SCOPES, |w| w)? == "matching";
        said.push(("scope", Fact::OnlyMatching, matching));
    }
    if let Some(v) = o.get("list") {
        let keys = &["legitimate", "only-for-purpose", "exact", "version", "provenance"];
        let list = Object::of(v, "list", keys)?;
        list.text("version")?;
        list.text("provenance")?;
        for (key, way, fact) in [
            ("legitimate", "list.legitimate", Fact::ListLegitimate),
            ("only-for-purpose", "list.only-for-purpose", Fact::ListOnlyForPurpose),
            ("exact", "list.exact", Fact::ExactNamesOnly),
        ] {
            said.extend(list.so(key)?.map(|so| (way, fact, so)));
        }
    }
    for (field, fact, so) in said {
        let other = facts.get(&fact);
        if let Some(other) = other.filter(|s| s.so != Some(so)) {
            let why = format!(
                "says that `{fact}` is {so}, and `{}` says otherwise: leave one of them out",
                other.field
            );
            return Err(Fault::of(field, why));
        }
        if other.is_none() {
            facts.insert(fact, bare(Some(so), field.to_owned()));
        }
    }
    agree(facts)
}

/// A fact that is said to be so while everything it follows from is denied is an error.
fn agree(facts: &BTreeMap<Fact, Supposed>) -> Result<(), Fault> {
    let stated = facts.iter().filter_map(|(f, s)| Some((*f, s.so?))).collect();
    let Some(whole) = contradicted(&stated) else { return Ok(()) };
    let parts = whole.follows_from();
    let all = parts.iter().chain(parts.iter().flat_map(|p| p.follows_from()));
    let said = all.filter_map(|part| facts.get(part)).filter(|s| s.so == Some(false));
    let mut fields: Vec<String> = said.map(|s| format!("`{}`", s.field)).collect();
    fields.dedup();
    let why = format!(
        "says that `{whole}` is so, while all that it could follow from is denied by {}: leave one of them out",
        fields.join(" and ")
    );
    Err(Fault::of(facts.get(&whole).map_or("facts", |s| &s.field), why))
}

/// A fact that is so while the others say that it is not.
pub(super) fn contradicted(stated: &BTreeMap<Fact, bool>) -> Option<Fact> {
    let denied = |whole: Fact| {
        let others = stated.iter().filter(|(f, _)| **f != whole).map(|(f, so)| (*f, *so));
        let (day, anybody) = (Time(0), Subject::Network);
        Facts::supposed(others, day).so(whole, &anybody, day).is_some_and(|known| !known.so)
    };
    let wholes = stated.iter().filter(|(f, so)| **so && !f.follows_from().is_empty());
    wholes.map(|(f, _)| *f).find(|f| denied(*f))
}

fn harm(value: &Value, said: &mut Vec<(&str, Fact, bool)>) -> Result<(), Fault> {
    let o = Object::of(value, "harm", &["own", "receiver", "downstream", "terminal"])?;
    if let Some(v) = o.get("own") {
        let own = word(v, "harm.own", HARMS, |w| w)?;
        said.push(("harm.own", Fact::OwnEquipmentImpaired, own == "actual"));
        // What is impaired is not merely at risk.
        said.push(("harm.own", Fact::OwnEquipmentAtRisk, own == "risk"));
    }
    if let Some(v) = o.get("receiver") {
        let harmed = word(v, "harm.receiver", HARMS, |w| w)? != "none";
        said.push(("harm.receiver", Fact::ReceiverHarmed, harmed));
    }
    if let Some(v) = o.get("downstream") {
        let harmed = word(v, "harm.downstream", HARMS, |w| w)? != "none";
        said.push(("harm.downstream", Fact::DownstreamAtRisk, harmed));
    }
    if let Some(v) = o.get("terminal") {
        let terminal = word(v, "harm.terminal", HARMS, |w| w)?;
        match terminal {
            "actual" => said.push(("harm.terminal", Fact::TerminalInfected, true)),
            "risk" => said.push(("harm.terminal", Fact::RouterVulnerable, true)),
            _ => said.extend([
                ("harm.terminal", Fact::TerminalInfected, false),
                ("harm.terminal", Fact::RouterVulnerable, false),
            ]),
        }
    }
    Ok(())
}

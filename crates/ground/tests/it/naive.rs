//! A second, naive reading of the measures, from the files themselves and with the words, roles and
//! orders written down again; nothing of the engine's own reading is used.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ground::{Book, Digest, Gives, Known, Mode, Request, Setting, Signature, SignedOn};
use terms::{Day, Field, Moment, Subject, Time, Zone};
use toml::{Table, Value};

use crate::law_book::all_files;
use crate::naive_words::{
    BASES, KEPT, LINES, WIDTHS, countersigner, does, either_of, goes_on, may_establish,
};

/// What the book says to a request.
#[derive(Debug)]
pub(crate) struct Second {
    pub(crate) gives: Gives,
    /// What each file in question says by itself.
    pub(crate) each: BTreeMap<String, Gives>,
    /// The file that grants.
    pub(crate) measure: Option<String>,
    /// The latest a grant may end.
    pub(crate) until: Time,
    pub(crate) second_use: bool,
}

/// A file as it is read here: nothing but its words.
struct File {
    name: &'static str,
    digest: Digest,
    purposes: Vec<String>,
    acts: Vec<String>,
    reads: Vec<String>,
    fields: Vec<String>,
    over: String,
    basis: String,
    inferred: bool,
    from: String,
    last: Option<String>,
    requires: Vec<(String, bool)>,
    open: Vec<String>,
    numbers: Vec<String>,
    roles: Vec<String>,
    signed_once: bool,
    may_follow: bool,
    may_last: bool,
    silent: bool,
    automatic: String,
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let word = |t: &Table, key: &str| t[key].as_str().unwrap().to_owned();
    let words = |t: &Table, key: &str| -> Vec<String> {
        let list = t.get(key).and_then(Value::as_array);
        list.into_iter().flatten().map(|w| w.as_str().unwrap().to_owned()).collect()
    };
    let file = |(name, text): (&'static str, &'static str)| {
        let table: Table = text.parse().unwrap();
        let (cites, signers) = (table["cites"].as_table().unwrap(), table["signers"].as_table());
        let signers = signers.unwrap();
        let facts = table.get("requires").and_then(Value::as_table).into_iter().flatten();
        File {
            name,
            digest: Digest::of(text.as_bytes()),
            purposes: match table["purpose"].as_str() {
                Some(one) => vec![one.to_owned()],
                None => words(&table, "purpose"),
            },
            acts: words(&table, "acts"),
            reads: words(&table, "reads"),
            fields: words(&table, "fields"),
            over: word(&table, "over"),
            basis: word(&table, "basis"),
            inferred: word(&table, "status") == "inferred",
            from: word(cites, "from"),
            last: cites.get("until").map(|last| last.as_str().unwrap().to_owned()),
            requires: facts.map(|(f, so)| (f.clone(), so.as_bool().unwrap())).collect(),
            open: words(&table, "open"),
            numbers: words(&table, "numbers"),
            roles: words(signers, "roles"),
            signed_once: word(signers, "when") == "once",
            may_follow: signers.get("afterwards").is_some_and(|v| v.as_bool().unwrap()),
            may_last: word(&table, "ends") == "review",
            silent: word(&table, "ends") == "text-silent",
            automatic: word(&table, "automatic"),
        }
    };
    all_files().into_iter().map(file).collect()
});

/// What the book says: the best of what its files say, and of those that grant the preferred one.
/// `at_gate` is a real request, with the house's conditions; without, what is only supposed.
pub(crate) fn read_book(book: &Book, request: &Request, at: Moment, at_gate: bool) -> Second {
    let place = |list: &[&str], word: &str| list.iter().position(|w| *w == word).unwrap();
    let mut second = Second {
        gives: Gives::Refused,
        each: BTreeMap::new(),
        measure: None,
        until: Time(i64::MIN),
        second_use: false,
    };
    let mut best: Option<(usize, usize, usize)> = None;
    let mut read_by_some: Vec<&str> = vec![];
    // The compiled files come first; with the tests' own, all.
    for file in FILES.iter().take(book.measures().len()) {
        let meant = match &request.only {
            Some(only) => &*only.0 == file.name,
            None => serves(file, request),
        };
        if !meant || !file.acts.iter().any(|a| a == request.act.word()) {
            continue;
        }
        read_by_some.extend(file.reads.iter().map(String::as_str));
        let mut gives = read_text(file, request, at, at_gate);
        let mut until = Time(i64::MAX);
        // What the text leaves open or excludes, the house cannot change.
        if at_gate && BASES.contains(&file.basis.as_str()) {
            let (house, no_later) = read_house(file, request, at);
            gives = worse(gives, house);
            until = no_later;
        }
        second.each.insert(file.name.to_owned(), gives);
        if gives == Gives::Granted {
            let order = (place(&BASES, &file.basis), place(&WIDTHS, &file.over), file.fields.len());
            if best.is_none_or(|b| order < b) {
                best = Some(order);
                (second.measure, second.until) = (Some(file.name.to_owned()), until);
            }
        }
        second.gives = better(second.gives, gives);
    }
    let unread = |s: &str| KEPT.contains(&s) && !read_by_some.contains(&s);
    second.second_use = request.sources.iter().any(|s| unread(s.word()));
    if second.each.is_empty() && !second.second_use {
        second.gives = Gives::Asks;
    }
    // An act on the world is done by a plan; without one there is nothing to permit.
    if at_gate && second.gives == Gives::Granted && does(request.act) && request.plan.is_none() {
        (second.gives, second.measure) = (Gives::Refused, None);
    }
    second
}

fn worse(one: Gives, other: Gives) -> Gives {
    match (one, other) {
        (Gives::Refused, _) | (_, Gives::Refused) => Gives::Refused,
        (Gives::Asks, _) | (_, Gives::Asks) => Gives::Asks,
        (Gives::Granted, Gives::Granted) => Gives::Granted,
    }
}

fn better(one: Gives, other: Gives) -> Gives {
    match (one, other) {
        (Gives::Granted, _) | (_, Gives::Granted) => Gives::Granted,
        (Gives::Asks, _) | (_, Gives::Asks) => Gives::Asks,
        (Gives::Refused, Gives::Refused) => Gives::Refused,
    }
}

fn serves(file: &File, request: &Request) -> bool {
    file.purposes.iter().any(|p| p == "any" || p == request.purpose.word())
}

/// What the text of one file says.
fn read_text(file: &File, request: &Request, at: Moment, at_gate: bool) -> Gives {
    let (mut no, mut ask) = (false, file.basis == "undetermined");
    let today = Zone::TOKYO.day(at.wall).to_string();
    no |= !serves(file, request);
    no |= today < file.from;
    no |= file.last.as_ref().is_some_and(|last| *last < today);
    if file.basis == "excluded" {
        // Nothing else matters, but for facts of which the text leaves open what they change.
        let left_open = file.open.iter().any(|fact| is_so(fact, request, at.wall) == Some(true));
        return if left_open && !no { Gives::Asks } else { Gives::Refused };
    }
    no |= request.claims.is_some_and(|claimed| claimed.word() != file.basis);
    let asked = Field::ALL.iter().filter(|f| request.fields.has(**f));
    no |= asked.into_iter().any(|f| !file.fields.iter().any(|own| own == f.word()));
    no |= request.sources.iter().any(|s| !file.reads.iter().any(|own| own == s.word()));
    no |= !may_be_about(&file.over, &request.subject);
    match ends(file, request, at, at_gate) {
        Some(ends) => no |= !ends,
        None => ask = true,
    }
    if let Some(question) = &request.observes {
        no |= file.basis == "emergency" || question.trim() == "";
    }
    for (fact, wanted) in &file.requires {
        let open = file.open.contains(fact);
        match is_so(fact, request, at.wall) {
            None => ask = true,
            Some(so) if so == *wanted => {}
            Some(_) if open => ask = true,
            Some(_) => no = true,
        }
    }
    match (no, ask) {
        (true, _) => Gives::Refused,
        (false, true) => Gives::Asks,
        (false, false) => Gives::Granted,
    }
}

/// Does it end? `None` when nobody has said, or the text does not say that it must.
fn ends(file: &File, request: &Request, at: Moment, at_gate: bool) -> Option<bool> {
    use ground::End;
    let goes_on = goes_on(request.act);
    match (request.end, at_gate) {
        (End::At(end), _) => Some(at.wall.0 < end.wall.0),
        (End::Unknown | End::WithCause | End::Lasting, true) => Some(false),
        (End::WithCause, false) => Some(true),
        (End::Lasting, false) if file.silent => None,
        (End::Lasting, false) => Some(file.may_last),
        (End::Unknown, false) if file.may_last || !goes_on => Some(true),
        (End::Unknown, false) => None,
    }
}

/// May a measure over that many be about these?
fn may_be_about(over: &str, subject: &Subject) -> bool {
    if over == "network" {
        return true;
    }
    match subject {
        Subject::Network => false,
        Subject::One(what, _) => what.word() == over,
        Subject::Prefixes(_) if is_everybody(subject) => false,
        Subject::Prefixes(_) => over == "destination",
        Subject::Line(..) if is_everybody(subject) => false,
        Subject::Line(..) => ["destination", "sender", "login", "line"].contains(&over),
    }
}

fn is_everybody(subject: &Subject) -> bool {
    let all = |net: &str| subject.prefixes().unwrap().covers(&net.parse().unwrap());
    all("0.0.0.0/0") || all("::/0")
}

/// Is a fact so, by what was said of it or of what it is made of?
fn is_so(fact: &str, request: &Request, at: Time) -> Option<bool> {
    let said = said(fact, request, at).map(|known| known.so);
    let parts: Vec<_> = either_of(fact).iter().map(|part| is_so(part, request, at)).collect();
    if parts.is_empty() {
        return said;
    }
    match said {
        Some(true) => Some(true),
        _ if parts.contains(&Some(true)) => Some(true),
        Some(false) => Some(false),
        None if parts.contains(&None) => None,
        None => Some(false),
    }
}

/// What is known of a fact, when it counts: in time, by a role that may, countersigned, of these
/// people.
fn said<'a>(fact: &str, request: &'a Request, at: Time) -> Option<&'a Known> {
    let (_, known) = request.record.facts.iter().find(|(f, _)| f.word() == fact)?;
    counts(fact, known, &request.subject, at).then_some(known)
}

/// Does what was taken down count?
pub(crate) fn counts(fact: &str, known: &Known, subject: &Subject, at: Time) -> bool {
    let about_lines = LINES.contains(&fact);
    // That no consent is on record, the system may say.
    let not_on_record = about_lines && !known.so && known.role.word() == "system";
    let mut counts = not_on_record || may_establish(fact).contains(&known.role.word());
    counts &= known.at <= at;
    counts &= known.until.is_none_or(|until| until > at);
    if let Some(second) = countersigner(fact) {
        counts &= known
            .countersigned
            .as_ref()
            .is_some_and(|(p, r)| r.word() == second && p.0 != known.person.0);
    }
    counts
        & match &known.covers {
            None => !about_lines,
            Some(covers) => lies_in(subject, covers),
        }
}

fn lies_in(subject: &Subject, wider: &Subject) -> bool {
    match (subject, wider) {
        (_, Subject::Network) => true,
        (Subject::Network, _) => false,
        (Subject::One(a, x), Subject::One(b, y)) => a.word() == b.word() && **x == **y,
        (Subject::One(..), _) | (_, Subject::One(..)) => false,
        (Subject::Line(a, _), Subject::Line(b, _)) if a.0 != b.0 => false,
        _ => {
            let (inner, outer) = (subject.prefixes().unwrap(), wider.prefixes().unwrap());
            inner.nets().iter().all(|i| outer.nets().iter().any(|o| o.contains(i)))
        }
    }
}

/// What the house says, and the latest a grant under this file may end.
fn read_house(file: &File, request: &Request, at: Moment) -> (Gives, Time) {
    let record = &request.record;
    let today = Zone::TOKYO.day(at.wall).to_string();
    let mut until = request.end.moment().map_or(Time(i64::MIN), |end| end.wall);
    if let Some(last) = &file.last {
        until = until.min(Zone::TOKYO.start(last.parse::<Day>().unwrap().plus(1)));
    }
    for (fact, _) in file.requires.iter().filter(|(f, _)| LINES.contains(&f.as_str())) {
        let known = said(fact, request, at.wall);
        until = known.and_then(|k| k.until).unwrap_or(until).min(until);
    }
    let mut no = false;
    if file.inferred {
        let accepted = record.accepted.iter().find(|(m, _)| &*m.0 == file.name).map(|(_, a)| a);
        no |= !accepted.is_some_and(|a| {
            a.digest == file.digest
                && a.person.0 != a.second.0
                && a.reason.trim() != ""
                && a.at <= at.wall
        });
    }
    let is_set = |word: &str| {
        let set = record.numbers.iter().find(|(number, _)| number.word() == word);
        set.is_some_and(|(_, setting)| usable(setting, &today))
    };
    no |= file.numbers.iter().any(|n| !is_set(n));
    let mode = record.modes.iter().find(|(m, _)| &*m.0 == file.name).map_or(Mode::Off, |(_, m)| *m);
    no |= mode == Mode::Off;
    no |= mode == Mode::Observe && request.observes.is_none();
    no |= mode == Mode::Automatic && file.automatic == "no" && !file.may_follow;

    let good: Vec<&Signature> =
        record.signatures.iter().filter(|s| is_good(s, file, request, at.wall)).collect();
    let ours = |s: &&&Signature| file.roles.iter().any(|r| r == s.role.word());
    if file.roles.iter().all(|r| good.iter().filter(|s| s.role.word() == *r).count() == 1) {
        let sooner = good.iter().filter(ours).filter_map(|s| s.until);
        until = sooner.chain([until]).min().unwrap();
    }
    // The operator's choice needs no signature; one that may follow needs, of two, the first.
    let chosen = file.automatic == "operator" && !file.signed_once;
    let one_signed = file.roles.len() == 1 || good.iter().any(|s| ours(&s));
    let follows = file.may_follow && is_set("signed-within-minutes") && one_signed;
    let excused = mode == Mode::Automatic && (chosen || follows);
    let ask = !excused && !all_sign(&file.roles, &good, &mut vec![]);
    match (no, ask) {
        (true, _) => (Gives::Refused, until),
        (false, true) => (Gives::Asks, until),
        (false, false) => (Gives::Granted, until),
    }
}

/// Is it on this, in time, with a review where the measure may last, and not by who asks?
fn is_good(s: &Signature, file: &File, request: &Request, at: Time) -> bool {
    let on = match &s.on {
        SignedOn::Measure(m, digest) => {
            file.signed_once && &*m.0 == file.name && *digest == file.digest
        }
        SignedOn::Plan(plan) => !file.signed_once && Some(*plan) == request.plan,
    };
    on && s.at <= at
        && s.until.is_none_or(|until| until > at)
        && (s.until.is_some() || !file.may_last)
        && (file.signed_once || s.person.0 != request.actor.person.0)
}

/// Can every role be given a signature, no person signing twice?
fn all_sign(roles: &[String], good: &[&Signature], taken: &mut Vec<String>) -> bool {
    let Some((role, rest)) = roles.split_first() else { return true };
    for s in good {
        if s.role.word() == *role && !taken.contains(&s.person.0) {
            taken.push(s.person.0.clone());
            if all_sign(rest, good, taken) {
                return true;
            }
            taken.pop();
        }
    }
    false
}

fn usable(s: &Setting, today: &str) -> bool {
    s.value > 0.0
        && s.value < f64::INFINITY
        && s.reason.trim() != ""
        && s.author.0 != s.approver.0
        && s.day.to_string().as_str() <= today
}

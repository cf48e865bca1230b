//! A second, naive reading of the measures, from the files themselves and with the roles written
//! down again; the gate must say the same to every request.

use std::sync::LazyLock;

use ground::{
    Answer, Digest, Fact, Gives, Known, Mode, Number, Request, Setting, Signature, SignedOn, Why,
};
use proptest::prelude::*;
use terms::{Day, Field, Moment, Subject, Time, Zone};
use toml::{Table, Value};

use crate::desk::gate;
use crate::law_book::{all, all_files};
use crate::odd;

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]
    #[test]
    fn the_gate_says_what_a_second_reading_of_the_files_says(
        (request, at) in odd::request(&all(), odd::moments(), true)
    ) {
        let (gate, _) = gate(&all());
        let answer = gate.ask(&request, at);
        let second = read_book(&request, at);
        prop_assert_eq!(answer.gives(), second.gives, "{:#?}", answer);
        match answer {
            Answer::Granted(granted) => {
                prop_assert_eq!(Some(granted.measure.0.to_string()), second.measure);
                prop_assert!(granted.until.wall <= second.until);
            }
            Answer::Refused(refusal) => {
                prop_assert_eq!(matches!(refusal.why, Why::SecondUse(..)), second.second_use);
            }
            Answer::Asks(asked) => prop_assert_eq!(asked.inquiry, second.nothing_fits),
        }
    }
}

static FILES: LazyLock<Vec<(&str, &str, Table)>> = LazyLock::new(|| {
    all_files().into_iter().map(|(name, text)| (name, text, text.parse().unwrap())).collect()
});

struct Second {
    gives: Gives,
    measure: Option<String>,
    until: Time,
    second_use: bool,
    nothing_fits: bool,
}

/// What the book says: the best of what its files say, the preferred one first.
fn read_book(request: &Request, at: Moment) -> Second {
    const BASES: [&str; 6] =
        ["outside", "consent", "blanket-consent", "statute", "legitimate-business", "emergency"];
    const WIDTHS: [&str; 3] = ["line", "destination", "network"];
    let place = |list: &[&str], word: &str| list.iter().position(|w| *w == word).unwrap_or(9);
    let mut best: Option<(usize, usize, usize)> = None;
    let mut second = Second {
        gives: Gives::Refused,
        measure: None,
        until: Time(i64::MIN),
        second_use: false,
        nothing_fits: true,
    };
    let mut read_by_some = vec![];
    for (name, text, file) in FILES.iter() {
        let fits = match &request.only {
            Some(only) => &*only.0 == *name,
            None => word(file, "purpose") == request.purpose.word(),
        };
        if !fits || !words(file, "acts").contains(&request.act.word()) {
            continue;
        }
        second.nothing_fits = false;
        read_by_some.extend(words(file, "reads").iter().map(|s| (*s).to_owned()));
        let (mut gives, until) = read_file(name, text, file, request, at);
        let does = ["block", "filter", "contact", "warn", "share"].contains(&request.act.word());
        let no_plan = does && request.plan.is_none();
        if gives == Gives::Granted && no_plan {
            gives = Gives::Refused;
        }
        match (second.gives, gives) {
            (_, Gives::Granted) => {
                let order = (
                    place(&BASES, word(file, "basis")),
                    place(&WIDTHS, word(file, "over")),
                    words(file, "fields").len(),
                );
                if best.is_none_or(|b| order < b) {
                    best = Some(order);
                    (second.measure, second.until) = (Some((*name).to_owned()), until);
                }
                second.gives = Gives::Granted;
            }
            (Gives::Refused, Gives::Asks) => second.gives = Gives::Asks,
            (Gives::Granted | Gives::Asks, Gives::Asks) | (_, Gives::Refused) => {}
        }
    }
    let kept = ["statistics", "held-flows", "findings", "connection-log"];
    let kept_and_unread = |s: &&str| kept.contains(s) && !read_by_some.iter().any(|r| r == s);
    second.second_use = request.sources.iter().map(|s| s.word()).any(|s| kept_and_unread(&s));
    if second.nothing_fits && !second.second_use {
        second.gives = Gives::Asks;
    }
    second
}

/// What one file says, and the latest a grant under it may end.
fn read_file(name: &str, text: &str, file: &Table, request: &Request, at: Moment) -> (Gives, Time) {
    let (mut no, mut ask) = (false, false);
    let mut until = request.until.map_or(Time(i64::MIN), |u| u.wall);
    let today = Zone::TOKYO.day(at.wall).to_string();
    let record = &request.record;

    // The text.
    no |= word(file, "purpose") != request.purpose.word();
    let cites = file["cites"].as_table().unwrap();
    no |= *word(cites, "from") > *today;
    if let Some(last) = cites.get("until").and_then(Value::as_str) {
        no |= last < today.as_str();
        until = until.min(Zone::TOKYO.start(last.parse::<Day>().unwrap().plus(1)));
    }
    let fields = words(file, "fields");
    no |= Field::ALL.iter().any(|f| request.fields.has(*f) && !fields.contains(&f.word()));
    let reads = words(file, "reads");
    no |= request.sources.iter().any(|s| !reads.contains(&s.word()));
    no |= is_wide(&request.subject) && word(file, "over") != "network";
    no |= !matches!(request.subject, Subject::Line(..)) && word(file, "over") == "line";
    no |= request.until.is_none_or(|end| end.wall <= at.wall);
    no |= word(file, "basis") == "excluded";
    ask |= word(file, "basis") == "undetermined";
    let none = Table::new();
    let requires = file.get("requires").and_then(Value::as_table).unwrap_or(&none);
    for (fact, wanted) in requires {
        let known = record.facts.get(Fact::parse(fact).unwrap());
        let known = known.filter(|k| counts(fact, k, request, at.wall));
        let open = words(file, "open").contains(&fact.as_str());
        match known {
            None => ask = true,
            Some(k) if Some(k.so) == wanted.as_bool() => {}
            Some(_) if open => ask = true,
            Some(_) => no = true,
        }
        if fact.starts_with("line-") {
            until = known.and_then(|k| k.until).unwrap_or(until).min(until);
        }
    }
    if let Some(question) = &request.observes {
        no |= word(file, "basis") == "emergency" || question.trim() == "";
    }

    // The house.
    if word(file, "status") == "inferred" {
        let accepted = record.accepted.iter().find(|(m, _)| &*m.0 == name).map(|(_, a)| a);
        no |= !accepted.is_some_and(|a| {
            a.digest == Digest::of(text.as_bytes())
                && a.person.0 != a.second.0
                && a.reason.trim() != ""
                && a.at <= at.wall
        });
    }
    let is_set = |word: &str| {
        record.numbers.get(&Number::parse(word).unwrap()).is_some_and(|s| usable(s, &today))
    };
    no |= words(file, "numbers").iter().any(|n| !is_set(n));
    let mode = record.modes.iter().find(|(m, _)| &*m.0 == name).map_or(Mode::Off, |(_, m)| *m);
    let signers = file["signers"].as_table().unwrap();
    let may_follow = signers.get("afterwards").and_then(Value::as_bool) == Some(true);
    no |= mode == Mode::Off;
    no |= mode == Mode::Observe && request.observes.is_none();
    no |= mode == Mode::Automatic && word(file, "automatic") == "no" && !may_follow;
    let on = |s: &Signature| match &s.on {
        SignedOn::Measure(m, d) => {
            word(signers, "when") == "once" && &*m.0 == name && *d == Digest::of(text.as_bytes())
        }
        SignedOn::Plan(plan) => word(signers, "when") == "each" && Some(*plan) == request.plan,
    };
    let good = |s: &&Signature| {
        on(s)
            && s.at <= at.wall
            && s.until.is_none_or(|u| u > at.wall)
            && (s.until.is_some() || word(file, "ends") != "review")
            && (word(signers, "when") == "once" || s.person.0 != request.actor.person.0)
    };
    let good: Vec<&Signature> = record.signatures.iter().filter(good).collect();
    let roles = words(signers, "roles");
    if roles.iter().all(|r| good.iter().filter(|s| s.role.word() == *r).count() == 1) {
        let sooner = good.iter().filter(|s| roles.contains(&s.role.word()));
        until = sooner.filter_map(|s| s.until).chain([until]).min().unwrap();
    }
    let chosen = word(file, "automatic") == "operator" && word(signers, "when") == "each";
    let excused =
        mode == Mode::Automatic && (chosen || (may_follow && is_set("signed-within-minutes")));
    ask |= !excused && !all_sign(&roles, &good, &mut vec![]);

    match (no, ask) {
        (true, _) => (Gives::Refused, until),
        (false, true) => (Gives::Asks, until),
        (false, false) => (Gives::Granted, until),
    }
}

/// Can every role be given a signature, no person signing twice?
fn all_sign(roles: &[&str], good: &[&Signature], taken: &mut Vec<String>) -> bool {
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

/// Does what was taken down count: in time, by a role that may, countersigned, of these people?
fn counts(fact: &str, known: &Known, request: &Request, at: Time) -> bool {
    let may: &[&str] = match fact {
        "traffic-anomalous"
        | "only-matching-touched"
        | "by-machine"
        | "own-dynamic-addresses"
        | "own-resolver" => &["system"],
        "own-equipment-impaired" | "own-equipment-at-risk" | "cause-present" => {
            &["system", "operations"]
        }
        "range-necessary" | "no-other-means" | "not-normally-expected" => &["operations"],
        "own-business" => &["operations", "legal"],
        "request-genuine" | "requester-is-receiver" => &["desk"],
        "receiver-harmed" => &["desk", "operations"],
        // That no consent is on record, the system may say.
        "line-consents" if !known.so => &["line", "desk", "system"],
        "line-consents" | "line-opted-out" => &["line", "desk"],
        "list-legitimate" | "opt-out-any-time" | "same-terms" | "terms-made-known" => &["legal"],
        other => panic!("the second reading does not know who establishes {other}"),
    };
    let mut counts = may.contains(&known.role.word());
    counts &= known.at <= at;
    counts &= known.until.is_none_or(|until| until > at);
    if fact == "not-normally-expected" {
        counts &= known
            .countersigned
            .as_ref()
            .is_some_and(|(p, r)| r.word() == "legal" && p.0 != known.person.0);
    }
    counts
        & match &known.covers {
            None => !fact.starts_with("line-"),
            Some(covers) => lies_in(&request.subject, covers),
        }
}

fn usable(s: &Setting, today: &str) -> bool {
    s.value > 0.0
        && s.value < f64::INFINITY
        && s.reason.trim() != ""
        && s.author.0 != s.approver.0
        && s.day.to_string().as_str() <= today
}

fn is_wide(subject: &Subject) -> bool {
    let all = |net: &str| subject.prefixes().unwrap().covers(&net.parse().unwrap());
    matches!(subject, Subject::Network) || all("0.0.0.0/0") || all("::/0")
}

fn lies_in(subject: &Subject, wider: &Subject) -> bool {
    match (subject, wider) {
        (_, Subject::Network) => true,
        (Subject::Network, _) => false,
        (Subject::Line(a, _), Subject::Line(b, _)) if a.0 != b.0 => false,
        _ => {
            let (inner, outer) = (subject.prefixes().unwrap(), wider.prefixes().unwrap());
            inner.nets().iter().all(|i| outer.nets().iter().any(|o| o.contains(i)))
        }
    }
}

fn word<'a>(table: &'a Table, key: &str) -> &'a str {
    table[key].as_str().unwrap()
}

fn words<'a>(table: &'a Table, key: &str) -> Vec<&'a str> {
    let list = table.get(key).and_then(Value::as_array);
    list.into_iter().flatten().map(|w| w.as_str().unwrap()).collect()
}

//! What the desk says: in both languages, with its citation, the plain word first.

use std::sync::{Arc, Mutex};

use decide::{Alternative, Command, Spoken, alternatives, speak};
use ground::{
    Acceptance, Actor, Answer, Book, Code, End, Entry, Fact, Facts, Gate, Journal, Measure, Mode,
    NotDurable, Number, Over, Record, Request, Role, Setting, Signature, SignedOn, SignersWhen,
    State,
};
use terms::{
    Act, AnswerId, Day, Line, Moment, Named, Person, PrefixSet, Purpose, Span, Subject, Text, Zone,
};

use crate::house::{House, LINE_7, book, net, start};

/// A ledger that counts, or is full.
pub(crate) struct Paper(pub(crate) Mutex<Option<u64>>);

impl Journal for Paper {
    fn write(&self, _: &Entry) -> Result<AnswerId, NotDurable> {
        match &mut *self.0.lock().unwrap() {
            Some(n) => {
                *n += 1;
                Ok(AnswerId(*n))
            }
            None => Err(NotDurable("no space left".into())),
        }
    }
}

pub(crate) fn gate(full: bool) -> Gate {
    gate_over(book(), Paper(Mutex::new((!full).then_some(0))))
}

#[expect(clippy::disallowed_methods, reason = "a test makes its own gate")]
pub(crate) fn gate_over(book: Arc<Book>, paper: Paper) -> Gate {
    Gate::new(book, Arc::new(paper), Zone::TOKYO)
}

pub(crate) fn day(at: Moment) -> Day {
    Zone::TOKYO.day(at.wall)
}

/// A request that meets everything `measure` asks for.
pub(crate) fn complete(measure: &Measure) -> Request {
    let at = start();
    let set = || Arc::new(PrefixSet::of([net(LINE_7)]));
    let one = |what| Subject::One(what, "the one".into());
    let subject = match measure.over {
        Over::Network => Subject::Network,
        Over::Country => one(Named::Country),
        Over::Destination => Subject::Prefixes(set()),
        Over::Sender => one(Named::Sender),
        Over::Name => one(Named::Name),
        Over::Login => one(Named::Login),
        Over::Line => Subject::Line(Line("line-7".into()), set()),
    };
    let plan = ground::Digest::of(b"plan");
    let on = match measure.signers.when {
        SignersWhen::Once => SignedOn::Measure(measure.name.clone(), measure.digest),
        SignersWhen::Each => SignedOn::Plan(plan),
    };
    let person = |name: &str| Person(name.into());
    let signature = |(n, role): (usize, &Role)| Signature {
        person: person(&format!("{role} {n}")),
        role: *role,
        at: at.wall,
        until: Some(at.wall.after(Span::days(300))),
        on: on.clone(),
    };
    let setting = Setting {
        value: 10.0,
        author: person("a"),
        reason: "weighed".into(),
        day: measure.cites.from,
        approver: person("b"),
    };
    let acceptance = Acceptance {
        person: person("a"),
        second: person("b"),
        at: at.wall,
        reason: "weighed".into(),
        digest: measure.digest,
    };
    Request {
        actor: Actor { person: person("sekisho"), roles: vec![Role::System] },
        act: measure.acts[0],
        purpose: measure.purposes[0],
        fields: measure.fields,
        sources: measure.reads.clone(),
        subject,
        end: End::At(at.after(Span::minutes(10))),
        case: None,
        only: Some(measure.name.clone()),
        claims: None,
        plan: Some(plan),
        observes: None,
        record: Record {
            facts: Facts::supposed(measure.requires.iter().map(|(f, so)| (*f, *so)), at.wall),
            signatures: measure.signers.roles.iter().enumerate().map(signature).collect(),
            numbers: Number::ALL.iter().map(|n| (*n, setting.clone())).collect(),
            modes: [(measure.name.clone(), Mode::Propose)].into(),
            accepted: [(measure.name.clone(), acceptance)].into(),
        },
    }
}

pub(crate) fn asked(gate: &Gate, request: &Request) -> (Answer, Spoken) {
    let answer = gate.ask(request, start());
    let spoken = speak(&book(), request, &answer, day(start()));
    (answer, spoken)
}

/// Is there something in both languages, and does neither stand in for the other?
pub(crate) fn both(text: &Text) {
    let japanese = |s: &str| s.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
    assert!(japanese(&text.ja), "no Japanese: {text:?}");
    assert!(!text.en.trim().is_empty() && text.en.contains(' '), "no English: {text:?}");
    let letters = text.en.chars().filter(char::is_ascii_alphabetic).count();
    assert!(letters * 2 > text.en.chars().count(), "not English: {text:?}");
    assert_ne!(text.ja, text.en);
    for dangling in ["： 。", ": .", "（）", "()", "：。"] {
        assert!(!text.ja.contains(dangling) && !text.en.contains(dangling), "{text:?}");
    }
}

/// Everything a person reads of an answer about `measure`.
fn complete_in_both(spoken: &Spoken, measure: &Measure) {
    both(&spoken.sentence);
    assert_eq!(spoken.measure.as_ref(), Some(&measure.name));
    assert_eq!(spoken.item.as_ref(), Some(&measure.item));
    assert!(spoken.sentence.ja.contains(&measure.item), "{:?}", spoken.sentence);
    let cites = spoken.cites.as_ref().expect("a citation");
    let title = &book().document(&measure.cites.text).expect("a document").title.clone();
    assert!(cites.en.contains(&title.en) && cites.ja.contains(&title.ja), "{cites:?}");
    assert!(cites.en.contains(&measure.cites.at) && cites.ja.contains(&measure.cites.at));
    assert!(!spoken.conditions.is_empty());
    for (_, text, _) in &spoken.conditions {
        assert!(!text.ja.trim().is_empty() && !text.en.trim().is_empty());
    }
    spoken.alternatives.iter().for_each(way);
}

fn way(way: &Alternative) {
    both(&way.title);
    for (fact, text, roles) in &way.takes {
        assert!(!text.ja.is_empty() && !text.en.is_empty() && !roles.is_empty(), "{fact}");
    }
}

/// Every measure that can grant today.
fn every_measure(each: impl Fn(&Measure)) {
    let book = book();
    let can = |m: &&Arc<Measure>| m.can_grant() && m.holds_on(day(start()));
    book.measures().iter().filter(can).for_each(|m| each(m));
}

#[test]
fn a_grant_says_yes_first_then_why_under_what_and_until_when() {
    every_measure(|measure| {
        let (answer, spoken) = asked(&gate(false), &complete(measure));
        assert!(matches!(answer, Answer::Granted(_)), "{}: {:?}", measure.name, spoken.sentence);
        complete_in_both(&spoken, measure);
        let basis = measure.basis.text();
        assert!(spoken.sentence.ja.starts_with("可") && spoken.sentence.ja.contains(&basis.ja));
        assert!(spoken.sentence.en.starts_with("Yes") && spoken.sentence.en.contains(&basis.en));
        assert!(spoken.sentence.en.contains("2026-05-01"), "{:?}", spoken.sentence);
        assert!(spoken.alternatives.is_empty() && spoken.inquiry.is_none());
    });
}

#[test]
fn a_question_says_not_yet_first_then_what_is_not_known() {
    every_measure(|measure| {
        for (&fact, &wanted) in &measure.requires {
            let mut request = complete(measure);
            request.record.facts.forget(fact);
            let (answer, spoken) = asked(&gate(false), &request);
            let Answer::Asks(asks) = answer else { panic!("{}: {fact}", measure.name) };
            complete_in_both(&spoken, measure);
            assert!(spoken.sentence.ja.starts_with("まだ"), "{:?}", spoken.sentence);
            assert!(spoken.sentence.en.starts_with("Not yet"), "{:?}", spoken.sentence);
            assert!(spoken.sentence.ja.contains(&fact.clause(wanted).ja), "{:?}", spoken.sentence);
            assert!(spoken.sentence.en.contains(&fact.clause(wanted).en), "{:?}", spoken.sentence);
            assert_eq!(asks.questions.len(), 1);
            let question = &asks.questions[0];
            both(&question.text);
            assert_eq!(question.roles, fact.established_by());
        }
        let mut request = complete(measure);
        request.record.signatures.clear();
        let (_, spoken) = asked(&gate(false), &request);
        assert_eq!(spoken.code, Code::Ask);
        for role in &measure.signers.roles {
            assert!(spoken.sentence.en.contains(&role.text().en), "{:?}", spoken.sentence);
            assert!(spoken.sentence.ja.contains(&role.text().ja), "{:?}", spoken.sentence);
        }
    });
}

#[test]
fn a_refusal_says_no_first_then_what_is_not_met() {
    every_measure(|measure| {
        for (&fact, &wanted) in measure.requires.iter().filter(|(f, _)| !measure.open.contains(f)) {
            let mut request = complete(measure);
            let denied = Facts::supposed([(fact, !wanted)], start().wall);
            request.record.facts.learn(fact, denied.get(fact).cloned().unwrap());
            let (answer, spoken) = asked(&gate(false), &request);
            assert!(matches!(answer, Answer::Refused(_)), "{}: {fact}", measure.name);
            assert_eq!(spoken.code, Code::No);
            complete_in_both(&spoken, measure);
            assert!(spoken.sentence.ja.starts_with("不可"), "{:?}", spoken.sentence);
            assert!(spoken.sentence.en.starts_with("No."), "{:?}", spoken.sentence);
            assert!(spoken.sentence.ja.contains(&fact.clause(wanted).ja), "{:?}", spoken.sentence);
            assert!(spoken.sentence.en.contains(&fact.clause(wanted).en), "{:?}", spoken.sentence);
            let failed: Vec<_> =
                spoken.conditions.iter().filter(|(state, ..)| *state == State::Failed).collect();
            assert_eq!(failed.len(), 1);
        }
    });
}

#[test]
fn second_use_is_refused_with_what_the_data_was_taken_under_and_who_may_read_it() {
    let mut house = House::begun();
    for purpose in [Purpose::Marketing, Purpose::FindInfected] {
        let before = house.entries().len();
        let said = house.says("legal", Command::OpenKept { purpose, reason: "asked".into() });
        let entries = house.entries();
        assert_eq!(entries.len(), before + 1, "the refusal is booked");
        assert_eq!(entries[before]["answer"], "NO");
        assert_eq!(entries[before]["purpose"], purpose.word());
        assert_eq!(said["code"], "NO");
        let text: Text = serde_json::from_value(said["sentence"].clone()).unwrap();
        both(&text);
        assert!(text.ja.starts_with("不可") && text.ja.contains(&purpose.text().ja));
        assert!(text.en.starts_with("No.") && text.en.contains(&purpose.text().en));
        assert!(text.ja.contains("ス") && text.en.contains("ス"), "who may read it: {text:?}");
        let cites: Text = serde_json::from_value(said["cites"].clone()).unwrap();
        assert!(cites.ja.contains("(ス)") && cites.en.contains("(ス)"), "{cites:?}");
        assert!(said["inquiry"].is_null());
    }
    let said = house.says(
        "legal",
        Command::OpenKept { purpose: Purpose::RunNetwork, reason: "capacity".into() },
    );
    assert_ne!(said["code"], "OK-BIZ", "taking statistics is not analysing them");
}

#[test]
fn a_full_disk_and_the_switch_are_said_as_what_they_are() {
    let book = book();
    let measure = book.measures().iter().find(|m| m.item == "ス").unwrap();
    let (_, spoken) = asked(&gate(true), &complete(measure));
    assert_eq!(spoken.code, Code::No);
    both(&spoken.sentence);
    assert!(spoken.sentence.en.contains("ledger"), "{:?}", spoken.sentence);
    let halted = gate(false);
    halted.halt(start());
    let (_, spoken) = asked(&halted, &complete(measure));
    assert_eq!(spoken.code, Code::No);
    both(&spoken.sentence);
    assert!(spoken.sentence.en.contains("stopped"), "{:?}", spoken.sentence);
}

#[test]
fn observing_only_says_that_nothing_is_done() {
    let book = book();
    let measure = book.measures().iter().find(|m| m.item == "イ").unwrap();
    let mut request = complete(measure);
    request.record.modes = [(measure.name.clone(), Mode::Observe)].into();
    request.observes = Some("how much would be stopped?".into());
    let (answer, spoken) = asked(&gate(false), &request);
    assert!(matches!(answer, Answer::Granted(_)));
    both(&spoken.sentence);
    assert!(spoken.sentence.en.starts_with("Observing only"), "{:?}", spoken.sentence);
    assert!(spoken.sentence.ja.starts_with("観測のみ"), "{:?}", spoken.sentence);
}

#[test]
fn a_refused_block_of_a_syn_flood_names_consent_and_contact_and_who_may_say() {
    let mut house = House::begun();
    house.load(20.0);
    let case = house.attacked(LINE_7);
    let said = house.case(case).answer(Act::Block).expect("it was asked").clone();
    assert_eq!(said.code, Code::No);
    both(&said.words);
    let shown = house.says("operations", Command::ShowCase { case });
    let ways = shown["alternatives"].as_array().expect("other ways").clone();
    let find = |item: &str| {
        ways.iter().find(|w| w["item"] == item).unwrap_or_else(|| {
            panic!("no {item} in {ways:?}");
        })
    };
    let takes = |item: &str, fact: Fact| {
        let takes = find(item)["takes"].as_array().cloned().unwrap_or_default();
        takes.into_iter().find(|t| t[0] == fact.word())
    };
    for letter in ["ア", "イ"] {
        assert_eq!(find(letter)["code"], "OK-CONSENT");
        let consent = takes(letter, Fact::LineConsents).expect("consent is what it takes");
        assert_eq!(consent[2], serde_json::json!(["line", "desk"]));
    }
    assert_eq!(find("ウ")["code"], "OK-EMERG");
    assert!(takes("ウ", Fact::NoOtherMeans).is_some());
    for way in &ways {
        let title: Text = serde_json::from_value(way["title"].clone()).unwrap();
        both(&title);
    }
    let place = |letter: &str| ways.iter().position(|w| w["item"] == letter);
    let wished = ways.iter().take_while(|w| w["code"] == "OK-CONSENT").count();
    let consents = ways.iter().filter(|w| w["code"] == "OK-CONSENT").count();
    assert_eq!(wished, consents, "consent comes first: {ways:?}");
    assert_eq!(place("エ(a)"), None, "own equipment is known not to be impaired: {ways:?}");
    assert_eq!(place("ウ"), Some(consents), "contact comes next: {ways:?}");
    for known in [Fact::ByMachine, Fact::TrafficAnomalous, Fact::OnlyMatching, Fact::CausePresent] {
        let takes = |w: &serde_json::Value| w["takes"].to_string().contains(known.word());
        assert!(!ways.iter().any(takes), "{known} is known, and nothing takes it: {ways:?}");
    }
}

/// The purposes of what is done about an attack on a line.
const ATTACK: &[Purpose] = &[
    Purpose::ProtectLine,
    Purpose::StopNamedTraffic,
    Purpose::ProtectService,
    Purpose::ProtectDownstream,
    Purpose::ProtectReceiver,
    Purpose::RespondToAnomaly,
    Purpose::RespondJointly,
    Purpose::StopMalwareAttack,
];

#[test]
fn no_other_way_serves_somebody_elses_purpose_or_is_wider_than_it_may_be() {
    let book = book();
    let measure = book.measures().iter().find(|m| m.item == "イ").unwrap();
    let request = complete(measure);
    let ways = alternatives(&book, &request, day(start()));
    assert!(!ways.is_empty());
    for way in &ways {
        let measure = book.measure(&way.measure).expect("a measure");
        assert!(measure.can_grant() && measure.holds_on(day(start())), "{}", way.measure);
        assert!(measure.acts.iter().any(|a| matches!(a, Act::Block | Act::Contact)));
        let attack = |p: &Purpose| ATTACK.contains(p);
        assert!(measure.purposes.iter().any(attack), "{}", way.measure);
    }
    let everything = Request { subject: Subject::Network, ..request };
    let over_all =
        |w: &Alternative| book.measure(&w.measure).map(|m| m.over) == Some(Over::Network);
    assert!(alternatives(&book, &everything, day(start())).iter().all(over_all));
}

#[test]
fn what_a_subscriber_is_asked_names_line_act_and_end_in_both_languages() {
    let mut house = House::begun();
    house.load(20.0);
    let case = house.attacked(LINE_7);
    let (line, token) = (Line("line-7".into()), "t".repeat(32));
    house.says("desk", Command::ConsentLink { case, line, minutes: 5, token: token.clone() });
    let text = house.desk.link_text(&token, house.at).unwrap();
    both(&text);
    for (ja, en) in
        [("分析", "analyse"), ("遮断", "stop"), ("期限", "end"), ("取り消せ", "withdraw")]
    {
        assert!(text.ja.contains(ja) && text.en.contains(en), "{ja} {en}: {text:?}");
    }
    assert!(text.ja.contains("契約内容は変わりません"), "no penalty: {text:?}");
}

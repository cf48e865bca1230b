//! The shapes the law-book needs, one by one: two grounds for an act, consent by terms, dates,
//! clocks set by statute, what the text leaves open, and what it excludes.

use std::sync::Arc;

use ground::{
    Answer, Book, Code, Condition, DutyKind, End, Fact, Gives, Measure, MeasureName, Record,
    Request, Role,
};
use terms::{Act, Field, Fields, Moment, Purpose, Span, Subject, Time, Zone};

use crate::desk::{
    Paper, book, gate, gate_in, granted, granting, known, line_7, line_8, measure, moment, now,
    ready, record, when,
};
use crate::law_book::shapes;

/// A request that any measure may grant, with everything on record that `measures` need.
fn open_to_all(measures: &[&Measure], subject: Subject, at: Moment) -> Request {
    let mut all = Record::default();
    for measure in measures {
        let one = record(measure, &subject, at);
        one.facts.iter().for_each(|(fact, known)| all.facts.learn(fact, known.clone()));
        all.signatures.extend(one.signatures);
        all.numbers.extend(one.numbers);
        all.modes.extend(one.modes);
    }
    Request { only: None, record: all, subject, ..ready(measures[0], at) }
}

fn learn(request: &mut Request, fact: Fact, so: bool) {
    let known = known(fact, so, &request.subject, now());
    request.record.facts.learn(fact, known);
}

#[test]
fn either_of_two_grounds_for_one_act_suffices() {
    let (book, (gate, _)) = (book(), gate(&book()));
    let a = measure(&book, "04-e-a-block-while-impaired");
    let b = measure(&book, "04-e-b-block-at-risk");
    let ask = |impaired: Option<bool>, at_risk: Option<bool>| {
        let mut request = Request { act: Act::Block, ..open_to_all(&[a, b], line_7(), now()) };
        for (fact, so) in
            [(Fact::OwnEquipmentImpaired, impaired), (Fact::OwnEquipmentAtRisk, at_risk)]
        {
            request.record.facts.forget(fact);
            so.into_iter().for_each(|so| learn(&mut request, fact, so));
        }
        gate.ask(&request, now())
    };
    assert_eq!(ask(Some(true), Some(false)).code(), Code::OkEmergency);
    assert_eq!(ask(Some(false), Some(true)).code(), Code::OkBusiness);
    assert_eq!(ask(Some(true), None).code(), Code::OkEmergency);
    assert_eq!(ask(None, Some(true)).code(), Code::OkBusiness);
    // Business comes before an emergency.
    assert_eq!(ask(Some(true), Some(true)).code(), Code::OkBusiness);
    assert_eq!(ask(Some(false), None).code(), Code::Ask);
    assert_eq!(ask(None, None).code(), Code::Ask);
    assert_eq!(ask(Some(false), Some(false)).code(), Code::No);
}

#[test]
fn a_line_that_refuses_is_blocked_only_while_own_equipment_suffers() {
    let (book, (gate, _)) = (book(), gate(&book()));
    let at_request = measure(&book, "01-a-block-attack-traffic");
    let impaired = measure(&book, "04-e-a-block-while-impaired");
    let mut request = open_to_all(&[at_request, impaired], line_7(), now());
    (request.act, request.sources) = (Act::Block, vec![terms::Source::LiveTraffic]);
    request.fields = at_request.fields;
    learn(&mut request, Fact::LineConsents, false);
    for (purpose, code) in
        [(Purpose::ProtectService, Code::OkEmergency), (Purpose::ProtectLine, Code::No)]
    {
        request.purpose = purpose;
        assert_eq!(gate.ask(&request, now()).code(), code, "{purpose}");
    }
    request.purpose = Purpose::ProtectService;
    learn(&mut request, Fact::OwnEquipmentImpaired, false);
    assert_ne!(gate.ask(&request, now()).gives(), Gives::Granted);
}

#[test]
fn no_infringement_comes_first_then_statute_business_and_emergency() {
    let order =
        ["outside", "consenting", "agreed", "narrow", "lean", "statute", "plain", "afterwards"];
    for first in 0..order.len() {
        // In the book they stand the other way round.
        let names: Vec<&str> = order[first..].iter().rev().copied().collect();
        let book = shapes(&names);
        let measures: Vec<&Measure> = book.measures().iter().map(AsRef::as_ref).collect();
        let mut request = open_to_all(&measures, line_7(), now());
        request.fields = Fields::of(&[Field::DstAddress]);
        let granted = granted(gate(&book).0.ask(&request, now()));
        assert_eq!(granted.measure, MeasureName::of(order[first]));
        assert_eq!(granted.readings.len(), names.len());
        assert_eq!(granted.readings[0].measure, granted.measure);
    }
}

#[test]
fn consent_by_terms_needs_every_one_of_its_conditions() {
    let book = shapes(&["blanket"]);
    let (gate, blanket) = (gate(&book).0, measure(&book, "blanket"));
    let ready = ready(blanket, now());
    let answer = gate.ask(&ready, now());
    assert_eq!((answer.gives(), answer.code()), (Gives::Granted, Code::OkConsent));
    assert_eq!(blanket.requires.len(), 7);
    for (&fact, &so) in &blanket.requires {
        let mut request = ready.clone();
        learn(&mut request, fact, !so);
        assert_eq!(gate.ask(&request, now()).gives(), Gives::Refused, "{fact}");
        request.record.facts.forget(fact);
        assert_eq!(gate.ask(&request, now()).gives(), Gives::Asks, "{fact}");
    }
    for &field in Field::ALL.iter().filter(|f| **f != Field::QueryName) {
        let request = Request { fields: ready.fields.with(field), ..ready.clone() };
        assert_eq!(gate.ask(&request, now()).gives(), Gives::Refused, "{field}");
    }
}

#[test]
fn a_line_that_opted_out_is_left_alone_and_no_other_line_speaks_for_it() {
    let book = shapes(&["blanket"]);
    let gate = gate(&book).0;
    let mut request = ready(measure(&book, "blanket"), now());
    learn(&mut request, Fact::LineAgreesByTerms, false);
    assert_eq!(gate.ask(&request, now()).gives(), Gives::Refused);
    for whom in [Some(line_8()), None] {
        let mut said = known(Fact::LineAgreesByTerms, true, &line_8(), now());
        said.covers = whom;
        request.record.facts.learn(Fact::LineAgreesByTerms, said);
        assert_eq!(gate.ask(&request, now()).gives(), Gives::Asks);
    }
    // What is known of the whole set of lines holds for this one.
    let mut said = known(Fact::LineAgreesByTerms, true, &Subject::Network, now());
    said.until = Some(now().wall.after(Span::minutes(5)));
    request.record.facts.learn(Fact::LineAgreesByTerms, said);
    let granted = granted(gate.ask(&request, now()));
    assert_eq!(granted.until, now().after(Span::minutes(5)));
}

#[test]
fn a_list_is_legitimate_when_legal_says_so_and_nobody_else() {
    let book = shapes(&["blanket"]);
    let gate = gate(&book).0;
    for &role in Role::ALL {
        let mut request = ready(measure(&book, "blanket"), now());
        let mut said = known(Fact::ListLegitimate, true, &request.subject, now());
        said.role = role;
        request.record.facts.learn(Fact::ListLegitimate, said);
        let gives = if role == Role::Legal { Gives::Granted } else { Gives::Asks };
        assert_eq!(gate.ask(&request, now()).gives(), gives, "{role}");
    }
}

fn ask_on(book: &Arc<Book>, name: &str, time: &str) -> Gives {
    let at = moment(time);
    gate(book).0.ask(&ready(measure(book, name), at), at).gives()
}

#[test]
fn a_measure_holds_from_its_first_day_to_its_last() {
    let book = shapes(&["older", "newer"]);
    assert_eq!(ask_on(&book, "newer", "2021-06-29T00:00Z"), Gives::Refused);
    assert_eq!(ask_on(&book, "newer", "2021-11-23T14:59:59Z"), Gives::Refused);
    assert_eq!(ask_on(&book, "newer", "2021-11-23T15:00:00Z"), Gives::Granted);
    assert_eq!(ask_on(&book, "older", "2021-06-29T00:00Z"), Gives::Granted);
    assert_eq!(ask_on(&book, "older", "2021-11-23T14:59:59Z"), Gives::Granted);
    assert_eq!(ask_on(&book, "older", "2021-11-23T15:00:00Z"), Gives::Refused);
}

#[test]
fn a_grant_does_not_outlive_the_last_day_of_its_measure() {
    let book = shapes(&["older"]);
    let at = moment("2021-11-23T14:30Z");
    let granted = granted(gate(&book).0.ask(&ready(measure(&book, "older"), at), at));
    assert_eq!(granted.until, moment("2021-11-23T15:00Z"));
}

#[test]
fn a_clock_set_by_statute_runs_out_at_the_end_of_its_last_day_in_the_laws_zone() {
    let book = shapes(&["reported"]);
    let due = |at: &str, zone: Zone, numbers: bool| {
        let gate = gate_in(zone, &book, Arc::new(Paper::default()));
        let at = moment(at);
        let mut request = ready(measure(&book, "reported"), at);
        if !numbers {
            request.record.numbers.clear();
        }
        granted(gate.ask(&request, at)).duties
    };
    let time = |text: &str| Time::parse(text);
    let duties = due("2026-05-01T09:00Z", Zone::TOKYO, true);
    let told = time("2026-05-02T15:00Z"); // 30 hours, as the operator set it
    let expected = [
        (DutyKind::ReportInFull, time("2026-05-31T15:00Z")),
        (DutyKind::TellLine, told),
        (DutyKind::WithdrawWithCause, None),
    ];
    assert_eq!(duties, expected);
    // Already the second of May in Tokyo.
    assert_eq!(due("2026-05-01T15:00Z", Zone::TOKYO, true)[0].1, time("2026-06-01T15:00Z"));
    let utc = Zone::hours(0).unwrap();
    assert_eq!(due("2026-05-01T15:00Z", utc, true)[0].1, time("2026-06-01T00:00Z"));
    // A deadline nobody set is the end of the act.
    assert_eq!(due("2026-05-01T09:00Z", Zone::TOKYO, false)[1].1, None);
}

#[test]
fn what_the_text_does_not_decide_always_asks_legal() {
    let book = shapes(&["undetermined"]);
    let request = ready(measure(&book, "undetermined"), now());
    let answer = gate(&book).0.ask(&request, now());
    assert_eq!(answer.code(), Code::Ask);
    let Answer::Asks(asked) = answer else { panic!("it asks") };
    assert_eq!(asked.questions[0].condition, Condition::Decided);
    assert_eq!(asked.questions[0].roles, [Role::Legal]);
    assert!(!asked.inquiry);
}

#[test]
fn what_the_text_excludes_is_always_refused() {
    let book = shapes(&["excluded"]);
    let request = ready(measure(&book, "excluded"), now());
    assert_eq!(gate(&book).0.ask(&request, now()).code(), Code::No);
}

#[test]
fn what_the_text_excludes_asks_when_it_is_so_what_the_text_leaves_open() {
    let book = shapes(&["excluded-but"]);
    let ask = |said: &[(Fact, bool)]| {
        let mut request = ready(measure(&book, "excluded-but"), now());
        said.iter().for_each(|(fact, so)| learn(&mut request, *fact, *so));
        gate(&book).0.ask(&request, now()).code()
    };
    assert_eq!(ask(&[]), Code::No);
    assert_eq!(ask(&[(Fact::LineConsents, false), (Fact::ByMachine, true)]), Code::No);
    for fact in [Fact::LineConsents, Fact::Urgent] {
        assert_eq!(ask(&[(fact, true)]), Code::Ask, "{fact}");
    }
}

#[test]
fn where_the_text_does_not_speak_of_an_end_advice_asks_and_the_gate_wants_one() {
    let book = shapes(&["silent"]);
    let advise = |end: End| {
        let day = Zone::TOKYO.day(now().wall);
        let at = Moment::replayed(Zone::TOKYO.start(day));
        let request = Request { act: Act::Block, ..ready(measure(&book, "silent"), at) };
        book.advise(&Request { end, ..request }, day).outcome
    };
    let later = End::At(now().after(Span::days(2)));
    assert_eq!([End::WithCause, later].map(advise), [ground::Outcome::Granted; 2]);
    assert_eq!([End::Unknown, End::Lasting].map(advise), [ground::Outcome::Asks; 2]);
    for end in [End::Unknown, End::WithCause, End::Lasting] {
        let request = Request { end, ..ready(measure(&book, "silent"), now()) };
        assert_eq!(gate(&book).0.ask(&request, now()).gives(), Gives::Refused, "{end:?}");
    }
}

#[test]
fn what_no_measure_is_about_is_asked_with_an_inquiry() {
    let book = shapes(&["plain"]);
    let mut request = ready(measure(&book, "plain"), now());
    (request.only, request.act) = (None, Act::Contact);
    request.sources = vec![terms::Source::LiveTraffic];
    let Answer::Asks(asked) = gate(&book).0.ask(&request, now()) else { panic!("it asks") };
    assert!(asked.inquiry && asked.readings.is_empty() && asked.answer.is_some());
    let advice = book.advise(&request, Zone::TOKYO.day(now().wall));
    assert_eq!(advice.outcome, ground::Outcome::Asks);
}

#[test]
fn a_required_fact_the_text_leaves_open_asks_when_it_is_not_so() {
    let book = shapes(&["open"]);
    let gate = gate(&book).0;
    for (fact, gives) in [(Fact::RangeNecessary, Gives::Asks), (Fact::ByMachine, Gives::Refused)] {
        let mut request = ready(measure(&book, "open"), now());
        assert_eq!(gate.ask(&request, now()).gives(), Gives::Granted);
        learn(&mut request, fact, false);
        assert_eq!(gate.ask(&request, now()).gives(), gives, "{fact}");
    }
}

#[test]
fn advice_that_is_not_followed_is_shown_and_does_not_refuse() {
    let book = shapes(&["advised"]);
    let gate = gate(&book).0;
    let mut request = ready(measure(&book, "advised"), now());
    for (so, shown) in [(None, true), (Some(false), true), (Some(true), false)] {
        so.into_iter().for_each(|so| learn(&mut request, Fact::NoOtherMeans, so));
        let granted = granted(gate.ask(&request, now()));
        assert_eq!(granted.readings[0].unmet_advice.contains(&Fact::NoOtherMeans), shown);
    }
}

#[test]
fn advice_reads_the_law_alone_and_makes_nothing() {
    let book = book();
    for measure in granting(&book) {
        let at = when(measure);
        let mut request = ready(measure, at);
        let facts = core::mem::take(&mut request.record).facts;
        let day = Zone::TOKYO.day(at.wall).plus(1);
        request.record.facts = facts;
        request.end = End::At(at.after(Span::days(2)));
        let advice = book.advise(&request, day).outcome;
        assert_eq!(advice, ground::Outcome::Granted, "{}", measure.name);
        assert_eq!(gate(&book).0.ask(&request, at).gives(), Gives::Refused);
    }
}

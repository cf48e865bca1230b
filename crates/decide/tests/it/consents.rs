//! Consents and one-time links: for one line, once, for a time.

use decide::{Command, ConsentId, DeskError};
use ground::{Code, Fact};
use terms::{Act, CaseId, Line, Purpose, Span, Traits};

use crate::house::{House, LINE_7, LINE_9, net};

const TOKEN: &str = "a-secret-of-at-least-thirty-two-characters";

fn line(name: &str) -> Line {
    Line(name.into())
}

fn link(case: CaseId, name: &str, minutes: u32, token: &str) -> Command {
    Command::ConsentLink { case, line: line(name), minutes, token: token.into() }
}

/// An attack on this line from which only the line suffers, with all but its consent.
fn suffers(house: &mut House, target: &str) -> CaseId {
    house.load(20.0);
    let case = house.attacked(target);
    for fact in [Fact::RequestGenuine, Fact::RequesterIsReceiver] {
        house.says("desk", Command::Answer { case, fact, so: true });
    }
    house.pass(Span::seconds(1));
    case
}

fn verdict(house: &House, case: CaseId) -> Code {
    house.case(case).answer(Act::Block).expect("it was asked").code
}

#[test]
fn a_consent_covers_its_line_and_no_other() {
    let mut house = House::begun();
    let (seven, nine) = (suffers(&mut house, LINE_7), suffers(&mut house, LINE_9));
    assert_eq!((verdict(&house, seven), verdict(&house, nine)), (Code::No, Code::No));
    for (case, name) in [(seven, "line-9"), (nine, "line-7"), (seven, "line-8")] {
        let consent = Command::Consent { case, line: line(name), minutes: 60 };
        assert!(house.tries("desk", consent).is_err(), "{case} is not about {name}");
        assert!(house.tries("desk", link(case, name, 60, TOKEN)).is_err());
    }
    house.says("desk", Command::Consent { case: seven, line: line("line-7"), minutes: 60 });
    house.says("operations", Command::Sign { case: seven });
    house.says("operations", Command::Sign { case: nine });
    house.pass(Span::seconds(2));
    assert_eq!((verdict(&house, seven), verdict(&house, nine)), (Code::OkConsent, Code::No));
    assert!(house.case(seven).mitigated.is_some() && house.case(nine).mitigated.is_none());
}

#[test]
fn what_our_own_analysis_showed_and_what_the_line_named_are_blocked_under_different_measures() {
    let mut house = House::begun();
    let found = suffers(&mut house, LINE_7);
    let ports = vec![terms::PortRange { first: 53, last: 53 }];
    let traits = vec![Traits { protocol: Some(17), src_ports: ports, ..Traits::default() }];
    let (target, reason) = (net(LINE_9), "the holder of the line named it".to_owned());
    house.says("operations", Command::OpenCase { target, traits, reason });
    let named = CaseId(2);
    for fact in [Fact::RequestGenuine, Fact::RequesterIsReceiver] {
        house.says("desk", Command::Answer { case: named, fact, so: true });
    }
    house.pass(Span::seconds(1));
    let cases = [
        (found, "line-7", Purpose::ProtectLine, "01-a-block-attack-traffic"),
        (named, "line-9", Purpose::StopNamedTraffic, "02-i-block-at-victims-request"),
    ];
    for (case, name, purpose, measure) in cases {
        assert_eq!(verdict(&house, case), Code::No, "{name} has not consented");
        house.says("desk", Command::Consent { case, line: line(name), minutes: 3 });
        house.pass(Span::seconds(2));
        house.says("operations-2", Command::Sign { case });
        house.pass(Span::seconds(2));
        let said = house.case(case).answer(Act::Block).expect("it was asked");
        assert_eq!((said.code, said.purpose), (Code::OkConsent, purpose), "{:?}", said.words);
        assert_eq!(said.measure, Some(crate::house::measure(measure)));
        let until = house.case(case).mitigated.as_ref().expect("in force").until;
        assert!(house.desk.standing().consents.iter().any(|c| c.until == Some(until)));
    }
    for consent in [ConsentId(1), ConsentId(2)] {
        house.says("desk", Command::WithdrawConsent { consent });
    }
    house.pass(Span::seconds(1));
    assert!(house.desk.cases().all(|case| case.mitigated.is_none()));
}

#[test]
fn what_a_line_chose_is_not_answered_in_a_case() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    for fact in [Fact::LineConsents, Fact::LineAgreesByTerms] {
        let said = house.tries("desk", Command::Answer { case, fact, so: true });
        assert!(matches!(said, Err(DeskError::Wrong(_))), "{fact}: {said:?}");
    }
}

#[test]
fn a_consent_covers_its_time_and_no_longer() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    house.says("desk", Command::Consent { case, line: line("line-7"), minutes: 3 });
    house.says("operations", Command::Sign { case });
    house.pass(Span::seconds(2));
    assert_eq!(verdict(&house, case), Code::Ask, "the plan became shorter, so it is signed anew");
    house.says("operations", Command::Sign { case });
    house.pass(Span::seconds(2));
    let until = house.case(case).mitigated.as_ref().expect("in force").until;
    assert_eq!(Some(until), house.desk.standing().consents[0].until);
    house.pass(until.since(house.at.wall));
    assert!(house.case(case).mitigated.is_none());
    assert_eq!(verdict(&house, case), Code::No);
}

#[test]
fn a_signature_on_a_plan_that_changed_is_none() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    house.says("operations", Command::Sign { case });
    let (signed, _) = house.case(case).plan.clone().expect("a plan");
    house.says("desk", Command::Consent { case, line: line("line-7"), minutes: 3 });
    house.pass(Span::seconds(2));
    let (asked, _) = house.case(case).plan.clone().expect("a plan");
    assert!(asked.id != signed.id && asked.ends < signed.ends);
    assert_eq!(verdict(&house, case), Code::Ask);
    assert!(house.case(case).mitigated.is_none());
}

#[test]
fn a_withdrawn_consent_ends_what_rests_on_it_and_is_withdrawn_once() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    house.says("desk", Command::Consent { case, line: line("line-7"), minutes: 60 });
    house.says("operations", Command::Sign { case });
    house.pass(Span::seconds(2));
    assert!(house.case(case).mitigated.is_some());
    house.says("desk", Command::WithdrawConsent { consent: ConsentId(1) });
    house.pass(Span::seconds(1));
    assert!(house.case(case).mitigated.is_none());
    let again = house.tries("desk", Command::WithdrawConsent { consent: ConsentId(1) });
    assert!(matches!(again, Err(DeskError::NotFound(_))), "{again:?}");
    let never = house.tries("desk", Command::WithdrawConsent { consent: ConsentId(2) });
    assert!(matches!(never, Err(DeskError::NotFound(_))), "{never:?}");
}

#[test]
fn a_link_is_used_once_and_reading_its_page_does_not_use_it() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    let made = house.says("desk", link(case, "line-7", 60, TOKEN));
    assert_eq!(made["path"], format!("/consent/{TOKEN}"));
    for _ in 0..3 {
        let text = house.desk.link_text(TOKEN, house.at).expect("the page");
        assert!(text.ja.contains("line-7") && text.en.contains("line-7"));
    }
    let said = house.desk.answer_link(TOKEN, true, house.at).expect("an answer");
    assert_eq!(said["consented"], true);
    for yes in [true, false] {
        let again = house.desk.answer_link(TOKEN, yes, house.at);
        assert!(matches!(again, Err(DeskError::Wrong(_))), "{again:?}");
    }
    assert!(house.desk.link_text(TOKEN, house.at).is_err());
    let consent = &house.desk.standing().consents[0];
    assert_eq!((consent.role, consent.line.0.as_str()), (ground::Role::Line, "line-7"));
    assert_eq!(consent.acts, [Act::Analyse, Act::Show, Act::Block]);
    let mut house = house.reopened().unwrap();
    let after = house.desk.answer_link(TOKEN, true, house.at);
    assert!(matches!(after, Err(DeskError::Wrong(_))), "a used link stays used: {after:?}");
    assert!(house.tries("desk", link(case, "line-7", 60, TOKEN)).is_err(), "its token too");
}

#[test]
fn a_link_ends_and_one_nobody_made_opens_nothing() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    house.says("desk", link(case, "line-7", 2, TOKEN));
    for token in ["", "a-secret-of-at-least-thirty-two-character", &TOKEN.to_uppercase()] {
        let said = house.desk.answer_link(token, true, house.at);
        assert!(matches!(said, Err(DeskError::NotFound(_))), "{token}: {said:?}");
    }
    house.pass(Span::minutes(2));
    let late = house.desk.answer_link(TOKEN, true, house.at);
    assert!(matches!(late, Err(DeskError::Wrong(_))), "{late:?}");
    assert!(house.desk.standing().consents.is_empty());
}

#[test]
fn a_link_needs_a_long_secret_and_a_time() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    let short = "x".repeat(31);
    let said = house.tries("desk", link(case, "line-7", 60, &short));
    assert!(matches!(&said, Err(DeskError::Wrong(why)) if why.contains("32")), "{said:?}");
    assert!(house.tries("desk", link(case, "line-7", 0, TOKEN)).is_err());
    let never = Command::Consent { case, line: line("line-7"), minutes: 0 };
    assert!(house.tries("desk", never).is_err());
    assert!(house.desk.standing().links.is_empty() && house.desk.standing().consents.is_empty());
    house.says("desk", link(case, "line-7", 60, &"x".repeat(32)));
}

#[test]
fn neither_the_token_nor_the_line_is_in_the_ledger_and_the_token_is_not_kept() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    house.says("desk", link(case, "line-7", 60, TOKEN));
    house.desk.answer_link(TOKEN, true, house.at).expect("an answer");
    house.says("desk", Command::WithdrawConsent { consent: ConsentId(1) });
    for entry in house.entries() {
        let text = entry.to_string();
        assert!(!text.contains("line-7") && !text.contains(TOKEN), "{text}");
        assert!(!text.contains("203.0.113"), "{text}");
    }
    assert!(!format!("{:?}", house.desk.standing()).contains(TOKEN));
}

#[test]
fn a_line_that_says_no_has_not_consented_and_its_no_is_booked() {
    let mut house = House::begun();
    let case = suffers(&mut house, LINE_7);
    house.says("desk", link(case, "line-7", 60, TOKEN));
    let said = house.desk.answer_link(TOKEN, false, house.at).expect("an answer");
    assert_eq!(said["consented"], false);
    house.pass(Span::seconds(1));
    assert_eq!(verdict(&house, case), Code::No);
    let last = house.entries().pop().expect("an entry");
    assert!(last["kind"] == "declined" || last["answer"] == "NO", "{last}");
    assert!(house.entries().iter().any(|e| e["kind"] == "declined" && e["actor"] == "line"));
}

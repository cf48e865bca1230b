//! Consents taken down apart from any case: individual or by the terms, on a text that was shown.

use decide::{Agreed, Command, ConsentId, ConsentKind, DeskError, Party};
use ground::Fact;
use terms::{Act, Line, Purpose, Span};

use crate::house::House;

fn agreed() -> Agreed {
    Agreed {
        kind: ConsentKind::Blanket,
        whose: Party::Receiver,
        line: Line("line-7".into()),
        purposes: vec![Purpose::ProtectSubscriber],
        acts: vec![Act::RefuseName],
        version: "2026-04".into(),
        text: "Queries for command servers are refused. You can opt out at any time.".into(),
        minutes: None,
    }
}

#[test]
fn a_consent_names_its_acts_its_purposes_and_the_text_that_was_shown() {
    type Spoil = fn(&mut Agreed);
    let mut house = House::begun();
    let wrong: [(&str, Spoil); 6] = [
        ("acts", |a| a.acts.clear()),
        ("purposes", |a| a.purposes.clear()),
        ("version", |a| a.version = " ".into()),
        ("text", |a| a.text.clear()),
        ("no measure rests", |a| a.purposes = vec![Purpose::Marketing]),
        ("no measure rests", |a| a.kind = ConsentKind::Individual),
    ];
    for (what, change) in wrong {
        let mut agreed = agreed();
        agreed.acts = vec![Act::RefuseName];
        change(&mut agreed);
        if what == "no measure rests" && agreed.kind == ConsentKind::Individual {
            // フ① rests on an individual consent to the same act; a block for statistics does not.
            agreed.purposes = vec![Purpose::RunNetwork];
        }
        let said = house.tries("desk", Command::Agree(agreed)).unwrap_err();
        let DeskError::Wrong(why) = &said else { panic!("{said}") };
        assert!(why.contains(what), "{why}");
    }
    let unknown = Agreed { line: Line("nowhere".into()), ..agreed() };
    assert!(matches!(house.tries("desk", Command::Agree(unknown)), Err(DeskError::NotFound(_))));
    assert!(house.tries("operations", Command::Agree(agreed())).is_err(), "the desk takes it down");
    assert!(house.desk.standing().consents.is_empty());
}

#[test]
fn a_consent_by_the_terms_holds_until_the_line_opts_out_and_keeps_the_text_it_rests_on() {
    let mut house = House::begun();
    house.says("desk", Command::Agree(agreed()));
    let given = house.desk.standing().consents[0].clone();
    assert_eq!(given.fact(), Fact::LineAgreesByTerms);
    assert_eq!((given.shown.version.as_str(), given.shown.digest.len()), ("2026-04", 64));
    assert_eq!((given.case, given.until), (None, None));
    let now = house.at.wall;
    assert!(given.covers(Act::RefuseName, Purpose::ProtectSubscriber, now));
    assert!(!given.covers(Act::Block, Purpose::ProtectSubscriber, now));
    assert!(!given.covers(Act::RefuseName, Purpose::FindInfected, now));
    house.pass(Span::days(400));
    house.says("desk", Command::WithdrawConsent { consent: ConsentId(1) });
    let given = &house.desk.standing().consents[0];
    assert!(!given.covers(Act::RefuseName, Purpose::ProtectSubscriber, house.at.wall));
    assert!(given.covers(Act::RefuseName, Purpose::ProtectSubscriber, now), "it held until then");
}

//! What the desk says where the text does not decide, and where no measure is about it.

use std::sync::{Arc, Mutex};

use decide::{Change, Command, DeskError, inquiry, speak};
use ground::{Answer, Basis, Book, Code, Fact, Facts, Mode};
use terms::{Act, Purpose, Source};

use crate::house::{House, book, start};
use crate::sentences::{Paper, asked, both, complete, day, gate, gate_over};

#[test]
fn what_no_measure_is_about_is_asked_with_the_inquiry_drafted() {
    let book = book();
    let measure = book.measures().iter().find(|m| m.item == "ス").unwrap();
    let mut request = complete(measure);
    request.only = None;
    request.act = Act::RequestTakedown;
    request.purpose = Purpose::ProtectService;
    request.sources = vec![Source::FlowExport];
    let (answer, spoken) = asked(&gate(false), &request);
    assert!(matches!(answer, Answer::Asks(ref a) if a.inquiry));
    assert_eq!(spoken.code, Code::Ask);
    both(&spoken.sentence);
    let draft = spoken.inquiry.expect("a draft");
    assert_eq!(draft, inquiry(&request));
    both(&draft);
    let act = request.act.text();
    assert!(draft.ja.contains(&act.ja) && draft.en.contains(&act.en));
    for field in request.fields.iter() {
        assert!(draft.ja.contains(&field.text().ja) && draft.en.contains(&field.text().en));
    }
}

#[test]
fn what_the_text_leaves_open_is_said_apart_from_what_is_not_known() {
    let made_up = UNDECIDED.replace("BASIS", "undetermined").replace("[open]", "");
    let undetermined = Arc::new(Book::read(&[("99-x", &made_up)]).unwrap());
    let made_up = UNDECIDED.replace("BASIS", "consent").replace("[open]", "open = [\"urgent\"]");
    let open = Arc::new(Book::read(&[("99-x", &made_up)]).unwrap());
    let urgent = Fact::Urgent.text();
    for (book, fact, known, says) in [
        (
            &undetermined,
            true,
            true,
            "It falls under (–) “A measure made up for a test”. The text does not decide it",
        ),
        (
            &undetermined,
            true,
            false,
            "not known or not signed: it is urgent. The text does not decide it",
        ),
        (&open, false, true, "leaves open what follows where this is not so: it is urgent."),
        (&open, true, false, "not known or not signed: it is urgent."),
    ] {
        let mut request = complete(&book.measures()[0]);
        request.record.facts = Facts::supposed([(Fact::Urgent, fact)], start().wall);
        if !known {
            request.record.facts = Facts::default();
        }
        let answer = gate_over(Arc::clone(book), Paper(Mutex::new(Some(0)))).ask(&request, start());
        let spoken = speak(book, &request, &answer, day(start()));
        assert_eq!(spoken.code, Code::Ask);
        both(&spoken.sentence);
        assert!(spoken.sentence.en.contains(says), "{says}: {:?}", spoken.sentence);
        assert!(spoken.sentence.ja.starts_with("まだ"), "{:?}", spoken.sentence);
        assert_eq!(spoken.sentence.ja.contains(&urgent.ja), says.contains(&urgent.en));
    }
}

#[test]
fn what_never_grants_says_so_and_cannot_be_switched_on() {
    let mut house = House::begun();
    let book = book();
    let never: Vec<_> = book.measures().iter().filter(|m| !m.can_grant()).collect();
    assert!(never.iter().any(|m| m.basis == Basis::Excluded), "the book excludes something");
    for measure in never {
        let request = complete(measure);
        let (_, spoken) = asked(&gate(false), &request);
        both(&spoken.sentence);
        let (code, ja, en) = if measure.basis == Basis::Excluded {
            (Code::No, "不可。本文により認められません", "No. The text excludes it")
        } else {
            (Code::Ask, "まだ判断できません。", "The text does not decide it")
        };
        assert_eq!(spoken.code, code, "{}", measure.name);
        assert!(spoken.sentence.ja.starts_with(ja), "{:?}", spoken.sentence);
        assert!(spoken.sentence.en.contains(en), "{:?}", spoken.sentence);
        assert!(spoken.sentence.ja.contains(&measure.item), "{:?}", spoken.sentence);
        let (name, reason) = (measure.name.clone(), "wished for".to_owned());
        let change = Change::Mode { measure: name, mode: Mode::Propose };
        let said = house.tries("operations", Command::Propose { change, reason });
        assert!(matches!(said, Err(DeskError::Wrong(_))), "{}: {said:?}", measure.name);
        let missing = house.desk.standing().missing(&book, house.at.wall);
        assert!(
            missing.iter().all(|m| m.measure != measure.name),
            "nothing mends {}",
            measure.name
        );
    }
}

/// A measure that does not decide, or leaves one fact open.
const UNDECIDED: &str = r#"
item      = "–"
title     = { ja = "試験のための措置", en = "A measure made up for a test" }
cites     = { text = "Guideline, 4th edition", at = "nowhere", from = "2015-11-30" }
status    = "text"
purpose   = "protect-line"
acts      = ["contact"]
reads     = []
fields    = []
over      = "line"
basis     = "BASIS"
strength  = "undecided"
signers   = { roles = ["desk"], when = "each" }
tells     = { whom = "nobody", when = "never" }
ends      = "required"
automatic = "no"
[open]
requires  = { urgent = true }

[[example]]
name  = "all is so"
gives = "granted"

[[example]]
name    = "it is for something else"
purpose = "marketing"
gives   = "refused"

[[example]]
name    = "nobody knows"
unknown = ["urgent"]
gives   = "asks"
"#;

//! Everything ends: on either clock, by the gate, and by the one switch; and decoders see only what
//! a ground in force names.

use std::sync::{Arc, OnceLock};

use ground::{
    Answer, End, Entry, Gate, Gives, Ground, Journal, NotDurable, OutOfScope, Request, Sealed, Why,
};
use proptest::prelude::*;
use terms::{AnswerId, Field, Fields, Flows, Moment, Source, Span};

use crate::desk::{
    Paper, book, flows, gate, gate_over, granted, ground, measure, now, ready, warrant,
};
use crate::warrants::{block, plan};

/// Flow export as it arrives.
fn arrived() -> Sealed<Flows> {
    let origin = ground::Origin {
        measure: ground::MeasureName::of("13-su-take-statistics"),
        source: Source::FlowExport,
        purpose: terms::Purpose::RunNetwork,
        last_day: None,
    };
    Sealed::seal(flows(), origin)
}

fn collect(gate: &Gate, fields: &[Field]) -> Ground {
    let book = book();
    let request = ready(measure(&book, "13-su-take-statistics"), now());
    ground(gate.ask(&Request { fields: Fields::of(fields), ..request }, now()))
}

proptest! {
    #[test]
    fn nothing_opens_at_or_after_its_end_on_either_clock(
        end in (1_u64..100, 1_u64..100), probe in (0_u64..120, 0_u64..120),
    ) {
        let later = |(wall, mono): (u64, u64)| {
            Moment { wall: now().wall.after(Span(wall)), mono: now().mono + mono }
        };
        let (book, (gate, _)) = (book(), gate(&book()));
        let before = probe.0 < end.0 && probe.1 < end.1;
        let end = End::At(later(end));

        let request = ready(measure(&book, "13-su-take-statistics"), now());
        let ground = ground(gate.ask(&Request { end, ..request }, now()));
        prop_assert_eq!(ground.is_over(later(probe)), !before);
        let sealed = arrived();
        let opened = ground.open(&sealed, later(probe)).map(|_| ());
        prop_assert_eq!(opened, if before { Ok(()) } else { Err(OutOfScope::Ended) });

        let plan = plan(now().wall);
        let warrant = warrant(gate.ask(&Request { end, ..block(&plan) }, now()));
        let permitted = warrant.permit(plan, later(probe)).map(|_| ());
        prop_assert_eq!(permitted, if before { Ok(()) } else { Err(OutOfScope::Ended) });

        gate.sweep(later(probe));
        let decodes = if before { ground.fields() } else { Fields::NONE };
        prop_assert_eq!(gate.mask().fields(), decodes);
    }
}

#[test]
fn a_ground_the_gate_ended_opens_nothing_and_the_others_go_on() {
    let (gate, _) = gate(&book());
    let (one, other) = (collect(&gate, &[Field::Bytes]), collect(&gate, &[Field::Packets]));
    gate.end(&one, now());
    assert_eq!(one.open(&arrived(), now()).map(|_| ()), Err(OutOfScope::Ended));
    assert!(other.open(&arrived(), now()).is_ok());
    assert_eq!(gate.mask().fields(), Fields::of(&[Field::Packets]));
}

#[test]
fn the_switch_ends_everything_for_good_and_refuses_until_it_is_undone() {
    let (gate, paper) = gate(&book());
    let ground = collect(&gate, &[Field::Bytes]);
    let (plan, ask) = (plan(now().wall), || block(&plan(now().wall)));
    let before = warrant(gate.ask(&ask(), now()));
    let permitted = warrant(gate.ask(&ask(), now())).permit(plan.clone(), now()).unwrap();
    assert!(!permitted.is_over(now()));

    gate.halt(now());
    assert!(gate.is_halted() && ground.is_over(now()) && permitted.is_over(now()));
    assert_eq!(gate.mask().fields(), Fields::NONE);
    let Answer::Refused(refusal) = gate.ask(&ask(), now()) else { panic!("stopped") };
    assert_eq!(refusal.why, Why::Halted);
    assert_eq!((refusal.answer.is_some(), paper.last().code), (true, ground::Code::No));

    gate.resume();
    assert!(ground.is_over(now()) && permitted.is_over(now()));
    assert_eq!(before.permit(plan.clone(), now()).map(|_| ()), Err(OutOfScope::Ended));
    assert!(warrant(gate.ask(&ask(), now())).permit(plan, now()).is_ok());
}

/// A ledger that takes so long that everything is stopped meanwhile.
#[derive(Default)]
struct Slow(OnceLock<std::sync::Weak<Gate>>, Paper);

impl Journal for Slow {
    fn write(&self, entry: &Entry) -> Result<AnswerId, NotDurable> {
        if let Some(gate) = self.0.get().and_then(std::sync::Weak::upgrade) {
            gate.halt(now());
            gate.resume();
        }
        self.1.write(entry)
    }
}

#[test]
fn what_is_granted_while_everything_is_stopped_is_born_ended() {
    let slow = Arc::new(Slow::default());
    let gate = Arc::new(gate_over(&book(), Arc::clone(&slow) as Arc<dyn Journal>));
    slow.0.set(Arc::downgrade(&gate)).unwrap();
    let ground = collect(&gate, &[Field::Bytes]);
    assert!(ground.is_over(now()));
    assert_eq!(gate.mask().fields(), Fields::NONE);
    let plan = plan(now().wall);
    let warrant = warrant(gate.ask(&block(&plan), now()));
    assert_eq!(warrant.permit(plan, now()).map(|_| ()), Err(OutOfScope::Ended));
}

#[test]
fn decoders_see_the_union_of_the_grounds_over_flow_export_and_nothing_else() {
    let (book, (gate, _)) = (book(), gate(&book()));
    let mask = gate.mask();
    assert_eq!((mask.fields(), mask.epoch()), (Fields::NONE, 0));
    let one = collect(&gate, &[Field::Bytes]);
    assert_eq!((mask.fields(), mask.epoch()), (Fields::of(&[Field::Bytes]), 1));
    let same = collect(&gate, &[Field::Bytes]);
    assert_eq!(mask.epoch(), 1);
    let other = collect(&gate, &[Field::Packets]);
    assert_eq!(mask.fields(), Fields::of(&[Field::Bytes, Field::Packets]));
    // A ground over kept data decodes nothing.
    let analyse = ready(measure(&book, "17-chi-analyse-anomaly"), now());
    let kept = ground(gate.ask(&analyse, now()));
    assert_eq!(mask.fields().count(), 2);
    // A ground nobody holds any more is let go of at the next sweep.
    drop((one, same, kept));
    gate.sweep(now());
    assert_eq!((mask.fields(), mask.epoch()), (Fields::of(&[Field::Packets]), 3));
    drop(other);
    gate.sweep(now());
    assert_eq!(mask.fields(), Fields::NONE);
}

#[test]
fn consent_and_signatures_end_a_grant_on_both_clocks() {
    let book = book();
    for (consent, signed, minutes) in
        [(Some(10), None, 10), (None, Some(20), 20), (Some(90), None, 60)]
    {
        let mut request = ready(measure(&book, "02-i-block-at-victims-request"), now());
        let until = |m: Option<u64>| m.map(|m| now().wall.after(Span::minutes(m)));
        let fact = ground::Fact::LineConsents;
        let mut said = request.record.facts.get(fact).unwrap().clone();
        said.until = until(consent);
        request.record.facts.learn(fact, said);
        request.record.signatures[0].until = until(signed);
        let answer = gate(&book).0.ask(&request, now());
        assert_eq!(answer.gives(), Gives::Granted);
        assert_eq!(granted(answer).until, now().after(Span::minutes(minutes)));
    }
}

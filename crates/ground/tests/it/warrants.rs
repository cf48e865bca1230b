//! A warrant permits the very plan it was given for, once, and nothing that goes further.

use ground::{Digest, End, Frame, Gives, OutOfScope, Plan, Request, SignedOn};
use proptest::prelude::*;
use proptest::sample::select;
use terms::{
    Act, Action, CaseId, Field, Fields, Mitigation, MitigationId, Moment, OwnPrefix, PortRange,
    Scope, SizeRange, Span, Subject, TcpFlags, Time, Traits,
};

use crate::desk::{PLAN, book, gate, line_7, login_7, measure, now, ready, set, warrant};
use crate::law_book::shapes;

fn own(net: &str) -> OwnPrefix {
    OwnPrefix::try_from(net.parse::<terms::IpNet>().unwrap()).unwrap()
}

/// A plan to stop one kind of traffic to line 7.
pub(crate) fn plan(ends: Time) -> Mitigation {
    let ports = vec![PortRange { first: 123, last: 123 }];
    Mitigation {
        id: MitigationId(1),
        case: CaseId(1),
        scope: Scope::OwnDestination(own("192.0.2.7/32")),
        traits: vec![Traits { protocol: Some(17), src_ports: ports, ..Traits::default() }],
        action: Action::Discard,
        ends,
    }
}

/// A request to carry out `plan` at the line's wish, signed for that plan.
pub(crate) fn block(plan: &impl Plan) -> Request {
    let mut request = ready(measure(&book(), "02-i-block-at-victims-request"), now());
    request.plan = Some(plan.digest());
    request.record.signatures[0].on = SignedOn::Plan(plan.digest());
    request
}

fn permit(request: &Request, plan: Mitigation, at: Moment) -> Result<(), OutOfScope> {
    warrant(gate(&book()).0.ask(request, now())).permit(plan, at).map(|permitted| {
        assert_eq!(permitted.measure(), request.only.as_ref().unwrap());
        assert_eq!(End::At(permitted.until()), request.end);
    })
}

fn ends() -> Time {
    now().wall.after(Span::minutes(60))
}

#[test]
fn the_plan_that_was_asked_for_is_permitted() {
    let asked = plan(ends());
    let (gate, paper) = gate(&book());
    let permitted = warrant(gate.ask(&block(&asked), now())).permit(asked.clone(), now()).unwrap();
    assert_eq!(*permitted.plan(), asked);
    assert_eq!(permitted.answer().0 as usize, paper.entries().len() - 1);
    assert!(!permitted.is_over(now()));
    assert!(permitted.is_over(now().after(Span::minutes(60))));
}

#[test]
fn any_other_plan_is_not() {
    let asked = plan(ends());
    let other = |change: &dyn Fn(&mut Mitigation)| {
        let mut other = asked.clone();
        change(&mut other);
        permit(&block(&asked), other, now())
    };
    assert_eq!(other(&|_| {}), Ok(()));
    assert_eq!(other(&|p| p.id = MitigationId(2)), Err(OutOfScope::Plan));
    assert_eq!(other(&|p| p.case = CaseId(2)), Err(OutOfScope::Plan));
    assert_eq!(other(&|p| p.action = Action::RateLimit(0)), Err(OutOfScope::Plan));
    assert_eq!(other(&|p| p.traits.clear()), Err(OutOfScope::Plan));
    assert_eq!(other(&|p| p.traits.push(Traits::default())), Err(OutOfScope::Plan));
    assert_eq!(other(&|p| p.ends = p.ends.before(Span(1))), Err(OutOfScope::Plan));
    let wider = Scope::OwnDestination(own("192.0.2.0/24"));
    assert_eq!(other(&|p| p.scope = wider.clone()), Err(OutOfScope::Plan));
    let source = Scope::OwnSource(own("192.0.2.7/32"));
    assert_eq!(other(&|p| p.scope = source.clone()), Err(OutOfScope::Plan));
}

#[test]
fn a_plan_that_goes_further_than_its_own_request_is_not_permitted() {
    let mut wide = plan(ends());
    wide.scope = Scope::OwnDestination(own("192.0.2.6/31"));
    assert_eq!(permit(&block(&wide), wide, now()), Err(OutOfScope::Subject));

    let long = plan(ends().after(Span(1)));
    assert_eq!(permit(&block(&long), long, now()), Err(OutOfScope::Ended));

    let mut standing = plan(ends());
    standing.scope = Scope::Standing(own("192.0.2.7/32"));
    assert_eq!(permit(&block(&standing), standing, now()), Err(OutOfScope::Plan));

    let asked = plan(ends());
    let end = now().after(Span::minutes(60));
    assert_eq!(permit(&block(&asked), asked.clone(), end), Err(OutOfScope::Ended));
    let mono = Moment { wall: now().wall, ..end };
    assert_eq!(permit(&block(&asked), asked, mono), Err(OutOfScope::Ended));
}

#[test]
fn a_plan_looks_only_at_the_fields_that_were_asked_for() {
    let ports = || vec![PortRange { first: 53, last: 53 }];
    let cases: [(Traits, &[Field]); 9] = [
        (Traits::default(), &[]),
        (
            Traits { source: Some("198.51.100.0/24".parse().unwrap()), ..Traits::default() },
            &[Field::SrcAddress],
        ),
        (Traits { protocol: Some(17), ..Traits::default() }, &[Field::Protocol]),
        (Traits { src_ports: ports(), ..Traits::default() }, &[Field::SrcPort]),
        (Traits { dst_ports: ports(), ..Traits::default() }, &[Field::DstPort]),
        // A port is the port of a protocol.
        (Traits { protocol: Some(17), dst_ports: ports(), ..Traits::default() }, &[Field::DstPort]),
        (
            Traits { size: Some(SizeRange { least: 0, most: 64 }), ..Traits::default() },
            &[Field::Bytes, Field::Packets],
        ),
        (
            Traits { tcp_flags: Some(TcpFlags { set: 2, unset: 16 }), ..Traits::default() },
            &[Field::TcpFlags],
        ),
        (Traits { fragments: true, ..Traits::default() }, &[Field::Fragment]),
    ];
    for (traits, fields) in cases {
        let mut plan = plan(ends());
        plan.traits = vec![Traits::default(), traits];
        let needed = Fields::of(fields).with(Field::DstAddress);
        assert_eq!(plan.fields(), needed);
        let ask = |fields| permit(&Request { fields, ..block(&plan) }, plan.clone(), now());
        assert_eq!(ask(needed), Ok(()));
        for one in needed.iter() {
            let without: Fields = needed.iter().filter(|f| *f != one).collect();
            assert_eq!(ask(without), Err(OutOfScope::Fields), "{one}");
        }
    }
}

#[test]
fn an_act_on_the_world_without_a_plan_is_refused_and_booked() {
    let (gate, paper) = gate(&book());
    let mut request = ready(measure(&book(), "06-ka-filter-amplification"), now());
    request.plan = None;
    let answer = gate.ask(&request, now());
    assert_eq!(answer.gives(), Gives::Refused);
    assert_eq!((paper.entries().len(), paper.last().code), (1, ground::Code::No));
}

#[test]
fn a_warrant_about_one_log_in_touches_nobodys_addresses() {
    let book = shapes(&["login"]);
    let request = Request { act: Act::Block, ..ready(measure(&book, "login"), now()) };
    assert_eq!(request.subject, login_7());
    for (touches, permitted) in [(set(&[]), true), (set(&["192.0.2.7/32"]), false)] {
        let frame = Frame { act: Act::Block, touches: (*touches).clone(), ends: ends() };
        let plan = Anything(frame, PLAN, Fields::NONE);
        let warrant = warrant(gate(&book).0.ask(&request, now()));
        assert_eq!(warrant.permit(plan, now()).is_ok(), permitted, "{touches:?}");
    }
}

/// A plan of any kind, for any warrant.
#[derive(Debug, Clone)]
struct Anything(Frame, Digest, Fields);

impl Plan for Anything {
    fn frame(&self) -> Frame {
        self.0.clone()
    }
    fn digest(&self) -> Digest {
        self.1
    }
    fn fields(&self) -> Fields {
        self.2
    }
}

proptest! {
    #[test]
    fn a_warrant_permits_a_plan_only_within_everything_it_was_given_for(
        act in prop_oneof![6 => Just(Act::Block), 1 => select(Act::ALL)],
        touches in select(vec![set(&["192.0.2.7/32"]), set(&["192.0.2.7/32", "192.0.2.8/32"]), set(&[])]),
        ends in 0_u64..75,
        right_digest in proptest::bool::weighted(0.8),
        bits in prop_oneof![4 => 0_u64..0x80, 1 => 0_u64..0x100],
        wide in any::<bool>(),
    ) {
        let frame = Frame {
            act,
            touches: (*touches).clone(),
            ends: now().wall.after(Span::minutes(ends)),
        };
        let digest = if right_digest { PLAN } else { Digest([8; 32]) };
        let fields = Fields::from_bits(bits);
        let plan = Anything(frame, digest, fields);
        let book = book();
        let mut request = ready(measure(&book, "04-e-a-block-while-impaired"), now());
        (request.act, request.fields) = (Act::Block, Fields::from_bits(0x7f));
        request.subject = if wide { crate::desk::pool() } else { line_7() };
        let allowed = act == Act::Block
            && digest == PLAN
            && ends <= 60
            && fields.within(request.fields)
            && touches.nets().iter().all(|net| match &request.subject {
                Subject::Line(_, own) | Subject::Prefixes(own) => own.covers(net),
                Subject::Network => true,
                Subject::One(..) => false,
            });
        let warrant = warrant(gate(&book).0.ask(&request, now()));
        prop_assert_eq!(warrant.permit(plan, now()).is_ok(), allowed);
    }
}

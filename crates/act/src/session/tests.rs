//! Two sessions speak to each other in memory, and hostile bytes end a session but nothing else.

use proptest::prelude::*;
use rustbgpd_wire::{Afi, RouteRefreshMessage, Safi};
use terms::Action as Done;

use super::*;
use crate::flowspec::tests::rule_of;
use crate::update;

fn config(local_asn: u32, remote_asn: u32) -> Config {
    let text = format!(
        "local-asn = {local_asn}\nrouter-id = \"192.0.2.{}\"\n[[peers]]\nname = \"r\"\n\
         address = \"192.0.2.2\"\nremote-asn = {remote_asn}\n",
        local_asn % 200 + 1
    );
    toml::from_str(&text).unwrap()
}

fn open(config: &Config, now: Instant) -> Session {
    Session::open(config, &config.peers[0], now)
}

/// Carries bytes between the two until neither has any; what each heard.
fn talk(a: &mut Session, b: &mut Session, now: Instant) -> (Vec<Heard>, Vec<Heard>) {
    let (mut by_a, mut by_b) = (Vec::new(), Vec::new());
    while !a.unwritten().is_empty() || !b.unwritten().is_empty() {
        carry(a, b, &mut by_b, now);
        carry(b, a, &mut by_a, now);
    }
    (by_a, by_b)
}

/// In pieces of 7 bytes: TCP does not keep messages together.
fn carry(from: &mut Session, to: &mut Session, heard: &mut Vec<Heard>, now: Instant) {
    while !from.unwritten().is_empty() {
        let piece: Vec<u8> = from.unwritten().iter().copied().take(7).collect();
        from.wrote(piece.len(), now);
        heard.extend(to.received(&piece, now));
    }
}

fn established(local: u32, remote: u32) -> (Session, Session, Instant) {
    let now = Instant::now();
    let (mut a, mut b) = (open(&config(local, remote), now), open(&config(remote, local), now));
    let (by_a, by_b) = talk(&mut a, &mut b, now);
    assert_eq!(
        (by_a.as_slice(), by_b.as_slice()),
        (&[Heard::Established][..], &[Heard::Established][..])
    );
    (a, b, now)
}

#[test]
fn two_speakers_establish_both_families_and_routes_are_only_counted() {
    for (local, remote) in [(64500, 64501), (4_200_000_001, 64501)] {
        let (mut a, mut b, now) = established(local, remote);
        assert_eq!(a.families(), BTreeSet::from(Family::ALL));
        let before = a.written();
        let end = a.queue(update::announce(&rule_of(Done::Discard), a.dialect()), now);
        assert!(end > before && a.written() == before);
        let (_, by_b) = talk(&mut a, &mut b, now);
        assert_eq!((by_b.as_slice(), a.written()), (&[Heard::Routes][..], end));
        assert!(a.established() && b.established());
    }
}

#[test]
fn keepalives_go_out_in_time_and_silence_ends_the_session() {
    let (mut a, mut b, now) = established(64500, 64501);
    let third = now + Duration::from_secs(30);
    assert_eq!(a.due(), Some(third));
    a.pass(third);
    let (_, by_b) = talk(&mut a, &mut b, third);
    assert_eq!(by_b, [Heard::Alive]);
    // A heard nothing since it was established; B was heard from at 30 s.
    let late = now + Duration::from_secs(90);
    a.pass(late);
    assert!(a.over());
    talk(&mut a, &mut b, late);
    assert_eq!(a.into_end().to_string(), "we ended the session: Hold Timer Expired (4/0)");
    assert!(b.into_end().to_string().contains("the peer ended the session: Hold Timer Expired"));
}

#[test]
fn a_stop_says_why_and_is_a_hard_reset_where_rules_would_outlive_it() {
    for restart in [None, Some(120)] {
        let now = Instant::now();
        let mut ours = config(64500, 64501);
        ours.peers[0].graceful_restart = restart;
        let (mut a, mut b) = (open(&ours, now), open(&config(64501, 64500), now));
        talk(&mut a, &mut b, now);
        a.stop(now);
        assert!(a.over() && !a.established());
        talk(&mut a, &mut b, now);
        let end = b.into_end().to_string();
        assert!(end.contains(if restart.is_some() { "(6/9)" } else { "(6/2)" }), "{end}");
        assert!(end.contains("saying \"all rules withdrawn, speaker stopped\""), "{end}");
    }
}

#[test]
fn a_peer_of_another_as_is_refused_with_both_numbers() {
    let now = Instant::now();
    let (mut a, mut b) = (open(&config(64500, 64999), now), open(&config(64501, 64500), now));
    talk(&mut a, &mut b, now);
    let end = a.into_end().to_string();
    assert!(end.contains("Bad Peer AS") && end.contains("64501") && end.contains("64999"), "{end}");
}

#[test]
fn a_peer_without_flowspec_is_refused() {
    let now = Instant::now();
    let (mut a, mut b) = (open(&config(64500, 64501), now), open(&config(64501, 64500), now));
    let mut settings = config(64501, 64500).peers[0].session(&config(64501, 64500));
    settings.families = vec![(Afi::Ipv4, Safi::Unicast)];
    settings.disable_ipv4_unicast = false;
    b.fsm = rustbgpd_fsm::Session::new(settings);
    b.output.clear();
    b.event(Event::ManualStart, now);
    b.event(Event::TcpConnectionConfirmed, now);
    talk(&mut a, &mut b, now);
    assert!(a.into_end().to_string().contains("Unsupported Capability"));
}

#[test]
fn a_peer_that_takes_nothing_is_given_up() {
    let (mut a, _, now) = established(64500, 64501);
    a.queue(update::announce(&rule_of(Done::Discard), a.dialect()), now);
    a.hold = None;
    a.pass(now + Duration::from_secs(479));
    assert!(!a.over());
    a.pass(now + Duration::from_secs(480));
    assert!(a.over() && a.unwritten().is_empty());
    assert!(a.into_end().to_string().contains("took nothing for 480 s"));
}

#[test]
fn a_family_that_is_asked_for_again_is_told() {
    let (mut a, mut b, now) = established(64500, 64501);
    for (afi, safi, heard) in [
        (Afi::Ipv6, Safi::FlowSpec, Some(Heard::Refresh(Family::Ipv6))),
        (Afi::Ipv4, Safi::Unicast, None),
    ] {
        b.say(&Message::RouteRefresh(RouteRefreshMessage::new(afi, safi)), now);
        let (by_a, _) = talk(&mut a, &mut b, now);
        assert_eq!(by_a, heard.into_iter().collect::<Vec<_>>());
        assert!(a.established());
    }
}

#[test]
fn routes_that_are_malformed_do_not_end_the_session() {
    let (mut a, _, now) = established(64500, 64501);
    // An ORIGIN of 200 octets that has one, then bytes that are no prefix.
    let body = [0, 0, 0, 4, 0x40, 1, 200, 9, 255, 1, 2];
    let mut message = vec![0xff; 16];
    message.extend_from_slice(&[0, 19 + body.len() as u8, 2]);
    message.extend_from_slice(&body);
    assert_eq!(a.received(&message, now), [Heard::Routes]);
    assert!(a.established());
}

#[test]
fn what_is_not_bgp_ends_the_session_with_the_reason() {
    let (mut a, _, now) = established(64500, 64501);
    assert!(a.received(b"GET / HTTP/1.1\r\nHost: example\r\n\r\n", now).is_empty());
    assert!(a.over() && !a.unwritten().is_empty(), "a NOTIFICATION is owed");
    assert_eq!(
        a.into_end().to_string(),
        "the peer sent something that is not BGP: invalid header marker"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_a_session_panic(
        is_open in any::<bool>(),
        kind in 0_u8..7,
        body in proptest::collection::vec(any::<u8>(), 0..200),
        tail in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let (mut session, now) = if is_open {
            let (a, _, now) = established(64500, 64501);
            (a, now)
        } else {
            let now = Instant::now();
            (open(&config(64500, 64501), now), now)
        };
        let mut message = vec![0xff; 16];
        message.extend_from_slice(&(19 + body.len() as u16).to_be_bytes());
        message.push(kind);
        message.extend_from_slice(&body);
        message.extend_from_slice(&tail);
        let _ = session.received(&message, now);
        let _ = session.received(&tail, now);
        session.pass(now + Duration::from_secs(1000));
        let unwritten = session.unwritten().len();
        session.wrote(unwritten, now);
        let _ = session.into_end().to_string();
    }
}

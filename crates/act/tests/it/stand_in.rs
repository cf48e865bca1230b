//! The speaker against a peer that the test plays itself: silent, partial, hostile, gone.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use act::{Carried, Config, Retired, SessionState, Speaker};
use rustbgpd_wire::{
    Afi, Capability, Message, OpenMessage, PathAttribute, RouteRefreshMessage, RouteRefreshSubtype,
    Safi, decode_message, encode_message, peek_message_length,
};
use terms::{Action, MitigationId, PortRange, Span, Traits};
use tokio::runtime::Runtime;

use crate::daemon::{until, until_equal};
use crate::permit::{Desk, dns, syn};
use crate::ports::free_port;

const OWN: &str = "192.0.2.7/32";
const BOTH: [Afi; 2] = [Afi::Ipv4, Afi::Ipv6];

/// The other end of a session.
struct StandIn(TcpStream);

/// A speaker with one peer, and where that peer listens.
struct Stage {
    desk: Desk,
    speaker: Speaker,
    listener: TcpListener,
    runtime: Runtime,
}

fn stage(settings: &str) -> Stage {
    let port = free_port();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let text = format!(
        "local-asn = 64500\nrouter-id = \"192.0.2.1\"\n[[peers]]\nname = \"edge-1\"\n\
         address = \"127.0.0.1\"\nport = {port}\nremote-asn = 64501\n{settings}\n"
    );
    let config: Config = toml::from_str(&text).unwrap();
    let (desk, runtime) = (Desk::open(), Runtime::new().unwrap());
    let speaker = Speaker::start_on(config, desk.clock(), runtime.handle()).unwrap();
    Stage { desk, speaker, listener, runtime }
}

impl Stage {
    /// Takes the next connection and opens a session of these families on it.
    fn accept(&self, families: &[Afi]) -> (StandIn, OpenMessage) {
        let mut peer = self.connection();
        let Message::Open(open) = peer.hear() else { panic!("no OPEN") };
        let mut capabilities: Vec<Capability> = families
            .iter()
            .map(|&afi| Capability::MultiProtocol { afi, safi: Safi::FlowSpec })
            .collect();
        capabilities.extend([
            Capability::RouteRefresh,
            Capability::EnhancedRouteRefresh,
            Capability::FourOctetAs { asn: 64501 },
        ]);
        peer.say(&Message::Open(OpenMessage {
            version: 4,
            my_as: 64501,
            hold_time: 90,
            bgp_identifier: [192, 0, 2, 2].into(),
            capabilities,
        }));
        assert_eq!(peer.hear(), Message::Keepalive);
        peer.say(&Message::Keepalive);
        (peer, open)
    }

    fn connection(&self) -> StandIn {
        let (stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        StandIn(stream)
    }

    fn apply(&self, id: u64, own: &str, traits: Vec<Traits>) {
        let plan = self.desk.plan(id, own, traits, Action::Discard, Span::minutes(60));
        self.speaker.apply(self.desk.permit(&plan), self.desk.now()).unwrap();
    }

    fn carried(&self) -> Vec<Carried> {
        self.speaker.standing().iter().map(|s| s.peers[0].1).collect()
    }

    fn retired(&self) -> Vec<Retired> {
        self.speaker.withdrawn().iter().map(|w| w.peers[0].1).collect()
    }

    fn last_error(&self) -> String {
        until("an error", || {
            let error = self.speaker.peers()[0].last_error.clone();
            error.map(|e| e.why).ok_or_else(|| "none yet".to_owned())
        })
    }
}

impl StandIn {
    fn say(&mut self, message: &Message) {
        self.0.write_all(&encode_message(message).unwrap()).unwrap();
    }

    fn hear(&mut self) -> Message {
        let mut message = vec![0; 19];
        self.0.read_exact(&mut message).unwrap();
        let length = peek_message_length(&message, 4096).unwrap().unwrap();
        message.resize(length.into(), 0);
        self.0.read_exact(&mut message[19..]).unwrap();
        decode_message(&mut message.into(), 4096).unwrap()
    }

    /// The attribute that carries NLRI of the next UPDATE.
    fn hear_update(&mut self) -> PathAttribute {
        loop {
            match self.hear() {
                Message::Keepalive => {}
                Message::Update(update) => {
                    return update.parse(true, false, &[]).unwrap().attributes.remove(0);
                }
                other => panic!("not an UPDATE: {other:?}"),
            }
        }
    }

    /// How many rules are announced before the End-of-RIB of every family in `families`.
    fn hear_table(&mut self, families: &[Afi]) -> usize {
        let (mut rules, mut ends) = (0, Vec::new());
        while ends.len() < families.len() {
            match self.hear_update() {
                PathAttribute::MpReachNlri(reach) => rules += reach.flowspec_announced.len(),
                PathAttribute::MpUnreachNlri(none) => {
                    assert!(none.flowspec_withdrawn.is_empty());
                    ends.push(none.afi);
                }
                other => panic!("not NLRI: {other:?}"),
            }
        }
        assert_eq!(ends, families);
        rules
    }
}

#[test]
fn an_update_is_confirmed_by_the_next_keepalive_and_not_before() {
    let stage = stage("");
    let (mut peer, open) = stage.accept(&BOTH);
    assert_eq!(peer.hear_table(&BOTH), 0);
    let restarts = |c: &Capability| matches!(c, Capability::GracefulRestart { .. });
    assert!(!open.capabilities.iter().any(restarts), "graceful restart must be off");
    stage.apply(1, OWN, vec![dns()]);
    assert!(matches!(peer.hear_update(), PathAttribute::MpReachNlri(_)));
    until_equal("written", &vec![Carried::Announced], || stage.carried());
    peer.say(&Message::Keepalive);
    until_equal("confirmed", &vec![Carried::Confirmed], || stage.carried());
    stage.speaker.withdraw(MitigationId(1)).unwrap();
    assert!(matches!(peer.hear_update(), PathAttribute::MpUnreachNlri(_)));
    until_equal("withdrawal written", &vec![Retired::Sent], || stage.retired());
    peer.say(&Message::Keepalive);
    until_equal("withdrawal confirmed", &vec![Retired::Confirmed], || stage.retired());
}

#[test]
fn a_family_the_peer_does_not_offer_is_said_not_to_be_carried() {
    let stage = stage("");
    stage.apply(1, OWN, vec![dns()]);
    stage.apply(2, "2001:db8:7::/48", vec![syn()]);
    let (mut peer, _) = stage.accept(&[Afi::Ipv4]);
    assert_eq!(peer.hear_table(&[Afi::Ipv4]), 1);
    peer.say(&Message::Keepalive);
    let wanted = vec![Carried::Confirmed, Carried::NotOffered];
    until_equal("one family", &wanted, || stage.carried());
}

#[test]
fn a_thousand_rules_are_told_at_once_and_told_again_when_asked() {
    let stage = stage("");
    let port = |n| Traits { dst_ports: vec![PortRange { first: n, last: n }], ..Traits::default() };
    stage.apply(1, OWN, (1..=1000).map(port).collect());
    let (mut peer, _) = stage.accept(&BOTH);
    assert_eq!(peer.hear_table(&BOTH), 1000);
    let refresh = |subtype| {
        Message::RouteRefresh(RouteRefreshMessage::new_with_subtype(
            Afi::Ipv4,
            Safi::FlowSpec,
            subtype,
        ))
    };
    peer.say(&refresh(RouteRefreshSubtype::Normal));
    assert_eq!(peer.hear(), refresh(RouteRefreshSubtype::BoRR));
    for _ in 0..1000 {
        assert!(matches!(peer.hear_update(), PathAttribute::MpReachNlri(_)));
    }
    assert_eq!(peer.hear(), refresh(RouteRefreshSubtype::EoRR));
    peer.say(&Message::Keepalive);
    until_equal("all confirmed", &1000, || stage.speaker.peers()[0].confirmed);
    let error = stage.desk.plan(2, OWN, vec![dns()], Action::Discard, Span::minutes(1));
    let error = stage.speaker.apply(stage.desk.permit(&error), stage.desk.now()).unwrap_err();
    assert!(error.to_string().contains("1000 of at most 1000"), "{error}");
}

#[test]
fn a_peer_that_does_not_speak_bgp_is_named_and_tried_again() {
    let stage = stage("");
    stage.apply(1, OWN, vec![dns()]);
    let mut garbage = stage.connection();
    garbage.0.write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n").unwrap();
    let why = stage.last_error();
    assert!(why.starts_with("peer edge-1 (127.0.0.1 port ") && why.contains("not BGP"), "{why}");
    let (mut peer, _) = stage.accept(&BOTH);
    assert_eq!(peer.hear_table(&BOTH), 1);
    // Now in the middle of an established session: a message of an unknown type.
    let mut unknown = vec![0xff; 16];
    unknown.extend_from_slice(&[0, 19, 99]);
    peer.0.write_all(&unknown).unwrap();
    let notified = loop {
        match peer.hear() {
            Message::Notification(notification) => break notification,
            Message::Keepalive => {}
            other => panic!("neither NOTIFICATION nor KEEPALIVE: {other:?}"),
        }
    };
    assert_eq!((notified.code.as_u8(), notified.subcode), (1, 3), "bad message type");
    until_equal("session ended", &vec![Carried::NotConnected], || stage.carried());
    assert!(stage.last_error().contains("unknown message type 99"), "{}", stage.last_error());
}

#[test]
fn routes_from_a_peer_are_counted_and_ignored() {
    let stage = stage("");
    let (mut peer, _) = stage.accept(&BOTH);
    assert_eq!(peer.hear_table(&BOTH), 0);
    // A withdrawn prefix of 99 bits in an UPDATE: no reason to lose the session.
    let mut update = vec![0xff; 16];
    update.extend_from_slice(&[0, 24, 2, 0, 1, 99, 0, 0]);
    peer.0.write_all(&update).unwrap();
    until_equal("one update counted", &1, || stage.speaker.peers()[0].updates_ignored);
    assert_eq!(stage.speaker.peers()[0].state, SessionState::Established);
}

#[test]
fn with_graceful_restart_a_lost_session_may_leave_a_rule_and_we_say_so() {
    let stage = stage("graceful-restart = 120");
    stage.apply(1, OWN, vec![dns()]);
    let (mut peer, open) = stage.accept(&BOTH);
    let time = open.capabilities.iter().find_map(|c| match c {
        Capability::GracefulRestart { restart_time, .. } => Some(*restart_time),
        _ => None,
    });
    assert_eq!(time, Some(120));
    assert_eq!(peer.hear_table(&BOTH), 1);
    let listener = stage.listener.try_clone().unwrap();
    drop(peer);
    until_equal("lost", &vec![Carried::NotConnected], || stage.carried());
    stage.speaker.withdraw(MitigationId(1)).unwrap();
    assert_eq!(stage.retired(), [Retired::MayLinger]);
    stage.desk.pass(Span::seconds(120));
    assert_eq!(stage.retired(), [Retired::NotConnected]);
    drop(listener);
}

#[test]
fn a_stop_does_not_wait_for_a_peer_that_never_answers() {
    let stage = stage("");
    let mut peer = stage.connection();
    assert!(matches!(peer.hear(), Message::Open(_)));
    until_equal("opening", &SessionState::Opening, || stage.speaker.peers()[0].state);
    stage.runtime.block_on(stage.speaker.stop());
    assert!(matches!(peer.hear(), Message::Notification(n) if n.subcode == 2));
    assert_eq!(stage.speaker.peers()[0].state, SessionState::Stopped);
}

#[test]
fn a_peer_that_is_not_there_is_told_of_with_its_name() {
    let mut stage = stage("");
    // Another port of the same address: on the first nobody listens any more.
    stage.listener = TcpListener::bind(("127.0.0.1", free_port())).unwrap();
    let why = until("an attempt that failed", || {
        let error = stage.speaker.peers()[0].last_error.clone();
        error.filter(|e| e.why.contains("cannot connect")).ok_or_else(|| "none yet".to_owned())
    });
    assert!(why.why.starts_with("peer edge-1 (127.0.0.1 port "), "{why:?}");
}

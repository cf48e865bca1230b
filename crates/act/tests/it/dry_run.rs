//! A dry run shows the very bytes that would be sent to each peer.

use act::{Actuator, Config, Telling};
use rustbgpd_wire::{Message, PathAttribute, decode_message};
use terms::{Action, MitigationId, Span};

use crate::permit::{Desk, fragments};

const TWO_PEERS: &str = r#"
local-asn = 64500
router-id = "192.0.2.1"
dry-run = true
[[peers]]
name = "reflector"
address = "192.0.2.2"
remote-asn = 64500
[[peers]]
name = "edge"
address = "192.0.2.3"
remote-asn = 64501
"#;

#[test]
fn each_peer_is_shown_what_it_would_be_sent() {
    let desk = Desk::open();
    let config: Config = toml::from_str(TWO_PEERS).unwrap();
    let actuator = Actuator::start(Some(config), desk.clock()).unwrap();
    assert!(!actuator.sends() && actuator.peers().is_empty());
    let minutes = Span::minutes(10);
    let plan = desk.plan(1, "192.0.2.7/32", vec![fragments()], Action::Discard, minutes);
    actuator.apply(desk.permit(&plan), desk.now()).unwrap();
    desk.pass(Span::minutes(1));
    assert_eq!(actuator.withdraw_all(), [MitigationId(1)]);
    let shown = actuator.shown();
    let told: Vec<_> = shown.iter().map(|s| (s.peer.as_str(), s.what, s.at)).collect();
    let (then, now) = (desk.now().wall.before(Span::minutes(1)), desk.now().wall);
    assert_eq!(
        told,
        [
            ("reflector", Telling::Announce, then),
            ("edge", Telling::Announce, then),
            ("reflector", Telling::Withdraw, now),
            ("edge", Telling::Withdraw, now),
        ]
    );
    let update = [
        "ffffffffffffffffffffffffffffffff004c02", // marker, 76 bytes, UPDATE
        "00000035",                               // nothing withdrawn, 53 bytes of attributes
        "800e120001850000",                       // MP_REACH_NLRI: AFI 1, SAFI 133, no next hop
        "0c0120c00002070381110c8102",             // 192.0.2.7/32, UDP, not the first fragment
        "40010100",                               // ORIGIN IGP
        "400200",                                 // AS_PATH empty: inside the AS
        "40050400000064",                         // LOCAL_PREF 100
        "c00804ffffff01",                         // NO_EXPORT
        "c010088006000000000000",                 // traffic-rate-bytes 0: discard
    ];
    assert_eq!(shown[0].update, update.concat());
    for (shown, external) in [(&shown[0], false), (&shown[1], true)] {
        let Ok(Message::Update(update)) = decode_message(&mut bytes(&shown.update).into(), 4096)
        else {
            panic!("not an UPDATE: {}", shown.update);
        };
        let attributes = update.parse(true, false, &[]).unwrap().attributes;
        let local_pref = attributes.iter().any(|a| matches!(a, PathAttribute::LocalPref(_)));
        assert_eq!(local_pref, !external);
    }
    assert_eq!(shown[2].update, shown[3].update);
    assert_eq!(actuator.withdrawn()[0].id, MitigationId(1));
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
}

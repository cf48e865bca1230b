//! One story every real router must tell: announced, confirmed, withdrawn, lost, back, ended.

use std::net::IpAddr;
use std::time::Duration;

use act::{Carried, Config, Family, Peer, Retired, SessionState, Speaker};
use terms::{Action, MitigationId, Span};
use tokio::runtime::Runtime;

use crate::daemon::{until, until_equal};
use crate::permit::{Desk, dns, fragments, syn};

/// A real router under test.
pub(crate) trait Router {
    /// Its address and port.
    fn at(&self) -> (IpAddr, u16);
    /// Its rules of a family, as it shows them, sorted.
    fn rules(&self, family: Family) -> Vec<String>;
    /// Takes the session down from its side, or lets it come up again.
    fn session(&self, up: bool);
}

/// How a router shows the rules of the story.
pub(crate) struct Shows {
    pub(crate) dns_discard: &'static str,
    pub(crate) fragments_limited: &'static str,
    pub(crate) syn_discard_v6: &'static str,
}

/// The settings of a speaker in AS 64500 whose only peer is this router in AS 64501.
pub(crate) fn settings(router: &dyn Router) -> Config {
    let (address, port) = router.at();
    Config {
        local_asn: 64500,
        router_id: [127, 0, 0, 1].into(),
        peers: vec![Peer {
            name: "edge".to_owned(),
            address,
            port,
            local_address: Some([127, 0, 0, 1].into()),
            remote_asn: 64501,
            // A loaded machine may keep either side from speaking for a while.
            hold_seconds: 15,
            graceful_restart: None,
            flowspec_ipv4: true,
            flowspec_ipv6: true,
        }],
        max_rules: 100,
        dry_run: false,
    }
}

/// Tells the story.
pub(crate) fn story(router: &dyn Router, shows: &Shows) {
    let (dns_discard, fragments_limited) = (shows.dns_discard, shows.fragments_limited);
    let desk = Desk::open();
    let runtime = Runtime::new().unwrap();
    let speaker = Speaker::start_on(settings(router), desk.clock(), runtime.handle()).unwrap();
    let v4 = || router.rules(Family::Ipv4);
    let v6 = || router.rules(Family::Ipv6);
    let all_v4 = sorted(&[dns_discard, fragments_limited]);
    let all_v6 = sorted(&[shows.syn_discard_v6]);

    // Applied before the session is up: announced with it.
    let own = "192.0.2.7/32";
    let hour = Span::minutes(60);
    let first = desk.plan(1, own, vec![dns()], Action::Discard, hour);
    let limit = Action::RateLimit(125_000);
    let second = desk.plan(2, own, vec![fragments()], limit, Span::minutes(10));
    let third = desk.plan(3, "2001:db8:7::/48", vec![syn()], Action::Discard, hour);
    for plan in [&first, &second] {
        speaker.apply(desk.permit(plan), desk.now()).unwrap();
    }
    until_equal("IPv4 rules", &all_v4, v4);
    // Applied while it is up: announced at once.
    speaker.apply(desk.permit(&third), desk.now()).unwrap();
    until_equal("the IPv6 rule", &all_v6, v6);
    until_equal("confirmation", &vec![Carried::Confirmed; 3], || carried(&speaker));
    let edge = &speaker.peers()[0];
    assert_eq!((edge.state, edge.announced, edge.confirmed), (SessionState::Established, 3, 3));

    // Withdrawn: gone there, and confirmed.
    speaker.withdraw(MitigationId(3)).unwrap();
    until_equal("no IPv6 rule", &Vec::new(), v6);
    until_equal("confirmed withdrawal", &vec![(3, Retired::Confirmed)], || retired(&speaker));
    assert_eq!(v4(), all_v4);

    // The session is lost: the router drops everything by itself, and we say so. A second later the
    // next attempt may fail for another reason, so whoever wants to see this one looks meanwhile.
    let before = speaker.peers()[0].last_error.clone();
    let edge = std::thread::scope(|scope| {
        let lost = scope.spawn(|| {
            until("the session to be lost", || {
                let edge = speaker.peers().remove(0);
                if edge.last_error != before { Ok(edge) } else { Err("it stands".to_owned()) }
            })
        });
        router.session(false);
        lost.join().unwrap()
    });
    assert_eq!((edge.announced, edge.families.len()), (0, 0));
    let why = edge.last_error.unwrap().why;
    assert!(why.contains("peer edge (") && why.contains("the peer"), "{why}");
    until_equal("no rules without a session", &Vec::new(), v4);
    until_equal("no session", &vec![Carried::NotConnected; 2], || carried(&speaker));

    // Meanwhile the second ends, though nobody sweeps; only the first is announced again.
    desk.pass(Span::minutes(10));
    router.session(true);
    until_equal("the rule that has not ended", &sorted(&[dns_discard]), v4);
    let after = vec![Carried::Confirmed, Carried::Ended];
    until_equal("confirmation again", &after, || carried(&speaker));
    assert_eq!(v4(), sorted(&[dns_discard]), "a rule that is over is not announced again");
    assert_eq!(speaker.sweep(desk.now()), [MitigationId(2)]);

    // It ends while the session stands: off the wire even before anyone sweeps.
    desk.pass(Span::minutes(50));
    until_equal("no rule after its end", &Vec::new(), v4);
    assert_eq!(speaker.sweep(desk.now()), [MitigationId(1)]);
    assert!(speaker.standing().is_empty());

    // Dying without a word withdraws too.
    let fourth = desk.plan(4, own, vec![dns()], Action::Discard, hour);
    speaker.apply(desk.permit(&fourth), desk.now()).unwrap();
    until_equal("a rule again", &sorted(&[dns_discard]), v4);
    drop(speaker);
    runtime.shutdown_timeout(Duration::from_secs(1));
    until_equal("no rule after our death", &Vec::new(), v4);

    // A stop withdraws first.
    let runtime = Runtime::new().unwrap();
    let speaker = Speaker::start_on(settings(router), desk.clock(), runtime.handle()).unwrap();
    speaker.apply(desk.permit(&fourth), desk.now()).unwrap();
    until_equal("a rule once more", &sorted(&[dns_discard]), v4);
    runtime.block_on(speaker.stop());
    assert_eq!(speaker.peers()[0].state, SessionState::Stopped);
    until_equal("no rule after a stop", &Vec::new(), v4);
    let refused = speaker.apply(desk.permit(&fourth), desk.now()).unwrap_err();
    assert!(refused.to_string().contains("stopping"), "{refused}");
}

fn sorted(rules: &[&str]) -> Vec<String> {
    let mut rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
    rules.sort();
    rules
}

fn carried(speaker: &Speaker) -> Vec<Carried> {
    speaker.standing().iter().map(|s| s.peers[0].1).collect()
}

fn retired(speaker: &Speaker) -> Vec<(u64, Retired)> {
    speaker.withdrawn().iter().map(|w| (w.id.0, w.peers[0].1)).collect()
}

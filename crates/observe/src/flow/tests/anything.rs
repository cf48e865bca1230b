//! Whatever comes, nothing panics and every octet is accounted for.

use proptest::prelude::*;

use super::*;
use crate::encode::{NetFlow5, Sflow5, compare};

/// Datagrams of all formats that hang together: templates first.
fn valid() -> Vec<Vec<u8>> {
    let records: Vec<_> = (0..12).map(record).collect();
    let boot = Time(AT.0 - 100_000);
    let mut all = v9_datagrams(12);
    let mut ipfix = Ipfix { sequence: 0, domain: 9, sampling: Some(1000) };
    all.push(ipfix.templates(AT));
    all.extend(ipfix.datagrams(AT, &records));
    all.extend(NetFlow5 { boot, sequence: 0, engine: 1, sampling: 9 }.datagrams(AT, &records));
    let agent = "192.0.2.1".parse().unwrap();
    let mut sflow = Sflow5 { boot, agent, sub_agent: 0, sequence: 1, samples: 0, sampling: 10 };
    all.extend(sflow.datagrams(AT, &records));
    all
}

/// An octet somewhere becomes another, or everything after it goes.
fn spoil(datagram: &mut Vec<u8>, at: usize, to: u8, cut: bool) {
    let at = at % datagram.len().max(1);
    if cut {
        datagram.truncate(at);
    } else if let Some(octet) = datagram.get_mut(at) {
        *octet = to;
    }
}

fn framed(datagrams: &[Vec<u8>]) -> Vec<u8> {
    datagrams.iter().flat_map(|d| [&(d.len() as u16).to_be_bytes()[..], d].concat()).collect()
}

const VERSIONS: &[&[u8]] = &[&[0, 5], &[0, 9], &[0, 10], &[0, 0, 0, 5], &[]];

fn mask() -> impl Strategy<Value = Fields> {
    any::<u64>().prop_map(|bits| Fields::from_bits(bits).common(Fields::FLOW))
}

proptest! {
    // `Ear::hear` checks the account and the columns.
    #[test]
    fn random_octets_are_accounted_for(
        version in proptest::sample::select(VERSIONS),
        rest in proptest::collection::vec(any::<u8>(), 0..200),
        mask in mask(),
    ) {
        Ear::under(mask).hear(&[version, &*rest].concat());
    }

    #[test]
    fn spoilt_datagrams_are_accounted_for(
        changes in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>(), 0..8_u8), 1..12),
        mask in mask(),
    ) {
        let mut datagrams = valid();
        for (which, at, to, kind) in changes {
            let n = datagrams.len();
            spoil(&mut datagrams[which % n], at, to, kind == 0);
        }
        let mut ear = Ear::under(mask);
        ear.all(&datagrams);
        ear.all(&datagrams);
    }

    #[test]
    fn what_is_decoded_of_spoilt_datagrams_comes_back_when_encoded(
        changes in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 0..8),
        format in proptest::sample::select(Format::ALL),
    ) {
        let mut datagrams = valid();
        for (which, at, to) in changes {
            let n = datagrams.len();
            spoil(&mut datagrams[which % n], at, to, false);
        }
        prop_assert_eq!(compare(format, &framed(&datagrams)), Ok(()));
    }
}

#[test]
fn whole_datagrams_come_back_through_every_format() {
    for &format in Format::ALL {
        assert_eq!(compare(format, &framed(&valid())), Ok(()));
    }
}

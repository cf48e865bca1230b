//! Guessing at commitments: without its salt, no address and no key tells what an entry is about.

use std::collections::BTreeSet;

use account::Account;
use ground::Digest;
use terms::AnswerId;

use crate::site::Site;
use crate::traffic::{LINE, LINE_V6, now};

/// Everything an entry could be about, in every way it could be written down.
fn secrets(plan_digests: &[&str]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let mut about = |text: String, octets: Vec<u8>, length: u8| {
        for text in [text.clone(), format!("{text}/{length}"), format!("[{text}/{length}]")] {
            all.push(text.into_bytes());
        }
        all.push(octets);
    };
    for host in 0..=255_u8 {
        let v4 = std::net::Ipv4Addr::from([198, 51, 100, host]);
        about(v4.to_string(), v4.octets().to_vec(), 32);
        about(v4.to_string(), v4.to_ipv6_mapped().octets().to_vec(), 32);
        let mut v6: std::net::Ipv6Addr = LINE_V6.parse().expect("an address");
        if let Some(last) = host.checked_sub(1) {
            v6 = std::net::Ipv6Addr::from(u128::from(v6) & !0xff | u128::from(last));
        }
        about(v6.to_string(), v6.octets().to_vec(), 128);
    }
    let words =
        ["network", "line-77", "198.51.100.0/24", "[198.51.100.0/24]", "2001:db8:5a3c::/48"];
    all.extend(words.iter().map(|w| w.as_bytes().to_vec()));
    all.push(line().into_bytes());
    // An answer is about somebody and, for a block, a plan.
    let digests: Vec<Vec<u8>> = plan_digests.iter().map(|hex| octets(hex)).collect();
    let with_plan =
        |s: &Vec<u8>| digests.iter().map(|d| [s.as_slice(), d].concat()).collect::<Vec<_>>();
    let planned: Vec<_> = all.iter().flat_map(with_plan).collect();
    all.extend(planned);
    all.extend(digests);
    all
}

fn line() -> String {
    format!("line-77 [{LINE}/32]")
}

fn octets(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned());
    pairs.filter_map(|pair| u8::from_str_radix(&pair, 16).ok()).collect()
}

/// HMAC-SHA256 (RFC 2104) in hexadecimal, for keys up to a block.
fn hmac(key: &[u8], message: &[u8]) -> String {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(b, k)| *b ^= k);
        block
    };
    let inner = Digest::of(&[&pad(0x36)[..], message].concat());
    Digest::of(&[&pad(0x5c)[..], &inner.0].concat()).hex()
}

/// Tries every address of the own prefixes on every commitment of the ledger: none is found without
/// its salt; and with its salt each is, so that the trial would have shown it. Gives how many secrets
/// were tried on how many commitments.
pub(crate) fn commitments_cannot_be_guessed(site: &Site, plan_digests: &[&str]) -> (usize, usize) {
    let book = site.book();
    let mut commitments: BTreeSet<String> = BTreeSet::new();
    for entry in &book.entries {
        let of_entry = entry["commitments"].as_object().into_iter().flatten();
        commitments.extend(of_entry.filter_map(|(_, c)| Some(c.as_str()?.to_owned())));
    }
    let times: usize =
        book.entries.iter().filter_map(|e| Some(e["commitments"].as_object()?.len())).sum();
    assert!(commitments.len() > 10, "{commitments:?}");
    assert_eq!(commitments.len(), times, "the same is never committed to alike twice");

    let public = std::fs::read(site.operator.data().join("ledger/key.pub")).expect("a key");
    let keys: [&[u8]; 4] = [&[], &[0xff; 32], b"trouble.example/ledger", &public[..32]];
    let secrets = secrets(plan_digests);
    for secret in &secrets {
        let alone = Digest::of(secret).hex();
        assert!(!commitments.contains(&alone), "SHA-256 of {:?}", String::from_utf8_lossy(secret));
        for key in keys {
            let keyed = hmac(key, secret);
            assert!(!commitments.contains(&keyed), "HMAC of {:?}", String::from_utf8_lossy(secret));
        }
    }

    let data = site.operator.data();
    let account = Account::open(&data, "trouble.example/ledger", now()).expect("the folder opens");
    let about = |kind: &str, secret: &[u8]| {
        let is = |i: &usize| {
            let entry = AnswerId(u64::try_from(*i).unwrap_or(u64::MAX));
            account.is_about(entry, kind, secret).expect("it can be read") == Some(true)
        };
        (0..book.entries.len()).filter(is).count()
    };
    // Each of these was among the secrets that were tried.
    for (kind, text, plan) in [
        ("whom", format!("{LINE}/32"), None),
        ("whom", format!("{LINE_V6}/128"), None),
        ("request", format!("[{LINE}/32]"), None),
        ("request", "network".to_owned(), None),
        ("request", format!("[{LINE}/32]"), plan_digests.first()),
        ("request", format!("[{LINE_V6}/128]"), plan_digests.get(1)),
    ] {
        let secret = [text.as_bytes(), &plan.map(|hex| octets(hex)).unwrap_or_default()].concat();
        assert!(secrets.contains(&secret), "{text}");
        assert!(about(kind, &secret) > 0, "with the salt, {kind} {text} is found");
    }
    (secrets.len(), commitments.len())
}

#[test]
fn the_hmac_that_is_guessed_with_is_the_one_of_the_standard() {
    // RFC 4231, test case 2.
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hmac(b"Jefe", b"what do ya want for nothing?"), expected);
}

//! Tests of the ledger: it lasts, it repairs itself, it verifies, and it says what is wrong.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use ct_merkle::digest::array::Array;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof};
use proptest::prelude::*;
use sha2::Sha256;
use tempfile::TempDir;
use terms::{Person, Time};

use super::Ledger;
use super::pending::{self, Pending};
use crate::disk::Disk;
use crate::{Kind, Leaf};

const ORIGIN: &str = "sekisho.example/ledger";

fn leaf(at: i64) -> Leaf {
    Leaf::of(Kind::Shown, Time(at), Person("hanako".to_owned()))
}

pub(super) fn open(data: &TempDir) -> Ledger {
    Ledger::open(data.path(), ORIGIN).unwrap()
}

fn filled(entries: i64) -> (TempDir, Ledger) {
    let data = TempDir::new().unwrap();
    let mut ledger = open(&data);
    for at in 0..entries {
        ledger.append(&leaf(at)).unwrap();
    }
    (data, ledger)
}

pub(super) fn verified(data: &TempDir) -> verify::Verified {
    verify::verify(&data.path().join("ledger"), None, &mut |_, _| {}).unwrap()
}

#[test]
fn an_empty_ledger_verifies_and_has_no_witness() {
    let (data, ledger) = filled(0);
    let found = verified(&data);
    assert_eq!((found.entries, found.checkpoints), (0, 1));
    assert_eq!(found.origin, ORIGIN);
    assert!(!ledger.witnessed());
    assert_eq!(ledger.entry(0).unwrap(), None);
    assert_eq!(ledger.prove_inclusion(0).unwrap(), None);
    assert_eq!(ledger.prove_consistency(0).unwrap(), None);
}

#[test]
fn a_ledger_goes_on_where_it_was() {
    let data = TempDir::new().unwrap();
    let mut expected = 0;
    for round in 0..7 {
        let mut ledger = open(&data);
        assert_eq!(ledger.size(), expected);
        assert!(ledger.repairs().is_empty(), "{:?}", ledger.repairs());
        for _ in 0..round * 37 {
            assert_eq!(ledger.append(&leaf(5)).unwrap(), expected);
            expected += 1;
        }
        assert_eq!(verified(&data).entries, expected);
    }
    assert_eq!(expected, 777);
    let ledger = open(&data);
    for (from, count) in
        [(0, 777), (250, 10), (255, 1), (256, 512), (700, 1000), (777, 5), (9000, 1)]
    {
        let entries = ledger.entries(from, count).unwrap();
        assert_eq!(entries.len() as u64, count.min(777_u64.saturating_sub(from)), "{from} {count}");
        for (index, entry) in (from..).zip(entries) {
            assert!(entry.contains(&format!("\"seq\":{index},")), "{entry}");
        }
    }
    for index in [0, 255, 256, 511, 512, 776] {
        let entry = ledger.entry(index).unwrap().unwrap();
        assert!(entry.starts_with(&format!(r#"{{"v":1,"seq":{index},"#)), "{entry}");
    }
}

#[test]
fn a_key_given_from_elsewhere_must_be_the_ledgers() {
    let (data, ledger) = filled(3);
    let (_other, stranger) = filled(0);
    let folder = data.path().join("ledger");
    verify::verify(&folder, Some(ledger.public_key()), &mut |_, _| {}).unwrap();
    verify::verify(&folder, Some(stranger.public_key()), &mut |_, _| {}).unwrap_err();
    fs::remove_file(folder.join("key.pub")).unwrap();
    verify::verify(&folder, Some(ledger.public_key()), &mut |_, _| {}).unwrap();
    let fault = verify::verify(&folder, Some(stranger.public_key()), &mut |_, _| {}).unwrap_err();
    assert_eq!(fault.file, "checkpoint");
}

#[test]
fn time_goes_back_only_after_a_booked_clock_jump() {
    let (data, mut ledger) = filled(0);
    ledger.append(&leaf(10_000)).unwrap();
    assert_eq!(ledger.append(&leaf(9_500)).unwrap(), 1);
    assert!(ledger.entry(1).unwrap().unwrap().contains(r#""time":10000,"#));
    assert_eq!(ledger.append(&leaf(4_000)).unwrap(), 3);
    let jump = ledger.entry(2).unwrap().unwrap();
    assert!(jump.contains(r#""time":4000,"kind":"clock-jump""#), "{jump}");
    assert!(jump.contains(r#""back-ms":6000"#), "{jump}");
    assert_eq!(verified(&data).entries, 4);
}

#[test]
fn a_full_disk_acknowledges_nothing_and_the_ledger_goes_on_when_there_is_room() {
    let (data, mut ledger) = filled(0);
    let room = ledger.disk.room.clone();
    let (mut acknowledged, mut waiting) = (0, 0);
    // Every amount of room up to more than an entry with all its files needs.
    for bytes in (0..4_000).step_by(37) {
        room.store(bytes, Ordering::Relaxed);
        match ledger.append(&leaf(1)) {
            Ok(index) => {
                assert_eq!(index, acknowledged);
                acknowledged += 1;
                waiting += u64::from(ledger.lag().is_some());
            }
            Err(e) => assert!(e.to_string().contains("make room on the disk"), "{e}"),
        }
        assert_eq!(ledger.size(), acknowledged);
    }
    assert!(acknowledged > 5 && waiting > 1, "{acknowledged} {waiting}");
    room.store(u64::MAX, Ordering::Relaxed);
    assert_eq!(ledger.append(&leaf(1)).unwrap(), acknowledged);
    assert_eq!(ledger.lag(), None);
    assert_eq!(verified(&data).entries, acknowledged + 1);
    drop(ledger);
    assert_eq!(open(&data).size(), acknowledged + 1);
    assert_eq!(verified(&data).entries, acknowledged + 1);
}

#[test]
fn a_disk_that_fills_up_around_the_end_of_a_bundle_loses_nothing() {
    let (start, ledger) = filled(253);
    drop(ledger);
    for bytes in (0..300_000).step_by(15_013) {
        let data = copy(&start);
        let mut ledger = open(&data);
        let room = ledger.disk.room.clone();
        room.store(bytes, Ordering::Relaxed);
        let mut acknowledged = 253;
        for _ in 0..6 {
            acknowledged += u64::from(ledger.append(&leaf(300)).is_ok());
        }
        drop(ledger);
        let ledger = open(&data);
        assert!(ledger.size() >= acknowledged, "{} {acknowledged}", ledger.size());
        assert_eq!(verified(&data).entries, ledger.size());
    }
}

/// Every state a kill between two steps can leave: the folder of a ledger `n` entries long, with the
/// pending file, history, checkpoint or tiles of an earlier or later moment.
#[test]
fn whatever_step_a_crash_comes_before_the_ledger_is_whole_when_opened() {
    for size in [1, 2, 255, 256, 257, 300] {
        let (before, ledger) = filled(size - 1);
        drop(ledger);
        let after = copy(&before);
        open(&after).append(&leaf(400)).unwrap();
        // The order in which a new entry reaches the files; a crash comes after `done` of them.
        let steps = ["ledger.pending", "ledger/tile", "ledger/checkpoints", "ledger/checkpoint"];
        for done in 0..=steps.len() {
            let crashed = copy(&before);
            for step in &steps[1..done.max(1)] {
                replace(&after.path().join(step), &crashed.path().join(step));
            }
            if done > 0 {
                // The pending file begins anew only after all the others.
                let path = crashed.path().join("ledger.pending");
                let mut held = pending::read(&path).unwrap().unwrap();
                held.entries
                    .push(open(&after).entry(size.unsigned_abs() - 1).unwrap().unwrap().into());
                let disk = Disk::open(crashed.path().join("scratch")).unwrap();
                Pending::create(&disk, &path, held.base, held.history, &held.entries).unwrap();
            }
            let ledger = open(&crashed);
            let expected = if done == 0 { size - 1 } else { size };
            assert_eq!(ledger.size(), expected.unsigned_abs(), "size {size}, {done} steps");
            assert_eq!(verified(&crashed).entries, ledger.size());
        }
    }
}

/// What a power cut leaves of bytes that were not durable; `None` is not even the file.
type Damage = fn(&[u8]) -> Option<Vec<u8>>;

#[test]
fn a_power_cut_may_take_everything_that_was_not_durable_yet() {
    let damages: [Damage; 4] = [
        |_| None,
        |_| Some(Vec::new()),
        |bytes| Some(bytes[..bytes.len() / 2].to_vec()),
        |bytes| Some(vec![0; bytes.len()]),
    ];
    for size in [40, 256, 300] {
        let (before, ledger) = filled(size);
        let settled = usize::try_from(ledger.settled).unwrap();
        for damage in damages {
            let cut = copy(&before);
            for path in &ledger.loose {
                let path = cut.path().join(path.strip_prefix(before.path()).unwrap());
                let whole = fs::read(&path).unwrap();
                // Of the history, what is behind the last durable checkpoint may be lost.
                let keep = if path.ends_with("checkpoints") { settled + 250 } else { 0 };
                let (kept, lost) = whole.split_at(keep.min(whole.len()));
                match damage(lost) {
                    Some(left) => fs::write(&path, [kept, &left].concat()).unwrap(),
                    None if keep > 0 => fs::write(&path, kept).unwrap(),
                    None => fs::remove_file(&path).unwrap(),
                }
            }
            assert_eq!(open(&cut).size(), size.unsigned_abs());
            assert_eq!(verified(&cut).entries, size.unsigned_abs());
        }
    }
}

#[test]
fn a_crash_while_a_ledger_is_begun_does_not_stop_it_from_being_begun() {
    let (begun, ledger) = filled(0);
    drop(ledger);
    let steps = ["ledger.pending", "ledger.key", "ledger/key.pub", "ledger/checkpoints"];
    for done in 0..=steps.len() {
        let crashed = TempDir::new().unwrap();
        fs::create_dir_all(crashed.path().join("ledger")).unwrap();
        for step in &steps[..done] {
            replace(&begun.path().join(step), &crashed.path().join(step));
        }
        // What was being written when the crash came.
        fs::write(crashed.path().join("ledger.unfinished"), "PRIVATE+").unwrap();
        assert_eq!(open(&crashed).append(&leaf(0)).unwrap(), 0, "{done} steps");
        assert_eq!(verified(&crashed).entries, 1);
    }
}

#[test]
fn half_a_checkpoint_at_the_end_of_the_history_is_cut_off_and_written_again() {
    let (data, ledger) = filled(5);
    drop(ledger);
    let history = data.path().join("ledger/checkpoints");
    let whole = fs::read(&history).unwrap();
    for cut in 1..150 {
        fs::write(&history, &whole[..whole.len() - cut]).unwrap();
        let ledger = open(&data);
        assert_eq!(ledger.size(), 5);
        assert_eq!(verified(&data).entries, 5);
        assert_eq!(fs::read(&history).unwrap(), whole);
    }
}

#[test]
fn a_lost_pending_file_is_made_again_from_the_folder() {
    for size in [0, 5, 256, 300] {
        let (data, ledger) = filled(size);
        drop(ledger);
        fs::remove_file(data.path().join("ledger.pending")).unwrap();
        let mut ledger = open(&data);
        assert_eq!(ledger.repairs()[0].what, "pending-missing");
        assert_eq!(ledger.append(&leaf(1000)).unwrap(), size.unsigned_abs());
        assert_eq!(verified(&data).entries, size.unsigned_abs() + 1);
    }
}

#[test]
fn a_ledger_that_was_changed_or_cut_is_not_continued() {
    let (data, ledger) = filled(300);
    drop(ledger);
    let refused = |data: &TempDir| match Ledger::open(data.path(), ORIGIN) {
        Ok(_) => panic!("it was continued"),
        Err(e) => e.to_string(),
    };
    // Earlier pending file: entries that were signed for are gone.
    let short = copy(&data);
    let bytes = fs::read(short.path().join("ledger.pending")).unwrap();
    fs::write(short.path().join("ledger.pending"), &bytes[..bytes.len() - 200]).unwrap();
    assert!(
        refused(&short).contains("is damaged: it is signed for 299 entries"),
        "{}",
        refused(&short)
    );
    // A tile above it was changed.
    let changed = copy(&data);
    fs::write(changed.path().join("ledger/tile/1/000.p/1"), [7; 32]).unwrap();
    assert!(refused(&changed).contains("are not those it was signed for"));
    // The whole ledger was removed, but not its key.
    let gone = copy(&data);
    fs::remove_dir_all(gone.path().join("ledger")).unwrap();
    fs::remove_file(gone.path().join("ledger.pending")).unwrap();
    assert!(refused(&gone).contains("there is no ledger, but its key"), "{}", refused(&gone));
    // The key was removed, or is another one, or others may read it, or the name changed.
    let keyless = copy(&data);
    fs::remove_file(keyless.path().join("ledger.key")).unwrap();
    assert!(refused(&keyless).contains("a new key would be a new ledger"));
    let (other, _ledger) = filled(0);
    fs::copy(other.path().join("ledger.key"), keyless.path().join("ledger.key")).unwrap();
    assert!(refused(&keyless).contains("begun under another key"));
    let open_to_all = copy(&data);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(open_to_all.path().join("ledger.key"), mode).unwrap();
    assert!(refused(&open_to_all).contains("others may read this key (mode 644)"));
    let Err(renamed) = Ledger::open(data.path(), "other.example/ledger") else { panic!() };
    assert!(renamed.to_string().contains("a ledger keeps its name"));
    assert_eq!(open(&data).size(), 300);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn proofs_hold_for_another_implementation(size in 1_i64..600, probes in proptest::collection::vec(any::<u64>(), 12)) {
        let (_data, ledger) = filled(size);
        let size = size.unsigned_abs();
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut roots = vec![theirs.root()];
        for index in 0..size {
            theirs.push(ledger.entry(index).unwrap().unwrap().into_bytes());
            roots.push(theirs.root());
        }
        for probe in probes {
            let index = probe % size;
            let text = ledger.prove_inclusion(index).unwrap().unwrap();
            let (head, hashes, checkpoint) = parse_proof(&text);
            prop_assert_eq!(head, format!("c2sp.org/tlog-proof@v1\nindex {index}"));
            prop_assert_eq!(checkpoint, ledger.checkpoint());
            let digests: Vec<_> = hashes.iter().map(|h| Array::from(*h)).collect();
            let proof = InclusionProof::<Sha256>::from_digests(&digests);
            let entry = ledger.entry(index).unwrap().unwrap().into_bytes();
            prop_assert!(theirs.root().verify_inclusion(&entry, index, &proof).is_ok());

            let earlier = index + 1;
            let hashes = ledger.prove_consistency(earlier).unwrap().unwrap();
            let digests: Vec<_> = hashes.iter().map(|h| Array::from(*h)).collect();
            let proof = ConsistencyProof::<Sha256>::from_digests(&digests);
            let old = &roots[usize::try_from(earlier).unwrap()];
            if earlier < size {
                prop_assert!(theirs.root().verify_consistency(old, &proof).is_ok());
            } else {
                prop_assert!(hashes.is_empty());
            }
        }
        prop_assert_eq!(ledger.prove_consistency(size + 1).unwrap(), None);
    }
}

#[test]
fn no_proof_is_given_from_a_damaged_tile() {
    let (data, ledger) = filled(300);
    let tile = data.path().join("ledger/tile/0/000");
    let mut bytes = fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    fs::write(&tile, bytes).unwrap();
    assert!(ledger.prove_inclusion(0).is_err());
    assert!(ledger.prove_consistency(7).is_err());
}

fn parse_proof(text: &str) -> (String, Vec<[u8; 32]>, String) {
    use base64::Engine as _;
    let (proof, checkpoint) = text.split_once("\n\n").unwrap();
    let mut lines = proof.lines();
    let head = format!("{}\n{}", lines.next().unwrap(), lines.next().unwrap());
    let decode = |line| base64::prelude::BASE64_STANDARD.decode(line).unwrap().try_into().unwrap();
    (head, lines.map(decode).collect(), checkpoint.to_owned())
}

fn copy(data: &TempDir) -> TempDir {
    let to = TempDir::new().unwrap();
    replace(data.path(), to.path());
    to
}

pub(super) fn replace(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let found = found.unwrap();
        replace(&found.path(), &to.join(found.file_name()));
    }
}

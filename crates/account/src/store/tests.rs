//! Tests of the store: what is written opens only under its key, and what is erased is gone.

use std::fs;
use std::path::Path;

use ground::{MeasureName, Origin, Sealed};
use tempfile::TempDir;
use terms::{Day, Purpose, Source, Span, Statistics, Time};

use super::{Erased, Event, Store};
use crate::AccountError;

const AT: Time = Time(1_777_593_600_000);

fn opened() -> (TempDir, Store) {
    let data = TempDir::new().unwrap();
    let store = Store::open(data.path(), AT).unwrap();
    (data, store)
}

fn refused(data: &Path) -> String {
    match Store::open(data, AT) {
        Ok(_) => panic!("it was opened"),
        Err(e) => e.to_string(),
    }
}

fn contains(path: &Path, needle: &[u8]) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.windows(needle.len()).any(|w| w == needle))
}

fn files(data: &TempDir) -> Vec<std::path::PathBuf> {
    fs::read_dir(data.path()).unwrap().map(|file| file.unwrap().path()).collect()
}

fn statistics(since: Time) -> Statistics {
    Statistics { since, span: Span::minutes(1), rows: Vec::new() }
}

fn sealed(since: Time, last_day: Option<Day>) -> Sealed<Statistics> {
    Sealed::seal(
        statistics(since),
        Origin {
            measure: MeasureName::of("13-su-take-statistics"),
            source: Source::Statistics,
            purpose: Purpose::RunNetwork,
            last_day,
        },
    )
}

#[test]
fn a_stream_comes_back_in_order_after_the_store_was_closed() {
    let (data, mut store) = opened();
    for (stream, body) in [("case/1", "a"), ("case/2", "b"), ("case/1", "c"), ("settings", "d")] {
        store.append(stream, AT, body.as_bytes()).unwrap();
    }
    drop(store);
    let store = Store::open(data.path(), AT).unwrap();
    let event = |seq, body: &str| Event { seq, at: AT, body: body.into() };
    assert_eq!(store.read("case/1").unwrap(), [event(1, "a"), event(2, "c")]);
    assert_eq!(store.read("case/3").unwrap(), []);
    assert_eq!(store.streams("case/").unwrap(), ["case/1", "case/2"]);
    assert_eq!(store.streams("").unwrap(), ["case/1", "case/2", "settings"]);
    assert_eq!(store.streams("case/1%").unwrap(), [""; 0]);
}

#[test]
fn bodies_are_nowhere_in_clear_and_an_erased_stream_is_nowhere_at_all() {
    let (data, mut store) = opened();
    store.append("consent/7", AT, b"the subscriber's own words").unwrap();
    store.append("case/1", AT, b"stays").unwrap();
    let stored: Vec<u8> = store
        .db
        .query_row("SELECT body FROM events WHERE stream = 'consent/7'", [], |row| row.get(0))
        .unwrap();
    assert!(files(&data).iter().any(|file| contains(file, &stored)));
    assert!(!files(&data).iter().any(|file| contains(file, b"own words")));
    assert_eq!(store.erase("consent/7").unwrap(), 1);
    for trace in [&stored[..], &stored[30..50], b"consent/7"] {
        assert!(!files(&data).iter().any(|file| contains(file, trace)));
    }
    assert_eq!(store.read("consent/7").unwrap(), []);
    assert_eq!(store.read("case/1").unwrap().len(), 1);
    assert_eq!(store.erase("consent/7").unwrap(), 0);
}

#[test]
fn an_event_that_was_changed_moved_or_removed_is_noticed() {
    for change in [
        "UPDATE events SET body = zeroblob(length(body)) WHERE seq = 2",
        "UPDATE events SET at = at + 1 WHERE seq = 2",
        "UPDATE events SET stream = 'case/2' WHERE stream = 'case/1' AND seq = 1",
        "UPDATE events SET seq = seq + 10 WHERE stream = 'case/1'",
        "DELETE FROM events WHERE stream = 'case/1' AND seq = 1",
        "UPDATE events SET body = x'' WHERE seq = 2",
    ] {
        let (_data, mut store) = opened();
        for body in [b"one", b"two"] {
            store.append("case/1", AT, body).unwrap();
        }
        store.db.execute(change, []).unwrap();
        let read = store.read("case/1").and_then(|_| store.read("case/2"));
        let error = read.unwrap_err();
        assert!(matches!(error, AccountError::Damaged { .. }), "{change}: {error}");
    }
}

#[test]
fn sealed_data_comes_back_sealed_and_only_what_was_asked_for() {
    let (data, mut store) = opened();
    let day = Day::of(2026, 5, 2);
    for minute in 0..5 {
        let at = AT.after(Span::minutes(minute));
        store.keep(&sealed(at, day), at).unwrap();
    }
    let (from, to) = (AT.after(Span::minutes(1)), AT.after(Span::minutes(3)));
    let kept = store.kept::<Statistics>(Source::Statistics, from, to).unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].origin(), sealed(AT, day).origin());
    assert_eq!(store.kept::<Statistics>(Source::Findings, Time(0), to).unwrap().len(), 0);
    assert!(!files(&data).iter().any(|file| contains(file, b"\"rows\"")));
    let error = store.keep(&sealed(AT, None), AT).unwrap_err();
    assert!(error.to_string().contains("has no last day"), "{error}");
    store.db.execute("UPDATE batches SET body = x'0100' WHERE id = 2", []).unwrap();
    let error = store.kept::<Statistics>(Source::Statistics, from, to).unwrap_err();
    assert!(error.to_string().contains("sealed data 2"), "{error}");
}

#[test]
fn data_is_erased_when_its_last_day_is_over_and_the_clock_is_sure() {
    let (data, mut store) = opened();
    let (first, second) = (Day::of(2026, 5, 1), Day::of(2026, 5, 2));
    store.keep(&sealed(AT, first), AT).unwrap();
    store.keep(&sealed(AT, first), AT).unwrap();
    store.keep(&sealed(AT, second), AT).unwrap();
    let body: Vec<u8> = store
        .db
        .query_row("SELECT body FROM batches ORDER BY id LIMIT 1", [], |row| row.get(0))
        .unwrap();
    let [first, second] = [first, second].map(Option::unwrap);
    assert_eq!(store.erase_due(first, true).unwrap(), Erased::default());
    let unsure = store.erase_due(second, false).unwrap();
    assert_eq!((unsure.count(), unsure.waiting[0].count), (0, 2));
    assert_eq!(store.due(second).unwrap(), unsure.waiting);
    let sure = store.erase_due(second, true).unwrap();
    assert_eq!((sure.count(), sure.erased), (2, unsure.waiting));
    assert!(!files(&data).iter().any(|file| contains(file, &body[60..])));
    assert_eq!(
        store.kept::<Statistics>(Source::Statistics, Time(0), Time(i64::MAX)).unwrap().len(),
        1
    );
    assert_eq!(store.due(second).unwrap(), []);
}

#[test]
fn a_commitment_holds_until_its_salt_is_erased() {
    let (data, mut store) = opened();
    let secrets: [(&str, &[u8]); 2] = [("request", b"192.0.2.1"), ("plan", b"")];
    let made = store.commit(3, secrets).unwrap();
    assert_eq!(made["request"].len(), 64);
    assert_eq!(
        store.recommit(3, "request", b"192.0.2.1").unwrap().as_ref(),
        Some(&made["request"])
    );
    assert_ne!(
        store.recommit(3, "request", b"192.0.2.2").unwrap().as_ref(),
        Some(&made["request"])
    );
    assert_ne!(store.commit(4, secrets).unwrap()["request"], made["request"]);
    let salt: Vec<u8> =
        store.db.query_row("SELECT salt FROM salts WHERE entry = 3", [], |row| row.get(0)).unwrap();
    assert_eq!(store.erase_salts(3).unwrap(), 2);
    assert_eq!(store.recommit(3, "request", b"192.0.2.1").unwrap(), None);
    assert!(!files(&data).iter().any(|file| contains(file, &salt)));
    store.drop_orphans(4).unwrap();
    assert_eq!(store.recommit(4, "plan", b"").unwrap(), None);
}

#[test]
fn a_store_without_its_key_or_with_another_one_says_so() {
    let (data, mut store) = opened();
    store.append("case/1", AT, b"x").unwrap();
    drop(store);
    let key = data.path().join("storage.key");
    let right = fs::read(&key).unwrap();
    fs::write(&key, "sekisho-storage-key-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
        .unwrap();
    assert!(refused(data.path()).contains("put back the one that was"), "{}", refused(data.path()));
    fs::write(&key, "hello").unwrap();
    assert!(refused(data.path()).contains("it is not a storage key"));
    fs::remove_file(&key).unwrap();
    assert!(refused(data.path()).contains("the key of the store is missing"));
    crate::disk::create_private(&key, &right).unwrap();
    Store::open(data.path(), AT).unwrap();
}

#[test]
fn a_store_of_a_later_version_or_a_broken_one_says_so() {
    let (data, store) = opened();
    store.db.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    let error = refused(data.path());
    assert!(error.contains("later version (format 99, this one reads up to 1)"), "{error}");
    fs::write(data.path().join("store.db"), "this is not a database, whatever it is called")
        .unwrap();
    let error = refused(data.path());
    assert!(error.contains("store.db is damaged") && error.contains("backup"), "{error}");
}

#[test]
fn a_full_store_says_so_and_goes_on_when_there_is_room() {
    let (_data, mut store) = opened();
    let pages: i64 = store.db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |store: &Store, pages: i64| {
        let query = format!("PRAGMA max_page_count = {pages}");
        store.db.query_row(&query, [], |row| row.get::<_, i64>(0)).unwrap();
    };
    limit(&store, pages);
    let error = store.append("case/1", AT, &[7; 100_000]).unwrap_err();
    assert!(error.to_string().contains("make room on the disk"), "{error}");
    limit(&store, 1_000_000);
    assert_eq!(store.append("case/1", AT, &[7; 100_000]).unwrap(), 1);
}

/// A store made by the first version must open, for ever. It is in `testdata` with its key: an event,
/// a batch and a salt, as this test reads them.
#[test]
fn a_store_of_version_1_opens() {
    let data = TempDir::new().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/store-v1");
    fs::copy(golden.join("store.sqlite"), data.path().join("store.db")).unwrap();
    let key = fs::read(golden.join("storage.key")).unwrap();
    crate::disk::create_private(&data.path().join("storage.key"), &key).unwrap();

    let store = Store::open(data.path(), AT).unwrap();
    assert_eq!(store.read("case/1").unwrap()[0].body, b"the first event");
    let kept = store.kept::<Statistics>(Source::Statistics, AT, AT.after(Span(1))).unwrap();
    assert_eq!(kept[0].origin(), sealed(AT, Day::of(2026, 5, 1)).origin());
    assert!(store.recommit(0, "request", b"somebody").unwrap().is_some());
    let (_new, new) = opened();
    assert_eq!(schema(&store), schema(&new));
}

fn schema(store: &Store) -> Vec<String> {
    let mut query = store
        .db
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

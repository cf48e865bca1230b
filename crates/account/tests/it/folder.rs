//! One process at a time has the data folder, and what cannot be opened says why.

use std::fs;

use account::Account;
use tempfile::TempDir;

use crate::{AT, ORIGIN, leaf, open};

#[test]
fn a_folder_that_is_in_use_is_not_opened_twice() {
    let data = TempDir::new().unwrap();
    let account = open(data.path());
    let Err(error) = Account::open(data.path(), ORIGIN, AT) else { panic!("it was opened") };
    let error = error.to_string();
    assert!(error.contains("is in use by another sekisho"), "{error}");
    assert!(error.contains(&data.path().display().to_string()), "{error}");
    drop(account);
    open(data.path()).book(&leaf(0), &[]).unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    let Err(error) = Account::open(&file.join("data"), ORIGIN, AT) else { panic!() };
    assert!(error.to_string().starts_with("cannot create"), "{error}");
    assert!(error.to_string().contains("file/data"), "{error}");
}

#[test]
fn keys_and_data_are_for_their_owner_alone() {
    use std::os::unix::fs::MetadataExt;
    let data = TempDir::new().unwrap();
    let folder = data.path().join("data");
    let _account = open(&folder);
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    for name in ["ledger.key", "storage.key", "store.db"] {
        assert_eq!(fs::metadata(folder.join(name)).unwrap().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn what_a_crash_left_undone_is_put_right_and_booked() {
    let data = TempDir::new().unwrap();
    let account = open(data.path());
    account.book(&leaf(0), &[]).unwrap();
    drop(account);
    let pending = data.path().join("ledger.pending");
    let bytes = fs::read(&pending).unwrap();
    fs::write(&pending, [&bytes[..], b"half an entry"].concat()).unwrap();
    let entry = open(data.path()).entries(1, 5).unwrap().remove(0);
    assert!(entry.contains(r#""kind":"repaired""#), "{entry}");
    assert!(entry.contains(r#""what":"pending-cut""#) && entry.contains("13"), "{entry}");
    assert_eq!(open(data.path()).standing().unwrap().entries, 2);
}

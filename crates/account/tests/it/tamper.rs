//! Whatever is changed in a ledger folder, the verifier says that, and where.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{leaf, open, verify};

fn ledger(entries: u64) -> TempDir {
    let data = TempDir::new().unwrap();
    let account = open(data.path());
    for number in 0..entries {
        account.book(&leaf(number), &[]).unwrap();
    }
    data
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn one_changed_byte_anywhere_is_found_and_the_file_is_named() {
    let data = ledger(300);
    let folder = data.path().join("ledger");
    // Of the partial tiles that later ones took the place of, a few are enough here.
    for path in files(&folder) {
        let name = path.to_string_lossy().into_owned();
        let width = name.rsplit_once("001.p/").and_then(|(_, w)| w.parse::<u32>().ok());
        if width.is_some_and(|w| w < 43) {
            fs::remove_file(&path).unwrap();
        }
    }
    let files = files(&folder);
    assert_eq!(files.len(), 10, "{files:?}");
    assert_eq!(verify(data.path()).unwrap().entries, 300);
    let mut flips = 0;
    for path in &files {
        let whole = fs::read(path).unwrap();
        let small = whole.len() <= 256;
        for at in (0..whole.len()).filter(|at| small || *at < 64 || at % 53 == 0) {
            let mut changed = whole.clone();
            // A change of letter case, where a lenient reader would see none; else of the last bit.
            changed[at] ^= if whole[at].is_ascii_alphabetic() { 0x20 } else { 1 };
            fs::write(path, changed).unwrap();
            let fault = verify(data.path()).expect_err("a changed byte");
            assert!(fault.to_string().contains(&fault.file), "{fault}");
            flips += 1;
        }
        fs::write(path, whole).unwrap();
    }
    assert!(flips > 2500, "{flips}");
    assert_eq!(verify(data.path()).unwrap().entries, 300);
}

#[test]
fn what_is_missing_or_too_much_is_found_and_named() {
    let data = ledger(260);
    let folder = data.path().join("ledger");
    let needed = [
        "checkpoint",
        "checkpoints",
        "key.pub",
        "tile/entries/000",
        "tile/entries/001.p/4",
        "tile/0/000",
        "tile/0/001.p/4",
        "tile/1/000.p/1",
    ];
    for name in needed {
        let path = folder.join(name);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let fault = verify(data.path()).unwrap_err();
        assert_eq!((&*fault.file, &*fault.what), (name, "the file is missing"));
        fs::write(&path, [&whole[..], b"\n"].concat()).unwrap();
        assert_eq!(verify(data.path()).unwrap_err().file, name);
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        verify(data.path()).unwrap_err();
        fs::write(&path, whole).unwrap();
    }
    for name in ["note.txt", "tile/0/002", "tile/0/001.p/5", "tile/2/000.p/1", "tile/0/000.bak"] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, [0; 32]).unwrap();
        assert_eq!(verify(data.path()).unwrap_err().file, name);
        fs::remove_file(&path).unwrap();
    }
    std::os::unix::fs::symlink("checkpoint", folder.join("link")).unwrap();
    assert_eq!(verify(data.path()).unwrap_err().file, "link");
    fs::remove_file(folder.join("link")).unwrap();
    assert_eq!(verify(data.path()).unwrap().entries, 260);
}

#[test]
fn an_entry_that_was_changed_together_with_its_hash_breaks_the_checkpoint() {
    use sha2::{Digest as _, Sha256};
    let data = ledger(3);
    let folder = data.path().join("ledger");
    let (bundle, tile) = (folder.join("tile/entries/000.p/3"), folder.join("tile/0/000.p/3"));
    let mut entries = fs::read(&bundle).unwrap();
    let at = entries.windows(8).position(|w| w == b"number-2").unwrap() + 7;
    entries[at] = b'9';
    let first = 2 * (2 + usize::from(u16::from_be_bytes([entries[0], entries[1]])));
    let hash = Sha256::new().chain_update([0]).chain_update(&entries[first + 2..]).finalize();
    let mut hashes = fs::read(&tile).unwrap();
    hashes[64..].copy_from_slice(&hash);
    fs::write(&bundle, entries).unwrap();
    fs::write(&tile, hashes).unwrap();
    let fault = verify(data.path()).unwrap_err();
    assert_eq!(fault.file, "checkpoints");
    assert!(fault.what.starts_with("it is signed for root"), "{fault}");
}

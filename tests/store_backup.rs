//! A backup of the store: where it may be made, what is in it, and how it is restored.

#[path = "support/store.rs"]
mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use aisp::store::sqlite::Sqlite;
use aisp::store::{self, Backup, BackupError, StoreError};
use rusqlite::Connection;
use support::*;
use tempfile::TempDir;

/// A store with an answer in it, and where its backup goes.
fn with_store() -> (TempDir, Sqlite, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(&dir.path().join("aisp.db")).expect("a store");
    (0..50).for_each(|n| Keep::new(hash(n), format!("answer {n} {}", "x".repeat(2_000))).settle(&store));
    let path = dir.path().join("backup.db");
    (dir, store, path)
}

fn backup(store: &Sqlite, path: &Path) -> Backup {
    store::backup(store, path).expect("a backup")
}

/// All the files of a folder.
fn files(dir: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(dir.path()).expect("a folder").filter_map(Result::ok);
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

/// Puts a backup where the store is, as the manual says: the file, its log and its index make way first.
fn restore(dir: &TempDir, path: &Path) -> Result<Sqlite, StoreError> {
    let place = dir.path().join("aisp.db");
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", place.display()));
    }
    fs::copy(path, &place).expect("copied");
    Sqlite::open(&place)
}

#[test]
fn a_backup_is_one_private_file_that_says_what_it_is() {
    let (dir, store, path) = with_store();
    let made = backup(&store, &path);
    let found = fs::metadata(&path).expect("it is there");
    assert_eq!((found.mode() & 0o777, found.len(), made.engine), (0o600, made.bytes, "sqlite"));
    assert_eq!((made.path, made.schema), (path.display().to_string(), 10));
    assert_eq!(files(&dir), ["aisp.db", "aisp.db-shm", "aisp.db-wal", "backup.db"]);
}

#[test]
fn a_restored_backup_has_what_there_was_then_and_takes_more() {
    let (dir, store, path) = with_store();
    backup(&store, &path);
    Keep::new(hash(99), "later").settle(&store);
    drop(store);
    for _ in 0..2 {
        let store = restore(&dir, &path).expect("a store");
        assert!(cached(&store, hash(7)).expect("kept").starts_with("answer 7 "));
        assert_eq!(cached(&store, hash(99)), None);
        Keep::new(hash(98), "new").settle(&store);
        drop(store);
        let store = Sqlite::open(&dir.path().join("aisp.db")).expect("it opens again");
        assert_eq!(cached(&store, hash(98)).as_deref(), Some("new"));
    }
}

#[test]
fn a_restored_backup_that_is_damaged_or_newer_is_refused_and_stays_as_it_is() {
    let (dir, store, path) = with_store();
    backup(&store, &path);
    drop(store);
    let whole = fs::read(&path).expect("read");
    let scribbled = {
        let mut bytes = whole.clone();
        bytes[whole.len() / 2..][..8_192].fill(0xa5);
        bytes
    };
    for bytes in [&whole[..whole.len() / 2], &whole[..whole.len() - 4_096], &whole[..100], &scribbled] {
        fs::write(&path, bytes).expect("written");
        let error = restore(&dir, &path).map(drop).expect_err("it is not whole");
        assert!(matches!(error, StoreError::Damaged { .. }), "{} bytes: {error}", bytes.len());
        assert_eq!(fs::read(dir.path().join("aisp.db")).expect("read"), bytes);
    }
    fs::write(&path, &whole).expect("written");
    Connection::open(&path).and_then(|conn| conn.execute_batch("PRAGMA user_version = 999")).expect("changed");
    let error = restore(&dir, &path).map(drop).expect_err("it is newer");
    assert!(error.to_string().contains("has schema 999, newer than this module's 10"), "{error}");
}

#[test]
fn a_backup_replaces_nothing_and_needs_a_folder_of_its_own_to_be_written_to() {
    let (dir, store, path) = with_store();
    let refusal = |path: &Path| store::backup(&store, path).expect_err("it cannot be made");
    fs::write(&path, "mine").expect("written");
    let link = dir.path().join("link");
    symlink("nowhere", &link).expect("linked");
    for there in [&path, &link, &dir.path().join("aisp.db"), &dir.path().to_owned()] {
        assert_eq!(refusal(there), BackupError::Exists, "{}", there.display());
    }
    assert_eq!(fs::read(&path).expect("read"), b"mine");
    for path in ["backup.db", "", "/", "/tmp/", "/tmp/x/..", "./x", "/tmp/a\0b"] {
        assert_eq!(refusal(Path::new(path)), BackupError::NotAbsolute, "{path:?}");
    }
    let missing = refusal(&dir.path().join("none/x"));
    assert!(matches!(&missing, BackupError::Unwritable(reason) if reason.contains("No such file")), "{missing}");
    assert!(matches!(refusal(Path::new("/proc/x")), BackupError::Unwritable(_)));
    assert_eq!(files(&dir), ["aisp.db", "aisp.db-shm", "aisp.db-wal", "backup.db", "link"], "nothing is left behind");
}

#[test]
fn a_store_that_is_damaged_is_not_copied() {
    let (dir, store, path) = with_store();
    let fold = |conn: Connection| conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    drop(store);
    let place = dir.path().join("aisp.db");
    Connection::open(&place).and_then(fold).expect("folded");
    let mut bytes = fs::read(&place).expect("read");
    let half = bytes.len() / 2;
    bytes[half..].fill(0xa5);
    fs::write(&place, bytes).expect("written");
    let store = Sqlite::open(&place).expect("its first pages are well");
    let error = store::backup(&store, &path).expect_err("it is damaged");
    assert!(matches!(error, BackupError::Store(StoreError::Damaged { .. })), "{error}");
    assert!(!path.exists());
}

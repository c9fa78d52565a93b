//! The SQLite file: what becomes of one that is damaged, foreign, newer, replaced or not allowed, and how it is kept small.

#[path = "support/jobs.rs"]
mod jobs;
#[path = "support/store.rs"]
mod support;

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use aisp::guard::breaker::Heard;
use aisp::store::sqlite::Sqlite;
use aisp::store::{self, Location, Queue, Store, StoreError, Verdict};
use nix::unistd::Uid;
use rusqlite::Connection;
use support::*;
use tempfile::TempDir;

/// A user that owns nothing.
const NOBODY: u32 = 65_534;

fn folder() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("aisp.db");
    (dir, path)
}

fn refusal(path: &Path) -> StoreError {
    Sqlite::open(path).map(drop).expect_err("it cannot be used")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    format!("{}{suffix}", path.display()).into()
}

// Files that cannot be used.

#[test]
fn a_file_that_is_no_database_is_damaged_and_stays_as_it_was() {
    let (_dir, path) = folder();
    for content in
        [&b"<?php // not a database, and longer than a header of one hundred bytes ".repeat(40)[..], b"x", &[0; 5_000]]
    {
        fs::write(&path, content).expect("written");
        let error = Sqlite::open(&path).map(drop);
        assert!(matches!(error, Err(StoreError::Damaged { .. })), "{error:?} for {} bytes", content.len());
        assert_eq!(fs::read(&path).expect("read"), content);
    }
}

#[test]
fn another_programs_database_is_left_alone() {
    for setup in ["CREATE TABLE wp_options (id INTEGER)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"] {
        let (_dir, path) = folder();
        Connection::open(&path).and_then(|conn| conn.execute_batch(setup)).expect("made");
        let before = fs::read(&path).expect("read");
        assert!(matches!(refusal(&path), StoreError::Damaged { reason, .. } if reason.contains("another program")));
        assert_eq!(fs::read(&path).expect("read"), before);
    }
}

#[test]
fn a_newer_schema_is_named_and_left_alone() {
    let (_dir, path) = folder();
    drop(Sqlite::open(&path).expect("a store"));
    Connection::open(&path).and_then(|conn| conn.execute_batch("PRAGMA user_version = 999")).expect("changed");
    let StoreError::Newer { found, known, .. } = refusal(&path) else { panic!("{:?}", refusal(&path)) };
    assert_eq!((found, known), (999, 10));
}

#[test]
fn a_file_of_the_first_version_gets_its_breakers_and_keeps_the_rest() {
    let (_dir, path) = folder();
    Keep::new(hash(1), "kept").settle(&Sqlite::open(&path).expect("a store"));
    let back = "DROP TABLE breaker; DROP TABLE cache_stale; DROP TABLE budget; DROP TABLE reservation; \
        DROP TABLE budget_alert; DROP TABLE flight; DROP TABLE inbox; DROP TABLE nonce; DROP TABLE job; DROP TABLE job_lane; \
        DROP TABLE job_item; DROP TABLE job_gone; DROP TABLE job_count; DROP TABLE metric; \
        CREATE TABLE counter (minute INTEGER NOT NULL, site TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, \
        route TEXT NOT NULL, outcome TEXT NOT NULL, calls INTEGER NOT NULL, tokens_in INTEGER NOT NULL, \
        tokens_out INTEGER NOT NULL, cost_microusd INTEGER NOT NULL, duration_ms INTEGER NOT NULL, \
        PRIMARY KEY (minute, site, model, provider, route, outcome)) STRICT, WITHOUT ROWID; \
        INSERT INTO counter VALUES (28333333, '1', 'small', 'acme', '/infer', 'ok', 3, 30, 60, 90, 1500), \
        (28333332, '1', 'small', 'acme', '/infer', 'ok', 4, 40, 70, 10, 1500); \
        PRAGMA user_version = 1";
    Connection::open(&path).and_then(|conn| conn.execute_batch(back)).expect("changed");
    let store = Sqlite::open(&path).expect("a store");
    assert_eq!(cached(&store, hash(1)).as_deref(), Some("kept"));
    assert!(report(&store, "a", Heard::Failure, None, NOW));
    jobs::put(&store, jobs::new("a"));
    let totals: Vec<_> = store.totals(None, NOW).expect("figures").into_iter().map(|total| total.figures).collect();
    // The eighth is that of the answer, which is in the spool.
    let sums: Vec<_> = totals.iter().map(|sum| (sum.sums.calls, sum.sums.tokens_in, sum.sums.cost_microusd)).collect();
    assert_eq!((sums, store.status(NOW).expect("figures").tokens), (vec![(8, 70, 100)], 200));
}

#[test]
fn the_jobs_of_an_older_file_are_counted_by_site() {
    let (_dir, path) = folder();
    let store = Sqlite::open(&path).expect("a store");
    ["a", "b"].iter().for_each(|id| jobs::put(&store, jobs::new(id)));
    drop(store);
    let back = "DROP TRIGGER job_comes; DROP TRIGGER job_turns; DROP TRIGGER job_goes; DROP TABLE job_count; \
        DROP INDEX inbox_state; CREATE TABLE job_count (state INTEGER PRIMARY KEY, jobs INTEGER NOT NULL) STRICT; \
        INSERT INTO job_count VALUES (0, 2), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0); \
        CREATE TRIGGER job_comes AFTER INSERT ON job BEGIN SELECT 1; END; \
        CREATE TRIGGER job_turns AFTER UPDATE ON job BEGIN SELECT 1; END; \
        CREATE TRIGGER job_goes AFTER DELETE ON job BEGIN SELECT 1; END; \
        ALTER TABLE metric DROP COLUMN failovers; ALTER TABLE metric DROP COLUMN breaker_opened; \
        ALTER TABLE metric DROP COLUMN breaker_closed; PRAGMA user_version = 8";
    Connection::open(&path).and_then(|conn| conn.execute_batch(back)).expect("changed");
    let store = Sqlite::open(&path).expect("a store");
    jobs::claim(&store, 1, NOW);
    assert_eq!(store.counts("1", "infer", NOW).expect("counts").jobs, [1, 1, 0, 0, 0, 0]);
    assert_eq!(store.status(NOW).expect("figures").queue.queued, 1);
}

#[test]
fn damaged_pages_are_an_error_and_never_a_panic() {
    let (_dir, path) = folder();
    let fill = Sqlite::open(&path).expect("a store");
    (0..200).for_each(|n| Keep::new(hash(n), vec![b'x'; 2_000]).tags(&["t"]).settle(&fill));
    drop(fill);
    let fold = |conn: Connection| conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    Connection::open(&path).and_then(fold).expect("folded");
    let whole = fs::read(&path).expect("read");
    let mut found = 0;
    for page in 1..whole.len() / 4_096 {
        let mut damaged = whole.clone();
        damaged[page * 4_096..][..4_096].fill(0x5a);
        fs::write(&path, damaged).expect("written");
        let Ok(store) = Sqlite::open(&path) else { continue };
        let t = limit("t", 5, 60);
        let ask = Ask::new().throttle(&t).lookup(hash(9));
        let results = [
            store.admit(&ask.admission()).err(),
            store.peek(&ask.admission()).err(),
            store.drain(1_000, None, NOW).err(),
            store.status(NOW).err(),
            store.invalidate(&store::Selector::default()).err(),
            store.maintain().err(),
        ];
        found += usize::from(results.iter().flatten().any(|error| matches!(error, StoreError::Damaged { .. })));
        drop(store);
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(beside(&path, suffix));
        }
    }
    assert!(found > 10, "{found} pages were found damaged");
}

#[test]
fn a_folder_in_place_of_the_file_or_no_folder_at_all_cannot_be_opened() {
    let (dir, path) = folder();
    fs::create_dir(&path).expect("made");
    assert!(matches!(refusal(&path), StoreError::Open { .. }));
    assert!(matches!(refusal(&dir.path().join("none/aisp.db")), StoreError::Open { .. }));
    fs::write(dir.path().join("file"), "").expect("written");
    assert!(matches!(refusal(&dir.path().join("file/aisp.db")), StoreError::Open { .. }));
}

/// Runs one test of this file as a user that owns nothing; as the same user where this one is not root.
fn as_nobody(test: &str, folder: &Path) {
    // A copy, because the build folder may be closed to others.
    let dir = tempfile::tempdir().expect("a folder");
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).expect("set");
    let binary = dir.path().join("test");
    fs::copy(std::env::current_exe().expect("this binary"), &binary).expect("copied");

    let mut command = Command::new(binary);
    command.args(["--exact", test, "--nocapture"]).env("AISP_TEST_FOLDER", folder).current_dir("/");
    if Uid::effective().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = loop {
        match command.output() {
            // Another test forked while the copy was being written, and has it open until it has started its program.
            Err(e) if e.kind() == ErrorKind::ExecutableFileBusy => thread::sleep(Duration::from_millis(5)),
            done => break done.expect("it runs"),
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_a_user_may_not_write_cannot_be_opened() {
    let (dir, path) = folder();
    drop(Sqlite::open(&path).expect("a store"));
    fs::set_permissions(&path, Permissions::from_mode(0o444)).expect("set");
    fs::set_permissions(dir.path(), Permissions::from_mode(0o555)).expect("set");
    as_nobody("without_rights", dir.path());
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).expect("set");
}

/// A part of `what_a_user_may_not_write_cannot_be_opened`.
#[test]
fn without_rights() {
    let Some(folder) = std::env::var_os("AISP_TEST_FOLDER").map(PathBuf::from) else { return };
    for name in ["aisp.db", "new.db"] {
        let error = refusal(&folder.join(name));
        assert!(matches!(error, StoreError::Open { .. }), "{name}: {error:?}");
    }
}

// Files that are made.

#[test]
fn a_new_store_is_for_its_owner_alone() {
    let (dir, path) = folder();
    let store = Sqlite::open(&path).expect("a store");
    assert!(Ask::new().passes(&store));
    let mut names = Vec::new();
    for entry in fs::read_dir(dir.path()).expect("listed") {
        let entry = entry.expect("an entry");
        assert_eq!(entry.metadata().expect("found").mode() & 0o777, 0o600, "{entry:?}");
        names.push(entry.file_name().into_string().expect("a name"));
    }
    names.sort();
    assert_eq!(names, ["aisp.db", "aisp.db-shm", "aisp.db-wal"]);
}

#[test]
fn an_empty_file_becomes_a_store() {
    let (_dir, path) = folder();
    fs::write(&path, "").expect("written");
    assert!(Ask::new().passes(&Sqlite::open(&path).expect("a store")));
}

#[test]
fn what_root_makes_belongs_to_the_folders_owner() {
    if !Uid::effective().is_root() {
        return;
    }
    let (dir, path) = folder();
    chown(dir.path(), Some(NOBODY), Some(NOBODY)).expect("given away");
    let store = Sqlite::open(&path).expect("a store");
    assert!(Ask::new().passes(&store));
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(fs::metadata(beside(&path, suffix)).expect("found").uid(), NOBODY, "{suffix}");
    }
    as_nobody("with_rights", dir.path());
}

/// A part of `what_root_makes_belongs_to_the_folders_owner`.
#[test]
fn with_rights() {
    let Some(folder) = std::env::var_os("AISP_TEST_FOLDER").map(PathBuf::from) else { return };
    assert!(Ask::new().passes(&Sqlite::open(&folder.join("aisp.db")).expect("a store")));
}

#[test]
fn a_log_that_an_earlier_file_left_behind_is_not_taken_for_its_own() {
    let (_dir, path) = folder();
    let old = Sqlite::open(&path).expect("a store");
    Keep::new(hash(1), "old").settle(&old);
    fs::rename(&path, beside(&path, ".moved")).expect("moved aside");
    let new = Sqlite::open(&path).expect("a store");
    Keep::new(hash(2), "new").settle(&new);
    // The old handle, which has noticed nothing, neither sees nor harms the new file, and its log can be put back.
    assert_eq!((cached(&old, hash(1)).as_deref(), cached(&old, hash(2))), (Some("old"), None));
    assert_eq!((cached(&new, hash(1)), cached(&new, hash(2)).as_deref()), (None, Some("new")));
    drop((old, new));
    fs::rename(beside(&path, ".moved"), &path).expect("put back");
    fs::rename(beside(&path, "-wal.old"), beside(&path, "-wal")).expect("put back");
    fs::remove_file(beside(&path, "-shm")).expect("removed");
    assert_eq!(cached(&Sqlite::open(&path).expect("a store"), hash(1)).as_deref(), Some("old"));
}

// The handle of a thread.

fn passes(location: &Location) -> Result<bool, StoreError> {
    store::with(location, |store| Ask::new().passes(store))
}

fn spooled(location: &Location) -> u64 {
    store::with(location, |store| store.status(NOW).expect("figures").spool).expect("a store")
}

#[test]
fn a_handle_can_be_closed_and_opens_again() {
    let (_dir, path) = folder();
    let location = Location::Sqlite(path);
    store::close();
    assert_eq!(passes(&location), Ok(true));
    store::close();
    store::close();
    assert_eq!(spooled(&location), 1);
}

#[test]
fn a_handle_that_a_fork_made_stale_is_not_used() {
    let (_dir, path) = folder();
    let location = Location::Sqlite(path);
    assert_eq!(passes(&location), Ok(true));
    store::after_fork_in_child();
    assert_eq!(passes(&location), Ok(true));
    assert_eq!(spooled(&location), 2);
}

#[test]
fn a_handle_serves_the_location_that_is_asked_for() {
    let ((_one, first), (_two, second)) = (folder(), folder());
    let (first, second) = (Location::Sqlite(first), Location::Sqlite(second));
    assert_eq!(passes(&first), Ok(true));
    assert_eq!(spooled(&second), 0);
    assert_eq!(spooled(&first), 1);
}

#[test]
fn a_call_from_within_a_call_is_served_too() {
    let (_dir, path) = folder();
    let location = Location::Sqlite(path);
    let inner = store::with(&location, |_| passes(&location)).expect("a store");
    assert_eq!(inner, Ok(true));
    assert_eq!(spooled(&location), 1);
}

#[test]
fn a_file_that_is_deleted_or_replaced_is_noticed_within_a_second() {
    let (_dir, path) = folder();
    let location = Location::Sqlite(path.clone());
    assert_eq!(passes(&location), Ok(true));
    fs::remove_file(&path).expect("deleted");
    thread::sleep(Duration::from_millis(1_050));
    assert_eq!(spooled(&location), 0);
    assert!(path.exists());
}

#[test]
fn a_damaged_file_that_is_moved_aside_is_made_anew() {
    let (_dir, path) = folder();
    let location = Location::Sqlite(path.clone());
    fs::write(&path, "no database".repeat(100)).expect("written");
    assert!(matches!(passes(&location), Err(StoreError::Damaged { .. })));
    fs::rename(&path, beside(&path, ".bad")).expect("moved aside");
    assert_eq!(passes(&location), Ok(true));
}

// Size.

fn log_bytes(path: &Path) -> u64 {
    fs::metadata(beside(path, "-wal")).expect("a log").len()
}

#[test]
fn maintenance_keeps_the_log_small() {
    let (_dir, path) = folder();
    let store = Sqlite::open(&path).expect("a store");
    for n in 0..3_000_u32 {
        Keep::new(hash((n % 250) as u8), vec![b'x'; 5_000]).settle(&store);
        store.maintain().expect("maintained");
    }
    assert!(log_bytes(&path) < 6 << 20, "{} bytes", log_bytes(&path));
}

#[test]
fn the_log_stays_bounded_where_every_call_is_a_hit() {
    let (_dir, path) = folder();
    let store = Sqlite::open(&path).expect("a store");
    Keep::new(hash(1), "cached").settle(&store);
    for _ in 0..4_000 {
        assert!(matches!(Ask::new().lookup(hash(1)).admit(&store), Verdict::Hit { .. }));
    }
    assert!(log_bytes(&path) < 18 << 20, "{} bytes", log_bytes(&path));
}

#[test]
fn limits_and_minutes_that_are_long_past_are_forgotten() {
    let (_dir, path) = folder();
    let store = Sqlite::open(&path).expect("a store");
    let rows = || {
        let conn = Connection::open(&path).expect("a database");
        let count = |table| conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, u32>(0));
        (count("rate").expect("a number"), count("metric WHERE span < 2").expect("a number"))
    };
    for n in 0..3_000 {
        assert!(Ask::new().throttle(&limit(&format!("ip-{n}"), 5, 60)).passes(&store));
    }
    let done = record("1");
    settle(&store, &done, &[]);
    store.ack(&[&done.uid]).expect("taken");
    assert_eq!(rows(), (3_000, 1));
    // Each step is bounded, so it takes a few; a minute apart unless there is more to do.
    for minute in 0..5 {
        store.drain(0, None, NOW + (32 * 86_400 + minute * 61) * SECOND).expect("drained");
    }
    assert_eq!(rows(), (0, 0));
}

#[test]
fn the_items_of_a_job_that_is_dropped_go_a_thousand_at_a_time() {
    let (_dir, path) = folder();
    let store = Sqlite::open(&path).expect("a store");
    jobs::put(&store, jobs::with_items("large", &jobs::asks(2_500)));
    jobs::put(&store, jobs::with_items("kept", &jobs::asks(2)));
    jobs::cancel(&store, "large", NOW - jobs::KEEP_US).expect("it is there");
    let items = || {
        let conn = Connection::open(&path).expect("a database");
        conn.query_row("SELECT count(*) FROM job_item", [], |row| row.get::<_, u32>(0)).expect("a number")
    };
    // Nothing to do at NOW but that; after a step that was full the next one comes soon.
    let left: Vec<u32> = (0..4)
        .map(|second| {
            store.drain(0, None, NOW + second * SECOND).expect("drained");
            items()
        })
        .collect();
    assert_eq!(left, [1_502, 502, 2, 2]);
    assert_eq!(store.job_items("1", "kept", 0, 9).expect("items").len(), 2);
}

//! Opening the file, and making it.
//!
//! A new file is made beside its place and moved there when it has its mode and its owner, under a lock on the folder:
//! of several processes that start at once one makes it, the others find it made. This module never opens the file but
//! through SQLite, because closing it would drop SQLite's locks on it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{AT_FDCWD, AtFlags, Flock, FlockArg};
use nix::unistd::{AccessFlags, Uid, faccessat};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault;
use super::schema::{self, Found};
use super::tx::Tx;
use crate::store::StoreError;

/// The longest that a call waits for others to write.
const PATIENCE: Duration = Duration::from_secs(5);
/// SQLite takes a file that is shorter than this for an empty one, and would overwrite it.
const SMALLEST_BYTES: u64 = 512;
/// Statements that stay prepared: all of them.
const STATEMENTS: usize = 160;

/// For the file as a whole; only an empty one takes the page size.
const FILE_PRAGMAS: &str = "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;";

/// For each connection. A checkpoint never runs on the hot path, and closing never starts one: the last handle of one
/// process must not delete a log that another process is about to open.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -1024;
    PRAGMA mmap_size = 0;
    PRAGMA foreign_keys = OFF;
";

/// A connection to the store at `path`. `wal_pages` follows the size of the write-ahead log.
pub(super) fn open(path: &Path, wal_pages: Arc<AtomicU32>) -> Result<Connection, StoreError> {
    let failed = |e: &rusqlite::Error| fault::of(&path.display().to_string(), e);
    let damaged = |reason: &str| StoreError::Damaged { path: path.display().to_string(), reason: reason.to_owned() };
    let cannot = |e: &io::Error| StoreError::Open { path: path.display().to_string(), reason: e.to_string() };

    let bytes = make_if_missing(path).map_err(|e| cannot(&e))?;
    if (1..SMALLEST_BYTES).contains(&bytes) {
        return Err(damaged("file is not a database"));
    }
    // SQLite would only say that it cannot open it.
    faccessat(AT_FDCWD, path, AccessFlags::R_OK | AccessFlags::W_OK, AtFlags::AT_EACCESS)
        .map_err(|errno| cannot(&errno.into()))?;
    let mut conn = connect(path).map_err(|e| failed(&e))?;
    if conn.is_readonly("main").map_err(|e| failed(&e))? {
        return Err(cannot(&io::ErrorKind::PermissionDenied.into()));
    }
    let found = Tx::read(&conn).and_then(|tx| schema::look(&tx)).map_err(|e| failed(&e))?;
    if matches!(found, Found::Ours(_)) && !is_sound(&conn).map_err(|e| failed(&e))? {
        return Err(damaged("its pages fail quick_check"));
    }
    if found == Found::Empty || matches!(found, Found::Ours(version) if version < schema::VERSION) {
        let _alone = lock_folder(path);
        conn.execute_batch(FILE_PRAGMAS).and_then(|()| schema::migrate(&conn)).map_err(|e| failed(&e))?;
    }
    match Tx::read(&conn).and_then(|tx| schema::look(&tx)).map_err(|e| failed(&e))? {
        Found::Ours(schema::VERSION) => {}
        Found::Ours(newer) => {
            return Err(StoreError::Newer { path: path.display().to_string(), found: newer, known: schema::VERSION });
        }
        Found::Empty | Found::Foreign => return Err(damaged("it is another program's database")),
    }
    prepare(&mut conn, wal_pages).map_err(|e| failed(&e))?;
    Ok(conn)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let mut conn =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let mut since = Instant::now();
    conn.busy_handler(Some(move |count| {
        if count == 0 {
            since = Instant::now();
        }
        wait_a_little(since)
    }))?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(conn)
}

/// Looks at all pages of a backup when it is first opened as the store: its first ones alone say little. What is in use has
/// a write-ahead log, and a backup has none.
fn is_sound(conn: &Connection) -> rusqlite::Result<bool> {
    let ask = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, String>(0));
    Ok(ask("PRAGMA journal_mode")? == "wal" || ask("PRAGMA quick_check(1)")? == "ok")
}

fn prepare(conn: &mut Connection, wal_pages: Arc<AtomicU32>) -> rusqlite::Result<()> {
    conn.execute_batch(PRAGMAS)?;
    conn.wal_hook(Some(move |_: &mut _, pages| {
        wal_pages.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
        Ok(())
    }))
}

/// Short and uneven, so that many writers neither queue behind one sleeper nor wake together.
fn wait_a_little(since: Instant) -> bool {
    thread::sleep(Duration::from_micros(fastrand::u64(50..300)));
    since.elapsed() < PATIENCE
}

/// The size of the file, which is there afterwards.
fn make_if_missing(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) => return Ok(found.len()),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        Err(_) => {}
    }
    let _alone = lock_folder(path);
    if fs::symlink_metadata(path).is_ok() {
        return Ok(fs::metadata(path)?.len());
    }
    set_aside(path)?;
    let fresh = beside(path, &format!(".{}-{:08x}", std::process::id(), fastrand::u32(..)));
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh).map(drop);
    made.and_then(|()| give_to_owner_of_folder(&fresh)).and_then(|()| fs::rename(&fresh, path)).inspect_err(|_| {
        let _ = fs::remove_file(&fresh);
    })?;
    Ok(0)
}

/// What an earlier file of this name left behind must not be taken for a part of the new one. The index of a log is
/// worthless without it; the log itself is kept for whoever puts the old file back.
fn set_aside(path: &Path) -> io::Result<()> {
    let gone = |e: io::Error| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) };
    fs::rename(beside(path, "-wal"), beside(path, "-wal.old")).or_else(gone)?;
    fs::rename(beside(path, "-journal"), beside(path, "-journal.old")).or_else(gone)?;
    fs::remove_file(beside(path, "-shm")).or_else(gone)
}

/// A command line run by root must leave the file to the web server's user. SQLite gives the log the owner of the file.
fn give_to_owner_of_folder(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    let owner = fs::metadata(folder)?;
    if Uid::effective().is_root() && owner.uid() != 0 {
        chown(file, Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(())
}

/// Held until it is dropped. Where a file system has no such locks, SQLite's own still keep the file whole.
fn lock_folder(path: &Path) -> Option<Flock<File>> {
    let folder = File::open(path.parent()?).ok()?;
    Flock::lock(folder, FlockArg::LockExclusive).ok()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

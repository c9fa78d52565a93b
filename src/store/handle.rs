//! The open store of this thread: opened when it is first needed, closed before a fork, reopened when its file is replaced.
//!
//! **Why it is closed before a fork.** SQLite keeps what it knows of a file's locks in a table of the process. A child
//! inherits that table but none of the kernel's locks. If it only forgot the handle and opened the file again, SQLite
//! would believe that the locks are held, and take none: another process then finds itself alone, starts the
//! write-ahead log afresh under the child (or deletes it with its last handle), and committed records are gone. Closed
//! in the parent *before* the fork, the table is empty on both sides. That is what [`close`] is for; the `prepare` handler
//! of `pthread_atfork` calls it.
//!
//! A handle in use by another thread at that moment cannot be closed. [`after_fork_in_child`] makes such a handle stale:
//! it is forgotten in the child, never closed, because closing would write to what now belongs to the parent.

use std::cell::{Cell, RefCell};
use std::fs;
use std::mem;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::location::Place;
use super::sqlite::Sqlite;
use super::{Location, Store, StoreError};

/// How often a handle asks whether its file is still the one at its path.
const RECHECK: Duration = Duration::from_secs(1);

/// Counts the forks that led to this process.
static GENERATION: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static HANDLE: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

/// Runs `f` with this thread's store, opening it if need be.
///
/// # Errors
/// The store cannot be opened. What `f` meets is its own to report; after a failure the next call opens afresh.
pub fn with<R>(location: &Location, f: impl FnOnce(&dyn Store) -> R) -> Result<R, StoreError> {
    // Taken out while it is in use, so that neither a panic nor a call from within `f` finds it half done.
    let kept = HANDLE.with(|slot| slot.borrow_mut().take()).filter(|handle| handle.serves(location));
    let handle = match kept {
        Some(handle) => handle,
        None => Handle::open(location)?,
    };
    let result = f(handle.store());
    if !handle.store().is_broken() {
        let replaced = HANDLE.with(|slot| slot.borrow_mut().replace(handle));
        drop(replaced);
    }
    Ok(result)
}

/// Closes this thread's store; the next [`with`] opens it again. Before a fork, and when the module shuts down.
pub fn close() {
    // Neither a thread that is ending nor a call from within `with` has anything to close here.
    let handle = HANDLE.try_with(|slot| slot.try_borrow_mut().ok().and_then(|mut slot| slot.take()));
    drop(handle);
}

/// Makes every inherited handle stale. The `child` handler of `pthread_atfork` calls it; it only counts.
pub fn after_fork_in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

struct Handle {
    /// Always there; it is an option so that a stale one can be forgotten instead of closed.
    store: Option<Sqlite>,
    location: Location,
    place: Place,
    file: Option<FileId>,
    checked: Cell<Instant>,
    generation: u64,
}

impl Handle {
    fn open(location: &Location) -> Result<Self, StoreError> {
        let place = location.place()?;
        place.prepare()?;
        // Asked before the file is opened: one that is put in its place meanwhile is noticed at the next check.
        let found = FileId::of(&place.path);
        let store = Sqlite::open(&place.path)?;
        Ok(Self {
            file: found.or_else(|| FileId::of(&place.path)),
            store: Some(store),
            location: location.clone(),
            place,
            checked: Cell::new(Instant::now()),
            generation: GENERATION.load(Ordering::Relaxed),
        })
    }

    fn store(&self) -> &Sqlite {
        self.store.as_ref().expect("only drop takes it")
    }

    /// Whether this handle is of this process, for this location, and on the file that is there now.
    fn serves(&self, location: &Location) -> bool {
        self.is_of_this_process() && self.location == *location && self.is_in_place()
    }

    fn is_of_this_process(&self) -> bool {
        self.generation == GENERATION.load(Ordering::Relaxed)
    }

    fn is_in_place(&self) -> bool {
        if self.checked.get().elapsed() < RECHECK {
            return true;
        }
        self.checked.set(Instant::now());
        self.location.place().is_ok_and(|now| now == self.place)
            && self.file.is_some()
            && FileId::of(&self.place.path) == self.file
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if !self.is_of_this_process() {
            mem::forget(self.store.take());
        }
    }
}

/// What tells a file from another one of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self { device: found.dev(), inode: found.ino() })
    }
}

//! One connection to the file: transactions, and what goes wrong with them.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use rusqlite::Connection;

use super::tx::Tx;
use super::{fault, open};
use crate::store::StoreError;

/// The size at which the oldest cached answers are dropped.
const CACHE_MAX_BYTES: u64 = 256 * 1024 * 1024;
/// About 500 MB of records that nobody fetched; beyond it the oldest are dropped and counted.
const SPOOL_MAX_ROWS: u64 = 1_000_000;

/// How much a file may hold.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The size at which the oldest cached answers are dropped.
    pub cache_bytes: u64,
    /// The number at which the oldest records are dropped.
    pub spool_rows: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { cache_bytes: CACHE_MAX_BYTES, spool_rows: SPOOL_MAX_ROWS }
    }
}

/// One connection to the file. It belongs to one thread of one process.
pub struct Sqlite {
    pub(super) conn: Connection,
    pub(super) path: String,
    pub(super) bounds: Bounds,
    /// Pages in the write-ahead log after the last commit here.
    pub(super) wal_pages: Arc<AtomicU32>,
    /// The latest time that a call told: this file has no clock of its own.
    pub(super) seen_us: Cell<i64>,
    /// When to look for something to sweep.
    pub(super) sweep_us: Cell<i64>,
    broken: Cell<bool>,
}

impl Sqlite {
    /// Opens the file, and makes it if it is missing.
    ///
    /// # Errors
    /// See [`StoreError`]: it cannot be opened, is damaged or another program's, or newer than this module.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with_bounds(path, Bounds::default())
    }

    /// [`Self::open`] with other bounds than the usual ones.
    pub fn with_bounds(path: &Path, bounds: Bounds) -> Result<Self, StoreError> {
        let wal_pages = Arc::new(AtomicU32::new(0));
        let conn = open::open(path, Arc::clone(&wal_pages))?;
        Ok(Self {
            conn,
            path: path.display().to_string(),
            bounds,
            wal_pages,
            seen_us: Cell::new(0),
            sweep_us: Cell::new(0),
            broken: Cell::new(false),
        })
    }

    /// Whether something failed that a fresh connection might not meet.
    pub(in crate::store) fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Runs `f` in a transaction that may write; no other process writes meanwhile.
    pub(super) fn write<R>(&self, f: impl FnOnce(&Tx<'_>) -> rusqlite::Result<R>) -> Result<R, StoreError> {
        self.run(Tx::write(&self.conn), f)
    }

    /// As [`Self::write`], and what was written survives a power cut as well once this returns.
    pub(super) fn lasting<R>(&self, f: impl FnOnce(&Tx<'_>) -> rusqlite::Result<R>) -> Result<R, StoreError> {
        let synchronous =
            |level: &str| self.conn.pragma_update(None, "synchronous", level).map_err(|e| self.failed(&e));
        synchronous("FULL")?;
        let result = self.write(f);
        synchronous("NORMAL").and(result)
    }

    /// Runs `f` on one state of the file, without stopping anybody.
    pub(super) fn read<R>(&self, f: impl FnOnce(&Tx<'_>) -> rusqlite::Result<R>) -> Result<R, StoreError> {
        self.run(Tx::read(&self.conn), f)
    }

    fn run<'c, R>(
        &'c self,
        begun: rusqlite::Result<Tx<'c>>,
        f: impl FnOnce(&Tx<'c>) -> rusqlite::Result<R>,
    ) -> Result<R, StoreError> {
        let done = begun.and_then(|tx| {
            let result = f(&tx)?;
            tx.commit()?;
            Ok(result)
        });
        done.map_err(|e| self.failed(&e))
    }

    /// What an error means to who asked.
    pub(super) fn failed(&self, error: &rusqlite::Error) -> StoreError {
        self.broken.set(self.broken.get() || !fault::passes(error));
        fault::of(&self.path, error)
    }

    /// Takes in what time it is, as a call tells it.
    pub(super) fn saw(&self, now_us: i64) {
        self.seen_us.set(self.seen_us.get().max(now_us));
    }
}

//! Integers of the file as a whole, by name.

use rusqlite::OptionalExtension;

use super::tx::Tx;

pub(super) const CACHE_BYTES: &str = "cache_bytes";
pub(super) const CACHE_ENTRIES: &str = "cache_entries";
/// How often a provider was asked again, see [`crate::store::QueueStatus::asked_again`].
pub(super) const JOB_ASKED_AGAIN: &str = "job_asked_again";
/// How often a lease on a job ran out.
pub(super) const JOB_ABANDONED: &str = "job_abandoned";
pub(super) const SPOOL_DROPPED: &str = "spool_dropped";
/// When housekeeping is due next, in microseconds since the epoch.
pub(super) const SWEEP_US: &str = "sweep_us";

/// Its value; 0 if it was never set.
pub(super) fn get(tx: &Tx<'_>, name: &str) -> rusqlite::Result<i64> {
    let found =
        tx.statement("SELECT value FROM state WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(0))
}

pub(super) fn set(tx: &Tx<'_>, name: &str, value: i64) -> rusqlite::Result<()> {
    tx.statement("REPLACE INTO state (name, value) VALUES (?1, ?2)")?.execute((name, value))?;
    Ok(())
}

pub(super) fn add(tx: &Tx<'_>, name: &str, more: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO state (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";
    tx.statement(sql)?.execute((name, more))?;
    Ok(())
}

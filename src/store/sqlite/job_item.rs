//! The rows of items. Those of one job lie side by side, in order, and are found by number without any index.

use rusqlite::{OptionalExtension, Row};

use super::tx::Tx;
use super::{job, job_claim};
use crate::store::{Entry, ItemEnd, ItemState, JobItem, Lease, OfJob, Settlement};

/// How many places a job has, as a power of two: more than any may have items.
const BITS: u32 = 20;

const COLUMNS: &str = "id, state, attempts, request, result, error, call";

/// The row of the first item of a job, and the one after the last that it could have.
pub(super) const fn range(job: i64) -> (i64, i64) {
    (job << BITS, (job + 1) << BITS)
}

pub(super) fn insert(tx: &Tx<'_>, job: i64, requests: &[Vec<u8>]) -> rusqlite::Result<()> {
    let mut statement =
        tx.statement("INSERT INTO job_item (id, state, attempts, request, result) VALUES (?1, 0, 0, ?2, x'')")?;
    for (row, request) in (range(job).0..range(job).1).zip(requests) {
        statement.execute((row, request))?;
    }
    Ok(())
}

/// The first items from place `from` on that stand like this, for whoever holds the lease.
pub(super) fn of(
    tx: &Tx<'_>,
    lease: Lease<'_>,
    state: ItemState,
    from: u32,
    max: u32,
) -> rusqlite::Result<Vec<JobItem>> {
    match job_claim::held(tx, lease)? {
        Some(job) => select(tx, job, &format!("AND state = {}", state as i64), from, max),
        None => Ok(Vec::new()),
    }
}

/// The first items from place `from` on.
pub(super) fn list(tx: &Tx<'_>, site: &str, uid: &str, from: u32, max: u32) -> rusqlite::Result<Vec<JobItem>> {
    match job::find(tx, site, uid)? {
        Some((job, _)) => select(tx, job, "", from, max),
        None => Ok(Vec::new()),
    }
}

fn select(tx: &Tx<'_>, job: i64, more: &str, from: u32, max: u32) -> rusqlite::Result<Vec<JobItem>> {
    let (first, end) = range(job);
    let sql = format!("SELECT {COLUMNS} FROM job_item WHERE id >= ?1 AND id < ?2 {more} ORDER BY id LIMIT ?3");
    tx.statement(&sql)?.query_map((first + i64::from(from), end, max), read)?.collect()
}

/// The row of an item whose job its worker still holds.
pub(super) fn held(tx: &Tx<'_>, of: OfJob<'_>) -> rusqlite::Result<Option<i64>> {
    Ok(job_claim::held(tx, of.lease)?.map(|job| range(job).0 + i64::from(of.n)))
}

/// Writes what became of an item that has not ended, and says whether the lease still held.
pub(super) fn end(tx: &Tx<'_>, of: OfJob<'_>, end: ItemEnd<'_>) -> rusqlite::Result<bool> {
    let Some(job) = job_claim::held(tx, of.lease)? else { return Ok(false) };
    let row = range(job).0 + i64::from(of.n);
    let (set, value): (_, &[u8]) = match end {
        ItemEnd::Done(result) => ("state = 2, result = ?2, error = NULL, request = x''", result),
        ItemEnd::Failed(error) => ("state = 3, error = CAST(?2 AS TEXT)", error.as_bytes()),
        ItemEnd::Again(error) => ("state = 0, error = CAST(?2 AS TEXT), attempts = attempts + 1", error.as_bytes()),
    };
    let sql = format!(
        "UPDATE job_item SET {set}, answer = NULL, provider = NULL, answered_us = NULL, call = NULL \
        WHERE id = ?1 AND state IN (0, 1, 4)"
    );
    let changed = tx.statement(&sql)?.execute((row, value))? > 0;
    let count = match end {
        ItemEnd::Done(_) => "done = done + 1",
        ItemEnd::Failed(_) => "failed = failed + 1",
        ItemEnd::Again(_) => return Ok(true),
    };
    if changed {
        tx.statement(&format!("UPDATE job SET {count}, deaths = 0 WHERE id = ?1"))?.execute([job])?;
    }
    Ok(true)
}

/// An item goes to a provider.
pub(super) fn asked(tx: &Tx<'_>, row: i64) -> rusqlite::Result<()> {
    tx.statement("UPDATE job_item SET state = 1 WHERE id = ?1 AND state = 0")?.execute([row])?;
    Ok(())
}

/// An item is back from a provider, and what was answered is kept until its worker has ended it.
pub(super) fn settled(tx: &Tx<'_>, row: i64, outcome: &Settlement<'_>) -> rusqlite::Result<()> {
    match outcome.answer {
        Some(answer) => {
            let sql = "UPDATE job_item SET state = 0, answer = ?2, provider = ?3, answered_us = ?4, call = NULL \
                WHERE id = ?1 AND state IN (0, 1, 4)";
            tx.statement(sql)?.execute((row, answer, &outcome.record.provider, outcome.now_us))?
        }
        None => tx
            .statement("UPDATE job_item SET state = 0, call = NULL WHERE id = ?1 AND state IN (1, 4)")?
            .execute([row])?,
    };
    Ok(())
}

/// What was answered to an item that nobody has ended.
pub(super) fn answer(tx: &Tx<'_>, row: i64) -> rusqlite::Result<Option<Entry>> {
    let sql = "SELECT answer, provider, answered_us FROM job_item WHERE id = ?1 AND answer IS NOT NULL";
    tx.statement(sql)?
        .query_row([row], |row| Ok(Entry { body: row.get(0)?, provider: row.get(1)?, stored_us: row.get(2)? }))
        .optional()
}

/// Opens the items of a job that were asked and not settled, and says how many there were.
pub(super) fn reopen(tx: &Tx<'_>, job: i64) -> rusqlite::Result<i64> {
    let sql = "UPDATE job_item INDEXED BY job_item_asked SET state = 0 WHERE state = 1 AND id >= ?1 AND id < ?2";
    Ok(tx.statement(sql)?.execute(range(job))? as i64)
}

/// An item of a job is with a provider, and this is kept of its call.
pub(super) fn park(tx: &Tx<'_>, job: i64, n: u32, call: &[u8]) -> rusqlite::Result<()> {
    let sql = "UPDATE job_item SET state = 4, call = ?2 WHERE id = ?1 AND state IN (0, 1)";
    tx.statement(sql)?.execute((range(job).0 + i64::from(n), call))?;
    Ok(())
}

/// Opens the items of a job that a provider works on, and says how many there were. What is kept of their calls stays.
pub(super) fn unpark(tx: &Tx<'_>, job: i64) -> rusqlite::Result<usize> {
    let sql = "UPDATE job_item INDEXED BY job_item_waiting SET state = 0 WHERE state = 4 AND id >= ?1 AND id < ?2";
    tx.statement(sql)?.execute(range(job))
}

/// Ends the items of a job that nobody has answered, and says how many there were. What was settled for them is kept.
pub(super) fn fail_open(tx: &Tx<'_>, job: i64, error: Option<&str>) -> rusqlite::Result<usize> {
    let sql = "UPDATE job_item SET state = 3, error = ?3 WHERE id >= ?1 AND id < ?2 AND state IN (0, 1, 4)";
    let (first, end) = range(job);
    tx.statement(sql)?.execute((first, end, error))
}

/// Opens the items of a job that have failed, as if they were new.
pub(super) fn retry(tx: &Tx<'_>, job: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE job_item SET state = 0, attempts = 0, error = NULL WHERE id >= ?1 AND id < ?2 AND state = 3";
    tx.statement(sql)?.execute(range(job))?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<JobItem> {
    let places = (1_i64 << BITS) - 1;
    Ok(JobItem {
        n: (row.get::<_, i64>(0)? & places) as u32,
        state: ItemState::numbered(row.get(1)?),
        attempts: row.get(2)?,
        request: row.get(3)?,
        result: row.get(4)?,
        error: row.get(5)?,
        call: row.get::<_, Option<Vec<u8>>>(6)?.unwrap_or_default(),
    })
}

//! How jobs are dropped: each at once, and its items after it, a bounded number in one transaction, because others wait for its
//! end. What a process that dies leaves of them goes with the next sweep.

use super::job_item;
use super::tx::Tx;
use crate::store::JobFilter;

/// Jobs that are dropped in one step.
pub(super) const STEP: usize = 100;
/// Items that are dropped in one step.
const ITEMS_STEP: usize = 1_000;

/// The rows of the jobs that match and have ended.
pub(super) fn ended(tx: &Tx<'_>, filter: &JobFilter<'_>) -> rusqlite::Result<Vec<i64>> {
    super::job::select(tx, "id", " AND state IN (3, 4, 5)", filter, |row| row.get(0))
}

/// Drops jobs by row, and says how many were still there and had ended. Their items are left for [`sweep`].
pub(super) fn drop(tx: &Tx<'_>, rows: &[i64]) -> rusqlite::Result<u64> {
    let mut dropped = 0;
    for row in rows {
        if tx.statement("DELETE FROM job WHERE id = ?1 AND state IN (3, 4, 5)")?.execute([row])? > 0 {
            tx.statement("INSERT INTO job_gone (id) VALUES (?1)")?.execute([row])?;
            dropped += 1;
        }
    }
    Ok(dropped)
}

/// Drops items of jobs that were dropped, and says whether more may be left.
pub(super) fn sweep(tx: &Tx<'_>) -> rusqlite::Result<bool> {
    let mut room = ITEMS_STEP;
    while room > 0 {
        let gone: Option<i64> = tx.statement("SELECT min(id) FROM job_gone")?.query_row([], |row| row.get(0))?;
        let Some(job) = gone else { return Ok(false) };
        let sql = "DELETE FROM job_item WHERE id IN (SELECT id FROM job_item WHERE id >= ?1 AND id < ?2 LIMIT ?3)";
        let (first, end) = job_item::range(job);
        let dropped = tx.statement(sql)?.execute((first, end, room))?;
        if dropped < room {
            tx.statement("DELETE FROM job_gone WHERE id = ?1")?.execute([job])?;
        }
        room -= dropped;
    }
    Ok(true)
}

/// Drops jobs that were kept for as long as they were to be, and says whether there is more to do.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT id FROM job WHERE state IN (3, 4, 5) AND ready = 0 AND due_us <= ?1 LIMIT ?2";
    let rows: Vec<i64> =
        tx.statement(sql)?.query_map((now_us, STEP), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let full = drop(tx, &rows)? == STEP as u64;
    Ok(sweep(tx)? | full)
}

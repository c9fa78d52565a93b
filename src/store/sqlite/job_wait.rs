//! Jobs that a provider works on: how they come to wait, and how they are woken.

use super::tx::Tx;
use super::{budget, job, job_item, spool};
use crate::store::{Parked, Wait};

/// Keeps what is needed of the items that have just been sent.
pub(super) fn park(tx: &Tx<'_>, row: i64, wait: &Wait<'_>) -> rusqlite::Result<()> {
    for Parked { n, call, uid, claims, until_us } in wait.parked {
        job_item::park(tx, row, *n, call)?;
        budget::prolong(tx, claims, uid, *until_us)?;
        spool::prolong(tx, uid, *until_us)?;
    }
    Ok(())
}

/// Lets a job wait that its worker holds. One whose provider has told of its end meanwhile is ready at once.
pub(super) fn wait(tx: &Tx<'_>, row: i64, now_us: i64, wait: &Wait<'_>) -> rusqlite::Result<()> {
    let sql = "UPDATE job SET state = 2, due_us = iif(token IS '', ?3, ?2), ready = iif(token IS '', 1, ?2 <= ?3), \
        about = ?4, token = ?5, error = ?6, deaths = 0 WHERE id = ?1 RETURNING site, ready";
    let values = (row, wait.due_us, now_us, wait.about, wait.token, wait.error);
    let (site, ready): (String, bool) = tx.statement(sql)?.query_row(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    if ready { job::line_up(tx, &site) } else { Ok(()) }
}

/// Makes the job ready that waits for the provider's work of this name, and says whether there is one.
pub(super) fn wake(tx: &Tx<'_>, site: &str, token: &str, now_us: i64) -> rusqlite::Result<bool> {
    let sql = "UPDATE job SET ready = 1, due_us = ?3 WHERE site = ?1 AND token = ?2 AND state = 2";
    if tx.statement(sql)?.execute((site, token, now_us))? > 0 {
        job::line_up(tx, site)?;
        return Ok(true);
    }
    let sql = "UPDATE job SET token = '' WHERE site = ?1 AND token = ?2 AND state = 1";
    Ok(tx.statement(sql)?.execute((site, token))? > 0)
}

/// Whether any job waits for that: asked before the write lock is taken.
pub(super) fn is_awaited(tx: &Tx<'_>, site: &str, token: &str) -> rusqlite::Result<bool> {
    tx.statement("SELECT 1 FROM job WHERE site = ?1 AND token = ?2")?.exists((site, token))
}

//! What becomes of a job when its worker leaves it, and when somebody else decides about it.

use super::tx::Tx;
use super::{inbox, job, job_claim, job_item, job_wait};
use crate::store::{Arrival, Job, JobState, Lease, NewJob, Parting};

/// Ends a worker's turn, and says whether the lease still held.
pub(super) fn part(tx: &Tx<'_>, lease: Lease<'_>, now_us: i64, parting: &Parting<'_>) -> rusqlite::Result<bool> {
    let Some(row) = job_claim::held(tx, lease)? else { return Ok(false) };
    if let Parting::Wait(wait) = parting {
        job_wait::park(tx, row, wait)?;
    }
    job_item::reopen(tx, row)?;
    match *parting {
        Parting::Queue { run_us, error } => {
            let sql = "UPDATE job SET state = 0, ready = ?2, due_us = ?3, error = ?4, deaths = 0, token = NULL WHERE id = ?1 \
                RETURNING site";
            let ready = run_us <= now_us;
            let site: String = tx.statement(sql)?.query_row((row, ready, run_us, error), |row| row.get(0))?;
            if ready {
                job::line_up(tx, &site)?;
            }
        }
        Parting::Wait(wait) => job_wait::wait(tx, row, now_us, &wait)?,
        Parting::End { error, keep_us, event, next } => {
            end(tx, row, now_us, error, keep_us)?;
            if let Some(event) = event {
                inbox::receive(tx, event)?;
            }
            if let Some(next) = next {
                job::enqueue(tx, next)?;
            }
        }
    }
    Ok(true)
}

/// Ends a job, whatever its items are: those that are open fail.
pub(super) fn end(tx: &Tx<'_>, row: i64, now_us: i64, error: Option<&str>, keep_us: i64) -> rusqlite::Result<()> {
    let open = job_item::fail_open(tx, row, error)?;
    let sql = "UPDATE job SET state = iif(done = total, 3, 4), ready = 0, failed = failed + ?2, error = ?3, ended_us = ?4, \
        due_us = ?5, token = NULL WHERE id = ?1";
    tx.statement(sql)?.execute((row, open, error, now_us, keep_us))?;
    Ok(())
}

/// Calls a job off unless it has ended, and enqueues `next` if a provider works on it.
pub(super) fn cancel(
    tx: &Tx<'_>,
    site: &str,
    uid: &str,
    now_us: i64,
    keep_us: i64,
    next: &NewJob<'_>,
) -> rusqlite::Result<Option<Job>> {
    change(tx, site, uid, |row, job| {
        if job.state.is_final() {
            return Ok(());
        }
        job_item::reopen(tx, row)?;
        let sql = "UPDATE job SET state = 5, ready = 0, fence = fence + 1, ended_us = ?2, due_us = ?3, token = NULL WHERE id = ?1";
        tx.statement(sql)?.execute((row, now_us, keep_us))?;
        if job_item::unpark(tx, row)? > 0 {
            let Job { user_id, client, source, about, .. } = job;
            job::enqueue(tx, &NewJob { user_id: *user_id, client, source, about, ..*next })?;
        }
        Ok(())
    })
}

/// Puts a job that has failed or was cancelled back into the queue. What a provider has worked on until then is asked anew.
pub(super) fn retry(tx: &Tx<'_>, site: &str, uid: &str, now_us: i64) -> rusqlite::Result<Option<Job>> {
    change(tx, site, uid, |row, job| {
        if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
            return Ok(());
        }
        job_item::retry(tx, row)?;
        let sql = "UPDATE job SET state = 0, ready = 1, failed = 0, deaths = 0, error = NULL, ended_us = NULL, due_us = ?2 \
            WHERE id = ?1";
        tx.statement(sql)?.execute((row, now_us))?;
        job::line_up(tx, site)
    })
}

/// Accepts the result of a job that is done, unless that was done before.
pub(super) fn accept(
    tx: &Tx<'_>,
    site: &str,
    uid: &str,
    now_us: i64,
    event: &Arrival<'_>,
) -> rusqlite::Result<Option<Job>> {
    change(tx, site, uid, |row, job| {
        if job.state != JobState::Done || job.accepted_us.is_some() {
            return Ok(());
        }
        tx.statement("UPDATE job SET accepted_us = ?2 WHERE id = ?1")?.execute((row, now_us))?;
        inbox::receive(tx, event).map(drop)
    })
}

/// Changes a job of a site, and hands back how it stands then.
fn change(
    tx: &Tx<'_>,
    site: &str,
    uid: &str,
    f: impl FnOnce(i64, &Job) -> rusqlite::Result<()>,
) -> rusqlite::Result<Option<Job>> {
    let Some((row, job)) = job::find(tx, site, uid)? else { return Ok(None) };
    f(row, &job)?;
    Ok(job::find(tx, site, uid)?.map(|(_, job)| job))
}

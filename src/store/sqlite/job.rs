//! The rows of jobs: how one comes into the queue, how it is found, and how many there are.

use rusqlite::types::FromSql;
use rusqlite::{OptionalExtension, Params, Row};

use super::tx::Tx;
use super::{job_item, state};
use crate::store::{Counts, Enqueued, Job, JobFilter, JobState, NewJob, QueueStatus};

pub(super) const COLUMNS: &str = "uid, site, user_id, client, source, kind, state, priority, about, total, done, failed, \
    attempts, error, created_us, started_us, ended_us, due_us, accepted_us";

/// Puts a job into the queue.
pub(super) fn enqueue(tx: &Tx<'_>, job: &NewJob<'_>) -> rusqlite::Result<Enqueued> {
    if let Some(known) = known(tx, job)? {
        return Ok(known);
    }
    let sql = "INSERT INTO job (uid, site, user_id, client, source, kind, state, ready, priority, about, total, done, failed, \
        attempts, fence, deaths, created_us, due_us, key, key_hash) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, 0, 0, 0, 0, 0, ?11, ?12, ?13, ?14) RETURNING id";
    let NewJob { now_us, id, site, user_id, client, source, kind, priority, run_us, key, about, items } = *job;
    let (ready, total) = (run_us <= now_us, items.len() as u64);
    let (key, hash) = (key.map(|(key, _)| key), key.map(|(_, hash)| hash));
    let values = (id, site, user_id, client, source, kind, ready, priority, about, total, now_us, run_us, key, hash);
    let row: i64 = tx.statement(sql)?.query_row(values, |row| row.get(0))?;
    job_item::insert(tx, row, items)?;
    if ready {
        line_up(tx, site)?;
    }
    Ok(Enqueued::New)
}

/// What is in the queue under this key already.
fn known(tx: &Tx<'_>, job: &NewJob<'_>) -> rusqlite::Result<Option<Enqueued>> {
    let Some((key, hash)) = job.key else { return Ok(None) };
    let sql = "SELECT uid, key_hash = ?5 FROM job WHERE site = ?1 AND user_id = ?2 AND client = ?3 AND key = ?4";
    let found = tx.statement(sql)?.query_row((job.site, job.user_id, job.client, key, hash), |row| {
        Ok(if row.get(1)? { Enqueued::Same(row.get(0)?) } else { Enqueued::Conflict })
    });
    found.optional()
}

/// Gives a site with a job that is ready its turn, after all others, unless it has one.
pub(super) fn line_up(tx: &Tx<'_>, site: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO job_lane (site, turn) VALUES (?1, (SELECT coalesce(max(turn), 0) + 1 FROM job_lane)) \
        ON CONFLICT (site) DO NOTHING";
    tx.statement(sql)?.execute([site])?;
    Ok(())
}

/// The row of a job of a site, and how the job stands.
pub(super) fn find(tx: &Tx<'_>, site: &str, uid: &str) -> rusqlite::Result<Option<(i64, Job)>> {
    let sql = format!("SELECT {COLUMNS}, id FROM job WHERE uid = ?1 AND site = ?2");
    tx.statement(&sql)?.query_row((uid, site), |row| Ok((row.get("id")?, read(row)?))).optional()
}

/// The newest jobs that match.
pub(super) fn list(tx: &Tx<'_>, filter: &JobFilter<'_>) -> rusqlite::Result<Vec<Job>> {
    select(tx, COLUMNS, "", filter, read)
}

/// What `f` makes of these columns of the newest jobs that match the filter and `more`.
pub(super) fn select<R>(
    tx: &Tx<'_>,
    columns: &str,
    more: &str,
    filter: &JobFilter<'_>,
    f: impl FnMut(&Row<'_>) -> rusqlite::Result<R>,
) -> rusqlite::Result<Vec<R>> {
    let JobFilter { site, id, user_id, client, source, kind, state, before, ended_before_us, max } = *filter;
    // The one part that an index serves leads; the others are compared row by row.
    let lead = match (id, site) {
        (Some(_), _) => "uid = ?2 AND (?1 IS NULL OR site = ?1)",
        (None, Some(_)) => "site = ?1 AND ?2 IS NULL",
        (None, None) => "?1 IS NULL AND ?2 IS NULL",
    };
    let before = match before {
        Some(uid) => row_of(tx, uid)?.unwrap_or(0),
        None => i64::MAX,
    };
    let sql = format!(
        "SELECT {columns} FROM job WHERE {lead} AND (?3 IS NULL OR user_id = ?3) AND (?4 IS NULL OR client = ?4) \
        AND (?5 IS NULL OR source = ?5) AND (?6 IS NULL OR kind = ?6) AND (?7 IS NULL OR state = ?7) AND id < ?8 \
        AND (?9 IS NULL OR ended_us < ?9){more} ORDER BY id DESC LIMIT ?10"
    );
    let state = state.map(|state| state as i64);
    let values = (site, id, user_id, client, source, kind, state, before, ended_before_us, max);
    tx.statement(&sql)?.query_map(values, f)?.collect()
}

fn row_of(tx: &Tx<'_>, uid: &str) -> rusqlite::Result<Option<i64>> {
    tx.statement("SELECT id FROM job WHERE uid = ?1")?.query_row([uid], |row| row.get(0)).optional()
}

pub(super) fn status(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<QueueStatus> {
    let count =
        |state: JobState| one(tx, "SELECT coalesce(sum(jobs), 0) FROM job_count WHERE state = ?1", [state as i64]);
    Ok(QueueStatus {
        queued: count(JobState::Queued)?,
        running: count(JobState::Running)?,
        waiting: count(JobState::Waiting)?,
        done: count(JobState::Done)?,
        failed: count(JobState::Failed)?,
        cancelled: count(JobState::Cancelled)?,
        oldest_due_us: oldest(now_us, |state, ready| {
            one(tx, "SELECT min(due_us) FROM job WHERE state = ?1 AND ready = ?2", (state, ready))
        })?,
        asked_again: state::get(tx, state::JOB_ASKED_AGAIN)?.unsigned_abs(),
        abandoned: state::get(tx, state::JOB_ABANDONED)?.unsigned_abs(),
    })
}

/// The jobs of a kind that a site has.
pub(super) fn counts(tx: &Tx<'_>, site: &str, kind: &str, now_us: i64, counts: &mut Counts) -> rusqlite::Result<()> {
    for (_, state) in JobState::ALL {
        let sql = "SELECT coalesce(max(jobs), 0) FROM job_count WHERE site = ?1 AND kind = ?2 AND state = ?3";
        counts.jobs[state as usize] = one(tx, sql, (site, kind, state as i64))?;
    }
    counts.oldest_due_us = oldest(now_us, |state, ready| {
        // The first of its site in the order of the index.
        let sql = "SELECT due_us FROM job WHERE state = ?1 AND ready = ?2 AND site = ?3 ORDER BY due_us LIMIT 1";
        tx.statement(sql)?.query_row((state, ready, site), |row| row.get(0)).optional()
    })?;
    Ok(())
}

/// When the oldest job became due that a worker could have now, of those that are first in each state.
fn oldest(now_us: i64, first: impl Fn(i64, bool) -> rusqlite::Result<Option<i64>>) -> rusqlite::Result<Option<i64>> {
    let mut oldest_us: Option<i64> = None;
    for state in [JobState::Queued, JobState::Running, JobState::Waiting] {
        for ready in [false, true] {
            let due_us = first(state as i64, ready)?.filter(|due_us| *due_us <= now_us);
            oldest_us = [oldest_us, due_us].into_iter().flatten().min();
        }
    }
    Ok(oldest_us)
}

fn one<T: FromSql>(tx: &Tx<'_>, sql: &str, values: impl Params) -> rusqlite::Result<T> {
    tx.statement(sql)?.query_row(values, |row| row.get(0))
}

/// A row of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Job> {
    Ok(Job {
        id: row.get(0)?,
        site: row.get(1)?,
        user_id: row.get(2)?,
        client: row.get(3)?,
        source: row.get(4)?,
        kind: row.get(5)?,
        state: JobState::numbered(row.get(6)?),
        priority: row.get(7)?,
        about: row.get(8)?,
        total: row.get(9)?,
        done: row.get(10)?,
        failed: row.get(11)?,
        attempts: row.get(12)?,
        error: row.get(13)?,
        created_us: row.get(14)?,
        started_us: row.get(15)?,
        ended_us: row.get(16)?,
        due_us: row.get(17)?,
        accepted_us: row.get(18)?,
    })
}

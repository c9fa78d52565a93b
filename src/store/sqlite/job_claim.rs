//! Handing out jobs. One that is *ready* has its place in the lane of its site, and lanes take turns; a claim first makes ready
//! what has become due, a bounded number of jobs, and takes back leases that have run out.
//!
//! A lane is made when a job of its site becomes ready, and ends when its turn comes and there is none: so nobody else needs to
//! look after it.

use std::collections::BTreeSet;

use rusqlite::OptionalExtension;

use super::tx::Tx;
use super::{inbox, job, job_item, job_part, state};
use crate::store::job::{ABANDONED, ABANDONED_KEPT_US, MAX_DEATHS};
use crate::store::{Arrival, ClaimedJob, JobClaim, Lease};

/// Jobs that become ready in one step.
const DUE_STEP: usize = 200;
/// Leases that are taken back in one step.
const LAPSED_STEP: usize = 50;

/// What a claim that names a job may have.
const DUE: &str = "(ready = 1 OR state = 2 OR (state IN (0, 1) AND due_us <= ?1))";

/// Whether there may be anything to hand out: asked before the write lock is taken.
pub(super) fn is_due(tx: &Tx<'_>, claim: &JobClaim<'_>) -> rusqlite::Result<bool> {
    if let Some(id) = claim.id {
        let sql = format!("SELECT 1 FROM job WHERE uid = ?2 AND {DUE}");
        return tx.statement(&sql)?.exists((claim.now_us, id));
    }
    let sql = "SELECT 1 FROM job WHERE state IN (0, 1, 2) AND ready = 0 AND due_us <= ?1";
    if tx.statement(sql)?.exists([claim.now_us])? {
        return Ok(true);
    }
    match claim.site {
        Some(site) => Ok(first(tx, site)?.is_some()),
        None => tx.statement("SELECT 1 FROM job_lane")?.exists([]),
    }
}

/// Hands out jobs, and says whether more may have become due than it looked at.
pub(super) fn claim(tx: &Tx<'_>, claim: &JobClaim<'_>) -> rusqlite::Result<(Vec<ClaimedJob>, bool)> {
    if let Some(uid) = claim.id {
        let row = named(tx, claim, uid)?.filter(|_| claim.max > 0);
        let claimed = row.map(|row| take(tx, row, claim)).transpose()?;
        return Ok((claimed.into_iter().collect(), false));
    }
    let more = take_back_lapsed(tx, claim.now_us)? | make_ready(tx, claim.now_us)?;
    let mut claimed = Vec::new();
    while claimed.len() < claim.max as usize {
        let next = match claim.site {
            Some(site) => first(tx, site)?,
            None => next_in_turn(tx)?,
        };
        let Some(row) = next else { break };
        claimed.push(take(tx, row, claim)?);
    }
    Ok((claimed, more))
}

/// Renews a lease, and says whether it was still held.
pub(super) fn renew(tx: &Tx<'_>, lease: Lease<'_>, lease_us: i64) -> rusqlite::Result<bool> {
    let sql = "UPDATE job SET due_us = ?3 WHERE uid = ?1 AND fence = ?2 AND state = 1";
    Ok(tx.statement(sql)?.execute((lease.id, lease.fence, lease_us))? > 0)
}

/// The row of a job that a lease still holds. One that has run out holds until somebody else claims.
pub(super) fn held(tx: &Tx<'_>, lease: Lease<'_>) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT id FROM job WHERE uid = ?1 AND fence = ?2 AND state = 1";
    tx.statement(sql)?.query_row((lease.id, lease.fence), |row| row.get(0)).optional()
}

/// The row of the job that a claim names, if it may be had.
fn named(tx: &Tx<'_>, claim: &JobClaim<'_>, uid: &str) -> rusqlite::Result<Option<i64>> {
    let sql = format!("SELECT id, state = 1 FROM job WHERE uid = ?2 AND (?3 IS NULL OR site = ?3) AND {DUE}");
    let found: Option<(i64, bool)> = tx
        .statement(&sql)?
        .query_row((claim.now_us, uid, claim.site), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((row, lapsed)) = found else { return Ok(None) };
    let lives = !lapsed || take_back(tx, row, claim.now_us)?;
    Ok(lives.then_some(row))
}

/// The best job of the lane whose turn it is. A lane without any is closed.
fn next_in_turn(tx: &Tx<'_>) -> rusqlite::Result<Option<i64>> {
    loop {
        let sql = "SELECT site FROM job_lane ORDER BY turn LIMIT 1";
        let site: Option<String> = tx.statement(sql)?.query_row([], |row| row.get(0)).optional()?;
        let Some(site) = site else { return Ok(None) };
        if let Some(row) = first(tx, &site)? {
            let sql = "UPDATE job_lane SET turn = (SELECT max(turn) + 1 FROM job_lane) WHERE site = ?1";
            tx.statement(sql)?.execute([&site])?;
            return Ok(Some(row));
        }
        tx.statement("DELETE FROM job_lane WHERE site = ?1")?.execute([&site])?;
    }
}

/// The best job of a site.
fn first(tx: &Tx<'_>, site: &str) -> rusqlite::Result<Option<i64>> {
    let sql =
        "SELECT id FROM job INDEXED BY job_ready WHERE ready = 1 AND site = ?1 ORDER BY priority DESC, id LIMIT 1";
    tx.statement(sql)?.query_row([site], |row| row.get(0)).optional()
}

fn take(tx: &Tx<'_>, row: i64, claim: &JobClaim<'_>) -> rusqlite::Result<ClaimedJob> {
    let sql = format!(
        "UPDATE job SET state = 1, ready = 0, fence = fence + 1, attempts = attempts + 1, due_us = ?2, \
        started_us = coalesce(started_us, ?3) WHERE id = ?1 RETURNING {}, fence",
        job::COLUMNS
    );
    tx.statement(&sql)?.query_row((row, claim.lease_us, claim.now_us), |row| {
        Ok(ClaimedJob { job: job::read(row)?, fence: row.get("fence")? })
    })
}

/// Makes ready what has become due, and says whether that was a whole step.
fn make_ready(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<bool> {
    let sql = "UPDATE job SET ready = 1 WHERE id IN \
        (SELECT id FROM job WHERE state IN (0, 2) AND ready = 0 AND due_us <= ?1 LIMIT ?2) RETURNING site";
    let sites: Vec<String> =
        tx.statement(sql)?.query_map((now_us, DUE_STEP), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let full = sites.len() == DUE_STEP;
    for site in BTreeSet::from_iter(sites) {
        job::line_up(tx, &site)?;
    }
    Ok(full)
}

/// Takes back leases that have run out, and says whether that was a whole step.
fn take_back_lapsed(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT id FROM job WHERE state = 1 AND ready = 0 AND due_us <= ?1 LIMIT ?2";
    let rows: Vec<i64> =
        tx.statement(sql)?.query_map((now_us, LAPSED_STEP), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for row in &rows {
        take_back(tx, *row, now_us)?;
    }
    Ok(rows.len() == LAPSED_STEP)
}

/// Takes back a lease that has run out, and says whether the job is ready again: else it was given up.
fn take_back(tx: &Tx<'_>, row: i64, now_us: i64) -> rusqlite::Result<bool> {
    state::add(tx, state::JOB_ASKED_AGAIN, job_item::reopen(tx, row)?)?;
    state::add(tx, state::JOB_ABANDONED, 1)?;
    let sql =
        "UPDATE job SET state = 0, ready = 1, deaths = deaths + 1 WHERE id = ?1 RETURNING deaths, site, uid, fence";
    let (deaths, site, uid, fence): (u32, String, String, i64) =
        tx.statement(sql)?.query_row([row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    if deaths < MAX_DEATHS {
        job::line_up(tx, &site)?;
        return Ok(true);
    }
    job_part::end(tx, row, now_us, Some(ABANDONED), now_us + ABANDONED_KEPT_US)?;
    let lease = Lease { id: &uid, fence };
    let (event, body) = (lease.event(), lease.event_body());
    let (source, kind, sent_s) = (Lease::SOURCE, Some(Lease::FAILED), Some(now_us / 1_000_000));
    inbox::receive(tx, &Arrival { now_us, site: &site, source, event: &event, kind, sent_s, body: &body })?;
    Ok(false)
}

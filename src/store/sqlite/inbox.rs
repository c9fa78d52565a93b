//! The inbox: one row an event, and of those that were handled the id for as long as they may come again.

use rusqlite::{OptionalExtension, Row, ToSql, params_from_iter};

use super::tx::Tx;
use crate::store::{Arrival, Counts, Event, EventFilter, Handled, Lease, MAX_ATTEMPTS, State, Status};

/// How long an event that was handled is remembered: longer than any sender repeats it. By then its signature is stale; where
/// it has no time it holds for ever, and so does the event's id.
const DONE_KEPT_US: i64 = 30 * 86_400 * 1_000_000;
/// How long one that nobody could handle is kept for somebody to look at.
const DEAD_KEPT_US: i64 = 90 * 86_400 * 1_000_000;
/// When an event that is never forgotten was done with: the end of the year 9999.
const NEVER_US: i64 = 253_402_300_799 * 1_000_000;
/// Events that are dropped in one step.
const STEP: u32 = 1_000;

const COLUMNS: &str = "id, site, source, event, kind, sent_s, received_us, body, state, attempts, due_us, error";

/// Keeps an event, and says whether it is new.
pub(super) fn receive(tx: &Tx<'_>, arrival: &Arrival<'_>) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO inbox (site, source, event, kind, sent_s, received_us, body, state, attempts, due_us) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?6) ON CONFLICT (site, source, event) DO NOTHING";
    let Arrival { now_us, site, source, event, kind, sent_s, body } = *arrival;
    Ok(tx.statement(sql)?.execute((site, source, event, kind, sent_s, now_us, body))? > 0)
}

/// Hands out the oldest events that are due, each with a lease until `lease_us`. A lease that has run out is handed on; an
/// event whose handlers have died each time is given up.
pub(super) fn claim(
    tx: &Tx<'_>,
    site: Option<&str>,
    max: u32,
    lease_us: i64,
    now_us: i64,
) -> rusqlite::Result<Vec<Event>> {
    let sql = "UPDATE inbox SET state = 3, error = 'died' WHERE state = 1 AND due_us <= ?1 AND attempts >= ?2";
    tx.statement(sql)?.execute((now_us, MAX_ATTEMPTS))?;
    let sql = "SELECT id FROM inbox WHERE state IN (0, 1) AND due_us <= ?1 AND (?2 IS NULL OR site = ?2) ORDER BY due_us, id LIMIT ?3";
    let ids: Vec<i64> =
        tx.statement(sql)?.query_map((now_us, site, max), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let sql =
        format!("UPDATE inbox SET state = 1, attempts = attempts + 1, due_us = ?2 WHERE id = ?1 RETURNING {COLUMNS}");
    ids.into_iter().map(|id| tx.statement(&sql)?.query_row((id, lease_us), read)).collect()
}

/// Ends a handler's turn, and says whether it was still its own.
pub(super) fn handled(tx: &Tx<'_>, handled: &Handled<'_>) -> rusqlite::Result<bool> {
    let Handled { now_us, id, lease, error, retry_us } = *handled;
    let mine = "WHERE id = ?1 AND attempts = ?2 AND state = 1";
    let changed = match (error, retry_us) {
        (None, _) => {
            let sql = format!("UPDATE inbox SET state = 2, body = x'', error = NULL, due_us = ?3 {mine}");
            tx.statement(&sql)?.execute((id, lease, now_us))?
        }
        (Some(error), Some(retry_us)) => {
            let sql = format!("UPDATE inbox SET state = 0, error = ?3, due_us = ?4 {mine}");
            tx.statement(&sql)?.execute((id, lease, error, retry_us))?
        }
        (Some(error), None) => {
            let sql = format!("UPDATE inbox SET state = 3, error = ?3, due_us = ?4 {mine}");
            tx.statement(&sql)?.execute((id, lease, error, now_us))?
        }
    };
    Ok(changed > 0)
}

/// The newest events that match, without their bodies unless one is asked for by its number.
pub(super) fn list(tx: &Tx<'_>, filter: &EventFilter<'_>) -> rusqlite::Result<Vec<Event>> {
    let EventFilter { site, source, state, id, not_source, before, max } = *filter;
    let columns = if id.is_some() { COLUMNS.to_owned() } else { COLUMNS.replace("body", "x''") };
    let sql = format!("SELECT {columns} FROM inbox WHERE {WHERE} ORDER BY id DESC LIMIT ?7");
    let state = state.map(|state| state as i64);
    tx.statement(&sql)?.query_map((site, source, state, id, not_source, before, max), read)?.collect()
}

const WHERE: &str = "(?1 IS NULL OR site = ?1) AND (?2 IS NULL OR source = ?2) AND (?3 IS NULL OR state = ?3) AND (?4 IS NULL OR id = ?4) \
    AND (?5 IS NULL OR source != ?5) AND (?6 IS NULL OR id < ?6)";

/// Puts dead events back, and says how many there were. Their attempts begin anew.
pub(super) fn replay(tx: &Tx<'_>, filter: &EventFilter<'_>, now_us: i64) -> rusqlite::Result<u64> {
    let sql = "UPDATE inbox SET state = 0, attempts = 0, due_us = ?7 WHERE state = 3 AND ".to_owned() + WHERE;
    let EventFilter { site, source, id, not_source, before, .. } = *filter;
    let none: Option<i64> = None;
    let values: [&dyn ToSql; 7] = [&site, &source, &none, &id, &not_source, &before, &now_us];
    Ok(tx.statement(&sql)?.execute(params_from_iter(values))? as u64)
}

/// Drops events that are not being handled, and says how many there were. An event that was forgotten may come again.
pub(super) fn forget(tx: &Tx<'_>, filter: &EventFilter<'_>) -> rusqlite::Result<u64> {
    let sql = "DELETE FROM inbox WHERE state != 1 AND ".to_owned() + WHERE;
    let EventFilter { site, source, state, id, not_source, before, .. } = *filter;
    let state = state.map(|state| state as i64);
    Ok(tx.statement(&sql)?.execute((site, source, state, id, not_source, before))? as u64)
}

/// Forgets what has been done with for long.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<()> {
    let old = |more: &str| format!("id IN (SELECT id FROM inbox WHERE state = ?1 AND due_us < ?2{more} LIMIT ?3)");
    // Out of the way of the next look.
    let sql = format!("UPDATE inbox SET due_us = {NEVER_US} WHERE {}", old(" AND sent_s IS NULL"));
    tx.statement(&sql)?.execute((State::Done as i64, now_us - DONE_KEPT_US, STEP))?;
    let sql = format!("DELETE FROM inbox WHERE {}", old(" AND sent_s IS NOT NULL"));
    tx.statement(&sql)?.execute((State::Done as i64, now_us - DONE_KEPT_US, STEP))?;
    let sql = format!("DELETE FROM inbox WHERE {}", old(""));
    tx.statement(&sql)?.execute((State::Dead as i64, now_us - DEAD_KEPT_US, STEP))?;
    Ok(())
}

pub(super) fn status(tx: &Tx<'_>, status: &mut Status) -> rusqlite::Result<()> {
    let count = |states: &str| {
        tx.statement(&format!("SELECT count(*) FROM inbox WHERE state IN ({states})"))?.query_row([], |row| row.get(0))
    };
    (status.inbox_waiting, status.inbox_dead) = (count("0, 1")?, count("3")?);
    Ok(())
}

/// The events of a site.
pub(super) fn counts(tx: &Tx<'_>, site: &str, counts: &mut Counts) -> rusqlite::Result<()> {
    let sql = "SELECT state, source = ?2, count(*) FROM inbox WHERE site = ?1 GROUP BY 1, 2";
    let mut statement = tx.statement(sql)?;
    let mut rows = statement.query((site, Lease::SOURCE))?;
    while let Some(row) = rows.next()? {
        let (state, of_jobs) = (State::numbered(row.get(0)?), row.get(1)?);
        let by_state = if of_jobs { &mut counts.job_events } else { &mut counts.webhooks };
        by_state[state as usize] += row.get::<_, u64>(2)?;
    }
    Ok(())
}

/// Whether anything is due: asked before the write lock is taken.
pub(super) fn is_due(tx: &Tx<'_>, site: Option<&str>, now_us: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM inbox WHERE state IN (0, 1) AND due_us <= ?1 AND (?2 IS NULL OR site = ?2)";
    Ok(tx.statement(sql)?.query_row((now_us, site), |_| Ok(())).optional()?.is_some())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        id: row.get(0)?,
        site: row.get(1)?,
        source: row.get(2)?,
        event: row.get(3)?,
        kind: row.get(4)?,
        sent_s: row.get(5)?,
        received_us: row.get(6)?,
        body: row.get(7)?,
        state: State::numbered(row.get(8)?),
        attempts: row.get(9)?,
        due_us: row.get(10)?,
        error: row.get(11)?,
    })
}

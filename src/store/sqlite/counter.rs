//! What calls came to, by the minute: one row for each combination of site, model, provider, route and outcome.
//!
//! A record is counted when it leaves the spool, which keeps counting off the hot path; what is still there is looked at
//! where somebody asks.

use super::spool;
use super::tx::Tx;
use crate::audit::Record;
use crate::store::Status;

const MINUTE_US: i64 = 60_000_000;
/// Minutes that are kept: 31 days.
const KEPT: i64 = 31 * 24 * 60;
/// Minutes that are dropped in one step.
const STEP: i64 = 60;

/// A million dollars: more than any call costs, and little enough that no sum overflows.
const MAX_COST_MICROUSD: u64 = 1_000_000_000_000;

/// The minute in which a call ended.
fn minute(record: &Record) -> i64 {
    (record.created_at.saturating_mul(1_000_000) + i64::from(record.duration_ms) * 1_000).div_euclid(MINUTE_US)
}

/// Counts the call in the minute in which it ended.
pub(super) fn add(tx: &Tx<'_>, record: &Record) -> rusqlite::Result<()> {
    let sql = "INSERT INTO counter VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10) ON CONFLICT DO UPDATE SET \
        calls = calls + 1, tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out, \
        cost_microusd = cost_microusd + excluded.cost_microusd, duration_ms = duration_ms + excluded.duration_ms";
    tx.statement(sql)?.execute((
        minute(record),
        &record.site,
        &record.model,
        &record.provider,
        &record.route,
        record.outcome(),
        record.tokens_in,
        record.tokens_out,
        record.cost_microusd.unwrap_or(0).min(MAX_COST_MICROUSD),
        record.duration_ms,
    ))?;
    Ok(())
}

/// Drops the oldest of the minutes that are past keeping, and says how many rows went.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<u64> {
    let sql = "DELETE FROM counter WHERE minute < min(?1, (SELECT min(minute) FROM counter) + ?2)";
    Ok(tx.statement(sql)?.execute((now_us.div_euclid(MINUTE_US) - KEPT, STEP))? as u64)
}

/// The figures of the last 60 minutes.
pub(super) fn status(tx: &Tx<'_>, now_us: i64, status: &mut Status) -> rusqlite::Result<()> {
    let sql = "SELECT coalesce(sum(calls), 0), coalesce(sum(calls) FILTER (WHERE outcome IN ('hit', 'stale')), 0), \
        coalesce(sum(calls) FILTER (WHERE outcome NOT IN ('hit', 'ok', 'stale')), 0), \
        coalesce(sum(tokens_in + tokens_out), 0), coalesce(sum(cost_microusd), 0) FROM counter WHERE minute > ?1";
    let since = now_us.div_euclid(MINUTE_US) - 60;
    tx.statement(sql)?.query_row([since], |row| {
        (status.calls, status.hits, status.errors) = (row.get(0)?, row.get(1)?, row.get(2)?);
        (status.tokens, status.cost_microusd) = (row.get(3)?, row.get(4)?);
        Ok(())
    })?;
    spool::newest(tx, now_us, |record| {
        if minute(record) <= since {
            return;
        }
        status.calls += 1;
        match record.outcome() {
            "hit" | "stale" => status.hits += 1,
            "ok" => {}
            _ => status.errors += 1,
        }
        status.tokens += u64::from(record.tokens_in) + u64::from(record.tokens_out);
        status.cost_microusd += record.cost_microusd.unwrap_or(0).min(MAX_COST_MICROUSD);
    })
}

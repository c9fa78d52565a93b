//! Breakers: one row a provider. The rules are [`crate::guard::breaker`]'s; this file keeps their state.

use rusqlite::OptionalExtension;

use super::counter;
use super::tx::Tx;
use crate::guard::breaker::{Breaker, Gate};
use crate::store::{BreakerStatus, Heed, Report, Way};

/// A provider that nobody has called for this long is forgotten.
const KEPT_US: i64 = 86_400 * 1_000_000;

/// The first provider of the route whose breaker lets a call through; else the shortest wait. Takes no lease.
pub(super) fn look(tx: &Tx<'_>, route: &[String], now_us: i64) -> rusqlite::Result<Result<(usize, Gate), i64>> {
    let mut shortest_us = i64::MAX;
    for (stop, key) in route.iter().enumerate() {
        match load(tx, key)?.gate(now_us) {
            Gate::Open { wait_us } => shortest_us = shortest_us.min(wait_us),
            gate => return Ok(Ok((stop, gate))),
        }
    }
    Ok(if route.is_empty() { Ok((0, Gate::Closed)) } else { Err(shortest_us) })
}

/// Goes through a gate that [`look`] found in the same transaction.
pub(super) fn pass(
    tx: &Tx<'_>,
    route: &[String],
    (stop, gate): (usize, Gate),
    now_us: i64,
    lease_us: i64,
) -> rusqlite::Result<Way> {
    if gate != Gate::HalfOpen {
        return Ok(Way { stop, probe: None });
    }
    let mut breaker = load(tx, &route[stop])?;
    breaker.lease(lease_us);
    save(tx, &route[stop], &breaker, now_us)?;
    Ok(Way { stop, probe: Some(lease_us) })
}

pub(super) fn report(tx: &Tx<'_>, report: &Report<'_>) -> rusqlite::Result<Heed> {
    let mut breaker = load(tx, report.key)?;
    let was_closed = breaker.is_closed();
    breaker.hear_answers(report.answers, report.now_us);
    breaker.hear(report.heard, report.probe, report.now_us);
    let retry = report.wants_retry && breaker.grants_retry(report.now_us);
    save(tx, report.key, &breaker, report.now_us)?;
    if was_closed != breaker.is_closed() {
        counter::turned(tx, report.key, was_closed, report.now_us)?;
    }
    Ok(Heed { retry })
}

/// Forgets providers that are not called any more.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<()> {
    tx.statement("DELETE FROM breaker WHERE heard_us < ?1")?.execute([now_us - KEPT_US])?;
    Ok(())
}

pub(super) fn status(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<Vec<BreakerStatus>> {
    let mut statement = tx.statement("SELECT key, state FROM breaker ORDER BY key")?;
    let rows = statement.query_map([], |row| {
        let (key, state): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(BreakerStatus::new(&key, &parse(&state), now_us))
    })?;
    rows.collect()
}

fn load(tx: &Tx<'_>, key: &str) -> rusqlite::Result<Breaker> {
    let found: Option<String> =
        tx.statement("SELECT state FROM breaker WHERE key = ?1")?.query_row([key], |row| row.get(0)).optional()?;
    Ok(found.map_or_else(Breaker::default, |state| parse(&state)))
}

/// A state that cannot be read is none: a breaker must not stop a site by itself.
fn parse(state: &str) -> Breaker {
    serde_json::from_str(state).unwrap_or_default()
}

fn save(tx: &Tx<'_>, key: &str, breaker: &Breaker, now_us: i64) -> rusqlite::Result<()> {
    let state = serde_json::to_string(breaker).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let sql = "INSERT INTO breaker (key, heard_us, state) VALUES (?1, ?2, ?3) \
        ON CONFLICT (key) DO UPDATE SET heard_us = excluded.heard_us, state = excluded.state";
    tx.statement(sql)?.execute((key, now_us, state))?;
    Ok(())
}

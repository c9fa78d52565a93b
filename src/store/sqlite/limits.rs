//! Limits and where they stand. The arithmetic is [`crate::guard::rate`]'s; this file keeps its one integer a key.

use rusqlite::OptionalExtension;

use super::tx::Tx;
use crate::guard::rate::Decision;
use crate::store::{Limit, LimitState};

/// Limits that are looked at in one step of [`free`].
const STEP: usize = 2_000;

/// Some limits with their theoretical arrival times, as this transaction sees them.
pub(super) struct Tally<'a> {
    now_us: i64,
    rows: Vec<(&'a Limit, Option<i64>)>,
}

impl<'a> Tally<'a> {
    pub fn read(tx: &Tx<'_>, limits: &'a [Limit], now_us: i64) -> rusqlite::Result<Self> {
        let rows = limits.iter().map(|limit| Ok((limit, tat(tx, &limit.key)?))).collect::<rusqlite::Result<_>>()?;
        Ok(Self { now_us, rows })
    }

    /// The limit that makes the call wait longest, and how long.
    pub fn refusal(&self) -> Option<(&'a Limit, i64)> {
        let waits = self.rows.iter().filter_map(|(limit, tat)| match limit.quota.decide(*tat, self.now_us) {
            Decision::Wait { wait_us } => Some((*limit, wait_us)),
            Decision::Pass { .. } => None,
        });
        waits.max_by_key(|(_, wait_us)| *wait_us)
    }

    /// Charges one call to each of them. Only after [`Self::refusal`] found none.
    pub fn charge(&mut self, tx: &Tx<'_>) -> rusqlite::Result<()> {
        for (limit, tat) in &mut self.rows {
            if let Decision::Pass { tat: next, .. } = limit.quota.decide(*tat, self.now_us) {
                keep(tx, &limit.key, next)?;
                *tat = Some(next);
            }
        }
        Ok(())
    }

    pub fn states(&self) -> impl Iterator<Item = LimitState> {
        self.rows.iter().map(|(limit, tat)| LimitState::at(limit, *tat, self.now_us))
    }
}

/// Gives one call back to each.
pub(super) fn refund(tx: &Tx<'_>, limits: &[Limit]) -> rusqlite::Result<()> {
    for limit in limits {
        if let Some(tat) = tat(tx, &limit.key)? {
            keep(tx, &limit.key, limit.quota.refund(tat))?;
        }
    }
    Ok(())
}

/// Makes limits whole again and says how many were not.
pub(super) fn reset(tx: &Tx<'_>, limits: &[Limit]) -> rusqlite::Result<u64> {
    let mut used = 0;
    for limit in limits {
        used += tx.statement("DELETE FROM rate WHERE key = ?1")?.execute([&limit.key])? as u64;
    }
    Ok(used)
}

/// Forgets limits that have been free since `before_us`, a step at a time, and says whether many were.
pub(super) fn free(tx: &Tx<'_>, before_us: i64) -> rusqlite::Result<bool> {
    let after: Option<String> =
        tx.statement("SELECT value FROM mark WHERE name = 'rate_swept'")?.query_row([], |row| row.get(0)).optional()?;
    let rows: Vec<(String, i64)> = tx
        .statement("SELECT key, tat FROM rate WHERE key > ?1 ORDER BY key LIMIT ?2")?
        .query_map((after.unwrap_or_default(), STEP), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut freed = 0;
    for (key, _) in rows.iter().filter(|(_, tat)| *tat < before_us) {
        freed += tx.statement("DELETE FROM rate WHERE key = ?1")?.execute([key])?;
    }
    let last = if rows.len() < STEP { "" } else { rows.last().map_or("", |(key, _)| key.as_str()) };
    tx.statement("REPLACE INTO mark (name, value) VALUES ('rate_swept', ?1)")?.execute([last])?;
    Ok(freed > STEP / 4)
}

fn tat(tx: &Tx<'_>, key: &str) -> rusqlite::Result<Option<i64>> {
    tx.statement("SELECT tat FROM rate WHERE key = ?1")?.query_row([key], |row| row.get(0)).optional()
}

fn keep(tx: &Tx<'_>, key: &str, tat: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO rate (key, tat) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET tat = excluded.tat";
    tx.statement(sql)?.execute((key, tat))?;
    Ok(())
}

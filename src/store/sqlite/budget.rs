//! Budgets: what is spent in the current period, and what is promised to calls under way.
//!
//! A promise is a row of its own, so that it lapses with the call that it was made to. The sum of a period that has ended
//! is not looked at: it gives way to the next one.

use rusqlite::OptionalExtension;
use uuid::Uuid;

use super::tx::Tx;
use crate::audit::Record;
use crate::guard::budget;
use crate::store::{Alert, Budget, BudgetState, Claim};

/// A budget as this transaction sees it.
struct Sum {
    used: u64,
    /// The highest threshold that was told of in this period.
    told: u8,
}

/// Where a budget stands.
pub(super) fn state(tx: &Tx<'_>, budget: &Budget, now_us: i64) -> rusqlite::Result<BudgetState> {
    Ok(BudgetState::of(budget, load(tx, budget)?.used, reserved(tx, &budget.key, now_us)?))
}

/// Of the claims that do not fit, the one whose budget renews last.
pub(super) fn refusal<'c>(
    tx: &Tx<'_>,
    claims: &'c [Claim],
    record: &Record,
    now_us: i64,
) -> rusqlite::Result<Option<(BudgetState, &'c Claim)>> {
    let mut refused: Option<(BudgetState, &Claim)> = None;
    for claim in claims {
        let Claim { budget, amount } = claim;
        let state = state(tx, budget, now_us)?;
        if budget::fits(budget.cap, state.used, state.reserved, *amount) {
            continue;
        }
        // A budget that is almost spent and refuses what would fit into an empty one is as good as spent.
        let Sum { used, told } = load(tx, budget)?;
        if *amount <= budget.cap && budget::crossed(budget.cap, used, 0).is_some() && told < 100 {
            save(tx, budget, &Sum { used, told: 100 })?;
            announce(tx, budget, used, 100, record)?;
        }
        if refused.as_ref().is_none_or(|(last, _)| last.renews_us < state.renews_us) {
            refused = Some((state, claim));
        }
    }
    Ok(refused)
}

/// Promises what a call claims, until it is settled or `lapses_us` has come.
pub(super) fn reserve(tx: &Tx<'_>, claims: &[Claim], uid: &str, lapses_us: i64) -> rusqlite::Result<()> {
    let sql = "REPLACE INTO reservation (key, uid, amount, lapses_us) VALUES (?1, ?2, ?3, ?4)";
    for Claim { budget, amount } in claims {
        tx.statement(sql)?.execute((&budget.key, bytes(uid), amount, lapses_us))?;
    }
    Ok(())
}

/// Gives a call that was promised something more time.
pub(super) fn prolong(tx: &Tx<'_>, claims: &[Claim], uid: &str, lapses_us: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE reservation SET lapses_us = ?3 WHERE key = ?1 AND uid = ?2";
    for Claim { budget, .. } in claims {
        tx.statement(sql)?.execute((&budget.key, bytes(uid), lapses_us))?;
    }
    Ok(())
}

/// Replaces what was promised by what was spent. A period that has ended meanwhile is not counted any more.
pub(super) fn settle(tx: &Tx<'_>, claims: &[Claim], record: &Record) -> rusqlite::Result<()> {
    for claim in claims {
        let Claim { budget, .. } = claim;
        tx.statement("DELETE FROM reservation WHERE key = ?1 AND uid = ?2")?
            .execute((&budget.key, bytes(&record.uid)))?;
        let spent = claim.spent(record);
        if spent == 0 || later_period(tx, budget)? {
            continue;
        }
        let mut sum = load(tx, budget)?;
        sum.used = sum.used.saturating_add(spent).min(i64::MAX.unsigned_abs());
        let crossed = budget::crossed(budget.cap, sum.used, sum.told);
        sum.told = crossed.unwrap_or(sum.told);
        save(tx, budget, &sum)?;
        if let Some(percent) = crossed {
            announce(tx, budget, sum.used, percent, record)?;
        }
    }
    Ok(())
}

/// Makes a budget whole again and says whether it was not. What is promised stays promised.
pub(super) fn reset(tx: &Tx<'_>, budget: &Budget) -> rusqlite::Result<bool> {
    Ok(tx.statement("DELETE FROM budget WHERE key = ?1 AND used > 0")?.execute([&budget.key])? > 0)
}

/// Hands out alerts, each once.
pub(super) fn take_alerts(tx: &Tx<'_>, site: Option<&str>) -> rusqlite::Result<Vec<Alert>> {
    let sql = "DELETE FROM budget_alert WHERE ?1 IS NULL OR site = ?1 RETURNING id, alert";
    let mut statement = tx.statement(sql)?;
    let rows = statement.query_map([site], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut alerts: Vec<(i64, String)> = rows.collect::<rusqlite::Result<_>>()?;
    alerts.sort_unstable_by_key(|(id, _)| *id);
    Ok(alerts.iter().filter_map(|(_, json)| serde_json::from_str(json).ok()).collect())
}

/// Whether there are alerts: asked before the write lock is taken.
pub(super) fn has_alerts(tx: &Tx<'_>, site: Option<&str>) -> rusqlite::Result<bool> {
    tx.statement("SELECT 1 FROM budget_alert WHERE ?1 IS NULL OR site = ?1")?.exists([site])
}

/// Forgets promises that have lapsed and alerts that nobody fetches.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<()> {
    tx.statement("DELETE FROM reservation WHERE lapses_us <= ?1")?.execute([now_us])?;
    tx.statement("DELETE FROM budget WHERE ends_us <= ?1")?.execute([now_us])?;
    let newest = "SELECT id FROM budget_alert ORDER BY id DESC LIMIT 1 OFFSET 1000";
    tx.statement(&format!("DELETE FROM budget_alert WHERE id <= ({newest})"))?.execute([])?;
    Ok(())
}

fn reserved(tx: &Tx<'_>, key: &str, now_us: i64) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(sum(amount), 0) FROM reservation WHERE key = ?1 AND lapses_us > ?2";
    tx.statement(sql)?.query_row((key, now_us), |row| row.get(0))
}

fn load(tx: &Tx<'_>, budget: &Budget) -> rusqlite::Result<Sum> {
    let found = tx
        .statement("SELECT used, told FROM budget WHERE key = ?1 AND start_us = ?2")?
        .query_row((&budget.key, budget.window.start_us), |row| Ok(Sum { used: row.get(0)?, told: row.get(1)? }))
        .optional()?;
    Ok(found.unwrap_or(Sum { used: 0, told: 0 }))
}

fn later_period(tx: &Tx<'_>, budget: &Budget) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM budget WHERE key = ?1 AND start_us > ?2";
    tx.statement(sql)?.exists((&budget.key, budget.window.start_us))
}

fn save(tx: &Tx<'_>, budget: &Budget, sum: &Sum) -> rusqlite::Result<()> {
    let (key, window) = (&budget.key, budget.window);
    let sql = "REPLACE INTO budget (key, start_us, ends_us, used, told) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.statement(sql)?.execute((key, window.start_us, window.end_us, sum.used, sum.told))?;
    Ok(())
}

fn announce(tx: &Tx<'_>, budget: &Budget, used: u64, percent: u8, record: &Record) -> rusqlite::Result<()> {
    if !budget.is_announced {
        return Ok(());
    }
    let alert = Alert::of(budget, used, percent, &record.site);
    let json = serde_json::to_string(&alert).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    tx.statement("INSERT INTO budget_alert (site, alert) VALUES (?1, ?2)")?.execute((&record.site, json))?;
    Ok(())
}

/// A uid as the spool keeps it; one that is none is its own text.
fn bytes(uid: &str) -> Vec<u8> {
    Uuid::try_parse(uid).map_or_else(|_| uid.as_bytes().to_vec(), |uid| uid.as_bytes().to_vec())
}

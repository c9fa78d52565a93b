//! Cached answers: found by hash, dropped by age.
//!
//! The row id grows with time, so the smallest ones are the oldest. The size of all of them is kept in `state`, and never
//! passes the bound: an answer that does not fit after a step of eviction is not kept.

use rusqlite::OptionalExtension;

use super::state;
use super::tx::Tx;
use crate::audit::Record;
use crate::store::{Entry, Hash, Selector, Status, Write};

/// Answers that are dropped in one transaction: others wait for its end.
pub(super) const STEP: usize = 500;
/// The room that an answer takes besides its text: its row, its index entry, half a page.
const OVERHEAD_BYTES: u64 = 512;
/// Longer than any call may take.
const STALE_KEPT_US: i64 = 3_600 * 1_000_000;
/// An answer larger than this part of the bound would push out too many others.
const LARGEST_PART: u64 = 16;

/// The answer of this name, if it has not expired.
pub(super) fn find(tx: &Tx<'_>, hash: &Hash, now_us: i64) -> rusqlite::Result<Option<Entry>> {
    tx.statement("SELECT body, provider, stored_us FROM cache WHERE hash = ?1 AND expires_us > ?2")?
        .query_row((hash, now_us), |row| Ok(Entry { body: row.get(0)?, provider: row.get(1)?, stored_us: row.get(2)? }))
        .optional()
}

/// The answer of this name, if it has not been expired for longer than `grace_us`.
pub(super) fn stale(tx: &Tx<'_>, hash: &Hash, grace_us: i64, now_us: i64) -> rusqlite::Result<Option<Entry>> {
    find(tx, hash, now_us.saturating_sub(grace_us))
}

/// Keeps the answer that `record` tells of, in place of one of the same name.
pub(super) fn put(
    tx: &Tx<'_>,
    write: &Write<'_>,
    record: &Record,
    now_us: i64,
    max_bytes: u64,
) -> rusqlite::Result<()> {
    let old: Option<i64> =
        tx.statement("SELECT id FROM cache WHERE hash = ?1")?.query_row([write.hash], |row| row.get(0)).optional()?;
    remove(tx, old.as_slice())?;
    for tag in write.tags {
        let sql = "SELECT 1 FROM cache_stale WHERE tag = ?1 AND site IN ('', ?2) AND at_us >= ?3";
        if tx.statement(sql)?.exists((tag, &record.site, write.asked_us))? {
            return Ok(());
        }
    }

    let tags = serde_json::to_string(write.tags).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let bytes = write.body.len() as u64 + tags.len() as u64 + OVERHEAD_BYTES;
    if bytes > max_bytes / LARGEST_PART || !make_room(tx, bytes, max_bytes)? {
        return Ok(());
    }
    let sql = "INSERT INTO cache (hash, site, model, provider, stored_us, expires_us, bytes, tags, body) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id";
    let names = (&record.site, &record.model, &record.provider);
    let id: i64 = tx.statement(sql)?.query_row(
        (write.hash, names.0, names.1, names.2, now_us, write.expires_us, bytes, &tags, write.body),
        |row| row.get(0),
    )?;
    for tag in write.tags {
        tx.statement("INSERT OR IGNORE INTO cache_tag (tag, entry) VALUES (?1, ?2)")?.execute((tag, id))?;
    }
    state::add(tx, state::CACHE_BYTES, bytes as i64)?;
    state::add(tx, state::CACHE_ENTRIES, 1)
}

/// Drops the oldest answers until `bytes` more fit, and says whether they do after one step.
fn make_room(tx: &Tx<'_>, bytes: u64, max_bytes: u64) -> rusqlite::Result<bool> {
    let mut over = state::get(tx, state::CACHE_BYTES)? + bytes as i64 - max_bytes as i64;
    if over <= 0 {
        return Ok(true);
    }
    let mut oldest = Vec::new();
    let mut statement = tx.statement("SELECT id, bytes FROM cache ORDER BY id LIMIT ?1")?;
    let mut rows = statement.query([STEP])?;
    while let Some(row) = rows.next()?.filter(|_| over > 0) {
        oldest.push(row.get(0)?);
        over -= row.get::<_, i64>(1)?;
    }
    drop(rows);
    remove(tx, &oldest)?;
    Ok(over <= 0)
}

/// The row ids of the answers that match every part of the selector.
pub(super) fn select(tx: &Tx<'_>, selector: &Selector<'_>) -> rusqlite::Result<Vec<i64>> {
    let Selector { site, hash, tag, model, provider, before_us, .. } = *selector;
    // The one part that an index serves leads; the others are compared row by row.
    let from = match (hash, tag) {
        (Some(_), _) => "cache WHERE hash = ?1",
        (None, Some(_)) => "cache_tag CROSS JOIN cache ON id = entry WHERE tag = ?2 AND ?1 IS NULL",
        (None, None) => "cache WHERE ?1 IS NULL AND ?2 IS NULL",
    };
    let sql = format!(
        "SELECT id FROM {from} AND (?2 IS NULL OR EXISTS (SELECT 1 FROM cache_tag t WHERE t.tag = ?2 AND t.entry = id)) \
        AND (?3 IS NULL OR site = ?3) AND (?4 IS NULL OR model = ?4) AND (?5 IS NULL OR provider = ?5) AND (?6 IS NULL OR stored_us < ?6)"
    );
    let mut statement = tx.statement(&sql)?;
    let hash = hash.map(|hash| hash.as_slice());
    statement.query_map((hash, tag, site, model, provider, before_us), |row| row.get(0))?.collect()
}

/// Remembers that a tag was invalidated, for calls that are under way. Their answers of other models or providers are not
/// kept either: that costs a call, and no more.
pub(super) fn mark_stale(tx: &Tx<'_>, selector: &Selector<'_>) -> rusqlite::Result<()> {
    let Some(tag) = selector.tag else { return Ok(()) };
    let sql = "REPLACE INTO cache_stale (tag, site, at_us) VALUES (?1, ?2, ?3)";
    tx.statement(sql)?.execute((tag, selector.site.unwrap_or_default(), selector.now_us))?;
    Ok(())
}

/// Forgets tags whose calls have all ended.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<()> {
    tx.statement("DELETE FROM cache_stale WHERE at_us < ?1")?.execute([now_us - STALE_KEPT_US])?;
    Ok(())
}

/// Drops answers by row id and says how many were still there.
pub(super) fn remove(tx: &Tx<'_>, ids: &[i64]) -> rusqlite::Result<u64> {
    let (mut dropped, mut freed) = (0, 0);
    for id in ids {
        let gone: Option<(i64, String)> = tx
            .statement("DELETE FROM cache WHERE id = ?1 RETURNING bytes, tags")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((bytes, tags)) = gone else { continue };
        dropped += 1;
        freed += bytes;
        for tag in serde_json::from_str::<Vec<String>>(&tags).unwrap_or_default() {
            tx.statement("DELETE FROM cache_tag WHERE tag = ?1 AND entry = ?2")?.execute((tag, id))?;
        }
    }
    if dropped > 0 {
        state::add(tx, state::CACHE_BYTES, -freed)?;
        state::add(tx, state::CACHE_ENTRIES, -dropped)?;
    }
    Ok(dropped.unsigned_abs())
}

pub(super) fn status(tx: &Tx<'_>, status: &mut Status) -> rusqlite::Result<()> {
    status.cache_entries = state::get(tx, state::CACHE_ENTRIES)?.unsigned_abs();
    status.cache_bytes = state::get(tx, state::CACHE_BYTES)?.unsigned_abs();
    Ok(())
}

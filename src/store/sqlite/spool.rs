//! Records on their way to the WordPress table.
//!
//! The key is the uid, a UUIDv7, so that new records lie side by side at the end of the table. A record with a
//! `ready_us` is the one that a call leaves behind should its process die: nobody sees it before that time.

use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row};
use uuid::Uuid;

use super::counter::Lot;
use super::state;
use super::tx::Tx;
use crate::audit::Record;
use crate::store::Status;

/// Records that are dropped in one step.
const STEP: u64 = 5_000;
/// Records that a look at the last hour takes in.
const LOOKED_AT: u64 = 50_000;
/// No record takes less room: the names of its fields alone are longer.
const SMALLEST_BYTES: u64 = 250;

/// When a record may be fetched.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ready {
    /// It is final.
    Now,
    /// It is what is left if the call is not settled by then.
    At(i64),
}

impl Ready {
    /// The column's value: 0 for a final record.
    fn us(self) -> i64 {
        match self {
            Self::Now => 0,
            Self::At(us) => us.max(1),
        }
    }
}

/// Writes the record; one of the same uid is replaced.
pub(super) fn put(tx: &Tx<'_>, record: &Record, ready: Ready) -> rusqlite::Result<()> {
    let uid = Uuid::try_parse(&record.uid).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let json = serde_json::to_string(record).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    tx.statement("REPLACE INTO spool (uid, ready_us, site, record) VALUES (?1, ?2, ?3, ?4)")?.execute((
        uid.as_bytes(),
        ready.us(),
        &record.site,
        json,
    ))?;
    Ok(())
}

/// Whether the record of this uid is that of a call which is not settled.
pub(super) fn is_open(tx: &Tx<'_>, uid: &str) -> rusqlite::Result<bool> {
    let Ok(uid) = Uuid::try_parse(uid) else { return Ok(false) };
    tx.statement("SELECT 1 FROM spool WHERE uid = ?1 AND ready_us > 0")?.exists([uid.as_bytes()])
}

/// Gives a call that is not settled more time.
pub(super) fn prolong(tx: &Tx<'_>, uid: &str, until_us: i64) -> rusqlite::Result<()> {
    let Ok(uid) = Uuid::try_parse(uid) else { return Ok(()) };
    let sql = "UPDATE spool SET ready_us = ?2 WHERE uid = ?1 AND ready_us > 0";
    tx.statement(sql)?.execute((uid.as_bytes(), until_us))?;
    Ok(())
}

/// The oldest `max` records that may be fetched at `now_us`.
pub(super) fn ready(tx: &Tx<'_>, max: u32, site: Option<&str>, now_us: i64) -> rusqlite::Result<Vec<Record>> {
    let sql =
        "SELECT uid, site, record FROM spool WHERE ready_us <= ?1 AND (?2 IS NULL OR site = ?2) ORDER BY uid LIMIT ?3";
    tx.statement(sql)?.query_map((now_us, site, max), read)?.collect()
}

/// A record that cannot be read any more still says that there was a call: it must not stop those behind it.
fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
    let json = match row.get_ref(2)? {
        ValueRef::Text(json) | ValueRef::Blob(json) => json,
        _ => &[],
    };
    if let Ok(record) = serde_json::from_slice(json) {
        return Ok(record);
    }
    let lost = Record { uid: Uuid::from_bytes(row.get(0)?).to_string(), site: row.get(1)?, ..Record::default() };
    Ok(lost.failed(500, "store_damaged"))
}

/// The newest records that may be fetched at `now_us`, no more than are worth looking at.
pub(super) fn newest(tx: &Tx<'_>, now_us: i64, mut f: impl FnMut(&Record)) -> rusqlite::Result<()> {
    let sql = "SELECT uid, site, record FROM spool WHERE ready_us <= ?1 ORDER BY uid DESC LIMIT ?2";
    let mut statement = tx.statement(sql)?;
    let mut rows = statement.query((now_us, LOOKED_AT))?;
    while let Some(row) = rows.next()? {
        f(&read(row)?);
    }
    Ok(())
}

/// Drops records by uid, counts what they tell of, and says how many there were.
pub(super) fn remove(tx: &Tx<'_>, uids: &[&str]) -> rusqlite::Result<u64> {
    let mut dropped = 0;
    let mut lot = Lot::default();
    for uid in uids {
        let Ok(uid) = Uuid::try_parse(uid) else { continue };
        let found = tx
            .statement("DELETE FROM spool WHERE uid = ?1 RETURNING uid, site, record")?
            .query_row([uid.as_bytes()], read)
            .optional()?;
        if let Some(record) = found {
            lot.add(&record);
            dropped += 1;
        }
    }
    lot.count(tx)?;
    Ok(dropped)
}

/// How many records there are beyond `max_rows`. They are counted only where the file is large enough to hold so many.
pub(super) fn over(tx: &Tx<'_>, max_rows: u64) -> rusqlite::Result<u64> {
    let number = |sql: &str| tx.statement(sql)?.query_row([], |row| row.get::<_, u64>(0));
    let used_pages = number("PRAGMA page_count")?.saturating_sub(number("PRAGMA freelist_count")?);
    if used_pages * number("PRAGMA page_size")? / SMALLEST_BYTES <= max_rows {
        return Ok(0);
    }
    Ok(rows(tx)?.saturating_sub(max_rows))
}

/// Drops the oldest `over` records, but no more than a step, and says how many.
pub(super) fn shrink(tx: &Tx<'_>, over: u64) -> rusqlite::Result<u64> {
    if over == 0 {
        return Ok(0);
    }
    let sql =
        "DELETE FROM spool WHERE uid IN (SELECT uid FROM spool ORDER BY uid LIMIT ?1) RETURNING uid, site, record";
    let lost: Vec<Record> = tx.statement(sql)?.query_map([over.min(STEP)], read)?.collect::<rusqlite::Result<_>>()?;
    let mut lot = Lot::default();
    lost.iter().for_each(|record| lot.add(record));
    lot.count(tx)?;
    let dropped = lost.len() as u64;
    state::add(tx, state::SPOOL_DROPPED, dropped as i64)?;
    Ok(dropped)
}

pub(super) fn status(tx: &Tx<'_>, status: &mut Status) -> rusqlite::Result<()> {
    status.spool = rows(tx)?;
    status.spool_dropped = state::get(tx, state::SPOOL_DROPPED)?.unsigned_abs();
    Ok(())
}

/// How many records there are.
pub(super) fn rows(tx: &Tx<'_>) -> rusqlite::Result<u64> {
    tx.statement("SELECT count(*) FROM spool")?.query_row([], |row| row.get(0))
}

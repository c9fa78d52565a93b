//! Flights: one row for each answer that is being asked for, or has just been given to those who waited.

use rusqlite::OptionalExtension;

use super::process;
use super::tx::Tx;
use crate::store::{Boarding, Hash, Landing};

/// How long a note is kept for those who wait: they look many times a second.
const NOTE_KEPT_US: i64 = 10 * 1_000_000;

/// What a call that wants to fly finds.
pub(super) enum Found {
    /// Nobody asks for this answer, or whoever did is dead: lead.
    Free,
    /// Somebody does.
    Aloft { leader: String },
    /// Whom the call has waited for has left this.
    Landed { note: Vec<u8> },
}

pub(super) fn find(tx: &Tx<'_>, hash: &Hash, boarding: &Boarding<'_>, now_us: i64) -> rusqlite::Result<Found> {
    let found: Option<(String, Option<Vec<u8>>)> = tx
        .statement("SELECT leader, note FROM flight WHERE hash = ?1")?
        .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match found {
        Some((leader, Some(note))) if boarding.awaited == Some(leader.as_str()) => Found::Landed { note },
        Some((leader, None)) if is_aloft(tx, hash, &leader, now_us)? => Found::Aloft { leader },
        _ => Found::Free,
    })
}

/// Begins a flight that [`find`] found free in the same transaction.
pub(super) fn lead(tx: &Tx<'_>, hash: &Hash, leader: &str, lease_us: i64) -> rusqlite::Result<()> {
    let sql = "REPLACE INTO flight (hash, leader, process, lease_us, note) VALUES (?1, ?2, ?3, ?4, NULL)";
    tx.statement(sql)?.execute((hash, leader, process::own(), lease_us))?;
    Ok(())
}

pub(super) fn is_aloft(tx: &Tx<'_>, hash: &Hash, leader: &str, now_us: i64) -> rusqlite::Result<bool> {
    Ok(aloft(tx, hash, now_us)?.is_some_and(|who| who == leader))
}

/// Whether anybody asks for this answer.
pub(super) fn is_anybody_aloft(tx: &Tx<'_>, hash: &Hash, now_us: i64) -> rusqlite::Result<bool> {
    Ok(aloft(tx, hash, now_us)?.is_some())
}

/// The leader that asks for this answer and, as far as can be told, lives.
fn aloft(tx: &Tx<'_>, hash: &Hash, now_us: i64) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT leader, process FROM flight WHERE hash = ?1 AND note IS NULL AND lease_us > ?2";
    let found: Option<(String, String)> =
        tx.statement(sql)?.query_row((hash, now_us), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.filter(|(_, process)| !process::is_gone(process)).map(|(leader, _)| leader))
}

pub(super) fn renew(tx: &Tx<'_>, hash: &Hash, leader: &str, lease_us: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE flight SET lease_us = ?3 WHERE hash = ?1 AND leader = ?2 AND note IS NULL";
    tx.statement(sql)?.execute((hash, leader, lease_us))?;
    Ok(())
}

/// Ends the flight of this leader; one that another has taken over goes on.
pub(super) fn land(tx: &Tx<'_>, landing: &Landing<'_>, leader: &str, now_us: i64) -> rusqlite::Result<()> {
    match landing.note {
        Some(note) => {
            let sql = "UPDATE flight SET note = ?3, lease_us = ?4 WHERE hash = ?1 AND leader = ?2";
            tx.statement(sql)?.execute((landing.hash, leader, note, now_us + NOTE_KEPT_US))?;
        }
        None => {
            tx.statement("DELETE FROM flight WHERE hash = ?1 AND leader = ?2")?.execute((landing.hash, leader))?;
        }
    }
    Ok(())
}

/// Forgets flights that have ended, one way or the other.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<()> {
    tx.statement("DELETE FROM flight WHERE lease_us <= ?1")?.execute([now_us])?;
    Ok(())
}

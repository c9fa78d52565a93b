//! The tables, and how a file of an older version becomes one of this version.
//!
//! A file says whose it is (`application_id`) and what version it has (`user_version`). Anything else is left alone.

use rusqlite::Connection;

use super::steps::STEPS;
use super::tx::Tx;

/// What marks a file as this module's: "AISP".
const APPLICATION_ID: i32 = 0x4149_5350;

/// The version that this module writes: one step of [`STEPS`] leads to each.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nobody's: nothing was ever written to it.
    Empty,
    /// This module's, at this version.
    Ours(u32),
    /// Another program's.
    Foreign,
}

/// Looks, and changes nothing.
pub(super) fn look(tx: &Tx<'_>) -> rusqlite::Result<Found> {
    let number = |sql: &str| tx.statement(sql)?.query_row([], |row| row.get::<_, i64>(0));
    if number("PRAGMA application_id")? == i64::from(APPLICATION_ID) {
        let version = number("PRAGMA user_version")?;
        return Ok(u32::try_from(version).map_or(Found::Foreign, Found::Ours));
    }
    let untouched = number("PRAGMA application_id")? == 0
        && number("PRAGMA user_version")? == 0
        && number("SELECT count(*) FROM sqlite_schema")? == 0;
    Ok(if untouched { Found::Empty } else { Found::Foreign })
}

/// Brings a file that is empty or older to [`VERSION`], in one transaction that nobody shares.
pub(super) fn migrate(conn: &Connection) -> rusqlite::Result<()> {
    let tx = Tx::exclusive(conn)?;
    let from = match look(&tx)? {
        Found::Empty => 0,
        Found::Ours(version) => version,
        // Somebody wrote to it since the caller looked; whoever looks again will see.
        Found::Foreign => return Ok(()),
    };
    for step in STEPS.iter().skip(from as usize) {
        conn.execute_batch(step)?;
    }
    if from < VERSION {
        conn.pragma_update(None, "application_id", APPLICATION_ID)?;
        conn.pragma_update(None, "user_version", VERSION)?;
    }
    tx.commit()
}

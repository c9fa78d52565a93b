//! Folding the write-ahead log into the file, where no caller waits for the disk.
//!
//! A passive checkpoint stops nobody, but under steady traffic there are always new pages behind it and the log never
//! starts afresh. So when the log grows well past the size at which it is worth folding, one process makes the writers
//! wait for the last few pages. Whoever folds the whole log also writes the first page of the next one: that write is
//! the one that SQLite has to push to the disk.

use rusqlite::Connection;

/// Below this many pages (4 MiB) there is nothing to gain.
const WORTH_PAGES: u32 = 1_000;
/// From this many pages (8 MiB) on, writers wait for the last few.
const FIRM_PAGES: u32 = 2_000;
/// From this many pages (16 MiB) on, a call that found its answer in the cache does it too.
const URGENT_PAGES: u32 = 4_000;

/// After a call that asked a provider. `pages` is the size of the log.
pub(super) fn if_worth_it(conn: &Connection, pages: u32) -> rusqlite::Result<()> {
    if pages < WORTH_PAGES {
        return Ok(());
    }
    let mut folded = run(conn, "PASSIVE")?;
    if !folded && pages >= FIRM_PAGES {
        folded = run(conn, "RESTART")?;
    }
    if folded {
        conn.prepare_cached("UPDATE state SET value = value + 1 WHERE name = 'checkpoints'")?.execute([])?;
    }
    Ok(())
}

/// After every call. What fails here fails again where it can be reported.
pub(super) fn if_urgent(conn: &Connection, pages: u32) {
    if pages >= URGENT_PAGES {
        let _ = if_worth_it(conn, pages);
    }
}

/// Whether the whole log is in the file now. Somebody else being at it is no failure.
fn run(conn: &Connection, mode: &str) -> rusqlite::Result<bool> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    conn.query_row(&sql, [], |row| {
        let (busy, pages, done): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(busy == 0 && pages == done)
    })
}

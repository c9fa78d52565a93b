//! The tables, and how a file of an older version becomes one of this version.
//!
//! A file says whose it is (`application_id`) and what version it has (`user_version`). Anything else is left alone.

use rusqlite::Connection;

use super::tx::Tx;

/// What marks a file as this module's: "AISP".
const APPLICATION_ID: i32 = 0x4149_5350;

/// The version that this module writes: one step of [`STEPS`] leads to each.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// What leads from each version to the next. A step that was released is never changed.
const STEPS: [&str; 5] = [
    "
    CREATE TABLE rate (
        key TEXT NOT NULL PRIMARY KEY,      -- store::Limit::key
        tat INTEGER NOT NULL                -- guard::rate: microseconds since the epoch
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE spool (
        uid BLOB NOT NULL PRIMARY KEY,      -- a UUIDv7's 16 bytes
        ready_us INTEGER NOT NULL,          -- 0: final; else what is left of a call that is not settled by then
        site TEXT NOT NULL,
        record TEXT NOT NULL                -- audit::Record as JSON
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE counter (
        minute INTEGER NOT NULL,            -- since the epoch
        site TEXT NOT NULL,
        model TEXT NOT NULL,
        provider TEXT NOT NULL,
        route TEXT NOT NULL,
        outcome TEXT NOT NULL,              -- audit::Record::outcome
        calls INTEGER NOT NULL,
        tokens_in INTEGER NOT NULL,
        tokens_out INTEGER NOT NULL,
        cost_microusd INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL,
        PRIMARY KEY (minute, site, model, provider, route, outcome)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cache (
        id INTEGER PRIMARY KEY,             -- grows with time
        hash BLOB NOT NULL UNIQUE,
        site TEXT NOT NULL,
        model TEXT NOT NULL,
        provider TEXT NOT NULL,
        stored_us INTEGER NOT NULL,
        expires_us INTEGER NOT NULL,
        bytes INTEGER NOT NULL,             -- what counts towards the bound
        tags TEXT NOT NULL,                 -- as JSON, to find the rows of cache_tag again
        body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE cache_tag (
        tag TEXT NOT NULL,
        entry INTEGER NOT NULL,             -- cache.id
        PRIMARY KEY (tag, entry)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE state (                    -- integers of the file as a whole
        name TEXT NOT NULL PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (                     -- how far a sweep has come
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO state (name, value) VALUES ('cache_bytes', 0), ('cache_entries', 0), ('checkpoints', 0);
",
    "
    CREATE TABLE breaker (
        key TEXT NOT NULL PRIMARY KEY,      -- store::breaker_key
        heard_us INTEGER NOT NULL,          -- when a call of the provider last ended
        state TEXT NOT NULL                 -- guard::breaker::Breaker as JSON
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE cache_stale (              -- tags that were invalidated while calls may be under way
        tag TEXT NOT NULL,
        site TEXT NOT NULL,                 -- empty for all
        at_us INTEGER NOT NULL,
        PRIMARY KEY (tag, site)
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE budget (
        key TEXT NOT NULL PRIMARY KEY,      -- store::Budget::key
        start_us INTEGER NOT NULL,          -- the period that is counted
        ends_us INTEGER NOT NULL,
        used INTEGER NOT NULL,              -- tokens or millionths of a dollar
        told INTEGER NOT NULL               -- the highest threshold that was told of, in percent
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reservation (              -- what is promised to calls under way
        key TEXT NOT NULL,                  -- budget.key
        uid BLOB NOT NULL,                  -- spool.uid
        amount INTEGER NOT NULL,
        lapses_us INTEGER NOT NULL,
        PRIMARY KEY (key, uid)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE budget_alert (             -- thresholds that were reached
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL,
        alert TEXT NOT NULL                 -- store::Alert as JSON
    ) STRICT;
    CREATE TABLE flight (                   -- answers that are being asked for
        hash BLOB NOT NULL PRIMARY KEY,
        leader TEXT NOT NULL,               -- the uid of the call that asks
        process TEXT NOT NULL,              -- where it runs, see sqlite::process
        lease_us INTEGER NOT NULL,          -- until when it is believed to live, or its note is kept
        note BLOB                           -- for those who wait, once it has landed
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE inbox (                    -- events from outside
        id INTEGER PRIMARY KEY,             -- in the order of arrival
        site TEXT NOT NULL,
        source TEXT NOT NULL,
        event TEXT NOT NULL,                -- its own id
        kind TEXT,
        sent_s INTEGER,
        received_us INTEGER NOT NULL,
        body BLOB NOT NULL,
        state INTEGER NOT NULL,             -- store::State
        attempts INTEGER NOT NULL,          -- with it a lease is known
        due_us INTEGER NOT NULL,            -- when it is due, when its lease ends, or when it was done with
        error TEXT,
        UNIQUE (site, source, event)
    ) STRICT;
    CREATE INDEX inbox_due ON inbox (state, due_us);
    CREATE TABLE nonce (                    -- what may be used once
        key TEXT NOT NULL PRIMARY KEY,
        until_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
",
];

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

//! A transaction on statements that are prepared once a connection.

use rusqlite::{CachedStatement, Connection};

/// Rolled back unless it is committed.
pub(super) struct Tx<'c> {
    conn: &'c Connection,
    open: bool,
}

impl<'c> Tx<'c> {
    /// Takes the write lock at once, so that what is read here is still true when it is written.
    pub fn write(conn: &'c Connection) -> rusqlite::Result<Self> {
        Self::begin(conn, "BEGIN IMMEDIATE")
    }

    /// Lets nobody else in, neither to read nor to write.
    pub fn exclusive(conn: &'c Connection) -> rusqlite::Result<Self> {
        Self::begin(conn, "BEGIN EXCLUSIVE")
    }

    /// Sees one state of the file throughout.
    pub fn read(conn: &'c Connection) -> rusqlite::Result<Self> {
        Self::begin(conn, "BEGIN DEFERRED")
    }

    fn begin(conn: &'c Connection, sql: &str) -> rusqlite::Result<Self> {
        conn.prepare_cached(sql)?.execute([])?;
        Ok(Self { conn, open: true })
    }

    /// The statement, prepared when it is first asked for.
    pub fn statement(&self, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
        self.conn.prepare_cached(sql)
    }

    pub fn commit(mut self) -> rusqlite::Result<()> {
        self.statement("COMMIT")?.execute([])?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        // SQLite may have rolled back by itself already; then there is nothing left to undo.
        if self.open && !self.conn.is_autocommit() {
            let _ = self.conn.execute_batch("ROLLBACK");
        }
    }
}

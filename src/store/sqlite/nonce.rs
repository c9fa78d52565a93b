//! What may be used once: the nonces of signed requests, and the ids of webhooks that are not kept in the inbox.

use super::tx::Tx;

/// Takes a key until `until_us`, and says whether it was free.
pub(super) fn take(tx: &Tx<'_>, key: &str, until_us: i64, now_us: i64) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO nonce (key, until_us) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET until_us = excluded.until_us \
        WHERE nonce.until_us <= ?3";
    Ok(tx.statement(sql)?.execute((key, until_us, now_us))? > 0)
}

/// Forgets those whose time is over.
pub(super) fn shrink(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<()> {
    tx.statement("DELETE FROM nonce WHERE until_us <= ?1")?.execute([now_us])?;
    Ok(())
}

//! What grows old is dropped, a little at a time, by one process a minute.

use super::tx::Tx;
use super::{Bounds, breaker, budget, cache, flight, inbox, job_keep, limits, nonce, rollup, spool, state};
use crate::store::MINUTE_US;

/// After a step that was full there is more to do.
const SOON_US: i64 = 1_000_000;
/// A limit that was free this long ago is the same as one that was never used, even if the clock stepped back meanwhile.
const RATE_KEPT_US: i64 = 5 * MINUTE_US;

/// What there is to do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Due {
    /// Nothing before this time, in microseconds since the epoch.
    At(i64),
    /// A step, and this many records more than the spool may hold.
    Now { spool_over: u64 },
}

/// Looks, without stopping anybody: counting a long spool takes its time.
pub(super) fn look(tx: &Tx<'_>, now_us: i64, bounds: &Bounds) -> rusqlite::Result<Due> {
    let due_us = due_us(tx, now_us)?;
    if due_us > now_us {
        return Ok(Due::At(due_us));
    }
    Ok(Due::Now { spool_over: spool::over(tx, bounds.spool_rows)? })
}

/// Drops some of what is old and says when the next step is due.
pub(super) fn step(tx: &Tx<'_>, now_us: i64, spool_over: u64) -> rusqlite::Result<i64> {
    // Another process may have been quicker.
    let due_us = due_us(tx, now_us)?;
    if due_us > now_us {
        return Ok(due_us);
    }
    breaker::shrink(tx, now_us)?;
    budget::shrink(tx, now_us)?;
    flight::shrink(tx, now_us)?;
    inbox::shrink(tx, now_us)?;
    nonce::shrink(tx, now_us)?;
    cache::shrink(tx, now_us)?;
    let more = limits::free(tx, now_us - RATE_KEPT_US)?
        | rollup::step(tx, now_us)?
        | job_keep::shrink(tx, now_us)?
        | (spool::shrink(tx, spool_over)? < spool_over);
    let next_us = now_us + if more { SOON_US } else { MINUTE_US };
    state::set(tx, state::SWEEP_US, next_us)?;
    Ok(next_us)
}

/// Never more than a minute from now, whatever a clock that was wrong has left behind.
fn due_us(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<i64> {
    state::get(tx, state::SWEEP_US).map(|due_us| if due_us > now_us + MINUTE_US { now_us } else { due_us })
}

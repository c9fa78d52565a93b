//! Figures that grow old are kept by the hour, then by the day, then not at all. Sums and histograms stay what they were.

use std::collections::HashMap;

use super::counter::{COLUMNS, Key, Span, put, read};
use super::tx::Tx;
use crate::audit::Figures;
use crate::store::MINUTE_US;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// How long figures are kept by the minute, by the hour and by the day, in minutes.
const KEPT: [i64; 3] = [2 * DAY, 31 * DAY, 400 * DAY];
/// What one step takes in, in minutes: as many rows as there are combinations, a few times over.
const STEP: [i64; 3] = [20, 6 * HOUR, 7 * DAY];

/// Takes the oldest of what is due a step further, and says whether there was any.
pub(super) fn step(tx: &Tx<'_>, now_us: i64) -> rusqlite::Result<bool> {
    let now = now_us.div_euclid(MINUTE_US);
    let [minutes, hours, days] = KEPT;
    Ok(fold(tx, Span::Minute, now - minutes, Some((Span::Hour, HOUR)))?
        | fold(tx, Span::Hour, now - hours, Some((Span::Day, DAY)))?
        | fold(tx, Span::Day, now - days, None)?)
}

/// Moves rows that begin before `before` into rows of `to`, of which only whole ones are begun; without it they are dropped.
fn fold(tx: &Tx<'_>, span: Span, before: i64, to: Option<(Span, i64)>) -> rusqlite::Result<bool> {
    let before = to.map_or(before, |(_, minutes)| before - before.rem_euclid(minutes));
    let sql = format!(
        "DELETE FROM metric WHERE span = ?1 AND at < min(?2, (SELECT min(at) FROM metric WHERE span = ?1) + ?3) \
        RETURNING {COLUMNS}"
    );
    let mut statement = tx.statement(&sql)?;
    let rows = statement.query_map((span as i64, before, STEP[span as usize]), read)?;
    let old: Vec<(Key, Figures)> = rows.collect::<rusqlite::Result<_>>()?;
    let found = !old.is_empty();
    if let Some((to, minutes)) = to {
        let mut sums: HashMap<Key, Figures> = HashMap::new();
        for (key, figures) in old {
            let at = key.at - key.at.rem_euclid(minutes);
            sums.entry(Key { at, ..key }).or_default().merge(&figures);
        }
        for (key, figures) in &sums {
            put(tx, to, key, figures)?;
        }
    }
    Ok(found)
}

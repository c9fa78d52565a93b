//! What calls came to: one row for each combination of site, model, provider, route, source and outcome, by the minute, later
//! by the hour and then by the day; and beside those the sums of all time, without the source.
//!
//! A record is counted when it leaves the spool, which keeps counting off the hot path; what is still there is looked at
//! where somebody asks. Records leave in lots, and a lot is summed up before any row is touched.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row};

use super::spool;
use super::tx::Tx;
use crate::audit::{Figures, Record};
use crate::store::Status;

pub(super) const MINUTE_US: i64 = 60_000_000;

/// More combinations of one site than this share a row of the sums of all time, so that whoever scrapes them gets no more.
pub(super) const MAX_TOTALS: u64 = 500;
/// Stands for model, provider and route in that row.
pub(super) const OTHER: &str = "other";

/// For how long a row counts. The numbers are those of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Span {
    Minute = 0,
    Hour = 1,
    Day = 2,
    Ever = 3,
}

/// Which row. The sums of all time stand at minute 0 and have no source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The span's first minute since the epoch.
    pub at: i64,
    pub site: String,
    pub model: String,
    pub provider: String,
    pub route: String,
    pub source: String,
    pub outcome: String,
}

impl Key {
    /// That of the minute in which the call ended.
    pub fn of(record: &Record) -> Self {
        Self {
            at: minute(record),
            site: record.site.clone(),
            model: record.model.clone(),
            provider: record.provider.clone(),
            route: record.route.clone(),
            source: record.source.clone(),
            outcome: record.outcome().to_owned(),
        }
    }

    /// That of the sums of all time.
    pub fn ever(self) -> Self {
        Self { at: 0, source: String::new(), ..self }
    }

    /// That of the row which the rest of a site shares.
    pub fn other(self) -> Self {
        let (model, provider, route) = (OTHER.to_owned(), OTHER.to_owned(), OTHER.to_owned());
        Self { model, provider, route, ..self }
    }
}

/// The columns of a row, in the order in which [`read`] takes them.
pub(super) const COLUMNS: &str = "at, site, model, provider, route, source, outcome, calls, client_errors, \
    server_errors, tokens_in, tokens_out, cost_microusd, retries, latency";

/// A row of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(Key, Figures)> {
    let key = read_key(row)?;
    let mut figures = Figures::default();
    add_row(row, Figures::is_hit(&key.outcome), &mut figures)?;
    Ok((key, figures))
}

/// The key of a row of [`COLUMNS`].
pub(super) fn read_key(row: &Row<'_>) -> rusqlite::Result<Key> {
    Ok(Key {
        at: row.get(0)?,
        site: row.get(1)?,
        model: row.get(2)?,
        provider: row.get(3)?,
        route: row.get(4)?,
        source: row.get(5)?,
        outcome: row.get(6)?,
    })
}

/// Adds the figures of a row of [`COLUMNS`] to others, in place: there may be a hundred thousand of them.
pub(super) fn add_row(row: &Row<'_>, is_hit: bool, figures: &mut Figures) -> rusqlite::Result<()> {
    let calls: u64 = row.get(7)?;
    figures.calls += calls;
    figures.hits += if is_hit { calls } else { 0 };
    figures.client_errors += row.get::<_, u64>(8)?;
    figures.server_errors += row.get::<_, u64>(9)?;
    figures.tokens_in += row.get::<_, u64>(10)?;
    figures.tokens_out += row.get::<_, u64>(11)?;
    figures.cost_microusd = figures.cost_microusd.saturating_add(row.get(12)?);
    figures.retries += row.get::<_, u64>(13)?;
    figures.latency.merge_encoded(row.get_ref(14)?.as_blob().unwrap_or_default());
    Ok(())
}

/// The minute in which a call ended.
pub(super) fn minute(record: &Record) -> i64 {
    (record.created_at.saturating_mul(1_000_000) + i64::from(record.duration_ms) * 1_000).div_euclid(MINUTE_US)
}

/// Calls that leave the spool together.
#[derive(Debug, Default)]
pub(super) struct Lot(HashMap<Key, Figures>);

impl Lot {
    pub fn add(&mut self, record: &Record) {
        self.0.entry(Key::of(record)).or_default().add(record);
    }

    /// Counts them, each in the minute in which it ended.
    pub fn count(self, tx: &Tx<'_>) -> rusqlite::Result<()> {
        let mut ever: HashMap<Key, Figures> = HashMap::new();
        for (key, figures) in self.0 {
            put(tx, Span::Minute, &key, &figures)?;
            ever.entry(key.ever()).or_default().merge(&figures);
        }
        for (key, figures) in ever {
            let key = if has_room(tx, &key)? { key } else { key.other() };
            put(tx, Span::Ever, &key, &figures)?;
        }
        Ok(())
    }
}

/// Whether there is such a row of all time, or may be one.
fn has_room(tx: &Tx<'_>, key: &Key) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM metric WHERE span = 3 AND at = 0 AND site = ?1 AND model = ?2 AND provider = ?3 \
        AND route = ?4 AND source = '' AND outcome = ?5";
    let Key { site, model, provider, route, outcome, .. } = key;
    if tx.statement(sql)?.exists((site, model, provider, route, outcome))? {
        return Ok(true);
    }
    let rows = "SELECT count(*) FROM metric WHERE span = 3 AND at = 0 AND site = ?1";
    Ok(tx.statement(rows)?.query_row([site], |row| row.get::<_, u64>(0))? < MAX_TOTALS)
}

/// Adds figures to a row, and makes it if there is none.
pub(super) fn put(tx: &Tx<'_>, span: Span, key: &Key, figures: &Figures) -> rusqlite::Result<()> {
    let Key { at, site, model, provider, route, source, outcome } = key;
    let sql = "SELECT latency FROM metric WHERE span = ?1 AND at = ?2 AND site = ?3 AND model = ?4 AND provider = ?5 \
        AND route = ?6 AND source = ?7 AND outcome = ?8";
    let found: Option<Vec<u8>> = tx
        .statement(sql)?
        .query_row((span as i64, at, site, model, provider, route, source, outcome), |row| row.get(0))
        .optional()?;
    let latency = match found {
        None => figures.latency.encode(),
        Some(bytes) => {
            let mut sum = figures.latency.clone();
            sum.merge_encoded(&bytes);
            sum.encode()
        }
    };
    let sql = "INSERT INTO metric VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
        ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, \
        client_errors = client_errors + excluded.client_errors, server_errors = server_errors + excluded.server_errors, \
        tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out, \
        cost_microusd = cost_microusd + excluded.cost_microusd, retries = retries + excluded.retries, \
        latency = excluded.latency";
    tx.statement(sql)?.execute(rusqlite::params![
        span as i64,
        at,
        site,
        model,
        provider,
        route,
        source,
        outcome,
        figures.calls,
        figures.client_errors,
        figures.server_errors,
        figures.tokens_in,
        figures.tokens_out,
        figures.cost_microusd,
        figures.retries,
        latency,
    ])?;
    Ok(())
}

/// The figures of the last 60 minutes.
pub(super) fn status(tx: &Tx<'_>, now_us: i64, status: &mut Status) -> rusqlite::Result<()> {
    let sql = "SELECT coalesce(sum(calls), 0), coalesce(sum(calls) FILTER (WHERE outcome IN ('hit', 'stale')), 0), \
        coalesce(sum(calls) FILTER (WHERE outcome NOT IN ('hit', 'ok', 'stale')), 0), \
        coalesce(sum(tokens_in + tokens_out), 0), coalesce(sum(cost_microusd), 0) FROM metric WHERE span = 0 AND at > ?1";
    let since = now_us.div_euclid(MINUTE_US) - 60;
    tx.statement(sql)?.query_row([since], |row| {
        (status.calls, status.hits, status.errors) = (row.get(0)?, row.get(1)?, row.get(2)?);
        (status.tokens, status.cost_microusd) = (row.get(3)?, row.get(4)?);
        Ok(())
    })?;
    let mut spooled = Figures::default();
    let mut answered = 0;
    spool::newest(tx, now_us, |record| {
        if minute(record) > since {
            spooled.add(record);
            answered += u64::from(matches!(record.outcome(), "hit" | "ok" | "stale"));
        }
    })?;
    status.calls += spooled.calls;
    status.hits += spooled.hits;
    status.errors += spooled.calls - answered;
    status.tokens += spooled.tokens_in + spooled.tokens_out;
    status.cost_microusd += spooled.cost_microusd;
    Ok(())
}

//! What calls came to: one row for each combination of site, model, provider, route, source and outcome, by the minute, later
//! by the hour and then by the day; and beside those the sums of all time, without the source.
//!
//! A record is counted when it leaves the spool, which keeps counting off the hot path; what is still there is looked at
//! where somebody asks. Records leave in lots, and a lot is summed up before any row is touched.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row};

use super::spool;
use super::tx::Tx;
use crate::audit::{Figures, Latency, Record, Sums};
use crate::store::{MINUTE_US, Status, breaker_parts};

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
    server_errors, tokens_in, tokens_out, cost_microusd, retries, failovers, breaker_opened, breaker_closed, latency";
/// Where the times are in them.
pub(super) const LATENCY: usize = 17;

/// A row of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(Key, Figures)> {
    let key = Key {
        at: row.get(0)?,
        site: row.get(1)?,
        model: row.get(2)?,
        provider: row.get(3)?,
        route: row.get(4)?,
        source: row.get(5)?,
        outcome: row.get(6)?,
    };
    let mut figures = Figures { sums: read_sums(row)?, ..Figures::default() };
    figures.latency.merge_encoded(row.get_ref(LATENCY)?.as_blob().unwrap_or_default());
    Ok((key, figures))
}

/// The sums of a row of [`COLUMNS`].
pub(super) fn read_sums(row: &Row<'_>) -> rusqlite::Result<Sums> {
    let mut sums = Sums::default();
    sums.file(row.get_ref(6)?.as_str().unwrap_or_default(), row.get(7)?);
    (sums.client_errors, sums.server_errors) = (row.get(8)?, row.get(9)?);
    (sums.tokens_in, sums.tokens_out, sums.cost_microusd) = (row.get(10)?, row.get(11)?, row.get(12)?);
    (sums.retries, sums.failovers) = (row.get(13)?, row.get(14)?);
    (sums.breaker_opened, sums.breaker_closed) = (row.get(15)?, row.get(16)?);
    Ok(sums)
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
        ever.into_iter().try_for_each(|(key, figures)| put_ever(tx, key, &figures))
    }
}

/// Counts that a provider's breaker has opened, or else closed.
pub(super) fn turned(tx: &Tx<'_>, breaker: &str, opened: bool, now_us: i64) -> rusqlite::Result<()> {
    let [site, provider, _] = breaker_parts(breaker).map(str::to_owned);
    let (model, route, source, outcome) = Default::default();
    let key = Key { at: now_us.div_euclid(MINUTE_US), site, model, provider, route, source, outcome };
    let mut figures = Figures::default();
    (figures.sums.breaker_opened, figures.sums.breaker_closed) = (opened.into(), (!opened).into());
    Lot(HashMap::from([(key, figures)])).count(tx)
}

/// Adds figures to a row, and makes it if there is none.
pub(super) fn put(tx: &Tx<'_>, span: Span, key: &Key, figures: &Figures) -> rusqlite::Result<()> {
    let times = times(tx, span, key)?;
    write(tx, span, key, figures, times)
}

/// Adds figures to a row of all time: to that of the rest where there is none, and no room for one.
fn put_ever(tx: &Tx<'_>, key: Key, figures: &Figures) -> rusqlite::Result<()> {
    let times = times(tx, Span::Ever, &key)?;
    let rows = "SELECT count(*) FROM metric WHERE span = 3 AND at = 0 AND site = ?1";
    let rows = || tx.statement(rows)?.query_row([&key.site], |row| row.get::<_, u64>(0));
    if times.is_none() && rows()? >= MAX_TOTALS {
        return put(tx, Span::Ever, &key.other(), figures);
    }
    write(tx, Span::Ever, &key, figures, times)
}

/// The times in a row; `None` if there is no such row.
fn times(tx: &Tx<'_>, span: Span, key: &Key) -> rusqlite::Result<Option<Latency>> {
    let Key { at, site, model, provider, route, source, outcome } = key;
    let sql = "SELECT latency FROM metric WHERE span = ?1 AND at = ?2 AND site = ?3 AND model = ?4 AND provider = ?5 \
        AND route = ?6 AND source = ?7 AND outcome = ?8";
    let read = |row: &Row<'_>| {
        let mut times = Latency::default();
        times.merge_encoded(row.get_ref(0)?.as_blob().unwrap_or_default());
        Ok(times)
    };
    tx.statement(sql)?.query_row((span as i64, at, site, model, provider, route, source, outcome), read).optional()
}

/// Adds figures to a row that has these times, or makes one.
fn write(tx: &Tx<'_>, span: Span, key: &Key, figures: &Figures, times: Option<Latency>) -> rusqlite::Result<()> {
    let sql = match times {
        None => {
            "INSERT INTO metric VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
            ?18, ?19)"
        }
        Some(_) => {
            "UPDATE metric SET calls = calls + ?9, client_errors = client_errors + ?10, \
            server_errors = server_errors + ?11, tokens_in = tokens_in + ?12, tokens_out = tokens_out + ?13, \
            cost_microusd = cost_microusd + ?14, retries = retries + ?15, latency = ?16, failovers = failovers + ?17, \
            breaker_opened = breaker_opened + ?18, breaker_closed = breaker_closed + ?19 \
            WHERE span = ?1 AND at = ?2 AND site = ?3 AND model = ?4 AND provider = ?5 AND route = ?6 AND source = ?7 \
            AND outcome = ?8"
        }
    };
    let latency = match times {
        None => figures.latency.encode(),
        Some(mut times) => {
            times.merge(&figures.latency);
            times.encode()
        }
    };
    let Key { at, site, model, provider, route, source, outcome } = key;
    let sums = &figures.sums;
    tx.statement(sql)?.execute(rusqlite::params![
        span as i64,
        at,
        site,
        model,
        provider,
        route,
        source,
        outcome,
        sums.calls,
        sums.client_errors,
        sums.server_errors,
        sums.tokens_in,
        sums.tokens_out,
        sums.cost_microusd,
        sums.retries,
        latency,
        sums.failovers,
        sums.breaker_opened,
        sums.breaker_closed,
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
    let mut spooled = Sums::default();
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

//! Metrics as they are asked for: rows of the counters and what is still in the spool, summed up by time and by group.

use std::collections::BTreeMap;

use rusqlite::Row;

use super::counter::{COLUMNS, Key, LATENCY, MAX_TOTALS, minute, read, read_sums};
use super::spool;
use super::tx::Tx;
use crate::audit::{Figures, Record};
use crate::store::collect::Collector;
use crate::store::{Group, Metrics, MetricsFilter, Queued, Total};

/// There may be a hundred thousand rows: nothing of one is copied.
pub(super) fn metrics(tx: &Tx<'_>, filter: &MetricsFilter<'_>) -> rusqlite::Result<Metrics> {
    let mut collector = Collector::new(filter);
    let minutes = collector.minutes();
    let sql = format!(
        "SELECT {COLUMNS} FROM metric WHERE span IN (0, 1, 2) AND at BETWEEN ?1 AND ?2 AND (?3 IS NULL OR site = ?3)"
    );
    let mut statement = tx.statement(&sql)?;
    let mut rows = statement.query((minutes.start(), minutes.end(), filter.site))?;
    while let Some(row) = rows.next()? {
        let sums = read_sums(row)?;
        let latency = row.get_ref(LATENCY)?.as_blob().unwrap_or_default();
        collector.add(row.get(0)?, |group| name(row, group), &sums, |sum| sum.merge_encoded(latency));
    }
    spool::newest(tx, filter.now_us, |record| {
        if filter.site.is_none_or(|site| site == record.site) {
            let mut figures = Figures::default();
            figures.add(record);
            let Figures { sums, latency } = figures;
            collector.add(minute(record), |group| name_of(record, group), &sums, |sum| sum.merge(&latency));
        }
    })?;
    Ok(collector.finish())
}

/// A name in a row of [`COLUMNS`].
fn name<'r>(row: &'r Row<'_>, group: Group) -> &'r str {
    let column = match group {
        Group::None => return "",
        Group::Model => 2,
        Group::Provider => 3,
        Group::Route => 4,
        Group::Source => 5,
        Group::Outcome => 6,
    };
    row.get_ref(column).ok().and_then(|value| value.as_str().ok()).unwrap_or_default()
}

fn name_of(record: &Record, group: Group) -> &str {
    match group {
        Group::None => "",
        Group::Model => &record.model,
        Group::Provider => &record.provider,
        Group::Route => &record.route,
        Group::Source => &record.source,
        Group::Outcome => record.outcome(),
    }
}

pub(super) fn totals(tx: &Tx<'_>, site: Option<&str>, now_us: i64) -> rusqlite::Result<Vec<Total>> {
    let mut sums: BTreeMap<[String; 5], Figures> = BTreeMap::new();
    let mut of_site: BTreeMap<String, u64> = BTreeMap::new();
    let place = |key: Key| [key.site, key.model, key.provider, key.route, key.outcome];
    let sql = format!("SELECT {COLUMNS} FROM metric WHERE span = 3 AND at = 0 AND (?1 IS NULL OR site = ?1)");
    let mut statement = tx.statement(&sql)?;
    let mut rows = statement.query([site])?;
    while let Some(row) = rows.next()? {
        let (key, figures) = read(row)?;
        *of_site.entry(key.site.clone()).or_default() += 1;
        sums.insert(place(key), figures);
    }
    spool::newest(tx, now_us, |record| {
        let key = Key::of(record);
        if site.is_some_and(|site| site != key.site) {
            return;
        }
        // As it will be counted once it leaves.
        let rows = of_site.entry(key.site.clone()).or_default();
        let at = place(key.clone());
        let at = if sums.contains_key(&at) || *rows < MAX_TOTALS { at } else { place(key.other()) };
        let sum = sums.entry(at).or_insert_with(|| {
            *rows += 1;
            Figures::default()
        });
        sum.add(record);
    })?;
    let total = |([site, model, provider, route, outcome], figures): ([String; 5], Figures)| Total {
        site,
        model,
        provider,
        route,
        outcome,
        figures,
    };
    Ok(sums.into_iter().map(total).collect())
}

pub(super) fn queued(tx: &Tx<'_>, site: Option<&str>) -> rusqlite::Result<Queued> {
    let mut queued = Queued { spool: spool::rows(tx)?, ..Queued::default() };
    let jobs = "SELECT state, sum(jobs) FROM job_count WHERE ?1 IS NULL OR site = ?1 GROUP BY state";
    let events = "SELECT state, count(*) FROM inbox WHERE ?1 IS NULL OR site = ?1 GROUP BY state";
    for (sql, by_state) in [(jobs, &mut queued.jobs[..]), (events, &mut queued.events[..])] {
        let mut statement = tx.statement(sql)?;
        let mut rows = statement.query([site])?;
        while let Some(row) = rows.next()? {
            if let Some(count) = by_state.get_mut(row.get::<_, usize>(0)?) {
                *count = row.get(1)?;
            }
        }
    }
    Ok(queued)
}

//! Metrics as they are asked for: rows of the counters and what is still in the spool, summed up by time and by group.

use std::collections::BTreeMap;

use super::counter::{COLUMNS, Key, MAX_TOTALS, MINUTE_US, add_row, read, read_key};
use super::spool;
use super::tx::Tx;
use crate::audit::Figures;
use crate::store::{Group, MetricsFilter, Point, Total};

pub(super) fn metrics(tx: &Tx<'_>, filter: &MetricsFilter<'_>) -> rusqlite::Result<Vec<Point>> {
    let (since, until) = (filter.since_us.div_euclid(MINUTE_US), filter.until_us.div_euclid(MINUTE_US));
    let mut points: BTreeMap<(i64, String), Figures> = BTreeMap::new();
    let place = |key: &Key| {
        let at = filter.step.map_or(0, |step| key.at - key.at.rem_euclid(step.minutes()));
        (at, name(key, filter.group).to_owned())
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM metric WHERE span IN (0, 1, 2) AND at BETWEEN ?1 AND ?2 AND (?3 IS NULL OR site = ?3)"
    );
    let mut statement = tx.statement(&sql)?;
    let mut rows = statement.query((since, until, filter.site))?;
    while let Some(row) = rows.next()? {
        let key = read_key(row)?;
        add_row(row, &key, points.entry(place(&key)).or_default())?;
    }
    spool::newest(tx, filter.now_us, |record| {
        let key = Key::of(record);
        if (since..=until).contains(&key.at) && filter.site.is_none_or(|site| site == key.site) {
            points.entry(place(&key)).or_default().add(record);
        }
    })?;
    let point = |((at, name), figures)| Point {
        at_us: filter.step.map(|_| at * MINUTE_US),
        name: (filter.group != Group::None).then_some(name),
        figures,
    };
    Ok(points.into_iter().map(point).collect())
}

fn name(key: &Key, group: Group) -> &str {
    match group {
        Group::None => "",
        Group::Model => &key.model,
        Group::Provider => &key.provider,
        Group::Route => &key.route,
        Group::Source => &key.source,
        Group::Outcome => &key.outcome,
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

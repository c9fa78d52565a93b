//! Metrics as they are asked for: rows of the counters and what is still in the spool, summed up by time and by group.

use std::collections::{BTreeMap, HashMap};

use super::counter::{COLUMNS, Key, MAX_TOTALS, MINUTE_US, add_row, read, read_key};
use super::spool;
use super::tx::Tx;
use crate::audit::Figures;
use crate::store::{Group, MetricsFilter, Point, Step, Sums, Total};

/// What of a row's key the sums tell apart: when its step began, in minutes, and the names that any of them groups by.
type Kind = (i64, [String; 5]);

/// The groups that have names, in the order of those of a [`Kind`].
const NAMED: [Group; 5] = [Group::Model, Group::Provider, Group::Route, Group::Source, Group::Outcome];

/// One list of points for each of `sums`. Each row is decoded once, however many they are: rows are summed up by kind first, of
/// which there are far fewer.
pub(super) fn metrics(tx: &Tx<'_>, filter: &MetricsFilter<'_>, sums: &[Sums]) -> rusqlite::Result<Vec<Vec<Point>>> {
    let (since, until) = (filter.since_us.div_euclid(MINUTE_US), filter.until_us.div_euclid(MINUTE_US));
    // A longer step is made of whole shorter ones.
    let finest = sums.iter().filter_map(|sums| sums.step).min_by_key(|step| step.minutes());
    let used = NAMED.map(|group| sums.iter().any(|sums| sums.group == group));
    let kind = |key: Key| -> Kind {
        let mut names = [key.model, key.provider, key.route, key.source, key.outcome];
        names.iter_mut().zip(used).filter(|(_, used)| !used).for_each(|(name, _)| name.clear());
        (begin(key.at, finest), names)
    };
    let mut kinds: HashMap<Kind, Figures> = HashMap::new();
    let sql = format!(
        "SELECT {COLUMNS} FROM metric WHERE span IN (0, 1, 2) AND at BETWEEN ?1 AND ?2 AND (?3 IS NULL OR site = ?3)"
    );
    let mut statement = tx.statement(&sql)?;
    let mut rows = statement.query((since, until, filter.site))?;
    while let Some(row) = rows.next()? {
        let key = read_key(row)?;
        let is_hit = Figures::is_hit(&key.outcome);
        add_row(row, is_hit, kinds.entry(kind(key)).or_default())?;
    }
    spool::newest(tx, filter.now_us, |record| {
        let key = Key::of(record);
        if (since..=until).contains(&key.at) && filter.site.is_none_or(|site| site == key.site) {
            kinds.entry(kind(key)).or_default().add(record);
        }
    })?;
    Ok(sums.iter().map(|sums| points(&kinds, *sums)).collect())
}

fn points(kinds: &HashMap<Kind, Figures>, sums: Sums) -> Vec<Point> {
    let mut points: BTreeMap<(i64, &str), Figures> = BTreeMap::new();
    let name = NAMED.iter().position(|group| *group == sums.group);
    for ((at, names), figures) in kinds {
        let name = name.map_or("", |name| names[name].as_str());
        points.entry((begin(*at, sums.step), name)).or_default().merge(figures);
    }
    let point = |((at, name), figures): ((i64, &str), Figures)| Point {
        at_us: sums.step.map(|_| at * MINUTE_US),
        name: (sums.group != Group::None).then(|| name.to_owned()),
        figures,
    };
    points.into_iter().map(point).collect()
}

/// When the step begins that a minute is in.
fn begin(at: i64, step: Option<Step>) -> i64 {
    step.map_or(0, |step| at - at.rem_euclid(step.minutes()))
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

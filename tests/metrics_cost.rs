//! What metrics cost in time: measurements, which no run of the tests makes but this one:
//! `cargo nextest run --release --no-default-features --test metrics_cost --run-ignored=all --no-capture`

#[path = "support/metrics.rs"]
mod figures;
#[path = "support/store.rs"]
mod support;

use std::time::Instant;

use aisp::audit::{Figures, Record};
use aisp::store::{Group, MetricsFilter, Step, Store};
use figures::*;
use support::*;

/// What it takes to drop a record from the spool and to count it.
#[test]
#[ignore = "a measurement"]
fn what_counting_costs() {
    let (_dir, _, store) = opened();
    const ALL: u32 = 20_000;
    let records: Vec<Record> = (0..ALL)
        .map(|n| Record {
            model: format!("m{}", n % 3),
            source: format!("s{}", n % 4),
            duration_ms: n % 3_000,
            provider_ms: n % 2_900,
            ..call(NOW + i64::from(n / 50) * SECOND)
        })
        .collect();
    for lot in [1, 10, 500] {
        let some = &records[..if lot == 1 { 2_000 } else { ALL as usize }];
        some.iter().for_each(|record| settle(&store, record, &[]));
        let begun = Instant::now();
        for lot in some.chunks(lot) {
            store.ack(&lot.iter().map(|record| record.uid.as_str()).collect::<Vec<_>>()).expect("taken");
        }
        println!(
            "acknowledged in lots of {lot}: {:.2} us a call",
            begun.elapsed().as_secs_f64() * 1e6 / some.len() as f64
        );
    }
}

/// What an overview costs: all that its screen shows, of a site with 24 combinations and a call of each in every minute of two
/// days, and before that in every hour.
#[test]
#[ignore = "a measurement"]
fn what_an_overview_costs() {
    let (_dir, file, store) = opened();
    let latency = {
        let records: Vec<Record> = (0..8).map(|n| Record { duration_ms: 300 + 200 * n, ..call(NOW) }).collect();
        let mut figures = Figures::default();
        records.iter().for_each(|record| figures.add(record));
        figures.latency.encode()
    };
    let minute = NOW / SECOND / 60;
    let fill = "WITH RECURSIVE step (n) AS (SELECT ?5 UNION ALL SELECT n + 1 FROM step WHERE n < ?6), \
        names (o) AS (SELECT 0 UNION ALL SELECT o + 1 FROM names WHERE o < 23) \
        INSERT INTO metric SELECT ?1, ?2 - n * ?3, '1', 'model-' || (o % 3), 'acme', '/infer', 'source-' || (o / 3 % 4), \
        iif(o < 12, 'ok', 'hit'), 4, 0, 0, 40, 80, 120, 0, ?4, 0, 0, 0 FROM step, names";
    for (span, step, from, to) in [(0, 1, 0, 2_880), (1, 60, 48, 744), (2, 1_440, 31, 60)] {
        let values = (span, minute - (minute % step), step, &latency, from, to);
        file.execute(fill, values).expect("rows");
    }
    for (range, days, step) in
        [("1h", 0, Step::Minute), ("24h", 1, Step::Hour), ("7d", 7, Step::Hour), ("30d", 30, Step::Day)]
    {
        let since_us = if days == 0 { NOW - HOUR } else { NOW - days * DAY };
        let spans = [(NOW - DAY / 2, NOW), (NOW - 3 * DAY / 2, NOW - DAY)];
        let by = [Group::Outcome, Group::Model, Group::Source];
        let filter = MetricsFilter {
            site: Some("1"),
            since_us,
            step: Some(step),
            by: &by,
            previous: true,
            spans: &spans,
            ..all(NOW)
        };
        let took: Vec<f64> = (0..9)
            .map(|_| {
                let begun = Instant::now();
                let found = store.metrics(&filter).expect("figures");
                assert!(!found.points.is_empty() && found.spans.iter().all(Option::is_some));
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        let least = took.iter().copied().fold(f64::INFINITY, f64::min);
        println!("{range}: {least:.1} ms at best, {took:.0?}");
    }
}

//! Metrics: what is asked for is what was counted, before and after it leaves the spool, and however old it grows.

#[macro_use]
#[path = "support/engines.rs"]
mod engines;
#[path = "support/store.rs"]
mod support;

use std::time::Instant;

use aisp::audit::{Figures, Record};
use aisp::store::{Group, MetricsFilter, Point, Step, Store, Sums};
use engines::Open;
use support::*;

const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// A call that took 900 ms, all but 20 of them at its provider, and ended at `us`.
fn call(us: i64) -> Record {
    Record {
        status_code: 200,
        provider: "acme".to_owned(),
        source: "plugin".to_owned(),
        attempts: 2,
        tokens_in: 10,
        tokens_out: 20,
        cost_microusd: Some(30),
        duration_ms: 900,
        provider_ms: 880,
        first_ms: Some(100),
        created_at: us / SECOND,
        ..record("1")
    }
}

fn all(now_us: i64) -> MetricsFilter<'static> {
    MetricsFilter { site: None, since_us: 0, until_us: now_us, now_us }
}

fn points(store: &dyn Store, filter: &MetricsFilter<'_>) -> Vec<Point> {
    summed(store, filter, Group::None, None)
}

fn summed(store: &dyn Store, filter: &MetricsFilter<'_>, group: Group, step: Option<Step>) -> Vec<Point> {
    store.metrics(filter, &[Sums { group, step }]).expect("figures").remove(0)
}

/// Settles records at their time and takes them out of the spool.
fn count(store: &dyn Store, records: &[Record]) {
    records.iter().for_each(|record| settle(store, record, &[]));
    let uids: Vec<&str> = records.iter().map(|record| record.uid.as_str()).collect();
    store.ack(&uids).expect("taken");
}

/// How many calls each name has.
fn calls(store: &dyn Store, group: Group) -> Vec<(String, u64)> {
    summed(store, &all(NOW), group, None)
        .into_iter()
        .map(|point| (point.name.unwrap_or_default(), point.figures.calls))
        .collect()
}

rules! {
    fn figures_are_the_same_before_and_after_records_leave_the_spool(store) {
        let records: Vec<Record> =
            vec![call(NOW), call(NOW), call(NOW - 61 * SECOND), call(NOW).hit("acme"), call(NOW).failed(502, "provider_down")];
        let mut sum = Figures::default();
        records.iter().for_each(|record| sum.add(record));
        records.iter().for_each(|record| settle(store, record, &[]));
        let seen = || (points(store, &all(NOW)), store.totals(Some("1"), NOW).expect("figures"));
        let before = seen();
        assert_eq!(before.0, [Point { at_us: None, name: None, figures: sum }]);
        for half in records.chunks(2) {
            store.ack(&half.iter().map(|record| record.uid.as_str()).collect::<Vec<_>>()).expect("taken");
            assert_eq!(seen(), before);
        }
    }

    fn a_sum_has_tokens_cost_errors_retries_and_percentiles(store) {
        count(store, &[call(NOW), call(NOW).hit("acme"), call(NOW).failed(429, "policy_quota"), call(NOW).failed(500, "x")]);
        let sum = points(store, &all(NOW)).remove(0).figures;
        assert_eq!((sum.calls, sum.hits, sum.client_errors, sum.server_errors, sum.retries), (4, 1, 1, 1, 4));
        assert_eq!((sum.tokens_in, sum.tokens_out, sum.cost_microusd), (40, 80, 90));
        let within = |ms: Option<f64>, from: f64, to: f64| ms.is_some_and(|ms| ms >= from && ms <= to);
        assert!(within(sum.latency.whole.percentile(0.5), 896.0, 1_024.0));
        assert!(within(sum.latency.own.percentile(0.99), 20.0, 24.0));
        assert!(within(sum.latency.first.percentile(0.95), 96.0, 112.0));
    }

    fn groups_and_steps_tell_figures_apart(store) {
        let other = Record { model: "large".to_owned(), source: "theme".to_owned(), ..call(NOW - 60 * SECOND) };
        count(store, &[call(NOW), call(NOW), other]);
        let by = |group| calls(store, group);
        let shown = |names: &[(&str, u64)]| names.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(by(Group::Model), shown(&[("large", 1), ("small", 2)]));
        assert_eq!(by(Group::Source), shown(&[("plugin", 2), ("theme", 1)]));
        assert_eq!(by(Group::Provider), shown(&[("acme", 3)]));
        assert_eq!(by(Group::Route), shown(&[("/infer", 3)]));
        assert_eq!(by(Group::Outcome), shown(&[("ok", 3)]));
        let minutes = summed(store, &all(NOW), Group::None, Some(Step::Minute));
        let at: Vec<_> = minutes.iter().map(|point| (point.at_us.map(|us| (NOW - us) / (60 * SECOND)), point.figures.calls)).collect();
        assert_eq!(at, [(Some(1), 1), (Some(0), 2)]);
        let since = MetricsFilter { since_us: NOW - 10 * SECOND, ..all(NOW) };
        assert_eq!(points(store, &since)[0].figures.calls, 2);
        assert_eq!(points(store, &MetricsFilter { until_us: NOW - 60 * SECOND, ..all(NOW) })[0].figures.calls, 1);
    }

    fn several_sums_of_one_look_are_those_of_one_look_each(store) {
        let named = |n: i64| Record {
            model: format!("m{}", n % 3),
            source: format!("s{}", n % 2),
            duration_ms: 10 + n as u32,
            ..call(NOW - n * 25 * 60 * SECOND)
        };
        let records: Vec<Record> = (0..90).map(|n| if n % 4 == 0 { named(n).hit("acme") } else { named(n) }).collect();
        count(store, &records[..80]);
        records[80..].iter().for_each(|record| settle(store, record, &[]));
        let steps = [None, Some(Step::Hour), Some(Step::Minute), Some(Step::Day)];
        let every: Vec<Sums> = Group::NAMES.iter().flat_map(|(_, group)| steps.map(|step| Sums { group: *group, step })).collect();
        let lists = store.metrics(&all(NOW), &every).expect("figures");
        assert_eq!(lists.len(), every.len());
        for (sums, list) in every.iter().zip(&lists) {
            assert_eq!(*list, summed(store, &all(NOW), sums.group, sums.step), "{sums:?}");
            assert_eq!(list.iter().map(|point| point.figures.calls).sum::<u64>(), 90, "{sums:?}");
        }
        assert_eq!(lists[0][0].figures.hits, 23);
    }

    fn two_sites_never_meet(store) {
        let theirs = Record { site: "2".to_owned(), ..call(NOW) };
        count(store, &[call(NOW), theirs.clone()]);
        settle(store, &Record { uid: record("2").uid, ..theirs }, &[]);
        let of = |site| {
            let sum = points(store, &MetricsFilter { site: Some(site), ..all(NOW) });
            let totals = store.totals(Some(site), NOW).expect("figures");
            assert!(totals.iter().all(|total| total.site == site));
            (sum.first().map(|sum| sum.figures.calls), totals.iter().map(|total| total.figures.calls).sum::<u64>())
        };
        assert_eq!((of("1"), of("2"), of("3")), ((Some(1), 1), (Some(2), 2), (None, 0)));
        assert_eq!(points(store, &all(NOW))[0].figures.calls, 3);
    }

    fn figures_grow_old_without_changing_and_are_dropped_after_400_days(store) {
        let records: Vec<Record> =
            (0..60).map(|n| Record { duration_ms: 900 + 40 * n as u32, ..call(NOW + n * 7 * 60 * SECOND) }).collect();
        count(store, &records);
        let first = (points(store, &all(NOW + 500 * DAY)), store.totals(None, NOW));
        let age = |days: i64| {
            // Each step is bounded, and a minute apart unless there is more to do.
            (0..60).for_each(|minute| _ = store.drain(0, None, NOW + days * DAY + minute * 61 * SECOND));
            let hours = summed(store, &all(NOW + 500 * DAY), Group::None, Some(Step::Minute)).len();
            (hours, points(store, &all(NOW + 500 * DAY)) == first.0, store.totals(None, NOW) == first.1)
        };
        assert_eq!(age(1), (60, true, true), "by the minute");
        let (hours, same, total) = age(4);
        assert!(hours < 10 && same && total, "by the hour: {hours}");
        let (days, same, total) = age(40);
        assert!(days <= 2 && same && total, "by the day: {days}");
        assert_eq!(age(402), (0, false, true), "and the sums of all time stay");
    }

    fn a_site_of_many_names_shares_a_row_of_the_sums_of_all_time(store) {
        let named = |n: u32| Record { model: format!("m{n}"), ..call(NOW) };
        for lot in (0..600).map(named).collect::<Vec<_>>().chunks(100) {
            count(store, lot);
        }
        settle(store, &named(601), &[]);
        settle(store, &named(1), &[]);
        let totals = store.totals(Some("1"), NOW).expect("figures");
        let other: Vec<_> = totals.iter().filter(|total| total.model == "other").map(|total| total.figures.calls).collect();
        assert_eq!((totals.len(), other), (501, vec![101]));
        assert_eq!(totals.iter().map(|total| total.figures.calls).sum::<u64>(), 602);
    }
}

/// What counting costs: run with `--release --run-ignored=all --nocapture`.
#[test]
#[ignore = "a measurement"]
fn what_counting_costs() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = &*engines::sqlite(&dir, 1 << 20, 1_000_000);
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
        some.iter().for_each(|record| settle(store, record, &[]));
        let begun = Instant::now();
        for lot in some.chunks(lot) {
            store.ack(&lot.iter().map(|record| record.uid.as_str()).collect::<Vec<_>>()).expect("taken");
        }
        println!(
            "acknowledged in lots of {lot}: {:.2} us a call",
            begun.elapsed().as_secs_f64() * 1e6 / some.len() as f64
        );
    }
    let begun = Instant::now();
    let found = summed(store, &all(NOW + DAY), Group::Model, Some(Step::Hour)).len();
    println!("{found} points in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
}

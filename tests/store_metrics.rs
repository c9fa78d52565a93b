//! Metrics: what is asked for is what was counted, before and after it leaves the spool, and however old it grows.

#[macro_use]
#[path = "support/engines.rs"]
mod engines;
#[path = "support/metrics.rs"]
mod figures;
#[path = "support/jobs.rs"]
mod jobs;
#[path = "support/store.rs"]
mod support;

use aisp::audit::{Figures, Record};
use aisp::guard::breaker::Heard;
use aisp::store::{Group, Metrics, MetricsFilter, Point, Queued, Slice, Step, Store, breaker_key};
use engines::Open;
use figures::*;
use support::*;

fn points(store: &dyn Store, filter: &MetricsFilter<'_>) -> Vec<Point> {
    let Metrics { total, points, .. } = store.metrics(filter).expect("figures");
    if filter.step.is_some() { points } else { total }
}

/// Settles records at their time and takes them out of the spool.
fn count(store: &dyn Store, records: &[Record]) {
    records.iter().for_each(|record| settle(store, record, &[]));
    let uids: Vec<&str> = records.iter().map(|record| record.uid.as_str()).collect();
    store.ack(&uids).expect("taken");
}

/// How many calls each name has.
fn calls(store: &dyn Store, filter: &MetricsFilter<'_>) -> Vec<(String, u64)> {
    points(store, filter).into_iter().map(|point| (point.name.unwrap_or_default(), point.figures.sums.calls)).collect()
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
        let Figures { sums, latency } = points(store, &all(NOW)).remove(0).figures;
        assert_eq!((sums.calls, sums.hits, sums.client_errors, sums.server_errors, sums.retries), (4, 1, 1, 1, 4));
        assert_eq!((sums.tokens_in, sums.tokens_out, sums.cost_microusd), (40, 80, 90));
        assert_eq!((sums.failovers, sums.over_quota, sums.throttled), (4, 1, 0));
        let within = |time: Option<f64>, from: f64, to: f64| time.is_some_and(|time| time >= from && time <= to);
        assert!(within(latency.whole.percentile(0.5), 896.0, 1_024.0));
        assert!(within(latency.own.percentile(0.99), 16_384.0, 20_480.0));
        assert!(within(latency.first.percentile(0.95), 96.0, 112.0));
    }

    fn groups_and_steps_tell_figures_apart(store) {
        let other = Record { model: "large".to_owned(), source: "theme".to_owned(), ..call(NOW - 60 * SECOND) };
        count(store, &[call(NOW), call(NOW), other]);
        let by = |group| calls(store, &MetricsFilter { group, ..all(NOW) });
        let shown = |names: &[(&str, u64)]| names.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(by(Group::Model), shown(&[("large", 1), ("small", 2)]));
        assert_eq!(by(Group::Source), shown(&[("plugin", 2), ("theme", 1)]));
        assert_eq!(by(Group::Provider), shown(&[("acme", 3)]));
        assert_eq!(by(Group::Route), shown(&[("/infer", 3)]));
        assert_eq!(by(Group::Outcome), shown(&[("ok", 3)]));
        let minutes = points(store, &MetricsFilter { step: Some(Step::Minute), ..all(NOW) });
        let at: Vec<_> = minutes.iter().map(|point| (point.at_us.map(|us| (NOW - us) / (60 * SECOND)), point.figures.sums.calls)).collect();
        assert_eq!(at, [(Some(1), 1), (Some(0), 2)]);
        let since = MetricsFilter { since_us: NOW - 10 * SECOND, ..all(NOW) };
        assert_eq!(points(store, &since)[0].figures.sums.calls, 2);
        assert_eq!(points(store, &MetricsFilter { until_us: NOW - 60 * SECOND, ..all(NOW) })[0].figures.sums.calls, 1);
    }

    fn all_that_is_asked_at_once_is_what_each_alone_says(store) {
        let at = |minutes: i64, record: Record| Record { created_at: record.created_at - minutes * 60, ..record };
        let large = Record { model: "large".to_owned(), ..call(NOW) };
        count(store, &[
            at(0, call(NOW)), at(1, large.clone()), at(59, call(NOW)), at(61, call(NOW).hit("acme")),
            at(119, call(NOW)), at(121, call(NOW)), at(300, large),
        ]);
        let hour = NOW - 3_600 * SECOND;
        let spans = [(NOW - 2 * HOUR, NOW - HOUR), (NOW - 90 * 60 * SECOND, NOW), (0, 60 * SECOND)];
        for (group, step) in [(Group::None, Some(Step::Hour)), (Group::Model, Some(Step::Minute)), (Group::Provider, None)] {
            let one = MetricsFilter { since_us: hour, group, step, ..all(NOW) };
            let by = [Group::Model, Group::Outcome];
            let at_once = store.metrics(&MetricsFilter { by: &by, previous: true, spans: &spans, ..one }).expect("figures");
            assert_eq!(at_once.total, points(store, &MetricsFilter { step: None, ..one }));
            assert_eq!(at_once.points, if step.is_some() { points(store, &one) } else { Vec::new() });
            let before = MetricsFilter { since_us: hour - HOUR, until_us: hour - 60 * SECOND, step: None, ..one };
            assert_eq!(at_once.previous, points(store, &before));
            for (group, slices) in by.iter().zip(&at_once.by) {
                let alone = points(store, &MetricsFilter { group: *group, ..one }).into_iter();
                let alone: Vec<Slice> = alone.map(|Point { at_us, name, figures }| {
                    Slice { at_us, name: name.unwrap_or_default(), sums: figures.sums }
                }).collect();
                assert_eq!(slices, &alone);
            }
            for ((since_us, until_us), sum) in spans.iter().zip(&at_once.spans) {
                let span = MetricsFilter { since_us: *since_us, until_us: *until_us, ..all(NOW) };
                assert_eq!(sum.as_ref(), points(store, &span).first().map(|point| &point.figures));
            }
        }
    }

    fn a_breaker_that_opens_and_closes_is_counted_once_each(store) {
        let key = breaker_key("1", "acme", "https://acme.example/v1");
        (0..12).for_each(|_| _ = report(store, &key, Heard::Failure, None, NOW));
        let by = |group| {
            let found = points(store, &MetricsFilter { group, ..all(NOW + HOUR) }).into_iter();
            let turns = |Point { name, figures, .. }: Point| {
                (name.unwrap_or_default(), figures.sums.calls, figures.sums.breaker_opened, figures.sums.breaker_closed)
            };
            found.map(turns).collect::<Vec<_>>()
        };
        assert_eq!(by(Group::None), [(String::new(), 0, 1, 0)]);
        let way = store.way(std::slice::from_ref(&key), NOW + 20 * SECOND, NOW + 40 * SECOND).expect("the store works").expect("a probe");
        report(store, &key, Heard::Failure, way.probe, NOW + 21 * SECOND);
        assert_eq!(by(Group::None), [(String::new(), 0, 1, 0)], "it was open already");
        let way = store.way(std::slice::from_ref(&key), NOW + 60 * SECOND, NOW + 80 * SECOND).expect("the store works").expect("a probe");
        report(store, &key, Heard::Answer, way.probe, NOW + 61 * SECOND);
        assert_eq!(by(Group::Provider), [("acme".to_owned(), 0, 1, 1)]);
        assert_eq!(by(Group::Model), [], "no model has a breaker");
        let totals = store.totals(Some("1"), NOW).expect("figures");
        let [total] = totals.as_slice() else { panic!("{totals:?}") };
        assert_eq!((total.provider.as_str(), total.figures.sums.breaker_opened, total.figures.sums.breaker_closed), ("acme", 1, 1));
        assert_eq!(store.totals(Some("2"), NOW).expect("figures"), []);
    }

    fn what_waits_is_counted_by_site(store) {
        assert_eq!(store.queued(None).expect("counts"), Queued::default());
        settle(store, &call(NOW), &[]);
        jobs::put(store, jobs::new("a"));
        let (all, other) = (store.queued(None).expect("counts"), store.queued(Some("other")).expect("counts"));
        assert_eq!((all.jobs[0], all.spool, other.jobs[0], other.spool), (1, 1, 0, 1));
    }

    fn two_sites_never_meet(store) {
        let theirs = Record { site: "2".to_owned(), ..call(NOW) };
        count(store, &[call(NOW), theirs.clone()]);
        settle(store, &Record { uid: record("2").uid, ..theirs }, &[]);
        let of = |site| {
            let sum = points(store, &MetricsFilter { site: Some(site), ..all(NOW) });
            let totals = store.totals(Some(site), NOW).expect("figures");
            assert!(totals.iter().all(|total| total.site == site));
            (sum.first().map(|sum| sum.figures.sums.calls), totals.iter().map(|total| total.figures.sums.calls).sum::<u64>())
        };
        assert_eq!((of("1"), of("2"), of("3")), ((Some(1), 1), (Some(2), 2), (None, 0)));
        assert_eq!(points(store, &all(NOW))[0].figures.sums.calls, 3);
    }

    fn figures_grow_old_without_changing_and_are_dropped_after_400_days(store) {
        let records: Vec<Record> =
            (0..60).map(|n| Record { duration_ms: 900 + 40 * n as u32, ..call(NOW + n * 7 * 60 * SECOND) }).collect();
        count(store, &records);
        let first = (points(store, &all(NOW + 500 * DAY)), store.totals(None, NOW));
        let age = |days: i64| {
            // Each step is bounded, and a minute apart unless there is more to do.
            (0..60).for_each(|minute| _ = store.drain(0, None, NOW + days * DAY + minute * 61 * SECOND));
            let hours = points(store, &MetricsFilter { step: Some(Step::Minute), ..all(NOW + 500 * DAY) }).len();
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
        let other: Vec<_> = totals.iter().filter(|total| total.model == "other").map(|total| total.figures.sums.calls).collect();
        assert_eq!((totals.len(), other), (501, vec![101]));
        assert_eq!(totals.iter().map(|total| total.figures.sums.calls).sum::<u64>(), 602);
    }
}

#[test]
fn damaged_times_leave_the_counts_and_all_other_times() {
    let (_dir, file, store) = opened();
    let other = Record { model: "large".to_owned(), ..call(NOW) };
    for damage in ["x''", "x'ff'", "x'ffffffffffffffffffffffffffffff'", "randomblob(200)", "zeroblob(1000)"] {
        count(&store, &[call(NOW), other.clone()]);
        let sql = format!("UPDATE metric SET latency = {damage} WHERE model = 'small'");
        assert!(file.execute(&sql, []).expect("damage") >= 2);
        let by = |name: &str| {
            let found = points(&store, &MetricsFilter { group: Group::Model, step: Some(Step::Hour), ..all(NOW) });
            found.into_iter().find(|point| point.name.as_deref() == Some(name)).expect("a sum").figures
        };
        assert_eq!(by("small").sums.calls, by("large").sums.calls, "{damage}");
        assert_eq!(by("large").latency.whole.count(), by("large").sums.calls);
        assert_eq!(store.totals(None, NOW).expect("figures").len(), 2);
        // It is added to and grows old like any other.
        count(&store, &[call(NOW), other.clone()]);
        store.drain(0, None, NOW + 4 * DAY).expect("the store works");
        assert_eq!(by("small").sums.calls, by("large").sums.calls, "{damage}");
    }
}

#[test]
fn a_record_of_a_version_that_told_less_counts_with_what_it_tells() {
    let (_dir, file, store) = opened();
    settle(&store, &call(NOW), &[]);
    let paths = "'$.provider_ms', '$.first_ms', '$.own_us', '$.failovers'";
    file.execute(&format!("UPDATE spool SET record = json_remove(record, {paths})"), []).expect("an old record");
    let seen = || points(&store, &all(NOW)).remove(0).figures;
    let before = seen();
    let Figures { sums, latency } = &before;
    assert_eq!((sums.calls, sums.tokens_in, sums.failovers), (1, 10, 0));
    assert_eq!((latency.whole.sum(), latency.own.sum(), latency.first.count()), (900, 900_000, 0));
    let drained = drain(&store, NOW);
    assert_eq!((drained[0].duration_ms, drained[0].own_us), (900, None));
    store.ack(&[drained[0].uid.as_str()]).expect("taken");
    assert_eq!(seen(), before);
}

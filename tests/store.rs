//! What every store engine promises. Each rule runs against each engine.

#[macro_use]
#[path = "support/engines.rs"]
mod engines;
#[path = "support/store.rs"]
mod support;

use aisp::audit::Record;
use aisp::guard::breaker::{Gate, Heard};
use aisp::store::{Entry, Selector, Verdict, Way};
use engines::Open;
use support::*;

rules! {
    // Admission.

    fn a_call_without_limits_is_a_miss(store) {
        assert_eq!(Ask::new().lookup(hash(1)).admit(store), Verdict::Miss { way: Way { stop: 0, probe: None }, limits: vec![] });
    }

    fn a_miss_charges_every_throttle_and_every_quota(store) {
        let (t, u, q) = (limit("t", 5, 60), limit("u", 9, 60), limit("q", 3, 3_600));
        let Verdict::Miss { limits, .. } = Ask::new().throttle(&t).throttle(&u).quota(&q).admit(store) else { panic!("it passes") };
        let shown: Vec<_> = limits.iter().map(|state| (state.name.as_str(), state.remaining)).collect();
        assert_eq!(shown, [("t", 4), ("u", 8), ("q", 2)]);
        assert_eq!(Ask::new().throttle(&t).throttle(&u).quota(&q).left(store), [4, 8, 2]);
    }

    // Breakers.

    fn a_provider_that_fails_ten_times_is_left_for_the_next(store) {
        let way = |key: &[&str]| match Ask::new().route(key).admit(store) {
            Verdict::Miss { way, .. } => Some(way.stop),
            Verdict::Open { .. } => None,
            other => panic!("{other:?}"),
        };
        (0..10).for_each(|_| _ = report(store, "a", Heard::Failure, None, NOW));
        assert_eq!((way(&["a", "b"]), way(&["b", "a"]), way(&["a"])), (Some(1), Some(0), None));
    }

    fn where_no_provider_may_be_asked_no_quota_is_charged_and_the_refusal_is_logged(store) {
        let (t, q) = (limit("t", 5, 60), limit("q", 5, 60));
        (0..10).for_each(|_| _ = report(store, "a", Heard::Failure, None, NOW));
        let ask = Ask::new().throttle(&t).quota(&q).route(&["a"]);
        let Verdict::Open { wait_us, limits, .. } = ask.admit(store) else { panic!("it is open") };
        assert_eq!((wait_us, limits.len(), ask.left(store)), (15 * SECOND, 1, vec![4, 5]));
        let codes: Vec<_> = drain(store, NOW).into_iter().map(|record| (record.status_code, record.error)).collect();
        assert_eq!(codes, [(503, Some("provider_circuit_open".to_owned()))]);
    }

    fn one_probe_of_the_whole_site_goes_through_until_it_answers(store) {
        (0..10).for_each(|_| _ = report(store, "a", Heard::Failure, None, NOW));
        let later = NOW + 16 * SECOND;
        let ask = || Ask::new().route(&["a"]).at(later).admit(store);
        let Verdict::Miss { way, .. } = ask() else { panic!("a probe goes through") };
        assert!(way.probe.is_some());
        assert!(matches!(ask(), Verdict::Open { .. }));
        assert!(store.way(&["a".to_owned()], later, later).expect("a store").is_err());
        report(store, "a", Heard::Answer, way.probe, later);
        assert!(matches!(ask(), Verdict::Miss { way: Way { probe: None, .. }, .. }));
    }

    fn a_probe_that_quota_stops_leaves_the_lease_to_the_next(store) {
        let q = limit("q", 1, 3_600);
        assert!(Ask::new().quota(&q).passes(store));
        (0..10).for_each(|_| _ = report(store, "a", Heard::Failure, None, NOW));
        let later = NOW + 16 * SECOND;
        assert!(matches!(Ask::new().quota(&q).route(&["a"]).at(later).admit(store), Verdict::Refused { quota: true, .. }));
        assert!(Ask::new().route(&["a"]).at(later).passes(store));
    }

    fn retries_are_granted_by_the_budget_that_all_share(store) {
        let granted = (0..8).filter(|_| report(store, "a", Heard::Refusal, None, NOW)).count();
        assert_eq!(granted, 3);
    }

    fn the_status_tells_of_providers_that_are_down_or_refuse_the_key(store) {
        (0..10).for_each(|_| _ = report(store, "1\u{1f}acme\u{1f}https://acme.example", Heard::Failure, None, NOW));
        report(store, "1\u{1f}other\u{1f}https://other.example", Heard::KeyRefused, None, NOW);
        let breakers = store.status(NOW).expect("the store works").breakers;
        let shown: Vec<_> = breakers.iter().map(|b| (b.provider.as_str(), b.gate, b.key_refused)).collect();
        assert_eq!(shown, [("acme", Gate::Open { wait_us: 15 * SECOND }, false), ("other", Gate::Closed, true)]);
    }

    // Limits and the cache.

    fn a_throttled_call_charges_nothing(store) {
        let (wide, narrow, q) = (limit("wide", 10, 60), limit("narrow", 1, 60), limit("q", 10, 60));
        let ask = || Ask::new().throttle(&wide).throttle(&narrow).quota(&q);
        assert!(ask().passes(store));
        let Verdict::Refused { limit, quota, wait_us, limits } = ask().admit(store) else { panic!("one a minute") };
        assert_eq!((limit.as_str(), quota, wait_us, limits.len()), ("narrow", false, 60 * SECOND, 2));
        assert_eq!(ask().left(store), [9, 0, 9]);
    }

    fn a_throttled_call_is_logged_as_refused(store) {
        let t = limit("t", 1, 60);
        assert!(Ask::new().throttle(&t).passes(store));
        let ask = Ask::new().throttle(&t);
        assert!(!ask.passes(store));
        assert_eq!(drain(store, NOW), [ask.record.failed(429, "policy_throttle")]);
    }

    fn the_limit_that_waits_longest_is_named(store) {
        let (short, long) = (limit("short", 1, 1), limit("long", 1, 3_600));
        assert!(Ask::new().throttle(&short).throttle(&long).passes(store));
        let Verdict::Refused { limit, wait_us, .. } = Ask::new().throttle(&short).throttle(&long).admit(store) else {
            panic!("both are used up")
        };
        assert_eq!((limit.as_str(), wait_us), ("long", 3_600 * SECOND));
    }

    fn a_refused_call_passes_after_its_wait_and_not_before(store) {
        let t = limit("t", 2, 60);
        assert!(Ask::new().throttle(&t).passes(store) && Ask::new().throttle(&t).passes(store));
        let Verdict::Refused { wait_us, .. } = Ask::new().throttle(&t).admit(store) else { panic!("two a minute") };
        assert!(!Ask::new().throttle(&t).at(NOW + wait_us - 1).passes(store));
        assert!(Ask::new().throttle(&t).at(NOW + wait_us).passes(store));
    }

    fn a_hit_charges_the_throttle_and_no_quota(store) {
        let (t, q) = (limit("t", 10, 60), limit("q", 10, 60));
        Keep::new(hash(1), "cached").settle(store);
        let Verdict::Hit { entry, limits } = Ask::new().throttle(&t).quota(&q).lookup(hash(1)).admit(store) else {
            panic!("it is there")
        };
        assert_eq!(entry, Entry { body: b"cached".to_vec(), provider: "acme".to_owned(), stored_us: NOW });
        assert_eq!(limits.len(), 1);
        assert_eq!(Ask::new().throttle(&t).quota(&q).left(store), [9, 10]);
    }

    fn a_hit_is_logged_with_its_provider_and_costs_nothing(store) {
        let keep = Keep::new(hash(1), "cached");
        keep.settle(store);
        let ask = Ask::new().lookup(hash(1));
        ask.admit(store);
        assert_eq!(drain(store, NOW), [keep.record.clone(), ask.record.hit("acme")]);
    }

    fn a_hit_needs_no_quota_to_be_left(store) {
        let q = limit("q", 1, 60);
        assert!(Ask::new().quota(&q).passes(store));
        Keep::new(hash(1), "cached").settle(store);
        assert!(matches!(Ask::new().quota(&q).lookup(hash(1)).admit(store), Verdict::Hit { .. }));
    }

    fn a_throttled_call_does_not_see_the_cache(store) {
        let t = limit("t", 1, 60);
        Keep::new(hash(1), "cached").settle(store);
        assert!(Ask::new().throttle(&t).passes(store));
        assert!(matches!(Ask::new().throttle(&t).lookup(hash(1)).admit(store), Verdict::Refused { quota: false, .. }));
    }

    fn over_quota_charges_the_throttle_and_no_other_quota(store) {
        let (t, q, r) = (limit("t", 10, 60), limit("q", 1, 60), limit("r", 10, 60));
        let ask = || Ask::new().throttle(&t).quota(&q).quota(&r);
        assert!(ask().passes(store));
        let Verdict::Refused { limit, quota, wait_us, limits } = ask().admit(store) else { panic!("one a minute") };
        assert_eq!((limit.as_str(), quota, wait_us), ("q", true, 60 * SECOND));
        assert_eq!(limits.iter().map(|state| state.remaining).collect::<Vec<_>>(), [8, 0, 9]);
        assert_eq!(ask().left(store), [8, 0, 9]);
    }

    fn a_call_over_quota_is_logged_as_refused(store) {
        let q = limit("q", 1, 60);
        assert!(Ask::new().quota(&q).passes(store));
        let ask = Ask::new().quota(&q);
        assert!(!ask.passes(store));
        assert_eq!(drain(store, NOW), [ask.record.failed(429, "policy_quota")]);
    }

    fn a_call_that_wants_no_cached_answer_gets_none(store) {
        Keep::new(hash(1), "cached").settle(store);
        assert!(Ask::new().passes(store));
    }

    fn limits_of_different_keys_do_not_touch(store) {
        let (mine, yours) = (limit("mine", 1, 60), limit("yours", 1, 60));
        assert!(Ask::new().throttle(&mine).passes(store));
        assert!(Ask::new().throttle(&yours).passes(store));
        assert!(!Ask::new().throttle(&mine).passes(store));
    }

    // Settlement.

    fn a_call_that_is_never_settled_shows_as_aborted_once_it_is_abandoned(store) {
        let ask = Ask::new();
        assert!(ask.passes(store));
        assert_eq!(drain(store, NOW + 10 * SECOND - 1), []);
        assert_eq!(drain(store, NOW + 10 * SECOND), [ask.record.failed(500, "caller_aborted")]);
    }

    fn an_aborted_call_is_counted_when_its_record_is_taken(store) {
        let ask = Ask::new();
        assert!(ask.passes(store));
        assert_eq!(store.status(NOW).expect("figures").calls, 0);
        store.ack(&[&ask.record.uid]).expect("taken");
        let status = store.status(NOW + 10 * SECOND).expect("figures");
        assert_eq!((status.calls, status.errors), (1, 1));
    }

    fn settling_replaces_the_record_that_admission_wrote(store) {
        let ask = Ask::new();
        assert!(ask.passes(store));
        let done = Record { status_code: 200, tokens_in: 3, tokens_out: 4, provider: "acme".to_owned(), ..ask.record.clone() };
        settle(store, &done, &[]);
        assert_eq!(drain(store, NOW), std::slice::from_ref(&done));
        assert_eq!(drain(store, NOW + 60 * SECOND), [done]);
    }

    fn a_call_can_be_settled_that_was_never_admitted(store) {
        let refused = record("1").failed(400, "caller_invalid");
        settle(store, &refused, &[]);
        assert_eq!(drain(store, NOW), [refused]);
    }

    fn a_refund_gives_one_call_back(store) {
        let (q, r) = (limit("q", 2, 60), limit("r", 9, 60));
        let ask = Ask::new().quota(&q).quota(&r);
        assert!(ask.passes(store));
        assert_eq!(ask.left(store), [1, 8]);
        settle(store, &ask.record.failed(503, "provider_unreachable"), &ask.quota);
        assert_eq!(ask.left(store), [2, 9]);
    }

    fn a_refund_never_gives_more_than_the_limit(store) {
        let q = limit("q", 2, 60);
        let ask = Ask::new().quota(&q);
        assert!(ask.passes(store));
        for _ in 0..5 {
            settle(store, &ask.record, &ask.quota);
        }
        settle(store, &record("1"), &[limit("never used", 2, 60)]);
        assert_eq!(ask.left(store), [2]);
        assert!(Ask::new().quota(&q).passes(store) && Ask::new().quota(&q).passes(store));
        assert!(!Ask::new().quota(&q).passes(store));
    }

    // The dry run.

    fn a_dry_run_finds_what_a_call_would_and_leaves_no_trace(store) {
        let (t, q) = (limit("t", 5, 60), limit("q", 3, 60));
        Keep::new(hash(1), "cached").settle(store);
        let before = store.status(NOW).expect("figures");
        let ask = Ask::new().throttle(&t).quota(&q).lookup(hash(1));
        let peek = store.peek(&ask.admission()).expect("a dry run");
        assert_eq!(peek.entry.map(|entry| entry.body), Some(b"cached".to_vec()));
        assert_eq!(ask.left(store), [5, 3]);
        assert_eq!(store.status(NOW).expect("figures"), before);
    }

    // The cache.

    fn an_answer_is_served_until_it_expires(store) {
        let keep = Keep::new(hash(1), "cached");
        keep.settle(store);
        let ask = |now_us| Ask::new().lookup(hash(1)).at(now_us).admit(store);
        assert!(matches!(ask(keep.expires_us - 1), Verdict::Hit { .. }));
        assert!(matches!(ask(keep.expires_us), Verdict::Miss { .. }));
    }

    fn an_answer_that_was_asked_for_before_its_tag_was_invalidated_is_not_kept(store) {
        let keep = |tag: &str, asked_us| {
            let keep = Keep { asked_us, ..Keep::new(hash(1), "kept").tags(&[tag]) };
            keep.settle(store);
            cached(store, hash(1)).is_some()
        };
        invalidate(store, Selector { tag: Some("post:1"), site: Some("1"), now_us: NOW, ..Selector::default() });
        invalidate(store, Selector { tag: Some("post:2"), site: Some("2"), now_us: NOW, ..Selector::default() });
        invalidate(store, Selector { tag: Some("post:3"), now_us: NOW, ..Selector::default() });
        assert_eq!((keep("post:1", NOW - 1), keep("post:3", NOW)), (false, false));
        assert_eq!((keep("post:1", NOW + 1), keep("post:2", NOW - 1)), (true, true));
    }

    fn an_answer_is_replaced_by_the_next_of_its_name(store) {
        Keep::new(hash(1), "old").tags(&["post:1"]).settle(store);
        Keep::new(hash(1), "new").tags(&["post:2"]).settle(store);
        assert_eq!(cached(store, hash(1)).as_deref(), Some("new"));
        assert_eq!(invalidate(store, Selector { tag: Some("post:1"), ..Selector::default() }), 0);
        let status = store.status(NOW).expect("figures");
        assert_eq!(status.cache_entries, 1);
        assert_eq!(invalidate(store, Selector { tag: Some("post:2"), ..Selector::default() }), 1);
        assert_eq!(store.status(NOW).expect("figures").cache_bytes, 0);
    }

    fn an_answer_may_hold_any_bytes_and_any_tags(store) {
        let keep = Keep::new(hash(1), [0, 255, 10]).tags(&["", "\"'; --", "ü", "a", "a"]);
        keep.settle(store);
        let Verdict::Hit { entry, .. } = Ask::new().lookup(hash(1)).admit(store) else { panic!("it is there") };
        assert_eq!(entry.body, keep.body);
        assert_eq!(invalidate(store, Selector { tag: Some("\"'; --"), ..Selector::default() }), 1);
        assert_eq!(invalidate(store, Selector { tag: Some("a"), ..Selector::default() }), 0);
    }

    fn answers_are_dropped_by_each_part_of_a_selector(store) {
        let fill = || {
            Keep::new(hash(1), "a").of("1", "small", "acme").tags(&["post:1", "home"]).settle(store);
            Keep::new(hash(2), "b").of("1", "large", "acme").tags(&["post:1"]).settle(store);
            Keep::new(hash(3), "c").of("2", "small", "other").tags(&["post:1"]).settle(store);
        };
        let all = Selector::default();
        let (one, name) = (Some("1"), hash(2));
        for (selector, left) in [
            (Selector { hash: Some(&name), ..all }, vec![1, 3]),
            (Selector { tag: Some("home"), ..all }, vec![2, 3]),
            (Selector { tag: Some("post:1"), ..all }, vec![]),
            (Selector { tag: Some("post:1"), site: one, ..all }, vec![3]),
            (Selector { model: Some("small"), ..all }, vec![2]),
            (Selector { model: Some("small"), site: one, ..all }, vec![2, 3]),
            (Selector { provider: Some("other"), ..all }, vec![1, 2]),
            (Selector { provider: Some("other"), site: one, ..all }, vec![1, 2, 3]),
            (Selector { hash: Some(&name), tag: Some("home"), ..all }, vec![1, 2, 3]),
            (Selector { hash: Some(&name), site: Some("2"), ..all }, vec![1, 2, 3]),
            (Selector { before_us: Some(NOW), ..all }, vec![1, 2, 3]),
            (Selector { before_us: Some(NOW + 1), site: one, ..all }, vec![3]),
            (Selector { site: one, ..all }, vec![3]),
            (all, vec![]),
        ] {
            fill();
            assert_eq!(invalidate(store, selector), 3 - left.len() as u64, "{selector:?}");
            let found: Vec<u8> = (1..=3).filter(|&n| cached(store, hash(n)).is_some()).collect();
            assert_eq!(found, left, "{selector:?}");
            assert_eq!(store.status(NOW).expect("figures").cache_entries, left.len() as u64);
        }
    }

    // The spool.

    fn records_come_oldest_first_and_no_more_than_asked_for(store) {
        let records: Vec<Record> = (0..5).map(|_| record("1").failed(400, "caller_invalid")).collect();
        for n in [3, 0, 4, 2, 1] {
            settle(store, &records[n], &[]);
        }
        assert_eq!(store.drain(3, None, NOW), Ok(records[..3].to_vec()));
        assert_eq!(store.drain(0, None, NOW), Ok(vec![]));
    }

    fn records_stay_until_they_are_acknowledged(store) {
        let (first, second) = (record("1"), record("1"));
        settle(store, &first, &[]);
        settle(store, &second, &[]);
        assert_eq!(drain(store, NOW).len(), 2);
        assert_eq!(store.ack(&[&first.uid]), Ok(1));
        assert_eq!(drain(store, NOW), [second]);
    }

    fn acknowledging_twice_or_what_never_was_is_no_error(store) {
        let kept = record("1");
        settle(store, &kept, &[]);
        assert_eq!(store.ack(&[&kept.uid, &kept.uid]), Ok(1));
        assert_eq!(store.ack(&[&kept.uid]), Ok(0));
        assert_eq!(store.ack(&["", "no uid", "%", &record("1").uid]), Ok(0));
        assert_eq!(store.ack(&[]), Ok(0));
    }

    fn a_site_fetches_its_own_records_only(store) {
        let (mine, yours) = (record("1"), record("2"));
        settle(store, &mine, &[]);
        settle(store, &yours, &[]);
        assert_eq!(store.drain(10, Some("2"), NOW), Ok(vec![yours]));
        assert_eq!(store.drain(10, Some("3"), NOW), Ok(vec![]));
        assert_eq!(drain(store, NOW).len(), 2);
    }

    fn a_record_comes_back_as_it_was(store) {
        let record = Record {
            cost_microusd: Some(u64::from(u32::MAX) * 2),
            client: "O'Brien \u{1F600}".to_owned(),
            source: "a\0b".to_owned(),
            tokens_in: u32::MAX,
            ..record("main")
        };
        settle(store, &record, &[]);
        assert_eq!(drain(store, NOW), [record]);
    }

    // The counters.

    fn status_sums_up_the_last_hour(store) {
        let t = limit("t", 1, 60);
        let done = Record {
            status_code: 200, tokens_in: 3, tokens_out: 4, cost_microusd: Some(50), provider: "acme".to_owned(), ..record("1")
        };
        for _ in 0..2 {
            settle(store, &Record { uid: record("1").uid, ..done.clone() }, &[]);
        }
        Keep::new(hash(1), "cached").settle(store);
        Ask::new().lookup(hash(1)).admit(store);
        Ask::new().throttle(&t).lookup(hash(1)).admit(store);
        Ask::new().throttle(&t).lookup(hash(1)).admit(store);
        let status = store.status(NOW).expect("figures");
        assert_eq!((status.calls, status.hits, status.errors), (6, 2, 1));
        assert_eq!((status.tokens, status.cost_microusd), (14, 100));
        assert_eq!((status.spool, status.cache_entries), (6, 1));
        let later = store.status(NOW + 3_600 * SECOND).expect("figures");
        assert_eq!((later.calls, later.spool), (0, 6));
    }

    fn a_cost_too_large_to_add_up_breaks_nothing(store) {
        for _ in 0..3 {
            settle(store, &Record { cost_microusd: Some(u64::MAX), ..record("1") }, &[]);
        }
        assert_eq!(store.status(NOW).expect("figures").calls, 3);
    }

    fn maintenance_changes_nothing_that_is_in_use(store) {
        let t = limit("t", 5, 3_600);
        assert!(Ask::new().throttle(&t).passes(store));
        Keep::new(hash(1), "cached").settle(store);
        let before = (Ask::new().throttle(&t).left(store), drain(store, NOW), store.status(NOW));
        store.maintain().expect("maintained");
        assert_eq!((Ask::new().throttle(&t).left(store), drain(store, NOW), store.status(NOW)), before);
    }
;
    // Bounds.

    fn the_cache_never_passes_its_bound_and_the_oldest_go_first(open open) {
        let bound = 64 * 1024;
        let store = &*open(bound, 1_000);
        for n in 0..40 {
            Keep::new(hash(n), vec![b'x'; 3_000]).settle(store);
            let status = store.status(NOW).expect("figures");
            assert!(status.cache_bytes <= bound, "{} bytes after {n}", status.cache_bytes);
            assert_eq!(status.cache_max_bytes, bound);
        }
        let found: Vec<u8> = (0..40).filter(|&n| cached(store, hash(n)).is_some()).collect();
        assert!(found.len() >= 15, "the bound is used: {found:?}");
        assert_eq!(found, (40 - found.len() as u8..40).collect::<Vec<_>>());
    }

    fn an_answer_that_is_rewritten_counts_as_new(open open) {
        let store = &*open(16 * 1024, 1_000);
        Keep::new(hash(0), "first").settle(store);
        for n in 1..100 {
            Keep::new(hash(n), "x").settle(store);
            Keep::new(hash(0), "again").settle(store);
        }
        assert_eq!(cached(store, hash(0)).as_deref(), Some("again"));
    }

    fn an_answer_too_large_for_the_cache_is_not_kept_and_neither_is_the_one_before_it(open open) {
        let store = &*open(64 * 1024, 1_000);
        Keep::new(hash(1), "other").settle(store);
        Keep::new(hash(2), "small").settle(store);
        Keep::new(hash(2), vec![b'x'; 4 * 1024]).settle(store);
        assert_eq!(cached(store, hash(2)), None);
        assert_eq!(cached(store, hash(1)).as_deref(), Some("other"));
    }

    fn a_spool_that_nobody_drains_drops_its_oldest_and_says_so(open open) {
        let store = &*open(1 << 20, 10);
        let records: Vec<Record> = (0..15).map(|_| record("1")).collect();
        records.iter().for_each(|record| settle(store, record, &[]));
        store.maintain().expect("maintained");
        assert_eq!(drain(store, NOW), records[5..]);
        let status = store.status(NOW).expect("figures");
        assert_eq!((status.spool, status.spool_dropped), (10, 5));
    }
}

//! What every store engine promises of flights, budgets and expired answers. Each rule runs against each engine.

#[macro_use]
#[path = "support/engines.rs"]
mod engines;
#[path = "support/store.rs"]
mod support;

use aisp::audit::Record;
use aisp::guard::breaker::Heard;
use aisp::guard::budget::{Period, Unit};
use aisp::store::{Alert, Budget, Claim, Landing, Settlement, Store, Verdict};
use engines::Open;
use support::*;

/// A day's budget of the site.
fn budget(unit: Unit, cap: u64) -> Budget {
    let (name, key, subject) = ("budget-site-day".to_owned(), format!("1:{unit:?}"), String::new());
    Budget { name, key, subject, unit, cap, window: Period::Day.window(NOW), is_announced: true }
}

fn tokens(cap: u64, amount: u64) -> Claim {
    Claim { budget: budget(Unit::Tokens, cap), amount }
}

fn claiming(claim: &Claim) -> Ask {
    let mut ask = Ask::new();
    ask.claims.push(claim.clone());
    ask
}

/// Ends a call that took this many tokens.
fn spend(store: &dyn Store, ask: &Ask, tokens: u32) {
    let record = Record { tokens_in: tokens, cost_microusd: Some(u64::from(tokens) * 10), ..ask.record.clone() };
    store.settle(&Settlement { claims: &ask.claims, ..Settlement::plain(&record, NOW) }).expect("the store works");
}

/// Spent, promised and left.
fn sums(store: &dyn Store, claim: &Claim, now_us: i64) -> (u64, u64, u64) {
    let peek = store.peek(&claiming(claim).at(now_us).admission()).expect("the store works");
    (peek.budgets[0].used, peek.budgets[0].reserved, peek.budgets[0].remaining())
}

fn alerts(store: &dyn Store) -> Vec<(u8, u64)> {
    let told = |alert: Alert| (alert.percent, alert.used);
    store.take_alerts(Some("1")).expect("the store works").into_iter().map(told).collect()
}

fn flying(n: u8) -> Ask {
    Ask { flies: true, ..Ask::new().lookup(hash(n)) }
}

fn leader(verdict: Verdict) -> String {
    let Verdict::Wait { leader, .. } = verdict else { panic!("somebody flies: {verdict:?}") };
    leader
}

fn land(store: &dyn Store, ask: &Ask, note: Option<&[u8]>) {
    let landing = ask.lookup.as_ref().map(|hash| Landing { hash, note });
    store.settle(&Settlement { landing, ..Settlement::plain(&ask.record, NOW) }).expect("the store works");
}

rules! {
    // Budgets.

    fn a_request_of_663_tokens_never_passes_a_cap_of_100(store) {
        let ask = claiming(&tokens(100, 663));
        let Verdict::OverBudget { budget, amount, .. } = ask.admit(store) else { panic!("it must not pass") };
        assert_eq!((budget.name.as_str(), budget.remaining(), amount), ("budget-site-day", 100, 663));
        assert_eq!(budget.renews_us, Period::Day.window(NOW).end_us);
        assert_eq!(drain(store, NOW), [ask.record.failed(429, "policy_budget")]);
    }

    fn what_is_promised_to_one_call_is_not_promised_to_another(store) {
        let claim = tokens(100, 60);
        let ask = claiming(&claim);
        assert!(ask.passes(store));
        assert!(!claiming(&claim).passes(store));
        assert_eq!(sums(store, &claim, NOW), (0, 60, 40));
        spend(store, &ask, 25);
        assert_eq!(sums(store, &claim, NOW), (25, 0, 75));
        assert!(claiming(&claim).passes(store));
    }

    fn over_budget_no_quota_is_charged(store) {
        let (t, q) = (limit("t", 5, 60), limit("q", 5, 60));
        let ask = claiming(&tokens(10, 11)).throttle(&t).quota(&q);
        assert!(matches!(ask.admit(store), Verdict::OverBudget { .. }));
        assert_eq!(ask.left(store), [4, 5]);
    }

    fn a_hit_costs_no_budget(store) {
        Keep::new(hash(1), "kept").settle(store);
        let ask = claiming(&tokens(10, 11)).lookup(hash(1));
        assert!(matches!(ask.admit(store), Verdict::Hit { .. }));
    }

    fn the_reservation_of_a_killed_worker_lapses(store) {
        let claim = tokens(100, 60);
        assert!(claiming(&claim).passes(store));
        assert!(!claiming(&claim).at(NOW + 9 * SECOND).passes(store));
        assert!(claiming(&claim).at(NOW + 10 * SECOND).passes(store));
    }

    fn a_call_that_cost_more_than_it_reserved_is_counted_in_full(store) {
        let claim = tokens(100, 60);
        let ask = claiming(&claim);
        assert!(ask.passes(store));
        spend(store, &ask, 130);
        assert_eq!(sums(store, &claim, NOW), (130, 0, 0));
        assert!(!claiming(&tokens(100, 1)).passes(store));
    }

    fn a_budget_renews_with_its_period_and_a_late_call_of_the_last_one_is_not_counted(store) {
        let old = tokens(100, 100);
        let late = claiming(&old);
        assert!(late.passes(store));
        let tomorrow = NOW + 86_400 * SECOND;
        let mut new = old.clone();
        new.budget.window = Period::Day.window(tomorrow);
        let ask = claiming(&new).at(tomorrow);
        assert!(ask.passes(store));
        spend(store, &ask, 30);
        spend(store, &late, 90);
        assert_eq!(sums(store, &new, tomorrow), (30, 0, 70));
    }

    fn money_is_counted_in_millionths(store) {
        let claim = Claim { budget: budget(Unit::Microusd, 1_000), amount: 500 };
        let ask = claiming(&claim);
        assert!(ask.passes(store));
        spend(store, &ask, 70);
        assert_eq!(sums(store, &claim, NOW), (700, 0, 300));
    }

    fn each_threshold_is_told_once(store) {
        let claim = tokens(100, 1);
        for used in [79, 1, 1] {
            let ask = claiming(&claim);
            assert!(ask.passes(store));
            spend(store, &ask, used);
        }
        assert_eq!(alerts(store), [(80, 80)]);
        assert_eq!(alerts(store), []);
        let ask = claiming(&claim);
        assert!(ask.passes(store));
        spend(store, &ask, 50);
        assert_eq!(alerts(store), [(100, 131)]);
        assert!(!claiming(&claim).passes(store));
        assert_eq!(alerts(store), []);
    }

    fn a_budget_that_is_nearly_spent_and_refuses_counts_as_spent(store) {
        let ask = claiming(&tokens(100, 1));
        assert!(ask.passes(store));
        spend(store, &ask, 85);
        assert!(!claiming(&tokens(100, 20)).passes(store));
        assert_eq!(alerts(store), [(80, 85), (100, 85)]);
    }

    fn what_was_spent_can_be_forgiven(store) {
        let (claim, q) = (tokens(100, 60), limit("q", 3, 60));
        let ask = claiming(&claim).quota(&q);
        assert!(ask.passes(store));
        spend(store, &ask, 90);
        assert_eq!(store.reset(std::slice::from_ref(&q), std::slice::from_ref(&claim.budget)).expect("reset"), 2);
        assert_eq!((sums(store, &claim, NOW), ask.left(store)), ((0, 0, 100), vec![3]));
        assert_eq!(store.reset(&[q], &[claim.budget]).expect("reset"), 0);
    }

    // Flights.

    fn of_equal_calls_one_leads_and_the_others_wait(store) {
        let (first, t, q) = (flying(1), limit("t", 5, 60), limit("q", 5, 60));
        assert!(first.passes(store));
        let second = flying(1).throttle(&t).quota(&q);
        assert_eq!(leader(second.admit(store)), first.record.uid);
        assert_eq!(second.left(store), [4, 5], "who waits pays no quota");
        assert!(flying(2).passes(store));
        assert!(Ask::new().lookup(hash(1)).passes(store), "who flies alone waits for nobody");
    }

    fn who_waited_finds_the_answer_in_the_cache(store) {
        let ask = flying(1);
        assert!(ask.passes(store));
        assert!(store.is_aloft(&hash(1), &ask.record.uid, NOW).expect("a store"));
        let mut keep = Keep::new(hash(1), "kept");
        keep.record.uid.clone_from(&ask.record.uid);
        keep.settle(store);
        land(store, &ask, None);
        assert!(!store.is_aloft(&hash(1), &ask.record.uid, NOW).expect("a store"));
        assert!(matches!(flying(1).admit(store), Verdict::Hit { .. }));
    }

    fn a_note_is_for_those_who_waited_and_for_nobody_else(store) {
        let first = flying(1);
        assert!(first.passes(store));
        land(store, &first, Some(b"failed"));
        let waiter = Ask { awaited: Some(first.record.uid.clone()), ..flying(1) };
        assert!(matches!(waiter.admit(store), Verdict::Landed { note, .. } if note == b"failed"));
        assert!(flying(1).passes(store), "a new call asks for itself");
        assert!(matches!(waiter.admit(store), Verdict::Wait { .. }), "and who comes too late waits for that");
    }

    fn where_a_leader_dies_exactly_one_takes_over(store) {
        let first = flying(1);
        assert!(first.passes(store));
        assert!(matches!(flying(1).at(NOW + 5 * SECOND - 1).admit(store), Verdict::Wait { .. }));
        let awaiting = || Ask { awaited: Some(first.record.uid.clone()), ..flying(1).at(NOW + 5 * SECOND) };
        let second = awaiting();
        assert!(second.passes(store));
        assert_eq!(leader(awaiting().admit(store)), second.record.uid);
    }

    fn a_leader_that_gives_word_keeps_its_flight_and_one_that_lost_it_cannot_land_another_s(store) {
        let first = flying(1);
        assert!(first.passes(store));
        store.renew(&hash(1), &first.record.uid, NOW + 9 * SECOND).expect("renewed");
        assert!(matches!(flying(1).at(NOW + 8 * SECOND).admit(store), Verdict::Wait { .. }));
        let second = flying(1).at(NOW + 9 * SECOND);
        assert!(second.passes(store));
        land(store, &first, Some(b"late"));
        store.renew(&hash(1), &first.record.uid, NOW + 99 * SECOND).expect("nothing");
        let third = flying(1).at(NOW + 10 * SECOND);
        assert_eq!(leader(third.admit(store)), second.record.uid);
    }

    fn who_dies_while_it_waits_leaves_a_record(store) {
        assert!(flying(1).passes(store));
        let waiter = flying(1);
        assert!(matches!(waiter.admit(store), Verdict::Wait { .. }));
        let left: Vec<_> = drain(store, NOW + 10 * SECOND).into_iter().map(|record| record.uid).collect();
        assert!(left.contains(&waiter.record.uid));
    }

    // Expired answers.

    fn an_expired_answer_will_do_while_no_provider_may_be_asked_but_not_for_ever(store) {
        let keep = Keep { expires_us: NOW, ..Keep::new(hash(1), "old") };
        keep.settle(store);
        (0..10).for_each(|_| _ = report(store, "a", Heard::Failure, None, NOW));
        let ask = |stale_us| Ask { stale_us, ..Ask::new().lookup(hash(1)).route(&["a"]).at(NOW + SECOND) };
        let stale = |ask: &Ask| match ask.admit(store) {
            Verdict::Open { stale, .. } => stale.map(|entry| entry.body),
            other => panic!("{other:?}"),
        };
        assert_eq!(stale(&ask(0)), None);
        assert_eq!(stale(&ask(SECOND)), None);
        let served = ask(2 * SECOND);
        assert_eq!(stale(&served), Some(b"old".to_vec()));
        let record = served.record.failed(503, "provider_circuit_open").stale("acme");
        assert!(drain(store, NOW).contains(&record) && record.outcome() == "stale");
        let figures = store.status(NOW).expect("figures");
        assert_eq!((figures.hits, figures.errors), (1, 2));
    }
}

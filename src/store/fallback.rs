//! Admission without a store: each process keeps an eighth of every limit to itself.
//!
//! A site has several workers and they cannot see each other here, so none of them may give away a whole limit. Nothing
//! is cached and nothing is logged; the decisions are otherwise those of [`Store::admit`](super::Store::admit). What is
//! reserved of a budget is never given back here: what a call did cost is not known to the next process. Whose job a call is
//! for is not known either.

use std::collections::HashMap;

use once_cell::sync::Lazy;
use parking_lot::Mutex;

use super::{Admission, BudgetState, Claim, Limit, LimitState, Verdict, Way};
use crate::guard::budget;
use crate::guard::rate::{Decision, Quota};

const FRACTION: u32 = 8;
/// More keys than this are not told apart for long: a flood of them must not fill the memory.
const MAX_KEYS: usize = 10_000;

type Tats = HashMap<String, i64>;

/// What this process has let through.
#[derive(Default)]
struct Seen {
    tats: Tats,
    /// By budget: when its period ends, and what is reserved of it.
    reserved: HashMap<String, (i64, u64)>,
}

static SEEN: Lazy<Mutex<Seen>> = Lazy::new(Mutex::default);

/// Decides a call by what this process alone has let through.
pub fn admit(call: &Admission<'_>) -> Verdict {
    decide(&mut SEEN.lock(), call)
}

fn decide(seen: &mut Seen, call: &Admission<'_>) -> Verdict {
    let now_us = call.clock.now_us();
    let tats = &mut seen.tats;
    let throttle: Vec<Limit> = call.throttle.iter().map(reduced).collect();
    let quota: Vec<Limit> = call.quota.iter().map(reduced).collect();

    if let Some((limit, wait_us)) = refusal(tats, &throttle, now_us) {
        return Verdict::Refused { limit, quota: false, wait_us, limits: states(tats, &throttle, now_us) };
    }
    charge(tats, &throttle, now_us);
    let refused = refusal(tats, &quota, now_us);
    let over = over_budget(&seen.reserved, call.claims);
    if refused.is_none() && over.is_none() {
        charge(tats, &quota, now_us);
    }
    let limits = [states(tats, &throttle, now_us), states(tats, &quota, now_us)].concat();
    if let Some((limit, wait_us)) = refused {
        return Verdict::Refused { limit, quota: true, wait_us, limits };
    }
    if let Some((budget, amount)) = over {
        return Verdict::OverBudget { budget, amount, limits };
    }
    reserve(&mut seen.reserved, call.claims, now_us);
    Verdict::Miss { way: Way { stop: 0, probe: None }, limits }
}

/// The budget of which this process's share does not suffice.
fn over_budget(reserved: &HashMap<String, (i64, u64)>, claims: &[Claim]) -> Option<(BudgetState, u64)> {
    claims.iter().find_map(|Claim { budget, amount }| {
        let kept = reserved.get(&budget.key).filter(|(end_us, _)| *end_us == budget.window.end_us);
        let gone = kept.map_or(0, |(_, sum)| *sum);
        let fits = budget::fits(budget.cap / u64::from(FRACTION), 0, gone, *amount);
        (!fits).then(|| (BudgetState::of(budget, 0, gone), *amount))
    })
}

fn reserve(reserved: &mut HashMap<String, (i64, u64)>, claims: &[Claim], now_us: i64) {
    reserved.retain(|_, (end_us, _)| *end_us > now_us);
    for Claim { budget, amount } in claims {
        let (end_us, sum) = reserved.entry(budget.key.clone()).or_insert((budget.window.end_us, 0));
        if *end_us != budget.window.end_us {
            (*end_us, *sum) = (budget.window.end_us, 0);
        }
        *sum = sum.saturating_add(*amount);
    }
}

fn reduced(limit: &Limit) -> Limit {
    let share = (limit.quota.limit() / FRACTION).max(1);
    Limit { quota: Quota::new(share, limit.quota.period_s()).unwrap_or(limit.quota), ..limit.clone() }
}

/// The limit that makes the call wait longest.
fn refusal(tats: &Tats, limits: &[Limit], now_us: i64) -> Option<(String, i64)> {
    let waits = limits.iter().filter_map(|limit| match limit.quota.decide(tats.get(&limit.key).copied(), now_us) {
        Decision::Wait { wait_us } => Some((limit.name.clone(), wait_us)),
        Decision::Pass { .. } => None,
    });
    waits.max_by_key(|(_, wait_us)| *wait_us)
}

fn charge(tats: &mut Tats, limits: &[Limit], now_us: i64) {
    if tats.len() + limits.len() > MAX_KEYS {
        tats.retain(|_, tat| *tat > now_us);
        if tats.len() + limits.len() > MAX_KEYS {
            tats.clear();
        }
    }
    for limit in limits {
        if let Decision::Pass { tat, .. } = limit.quota.decide(tats.get(&limit.key).copied(), now_us) {
            tats.insert(limit.key.clone(), tat);
        }
    }
}

fn states(tats: &Tats, limits: &[Limit], now_us: i64) -> Vec<LimitState> {
    limits.iter().map(|limit| LimitState::at(limit, tats.get(&limit.key).copied(), now_us)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Record;
    use crate::clock::Clock;
    use crate::guard::budget::{Period, Unit};
    use crate::store::Budget;

    const NOW: i64 = 1_700_000_000_000_000;

    fn limit(name: &str, limit: u32) -> Limit {
        Limit { name: name.into(), key: name.into(), quota: Quota::new(limit, 60).expect("in bounds") }
    }

    fn ask(seen: &mut Seen, throttle: &[Limit], quota: &[Limit]) -> Verdict {
        ask_for(seen, throttle, quota, &[])
    }

    fn ask_for(seen: &mut Seen, throttle: &[Limit], quota: &[Limit], claims: &[Claim]) -> Verdict {
        let record = Record::default();
        let (clock, route, lookup, boarding) = (Clock::At(NOW), &[], None, None);
        let (stale_us, abandoned_us) = (0, NOW);
        let call = Admission {
            clock,
            throttle,
            quota,
            claims,
            route,
            lookup,
            boarding,
            stale_us,
            record: &record,
            watch: None,
            abandoned_us,
            item: None,
        };
        decide(seen, &call)
    }

    #[test]
    fn a_process_alone_lets_an_eighth_through() {
        let mut seen = Seen::default();
        let throttle = [limit("t", 80)];
        let passed = (0..80).filter(|_| matches!(ask(&mut seen, &throttle, &[]), Verdict::Miss { .. })).count();
        assert_eq!(passed, 10);
    }

    #[test]
    fn a_small_limit_lets_one_through() {
        let mut seen = Seen::default();
        let throttle = [limit("t", 3)];
        assert!(matches!(ask(&mut seen, &throttle, &[]), Verdict::Miss { .. }));
        assert!(matches!(ask(&mut seen, &throttle, &[]), Verdict::Refused { quota: false, .. }));
    }

    #[test]
    fn over_quota_charges_the_throttle_and_no_other_quota() {
        let mut seen = Seen::default();
        let (throttle, quota) = ([limit("t", 80)], [limit("q", 8), limit("wide", 80)]);
        assert!(matches!(ask(&mut seen, &throttle, &quota), Verdict::Miss { .. }));
        let Verdict::Refused { limit: name, quota: true, limits, .. } = ask(&mut seen, &throttle, &quota) else {
            panic!("one call is an eighth of eight")
        };
        assert_eq!(name, "q");
        assert_eq!(limits.iter().map(|l| l.remaining).collect::<Vec<_>>(), [8, 0, 9]);
    }

    #[test]
    fn a_process_alone_reserves_an_eighth_of_a_budget() {
        let mut seen = Seen::default();
        let (name, key, subject) = ("b".to_owned(), "b".to_owned(), String::new());
        let window = Period::Day.window(NOW);
        let budget = Budget { name, subject, key, unit: Unit::Tokens, cap: 800, window, is_announced: true };
        let claims = [Claim { budget, amount: 50 }];
        assert!((0..2).all(|_| matches!(ask_for(&mut seen, &[], &[], &claims), Verdict::Miss { .. })));
        assert!(matches!(ask_for(&mut seen, &[], &[], &claims), Verdict::OverBudget { amount: 50, .. }));
    }

    #[test]
    fn a_flood_of_keys_does_not_fill_the_memory() {
        let mut seen = Seen::default();
        for n in 0..2 * MAX_KEYS {
            ask(&mut seen, &[limit(&n.to_string(), 8)], &[]);
        }
        assert!(seen.tats.len() <= MAX_KEYS);
    }
}

//! Admission without a store: each process keeps an eighth of every limit to itself.
//!
//! A site has several workers and they cannot see each other here, so none of them may give away a whole limit. Nothing
//! is cached and nothing is logged; the decisions are otherwise those of [`Store::admit`](super::Store::admit).

use std::collections::HashMap;

use once_cell::sync::Lazy;
use parking_lot::Mutex;

use super::{Admission, Limit, LimitState, Verdict, Way};
use crate::guard::rate::{Decision, Quota};

const FRACTION: u32 = 8;
/// More keys than this are not told apart for long: a flood of them must not fill the memory.
const MAX_KEYS: usize = 10_000;

type Tats = HashMap<String, i64>;

static TATS: Lazy<Mutex<Tats>> = Lazy::new(Mutex::default);

/// Decides a call by what this process alone has let through.
pub fn admit(call: &Admission<'_>) -> Verdict {
    decide(&mut TATS.lock(), call)
}

fn decide(tats: &mut Tats, call: &Admission<'_>) -> Verdict {
    let now_us = call.now_us;
    let throttle: Vec<Limit> = call.throttle.iter().map(reduced).collect();
    let quota: Vec<Limit> = call.quota.iter().map(reduced).collect();

    if let Some((limit, wait_us)) = refusal(tats, &throttle, now_us) {
        return Verdict::Refused { limit, quota: false, wait_us, limits: states(tats, &throttle, now_us) };
    }
    charge(tats, &throttle, now_us);
    let refused = refusal(tats, &quota, now_us);
    if refused.is_none() {
        charge(tats, &quota, now_us);
    }
    let limits = [states(tats, &throttle, now_us), states(tats, &quota, now_us)].concat();
    match refused {
        Some((limit, wait_us)) => Verdict::Refused { limit, quota: true, wait_us, limits },
        None => Verdict::Miss { way: Way { stop: 0, probe: None }, limits },
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

    const NOW: i64 = 1_700_000_000_000_000;

    fn limit(name: &str, limit: u32) -> Limit {
        Limit { name: name.into(), key: name.into(), quota: Quota::new(limit, 60).expect("in bounds") }
    }

    fn ask(tats: &mut Tats, throttle: &[Limit], quota: &[Limit]) -> Verdict {
        let record = Record::default();
        let (route, lookup) = (&[], None);
        let call = Admission { now_us: NOW, throttle, quota, route, lookup, record: &record, abandoned_us: NOW };
        decide(tats, &call)
    }

    #[test]
    fn a_process_alone_lets_an_eighth_through() {
        let mut tats = Tats::new();
        let throttle = [limit("t", 80)];
        let passed = (0..80).filter(|_| matches!(ask(&mut tats, &throttle, &[]), Verdict::Miss { .. })).count();
        assert_eq!(passed, 10);
    }

    #[test]
    fn a_small_limit_lets_one_through() {
        let mut tats = Tats::new();
        let throttle = [limit("t", 3)];
        assert!(matches!(ask(&mut tats, &throttle, &[]), Verdict::Miss { .. }));
        assert!(matches!(ask(&mut tats, &throttle, &[]), Verdict::Refused { quota: false, .. }));
    }

    #[test]
    fn over_quota_charges_the_throttle_and_no_other_quota() {
        let mut tats = Tats::new();
        let (throttle, quota) = ([limit("t", 80)], [limit("q", 8), limit("wide", 80)]);
        assert!(matches!(ask(&mut tats, &throttle, &quota), Verdict::Miss { .. }));
        let Verdict::Refused { limit: name, quota: true, limits, .. } = ask(&mut tats, &throttle, &quota) else {
            panic!("one call is an eighth of eight")
        };
        assert_eq!(name, "q");
        assert_eq!(limits.iter().map(|l| l.remaining).collect::<Vec<_>>(), [8, 0, 9]);
    }

    #[test]
    fn a_flood_of_keys_does_not_fill_the_memory() {
        let mut tats = Tats::new();
        for n in 0..2 * MAX_KEYS {
            ask(&mut tats, &[limit(&n.to_string(), 8)], &[]);
        }
        assert!(tats.len() <= MAX_KEYS);
    }
}

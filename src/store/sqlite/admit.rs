//! The two transactions of a call, and the dry run of the first.

use super::limits::{self, Tally};
use super::spool::{self, Ready};
use super::tx::Tx;
use super::{breaker, budget, cache, flight, job_item};
use crate::audit::Record;
use crate::store::{Admission, LimitState, Peek, Settlement, Verdict, Way};

pub(super) fn admit(tx: &Tx<'_>, call: &Admission<'_>) -> rusqlite::Result<Verdict> {
    let now_us = call.clock.now_us();
    let item = match call.item {
        None => None,
        Some(of) => match job_item::held(tx, of)? {
            Some(id) => Some(id),
            None => return Ok(Verdict::Lost),
        },
    };
    let mut throttle = Tally::read(tx, call.throttle, now_us)?;
    if let Some((limit, wait_us)) = throttle.refusal() {
        end(tx, call, call.record.failed(429, "policy_throttle"))?;
        let limits = throttle.states().collect();
        return Ok(Verdict::Refused { limit: limit.name.clone(), quota: false, wait_us, limits });
    }
    throttle.charge(tx)?;

    let cached = call.lookup.map(|hash| cache::find(tx, hash, now_us)).transpose()?.flatten();
    let found = match item.filter(|_| cached.is_none()) {
        Some(item) => job_item::answer(tx, item)?,
        None => cached,
    };
    if let Some(entry) = found {
        end(tx, call, call.record.hit(&entry.provider))?;
        return Ok(Verdict::Hit { entry, limits: throttle.states().collect() });
    }

    let flies = call.lookup.zip(call.boarding);
    if let Some((hash, boarding)) = flies {
        let limits = || throttle.states().collect();
        match flight::find(tx, hash, &boarding, now_us)? {
            flight::Found::Free => {}
            flight::Found::Landed { note } => return Ok(Verdict::Landed { note, limits: limits() }),
            flight::Found::Aloft { leader } => {
                spool::put(tx, &call.record.aborted(), Ready::At(call.abandoned_us))?;
                return Ok(Verdict::Wait { leader, limits: limits() });
            }
        }
    }

    let gate = match breaker::look(tx, call.route, now_us)? {
        Ok(gate) => gate,
        Err(wait_us) => {
            let grace = call.lookup.filter(|_| call.stale_us > 0);
            let stale = grace.map(|hash| cache::stale(tx, hash, call.stale_us, now_us)).transpose()?.flatten();
            let refused = call.record.failed(503, "provider_circuit_open");
            let record = stale.as_ref().map(|entry| refused.stale(&entry.provider));
            end(tx, call, record.unwrap_or(refused))?;
            return Ok(Verdict::Open { wait_us, stale, limits: throttle.states().collect() });
        }
    };
    let mut quota = Tally::read(tx, call.quota, now_us)?;
    if let Some((limit, wait_us)) = quota.refusal() {
        end(tx, call, call.record.failed(429, "policy_quota"))?;
        let limits = both(&throttle, &quota);
        return Ok(Verdict::Refused { limit: limit.name.clone(), quota: true, wait_us, limits });
    }
    if let Some((budget, claim)) = budget::refusal(tx, call.claims, call.record, now_us)? {
        end(tx, call, call.record.failed(429, "policy_budget"))?;
        return Ok(Verdict::OverBudget { budget, amount: claim.amount, limits: both(&throttle, &quota) });
    }
    quota.charge(tx)?;
    budget::reserve(tx, call.claims, &call.record.uid, call.abandoned_us)?;
    if let Some((hash, boarding)) = flies {
        flight::lead(tx, hash, &call.record.uid, now_us + boarding.lease_us)?;
    }
    if let Some(item) = item {
        job_item::asked(tx, item)?;
    }
    spool::put(tx, &call.record.aborted(), Ready::At(call.abandoned_us))?;
    let way = breaker::pass(tx, call.route, gate, now_us, call.abandoned_us)?;
    Ok(Verdict::Miss { way, limits: both(&throttle, &quota) })
}

pub(super) fn settle(tx: &Tx<'_>, outcome: &Settlement<'_>, cache_max_bytes: u64) -> rusqlite::Result<()> {
    if outcome.once && !spool::is_open(tx, &outcome.record.uid)? {
        return Ok(());
    }
    if let Some(write) = &outcome.write {
        cache::put(tx, write, outcome.record, outcome.now_us, cache_max_bytes)?;
    }
    limits::refund(tx, outcome.refund)?;
    budget::settle(tx, outcome.claims, outcome.record)?;
    if let Some(landing) = &outcome.landing {
        flight::land(tx, landing, &outcome.record.uid, outcome.now_us)?;
    }
    if let Some(report) = &outcome.report {
        breaker::report(tx, report)?;
    }
    if let Some(item) = outcome.item.map(|of| job_item::held(tx, of)).transpose()?.flatten() {
        job_item::settled(tx, item, outcome)?;
    }
    log(tx, outcome.record)
}

pub(super) fn peek(tx: &Tx<'_>, call: &Admission<'_>) -> rusqlite::Result<Peek> {
    let now_us = call.clock.now_us();
    let throttle = Tally::read(tx, call.throttle, now_us)?;
    let quota = Tally::read(tx, call.quota, now_us)?;
    let budgets = call.claims.iter().map(|claim| budget::state(tx, &claim.budget, now_us)).collect::<Result<_, _>>()?;
    let entry = call.lookup.map(|hash| cache::find(tx, hash, now_us)).transpose()?.flatten();
    let aloft = call.lookup.map(|hash| flight::is_anybody_aloft(tx, hash, now_us)).transpose()?.unwrap_or(false);
    let wait_us = breaker::look(tx, call.route, now_us)?.err().unwrap_or(0);
    Ok(Peek { entry, limits: both(&throttle, &quota), budgets, aloft, wait_us })
}

/// The way to the next provider of a route that a call may ask.
pub(super) fn way(tx: &Tx<'_>, route: &[String], now_us: i64, lease_us: i64) -> rusqlite::Result<Result<Way, i64>> {
    match breaker::look(tx, route, now_us)? {
        Ok(gate) => breaker::pass(tx, route, gate, now_us, lease_us).map(Ok),
        Err(wait_us) => Ok(Err(wait_us)),
    }
}

/// The end of a call that asked to be let in.
fn end(tx: &Tx<'_>, call: &Admission<'_>, record: Record) -> rusqlite::Result<()> {
    let record = match call.watch {
        Some(watch) => watch.stamp(record),
        None => record,
    };
    log(tx, &record)
}

/// The end of a call.
fn log(tx: &Tx<'_>, record: &Record) -> rusqlite::Result<()> {
    spool::put(tx, record, Ready::Now)
}

fn both(throttle: &Tally<'_>, quota: &Tally<'_>) -> Vec<LimitState> {
    throttle.states().chain(quota.states()).collect()
}

//! The two transactions of a call, and the dry run of the first.

use super::limits::{self, Tally};
use super::spool::{self, Ready};
use super::tx::Tx;
use super::{breaker, cache, counter};
use crate::audit::Record;
use crate::store::{Admission, LimitState, Peek, Settlement, Verdict, Way};

pub(super) fn admit(tx: &Tx<'_>, call: &Admission<'_>) -> rusqlite::Result<Verdict> {
    let mut throttle = Tally::read(tx, call.throttle, call.now_us)?;
    if let Some((limit, wait_us)) = throttle.refusal() {
        log(tx, &call.record.failed(429, "policy_throttle"), call.now_us)?;
        let limits = throttle.states().collect();
        return Ok(Verdict::Refused { limit: limit.name.clone(), quota: false, wait_us, limits });
    }
    throttle.charge(tx)?;

    let found = call.lookup.map(|hash| cache::find(tx, hash, call.now_us)).transpose()?.flatten();
    if let Some(entry) = found {
        log(tx, &call.record.hit(&entry.provider), call.now_us)?;
        return Ok(Verdict::Hit { entry, limits: throttle.states().collect() });
    }

    // Here the budget and the flight lease will have their say.

    let gate = match breaker::look(tx, call.route, call.now_us)? {
        Ok(gate) => gate,
        Err(wait_us) => {
            log(tx, &call.record.failed(503, "provider_circuit_open"), call.now_us)?;
            return Ok(Verdict::Open { wait_us, limits: throttle.states().collect() });
        }
    };
    let mut quota = Tally::read(tx, call.quota, call.now_us)?;
    if let Some((limit, wait_us)) = quota.refusal() {
        log(tx, &call.record.failed(429, "policy_quota"), call.now_us)?;
        let limits = both(&throttle, &quota);
        return Ok(Verdict::Refused { limit: limit.name.clone(), quota: true, wait_us, limits });
    }
    quota.charge(tx)?;
    spool::put(tx, &call.record.aborted(), Ready::At(call.abandoned_us))?;
    let way = breaker::pass(tx, call.route, gate, call.now_us, call.abandoned_us)?;
    Ok(Verdict::Miss { way, limits: both(&throttle, &quota) })
}

pub(super) fn settle(tx: &Tx<'_>, outcome: &Settlement<'_>, cache_max_bytes: u64) -> rusqlite::Result<()> {
    if let Some(write) = &outcome.write {
        cache::put(tx, write, outcome.record, outcome.now_us, cache_max_bytes)?;
    }
    limits::refund(tx, outcome.refund)?;
    if let Some(report) = &outcome.report {
        breaker::report(tx, report)?;
    }
    log(tx, outcome.record, outcome.now_us)
}

pub(super) fn peek(tx: &Tx<'_>, call: &Admission<'_>) -> rusqlite::Result<Peek> {
    let throttle = Tally::read(tx, call.throttle, call.now_us)?;
    let quota = Tally::read(tx, call.quota, call.now_us)?;
    let entry = call.lookup.map(|hash| cache::find(tx, hash, call.now_us)).transpose()?.flatten();
    Ok(Peek { entry, limits: both(&throttle, &quota) })
}

/// The way to the next provider of a route that a call may ask.
pub(super) fn way(tx: &Tx<'_>, route: &[String], now_us: i64, lease_us: i64) -> rusqlite::Result<Result<Way, i64>> {
    match breaker::look(tx, route, now_us)? {
        Ok(gate) => breaker::pass(tx, route, gate, now_us, lease_us).map(Ok),
        Err(wait_us) => Ok(Err(wait_us)),
    }
}

/// The end of a call: its record and its place in the counters.
fn log(tx: &Tx<'_>, record: &Record, now_us: i64) -> rusqlite::Result<()> {
    spool::put(tx, record, Ready::Now)?;
    counter::add(tx, record, now_us)
}

fn both(throttle: &Tally<'_>, quota: &Tally<'_>) -> Vec<LimitState> {
    throttle.states().chain(quota.states()).collect()
}

//! Workers: jobs are taken up with a lease, and their leases are renewed for as long as somebody works on them.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use serde_json::{Value as Json, json};

use super::About;
use super::run::Turn;
use crate::clock::{Deadline, now_us};
use crate::error::Error;
use crate::gateway::aside::Aside;
use crate::gateway::fields::{Fields, Flaw, Item};
use crate::gateway::flow::with_store;
use crate::gateway::policy::Policy;
use crate::gateway::value::Value;
use crate::gateway::{Env, misconfigured};
use crate::store::{ClaimedJob, JobClaim, JobFilter, Lease, StoreError};
use crate::upstream::without_signals;

/// The longest lease, in seconds, and the usual one; it is renewed after a third of it.
const MAX_LEASE_S: i64 = 3_600;
const USUAL_LEASE_S: i64 = 60;
/// The most jobs that one worker has at the same time, and that it takes up in one call.
const MAX_AT_ONCE: i64 = 64;
const MAX_JOBS: i64 = 1_000;
/// How long a call goes on taking items up, in milliseconds, and at most.
const USUAL_TIME_MS: i64 = 20_000;
const MAX_TIME_MS: i64 = 600_000;

/// `aisp_job_claim()`: jobs that are due, for a worker who will hand them to [`work`].
///
/// # Errors
/// [`Error::Config`] for malformed options; [`Error::Store`].
pub fn claim(options: &Value<'_>, env: &Env<'_>) -> Result<Vec<Json>, Error> {
    let read = || -> Result<_, Flaw> {
        let mut fields = Fields::of(options)?;
        let max = fields.int("max", 1, MAX_AT_ONCE)?.unwrap_or(1) as u32;
        let lease_s = fields.int("lease_s", 1, MAX_LEASE_S)?.unwrap_or(USUAL_LEASE_S);
        let (site, id) = (fields.string("site")?, fields.string("id")?);
        fields.finish()?;
        Ok((max, lease_s, site, id))
    };
    let (max, lease_s, site, id) = read().map_err(misconfigured("aisp_job_claim", 1, "options"))?;
    let claimed = take(max, lease_s, site, id, env)?;
    Ok(claimed
        .iter()
        .map(|ClaimedJob { job, fence }| {
            json!({"id": job.id, "lease": fence, "site": job.site, "kind": job.kind, "caller": About::of(job).caller})
        })
        .collect())
}

fn take(
    max: u32,
    lease_s: i64,
    site: Option<&str>,
    id: Option<&str>,
    env: &Env<'_>,
) -> Result<Vec<ClaimedJob>, StoreError> {
    let now_us = now_us();
    let claim = JobClaim { now_us, site, id, max, lease_us: now_us + lease_s * 1_000_000 };
    with_store(env, |store| store.claim_jobs(&claim))
}

/// What a call of [`work`] is to do.
struct Options<'a> {
    claims: Option<Vec<Claim<'a>>>,
    max: u64,
    lease_s: i64,
    time: Duration,
    site: Option<&'a str>,
}

/// A job that was claimed, with its own policy if it has one.
struct Claim<'a> {
    id: &'a str,
    lease: i64,
    policy: Option<Value<'a>>,
}

impl<'a> Options<'a> {
    fn read(options: &Value<'a>) -> Result<Self, Flaw> {
        let mut fields = Fields::of(options)?;
        let read = Self {
            claims: fields.list("claims")?.map(|list| list.iter().map(Claim::read).collect()).transpose()?,
            max: fields.int("max", 1, MAX_JOBS)?.unwrap_or(1).unsigned_abs(),
            lease_s: fields.int("lease_s", 1, MAX_LEASE_S)?.unwrap_or(USUAL_LEASE_S),
            time: Duration::from_millis(
                fields.int("deadline_ms", 1, MAX_TIME_MS)?.unwrap_or(USUAL_TIME_MS).unsigned_abs(),
            ),
            site: fields.string("site")?,
        };
        fields.finish()?;
        Ok(read)
    }
}

impl<'a> Claim<'a> {
    fn read(item: &Item<'_, 'a>) -> Result<Self, Flaw> {
        let mut fields = item.fields()?;
        let id = fields.string("id")?.ok_or_else(|| fields.flaw("id", "must be given"))?;
        let lease = fields.int("lease", 1, i64::MAX)?.ok_or_else(|| fields.flaw("lease", "must be given"))?;
        let policy = fields.item("policy").map(|policy| policy.value().clone());
        fields.finish()?;
        Ok(Self { id, lease, policy })
    }
}

/// `aisp_job_work()`: works on jobs that were claimed, all at the same time, or else on what is due, one after the other. Says
/// how many there were.
///
/// # Errors
/// [`Error::Config`] for malformed options or a flaw in a policy: then the jobs come back when their leases end;
/// [`Error::Store`].
pub fn work(options: &Value<'_>, policy: &Value<'_>, env: &Env<'_>) -> Result<u64, Error> {
    let options = Options::read(options).map_err(misconfigured("aisp_job_work", 1, "options"))?;
    let until = Deadline::after(options.time);
    let lease = Duration::from_secs(options.lease_s.unsigned_abs());
    if let Some(claims) = &options.claims {
        let mut turns = Vec::with_capacity(claims.len());
        for claim in claims {
            if let Some(claimed) = find(claim, env)? {
                turns.push(turn(claimed, claim.policy.as_ref().unwrap_or(policy), until)?);
            }
        }
        run(&turns, lease, env);
        return Ok(turns.len() as u64);
    }
    // Read before anything is taken: a job must not wait for its lease to end because of a policy that nobody can use.
    Policy::read(policy).map_err(misconfigured("aisp_job_work", 2, "policy"))?;
    let mut count = 0;
    while count < options.max && !until.remaining().is_zero() {
        let claimed = take(1, options.lease_s, options.site, None, env)?;
        if claimed.is_empty() {
            break;
        }
        count += claimed.len() as u64;
        let turns: Vec<_> = claimed.into_iter().map(|job| turn(job, policy, until)).collect::<Result<_, _>>()?;
        run(&turns, lease, env);
    }
    Ok(count)
}

/// The job that a claim is for, if it still is the worker's.
fn find(claim: &Claim<'_>, env: &Env<'_>) -> Result<Option<ClaimedJob>, StoreError> {
    let filter = JobFilter { id: Some(claim.id), max: 1, ..JobFilter::default() };
    let job = with_store(env, |store| store.jobs(&filter))?.into_iter().next();
    Ok(job.map(|job| ClaimedJob { job, fence: claim.lease }))
}

fn turn<'t>(claimed: ClaimedJob, policy: &'t Value<'t>, until: Deadline) -> Result<Turn<'t>, Error> {
    let terms = Policy::read(policy).map_err(misconfigured("aisp_job_work", 2, "policy"))?;
    Ok(Turn { claimed, policy, terms, until, lost: AtomicBool::new(false) })
}

/// Works on jobs at the same time, each in a thread of its own, while another one renews their leases.
fn run(turns: &[Turn<'_>], lease: Duration, env: &Env<'_>) {
    let names = turns.iter().flat_map(|turn| turn.terms.key_names().chain(turn.terms.jobs.secret_names()));
    let (aside, bell) = (Aside::new(names, env), Bell::default());
    std::thread::scope(|scope| {
        let threads = without_signals(|| {
            scope.spawn(|| keep_alive(turns, lease, &bell, &aside));
            turns.iter().map(|turn| scope.spawn(|| turn.run(&aside))).collect::<Vec<_>>()
        });
        // A thread that panics has ended, too: the bell must ring all the same.
        let ended: Vec<_> = threads.into_iter().map(ScopedJoinHandle::join).collect();
        bell.ring();
        ended.into_iter().for_each(|ended| ended.unwrap_or_else(|panic| resume_unwind(panic)));
    });
    aside.tell(env.journal);
}

/// Renews leases until the bell rings. A lease that is lost is told to whoever works under it.
fn keep_alive(turns: &[Turn<'_>], lease: Duration, bell: &Bell, aside: &Aside<'_>) {
    let env = aside.env();
    while !bell.rings_within(lease / 3) {
        for turn in turns.iter().filter(|turn| !turn.lost.load(Ordering::Relaxed)) {
            let Lease { id, fence } = turn.lease();
            let lease_us = now_us() + lease.as_micros() as i64;
            // A store that cannot be reached now may be in a moment; whether the lease still holds every write asks again.
            if let Ok(false) = with_store(&env, |store| store.renew_job(Lease { id, fence }, lease_us)) {
                turn.lost.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Wakes who waits for the end of the work.
#[derive(Default)]
struct Bell {
    rang: Mutex<bool>,
    wake: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rang.lock() = true;
        self.wake.notify_all();
    }

    fn rings_within(&self, time: Duration) -> bool {
        let mut rang = self.rang.lock();
        if !*rang {
            self.wake.wait_for(&mut rang, time);
        }
        *rang
    }
}

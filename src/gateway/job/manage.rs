//! What those who look after jobs do: list them, call them off, put them back, accept what they brought, drop them.

use serde_json::json;
use uuid::Uuid;

use super::show::{self, Shown};
use super::{About, CANCEL, INFER};
use crate::clock::now_us;
use crate::error::Error;
use crate::gateway::Env;
use crate::gateway::awaited::Held;
use crate::gateway::fields::{Fields, Flaw};
use crate::gateway::flow::with_store;
use crate::gateway::misconfigured;
use crate::gateway::value::Value;
use crate::store::{Arrival, Job, JobFilter, JobState, Lease, MAX_PRIORITY, NewJob, StoreError};

/// The most jobs of one list.
const MAX_LISTED: i64 = 1_000;
/// How long a job that was called off is kept, in microseconds.
const CANCELLED_KEPT_US: i64 = 30 * 86_400 * 1_000_000;

/// `aisp_job_list()`: the newest jobs that match, without results.
///
/// # Errors
/// [`Error::Config`] for a malformed filter; [`Error::Store`].
pub fn list(filter: &Value<'_>, env: &Env<'_>) -> Result<Vec<Shown>, Error> {
    let read = || -> Result<_, Flaw> {
        let mut fields = Fields::of(filter)?;
        let mut filter = read_filter(&mut fields)?;
        filter.before = fields.string("before")?;
        filter.kind = Some(fields.string("kind")?.unwrap_or(INFER));
        filter.max = fields.int("max", 1, MAX_LISTED)?.unwrap_or(100) as u32;
        fields.finish()?;
        Ok(filter)
    };
    let filter = read().map_err(misconfigured("aisp_job_list", 1, "filter"))?;
    Ok(with_store(env, |store| store.jobs(&filter))?.iter().map(show::job).collect())
}

/// `aisp_job_purge()`: drops jobs that match and have ended, and says how many there were.
///
/// # Errors
/// As [`list`].
pub fn purge(filter: &Value<'_>, env: &Env<'_>) -> Result<u64, Error> {
    let read = || -> Result<_, Flaw> {
        let mut fields = Fields::of(filter)?;
        let mut filter = read_filter(&mut fields)?;
        filter.id = fields.string("id")?;
        filter.max = u32::MAX;
        filter.ended_before_us = fields.int("ended_before", 0, u32::MAX.into())?.map(|at| at * 1_000_000);
        fields.finish()?;
        Ok(filter)
    };
    let filter = read().map_err(misconfigured("aisp_job_purge", 1, "filter"))?;
    Ok(with_store(env, |store| store.purge_jobs(&filter))?)
}

fn read_filter<'a>(fields: &mut Fields<'_, 'a>) -> Result<JobFilter<'a>, Flaw> {
    let named = |name: &str| {
        let names = JobState::ALL.map(|(name, _)| name).join(", ");
        JobState::named(name).ok_or_else(|| Flaw::new("state", format!("must be one of {names}")))
    };
    Ok(JobFilter {
        site: fields.string("site")?,
        user_id: fields.int("user_id", 0, i64::MAX)?.map(i64::unsigned_abs),
        client: fields.string("client")?,
        source: fields.string("source")?,
        state: fields.string("state")?.map(named).transpose()?,
        ..JobFilter::default()
    })
}

/// `aisp_job_cancel()`: calls a job off unless it has ended, and says how it stands. A provider that works on it is told by a
/// job of its own.
///
/// # Errors
/// [`Error::Store`].
pub fn cancel(id: &str, site: &str, env: &Env<'_>) -> Result<Option<Shown>, Error> {
    let now_us = now_us();
    let (next, items) = (format!("job_{}", Uuid::now_v7().simple()), [b"{}".to_vec()]);
    let next = NewJob {
        now_us,
        id: &next,
        site,
        user_id: 0,
        client: "",
        source: "",
        kind: CANCEL,
        priority: MAX_PRIORITY,
        run_us: now_us,
        key: None,
        about: b"",
        items: &items,
    };
    let job = with_store(env, |store| store.cancel_job(site, id, now_us, now_us + CANCELLED_KEPT_US, &next))?;
    if let Some(job) = job.as_ref().filter(|job| About::of(job).pending.is_some()) {
        end_calls(job, env)?;
    }
    shown(job)
}

/// Settles what a provider was working on for a job that was called off, so that nothing stays reserved for it.
fn end_calls(job: &Job, env: &Env<'_>) -> Result<(), StoreError> {
    for from in (0..job.total).step_by(MAX_LISTED as usize) {
        let items = with_store(env, |store| store.job_items(&job.site, &job.id, from, MAX_LISTED as u32))?;
        items.iter().filter_map(|item| Held::decode(&item.call)).for_each(|held| held.call_off(env));
    }
    Ok(())
}

/// `aisp_job_retry()`: puts a job back that has failed or was cancelled, and says how it stands.
///
/// # Errors
/// [`Error::Store`].
pub fn retry(id: &str, site: &str, env: &Env<'_>) -> Result<Option<Shown>, Error> {
    shown(with_store(env, |store| store.retry_job(site, id, now_us()))?)
}

/// `aisp_job_accept()`: accepts what a job brought that was enqueued with `preview`, and says how it stands.
///
/// # Errors
/// [`Error::Store`].
pub fn accept(id: &str, site: &str, env: &Env<'_>) -> Result<Option<Shown>, Error> {
    let now_us = now_us();
    let body = json!({ "id": id }).to_string();
    let event = format!("{id}:accepted");
    let arrival = Arrival {
        now_us,
        site,
        source: Lease::SOURCE,
        event: &event,
        kind: Some("job.accepted"),
        sent_s: Some(now_us.div_euclid(1_000_000)),
        body: body.as_bytes(),
    };
    shown(with_store(env, |store| match show::find(store, site, id)? {
        Some(job) if About::of(&job).preview => store.accept_job(site, id, now_us, &arrival),
        job => Ok(job),
    })?)
}

fn shown(job: Option<Job>) -> Result<Option<Shown>, Error> {
    Ok(job.as_ref().map(show::job))
}

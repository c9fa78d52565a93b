//! A job and its items as PHP sees them.

use serde_json::{Value as Json, json};

use super::item::{Piece, answered};
use super::{About, INFER};
use crate::error::Error;
use crate::gateway::fields::{Fields, Flaw};
use crate::gateway::flow::with_store;
use crate::gateway::policy::Policy;
use crate::gateway::value::Value;
use crate::gateway::{Env, misconfigured};
use crate::jobs::SealKey;
use crate::store::{Job, JobFilter, JobItem, JobState, MAX_ITEMS, Store, StoreError};

/// A job as an array.
pub type Shown = Json;

/// The most items of one answer.
const MAX_SHOWN: i64 = 1_000;

/// `aisp_job_get()`: a job with its result, or with some of its items; `None` if the site has none of this id.
///
/// # Errors
/// [`Error::Config`] for malformed options or a flaw in `$policy`; [`Error::Store`].
pub fn get(id: &str, options: &Value<'_>, policy: &Value<'_>, env: &Env<'_>) -> Result<Option<Shown>, Error> {
    let policy = Policy::read(policy).map_err(misconfigured("aisp_job_get", 3, "policy"))?;
    let read = || -> Result<_, Flaw> {
        let mut fields = Fields::of(options)?;
        let site = fields.string("site")?.unwrap_or_default();
        let from = fields.int("from", 0, MAX_ITEMS as i64 - 1)?.unwrap_or(0) as u32;
        let count = fields.int("items", 0, MAX_SHOWN)?.map(|n| n as u32);
        fields.finish()?;
        Ok((site, from, count))
    };
    let (site, from, count) = read().map_err(misconfigured("aisp_job_get", 2, "options"))?;
    let found = with_store(env, |store| {
        let Some(job) = find(store, site, id)? else { return Ok(None) };
        let alone = job.kind == INFER && job.total == 1;
        let wanted = count.unwrap_or(0).max(u32::from(alone));
        let items = if wanted > 0 { store.job_items(site, id, from, wanted)? } else { Vec::new() };
        Ok(Some((job, items)))
    })?;
    let Some((found, items)) = found else { return Ok(None) };
    let keys = policy.jobs.keys(env);
    let mut shown = job(&found);
    if let [only] = items.as_slice()
        && found.total == 1
    {
        let item = item(&found, only, &keys);
        shown["result"] = item["result"].clone();
        shown["store"] = item["store"].clone();
    }
    if count.is_some() {
        shown["items"] = items.iter().map(|one| item(&found, one, &keys)).collect();
    }
    Ok(Some(shown))
}

/// The job of a site by its id.
pub fn find(store: &dyn Store, site: &str, id: &str) -> Result<Option<Job>, StoreError> {
    let filter = JobFilter { site: Some(site), id: Some(id), max: 1, ..JobFilter::default() };
    Ok(store.jobs(&filter)?.into_iter().next())
}

/// A job without its items.
pub fn job(job: &Job) -> Shown {
    let about = About::of(job);
    let seconds = |us: i64| us.div_euclid(1_000_000);
    json!({
        "id": job.id,
        "kind": job.kind,
        "state": job.state.name(),
        "progress": {"total": job.total, "done": job.done, "failed": job.failed},
        "result": null,
        "error": job.error,
        "attempts": job.attempts,
        "priority": job.priority,
        "preview": about.preview,
        "callback": about.callback,
        "caller": {"user_id": job.user_id, "client": job.client, "source": job.source, "site": job.site},
        "created_at": seconds(job.created_us),
        "started_at": job.started_us.map(seconds),
        "ended_at": job.ended_us.map(seconds),
        "accepted_at": job.accepted_us.map(seconds),
        "due_at": seconds(job.due_us),
    })
}

fn item(job: &Job, item: &JobItem, keys: &[SealKey]) -> Json {
    let bytes = if item.result.is_empty() { &item.request } else { &item.result };
    let piece = Piece::decode(bytes).ok();
    let store = piece.as_ref().and_then(|piece| piece.store.clone());
    // A job that was cancelled shows nothing that somebody called off.
    let is_shown = !item.result.is_empty() && job.state != JobState::Cancelled;
    let result = piece.filter(|_| is_shown).map(|piece| {
        piece.clone().reveal(keys, &answered(&job.id, item.n)).unwrap_or_else(|_| {
            let mut result = piece.redacted();
            result["sealed"] = true.into();
            result
        })
    });
    json!({
        "n": item.n,
        "state": item.state.name(),
        "attempts": item.attempts,
        "result": result,
        "error": item.error,
        "store": store,
    })
}

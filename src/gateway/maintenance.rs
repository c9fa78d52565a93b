//! What administrators and the plugin do beside calls: forget answers, move the log on, look at the state.

use super::fields::{Fields, Flaw};
use super::flow::with_store;
use super::policy::MAX_TTL_S;
use super::request::MAX_TAG_BYTES;
use super::value::Value;
use super::{Env, health, job, misconfigured};
use crate::audit::Record;
use crate::clock::now_us;
use crate::error::Error;
use crate::guard::breaker::Gate;
use crate::hex;
use crate::store::{BreakerStatus, Counts, Hash, Selector, State, Status, StoreError};

/// `aisp_cache_invalidate()`: drops the answers that match all parts of the selector and says how many, or with `dry_run`
/// only says how many. To drop all of them takes `all: true`, so that an empty selector is no accident.
///
/// # Errors
/// [`Error::Config`] for a malformed selector; [`Error::Store`].
pub fn cache_invalidate(selector: &Value<'_>, env: &Env<'_>) -> Result<u64, Error> {
    let mut hash = None;
    let selector = read_selector(selector, &mut hash).map_err(misconfigured("aisp_cache_invalidate", 1, "selector"))?;
    Ok(with_store(env, |store| store.invalidate(&selector))?)
}

fn read_selector<'a>(value: &Value<'a>, hash: &'a mut Option<Hash>) -> Result<Selector<'a>, Flaw> {
    let mut fields = Fields::of(value)?;
    if let Some(digits) = fields.string("hash")? {
        *hash = Some(hex::decode(digits).ok_or_else(|| fields.flaw("hash", "must be 64 hex digits"))?);
    }
    let all = fields.bool("all")?.unwrap_or(false);
    let age_s = fields.int("age", 1, MAX_TTL_S)?;
    let dry_run = fields.bool("dry_run")?.unwrap_or(false);
    let site = fields.string("site")?;
    let (tag, model, provider) = (fields.string("tag")?, fields.string("model")?, fields.string("provider")?);
    if tag.is_some_and(|tag| !(1..=MAX_TAG_BYTES).contains(&tag.len())) {
        return Err(fields.flaw("tag", format!("must have 1 to {MAX_TAG_BYTES} bytes")));
    }
    let ambiguous =
        fields.flaw("all", "must be true if none of hash, tag, model, provider and age is given, and only then");
    fields.finish()?;
    let now_us = now_us();
    let before_us = age_s.map(|age_s| now_us - age_s * 1_000_000);
    let selector = Selector { site, hash: hash.as_ref(), tag, model, provider, before_us, dry_run, now_us };
    let named = selector.hash.is_some() || tag.or(model).or(provider).is_some() || age_s.is_some();
    if named == all {
        return Err(ambiguous);
    }
    Ok(selector)
}

/// The most records that one drain hands out.
const MAX_DRAIN: i64 = 10_000;

/// `aisp_log_drain()`: the oldest records of a site, or of all; they stay until they are acknowledged.
///
/// # Errors
/// [`Error::Config`] if `max` is not between 1 and 10,000; [`Error::Store`].
pub fn log_drain(max: i64, site: Option<&str>, env: &Env<'_>) -> Result<Vec<Record>, Error> {
    if !(1..=MAX_DRAIN).contains(&max) {
        return Err(Error::config(format!(
            "aisp_log_drain(): Argument #1 ($max) must be between 1 and {MAX_DRAIN}, {max} given"
        )));
    }
    Ok(with_store(env, |store| store.drain(max as u32, site, now_us()))?)
}

/// `aisp_log_ack()`: drops records that have reached the table, and says how many there were.
///
/// # Errors
/// [`Error::Store`].
pub fn log_ack(uids: &[&str], env: &Env<'_>) -> Result<u64, Error> {
    Ok(with_store(env, |store| store.ack(uids))?)
}

/// What an administrator should know about a provider.
fn of_provider(breaker: &BreakerStatus) -> Option<String> {
    let BreakerStatus { provider, base_url, .. } = breaker;
    if breaker.key_refused {
        return Some(format!("The provider \"{provider}\" ({base_url}) refuses the key of this site."));
    }
    let open = breaker.gate != Gate::Closed;
    open.then(|| format!("The provider \"{provider}\" ({base_url}) is down; calls go elsewhere or are refused."))
}

/// `aisp_status()`: the store's figures, or why there are none, and what an administrator should know. With a site its counts
/// come along, and the breakers are its own.
pub fn status(site: Option<&str>, env: &Env<'_>) -> (Result<(Status, Option<Counts>), StoreError>, Vec<String>) {
    let now_us = now_us();
    let store = with_store(env, |store| {
        let mut status = store.status(now_us)?;
        let Some(site) = site else { return Ok((status, None)) };
        let counts = store.counts(site, job::INFER, now_us)?;
        status.inbox_dead = counts.events(State::Dead);
        status.breakers.retain(|breaker| breaker.site == site);
        Ok((status, Some(counts)))
    });
    let mut warnings = Vec::new();
    match &store {
        Err(error) => warnings.push(format!("The store cannot be used: {error}.")),
        Ok((figures, _)) => {
            if figures.spool_dropped > 0 {
                let lost = figures.spool_dropped;
                warnings.push(format!("{lost} log records were lost because nobody drained them; is WP-Cron running?"));
            }
            if figures.inbox_dead > 0 {
                let dead = figures.inbox_dead;
                warnings
                    .push(format!("Webhook events that no handler could deal with: {dead}; see wp aisp webhook list."));
            }
            warnings.extend(health::store_warning());
            warnings.extend(figures.breakers.iter().filter_map(of_provider));
        }
    }
    if env.settings.store.is_temporary() {
        let text = "The store is in a temporary folder: set aisp.store, or make /var/lib/aisp for PHP's user.";
        warnings.push(text.to_owned());
    }
    (store, warnings)
}

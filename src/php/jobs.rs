//! The functions of jobs that PHP calls.

use ext_php_rs::types::Zval;
use serde_json::Value as Json;

use super::call::{Call, Thrown};
use super::functions::{args, with_env};
use super::zval::{int, json, list, scalar};
use crate::error::Error;
use crate::gateway::{self, Env};

/// A job, or null.
fn one(job: Option<Json>) -> Zval {
    job.as_ref().map_or_else(Zval::null, json)
}

/// `aisp_job_enqueue()`
pub fn enqueue(call: &Call<'_>) -> Result<Zval, Thrown> {
    let args = args(call)?;
    Ok(json(&with_env(|env| gateway::enqueue(&args, env))?))
}

/// `aisp_job_get()`
pub fn get(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (id, options, policy) = (call.string(1, "id")?, call.array(2, "options")?, call.array(3, "policy")?);
    Ok(one(with_env(|env| gateway::get(id, &options, &policy, env))?))
}

/// `aisp_job_list()`
pub fn jobs(call: &Call<'_>) -> Result<Zval, Thrown> {
    let filter = call.array(1, "filter")?;
    Ok(list(with_env(|env| gateway::list(&filter, env))?.iter().map(json)))
}

/// What is done to one job of a site.
type Act = fn(&str, &str, &Env<'_>) -> Result<Option<Json>, Error>;

fn act(call: &Call<'_>, act: Act) -> Result<Zval, Thrown> {
    let (id, site) = (call.string(1, "id")?, call.optional_string(2, "site")?.unwrap_or_default());
    Ok(one(with_env(|env| act(id, site, env))?))
}

/// `aisp_job_cancel()`
pub fn cancel(call: &Call<'_>) -> Result<Zval, Thrown> {
    act(call, gateway::cancel)
}

/// `aisp_job_retry()`
pub fn retry(call: &Call<'_>) -> Result<Zval, Thrown> {
    act(call, gateway::retry)
}

/// `aisp_job_accept()`
pub fn accept(call: &Call<'_>) -> Result<Zval, Thrown> {
    act(call, gateway::accept)
}

/// `aisp_job_purge()`
pub fn purge(call: &Call<'_>) -> Result<Zval, Thrown> {
    let filter = call.array(1, "filter")?;
    Ok(scalar(int(with_env(|env| gateway::purge(&filter, env))?)))
}

/// `aisp_job_claim()`
pub fn claim(call: &Call<'_>) -> Result<Zval, Thrown> {
    let options = call.array(1, "options")?;
    Ok(list(with_env(|env| gateway::claim(&options, env))?.iter().map(json)))
}

/// `aisp_job_work()`
pub fn work(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (options, policy) = (call.array(1, "options")?, call.array(2, "policy")?);
    Ok(scalar(int(with_env(|env| gateway::work(&options, &policy, env))?)))
}

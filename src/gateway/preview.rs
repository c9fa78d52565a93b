//! The dry run: what would be sent, to whom, at what cost. Nothing is sent, charged, cached or logged.

use super::caller::Caller;
use super::estimate::tokens_of;
use super::fingerprint::{fingerprint, hex};
use super::flow::with_store;
use super::journey::check_address;
use super::limits::Rule;
use super::plan::Plan;
use super::policy::Policy;
use super::{Args, Env, health, misconfigured};
use crate::audit::Record;
use crate::clock::now_us;
use crate::error::Error;
use crate::provider::{Call, Usage};
use crate::store::{Admission, LimitState, Peek};

/// What a call would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The model's name in the policy.
    pub model: String,
    /// The provider it would go to.
    pub provider: String,
    /// The base URL it would be sent to.
    pub url: String,
    /// The JSON body that would be sent.
    pub body: serde_json::Value,
    /// Whether the cache would answer.
    pub cached: bool,
    /// The fingerprint in hex.
    pub req_hash: String,
    /// The name of the variable or constant that holds the key; `None` for a provider that wants none.
    pub key_env: Option<String>,
    /// Whether it is set.
    pub key_set: bool,
    /// The limits, untouched.
    pub limits: Vec<LimitState>,
    /// An estimate of the input tokens: one for every four bytes.
    pub tokens_in: u32,
    /// An estimate of the cost in US dollars, with `max_tokens` (or 500) tokens out; `None` when the price is not known.
    pub cost_usd: Option<f64>,
}

/// The output that an estimate assumes for a request without `max_tokens`.
const USUAL_TOKENS_OUT: u32 = 500;

/// `aisp_preview()`.
///
/// # Errors
/// [`Error::InvalidRequest`] and [`Error::Config`], as the call itself would have them. A store that is down shows as
/// nothing cached and all limits free.
pub fn preview(args: &Args<'_>, env: &Env<'_>) -> Result<Preview, Error> {
    let caller = Caller::read(&args.caller).map_err(misconfigured(args.function, 2, "caller"))?;
    let policy = Policy::read(&args.policy).map_err(misconfigured(args.function, 3, "policy"))?;
    let plan = Plan::new(args.function, &args.request, &policy)?;
    let stop = &plan.route[0];
    check_address(stop, env)?;
    let hash = fingerprint(&plan, caller.site);
    let throttle = Rule::apply(&policy.throttle, "throttle", &caller);
    let quota = Rule::apply(&policy.quota, "quota", &caller);
    let now_us = now_us();
    let admission = Admission {
        now_us,
        throttle: &throttle,
        quota: &quota,
        route: &[],
        lookup: plan.ttl_s().map(|_| &hash),
        record: &Record::default(),
        abandoned_us: now_us,
    };
    let peek = with_store(env, |store| store.peek(&admission)).unwrap_or_else(|error| {
        health::store_failed(&error, env.journal);
        let limits = throttle.iter().chain(&quota).map(|limit| LimitState::at(limit, None, now_us)).collect();
        Peek { entry: None, limits }
    });

    let estimate = estimate(&plan);
    let provider = stop.provider;
    let call = Call { model: stop.model.to_owned(), ..plan.request.call.clone() };
    Ok(Preview {
        model: plan.request.model.name.to_owned(),
        provider: provider.name.to_owned(),
        url: provider.base_url.to_owned(),
        body: provider.kind.body(&call, provider.base_url),
        cached: peek.entry.is_some(),
        req_hash: hex(&hash),
        key_env: provider.key_env.map(str::to_owned),
        key_set: provider.key_env.is_some_and(|name| env.secrets.find(name).is_some()),
        limits: peek.limits,
        tokens_in: estimate.tokens_in,
        cost_usd: stop.cost_usd(&estimate),
    })
}

/// The size of an answer nobody has given yet.
fn estimate(plan: &Plan<'_, '_>) -> Usage {
    let call = &plan.request.call;
    Usage { tokens_in: tokens_of(call), tokens_out: call.max_tokens.unwrap_or(USUAL_TOKENS_OUT), ..Usage::default() }
}

/// `aisp_request_hash()`: the fingerprint in hex that the same arguments would have in a call.
///
/// # Errors
/// [`Error::InvalidRequest`] and [`Error::Config`], as the call itself would have them.
pub fn request_hash(args: &Args<'_>) -> Result<String, Error> {
    let policy = Policy::read(&args.policy).map_err(misconfigured(args.function, 2, "policy"))?;
    let caller = Caller::read(&args.caller).map_err(misconfigured(args.function, 3, "caller"))?;
    let plan = Plan::new(args.function, &args.request, &policy)?;
    Ok(hex(&fingerprint(&plan, caller.site)))
}

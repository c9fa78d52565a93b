//! The dry run: what would be sent, to whom, at what cost. Nothing is sent, charged, cached or logged.

use super::budgets::claims;
use super::caller::Caller;
use super::estimate::usage_of;
use super::fingerprint::fingerprint;
use super::journey::check_address;
use super::plan::Plan;
use super::policy::Policy;
use super::standing::Standing;
use super::{Args, Env, misconfigured};
use crate::clock::now_us;
use crate::error::Error;
use crate::hex;
use crate::provider::Call;
use crate::store::{BudgetState, LimitState};

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
    /// How many private values are replaced in it, by their type.
    pub redacted: Vec<(String, u32)>,
    /// Whether the cache would answer.
    pub cached: bool,
    /// The fingerprint in hex.
    pub req_hash: String,
    /// The name of the variable or constant that holds the key; `None` for a provider that wants none.
    pub key_env: Option<String>,
    /// Whether it is set.
    pub key_set: bool,
    /// Whether another call is asking for the same answer, so that this one would wait for it.
    pub in_flight: bool,
    /// Whole seconds until a provider of the route may be asked; 0 if one may be asked now.
    pub retry_after_s: u64,
    /// The limits, untouched.
    pub limits: Vec<LimitState>,
    /// The budgets, untouched.
    pub budgets: Vec<BudgetState>,
    /// An estimate of the input tokens: one for every four bytes.
    pub tokens_in: u32,
    /// The output tokens that are assumed: `max_tokens`, or 500.
    pub tokens_out: u32,
    /// An estimate of the cost in US dollars; `None` when the price is not known.
    pub cost_usd: Option<f64>,
}

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
    let now_us = now_us();
    let claims = claims(&plan, &caller, now_us)?;
    let lookup = plan.ttl_s().map(|_| &hash);
    let peek = Standing::of(&policy, &caller, now_us).peek(env, &claims, &plan.breakers(caller.site), lookup);
    let estimate = usage_of(&plan.request.call);
    let provider = stop.provider;
    let call = Call { model: stop.model.to_owned(), ..plan.request.call.clone() };
    Ok(Preview {
        model: plan.request.model.name.to_owned(),
        provider: provider.name.to_owned(),
        url: provider.base_url.to_owned(),
        body: provider.kind.body(&call, provider.base_url),
        redacted: plan.vault.found(),
        cached: peek.entry.is_some(),
        req_hash: hex::encode(&hash),
        key_env: provider.key_env.map(str::to_owned),
        key_set: provider.key_env.is_some_and(|name| env.secrets.find(name).is_some()),
        in_flight: peek.aloft,
        retry_after_s: peek.wait_us.unsigned_abs().div_ceil(1_000_000),
        limits: peek.limits,
        budgets: peek.budgets,
        tokens_in: estimate.tokens_in,
        tokens_out: estimate.tokens_out,
        cost_usd: stop.cost_usd(&estimate),
    })
}

/// `aisp_request_hash()`: the fingerprint in hex that the same arguments would have in a call.
///
/// # Errors
/// [`Error::InvalidRequest`] and [`Error::Config`], as the call itself would have them.
pub fn request_hash(args: &Args<'_>) -> Result<String, Error> {
    let policy = Policy::read(&args.policy).map_err(misconfigured(args.function, 2, "policy"))?;
    let caller = Caller::read(&args.caller).map_err(misconfigured(args.function, 3, "caller"))?;
    let plan = Plan::new(args.function, &args.request, &policy)?;
    Ok(hex::encode(&fingerprint(&plan, caller.site)))
}

//! A request that has met its policy: which provider it goes to, what will be sent, by when.

use std::time::Duration;

use super::policy::{Policy, Price, Provider};
use super::request::{RawRequest, Request};
use super::settings::Settings;
use super::value::Value;
use crate::error::Error;
use crate::provider::Answer;

/// What will be done, before anything is.
#[derive(Debug)]
pub struct Plan<'p, 'a> {
    /// The policy.
    pub policy: &'p Policy<'a>,
    /// The request, normalised; its call bears the provider's own name for the model.
    pub request: Request<'a>,
    /// Where it goes.
    pub provider: &'p Provider<'a>,
}

impl<'p, 'a> Plan<'p, 'a> {
    /// Checks and normalises the argument `$request` of `function` and finds its way to a provider.
    pub fn new(function: &str, request: &Value<'a>, policy: &'p Policy<'a>) -> Result<Self, Error> {
        let raw = RawRequest::read(request).map_err(|flaw| flaw.in_request(function))?;
        let mut request = raw.admit(policy)?;
        let (provider, own_name) = policy.route(request.model);
        own_name.clone_into(&mut request.call.model);
        Ok(Self { policy, request, provider })
    }

    /// How long the call may take in all: the policy's word before php.ini's, and the client may only ask for less.
    pub fn timeout(&self, settings: &Settings) -> Duration {
        let allowed = self.policy.timeout_ms.unwrap_or(settings.timeout_ms);
        Duration::from_millis(self.request.timeout_ms.map_or(allowed, |ms| ms.min(allowed)).into())
    }

    /// How often the provider may be tried.
    pub fn max_attempts(&self, settings: &Settings) -> u32 {
        self.policy.max_attempts.unwrap_or(settings.max_attempts)
    }

    /// For how long the answer is kept, in seconds; `None` if it is not.
    pub fn ttl_s(&self) -> Option<u32> {
        let ttl = self.request.cache_ttl_s.map_or(self.policy.ttl_s, |ttl| ttl.min(self.policy.ttl_s));
        (self.request.cache && ttl > 0).then_some(ttl)
    }

    /// What an answer costs in US dollars; `None` when the price is not known.
    pub fn cost_usd(&self, answer: &Answer) -> Option<f64> {
        let Price { input, cached, output } = self.request.model.price?;
        let from_cache = answer.usage.tokens_in_cached.min(answer.usage.tokens_in);
        let fresh = answer.usage.tokens_in - from_cache;
        let microusd =
            f64::from(fresh) * input + f64::from(from_cache) * cached + f64::from(answer.usage.tokens_out) * output;
        // To a billionth of a dollar: below that is only the noise of floating point.
        Some((microusd * 1e3).round() / 1e9)
    }
}

//! A request that has met its policy: which providers it may go to, what will be sent, by when.

use std::time::Duration;

use super::models::{self, Model, Price};
use super::policy::Policy;
use super::providers::Provider;
use super::redaction;
use super::request::{RawRequest, Request};
use super::settings::Settings;
use super::value::Value;
use crate::error::Error;
use crate::guard::redact::{Redactor, Vault};
use crate::provider::Usage;
use crate::store::breaker_key;

/// What will be done, before anything is.
#[derive(Debug)]
pub struct Plan<'p, 'a> {
    /// The policy.
    pub policy: &'p Policy<'a>,
    /// The request, normalised and sealed: placeholders stand for private values.
    pub request: Request<'p, 'a>,
    /// The providers to try, in this order; at least one.
    pub route: Vec<Stop<'p, 'a>>,
    /// The private values.
    pub vault: Vault,
}

/// One provider of a route.
#[derive(Debug, Clone, Copy)]
pub struct Stop<'p, 'a> {
    /// Where it is.
    pub provider: &'p Provider<'a>,
    /// Its own name for the model.
    pub model: &'p str,
    /// What the model costs there, where that is known.
    price: Option<Price>,
}

impl<'p, 'a> Plan<'p, 'a> {
    /// Checks and normalises the argument `$request` of `function` and finds its way to the providers.
    pub fn new(function: &str, request: &Value<'a>, policy: &'p Policy<'a>) -> Result<Self, Error> {
        let raw = RawRequest::read(request).map_err(|flaw| flaw.in_request(function))?;
        Self::of(raw, policy)
    }

    /// The plan for a request that has been read.
    pub fn of(raw: RawRequest<'a>, policy: &'p Policy<'a>) -> Result<Self, Error> {
        let mut request = raw.admit(policy)?;
        let vault = redaction::seal(&mut request, &policy.redactor);
        Ok(Self { route: route(policy, request.model), policy, request, vault })
    }

    /// The plan for a call that belongs to another one: its texts are sealed already.
    pub fn beside(policy: &'p Policy<'a>, request: Request<'p, 'a>, route: Vec<Stop<'p, 'a>>) -> Self {
        Self { policy, request, route, vault: Redactor::off().vault() }
    }

    /// Leaves only the first provider, or the one of this name.
    pub fn bind(&mut self, provider: Option<&str>) {
        self.route.retain(|stop| provider.is_none_or(|name| stop.provider.name == name));
        self.route.truncate(1);
    }

    /// How long the call may take in all: the policy's word before php.ini's, and the client may only ask for less.
    pub fn timeout(&self, settings: &Settings) -> Duration {
        let allowed = self.allowed_ms(settings);
        Duration::from_millis(self.request.timeout_ms.map_or(allowed, |ms| ms.min(allowed)).into())
    }

    fn allowed_ms(&self, settings: &Settings) -> u32 {
        self.policy.timeout_ms.unwrap_or(settings.timeout_ms)
    }

    /// How long a provider may be silent at least before that is held against it, whatever little time the client gave.
    pub fn fair_silence(&self, stop: &Stop<'_, '_>, settings: &Settings) -> Duration {
        let third = self.allowed_ms(settings) / 3;
        Duration::from_millis(stop.provider.timeout_ms.unwrap_or(third).into())
    }

    /// How often each provider may be tried.
    pub fn max_attempts(&self, settings: &Settings) -> u32 {
        self.policy.max_attempts.unwrap_or(settings.max_attempts)
    }

    /// For how long the answer is kept, in seconds; `None` if it is not.
    pub fn ttl_s(&self) -> Option<u32> {
        let ttl = self.request.cache_ttl_s.map_or(self.policy.ttl_s, |ttl| ttl.min(self.policy.ttl_s));
        (self.request.cache && ttl > 0).then_some(ttl)
    }

    /// How long after its end an answer will do while the providers fail, in microseconds.
    pub fn stale_us(&self) -> i64 {
        i64::from(self.policy.stale_s) * 1_000_000
    }

    /// The names of the route's breakers on a site.
    pub fn breakers(&self, site: &str) -> Vec<String> {
        self.route.iter().map(|stop| breaker_key(site, stop.provider.name, stop.provider.base_url)).collect()
    }
}

/// The providers that serve a model of the policy, in the order in which they are tried.
pub fn route<'p, 'a>(policy: &'p Policy<'a>, model: &'p Model<'a>) -> Vec<Stop<'p, 'a>> {
    let named = [(policy.providers[0].name, model.name)];
    let pairs = if model.route.is_empty() { named.as_slice() } else { model.route.as_slice() };
    let stop = |(place, (name, own)): (usize, &(&str, &'a str))| {
        let provider = policy.provider(name)?;
        let of_provider = provider.prices.iter().find(|(model, _)| model == own).map(|(_, price)| *price);
        // The policy's price for a model is the first provider's; the others have their own or none.
        let of_model = model.price.filter(|_| place == 0);
        let price = of_provider.or(of_model).or_else(|| models::known_price(provider.name, own));
        Some(Stop { provider, model: own, price })
    };
    pairs.iter().enumerate().filter_map(stop).collect()
}

impl<'p, 'a> Stop<'p, 'a> {
    /// A use of a provider that has no price.
    pub const fn unpriced(provider: &'p Provider<'a>, model: &'p str) -> Self {
        Self { provider, model, price: None }
    }

    /// The same at half the price: what providers take for work that they may do within a day.
    /// Sources: OpenAI's guide to the Batch interface, Anthropic's to Message Batches.
    pub fn halved(self) -> Self {
        let half =
            |price: Price| Price { input: price.input / 2.0, cached: price.cached / 2.0, output: price.output / 2.0 };
        Self { price: self.price.map(half), ..self }
    }

    /// What the model costs there, where that is known.
    pub const fn price(&self) -> Option<Price> {
        self.price
    }

    /// What this use costs in US dollars; `None` when the price is not known.
    pub fn cost_usd(&self, usage: &Usage) -> Option<f64> {
        let Price { input, cached, output } = self.price?;
        let from_cache = usage.tokens_in_cached.min(usage.tokens_in);
        let fresh = usage.tokens_in - from_cache;
        let microusd = f64::from(fresh) * input + f64::from(from_cache) * cached + f64::from(usage.tokens_out) * output;
        // To a billionth of a dollar: below that is only the noise of floating point.
        Some((microusd * 1e3).round() / 1e9)
    }
}

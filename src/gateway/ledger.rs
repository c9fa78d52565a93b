//! What a call has used and cost so far, over all its attempts: a stream that broke off has its price too.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::plan::Stop;
use crate::provider::Usage;

/// The sums of one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// Calls made to providers.
    pub attempts: u32,
    /// The place in the route of the provider that was asked last.
    pub last: Option<usize>,
    /// Tokens of all attempts together.
    pub usage: Usage,
    /// What they cost in US dollars; `None` as soon as one price is not known.
    pub cost_usd: Option<f64>,
    /// How long providers were at it, moderators among them. In a stream, the time that its caller takes is in it.
    #[serde(default)]
    pub provider: Duration,
    /// When a stream's answer began, in milliseconds after the call did.
    #[serde(default)]
    pub first_ms: Option<u32>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            attempts: 0,
            last: None,
            usage: Usage::default(),
            cost_usd: Some(0.0),
            provider: Duration::ZERO,
            first_ms: None,
        }
    }
}

impl Ledger {
    /// Counts a call to the provider at this place.
    pub fn attempt(&mut self, place: usize) {
        self.attempts += 1;
        self.last = Some(place);
    }

    /// Adds what a call beside this one has used: its tokens and their cost. Its attempts are its own.
    pub fn add(&mut self, usage: &Usage, cost_usd: Option<f64>) {
        let sum = &mut self.usage;
        sum.tokens_in = sum.tokens_in.saturating_add(usage.tokens_in);
        sum.tokens_in_cached = sum.tokens_in_cached.saturating_add(usage.tokens_in_cached);
        sum.tokens_out = sum.tokens_out.saturating_add(usage.tokens_out);
        sum.tokens_reasoning = sum.tokens_reasoning.saturating_add(usage.tokens_reasoning);
        self.cost_usd = self.cost_usd.zip(cost_usd).map(|(a, b)| a + b);
    }

    /// Adds what one answer, or a part of one, has used.
    pub fn spend(&mut self, stop: &Stop<'_, '_>, usage: &Usage) {
        self.add(usage, stop.cost_usd(usage));
    }
}

//! What a caller gets.

use crate::provider::{Answer, RateLimits, Usage};
use crate::store::LimitState;

/// The result of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The answer, with the provider's own count of its tokens; for a cached one as it was counted then.
    pub answer: Answer,
    /// The value that the answer encodes, where the request has a schema.
    pub data: Option<serde_json::Value>,
    /// What all attempts used together; for a cached answer what it used then.
    pub usage: Usage,
    /// The model's name in the policy.
    pub model: String,
    /// The provider that answered.
    pub provider: String,
    /// Whether the cache answered.
    pub cached: bool,
    /// Whether the answer had expired, and was given because no provider could.
    pub stale: bool,
    /// How old a cached answer is, in seconds.
    pub age_s: Option<u64>,
    /// What this call cost in US dollars: 0 for a cached answer, `None` when the price is not known.
    pub cost_usd: Option<f64>,
    /// The call's id, also in the log.
    pub request_id: String,
    /// The fingerprint in hex.
    pub req_hash: String,
    /// Calls made to providers.
    pub attempts: u32,
    /// From the call's start to its end, in milliseconds.
    pub duration_ms: u32,
    /// The provider's own id of the call, where it gave one.
    pub provider_request_id: Option<String>,
    /// Where the limits of the provider stand, where it told.
    pub provider_limits: RateLimits,
    /// Where the limits stand.
    pub limits: Vec<LimitState>,
    /// How many private values were replaced on the way to the provider, by their type.
    pub redacted: Vec<(String, u32)>,
}

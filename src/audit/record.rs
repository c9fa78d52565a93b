//! One log record: what a call was and what became of it.
//!
//! A record goes through the store's spool into the WordPress table. It is made before the call runs, so that a worker
//! that dies leaves one behind.

use serde::{Deserialize, Serialize};

/// One call. The fields are the columns of the WordPress table, but for the last four, which only the metrics take in;
/// strings are bounded by the request's own bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// A UUIDv7: unique, and in the order of time. The table refuses a second row of the same uid.
    pub uid: String,
    /// The site that the record belongs to.
    pub site: String,
    /// The WordPress user, 0 for nobody.
    pub user_id: u64,
    /// The door it came through: `/infer`, `cli`.
    pub route: String,
    /// The request's fingerprint in hex; empty when the request was not valid.
    pub req_hash: String,
    /// Tokens that the provider counted for the input of this call; 0 for a hit.
    pub tokens_in: u32,
    /// Tokens that the provider counted for the output of this call; 0 for a hit.
    pub tokens_out: u32,
    /// From the call's start to its end, in milliseconds.
    pub duration_ms: u32,
    /// The HTTP status of the outcome.
    pub status_code: u16,
    /// What went wrong, from the closed vocabulary of [`crate::error`]; `None` if nothing did.
    pub error: Option<String>,
    /// When the call began, in seconds since the epoch.
    pub created_at: i64,
    /// The provider that answered or failed; empty if none was asked.
    pub provider: String,
    /// The model's name in the policy; empty when the request was not valid.
    pub model: String,
    /// Whether the cache answered.
    pub cached: bool,
    /// Calls made to providers.
    pub attempts: u32,
    /// What this call cost, in millionths of a US dollar; `None` when the price is not known.
    pub cost_microusd: Option<u64>,
    /// The outside client, if one asked.
    pub client: String,
    /// The plugin or feature that asked.
    pub source: String,
    /// The id that the result carries.
    pub request_id: String,
    /// How much of the duration went into calls to providers, in milliseconds: 0 if none was asked.
    pub provider_ms: u32,
    /// From the call's start to the first text of a streamed answer, in milliseconds; `None` for any other call.
    pub first_ms: Option<u32>,
    /// How much of the duration was our own, in microseconds; `None` in records of versions that did not tell.
    pub own_us: Option<u32>,
    /// Providers of the model's route that were left for the next one, or passed over.
    pub failovers: u32,
}

impl Record {
    /// The code of a call whose process died before it could say how the call went.
    pub const ABORTED: &'static str = "caller_aborted";

    /// This call, answered from the cache.
    pub fn hit(&self, provider: &str) -> Self {
        Self { status_code: 200, cached: true, provider: provider.to_owned(), cost_microusd: Some(0), ..self.clone() }
    }

    /// This call, refused or failed.
    pub fn failed(&self, status_code: u16, code: &str) -> Self {
        Self { status_code, error: Some(code.to_owned()), ..self.clone() }
    }

    /// This call, which failed but was answered with what the cache still had. The code says why.
    pub fn stale(&self, provider: &str) -> Self {
        Self { status_code: 200, cached: true, provider: provider.to_owned(), ..self.clone() }
    }

    /// This call, never finished.
    pub fn aborted(&self) -> Self {
        self.failed(500, Self::ABORTED)
    }

    /// [`Self::own_us`], as well as it is known.
    pub fn own_share_us(&self) -> u32 {
        self.own_us.unwrap_or_else(|| self.duration_ms.saturating_sub(self.provider_ms).saturating_mul(1_000))
    }

    /// How the counters file it: `hit`, `ok`, `stale`, or the error's code.
    pub fn outcome(&self) -> &str {
        match &self.error {
            Some(_) if self.cached => "stale",
            Some(code) => code,
            None if self.cached => "hit",
            None => "ok",
        }
    }
}

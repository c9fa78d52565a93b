//! An item of a job as it is kept: what it asks, or what it was answered, without private values; and where that is wanted.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::gateway::result::Outcome;
use crate::guard::redact::Redactor;
use crate::jobs::{Kept, SealKey, Unreadable};

/// A request or a result, with its place to be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    kept: Kept,
    /// The post and its field that want the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<Json>,
}

impl Piece {
    /// Keeps a request. `None` if it has private values, and there is no key to seal them.
    pub fn request(
        request: Json,
        store: Option<Json>,
        redactor: &Redactor,
        keys: &[SealKey],
        place: &str,
    ) -> Option<Self> {
        let is_text = |key: &str| matches!(key, "prompt" | "system" | "content" | "schema");
        Some(Self { kept: Kept::new(request, is_text, redactor, keys.first(), place)?, store })
    }

    /// Keeps a result; where its private values cannot be sealed, their placeholders are all that is kept.
    pub fn result(outcome: &Outcome, store: Option<Json>, redactor: &Redactor, keys: &[SealKey], place: &str) -> Self {
        let is_text = |key: &str| matches!(key, "text" | "data");
        let kept = Kept::new(result(outcome), is_text, redactor, keys.first(), place);
        let kept = kept.unwrap_or_else(|| Kept::without_values(result(outcome), is_text, redactor));
        Self { kept, store }
    }

    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From bytes.
    ///
    /// # Errors
    /// They were damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(bytes).map_err(|_| Unreadable)
    }

    /// The request or result as it was.
    ///
    /// # Errors
    /// None of the keys opens it.
    pub fn reveal(self, keys: &[SealKey], place: &str) -> Result<Json, Unreadable> {
        self.kept.reveal(keys, place)
    }

    /// The request or result with placeholders.
    pub fn redacted(self) -> Json {
        self.kept.redacted()
    }
}

/// Where a request is sealed for.
pub fn asked(id: &str, n: u32) -> String {
    format!("{id}/{n}/request")
}

/// Where a result is sealed for.
pub fn answered(id: &str, n: u32) -> String {
    format!("{id}/{n}/result")
}

/// A result as `aisp_infer()` gives it, without what is true only at the time of the call.
fn result(outcome: &Outcome) -> Json {
    let Outcome { answer, usage, .. } = outcome;
    json!({
        "text": answer.text,
        "data": outcome.data,
        "model": outcome.model,
        "provider": outcome.provider,
        "cached": outcome.cached,
        "stale": outcome.stale,
        "tokens_in": usage.tokens_in,
        "tokens_in_cached": usage.tokens_in_cached,
        "tokens_out": usage.tokens_out,
        "tokens_reasoning": usage.tokens_reasoning,
        "cost_usd": outcome.cost_usd,
        "finish_reason": answer.finish.name(),
        "request_id": outcome.request_id,
        "req_hash": outcome.req_hash,
        "attempts": outcome.attempts,
        "duration_ms": outcome.duration_ms,
    })
}

//! What a model answers, why it stopped and what that used; or why there is no answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It was done.
    Stop,
    /// It reached `max_tokens`.
    Length,
    /// The provider's filter cut it off.
    ContentFilter,
    /// The model declined; the text is its refusal.
    Refusal,
    /// The caller hung up: the text is what had come by then.
    Cancelled,
}

impl Finish {
    /// Whether asking again would give the same kind of answer, so that this one may be kept.
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Stop | Self::Length)
    }

    /// The name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::Refusal => "refusal",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a call used, as the provider counts it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Input tokens, those served from the provider's cache included.
    pub tokens_in: u32,
    /// Those of `tokens_in` that came from the provider's own cache.
    #[serde(default)]
    pub tokens_in_cached: u32,
    /// Output tokens, reasoning included.
    pub tokens_out: u32,
    /// Those of `tokens_out` that the model spent on reasoning.
    #[serde(default)]
    pub tokens_reasoning: u32,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text; never empty.
    pub text: String,
    /// Why it ends.
    pub finish: Finish,
    /// What it used.
    #[serde(flatten)]
    pub usage: Usage,
}

/// Why there is no answer: the fault, and a delay that the body asked for, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What it was.
    pub fault: Fault,
    /// A delay that stands in the body rather than in a header.
    pub delay_ms: Option<u64>,
}

impl Failure {
    /// The delay that the body asked for.
    pub fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(Duration::from_millis)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, delay_ms: None }
    }
}

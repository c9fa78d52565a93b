//! What can go wrong with a call, in one closed vocabulary: the class PHP throws, the HTTP status, and the code in the log.
//!
//! A message is fit for an end user. It never holds a key, a prompt or a provider's own words.

mod fault;
mod kind;
mod text;

use std::time::Duration;

pub use fault::Fault;
pub use kind::Kind;
use serde::{Deserialize, Serialize};
use text::{blocked, ceil_seconds, over_budget};
use thiserror::Error;

use crate::signing::Reason;
use crate::store::{BudgetState, LimitState, StoreError};

/// Which side of a call was held against moderation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// What is asked, before it is sent.
    Input,
    /// What was answered, before anybody gets it.
    Output,
}

/// When a store that failed is worth another try: it was locked or its disk was full, and somebody has to see to it.
const STORE_RETRY_S: u64 = 30;

/// Why a call failed, as PHP sees it.
#[derive(Debug, Clone, Error)]
pub enum Error {
    /// The request is malformed: nothing was sent and nothing was charged. Correct the field and send it again.
    #[error("{message}")]
    InvalidRequest {
        /// One sentence that names the field.
        message: String,
    },
    /// Nobody has proved who asks: a signature or a token is missing, wrong or out of time. All reasons look alike from
    /// outside; `code()` has the one, for the log.
    #[error("The request could not be verified.")]
    Unauthorized {
        /// `caller_unauthorized_*`, of a closed vocabulary.
        code: &'static str,
    },
    /// Who asks is known, and may not from this address. An administrator may add it to the client's allowlist.
    #[error("Requests from this address are not allowed.")]
    Forbidden,
    /// The policy, the caller or a php.ini entry is wrong, or a named secret is not set. An administrator must act.
    #[error("{message}")]
    Config {
        /// One sentence that names the key, the entry or the variable, never a value that may be secret.
        message: String,
    },
    /// A throttle or a quota is used up; the same call passes after `wait`.
    #[error("Too many requests: the limit {limit} is used up. Try again in {} s.", ceil_seconds(.wait))]
    RateLimited {
        /// The limit's name, such as `quota-user`.
        limit: String,
        /// `policy_throttle` or `policy_quota`.
        code: &'static str,
        /// How long until the same call passes.
        wait: Duration,
        /// Every limit that was looked at.
        limits: Vec<LimitState>,
    },
    /// More than a budget has left. It renews after `wait`.
    #[error("{}", over_budget(.budget, *.amount))]
    BudgetExceeded {
        /// Which one, and where it stands.
        budget: Box<BudgetState>,
        /// What the call might have taken of it.
        amount: u64,
        /// How long until it renews.
        wait: Duration,
        /// Every limit that was looked at.
        limits: Vec<LimitState>,
    },
    /// Every provider of the model is known to be down; one is asked again after `wait`.
    #[error("The AI provider is not available. Try again in {} s.", ceil_seconds(.wait))]
    CircuitOpen {
        /// How long until a provider may be asked.
        wait: Duration,
        /// Every limit that was looked at.
        limits: Vec<LimitState>,
    },
    /// The provider failed, after all attempts that the deadline allowed.
    #[error("{fault}")]
    Provider {
        /// What it was in the end.
        fault: Fault,
        /// When the provider said that it would be back.
        retry_after: Option<Duration>,
        /// The limits as admission left them.
        limits: Vec<LimitState>,
    },
    /// Moderation refuses what is asked or what was answered. The same call fails again; another wording may pass.
    #[error("{}", blocked(*.stage, .categories))]
    Blocked {
        /// Which of the two.
        stage: Stage,
        /// The categories that the moderator names: plain names, never a text. There may be none.
        categories: Vec<String>,
        /// The limits as admission left them.
        limits: Vec<LimitState>,
    },
    /// The moderator failed, and the policy lets nothing pass unjudged. The same call may pass later.
    #[error("The moderation service is not available.")]
    Moderation {
        /// When it said that it would be back.
        retry_after: Option<Duration>,
        /// The limits as admission left them.
        limits: Vec<LimitState>,
    },
    /// The idempotency key was used before, for something else: choose another one.
    #[error("The idempotency_key was used for another request.")]
    KeyUsed,
    /// The worker that asked has lost its lease on the job: leave it to whoever has it now.
    #[error("The job was handed to another worker.")]
    LeaseLost,
    /// The store cannot be used, and the call cannot do without it. `aisp_status()` says why.
    #[error("The store is not available.")]
    Store(#[from] StoreError),
}

impl Error {
    /// An [`Error::InvalidRequest`] with this message.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidRequest { message: message.into() }
    }

    /// An [`Error::Config`] with this message.
    pub fn config(message: impl Into<String>) -> Self {
        Self::Config { message: message.into() }
    }

    /// The class that PHP throws.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::InvalidRequest { .. } => Kind::InvalidRequest,
            Self::Unauthorized { .. } => Kind::Unauthorized,
            Self::Forbidden => Kind::Forbidden,
            Self::Config { .. } => Kind::ConfigError,
            Self::RateLimited { .. } => Kind::RateLimited,
            Self::BudgetExceeded { .. } => Kind::BudgetExceeded,
            Self::Provider { fault: Fault::Timeout, .. } => Kind::Timeout,
            Self::Provider { fault: Fault::ContextLength, .. } => Kind::InvalidRequest,
            Self::Provider { fault: Fault::ContentRefused, .. } => Kind::Blocked,
            Self::Provider { .. } | Self::Moderation { .. } => Kind::ProviderError,
            Self::Blocked { .. } => Kind::Blocked,
            Self::CircuitOpen { .. } => Kind::CircuitOpen,
            Self::KeyUsed | Self::LeaseLost => Kind::Conflict,
            Self::Store(_) => Kind::StoreUnavailable,
        }
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Provider { fault, .. } => fault.status(),
            Self::Moderation { .. } => 503,
            _ => self.kind().status(),
        }
    }

    /// The code in the log's `error` column: a closed vocabulary, with no text from outside.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "caller_invalid",
            Self::Unauthorized { code } => code,
            Self::Forbidden => "caller_forbidden_ip",
            Self::Config { .. } => "policy_config",
            Self::RateLimited { code, .. } => code,
            Self::BudgetExceeded { .. } => "policy_budget",
            Self::Provider { fault, .. } => fault.code(),
            Self::Blocked { stage: Stage::Input, .. } => "policy_blocked_input",
            Self::Blocked { stage: Stage::Output, .. } => "policy_blocked_output",
            Self::Moderation { .. } => "provider_moderation",
            Self::CircuitOpen { .. } => "provider_circuit_open",
            Self::KeyUsed => "caller_key_used",
            Self::LeaseLost => "job_lease_lost",
            Self::Store(_) => "store_unavailable",
        }
    }

    /// Whole seconds after which the same call may pass, where that is known.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::RateLimited { wait, .. } | Self::CircuitOpen { wait, .. } | Self::BudgetExceeded { wait, .. } => {
                Some(ceil_seconds(wait))
            }
            Self::Provider { retry_after, .. } | Self::Moderation { retry_after, .. } => {
                retry_after.as_ref().map(ceil_seconds)
            }
            Self::Store(_) => Some(STORE_RETRY_S),
            _ => None,
        }
    }

    /// The limits that were looked at before the call failed; empty if it failed earlier.
    pub fn limits(&self) -> &[LimitState] {
        match self {
            Self::RateLimited { limits, .. }
            | Self::BudgetExceeded { limits, .. }
            | Self::CircuitOpen { limits, .. }
            | Self::Provider { limits, .. }
            | Self::Blocked { limits, .. }
            | Self::Moderation { limits, .. } => limits,
            _ => &[],
        }
    }

    /// The categories for which moderation blocked the call; empty where it names none, and for every other error.
    pub fn categories(&self) -> &[String] {
        match self {
            Self::Blocked { categories, .. } => categories,
            _ => &[],
        }
    }
}

impl From<Reason> for Error {
    fn from(reason: Reason) -> Self {
        Self::Unauthorized { code: reason.code() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_names_its_categories_and_is_422() {
        let blocked = |stage, categories: &[&str]| {
            let categories = categories.iter().map(|&name| name.to_owned()).collect();
            let error = Error::Blocked { stage, categories, limits: Vec::new() };
            format!("{} {} {} {error}", error.kind().slug(), error.status(), error.code())
        };
        assert_eq!(
            blocked(Stage::Input, &["harassment", "violence"]),
            "blocked 422 policy_blocked_input The request was blocked by moderation: harassment, violence."
        );
        assert_eq!(
            blocked(Stage::Output, &[]),
            "blocked 422 policy_blocked_output The answer was blocked by moderation."
        );
    }

    #[test]
    fn a_moderator_that_is_down_is_503_and_says_when_to_come_back() {
        let error = Error::Moderation { retry_after: Some(Duration::from_millis(1_500)), limits: Vec::new() };
        assert_eq!((error.kind().slug(), error.status(), error.code()), ("provider_error", 503, "provider_moderation"));
        assert_eq!(error.retry_after_s(), Some(2));
    }
}

//! What can go wrong with a call, in one closed vocabulary: the class PHP throws, the HTTP status, and the code in the log.
//!
//! A message is fit for an end user. It never holds a key, a prompt or a provider's own words.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::guard::budget::Unit;
use crate::store::{BudgetState, LimitState, StoreError};

/// The exception classes, each with its slug and HTTP status. PHP sees `Aisp\<class>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    InvalidRequest,
    Unauthorized,
    Forbidden,
    Conflict,
    Blocked,
    RateLimited,
    BudgetExceeded,
    ConfigError,
    ProviderError,
    CircuitOpen,
    StoreUnavailable,
    Timeout,
}

impl Kind {
    /// Every kind, in the order in which the classes are registered.
    pub const ALL: [Self; 12] = [
        Self::InvalidRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::Conflict,
        Self::Blocked,
        Self::RateLimited,
        Self::BudgetExceeded,
        Self::ConfigError,
        Self::ProviderError,
        Self::CircuitOpen,
        Self::StoreUnavailable,
        Self::Timeout,
    ];

    /// The class name, the slug and the usual HTTP status.
    const fn row(self) -> (&'static str, &'static str, u16) {
        match self {
            Self::InvalidRequest => ("InvalidRequest", "invalid_request", 400),
            Self::Unauthorized => ("Unauthorized", "unauthorized", 401),
            Self::Forbidden => ("Forbidden", "forbidden", 403),
            Self::Conflict => ("Conflict", "conflict", 409),
            Self::Blocked => ("Blocked", "blocked", 422),
            Self::RateLimited => ("RateLimited", "rate_limited", 429),
            Self::BudgetExceeded => ("BudgetExceeded", "budget_exceeded", 429),
            Self::ConfigError => ("ConfigError", "config_error", 500),
            Self::ProviderError => ("ProviderError", "provider_error", 502),
            Self::CircuitOpen => ("CircuitOpen", "circuit_open", 503),
            Self::StoreUnavailable => ("StoreUnavailable", "store_unavailable", 503),
            Self::Timeout => ("Timeout", "timeout", 504),
        }
    }

    /// The class name without its namespace.
    pub const fn class(self) -> &'static str {
        self.row().0
    }

    /// The machine-readable name, as `getSlug()` and the REST error code show it.
    pub const fn slug(self) -> &'static str {
        self.row().1
    }

    /// The HTTP status that an error of this kind has unless the error says otherwise.
    pub const fn status(self) -> u16 {
        self.row().2
    }
}

/// How a provider failed us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No connection: the name does not resolve, nothing listens, TLS fails, the peer hangs up before an answer.
    #[error("The AI provider cannot be reached.")]
    Unreachable,
    /// Its address is one that the egress guard refuses; see `aisp.allowed_hosts`.
    #[error("The AI provider's address is not allowed on this server.")]
    Blocked,
    /// 401 or 403: the key is wrong, revoked or lacks the right.
    #[error("The AI provider refused this site's key.")]
    Auth,
    /// 429 that passes by itself.
    #[error("The AI provider is busy. Try again later.")]
    Busy,
    /// 429 that does not pass by itself: no credit, or a spend limit.
    #[error("The AI provider's account has no credit left.")]
    NoCredit,
    /// The model or the path is unknown there: the route or the base URL is wrong.
    #[error("The AI provider does not know the model.")]
    UnknownModel,
    /// The request is longer than the model's context.
    #[error("The request is longer than the model can read: shorten prompt, messages or system, or lower max_tokens.")]
    ContextLength,
    /// The provider's own policy refuses the content.
    #[error("The AI provider refuses this content.")]
    ContentRefused,
    /// Any other 4xx: this request as it is will never be answered.
    #[error("The AI provider rejected the request.")]
    Rejected,
    /// 5xx.
    #[error("The AI provider is not available.")]
    Unavailable,
    /// An answer that breaks the wire format, or is empty.
    #[error("The AI provider's answer could not be read.")]
    Invalid,
    /// An answer that ends before it is whole.
    #[error("The AI provider's answer broke off.")]
    Incomplete,
    /// An answer that does not satisfy the request's schema, also after it was asked to mend it.
    #[error("The model's answer does not satisfy the schema.")]
    Schema,
    /// A redirect, or another status that is neither success nor failure.
    #[error("The AI provider's answer could not be read.")]
    Redirect,
    /// The model spent all of its tokens before it wrote anything.
    #[error("The model used up max_tokens before it wrote an answer; raise max_tokens.")]
    Exhausted,
    /// More than `aisp.max_response_bytes`.
    #[error("The AI provider's answer is too large.")]
    TooLarge,
    /// The deadline passed.
    #[error("The AI provider did not answer in time.")]
    Timeout,
    /// The caller does not want the answer any more.
    #[error("The call was cancelled.")]
    Cancelled,
}

impl Fault {
    /// The code in the log's `error` column.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "provider_unreachable",
            Self::Blocked => "policy_egress",
            Self::Auth => "provider_auth",
            Self::Busy => "provider_busy",
            Self::NoCredit => "provider_no_credit",
            Self::UnknownModel => "provider_unknown_model",
            Self::ContextLength => "provider_context_length",
            Self::ContentRefused => "provider_content_refused",
            Self::Rejected => "provider_rejected",
            Self::Unavailable => "provider_unavailable",
            Self::Invalid | Self::Redirect => "provider_invalid",
            Self::Incomplete => "provider_incomplete",
            Self::Schema => "provider_schema",
            Self::Exhausted => "provider_exhausted",
            Self::TooLarge => "provider_too_large",
            Self::Timeout => "provider_timeout",
            Self::Cancelled => "caller_cancelled",
        }
    }

    /// Whether the provider did work that it may bill, although no answer came of it.
    pub const fn is_charged(self) -> bool {
        matches!(self, Self::Invalid | Self::Incomplete | Self::Schema | Self::Exhausted | Self::TooLarge)
    }

    /// Whether the provider is to blame, so that an answer that has expired is better than none.
    pub const fn is_of_the_provider(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::Auth
                | Self::Busy
                | Self::NoCredit
                | Self::UnknownModel
                | Self::Unavailable
                | Self::Invalid
                | Self::Incomplete
                | Self::Redirect
                | Self::Timeout
        )
    }

    /// 503 where the same call may pass later, 502 where it will not, 504 where time ran out, 4xx where the request is to blame.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unreachable | Self::Busy | Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::ContextLength => 400,
            Self::Cancelled => 499,
            Self::ContentRefused => 422,
            _ => 502,
        }
    }
}

/// Which side of a call was held against moderation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// What is asked, before it is sent.
    Input,
    /// What was answered, before anybody gets it.
    Output,
}

/// Why a call failed, as PHP sees it.
#[derive(Debug, Clone, Error)]
pub enum Error {
    /// The request is malformed: nothing was sent and nothing was charged. Correct the field and send it again.
    #[error("{message}")]
    InvalidRequest {
        /// One sentence that names the field.
        message: String,
    },
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
            Self::Config { .. } => Kind::ConfigError,
            Self::RateLimited { .. } => Kind::RateLimited,
            Self::BudgetExceeded { .. } => Kind::BudgetExceeded,
            Self::Provider { fault: Fault::Timeout, .. } => Kind::Timeout,
            Self::Provider { fault: Fault::ContextLength, .. } => Kind::InvalidRequest,
            Self::Provider { fault: Fault::ContentRefused, .. } => Kind::Blocked,
            Self::Provider { .. } | Self::Moderation { .. } => Kind::ProviderError,
            Self::Blocked { .. } => Kind::Blocked,
            Self::CircuitOpen { .. } => Kind::CircuitOpen,
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
            Self::Config { .. } => "policy_config",
            Self::RateLimited { code, .. } => code,
            Self::BudgetExceeded { .. } => "policy_budget",
            Self::Provider { fault, .. } => fault.code(),
            Self::Blocked { stage: Stage::Input, .. } => "policy_blocked_input",
            Self::Blocked { stage: Stage::Output, .. } => "policy_blocked_output",
            Self::Moderation { .. } => "provider_moderation",
            Self::CircuitOpen { .. } => "provider_circuit_open",
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

/// What an end user is told of a block: the categories, never the text.
fn blocked(stage: Stage, categories: &[String]) -> String {
    let what = match stage {
        Stage::Input => "request",
        Stage::Output => "answer",
    };
    let colon = if categories.is_empty() { "" } else { ": " };
    format!("The {what} was blocked by moderation{colon}{}.", categories.join(", "))
}

/// Which budget, what is left of it, and when it renews.
fn over_budget(budget: &BudgetState, amount: u64) -> String {
    let show = |n: u64| match budget.unit {
        Unit::Tokens => format!("{n} tokens"),
        Unit::Microusd => format!("${:.6}", n as f64 / 1e6).trim_end_matches('0').trim_end_matches('.').to_owned(),
    };
    let renews = Duration::from_micros(budget.renews_us.max(0).unsigned_abs());
    let renews = humantime::format_rfc3339_seconds(std::time::UNIX_EPOCH + renews);
    let (name, left, cap, amount) = (&budget.name, show(budget.remaining()), show(budget.cap), show(amount));
    format!("The budget {name} has {left} of {cap} left, and this request may take {amount}. It renews at {renews}.")
}

/// Never too early: a started second counts, and a wait is at least one.
fn ceil_seconds(wait: &Duration) -> u64 {
    (wait.as_micros().div_ceil(1_000_000) as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_and_never_zero() {
        assert_eq!(ceil_seconds(&Duration::from_millis(1_001)), 2);
        assert_eq!(ceil_seconds(&Duration::ZERO), 1);
    }

    #[test]
    fn a_budget_says_what_is_left_and_when_it_renews() {
        let state = |unit, cap| BudgetState {
            name: "budget-site-day".to_owned(),
            unit,
            cap,
            used: cap / 2,
            reserved: 0,
            renews_us: 1_800_000_000_000_000,
        };
        assert_eq!(
            over_budget(&state(Unit::Tokens, 100), 663),
            "The budget budget-site-day has 50 tokens of 100 tokens left, and this request may take 663 tokens. It renews at \
             2027-01-15T08:00:00Z."
        );
        assert!(
            over_budget(&state(Unit::Microusd, 20_000_000), 1_500)
                .contains("has $10 of $20 left, and this request may take $0.0015.")
        );
    }

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

    #[test]
    fn a_provider_that_may_recover_is_503_and_one_that_will_not_is_502() {
        assert_eq!(Fault::Unreachable.status(), 503);
        assert_eq!(Fault::Auth.status(), 502);
        assert_eq!(Fault::Timeout.status(), 504);
    }
}

//! How a provider fails us: what it means, what the log calls it, and whether it was paid for.

use serde::{Deserialize, Serialize};
use thiserror::Error;

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
    /// The provider does not know the answer any more that it was working on, or has dropped it: ask again.
    #[error("The AI provider has dropped the request.")]
    Gone,
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
            Self::Gone => "provider_gone",
            Self::Cancelled => "caller_cancelled",
        }
    }

    /// Whether the provider did work that it may bill, although no answer came of it.
    pub const fn is_charged(self) -> bool {
        matches!(self, Self::Invalid | Self::Incomplete | Self::Schema | Self::Exhausted | Self::TooLarge | Self::Gone)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_may_recover_is_503_and_one_that_will_not_is_502() {
        assert_eq!(Fault::Unreachable.status(), 503);
        assert_eq!(Fault::Auth.status(), 502);
        assert_eq!(Fault::Timeout.status(), 504);
    }
}

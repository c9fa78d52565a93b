//! What a provider's error means: its status, codes and types, and where a provider gives no code, the words of its message.
//!
//! One table serves all formats: their names do not collide, and a gateway in front of a provider often answers in
//! another format than the provider's. The message is looked at, and goes nowhere.
//! Sources: the errors of OpenAI, Azure, Anthropic, Gemini (google.rpc), Mistral, Groq, vLLM, Ollama and llama.cpp.

use serde_json::Value;

use super::Failure;
use crate::error::Fault;

/// The longest delay that a body may ask for.
const DAY_MS: u64 = 86_400_000;

/// What a status other than 2xx means.
pub(super) fn refused(status: u16, body: &[u8]) -> Failure {
    Said::read(&serde_json::from_slice(body).unwrap_or_default()).with_status(status)
}

/// What an error means that comes without a status: in a stream, or in the body of a 200.
pub(super) fn reported(body: &str) -> Failure {
    Said::read(&serde_json::from_str(body).unwrap_or_default()).without_status()
}

/// What the body of an error says.
#[derive(Debug, Default)]
struct Said {
    /// Its codes, types and reasons.
    names: Vec<String>,
    /// A status in the body.
    status: Option<u16>,
    /// Its words, in lower case.
    message: String,
    delay_ms: Option<u64>,
}

impl Said {
    /// Reads `{"error": {…}}`, `{"error": "…"}`, a flat error, and a list of one of them.
    fn read(body: &Value) -> Self {
        let body = body.get(0).unwrap_or(body);
        let error = match body.get("error") {
            Some(error @ Value::Object(_)) => error,
            _ => body,
        };
        let details = error.get("details");
        let listed = || details.and_then(Value::as_array).into_iter().flatten();
        let names = [error.get("code"), error.get("type"), error.get("status"), error.pointer("/innererror/code")]
            .into_iter()
            .chain([error.pointer("/details/error_code")])
            .chain(listed().map(|detail| detail.get("reason")));
        let message = [error.get("message"), error.get("detail"), body.get("error")];
        let number = |name: &str| error.get(name).and_then(Value::as_u64).and_then(|n| u16::try_from(n).ok());
        Self {
            names: names.filter_map(|name| name?.as_str()).map(str::to_owned).collect(),
            status: number("code").or_else(|| number("status")).filter(|status| (400..600).contains(status)),
            message: message.into_iter().find_map(|text| text?.as_str()).unwrap_or_default().to_lowercase(),
            delay_ms: listed().find_map(|detail| delay_ms(detail.get("retryDelay")?.as_str()?)),
        }
    }

    fn with_status(&self, status: u16) -> Failure {
        let exact = self.exact();
        let fault = match (status, exact) {
            (401, _) => Fault::Auth,
            (402, _) => Fault::NoCredit,
            (403, Some(fault @ (Fault::NoCredit | Fault::UnknownModel | Fault::ContentRefused))) => fault,
            (403, _) => Fault::Auth,
            (404, _) => Fault::UnknownModel,
            (408 | 409, _) => Fault::Unavailable,
            (413, _) => Fault::ContextLength,
            (429, Some(Fault::NoCredit)) => Fault::NoCredit,
            (429, _) => Fault::Busy,
            (400..=499, exact) => exact.unwrap_or(Fault::Rejected),
            (500..=599, _) => Fault::Unavailable,
            _ => Fault::Redirect,
        };
        Failure { fault, delay_ms: self.delay_ms }
    }

    fn without_status(&self) -> Failure {
        let known = self.exact().or_else(|| self.names.iter().find_map(|name| class(name)));
        match (known, self.status) {
            (Some(fault), _) => Failure { fault, delay_ms: self.delay_ms },
            (None, Some(status)) => self.with_status(status),
            (None, None) => Failure { fault: Fault::Unavailable, delay_ms: self.delay_ms },
        }
    }

    /// The fault that a code or the message names exactly.
    fn exact(&self) -> Option<Fault> {
        self.names.iter().find_map(|name| code(name)).or_else(|| words(&self.message))
    }
}

/// A code that means one thing.
fn code(name: &str) -> Option<Fault> {
    Some(match name {
        "insufficient_quota" | "credit_balance_exhausted" | "billing_hard_limit_reached" | "billing_not_active" => {
            Fault::NoCredit
        }
        "enforced_spend_limit_reached" | "billing_error" => Fault::NoCredit,
        name if name.ends_with("spend_limit_exceeded") || name.ends_with("usage_limit_exceeded") => Fault::NoCredit,
        "context_length_exceeded" | "string_above_max_length" => Fault::ContextLength,
        "exceed_context_size_error" | "request_too_large" => Fault::ContextLength,
        "content_filter" | "invalid_prompt" | "ResponsibleAIPolicyViolation" => Fault::ContentRefused,
        "data_inspection_failed" | "moderation_blocked" => Fault::ContentRefused,
        name if name.ends_with("_policy") || name.contains("policy_violation") => Fault::ContentRefused,
        "model_not_found" | "model_decommissioned" | "invalid_model" | "DeploymentNotFound" => Fault::UnknownModel,
        "invalid_api_key" | "API_KEY_INVALID" => Fault::Auth,
        _ => return None,
    })
}

/// Words that mean one thing where the provider gives no code: Anthropic, Gemini, and compatible servers.
fn words(message: &str) -> Option<Fault> {
    const WORDS: [(&str, Fault); 11] = [
        ("maximum context length", Fault::ContextLength),
        ("maximum prompt length", Fault::ContextLength),
        ("prompt is too long", Fault::ContextLength),
        ("exceed context limit", Fault::ContextLength),
        ("exceeds the available context size", Fault::ContextLength),
        ("exceeds the maximum number of tokens", Fault::ContextLength),
        ("content filtering policy", Fault::ContentRefused),
        ("credit balance is too low", Fault::NoCredit),
        ("api usage limits", Fault::NoCredit),
        ("spend limit", Fault::NoCredit),
        ("api key not valid", Fault::Auth),
    ];
    WORDS.iter().find(|(words, _)| message.contains(words)).map(|(_, fault)| *fault)
}

/// A code or type that names a class of errors, as a status would.
fn class(name: &str) -> Option<Fault> {
    Some(match name {
        "rate_limit_exceeded" | "rate_limit_error" | "RESOURCE_EXHAUSTED" => Fault::Busy,
        "authentication_error" | "permission_error" | "UNAUTHENTICATED" | "PERMISSION_DENIED" => Fault::Auth,
        "not_found_error" | "NOT_FOUND" => Fault::UnknownModel,
        "invalid_request_error" | "INVALID_ARGUMENT" | "FAILED_PRECONDITION" => Fault::Rejected,
        "data_residency_mismatch" => Fault::Rejected,
        name if name.starts_with("invalid_") || name.contains("image") => Fault::Rejected,
        "server_error" | "api_error" | "overloaded_error" | "timeout_error" => Fault::Unavailable,
        "INTERNAL" | "UNAVAILABLE" | "DEADLINE_EXCEEDED" => Fault::Unavailable,
        _ => return None,
    })
}

/// A google.protobuf.Duration, `34.4s`, in milliseconds, rounded up.
fn delay_ms(text: &str) -> Option<u64> {
    let delay = humantime::parse_duration(text).ok()?;
    u64::try_from(delay.as_nanos().div_ceil(1_000_000)).ok().map(|ms| ms.min(DAY_MS)).filter(|ms| *ms > 0)
}

#[cfg(test)]
mod tests;

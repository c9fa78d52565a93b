//! What the headers of an answer say: the provider's name for the request, and how much of its rate limits is left.
//!
//! OpenAI and its kin give the time until a reset as a duration (`6m0s`; Azure as bare seconds), Anthropic as a point in
//! time. Sources: OpenAI's and Groq's guides to rate limits, Anthropic's description of its headers, RFC 3339.

use std::time::{Duration, SystemTime};

/// The longest request id that is kept.
const MAX_ID_BYTES: usize = 128;
/// The longest time until a reset that is believed. What is longer is more likely a point in time.
const MAX_RESET: Duration = Duration::from_secs(31 * 86_400);

/// What the headers of an answer say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The provider's name for the request, for its support; printable ASCII, at most 128 characters.
    pub request_id: Option<String>,
    /// How much is left.
    pub rate: RateLimits,
}

/// A provider's limits for this key and model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// By requests.
    pub requests: Option<Rate>,
    /// By tokens, the one of input tokens where there are several.
    pub tokens: Option<Rate>,
}

/// One limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// How many in its period.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// How long until none is used, in milliseconds.
    pub reset_ms: Option<u64>,
}

impl Head {
    /// Reads the headers, through a function that takes a name in lower case. What makes no sense counts as not said.
    pub fn read<'h>(header: impl Fn(&str) -> Option<&'h str>, now: SystemTime) -> Self {
        const IDS: [&str; 6] =
            ["x-request-id", "request-id", "apim-request-id", "x-goog-request-id", "x-ms-request-id", "cf-ray"];
        let is_id = |id: &str| (1..=MAX_ID_BYTES).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        let request_id = IDS.iter().filter_map(|name| header(name)).map(str::trim).find(|id| is_id(id));
        let rate = |kind: &str| {
            let plain = |part: &str| header(&format!("x-ratelimit-{part}-{kind}"));
            let anthropic = |part: &str| header(&format!("anthropic-ratelimit-{kind}-{part}"));
            Rate::read(plain, duration).or_else(|| Rate::read(anthropic, |text| until(text, now)))
        };
        let tokens = rate("input-tokens").or_else(|| rate("tokens"));
        Self { request_id: request_id.map(str::to_owned), rate: RateLimits { requests: rate("requests"), tokens } }
    }
}

impl RateLimits {
    /// How long a 429 without `Retry-After` means, in milliseconds: the reset of what is used up, the longer one of two.
    pub fn wait_ms(&self) -> Option<u64> {
        let used_up = [self.requests, self.tokens].into_iter().flatten().filter(|rate| rate.remaining == 0);
        used_up.filter_map(|rate| rate.reset_ms).max()
    }
}

impl Rate {
    fn read<'h>(header: impl Fn(&str) -> Option<&'h str>, reset: impl Fn(&str) -> Option<Duration>) -> Option<Self> {
        let count = |part: &str| header(part)?.trim().parse().ok();
        let reset = header("reset").and_then(|text| reset(text.trim())).filter(|reset| *reset <= MAX_RESET);
        Some(Self {
            limit: count("limit")?,
            remaining: count("remaining")?,
            reset_ms: reset.and_then(|reset| u64::try_from(reset.as_nanos().div_ceil(1_000_000)).ok()),
        })
    }
}

/// A duration as Go writes it, or bare seconds.
fn duration(text: &str) -> Option<Duration> {
    match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => humantime::parse_duration(text).ok(),
    }
}

/// The time until a point in time in UTC; none at all if it has passed.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    Some(humantime::parse_rfc3339(text).ok()?.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests;

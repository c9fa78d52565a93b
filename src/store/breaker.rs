//! What the store tells and is told of the providers' health.

use crate::guard::breaker::{Breaker, Gate, Heard};

/// The provider that a call may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Its place in the route.
    pub stop: usize,
    /// The lease that the call holds as the one probe of a provider that was down.
    pub probe: Option<i64>,
}

/// What became of one attempt at a provider.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The provider, by [`breaker_key`].
    pub key: &'a str,
    /// What became of it.
    pub heard: Heard,
    /// The lease of a probe.
    pub probe: Option<i64>,
    /// Answers of the provider before this attempt that no report has told of.
    pub answers: u32,
    /// Whether the same provider is to be tried again, if the retry budget allows.
    pub wants_retry: bool,
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
}

/// What follows from a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heed {
    /// Whether the retry that was asked for is granted. Never while the breaker is open.
    pub retry: bool,
}

/// The name under which a site's breaker for a provider is kept. Staging and production differ by their URL.
pub fn breaker_key(site: &str, provider: &str, base_url: &str) -> String {
    [site, provider, base_url].join("\u{1f}")
}

/// The site, the provider and the URL of a [`breaker_key`].
pub fn breaker_parts(key: &str) -> [&str; 3] {
    let mut parts = key.splitn(3, '\u{1f}');
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

/// One provider as the breaker of a site sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerStatus {
    /// The site.
    pub site: String,
    /// The provider's name in the policy.
    pub provider: String,
    /// Its base URL.
    pub base_url: String,
    /// Whether calls pass.
    pub gate: Gate,
    /// Calls of the last 30 seconds that count.
    pub calls: u32,
    /// The failures among them.
    pub failures: u32,
    /// Whether it refused the key and has not answered since.
    pub key_refused: bool,
}

impl BreakerStatus {
    /// The state of the breaker that is kept under `key`.
    pub fn new(key: &str, breaker: &Breaker, now_us: i64) -> Self {
        let [site, provider, base_url] = breaker_parts(key).map(str::to_owned);
        let (calls, failures) = breaker.counts(now_us);
        Self {
            site,
            provider,
            base_url,
            gate: breaker.gate(now_us),
            calls,
            failures,
            key_refused: breaker.key_refused(),
        }
    }
}

//! What a number of calls came to: the sums that metrics are made of.

use super::{Histogram, Record};

/// A million dollars: more than any call costs, and little enough that no sum overflows.
const MAX_COST_MICROUSD: u64 = 1_000_000_000_000;

/// How long the calls took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latency {
    /// From start to end in milliseconds, of all calls but those whose process died.
    pub whole: Histogram,
    /// The part of it that providers had, in milliseconds, of calls that asked one.
    pub provider: Histogram,
    /// The rest of it, in microseconds; waits between attempts belong to it, too.
    pub own: Histogram,
    /// Until a streamed answer began, in milliseconds.
    pub first: Histogram,
}

impl Latency {
    const fn parts(&self) -> [&Histogram; 4] {
        [&self.whole, &self.provider, &self.own, &self.first]
    }

    fn add(&mut self, record: &Record) {
        self.whole.add(record.duration_ms);
        if record.attempts > 0 {
            self.provider.add(record.provider_ms);
        }
        self.own.add(record.own_share_us());
        if let Some(ms) = record.first_ms {
            self.first.add(ms);
        }
    }

    /// Counts all that others have.
    pub fn merge(&mut self, other: &Self) {
        self.whole.merge(&other.whole);
        self.provider.merge(&other.provider);
        self.own.merge(&other.own);
        self.first.merge(&other.first);
    }

    /// As the store keeps it: one histogram after the other.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        self.parts().iter().for_each(|part| part.encode(&mut out));
        out
    }

    /// Counts what [`Self::encode`] made. What cannot be read counts for nothing: the store must not fail for it.
    pub fn merge_encoded(&mut self, mut bytes: &[u8]) {
        for part in [&mut self.whole, &mut self.provider, &mut self.own, &mut self.first] {
            if part.merge_encoded(&mut bytes).is_none() {
                return;
            }
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Calls.
    pub calls: u64,
    /// Those of them that the cache answered.
    pub hits: u64,
    /// Those of them that were answered with a status of 400 to 499.
    pub client_errors: u64,
    /// Those of them that were answered with a status of 500 or more.
    pub server_errors: u64,
    /// Those of them that a throttle refused.
    pub throttled: u64,
    /// Those of them that a quota refused.
    pub over_quota: u64,
    /// Those of them that a budget refused.
    pub over_budget: u64,
    /// Those of them that were refused because the breakers of all providers were open.
    pub circuit_open: u64,
    /// Tokens that providers counted for input.
    pub tokens_in: u64,
    /// Tokens that providers counted for output.
    pub tokens_out: u64,
    /// What the calls cost where a price is known, in millionths of a US dollar.
    pub cost_microusd: u64,
    /// Calls to providers beyond the first of each call.
    pub retries: u64,
    /// Providers that were left for the next one of a route, or passed over.
    pub failovers: u64,
    /// How often a breaker opened that had been closed.
    pub breaker_opened: u64,
    /// How often one closed again.
    pub breaker_closed: u64,
}

impl Sums {
    /// Counts a call.
    pub fn add(&mut self, record: &Record) {
        self.file(record.outcome(), 1);
        self.client_errors += u64::from((400..500).contains(&record.status_code));
        self.server_errors += u64::from(record.status_code >= 500);
        self.tokens_in += u64::from(record.tokens_in);
        self.tokens_out += u64::from(record.tokens_out);
        self.cost_microusd += record.cost_microusd.unwrap_or(0).min(MAX_COST_MICROUSD);
        self.retries += u64::from(record.attempts.saturating_sub(1));
        self.failovers += u64::from(record.failovers);
    }

    /// Counts calls of one outcome, and nothing that the outcome does not tell.
    pub fn file(&mut self, outcome: &str, calls: u64) {
        self.calls += calls;
        match outcome {
            "hit" | "stale" => self.hits += calls,
            "policy_throttle" => self.throttled += calls,
            "policy_quota" => self.over_quota += calls,
            "policy_budget" => self.over_budget += calls,
            "provider_circuit_open" => self.circuit_open += calls,
            _ => {}
        }
    }

    /// Counts all that others have.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.hits += other.hits;
        self.client_errors += other.client_errors;
        self.server_errors += other.server_errors;
        self.throttled += other.throttled;
        self.over_quota += other.over_quota;
        self.over_budget += other.over_budget;
        self.circuit_open += other.circuit_open;
        self.tokens_in += other.tokens_in;
        self.tokens_out += other.tokens_out;
        self.cost_microusd = self.cost_microusd.saturating_add(other.cost_microusd);
        self.retries += other.retries;
        self.failovers += other.failovers;
        self.breaker_opened += other.breaker_opened;
        self.breaker_closed += other.breaker_closed;
    }

    /// The share of the calls that the cache answered.
    pub fn hit_ratio(&self) -> f64 {
        if self.calls == 0 { 0.0 } else { self.hits as f64 / self.calls as f64 }
    }
}

/// What is counted, and how long it took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// What is counted.
    pub sums: Sums,
    /// How long the calls took.
    pub latency: Latency,
}

impl Figures {
    /// Counts a call.
    pub fn add(&mut self, record: &Record) {
        self.sums.add(record);
        // Nobody knows when a call ended whose process died.
        if record.error.as_deref() != Some(Record::ABORTED) {
            self.latency.add(record);
        }
    }

    /// Counts all that others have.
    pub fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        self.latency.merge(&other.latency);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(records: &[Record]) -> Figures {
        let mut figures = Figures::default();
        records.iter().for_each(|record| figures.add(record));
        figures
    }

    #[test]
    fn our_own_share_is_what_the_providers_did_not_have() {
        let told = Record {
            duration_ms: 900,
            provider_ms: 880,
            own_us: Some(20_400),
            attempts: 3,
            failovers: 1,
            first_ms: Some(200),
            ..Record::default()
        };
        let Figures { sums, latency } = count(std::slice::from_ref(&told));
        assert_eq!((sums.retries, sums.failovers), (2, 1));
        assert_eq!(latency.parts().map(Histogram::sum), [900, 880, 20_400, 200]);
        let untold = count(&[Record { own_us: None, ..told }]).latency;
        assert_eq!(untold.own.sum(), 20_000, "a record of before tells it in milliseconds");
    }

    #[test]
    fn a_hit_has_no_providers_share_and_a_call_that_died_took_no_known_time() {
        let call = Record { duration_ms: 2, status_code: 200, ..Record::default() };
        let Figures { sums, latency } = count(&[call.hit("acme"), call.aborted(), call.failed(429, "policy_quota")]);
        assert_eq!((sums.calls, sums.hits, sums.client_errors, sums.server_errors), (3, 1, 1, 1));
        assert_eq!(latency.parts().map(Histogram::count), [2, 0, 2, 0]);
    }

    #[test]
    fn a_refusal_counts_by_what_refused_the_call() {
        let call = Record::default();
        let codes = ["policy_throttle", "policy_quota", "policy_budget", "provider_circuit_open", "provider_timeout"];
        let Sums { throttled, over_quota, over_budget, circuit_open, .. } =
            count(&codes.map(|code| call.failed(429, code))).sums;
        assert_eq!((throttled, over_quota, over_budget, circuit_open), (1, 1, 1, 1));
    }

    #[test]
    fn bytes_bring_back_the_same_and_half_of_them_no_more_than_they_hold() {
        let latency = count(&[Record { duration_ms: 900, provider_ms: 880, attempts: 1, ..Record::default() }]).latency;
        let bytes = latency.encode();
        let mut back = Latency::default();
        back.merge_encoded(&bytes);
        assert_eq!(back, latency);
        back.merge_encoded(&bytes[..3]);
        back.merge_encoded(&[]);
        assert_eq!(back, latency);
    }
}

//! The text that Prometheus scrapes.

use std::collections::BTreeMap;

use super::Env;
use super::flow::with_store;
use crate::audit::{Exposition, Figures, Histogram, Latency, Sums, Unit};
use crate::clock::now_us;
use crate::error::Error;
use crate::guard::breaker::Gate;
use crate::store::{Status, Total};

/// `aisp_metrics_text()`: the sums of all time of a site, or of all, and the state of the store, in the Prometheus text format.
///
/// # Errors
/// [`Error::Store`].
pub fn metrics_text(site: Option<&str>, env: &Env<'_>) -> Result<String, Error> {
    let now_us = now_us();
    let (totals, status) = with_store(env, |store| Ok((store.totals(site, now_us)?, store.status(now_us)?)))?;
    // A breaker's events stand beside the calls.
    let (called, turned): (Vec<Total>, Vec<Total>) = totals.into_iter().partition(|total| total.figures.sums.calls > 0);
    let mut text = Exposition::default();
    calls(&mut text, &called);
    usage(&mut text, &called);
    breakers(&mut text, &status, site);
    turns(&mut text, &turned);
    queues(&mut text, &status);
    Ok(text.finish())
}

/// What calls ended with: the one family with all labels.
fn calls(text: &mut Exposition, totals: &[Total]) {
    let name = "aisp_calls_total";
    text.counter(name, "Calls by outcome: ok, hit, stale, or the code of the error.");
    for total in totals {
        let Total { site, model, provider, route, outcome, figures } = total;
        let labels = [("site", site), ("model", model), ("provider", provider), ("route", route), ("outcome", outcome)];
        text.sample(name, &labels.map(|(label, value)| (label, value.as_str())), figures.sums.calls);
    }
}

/// What they used and how long they took, by site, model and provider.
fn usage(text: &mut Exposition, totals: &[Total]) {
    let mut all: BTreeMap<[&str; 3], Figures> = BTreeMap::new();
    for total in totals {
        all.entry([&total.site, &total.model, &total.provider]).or_default().merge(&total.figures);
    }
    for (name, help, label, parts) in COUNTERS {
        text.counter(name, help);
        for (key, Figures { sums, .. }) in &all {
            for (value, count) in parts(sums) {
                text.sample(name, &[&labels(key)[..], &[(*label, value)]].concat(), count);
            }
        }
    }
    for (name, help, count) in SUMS {
        text.counter(name, help);
        for (key, Figures { sums, .. }) in &all {
            text.sample(name, &labels(key), count(sums));
        }
    }
    for (name, help, unit, part) in LATENCIES {
        text.histogram(name, help);
        for (key, figures) in &all {
            text.buckets(name, &labels(key), part(&figures.latency), *unit);
        }
    }
}

/// A family of counters: name, help, the label by which its parts differ, and the parts.
type Counter = (&'static str, &'static str, &'static str, fn(&Sums) -> Vec<(&'static str, u64)>);

const COUNTERS: &[Counter] = &[
    ("aisp_errors_total", "Calls by the class of the HTTP status they were refused with.", "class", |sums| {
        vec![("4xx", sums.client_errors), ("5xx", sums.server_errors)]
    }),
    ("aisp_limited_total", "Calls that were refused, by what refused them.", "kind", |sums| {
        vec![
            ("throttle", sums.throttled),
            ("quota", sums.over_quota),
            ("budget", sums.over_budget),
            ("breaker", sums.circuit_open),
        ]
    }),
    ("aisp_tokens_total", "Tokens that providers counted.", "direction", |sums| {
        vec![("in", sums.tokens_in), ("out", sums.tokens_out)]
    }),
];

/// A family of counters with one sample a key: name, help, and what is counted.
type Sum = (&'static str, &'static str, fn(&Sums) -> f64);

const SUMS: &[Sum] = &[
    ("aisp_cost_usd_total", "US dollars, where a price is known.", |sums| sums.cost_microusd as f64 / 1e6),
    ("aisp_retries_total", "Calls to providers beyond the first of each call.", |sums| sums.retries as f64),
    ("aisp_failovers_total", "Providers that were left for the next one of a route, or passed over.", |sums| {
        sums.failovers as f64
    }),
];

/// A family of histograms: name, help, what it counts, and where it is found.
type Family = (&'static str, &'static str, Unit, fn(&Latency) -> &Histogram);

const LATENCIES: &[Family] = &[
    ("aisp_duration_seconds", "From a call's start to its end.", Unit::Milliseconds, |latency| &latency.whole),
    (
        "aisp_provider_seconds",
        "The part of it that providers had, of calls that asked one.",
        Unit::Milliseconds,
        |latency| &latency.provider,
    ),
    ("aisp_own_seconds", "The rest of it, waits between attempts included.", Unit::Microseconds, |latency| {
        &latency.own
    }),
    ("aisp_first_token_seconds", "From a streamed call's start to its first text.", Unit::Milliseconds, |latency| {
        &latency.first
    }),
];

fn labels<'t>([site, model, provider]: &[&'t str; 3]) -> [(&'static str, &'t str); 3] {
    [("site", site), ("model", model), ("provider", provider)]
}

fn breakers(text: &mut Exposition, status: &Status, site: Option<&str>) {
    let name = "aisp_breaker_open";
    text.gauge(name, "Whether calls to a provider are held back: 0 for no, 0.5 for all but one on trial, 1 for yes.");
    for breaker in status.breakers.iter().filter(|breaker| site.is_none_or(|site| site == breaker.site)) {
        let labels = [("site", &breaker.site), ("provider", &breaker.provider), ("base_url", &breaker.base_url)];
        let open = match breaker.gate {
            Gate::Closed => 0.0,
            Gate::HalfOpen => 0.5,
            Gate::Open { .. } => 1.0,
        };
        text.sample(name, &labels.map(|(label, value)| (label, value.as_str())), open);
    }
}

/// How often breakers opened and closed.
fn turns(text: &mut Exposition, totals: &[Total]) {
    let name = "aisp_breaker_events_total";
    text.counter(name, "How often breakers opened that had been closed, and closed again.");
    for Total { site, provider, figures, .. } in totals {
        for (event, count) in [("opened", figures.sums.breaker_opened), ("closed", figures.sums.breaker_closed)] {
            text.sample(name, &[("site", site), ("provider", provider), ("event", event)], count);
        }
    }
}

/// What waits in the store, of all sites that share it.
fn queues(text: &mut Exposition, status: &Status) {
    let queue = &status.queue;
    text.gauge("aisp_jobs", "Jobs of the store by state.");
    for (state, jobs) in
        [("queued", queue.queued), ("running", queue.running), ("waiting", queue.waiting), ("failed", queue.failed)]
    {
        text.sample("aisp_jobs", &[("state", state)], jobs);
    }
    text.gauge("aisp_inbox_events", "Webhook events of the store by state.");
    for (state, events) in [("waiting", status.inbox_waiting), ("dead", status.inbox_dead)] {
        text.sample("aisp_inbox_events", &[("state", state)], events);
    }
    text.gauge("aisp_spool_records", "Log records that wait to be drained.");
    text.sample("aisp_spool_records", &[], status.spool);
    text.counter("aisp_spool_dropped_total", "Log records that were lost because nobody drained them.");
    text.sample("aisp_spool_dropped_total", &[], status.spool_dropped);
    text.gauge("aisp_cache_entries", "Cached answers.");
    text.sample("aisp_cache_entries", &[], status.cache_entries);
    text.gauge("aisp_cache_bytes", "Their size.");
    text.sample("aisp_cache_bytes", &[], status.cache_bytes);
}

//! Metrics for administrators: sums over a time, and the text that Prometheus scrapes.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::fields::{Fields, Flaw};
use super::flow::with_store;
use super::keys::Names;
use super::value::Value;
use super::{Env, misconfigured};
use crate::audit::{Exposition, Figures, Histogram, Latency};
use crate::clock::now_us;
use crate::error::Error;
use crate::guard::breaker::Gate;
use crate::signing::mac;
use crate::store::{Group, MetricsFilter, Point, Status, Step, Sums, Total};

const SECOND_US: i64 = 1_000_000;
/// What is looked at unless the caller says since when.
const USUAL_US: i64 = 3_600 * SECOND_US;
/// The most steps in one answer.
const MAX_STEPS: i64 = 3_000;
/// The most sums in one answer besides its points.
const MAX_SUMS: usize = 16;
/// What token and secret make a code of, so that they can be compared in constant time.
const SCOPE: &[u8] = b"aisp metrics";
/// The end of the year 9999, in seconds.
const MAX_TIME_S: i64 = 253_402_300_799;

/// What `aisp_metrics()` gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// From the minute of this time on, in microseconds since the epoch.
    pub since_us: i64,
    /// To the minute of this time, and with it.
    pub until_us: i64,
    /// The sums.
    pub points: Vec<Point>,
    /// Other sums of the same time, in the order in which they were asked for.
    pub sums: Vec<Vec<Point>>,
}

/// `aisp_metrics()`: what the calls of a time came to, by default those of the last hour.
///
/// # Errors
/// [`Error::Config`] for malformed options; [`Error::Store`].
pub fn metrics(options: &Value<'_>, env: &Env<'_>) -> Result<Metrics, Error> {
    let (filter, sums) = read(options, now_us()).map_err(misconfigured("aisp_metrics", 1, "options"))?;
    let mut lists = with_store(env, |store| store.metrics(&filter, &sums))?.into_iter();
    let points = lists.next().unwrap_or_default();
    Ok(Metrics { since_us: filter.since_us, until_us: filter.until_us, points, sums: lists.collect() })
}

/// Which figures are wanted, and how; the first of the sums are those of the options themselves.
fn read<'a>(options: &Value<'a>, now_us: i64) -> Result<(MetricsFilter<'a>, Vec<Sums>), Flaw> {
    let mut fields = Fields::of(options)?;
    let site = fields.string("site")?;
    let until_us = fields.int("until", 0, MAX_TIME_S)?.map_or(now_us, |s| s * SECOND_US);
    let since_us = fields.int("since", 0, MAX_TIME_S)?.map_or(until_us - USUAL_US, |s| s * SECOND_US);
    let mut sums = vec![read_sums(&mut fields, until_us - since_us)?];
    let more = fields.list("sums")?.unwrap_or_default();
    if more.len() > MAX_SUMS {
        return Err(fields.flaw("sums", format!("must have at most {MAX_SUMS} items, {} given", more.len())));
    }
    for item in more {
        let mut fields = item.fields()?;
        sums.push(read_sums(&mut fields, until_us - since_us)?);
        fields.finish()?;
    }
    fields.finish()?;
    Ok((MetricsFilter { site, since_us, until_us, now_us }, sums))
}

fn read_sums(fields: &mut Fields<'_, '_>, time_us: i64) -> Result<Sums, Flaw> {
    let group = one_of(fields, "group", &Group::NAMES)?.unwrap_or_default();
    let step = one_of(fields, "step", &Step::NAMES)?;
    if step.is_some_and(|step| time_us / (step.minutes() * 60 * SECOND_US) >= MAX_STEPS) {
        return Err(fields.flaw("step", format!("must be longer: there may be {MAX_STEPS} of them")));
    }
    Ok(Sums { group, step })
}

fn one_of<T: Copy>(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    names: &[(&'static str, T)],
) -> Result<Option<T>, Flaw> {
    let Some(word) = fields.string(key)? else { return Ok(None) };
    let found = names.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    let all = || names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    found.map(Some).ok_or_else(|| fields.flaw(key, format!("must be one of {}", all())))
}

/// `aisp_metrics_text()`: the sums of all time of a site, or of all, and the state of the store, in the Prometheus text format.
///
/// # Errors
/// [`Error::Store`].
pub fn metrics_text(site: Option<&str>, env: &Env<'_>) -> Result<String, Error> {
    let now_us = now_us();
    let (totals, status) = with_store(env, |store| Ok((store.totals(site, now_us)?, store.status(now_us)?)))?;
    let mut text = Exposition::default();
    calls(&mut text, &totals);
    usage(&mut text, &totals);
    breakers(&mut text, &status, site);
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
        text.sample(name, &labels.map(|(label, value)| (label, value.as_str())), figures.calls);
    }
}

/// `aisp_metrics_allowed()`: whether a bearer token is one of the secrets that the policy's `metrics.token_env` names.
///
/// # Errors
/// [`Error::Config`] for a flaw in that part of the policy.
pub fn metrics_allowed(token: &[u8], policy: &Value<'_>, env: &Env<'_>) -> Result<bool, Error> {
    let read = || token_names(&mut Fields::of(policy)?);
    let names = read().map_err(misconfigured("aisp_metrics_allowed", 2, "policy"))?;
    let keys = names.map(|names| names.live(env)).unwrap_or_default();
    let keys: Vec<&[u8]> = keys.iter().map(|key| key.expose_secret().as_bytes()).collect();
    Ok(mac::holds(&keys, mac::MAX_KEYS, SCOPE, &mac::tag(token, SCOPE)))
}

/// The names of the secrets in the policy's key `metrics`, any of which lets a scraper in.
pub fn token_names<'a>(policy: &mut Fields<'_, 'a>) -> Result<Option<Names<'a>>, Flaw> {
    let Some(mut metrics) = policy.fields("metrics")? else { return Ok(None) };
    let names = Names::under("token_env", &mut metrics)?;
    metrics.finish()?;
    Ok(names)
}

/// What they used and how long they took, by site, model and provider.
fn usage(text: &mut Exposition, totals: &[Total]) {
    let mut sums: BTreeMap<[&str; 3], Figures> = BTreeMap::new();
    for total in totals {
        sums.entry([&total.site, &total.model, &total.provider]).or_default().merge(&total.figures);
    }
    text.counter("aisp_errors_total", "Calls by the class of the HTTP status they were refused with.");
    for (key, sum) in &sums {
        for (class, calls) in [("4xx", sum.client_errors), ("5xx", sum.server_errors)] {
            text.sample("aisp_errors_total", &[&labels(key)[..], &[("class", class)]].concat(), calls);
        }
    }
    text.counter("aisp_tokens_total", "Tokens that providers counted.");
    for (key, sum) in &sums {
        for (direction, tokens) in [("in", sum.tokens_in), ("out", sum.tokens_out)] {
            text.sample("aisp_tokens_total", &[&labels(key)[..], &[("direction", direction)]].concat(), tokens);
        }
    }
    text.counter("aisp_cost_usd_total", "US dollars, where a price is known.");
    for (key, sum) in &sums {
        text.sample("aisp_cost_usd_total", &labels(key), sum.cost_microusd as f64 / 1e6);
    }
    text.counter("aisp_retries_total", "Calls to providers beyond the first of each call.");
    for (key, sum) in &sums {
        text.sample("aisp_retries_total", &labels(key), sum.retries);
    }
    for (name, help, part) in LATENCIES {
        text.histogram(name, help);
        for (key, sum) in &sums {
            text.buckets(name, &labels(key), part(&sum.latency));
        }
    }
}

/// A family of histograms: name, help, and where it is found.
type Family = (&'static str, &'static str, fn(&Latency) -> &Histogram);

const LATENCIES: [Family; 4] = [
    ("aisp_duration_seconds", "From a call's start to its end.", |latency| &latency.whole),
    ("aisp_provider_seconds", "The part of it that providers had, of calls that asked one.", |latency| {
        &latency.provider
    }),
    ("aisp_own_seconds", "The rest of it, waits between attempts included.", |latency| &latency.own),
    ("aisp_first_token_seconds", "From a streamed call's start to its first text.", |latency| &latency.first),
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

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    const NOW: i64 = 1_700_000_000 * SECOND_US;

    fn flaw(options: &Json) -> String {
        read(&Value::from(options), NOW).expect_err("a flaw").sentence("aisp_metrics", 1, "options")
    }

    #[test]
    fn the_last_hour_in_one_sum_is_what_is_shown_unless_told_otherwise() {
        let none = json!({});
        let (filter, sums) = read(&Value::from(&none), NOW).expect("options");
        assert_eq!((filter.since_us, filter.until_us), (NOW - USUAL_US, NOW));
        assert_eq!(sums, [Sums { group: Group::None, step: None }]);
        let some = json!({ "since": 10, "until": 20, "group": "model", "step": "hour", "site": "1" });
        let some = Value::from(&some);
        let (filter, sums) = read(&some, NOW).expect("options");
        assert_eq!((filter.since_us, filter.until_us), (10 * SECOND_US, 20 * SECOND_US));
        assert_eq!(filter.site, Some("1"));
        assert_eq!(sums, [Sums { group: Group::Model, step: Some(Step::Hour) }]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(
            flaw(&json!({ "group": "user" }))
                .ends_with("key \"group\" must be one of none, model, provider, route, source, outcome")
        );
        assert!(flaw(&json!({ "step": "year" })).ends_with("key \"step\" must be one of minute, hour, day"));
        assert!(
            flaw(&json!({ "since": 0, "step": "minute" }))
                .ends_with("key \"step\" must be longer: there may be 3000 of them")
        );
        assert!(flaw(&json!({ "since": -1 })).contains("must be between"));
        assert!(flaw(&json!({ "from": 1 })).contains("is not known"));
    }
}

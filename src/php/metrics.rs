//! The functions of metrics that PHP calls.

use ext_php_rs::types::Zval;

use super::call::{Call, Thrown};
use super::functions::with_env;
use super::zval::{Map, int, list, scalar};
use crate::audit::{Figures, Histogram, Sums};
use crate::gateway::{self, Report};
use crate::store::{JobState, Metrics, Point, Queued, Slice, State};

/// `aisp_metrics()`
pub fn metrics(call: &Call<'_>) -> Result<Zval, Thrown> {
    let options = call.array(1, "options")?;
    let Report { since_us, until_us, metrics, by, spans, previous, queue } =
        with_env(|env| gateway::metrics(&options, env))?;
    let Metrics { total, points, previous: before, by: slices, spans: sums } = &metrics;
    let points = if points.is_empty() { total } else { points };
    let mut map = Map::new()
        .set("since", seconds(since_us))
        .set("until", seconds(until_us))
        .set("total", list(total.iter().map(point)))
        .set("points", list(points.iter().map(point)));
    if previous {
        map = map.set("previous", list(before.iter().map(point)));
    }
    let by = by.iter().zip(slices);
    let by = by.fold(Map::new(), |map, (name, slices)| map.set(name, list(slices.iter().map(slice))));
    let spans = spans.iter().zip(sums).fold(Map::new(), |map, (name, sum)| {
        map.set(name, sum.as_ref().map_or_else(Zval::null, |figures| figures_of(None, None, figures)))
    });
    Ok(map.set("by", by.finish()).set("spans", spans.finish()).set("queue", queued(&queue)).finish())
}

/// `aisp_metrics_text()`
pub fn text(call: &Call<'_>) -> Result<Zval, Thrown> {
    let site = call.optional_string(1, "site")?;
    Ok(scalar(with_env(|env| gateway::metrics_text(site, env))?))
}

/// `aisp_metrics_allowed()`
pub fn allowed(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (token, policy) = (call.bytes(1, "token")?, call.array(2, "policy")?);
    Ok(scalar(with_env(|env| gateway::metrics_allowed(token, &policy, env))?))
}

fn point(Point { at_us, name, figures }: &Point) -> Zval {
    figures_of(*at_us, name.as_deref(), figures)
}

fn slice(Slice { at_us, name, sums }: &Slice) -> Zval {
    counted(*at_us, Some(name), sums).finish()
}

fn figures_of(at_us: Option<i64>, name: Option<&str>, Figures { sums, latency }: &Figures) -> Zval {
    counted(at_us, name, sums)
        .set("duration_ms", percentiles(&latency.whole, 1.0))
        .set("provider_ms", percentiles(&latency.provider, 1.0))
        .set("own_ms", percentiles(&latency.own, 1e3))
        .set("first_token_ms", percentiles(&latency.first, 1.0))
        .finish()
}

fn counted(at_us: Option<i64>, name: Option<&str>, sums: &Sums) -> Map {
    Map::new()
        .set("time", at_us.map(seconds))
        .set("name", name)
        .set("calls", int(sums.calls))
        .set("hits", int(sums.hits))
        .set("hit_ratio", sums.hit_ratio())
        .set("errors_4xx", int(sums.client_errors))
        .set("errors_5xx", int(sums.server_errors))
        .set("throttled", int(sums.throttled))
        .set("over_quota", int(sums.over_quota))
        .set("over_budget", int(sums.over_budget))
        .set("circuit_open", int(sums.circuit_open))
        .set("tokens_in", int(sums.tokens_in))
        .set("tokens_out", int(sums.tokens_out))
        .set("cost_usd", sums.cost_microusd as f64 / 1e6)
        .set("retries", int(sums.retries))
        .set("failovers", int(sums.failovers))
        .set("breaker_opened", int(sums.breaker_opened))
        .set("breaker_closed", int(sums.breaker_closed))
}

fn queued(queue: &Queued) -> Zval {
    let jobs = |map: Map, (name, state): &(&str, JobState)| map.set(name, int(queue.jobs[*state as usize]));
    let events = |states: &[State]| int(states.iter().map(|state| queue.events[*state as usize]).sum());
    let inbox = Map::new().set("waiting", events(&[State::Waiting, State::Leased])).set("dead", events(&[State::Dead]));
    Map::new()
        .set("jobs", JobState::ALL.iter().fold(Map::new(), jobs).finish())
        .set("inbox", inbox.finish())
        .set("spool", int(queue.spool))
        .finish()
}

/// In milliseconds, of which the histogram counts so many parts.
fn percentiles(histogram: &Histogram, parts: f64) -> Zval {
    let of = |q| histogram.percentile(q).map(|time| (time * 10.0).round() / 10.0 / parts);
    Map::new().set("p50", of(0.5)).set("p95", of(0.95)).set("p99", of(0.99)).finish()
}

fn seconds(us: i64) -> i64 {
    us.div_euclid(1_000_000)
}

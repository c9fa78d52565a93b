//! The functions of metrics that PHP calls.

use ext_php_rs::types::Zval;

use super::call::{Call, Thrown};
use super::functions::with_env;
use super::zval::{Map, int, list, scalar};
use crate::audit::Histogram;
use crate::gateway;
use crate::store::Point;

/// `aisp_metrics()`
pub fn metrics(call: &Call<'_>) -> Result<Zval, Thrown> {
    let options = call.array(1, "options")?;
    let metrics = with_env(|env| gateway::metrics(&options, env))?;
    Ok(Map::new()
        .set("since", seconds(metrics.since_us))
        .set("until", seconds(metrics.until_us))
        .set("points", list(metrics.points.iter().map(point)))
        .set("sums", list(metrics.sums.iter().map(|points| list(points.iter().map(point)))))
        .finish())
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

fn point(point: &Point) -> Zval {
    let Point { at_us, name, figures } = point;
    let ratio = if figures.calls == 0 { 0.0 } else { figures.hits as f64 / figures.calls as f64 };
    Map::new()
        .set("time", at_us.map(seconds))
        .set("name", name.as_deref())
        .set("calls", int(figures.calls))
        .set("hits", int(figures.hits))
        .set("hit_ratio", ratio)
        .set("errors_4xx", int(figures.client_errors))
        .set("errors_5xx", int(figures.server_errors))
        .set("tokens_in", int(figures.tokens_in))
        .set("tokens_out", int(figures.tokens_out))
        .set("cost_usd", figures.cost_microusd as f64 / 1e6)
        .set("retries", int(figures.retries))
        .set("duration_ms", percentiles(&figures.latency.whole))
        .set("provider_ms", percentiles(&figures.latency.provider))
        .set("own_ms", percentiles(&figures.latency.own))
        .set("first_token_ms", percentiles(&figures.latency.first))
        .finish()
}

fn percentiles(histogram: &Histogram) -> Zval {
    let of = |q| histogram.percentile(q).map(|ms| (ms * 10.0).round() / 10.0);
    Map::new().set("p50", of(0.5)).set("p95", of(0.95)).set("p99", of(0.99)).finish()
}

fn seconds(us: i64) -> i64 {
    us.div_euclid(1_000_000)
}

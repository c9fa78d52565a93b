//! Structs of the core as PHP arrays.

use ext_php_rs::types::Zval;

use super::zval::{Map, bytes, int, json, list, scalar};
use crate::audit::Record;
use crate::gateway::{Described, Found, Missing, Outcome, Preview, Secret, Verified, Webhook};
use crate::guard::breaker::Gate;
use crate::guard::budget::Unit;
use crate::provider::{Rate, RateLimits};
use crate::signing::token::{Allowance, Claims};
use crate::store::{Alert, BreakerStatus, BudgetState, Event, LimitState};

/// The result of `aisp_infer()`.
pub fn outcome(outcome: &Outcome) -> Zval {
    Map::new()
        .set("text", outcome.answer.text.as_str())
        .set("data", outcome.data.as_ref().map_or_else(Zval::null, json))
        .set("model", outcome.model.as_str())
        .set("provider", outcome.provider.as_str())
        .set("cached", outcome.cached)
        .set("tokens_in", i64::from(outcome.usage.tokens_in))
        .set("tokens_in_cached", i64::from(outcome.usage.tokens_in_cached))
        .set("tokens_out", i64::from(outcome.usage.tokens_out))
        .set("tokens_reasoning", i64::from(outcome.usage.tokens_reasoning))
        .set("stale", outcome.stale)
        .set("age_s", outcome.age_s.map(int))
        .set("redacted", found(&outcome.redacted))
        .set("cost_usd", outcome.cost_usd)
        .set("finish_reason", outcome.answer.finish.name())
        .set("request_id", outcome.request_id.as_str())
        .set("req_hash", outcome.req_hash.as_str())
        .set("attempts", i64::from(outcome.attempts))
        .set("duration_ms", i64::from(outcome.duration_ms))
        .set("provider_request_id", outcome.provider_request_id.as_deref())
        .set("provider_limits", provider_limits(&outcome.provider_limits))
        .set("limits", limits(&outcome.limits))
        .finish()
}

/// Where the provider's own limits on this site's key stand, as far as it told; null if it told nothing.
fn provider_limits(limits: &RateLimits) -> Zval {
    if *limits == RateLimits::default() {
        return Zval::null();
    }
    let rate = |rate: &Rate| {
        let reset_s = rate.reset_ms.map(|ms| int(ms.div_ceil(1_000)));
        Map::new().set("limit", int(rate.limit)).set("remaining", int(rate.remaining)).set("reset_s", reset_s).finish()
    };
    [("requests", &limits.requests), ("tokens", &limits.tokens)]
        .into_iter()
        .filter_map(|(name, told)| Some((name, told.as_ref()?)))
        .fold(Map::new(), |map, (name, told)| map.set(name, rate(told)))
        .finish()
}

/// One provider in `aisp_status()`.
pub fn breaker(breaker: &BreakerStatus) -> Zval {
    let (state, wait_us) = match breaker.gate {
        Gate::Closed => ("closed", 0),
        Gate::HalfOpen => ("half_open", 0),
        Gate::Open { wait_us } => ("open", wait_us),
    };
    Map::new()
        .set("site", breaker.site.as_str())
        .set("provider", breaker.provider.as_str())
        .set("base_url", breaker.base_url.as_str())
        .set("state", state)
        .set("retry_after_s", int(wait_us.unsigned_abs().div_ceil(1_000_000)))
        .set("calls", i64::from(breaker.calls))
        .set("failures", i64::from(breaker.failures))
        .set("key_refused", breaker.key_refused)
        .finish()
}

/// The result of `aisp_preview()`.
pub fn preview(preview: &Preview) -> Zval {
    Map::new()
        .set("model", preview.model.as_str())
        .set("provider", preview.provider.as_str())
        .set("url", preview.url.as_str())
        .set("body", json(&preview.body))
        .set("redacted", found(&preview.redacted))
        .set("cached", preview.cached)
        .set("req_hash", preview.req_hash.as_str())
        .set("key_env", preview.key_env.as_deref())
        .set("key_set", preview.key_set)
        .set("in_flight", preview.in_flight)
        .set("retry_after_s", int(preview.retry_after_s))
        .set("limits", limits(&preview.limits))
        .set("budgets", budgets(&preview.budgets))
        .set("tokens_in", i64::from(preview.tokens_in))
        .set("tokens_out", i64::from(preview.tokens_out))
        .set("cost_usd", preview.cost_usd)
        .finish()
}

/// How many private values of each type were found.
pub fn found(found: &[(String, u32)]) -> Zval {
    found.iter().fold(Map::new(), |map, (kind, count)| map.set(kind, i64::from(*count))).finish()
}

/// Where limits stand.
pub fn limits(limits: &[LimitState]) -> Zval {
    list(limits.iter().map(|limit| {
        Map::new()
            .set("name", limit.name.as_str())
            .set("limit", i64::from(limit.quota.limit()))
            .set("period_s", i64::from(limit.quota.period_s()))
            .set("remaining", i64::from(limit.remaining))
            .set("reset_s", limit.reset_us.max(0).unsigned_abs().div_ceil(1_000_000) as i64)
            .finish()
    }))
}

/// Where budgets stand: in tokens, or in dollars.
pub fn budgets(budgets: &[BudgetState]) -> Zval {
    list(budgets.iter().map(|budget| {
        let amount = |n| in_unit(n, budget.unit == Unit::Tokens);
        Map::new()
            .set("name", budget.name.as_str())
            .set("unit", unit_name(budget.unit == Unit::Tokens))
            .set("limit", amount(budget.cap))
            .set("used", amount(budget.used))
            .set("reserved", amount(budget.reserved))
            .set("remaining", amount(budget.remaining()))
            .set("renews_at", budget.renews_us / 1_000_000)
            .finish()
    }))
}

/// One of `aisp_budget_alerts()`.
pub fn alert(alert: &Alert) -> Zval {
    Map::new()
        .set("site", alert.site.as_str())
        .set("name", alert.name.as_str())
        .set("subject", alert.subject.as_str())
        .set("percent", i64::from(alert.percent))
        .set("unit", unit_name(alert.tokens))
        .set("limit", in_unit(alert.cap, alert.tokens))
        .set("used", in_unit(alert.used, alert.tokens))
        .set("renews_at", alert.renews_us / 1_000_000)
        .finish()
}

const fn unit_name(tokens: bool) -> &'static str {
    if tokens { "tokens" } else { "usd" }
}

/// Tokens as they are, millionths of a dollar in dollars.
fn in_unit(n: u64, tokens: bool) -> Zval {
    if tokens { scalar(int(n)) } else { scalar(n as f64 / 1e6) }
}

/// One event of the inbox.
pub fn event(event: &Event) -> Zval {
    Map::new()
        .set("id", event.id)
        .set("lease", i64::from(event.attempts))
        .set("site", event.site.as_str())
        .set("source", event.source.as_str())
        .set("event", event.event.as_str())
        .set("type", event.kind.as_deref())
        .set("timestamp", event.sent_s)
        .set("received_at", event.received_us / 1_000_000)
        .set("body", bytes(&event.body))
        .set("state", event.state.name())
        .set("attempts", i64::from(event.attempts))
        .set("due_at", event.due_us / 1_000_000)
        .set("error", event.error.as_deref())
        .finish()
}

/// One record of `aisp_log_drain()`.
pub fn record(record: &Record) -> Zval {
    Map::new()
        .set("uid", record.uid.as_str())
        .set("site", record.site.as_str())
        .set("user_id", int(record.user_id))
        .set("route", record.route.as_str())
        .set("req_hash", record.req_hash.as_str())
        .set("tokens_in", i64::from(record.tokens_in))
        .set("tokens_out", i64::from(record.tokens_out))
        .set("duration_ms", i64::from(record.duration_ms))
        .set("status_code", i64::from(record.status_code))
        .set("error", record.error.as_deref())
        .set("created_at", record.created_at)
        .set("provider", record.provider.as_str())
        .set("model", record.model.as_str())
        .set("cached", record.cached)
        .set("attempts", i64::from(record.attempts))
        .set("cost_microusd", record.cost_microusd.map(int))
        .set("client", record.client.as_str())
        .set("source", record.source.as_str())
        .set("request_id", record.request_id.as_str())
        .finish()
}

/// One of `aisp_policy_check()`.
pub fn flaw(found: &Found) -> Zval {
    Map::new().set("path", found.path.as_str()).set("message", found.message.as_str()).finish()
}

/// The result of `aisp_policy_describe()`.
pub fn described(described: &Described) -> Zval {
    let secret = |secret: &Secret| {
        Map::new()
            .set("name", secret.name.as_str())
            .set("for", secret.place.as_str())
            .set("set", secret.is_set)
            .set("usable", secret.is_usable)
            .finish()
    };
    Map::new()
        .set("policy", json(&described.policy))
        .set("defaults", json(&described.defaults))
        .set("secrets", list(described.secrets.iter().map(secret)))
        .finish()
}

/// One of `aisp_missing_secrets()`.
pub fn missing(missing: &Missing) -> Zval {
    Map::new().set("name", missing.name.as_str()).set("for", missing.place.as_str()).finish()
}

/// The result of `aisp_verify_webhook()`.
pub fn webhook(webhook: &Webhook) -> Zval {
    Map::new()
        .set("id", webhook.id.as_str())
        .set("type", webhook.event_type.as_deref())
        .set("timestamp", webhook.timestamp)
        .set("scheme", webhook.scheme.name())
        .set("duplicate", webhook.duplicate)
        .set("payload", json(&webhook.payload))
        .finish()
}

/// The result of `aisp_verify_request()`.
pub fn verified(verified: &Verified) -> Zval {
    Map::new()
        .set("client", verified.client.as_str())
        .set("scheme", verified.scheme.name())
        .set("nonce", verified.nonce.as_deref())
        .set("timestamp", verified.time_s)
        .finish()
}

/// The result of `aisp_verify_token()`.
pub fn claims(claims: Claims) -> Zval {
    let Allowance { tokens, microusd } = claims.budget;
    let budget = Map::new().set("tokens", tokens.map(int)).set("usd", microusd.map(|n| n as f64 / 1e6)).finish();
    Map::new()
        .set("routes", claims.routes)
        .set("models", claims.models)
        .set("origin", claims.origin)
        .set("expires_at", claims.expires_s)
        .set("epoch", int(claims.epoch))
        .set("site", claims.site)
        .set("sub", claims.sub)
        .set("id", claims.id)
        .set("budget", budget)
        .finish()
}

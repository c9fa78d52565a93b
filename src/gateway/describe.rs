//! A policy as it works: every key, with the value that it has or that stands for it.
//!
//! What comes out is a policy itself, and means the same.

use serde_json::{Map, Value as Json, json};

use super::check::check;
use super::fields::{Fields, Flaw, Item};
use super::job::Terms;
use super::keys::Names;
use super::limits::Rule;
use super::models::{Model, Price};
use super::plan::{Stop, route};
use super::policy::Policy;
use super::providers::Provider;
use super::secret::{Secret, secrets};
use super::settings::Settings;
use super::token::{LIFE_S, USUAL_ROUTES};
use super::value::Value;
use super::webhook::sources;
use super::{Env, metrics, misconfigured};
use crate::error::Error;
use crate::guard::redact::Type;

/// What `aisp_policy_describe()` gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// The policy, with every default filled in.
    pub policy: Json,
    /// What it would be if nothing were set.
    pub defaults: Json,
    /// The secrets that it names.
    pub secrets: Vec<Secret>,
}

/// `aisp_policy_describe()`.
///
/// # Errors
/// [`Error::Config`] for a policy that cannot be used.
pub fn describe_policy(policy: &Value<'_>, env: &Env<'_>) -> Result<Described, Error> {
    let read = || {
        check(policy)?;
        Ok(Described {
            policy: effective(policy, env.settings)?,
            defaults: effective(&Value::empty(), env.settings)?,
            secrets: secrets(policy, env)?,
        })
    };
    read().map_err(misconfigured("aisp_policy_describe", 1, "policy"))
}

fn effective(value: &Value<'_>, settings: &Settings) -> Result<Json, Flaw> {
    let (policy, mut fields) = (Policy::read(value)?, Fields::of(value)?);
    let terms = Terms::read(&mut fields)?;
    let scrapers = metrics::token_names(&mut fields)?;
    let rules = |rules: &[Rule]| rules.iter().map(Rule::to_json).collect::<Json>();
    Ok(json!({
        "default_model": policy.default_model,
        "models": policy.models.iter().map(|model| model_of(&policy, model)).collect::<Map<_, _>>(),
        "providers": providers_of(&policy, &mut fields)?,
        "environment": given(&mut fields, "environment", Json::Null),
        "quota": rules(&policy.quota),
        "throttle": rules(&policy.throttle),
        "budget": given(&mut fields, "budget", json!([])),
        "cache": { "ttl": policy.ttl_s, "stale": policy.stale_s, "epoch": policy.epoch },
        "redact": redaction_of(&mut fields)?,
        "moderate": policy.moderation.to_json(),
        "timeout_ms": policy.timeout_ms.unwrap_or(settings.timeout_ms),
        "max_attempts": policy.max_attempts.unwrap_or(settings.max_attempts),
        "max_prompt_chars": policy.max_prompt_chars,
        "max_parallel": policy.max_parallel,
        "jobs": terms.to_json(),
        "webhooks": webhooks_of(&mut fields)?,
        "clients": clients_of(&mut fields)?,
        "tokens": tokens_of(&mut fields)?,
        "metrics": { "token_env": listed(scrapers.as_ref()) },
        "allow": given(&mut fields, "allow", json!({})),
        "proxies": given(&mut fields, "proxies", json!([])),
        "origins": given(&mut fields, "origins", json!([])),
    }))
}

/// The value of a key as it is given, else `usual`.
fn given(fields: &mut Fields<'_, '_>, key: &'static str, usual: Json) -> Json {
    let value = fields.item(key).map(|item| item.value());
    // PHP does not tell an empty map from an empty list.
    let value = value.filter(|value| !(**value == Value::empty() && usual.is_object()));
    value.and_then(Value::to_json).unwrap_or(usual)
}

fn listed(names: Option<&Names<'_>>) -> Vec<String> {
    names.iter().flat_map(|names| names.iter()).map(str::to_owned).collect()
}

fn model_of(policy: &Policy<'_>, model: &Model<'_>) -> (String, Json) {
    let stops = route(policy, model);
    let price = stops.first().and_then(Stop::price).map(Price::to_json);
    let route: Vec<_> = stops.iter().map(|stop| [stop.provider.name, stop.model]).collect();
    (model.name.to_owned(), json!({ "route": route, "price": price }))
}

/// The providers as they are in the policy's environment, beside what they would be in others.
fn providers_of(policy: &Policy<'_>, fields: &mut Fields<'_, '_>) -> Result<Json, Flaw> {
    let listed = fields.named("providers")?.unwrap_or_default();
    let describe = |provider: &Provider<'_>| {
        let item = listed.iter().find(|(name, _)| *name == provider.name).map(|(_, item)| item);
        let environments = item.map(|item| Ok(given(&mut item.fields()?, "environments", json!({})))).transpose()?;
        let headers: Map<_, _> = provider.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let prices: Map<_, _> =
            provider.prices.iter().map(|(model, price)| ((*model).to_owned(), price.to_json())).collect();
        let described = json!({
            "kind": provider.kind.name(), "base_url": provider.base_url, "key_env": provider.key_env,
            "key_header": provider.key_header, "headers": headers, "prices": prices,
            "timeout_ms": provider.timeout_ms, "environments": environments.unwrap_or_else(|| json!({})),
        });
        Ok((provider.name.to_owned(), described))
    };
    policy.providers.iter().map(describe).collect::<Result<Map<_, _>, Flaw>>().map(Json::Object)
}

/// `false`, or which types are looked for and the patterns.
fn redaction_of(fields: &mut Fields<'_, '_>) -> Result<Json, Flaw> {
    let mut special = match fields.item("redact") {
        Some(item) if *item.value() == Value::Bool(false) => return Ok(json!(false)),
        Some(item) if *item.value() != Value::Bool(true) => Some(item.fields()?),
        _ => None,
    };
    let mut described = Map::new();
    for kind in Type::ALL {
        let is_on = special.as_mut().map(|special| special.bool(kind.name())).transpose()?.flatten();
        described.insert(kind.name().to_owned(), json!(is_on.unwrap_or(true)));
    }
    let patterns = special.map(|mut special| given(&mut special, "patterns", json!({})));
    described.insert("patterns".to_owned(), patterns.unwrap_or_else(|| json!({})));
    Ok(Json::Object(described))
}

fn webhooks_of(fields: &mut Fields<'_, '_>) -> Result<Json, Flaw> {
    let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let mut described = Map::new();
    for (name, source) in sources(fields)? {
        let source = json!({
            "scheme": source.scheme.name(), "secret_env": listed(Some(&source.secret_env)),
            "tolerance": source.tolerance_s, "site": named(source.site), "source": named(source.source),
            "dedupe": source.dedupe,
        });
        described.insert(name.to_owned(), source);
    }
    Ok(Json::Object(described))
}

fn clients_of(fields: &mut Fields<'_, '_>) -> Result<Json, Flaw> {
    let describe = |(name, item): (&str, Item<'_, '_>)| {
        let mut client = item.fields()?;
        let described = json!({
            "secret_env": listed(Some(&Names::read(&mut client)?)), "allow": given(&mut client, "allow", Json::Null),
            "plain": given(&mut client, "plain", json!(false)), "policy": given(&mut client, "policy", json!({})),
        });
        Ok((name.to_owned(), described))
    };
    let clients = fields.named("clients")?.unwrap_or_default();
    clients.into_iter().map(describe).collect::<Result<Map<_, _>, Flaw>>().map(Json::Object)
}

fn tokens_of(fields: &mut Fields<'_, '_>) -> Result<Json, Flaw> {
    let Some(mut tokens) = fields.fields("tokens")? else { return Ok(Json::Null) };
    Ok(json!({
        "secret_env": listed(Some(&Names::read(&mut tokens)?)),
        "routes": given(&mut tokens, "routes", json!(USUAL_ROUTES)),
        "models": given(&mut tokens, "models", json!([])),
        "ttl": given(&mut tokens, "ttl", json!(LIFE_S)),
        "budget": given(&mut tokens, "budget", json!({})),
        "epoch": given(&mut tokens, "epoch", json!(0)),
        "policy": given(&mut tokens, "policy", json!({})),
    }))
}

#[cfg(test)]
mod tests;

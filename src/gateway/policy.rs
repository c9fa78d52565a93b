//! What the administrator allows. Every part is optional; without any, `aisp_infer(['prompt' => 'Hi'])` works as long as
//! `OPENAI_API_KEY` is set.

use super::limits::{Rule, default_quota, default_throttle};
use super::models;
use super::value::{Fields, Flaw, Item, Value};
use crate::provider::Kind;
use crate::upstream::check_header;

/// The policy of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy<'a> {
    /// The model of a request that names none.
    pub default_model: &'a str,
    /// The models that may be named.
    pub models: Vec<Model<'a>>,
    /// Where they are; the first serves models that have no route.
    pub providers: Vec<Provider<'a>>,
    /// Limits on calls that reach a provider.
    pub quota: Vec<Rule>,
    /// Limits on all calls.
    pub throttle: Vec<Rule>,
    /// For how long an answer is kept at most, in seconds; 0 for not at all.
    pub ttl_s: u32,
    /// A number that is part of every fingerprint: counting it up forgets all answers.
    pub epoch: i64,
    /// The deadline of a call; `None` leaves it to `aisp.timeout_ms`.
    pub timeout_ms: Option<u32>,
    /// The most attempts at one provider; `None` leaves it to `aisp.max_attempts`.
    pub max_attempts: Option<u32>,
    /// The most characters that a request's messages may have together.
    pub max_prompt_chars: usize,
}

/// A model that requests may name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model<'a> {
    /// Its name in requests.
    pub name: &'a str,
    /// The provider and its own name for the model; `None` for the first provider and the same name.
    pub route: Option<(&'a str, &'a str)>,
    /// What it costs, where that is known.
    pub price: Option<Price>,
}

/// US dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Input.
    pub input: f64,
    /// Input that the provider had cached.
    pub cached: f64,
    /// Output.
    pub output: f64,
}

/// A place that serves models.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider<'a> {
    /// Its name in routes, results and the log.
    pub name: &'a str,
    /// What it speaks.
    pub kind: Kind,
    /// Where it is, without a trailing slash.
    pub base_url: &'a str,
    /// The name of the variable or constant that holds the key; `None` for a server that wants none.
    pub key_env: Option<&'a str>,
    /// Headers to add to every call.
    pub headers: Vec<(String, String)>,
    /// How long one attempt at it may take; `None` for the whole deadline.
    pub timeout_ms: Option<u32>,
}

/// The longest a call may take: ten minutes.
pub const MAX_TIMEOUT_MS: i64 = 600_000;
/// The most attempts.
pub const MAX_ATTEMPTS: i64 = 10;
/// The longest an answer may be kept: a year.
pub const MAX_TTL_S: i64 = 366 * 86_400;

impl<'a> Policy<'a> {
    /// Reads the argument `$policy`.
    pub fn read(value: &Value<'a>) -> Result<Self, Flaw> {
        let mut fields = Fields::of(value)?;
        let (ttl_s, epoch) = read_cache(&mut fields)?;
        let policy = Self {
            providers: read_providers(&mut fields)?,
            models: read_models(&mut fields)?,
            default_model: fields.string("default_model")?.unwrap_or(""),
            quota: Rule::list(&mut fields, "quota")?.unwrap_or_else(default_quota),
            throttle: Rule::list(&mut fields, "throttle")?.unwrap_or_else(default_throttle),
            ttl_s,
            epoch,
            timeout_ms: fields.int("timeout_ms", 1, MAX_TIMEOUT_MS)?.map(|ms| ms as u32),
            max_attempts: fields.int("max_attempts", 1, MAX_ATTEMPTS)?.map(|n| n as u32),
            max_prompt_chars: fields.int("max_prompt_chars", 1, 1_000_000)?.unwrap_or(8_000) as usize,
        };
        for later in ["budget", "redact", "moderate", "max_parallel"] {
            fields.not_yet(later)?;
        }
        let policy = policy.check(&fields)?;
        fields.finish()?;
        Ok(policy)
    }

    /// Settles the default model and holds the names in the policy against each other.
    fn check(mut self, fields: &Fields<'_, 'a>) -> Result<Self, Flaw> {
        for model in &self.models {
            if let Some((provider, _)) = model.route
                && !self.providers.iter().any(|p| p.name == provider)
            {
                let path = format!("models.{}.route", model.name);
                return Err(
                    fields.flaw(&path, format!("names the provider \"{provider}\", which the policy does not have"))
                );
            }
        }
        if self.default_model.is_empty() {
            let listed = |name: &str| self.models.iter().any(|m| m.name == name);
            self.default_model = match self.models.first() {
                Some(first) if !listed(models::DEFAULT) => first.name,
                _ => models::DEFAULT,
            };
        }
        if self.model(self.default_model).is_none() {
            return Err(fields.flaw("default_model", "must be one of the models"));
        }
        Ok(self)
    }

    /// The model of this name, if requests may name it.
    pub fn model(&self, name: &str) -> Option<Model<'a>> {
        self.models.iter().find(|m| m.name == name).copied()
    }

    /// The provider that serves a model, and the provider's own name for the model.
    pub fn route(&self, model: Model<'a>) -> (&Provider<'a>, &'a str) {
        let (provider, own_name) = model.route.unwrap_or((self.providers[0].name, model.name));
        let found = self.providers.iter().find(|p| p.name == provider);
        (found.unwrap_or(&self.providers[0]), own_name)
    }
}

fn read_cache(fields: &mut Fields<'_, '_>) -> Result<(u32, i64), Flaw> {
    let Some(mut cache) = fields.fields("cache")? else { return Ok((3_600, 0)) };
    let ttl_s = cache.int("ttl", 0, MAX_TTL_S)?.unwrap_or(3_600) as u32;
    let epoch = cache.int("epoch", 0, i64::MAX)?.unwrap_or(0);
    cache.not_yet("stale")?;
    cache.finish()?;
    Ok((ttl_s, epoch))
}

fn read_models<'a>(fields: &mut Fields<'_, 'a>) -> Result<Vec<Model<'a>>, Flaw> {
    let listed = fields.named("models")?.unwrap_or_default();
    if listed.is_empty() {
        return Ok(models::BUILT_IN
            .iter()
            .map(|&(name, price)| Model { name, route: None, price: Some(price) })
            .collect());
    }
    listed
        .into_iter()
        .map(|(name, item)| {
            if !is_name(name) {
                return Err(item.flaw("must have a name of 1 to 100 printable characters"));
            }
            let mut model = item.fields()?;
            let route = model.list("route")?.map(|route| read_route(&route, &item)).transpose()?;
            let price = read_price(&mut model)?;
            model.finish()?;
            let built_in = || models::BUILT_IN.iter().find(|(n, _)| *n == name && route.is_none()).map(|(_, p)| *p);
            Ok(Model { name, route, price: price.or_else(built_in) })
        })
        .collect()
}

/// The first stop of a route. The others come into play with failover.
fn read_route<'a>(route: &[Item<'_, 'a>], model: &Item<'_, 'a>) -> Result<(&'a str, &'a str), Flaw> {
    let [stop] = route else {
        return Err(model.flaw("must have a route of exactly one provider: this version does not fail over"));
    };
    stop.pair()
}

fn read_price(model: &mut Fields<'_, '_>) -> Result<Option<Price>, Flaw> {
    let Some(mut fields) = model.fields("price")? else { return Ok(None) };
    let mut dollars = |key| fields.float(key, 0.0, 1_000_000.0);
    let (input, cached, output) = (dollars("in")?, dollars("in_cached")?, dollars("out")?);
    let (Some(input), Some(output)) = (input, output) else {
        return Err(fields.flaw("in", "and \"out\" must both be given"));
    };
    fields.finish()?;
    Ok(Some(Price { input, cached: cached.unwrap_or(input), output }))
}

fn read_providers<'a>(fields: &mut Fields<'_, 'a>) -> Result<Vec<Provider<'a>>, Flaw> {
    let listed = fields.named("providers")?.unwrap_or_default();
    if listed.is_empty() {
        return Ok(vec![built_in(models::OPENAI)]);
    }
    listed.into_iter().map(|(name, item)| read_provider(name, &item)).collect()
}

/// OpenAI as it is, under this name.
fn built_in(name: &str) -> Provider<'_> {
    Provider {
        name,
        kind: Kind::OpenaiResponses,
        base_url: models::OPENAI_URL,
        key_env: Some(models::OPENAI_KEY),
        headers: Vec::new(),
        timeout_ms: None,
    }
}

fn read_provider<'a>(name: &'a str, item: &Item<'_, 'a>) -> Result<Provider<'a>, Flaw> {
    let mut fields = item.fields()?;
    if !is_name(name) {
        return Err(item.flaw("must have a name of 1 to 100 printable characters"));
    }
    let known = (name == models::OPENAI).then(|| built_in(name));
    let kind = match fields.string("kind")? {
        Some("openai_responses") => Kind::OpenaiResponses,
        Some("openai_chat" | "anthropic" | "gemini") => {
            return Err(fields.flaw("kind", "is not supported by this version; supported is openai_responses"));
        }
        Some(_) => return Err(fields.flaw("kind", "must be openai_responses")),
        None if known.is_some() => Kind::OpenaiResponses,
        None => return Err(fields.flaw("kind", "must be given")),
    };
    let base_url = match (fields.string("base_url")?, &known) {
        (Some(url), _) => url.trim_end_matches('/'),
        (None, Some(known)) => known.base_url,
        (None, None) => return Err(fields.flaw("base_url", "must be given")),
    };
    let key_env = fields.string("key_env")?.or(known.and_then(|k| k.key_env));
    if key_env.is_some_and(|name| !is_variable(name)) {
        return Err(fields.flaw("key_env", "must be the name of an environment variable or constant, never a key"));
    }
    let headers = read_headers(&mut fields)?;
    let timeout_ms = fields.int("timeout_ms", 1, MAX_TIMEOUT_MS)?.map(|ms| ms as u32);
    fields.finish()?;
    Ok(Provider { name, kind, base_url, key_env, headers, timeout_ms })
}

fn read_headers(provider: &mut Fields<'_, '_>) -> Result<Vec<(String, String)>, Flaw> {
    let mut headers = Vec::new();
    for (name, item) in provider.named("headers")?.unwrap_or_default() {
        let value = item.string()?;
        check_header(name, value).map_err(|problem| item.flaw(problem))?;
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(headers)
}

/// A name that may stand in a log and on a screen.
fn is_name(name: &str) -> bool {
    (1..=100).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// The name of a variable, which a key pasted by mistake rarely is. A SAPI's environment also holds what the client sent,
/// under names that begin with `HTTP_`.
fn is_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.len() <= 128
        && !name.starts_with("HTTP_")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flaw(policy: &serde_json::Value) -> String {
        let flaw = Policy::read(&Value::from(policy)).expect_err("the policy is wrong");
        flaw.sentence("aisp_infer", 3, "policy")
    }

    #[test]
    fn the_empty_policy_is_openai_with_limits_per_user() {
        let none = Value::empty();
        let policy = Policy::read(&none).expect("valid");
        assert_eq!((policy.default_model, policy.providers[0].key_env), ("gpt-4o-mini", Some("OPENAI_API_KEY")));
        assert_eq!((policy.quota.len(), policy.throttle.len(), policy.ttl_s), (1, 1, 3_600));
    }

    #[test]
    fn an_empty_list_of_limits_is_none_at_all() {
        let json = json!({"quota": [], "throttle": []});
        let policy = Value::from(&json);
        let policy = Policy::read(&policy).expect("valid");
        assert!(policy.quota.is_empty() && policy.throttle.is_empty());
    }

    #[test]
    fn a_flaw_is_named_with_its_path() {
        for (policy, path) in [
            (json!({"modells": {}}), "\"modells\" is not known"),
            (json!({"default_model": "gpt-99"}), "\"default_model\" must be one of the models"),
            (
                json!({"models": {"a": {"route": [["nowhere", "a"]]}}}),
                "\"models.a.route\" names the provider \"nowhere\"",
            ),
            (json!({"models": {"a": {"price": {"in": -1, "out": 1}}}}), "\"models.a.price.in\" must be between"),
            (json!({"providers": {"x": {"kind": "openai_responses"}}}), "\"providers.x.base_url\" must be given"),
            (
                json!({"providers": {"openai": {"key_env": "sk-proj-123"}}}),
                "\"providers.openai.key_env\" must be the name",
            ),
            (
                json!({"providers": {"openai": {"key_env": "HTTP_X_KEY"}}}),
                "\"providers.openai.key_env\" must be the name",
            ),
            (
                json!({"providers": {"openai": {"headers": {"X-A": "a\r\nb"}}}}),
                "\"providers.openai.headers.X-A\" has a value",
            ),
            (json!({"quota": [{"per": "user", "limit": 0, "period": 60}]}), "\"quota[0].limit\" must be between"),
            (json!({"quota": [{"per": "user", "limit": 5}]}), "\"quota[0].period\" must be given"),
            (json!({"cache": {"stale": 60}}), "\"cache.stale\" is not supported"),
            (json!({"budget": [{"per": "site"}]}), "\"budget\" is not supported"),
        ] {
            assert!(flaw(&policy).contains(path), "{policy}: {}", flaw(&policy));
        }
    }

    #[test]
    fn a_value_that_switches_a_missing_feature_off_passes() {
        let json = json!({"redact": false, "moderate": "none", "budget": []});
        assert!(Policy::read(&Value::from(&json)).is_ok());
    }

    #[test]
    fn one_model_in_the_list_is_the_default() {
        let json = json!({"models": {"small": {}}});
        let policy = Value::from(&json);
        assert_eq!(Policy::read(&policy).expect("valid").default_model, "small");
    }
}

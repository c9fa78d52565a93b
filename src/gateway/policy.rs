//! What the administrator allows. Every part is optional; without any, `aisp_infer(['prompt' => 'Hi'])` works as long as
//! `OPENAI_API_KEY` is set.

use super::budgets::BudgetRule;
use super::caller::Caller;
use super::fields::{Fields, Flaw};
use super::job::Terms;
use super::limits::{Rule, default_quota, default_throttle};
use super::metrics;
use super::models::{self, Model};
use super::moderation::{Judge, Moderation};
use super::providers::{self, Provider};
use super::redaction;
use super::value::Value;
use crate::guard::redact::Redactor;

/// The policy of one call.
#[derive(Debug, Clone)]
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
    /// Limits on tokens and money.
    pub budgets: Vec<BudgetRule>,
    /// What counts as private.
    pub redactor: Redactor,
    /// For how long an answer is kept at most, in seconds; 0 for not at all.
    pub ttl_s: u32,
    /// For how long after that it will do while the providers fail, in seconds.
    pub stale_s: u32,
    /// A number that is part of every fingerprint: counting it up forgets all answers.
    pub epoch: i64,
    /// The deadline of a call; `None` leaves it to `aisp.timeout_ms`.
    pub timeout_ms: Option<u32>,
    /// The most attempts at one provider; `None` leaves it to `aisp.max_attempts`.
    pub max_attempts: Option<u32>,
    /// The most calls of one batch that run at the same time.
    pub max_parallel: usize,
    /// The most characters that a request's messages may have together.
    pub max_prompt_chars: usize,
    /// What is held against moderation, by whom, and what follows when that fails.
    pub moderation: Moderation<'a>,
    /// What jobs may be, and what seals them.
    pub jobs: Terms<'a>,
}

/// The longest a call may take: ten minutes.
pub const MAX_TIMEOUT_MS: i64 = 600_000;
/// The most attempts.
pub const MAX_ATTEMPTS: i64 = 10;
/// The longest an answer may be kept: a year.
pub const MAX_TTL_S: i64 = 366 * 86_400;
/// The most threads of one batch.
const MAX_PARALLEL: i64 = 64;

impl<'a> Policy<'a> {
    /// Reads the argument `$policy`.
    pub fn read(value: &Value<'a>) -> Result<Self, Flaw> {
        let mut fields = Fields::of(value)?;
        let (ttl_s, stale_s, epoch) = read_cache(&mut fields)?;
        let providers = providers::read(&mut fields)?;
        let models = models::read(&mut fields, &providers)?;
        let policy = Self {
            moderation: Moderation::read(&mut fields, &models, &providers)?,
            models,
            providers,
            default_model: fields.string("default_model")?.unwrap_or(""),
            quota: Rule::list(&mut fields, "quota")?.unwrap_or_else(default_quota),
            throttle: Rule::list(&mut fields, "throttle")?.unwrap_or_else(default_throttle),
            budgets: BudgetRule::list(&mut fields)?,
            redactor: redaction::read(&mut fields)?,
            ttl_s,
            stale_s,
            epoch,
            timeout_ms: fields.int("timeout_ms", 1, MAX_TIMEOUT_MS)?.map(|ms| ms as u32),
            max_attempts: fields.int("max_attempts", 1, MAX_ATTEMPTS)?.map(|n| n as u32),
            max_parallel: fields.int("max_parallel", 1, MAX_PARALLEL)?.unwrap_or(8) as usize,
            jobs: Terms::read(&mut fields)?,
            max_prompt_chars: fields.int("max_prompt_chars", 1, 1_000_000)?.unwrap_or(8_000) as usize,
        };
        // Read where requests come in; calls have no use for them.
        let _ = (fields.named("webhooks")?, fields.named("clients")?, fields.named("tokens")?, fields.named("allow")?);
        let _ = (fields.list("proxies")?, fields.list("origins")?);
        metrics::token_names(&mut fields)?;
        let policy = policy.check(&fields)?;
        fields.finish()?;
        Ok(policy)
    }

    /// Reads the argument `$policy`, as it is for a caller: a token allows less.
    pub fn of(value: &Value<'a>, caller: &Caller<'a>) -> Result<Self, Flaw> {
        let mut policy = Self::read(value)?;
        if let Some(grant) = &caller.grant {
            grant.narrow(&mut policy, caller);
        }
        Ok(policy)
    }

    /// Settles the default model and holds the names in the policy against each other.
    fn check(mut self, fields: &Fields<'_, 'a>) -> Result<Self, Flaw> {
        for model in &self.models {
            for (i, (name, _)) in model.route.iter().enumerate() {
                if self.providers.iter().any(|provider| provider.name == *name) {
                    continue;
                }
                // A built-in provider that only a route names is as it is.
                match providers::built_in(name) {
                    Some(provider) => self.providers.push(provider),
                    None => {
                        let path = format!("models.{}.route[{i}]", model.name);
                        let problem = format!("names the provider \"{name}\", which the policy does not have");
                        return Err(fields.flaw(&path, problem).dangling());
                    }
                }
            }
        }
        if let Judge::Endpoint { provider: name, .. } = self.moderation.judge
            && self.provider(name).is_none()
        {
            self.providers.extend(providers::built_in(name));
        }
        if self.models.is_empty() {
            return Err(fields.flaw("models", "must be given: the providers of the policy have no built-in ones"));
        }
        if self.default_model.is_empty() {
            let listed = |name: &str| self.models.iter().any(|m| m.name == name);
            self.default_model = match self.models.first() {
                Some(first) if !listed(models::DEFAULT) => first.name,
                _ => models::DEFAULT,
            };
        }
        if self.model(self.default_model).is_none() {
            return Err(fields.flaw("default_model", "must be one of the models").dangling());
        }
        Ok(self)
    }

    /// The variables and constants that hold the providers' keys.
    pub fn key_names(&self) -> impl Iterator<Item = &'a str> {
        self.providers.iter().filter_map(|provider| provider.key_env)
    }

    /// The provider of this name.
    pub fn provider(&self, name: &str) -> Option<&Provider<'a>> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// The model of this name, if requests may name it.
    pub fn model(&self, name: &str) -> Option<&Model<'a>> {
        self.models.iter().find(|m| m.name == name)
    }
}

fn read_cache(fields: &mut Fields<'_, '_>) -> Result<(u32, u32, i64), Flaw> {
    let Some(mut cache) = fields.fields("cache")? else { return Ok((3_600, 0, 0)) };
    let ttl_s = cache.int("ttl", 0, MAX_TTL_S)?.unwrap_or(3_600) as u32;
    let epoch = cache.int("epoch", 0, i64::MAX)?.unwrap_or(0);
    let stale_s = cache.int("stale", 0, MAX_TTL_S)?.unwrap_or(0) as u32;
    cache.finish()?;
    Ok((ttl_s, stale_s, epoch))
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
                "\"models.a.route[0]\" names the provider \"nowhere\"",
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
            (json!({"providers": {"x": {"kind": "soap"}}}), "\"providers.x.kind\" must be one of openai_responses"),
            (json!({"models": {"a": {"route": []}}}), "\"models.a.route\" must hold 1 to 8"),
            (
                json!({"providers": {"openai": {"environments": {"staging": {"kind": "anthropic"}}}}}),
                "\"providers.openai.environments.staging.kind\" is not known",
            ),
            (json!({"providers": {"openai": {"key_header": "a b"}}}), "\"providers.openai.key_header\" has a name"),
            (json!({"cache": {"stale": -1}}), "\"cache.stale\" must be between"),
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

    #[test]
    fn staging_and_production_differ_by_place_and_key() {
        let openai = json!({
            "environments": {"staging": {"base_url": "https://staging.example/v1/", "key_env": "STAGING_KEY"}}
        });
        let place = |environment: &str| {
            let json = json!({"environment": environment, "providers": {"openai": openai}});
            let policy = Value::from(&json);
            let policy = Policy::read(&policy).expect("valid");
            format!("{} {:?}", policy.providers[0].base_url, policy.providers[0].key_env)
        };
        assert_eq!(place("staging"), "https://staging.example/v1 Some(\"STAGING_KEY\")");
        assert_eq!(place("production"), "https://api.openai.com/v1 Some(\"OPENAI_API_KEY\")");
    }

    #[test]
    fn a_route_may_name_a_built_in_provider_that_is_not_listed() {
        let json = json!({
            "models": {"a": {"route": [["openai", "gpt-4o-mini"], ["anthropic", "claude-haiku-4-5"]]}},
            "providers": {"openai": {}}
        });
        let policy = Value::from(&json);
        let policy = Policy::read(&policy).expect("valid");
        let names: Vec<_> = policy.providers.iter().map(|p| p.name).collect();
        assert_eq!(names, ["openai", "anthropic"]);
    }

    #[test]
    fn the_built_in_models_are_those_of_the_providers_that_there_are() {
        let names = |json: serde_json::Value| {
            let policy = Value::from(&json);
            let policy = Policy::read(&policy).expect("valid");
            let has = |prefix: &str| policy.models.iter().any(|m| m.name.starts_with(prefix));
            (has("gpt"), has("claude"), has("gemini"), policy.default_model.to_owned())
        };
        assert_eq!(names(json!({})), (true, true, true, "gpt-4o-mini".to_owned()));
        assert_eq!(names(json!({"providers": {"anthropic": {}}})), (false, true, false, "claude-haiku-4-5".to_owned()));
        let own = json!({"providers": {"own": {"kind": "openai_chat", "base_url": "https://llm.example/v1"}}});
        assert_eq!(names(own), (true, false, false, "gpt-4o-mini".to_owned()));
    }
}

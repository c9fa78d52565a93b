//! What is wrong with a policy, said to the administrator who saves it: also in the parts that calls have no use for.

use super::address::{proxies, routes};
use super::fields::{Fields, Flaw, Item};
use super::flaws::{self, Found};
use super::policy::Policy;
use super::signing::check_clients;
use super::token::{check_origins, check_tokens};
use super::value::Value;
use super::webhook::check_sources;

/// `aisp_policy_check()`: what is wrong with a policy; nothing if it can be used.
pub fn check_policy(policy: &Value<'_>) -> Vec<Found> {
    flaws::all(policy, check)
}

/// Reads a policy, also what calls have no use for.
///
/// # Errors
/// The first flaw.
pub fn check(policy: &Value<'_>) -> Result<(), Flaw> {
    Policy::read(policy)?;
    check_doors(policy)
}

fn check_doors(policy: &Value<'_>) -> Result<(), Flaw> {
    let mut fields = Fields::of(policy)?;
    check_sources(&mut fields)?;
    check_clients(&mut fields)?;
    for (_, client) in fields.named("clients")?.unwrap_or_default() {
        over(policy, client.fields()?.item("policy"))?;
    }
    let of_tokens = fields.fields("tokens")?.and_then(|mut tokens| tokens.item("policy"));
    check_tokens(&mut fields, &over(policy, of_tokens)?)?;
    check_origins(&mut fields)?;
    routes(&mut fields)?;
    proxies(&mut fields).map(drop)
}

/// The policy with the keys of another one put over it, as the plugin does for clients and tokens.
pub fn over<'a>(policy: &Value<'a>, own: Option<Item<'_, 'a>>) -> Result<Policy<'a>, Flaw> {
    let (Value::Array(base), Some(own)) = (policy, own) else { return Policy::read(policy) };
    let Value::Array(entries) = own.value() else { return Err(own.flaw("must be of type array")) };
    let kept = base.iter().filter(|(key, _)| entries.iter().all(|(other, _)| other != key));
    let merged = Value::Array(kept.chain(entries).cloned().collect());
    Policy::read(&merged).map_err(|flaw| flaw.below(own.path()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn flaw(policy: &Json) -> String {
        let found = check_policy(&policy.into());
        found.into_iter().map(|found| found.message).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_policy_that_can_be_used_has_no_flaws() {
        let own = json!({"models": {"small": {}}, "default_model": "small", "quota": []});
        let policy = json!({
            "webhooks": {"stripe": {"scheme": "stripe", "secret_env": "STRIPE"}},
            "clients": {"shop": {"secret_env": "SHOP", "allow": ["203.0.113.0/24"], "policy": own}},
            "tokens": {
                "secret_env": ["TOKENS", "TOKENS_OLD"], "routes": ["/infer"], "models": ["small"], "ttl": 600,
                "budget": {"tokens": 500, "usd": 0.5}, "epoch": 3, "policy": own
            },
            "origins": ["https://www.example.com"], "allow": {"/infer": ["::1"]}, "proxies": ["10.0.0.0/8"],
        });
        assert_eq!(flaw(&policy), "");
    }

    #[test]
    fn a_flaw_of_any_door_is_named_by_its_whole_path() {
        let quota = json!({"quota": [{"per": "client", "limit": 0, "period": 60}]});
        let tokens = |more: (&str, Json)| json!({"tokens": {"secret_env": "TOKENS", more.0: more.1}});
        for (policy, wanted) in [
            (
                json!({"clients": {"shop": {"secret_env": "S", "policy": quota}}}),
                "\"clients.shop.policy.quota[0].limit\" must",
            ),
            (json!({"tokens": {}}), "\"tokens.secret_env\" must be given"),
            (tokens(("policy", quota.clone())), "\"tokens.policy.quota[0].limit\" must"),
            (tokens(("policy", json!({"quotas": []}))), "\"tokens.policy.quotas\" is not known"),
            (tokens(("models", json!(["gpt-99"]))), "\"tokens.models\" names \"gpt-99\", which is none of the models"),
            (
                tokens(("routes", json!(["/logs"]))),
                "\"tokens.routes\" must be some of /infer, /infer/stream, /batch, /jobs",
            ),
            (
                json!({"tokens": {"secret_env": "T", "routes": ["/jobs"], "budget": {"tokens": 5}}}),
                "\"tokens.budget\" must not be given where routes has /jobs",
            ),
            (tokens(("ttl", json!(601))), "\"tokens.ttl\" must be between 1 and 600"),
            (tokens(("budget", json!({"tokens": "5"}))), "\"tokens.budget.tokens\" must be of type int"),
            (tokens(("secret", json!("x"))), "\"tokens.secret\" is not known"),
            (json!({"origins": ["*"]}), "\"origins[0]\" must be an origin"),
            (json!({"allow": {"/infer": ["x"]}}), "\"allow./infer\" holds what it may not"),
            (json!({"proxies": ["x"]}), "\"proxies\" holds what it may not"),
            (json!({"webhooks": {"a": {"scheme": "sha1"}}}), "\"webhooks.a.scheme\" must be one of"),
        ] {
            let found = flaw(&policy);
            assert!(found.contains(wanted), "{found}");
        }
    }
}

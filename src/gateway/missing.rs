//! Secrets that a policy names and that cannot be used: an administrator should know before somebody is refused for it.

use super::fields::{Fields, Flaw};
use super::job::Terms;
use super::metrics;
use super::signing::client_keys;
use super::token::token_keys;
use super::value::{Key, Value};
use super::webhook::sources;
use super::{Env, misconfigured};
use crate::error::Error;

/// A secret that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The variable or constant that does not hold it; empty where the policy should name one and does not.
    pub name: String,
    /// What it is for, by its place in the policy: `clients.shop`.
    pub place: String,
}

/// `aisp_missing_secrets()`: in the policy's order. Of a client, of tokens and of callbacks each key counts that is unset or too
/// short; a source of webhooks only misses its secrets when none of them holds a key for its scheme, and jobs only miss theirs
/// when none of them can seal.
///
/// # Errors
/// [`Error::Config`] for a flaw in a part of the policy that names secrets, in the words of `aisp_policy_check()`.
pub fn missing_secrets(policy: &Value<'_>, env: &Env<'_>) -> Result<Vec<Missing>, Error> {
    find(policy, env).map_err(misconfigured("aisp_missing_secrets", 1, "policy"))
}

fn find(policy: &Value<'_>, env: &Env<'_>) -> Result<Vec<Missing>, Flaw> {
    let mut fields = Fields::of(policy)?;
    let Value::Array(entries) = policy else { return Ok(Vec::new()) };
    let mut missing = Vec::new();
    let mut note = |place: String, names: Vec<&str>| {
        missing.extend(names.into_iter().map(|name| Missing { name: name.to_owned(), place: place.clone() }));
    };
    for (key, _) in entries {
        match key {
            Key::Str(b"clients") => {
                for (client, keys) in client_keys(&mut fields)? {
                    note(format!("clients.{client}"), keys.unusable(env));
                }
            }
            Key::Str(b"webhooks") => {
                for (name, source) in sources(&mut fields)? {
                    note(format!("webhooks.{name}"), source.missing(env));
                }
            }
            Key::Str(b"tokens") => {
                if let Some(keys) = token_keys(&mut fields)? {
                    note("tokens".to_owned(), keys.unusable(env));
                }
            }
            Key::Str(b"metrics") => {
                if let Some(names) = metrics::token_names(&mut fields)? {
                    note("metrics".to_owned(), names.unusable(env));
                }
            }
            Key::Str(b"jobs") => note("jobs".to_owned(), Terms::read(&mut fields)?.missing(env)),
            _ => {}
        }
    }
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::audit::Journal;
    use crate::gateway::Secrets;
    use crate::gateway::settings::{Settings, default_of};

    /// A world in which `KEY` is a key, `SHORT` is too short for one, and `BROKEN` is no Base64.
    struct Office;

    impl Secrets for Office {
        fn find(&self, name: &str) -> Option<SecretString> {
            let secret = match name {
                "KEY" => "a key of many bytes",
                "SHORT" => "short",
                "BROKEN" => "whsec_not base64",
                _ => return None,
            };
            Some(secret.into())
        }
    }

    impl Journal for Office {
        fn line(&self, text: &str) {
            panic!("nothing was refused: {text}");
        }
    }

    /// `place: name`, in order, or the flaw.
    fn missing(policy: &Value<'_>) -> Vec<String> {
        let settings = Settings::read(|entry| default_of(entry).to_owned()).expect("the defaults");
        let env = Env::new(&settings, &Office, &Office);
        match missing_secrets(policy, &env) {
            Ok(missing) => missing.into_iter().map(|missing| format!("{}: {}", missing.place, missing.name)).collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    fn source(names: Json) -> Json {
        json!({"scheme": "standard", "secret_env": names})
    }

    #[test]
    fn each_key_of_a_client_counts() {
        let clients = json!({
            "till": {"secret_env": ["KEY", "OLD", "SHORT"], "plain": true},
            "shop": {"secret_env": "SHOP_SECRET", "policy": {"quota": []}},
            "good": {"secret_env": "KEY"},
        });
        let mut found = missing(&(&json!({"clients": clients})).into());
        found.sort_unstable(); // JSON has its own order of keys.
        assert_eq!(found, ["clients.shop: SHOP_SECRET", "clients.till: OLD", "clients.till: SHORT"]);
    }

    #[test]
    fn a_source_misses_its_secrets_when_none_of_them_is_of_use() {
        let of = |source: Json| missing(&(&json!({"webhooks": {"a": source}})).into());
        assert_eq!(of(source(json!(["UNSET", "KEY"]))), [""; 0]);
        assert_eq!(of(source(json!(["UNSET", "SHORT"]))), [""; 0], "the sender chooses how long it is");
        assert_eq!(of(source(json!(["UNSET", "BROKEN"]))), ["webhooks.a: UNSET", "webhooks.a: BROKEN"]);
        for nothing in [json!([]), Json::Null] {
            assert_eq!(of(source(nothing)), ["webhooks.a: "]);
        }
    }

    #[test]
    fn each_key_of_tokens_counts() {
        let of = |names: Json| missing(&(&json!({"tokens": {"ttl": 60, "secret_env": names}})).into());
        assert_eq!(of(json!("KEY")), [""; 0]);
        assert_eq!(of(json!(["UNSET", "KEY", "SHORT"])), ["tokens: UNSET", "tokens: SHORT"]);
    }

    #[test]
    fn jobs_miss_their_keys_when_none_can_seal_and_callbacks_each_of_theirs() {
        let of = |jobs: Json| missing(&(&json!({"jobs": jobs})).into());
        assert_eq!(of(json!({"key_env": ["UNSET", "KEY"]})), [""; 0]);
        assert_eq!(
            of(json!({"key_env": ["UNSET", "SHORT"], "callback_env": ["KEY", "NOT_SET"]})),
            ["jobs: UNSET", "jobs: SHORT", "jobs: NOT_SET"]
        );
        assert_eq!(of(json!({"max_items": 5})), ["jobs: AISP_JOB_KEY", "jobs: AUTH_KEY"]);
    }

    #[test]
    fn the_order_is_the_policy_s() {
        let (client, token) = (json!({"a": {"secret_env": "X"}}), json!({"secret_env": "Y"}));
        let source = json!({"b": source(json!("Z"))});
        let mut entries = vec![
            (Key::Str(b"clients"), (&client).into()),
            (Key::Str(b"tokens"), (&token).into()),
            (Key::Str(b"webhooks"), (&source).into()),
        ];
        assert_eq!(missing(&Value::Array(entries.clone())), ["clients.a: X", "tokens: Y", "webhooks.b: Z"]);
        entries.reverse();
        assert_eq!(missing(&Value::Array(entries)), ["webhooks.b: Z", "tokens: Y", "clients.a: X"]);
    }

    #[test]
    fn a_policy_without_secrets_misses_none_and_a_flawed_one_is_told() {
        assert_eq!(missing(&(&json!({"quota": [], "clients": null, "webhooks": {}, "tokens": null})).into()), [""; 0]);
        for (policy, flaw) in [
            (json!({"clients": {"shop": {}}}), "key \"clients.shop.secret_env\" must be given"),
            (json!({"webhooks": {"a": {"scheme": "sha1"}}}), "key \"webhooks.a.scheme\" must be one of"),
            (json!({"tokens": {"ttl": 60}}), "key \"tokens.secret_env\" must be given"),
        ] {
            let told = missing(&(&policy).into()).concat();
            assert!(
                told.starts_with("aisp_missing_secrets(): Argument #1 ($policy) ") && told.contains(flaw),
                "{told}"
            );
        }
    }
}

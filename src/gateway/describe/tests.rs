use secrecy::SecretString;

use super::*;
use crate::audit::Journal;
use crate::gateway::settings::default_of;
use crate::gateway::{Secrets, check_policy};

/// A world in which `KEY` and the provider of OpenAI have a key, `SHORT` is too short for one, `BROKEN` is no Base64 and
/// `LINES` cannot be sent.
struct Office;

const KEY: &str = "a key of many bytes";

impl Secrets for Office {
    fn find(&self, name: &str) -> Option<SecretString> {
        let secret = match name {
            "KEY" | "OPENAI_API_KEY" => KEY,
            "SHORT" => "short",
            "BROKEN" => "whsec_not base64",
            "LINES" => "two\nlines, and long enough",
            "AUTH_KEY" => "put your unique phrase here",
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

fn describe(policy: &Json) -> Result<Described, Error> {
    let settings = Settings::read(|entry| default_of(entry).to_owned()).expect("the defaults");
    describe_policy(&policy.into(), &Env::new(&settings, &Office, &Office))
}

fn described(policy: &Json) -> Described {
    describe(policy).expect("a valid policy")
}

/// A policy that says something of every key.
fn full() -> Json {
    json!({
        "default_model": "small", "environment": "staging",
        "models": {"small": {"route": [["own", "s-1"], ["openai", "gpt-4o"]]}, "plain": {"price": {"in": 1, "out": 2}}},
        "providers": {
            "own": {
                "kind": "openai_chat", "base_url": "https://own.example/v1/", "key_env": "KEY", "headers": {"X-A": "b"},
                "environments": {"staging": {"base_url": "https://staging.example", "key_env": "LINES"}, "dev": {"key_env": "NOT_SET"}},
                "prices": {"s-1": {"in": 0.5, "out": 1.5}}, "timeout_ms": 4000, "key_header": "X-Key",
            },
        },
        "quota": [{"per": "role", "limit": 7, "period": 60}], "throttle": [],
        "budget": [{"per": "site", "usd": 20, "period": "month"}],
        "cache": {"ttl": 60}, "redact": {"phone": false, "patterns": {"order": "A-\\d+"}},
        "moderate": {"what": "both", "by": "plain", "on_failure": "closed"},
        "timeout_ms": 9000, "max_attempts": 2, "max_prompt_chars": 100, "max_parallel": 2,
        "jobs": {"key_env": ["KEY", "SHORT"], "callback_env": "KEY", "keep": 60},
        "webhooks": {"shop": {"scheme": "standard", "secret_env": ["BROKEN", "KEY"]}},
        "clients": {"till": {"secret_env": "SHORT", "policy": {"providers": {"own": {"kind": "openai_chat", "base_url": "https://x.example", "key_env": "TILL"}}}}},
        "tokens": {"secret_env": ["KEY"], "ttl": 60}, "metrics": {"token_env": "NOT_SET"},
        "allow": {"/infer": ["::1"]}, "proxies": ["10.0.0.0/8"], "origins": ["https://a.example"],
    })
}

#[test]
fn without_a_policy_the_defaults_are_what_works() {
    let nothing = described(&json!({}));
    assert_eq!(nothing.policy, nothing.defaults);
    let of = |path: &str| nothing.policy.pointer(path).cloned().unwrap_or_default();
    assert_eq!(of("/default_model"), "gpt-4o-mini");
    let price = json!({"in": 0.15, "in_cached": 0.075, "out": 0.6});
    assert_eq!(of("/models/gpt-4o-mini"), json!({"route": [["openai", "gpt-4o-mini"]], "price": price}));
    assert_eq!(of("/providers/anthropic/key_env"), "ANTHROPIC_API_KEY");
    assert_eq!(of("/providers/google/kind"), "gemini");
    assert_eq!(of("/quota"), json!([{"per": "user", "limit": 60, "period": 3_600}]));
    assert_eq!(of("/cache"), json!({"ttl": 3_600, "stale": 0, "epoch": 0}));
    assert_eq!((of("/timeout_ms"), of("/max_attempts")), (json!(15_000), json!(3)), "php.ini's");
    assert_eq!(
        (of("/redact/email"), of("/moderate/what"), of("/jobs/keep")),
        (json!(true), json!("none"), json!(2_592_000))
    );
}

#[test]
fn what_is_set_counts_and_the_rest_is_filled_in() {
    let Described { policy, defaults, .. } = described(&full());
    let of = |path: &str| policy.pointer(path).cloned().unwrap_or_default();
    assert_eq!(defaults, described(&json!({})).policy);
    assert_eq!(of("/models/small/price"), json!({"in": 0.5, "in_cached": 0.5, "out": 1.5}), "the provider's");
    assert_eq!(of("/models/plain/route"), json!([["own", "plain"]]));
    let place = (of("/providers/own/base_url"), of("/providers/own/key_env"));
    assert_eq!(place, (json!("https://staging.example"), json!("LINES")), "as in its environment");
    assert_eq!(of("/providers/openai/base_url"), "https://api.openai.com/v1", "a route names it");
    assert_eq!(
        (of("/redact/phone"), of("/redact/card"), of("/redact/patterns/order")),
        (json!(false), json!(true), json!("A-\\d+"))
    );
    let closed = json!({"input": "closed", "output": "closed"});
    assert_eq!(
        of("/moderate"),
        json!({"what": "both", "by": "plain", "provider": null, "model": null, "on_failure": closed})
    );
    assert_eq!(
        (of("/webhooks/shop/tolerance"), of("/tokens/routes")),
        (json!(300), json!(["/infer", "/infer/stream"]))
    );
    let keys = |json: &Json| json.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
    assert_eq!(keys(&policy), keys(&defaults));
}

#[test]
fn what_is_described_is_a_policy_that_means_the_same() {
    let off = json!({"redact": false, "moderate": "input", "quota": [], "tokens": null});
    let own = json!({"providers": {"own": {"kind": "openai_chat", "base_url": "https://llm.example/v1"}}});
    let ollama = json!({"providers": {"ollama": {}}, "models": {"llama3": {}}});
    for policy in [json!({}), full(), off, own, ollama] {
        let once = described(&policy);
        assert_eq!(check_policy(&(&once.policy).into()), [], "{policy}");
        assert_eq!(described(&once.policy), once);
    }
}

#[test]
fn every_secret_is_told_by_its_name_and_never_more_of_it() {
    let full = described(&full());
    let told = full.secrets.iter().map(|secret| {
        let state = if secret.is_usable {
            "usable"
        } else if secret.is_set {
            "set"
        } else {
            "unset"
        };
        format!("{} {} {state}", secret.place, secret.name)
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "providers.own LINES set",
            "providers.own.environments.staging LINES set",
            "providers.own.environments.dev NOT_SET unset",
            "providers.openai OPENAI_API_KEY usable",
            "jobs KEY usable",
            "jobs SHORT set",
            "webhooks.shop BROKEN set",
            "webhooks.shop KEY usable",
            "clients.till SHORT set",
            "clients.till.policy.providers.own TILL unset",
            "clients.till.policy.providers.openai OPENAI_API_KEY usable",
            "tokens KEY usable",
            "metrics NOT_SET unset",
        ]
    );
    assert!(!format!("{full:?}").contains(KEY));
    let usual = described(&json!({})).secrets;
    let auth = usual.iter().find(|secret| secret.name == "AUTH_KEY").expect("it may seal jobs");
    assert!(auth.is_set && !auth.is_usable, "what every sample has is no key");
}

#[test]
fn a_policy_with_a_flaw_anywhere_is_not_described() {
    for (policy, flaw) in [
        (json!({"qouta": []}), "\"qouta\" is not known"),
        (json!({"clients": {"shop": {}}}), "\"clients.shop.secret_env\" must be given"),
        (json!({"origins": ["*"]}), "\"origins[0]\" must be an origin"),
    ] {
        let error = describe(&policy).expect_err("a flaw").to_string();
        assert!(error.starts_with("aisp_policy_describe(): Argument #1 ($policy) ") && error.contains(flaw), "{error}");
    }
}

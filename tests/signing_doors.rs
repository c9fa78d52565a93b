//! The doors for whoever has no login, as PHP opens them: what comes in through `$headers` and tokens is refused with 401,
//! what is wrong with `$options` is the administrator's.

use aisp::audit::Journal;
use aisp::error::Error;
use aisp::gateway::settings::{Settings, default_of};
use aisp::gateway::value::{Key, Value};
use aisp::gateway::{Env, Raw, Scheme, Secrets, Verified, mint_token, sign_request, verify_request, verify_token};
use once_cell::sync::Lazy;
use parking_lot::Mutex;
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

const NOW: i64 = 1_764_000_000;

/// `NEW`, `OLD` and `OTHER` are keys, `SHORT` is too short for one by a byte, `LEAST` is not, and nothing else is set. It keeps
/// what it is told.
#[derive(Default)]
struct Office(Mutex<Vec<String>>);

impl Secrets for Office {
    fn find(&self, name: &str) -> Option<SecretString> {
        match name {
            "NEW" | "OLD" | "OTHER" => Some(secret(name).into()),
            "SHORT" => Some("fifteen letters".into()),
            "LEAST" => Some("sixteen letters.".into()),
            _ => None,
        }
    }
}

impl Journal for Office {
    fn line(&self, text: &str) {
        self.0.lock().push(text.to_owned());
    }
}

fn secret(name: &str) -> String {
    format!("the long key of {name}")
}

/// Where nonces are remembered.
static FOLDER: Lazy<TempDir> = Lazy::new(|| tempfile::tempdir().expect("a folder"));

impl Office {
    fn with<T>(&self, f: impl FnOnce(&Env<'_>) -> T) -> T {
        let store = format!("sqlite:{}/aisp.db", FOLDER.path().display());
        let settings = Settings::read(|entry| match entry {
            "aisp.store" => store.clone(),
            _ => default_of(entry).to_owned(),
        });
        let settings = settings.expect("valid settings");
        f(&Env::new(&settings, self, self))
    }
}

const RAW: Raw<'_> = Raw { method: b"POST", target: b"/wp-json/x?a=b", body: b"\xff\0{}" };

fn clients() -> Json {
    json!({
        "shop": {"secret_env": ["NEW", "OLD"], "allow": ["203.0.113.0/24", "2001:db8::/32"]},
        "till": {"secret_env": "OTHER", "plain": true},
    })
}

fn options() -> Json {
    json!({"clients": clients(), "host": "example.com", "ip": "203.0.113.7"})
}

fn signed(options: &Json, now_s: i64) -> Result<Json, Error> {
    let headers = Office::default().with(|env| sign_request(&RAW, &options.into(), now_s, env))?;
    Ok(headers
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Json::from(value)))
        .collect::<serde_json::Map<_, _>>()
        .into())
}

fn by(client: &str, key: &str) -> Json {
    signed(&json!({"client": client, "secret_env": key, "host": "example.com"}), NOW).expect("a signature")
}

fn verified(raw: &Raw<'_>, headers: &Json, options: &Json, now_s: i64) -> Result<Verified, Error> {
    Office::default().with(|env| verify_request(raw, &headers.into(), &options.into(), now_s, env))
}

/// Class, status and code of a refusal.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.expect_err("a refusal");
    format!("{} {} {}", error.kind().slug(), error.status(), error.code())
}

fn unauthorized(reason: &str) -> String {
    format!("unauthorized 401 caller_unauthorized_{reason}")
}

#[test]
fn a_signed_request_says_whose_it_is_and_what_to_remember() {
    for key in ["NEW", "OLD"] {
        let told = verified(&RAW, &by("shop", key), &options(), NOW + 300).expect("verified");
        assert_eq!((told.client.as_str(), told.scheme, told.time_s), ("shop", Scheme::V2, Some(NOW)));
        assert_eq!(told.nonce.as_deref().map(str::len), Some(32));
        assert_eq!(told.forget_s, Some(NOW + 300 + 601));
    }
    assert_ne!(by("shop", "NEW"), by("shop", "NEW"), "every signature has a nonce of its own");
    let url = Raw { target: b"https://EXAMPLE.com:443/wp-json/x?a=b", ..RAW };
    let headers = Office::default()
        .with(|env| sign_request(&url, &(&json!({"client": "shop", "secret_env": ["NEW", "UNSET"]})).into(), NOW, env));
    let [(name, value)] = headers.expect("a signature");
    assert!(verified(&RAW, &json!({name: value}), &options(), NOW).is_ok());
}

#[test]
fn a_signed_request_is_good_for_one_site_one_client_and_its_time() {
    let at = |headers: &Json, options: &Json, now_s| refusal(verified(&RAW, headers, options, now_s));
    let shop = by("shop", "NEW");
    assert_eq!(at(&shop, &options(), NOW + 301), unauthorized("stale"));
    assert_eq!(at(&shop, &options(), NOW - 301), unauthorized("future"));
    assert_eq!(
        at(&shop, &json!({"clients": clients(), "host": "example.com", "tolerance": 10}), NOW + 11),
        unauthorized("stale")
    );
    assert_eq!(at(&shop, &json!({"clients": clients(), "host": "staging.example.com"}), NOW), unauthorized("mismatch"));
    assert_eq!(at(&shop, &json!({"clients": clients()}), NOW), unauthorized("malformed"));
    assert_eq!(at(&shop, &json!({"clients": [], "host": "example.com"}), NOW), unauthorized("mismatch"));
    assert_eq!(at(&by("shop", "OTHER"), &options(), NOW), unauthorized("mismatch"));
    assert_eq!(at(&by("nobody", "NEW"), &options(), NOW), unauthorized("mismatch"));
    for raw in
        [Raw { body: b"\xff\0{} ", ..RAW }, Raw { target: b"/wp-json/x?a=c", ..RAW }, Raw { method: b"PUT", ..RAW }]
    {
        assert_eq!(refusal(verified(&raw, &shop, &options(), NOW)), unauthorized("mismatch"));
    }
    for raw in [Raw { target: b"/\xff", ..RAW }, Raw { method: b"", ..RAW }, Raw { target: b"", ..RAW }] {
        assert_eq!(refusal(verified(&raw, &shop, &options(), NOW)), unauthorized("malformed"));
    }
    let host =
        Value::Array(vec![(Key::Str(b"clients"), Value::Array(Vec::new())), (Key::Str(b"host"), Value::Str(b"\xff"))]);
    let told = Office::default().with(|env| verify_request(&RAW, &(&shop).into(), &host, NOW, env));
    assert_eq!(refusal(told), unauthorized("malformed"));
}

#[test]
fn a_request_that_was_caught_is_refused_at_once_and_after_its_time() {
    let shop = by("shop", "NEW");
    assert!(verified(&RAW, &shop, &options(), NOW).is_ok());
    for now_s in [NOW, NOW + 1, NOW + 300] {
        assert_eq!(refusal(verified(&RAW, &shop, &options(), now_s)), unauthorized("replayed"));
    }
    assert_eq!(refusal(verified(&RAW, &shop, &options(), NOW + 602)), unauthorized("stale"));
    let mut elsewhere = options();
    elsewhere["site"] = json!("2");
    assert!(verified(&RAW, &shop, &elsewhere, NOW).is_ok(), "another site has nonces of its own");
}

#[test]
fn an_address_that_is_not_allowed_is_forbidden_only_to_whom_the_signature_is() {
    let from = |ip: Json, headers: &Json| {
        verified(&RAW, headers, &json!({"clients": clients(), "host": "example.com", "ip": ip}), NOW)
    };
    let shop = by("shop", "NEW");
    for ip in ["203.0.113.255", "::ffff:203.0.113.1", "2001:db8::1"] {
        assert!(from(json!(ip), &by("shop", "NEW")).is_ok(), "{ip}");
    }
    for ip in [json!("203.0.114.1"), json!("::1"), json!(""), Json::Null] {
        assert_eq!(refusal(from(ip.clone(), &shop)), "forbidden 403 caller_forbidden_ip");
        assert_eq!(refusal(from(ip.clone(), &by("shop", "OTHER"))), unauthorized("mismatch"));
        assert!(from(ip, &by("till", "OTHER")).is_ok());
    }
    let nobody =
        json!({"clients": {"shop": {"secret_env": "NEW", "allow": []}}, "host": "example.com", "ip": "203.0.113.7"});
    assert_eq!(refusal(verified(&RAW, &shop, &nobody, NOW)), "forbidden 403 caller_forbidden_ip");
}

#[test]
fn the_plain_signature_is_accepted_of_plain_clients_alone() {
    let code = |key: &str| aisp::hex::encode(&aisp::signing::mac::tag(secret(key).as_bytes(), RAW.body));
    let told = |headers: Json| verified(&RAW, &headers, &options(), NOW);
    let plain = told(json!({"x_sign": [code("OTHER")]})).expect("verified");
    let expected =
        Verified { client: "till".to_owned(), scheme: Scheme::Plain, nonce: None, time_s: None, forget_s: None };
    assert_eq!(plain, expected);
    assert_eq!(told(json!({"X-Sign": code("OTHER"), "X-AISP-Client": "till"})).expect("verified"), expected);
    assert_eq!(refusal(told(json!({"X-Sign": code("NEW")}))), unauthorized("mismatch"));
    for client in ["shop", "nobody", ""] {
        assert_eq!(refusal(told(json!({"X-Sign": code("NEW"), "X-AISP-Client": client}))), unauthorized("mismatch"));
    }
    // One that also has the signature of version 2 is judged by that.
    let mut both = by("shop", "NEW");
    both["X-Sign"] = json!(["x", "y"]);
    assert_eq!(told(both).map(|told| told.scheme).ok(), Some(Scheme::V2));
    assert_eq!(refusal(told(json!({"X-Sign": code("OTHER"), "X-AISP-Signature": ""}))), unauthorized("malformed"));
    let two =
        json!({"clients": {"a": {"secret_env": "NEW", "plain": true}, "b": {"secret_env": "OLD", "plain": true}}});
    assert_eq!(refusal(verified(&RAW, &json!({"X-Sign": code("NEW")}), &two, NOW)), unauthorized("missing_header"));
    assert!(verified(&RAW, &json!({"X-Sign": code("OLD"), "X-AISP-Client": "b"}), &two, NOW).is_ok());
    assert_eq!(
        refusal(verified(&RAW, &json!({"X-Sign": code("NEW")}), &json!({"clients": {}}), NOW)),
        unauthorized("mismatch")
    );
}

#[test]
fn the_key_of_a_client_that_there_is_opens_nothing_to_one_that_there_is_not() {
    // With whose keys such a signature is verified is for nobody to know: as if it were one of the first client.
    let code = |key: &str| aisp::hex::encode(&aisp::signing::mac::tag(secret(key).as_bytes(), RAW.body));
    for first in [json!({"secret_env": ["NEW", "OLD"]}), json!({"secret_env": ["NEW", "OLD"], "plain": true})] {
        let options =
            json!({"clients": {"a": first, "b": {"secret_env": "OTHER", "plain": true}}, "host": "example.com"});
        for key in ["NEW", "OLD", "OTHER"] {
            let told = |headers: Json| refusal(verified(&RAW, &headers, &options, NOW));
            assert_eq!(told(by("nobody", key)), unauthorized("mismatch"), "{key}");
            assert_eq!(
                told(json!({"X-Sign": code(key), "X-AISP-Client": "nobody"})),
                unauthorized("mismatch"),
                "{key}"
            );
        }
    }
}

#[test]
fn a_key_that_is_not_set_or_too_short_is_none_and_the_journal_names_it_once() {
    let office = Office::default();
    let ask = |names: Json, headers: &Json| {
        let options = json!({"clients": {"shop": {"secret_env": names, "plain": true}}, "host": "example.com"});
        office.with(|env| verify_request(&RAW, &headers.into(), &(&options).into(), NOW, env))
    };
    assert!(ask(json!(["NEXT_KEY", "SHORT", "NEW"]), &by("shop", "NEW")).is_ok());
    assert!(ask(json!("LEAST"), &by("shop", "LEAST")).is_ok());
    let guessed = aisp::hex::encode(&aisp::signing::mac::tag(b"fifteen letters", RAW.body));
    for name in ["NEXT_KEY", "SHORT"] {
        assert_eq!(refusal(ask(json!(name), &json!({"X-Sign": guessed}))), unauthorized("mismatch"));
    }
    let unset = "NEXT_KEY is not set: neither in the environment nor as a constant";
    let short = "SHORT is too short for a key: it must hold at least 16 bytes";
    let line = format!("aisp: signatures are verified without these keys: {unset}; {short}");
    assert_eq!(*office.0.lock(), [line]);
    for (name, why) in [("NEXT_KEY", unset), ("SHORT", short)] {
        let error = signed(&json!({"client": "shop", "secret_env": name, "host": "h"}), NOW).expect_err("no key");
        assert_eq!((error.kind().slug(), error.to_string()), ("config_error", format!("{why}.")));
    }
}

#[test]
fn flaws_of_options_are_named() {
    let verify = |options: Json| verified(&RAW, &by("shop", "NEW"), &options, NOW).expect_err("a flaw").to_string();
    let client = |client: Json| verify(json!({"clients": {"shop": client}}));
    for (sentence, problem) in [
        (verify(json!({})), "key \"clients\" must be given"),
        (
            verify(json!({"clients": {"Shop": {"secret_env": "NEW"}}})),
            "key \"clients.Shop\" must have a name of 1 to 64",
        ),
        (verify(json!({"clients": {}, "ip": "x"})), "key \"ip\" must be an IP address"),
        (verify(json!({"clients": {}, "tolerance": 301})), "key \"tolerance\" must be between 1 and 300, 301 given"),
        (verify(json!({"clients": {}, "host": 1})), "key \"host\" must be of type string, int given"),
        (
            verify(json!({"clients": {}, "hosts": ""})),
            "key \"hosts\" is not known; known are clients, host, ip, site, tolerance",
        ),
        (client(json!({})), "key \"clients.shop.secret_env\" must be given"),
        (client(json!({"secret_env": []})), "key \"clients.shop.secret_env\" must hold 1 to 4 names"),
        (
            client(json!({"secret_env": ["A", "B", "C", "D", "E"]})),
            "key \"clients.shop.secret_env\" must hold 1 to 4 names",
        ),
        (client(json!({"secret_env": "sk-123"})), "must name environment variables or constants, never a secret"),
        (client(json!({"secret_env": "HTTP_X"})), "must name environment variables or constants, never a secret"),
        (
            client(json!({"secret_env": "A", "allow": ["10.0.0.0/40"]})),
            "\"clients.shop.allow\" holds what it may not: \"10.0.0.0/40\" is neither",
        ),
        (
            client(json!({"secret_env": "A", "allow": [5]})),
            "key \"clients.shop.allow[0]\" must be of type string, int given",
        ),
        (client(json!({"secret_env": "A", "plain": 1})), "key \"clients.shop.plain\" must be of type bool, int given"),
    ] {
        assert!(
            sentence.starts_with("aisp_verify_request(): Argument #5 ($options) ") && sentence.contains(problem),
            "{sentence}"
        );
    }
    let sign = |options: Json| signed(&options, NOW).expect_err("a flaw").to_string();
    assert!(sign(json!({"secret_env": "NEW"})).contains("Argument #4 ($options) key \"client\" must be 1 to 64"));
    assert!(
        sign(json!({"client": "shop", "secret_env": "NEW"}))
            .contains("key \"host\" must be a host, unless $target is a URL")
    );
}

fn minted(claims: &Json, options: &Json) -> Result<String, Error> {
    Office::default().with(|env| mint_token(&claims.into(), &options.into(), NOW, env))
}

#[test]
fn a_token_opens_its_routes_for_its_origin_until_it_expires() {
    let claims = json!({"routes": ["/infer"], "models": ["m"], "origin": "https://example.com", "epoch": 2, "site": "1", "sub": "visitor:7"});
    let token = minted(&claims, &json!({"secret_env": ["OLD"], "ttl": 600})).expect("a token");
    let verify = |options: Json, now_s| {
        Office::default().with(|env| verify_token(token.as_bytes(), &(&options).into(), now_s, env))
    };
    let expected = json!({"secret_env": ["NEW", "OLD"], "route": "/infer", "origin": "https://example.com", "epoch": 2, "site": "1"});
    let told = verify(expected.clone(), NOW + 599).expect("verified");
    assert_eq!((told.sub.as_str(), told.models, told.expires_s), ("visitor:7", vec!["m".to_owned()], NOW + 600));
    assert_eq!(refusal(verify(expected.clone(), NOW + 600)), unauthorized("expired"));
    for (key, value, reason) in [
        ("route", json!("/batch"), "route"),
        ("origin", json!("https://example.org"), "origin"),
        ("origin", Json::Null, "origin"),
        ("epoch", json!(3), "epoch"),
        ("epoch", Json::Null, "epoch"),
        ("site", json!("2"), "mismatch"),
        ("secret_env", json!("NEW"), "mismatch"),
    ] {
        let mut other = expected.clone();
        other[key] = value;
        assert_eq!(refusal(verify(other, NOW)), unauthorized(reason), "{key}");
    }
}

#[test]
fn flaws_of_claims_are_named() {
    let secret = json!({"secret_env": "NEW"});
    let flaw = |claims: Json, options: &Json| minted(&claims, options).expect_err("a flaw").to_string();
    let good = json!({"routes": ["/infer"], "origin": "https://example.com"});
    assert!(minted(&good, &secret).is_ok());
    for (sentence, problem) in [
        (flaw(json!({"routes": ["/infer"]}), &secret), "#1 ($claims) key \"origin\" must be an origin"),
        (
            flaw(json!({"routes": ["/infer"], "origin": "https://example.com/"}), &secret),
            "key \"origin\" must be an origin",
        ),
        (flaw(json!({"routes": [], "origin": "https://example.com"}), &secret), "key \"routes\" must name a route"),
        (
            flaw(json!({"routes": ["a\nb"], "origin": "https://example.com"}), &secret),
            "key \"routes\" must hold at most 16 names",
        ),
        (
            flaw(json!({"routes": ["x".repeat(900)], "origin": "https://example.com"}), &secret),
            "must make a token of at most 1 KiB",
        ),
        (
            flaw(good.clone(), &json!({"secret_env": "NEW", "ttl": 601})),
            "#2 ($options) key \"ttl\" must be between 1 and 600",
        ),
        (flaw(good.clone(), &json!({"secret_env": "UNSET"})), "UNSET is not set"),
        (flaw(good, &json!({"secret_env": "SHORT"})), "SHORT is too short for a key"),
    ] {
        assert!(sentence.contains(problem), "{sentence}");
    }
}

//! The story of one request, told without PHP: what the cache may and may not answer.

use aisp::audit::{Journal, Record};
use aisp::error::{Error, Fault};
use aisp::gateway::settings::{Settings, default_of};
use aisp::gateway::value::Value;
use aisp::gateway::{Args, Env, Outcome, Secrets, infer, request_hash};
use aisp::store::{Settlement, Write, with};
use secrecy::SecretString;
use serde_json::{Value as Json, json};

/// A world without keys, in which nobody listens.
struct Nobody;

impl Secrets for Nobody {
    fn find(&self, _: &str) -> Option<SecretString> {
        None
    }
}

impl Journal for Nobody {
    fn line(&self, _: &str) {}
}

fn settings(folder: &tempfile::TempDir) -> Settings {
    let store = format!("sqlite:{}/aisp.db", folder.path().display());
    Settings::read(|entry| match entry {
        "aisp.store" => store.clone(),
        "aisp.allowed_hosts" => "127.0.0.1".to_owned(),
        _ => default_of(entry).to_owned(),
    })
    .expect("valid settings")
}

fn args<'a>(request: &'a Json, policy: &'a Json) -> Args<'a> {
    Args { function: "aisp_infer", request: request.into(), caller: Value::empty(), policy: policy.into() }
}

fn ask(args: &Args<'_>, settings: &Settings) -> Result<Outcome, Error> {
    infer(args, &Env::new(settings, &Nobody, &Nobody))
}

/// Puts an answer into the cache as a call would have done.
fn keep(args: &Args<'_>, body: &[u8], settings: &Settings) {
    let hex = request_hash(args).expect("a valid request");
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex")).collect();
    let hash = bytes.try_into().expect("32 bytes");
    let record = Record { uid: "01890000-0000-7000-8000-000000000000".to_owned(), ..Record::default() };
    let write = Write { hash: &hash, body, tags: &[], asked_us: 1, expires_us: i64::MAX };
    let settlement = Settlement { write: Some(write), ..Settlement::plain(&record, 1) };
    with(&settings.store, |store| store.settle(&settlement)).expect("a store").expect("settled");
}

/// A provider that wants no key, at a port where nobody listens.
fn policy() -> Json {
    let nowhere = json!({"kind": "openai_responses", "base_url": "http://127.0.0.1:1"});
    json!({"providers": {"nowhere": nowhere}, "max_attempts": 1})
}

#[test]
fn a_kept_answer_needs_neither_key_nor_provider() {
    let folder = tempfile::tempdir().expect("a folder");
    let (settings, request, none) = (settings(&folder), json!({"prompt": "Hi"}), json!({}));
    let args = args(&request, &none);
    assert!(matches!(ask(&args, &settings), Err(Error::Config { message }) if message.contains("OPENAI_API_KEY")));
    keep(&args, br#"{"text":"Hello","finish":"stop","tokens_in":1,"tokens_in_cached":0,"tokens_out":2}"#, &settings);
    let outcome = ask(&args, &settings).expect("the kept answer");
    assert_eq!((outcome.answer.text.as_str(), outcome.cached, outcome.cost_usd), ("Hello", true, Some(0.0)));
}

#[test]
fn a_kept_answer_that_cannot_be_read_is_asked_for_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (settings, request, policy) = (settings(&folder), json!({"prompt": "Hi"}), policy());
    let args = args(&request, &policy);
    keep(&args, b"{}", &settings);
    let error = ask(&args, &settings).expect_err("nobody listens there");
    assert!(matches!(error, Error::Provider { fault: Fault::Unreachable, .. }), "{error:?}");
    let records =
        with(&settings.store, |store| store.drain(10, None, i64::MAX / 2)).expect("a store").expect("drained");
    let codes: Vec<_> = records.iter().map(|record| record.error.as_deref()).collect();
    assert_eq!(codes, [None, Some("provider_unreachable")]);
}

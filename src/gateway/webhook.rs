//! A webhook at the door: from PHP's arrays and the names of secrets to an event that can be trusted.

mod source;

use serde_json::Value as Json;

use super::fields::Fields;
use super::flow::with_store;
use super::value::Value;
use super::{Env, header, misconfigured};
use crate::audit::Quiet;
use crate::clock::now_us;
use crate::error::Error;
use crate::store::Arrival;
use crate::webhook::{Reason, Scheme, Source, Verified, ended_work, verify};
use source::Options;
pub use source::{check_sources, sources};

static COMPLAINT: Quiet = Quiet::new();

/// How long an id is remembered where the signature has a time: longer than any sender repeats an event.
const REMEMBERED_US: i64 = 30 * 86_400 * 1_000_000;
/// The arguments of `aisp_verify_webhook()` as they came in.
#[derive(Debug)]
pub struct Delivery<'a> {
    /// `$body`: the raw bytes.
    pub body: &'a [u8],
    /// `$headers`: untrusted, a string or a list of strings by name.
    pub headers: Value<'a>,
    /// `$options`: what the administrator expects.
    pub options: Value<'a>,
}

/// An event that comes from its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// What names it.
    pub id: String,
    /// What happened, if it says so.
    pub event_type: Option<String>,
    /// When it was signed, in seconds since the epoch, where the scheme says so.
    pub timestamp: Option<i64>,
    /// How it was signed.
    pub scheme: Scheme,
    /// Whether it has been here before.
    pub duplicate: bool,
    /// The body, decoded; null if it is not JSON.
    pub payload: Json,
}

/// `aisp_verify_webhook()`: remembers the event's id for as long as senders repeat one, unless `dedupe` is false.
///
/// # Errors
/// [`Error::Unauthorized`] for everything that is wrong with the webhook, or where no secret is set, of which the journal
/// tells more; [`Error::Config`] for malformed options; [`Error::Store`].
pub fn verify_webhook(delivery: &Delivery<'_>, env: &Env<'_>) -> Result<Webhook, Error> {
    let now_us = now_us();
    verify_at("aisp_verify_webhook", delivery, now_us, env, |options, verified| {
        let key = ["webhook", options.site, options.source, &verified.id].join("\u{1f}");
        // A signature without a time holds for ever.
        let until_us = verified.timestamp.map_or(i64::MAX, |_| now_us + REMEMBERED_US);
        Ok(!with_store(env, |store| store.take_nonce(&key, until_us, now_us))?)
    })
}

/// `aisp_webhook_receive()`: verifies an event and keeps it in the inbox, in one step.
///
/// # Errors
/// As [`verify_webhook`].
pub fn receive_webhook(delivery: &Delivery<'_>, env: &Env<'_>) -> Result<Webhook, Error> {
    let now_us = now_us();
    verify_at("aisp_webhook_receive", delivery, now_us, env, |options, verified| {
        let arrival = Arrival {
            now_us,
            site: options.site,
            source: options.source,
            event: &verified.id,
            kind: verified.event_type.as_deref(),
            sent_s: verified.timestamp,
            body: delivery.body,
        };
        let seen = !with_store(env, |store| store.receive(&arrival))?;
        // Also where the event has been here before: whoever received it then may have died right after.
        if let Some(work) = verified.event_type.as_deref().and_then(|kind| ended_work(kind, delivery.body)) {
            with_store(env, |store| store.wake_job(options.site, &work, now_us))?;
        }
        Ok(seen)
    })
}

/// `seen` remembers the event and says whether it has been here before; it is asked only once the signature holds, and not
/// where `dedupe` is false.
fn verify_at(
    function: &'static str,
    delivery: &Delivery<'_>,
    now_us: i64,
    env: &Env<'_>,
    seen: impl FnOnce(&Options<'_>, &Verified) -> Result<bool, Error>,
) -> Result<Webhook, Error> {
    let now_s = now_us.div_euclid(1_000_000);
    let options = Fields::of(&delivery.options).and_then(Options::read);
    let options = options.map_err(misconfigured(function, 3, "options"))?;
    let verified = check(delivery, &options, now_s, env).map_err(|reason| {
        if reason == Reason::NoSecret && COMPLAINT.is_over() {
            env.journal.line(&options.complaint(env));
        }
        Error::Unauthorized { code: reason.code() }
    })?;
    let duplicate = options.dedupe && seen(&options, &verified)?;
    let payload = serde_json::from_slice(delivery.body).unwrap_or(Json::Null);
    let Verified { id, event_type, timestamp, scheme, .. } = verified;
    Ok(Webhook { id, event_type, timestamp, scheme, duplicate, payload })
}

fn check(delivery: &Delivery<'_>, options: &Options<'_>, now_s: i64, env: &Env<'_>) -> Result<Verified, Reason> {
    if !matches!(delivery.headers, Value::Array(_)) {
        return Err(Reason::TooLarge);
    }
    // What is no value of a header becomes an empty one, which no scheme takes where it needs the header.
    let headers = header::all(&delivery.headers).map(|(name, line)| (name, line.unwrap_or_default())).collect();
    let secrets = options.secrets(env);
    let source = Source { scheme: options.scheme, secrets: &secrets, tolerance_s: options.tolerance_s };
    verify(&source, delivery.body, &headers, now_s)
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use secrecy::SecretString;
    use serde_json::json;

    use super::*;
    use crate::audit::Journal;
    use crate::gateway::Secrets;
    use crate::gateway::settings::{Settings, default_of};

    /// HMAC-SHA256 of `{"id":"evt_1","type":"a.b"}` under `new`.
    const SIGNATURE: &str = "59c7de5fb7804c09b7bb21ca1b2b37afd3ef079cfee7f478358aa735d59d1e74";
    const BODY: &[u8] = br#"{"id":"evt_1","type":"a.b"}"#;

    /// A world in which `NEW` and `OLD` are set, and `BROKEN` is no Base64.
    #[derive(Default)]
    struct Office(Mutex<Vec<String>>);

    impl Secrets for Office {
        fn find(&self, name: &str) -> Option<SecretString> {
            let secret = match name {
                "NEW" => "new",
                "OLD" => "old",
                "BROKEN" => "whsec_top secret",
                _ => return None,
            };
            Some(secret.into())
        }
    }

    impl Journal for Office {
        fn line(&self, text: &str) {
            self.0.lock().push(text.to_owned());
        }
    }

    impl Office {
        fn ask(&self, headers: &Json, options: &Json, seen: bool) -> Result<Webhook, Error> {
            let settings = Settings::read(|entry| default_of(entry).to_owned()).expect("the defaults");
            let env = Env::new(&settings, self, self);
            let delivery = Delivery { body: BODY, headers: headers.into(), options: options.into() };
            verify_at("aisp_verify_webhook", &delivery, 1_700_000_000_000_000, &env, |_, _| Ok(seen))
        }
    }

    fn said(headers: &Json, options: &Json) -> String {
        match Office::default().ask(headers, options, false) {
            Ok(webhook) => webhook.id,
            Err(Error::Unauthorized { code }) => code.trim_start_matches("caller_unauthorized_").to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_event_comes_with_its_payload() {
        let headers = json!({"HTTP_X_AISIG": SIGNATURE, "REQUEST_TIME": 1, "argv": [], "0": "x"});
        let options = json!({"scheme": "hex", "secret_env": ["OLD", "NEW"], "source": "shop"});
        let webhook = Office::default().ask(&headers, &options, true).expect("a good signature");
        let Webhook { id, event_type, timestamp, scheme, duplicate, payload } = webhook;
        assert_eq!((id.as_str(), event_type.as_deref(), timestamp, scheme), ("evt_1", Some("a.b"), None, Scheme::Hex));
        assert_eq!((duplicate, payload), (true, json!({"id": "evt_1", "type": "a.b"})));
    }

    #[test]
    fn nothing_is_remembered_of_what_does_not_hold_or_need_not_be() {
        let remembered = |signature: &str, dedupe: bool| {
            let options = json!({"scheme": "hex", "secret_env": "NEW", "dedupe": dedupe});
            let webhook = Office::default().ask(&json!({"x-aisig": signature}), &options, true);
            webhook.map(|webhook| webhook.duplicate).map_err(|error| error.code())
        };
        assert_eq!(remembered(SIGNATURE, false), Ok(false));
        assert_eq!(remembered(&"0".repeat(64), true), Err("caller_unauthorized_mismatch"));
    }

    #[test]
    fn headers_of_any_shape_are_refused_as_malformed_at_worst() {
        let options = json!({"scheme": "hex", "secret_env": "NEW"});
        for (headers, wanted) in [
            (json!({"x_aisig": [SIGNATURE]}), "evt_1"),
            (json!({"x-aisig": SIGNATURE, "x-other": {"a": [1]}}), "evt_1"),
            (json!({"x-aisig": [SIGNATURE, SIGNATURE]}), "malformed"),
            (json!({"x-aisig": SIGNATURE, "X_AISIG": SIGNATURE}), "malformed"),
            (json!({"x-aisig": 5}), "malformed"),
            (json!({"x-aisig": [[SIGNATURE]]}), "malformed"),
            (json!({"x-aisig": []}), "missing_header"),
            (json!({"x-aisig": null}), "missing_header"),
            (json!([SIGNATURE]), "missing_header"),
        ] {
            assert_eq!(said(&headers, &options), wanted, "{headers}");
        }
    }

    #[test]
    fn wrong_options_are_named() {
        for (options, wanted) in [
            (json!({}), r#"key "scheme" must be one of standard, stripe, github, hex"#),
            (json!({"scheme": "sha1"}), r#"key "scheme" must be one of"#),
            (json!({"scheme": "hex", "secret_env": "sk-1"}), r#"key "secret_env" must name"#),
            (json!({"scheme": "hex", "secret_env": ["NEW", "HTTP_X"]}), r#"key "secret_env" must name"#),
            (json!({"scheme": "hex", "secret_env": [5]}), r#"key "secret_env[0]" must be of type string, int given"#),
            (json!({"scheme": "hex", "secret_env": ["A", "B", "C", "D", "E"]}), "at most 4 names"),
            (json!({"scheme": "hex", "tolerance": 0}), r#"key "tolerance" must be between 1 and 3600, 0 given"#),
            (json!({"scheme": "hex", "source": "a\n"}), r#"key "source" must be"#),
            (
                json!({"scheme": "hex", "secret_env": ["A"], "secret": "x"}),
                "known are dedupe, scheme, secret_env, site, source, tolerance",
            ),
        ] {
            let message = said(&json!({}), &options);
            assert!(message.contains("Argument #3 ($options)") && message.contains(wanted), "{message}");
        }
    }

    #[test]
    fn a_secret_that_is_missing_is_401_outside_and_named_once_in_the_journal() {
        let office = Office::default();
        for names in [json!(["BROKEN", "NOWHERE"]), json!([]), Json::Null] {
            let options = json!({"scheme": "standard", "secret_env": names, "source": "openai"});
            let error = office.ask(&json!({}), &options, false).expect_err("no secret");
            assert_eq!((error.status(), error.code()), (401, "caller_unauthorized_no_secret"));
            assert_eq!(error.to_string(), "The request could not be verified.");
        }
        let lines = office.0.lock();
        assert_eq!(
            *lines,
            [
                "aisp: webhooks of the source \"openai\" are refused for want of a secret: BROKEN holds no key for the scheme \
              standard; NOWHERE is not set, neither in the environment nor as a constant"
            ]
        );
    }
}

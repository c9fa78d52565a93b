//! What holds for every webhook: nobody without the key gets in, who has it does, and nothing signed can be changed.

#[path = "support/webhook.rs"]
mod webhook;

use aisp::webhook::Scheme;
use proptest::prelude::*;
use webhook::{Hook, NOW_S, names, signed_header};

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL.to_vec())
}

/// A name that a scheme reads, in any of PHP's forms, or any bytes.
fn name() -> impl Strategy<Value = String> {
    let known = scheme().prop_flat_map(|scheme| prop::sample::select(names(scheme)));
    let form =
        prop::sample::select(vec![|name: &str| name.to_owned(), |name: &str| name.replace('-', "_"), |name: &str| {
            format!("HTTP_{}", name.replace('-', "_").to_uppercase())
        }]);
    prop_oneof![4 => (known, form).prop_map(|((name, _), form)| form(name)), 1 => "\\PC{0,8}"]
}

/// Pieces of which headers are made, and any bytes.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let now = (NOW_S - 400..NOW_S + 400).prop_map(|s| s.to_string());
    let piece = prop_oneof![
        "[ ,=.;]",
        "v1,",
        "v1=",
        "t=",
        "sha256=",
        "[0-9a-f]{64}",
        "[0-9a-f]{63}",
        "[A-Za-z0-9+/]{43}=",
        "[A-Za-z0-9_]{1,9}",
        now.clone(),
    ];
    let made = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat().into_bytes());
    let whole =
        prop_oneof!["v1,[A-Za-z0-9+/]{42}A=", "sha256=[0-9a-f]{64}", "[0-9a-f]{64}", "msg_[a-z]{3}", now.clone()];
    let stripe = (now, "[0-9a-f]{64}").prop_map(|(now, digits)| format!("t={now},v1={digits}"));
    prop_oneof![
        made,
        prop_oneof![whole, stripe].prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        9 => prop::collection::vec(any::<u8>(), 0..200),
        9 => ("[a-z]{1,9}", "\\PC{0,9}")
            .prop_map(|(id, kind)| serde_json::json!({"id": id, "type": kind}).to_string().into_bytes()),
        1 => Just(b"[".repeat(5_000)),
    ]
}

/// A webhook of somebody who has the key.
fn good() -> impl Strategy<Value = Hook> {
    let key = prop::collection::vec(b'!'..=b'~', 1..80);
    (scheme(), key, "[!-\\-/-~]{1,255}", -300..=300_i64, body())
        .prop_map(|(scheme, key, id, off_s, body)| Hook::signed(scheme, &key, &id, &(NOW_S + off_s).to_string(), &body))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn nobody_without_the_key_gets_in(
        scheme in scheme(),
        secrets in prop::collection::vec(prop_oneof!["\\PC{0,20}", "whsec_[A-Za-z0-9+/=]{0,12}"], 0..4),
        headers in prop::collection::vec((name(), value()), 0..8),
        body in body(),
        now_s in prop_oneof![9 => NOW_S - 400..NOW_S + 400, 1 => any::<i64>()],
    ) {
        let hook = Hook { scheme, secrets, headers, body, now_s };
        prop_assert!(hook.verify().is_err(), "{hook:?}");
    }

    /// All headers there and of good form, so that what is refused is the signature.
    #[test]
    fn a_good_form_is_not_enough(hook in good(), other in "[a-z]{1,40}") {
        prop_assume!(!hook.secrets.contains(&other));
        let stranger = Hook { secrets: vec![other], ..hook };
        prop_assert!(stranger.verify().is_err());
    }

    #[test]
    fn who_has_the_key_gets_in(hook in good(), others in prop::collection::vec("[A-Z ]{0,9}", 0..3)) {
        let verified = hook.verify();
        prop_assert!(verified.is_ok(), "{verified:?}");
        let rotating = Hook { secrets: others.into_iter().chain(hook.secrets.clone()).collect(), ..hook.clone() };
        prop_assert_eq!(rotating.verify(), verified);
    }

    #[test]
    fn nothing_signed_can_be_changed_by_a_byte(hook in good(), at in any::<prop::sample::Index>(), by in 1..=255_u8) {
        let mut spoilt = hook.clone();
        let signed = |name: &str| name == signed_header(hook.scheme) || hook.scheme == Scheme::Standard;
        let headers = spoilt.headers.iter_mut().filter(|(name, _)| signed(name)).flat_map(|(_, value)| value);
        let mut bytes: Vec<&mut u8> = headers.chain(&mut spoilt.body).collect();
        let byte = at.get_mut(&mut bytes);
        **byte ^= by;
        // In the scheme `hex` a digit in capitals is the same digit.
        prop_assume!(spoilt.headers.iter().zip(&hook.headers).any(|((_, a), (_, b))| !a.eq_ignore_ascii_case(b)) || spoilt.body != hook.body || hook.scheme != Scheme::Hex);
        prop_assert!(spoilt.verify().is_err(), "{:?}", spoilt);
    }
}

//! What holds for every format.

use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::testing::{call, events, json, stream};
use super::*;
use crate::error::Fault;

/// One short stream of each format.
const STREAMS: [(Kind, &str); 4] = [
    (Kind::OpenaiResponses, openai_responses::stream::tests::STREAM),
    (Kind::OpenaiChat, openai_chat::tests::STREAM),
    (Kind::Anthropic, anthropic::tests::STREAM),
    (Kind::Gemini, gemini::tests::STREAM),
];

#[test]
fn a_name_stands_for_one_format() {
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(kind));
        assert_eq!(json!(kind), kind.name());
    }
    assert_eq!(Kind::named("openai"), None);
}

#[test]
fn the_key_travels_in_its_own_header_and_shows_nowhere() {
    let extra = [("x-extra".to_owned(), "1".to_owned())];
    let key = SecretString::from("sk-secret");
    let azure = "https://me.openai.azure.com/openai/v1";
    let cases = [
        (Kind::OpenaiResponses, "https://x/v1", None, "authorization", "Bearer sk-secret"),
        (Kind::OpenaiChat, "https://x/v1", None, "authorization", "Bearer sk-secret"),
        (Kind::OpenaiResponses, azure, None, "api-key", "sk-secret"),
        (Kind::OpenaiChat, azure, None, "api-key", "sk-secret"),
        (Kind::OpenaiChat, azure, Some("x-key"), "x-key", "sk-secret"),
        (Kind::OpenaiChat, "https://x/v1", Some("x-key"), "x-key", "sk-secret"),
        (Kind::Anthropic, "https://x/v1", None, "x-api-key", "sk-secret"),
        (Kind::Anthropic, "https://x/v1", Some("x-key"), "x-key", "sk-secret"),
        (Kind::Gemini, "https://x/v1beta", None, "x-goog-api-key", "sk-secret"),
    ];
    for (kind, base_url, key_header, name, value) in cases {
        for stream in [false, true] {
            let to = Endpoint { base_url, headers: &extra, key: Some(&key), key_header };
            let http = kind.encode(&call(&[(Role::User, "Hi")]), stream, &to);
            let secret = http.secret_header.as_ref().unwrap();
            assert_eq!((secret.0.as_str(), secret.1.expose_secret()), (name, value));
            assert_eq!(http.headers.last(), Some(&extra[0]));
            assert!(!format!("{http:?}").contains("sk-secret"));
            let without = kind.encode(&call(&[(Role::User, "Hi")]), stream, &Endpoint { key: None, ..to });
            assert!(without.secret_header.is_none());
        }
    }
}

#[test]
fn a_dry_run_shows_what_is_sent() {
    let full = Call {
        system: Some("Be brief.".into()),
        max_tokens: Some(20),
        temperature: Some(0.5),
        schema: Some(json!({ "type": "object", "properties": {} })),
        ..call(&[(Role::User, "Hi")])
    };
    for kind in Kind::ALL {
        for base_url in ["https://api.openai.com/v1", "http://localhost:11434/v1"] {
            let to = Endpoint { base_url, headers: &[], key: None, key_header: None };
            let sent: Value = serde_json::from_slice(&kind.encode(&full, false, &to).body).unwrap();
            assert_eq!(sent, kind.body(&full, base_url));
        }
    }
}

#[test]
fn what_is_no_json_breaks_a_stream_at_any_place() {
    for (kind, wire) in STREAMS {
        let whole = events(wire);
        for place in 0..whole.len() {
            for garbage in ["{", "<html>", "\"text\"", "7", ""] {
                let mut broken = whole.clone();
                broken[place].1 = garbage.into();
                let outcome = stream(kind, &broken);
                // Behind the end of an answer nothing is looked at any more.
                let expected = stream(kind, &whole[..place]);
                match outcome.result {
                    Err(failure) => assert_eq!(failure.fault, Fault::Invalid, "{kind:?} {place} {garbage}"),
                    Ok(answer) => assert_eq!(Ok(answer), expected.result, "{kind:?} {place} {garbage}"),
                }
            }
        }
    }
}

#[test]
fn unknown_events_and_fields_change_nothing() {
    for (kind, wire) in STREAMS {
        let whole = events(wire);
        let expected = stream(kind, &whole);
        assert!(expected.result.is_ok());
        for place in 0..whole.len() {
            let mut more = whole.clone();
            more.insert(
                place,
                ("unheard.of".into(), json!({ "type": "unheard.of", "new": [1, { "a": null }] }).to_string()),
            );
            assert_eq!(stream(kind, &more), expected, "{kind:?} {place}");
            let mut wider = whole.clone();
            if let Ok(Value::Object(mut event)) = serde_json::from_str::<Value>(&wider[place].1) {
                event.insert("unheard_of".into(), json!({ "a": [true] }));
                wider[place].1 = Value::Object(event).to_string();
            }
            assert_eq!(stream(kind, &wider), expected, "{kind:?} {place}");
        }
    }
}

/// Puts `value` in the place of the `place`-th value of the tree.
fn replace(tree: &mut Value, place: &mut usize, value: &Value) {
    if *place == 0 {
        *tree = value.clone();
    }
    *place = place.wrapping_sub(1);
    match tree {
        Value::Array(list) => list.iter_mut().for_each(|child| replace(child, place, value)),
        Value::Object(map) => map.values_mut().for_each(|child| replace(child, place, value)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_body_is_an_answer_with_text_or_a_failure(value in json(), status in prop_oneof![Just(200_u16), 100..600_u16]) {
        for kind in Kind::ALL {
            if let Ok(answer) = kind.decode(status, value.to_string().as_bytes()) {
                prop_assert!(!answer.text.trim().is_empty());
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, status in 100..600_u16) {
        for kind in Kind::ALL {
            let _ = kind.decode(status, &bytes);
            let data = String::from_utf8_lossy(&bytes).into_owned();
            let _ = stream(kind, &[(String::new(), data)]);
        }
    }

    #[test]
    fn any_events_are_an_answer_that_was_delivered_or_a_failure(values in prop::collection::vec(json(), 0..6)) {
        let wire: Vec<_> = values.iter().map(|value| (String::new(), value.to_string())).collect();
        for kind in Kind::ALL {
            let outcome = stream(kind, &wire);
            if let Ok(answer) = outcome.result {
                prop_assert_eq!(answer.text, outcome.text);
            }
        }
    }

    #[test]
    fn a_stream_with_one_wrong_value_is_an_answer_that_was_delivered_or_a_failure(
        which in 0..4_usize, event: prop::sample::Index, place in 0..40_usize, value in json()
    ) {
        let (kind, wire) = STREAMS[which];
        let mut wire = events(wire);
        let event = event.index(wire.len());
        if let Ok(mut tree) = serde_json::from_str::<Value>(&wire[event].1) {
            replace(&mut tree, &mut { place }, &value);
            wire[event].1 = tree.to_string();
        }
        let outcome = stream(kind, &wire);
        if let Ok(answer) = outcome.result {
            prop_assert_eq!(answer.text, outcome.text);
        }
    }
}

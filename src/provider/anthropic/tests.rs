//! What is sent, and what is read, case by case.

use super::*;
use crate::provider::testing::{answer, call, check, follow, full};
use crate::provider::{Finish, Kind, Message as Turn};

fn whole(content: Value, reason: &str) -> Value {
    json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": content, "stop_reason": reason,
        "stop_sequence": null, "usage": { "input_tokens": 3, "cache_creation_input_tokens": 1,
        "cache_read_input_tokens": 8, "output_tokens": 5, "service_tier": "standard" } })
}

fn delta(kind: &str, key: &str, text: &str) -> Value {
    json!({ "type": "content_block_delta", "index": 0, "delta": { "type": kind, key: text } })
}

#[test]
fn a_call_has_max_tokens_and_instructions_apart_and_no_temperature_above_one() {
    let plain = body(&call());
    assert_eq!(plain, json!({ "model": "m", "max_tokens": 4096, "messages": [{ "role": "user", "content": "Hi" }] }));
    let mut full = full();
    full.messages.insert(1, Turn { role: Role::System, content: "Sing.".into() });
    let body = body(&full);
    assert_eq!(
        (&body["system"], &body["max_tokens"], &body["temperature"]),
        (&json!("Be brief.\n\nSing."), &json!(20), &json!(1.0))
    );
    let roles: Vec<_> = body["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user"]);
    assert_eq!(body["output_config"]["format"]["schema"]["additionalProperties"], false);
}

#[test]
fn the_version_is_pinned_and_a_policy_may_pin_another() {
    let extra = [("anthropic-version".to_owned(), "2099-01-01".to_owned())];
    let key = secrecy::SecretString::from("sk-ant");
    let to = Endpoint { base_url: "https://api.anthropic.com/v1", headers: &extra, key: Some(&key), key_header: None };
    let http = encode(&call(), true, &to);
    let versions: Vec<_> =
        http.headers.iter().filter(|(name, _)| name == "anthropic-version").map(|(_, v)| v.as_str()).collect();
    assert_eq!(
        (http.url.as_str(), versions),
        ("https://api.anthropic.com/v1/messages", vec!["2023-06-01", "2099-01-01"])
    );
    assert_eq!(http.secret_header.unwrap().0, "x-api-key");
}

#[test]
fn a_whole_and_a_streamed_answer_are_one() {
    let expected = answer("Grüße, 🌍!", Finish::Stop, [12, 8, 5, 0]);
    let content =
        json!([{ "type": "thinking", "thinking": "Hm.", "signature": "x" }, { "type": "text", "text": expected.text }]);
    let start = json!({ "type": "message_start", "message": { "id": "msg_1", "type": "message", "content": [],
        "stop_reason": null, "usage": { "input_tokens": 3, "cache_creation_input_tokens": 1, "cache_read_input_tokens": 8, "output_tokens": 1 } } });
    let events = [
        start,
        json!({ "type": "ping" }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        delta("thinking_delta", "thinking", "Hm."),
        delta("text_delta", "text", "Grüße, "),
        delta("input_json_delta", "partial_json", "{"),
        delta("text_delta", "text", "🌍!"),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "an_event_of_tomorrow", "delta": { "x": [] } }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn", "stop_sequence": null }, "usage": { "output_tokens": 5 } }),
        json!({ "type": "message_stop" }),
    ];
    check(Kind::Anthropic, &whole(content, "end_turn"), &events, 10, &expected);
}

#[test]
fn each_reason_to_stop_means_something() {
    let finish = |text: &str, reason: &str| {
        let content = json!([{ "type": "text", "text": text }]);
        decode(200, whole(content, reason).to_string().as_bytes()).map(|answer| answer.finish).map_err(|f| f.fault)
    };
    assert_eq!(finish("Half a", "max_tokens"), Ok(Finish::Length));
    assert_eq!(finish("Half a", "model_context_window_exceeded"), Ok(Finish::Length));
    assert_eq!(finish("I cannot.", "refusal"), Ok(Finish::Refusal));
    assert_eq!(finish("Done", "stop_sequence"), Ok(Finish::Stop));
    assert_eq!(finish("", "max_tokens"), Err(Fault::Exhausted));
    assert_eq!(finish(" ", "model_context_window_exceeded"), Err(Fault::ContextLength));
    assert_eq!(finish("", "refusal"), Err(Fault::ContentRefused));
    assert_eq!(finish("", "tool_use"), Err(Fault::Invalid));
}

#[test]
fn a_stream_can_fail_after_it_began() {
    for (kind, fault) in [
        ("overloaded_error", Fault::Unavailable),
        ("rate_limit_error", Fault::Busy),
        ("api_error", Fault::Unavailable),
        ("invalid_request_error", Fault::Rejected),
        ("authentication_error", Fault::Auth),
    ] {
        let error = json!({ "type": "error", "error": { "type": kind, "message": "words" } });
        let events = [delta("text_delta", "text", "Half a").to_string(), error.to_string()];
        let (result, told) = follow(Kind::Anthropic, &events);
        assert_eq!((result.unwrap_err().fault, told.concat().as_str()), (fault, "Half a"));
        assert_eq!(decode(200, error.to_string().as_bytes()).unwrap_err().fault, fault);
    }
    let wrong = json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": 5 } }).to_string();
    assert_eq!(follow(Kind::Anthropic, &[wrong]).0.unwrap_err().fault, Fault::Invalid);
}

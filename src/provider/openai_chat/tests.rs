//! What is sent, and what is read, case by case.

use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::provider::testing::{answer, check, follow, full};
use crate::provider::{Finish, Kind};

fn at<'a>(base_url: &'a str, key: &'a SecretString, key_header: Option<&'a str>) -> Endpoint<'a> {
    Endpoint { base_url, headers: &[], key: Some(key), key_header }
}

fn sent(http: &HttpCall) -> Value {
    serde_json::from_slice(&http.body).unwrap()
}

fn chunk(delta: Value, finish: Value) -> Value {
    json!({ "id": "c", "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] })
}

const USAGE: &str = r#"{"prompt_tokens":12,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens":5,
    "completion_tokens_details":{"reasoning_tokens":2},"total_tokens":17}"#;

fn usage() -> Value {
    serde_json::from_str(USAGE).unwrap()
}

fn whole(message: Value, finish: &str) -> Value {
    json!({ "id": "c", "choices": [{ "index": 0, "message": message, "finish_reason": finish, "logprobs": null }],
        "usage": usage(), "system_fingerprint": null })
}

#[test]
fn a_conversation_is_sent_with_its_instructions_first() {
    let body = body(&full());
    let roles: Vec<_> = body["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "user"]);
    assert_eq!((&body["max_tokens"], &body["temperature"]), (&json!(20), &json!(1.5)));
    assert_eq!(body["response_format"]["json_schema"]["strict"], false);
}

#[test]
fn openai_and_azure_have_another_name_for_max_tokens_and_azure_another_header() {
    let key = SecretString::from("sk-secret");
    let http = encode(&full(), true, &at("https://api.openai.com/v1", &key, None));
    assert_eq!((&sent(&http)["max_completion_tokens"], sent(&http).get("max_tokens")), (&json!(20), None));
    assert_eq!(sent(&http)["stream_options"], json!({ "include_usage": true }));
    let header = |http: &HttpCall| {
        let (name, value) = http.secret_header.as_ref().unwrap();
        format!("{name}: {}", value.expose_secret())
    };
    assert_eq!(header(&http), "authorization: Bearer sk-secret");
    let azure = encode(&full(), false, &at("https://me.openai.azure.com/openai?api-version=1", &key, None));
    assert_eq!(header(&azure), "api-key: sk-secret");
    assert_eq!(azure.url, "https://me.openai.azure.com/openai/chat/completions?api-version=1");
    let other = encode(&full(), false, &at("http://127.0.0.1:8080/v1", &key, Some("x-key")));
    assert_eq!((header(&other).as_str(), &sent(&other)["max_tokens"]), ("x-key: sk-secret", &json!(20)));
    assert_eq!(sent(&other).get("stream"), None);
}

#[test]
fn a_whole_and_a_streamed_answer_are_one() {
    let expected = answer("Grüße, 🌍!", Finish::Stop, [12, 8, 5, 2]);
    let events = [
        json!({ "choices": [], "prompt_filter_results": [{ "prompt_index": 0 }] }),
        chunk(json!({ "role": "assistant", "content": "" }), Value::Null),
        chunk(json!({ "content": "Grüße, " }), Value::Null),
        chunk(json!({ "content": null, "reasoning_content": "Hm." }), Value::Null),
        json!({ "choices": [{ "index": 1, "delta": { "content": "another choice" } }] }),
        chunk(json!({ "content": "🌍!" }), Value::Null),
        chunk(json!({}), json!("stop")),
        json!({ "choices": [], "usage": usage() }),
        json!("[DONE]"),
    ];
    check(
        Kind::OpenaiChat,
        &whole(json!({ "role": "assistant", "content": expected.text }), "stop"),
        &events,
        7,
        &expected,
    );
}

#[test]
fn counts_that_come_elsewhere_are_found() {
    let text = chunk(json!({ "content": "Hi" }), Value::Null).to_string();
    let mut of_groq = chunk(json!({}), json!("stop"));
    of_groq["x_groq"] = json!({ "usage": usage() });
    let mut with_reason = chunk(json!({}), json!("stop"));
    with_reason["usage"] = usage();
    for last in [of_groq, with_reason] {
        let (result, _) = follow(Kind::OpenaiChat, &[text.clone(), last.to_string()]);
        assert_eq!(result.unwrap(), answer("Hi", Finish::Stop, [12, 8, 5, 2]));
    }
}

#[test]
fn refusals_filters_and_limits_are_told_apart() {
    let finish = |message: Value, reason: &str| {
        decode(200, whole(message, reason).to_string().as_bytes()).map(|answer| answer.finish).map_err(|f| f.fault)
    };
    let said = || json!({ "content": "Half a" });
    assert_eq!(finish(json!({ "content": null, "refusal": "I cannot." }), "stop"), Ok(Finish::Refusal));
    assert_eq!(finish(said(), "length"), Ok(Finish::Length));
    assert_eq!(finish(said(), "content_filter"), Ok(Finish::ContentFilter));
    assert_eq!(finish(json!({ "content": "" }), "length"), Err(Fault::Exhausted));
    assert_eq!(finish(json!({ "content": null }), "content_filter"), Err(Fault::ContentRefused));
    assert_eq!(finish(json!({ "content": null, "tool_calls": [{ "id": "1" }] }), "tool_calls"), Err(Fault::Invalid));
    let parts = json!({ "content": [{ "type": "thinking", "thinking": [] }, { "type": "text", "text": "Hi" }] });
    assert_eq!(finish(parts, "stop"), Ok(Finish::Stop));
    let streamed =
        [chunk(json!({ "refusal": "I can" }), Value::Null), chunk(json!({ "refusal": "not." }), json!("stop"))];
    let (result, told) = follow(Kind::OpenaiChat, &streamed.map(|event| event.to_string()));
    assert_eq!((result.unwrap().finish, told.concat().as_str()), (Finish::Refusal, "I cannot."));
}

#[test]
fn an_error_in_a_chunk_and_a_wrong_type_break_the_answer() {
    let fault = |data: &str| follow(Kind::OpenaiChat, &[data.to_owned()]).0.unwrap_err().fault;
    assert_eq!(fault(r#"{"error":{"message":"x","type":"server_error","code":null}}"#), Fault::Unavailable);
    assert_eq!(fault(r#"{"error":{"message":"x","code":429}}"#), Fault::Busy);
    assert_eq!(fault(r#"{"choices":[{"delta":{"content":5}}]}"#), Fault::Invalid);
    assert_eq!(fault(r#"{"choices":"none"}"#), Fault::Invalid);
    assert_eq!(fault("{\"choices\":"), Fault::Invalid);
    assert_eq!(decode(200, b"{}").unwrap_err().fault, Fault::Invalid);
}

//! What is sent, and what is read, case by case.

use super::*;
use crate::provider::testing::{answer, call, check, follow, full};
use crate::provider::{Finish, Kind};

fn candidate(text: &str, reason: Value) -> Value {
    let content = json!({ "role": "model", "parts": [{ "text": text }] });
    json!({ "candidates": [{ "content": content, "finishReason": reason, "index": 0 }], "modelVersion": "m" })
}

fn counted(mut response: Value) -> Value {
    response["usageMetadata"] = json!({ "promptTokenCount": 12, "cachedContentTokenCount": 8, "candidatesTokenCount": 3,
        "thoughtsTokenCount": 2, "totalTokenCount": 17 });
    response
}

#[test]
fn a_conversation_is_sent_in_their_terms() {
    assert_eq!(body(&call()), json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }] }));
    let body = body(&full());
    let roles: Vec<_> = body["contents"].as_array().unwrap().iter().map(|c| c["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "model", "user"]);
    assert_eq!(body["systemInstruction"]["parts"][0]["text"], "Be brief.");
    let config = &body["generationConfig"];
    assert_eq!((&config["maxOutputTokens"], &config["temperature"]), (&json!(20), &json!(1.5)));
    assert_eq!(
        (&config["responseMimeType"], &config["responseJsonSchema"]["type"]),
        (&json!("application/json"), &json!("object"))
    );
}

#[test]
fn a_model_stays_in_its_place_in_the_path() {
    let url = |model: &str, stream| {
        let to = Endpoint { base_url: "https://g.example/v1beta", headers: &[], key: None, key_header: None };
        encode(&Call { model: model.into(), ..call() }, stream, &to).url
    };
    assert_eq!(url("gemini-2.5-flash", false), "https://g.example/v1beta/models/gemini-2.5-flash:generateContent");
    assert_eq!(url("models/m", true), "https://g.example/v1beta/models/m:streamGenerateContent?alt=sse");
    assert_eq!(url("../../x?y#z", false), "https://g.example/v1beta/models/..%2F..%2Fx%3Fy%23z:generateContent");
    assert_eq!(url("..", false), "https://g.example/v1beta/models/..:generateContent");
}

#[test]
fn a_whole_and_a_streamed_answer_are_one() {
    let expected = answer("Grüße, 🌍!", Finish::Stop, [12, 8, 5, 2]);
    let mut thought = candidate("Hm.", Value::Null);
    thought["candidates"][0]["content"]["parts"][0]["thought"] = json!(true);
    let mut whole = counted(candidate(&expected.text, json!("STOP")));
    let parts = &mut whole["candidates"][0]["content"]["parts"];
    parts.as_array_mut().unwrap().insert(0, json!({ "text": "Hm.", "thought": true, "thoughtSignature": "x" }));
    let events = [
        thought,
        candidate("Grüße, ", Value::Null),
        json!({ "usageMetadata": { "promptTokenCount": 12 } }),
        counted(candidate("🌍!", json!("STOP"))),
    ];
    check(Kind::Gemini, &whole, &events, 4, &expected);
}

#[test]
fn what_is_blocked_filtered_or_cut_off_is_told_apart() {
    let read = |json: Value| decode(200, json.to_string().as_bytes()).map(|a| a.finish).map_err(|f| f.fault);
    let blocked = json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" }, "usageMetadata": {} });
    assert_eq!(read(blocked), Err(Fault::ContentRefused));
    assert_eq!(read(candidate("Half a", json!("MAX_TOKENS"))), Ok(Finish::Length));
    assert_eq!(read(candidate("Half a", json!("SAFETY"))), Ok(Finish::ContentFilter));
    assert_eq!(read(candidate("", json!("MAX_TOKENS"))), Err(Fault::Exhausted));
    assert_eq!(read(json!({ "candidates": [{ "finishReason": "RECITATION" }] })), Err(Fault::ContentRefused));
    assert_eq!(read(json!({ "candidates": [{ "finishReason": "MALFORMED_FUNCTION_CALL" }] })), Err(Fault::Invalid));
    assert_eq!(read(json!({})), Err(Fault::Invalid));
    assert_eq!(read(json!({ "candidates": [{ "content": { "parts": [{ "text": 5 }] } }] })), Err(Fault::Invalid));
}

#[test]
fn an_error_may_carry_its_delay() {
    let error = json!({ "error": { "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "words", "details": [
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure" },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s" }] } });
    let expected = Failure { fault: Fault::Busy, delay_ms: Some(34_400) };
    assert_eq!(decode(429, error.to_string().as_bytes()), Err(expected));
    assert_eq!(decode(429, format!("[{error}]").as_bytes()), Err(expected));
    assert_eq!(follow(Kind::Gemini, &[error.to_string()]).0, Err(expected));
}

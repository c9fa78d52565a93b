//! What is sent, and what is read, case by case.

use super::*;
use crate::provider::testing::{call, events, fault, same, stream};
use crate::provider::{Finish, Kind};

const KIND: Kind = Kind::Gemini;
const BASE: &str = "https://generativelanguage.googleapis.com/v1beta";

fn to(base_url: &str) -> Endpoint<'_> {
    Endpoint { base_url, headers: &[], key: None, key_header: None }
}

#[test]
fn a_conversation_is_sent_with_its_system_text_apart() {
    assert_eq!(
        body(&call(&[(Role::User, "Hi")])),
        json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }] })
    );
    let schema = json!({ "type": "object", "properties": { "a": { "type": "string", "maxLength": 3 } } });
    let full = Call {
        system: Some("Be brief.".into()),
        max_tokens: Some(20),
        temperature: Some(1.5),
        schema: Some(schema.clone()),
        ..call(&[(Role::User, "Hi"), (Role::Assistant, "Hello"), (Role::System, "Be kind."), (Role::User, "Bye")])
    };
    let contents = json!([
        { "role": "user", "parts": [{ "text": "Hi" }] }, { "role": "model", "parts": [{ "text": "Hello" }] },
        { "role": "user", "parts": [{ "text": "Bye" }] }
    ]);
    let config = json!({ "maxOutputTokens": 20, "temperature": 1.5, "responseMimeType": "application/json",
        "responseJsonSchema": schema });
    let system = json!({ "parts": [{ "text": "Be brief.\n\nBe kind." }] });
    let expected = json!({ "contents": contents, "systemInstruction": system, "generationConfig": config });
    assert_eq!(body(&full), expected);
}

#[test]
fn the_model_cannot_leave_its_place_in_the_path() {
    let url = |model: &str, stream, base_url| {
        encode(&Call { model: model.into(), ..call(&[(Role::User, "Hi")]) }, stream, &to(base_url)).url
    };
    let cases = [
        ("gemini-2.5-flash", "gemini-2.5-flash"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("../../v1/x", "..%2F..%2Fv1%2Fx"),
        ("..", ".."),
        ("a?key=b#c", "a%3Fkey%3Db%23c"),
        ("a%2Fb", "a%252Fb"),
        ("a b\r\nö", "a%20b%0D%0A%C3%B6"),
        ("a:generateContent", "a%3AgenerateContent"),
    ];
    for (model, segment) in cases {
        assert_eq!(url(model, false, BASE), format!("{BASE}/models/{segment}:generateContent"));
    }
    assert_eq!(url("m", true, BASE), format!("{BASE}/models/m:streamGenerateContent?alt=sse"));
    assert_eq!(url("m", true, "https://x/v1?a=1"), "https://x/v1/models/m:streamGenerateContent?alt=sse&a=1");
}

/// An answer as Google streams it: a thought, then text. It has no end mark.
pub const STREAM: &str = r#"
data: {"candidates":[{"content":{"parts":[{"text":"Let me see.","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":8,"totalTokenCount":16,"thoughtsTokenCount":4},"modelVersion":"a-model","responseId":"r1"}

data: {"candidates":[{"content":{"parts":[{"text":"Hello,"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":2,"totalTokenCount":18,"thoughtsTokenCount":4},"modelVersion":"a-model","responseId":"r1"}

data: {"candidates":[{"content":{"parts":[{"text":" \"w\u00f6rld\"\n","thoughtSignature":"EqQB"}],"role":"model"},"finishReason":"STOP","index":0,"safetyRatings":[]}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":5,"totalTokenCount":21,"thoughtsTokenCount":4,"promptTokensDetails":[{"modality":"TEXT","tokenCount":12}]},"modelVersion":"a-model","responseId":"r1"}

"#;

/// The same, whole.
const WHOLE: &str = r#"{"candidates":[{"content":{"parts":[{"text":"Let me see.","thought":true},{"text":"Hello, \"w\u00f6rld\"\n",
    "thoughtSignature":"EqQB"}],"role":"model"},"finishReason":"STOP","index":0,"avgLogprobs":-0.1}],"promptFeedback":{
    "safetyRatings":[]},"usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":8,"candidatesTokenCount":5,
    "thoughtsTokenCount":4,"totalTokenCount":21},"modelVersion":"a-model","responseId":"r1"}"#;

fn answer(text: &str, finish: Finish, tokens: [u32; 4]) -> Answer {
    let [tokens_in, tokens_in_cached, tokens_out, tokens_reasoning] = tokens;
    Answer { text: text.into(), finish, usage: Count { tokens_in, tokens_in_cached, tokens_out, tokens_reasoning } }
}

/// A chunk, which is a whole answer as well.
fn chunk(reason: Value, parts: Value) -> String {
    let candidate = json!({ "content": { "parts": parts, "role": "model" }, "finishReason": reason, "index": 0 });
    json!({ "candidates": [candidate], "usageMetadata": { "promptTokenCount": 3, "candidatesTokenCount": 1 } })
        .to_string()
}

fn wire(chunks: &[String]) -> String {
    chunks.iter().map(|chunk| format!("data: {chunk}\n\n")).collect()
}

#[test]
fn whole_and_streamed_are_one_answer() {
    same(KIND, WHOLE, STREAM, &answer("Hello, \"wörld\"\n", Finish::Stop, [12, 8, 9, 4]));
    let cases = [
        ("STOP", Finish::Stop),
        ("MAX_TOKENS", Finish::Length),
        ("SAFETY", Finish::ContentFilter),
        ("RECITATION", Finish::ContentFilter),
        ("BLOCKLIST", Finish::ContentFilter),
        ("PROHIBITED_CONTENT", Finish::ContentFilter),
        ("SPII", Finish::ContentFilter),
        ("OTHER", Finish::ContentFilter),
    ];
    for (reason, finish) in cases {
        let whole = chunk(json!(reason), json!([{ "text": "One, " }, { "text": "two." }]));
        let wire = wire(&[
            chunk(json!(null), json!([{ "text": "One, " }, { "inlineData": { "data": "" } }])),
            chunk(json!("FINISH_REASON_UNSPECIFIED"), json!([{ "text": "two." }])),
            chunk(json!(reason), json!(null)),
        ]);
        same(KIND, &whole, &wire, &answer("One, two.", finish, [3, 0, 1, 0]));
    }
}

#[test]
fn a_reason_to_end_in_every_chunk_ends_nothing_early() {
    let wire =
        wire(&[chunk(json!("STOP"), json!([{ "text": "One, " }])), chunk(json!("STOP"), json!([{ "text": "two." }]))]);
    assert_eq!(stream(KIND, &events(&wire)).result, Ok(answer("One, two.", Finish::Stop, [3, 0, 1, 0])));
}

#[test]
fn only_the_first_candidate_is_read() {
    let mut body: Value = serde_json::from_str(&chunk(json!("STOP"), json!([{ "text": "Hi" }]))).unwrap();
    let other = json!({ "content": { "parts": [{ "text": "Bye" }] }, "finishReason": "MAX_TOKENS", "index": 1 });
    body["candidates"].as_array_mut().unwrap().push(other);
    assert_eq!(decode(200, body.to_string().as_bytes()), Ok(answer("Hi", Finish::Stop, [3, 0, 1, 0])));
}

#[test]
fn what_a_blank_answer_means_depends_on_how_it_ended() {
    let cases = [
        ("STOP", Fault::Invalid),
        ("MAX_TOKENS", Fault::Exhausted),
        ("SAFETY", Fault::ContentRefused),
        ("RECITATION", Fault::ContentRefused),
        ("PROHIBITED_CONTENT", Fault::ContentRefused),
        ("OTHER", Fault::Invalid),
        ("MALFORMED_FUNCTION_CALL", Fault::Invalid),
        ("UNEXPECTED_TOOL_CALL", Fault::Invalid),
        ("UNHEARD_OF", Fault::Invalid),
    ];
    for (reason, expected) in cases {
        for parts in [json!(null), json!([]), json!([{ "text": " " }]), json!([{ "text": "Hm", "thought": true }])] {
            let body = chunk(json!(reason), parts.clone());
            assert_eq!(decode(200, body.as_bytes()), Err(expected.into()), "{reason} {parts}");
            assert_eq!(fault(KIND, &wire(&[body])), expected, "{reason} {parts}");
        }
    }
}

#[test]
fn a_blocked_prompt_is_refused_content_and_counted() {
    for reason in ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "UNHEARD_OF"] {
        let body = json!({ "promptFeedback": { "blockReason": reason }, "usageMetadata": { "promptTokenCount": 7 } });
        assert_eq!(decode(200, body.to_string().as_bytes()), Err(Fault::ContentRefused.into()), "{reason}");
        let outcome = stream(KIND, &events(&wire(&[body.to_string()])));
        assert_eq!((outcome.result, outcome.usage.tokens_in), (Err(Fault::ContentRefused.into()), 7), "{reason}");
    }
}

#[test]
fn an_error_says_when_to_come_back() {
    let error = json!({ "error": { "code": 429, "message": "…", "status": "RESOURCE_EXHAUSTED", "details": [
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s" } ] } });
    let expected = Failure { fault: Fault::Busy, delay_ms: Some(34_400) };
    assert_eq!(decode(429, error.to_string().as_bytes()), Err(expected));
    assert_eq!(stream(KIND, &events(&wire(&[error.to_string()]))).result, Err(expected));
}

#[test]
fn what_cannot_be_read_is_invalid() {
    for end in 0..WHOLE.len() {
        assert_eq!(decode(200, &WHOLE.as_bytes()[..end]), Err(Fault::Invalid.into()), "cut at {end}");
    }
    let wrong = [
        ("/candidates", json!("text")),
        ("/candidates", json!([])),
        ("/candidates", json!(null)),
        ("/candidates/0", json!("text")),
        ("/candidates/0/index", json!("0")),
        ("/candidates/0/content", json!("text")),
        ("/candidates/0/content/parts", json!("text")),
        ("/candidates/0/content/parts/1", json!("text")),
        ("/candidates/0/content/parts/1/text", json!(1)),
        ("/candidates/0/content/parts/0/thought", json!("true")),
        ("/candidates/0/finishReason", json!(1)),
        ("/promptFeedback", json!("text")),
        ("/usageMetadata", json!("12")),
        ("/usageMetadata/promptTokenCount", json!("12")),
    ];
    for (place, value) in wrong {
        let mut body: Value = serde_json::from_str(WHOLE).unwrap();
        *body.pointer_mut(place).unwrap() = value;
        assert_eq!(decode(200, body.to_string().as_bytes()), Err(Fault::Invalid.into()), "{body}");
    }
}

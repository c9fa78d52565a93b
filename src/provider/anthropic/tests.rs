//! What is sent, and what is read, case by case.

use super::*;
use crate::provider::testing::{call, events, fault, same, stream};
use crate::provider::{Finish, Kind, Role};

const KIND: Kind = Kind::Anthropic;

#[test]
fn a_conversation_is_sent_with_its_system_text_apart() {
    let plain = json!({ "model": "a-model", "max_tokens": 4096, "messages": [{ "role": "user", "content": "Hi" }] });
    assert_eq!(body(&call(&[(Role::User, "Hi")])), plain);
    let full = Call {
        system: Some("Be brief.".into()),
        max_tokens: Some(20),
        temperature: Some(0.5),
        ..call(&[
            (Role::User, "Hi"),
            (Role::System, "Be kind."),
            (Role::User, "Hello?"),
            (Role::Assistant, "Yes"),
            (Role::User, "Bye"),
        ])
    };
    let messages = json!([
        { "role": "user", "content": "Hi" }, { "role": "user", "content": "Hello?" },
        { "role": "assistant", "content": "Yes" }, { "role": "user", "content": "Bye" }
    ]);
    let expected = json!({ "model": "a-model", "max_tokens": 20, "messages": messages,
        "system": "Be brief.\n\nBe kind.", "temperature": 0.5 });
    assert_eq!(body(&full), expected);
}

#[test]
fn a_temperature_that_others_allow_is_no_error_here() {
    for (asked, sent) in [(0.0, 0.0), (1.0, 1.0), (1.7, 1.0), (2.0, 1.0)] {
        let call = Call { temperature: Some(asked), ..call(&[(Role::User, "Hi")]) };
        assert_eq!(body(&call)["temperature"], json!(sent));
    }
}

#[test]
fn a_schema_is_sent_as_this_provider_takes_it() {
    let schema =
        json!({ "type": "object", "properties": { "a": { "type": "integer", "minimum": 1 } }, "required": ["a"] });
    let call = Call { schema: Some(schema), ..call(&[(Role::User, "Hi")]) };
    let adapted = json!({ "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": { "a": { "type": "integer", "description": "{minimum: 1}" } } });
    assert_eq!(body(&call)["output_config"], json!({ "format": { "type": "json_schema", "schema": adapted } }));
}

#[test]
fn the_version_is_pinned_and_the_policy_may_unpin_it() {
    let extra = [("anthropic-version".to_owned(), "2099-01-01".to_owned())];
    let to = Endpoint { base_url: "https://api.anthropic.com/v1", headers: &extra, key: None, key_header: None };
    let http = encode(&call(&[(Role::User, "Hi")]), true, &to);
    assert_eq!(http.url, "https://api.anthropic.com/v1/messages");
    let versions: Vec<_> = http.headers.iter().filter(|(name, _)| name == "anthropic-version").collect();
    assert_eq!(versions, [&("anthropic-version".to_owned(), VERSION.to_owned()), &extra[0]]);
    assert_eq!(serde_json::from_slice::<Value>(&http.body).unwrap()["stream"], json!(true));
}

/// An answer as Anthropic streams it: thinking, then text.
pub const STREAM: &str = r#"
event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"a-model","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":4,"cache_read_input_tokens":5,"output_tokens":1,"service_tier":"standard"}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me see."}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello,"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":" \"w\u00f6rld\"\n"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":3,"cache_creation_input_tokens":4,"cache_read_input_tokens":5,"output_tokens":15,"output_tokens_details":{"thinking_tokens":9}}}

event: message_stop
data: {"type":"message_stop"}

"#;

/// The same, whole.
const WHOLE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"a-model","content":[
    {"type":"thinking","thinking":"Let me see.","signature":"EqQB"},{"type":"text","text":"Hello, \"w\u00f6rld\"\n"}],
    "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"cache_creation_input_tokens":4,
    "cache_read_input_tokens":5,"output_tokens":15,"output_tokens_details":{"thinking_tokens":9},"service_tier":"standard"}}"#;

fn answer(text: &str, finish: Finish, tokens: [u32; 4]) -> Answer {
    let [tokens_in, tokens_in_cached, tokens_out, tokens_reasoning] = tokens;
    Answer { text: text.into(), finish, usage: Count { tokens_in, tokens_in_cached, tokens_out, tokens_reasoning } }
}

/// A short stream that ends for this reason, and the same answer whole.
fn short(reason: &str, texts: &[&str]) -> (String, String) {
    let line = |data: Value| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap());
    let mut wire =
        line(json!({ "type": "message_start", "message": { "usage": { "input_tokens": 3, "output_tokens": 1 } } }));
    for (index, text) in texts.iter().enumerate() {
        // Half of the text may come with the block itself.
        let (first, rest) = text.split_at(text.len() / 2);
        wire += &line(
            json!({ "type": "content_block_start", "index": index, "content_block": { "type": "text", "text": first } }),
        );
        wire += &line(
            json!({ "type": "content_block_delta", "index": index, "delta": { "type": "text_delta", "text": rest } }),
        );
    }
    wire +=
        &line(json!({ "type": "message_delta", "delta": { "stop_reason": reason }, "usage": { "output_tokens": 2 } }));
    wire += &line(json!({ "type": "message_stop" }));
    let content: Vec<_> = texts.iter().map(|text| json!({ "type": "text", "text": text, "citations": null })).collect();
    let usage = json!({ "input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": null });
    (json!({ "type": "message", "content": content, "stop_reason": reason, "usage": usage }).to_string(), wire)
}

#[test]
fn whole_and_streamed_are_one_answer() {
    same(KIND, WHOLE, STREAM, &answer("Hello, \"wörld\"\n", Finish::Stop, [12, 5, 15, 9]));
    let cases = [
        ("end_turn", Finish::Stop),
        ("stop_sequence", Finish::Stop),
        ("pause_turn", Finish::Stop),
        ("max_tokens", Finish::Length),
        ("model_context_window_exceeded", Finish::Length),
        ("refusal", Finish::Refusal),
        ("unheard_of", Finish::Stop),
    ];
    for (reason, finish) in cases {
        let (whole, wire) = short(reason, &["One, ", "two."]);
        same(KIND, &whole, &wire, &answer("One, two.", finish, [3, 0, 2, 0]));
    }
}

#[test]
fn what_a_blank_answer_means_depends_on_how_it_ended() {
    let cases = [
        ("end_turn", Fault::Invalid),
        ("tool_use", Fault::Invalid),
        ("max_tokens", Fault::Exhausted),
        ("model_context_window_exceeded", Fault::ContextLength),
        ("refusal", Fault::ContentRefused),
    ];
    for (reason, expected) in cases {
        for texts in [&[][..], &[" "], &["", "\n"]] {
            let (whole, wire) = short(reason, texts);
            assert_eq!(decode(200, whole.as_bytes()), Err(expected.into()), "{reason}");
            assert_eq!(fault(KIND, &wire), expected, "{reason}");
        }
    }
}

#[test]
fn an_error_can_follow_a_200_and_what_was_counted_stays_counted() {
    let cases = [
        ("overloaded_error", Fault::Unavailable),
        ("rate_limit_error", Fault::Busy),
        ("api_error", Fault::Unavailable),
        ("timeout_error", Fault::Unavailable),
        ("invalid_request_error", Fault::Rejected),
        ("authentication_error", Fault::Auth),
        ("billing_error", Fault::NoCredit),
    ];
    for (kind, expected) in cases {
        let error = json!({ "type": "error", "error": { "type": kind, "message": "…", "details": null } });
        let mut wire = events(STREAM);
        wire.truncate(8);
        wire.push(("error".into(), error.to_string()));
        let outcome = stream(KIND, &wire);
        assert_eq!(outcome.result, Err(expected.into()), "{kind}");
        assert_eq!((outcome.text.as_str(), outcome.usage.tokens_in), ("Hello,", 12));
        assert_eq!(decode(200, error.to_string().as_bytes()), Err(expected.into()), "{kind}");
    }
    assert_eq!(decode(529, b"{}"), Err(Fault::Unavailable.into()));
}

#[test]
fn what_cannot_be_read_is_invalid() {
    for end in 0..WHOLE.len() {
        assert_eq!(decode(200, &WHOLE.as_bytes()[..end]), Err(Fault::Invalid.into()), "cut at {end}");
    }
    let wrong = [
        ("/content", json!("text")),
        ("/content", json!([])),
        ("/content", json!(null)),
        ("/content/1", json!("text")),
        ("/content/1/type", json!(1)),
        ("/content/1/text", json!(1)),
        ("/content/1/text", json!(null)),
        ("/stop_reason", json!(1)),
        ("/usage", json!("12")),
        ("/usage/input_tokens", json!("12")),
        ("/usage/output_tokens", json!(-1)),
    ];
    for (place, value) in wrong {
        let mut body: Value = serde_json::from_str(WHOLE).unwrap();
        *body.pointer_mut(place).unwrap() = value;
        assert_eq!(decode(200, body.to_string().as_bytes()), Err(Fault::Invalid.into()), "{body}");
    }
    let events = [
        json!({ "type": "message_start" }),
        json!({ "type": "message_start", "message": 1 }),
        json!({ "type": "content_block_start", "content_block": { "type": "text" } }),
        json!({ "type": "content_block_delta", "delta": { "text": "Hi" } }),
        json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": 1 } }),
        json!({ "type": "message_delta" }),
        json!({ "type": "message_delta", "delta": { "stop_reason": 1 } }),
        json!({ "type": "message_delta", "delta": {}, "usage": [] }),
        json!({ "type": 1 }),
    ];
    for event in events {
        assert_eq!(fault(KIND, &format!("data: {event}\n\n")), Fault::Invalid, "{event}");
    }
}

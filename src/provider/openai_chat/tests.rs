//! What is sent, and what is read, case by case.

use super::*;
use crate::provider::testing::{call, events, fault, same, stream};
use crate::provider::{Finish, Kind, Role};

const KIND: Kind = Kind::OpenaiChat;
const OPENAI: &str = "https://api.openai.com/v1";
const LOCAL: &str = "http://localhost:11434/v1";

fn to(base_url: &str) -> Endpoint<'_> {
    Endpoint { base_url, headers: &[], key: None, key_header: None }
}

#[test]
fn the_conversation_begins_with_the_system_text() {
    let full = Call {
        system: Some("Be brief.".into()),
        temperature: Some(0.5),
        ..call(&[(Role::User, "Hi"), (Role::Assistant, "Hello"), (Role::System, "Be kind."), (Role::User, "Bye")])
    };
    let messages = json!([
        { "role": "system", "content": "Be brief." }, { "role": "user", "content": "Hi" },
        { "role": "assistant", "content": "Hello" }, { "role": "system", "content": "Be kind." },
        { "role": "user", "content": "Bye" }
    ]);
    assert_eq!(body(&full, LOCAL), json!({ "model": "a-model", "messages": messages, "temperature": 0.5 }));
}

#[test]
fn the_limit_has_the_name_that_the_host_knows() {
    let call = Call { max_tokens: Some(20), ..call(&[(Role::User, "Hi")]) };
    let cases = [
        (OPENAI, "max_completion_tokens"),
        ("https://me.openai.azure.com/openai/v1", "max_completion_tokens"),
        (LOCAL, "max_tokens"),
        ("https://api.mistral.ai/v1", "max_tokens"),
        ("https://api.groq.com/openai/v1", "max_tokens"),
        ("https://api.openai.com.example/v1", "max_tokens"),
    ];
    for (base_url, name) in cases {
        let body = body(&call, base_url);
        assert_eq!((&body[name], body.as_object().unwrap().len()), (&json!(20), 3), "{base_url}");
    }
}

#[test]
fn a_stream_asks_for_its_usage_where_that_is_allowed() {
    let sent = |base_url| -> Value {
        serde_json::from_slice(&encode(&call(&[(Role::User, "Hi")]), true, &to(base_url)).body).unwrap()
    };
    assert_eq!(
        (&sent(LOCAL)["stream"], &sent(LOCAL)["stream_options"]),
        (&json!(true), &json!({ "include_usage": true }))
    );
    let mistral = sent("https://api.mistral.ai/v1");
    assert_eq!((&mistral["stream"], mistral.get("stream_options")), (&json!(true), None));
    let azure = "https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21";
    assert_eq!(
        encode(&call(&[(Role::User, "Hi")]), true, &to(azure)).url,
        "https://me.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21"
    );
}

#[test]
fn a_schema_is_sent_as_the_response_format() {
    let schema = json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false });
    let call = Call { schema: Some(schema.clone()), ..call(&[(Role::User, "Hi")]) };
    let expected =
        json!({ "type": "json_schema", "json_schema": { "name": "answer", "schema": schema, "strict": true } });
    assert_eq!(body(&call, OPENAI)["response_format"], expected);
}

/// An answer as OpenAI streams it.
pub const STREAM: &str = r#"
data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"a-model","service_tier":"default","system_fingerprint":"fp","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x"}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"a-model","choices":[{"index":0,"delta":{"content":"Hello,"},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"a-model","choices":[{"index":0,"delta":{"content":" \"w\u00f6rld\"\n"},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"a-model","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"a-model","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2,"accepted_prediction_tokens":0}}}

data: [DONE]

"#;

/// The same, whole.
const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"a-model","choices":[{"index":0,
    "message":{"role":"assistant","content":"Hello, \"w\u00f6rld\"\n","refusal":null,"annotations":[]},"logprobs":null,
    "finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_tokens_details":
    {"cached_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2}},"service_tier":"default"}"#;

fn answer(text: &str, finish: Finish, tokens: [u32; 4]) -> Answer {
    let [tokens_in, tokens_in_cached, tokens_out, tokens_reasoning] = tokens;
    Answer { text: text.into(), finish, usage: Count { tokens_in, tokens_in_cached, tokens_out, tokens_reasoning } }
}

#[test]
fn whole_and_streamed_are_one_answer() {
    same(KIND, WHOLE, STREAM, &answer("Hello, \"wörld\"\n", Finish::Stop, [12, 8, 5, 2]));
}

#[test]
fn compatible_servers_are_understood() {
    let azure = r#"
data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}

data: {"choices":[{"content_filter_results":{},"delta":{"content":"Hi","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null}],"object":"chat.completion.chunk"}

data: {"choices":[{"content_filter_offsets":{"check_offset":0},"content_filter_results":{},"finish_reason":null,"index":0}],"object":""}

data: {"choices":[{"delta":{},"finish_reason":"content_filter","index":0}],"object":"chat.completion.chunk"}

data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}

data: [DONE]

"#;
    let groq = r#"
data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"x_groq":{"id":"req_1"}}

data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}]}

data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],"x_groq":{"id":"req_1","usage":{"queue_time":0.9,"prompt_tokens":3,"completion_tokens":1,"total_time":0.3}}}

data: [DONE]

"#;
    let mistral = r#"
data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]},"finish_reason":null}]}

data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":[{"type":"text","text":"H"},{"type":"reference","reference_ids":[1]}]},"finish_reason":null}]}

data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"i"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"total_tokens":4,"completion_tokens":1}}

data: [DONE]

"#;
    let llama = r#"
data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"Hm"}}],"object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Hi"}}],"object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"object":"chat.completion.chunk"}

data: {"choices":[],"usage":{"completion_tokens":1,"prompt_tokens":3,"total_tokens":4},"timings":{"prompt_n":3}}

data: [DONE]

"#;
    let refused = r#"
data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"refusal":"I "},"finish_reason":null}]}

data: {"choices":[{"index":1,"delta":{"content":"another choice"},"finish_reason":"length"}]}

data: {"choices":[{"index":0,"delta":{"refusal":"cannot."},"finish_reason":null}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}

"#;
    let content = |content: Value| json!({ "role": "assistant", "content": content, "refusal": null });
    let hi = content(json!("Hi"));
    let parts = content(json!([
        { "type": "thinking", "thinking": [{ "type": "text", "text": "Hm" }] }, { "type": "text", "text": "Hi" }
    ]));
    let refusal = json!({ "role": "assistant", "content": null, "refusal": "I cannot." });
    let cases = [
        (azure, &hi, "content_filter", answer("Hi", Finish::ContentFilter, [3, 0, 1, 0])),
        (groq, &hi, "length", answer("Hi", Finish::Length, [3, 0, 1, 0])),
        (mistral, &parts, "stop", answer("Hi", Finish::Stop, [3, 0, 1, 0])),
        (llama, &hi, "stop", answer("Hi", Finish::Stop, [3, 0, 1, 0])),
        (refused, &refusal, "stop", answer("I cannot.", Finish::Refusal, [3, 0, 1, 0])),
    ];
    for (wire, message, reason, expected) in cases {
        let whole = json!({
            "choices": [{ "index": 0, "message": message, "finish_reason": reason }],
            "usage": { "prompt_tokens": 3, "completion_tokens": 1 }
        });
        same(KIND, &whole.to_string(), wire, &expected);
    }
}

#[test]
fn a_missing_end_mark_behind_a_reason_to_end_is_no_truncation() {
    let wire = events(STREAM);
    let outcome = stream(KIND, &wire[..4]);
    assert_eq!(outcome.result, Ok(answer("Hello, \"wörld\"\n", Finish::Stop, [0; 4])));
    // The other way round it is one.
    let unreasoned = [wire[1].clone(), wire[5].clone()];
    assert_eq!(stream(KIND, &unreasoned).result, Err(Fault::Incomplete.into()));
}

/// A whole answer of this message and reason.
fn read(message: Value, reason: Value) -> Result<(String, Finish), Fault> {
    let body = json!({ "choices": [{ "index": 0, "message": message, "finish_reason": reason }] }).to_string();
    decode(200, body.as_bytes()).map(|answer| (answer.text, answer.finish)).map_err(|failure| failure.fault)
}

#[test]
fn what_a_blank_answer_means_depends_on_how_it_ended() {
    let cases = [
        ("length", Fault::Exhausted),
        ("model_length", Fault::ContextLength),
        ("content_filter", Fault::ContentRefused),
        ("stop", Fault::Invalid),
        ("tool_calls", Fault::Invalid),
        ("error", Fault::Unavailable),
    ];
    for (reason, fault) in cases {
        for content in [json!(null), json!(""), json!(" \n"), json!([])] {
            assert_eq!(read(json!({ "content": content }), json!(reason)), Err(fault), "{reason} {content}");
        }
    }
    assert_eq!(read(json!({ "content": "Hi", "refusal": "" }), json!("stop")), Ok(("Hi".into(), Finish::Stop)));
    assert_eq!(read(json!({ "content": "Hi" }), json!(null)), Ok(("Hi".into(), Finish::Stop)));
    assert_eq!(read(json!({ "content": "Hi" }), json!("eos")), Ok(("Hi".into(), Finish::Stop)));
    assert_eq!(read(json!({ "content": "Hi" }), json!("error")), Err(Fault::Unavailable));
}

#[test]
fn an_error_in_the_body_of_a_200_is_one() {
    let cases = [
        (
            json!({ "error": { "message": "…", "type": "BadRequestError", "param": null, "code": 400 } }),
            Fault::Rejected,
        ),
        (json!({ "error": { "message": "…", "type": "server_error", "code": "rate_limit_exceeded" } }), Fault::Busy),
        (
            json!({ "error": { "message": "…", "code": 502 }, "choices": [{ "delta": { "content": "" } }] }),
            Fault::Unavailable,
        ),
        (json!({ "object": "error", "message": "…", "type": "NotFoundError", "code": 404 }), Fault::UnknownModel),
    ];
    for (chunk, expected) in cases {
        assert_eq!(fault(KIND, &format!("data: {chunk}\n\ndata: [DONE]\n\n")), expected, "{chunk}");
        assert_eq!(decode(200, chunk.to_string().as_bytes()), Err(expected.into()), "{chunk}");
    }
    assert_eq!(decode(404, b"{}"), Err(Fault::UnknownModel.into()));
}

#[test]
fn what_cannot_be_read_is_invalid() {
    for end in 0..WHOLE.len() {
        assert_eq!(decode(200, &WHOLE.as_bytes()[..end]), Err(Fault::Invalid.into()), "cut at {end}");
    }
    let wrong = [
        ("/choices", json!("text")),
        ("/choices", json!([])),
        ("/choices", json!(null)),
        ("/choices/0", json!("text")),
        ("/choices/0/index", json!("0")),
        ("/choices/0/index", json!(1)),
        ("/choices/0/message", json!("text")),
        ("/choices/0/message", json!(null)),
        ("/choices/0/message/content", json!(1)),
        ("/choices/0/message/content", json!({ "text": "Hi" })),
        ("/choices/0/message/content", json!(["text"])),
        ("/choices/0/message/content", json!([{ "type": "text" }])),
        ("/choices/0/message/refusal", json!(1)),
        ("/choices/0/finish_reason", json!(1)),
        ("/usage", json!("12")),
        ("/usage/prompt_tokens", json!("12")),
        ("/usage/completion_tokens", json!(-1)),
    ];
    for (place, value) in wrong {
        let mut body: Value = serde_json::from_str(WHOLE).unwrap();
        *body.pointer_mut(place).unwrap() = value;
        assert_eq!(decode(200, body.to_string().as_bytes()), Err(Fault::Invalid.into()), "{body}");
    }
}

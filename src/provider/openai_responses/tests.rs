//! What is sent, and what is read, case by case.

use super::*;
use crate::provider::Finish;
use crate::provider::testing::call;

#[test]
fn a_lone_prompt_is_sent_as_a_string_and_a_conversation_as_items() {
    assert_eq!(body(&call(&[(Role::User, "Hi")])), json!({ "model": "a-model", "input": "Hi", "store": false }));
    let full = Call {
        system: Some("Be brief.".into()),
        max_tokens: Some(20),
        temperature: Some(0.5),
        ..call(&[(Role::User, "Hi"), (Role::Assistant, "Hello"), (Role::User, "Bye")])
    };
    let items = json!([
        { "type": "message", "role": "user", "content": "Hi" },
        { "type": "message", "role": "assistant", "content": "Hello" },
        { "type": "message", "role": "user", "content": "Bye" }
    ]);
    let expected = json!({
        "model": "a-model", "input": items, "store": false, "instructions": "Be brief.",
        "max_output_tokens": 20, "temperature": 0.5
    });
    assert_eq!(body(&full), expected);
}

#[test]
fn a_schema_is_sent_strict_if_it_can_be() {
    let schema = |closed: bool| {
        let properties = json!({ "a": { "type": "string" } });
        json!({ "type": "object", "properties": properties, "required": ["a"], "additionalProperties": !closed })
    };
    for closed in [true, false] {
        let format = json!({ "type": "json_schema", "name": "answer", "schema": schema(closed), "strict": closed });
        let call = Call { schema: Some(schema(closed)), ..call(&[(Role::User, "Hi")]) };
        assert_eq!(body(&call)["text"], json!({ "format": format }));
    }
}

#[test]
fn a_stream_is_asked_for() {
    let to = Endpoint { base_url: "https://x/openai?api-version=1", headers: &[], key: None, key_header: None };
    let http = encode(&call(&[(Role::User, "Hi")]), true, &to);
    assert_eq!(http.url, "https://x/openai/responses?api-version=1");
    assert!(http.headers.contains(&("accept".into(), "text/event-stream".into())));
    let expected = json!({ "model": "a-model", "input": "Hi", "store": false, "stream": true });
    assert_eq!(serde_json::from_slice::<Value>(&http.body).unwrap(), expected);
}

/// An answer that has this status and these items, and three more things that may come along.
pub fn reply(status: &str, output: Value) -> Value {
    let usage = json!({
        "input_tokens": 12, "input_tokens_details": { "cached_tokens": 8 }, "output_tokens": 5,
        "output_tokens_details": { "reasoning_tokens": 2 }, "total_tokens": 17
    });
    json!({ "id": "resp_1", "object": "response", "status": status, "error": null, "incomplete_details": null,
        "output": output, "usage": usage, "text": { "format": { "type": "text" } }, "new_field": [1, { "a": "b" }] })
}

pub fn message(text: &str) -> Value {
    json!({ "type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part(text)] })
}

fn part(text: &str) -> Value {
    json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [{ "token": text, "bytes": [1, 2] }] })
}

fn read(body: &Value) -> Result<(String, Finish), Fault> {
    decode(200, body.to_string().as_bytes()).map(|answer| (answer.text, answer.finish)).map_err(|failure| failure.fault)
}

pub fn incomplete(reason: Value, output: Value) -> Value {
    let mut body = reply("incomplete", output);
    body["incomplete_details"] = json!({ "reason": reason });
    body
}

pub fn failed_with(code: Value) -> Value {
    let mut body = reply("failed", json!([]));
    body["error"] = json!({ "code": code, "message": "the provider's own words" });
    body
}

#[test]
fn the_answer_is_the_text_of_all_messages_whatever_comes_between() {
    let output = json!([
        { "type": "reasoning", "summary": [], "content": [{ "type": "reasoning_text", "text": "thinking" }] },
        { "type": "mcp_call", "content": "not a list", "phase": 7 },
        message("Hello, \"wörld\"\n"),
        { "type": "unheard_of", "text": { "a": 1 } },
        { "type": "message", "content": [part("and "), { "type": "new_part", "text": 3 }, part("more")] }
    ]);
    let answer = decode(200, reply("completed", output).to_string().as_bytes()).unwrap();
    let expected = Answer {
        text: "Hello, \"wörld\"\nand more".into(),
        finish: Finish::Stop,
        usage: Count { tokens_in: 12, tokens_in_cached: 8, tokens_out: 5, tokens_reasoning: 2 },
    };
    assert_eq!(answer, expected);
}

#[test]
fn a_comment_is_not_the_answer_where_there_is_one() {
    let phased = |phase: &str, text: &str| {
        let mut item = message(text);
        item["phase"] = json!(phase);
        item
    };
    let both = json!([phased("commentary", "Let me see. "), phased("final_answer", "42")]);
    assert_eq!(read(&reply("completed", both)), Ok(("42".into(), Finish::Stop)));
    assert_eq!(
        read(&reply("completed", json!([phased("commentary", "Hm. "), message("42")]))),
        Ok(("42".into(), Finish::Stop))
    );
    assert_eq!(read(&reply("completed", json!([phased("commentary", "Hm.")]))), Ok(("Hm.".into(), Finish::Stop)));
}

#[test]
fn a_refusal_makes_the_answer_one_and_takes_nothing_back() {
    let refusal = json!({ "type": "refusal", "refusal": "I cannot." });
    let alone = json!([{ "type": "message", "content": [refusal] }]);
    assert_eq!(read(&reply("completed", alone)), Ok(("I cannot.".into(), Finish::Refusal)));
    let behind = json!([{ "type": "message", "content": [part("Well. "), refusal] }]);
    assert_eq!(read(&reply("completed", behind)), Ok(("Well. I cannot.".into(), Finish::Refusal)));
}

#[test]
fn what_was_cut_off_says_why() {
    let some = || json!([message("Half a")]);
    assert_eq!(read(&incomplete(json!("max_output_tokens"), some())), Ok(("Half a".into(), Finish::Length)));
    assert_eq!(read(&incomplete(json!("content_filter"), some())), Ok(("Half a".into(), Finish::ContentFilter)));
    assert_eq!(read(&incomplete(json!("max_output_tokens"), json!([]))), Err(Fault::Exhausted));
    assert_eq!(read(&incomplete(json!("content_filter"), json!([]))), Err(Fault::ContentRefused));
    assert_eq!(read(&incomplete(json!(null), json!([]))), Err(Fault::Invalid));
}

#[test]
fn a_200_can_be_a_failure() {
    let cases = [
        (json!("rate_limit_exceeded"), Fault::Busy),
        (json!("insufficient_quota"), Fault::NoCredit),
        (json!("server_error"), Fault::Unavailable),
        (json!("vector_store_timeout"), Fault::Unavailable),
        (json!("invalid_prompt"), Fault::ContentRefused),
        (json!("image_content_policy_violation"), Fault::ContentRefused),
        (json!("data_residency_mismatch"), Fault::Rejected),
        (json!("failed_to_download_image"), Fault::Rejected),
        (json!(null), Fault::Unavailable),
    ];
    for (code, fault) in cases {
        assert_eq!(read(&failed_with(code.clone())), Err(fault), "{code}");
    }
    assert_eq!(read(&json!({ "error": { "code": "server_error" } })), Err(Fault::Unavailable));
}

#[test]
fn an_answer_without_usage_counts_as_no_tokens() {
    for usage in [json!(null), json!({}), json!({ "input_tokens": null, "input_tokens_details": null })] {
        let mut body = reply("completed", json!([message("Hi")]));
        body["usage"] = usage;
        let answer = decode(200, body.to_string().as_bytes()).unwrap();
        assert_eq!((answer.usage.tokens_in, answer.usage.tokens_in_cached, answer.usage.tokens_out), (0, 0, 0));
    }
}

#[test]
fn what_cannot_be_read_is_invalid() {
    let whole = reply("completed", json!([message("Hello")])).to_string();
    for end in 0..whole.len() {
        assert_eq!(decode(200, &whole.as_bytes()[..end]), Err(Fault::Invalid.into()), "cut at {end}");
    }
    let bodies: [&[u8]; 9] = [
        b"<html><body>Bad gateway</body></html>",
        b"null",
        b"[]",
        b"\"completed\"",
        b"{}",
        b"{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"\xff\"}]}]}",
        b"{\"status\":\"completed\",\"status\":\"failed\"}",
        b"data: {}\n\n",
        b"",
    ];
    for body in bodies {
        assert_eq!(decode(200, body), Err(Fault::Invalid.into()), "{}", String::from_utf8_lossy(body));
    }
    let wrong = [
        ("status", json!(1)),
        ("status", json!("in_progress")),
        ("status", json!("queued")),
        ("status", json!("cancelled")),
        ("output", json!("text")),
        ("output", json!([])),
        ("output", json!(null)),
        ("output", json!(["text"])),
        ("output", json!([{}])),
        ("output", json!([{ "type": 1 }])),
        ("output", json!([{ "type": "message" }])),
        ("output", json!([{ "type": "message", "content": "text" }])),
        ("output", json!([{ "type": "message", "content": ["text"] }])),
        ("output", json!([{ "type": "message", "content": [{ "type": "output_text", "text": 1 }] }])),
        ("output", json!([{ "type": "message", "content": [{ "type": "output_text" }] }])),
        ("output", json!([message(" \n")])),
        ("usage", json!({ "input_tokens": "12" })),
        ("usage", json!({ "output_tokens": -1 })),
        ("usage", json!([])),
        ("error", json!("text")),
        ("incomplete_details", json!(1)),
    ];
    for (key, value) in wrong {
        let mut body = reply("completed", json!([message("Hello")]));
        body[key] = value;
        assert_eq!(read(&body), Err(Fault::Invalid), "{body}");
    }
    let deep = format!("{{\"output\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(decode(200, deep.as_bytes()), Err(Fault::Invalid.into()));
}

#[test]
fn an_error_is_read_by_its_status_and_code() {
    assert_eq!(decode(404, b"").unwrap_err().fault, Fault::UnknownModel);
    assert_eq!(decode(429, br#"{"error":{"code":"insufficient_quota"}}"#).unwrap_err().fault, Fault::NoCredit);
}

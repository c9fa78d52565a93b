//! What is sent, and what is read, case by case.

use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::provider::testing::{check, follow, full};
use crate::provider::{Finish, Kind, Message as Turn, Role};

fn call(messages: &[(Role, &str)]) -> Call {
    let messages = messages.iter().map(|(role, content)| Turn { role: *role, content: (*content).into() }).collect();
    Call { model: "gpt-4o-mini".into(), system: None, messages, max_tokens: None, temperature: None, schema: None }
}

#[test]
fn a_lone_prompt_is_sent_as_a_string_and_a_conversation_as_items() {
    assert_eq!(body(&call(&[(Role::User, "Hi")])), json!({ "model": "gpt-4o-mini", "input": "Hi", "store": false }));
    let full = Call {
        system: Some("Be brief.".into()),
        max_tokens: Some(20),
        temperature: Some(0.5),
        ..call(&[(Role::User, "Hi"), (Role::Assistant, "Hello"), (Role::User, "Bye")])
    };
    let items = json!([
        { "role": "user", "content": "Hi" }, { "role": "assistant", "content": "Hello" }, { "role": "user", "content": "Bye" }
    ]);
    let expected = json!({
        "model": "gpt-4o-mini", "input": items, "store": false, "instructions": "Be brief.",
        "max_output_tokens": 20, "temperature": 0.5
    });
    assert_eq!(body(&full), expected);
}

#[test]
fn the_key_travels_in_its_own_header_and_shows_nowhere() {
    let extra = [("openai-project".to_owned(), "p1".to_owned())];
    let key = SecretString::from("sk-secret");
    let to = Endpoint { base_url: "https://api.example/v1", headers: &extra, key: Some(&key), key_header: None };
    let http = encode(&call(&[(Role::User, "Hi")]), false, &to);
    assert_eq!(http.url, "https://api.example/v1/responses");
    let (name, value) = http.secret_header.as_ref().unwrap();
    assert_eq!((name.as_str(), value.expose_secret()), ("authorization", "Bearer sk-secret"));
    assert_eq!(http.headers.last(), Some(&extra[0]));
    assert!(!format!("{http:?}").contains("sk-secret"));
}

/// An answer that has this status and these items, and three more things that may come along.
fn reply(status: &str, output: Value) -> Value {
    let usage = json!({
        "input_tokens": 12, "input_tokens_details": { "cached_tokens": 8 }, "output_tokens": 5,
        "output_tokens_details": { "reasoning_tokens": 2 }, "total_tokens": 17
    });
    json!({ "id": "resp_1", "object": "response", "status": status, "error": null, "incomplete_details": null,
        "output": output, "usage": usage, "text": { "format": { "type": "text" } }, "new_field": [1, { "a": "b" }] })
}

fn message(text: &str) -> Value {
    json!({ "type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part(text)] })
}

fn part(text: &str) -> Value {
    json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [{ "token": text, "bytes": [1, 2] }] })
}

fn read(body: &Value) -> Result<(String, Finish), Fault> {
    decode(200, body.to_string().as_bytes()).map(|answer| (answer.text, answer.finish)).map_err(|failure| failure.fault)
}

fn incomplete(reason: Value, output: Value) -> Value {
    let mut body = reply("incomplete", output);
    body["incomplete_details"] = json!({ "reason": reason });
    body
}

fn failed_with(code: Value) -> Value {
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
    let both = json!([phased("commentary", "Let me see. "), message("Well. "), phased("final_answer", "42")]);
    assert_eq!(read(&reply("completed", both)), Ok(("42".into(), Finish::Stop)));
    assert_eq!(
        read(&reply("completed", json!([phased("commentary", "Hm. "), message("42")]))),
        Ok(("42".into(), Finish::Stop))
    );
    assert_eq!(read(&reply("completed", json!([phased("commentary", "Hm.")]))), Ok(("Hm.".into(), Finish::Stop)));
}

#[test]
fn a_refusal_is_an_answer_of_its_own_kind() {
    let output =
        json!([{ "type": "message", "content": [part("Sure"), { "type": "refusal", "refusal": "I cannot." }] }]);
    assert_eq!(read(&reply("completed", output)), Ok(("I cannot.".into(), Finish::Refusal)));
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
fn a_status_says_what_it_was() {
    let code = |code: &str| {
        json!({ "error": { "message": "the provider's own words", "type": "t", "code": code } }).to_string()
    };
    let cases = [
        (401, code("invalid_api_key"), Fault::Auth),
        (403, String::new(), Fault::Auth),
        (402, String::new(), Fault::NoCredit),
        (429, code("rate_limit_exceeded"), Fault::Busy),
        (429, "<html>".into(), Fault::Busy),
        (429, json!({ "error": { "code": 429, "type": null } }).to_string(), Fault::Busy),
        (429, code("insufficient_quota"), Fault::NoCredit),
        (429, json!({ "error": { "type": "insufficient_quota", "code": null } }).to_string(), Fault::NoCredit),
        (429, code("credit_balance_exhausted"), Fault::NoCredit),
        (429, code("project_spend_limit_exceeded"), Fault::NoCredit),
        (429, code("monthly_usage_limit_exceeded"), Fault::NoCredit),
        (429, code("billing_hard_limit_reached"), Fault::NoCredit),
        (400, String::new(), Fault::Rejected),
        (404, String::new(), Fault::UnknownModel),
        (413, String::new(), Fault::ContextLength),
        (422, String::new(), Fault::Rejected),
        (408, String::new(), Fault::Unavailable),
        (409, String::new(), Fault::Unavailable),
        (500, String::new(), Fault::Unavailable),
        (501, String::new(), Fault::Unavailable),
        (503, "<html>".into(), Fault::Unavailable),
        (529, String::new(), Fault::Unavailable),
        (101, String::new(), Fault::Redirect),
        (302, String::new(), Fault::Redirect),
        (304, String::new(), Fault::Redirect),
        (999, String::new(), Fault::Redirect),
    ];
    for (status, body, fault) in cases {
        assert_eq!(decode(status, body.as_bytes()), Err(fault.into()), "{status} {body}");
    }
}

fn streamed(kind: &str, index: u64, delta: &str) -> Value {
    json!({ "type": kind, "item_id": "msg_1", "output_index": index, "content_index": 0, "delta": delta, "sequence_number": 1 })
}

fn added(index: u64, phase: Value) -> Value {
    let item = json!({ "type": "message", "id": "msg", "role": "assistant", "content": [], "phase": phase });
    json!({ "type": "response.output_item.added", "output_index": index, "item": item })
}

#[test]
fn a_whole_and_a_streamed_answer_are_one() {
    let comment = json!({ "type": "message", "phase": "commentary", "content": [part("I look it up.")] });
    let whole = reply("completed", json!([{ "type": "reasoning", "summary": [] }, comment, message("Grüße, 🌍!")]));
    let expected = Answer {
        text: "Grüße, 🌍!".into(),
        finish: Finish::Stop,
        usage: Count { tokens_in: 12, tokens_in_cached: 8, tokens_out: 5, tokens_reasoning: 2 },
    };
    let text = "response.output_text.delta";
    let events = [
        json!({ "type": "response.created", "response": { "status": "in_progress", "output": [], "usage": null } }),
        json!({ "type": "response.output_item.added", "output_index": 0, "item": { "type": "reasoning", "content": null } }),
        added(1, json!("commentary")),
        streamed(text, 1, "I look it up."),
        added(2, Value::Null),
        streamed(text, 2, "Grüße, "),
        json!({ "type": "response.an_event_of_tomorrow", "delta": { "x": 1 } }),
        streamed(text, 2, "🌍!"),
        json!({ "type": "response.output_text.done", "output_index": 2, "text": "Grüße, 🌍!" }),
        json!({ "type": "response.completed", "response": whole.clone() }),
    ];
    check(Kind::OpenaiResponses, &whole, &events, 10, &expected);
}

#[test]
fn comments_alone_stand_for_the_answer_in_a_stream_too() {
    let comment = json!({ "type": "message", "phase": "commentary", "content": [part("Hm.")] });
    let last = json!({ "type": "response.completed", "response": reply("completed", json!([comment])) });
    let events = [added(0, json!("commentary")), streamed("response.output_text.delta", 0, "Hm."), last];
    let (result, told) = follow(Kind::OpenaiResponses, &events.map(|event| event.to_string()));
    assert_eq!((result.unwrap().text.as_str(), told.concat().as_str()), ("Hm.", "Hm."));
}

#[test]
fn a_stream_ends_in_its_failure() {
    let failed = |code: &str| {
        let mut response = reply("failed", json!([]));
        response["error"] = json!({ "code": code, "message": "words" });
        json!({ "type": "response.failed", "response": response })
    };
    let flat = json!({ "type": "error", "code": "rate_limit_exceeded", "message": "words", "param": null });
    let nested = json!({ "type": "error", "error": { "type": "invalid_request_error", "code": "context_length_exceeded", "message": "words" } });
    for (event, fault) in [
        (failed("rate_limit_exceeded"), Fault::Busy),
        (failed("server_error"), Fault::Unavailable),
        (flat, Fault::Busy),
        (nested, Fault::ContextLength),
        (json!({ "type": "response.output_text.delta", "delta": 5 }), Fault::Invalid),
    ] {
        assert_eq!(follow(Kind::OpenaiResponses, &[event.to_string()]).0.unwrap_err().fault, fault, "{event}");
    }
}

#[test]
fn a_stream_that_contradicts_itself_is_no_answer() {
    let last = json!({ "type": "response.completed", "response": reply("completed", json!([message("Other words")])) });
    let events = [streamed("response.output_text.delta", 0, "Some words"), last];
    let (result, _) = follow(Kind::OpenaiResponses, &events.map(|event| event.to_string()));
    assert_eq!(result.unwrap_err().fault, Fault::Invalid);
}

#[test]
fn a_schema_goes_out_strict_only_if_it_can() {
    let format = |schema: Value| body(&Call { schema: Some(schema), ..full() })["text"]["format"].clone();
    let open = format(json!({ "type": "object", "properties": { "a": { "type": "string" } } }));
    assert_eq!(
        (&open["type"], &open["name"], &open["strict"]),
        (&json!("json_schema"), &json!("answer"), &json!(false))
    );
    let closed = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"], "additionalProperties": false });
    assert_eq!(format(closed)["strict"], true);
}

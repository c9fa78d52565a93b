//! What streams come to.

use serde_json::{Value, json};

use super::super::tests::{failed_with, incomplete, message, reply};
use super::*;
use crate::provider::testing::{events, fault, same, stream};
use crate::provider::{Answer, Finish, Kind, Usage as Count};

/// An answer as OpenAI streams it: a reasoning item, a comment, and the message.
pub const STREAM: &str = r#"
event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","error":null,"output":[],"usage":null}}

event: response.in_progress
data: {"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_1","status":"in_progress","output":[]}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}

event: response.reasoning_summary_text.delta
data: {"type":"response.reasoning_summary_text.delta","sequence_number":3,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"thinking"}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":4,"output_index":1,"item":{"id":"msg_0","type":"message","status":"in_progress","role":"assistant","phase":"commentary","content":[]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":5,"item_id":"msg_0","output_index":1,"content_index":0,"delta":"Let me see.","logprobs":[]}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":6,"output_index":2,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","phase":"final_answer","content":[]}}

event: response.content_part.added
data: {"type":"response.content_part.added","sequence_number":7,"item_id":"msg_1","output_index":2,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":8,"item_id":"msg_1","output_index":2,"content_index":0,"delta":"Hello,","logprobs":[],"obfuscation":"a1b2"}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":9,"item_id":"msg_1","output_index":2,"content_index":0,"delta":" \"w\u00f6rld\"\n","logprobs":[],"obfuscation":"c3"}

event: response.output_text.done
data: {"type":"response.output_text.done","sequence_number":10,"item_id":"msg_1","output_index":2,"content_index":0,"text":"Hello, \"w\u00f6rld\"\n","logprobs":[]}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":11,"output_index":2,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[]}}

event: response.completed
data: {"type":"response.completed","sequence_number":12,"response":{"id":"resp_1","object":"response","status":"completed","error":null,"incomplete_details":null,"output":[{"id":"rs_1","type":"reasoning","summary":[]},{"id":"msg_0","type":"message","status":"completed","role":"assistant","phase":"commentary","content":[{"type":"output_text","annotations":[],"text":"Let me see."}]},{"id":"msg_1","type":"message","status":"completed","role":"assistant","phase":"final_answer","content":[{"type":"output_text","annotations":[],"text":"Hello, \"w\u00f6rld\"\n"}]}],"usage":{"input_tokens":12,"input_tokens_details":{"cache_write_tokens":0,"cached_tokens":8},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":17}}}

"#;

/// An event as it stands on the wire.
fn line(data: &Value) -> String {
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap())
}

fn added(index: u64, id: &str, phase: Value) -> String {
    let item = json!({ "id": id, "type": "message", "role": "assistant", "phase": phase, "content": [] });
    line(&json!({ "type": "response.output_item.added", "output_index": index, "item": item }))
}

fn delta(index: u64, id: &str, text: &str) -> String {
    line(&json!({ "type": "response.output_text.delta", "output_index": index, "item_id": id, "delta": text }))
}

/// The event that ends a stream with this response.
fn over(response: &Value) -> String {
    line(&json!({ "type": format!("response.{}", response["status"].as_str().unwrap()), "response": response }))
}

fn answer(text: &str, finish: Finish) -> Answer {
    let usage = Count { tokens_in: 12, tokens_in_cached: 8, tokens_out: 5, tokens_reasoning: 2 };
    Answer { text: text.into(), finish, usage }
}

#[test]
fn whole_and_streamed_are_one_answer() {
    let last = events(STREAM).pop().unwrap().1;
    let whole = serde_json::from_str::<Value>(&last).unwrap()["response"].to_string();
    same(Kind::OpenaiResponses, &whole, STREAM, &answer("Hello, \"wörld\"\n", Finish::Stop));

    let refusal = json!([{ "type": "message", "content": [{ "type": "refusal", "refusal": "I cannot." }] }]);
    let refuse = |text: &str| {
        line(&json!({ "type": "response.refusal.delta", "output_index": 0, "content_index": 0, "delta": text }))
    };
    let two = json!([message("One, "), message("two.")]);
    let cases = [
        (reply("completed", refusal), refuse("I ") + &refuse("cannot."), answer("I cannot.", Finish::Refusal)),
        (
            reply("completed", two),
            added(0, "m0", json!(null)) + &delta(0, "m0", "One, ") + &delta(1, "m1", "") + &delta(1, "m1", "two."),
            answer("One, two.", Finish::Stop),
        ),
        (
            incomplete(json!("max_output_tokens"), json!([message("Half a")])),
            delta(0, "m0", "Half a"),
            answer("Half a", Finish::Length),
        ),
        (
            incomplete(json!("content_filter"), json!([message("Half a")])),
            delta(0, "m0", "Half a"),
            answer("Half a", Finish::ContentFilter),
        ),
        // What the deltas left out comes with the end.
        (reply("completed", json!([message("Hello")])), delta(0, "m0", "Hel"), answer("Hello", Finish::Stop)),
        (reply("completed", json!([message("Hello")])), String::new(), answer("Hello", Finish::Stop)),
    ];
    for (whole, deltas, expected) in cases {
        same(Kind::OpenaiResponses, &whole.to_string(), &(deltas + &over(&whole)), &expected);
    }
}

#[test]
fn a_comment_is_delivered_only_where_it_is_all_there_is() {
    let mut comment = message("Hm.");
    comment["phase"] = json!("commentary");
    let whole = reply("completed", json!([comment]));
    let by_index = line(&json!({ "type": "response.output_text.delta", "output_index": 0, "delta": "Hm." }));
    let by_id = line(&json!({ "type": "response.output_text.delta", "item_id": "m0", "delta": "Hm." }));
    for deltas in [by_index, by_id, delta(0, "m0", "Hm.")] {
        let wire = added(0, "m0", json!("commentary")) + &deltas + &over(&whole);
        same(Kind::OpenaiResponses, &whole.to_string(), &wire, &answer("Hm.", Finish::Stop));
        let outcome = stream(Kind::OpenaiResponses, &events(&(added(0, "m0", json!("commentary")) + &deltas)));
        assert_eq!(outcome.text, "");
    }
}

#[test]
fn a_response_that_leaves_its_text_out_ends_what_was_delivered() {
    let outcome =
        stream(Kind::OpenaiResponses, &events(&(delta(0, "m0", "Hello") + &over(&reply("completed", json!([]))))));
    assert_eq!(outcome.result, Ok(answer("Hello", Finish::Stop)));
    let refusal = json!({ "type": "response.refusal.delta", "output_index": 0, "delta": "I cannot." });
    let outcome = stream(Kind::OpenaiResponses, &events(&(line(&refusal) + &over(&reply("completed", json!(null))))));
    assert_eq!(outcome.result, Ok(answer("I cannot.", Finish::Refusal)));
}

#[test]
fn a_response_that_differs_from_what_was_delivered_is_no_answer() {
    let wire = delta(0, "m0", "Hullo") + &over(&reply("completed", json!([message("Hello")])));
    assert_eq!(fault(Kind::OpenaiResponses, &wire), Fault::Invalid);
}

#[test]
fn a_stream_can_end_in_an_error_and_what_was_counted_stays_counted() {
    let outcome = stream(
        Kind::OpenaiResponses,
        &events(&(delta(0, "m0", "Hel") + &over(&failed_with(json!("rate_limit_exceeded"))))),
    );
    assert_eq!((outcome.result, outcome.usage.tokens_in), (Err(Fault::Busy.into()), 12));
    let cases = [
        (json!({ "type": "error", "code": "rate_limit_exceeded", "message": "…", "param": null }), Fault::Busy),
        (
            json!({ "type": "error", "code": "insufficient_quota", "message": "…", "sequence_number": 1 }),
            Fault::NoCredit,
        ),
        (
            json!({ "type": "error", "error": { "type": "server_error", "code": null, "message": "…" } }),
            Fault::Unavailable,
        ),
        (json!({ "type": "error", "error": { "type": "tokens", "code": "rate_limit_exceeded" } }), Fault::Busy),
        (json!({ "type": "error", "error": { "code": "context_length_exceeded" } }), Fault::ContextLength),
        (json!({ "type": "error" }), Fault::Unavailable),
    ];
    for (event, expected) in cases {
        assert_eq!(fault(Kind::OpenaiResponses, &line(&event)), expected, "{event}");
    }
    assert_eq!(fault(Kind::OpenaiResponses, &(delta(0, "m0", "Hel") + "data: [DONE]\n\n")), Fault::Incomplete);
    for response in [json!(null), json!([]), json!({ "status": "queued" }), json!({ "status": "completed" })] {
        let event = line(&json!({ "type": "response.completed", "response": response }));
        assert_eq!(fault(Kind::OpenaiResponses, &event), Fault::Invalid, "{response}");
    }
}

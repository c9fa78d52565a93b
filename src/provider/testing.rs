//! What the tests of all formats share: streams read from their wire text, and JSON of any shape.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{Answer, Call, Event, Failure, Kind, Message, Reader, Role, Step, Usage};
use crate::error::Fault;

/// A call of these messages and nothing else.
pub fn call(messages: &[(Role, &str)]) -> Call {
    let messages = messages.iter().map(|(role, content)| Message { role: *role, content: (*content).into() }).collect();
    Call { model: "a-model".into(), system: None, messages, max_tokens: None, temperature: None, schema: None }
}

/// The events of a stream as it stands on the wire.
pub fn events(wire: &str) -> Vec<(String, String)> {
    let field = |block: &str, name: &str| {
        let lines = block.lines().filter_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(": "));
        lines.collect::<Vec<_>>().join("\n")
    };
    wire.split("\n\n")
        .map(|block| (field(block, "event"), field(block, "data")))
        .filter(|(_, data)| !data.is_empty())
        .collect()
}

/// What came of a stream.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// All deltas.
    pub text: String,
    /// How it ended.
    pub result: Result<Answer, Failure>,
    /// What was counted.
    pub usage: Usage,
}

/// Reads events until they end or the stream says that it is over.
pub fn stream(kind: Kind, events: &[(String, String)]) -> Outcome {
    let mut reader = kind.reader();
    let mut text = String::new();
    let result = feed(reader.as_mut(), events, &mut text).and_then(|()| reader.finish());
    Outcome { text, result, usage: reader.usage() }
}

fn feed(reader: &mut dyn Reader, events: &[(String, String)], text: &mut String) -> Result<(), Failure> {
    for (name, data) in events {
        match reader.event(&Event { name, data })? {
            Step::Nothing => {}
            Step::Delta(more) => {
                assert!(!more.is_empty());
                text.push_str(&more);
            }
            Step::Over => break,
        }
    }
    Ok(())
}

/// The fault of a stream.
pub fn fault(kind: Kind, wire: &str) -> Fault {
    stream(kind, &events(wire)).result.unwrap_err().fault
}

/// Holds one answer, whole and streamed, against what it should be; and the stream, cut off behind each event, against the
/// rule that an answer is whole or an error.
pub fn same(kind: Kind, whole: &str, wire: &str, expected: &Answer) {
    assert_eq!(kind.decode(200, whole.as_bytes()).as_ref(), Ok(expected), "whole");
    let events = events(wire);
    let streamed = stream(kind, &events);
    assert_eq!(streamed.result.as_ref(), Ok(expected), "streamed");
    assert_eq!((&streamed.text, streamed.usage), (&expected.text, expected.usage), "deltas");
    for cut in 0..events.len() {
        let mut reader = kind.reader();
        let mut text = String::new();
        feed(reader.as_mut(), &events[..cut], &mut text).unwrap();
        assert!(expected.text.starts_with(&text), "cut at {cut}");
        if reader.is_complete() {
            let answer = reader.finish().unwrap();
            assert_eq!((&answer.text, answer.finish), (&expected.text, expected.finish), "cut at {cut}");
        } else {
            assert_eq!(reader.finish(), Err(Fault::Incomplete.into()), "cut at {cut}");
        }
    }
}

/// The names that the formats know, so that JSON of any shape often has the shape of an answer.
const NAMES: [&str; 36] = [
    "type",
    "status",
    "error",
    "code",
    "message",
    "output",
    "content",
    "text",
    "refusal",
    "phase",
    "usage",
    "delta",
    "item",
    "response",
    "output_index",
    "item_id",
    "choices",
    "index",
    "finish_reason",
    "input_tokens",
    "x_groq",
    "output_tokens",
    "stop_reason",
    "content_block",
    "candidates",
    "parts",
    "thought",
    "finishReason",
    "usageMetadata",
    "promptFeedback",
    "blockReason",
    "properties",
    "items",
    "anyOf",
    "required",
    "details",
];

/// Values that mean something in one place or another.
const WORDS: [&str; 20] = [
    "message",
    "output_text",
    "refusal",
    "commentary",
    "completed",
    "incomplete",
    "failed",
    "text",
    "text_delta",
    "stop",
    "STOP",
    "end_turn",
    "error",
    "response.completed",
    "response.output_text.delta",
    "response.output_item.added",
    "content_block_delta",
    "message_start",
    "message_delta",
    "object",
];

/// JSON of any shape.
pub fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        prop::sample::select(&WORDS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        let name = prop_oneof![8 => prop::sample::select(&NAMES[..]).prop_map(String::from), 1 => "[a-z]{0,3}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6).prop_map(|all| all.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

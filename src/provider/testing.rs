//! What the tests of the formats share.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Answer, Call, Event, Failure, Finish, Kind, Message, Role, Step, Usage};

/// A call of one prompt.
pub(super) fn call() -> Call {
    let messages = vec![Message { role: Role::User, content: "Hi".into() }];
    Call { model: "m".into(), system: None, messages, max_tokens: None, temperature: None, schema: None }
}

/// A conversation with everything in it.
pub(super) fn full() -> Call {
    let turn = |role, content: &str| Message { role, content: content.into() };
    Call {
        system: Some("Be brief.".into()),
        messages: vec![turn(Role::User, "Hi"), turn(Role::Assistant, "Hello"), turn(Role::User, "Bye")],
        max_tokens: Some(20),
        temperature: Some(1.5),
        schema: Some(json!({ "type": "object", "properties": { "a": { "type": "string" } } })),
        ..call()
    }
}

/// The answer that a stream comes to, and the pieces of text that it was told in.
pub(super) fn follow(kind: Kind, events: &[String]) -> (Result<Answer, Failure>, Vec<String>) {
    let mut reader = kind.reader();
    let mut told = Vec::new();
    for data in events {
        match reader.event(&Event { name: "", data }) {
            Ok(Step::Nothing) => {}
            Ok(Step::Delta(text)) => told.push(text),
            Ok(Step::Over) => break,
            Err(failure) => return (Err(failure), told),
        }
    }
    (reader.finish(), told)
}

/// Holds a whole answer against the same one as a stream, and the stream against itself cut short after each event.
/// `whole_from` is how many events make the answer whole.
pub(super) fn check(kind: Kind, whole: &Value, events: &[Value], whole_from: usize, expected: &Answer) {
    assert_eq!(kind.decode(200, whole.to_string().as_bytes()).as_ref(), Ok(expected), "{kind:?}, whole");
    let events: Vec<String> =
        events.iter().map(|event| event.as_str().map_or_else(|| event.to_string(), str::to_owned)).collect();
    let (streamed, told) = follow(kind, &events);
    assert_eq!(streamed.as_ref(), Ok(expected), "{kind:?}, streamed");
    assert_eq!(told.concat(), expected.text);
    assert!(told.len() > 1);
    for cut in 0..events.len() {
        let (result, _) = follow(kind, &events[..cut]);
        match result {
            Ok(answer) => {
                assert!(cut >= whole_from && answer.text == expected.text, "{kind:?} cut at {cut}: {answer:?}")
            }
            Err(failure) => {
                assert!(cut < whole_from, "{kind:?} cut at {cut}");
                assert_eq!(failure.fault, crate::error::Fault::Incomplete, "{kind:?} cut at {cut}");
            }
        }
    }
}

/// The answer of the recordings.
pub(super) fn answer(text: &str, finish: Finish, usage: [u32; 4]) -> Answer {
    let [tokens_in, tokens_in_cached, tokens_out, tokens_reasoning] = usage;
    Answer { text: text.into(), finish, usage: Usage { tokens_in, tokens_in_cached, tokens_out, tokens_reasoning } }
}

/// Any JSON, with keys that the formats know.
pub(super) fn json() -> impl Strategy<Value = Value> {
    const KEYS: [&str; 26] = [
        "type",
        "status",
        "error",
        "output",
        "content",
        "text",
        "choices",
        "delta",
        "message",
        "finish_reason",
        "usage",
        "candidates",
        "parts",
        "response",
        "item",
        "code",
        "details",
        "retryDelay",
        "stop_reason",
        "finishReason",
        "input_tokens",
        "properties",
        "required",
        "items",
        "anyOf",
        "enum",
    ];
    let words = prop::sample::select(vec!["message", "text", "text_delta", "object", "stop", "STOP", "", "error"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 32, 5, |inner| {
        let key = prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_that_comes_over_the_wire_breaks_a_reader(
        events in prop::collection::vec(json(), 0..6), text in ".{0,40}", bytes: Vec<u8>, status in 100u16..600,
    ) {
        for kind in Kind::ALL {
            let mut all: Vec<String> = events.iter().map(Value::to_string).collect();
            all.push(text.clone());
            let (result, told) = follow(kind, &all);
            prop_assert!(told.iter().all(|piece| !piece.is_empty()));
            prop_assert!(result.is_err() || !told.is_empty());
            let _ = kind.decode(status, &bytes);
            for event in &all {
                let _ = kind.decode(status, event.as_bytes());
            }
        }
    }
}

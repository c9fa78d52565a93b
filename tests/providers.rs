//! The whole way of a call, in each wire format, against llmock, a provider that this project did not write: it fails on
//! demand, keeps a journal, and judges its client. `tests/support/providers.sh` starts it and sets `LLMOCK_URL`.
//!
//! Each test speaks as models of its own, to which alone its faults apply, so tests may run side by side on one server.
#![allow(clippy::unwrap_used)]

#[path = "support/llmock.rs"]
mod llmock;
#[path = "support/world.rs"]
mod world;

use std::time::{Duration, Instant};

use aisp::error::{Error, Fault};
use aisp::provider::Finish;
use llmock::{KINDS, Mock};
use serde_json::json;
use world::{World, text_of};

/// What the call failed of.
fn fault(result: Result<aisp::gateway::Outcome, Error>) -> Fault {
    match result.unwrap_err() {
        Error::Provider { fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_and_a_streamed_answer_of_each_format_are_equal_and_counted() {
    for (kind, path) in KINDS {
        let Some(mock) = Mock::get(kind, path) else { return };
        let (world, text) = (World::new(), "Grüße, \"world\" 🌍 and some more words to stream");
        mock.script(json!([{ "type": "reply", "text": text, "times": 2 }]));
        let request = json!({ "prompt": "Say hi", "system": "Be brief.", "max_tokens": 50, "cache": false });
        let whole = world.infer(&request, &mock.policy()).unwrap();
        let (told, streamed) = world.stream(&request, &mock.policy());
        let streamed = streamed.unwrap();
        assert_eq!(
            (whole.answer.text.as_str(), whole.attempts, whole.answer.finish),
            (text, 1, Finish::Stop),
            "{kind}"
        );
        assert_eq!(streamed.answer, whole.answer, "{kind}");
        assert_eq!((text_of(&told).as_str(), told.last().unwrap().as_str()), (text, "result"), "{kind}");
        assert!(told.len() > 4 && whole.usage.tokens_in > 0 && whole.usage.tokens_out > 0, "{kind} {told:?}");
        let paths: Vec<_> = mock.requests().iter().map(|r| r["stream"] == true).collect();
        assert_eq!((paths, mock.findings()), (vec![false, true], vec![]), "{kind}");
    }
}

#[test]
fn a_conversation_is_understood_in_each_format() {
    for (kind, path) in KINDS {
        let Some(mock) = Mock::get(kind, path) else { return };
        let turn = |role: &str, content: &str| json!({ "role": role, "content": content });
        let messages = [turn("user", "Hi"), turn("assistant", "Hello"), turn("system", "Sing."), turn("user", "How?")];
        let request = json!({ "messages": messages, "temperature": 0 });
        assert!(World::new().infer(&request, &mock.policy()).unwrap().usage.tokens_in > 1, "{kind}");
    }
}

#[test]
fn the_end_by_max_tokens_is_told_from_an_empty_answer() {
    for (kind, path) in KINDS {
        let Some(mock) = Mock::get(kind, path) else { return };
        let world = World::new();
        let half = json!([{ "type": "reply", "text": "Half a", "finish_reason": "length", "times": 2 }]);
        mock.script(half);
        let request = json!({ "prompt": "Say hi", "cache": false });
        assert_eq!(world.infer(&request, &mock.policy()).unwrap().answer.finish, Finish::Length, "{kind}");
        assert_eq!(world.stream(&request, &mock.policy()).1.unwrap().answer.finish, Finish::Length, "{kind}");
    }
}

#[test]
fn a_busy_provider_is_asked_again_when_it_said_so_and_not_before() {
    for (kind, path) in KINDS {
        for streamed in [false, true] {
            let Some(mock) = Mock::get(kind, path) else { return };
            mock.script(json!([{ "type": "fail", "status": 429, "retry_after": 0.4, "times": 2 }]));
            let begun = Instant::now();
            let outcome = mock.ask(&World::new(), streamed).unwrap();
            assert_eq!(outcome.attempts, 3);
            assert!(begun.elapsed() >= Duration::from_millis(800), "{:?}", begun.elapsed());
            assert!(mock.findings().is_empty(), "{kind} {:?}", mock.findings());
        }
    }
}

#[test]
fn a_wait_that_is_too_long_is_left_to_the_caller() {
    let Some(mock) = Mock::get("openai_responses", "/v1") else { return };
    mock.script(json!([{ "type": "fail", "status": 429, "retry_after": 30 }]));
    let begun = Instant::now();
    let error = mock.ask(&World::new(), false).unwrap_err();
    assert_eq!((error.status(), error.retry_after_s()), (503, Some(30)));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn what_may_pass_is_tried_three_times() {
    for (kind, path) in KINDS {
        for streamed in [false, true] {
            let Some(mock) = Mock::get(kind, path) else { return };
            mock.script(json!([{ "type": "fail", "status": 500, "times": 2 }]));
            assert_eq!(mock.ask(&World::new(), streamed).unwrap().attempts, 3);
            mock.script(json!([{ "type": "fail", "status": 529, "retry_after": 0.05, "times": 9 }]));
            let world = World::new();
            assert_eq!(fault(mock.ask(&world, streamed)), Fault::Unavailable);
            assert_eq!(world.log()[0].attempts, 3);
            // Two waits of full jitter may by chance look like a constant interval.
            assert!(mock.findings().iter().all(|code| code == "no_backoff"), "{kind} {:?}", mock.findings());
        }
    }
}

#[test]
fn what_will_not_pass_is_tried_once() {
    let cases = [
        (401, "invalid_api_key", Fault::Auth),
        (403, "forbidden", Fault::Auth),
        (400, "invalid_request_error", Fault::Rejected),
        (400, "context_length_exceeded", Fault::ContextLength),
        (404, "model_not_found", Fault::UnknownModel),
        (422, "invalid", Fault::Rejected),
        (501, "not_implemented", Fault::Unavailable),
        (429, "insufficient_quota", Fault::NoCredit),
        (429, "project_spend_limit_exceeded", Fault::NoCredit),
    ];
    for (status, code, expected) in cases {
        let Some(mock) = Mock::get("openai_responses", "/v1") else { return };
        let message = "sk-test and other words of the provider's own";
        mock.script(json!([{ "type": "fail", "status": status, "code": code, "message": message, "times": 2 }]));
        for streamed in [false, true] {
            let found = fault(mock.ask(&World::new(), streamed));
            assert_eq!(found, expected, "{status} {code}");
            assert!(!found.to_string().contains("sk-test"));
        }
        assert_eq!(mock.requests().len(), 2);
        // llmock does not tell a 429 that passes from one that does not.
        assert!(mock.findings().iter().all(|code| code == "gave_up"), "{:?}", mock.findings());
    }
}

#[test]
fn a_stream_that_breaks_is_never_a_result() {
    for (kind, path) in KINDS {
        for fault_kind in ["truncate", "disconnect", "malformed", "stall"] {
            let Some(mock) = Mock::get(kind, path) else { return };
            let world = World::new();
            let policy = mock.policy_with(json!({ "timeout_ms": 1_500 }));
            let broken = json!({ "type": "stream_fault", "kind": fault_kind, "after_chunks": 6, "stall_seconds": 3, "times": 1 });
            let text = "one two three four five six seven eight nine ten eleven twelve";
            mock.script(json!([broken, { "type": "reply", "text": text, "times": 4 }]));
            let (told, result) = world.stream(&json!({ "prompt": "Say hi", "cache": false }), &policy);
            let error = result.expect_err("it broke");
            assert!(matches!(error.status(), 502 | 504), "{kind} {fault_kind} {error:?}");
            if told.len() > 1 {
                assert_eq!(
                    (told[0].as_str(), told.last().unwrap().as_str()),
                    ("start", "error"),
                    "{kind} {fault_kind}"
                );
            }
            assert!(!told.iter().any(|word| word == "result" || word == "restart"), "{kind} {fault_kind} {told:?}");
            let log = world.log();
            assert!(log[0].error.as_deref().unwrap().starts_with("provider_"), "{kind} {fault_kind}");
            // llmock sees that nobody tried again, not that the caller was told of an error.
            assert!(mock.findings().iter().all(|code| gave_up(code)), "{kind} {:?}", mock.findings());
        }
    }
}

/// Whether llmock says that a call was given up, whichever way it ended.
fn gave_up(code: &str) -> bool {
    ["gave_up", "truncated_stream_accepted", "malformed_chunk_ignored"].contains(&code)
}

#[test]
fn a_stream_that_may_restart_begins_again_and_ends_whole() {
    for (kind, path) in KINDS {
        for fault_kind in ["truncate", "disconnect", "malformed"] {
            let Some(mock) = Mock::get(kind, path) else { return };
            let world = World::new();
            let broken = json!({ "type": "stream_fault", "kind": fault_kind, "after_chunks": 6, "times": 1 });
            let text = "one two three four five six seven eight nine ten eleven twelve";
            mock.script(json!([broken, { "type": "reply", "text": text, "times": 2 }]));
            let request = json!({ "prompt": "Say hi", "restart": true });
            let (told, result) = world.stream(&request, &mock.policy());
            let outcome = result.unwrap();
            assert_eq!((outcome.answer.text.as_str(), text_of(&told).as_str()), (text, text), "{kind} {fault_kind}");
            assert_eq!((outcome.attempts, outcome.cached), (2, false), "{kind} {fault_kind}");
            assert!(told.iter().any(|word| word == "restart"), "{kind} {fault_kind} {told:?}");
            assert_eq!(mock.requests().len(), 2, "{kind} {fault_kind}");
            // A second attempt that comes before llmock has seen the end of the first is another call to it, and the first one
            // given up.
            assert!(mock.findings().iter().all(|code| gave_up(code)), "{kind} {fault_kind} {:?}", mock.findings());
            let (told, again) = world.stream(&request, &mock.policy());
            assert!(again.unwrap().cached && text_of(&told) == text, "a complete stream is kept, and replays as one");
        }
    }
}

#[test]
fn a_stream_that_stalls_begins_again_at_the_same_provider_where_there_is_no_other() {
    let Some(mock) = Mock::get("openai_chat", "/v1") else { return };
    let text = "one two three four five six seven eight nine ten";
    let stall = json!({ "type": "stream_fault", "kind": "stall", "after_chunks": 6, "stall_seconds": 4 });
    mock.script(json!([stall, { "type": "reply", "text": text, "times": 2 }]));
    let policy = mock.policy_with(json!({ "timeout_ms": 3_000 }));
    let (told, result) = World::new().stream(&json!({ "prompt": "Hi", "restart": true }), &policy);
    let outcome = result.unwrap();
    assert_eq!((outcome.attempts, text_of(&told).as_str(), outcome.answer.text.as_str()), (2, text, text));
    assert!(mock.findings().is_empty(), "{:?}", mock.findings());
}

#[test]
fn a_provider_that_is_slow_meets_the_deadline() {
    for streamed in [false, true] {
        let Some(mock) = Mock::get("openai_responses", "/v1") else { return };
        mock.script(json!([{ "type": "delay", "seconds": 3 }]));
        let begun = Instant::now();
        let request = json!({ "prompt": "Say hi", "timeout_ms": 500 });
        let world = World::new();
        let result = match streamed {
            false => world.infer(&request, &mock.policy()),
            true => world.stream(&request, &mock.policy()).1,
        };
        assert_eq!(fault(result), Fault::Timeout);
        assert!(begun.elapsed() < Duration::from_secs(1));
    }
}

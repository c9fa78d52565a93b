//! Encoding, sending, reading and retrying against llmock, a provider that this project did not write: it fails on demand,
//! keeps a journal, and judges its client. `tests/support/providers.sh` starts it and sets `LLMOCK_URL`.
//!
//! Each test speaks as a model of its own, to which alone its faults apply, so tests may run side by side on one server.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant, SystemTime};

use aisp::clock::Deadline;
use aisp::error::Fault;
use aisp::provider::{Answer, Call, Endpoint, Finish, HttpCall, Kind, Message, Role};
use aisp::upstream::{self, Allowed, Attempt, Delay, GaveUp, Net, Tries};
use secrecy::SecretString;
use serde_json::{Value, json};

/// llmock, as one test sees it.
struct Mock {
    url: String,
    model: String,
}

impl Mock {
    /// None, with a word about why, where no llmock runs.
    fn get(test: &str) -> Option<Self> {
        let Ok(url) = std::env::var("LLMOCK_URL") else {
            eprintln!("skipped: LLMOCK_URL is not set; tests/support/providers.sh starts llmock and runs this");
            return None;
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
        Some(Self { url, model: format!("{test}-{now}") })
    }

    /// What will happen to this test's next requests.
    fn script(&self, mut behaviors: Value) {
        for behavior in behaviors.as_array_mut().unwrap() {
            behavior["match"] = json!({ "model": self.model });
        }
        let body = json!({ "behaviors": behaviors }).to_string();
        assert_eq!(ureq::post(format!("{}/_llmock/scenario", self.url)).send(&body).unwrap().status(), 201);
    }

    fn read(&self, path: &str) -> Value {
        let text =
            ureq::get(format!("{}/_llmock/{path}", self.url)).call().unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The journal of this test's requests.
    fn requests(&self) -> Vec<Value> {
        let journal = self.read("requests");
        journal["requests"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|request| request["model"] == *self.model)
            .cloned()
            .collect()
    }

    /// What llmock holds against this test's requests.
    fn findings(&self) -> Vec<String> {
        let ours: Vec<_> = self.requests().iter().map(|request| request["seq"].clone()).collect();
        let verdict = self.read("verdict");
        let about_us = |finding: &&Value| ours.contains(&finding["requests"][0]);
        verdict["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(about_us)
            .map(|f| f["code"].as_str().unwrap().to_owned())
            .collect()
    }

    fn call(&self, prompt: &str) -> Call {
        let messages = vec![Message { role: Role::User, content: prompt.into() }];
        Call {
            model: self.model.clone(),
            system: None,
            messages,
            max_tokens: Some(50),
            temperature: Some(0.0),
            schema: None,
        }
    }

    fn http(&self, prompt: &str) -> HttpCall {
        let (base_url, key) = (format!("{}/v1", self.url), SecretString::from("sk-test"));
        let to = Endpoint { base_url: &base_url, headers: &[], key: Some(&key), key_header: None };
        Kind::OpenaiResponses.encode(&self.call(prompt), false, &to)
    }

    /// The whole way, with three attempts. llmock takes a prompt that comes again after a failure for a retry.
    fn infer(&self, prompt: &str) -> Tries<Answer> {
        run(&self.http(prompt), Duration::from_secs(10))
    }
}

fn run(call: &HttpCall, budget: Duration) -> Tries<Answer> {
    let net = Net {
        connect_timeout: Duration::from_secs(2),
        max_response_bytes: 1024 * 1024,
        allowed: Allowed::parse("127.0.0.1, localhost").unwrap(),
        ca_file: None,
    };
    upstream::run(Deadline::after(budget), 3, |deadline| match upstream::post(&net, call, deadline, &()) {
        Ok(response) => match Kind::OpenaiResponses.decode(response.status, &response.body) {
            Ok(answer) => Attempt::Done(answer),
            Err(failure) => Attempt::Failed { fault: failure.fault, delay: response.delay },
        },
        Err(fault) => Attempt::Failed { fault, delay: Delay::default() },
    })
}

#[test]
fn a_plain_call_is_answered_and_counted() {
    let Some(mock) = Mock::get("plain") else { return };
    mock.script(json!([{ "type": "reply", "text": "Grüße, \"world\" 🌍" }]));
    let tries = mock.infer("Say hi");
    let answer = tries.result.unwrap();
    assert_eq!((tries.attempts, answer.text.as_str(), answer.finish), (1, "Grüße, \"world\" 🌍", Finish::Stop));
    assert!(answer.usage.tokens_in > 0 && answer.usage.tokens_out > 0 && answer.usage.tokens_in_cached == 0);
    let requests = mock.requests();
    assert_eq!((requests.len(), &requests[0]["path"]), (1, &json!("/v1/responses")));
    assert!(mock.findings().is_empty());
}

#[test]
fn a_conversation_is_understood() {
    let Some(mock) = Mock::get("conversation") else { return };
    let turn = |role, content: &str| Message { role, content: content.into() };
    let messages = vec![turn(Role::User, "Hi"), turn(Role::Assistant, "Hello"), turn(Role::User, "How are you?")];
    let call = Call { system: Some("Be brief.".into()), messages, ..mock.call("") };
    let base_url = format!("{}/v1", mock.url);
    let to = Endpoint { base_url: &base_url, headers: &[], key: None, key_header: None };
    let http = Kind::OpenaiResponses.encode(&call, false, &to);
    let tries = run(&http, Duration::from_secs(10));
    assert!(tries.result.unwrap().usage.tokens_in > 1);
}

#[test]
fn the_end_by_max_tokens_is_told_from_an_empty_answer() {
    let Some(mock) = Mock::get("length") else { return };
    mock.script(json!([
        { "type": "reply", "text": "Half a", "finish_reason": "length" },
        { "type": "reply", "text": "", "finish_reason": "length" },
    ]));
    assert_eq!(mock.infer("Say hi").result.unwrap().finish, Finish::Length);
    let tries = mock.infer("Say hi");
    assert_eq!((tries.attempts, tries.result), (1, Err(GaveUp { fault: Fault::Exhausted, retry_after: None })));
}

#[test]
fn a_busy_provider_is_asked_again_when_it_said_so_and_not_before() {
    let Some(mock) = Mock::get("busy") else { return };
    mock.script(json!([{ "type": "fail", "status": 429, "retry_after": 0.6, "times": 2 }]));
    let begun = Instant::now();
    let tries = mock.infer("Say hi");
    assert!(tries.result.is_ok());
    assert_eq!(tries.attempts, 3);
    assert!(begun.elapsed() >= Duration::from_millis(1_200), "{:?}", begun.elapsed());
    assert!(mock.findings().is_empty(), "{:?}", mock.findings());
}

#[test]
fn a_wait_that_is_too_long_is_left_to_the_caller() {
    let Some(mock) = Mock::get("long-wait") else { return };
    mock.script(json!([{ "type": "fail", "status": 429, "retry_after": 30 }]));
    let begun = Instant::now();
    let tries = mock.infer("Say hi");
    let expected = GaveUp { fault: Fault::Busy, retry_after: Some(Duration::from_secs(30)) };
    assert_eq!((tries.attempts, tries.result), (1, Err(expected)));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn what_may_pass_is_tried_three_times() {
    let Some(mock) = Mock::get("errors") else { return };
    mock.script(json!([{ "type": "fail", "status": 500, "times": 2 }]));
    let tries = mock.infer("Say hi");
    assert!(tries.result.is_ok());
    assert_eq!(tries.attempts, 3);
    mock.script(json!([{ "type": "fail", "status": 529, "retry_after": 0.05, "times": 9 }]));
    let tries = mock.infer("Say hi");
    assert_eq!((tries.attempts, tries.result.unwrap_err().fault), (3, Fault::Unavailable));
    // Two waits of full jitter may by chance look like a constant interval.
    assert!(mock.findings().iter().all(|code| code == "no_backoff"), "{:?}", mock.findings());
}

#[test]
fn what_will_not_pass_is_tried_once() {
    let Some(mock) = Mock::get("final") else { return };
    let cases = [
        (401, "invalid_api_key", Fault::Auth),
        (403, "forbidden", Fault::Auth),
        (400, "invalid_request_error", Fault::Rejected),
        (404, "model_not_found", Fault::Rejected),
        (422, "invalid", Fault::Rejected),
        (501, "not_implemented", Fault::Unavailable),
        (429, "insufficient_quota", Fault::NoCredit),
        (429, "project_spend_limit_exceeded", Fault::NoCredit),
    ];
    for (number, (status, code, fault)) in cases.into_iter().enumerate() {
        let message = "sk-test and other words of the provider's own";
        mock.script(json!([{ "type": "fail", "status": status, "code": code, "message": message }]));
        let tries = mock.infer(&format!("Prompt {number}"));
        assert_eq!((tries.attempts, tries.result), (1, Err(GaveUp { fault, retry_after: None })), "{status} {code}");
        assert!(!fault.to_string().contains("sk-test"));
        assert_eq!(mock.requests().len(), number + 1);
    }
    // llmock does not tell a 429 that passes from one that does not.
    assert!(mock.findings().iter().all(|code| code == "gave_up"), "{:?}", mock.findings());
}

#[test]
fn an_answer_that_cannot_be_read_is_never_a_success() {
    let Some(mock) = Mock::get("broken") else { return };
    mock.script(json!([{ "type": "reply", "tool_calls": [{ "name": "a" }], "times": 3 }]));
    let tries = mock.infer("Say hi");
    assert_eq!((tries.attempts, tries.result.unwrap_err().fault), (3, Fault::Invalid));
    // A stream that nobody asked for: whole, and cut off by the server.
    let mut streamed = mock.http("Say hi");
    let mut body: Value = serde_json::from_slice(&streamed.body).unwrap();
    body["stream"] = json!(true);
    streamed.body = body.to_string().into_bytes();
    mock.script(json!([{ "type": "stream_fault", "kind": "disconnect", "after_chunks": 2 }]));
    let tries = run(&streamed, Duration::from_secs(10));
    assert_eq!((tries.attempts, tries.result.unwrap_err().fault), (3, Fault::Invalid));
}

#[test]
fn a_provider_that_is_slow_meets_the_deadline() {
    let Some(mock) = Mock::get("slow") else { return };
    mock.script(json!([{ "type": "delay", "seconds": 3 }]));
    let begun = Instant::now();
    let tries = run(&mock.http("Say hi"), Duration::from_millis(500));
    assert_eq!((tries.attempts, tries.result), (1, Err(GaveUp { fault: Fault::Timeout, retry_after: None })));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

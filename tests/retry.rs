//! Attempts, waits and silence under one deadline, against servers of a few lines each that misbehave as no mock does.
#![allow(clippy::unwrap_used)]

#[path = "support/wire.rs"]
mod support;
#[path = "support/world.rs"]
mod world;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aisp::clock::now_us;
use aisp::error::{Error, Fault};
use aisp::gateway::Outcome;
use aisp::guard::breaker::Heard;
use aisp::store::{Report, breaker_key, with};
use serde_json::{Value, json};
use support::{Connection, Server};
use world::World;

const ANSWER: &str = r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;

fn policy(server: &Server) -> Value {
    let provider = json!({ "kind": "openai_chat", "base_url": server.url().trim_end_matches('/') });
    json!({ "providers": { "it": provider }, "models": { "m": {} }, "timeout_ms": 5_000 })
}

/// What came of one call, and how long it took.
fn ask(server: &Server, world: &World) -> (Result<Outcome, Error>, Duration) {
    let begun = Instant::now();
    (world.infer(&json!({ "prompt": "Hi" }), &policy(server)), begun.elapsed())
}

fn busy(connection: &mut Connection, header: &str) {
    connection
        .write(format!("HTTP/1.1 429 Busy\r\n{header}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes());
}

/// Answers, and says that this connection is not for another call.
fn answer(connection: &mut Connection, body: &str) {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    connection.write(format!("{head}{body}").as_bytes());
}

#[test]
fn attempts_share_one_deadline_and_obey_the_delays() {
    let server = Server::start(|number, connection| {
        connection.read();
        match number {
            0 => busy(connection, "retry-after-ms: 150"),
            1 => _ = connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"),
            _ => answer(connection, ANSWER),
        }
    });
    let (result, took) = ask(&server, &World::new());
    assert_eq!((result.unwrap().attempts, took >= Duration::from_millis(150)), (3, true));
}

#[test]
fn a_date_is_a_delay_too() {
    let server = Server::start(|number, connection| {
        connection.read();
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
        match number {
            0 => busy(connection, &format!("retry-after: {date}")),
            _ => answer(connection, ANSWER),
        }
    });
    let (result, took) = ask(&server, &World::new());
    assert_eq!(result.unwrap().attempts, 2);
    assert!(took >= Duration::from_millis(950), "a date has whole seconds: {took:?}");
}

#[test]
fn a_429_without_a_delay_waits_for_the_limit_that_its_headers_tell_of() {
    let server = Server::start(|number, connection| {
        connection.read();
        let limit =
            "x-ratelimit-limit-requests: 5\r\nx-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 700ms";
        match number {
            0 => busy(connection, limit),
            _ => answer(connection, ANSWER),
        }
    });
    let (result, took) = ask(&server, &World::new());
    assert_eq!((result.unwrap().attempts, took >= Duration::from_millis(700)), (2, true));
}

#[test]
fn a_wait_beyond_the_deadline_is_handed_to_the_caller() {
    let server = Server::answering(b"HTTP/1.1 503 Busy\r\nretry-after: 60\r\ncontent-length: 0\r\n\r\n");
    let world = World::new();
    let (result, took) = ask(&server, &world);
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Provider { fault: Fault::Unavailable, .. }));
    assert_eq!((error.retry_after_s(), world.log()[0].attempts), (Some(60), 1));
    assert!(took < Duration::from_secs(1));
}

#[test]
fn a_site_may_retry_three_times_in_half_a_minute_and_then_one_call_in_five() {
    let server = Server::start(|_, connection| {
        connection.read();
        busy(connection, "retry-after-ms: 1");
    });
    let world = World::new();
    let attempts: Vec<u32> = (0..4)
        .map(|_| {
            let _ = ask(&server, &world);
            world.log().iter().map(|record| record.attempts).sum()
        })
        .collect();
    assert_eq!(attempts, [3, 5, 6, 7], "two retries, one, and then none");
}

#[test]
fn a_client_in_a_hurry_opens_no_breaker_for_others() {
    // A call this short may end before it connects, so connections are not counted.
    static SILENT: AtomicBool = AtomicBool::new(true);
    let server = Server::start(|_, connection| {
        connection.read();
        if SILENT.load(Ordering::SeqCst) {
            connection.closed();
        } else {
            answer(connection, ANSWER);
        }
    });
    let world = World::new();
    let hurry = json!({ "prompt": "Hi", "timeout_ms": 20 });
    for _ in 0..12 {
        assert_eq!(world.infer(&hurry, &policy(&server)).unwrap_err().status(), 504);
    }
    SILENT.store(false, Ordering::SeqCst);
    assert!(ask(&server, &world).0.is_ok());
}

#[test]
fn an_answer_that_breaks_its_schema_is_mended_once() {
    let bad = r#"{"choices":[{"message":{"content":"{\"n\":\"x\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":3}}"#;
    let good = r#"{"choices":[{"message":{"content":"{\"n\":7}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3}}"#;
    let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"] });
    let request = json!({ "prompt": "Hi", "schema": schema });
    let server = Server::start(move |number, connection| {
        connection.read();
        answer(connection, if number == 0 { bad } else { good });
    });
    let world = World::new();
    let outcome = world.infer(&request, &policy(&server)).unwrap();
    assert_eq!((outcome.data, outcome.attempts, outcome.usage.tokens_in), (Some(json!({ "n": 7 })), 2, 14));
    assert!(server.seen()[1].contains("does not satisfy the schema"));
    let again = world.infer(&request, &policy(&server)).unwrap();
    assert_eq!((again.cached, again.data), (true, Some(json!({ "n": 7 }))));

    let never = Server::start(move |_, connection| {
        connection.read();
        answer(connection, bad);
    });
    let error = World::new().infer(&request, &policy(&never)).unwrap_err();
    assert!(matches!(error, Error::Provider { fault: Fault::Schema, .. }));
    assert_eq!((error.status(), never.seen().len()), (502, 2));
}

#[test]
fn a_probe_without_time_leaves_its_lease_to_the_next_call() {
    let server = Server::start(|_, connection| {
        connection.read();
        std::thread::sleep(Duration::from_millis(50));
        answer(connection, ANSWER);
    });
    let (world, policy) = (World::new(), policy(&server));
    let url = policy["providers"]["it"]["base_url"].as_str().unwrap();
    let (key, then) = (breaker_key("", "it", url), now_us() - 16_000_000);
    let report = Report { key: &key, heard: Heard::Failure, probe: None, answers: 0, wants_retry: false, now_us: then };
    (0..10).for_each(|_| _ = with(&world.settings.store, |store| store.report(&report)).unwrap().unwrap());
    // The deadline passes before the provider is asked, or while it is.
    let hurry = json!([{ "prompt": "One", "timeout_ms": 1 }, { "prompt": "Two", "timeout_ms": 1 }]);
    assert!(world.batch(&hurry, &policy).unwrap().iter().all(Result::is_err));
    assert!(ask(&server, &world).0.is_ok());
}

//! A provider outage that users hardly notice: failover, the breaker and its probes, and who pays for what. The providers are
//! llmock (see `tests/providers.rs`) and ports at which nobody listens.
#![allow(clippy::unwrap_used)]

#[path = "support/llmock.rs"]
mod llmock;
#[path = "support/world.rs"]
mod world;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use aisp::error::{Error, Fault};
use llmock::Mock;
use serde_json::{Value, json};
use world::{World, text_of};

/// Two models of llmock as two providers of one route.
fn route(first: &Mock, second: &Mock) -> Value {
    json!({
        "providers": { "first": first.provider(), "second": second.provider() },
        "models": { "m": { "route": [["first", first.model], ["second", second.model]] } },
    })
}

fn ask(prompt: &str) -> Value {
    json!({ "prompt": prompt, "cache": false })
}

/// llmock's two ends of a route.
fn pair() -> Option<(Mock, Mock)> {
    Some((Mock::get("openai_chat", "/v1")?, Mock::get("anthropic", "/anthropic/v1")?))
}

#[test]
fn two_hundred_calls_of_an_outage_are_answered_and_the_dead_provider_hardly_sees_them() {
    let Some((first, second)) = pair() else { return };
    let world = World::new();
    first.script(json!([{ "type": "fail", "status": 500, "times": 1_000 }]));
    let mut slowest = Duration::ZERO;
    for n in 0..200 {
        let begun = Instant::now();
        let outcome = world.infer(&ask(&format!("Prompt {n}")), &route(&first, &second)).unwrap();
        assert_eq!(outcome.provider, "second");
        slowest = slowest.max(begun.elapsed());
    }
    // Ten calls open the breaker; it then takes 15 seconds to the first probe.
    assert!((10..=11).contains(&first.requests().len()), "{}", first.requests().len());
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let sums = world.sums();
    assert_eq!((sums.failovers, sums.breaker_opened, sums.circuit_open), (200, 1, 0), "each was passed on or over");
}

#[test]
fn a_site_whose_only_provider_is_down_is_told_when_to_come_back() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dead = json!({ "kind": "openai_chat", "base_url": format!("http://127.0.0.1:{port}/v1") });
    let policy = json!({ "providers": { "dead": dead }, "models": { "m": {} }, "max_attempts": 1 });
    let world = World::new();
    for _ in 0..10 {
        let error = world.infer(&ask("Hi"), &policy).unwrap_err();
        assert!(matches!(error, Error::Provider { fault: Fault::Unreachable, .. }), "{error:?}");
    }
    for streamed in [false, true] {
        let error = match streamed {
            false => world.infer(&ask("Hi"), &policy).unwrap_err(),
            true => world.stream(&ask("Hi"), &policy).1.unwrap_err(),
        };
        assert_eq!((error.status(), error.code()), (503, "provider_circuit_open"));
        assert!((1..=15).contains(&error.retry_after_s().unwrap()));
    }
}

#[test]
fn a_silent_provider_is_left_for_the_next_inside_the_deadline() {
    for streamed in [false, true] {
        let Some((first, second)) = pair() else { return };
        first.script(json!([{ "type": "delay", "seconds": 4 }]));
        let mut policy = route(&first, &second);
        policy["timeout_ms"] = json!(3_000);
        let (world, begun) = (World::new(), Instant::now());
        let outcome = match streamed {
            false => world.infer(&ask("Hi"), &policy).unwrap(),
            true => world.stream(&ask("Hi"), &policy).1.unwrap(),
        };
        assert_eq!((outcome.provider.as_str(), outcome.attempts), ("second", 2));
        assert!((900..2_000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_provider_that_is_slow_to_its_first_token_is_left_too() {
    let Some((first, second)) = pair() else { return };
    first.script(json!([{ "type": "slow_first_token", "seconds": 4 }]));
    let mut policy = route(&first, &second);
    policy["providers"]["first"]["timeout_ms"] = json!(400);
    let (told, result) = World::new().stream(&ask("Hi"), &policy);
    assert_eq!((result.unwrap().provider.as_str(), told[0].as_str()), ("second", "start"));
    assert!(!told.iter().any(|word| word == "restart"), "nothing had been said yet");
}

#[test]
fn a_stream_that_stalls_begins_again_at_the_next_provider_and_is_never_spliced() {
    let Some((first, second)) = pair() else { return };
    let text = "one two three four five six seven eight nine ten";
    first.script(json!([
        { "type": "stream_fault", "kind": "stall", "after_chunks": 5, "stall_seconds": 4 },
        { "type": "reply", "text": "wrong words from the provider that stalls in the middle of them" },
    ]));
    second.script(json!([{ "type": "reply", "text": text }]));
    let mut policy = route(&first, &second);
    policy["providers"]["first"]["timeout_ms"] = json!(400);
    let request = json!({ "prompt": "Hi", "cache": false, "restart": true });
    let world = World::new();
    let (told, result) = world.stream(&request, &policy);
    let outcome = result.unwrap();
    assert_eq!(
        (outcome.answer.text.as_str(), text_of(&told).as_str(), outcome.provider.as_str()),
        (text, text, "second")
    );
    assert_eq!(told.iter().filter(|word| *word == "restart").count(), 1);
    let sent = second.requests()[0].to_string();
    assert!(!sent.contains("wrong words"), "no part of one answer is sent to another provider");
    let record = &world.log()[0];
    assert!(record.tokens_out > outcome.answer.usage.tokens_out, "what the first one said is paid for too");
}

#[test]
fn an_error_of_the_request_is_not_sent_again() {
    let Some((first, second)) = pair() else { return };
    for (code, status, slug) in
        [("context_length_exceeded", 400, "invalid_request"), ("content_policy_violation", 422, "blocked")]
    {
        first.script(json!([{ "type": "fail", "status": 400, "code": code }]));
        let error = World::new().infer(&ask("Hi"), &route(&first, &second)).unwrap_err();
        assert_eq!((error.status(), error.kind().slug()), (status, slug));
    }
    assert_eq!((first.requests().len(), second.requests().len()), (2, 0));
}

#[test]
fn a_bad_key_and_an_unknown_model_lead_to_the_next_provider_and_open_no_breaker() {
    for (status, code) in [(401, "invalid_api_key"), (404, "model_not_found")] {
        let Some((first, second)) = pair() else { return };
        first.script(json!([{ "type": "fail", "status": status, "code": code, "times": 20 }]));
        let world = World::new();
        for n in 0..15 {
            let outcome = world.infer(&ask(&n.to_string()), &route(&first, &second)).unwrap();
            assert_eq!((outcome.provider.as_str(), outcome.attempts), ("second", 2));
        }
        assert_eq!(first.requests().len(), 15);
    }
}

#[test]
fn a_provider_without_a_key_or_an_address_is_passed_over() {
    let Some((_, second)) = pair() else { return };
    let private = json!({ "kind": "openai_chat", "base_url": "https://10.0.0.1/v1" });
    let policy = json!({
        "providers": { "first": private, "second": second.provider() },
        "models": { "m": { "route": [["first", "x"], ["second", second.model]] } },
    });
    assert_eq!(World::new().infer(&ask("Hi"), &policy).unwrap().provider, "second");
}

#[test]
fn each_provider_has_its_own_price_and_an_unknown_one_is_null() {
    let Some((first, second)) = pair() else { return };
    let mut policy = route(&first, &second);
    policy["models"]["m"]["price"] = json!({ "in": 1_000_000, "out": 0 });
    let world = World::new();
    let outcome = world.infer(&ask("One"), &policy).unwrap();
    assert_eq!(outcome.cost_usd, Some(f64::from(outcome.usage.tokens_in)));
    first.script(json!([{ "type": "fail", "status": 401, "times": 2 }]));
    assert_eq!(world.infer(&ask("Two"), &policy).unwrap().cost_usd, None);
    policy["providers"]["second"]["prices"] = json!({ (second.model.clone()): { "in": 0, "out": 1_000_000 } });
    let outcome = world.infer(&ask("Three"), &policy).unwrap();
    assert_eq!(outcome.cost_usd, Some(f64::from(outcome.usage.tokens_out)));
}

#[test]
fn a_caller_who_hangs_up_stops_the_provider_and_what_was_used_is_logged() {
    let Some((first, _)) = pair() else { return };
    first.script(json!([
        { "type": "stream_fault", "kind": "stall", "after_chunks": 8, "stall_seconds": 4 },
        { "type": "reply", "text": "one two three four five six seven eight nine ten" },
    ]));
    let (world, begun) = (World::new(), Instant::now());
    let (told, result) = world.stream_until(&ask("Hi"), &first.policy(), |told| told.len() == 3);
    let outcome = result.unwrap();
    assert_eq!((outcome.answer.finish.name(), outcome.answer.text == text_of(&told)), ("cancelled", true));
    assert!(begun.elapsed() < Duration::from_secs(1));
    let record = &world.log()[0];
    assert_eq!((record.status_code, record.error.as_deref()), (499, Some("caller_cancelled")));
    assert!(record.tokens_in > 0 && record.tokens_out > 0);
}

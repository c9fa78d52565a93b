//! Jobs that may take a day go to their provider as batches, at half the price; each item is settled as a call of its own.

#[path = "support/batches.rs"]
mod batches;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/llmock.rs"]
mod llmock;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::thread;
use std::time::{Duration, Instant};

use aisp::gateway;
use aisp::store::with as with_store;
use batches::{Batches, Came};
use desk::{budget, change, due_in, enqueue, get, hurry, logged, ordered, work};
use serde_json::{Value as Json, json};
use world::World;

const KINDS: [&str; 3] = ["openai_responses", "openai_chat", "anthropic"];

fn with(mut policy: Json, key: &str, value: Json) -> Json {
    policy[key] = value;
    policy
}

fn policy(provider: &Batches, kind: &str) -> Json {
    with(provider.policy(kind), "budget", json!([{"per": "site", "tokens": 1_000_000, "period": "day"}]))
}

fn words(count: u32) -> Json {
    let items: Vec<_> = (0..count).map(|n| json!({"prompt": format!("word {n} of ann{n}@example.com")})).collect();
    json!({"items": items, "within": "24h", "max_tokens": 200})
}

fn say(n: u32, _: &Json) -> Came {
    Came::Text(format!("said {n} to [EMAIL_1]"))
}

fn sent(world: &World, policy: &Json, request: &Json) -> String {
    let job = ordered(world, request, policy);
    assert!(work(world, policy));
    assert_eq!(get(world, &job, policy)["state"], "waiting");
    job
}

fn again(world: &World, policy: &Json) {
    hurry(world);
    assert!(work(world, policy));
}

fn errors(job: &Json) -> Vec<&str> {
    job["items"].as_array().expect("items").iter().map(|item| item["error"].as_str().unwrap_or("-")).collect()
}

#[test]
fn many_items_go_as_one_batch_and_each_is_settled_at_half_the_price() {
    for kind in KINDS {
        let (world, provider) = (World::new(), Batches::start());
        let policy = policy(&provider, kind);
        let job = sent(&world, &policy, &words(50));
        let waits = get(&world, &job, &policy);
        assert!((58..=60).contains(&due_in(&waits)), "{waits}");
        assert_eq!(waits["items"][49]["state"], "waiting");
        let taken = provider.taken();
        assert_eq!((taken.len(), taken[0].len()), (1, 50));
        assert!(taken[0].iter().all(|request| request.to_string().contains("of [EMAIL_1]")), "{kind}");
        let promised = budget(&world, &policy).1;
        assert!(promised > 50 * 200 && logged(&world, 24).is_empty(), "{promised}");

        again(&world, &policy);
        let waits = get(&world, &job, &policy);
        assert!(waits["state"] == "waiting" && (88..=90).contains(&due_in(&waits)), "{waits}");
        provider.end("completed", say);
        again(&world, &policy);
        let done = get(&world, &job, &policy);
        assert_eq!(
            (done["state"].as_str(), done["progress"]["done"].as_u64()),
            (Some("done"), Some(50)),
            "{kind}: {done}"
        );
        for n in 0..50 {
            let result = &done["items"][n]["result"];
            assert_eq!(result["text"], format!("said {n} to ann{n}@example.com"), "{kind}");
            assert_eq!(result["cost_usd"].as_f64(), Some(0.000_065));
        }
        assert_eq!(budget(&world, &policy), (50 * 80, 0));
        assert_eq!(logged(&world, 48), vec!["ok"; 50]);
        assert!(world.log().iter().all(|record| record.cost_microusd == Some(65) && record.attempts == 1));
    }
}

#[test]
fn what_fails_in_a_batch_is_tried_again_or_fails_and_what_is_missing_is_open_again() {
    for kind in KINDS {
        let (world, provider) = (World::new(), Batches::start());
        let policy = policy(&provider, kind);
        let refused = if kind == "anthropic" { "invalid_request_error" } else { "invalid_request" };
        let busy = if kind == "anthropic" { "overloaded_error" } else { "overloaded" };
        let job = sent(&world, &policy, &words(5));
        provider.end("expired", |n, body| match n {
            0 => Came::Refused(400, refused),
            1 => Came::Refused(503, busy),
            2 => Came::Expired,
            3 => Came::Missing,
            _ => say(n, body),
        });
        again(&world, &policy);
        let open = get(&world, &job, &policy);
        assert_eq!(open["state"], "queued");
        assert_eq!(
            errors(&open),
            ["provider_rejected", "provider_unavailable", "provider_gone", "provider_gone", "-"],
            "{kind}"
        );
        again(&world, &policy);
        let mut numbers: Vec<_> =
            provider.taken()[1].iter().filter_map(|request| request["custom_id"].as_str().map(str::to_owned)).collect();
        numbers.sort();
        assert_eq!(numbers, ["1", "2", "3"], "what was answered is not sent again");
        provider.end("completed", say);
        again(&world, &policy);
        let ended = get(&world, &job, &policy);
        assert_eq!(
            (ended["state"].as_str(), ended["progress"].clone()),
            (Some("failed"), json!({"total": 5, "done": 4, "failed": 1}))
        );
        assert_eq!(errors(&ended), ["provider_rejected", "-", "-", "-", "-"]);
        assert_eq!((budget(&world, &policy).1, logged(&world, 48).len()), (0, 8));
    }
}

#[test]
fn what_a_limit_lets_through_is_sent_and_the_rest_waits() {
    let (world, provider) = (World::new(), Batches::start());
    let few = with(policy(&provider, "openai_chat"), "quota", json!([{"per": "user", "limit": 3, "period": 3_600}]));
    let job = sent(&world, &few, &words(5));
    assert_eq!(provider.taken()[0].len(), 3);
    provider.end("completed", say);
    again(&world, &few);
    again(&world, &few);
    let waits = get(&world, &job, &few);
    assert_eq!((waits["state"].as_str(), waits["error"].as_str()), (Some("queued"), Some("policy_quota")), "{waits}");
    let more = with(few, "quota", json!([]));
    again(&world, &more);
    provider.end("completed", say);
    again(&world, &more);
    assert_eq!(get(&world, &job, &more)["progress"], json!({"total": 5, "done": 5, "failed": 0}));
    assert_eq!(provider.taken()[1].len(), 2);
}

#[test]
fn an_answer_of_a_batch_is_held_to_its_schema() {
    let (world, provider) = (World::new(), Batches::start());
    let policy = policy(&provider, "anthropic");
    let schema = json!({"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"], "additionalProperties": false});
    let job = sent(&world, &policy, &with(words(2), "schema", schema));
    assert!(provider.taken()[0][0]["params"]["output_config"]["format"]["schema"].is_object());
    provider.end("completed", |n, _| Came::Text(if n == 0 { "no JSON" } else { r#"{"to":"[EMAIL_1]"}"# }.to_owned()));
    again(&world, &policy);
    let half = get(&world, &job, &policy);
    assert_eq!((half["state"].as_str(), errors(&half)), (Some("queued"), vec!["provider_schema", "-"]));
    assert_eq!(half["items"][1]["result"]["data"], json!({"to": "ann1@example.com"}));
}

#[test]
fn a_batch_that_is_called_off_is_called_off_at_the_provider() {
    for (kind, name) in [("openai_responses", "batch_1"), ("anthropic", "msgbatch_1")] {
        let (world, provider) = (World::new(), Batches::start());
        let policy = policy(&provider, kind);
        let job = sent(&world, &policy, &words(3));
        gateway::cancel(&job, "", &world.env()).expect("a store").expect("a job");
        assert_eq!((budget(&world, &policy), logged(&world, 0)), ((0, 0), vec!["caller_cancelled".to_owned(); 3]));
        assert!(work(&world, &policy));
        assert_eq!(provider.cancelled(), [name]);
    }
}

#[test]
fn a_batch_that_is_refused_or_fails_as_a_whole_is_the_failure_of_each_item() {
    let (world, provider) = (World::new(), Batches::start());
    let policy = policy(&provider, "openai_responses");
    provider.break_down(Some(503));
    let job = ordered(&world, &words(2), &policy);
    assert!(work(&world, &policy));
    let waits = get(&world, &job, &policy);
    assert_eq!((waits["state"].as_str(), errors(&waits)), (Some("queued"), vec!["provider_unavailable"; 2]));
    assert_eq!((budget(&world, &policy), logged(&world, 48).len()), ((0, 0), 2));
    provider.break_down(None);
    again(&world, &policy);
    let why = json!({"object": "list", "data": [{"code": "invalid_json_line", "line": 1, "message": "…"}]});
    provider.stands(&json!({"status": "failed", "errors": why}));
    again(&world, &policy);
    let failed = get(&world, &job, &policy);
    assert_eq!((failed["state"].as_str(), errors(&failed)), (Some("failed"), vec!["provider_rejected"; 2]));
}

#[test]
fn a_batch_is_waited_for_a_day_and_an_hour() {
    let (world, provider) = (World::new(), Batches::start());
    let policy = policy(&provider, "openai_responses");
    let job = sent(&world, &policy, &words(2));
    change(&world, "UPDATE job SET about = CAST(json_set(CAST(about AS TEXT), '$.pending.since_us', 1) AS BLOB)");
    again(&world, &policy);
    let failed = get(&world, &job, &policy);
    assert_eq!((failed["state"].as_str(), errors(&failed)), (Some("failed"), vec!["provider_timeout"; 2]));
    assert_eq!(provider.cancelled(), ["batch_1"]);
}

#[test]
fn a_turn_that_runs_out_of_time_goes_on_where_it_was() {
    let (world, provider) = (World::new(), Batches::start());
    let policy = policy(&provider, "openai_chat");
    let job = sent(&world, &policy, &words(60));
    provider.end("completed", say);
    let mut turns = 0;
    while get(&world, &job, &policy)["state"] == "waiting" {
        hurry(&world);
        let options = json!({"deadline_ms": 20});
        gateway::work(&(&options).into(), &(&policy).into(), &world.env()).expect("worked");
        turns += 1;
        assert!(turns < 200, "it goes on");
    }
    assert_eq!(
        (budget(&world, &policy), get(&world, &job, &policy)["progress"]["done"].as_u64()),
        ((60 * 80, 0), Some(60))
    );
    assert_eq!(logged(&world, 48), vec!["ok"; 60]);
}

#[test]
fn a_webhook_of_a_batch_makes_its_job_due() {
    let (world, provider) = (World::new(), Batches::start());
    let policy = policy(&provider, "openai_responses");
    let job = sent(&world, &policy, &words(2));
    provider.end("completed", say);
    let wake = |store: &dyn aisp::store::Store| store.wake_job("", "batch_1", aisp::clock::now_us());
    assert!(with_store(&world.settings.store, wake).expect("a store").expect("woken"));
    assert!(work(&world, &policy));
    assert_eq!(get(&world, &job, &policy)["state"], "done");
}

#[test]
fn what_cannot_go_in_a_batch_is_refused_by_name() {
    let (world, provider) = (World::new(), Batches::start());
    let base = policy(&provider, "openai_chat");
    let gemini = policy(&provider, "gemini");
    let two = with(base.clone(), "models", json!({"small": {}, "large": {}}));
    let two = with(two, "budget", json!([]));
    for (request, policy, wanted) in [
        (json!({"prompt": "a", "within": "24h"}), &base, "\"within\" is for a job of two or more requests"),
        (
            json!({"items": [{"prompt": "a"}], "within": "24h"}),
            &base,
            "\"within\" is for a job of two or more requests",
        ),
        (with(words(2), "within", json!("1h")), &base, "\"within\" must be 24h"),
        (
            words(2),
            &gemini,
            "\"within\" is for models whose first provider is of one of the kinds openai_responses, openai_chat, anthropic",
        ),
        (
            json!({"items": [{"prompt": "a"}, {"prompt": "b", "model": "large"}], "within": "24h"}),
            &two,
            "\"within\" is for requests that all go to one model of one provider",
        ),
    ] {
        let error = enqueue(&world, &request, policy).expect_err("a flaw");
        assert!(error.status() == 400 && error.to_string().contains(wanted), "{error}");
    }
    assert!(provider.lines().is_empty());
}

#[test]
fn batches_are_answered_by_a_provider_that_this_project_did_not_write() {
    for (kind, path) in llmock::KINDS.into_iter().filter(|(kind, _)| matches!(*kind, "openai_chat" | "anthropic")) {
        let Some(mock) = llmock::Mock::get(kind, path) else { return };
        let (world, policy) = (World::new(), mock.policy());
        let items: Vec<_> = (0..20).map(|n| json!({"prompt": format!("Say {n}.")})).collect();
        let job = sent(&world, &policy, &json!({"items": items, "within": "24h", "max_tokens": 50}));
        let until = Instant::now() + Duration::from_secs(20);
        while get(&world, &job, &policy)["state"] == "waiting" && Instant::now() < until {
            thread::sleep(Duration::from_millis(500));
            again(&world, &policy);
        }
        let done = get(&world, &job, &policy);
        assert_eq!(done["progress"], json!({"total": 20, "done": 20, "failed": 0}), "{kind}: {done}");
        assert!(
            done["items"].as_array().expect("items").iter().all(|item| item["result"]["tokens_out"].as_u64() > Some(0))
        );
        assert_eq!(logged(&world, 48), vec!["ok"; 20], "{kind}");
    }
}

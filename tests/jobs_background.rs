//! Jobs that run as background responses: they wait, are completed by webhook or by a look, fail, are called off, and each is
//! settled once, as the call that was admitted.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/echo.rs"]
mod echo;
#[path = "support/later.rs"]
mod later;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::thread;
use std::time::Duration;

use aisp::clock::now_us;
use aisp::gateway;
use aisp::store::{Event, with};
use aisp::webhook::sign;
use desk::{budget, change, due_in, enqueue, get, hurry, logged, ordered, stand, status, work};
use echo::with as and;
use later::Later;
use serde_json::{Value as Json, json};
use world::World;

const ANN: &str = "Mail ann@example.com about the otters.";

fn policy(provider: &Later) -> Json {
    let budget = json!([{"per": "site", "tokens": 100_000, "period": "day"}]);
    and(echo::policy(&provider.server), "budget", budget)
}

/// A job whose response is `resp_1`, under way.
fn under_way(world: &World, provider: &Later, policy: &Json, request: Json) -> String {
    let job = ordered(world, &and(request, "background", json!(true)), policy);
    assert!(work(world, policy));
    assert_eq!(get(world, &job, policy)["state"], "waiting");
    assert_eq!(provider.asked().len(), 1);
    job
}

/// An event as OpenAI sends it: recorded, with the id of the response in it, and signed now.
fn deliver(world: &World, kind: &str, response: &str, message: &str) -> bool {
    let body = json!({
        "id": "evt_685343a1381c819085d44c354e1b330e", "object": "event", "created_at": 1_750_287_018,
        "type": kind, "data": {"id": response},
    });
    let (body, time_s) = (body.to_string(), now_us() / 1_000_000);
    let headers = sign(&"a secret of thirty bytes or so".into(), message, time_s, body.as_bytes()).expect("a key");
    let headers: Json = headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let options = json!({"scheme": "standard", "secret_env": "CALLBACK_KEY", "source": "openai"});
    let delivery = gateway::Delivery { body: body.as_bytes(), headers: (&headers).into(), options: (&options).into() };
    gateway::receive_webhook(&delivery, &world.env()).expect("it holds").duplicate
}

fn events(world: &World) -> Vec<Event> {
    let claim = |store: &dyn aisp::store::Store| store.claim_events(None, 100, now_us() + 1, now_us());
    with(&world.settings.store, claim).expect("a store").expect("events")
}

#[test]
fn a_response_that_is_done_by_the_next_look_is_settled_as_the_call_that_was_admitted() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": ANN, "system": "Be brief.", "max_tokens": 500}));
    let asked = &provider.asked()[0];
    assert_eq!((asked["background"].clone(), asked["store"].clone()), (json!(true), json!(true)));
    assert_eq!(asked["input"], "Mail [EMAIL_1] about the otters.");
    let waits = get(&world, &job, &policy);
    assert!((28..=30).contains(&due_in(&waits)), "{waits}");
    assert_eq!(waits["items"][0]["state"], "waiting");
    let promised = budget(&world, &policy).1;
    assert!(promised > 500, "{promised}");
    assert!(logged(&world, 23).is_empty(), "nobody is told that it was aborted");
    assert!(!work(&world, &policy), "it is not due");

    hurry(&world);
    assert!(work(&world, &policy));
    let waits = get(&world, &job, &policy);
    assert!(waits["state"] == "waiting" && (43..=45).contains(&due_in(&waits)), "{waits}");
    assert_eq!(budget(&world, &policy), (0, promised), "a look costs nothing");

    provider.complete("resp_1", "Written to [EMAIL_1].");
    hurry(&world);
    assert!(work(&world, &policy));
    let done = get(&world, &job, &policy);
    assert_eq!(stand(&done), ("done", None, Some("Written to ann@example.com.")));
    let result = &done["result"];
    assert_eq!(
        (result["tokens_in"].as_u64(), result["cost_usd"].as_f64(), result["attempts"].as_u64()),
        (Some(30), Some(0.00013), Some(1))
    );
    assert_eq!((budget(&world, &policy), logged(&world, 48)), ((80, 0), vec!["ok".to_owned()]));
    let record = world.log().remove(0);
    assert_eq!((record.tokens_out, record.user_id, record.provider.as_str()), (50, 7, "here"));
    assert_eq!(result["request_id"], record.request_id.as_str());
    assert_eq!((provider.asked().len(), provider.looks()), (1, 2));
    let same = world.infer(&json!({"prompt": ANN, "system": "Be brief.", "max_tokens": 500}), &policy).expect("kept");
    assert!(same.cached && same.answer.text == "Written to ann@example.com.");
}

#[test]
fn a_call_that_nobody_looks_after_counts_as_abandoned_in_the_end() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    assert!(budget(&world, &policy).1 > 0);
    assert_eq!((logged(&world, 26), budget(&world, &policy)), (vec!["caller_aborted".to_owned()], (0, 0)));
}

#[test]
fn a_webhook_makes_its_job_due_at_once_and_stays_in_the_inbox() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    assert!(!deliver(&world, "response.completed", "resp_99", "msg_0"));
    assert!(!deliver(&world, "response.created", "resp_1", "msg_1"));
    assert!(!work(&world, &policy), "that was another's, and that no end");
    provider.complete("resp_1", "Otters.");
    assert!(!deliver(&world, "response.completed", "resp_1", "msg_2"));
    assert!(work(&world, &policy));
    assert_eq!(stand(&get(&world, &job, &policy)), ("done", None, Some("Otters.")));
    assert!(deliver(&world, "response.completed", "resp_1", "msg_2"), "again");
    assert!(!work(&world, &policy));
    let kinds: Vec<_> =
        events(&world).into_iter().filter(|event| event.source == "openai").filter_map(|event| event.kind).collect();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
}

#[test]
fn what_a_webhook_says_is_not_believed() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    deliver(&world, "response.failed", "resp_1", "msg_1");
    assert!(work(&world, &policy));
    let waits = get(&world, &job, &policy);
    assert!(waits["state"] == "waiting" && due_in(&waits) > 30, "{waits}");
}

#[test]
fn a_response_that_fails_is_asked_for_again_or_fails_as_its_fault_says() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi", "cache": false}));
    provider.end("resp_1", &json!({"status": "failed", "error": {"code": "server_error", "message": "…"}}));
    hurry(&world);
    work(&world, &policy);
    let again = get(&world, &job, &policy);
    assert_eq!(
        (stand(&again), again["items"][0]["attempts"].as_u64()),
        (("queued", Some("provider_unavailable"), None), Some(1))
    );
    assert_eq!((budget(&world, &policy), logged(&world, 48)), ((0, 0), vec!["provider_unavailable".to_owned()]));
    hurry(&world);
    work(&world, &policy);
    assert_eq!((get(&world, &job, &policy)["state"].as_str(), provider.asked().len()), (Some("waiting"), 2));
    provider.end("resp_2", &json!({"status": "failed", "error": {"code": "invalid_prompt", "message": "…"}}));
    deliver(&world, "response.failed", "resp_2", "msg_1");
    work(&world, &policy);
    let failed = get(&world, &job, &policy);
    assert_eq!((stand(&failed).0, failed["items"][0]["error"].as_str()), ("failed", Some("provider_content_refused")));
    assert_eq!(logged(&world, 48).len(), 2);
}

#[test]
fn a_response_that_the_provider_knows_nothing_of_any_more_is_asked_for_again() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    provider.forget("resp_1");
    hurry(&world);
    work(&world, &policy);
    assert_eq!(stand(&get(&world, &job, &policy)), ("queued", Some("provider_gone"), None));
    hurry(&world);
    work(&world, &policy);
    provider.complete("resp_2", "Here.");
    hurry(&world);
    work(&world, &policy);
    assert_eq!(stand(&get(&world, &job, &policy)), ("done", None, Some("Here.")));
    assert_eq!((budget(&world, &policy).1, logged(&world, 48)), (0, vec!["provider_gone".to_owned(), "ok".to_owned()]));
}

#[test]
fn a_provider_that_cannot_be_asked_how_it_stands_is_asked_later() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    for (status, code) in [(503, "provider_unavailable"), (401, "provider_auth"), (429, "provider_busy")] {
        provider.break_down(Some(status));
        hurry(&world);
        work(&world, &policy);
        assert_eq!(stand(&get(&world, &job, &policy)), ("waiting", Some(code), None));
    }
    provider.break_down(None);
    provider.complete("resp_1", "At last.");
    hurry(&world);
    work(&world, &policy);
    assert_eq!(stand(&get(&world, &job, &policy)), ("done", None, Some("At last.")));
}

#[test]
fn nobody_waits_longer_than_a_day() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    let day = "UPDATE job SET about = CAST(json_set(CAST(about AS TEXT), '$.pending.since_us', 1) AS BLOB)";
    assert_eq!(change(&world, day), 1);
    hurry(&world);
    work(&world, &policy);
    let failed = get(&world, &job, &policy);
    assert_eq!((stand(&failed).0, failed["items"][0]["error"].as_str()), ("failed", Some("provider_timeout")));
    assert_eq!(
        (provider.cancelled(), logged(&world, 48)),
        (vec!["resp_1".to_owned()], vec!["provider_timeout".to_owned()])
    );
}

#[test]
fn a_job_that_is_called_off_is_called_off_at_the_provider_too() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    let cancelled = gateway::cancel(&job, "", &world.env()).expect("a store").expect("a job");
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!((logged(&world, 0), budget(&world, &policy)), (vec!["caller_cancelled".to_owned()], (0, 0)));
    provider.break_down(Some(500));
    assert!(work(&world, &policy) && provider.cancelled().is_empty());
    provider.break_down(None);
    hurry(&world);
    assert!(work(&world, &policy));
    assert_eq!(provider.cancelled(), ["resp_1"]);
    let filter = json!({"kind": "cancel", "state": "done"});
    assert_eq!(gateway::list(&(&filter).into(), &world.env()).expect("a list").len(), 1);
    hurry(&world);
    assert!(!work(&world, &policy));

    gateway::retry(&job, "", &world.env()).expect("a store").expect("a job");
    assert!(work(&world, &policy));
    provider.complete("resp_2", "After all.");
    hurry(&world);
    work(&world, &policy);
    assert_eq!(stand(&get(&world, &job, &policy)), ("done", None, Some("After all.")));
    assert_eq!(logged(&world, 48), ["caller_cancelled", "ok"]);
}

#[test]
fn what_is_called_off_while_the_provider_takes_it_is_called_off_there_at_once() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = ordered(&world, &json!({"prompt": "Hi", "background": true}), &policy);
    provider.slow_down(Duration::from_millis(300));
    thread::scope(|scope| {
        let worker = scope.spawn(|| work(&world, &policy));
        assert!(provider.server.next_seen(Duration::from_secs(10)).is_some());
        gateway::cancel(&job, "", &world.env()).expect("a store").expect("a job");
        assert!(worker.join().expect("it ends"));
    });
    assert_eq!(
        (get(&world, &job, &policy)["state"].as_str(), provider.cancelled()),
        (Some("cancelled"), vec!["resp_1".to_owned()])
    );
    assert_eq!((budget(&world, &policy), logged(&world, 48)), ((0, 0), vec!["caller_cancelled".to_owned()]));
    assert!(!work(&world, &policy), "nobody else has to be told");
}

#[test]
fn a_worker_that_dies_between_the_settlement_and_the_end_of_an_item_costs_nothing_more() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": ANN, "cache": false}));
    provider.complete("resp_1", "Written to [EMAIL_1].");
    hurry(&world);
    assert!(work(&world, &policy));
    let answer = r#"{"text":"Written to [EMAIL_1].","finish":"stop","tokens_in":30,"tokens_out":50}"#;
    change(&world, "UPDATE job SET state = 1, done = 0, due_us = 1");
    change(
        &world,
        &format!(
            "UPDATE job_item SET state = 0, result = x'', answer = CAST('{answer}' AS BLOB), provider = 'here', answered_us = 1"
        ),
    );
    let request = json!({"kept": {"value": {"prompt": ANN, "cache": false}}}).to_string();
    change(&world, &format!("UPDATE job_item SET request = CAST('{request}' AS BLOB)"));
    assert!(work(&world, &policy));
    assert_eq!(stand(&get(&world, &job, &policy)), ("done", None, Some("Written to ann@example.com.")));
    assert_eq!((provider.asked().len(), budget(&world, &policy)), (1, (80, 0)));
}

#[test]
fn a_worker_that_dies_while_it_looks_leaves_the_response_to_the_next() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    provider.complete("resp_1", "Otters.");
    hurry(&world);
    let claim = json!({"lease_s": 1});
    let late = gateway::claim(&(&claim).into(), &world.env()).expect("claimed");
    assert_eq!(late.len(), 1);
    thread::sleep(Duration::from_millis(1_100));
    assert!(work(&world, &policy));
    assert_eq!(stand(&get(&world, &job, &policy)), ("done", None, Some("Otters.")));
    let claims = json!({"claims": [{"id": job, "lease": late[0]["lease"]}]});
    gateway::work(&(&claims).into(), &(&policy).into(), &world.env()).expect("worked");
    assert_eq!(
        (budget(&world, &policy), logged(&world, 48), provider.asked().len()),
        ((80, 0), vec!["ok".to_owned()], 1)
    );
    assert_eq!(status(&world).queue.asked_again, 0);
}

#[test]
fn a_worker_that_dies_before_it_has_written_the_name_asks_again_and_that_is_counted() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    // As it is between the answer to the question and the write of the name.
    change(
        &world,
        "UPDATE job SET state = 1, token = NULL, due_us = 1, about = CAST(json_remove(CAST(about AS TEXT), '$.pending') AS BLOB)",
    );
    change(&world, "UPDATE job_item SET state = 1, call = NULL");
    assert!(work(&world, &policy));
    assert_eq!((provider.asked().len(), status(&world).queue.asked_again), (2, 1));
    provider.complete("resp_2", "Otters.");
    hurry(&world);
    work(&world, &policy);
    assert_eq!(stand(&get(&world, &job, &policy)), ("done", None, Some("Otters.")));
    assert_eq!(budget(&world, &policy).0, 80);
}

#[test]
fn an_answer_later_is_held_to_its_schema_like_any_other() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let schema = json!({"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"], "additionalProperties": false});
    let job = under_way(&world, &provider, &policy, json!({"prompt": ANN, "schema": schema}));
    provider.complete("resp_1", "no JSON");
    hurry(&world);
    work(&world, &policy);
    assert_eq!(stand(&get(&world, &job, &policy)), ("queued", Some("provider_schema"), None));
    hurry(&world);
    work(&world, &policy);
    provider.complete("resp_2", r#"{"to":"[EMAIL_1]"}"#);
    hurry(&world);
    work(&world, &policy);
    let done = get(&world, &job, &policy);
    assert_eq!(
        (done["state"].as_str(), done["result"]["data"].clone()),
        (Some("done"), json!({"to": "ann@example.com"}))
    );
    assert_eq!(budget(&world, &policy), (160, 0), "both were paid for");
}

#[test]
fn what_is_asked_and_what_is_answered_later_are_moderated() {
    let (world, provider) = (World::new(), Later::start());
    let judge = json!({"what": "both", "provider": "here", "model": "watch"});
    let policy = and(policy(&provider), "moderate", judge);
    let job = ordered(&world, &json!({"prompt": "a forbidden wish", "background": true}), &policy);
    work(&world, &policy);
    assert_eq!(get(&world, &job, &policy)["items"][0]["error"], "policy_blocked_input");
    assert!(provider.asked().is_empty());
    let job = under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    provider.complete("resp_1", "a forbidden answer");
    hurry(&world);
    work(&world, &policy);
    let failed = get(&world, &job, &policy);
    assert_eq!((stand(&failed).0, failed["items"][0]["error"].as_str()), ("failed", Some("policy_blocked_output")));
    assert_eq!(budget(&world, &policy), (80, 0));
}

#[test]
fn a_limit_that_is_used_up_makes_it_wait_before_anybody_is_asked() {
    let (world, provider) = (World::new(), Later::start());
    let policy = and(policy(&provider), "quota", json!([{"per": "user", "limit": 1, "period": 3_600}]));
    under_way(&world, &provider, &policy, json!({"prompt": "Hi"}));
    let second = ordered(&world, &json!({"prompt": "Ho", "background": true}), &policy);
    work(&world, &policy);
    assert_eq!(stand(&get(&world, &second, &policy)), ("queued", Some("policy_quota"), None));
    assert_eq!(provider.asked().len(), 1);
}

#[test]
fn a_job_for_which_there_is_no_background_is_refused_by_name() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider);
    let chat = json!({"kind": "openai_chat", "base_url": "http://127.0.0.1:9/v1"});
    let other = and(policy.clone(), "providers", json!({ "here": chat }));
    for (request, policy, wanted) in [
        (
            json!({"items": [{"prompt": "a"}, {"prompt": "b"}]}),
            &policy,
            "key \"background\" is for a job of one request",
        ),
        (
            json!({"prompt": "a"}),
            &other,
            "key \"background\" is for models whose first provider is of the kind openai_responses",
        ),
    ] {
        let error = enqueue(&world, &and(request, "background", json!(true)), policy).expect_err("a flaw");
        assert!(error.status() == 400 && error.to_string().contains(wanted), "{error}");
    }
    assert!(enqueue(&world, &json!({"prompt": "a", "background": "yes"}), &policy).is_err());
}

//! Jobs from their order to their end: what is kept of them, how workers answer them, what a limit, a fault, a late worker or a
//! cancellation does to them.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/echo.rs"]
mod echo;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use aisp::clock::now_us;
use aisp::gateway;
use aisp::gateway::value::Value;
use aisp::store::{Event, with};
use desk::{change, enqueue, enqueue_as, get, hurry, ordered, work_as as work};
use echo::{echo, policy, serve, whole, with as and};
use serde_json::{Value as Json, json};
use wire::{Connection, Server};
use world::World;

const ANN: &str = "Mail ann@example.com about 4111 1111 1111 1111.";

fn id(job: &Json) -> &str {
    job["id"].as_str().expect("an id")
}

fn events(world: &World) -> Vec<Event> {
    let claim = |store: &dyn aisp::store::Store| store.claim_events(None, 100, now_us() + 1, now_us());
    with(&world.settings.store, claim).expect("a store").expect("events")
}

/// Whether a text stands in the store's files.
fn is_stored(world: &World, text: &str) -> bool {
    let folder = Path::new(world.store().trim_start_matches("sqlite:")).parent().expect("a folder");
    let files = std::fs::read_dir(folder).expect("files").filter_map(Result::ok);
    files
        .flat_map(|file| std::fs::read(file.path()))
        .any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

#[test]
fn a_prompt_is_answered_after_its_request_and_its_owner_gets_his_own_values() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = policy(&server);
    let job = enqueue(&world, &json!({"prompt": ANN}), &policy).expect("enqueued");
    assert_eq!((job["state"].as_str(), job["caller"]["user_id"].as_i64()), (Some("queued"), Some(7)));
    assert!(server.seen().is_empty() && !is_stored(&world, "ann@example.com") && !is_stored(&world, "4111 1111"));
    assert!(is_stored(&world, "Mail [EMAIL_1] about [CARD_1]."));
    assert_eq!(work(&world, &json!({}), &policy), 1);
    assert!(server.seen().join("").contains("Mail [EMAIL_1] about [CARD_1]."));
    let done = get(&world, id(&job), &policy);
    assert_eq!((done["state"].as_str(), done["progress"]["done"].as_i64()), (Some("done"), Some(1)));
    assert_eq!(done["result"]["text"], format!("You said: {ANN}"));
    assert!(!is_stored(&world, "ann@example.com"));
    let told: Vec<_> = events(&world).into_iter().map(|event| (event.source, event.kind, event.body)).collect();
    let body = json!({"id": id(&job)}).to_string().into_bytes();
    assert_eq!(told, [(":job".to_owned(), Some("job.completed".to_owned()), body)]);
    assert_eq!(world.log().iter().map(|record| (record.user_id, record.status_code)).collect::<Vec<_>>(), [(7, 200)]);
}

#[test]
fn who_has_no_key_sees_placeholders_and_without_any_nothing_private_is_taken() {
    let (world, server) = (World::new(), Server::start(echo));
    let no_key = and(policy(&server), "jobs", json!({"key_env": "NOT_SET"}));
    let refused = enqueue(&world, &json!({"prompt": ANN}), &no_key).expect_err("no key");
    assert!(refused.to_string().contains("NOT_SET is not set"), "{refused}");
    assert!(enqueue(&world, &json!({"prompt": "Nothing private."}), &no_key).is_ok());
    let policy = policy(&server);
    let job = ordered(&world, &json!({"prompt": ANN}), &policy);
    work(&world, &json!({"max": 5}), &policy);
    let blind = get(&world, &job, &no_key);
    assert_eq!(blind["result"]["text"], "You said: Mail [EMAIL_1] about [CARD_1].");
    assert_eq!(blind["result"]["sealed"], true);
    let rotated = and(policy.clone(), "jobs", json!({"key_env": ["CALLBACK_KEY", "AISP_JOB_KEY"]}));
    assert_eq!(get(&world, &job, &rotated)["result"]["text"], format!("You said: {ANN}"));
    let lost = ordered(&world, &json!({"prompt": ANN}), &policy);
    work(&world, &json!({}), &no_key);
    let lost = get(&world, &lost, &policy);
    assert_eq!((lost["state"].as_str(), lost["items"][0]["error"].as_str()), (Some("failed"), Some("job_sealed")));
}

fn counted(most: &'static AtomicU32, now: &'static AtomicU32) -> impl Fn(u32, &mut Connection) + Copy {
    move |_, connection| {
        serve(connection, |body| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            now.fetch_sub(1, Ordering::SeqCst);
            body["input"].as_str().unwrap_or_default().to_uppercase()
        });
    }
}

#[test]
fn many_items_are_answered_side_by_side_within_the_policys_bound() {
    static MOST: AtomicU32 = AtomicU32::new(0);
    static NOW: AtomicU32 = AtomicU32::new(0);
    let (world, server) = (World::new(), Server::start(counted(&MOST, &NOW)));
    let policy = and(policy(&server), "max_parallel", json!(4));
    let items: Vec<_> = (0..150)
        .map(|n| json!({"prompt": format!("word {n}"), "store": {"post_id": n + 1, "meta_key": "m"}}))
        .collect();
    let job = ordered(&world, &json!({"items": items, "cache": false}), &policy);
    assert_eq!(work(&world, &json!({}), &policy), 1);
    let job = get(&world, &job, &policy);
    assert_eq!(
        (job["state"].as_str(), job["progress"].clone()),
        (Some("done"), json!({"total": 150, "done": 150, "failed": 0}))
    );
    for n in 0..150 {
        let item = &job["items"][n];
        assert_eq!(
            (item["result"]["text"].as_str(), item["store"]["post_id"].as_u64()),
            (Some(format!("WORD {n}").as_str()), Some(n as u64 + 1))
        );
    }
    assert_eq!(MOST.load(Ordering::SeqCst), 4);
    assert_eq!(server.seen().len(), 150);
}

#[test]
fn when_the_time_is_up_the_rest_is_handed_back_and_what_is_done_stays() {
    let (world, server) = (
        World::new(),
        Server::start(|_, connection| {
            serve(connection, |_| {
                thread::sleep(Duration::from_millis(50));
                "ok".to_owned()
            });
        }),
    );
    let policy = and(policy(&server), "max_parallel", json!(2));
    let items: Vec<_> = (0..12).map(|n| json!({"prompt": format!("word {n}")})).collect();
    let job = ordered(&world, &json!({ "items": items }), &policy);
    work(&world, &json!({"deadline_ms": 100}), &policy);
    let halfway = get(&world, &job, &policy);
    let done = halfway["progress"]["done"].as_u64().expect("a number");
    assert!((2..12).contains(&done) && halfway["state"] == "queued", "{halfway}");
    work(&world, &json!({}), &policy);
    assert_eq!(get(&world, &job, &policy)["state"], "done");
    assert_eq!(server.seen().len(), 12);
}

#[test]
fn a_limit_makes_a_job_wait_and_not_fail() {
    let (world, server) = (World::new(), Server::start(echo));
    let quota = json!([{"per": "user", "limit": 2, "period": 3600}]);
    let policy = and(and(policy(&server), "quota", quota), "max_parallel", json!(1));
    let items: Vec<_> = (0..3).map(|n| json!({"prompt": format!("word {n}")})).collect();
    let job = ordered(&world, &json!({ "items": items }), &policy);
    work(&world, &json!({}), &policy);
    let waits = get(&world, &job, &policy);
    assert_eq!(
        (waits["state"].as_str(), waits["error"].as_str(), waits["progress"]["done"].as_u64()),
        (Some("queued"), Some("policy_quota"), Some(2))
    );
    let due_s = waits["due_at"].as_i64().expect("a time") - now_us() / 1_000_000;
    assert!((1_700..=1_800).contains(&due_s), "{due_s}");
    assert_eq!(work(&world, &json!({}), &policy), 0, "it is not due");
    hurry(&world);
    let more = and(policy, "quota", json!([]));
    work(&world, &json!({}), &more);
    assert_eq!(get(&world, &job, &more)["state"], "done");
}

#[test]
fn what_no_budget_can_hold_fails_and_what_one_will_hold_waits() {
    let (world, server) = (World::new(), Server::start(echo));
    let small = and(policy(&server), "budget", json!([{"per": "site", "tokens": 100, "period": "day"}]));
    let job = ordered(&world, &json!({"prompt": "Hi", "max_tokens": 500}), &small);
    work(&world, &json!({}), &small);
    let failed = get(&world, &job, &small);
    assert_eq!(
        (failed["state"].as_str(), failed["items"][0]["error"].as_str()),
        (Some("failed"), Some("policy_budget"))
    );
    let first = ordered(&world, &json!({"prompt": "Hi", "max_tokens": 95}), &small);
    let second = ordered(&world, &json!({"prompt": "Ho", "max_tokens": 95}), &small);
    work(&world, &json!({"max": 2}), &small);
    assert_eq!(get(&world, &first, &small)["state"], "done");
    assert_eq!(get(&world, &second, &small)["error"], "policy_budget");
    assert_eq!(get(&world, &second, &small)["state"], "queued");
}

/// Fails as often as the prompt says.
fn moody(_: u32, connection: &mut Connection) {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    while let Some(request) = connection.request() {
        let fails = if request.contains("never") { u32::MAX } else { 2 };
        if ASKED.fetch_add(1, Ordering::SeqCst) < fails {
            connection.write(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
        } else {
            connection.answer(&whole("at last").to_string());
        }
    }
}

#[test]
fn what_may_pass_is_tried_again_later_and_then_given_up() {
    let (world, server) = (World::new(), Server::start(moody));
    let policy = and(policy(&server), "jobs", json!({"max_attempts": 3}));
    let job = ordered(&world, &json!({"prompt": "Hi"}), &policy);
    for attempts in 1..=2 {
        work(&world, &json!({}), &policy);
        let waits = get(&world, &job, &policy);
        assert_eq!((waits["state"].as_str(), waits["items"][0]["attempts"].as_u64()), (Some("queued"), Some(attempts)));
        assert!(waits["due_at"].as_i64() > Some(now_us() / 1_000_000 + 5), "{waits}");
        hurry(&world);
    }
    work(&world, &json!({}), &policy);
    assert_eq!(get(&world, &job, &policy)["result"]["text"], "at last");

    let never = ordered(&world, &json!({"prompt": "never"}), &policy);
    for _ in 0..3 {
        work(&world, &json!({}), &policy);
        hurry(&world);
    }
    let failed = get(&world, &never, &policy);
    assert_eq!((failed["state"].as_str(), failed["error"].as_str()), (Some("failed"), Some("job_items_failed")));
    assert_eq!(failed["items"][0]["error"], "provider_unavailable");
    assert_eq!(
        events(&world).iter().map(|event| event.kind.as_deref()).collect::<Vec<_>>(),
        [Some("job.completed"), Some("job.failed")]
    );

    let again = gateway::retry(&never, "", &world.env()).expect("a store").expect("a job");
    assert_eq!((again["state"].as_str(), again["progress"]["failed"].as_u64()), (Some("queued"), Some(0)));
    assert!(is_stored(&world, "never"), "its prompt is still there");
}

#[test]
fn a_job_that_is_called_off_under_way_keeps_nothing_that_comes_later() {
    let (world, server) = (
        World::new(),
        Server::start(|_, connection| {
            serve(connection, |_| {
                thread::sleep(Duration::from_millis(500));
                "too late".to_owned()
            });
        }),
    );
    let policy = and(policy(&server), "max_parallel", json!(1));
    let job = ordered(&world, &json!({"items": [{"prompt": "one"}, {"prompt": "two"}], "cache": false}), &policy);
    thread::scope(|scope| {
        scope.spawn(|| work(&world, &json!({}), &policy));
        assert!(server.next_seen(Duration::from_secs(10)).is_some());
        let cancelled = gateway::cancel(&job, "", &world.env()).expect("a store").expect("a job");
        assert_eq!(cancelled["state"], "cancelled");
    });
    assert!(server.seen().is_empty(), "the second was not asked");
    let job = get(&world, &job, &policy);
    assert_eq!((job["state"].as_str(), job["items"][0]["result"].clone()), (Some("cancelled"), Json::Null));
    assert_eq!(gateway::cancel("job_nowhere", "", &world.env()).expect("a store"), None);
}

#[test]
fn a_worker_that_is_late_leaves_the_result_of_the_one_that_took_over() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = policy(&server);
    let job = ordered(&world, &json!({"prompt": "Hi"}), &policy);
    let claim = |lease_s: u32| {
        let options = json!({ "lease_s": lease_s });
        gateway::claim(&(&options).into(), &world.env()).expect("claimed")
    };
    let late = claim(1);
    assert_eq!((late[0]["caller"]["user_id"].as_u64(), claim(1).len()), (Some(7), 0));
    thread::sleep(Duration::from_millis(1_100));
    assert_eq!(work(&world, &json!({}), &policy), 1);
    let before = get(&world, &job, &policy);
    assert_eq!(before["state"], "done");
    let claims = json!({"claims": [{"id": job, "lease": late[0]["lease"]}]});
    work(&world, &claims, &policy);
    assert_eq!(get(&world, &job, &policy), before);
    assert_eq!(server.seen().len(), 1, "what is not its own it does not ask");
}

#[test]
fn a_lease_is_renewed_for_as_long_as_its_worker_works() {
    let (world, server) = (
        World::new(),
        Server::start(|_, connection| {
            serve(connection, |_| {
                thread::sleep(Duration::from_millis(2_500));
                "slow".to_owned()
            });
        }),
    );
    let policy = policy(&server);
    let job = ordered(&world, &json!({"prompt": "Hi"}), &policy);
    thread::scope(|scope| {
        scope.spawn(|| work(&world, &json!({"lease_s": 1}), &policy));
        thread::sleep(Duration::from_millis(1_800));
        assert_eq!(work(&world, &json!({}), &policy), 0, "nobody else has it");
    });
    assert_eq!(get(&world, &job, &policy)["result"]["text"], "slow");
}

#[test]
fn the_same_key_is_the_same_job_and_another_request_a_conflict() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = policy(&server);
    let request = json!({"prompt": "Hi", "idempotency_key": "k-1"});
    let job = ordered(&world, &request, &policy);
    assert_eq!(ordered(&world, &request, &policy), job);
    let other = json!({"prompt": "Ho", "idempotency_key": "k-1"});
    let conflict = enqueue(&world, &other, &policy).expect_err("used");
    assert_eq!((conflict.status(), conflict.code()), (409, "caller_key_used"));
    assert!(enqueue_as(&world, &json!({"user_id": 8}), &other, &policy).is_ok(), "another's keys are his own");
    assert_eq!(gateway::list(&Value::empty(), &world.env()).expect("a list").len(), 2);
}

#[test]
fn what_cannot_be_is_refused_by_name_and_nothing_is_stored() {
    let (world, server) = (World::new(), Server::start(echo));
    let jobs = json!({"max_items": 3, "max_bytes": 400, "callback_env": "CALLBACK_KEY"});
    let policy = and(policy(&server), "jobs", jobs);
    for (request, wanted) in [
        (json!({}), "prompt is missing"),
        (json!({"prompt": "Hi", "model": "large"}), "model must be one of small"),
        (json!({"prompt": "Hi", "promt": "Ho"}), "\"promt\" is not known"),
        (json!({"prompt": "Hi", "pack": true}), "pack is for the requests of a batch only"),
        (json!({"items": [{"prompt": "a"}, {"prompt": " "}]}), "items[1]: prompt"),
        (json!({"items": [{"prompt": "a", "max_tokens": 0}]}), "\"items[0].max_tokens\" must be between"),
        (
            json!({"items": [{"prompt": "a"}, {"prompt": "b"}, {"prompt": "c"}, {"prompt": "d"}]}),
            "\"items\" must hold at most 3 requests, 4 given",
        ),
        (
            json!({"items": [{"prompt": "a".repeat(200)}, {"prompt": "b".repeat(200)}]}),
            "\"items\" must have at most 400 bytes",
        ),
        (
            json!({"prompt": "Hi", "callback": "https://10.0.0.1/told"}),
            "\"callback\" must not be on a private or special address",
        ),
        (
            json!({"prompt": "Hi", "callback": "https://localhost/told"}),
            "\"callback\" must not be on a private or special address",
        ),
        (json!({"prompt": "Hi", "callback": "http://example.com/told"}), "\"callback\" must start with https://"),
        (
            json!({"prompt": "Hi", "callback": "https://nowhere.invalid/"}),
            "\"callback\" has a host that cannot be found",
        ),
        (json!({"prompt": "Hi", "store": {"post_id": 0, "meta_key": "m"}}), "\"store.post_id\" must be between"),
    ] {
        let error = enqueue(&world, &request, &policy).expect_err("a flaw");
        assert_eq!(error.status(), 400, "{request}");
        assert!(error.to_string().contains(wanted), "{error}");
    }
    assert!(gateway::list(&Value::empty(), &world.env()).expect("a list").is_empty());
    assert!(world.log().iter().all(|record| record.error.as_deref() == Some("caller_invalid")));
    assert!(server.seen().is_empty());
}

#[test]
fn results_of_a_preview_wait_for_somebodys_word() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = policy(&server);
    let (preview, plain) = (
        ordered(&world, &json!({"prompt": "Hi", "preview": true}), &policy),
        ordered(&world, &json!({"prompt": "Ho"}), &policy),
    );
    let accept = |id: &str| gateway::accept(id, "", &world.env()).expect("a store").expect("a job");
    assert_eq!(accept(&preview)["accepted_at"], Json::Null, "it is not done");
    work(&world, &json!({"max": 2}), &policy);
    assert!(accept(&preview)["accepted_at"].is_i64());
    accept(&preview);
    assert_eq!(accept(&plain)["accepted_at"], Json::Null);
    let kinds: Vec<_> = events(&world).into_iter().filter_map(|event| event.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "job.accepted").count(), 1, "{kinds:?}");
}

#[test]
fn somebody_outside_is_told_with_a_signature_until_he_takes_it() {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let (world, model) = (World::new(), Server::start(echo));
    let outside = Server::start(|_, connection| {
        while connection.read() {
            let refuses = TOLD.fetch_add(1, Ordering::SeqCst) == 0;
            connection.write(if refuses {
                b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"
            } else {
                b"HTTP/1.1 204 Taken\r\ncontent-length: 0\r\n\r\n"
            });
        }
    });
    let policy = and(policy(&model), "jobs", json!({"callback_env": "CALLBACK_KEY"}));
    let url = format!("http://127.0.0.1:{}/told", outside.port);
    let job = ordered(&world, &json!({"prompt": ANN, "callback": url}), &policy);
    work(&world, &json!({"max": 2}), &policy);
    hurry(&world);
    work(&world, &json!({"max": 2}), &policy);
    let seen = outside.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(TOLD.load(Ordering::SeqCst), 2);
    let (head, body) = seen[1].split_once("\r\n\r\n").expect("a request");
    let told: Json = serde_json::from_str(body).expect("JSON");
    assert_eq!((told["type"].as_str(), told["data"]["id"].as_str()), (Some("job.completed"), Some(job.as_str())));
    assert!(!body.contains("ann@") && !body.contains("You said"), "{body}");
    let options = json!({"scheme": "standard", "secret_env": "CALLBACK_KEY", "dedupe": false});
    let headers: Json = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let delivery = gateway::Delivery { body: body.as_bytes(), headers: (&headers).into(), options: (&options).into() };
    let verified = gateway::verify_webhook(&delivery, &world.env()).expect("it holds");
    assert_eq!(verified.id, format!("msg_{job}"));
    assert!(seen[0].contains(&verified.id), "the same id each time");
    assert_eq!(
        gateway::list(&(&json!({"kind": "callback", "state": "done"})).into(), &world.env()).expect("a list").len(),
        1
    );
}

#[test]
fn an_answer_that_a_dead_worker_left_is_not_paid_for_again_and_one_that_cannot_be_read_is_given_up() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = policy(&server);
    let job = ordered(&world, &json!({"prompt": "Hi", "cache": false}), &policy);
    let leave = |answer: &[u8]| {
        let conn = rusqlite::Connection::open(world.store().trim_start_matches("sqlite:")).expect("a database");
        let sql = "UPDATE job_item SET answer = ?1, provider = 'here', answered_us = 1";
        assert_eq!(conn.execute(sql, [answer]).expect("an update"), 1);
    };
    leave(b"no answer");
    work(&world, &json!({}), &policy);
    assert_eq!(get(&world, &job, &policy)["error"], "provider_invalid");
    assert!(server.seen().is_empty());
    hurry(&world);
    work(&world, &json!({}), &policy);
    assert_eq!((get(&world, &job, &policy)["result"]["text"].as_str(), server.seen().len()), (Some("You said: Hi"), 1));

    let job = ordered(&world, &json!({"prompt": "Ho", "cache": false}), &policy);
    change(&world, "DELETE FROM job_item WHERE state = 2");
    leave(br#"{"text":"left behind","finish":"stop","tokens_in":1,"tokens_out":1}"#);
    work(&world, &json!({}), &policy);
    assert_eq!(get(&world, &job, &policy)["result"]["text"], "left behind");
    assert!(server.seen().is_empty());
}

#[test]
fn a_token_whose_sum_ends_with_it_enqueues_nothing() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = policy(&server);
    let visitor = |token: Json| json!({"client": "token:visitor", "ip": "203.0.113.7", "token": token});
    let request = json!({"prompt": "Hi"});
    let budget = json!({"id": "a", "budget": {"tokens": 500}});
    let refused = enqueue_as(&world, &visitor(budget), &request, &policy).expect_err("it has a budget");
    assert_eq!(refused.to_string(), "A token with a budget cannot enqueue jobs: they outlive it.");
    let job = enqueue_as(&world, &visitor(json!({"id": "a"})), &request, &policy).expect("enqueued");
    work(&world, &json!({}), &policy);
    assert_eq!(get(&world, id(&job), &policy)["state"], "done");
}

#[test]
fn what_has_ended_is_dropped_when_somebody_says_so_and_nothing_else() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = policy(&server);
    let done = ordered(&world, &json!({"prompt": "Hi"}), &policy);
    work(&world, &json!({}), &policy);
    let open = ordered(&world, &json!({"prompt": "Ho"}), &policy);
    let purge = |filter: Json| gateway::purge(&(&filter).into(), &world.env()).expect("a store");
    assert_eq!(purge(json!({"state": "failed"})), 0);
    assert_eq!(purge(json!({"id": open})), 0);
    assert_eq!(purge(json!({"ended_before": now_us() / 1_000_000 - 60})), 0);
    assert_eq!(purge(json!({})), 1);
    let options = json!({});
    assert_eq!(gateway::get(&done, &(&options).into(), &(&policy).into(), &world.env()).expect("a store"), None);
    assert_eq!(get(&world, &open, &policy)["state"], "queued");
}

//! Herds: equal calls at the same time, in threads and processes, against a server that is slow, fails or hangs; and answers
//! that have expired while it fails.

#[path = "support/echo.rs"]
mod echo;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::process::{Child, Command};
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aisp::error::{Error, Fault};
use aisp::gateway::Outcome;
use echo::{policy, whole};
use serde_json::{Value as Json, json};
use wire::{CLOSED, Connection, Server};
use world::World;

/// The server takes this long for an answer.
const SLOW: Duration = Duration::from_millis(300);
const HERD: usize = 64;

fn slowly(_: u32, connection: &mut Connection) {
    while connection.read() {
        thread::sleep(SLOW);
        connection.answer(&whole("one for all").to_string());
    }
}

/// The same call, this often at the same time.
fn together(world: &World, times: usize, request: &Json, policy: &Json) -> Vec<Result<Outcome, Error>> {
    thread::scope(|scope| {
        let calls: Vec<_> = (0..times).map(|_| scope.spawn(|| world.infer(request, policy))).collect();
        calls.into_iter().map(|call| call.join().expect("an end")).collect()
    })
}

fn asked(server: &Server) -> usize {
    server.seen().into_iter().filter(|seen| seen != CLOSED).count()
}

#[test]
fn sixty_four_equal_calls_are_one_call_to_the_provider() {
    let (world, server) = (World::new(), Server::start(slowly));
    let begun = Instant::now();
    let results = together(&world, HERD, &json!({"prompt": "Hi"}), &policy(&server));
    let answers: Vec<_> = results.into_iter().map(|result| result.expect("an answer")).collect();
    assert!(answers.iter().all(|answer| answer.answer.text == "one for all"));
    assert_eq!(answers.iter().filter(|answer| !answer.cached).count(), 1);
    assert_eq!(asked(&server), 1);
    assert!(begun.elapsed() < SLOW + Duration::from_secs(2), "{:?}", begun.elapsed());
    let log = world.log();
    assert_eq!((log.len(), log.iter().filter(|record| record.attempts == 1).count()), (HERD, 1));
    let waited = |record: &&aisp::audit::Record| record.cached && record.duration_ms >= 100;
    assert_eq!(log.iter().filter(waited).count(), HERD - 1, "who waited says for how long");
}

#[test]
fn calls_that_want_an_answer_of_their_own_get_it() {
    let (world, server) = (World::new(), Server::start(slowly));
    together(&world, 3, &json!({"prompt": "Hi", "cache": false}), &policy(&server));
    assert_eq!(asked(&server), 3);
}

#[test]
fn a_failure_of_the_provider_is_the_failure_of_all_who_waited() {
    let server = Server::start(|_, connection| {
        while connection.read() {
            thread::sleep(SLOW);
            connection.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}");
        }
    });
    let world = World::new();
    let results = together(&world, 16, &json!({"prompt": "Hi"}), &policy(&server));
    assert!(results.iter().all(|result| matches!(result, Err(Error::Provider { fault: Fault::Rejected, .. }))));
    assert_eq!(asked(&server), 1);
    assert!(world.log().iter().all(|record| record.error.as_deref() == Some("provider_rejected")));
}

#[test]
fn an_answer_that_is_not_kept_is_given_to_those_who_waited() {
    let server = Server::start(|_, connection| {
        while connection.read() {
            thread::sleep(SLOW);
            let output =
                json!([{"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}]);
            connection.answer(&json!({"status": "completed", "output": output}).to_string());
        }
    });
    let world = World::new();
    let results = together(&world, 8, &json!({"prompt": "Hi"}), &policy(&server));
    assert!(results.into_iter().all(|result| result.is_ok_and(|outcome| outcome.answer.text == "No.")));
    assert_eq!(asked(&server), 1);
    assert_eq!(world.infer(&json!({"prompt": "Hi"}), &policy(&server)).map(|outcome| outcome.cached).ok(), Some(false));
}

#[test]
fn nobody_waits_past_its_own_deadline() {
    let (world, server) = (World::new(), Server::start(slowly));
    let policy = policy(&server);
    thread::scope(|scope| {
        let leader = scope.spawn(|| world.infer(&json!({"prompt": "Hi"}), &policy));
        assert!(server.next_seen(Duration::from_secs(5)).is_some());
        let begun = Instant::now();
        let hasty = world.infer(&json!({"prompt": "Hi", "timeout_ms": 100}), &policy);
        assert!(matches!(hasty, Err(Error::Provider { fault: Fault::Timeout, .. })), "{hasty:?}");
        assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
        assert!(leader.join().expect("an end").is_ok());
    });
}

#[test]
fn where_a_leader_is_in_a_hurry_another_takes_over() {
    let (world, server) = (World::new(), Server::start(slowly));
    let policy = policy(&server);
    let hasty = json!({"prompt": "Hi", "timeout_ms": 100});
    thread::scope(|scope| {
        let leader = scope.spawn(|| world.infer(&hasty, &policy));
        assert!(server.next_seen(Duration::from_secs(5)).is_some());
        let answers = together(&world, 8, &json!({"prompt": "Hi"}), &policy);
        assert!(answers.into_iter().all(|answer| answer.is_ok_and(|outcome| outcome.answer.text == "one for all")));
        assert!(leader.join().expect("an end").is_err());
    });
    assert_eq!(asked(&server), 1, "beside the one of the leader");
}

#[test]
fn a_stream_waits_for_a_call_and_tells_its_answer() {
    let (world, server) = (World::new(), Server::start(slowly));
    let policy = policy(&server);
    thread::scope(|scope| {
        let leader = scope.spawn(|| world.infer(&json!({"prompt": "Hi"}), &policy));
        assert!(server.next_seen(Duration::from_secs(5)).is_some());
        let (told, result) = world.stream(&json!({"prompt": "Hi"}), &policy);
        assert_eq!((told.join(" "), result.is_ok()), ("start \"one for all\" result".to_owned(), true));
        assert!(leader.join().expect("an end").is_ok());
    });
    assert_eq!(asked(&server), 0, "beside the one of the leader");
}

// A leader that is killed.

const LEADER: &str = "AISP_TEST_LEADER";

/// What the process that is to be killed does: the call that its parent describes. In an ordinary run there is none.
#[test]
fn leader() {
    let Ok(task) = std::env::var(LEADER) else { return };
    let task: Json = serde_json::from_str(&task).expect("a task");
    let world = World::at(task["store"].as_str().expect("a path"));
    let _ = world.infer(&task["request"], &task["policy"]);
}

fn start_leader(world: &World, request: &Json, policy: &Json) -> Child {
    let task = json!({"store": world.store(), "request": request, "policy": policy});
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "leader"]).env(LEADER, task.to_string()).spawn().expect("a process")
}

#[test]
fn where_the_leader_is_killed_one_takes_over_and_there_are_two_calls_in_all() {
    let rounds = if std::env::var_os("AISP_LONG").is_some() { 20 } else { 1 };
    (0..rounds).for_each(|_| kill_a_leader());
}

fn kill_a_leader() {
    let server = Server::start(|number, connection| {
        if number == 0 {
            connection.read();
            connection.closed();
        } else {
            slowly(number, connection);
        }
    });
    let (world, request, policy) = (World::new(), json!({"prompt": "Hi"}), policy(&server));
    let mut leader = start_leader(&world, &request, &policy);
    assert!(server.next_seen(Duration::from_secs(10)).is_some());
    let begun = Instant::now();
    thread::scope(|scope| {
        let waiters = scope.spawn(|| together(&world, HERD - 1, &request, &policy));
        thread::sleep(Duration::from_millis(500));
        leader.kill().expect("SIGKILL");
        leader.wait().expect("an end");
        let answers = waiters.join().expect("an end");
        assert!(answers.into_iter().all(|answer| answer.is_ok_and(|outcome| outcome.answer.text == "one for all")));
    });
    assert_eq!(asked(&server), 1, "beside the one of the dead");
    // Its lease would have run for seconds; on one machine the death itself is seen.
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[test]
fn a_leader_whose_provider_takes_longer_than_a_lease_keeps_its_flight() {
    let server = Server::start(|_, connection| {
        while connection.read() {
            thread::sleep(Duration::from_secs(7));
            connection.answer(&whole("at last").to_string());
        }
    });
    let world = World::new();
    let answers = together(&world, 4, &json!({"prompt": "Hi"}), &policy(&server));
    assert!(answers.into_iter().all(|answer| answer.is_ok_and(|outcome| outcome.answer.text == "at last")));
    assert_eq!(asked(&server), 1);
}

// Expired answers.

static MOOD: AtomicU8 = AtomicU8::new(0);

fn moody(_: u32, connection: &mut Connection) {
    while connection.read() {
        match MOOD.load(Ordering::SeqCst) {
            0 => connection.answer(&whole("fresh").to_string()),
            1 => connection.write(b"HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\n{}"),
            _ => connection.write(b"HTTP/1.1 400 No\r\ncontent-length: 2\r\n\r\n{}"),
        };
    }
}

#[test]
fn an_expired_answer_will_do_while_the_provider_fails_and_says_how_old_it_is() {
    let (world, server) = (World::new(), Server::start(moody));
    let with = |cache: Json| {
        let mut policy = policy(&server);
        policy["cache"] = cache;
        policy
    };
    let (request, stale) = (json!({"prompt": "Hi"}), with(json!({"ttl": 1, "stale": 3_600})));
    assert!(world.infer(&request, &stale).is_ok_and(|fresh| !fresh.cached && !fresh.stale && fresh.age_s.is_none()));
    assert!(world.infer(&request, &stale).is_ok_and(|kept| kept.cached && !kept.stale && kept.age_s == Some(0)));
    thread::sleep(Duration::from_millis(1_100));

    MOOD.store(1, Ordering::SeqCst);
    let failed = world.infer(&request, &with(json!({"ttl": 1})));
    assert!(matches!(failed, Err(Error::Provider { fault: Fault::Unavailable, .. })), "{failed:?}");
    let old = world.infer(&request, &stale).expect("an old answer");
    assert_eq!((old.answer.text.as_str(), old.cached, old.stale, old.age_s), ("fresh", true, true, Some(1)));
    let (told, streamed) = world.stream(&request, &stale);
    assert_eq!((told.join(" "), streamed.is_ok_and(|old| old.stale)), ("start \"fresh\" result".to_owned(), true));
    let last = world.log().pop().expect("a record");
    assert_eq!((last.status_code, last.cached, last.error.as_deref()), (200, true, Some("provider_unavailable")));

    // The breaker opens: now nobody is asked at all.
    (0..10).for_each(|_| _ = world.infer(&json!({"prompt": "Other", "cache": false}), &stale));
    server.seen();
    let old = world.infer(&request, &stale).expect("an old answer");
    assert_eq!((old.stale, old.attempts, asked(&server)), (true, 0, 0));
    let unknown = world.infer(&json!({"prompt": "Never asked"}), &stale);
    assert!(matches!(unknown, Err(Error::CircuitOpen { .. })), "{unknown:?}");
}

#[test]
fn what_is_wrong_with_the_request_is_not_covered_up_by_an_old_answer() {
    let server = Server::start(|number, connection| {
        for turn in 0.. {
            if !connection.read() {
                return;
            }
            if number == 0 && turn == 0 {
                connection.answer(&whole("fresh").to_string());
            } else {
                connection.write(b"HTTP/1.1 400 No\r\ncontent-length: 2\r\n\r\n{}");
            }
        }
    });
    let world = World::new();
    let mut policy = policy(&server);
    policy["cache"] = json!({"ttl": 1, "stale": 3_600});
    assert!(world.infer(&json!({"prompt": "Hi"}), &policy).is_ok());
    thread::sleep(Duration::from_millis(1_100));
    let refused = world.infer(&json!({"prompt": "Hi"}), &policy);
    assert!(matches!(refused, Err(Error::Provider { fault: Fault::Rejected, .. })), "{refused:?}");
}

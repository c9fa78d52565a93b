//! Whose a call's time is: a moderator's, a provider's that others are served by too, one that takes its time in the background,
//! that of a call which is waited for; and what is left of it for us.

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

use aisp::audit::Record;
use desk::{enqueue, hurry, work};
use echo::{policy, serve, whole, with};
use later::Later;
use serde_json::json;
use wire::{Connection, Server};
use world::World;

const TAKES: Duration = Duration::from_millis(200);
const TAKES_MS: u32 = 200;

/// Whether providers had so many turns of the call's time, and we less than one, to the microsecond.
fn is_theirs(record: &Record, turns: u32) -> bool {
    let own_us = record.own_us.expect("it is told");
    let rest_ms = record.duration_ms - record.provider_ms;
    record.provider_ms >= turns * TAKES_MS && own_us < TAKES_MS * 1_000 && own_us / 1_000 <= rest_ms + 1 && own_us > 0
}

fn slow(_: u32, connection: &mut Connection) {
    while let Some(request) = connection.request() {
        thread::sleep(TAKES);
        let verdict = json!({"results": [{"flagged": false, "categories": {}}]});
        let answer = if request.contains("/moderations ") { verdict } else { whole("An answer.") };
        connection.answer(&answer.to_string());
    }
}

#[test]
fn a_moderators_time_is_a_providers() {
    let (world, server) = (World::new(), Server::start(slow));
    let moderate = json!({"what": "both", "provider": "here", "model": "watch"});
    world.infer(&json!({"prompt": "Hi"}), &with(policy(&server), "moderate", moderate)).expect("an answer");
    let log = world.log();
    assert!(log.len() == 1 && is_theirs(&log[0], 3), "{log:?}");
}

/// Answers a pack as it wants it, or with what is no answer to one; and single calls.
fn packed(fits: bool) -> Server {
    Server::start(move |_, connection| {
        serve(connection, |body| {
            thread::sleep(TAKES);
            let input = body["input"].as_str().unwrap_or_default();
            match serde_json::from_str::<Vec<serde_json::Value>>(input) {
                Ok(asked) if fits => {
                    let answers: Vec<_> =
                        asked.iter().map(|one| json!({"id": one["id"], "text": "An answer."})).collect();
                    json!({"answers": answers}).to_string()
                }
                _ => "An answer.".to_owned(),
            }
        });
    })
}

#[test]
fn each_call_of_a_pack_waits_for_the_one_provider_and_so_does_each_that_goes_alone_after_it() {
    for (fits, turns) in [(true, [1, 1, 1]), (false, [2, 3, 4])] {
        let (world, server) = (World::new(), packed(fits));
        let request = |text: &str| json!({"prompt": text, "pack": true});
        let items = world.batch(&json!([request("one"), request("two"), request("three")]), &policy(&server));
        assert!(items.expect("items").iter().all(Result::is_ok));
        let mut log = world.log();
        log.sort_by_key(|record| record.provider_ms);
        assert_eq!(log.iter().map(|record| record.attempts.min(1)).sum::<u32>(), if fits { 1 } else { 3 });
        assert!(log.iter().zip(turns).all(|(record, turns)| is_theirs(record, turns)), "{log:?}");
    }
}

#[test]
fn a_pack_that_fails_was_the_providers_time_for_each_of_it() {
    let down = |_, connection: &mut Connection| {
        while connection.read() {
            thread::sleep(TAKES);
            connection.write(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n");
        }
    };
    let (world, server) = (World::new(), Server::start(down));
    let request = |text: &str| json!({"prompt": text, "pack": true});
    world.batch(&json!([request("one"), request("two")]), &policy(&server)).expect("items");
    let log = world.log();
    assert!(log.len() == 2 && log.iter().all(|record| record.status_code >= 500 && is_theirs(record, 1)), "{log:?}");
}

#[test]
fn who_waits_for_another_call_waits_for_its_provider() {
    let (world, server) = (World::new(), Server::start(slow));
    let policy = policy(&server);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| world.infer(&json!({"prompt": "Hi"}), &policy).expect("an answer"));
        }
    });
    let log = world.log();
    // One that comes late finds the answer in the cache and has waited for nobody.
    let waited: Vec<_> = log.iter().filter(|record| record.duration_ms >= TAKES_MS / 2).collect();
    assert!(waited.len() >= 4 && log.iter().filter(|record| record.attempts > 0).count() == 1, "{log:?}");
    for record in waited {
        let own_us = record.own_us.expect("it is told");
        assert!(record.provider_ms >= TAKES_MS / 4 && own_us < TAKES_MS * 1_000, "{record:?}");
    }
}

#[test]
fn what_a_provider_does_in_the_background_is_its_time() {
    let (world, provider) = (World::new(), Later::start());
    let policy = policy(&provider.server);
    enqueue(&world, &json!({"prompt": "Hi", "background": true}), &policy).expect("a job");
    assert!(work(&world, &policy));
    thread::sleep(TAKES);
    provider.complete("resp_1", "An answer.");
    hurry(&world);
    assert!(work(&world, &policy));
    let log = world.log();
    assert!(log.len() == 1 && log[0].attempts == 1 && is_theirs(&log[0], 1), "{log:?}");
}

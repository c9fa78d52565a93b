//! Background responses under workers that are killed at any moment: each is settled once, and none is lost.
//!
//! The processes are this test binary itself, started again with a task in its environment.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/echo.rs"]
mod echo;
#[path = "support/later.rs"]
mod later;
#[path = "support/processes.rs"]
mod processes;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::thread;
use std::time::{Duration, Instant};

use aisp::gateway;
use aisp::store::{JobFilter, JobState, with};
use desk::{budget, hurry, logged, ordered, status};
use later::Later;
use processes::{assert_whole, go, start, task};
use serde_json::{Value as Json, json};
use world::World;

const JOBS: usize = 40;
const WORKERS: usize = 2;
/// Kills of each worker, one after the other.
const KILLS: usize = 12;

fn policy(base_url: &str) -> Json {
    let here = json!({"kind": "openai_responses", "base_url": base_url});
    json!({
        "providers": {"here": here}, "models": {"small": {}}, "max_attempts": 1, "quota": [], "throttle": [],
        "budget": [{"per": "site", "tokens": 1_000_000, "period": "day"}],
    })
}

fn are_done(world: &World) -> bool {
    let filter = JobFilter { state: Some(JobState::Done), max: 1_000, ..JobFilter::default() };
    with(&world.settings.store, |store| store.jobs(&filter)).expect("a store").expect("jobs").len() == JOBS
}

/// What a process that was started does: it works until all is done. In an ordinary run there is no task.
#[test]
fn child() {
    let Some((base_url, _)) = task() else { return };
    let folder = std::env::current_dir().expect("a folder");
    let (world, policy) = (World::at(&format!("sqlite:{}/aisp.db", folder.display())), policy(&base_url));
    let until = Instant::now() + Duration::from_secs(60);
    while !are_done(&world) && Instant::now() < until {
        hurry(&world);
        let options = json!({"lease_s": 1, "max": 5});
        if gateway::work(&(&options).into(), &(&policy).into(), &world.env()).expect("worked") == 0 {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn each_response_is_settled_once_whenever_its_workers_are_killed() {
    let dir = tempfile::tempdir().expect("a folder");
    let (world, provider) = (World::at(&format!("sqlite:{}/aisp.db", dir.path().display())), Later::start());
    provider.hasten();
    provider.slow_down(Duration::from_millis(3));
    let base_url = provider.server.url().replace("/responses", "");
    let policy = policy(&base_url);
    for n in 0..JOBS {
        ordered(&world, &json!({"prompt": format!("word {n}"), "background": true, "cache": false}), &policy);
    }
    go(dir.path());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                for turn in 0..=KILLS {
                    let mut worker = start(&base_url, dir.path());
                    if turn < KILLS {
                        thread::sleep(Duration::from_millis(fastrand::u64(20..150)));
                        worker.kill().expect("SIGKILL");
                    }
                    worker.wait().expect("an end");
                }
            });
        }
    });
    assert!(are_done(&world));
    let (asked, again) = (provider.asked().len(), status(&world).queue.asked_again as usize);
    println!("{JOBS} jobs, {} kills: {asked} responses asked for, {again} after a kill", WORKERS * KILLS);
    assert!((JOBS..=JOBS + again).contains(&asked), "{asked}, {again}");
    assert_eq!(budget(&world, &policy).0, 80 * JOBS as u64, "each is paid once");
    let outcomes = logged(&world, 0);
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "ok").count(), JOBS);
    assert!(outcomes.iter().all(|outcome| outcome == "ok" || outcome == "hit"), "{outcomes:?}");
    assert_whole(dir.path());
}

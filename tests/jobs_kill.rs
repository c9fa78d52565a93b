//! Whole workers, with their threads and their calls, killed at any moment: when they have taken a job up, while a provider is
//! asked, the moment its answer arrives, and shortly after.
//!
//! The workers are this test binary itself, started again; the provider is a thread of the test, which kills who asks.

#[path = "support/echo.rs"]
mod echo;
#[path = "support/processes.rs"]
mod processes;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aisp::gateway::{self, Args};
use aisp::store::with as with_store;
use echo::{policy, whole, with as and};
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::Pid;
use parking_lot::Mutex;
use processes::{assert_whole, go, start, task};
use serde_json::{Value as Json, json};
use wire::{Connection, Server};
use world::World;

const WORKERS: usize = 4;
/// Every so many jobs one has many items.
const BULK_EVERY: usize = 50;
const BULK_ITEMS: usize = 12;

/// A job over which workers die again and again is given up: this is not about such a job.
const MOST_OF_ONE: u32 = 2;

/// The kills that are left, and those that were made, by their moment.
static LEFT: AtomicU32 = AtomicU32::new(0);
static OVER: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
static KILLED: Mutex<BTreeMap<&str, u32>> = Mutex::new(BTreeMap::new());

/// What a process that was started by [`start`] does. In an ordinary run there is no task.
#[test]
fn child() {
    let Some((task, store)) = task() else { return };
    drop(store);
    let (dies, policy) = task.split_once(' ').expect("a task");
    let mut policy: Json = serde_json::from_str(policy).expect("a policy");
    policy["providers"]["here"]["headers"] = json!({"x-worker": std::process::id().to_string()});
    let world = World::at(&at(&std::env::current_dir().expect("a folder")));
    let mut idle = Instant::now();
    while idle.elapsed() < Duration::from_secs(2) {
        let claims = gateway::claim(&(&json!({"lease_s": 1})).into(), &world.env()).expect("a store");
        let Some(claim) = claims.first() else {
            thread::sleep(Duration::from_millis(5));
            continue;
        };
        if dies == "claimed" && claim["lease"] == 1 {
            raise(Signal::SIGKILL).expect("dead");
        }
        let options = json!({"claims": [{"id": claim["id"], "lease": claim["lease"]}], "lease_s": 1});
        gateway::work(&(&options).into(), &(&policy).into(), &world.env()).expect("worked");
        idle = Instant::now();
    }
}

fn at(folder: &Path) -> String {
    format!("sqlite:{}/aisp.db", folder.display())
}

/// Answers, and kills about every second one who asks, at one of three moments.
fn deadly(_: u32, connection: &mut Connection) {
    while let Some(request) = connection.request() {
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
        let worker = head.lines().find_map(|line| line.strip_prefix("x-worker: "));
        let worker = Pid::from_raw(worker.and_then(|pid| pid.parse().ok()).expect("a worker"));
        let body: Json = serde_json::from_str(body).unwrap_or_default();
        let prompt = body["input"].as_str().unwrap_or_default();
        let answer = whole(&prompt.to_uppercase()).to_string();
        let moment = ["before the answer", "with the answer", "after the answer", ""][fastrand::usize(0..4)];
        let wait = match moment {
            "before the answer" => Some(Duration::from_micros(fastrand::u64(0..2_000))),
            "with the answer" => Some(Duration::ZERO),
            "after the answer" => Some(Duration::from_micros(fastrand::u64(0..6_000))),
            _ => None,
        };
        if moment != "before the answer" {
            connection.answer(&answer);
        }
        if let Some(wait) = wait
            && may_die_over(prompt)
            && take_one()
        {
            thread::sleep(wait);
            // It may have ended by itself by now, or have been killed already: then it is not counted.
            if kill(worker, Signal::SIGKILL).is_ok() {
                *KILLED.lock().entry(moment).or_default() += 1;
            }
        } else if moment == "before the answer" {
            connection.answer(&answer);
        }
    }
}

/// Whether no worker, or few, have died over the job that a prompt belongs to.
fn may_die_over(prompt: &str) -> bool {
    let job = prompt.split(" item").next().unwrap_or_default().to_owned();
    let mut over = OVER.lock();
    let deaths = over.entry(job).or_default();
    *deaths += 1;
    *deaths <= MOST_OF_ONE
}

/// Takes one of the kills that are left.
fn take_one() -> bool {
    LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

/// Lets a worker work, and another one after it whenever one was killed, until one finds nothing more to do.
fn keep_working(folder: &Path, policy: &Json) {
    loop {
        let dies = if fastrand::u32(0..5) == 0 && take_one() { "claimed" } else { "lives" };
        let ended = start(&format!("{dies} {policy}"), folder).wait().expect("an end");
        if dies == "claimed" && !ended.success() {
            *KILLED.lock().entry("with a job just taken up").or_default() += 1;
        } else if dies == "claimed" {
            LEFT.fetch_add(1, Ordering::SeqCst);
        }
        if ended.success() {
            return;
        }
    }
}

#[test]
fn every_job_is_answered_once_whenever_its_worker_dies() {
    let long = std::env::var_os("AISP_LONG").is_some();
    let (count, kills) = if long { (2_000, 1_000) } else { (100, 40) };
    LEFT.store(kills, Ordering::SeqCst);
    let server = Server::start(deadly);
    let dir = tempfile::tempdir().expect("a folder");
    let world = World::at(&at(dir.path()));
    let policy = and(and(policy(&server), "cache", json!({"ttl": 0})), "max_parallel", json!(3));
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for n in 0..count {
        let request = if n % BULK_EVERY == 0 {
            let items: Vec<_> = (0..BULK_ITEMS).map(|i| json!({"prompt": format!("job {n} item {i}")})).collect();
            json!({ "items": items })
        } else {
            json!({"prompt": format!("job {n} item 0")})
        };
        let args = Args {
            function: "aisp_job_enqueue",
            request: (&request).into(),
            caller: aisp::gateway::value::Value::empty(),
            policy: (&policy).into(),
        };
        let job = gateway::enqueue(&args, &world.env()).expect("enqueued");
        wanted.insert(job["id"].as_str().expect("an id").to_owned(), n);
    }
    go(dir.path());
    thread::scope(|scope| (0..WORKERS).for_each(|_| drop(scope.spawn(|| keep_working(dir.path(), &policy)))));

    for (id, n) in &wanted {
        let options = json!({"items": 100});
        let job =
            gateway::get(id, &(&options).into(), &(&policy).into(), &world.env()).expect("a store").expect("a job");
        assert_eq!(job["state"], "done", "{job}");
        for (i, item) in job["items"].as_array().expect("items").iter().enumerate() {
            assert_eq!(item["result"]["text"], format!("JOB {n} ITEM {i}"));
        }
    }
    let told = with_store(&world.settings.store, |store| store.claim_events(None, 10_000, i64::MAX, i64::MAX));
    let told = told.expect("a store").expect("events");
    assert_eq!(told.len(), wanted.len(), "each end is told once");
    let status = with_store(&world.settings.store, |store| store.status(0)).expect("a store").expect("a status").queue;
    let items = count + count.div_ceil(BULK_EVERY) * (BULK_ITEMS - 1);
    let asked = server.seen().len();
    let again = asked - items;
    let killed = KILLED.lock().clone();
    println!(
        "{count} jobs of {items} items, {} kills {killed:?}: {asked} calls, {again} asked again, {} counted, {} leases ran out",
        killed.values().sum::<u32>(),
        status.asked_again,
        status.abandoned
    );
    assert!(again as u64 <= status.asked_again, "what may have been paid twice is counted");
    assert!(killed.values().sum::<u32>() * 10 >= kills * 9, "{killed:?} is no test");
    assert_whole(dir.path());
}

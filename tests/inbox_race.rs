//! The inbox while those who deliver are killed: what was acknowledged is there, and each event acts once.
//!
//! The processes are this test binary itself, started again with a task in its environment.

#[path = "support/processes.rs"]
mod processes;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use aisp::clock::now_us;
use aisp::store::sqlite::Sqlite;
use aisp::store::{Arrival, Handled, Store};
use processes::{assert_whole, go, lines, say, start, task};

const EVENTS: u32 = 500;
const DELIVERIES: usize = 1_000;
const SENDERS: usize = 8;
/// How often one of them is killed.
const EVERY: Duration = Duration::from_millis(300);

/// What a process that was started by [`start`] does. In an ordinary run there is no task.
#[test]
fn child() {
    let Some((task, store)) = task() else { return };
    match task.split_once(' ').unwrap_or((&task, "")) {
        ("deliver", events) => events.split(',').for_each(|event| deliver(&store, event)),
        ("act", _) => act(&store),
        other => panic!("no such task: {other:?}"),
    }
}

/// Says the event once it is acknowledged.
fn deliver(store: &Sqlite, event: &str) {
    thread::sleep(Duration::from_millis(fastrand::u64(4..16)));
    let arrival =
        Arrival { now_us: now_us(), site: "1", source: "a", event, kind: None, sent_s: None, body: event.as_bytes() };
    store.receive(&arrival).expect("a store");
    say(event);
}

/// Handles what there is, and says what it has handled; ends when there has been nothing for two seconds.
fn act(store: &Sqlite) {
    let mut idle = Instant::now();
    while idle.elapsed() < Duration::from_secs(2) {
        for event in store.claim_events(Some("1"), 7, now_us() + 60_000_000, now_us()).expect("a store") {
            assert_eq!(event.body, event.event.as_bytes());
            let (id, lease) = (event.id, event.attempts);
            let handled = Handled { now_us: now_us(), id, lease, error: None, retry_us: None };
            assert!(store.event_handled(&handled).expect("a store"));
            say(&event.event);
            idle = Instant::now();
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Delivers all of the events from one process after the other, until each has been acknowledged, as senders do. The first
/// processes are killed.
fn send(folder: &Path, mut events: Vec<String>, kills: u32) -> u32 {
    let mut killed = 0;
    while !events.is_empty() {
        let mut sender = start(&format!("deliver {}", events.join(",")), folder);
        let said = lines(&mut sender);
        let acknowledged: Vec<String> = if killed < kills {
            killed += 1;
            let hear = thread::spawn(|| said.collect());
            thread::sleep(EVERY);
            sender.kill().expect("SIGKILL");
            hear.join().expect("a list")
        } else {
            said.collect()
        };
        sender.wait().expect("an end");
        for event in acknowledged {
            let place = events.iter().position(|open| *open == event).expect("one of them");
            events.remove(place);
        }
    }
    killed
}

#[test]
fn each_event_acts_once_and_none_is_lost_while_senders_are_killed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut deliveries: Vec<String> = (0..DELIVERIES).map(|n| (n as u32 % EVENTS).to_string()).collect();
    fastrand::shuffle(&mut deliveries);
    let kills = if std::env::var_os("AISP_LONG").is_some() { 40 } else { 2 };
    go(dir.path());
    let (acts, killed) = thread::scope(|scope| {
        let handlers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut handler = start("act", dir.path());
                    let acts: Vec<String> = lines(&mut handler).collect();
                    assert!(handler.wait().expect("an end").success());
                    acts
                })
            })
            .collect();
        let senders: Vec<_> = deliveries
            .chunks(DELIVERIES / SENDERS)
            .map(|events| scope.spawn(|| send(dir.path(), events.to_vec(), kills)))
            .collect();
        let killed: u32 = senders.into_iter().map(|sender| sender.join().expect("an end")).sum();
        (handlers.into_iter().flat_map(|handler| handler.join().expect("an end")).collect::<Vec<_>>(), killed)
    });
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    acts.iter().for_each(|event| *counts.entry(event).or_default() += 1);
    println!(
        "{DELIVERIES} deliveries of {EVENTS} events, {killed} senders killed: {} events acted, {} acts",
        counts.len(),
        acts.len()
    );
    assert!(killed >= kills, "{killed} kills are no test");
    assert_eq!(counts.values().copied().collect::<HashSet<_>>(), HashSet::from([1]));
    assert_eq!(counts.len(), EVENTS as usize);
    assert_whole(dir.path());
}

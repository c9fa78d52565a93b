//! The SQLite store under many processes, and under processes that are killed.
//!
//! The processes are this test binary itself, started again with a task in its environment.

#[path = "support/processes.rs"]
mod processes;
#[path = "support/store.rs"]
mod support;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use aisp::audit::Record;
use aisp::clock::Clock;
use aisp::guard::breaker::Heard;
use aisp::guard::budget::{Period, Unit};
use aisp::store::sqlite::Sqlite;
use aisp::store::{self, Budget, Claim, Settlement, Store};
use parking_lot::Mutex;
use processes::{assert_whole, go, lines, say, start, start_with, task};
use support::*;

const PROCESSES: usize = 8;

/// What a process that was started by [`start`] does. In an ordinary run there is no task.
#[test]
fn child() {
    let Some((task, store)) = task() else { return };
    match task.as_str() {
        "open" => {
            assert!(Ask::new().passes(&store));
            say("passed");
        }
        "spend" => {
            let day = limit("day", 1_000, 86_400);
            let passed = (0..5_000).filter(|_| Ask::new().throttle(&day).passes(&store)).count();
            say(&passed.to_string());
        }
        "probe" => {
            let later = NOW + 16 * SECOND;
            let probes = (0..500).filter(|_| Ask::new().route(&["a"]).at(later).passes(&store)).count();
            say(&probes.to_string());
        }
        "budget" => say(&spend_all(&store).to_string()),
        "write" => write_for_ever(&store),
        "backup" => say(&store::backup(&store, &folder().join("full")).expect_err("no room").to_string()),
        other => panic!("no such task: {other}"),
    }
}

fn folder() -> PathBuf {
    std::env::current_dir().expect("a folder")
}

/// Says the uid of each call whose settlement was confirmed.
fn write_for_ever(store: &Sqlite) {
    for n in 0_u64.. {
        let ask = Ask::new().quota(&limit("q", 1_000_000, 1));
        assert!(ask.passes(store));
        let mut keep = Keep::new(hash(0), vec![b'x'; 10_000]);
        keep.hash[..8].copy_from_slice(&n.to_be_bytes());
        keep.record = Record { status_code: 200, ..ask.record };
        keep.settle(store);
        say(&keep.record.uid);
        store.maintain().expect("maintained");
    }
}

/// Reserves 50 tokens a call and takes 30 to 70, until there is no room for another one. Returns what was taken.
fn spend_all(store: &Sqlite) -> u64 {
    let mut taken = 0;
    let mut random = fastrand::Rng::new();
    loop {
        let mut ask = Ask::new();
        ask.claims.push(Claim { budget: tokens_a_day(), amount: CALL });
        if !ask.passes(store) {
            return taken;
        }
        thread::sleep(Duration::from_micros(random.u64(0..500)));
        let record = Record { tokens_out: random.u32(30..=70), status_code: 200, ..ask.record };
        store.settle(&Settlement { claims: &ask.claims, ..Settlement::plain(&record, NOW) }).expect("settled");
        taken += u64::from(record.tokens_out);
    }
}

const CALL: u64 = 50;
const CAP: u64 = 10_000;

fn tokens_a_day() -> Budget {
    let (name, key, subject) = ("budget-site-day-tokens".to_owned(), "day".to_owned(), String::new());
    Budget { name, key, subject, unit: Unit::Tokens, cap: CAP, window: Period::Day.window(NOW), is_announced: true }
}

#[test]
fn eight_processes_that_open_at_once_all_find_a_store() {
    for _ in 0..5 {
        let dir = tempfile::tempdir().expect("a folder");
        let mut children: Vec<Child> = (0..PROCESSES).map(|_| start("open", dir.path())).collect();
        thread::sleep(Duration::from_millis(50));
        go(dir.path());
        for child in &mut children {
            assert_eq!(lines(child).collect::<Vec<_>>(), ["passed"]);
            assert!(child.wait().expect("an end").success());
        }
        let store = Sqlite::open(&dir.path().join("aisp.db")).expect("a store");
        assert_eq!(store.status(NOW).expect("figures").spool, PROCESSES as u64);
        assert_whole(dir.path());
    }
}

#[test]
fn eight_processes_share_one_limit_exactly() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut children: Vec<Child> = (0..PROCESSES).map(|_| start("spend", dir.path())).collect();
    go(dir.path());
    let passed: u32 = children.iter_mut().flat_map(lines).map(|said| said.parse::<u32>().expect("a number")).sum();
    assert!(children.iter_mut().all(|child| child.wait().expect("an end").success()));
    assert_eq!(passed, 1_000);
    let status = Sqlite::open(&dir.path().join("aisp.db")).and_then(|store| store.status(NOW)).expect("figures");
    assert_eq!((status.spool, status.errors), (40_000, 39_000));
    assert_whole(dir.path());
}

#[test]
fn eight_processes_spend_one_budget_and_no_more_than_calls_under_way_may_add() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut children: Vec<Child> = (0..PROCESSES).map(|_| start("budget", dir.path())).collect();
    go(dir.path());
    let taken: u64 = children.iter_mut().flat_map(lines).map(|said| said.parse::<u64>().expect("a number")).sum();
    let store = Sqlite::open(&dir.path().join("aisp.db")).expect("a store");
    let mut ask = Ask::new();
    ask.claims.push(Claim { budget: tokens_a_day(), amount: CALL });
    let state = store.peek(&ask.admission()).expect("a look").budgets.remove(0);
    let logged: u64 = drain_all(&store).iter().map(|record| u64::from(record.tokens_out)).sum();
    println!("of {CAP} tokens, 8 processes took {taken}; {} are in the ledger, {logged} in the log", state.used);
    assert_eq!((state.used, state.reserved, logged), (taken, 0, taken));
    let of_calls_under_way = PROCESSES as u64 * 20;
    assert!(taken > CAP - CALL - of_calls_under_way && taken <= CAP + of_calls_under_way, "{taken}");
}

fn drain_all(store: &Sqlite) -> Vec<Record> {
    store.drain(1_000_000, None, NOW).expect("records")
}

/// A call that got the lock later must not be looked at with an earlier time: the limit would refuse what it has left.
#[test]
fn calls_at_the_same_moment_get_all_of_a_limit() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("aisp.db");
    let stores: Vec<Sqlite> = (0..4).map(|_| Sqlite::open(&path).expect("a store")).collect();
    let barrier = std::sync::Barrier::new(stores.len());
    let refused: usize = thread::scope(|scope| {
        let ask_in_turn = |store: &Sqlite| {
            let ask = |round: u32| {
                barrier.wait();
                let ask = Ask { clock: Clock::System, ..Ask::new().quota(&limit(&round.to_string(), 4, 86_400)) };
                !ask.passes(store)
            };
            (0..100).filter(|round| ask(*round)).count()
        };
        let threads: Vec<_> = stores.into_iter().map(|store| scope.spawn(move || ask_in_turn(&store))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a count")).sum()
    });
    assert_eq!(refused, 0, "of 400 calls for limits that have room for them");
}

#[test]
fn of_eight_processes_one_probes_a_provider_that_was_down() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(&dir.path().join("aisp.db")).expect("a store");
    (0..10).for_each(|_| _ = report(&store, "a", Heard::Failure, None, NOW));
    let mut children: Vec<Child> = (0..PROCESSES).map(|_| start("probe", dir.path())).collect();
    go(dir.path());
    let probes: u32 = children.iter_mut().flat_map(lines).map(|said| said.parse::<u32>().expect("a number")).sum();
    assert_eq!(probes, 1, "of four thousand calls");
}

#[test]
fn a_killed_process_loses_nothing_that_was_confirmed() {
    let dir = tempfile::tempdir().expect("a folder");
    go(dir.path());
    let mut confirmed = HashSet::new();
    let rounds = if std::env::var_os("AISP_LONG").is_some() { 500 } else { 20 };
    for round in 0..rounds {
        let children: Vec<Child> = (0..2).map(|_| start("write", dir.path())).collect();
        let listeners: Vec<_> = children
            .into_iter()
            .map(|mut child| {
                thread::spawn(move || {
                    let mut uids = lines(&mut child);
                    let mut heard: Vec<String> = uids.by_ref().take(1 + round % 20 * 5).collect();
                    child.kill().expect("SIGKILL");
                    heard.extend(uids);
                    child.wait().expect("an end");
                    heard
                })
            })
            .collect();
        confirmed.extend(listeners.into_iter().flat_map(|listener| listener.join().expect("a list")));
        if round % 5 == 4 {
            assert_whole(dir.path());
        }
    }
    let store = Sqlite::open(&dir.path().join("aisp.db")).expect("a store");
    let kept: HashSet<String> = drain_all(&store).into_iter().map(|record| record.uid).collect();
    assert!(confirmed.len() > 500, "{} calls are no test", confirmed.len());
    assert_eq!(confirmed.difference(&kept).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn a_backup_has_all_that_was_confirmed_before_it_and_stops_nobody() {
    let dir = tempfile::tempdir().expect("a folder");
    go(dir.path());
    let store = Sqlite::open(&dir.path().join("aisp.db")).expect("a store");
    let confirmed = Arc::new(Mutex::new(HashSet::new()));
    let writers: Vec<Writer> = (0..3).map(|_| Writer::start(dir.path(), &confirmed)).collect();
    let wait_for_more = || {
        let (enough, since) = (confirmed.lock().len() + 100, Instant::now());
        while confirmed.lock().len() < enough {
            assert!(since.elapsed() < Duration::from_secs(30), "the writers stand still");
            thread::sleep(Duration::from_millis(10));
        }
    };
    for round in 1..=5 {
        wait_for_more();
        let before = confirmed.lock().clone();
        let copy = dir.path().join(round.to_string());
        fs::create_dir(&copy).expect("a folder");
        let backup = store::backup(&store, &copy.join("aisp.db")).expect("a backup");
        let during = confirmed.lock().len() - before.len();
        println!("{} bytes in {} ms, {during} calls meanwhile", backup.bytes, backup.took_ms);
        assert_whole(&copy);
        let restored = Sqlite::open(&copy.join("aisp.db")).expect("it is a store");
        let kept: HashSet<String> = drain_all(&restored).into_iter().map(|record| record.uid).collect();
        assert_eq!(before.difference(&kept).collect::<Vec<_>>(), Vec::<&String>::new(), "of {}", before.len());
        assert!(Ask::new().passes(&restored));
    }
    wait_for_more();
    drop(writers);
    assert_whole(dir.path());
}

/// A process that writes until this is dropped.
struct Writer(Child);

impl Writer {
    fn start(folder: &Path, confirmed: &Arc<Mutex<HashSet<String>>>) -> Self {
        let (mut child, confirmed) = (start("write", folder), Arc::clone(confirmed));
        let said = lines(&mut child);
        thread::spawn(move || said.for_each(|uid| _ = confirmed.lock().insert(uid)));
        Self(child)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_backup_for_which_there_is_no_room_says_so_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Sqlite::open(&dir.path().join("aisp.db")).expect("a store");
    (0..100).for_each(|n| Keep::new(hash(n), vec![b'x'; 10_000]).settle(&store));
    go(dir.path());
    let mut child = start_with("trap '' XFSZ; ulimit -f 200;", "backup", dir.path());
    let said: Vec<String> = lines(&mut child).collect();
    assert!(child.wait().expect("an end").success());
    assert!(said[0].starts_with("cannot be written: "), "{said:?}");
    let left = fs::read_dir(dir.path()).expect("a folder").filter_map(Result::ok).map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("full")).collect();
    assert!(left.is_empty(), "{left:?}");
}

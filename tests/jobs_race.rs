//! The queue under many workers, under workers that are killed, and on a disk that is full.
//!
//! The processes are this test binary itself, started again with a task in its environment.

#[path = "support/jobs.rs"]
mod jobs;
#[path = "support/processes.rs"]
mod processes;
#[path = "support/store.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use aisp::audit::Record;
use aisp::clock::{Clock, now_us};
use aisp::store::sqlite::Sqlite;
use aisp::store::{
    Admission, Arrival, ClaimedJob, Enqueued, EventFilter, ItemEnd, ItemState, Job, JobClaim, JobFilter, JobState,
    Lease, NewJob, Parting, Queue, Settlement, Store, StoreError, Verdict,
};
use jobs::{asks, lease, new, of};
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::Pid;
use processes::{assert_whole, go, lines, say, start, start_with, task};
use support::Ask;

const WORKERS: usize = 4;
const ITEMS: u32 = 3;
/// Long enough for a worker that lives, short enough to wait for the end of one of a worker that was killed.
const LEASE: Duration = Duration::from_millis(1_500);
/// Where a worker may die, in the order in which it comes there.
const POINTS: [&str; 6] = ["claimed", "asked", "answered", "settled", "ended", "finished"];

/// What a process that was started by [`start`] does. In an ordinary run there is no task.
#[test]
fn child() {
    let Some((task, store)) = task() else { return };
    match task.split_once(' ').unwrap_or((&task, "")) {
        ("empty", _) => empty(&store),
        ("work", point) => work(&store, &mut Death::at(point)),
        ("pause", _) => pause(&store),
        ("fill", _) => fill(&store),
        other => panic!("no such task: {other:?}"),
    }
}

fn open(folder: &Path) -> Sqlite {
    Sqlite::open(&folder.join("aisp.db")).expect("a store")
}

fn is_long() -> bool {
    std::env::var_os("AISP_LONG").is_some()
}

/// Works until there has been nothing to do for longer than a lease.
fn each_job(store: &Sqlite, mut f: impl FnMut(&ClaimedJob)) {
    let mut idle = Instant::now();
    while idle.elapsed() < LEASE + Duration::from_millis(500) {
        let now_us = now_us();
        let claim = JobClaim { now_us, site: None, id: None, max: 1, lease_us: now_us + LEASE.as_micros() as i64 };
        match store.claim_jobs(&claim).expect("a store").first() {
            Some(claimed) => {
                f(claimed);
                idle = Instant::now();
            }
            None => thread::sleep(Duration::from_millis(2)),
        }
    }
}

fn end(store: &Sqlite, claimed: &ClaimedJob) -> bool {
    let (event, body, now_us) = (lease(claimed).event(), lease(claimed).event_body(), now_us());
    let (source, kind, sent_s) = (Lease::SOURCE, Some("job.done"), Some(now_us / 1_000_000));
    let event = Arrival { now_us, site: &claimed.job.site, source, event: &event, kind, sent_s, body: &body };
    let end = Parting::End { error: None, keep_us: i64::MAX, event: Some(&event), next: None };
    store.part(lease(claimed), now_us, end).expect("a store")
}

/// Ends jobs without doing anything for them.
fn empty(store: &Sqlite) {
    each_job(store, |claimed| {
        assert!(store.end_item(of(claimed, 0), now_us(), ItemEnd::Done(b"")).expect("a store"));
        assert!(end(store, claimed));
        say(&claimed.job.id);
    });
}

/// Where a worker kills itself, after it has come there so often.
struct Death<'a> {
    point: &'a str,
    after: u32,
}

impl<'a> Death<'a> {
    fn at(point: &'a str) -> Self {
        Self { point, after: fastrand::u32(1..8) }
    }

    fn comes_to(&mut self, point: &str) {
        if point == self.point {
            self.after -= 1;
            if self.after == 0 {
                raise(Signal::SIGKILL).expect("dead");
            }
        }
    }
}

/// Asks what each item asks, as the gateway does, and says what was paid for. Leaves a job whose lease it has lost.
fn work(store: &Sqlite, death: &mut Death<'_>) {
    each_job(store, |claimed| {
        death.comes_to("claimed");
        for item in store.open_items(lease(claimed), 0, ITEMS).expect("a store") {
            let item_of = of(claimed, item.n);
            let ask = Ask { clock: Clock::System, ..Ask::new() };
            let admission = Admission { item: Some(item_of), ..ask.admission() };
            let answer = match store.admit(&admission).expect("a store") {
                Verdict::Hit { entry, .. } => entry.body,
                Verdict::Miss { .. } => {
                    death.comes_to("asked");
                    say(&format!("{} {}", claimed.job.id, item.n));
                    let answer = [b"re: ", item.request.as_slice()].concat();
                    death.comes_to("answered");
                    let record = Record { status_code: 200, ..ask.record.clone() };
                    let settlement = Settlement::plain(&record, now_us());
                    let settlement = Settlement { item: Some(item_of), answer: Some(&answer), ..settlement };
                    store.settle(&settlement).expect("a store");
                    death.comes_to("settled");
                    answer
                }
                Verdict::Lost => return,
                other => panic!("{other:?}"),
            };
            if !store.end_item(item_of, now_us(), ItemEnd::Done(&answer)).expect("a store") {
                return;
            }
            death.comes_to("ended");
        }
        end(store, claimed);
        death.comes_to("finished");
    });
}

/// Takes a job and stops; once it goes on, tries to write what it has, and says whether anything was taken.
fn pause(store: &Sqlite) {
    let now_us = now_us();
    let claim = JobClaim { now_us, site: None, id: None, max: 1, lease_us: now_us + 1 };
    let claimed = store.claim_jobs(&claim).expect("a store").remove(0);
    say("has it");
    raise(Signal::SIGSTOP).expect("stopped");
    let ended = store.end_item(of(&claimed, 0), now_us, ItemEnd::Done(b"late")).expect("a store");
    say(&format!("{ended} {}", end(store, &claimed)));
}

/// Enqueues until nothing more fits, and says what was taken.
fn fill(store: &Sqlite) {
    let items = vec![vec![b'x'; 2_000]; 40];
    for n in 0.. {
        let id = n.to_string();
        match store.enqueue(&NewJob { items: &items, ..new(&id) }) {
            Ok(enqueued) => assert_eq!(enqueued, Enqueued::New),
            Err(error) => {
                assert!(matches!(error, StoreError::Failed { .. }), "{error:?}");
                return say("full");
            }
        }
        say(&id);
    }
}

/// All that is kept, oldest first.
fn kept(store: &Sqlite) -> Vec<Job> {
    let mut jobs = store.jobs(&JobFilter { max: u32::MAX, ..JobFilter::default() }).expect("jobs");
    jobs.reverse();
    jobs
}

fn jobs_told(store: &Sqlite) -> BTreeSet<String> {
    let events = store.events(&EventFilter { max: u32::MAX, ..EventFilter::default() }).expect("events");
    let jobs: Vec<String> = events.iter().map(|event| event.event.split(':').next().unwrap_or("").to_owned()).collect();
    let each: BTreeSet<String> = jobs.iter().cloned().collect();
    assert_eq!(each.len(), jobs.len(), "no end is told twice");
    each
}

#[test]
fn four_workers_do_each_of_many_jobs_once_and_starve_nobody() {
    const FEW: usize = 10;
    let many = if is_long() { 10_000 } else { 2_000 };
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let items = asks(1);
    for n in 0..many {
        let (id, site) = (n.to_string(), if n < many - FEW { "many" } else { "few" });
        store.enqueue(&NewJob { site, items: &items, ..new(&id) }).expect("enqueued");
    }
    let mut workers: Vec<Child> = (0..WORKERS).map(|_| start("empty", dir.path())).collect();
    go(dir.path());
    let heard: Vec<_> = workers.iter_mut().map(lines).map(|said| thread::spawn(|| said.collect())).collect();
    let done: Vec<Vec<String>> = heard.into_iter().map(|said| said.join().expect("a list")).collect();
    assert!(workers.iter_mut().all(|worker| worker.wait().expect("an end").success()));

    let each: BTreeSet<&String> = done.iter().flatten().collect();
    assert_eq!((each.len(), done.iter().flatten().count()), (many, many), "each once");
    assert_eq!(jobs_told(&store).len(), many);
    let mut jobs = kept(&store);
    assert!(jobs.iter().all(|job| job.state == JobState::Done && job.attempts == 1));
    jobs.sort_by_key(|job| job.started_us);
    let last = jobs.iter().rposition(|job| job.site == "few").expect("they are done");
    let shares: Vec<usize> = done.iter().map(Vec::len).collect();
    println!("{many} jobs, by worker {shares:?}; the {FEW} jobs of one site were had among the first {}", last + 1);
    assert!(last < 4 * FEW, "{last}");
    assert!(shares.iter().all(|share| *share > many / WORKERS / 10), "{shares:?}");
    assert_whole(dir.path());
}

/// Starts one worker after the other, each of which dies, until so many are dead; the last one does not. What they paid for,
/// and at which point they died.
fn succession(folder: &Path, kills: usize) -> (Vec<String>, Vec<&'static str>) {
    let (mut paid, mut deaths) = (Vec::new(), Vec::new());
    for turn in 0..=kills {
        let point = POINTS.get(fastrand::usize(..=POINTS.len())).copied().filter(|_| turn < kills);
        let mut worker = start(&format!("work {}", point.unwrap_or("")), folder);
        let said = lines(&mut worker);
        let hear = thread::spawn(|| said.collect::<Vec<String>>());
        if point.is_none() && turn < kills {
            thread::sleep(Duration::from_millis(fastrand::u64(5..100)));
            worker.kill().expect("SIGKILL");
        }
        let survived = worker.wait().expect("an end").success();
        paid.extend(hear.join().expect("a list"));
        if !survived {
            deaths.push(point.unwrap_or("anywhere"));
        }
    }
    (paid, deaths)
}

#[test]
fn each_job_is_done_once_and_none_is_lost_while_workers_are_killed() {
    let (jobs, kills) = if is_long() { (2_000, 260) } else { (100, 5) };
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let items = asks(ITEMS);
    for n in 0..jobs {
        let id = n.to_string();
        store.enqueue(&NewJob { items: &items, ..new(&id) }).expect("enqueued");
    }
    go(dir.path());
    let (paid, deaths): (Vec<_>, Vec<_>) = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| succession(dir.path(), kills))).collect();
        workers.into_iter().map(|worker| worker.join().expect("an end")).unzip()
    });

    let mut by_point: BTreeMap<&str, u32> = BTreeMap::new();
    deaths.iter().flatten().for_each(|point| *by_point.entry(point).or_default() += 1);
    let paid: Vec<&String> = paid.iter().flatten().collect();
    let once: BTreeSet<&&String> = paid.iter().collect();
    let queue = store.status(now_us()).expect("figures").queue;
    let (twice, again) = (paid.len() - once.len(), queue.asked_again);
    println!("{jobs} jobs of {ITEMS} items, workers killed: {by_point:?}");
    println!("{} leases ran out; paid twice: {twice}; asked again: {again}", queue.abandoned);

    for job in kept(&store) {
        assert_eq!((job.state, job.done, job.failed), (JobState::Done, ITEMS, 0), "{}", job.id);
        for (n, item) in store.job_items("1", &job.id, 0, ITEMS).expect("items").iter().enumerate() {
            assert_eq!((item.state, item.result.as_slice()), (ItemState::Done, format!("re: ask {n}").as_bytes()));
        }
    }
    assert_eq!(jobs_told(&store).len(), jobs);
    assert_eq!(once.len(), jobs * ITEMS as usize, "each item was asked");
    assert!(twice as u64 <= again, "what is paid twice is counted");
    assert!(deaths.iter().flatten().count() >= WORKERS * kills / 2, "{deaths:?} are no test");
    assert_whole(dir.path());
}

#[test]
fn a_worker_that_was_stopped_past_its_lease_overwrites_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    jobs::put(&store, new("a"));
    go(dir.path());
    let mut late = start("pause", dir.path());
    let mut said = lines(&mut late);
    assert_eq!(said.next().as_deref(), Some("has it"));
    let second = jobs::claim(&store, 1, now_us() + 1_000_000).remove(0);
    assert!(jobs::done(&store, &second, 0) && jobs::finish(&store, &second));
    let before = (kept(&store), store.job_items("1", "a", 0, 9).expect("items"));
    // It may be about to stop, and does not hear what it was told before.
    let pid = Pid::from_raw(late.id() as i32);
    let ended = loop {
        kill(pid, Signal::SIGCONT).expect("it is there until it is waited for");
        match late.try_wait().expect("a look") {
            Some(ended) => break ended,
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    assert!(ended.success());
    assert_eq!(said.next().as_deref(), Some("false false"));
    assert_eq!(before, (kept(&store), store.job_items("1", "a", 0, 9).expect("items")));
}

#[test]
fn where_the_disk_is_full_a_job_is_taken_whole_or_not_at_all() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    go(dir.path());
    // No file may become larger than a megabyte or two, whatever the shell counts in.
    let mut filler = start_with("trap '' XFSZ; ulimit -f 2000;", "fill", dir.path());
    let said: Vec<String> = lines(&mut filler).collect();
    assert!(filler.wait().expect("an end").success());
    let (full, taken) = said.split_last().expect("it said something");
    assert_eq!((full.as_str(), taken.len() > 5), ("full", true));
    let jobs = kept(&store);
    assert_eq!(jobs.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), taken);
    for job in &jobs {
        assert_eq!(store.job_items("1", &job.id, 0, 99).expect("items").len(), 40);
    }
    assert_eq!(store.status(now_us()).expect("figures").queue.queued, taken.len() as u64);
    let items = asks(1);
    assert_eq!(store.enqueue(&NewJob { items: &items, ..new("later") }), Ok(Enqueued::New));
    assert_whole(dir.path());
}

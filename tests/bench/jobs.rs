//! The queue of jobs: what it costs to put one in and to get one out, and whether that grows with the queue.
//!
//! `cargo bench --no-default-features --bench jobs`. The file is on the disk of the build folder, because that is what an
//! enqueue waits for; what the disk itself takes is printed beside it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use aisp::clock::now_us;
use aisp::store::sqlite::Sqlite;
use aisp::store::{JobClaim, NewJob, Queue, Store};
use rusqlite::Connection;

const ENQUEUED: usize = 1_000;
const CLAIMED: usize = 2_000;
/// The turns in which queues of different length are claimed from, so that a noisy machine tells the same of each.
const TURNS: usize = 10;
const SITES: u64 = 10;

fn main() {
    let dir = tempfile::tempdir_in(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target")).expect("a folder");
    println!("Jobs, medians");
    let (mut synced, mut enqueued) = (written(dir.path()), enqueue(dir.path()));
    row("4 KiB written and on the disk", &mut synced);
    row("enqueue", &mut enqueued);

    let sizes = [10_000, 100_000, 1_000_000];
    let stores = sizes.map(|jobs| filled(&dir.path().join(format!("{jobs}.db")), jobs));
    let mut times: [Vec<f64>; 3] = Default::default();
    for _ in 0..TURNS {
        for (store, times) in stores.iter().zip(&mut times) {
            times.extend((0..CLAIMED / TURNS).map(|_| time(|| claim(store))));
        }
    }
    for (jobs, times) in sizes.iter().zip(&mut times) {
        row(&format!("claim, {jobs} queued"), times);
    }
    println!("  {:<44} {:>9.2}", "1000000 to 10000", median(&mut times[2]) / median(&mut times[0]));
    let mut status: Vec<f64> = (0..50).map(|_| time(|| _ = stores[2].status(now_us()).expect("figures"))).collect();
    row("status, 1000000 queued", &mut status);
}

/// How long the disk takes.
fn written(folder: &Path) -> Vec<f64> {
    let mut file = File::create(folder.join("written")).expect("a file");
    let mut write = || {
        file.write_all(&[b'x'; 4_096]).expect("written");
        file.sync_data().expect("on the disk");
    };
    (0..ENQUEUED).map(|_| time(&mut write)).collect()
}

fn enqueue(folder: &Path) -> Vec<f64> {
    let store = Sqlite::open(&folder.join("enqueue.db")).expect("a store");
    let items = [vec![b'x'; 500]];
    let put = |n: usize| {
        let id = format!("{n:032x}");
        time(|| _ = store.enqueue(&new(&id, &items)).expect("enqueued"))
    };
    (0..ENQUEUED).map(put).collect()
}

fn new<'a>(id: &'a str, items: &'a [Vec<u8>]) -> NewJob<'a> {
    let now_us = now_us();
    let (site, client, source, kind, about) = ("1", "", "bench", "infer", &[b'x'; 300]);
    NewJob { now_us, id, site, user_id: 1, client, source, kind, priority: 5, run_us: now_us, key: None, about, items }
}

/// A queue of so many jobs of ten sites. The first is enqueued; the others are copies of it, because that is quicker.
fn filled(path: &Path, jobs: u64) -> Sqlite {
    let store = Sqlite::open(path).expect("a store");
    store.enqueue(&new("first", &[vec![b'x'; 500]])).expect("enqueued");
    let columns = "user_id, client, source, kind, state, ready, priority, total, done, failed, attempts, fence, deaths, \
        created_us, due_us, about";
    let copies = format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {jobs} - 1)
        INSERT INTO job (uid, site, {columns}) SELECT printf('%032x', n), '' || (n % {SITES}), {columns} FROM n, job WHERE uid = 'first';
        INSERT INTO job_item (id, state, attempts, request, result) SELECT (id << 20), 0, 0, zeroblob(500), x'' FROM job WHERE uid != 'first';
        INSERT OR IGNORE INTO job_lane (site, turn) SELECT site, id + 1 FROM job ORDER BY id LIMIT {SITES} + 1;
        PRAGMA wal_checkpoint(TRUNCATE);"
    );
    Connection::open(path).and_then(|conn| conn.execute_batch(&copies)).expect("copied");
    assert_eq!(store.status(now_us()).expect("figures").queue.queued, jobs);
    store
}

fn claim(store: &Sqlite) {
    let now_us = now_us();
    let claim = JobClaim { now_us, site: None, id: None, max: 1, lease_us: now_us + 3_600_000_000 };
    assert_eq!(store.claim_jobs(&claim).expect("a claim").len(), 1);
}

/// In microseconds.
fn time(f: impl FnOnce()) -> f64 {
    let since = Instant::now();
    f();
    since.elapsed().as_secs_f64() * 1e6
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn row(name: &str, times: &mut [f64]) {
    let median = median(times);
    println!("  {name:<44} {median:>9.1} us   (p99 {:.1})", times[times.len() * 99 / 100]);
}

//! What the tests of the queue share: jobs to put into it, and workers.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use aisp::store::{
    ClaimedJob, Enqueued, ItemEnd, Job, JobClaim, JobFilter, Lease, NewJob, OfJob, Parked, Parting, Store, Wait,
};

/// When jobs are enqueued, unless they say otherwise.
pub const ENQUEUED: i64 = 1_700_000_000_000_000;
/// How long a worker has a job.
pub const LEASE_US: i64 = 60_000_000;
/// How long a job that has ended is kept.
pub const KEEP_US: i64 = 86_400_000_000;

/// A job of user 7 in site 1.
pub fn new(id: &str) -> NewJob<'_> {
    NewJob {
        now_us: ENQUEUED,
        id,
        site: "1",
        user_id: 7,
        client: "",
        source: "",
        kind: "infer",
        priority: 5,
        run_us: ENQUEUED,
        key: None,
        about: b"",
        items: &[],
    }
}

pub fn with_items<'a>(id: &'a str, items: &'a [Vec<u8>]) -> NewJob<'a> {
    NewJob { items, ..new(id) }
}

/// What the items of a job ask.
pub fn asks(items: u32) -> Vec<Vec<u8>> {
    (0..items).map(|n| format!("ask {n}").into_bytes()).collect()
}

/// Enqueues a job that is new, with one item unless it has some.
pub fn put(store: &dyn Store, job: NewJob<'_>) {
    let one = asks(1);
    let items = if job.items.is_empty() { &one } else { job.items };
    assert_eq!(store.enqueue(&NewJob { items, ..job }).expect("the store works"), Enqueued::New);
}

pub fn claim(store: &dyn Store, max: u32, now_us: i64) -> Vec<ClaimedJob> {
    let claim = JobClaim { now_us, site: None, id: None, max, lease_us: now_us + LEASE_US };
    store.claim_jobs(&claim).expect("the store works")
}

pub fn ids(claimed: &[ClaimedJob]) -> String {
    claimed.iter().map(|claimed| claimed.job.id.as_str()).collect::<Vec<_>>().join(" ")
}

pub fn lease(claimed: &ClaimedJob) -> Lease<'_> {
    Lease { id: &claimed.job.id, fence: claimed.fence }
}

pub fn of(claimed: &ClaimedJob, n: u32) -> OfJob<'_> {
    OfJob { lease: lease(claimed), n }
}

pub fn done(store: &dyn Store, claimed: &ClaimedJob, n: u32) -> bool {
    store.end_item(of(claimed, n), ENQUEUED, ItemEnd::Done(b"answer")).expect("the store works")
}

/// Ends a job that has gone well, as far as its worker knows.
pub fn finish(store: &dyn Store, claimed: &ClaimedJob) -> bool {
    let end = Parting::End { error: None, keep_us: ENQUEUED + KEEP_US, event: None, next: None };
    store.part(lease(claimed), ENQUEUED, end).expect("the store works")
}

/// A job as it is kept.
pub fn job(store: &dyn Store, id: &str) -> Job {
    let found = store.jobs(&JobFilter { id: Some(id), max: 1, ..JobFilter::default() }).expect("the store works");
    found.into_iter().next().expect("it is there")
}

/// Calls a job of site 1 off.
pub fn cancel(store: &dyn Store, id: &str, now_us: i64) -> Option<Job> {
    let (items, told) = (asks(1), format!("{id}-told"));
    let next = NewJob { now_us, run_us: now_us, kind: "cancel", items: &items, ..new(&told) };
    store.cancel_job("1", id, now_us, now_us + KEEP_US, &next).expect("the store works")
}

/// Waits for what a provider calls `token`.
pub fn wait<'a>(token: &'a str, due_us: i64, parked: &'a [Parked<'a>]) -> Parting<'a> {
    Parting::Wait(Wait { due_us, about: token.as_bytes(), token, error: None, parked })
}

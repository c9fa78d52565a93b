//! Jobs: work that outlives a request. The store keeps their order, their leases and what became of them; what an item asks
//! and what it was answered are bytes to it, which the gateway has sealed.
//!
//! A worker holds a lease with a *fence*, a number that grows with each lease of the job. Whatever a worker writes names its
//! fence; one that comes back after its lease writes nothing.

mod parting;
mod state;

pub use parting::{Parked, Parting, Wait};
pub use state::{ItemState, JobState};

use super::{Arrival, StoreError};

/// How often in a row workers may die over a job, none of its items having ended, until it is given up.
pub const MAX_DEATHS: u32 = 5;
/// The error of a job that was given up.
pub const ABANDONED: &str = "job_abandoned";
/// How long such a job is kept for somebody to look at, in microseconds.
pub const ABANDONED_KEPT_US: i64 = 30 * 86_400 * 1_000_000;
/// The highest priority, first in its site's queue.
pub const MAX_PRIORITY: u8 = 9;
/// The most items of one job.
pub const MAX_ITEMS: usize = 100_000;

/// A job on its way in.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
    /// Its public id; nobody can guess it.
    pub id: &'a str,
    /// The site. Nothing is shared between two sites.
    pub site: &'a str,
    /// The WordPress user; 0 for nobody.
    pub user_id: u64,
    /// The outside client; empty for nobody.
    pub client: &'a str,
    /// The plugin or feature that asks.
    pub source: &'a str,
    /// What its worker has to do: `infer`, `callback`, `cancel`.
    pub kind: &'a str,
    /// 0 to [`MAX_PRIORITY`]: the higher is first, within its site.
    pub priority: u8,
    /// Not before this time, in microseconds since the epoch.
    pub run_us: i64,
    /// A key by which a second enqueue is known, with a hash of what is enqueued; unique per site and owner (user and client).
    pub key: Option<(&'a str, &'a super::Hash)>,
    /// What else the gateway wants to know of it: bytes that the store keeps for as long as the job.
    pub about: &'a [u8],
    /// What each item asks, in order; at least one.
    pub items: &'a [Vec<u8>],
}

/// What became of a job on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enqueued {
    /// It was put into the queue.
    New,
    /// The same was enqueued before, as the job of this id.
    Same(String),
    /// The key was used before for something else.
    Conflict,
}

/// A job as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Job {
    pub id: String,
    pub site: String,
    pub user_id: u64,
    pub client: String,
    pub source: String,
    pub kind: String,
    pub state: JobState,
    pub priority: u8,
    pub about: Vec<u8>,
    /// How many items it has, and how many of them were answered and how many ended without an answer.
    pub total: u32,
    pub done: u32,
    pub failed: u32,
    /// How often a worker had it.
    pub attempts: u32,
    /// Why it failed, or why it waits, in the gateway's vocabulary.
    pub error: Option<String>,
    /// When it was enqueued, first had by a worker, and ended, in microseconds since the epoch.
    pub created_us: i64,
    pub started_us: Option<i64>,
    pub ended_us: Option<i64>,
    /// When a worker may have it next, when its lease ends, or when it is looked after, in microseconds since the epoch.
    pub due_us: i64,
    /// When a result that waited for somebody's word was accepted.
    pub accepted_us: Option<i64>,
}

/// An item of a job as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobItem {
    /// Its place in the job, counted from 0.
    pub n: u32,
    /// Where it stands.
    pub state: ItemState,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// What it asks; empty once nobody needs that any more.
    pub request: Vec<u8>,
    /// What it was answered, as the gateway keeps it; empty if it was not.
    pub result: Vec<u8>,
    /// Why it failed, or failed last, in the gateway's vocabulary.
    pub error: Option<String>,
    /// What the gateway keeps of the call that a provider works on, or worked on when the job was called off; else empty.
    pub call: Vec<u8>,
}

/// A lease on a job: what every write of its worker names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease<'a> {
    /// The job's public id.
    pub id: &'a str,
    /// Grows with each lease of the job.
    pub fence: i64,
}

impl Lease<'_> {
    /// The source of the inbox that jobs tell of their end under. No policy can name one like this.
    pub const SOURCE: &'static str = ":job";
    /// What a job is told as all of whose items were answered.
    pub const COMPLETED: &'static str = "job.completed";
    /// What a job that has failed is told as.
    pub const FAILED: &'static str = "job.failed";

    /// The id of the event that tells of the end of the job under this lease: each end is told once.
    pub fn event(&self) -> String {
        format!("{}:{}", self.id, self.fence)
    }

    /// The body of that event.
    pub fn event_body(&self) -> Vec<u8> {
        serde_json::json!({ "id": self.id }).to_string().into_bytes()
    }
}

/// An item that a call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfJob<'a> {
    /// The worker's lease.
    pub lease: Lease<'a>,
    /// The item's place.
    pub n: u32,
}

/// Which jobs a worker takes.
#[derive(Debug, Clone, Copy)]
pub struct JobClaim<'a> {
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
    /// Only of this site; else of all in turn, so that none is held up by another's queue.
    pub site: Option<&'a str>,
    /// Only this one. If a provider works on it, it need not be due: whoever names it knows better.
    pub id: Option<&'a str>,
    /// No more than this.
    pub max: u32,
    /// Until when they are the worker's, in microseconds since the epoch.
    pub lease_us: i64,
}

/// A job in a worker's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// The job.
    pub job: Job,
    /// The fence of its lease.
    pub fence: i64,
}

/// How a worker has fared with an item.
#[derive(Debug, Clone, Copy)]
pub enum ItemEnd<'a> {
    /// It was answered: what is kept of that.
    Done(&'a [u8]),
    /// It ends without an answer, for this reason.
    Failed(&'a str),
    /// It will be tried again, after it failed for this reason. This counts as an attempt in vain.
    Again(&'a str),
}

/// Which jobs are looked at: those that match every part that is given.
#[derive(Debug, Default, Clone, Copy)]
#[allow(missing_docs)]
pub struct JobFilter<'a> {
    pub site: Option<&'a str>,
    pub id: Option<&'a str>,
    pub user_id: Option<u64>,
    pub client: Option<&'a str>,
    pub source: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub state: Option<JobState>,
    /// Only jobs that were enqueued before the one of this id.
    pub before: Option<&'a str>,
    /// Only jobs that ended before this, in microseconds since the epoch.
    pub ended_before_us: Option<i64>,
    /// No more than this.
    pub max: u32,
}

/// The queue as `aisp_status()` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct QueueStatus {
    pub queued: u64,
    pub running: u64,
    pub waiting: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
    /// When the oldest job that a worker could have now became due, in microseconds since the epoch.
    pub oldest_due_us: Option<i64>,
    /// How often a provider was asked again because a worker died between its question and the settlement.
    pub asked_again: u64,
    /// How often a lease ran out.
    pub abandoned: u64,
}

/// The queue of an engine. Every method is one transaction; those that say so survive a power cut once they return.
pub trait Queue {
    /// Puts a job into the queue, all of it or nothing. Survives a power cut.
    fn enqueue(&self, job: &NewJob<'_>) -> Result<Enqueued, StoreError>;

    /// Hands out jobs that are due, each with a new fence: of several sites in turn, within a site by priority and then by age.
    /// A job whose lease has run out is due; one over which [`MAX_DEATHS`] workers in a row have died without any item having
    /// ended has failed instead, with the error `job_abandoned`. Items that were asked and not settled are open again, and
    /// counted in [`QueueStatus::asked_again`]. The inbox is told of one that was given up, in the same transaction, as an event
    /// of [`Lease::SOURCE`] and [`Lease::FAILED`] for its last lease; it is kept for [`ABANDONED_KEPT_US`].
    fn claim_jobs(&self, claim: &JobClaim<'_>) -> Result<Vec<ClaimedJob>, StoreError>;

    /// Renews a lease until `lease_us`, and says whether it is still the worker's: not if it ran out and was handed on, nor if
    /// the job was cancelled.
    fn renew_job(&self, lease: Lease<'_>, lease_us: i64) -> Result<bool, StoreError>;

    /// The first `max` items of a job, from place `from`, that are open; none if the lease is lost.
    fn open_items(&self, lease: Lease<'_>, from: u32, max: u32) -> Result<Vec<JobItem>, StoreError>;

    /// The same for those that a provider works on.
    fn waiting_items(&self, lease: Lease<'_>, from: u32, max: u32) -> Result<Vec<JobItem>, StoreError>;

    /// Writes what became of an item, and says whether the lease still held; if not, nothing is written, nor if the item has
    /// ended before. What is done keeps no request; an answer that was settled for the item is dropped. Survives a power cut.
    fn end_item(&self, of: OfJob<'_>, now_us: i64, end: ItemEnd<'_>) -> Result<bool, StoreError>;

    /// Ends a worker's turn with a job, and says whether the lease still held; if not, nothing is written. Items that were
    /// asked and not settled are open again. Survives a power cut.
    fn part(&self, lease: Lease<'_>, now_us: i64, parting: Parting<'_>) -> Result<bool, StoreError>;

    /// Calls a job off unless it has ended, and hands back how it stands now; `None` if the site has none of this id. A worker
    /// that has it loses its lease. It is kept until `keep_us`. If a provider works on an item of it, `next` is enqueued in the
    /// same transaction, with what the gateway keeps of the job; the item is open again, and its call is still to be settled.
    fn cancel_job(
        &self,
        site: &str,
        id: &str,
        now_us: i64,
        keep_us: i64,
        next: &NewJob<'_>,
    ) -> Result<Option<Job>, StoreError>;

    /// A provider tells that the work that it calls `token` has ended: the job of the site that waits for it is due, and says
    /// whether there is one. If a worker has the job just now, it is due as soon as that one would have it wait on.
    fn wake_job(&self, site: &str, token: &str, now_us: i64) -> Result<bool, StoreError>;

    /// Puts a job that has failed or was cancelled back into the queue, with the items that were not answered, and hands back
    /// how it stands now; one in another state stays as it is. `None` if the site has none of this id.
    fn retry_job(&self, site: &str, id: &str, now_us: i64) -> Result<Option<Job>, StoreError>;

    /// Accepts the result of a job that is done, once, and tells the inbox of it in the same transaction; hands back how the
    /// job stands now. `None` if the site has none of this id. Survives a power cut.
    fn accept_job(&self, site: &str, id: &str, now_us: i64, event: &Arrival<'_>) -> Result<Option<Job>, StoreError>;

    /// The newest jobs that match.
    fn jobs(&self, filter: &JobFilter<'_>) -> Result<Vec<Job>, StoreError>;

    /// The first `max` items of a job of a site from place `from` on; none if there is no such job.
    fn job_items(&self, site: &str, id: &str, from: u32, max: u32) -> Result<Vec<JobItem>, StoreError>;

    /// Drops jobs that match and have ended, and says how many there were.
    fn purge_jobs(&self, filter: &JobFilter<'_>) -> Result<u64, StoreError>;
}

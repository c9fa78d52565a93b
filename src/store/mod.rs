//! What outlives a request: limits, cached answers, the spool of log records, and counters.
//!
//! A call touches the store twice: [`Store::admit`] before the provider is asked and [`Store::settle`] after it. Each is
//! one round trip and atomic. Everything is written so that a worker may be killed between the two.

mod backup;
mod breaker;
mod budget;
mod call;
mod collect;
mod counts;
mod fallback;
mod flight;
mod handle;
mod inbox;
mod job;
mod location;
mod metrics;
pub mod sqlite;

pub use backup::{Backup, BackupError, backup};
pub use breaker::{BreakerStatus, Heed, Report, Way, breaker_key, breaker_parts};
pub use budget::{Alert, Budget, BudgetState, Claim};
pub use call::{Admission, Entry, Limit, LimitState, Peek, Settlement, Verdict, Write};
pub use counts::{Counts, Queued};
pub use fallback::admit as admit_without_store;
pub use flight::{Boarding, Landing};
pub use handle::{after_fork_in_child, close, with};
pub use inbox::{Arrival, Event, EventFilter, Handled, MAX_ATTEMPTS, State};
pub use job::{
    ABANDONED, ABANDONED_KEPT_US, ClaimedJob, Enqueued, ItemEnd, ItemState, Job, JobClaim, JobFilter, JobItem,
    JobState, Lease, MAX_DEATHS, MAX_ITEMS, MAX_PRIORITY, NewJob, OfJob, Parked, Parting, Queue, QueueStatus, Wait,
};
pub use location::{BadLocation, Location};
pub use metrics::{Group, MINUTE_US, Metrics, MetricsFilter, Point, Slice, Step, Total};

use std::path::Path;

use thiserror::Error;

use crate::audit::Record;

/// One engine. [`Store::admit`], [`Store::settle`] and [`Store::ack`] are atomic; nothing keeps a lock or a transaction beyond
/// its return.
pub trait Store: Queue {
    /// Decides whether a call may run: lease, throttle, cache, flight, breaker, quota, budget, in this order.
    ///
    /// - The call is for an item of a job, and the worker has lost its lease: nothing is charged, and nothing is written.
    /// - Throttled: no limit is charged, the record is written as a refusal.
    /// - A hit: every throttle is charged, no quota is; the record is written as a hit. An answer that was settled for the
    ///   item, which a worker died before ending, is one too.
    /// - Another call is asking the same: every throttle is charged, and a record that says the caller died is written, as
    ///   for a miss.
    /// - The breaker lets none of the route's providers through: every throttle is charged, no quota is. The record is written
    ///   as a refusal, or as stale where an expired answer will do.
    /// - Over quota or budget: every throttle is charged, no quota is; the record is written as a refusal.
    /// - A miss: every throttle and every quota is charged, every budget reserved, and the call leads the flight. A record
    ///   that says the caller died is written, which becomes visible to [`Store::drain`] only at `abandoned_us`, unless
    ///   [`Store::settle`] has replaced it by then. At that time the reservations lapse, too. The item is asked.
    fn admit(&self, call: &Admission<'_>) -> Result<Verdict, StoreError>;

    /// Whether the flight of this leader is still under way.
    fn is_aloft(&self, hash: &Hash, leader: &str, now_us: i64) -> Result<bool, StoreError>;

    /// Renews the lease of a leader until `lease_us`. One that has lost it gets nothing back.
    fn renew(&self, hash: &Hash, leader: &str, lease_us: i64) -> Result<(), StoreError>;

    /// An answer that expired no more than `grace_us` ago, or has not expired.
    fn stale(&self, hash: &Hash, grace_us: i64, now_us: i64) -> Result<Option<Entry>, StoreError>;

    /// The thresholds that budgets of a site, or of all, have reached, each told once.
    fn take_alerts(&self, site: Option<&str>) -> Result<Vec<Alert>, StoreError>;

    /// Makes limits whole again, and says how many were not.
    fn reset(&self, limits: &[Limit], budgets: &[Budget]) -> Result<u64, StoreError>;

    /// Takes a key that may be used once until `until_us`, and says whether it was free.
    fn take_nonce(&self, key: &str, until_us: i64, now_us: i64) -> Result<bool, StoreError>;

    /// Keeps an event of the inbox, and says whether it is new. Once this returns it survives a power cut.
    fn receive(&self, arrival: &Arrival<'_>) -> Result<bool, StoreError>;

    /// Hands out the oldest `max` events that are due, each with a lease until `lease_us`.
    fn claim_events(&self, site: Option<&str>, max: u32, lease_us: i64, now_us: i64) -> Result<Vec<Event>, StoreError>;

    /// Ends a handler's turn with an event, and says whether it was still its own.
    fn event_handled(&self, handled: &Handled<'_>) -> Result<bool, StoreError>;

    /// The newest events that match; their bodies only where one is named.
    fn events(&self, filter: &EventFilter<'_>) -> Result<Vec<Event>, StoreError>;

    /// Puts dead events that match back to be handled, and says how many there were.
    fn replay_events(&self, filter: &EventFilter<'_>, now_us: i64) -> Result<u64, StoreError>;

    /// Drops events that match and are not being handled, and says how many there were.
    fn forget_events(&self, filter: &EventFilter<'_>) -> Result<u64, StoreError>;

    /// The first provider of a route that a call may still ask, or how many microseconds none may be asked. A probe's lease
    /// runs until `lease_us`.
    fn way(&self, route: &[String], now_us: i64, lease_us: i64) -> Result<Result<Way, i64>, StoreError>;

    /// Tells what became of one attempt at a provider, at once, so that all workers know.
    fn report(&self, report: &Report<'_>) -> Result<Heed, StoreError>;

    /// Closes a call: writes the answer to the cache, the final record to the spool, and the counters; replaces what was
    /// reserved by what was spent, gives back what the call was charged for nothing, and ends its flight. The item of a job
    /// gets the answer, and is open again; where the worker has lost its lease the item is left alone.
    fn settle(&self, outcome: &Settlement<'_>) -> Result<(), StoreError>;

    /// What [`Store::admit`] would find. Writes nothing.
    fn peek(&self, call: &Admission<'_>) -> Result<Peek, StoreError>;

    /// Drops the cached answers that match all parts of the selector, and says how many. It goes in steps, so that others need
    /// not wait: what was there at its start is gone at its end. A tag is remembered for as long as a call may take, so that an
    /// answer that was asked for before is not kept after.
    fn invalidate(&self, selector: &Selector<'_>) -> Result<u64, StoreError>;

    /// The oldest `max` records that are complete at `now_us`, of one site or of all. They stay until [`Store::ack`].
    fn drain(&self, max: u32, site: Option<&str>, now_us: i64) -> Result<Vec<Record>, StoreError>;

    /// Drops records by uid, counts them, and says how many there were. Unknown uids are no error.
    fn ack(&self, uids: &[&str]) -> Result<u64, StoreError>;

    /// Figures for `aisp_status()`.
    fn status(&self, now_us: i64) -> Result<Status, StoreError>;

    /// What a site has in the queue, of one kind of jobs, and in the inbox.
    fn counts(&self, site: &str, kind: &str, now_us: i64) -> Result<Counts, StoreError>;

    /// What waits: jobs and events of a site, or of all.
    fn queued(&self, site: Option<&str>) -> Result<Queued, StoreError>;

    /// What calls came to, in the order of time and then of names; those in the spool included.
    fn metrics(&self, filter: &MetricsFilter<'_>) -> Result<Metrics, StoreError>;

    /// What calls of a site, or of all, have come to since the store was made; those in the spool included. No more than 500
    /// combinations of a site and a row an outcome for the rest.
    fn totals(&self, site: Option<&str>, now_us: i64) -> Result<Vec<Total>, StoreError>;

    /// Writes a copy of the store into an empty file, as it is at one moment, and gives the version of its schema. Nobody waits
    /// for it.
    fn copy_into(&self, file: &Path) -> Result<u32, BackupError>;

    /// Work that must not lengthen a call that is answered from the cache: folding the write-ahead log into the database.
    /// Called after a provider was asked, and by [`Store::drain`]. Cheap when there is nothing to do.
    fn maintain(&self) -> Result<(), StoreError>;
}

/// The SHA-256 that names an answer.
pub type Hash = [u8; 32];

/// Which cached answers to drop: those that match every part that is given. All of them if none is.
#[derive(Debug, Default, Clone, Copy)]
#[allow(missing_docs)]
pub struct Selector<'a> {
    pub site: Option<&'a str>,
    pub hash: Option<&'a Hash>,
    pub tag: Option<&'a str>,
    pub model: Option<&'a str>,
    pub provider: Option<&'a str>,
    /// Only answers that were stored before this, in microseconds since the epoch.
    pub before_us: Option<i64>,
    /// Whether the answers are only counted.
    pub dry_run: bool,
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
}

/// The store as `aisp_status()` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Cached answers.
    pub cache_entries: u64,
    /// Their size.
    pub cache_bytes: u64,
    /// The size at which the oldest are dropped.
    pub cache_max_bytes: u64,
    /// Records that wait to be drained, including those of calls still running.
    pub spool: u64,
    /// Records that were lost because nobody drained them before the spool was full.
    pub spool_dropped: u64,
    /// Events of the inbox that wait for a handler, or are with one.
    pub inbox_waiting: u64,
    /// Those that nobody could handle.
    pub inbox_dead: u64,
    /// The queue of jobs.
    pub queue: QueueStatus,
    /// The version of the schema.
    pub schema: u32,
    /// Calls of the last 60 minutes.
    pub calls: u64,
    /// Those of them that the cache answered.
    pub hits: u64,
    /// Those of them that failed or were refused.
    pub errors: u64,
    /// Tokens that providers counted in the last 60 minutes, in and out.
    pub tokens: u64,
    /// What they cost, in millionths of a US dollar, where a price is known.
    pub cost_microusd: u64,
    /// The providers that were called in the last day.
    pub breakers: Vec<BreakerStatus>,
}

/// Why the store cannot be used. The text is for administrators; it holds paths, never data.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// It cannot be opened: path, permission, disk. Mend what the text names.
    #[error("cannot open {path}: {reason}")]
    Open {
        /// The database file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The file is damaged or no database. Move it aside; a new one is made.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The database file.
        path: String,
        /// What SQLite said.
        reason: String,
    },
    /// It was made by a newer version of this module. Update the module on this server.
    #[error("{path} has schema {found}, newer than this module's {known}")]
    Newer {
        /// The database file.
        path: String,
        /// The version in the file.
        found: u32,
        /// The version that this module writes.
        known: u32,
    },
    /// Others kept it locked for too long, or the disk is full.
    #[error("the store failed: {reason}")]
    Failed {
        /// What SQLite said.
        reason: String,
    },
}

//! What outlives a request: limits, cached answers, the spool of log records, and counters.
//!
//! A call touches the store twice: [`Store::admit`] before the provider is asked and [`Store::settle`] after it. Each is
//! one round trip and atomic. Everything is written so that a worker may be killed between the two.

mod breaker;
mod fallback;
mod handle;
mod location;
pub mod sqlite;

pub use breaker::{BreakerStatus, Heed, Report, Way, breaker_key};
pub use fallback::admit as admit_without_store;
pub use handle::{after_fork_in_child, close, with};
pub use location::{BadLocation, Location};

use thiserror::Error;

use crate::audit::Record;
use crate::guard::rate::Quota;

/// One engine. [`Store::admit`], [`Store::settle`] and [`Store::ack`] are atomic; nothing keeps a lock or a transaction beyond
/// its return.
pub trait Store {
    /// Decides whether a call may run: throttle, then the cache, then the quota.
    ///
    /// - Throttled: no limit is charged, the record is written as a refusal.
    /// - A hit: every throttle is charged, no quota is; the record is written as a hit.
    /// - Over quota: every throttle is charged, no quota is; the record is written as a refusal.
    /// - A miss: every throttle and every quota is charged. A record that says the caller died is written, which becomes
    ///   visible to [`Store::drain`] only at `abandoned_us`, unless [`Store::settle`] has replaced it by then.
    ///
    /// Before the quota stands the breaker: if it lets none of the route's providers through, no quota is charged and the
    /// record is written as a refusal. Budgets and the flight lease will stand beside it.
    fn admit(&self, call: &Admission<'_>) -> Result<Verdict, StoreError>;

    /// The first provider of a route that a call may still ask, or how many microseconds none may be asked. A probe's lease
    /// runs until `lease_us`.
    fn way(&self, route: &[String], now_us: i64, lease_us: i64) -> Result<Result<Way, i64>, StoreError>;

    /// Tells what became of one attempt at a provider, at once, so that all workers know.
    fn report(&self, report: &Report<'_>) -> Result<Heed, StoreError>;

    /// Closes a call: writes the answer to the cache, the final record to the spool, and the counters; gives back what
    /// the call was charged for nothing.
    fn settle(&self, outcome: &Settlement<'_>) -> Result<(), StoreError>;

    /// What [`Store::admit`] would find. Writes nothing.
    fn peek(&self, call: &Admission<'_>) -> Result<Peek, StoreError>;

    /// Drops the cached answers that match all parts of the selector, and says how many. It goes in steps, so that others need
    /// not wait: what was there at its start is gone at its end. A tag is remembered for as long as a call may take, so that an
    /// answer that was asked for before is not kept after.
    fn invalidate(&self, selector: &Selector<'_>) -> Result<u64, StoreError>;

    /// The oldest `max` records that are complete at `now_us`, of one site or of all. They stay until [`Store::ack`].
    fn drain(&self, max: u32, site: Option<&str>, now_us: i64) -> Result<Vec<Record>, StoreError>;

    /// Drops records by uid and says how many there were. Unknown uids are no error.
    fn ack(&self, uids: &[&str]) -> Result<u64, StoreError>;

    /// Figures for `aisp_status()`.
    fn status(&self, now_us: i64) -> Result<Status, StoreError>;

    /// Work that must not lengthen a call that is answered from the cache: folding the write-ahead log into the database.
    /// Called after a provider was asked, and by [`Store::drain`]. Cheap when there is nothing to do.
    fn maintain(&self) -> Result<(), StoreError>;
}

/// One limit as it applies to one caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// What the caller sees: `quota-user`.
    pub name: String,
    /// What the state is kept under; unique for kind, site, subject and period.
    pub key: String,
    /// How much.
    pub quota: Quota,
}

/// Where a limit stands after a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitState {
    /// The limit's name.
    pub name: String,
    /// How much.
    pub quota: Quota,
    /// How many more calls would pass now.
    pub remaining: u32,
    /// Microseconds until one more would pass.
    pub reset_us: i64,
}

impl LimitState {
    /// The state of `limit` at `now_us`, given its theoretical arrival time.
    pub fn at(limit: &Limit, tat: Option<i64>, now_us: i64) -> Self {
        Self {
            name: limit.name.clone(),
            quota: limit.quota,
            remaining: limit.quota.remaining(tat, now_us),
            reset_us: limit.quota.reset_us(tat, now_us),
        }
    }
}

/// The SHA-256 that names an answer.
pub type Hash = [u8; 32];

/// A call that asks to be let in.
#[derive(Debug)]
pub struct Admission<'a> {
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
    /// Limits on all calls.
    pub throttle: &'a [Limit],
    /// Limits on calls that reach a provider.
    pub quota: &'a [Limit],
    /// The providers that may be asked, in this order, by [`breaker_key`].
    pub route: &'a [String],
    /// The answer to look for; `None` if the caller does not want a cached one.
    pub lookup: Option<&'a Hash>,
    /// The call's log record, as it stands now.
    pub record: &'a Record,
    /// When a call that was not settled counts as abandoned: past its deadline, in microseconds since the epoch.
    pub abandoned_us: i64,
}

/// What became of a call that asked to be let in. `limits` lists the throttles and then the quotas that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Here is the answer; the call is over and logged.
    Hit {
        /// The answer as it was settled.
        entry: Entry,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
    /// Ask a provider, then settle.
    Miss {
        /// Which one.
        way: Way,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
    /// No provider of the route may be asked; the call is over and logged.
    Open {
        /// Microseconds after which one may.
        wait_us: i64,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
    /// Not now; the call is over and logged.
    Refused {
        /// Which limit.
        limit: String,
        /// Whether it was a quota; else a throttle.
        quota: bool,
        /// Microseconds until the same call passes.
        wait_us: i64,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
}

/// A cached answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The answer, in the gateway's own encoding.
    pub body: Vec<u8>,
    /// The provider that gave it.
    pub provider: String,
    /// When it was stored, in microseconds since the epoch.
    pub stored_us: i64,
}

/// The end of a call that was a miss.
#[derive(Debug)]
pub struct Settlement<'a> {
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
    /// The final record; it replaces the one that [`Store::admit`] wrote under the same uid.
    pub record: &'a Record,
    /// The answer to keep, if it may be kept.
    pub write: Option<Write<'a>>,
    /// Limits that get one call back, because no provider did any work for it.
    pub refund: &'a [Limit],
    /// What became of the last attempt, unless [`Store::report`] was told already.
    pub report: Option<Report<'a>>,
}

/// An answer on its way into the cache.
#[derive(Debug)]
pub struct Write<'a> {
    /// Its name.
    pub hash: &'a Hash,
    /// The answer, in the gateway's own encoding.
    pub body: &'a [u8],
    /// Labels to invalidate it by, such as `post:123`.
    pub tags: &'a [String],
    /// When the call began, in microseconds since the epoch: an answer is not kept if one of its tags was invalidated since,
    /// because it may tell of what was there before.
    pub asked_us: i64,
    /// When it ceases to be served, in microseconds since the epoch.
    pub expires_us: i64,
}

/// What a dry run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// The cached answer, if there is one and it was asked for.
    pub entry: Option<Entry>,
    /// The throttles and then the quotas, untouched.
    pub limits: Vec<LimitState>,
}

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

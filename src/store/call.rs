//! One call as the store sees it: what it asks, what it is answered, and how it ends.

use serde::{Deserialize, Serialize};

use super::{Boarding, BudgetState, Claim, Hash, Landing, OfJob, Report, Way};
use crate::audit::{Record, Watch};
use crate::clock::Clock;
use crate::guard::rate::Quota;

/// One limit as it applies to one caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A call that asks to be let in.
#[derive(Debug, Clone, Copy)]
pub struct Admission<'a> {
    /// Read once the store has its lock.
    pub clock: Clock,
    /// Limits on all calls.
    pub throttle: &'a [Limit],
    /// Limits on calls that reach a provider.
    pub quota: &'a [Limit],
    /// What the call may take of budgets.
    pub claims: &'a [Claim],
    /// The providers that may be asked, in this order, by [`breaker_key`].
    pub route: &'a [String],
    /// The answer to look for; `None` if the caller does not want a cached one.
    pub lookup: Option<&'a Hash>,
    /// How it flies with calls that look for the same answer; `None` if it flies alone.
    pub boarding: Option<Boarding<'a>>,
    /// How long after its end an answer will do while no provider may be asked, in microseconds.
    pub stale_us: i64,
    /// The call's log record, as it stands now.
    pub record: &'a Record,
    /// How long the call has been under way, for the record of one that ends here; `None` if the record says so itself.
    pub watch: Option<&'a Watch>,
    /// When a call that was not settled counts as abandoned: past its deadline, in microseconds since the epoch.
    pub abandoned_us: i64,
    /// The item of a job that the call is for. An answer that was settled for it is a hit until the item is ended, one way or
    /// the other, also for a caller that wants none from the cache.
    pub item: Option<OfJob<'a>>,
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
    /// The job that the call is for was handed to another worker, called off or ended. Nothing was charged or logged.
    Lost,
    /// Another call is asking for the same answer: wait for it, then ask again.
    Wait {
        /// The leader's uid.
        leader: String,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
    /// The leader that was waited for has left a note; settle.
    Landed {
        /// In the gateway's own encoding.
        note: Vec<u8>,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
    /// No provider of the route may be asked; the call is over and logged.
    Open {
        /// Microseconds after which one may.
        wait_us: i64,
        /// An expired answer that will do.
        stale: Option<Entry>,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
    /// More than a budget has left; the call is over and logged.
    OverBudget {
        /// The one that renews last.
        budget: BudgetState,
        /// What the call might have taken of it.
        amount: u64,
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

/// The end of a call.
#[derive(Debug, Clone, Copy)]
pub struct Settlement<'a> {
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
    /// The final record; it replaces the one that [`Store::admit`] wrote under the same uid.
    pub record: &'a Record,
    /// The answer to keep, if it may be kept.
    pub write: Option<Write<'a>>,
    /// Limits that get one call back, because no provider did any work for it.
    pub refund: &'a [Limit],
    /// What was reserved; the record says what was spent.
    pub claims: &'a [Claim],
    /// The end of the flight that the call led.
    pub landing: Option<Landing<'a>>,
    /// What became of the last attempt, unless [`Store::report`] was told already.
    pub report: Option<Report<'a>>,
    /// The item of a job that the call was for.
    pub item: Option<OfJob<'a>>,
    /// The answer for that item, in the gateway's own encoding, whether it may be kept or not.
    pub answer: Option<&'a [u8]>,
    /// Whether nothing at all is written if the call was settled before, or counts as abandoned by now: two workers may have
    /// fetched the same answer.
    pub once: bool,
}

impl<'a> Settlement<'a> {
    /// The end of a call that was charged nothing, kept nothing and led no flight.
    pub const fn plain(record: &'a Record, now_us: i64) -> Self {
        let (write, landing, report, item, answer) = (None, None, None, None, None);
        Self { now_us, record, write, refund: &[], claims: &[], landing, report, item, answer, once: false }
    }
}

/// An answer on its way into the cache.
#[derive(Debug, Clone, Copy)]
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
    /// The budgets, untouched.
    pub budgets: Vec<BudgetState>,
    /// Whether another call is asking for the same answer.
    pub aloft: bool,
    /// How long no provider of the route may be asked, in microseconds; 0 if one may be asked now.
    pub wait_us: i64,
}

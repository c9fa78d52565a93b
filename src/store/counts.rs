//! What there is in the queue and in the inbox, by state.

use super::{JobState, State};

/// How many there are. States are in their own order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Jobs of the asked kind.
    pub jobs: [u64; JobState::ALL.len()],
    /// When the oldest job of any kind that a worker could have now became due, in microseconds since the epoch.
    pub oldest_due_us: Option<i64>,
    /// Events that came from outside.
    pub webhooks: [u64; State::ALL.len()],
    /// Events by which jobs tell of themselves.
    pub job_events: [u64; State::ALL.len()],
}

impl Counts {
    /// Events in this state, wherever they are from.
    pub const fn events(&self, state: State) -> u64 {
        self.webhooks[state as usize] + self.job_events[state as usize]
    }
}

/// What waits: jobs and events of a site, or of all, and the records of all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queued {
    /// Jobs. States are in their own order.
    pub jobs: [u64; JobState::ALL.len()],
    /// Events, wherever they are from.
    pub events: [u64; State::ALL.len()],
    /// Log records that wait to be drained.
    pub spool: u64,
}

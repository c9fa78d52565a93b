//! The time, passed down as a value.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Microseconds since the Unix epoch.
pub fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Where a time comes from that must be read as late as possible: after a wait for a lock, so that of two calls the one that
/// gets the lock later has the later time.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The system's.
    System,
    /// A time that stands still, in microseconds since the epoch.
    At(i64),
}

impl Clock {
    /// Microseconds since the epoch.
    pub fn now_us(self) -> i64 {
        match self {
            Self::System => now_us(),
            Self::At(us) => us,
        }
    }
}

/// The instant by which a call must have ended: all attempts, all sleeps.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline that lies `budget` ahead.
    pub fn after(budget: Duration) -> Self {
        Self(Instant::now() + budget)
    }

    /// The earlier of two.
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// What is left, zero once it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

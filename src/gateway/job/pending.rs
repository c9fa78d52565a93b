//! What a provider works on for a job, and when it is looked after.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long a call counts as under way after the wait for it should have ended.
const GRACE: Duration = Duration::from_secs(3_600);

/// Work that a provider has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The provider's name in the policy.
    pub provider: String,
    /// The provider's name for the work.
    pub id: String,
    /// Whether it is a batch; else one response.
    pub batch: bool,
    /// When it was taken, in microseconds since the epoch.
    pub since_us: i64,
    /// How often it was looked after.
    pub looks: u32,
}

impl Pending {
    /// How long after the last look the next one comes: each wait is half as long again as the one before.
    pub fn pause(&self) -> Duration {
        let (first, longest) = if self.batch { (60.0, 600.0) } else { (30.0, 300.0) };
        Duration::from_secs_f64(f64::min(first * 1.5_f64.powi(self.looks.min(20) as i32), longest))
    }

    /// The same, looked after once more.
    pub fn looked(&self) -> Self {
        Self { looks: self.looks.saturating_add(1), ..self.clone() }
    }

    /// The longest that it is waited for. A provider that takes a batch has a day for it.
    const fn patience(&self) -> Duration {
        Duration::from_secs(if self.batch { 25 * 3_600 } else { 24 * 3_600 })
    }

    /// Whether nobody waits for it any more.
    pub const fn is_over(&self, now_us: i64) -> bool {
        now_us - self.since_us >= self.patience().as_micros() as i64
    }

    /// When its calls count as abandoned if nobody settles them, in microseconds since the epoch.
    pub const fn abandoned_us(&self) -> i64 {
        self.since_us + (self.patience().as_micros() + GRACE.as_micros()) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rarer_up_to_a_bound() {
        let pauses = |batch, looks: &[u32]| -> Vec<u64> {
            let pending = |looks| Pending { provider: String::new(), id: String::new(), batch, since_us: 0, looks };
            looks.iter().map(|looks| pending(*looks).pause().as_secs()).collect()
        };
        assert_eq!(pauses(false, &[0, 1, 2, 5, 6, 99]), [30, 45, 67, 227, 300, 300]);
        assert_eq!(pauses(true, &[0, 1, 5, 6, u32::MAX]), [60, 90, 455, 600, 600]);
    }

    #[test]
    fn a_wait_ends_and_its_calls_outlive_it() {
        for (batch, hours) in [(false, 24), (true, 25)] {
            let pending = Pending { provider: String::new(), id: String::new(), batch, since_us: 7, looks: 0 };
            let end_us = 7 + hours * 3_600_000_000;
            assert!(!pending.is_over(end_us - 1) && pending.is_over(end_us));
            assert!(pending.abandoned_us() > end_us);
        }
    }
}

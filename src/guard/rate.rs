//! The generic cell rate algorithm: at most `limit` at once, `limit` in every period, in one integer a key.
//!
//! The state is the theoretical arrival time (TAT) of the next call, in microseconds since the epoch. The stores keep
//! it; this file is the arithmetic that all of them must agree with. Source: ITU-T I.371, annex A.

use serde::{Deserialize, Serialize};

/// What one key may spend: `limit` calls in every period, all of them at once if it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    limit: u32,
    period_us: i64,
}

/// The answer to one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Let it through and keep `tat` as the new state; `remaining` more would pass right now.
    Pass {
        /// The new state.
        tat: i64,
        /// How many more would pass at this instant.
        remaining: u32,
    },
    /// Refuse it and leave the state alone; the same call passes after `wait_us`.
    Wait {
        /// Microseconds until the same call passes.
        wait_us: i64,
    },
}

impl Quota {
    /// The largest limit: with a period of a second or more, one call still costs at least a microsecond.
    pub const MAX_LIMIT: u32 = 1_000_000;
    /// The longest period, a year, in seconds.
    pub const MAX_PERIOD_S: u32 = 366 * 86_400;

    /// A quota of `limit` calls (1 to [`Self::MAX_LIMIT`]) in `period_s` seconds (1 to [`Self::MAX_PERIOD_S`]); `None` outside of that.
    pub fn new(limit: u32, period_s: u32) -> Option<Self> {
        let fits = (1..=Self::MAX_LIMIT).contains(&limit) && (1..=Self::MAX_PERIOD_S).contains(&period_s);
        fits.then_some(Self { limit, period_us: i64::from(period_s) * 1_000_000 })
    }

    /// Calls in a period.
    pub fn limit(self) -> u32 {
        self.limit
    }

    /// The period in seconds.
    pub fn period_s(self) -> u32 {
        (self.period_us / 1_000_000) as u32
    }

    /// What one call costs, in microseconds of the period.
    fn step(self) -> i64 {
        self.period_us / i64::from(self.limit)
    }

    fn tolerance(self) -> i64 {
        self.step() * i64::from(self.limit - 1)
    }

    /// Decides one call at `now_us`, given the state kept from the last one that passed.
    pub fn decide(self, tat: Option<i64>, now_us: i64) -> Decision {
        let arrival = tat.unwrap_or(now_us).max(now_us);
        let ahead = arrival - now_us;
        if ahead > self.tolerance() {
            return Decision::Wait { wait_us: ahead - self.tolerance() };
        }
        Decision::Pass { tat: arrival + self.step(), remaining: ((self.tolerance() - ahead) / self.step()) as u32 }
    }

    /// The state after one call that passed is given back.
    pub fn refund(self, tat: i64) -> i64 {
        tat - self.step()
    }

    /// How many calls would pass at `now_us`.
    pub fn remaining(self, tat: Option<i64>, now_us: i64) -> u32 {
        match self.decide(tat, now_us) {
            Decision::Pass { remaining, .. } => remaining + 1,
            Decision::Wait { .. } => 0,
        }
    }

    /// Microseconds until one more call passes than passes now; zero when the whole limit is free.
    pub fn reset_us(self, tat: Option<i64>, now_us: i64) -> i64 {
        let ahead = tat.unwrap_or(now_us).max(now_us) - now_us;
        match ahead {
            0 => 0,
            _ if ahead > self.tolerance() => ahead - self.tolerance(),
            _ => (ahead - 1) % self.step() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000_000;

    fn quota(limit: u32, period_s: u32) -> Quota {
        Quota::new(limit, period_s).expect("a quota in bounds")
    }

    #[test]
    fn passes_the_whole_limit_at_once_then_waits_one_step() {
        let q = quota(3, 60);
        let mut tat = None;
        for left in (0..3).rev() {
            let Decision::Pass { tat: next, remaining } = q.decide(tat, NOW) else {
                panic!("refused with {left} left")
            };
            assert_eq!(remaining, left);
            tat = Some(next);
        }
        assert_eq!(q.decide(tat, NOW), Decision::Wait { wait_us: 20_000_000 });
        assert!(matches!(q.decide(tat, NOW + 20_000_000), Decision::Pass { remaining: 0, .. }));
    }

    #[test]
    fn a_clock_that_steps_back_never_opens_the_gate() {
        let q = quota(1, 60);
        let Decision::Pass { tat, .. } = q.decide(None, NOW) else { panic!("the first call passes") };
        assert!(matches!(q.decide(Some(tat), NOW - 30_000_000), Decision::Wait { .. }));
    }

    #[test]
    fn a_refund_gives_back_exactly_one_call() {
        let q = quota(2, 60);
        let Decision::Pass { tat, .. } = q.decide(None, NOW) else { panic!("the first call passes") };
        assert_eq!(q.remaining(Some(tat), NOW), 1);
        assert_eq!(q.remaining(Some(q.refund(tat)), NOW), 2);
    }

    #[test]
    fn the_reset_is_when_one_more_passes() {
        let q = quota(2, 60);
        let Decision::Pass { tat, .. } = q.decide(None, NOW) else { panic!("the first call passes") };
        let reset = q.reset_us(Some(tat), NOW);
        assert_eq!(q.remaining(Some(tat), NOW + reset - 1), 1);
        assert_eq!(q.remaining(Some(tat), NOW + reset), 2);
    }

    #[test]
    fn bounds_are_kept() {
        assert!(Quota::new(0, 60).is_none());
        assert!(Quota::new(1, 0).is_none());
        assert!(Quota::new(1, Quota::MAX_PERIOD_S + 1).is_none());
    }
}

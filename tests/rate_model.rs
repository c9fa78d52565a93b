//! Limits against a plain model of them: a bucket that fills by a microsecond a microsecond, and out of which a call
//! takes the microseconds that one call costs.

use aisp::guard::rate::{Decision, Quota};
use proptest::prelude::*;

const NOW: i64 = 1_700_000_000_000_000;

struct Bucket {
    step_us: i64,
    size_us: i64,
    credit_us: i64,
    filled_us: i64,
}

impl Bucket {
    fn new(limit: u32, period_s: u32) -> Self {
        let step_us = i64::from(period_s) * 1_000_000 / i64::from(limit);
        let size_us = step_us * i64::from(limit);
        Self { step_us, size_us, credit_us: size_us, filled_us: NOW }
    }

    fn fill(&mut self, now_us: i64) {
        self.credit_us = self.size_us.min(self.credit_us + now_us - self.filled_us);
        self.filled_us = now_us;
    }

    /// What is left in calls if it passes, or else the microseconds that are missing.
    fn take(&mut self, now_us: i64) -> Result<u32, i64> {
        self.fill(now_us);
        if self.credit_us < self.step_us {
            return Err(self.step_us - self.credit_us);
        }
        self.credit_us -= self.step_us;
        Ok((self.credit_us / self.step_us) as u32)
    }

    fn give_back(&mut self, now_us: i64) {
        self.fill(now_us);
        self.credit_us = self.size_us.min(self.credit_us + self.step_us);
    }
}

/// Limits from one a year to a million a second.
fn limits() -> impl Strategy<Value = (u32, u32)> {
    let limit = prop_oneof![1..20_u32, 1..=Quota::MAX_LIMIT];
    let period_s = prop_oneof![1..120_u32, 1..=Quota::MAX_PERIOD_S];
    (limit, period_s)
}

/// Moments between calls, in thousandths of what one call costs: bursts, steady traffic, long silence.
fn gaps() -> impl Strategy<Value = Vec<(i64, bool)>> {
    let gap = prop_oneof![4 => Just(0), 4 => 0..3_000_i64, 1 => 0..100_000_i64];
    prop::collection::vec((gap, prop::bool::weighted(0.1)), 1..200)
}

proptest! {
    #[test]
    fn a_limit_decides_as_the_bucket_does((limit, period_s) in limits(), gaps in gaps()) {
        let quota = Quota::new(limit, period_s).expect("in bounds");
        let mut bucket = Bucket::new(limit, period_s);
        let (mut tat, mut now_us) = (None, NOW);
        for (gap, refund) in gaps {
            now_us += gap * bucket.step_us / 1_000;
            if let (true, Some(state)) = (refund, tat) {
                bucket.give_back(now_us);
                tat = Some(quota.refund(state));
            }
            match (quota.decide(tat, now_us), bucket.take(now_us)) {
                (Decision::Pass { tat: next, remaining }, Ok(left)) => {
                    prop_assert_eq!(remaining, left);
                    tat = Some(next);
                }
                (Decision::Wait { wait_us }, Err(missing_us)) => prop_assert_eq!(wait_us, missing_us),
                (ours, model) => prop_assert!(false, "{:?} where the bucket says {:?}", ours, model),
            }
        }
    }

    #[test]
    fn no_stretch_of_time_holds_more_calls_than_the_limit_and_what_it_gained((limit, period_s) in (1..20_u32, 1..120_u32), gaps in gaps()) {
        let quota = Quota::new(limit, period_s).expect("in bounds");
        let step_us = i64::from(period_s) * 1_000_000 / i64::from(limit);
        let (mut tat, mut now_us, mut passed) = (None, NOW, Vec::new());
        for (gap, _) in gaps {
            now_us += gap * step_us / 1_000;
            if let Decision::Pass { tat: next, .. } = quota.decide(tat, now_us) {
                tat = Some(next);
                passed.push(now_us);
            }
        }
        for (i, from) in passed.iter().enumerate() {
            for (j, to) in passed.iter().enumerate().skip(i) {
                prop_assert!((j - i + 1) as i64 <= i64::from(limit) + (to - from) / step_us);
            }
        }
    }

    #[test]
    fn a_refused_call_passes_after_its_wait_and_not_a_microsecond_before((limit, period_s) in limits(), ahead in 0..10_000_i64) {
        let quota = Quota::new(limit, period_s).expect("in bounds");
        let period_us = i64::from(period_s) * 1_000_000;
        let tat = Some(NOW + period_us * ahead / 5_000);
        if let Decision::Wait { wait_us } = quota.decide(tat, NOW) {
            let (passes, waits) = (quota.decide(tat, NOW + wait_us), quota.decide(tat, NOW + wait_us - 1));
            prop_assert!(matches!(passes, Decision::Pass { .. }), "{:?}", passes);
            prop_assert_eq!(waits, Decision::Wait { wait_us: 1 });
        }
    }

    #[test]
    fn a_clock_that_jumps_about_never_lets_more_through_than_one_that_stands((limit, period_s) in (1..20_u32, 1..120_u32), back in prop::collection::vec(0..200_000_000_i64, 1..100)) {
        let quota = Quota::new(limit, period_s).expect("in bounds");
        let (mut tat, mut passed) = (None, 0);
        for back_us in back {
            if let Decision::Pass { tat: next, .. } = quota.decide(tat, NOW - back_us) {
                tat = Some(next);
                passed += 1;
            }
        }
        // The first call may come at the earliest moment: what the clock gains from there on is time like any other.
        let gained = 200_000_000 / (i64::from(period_s) * 1_000_000 / i64::from(limit));
        prop_assert!(passed <= i64::from(limit) + gained);
    }
}

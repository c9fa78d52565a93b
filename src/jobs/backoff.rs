//! When work that failed is tried again.

use std::time::Duration;

/// The wait before the second attempt; each further one is four times as long, up to the longest.
const FIRST_S: u64 = 15;
const LONGEST_S: u64 = 6 * 3_600;

/// How long work waits that has failed so many times, give or take a fifth, so that what failed together does not come back
/// together.
pub fn wait(attempts: u32) -> Duration {
    let seconds = FIRST_S.saturating_mul(4_u64.saturating_pow(attempts.saturating_sub(1))).min(LONGEST_S);
    let fifth = seconds * 200_000;
    Duration::from_micros(seconds * 1_000_000 - fifth + fastrand::u64(0..=2 * fifth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_longer_up_to_six_hours() {
        for (attempts, seconds) in [(0, 15), (1, 15), (2, 60), (3, 240), (6, 15_360), (7, 21_600), (99, 21_600)] {
            let us = wait(attempts).as_micros() as u64;
            assert!((seconds * 800_000..=seconds * 1_200_000).contains(&us), "{attempts}: {us}");
        }
    }
}

//! Budgets: how many tokens or how much money may be spent in a day, in a month, or in a span of fixed length.
//!
//! What a call may cost is reserved before it runs and replaced by what it did cost when it ends, so that calls at the same
//! time cannot spend the same money. The stores keep the sums; this file says what period a moment belongs to, whether
//! an amount fits, and which thresholds a sum has crossed. Days and months are those of UTC.

use serde::{Deserialize, Serialize};
use time::{Month, OffsetDateTime, Time};

const SECOND_US: i64 = 1_000_000;

/// How long a budget lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From the first of a month to the first of the next.
    Month,
    /// Seconds, counted from the epoch; not zero.
    Seconds(u32),
}

/// The period that a moment belongs to, in microseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// When it began.
    pub start_us: i64,
    /// When the budget renews.
    pub end_us: i64,
}

impl Period {
    /// The period around `now_us`.
    pub fn window(self, now_us: i64) -> Window {
        match self {
            Self::Day => Self::Seconds(86_400).window(now_us),
            Self::Seconds(seconds) => {
                let length_us = i64::from(seconds.max(1)) * SECOND_US;
                let start_us = now_us.div_euclid(length_us) * length_us;
                Window { start_us, end_us: start_us + length_us }
            }
            Self::Month => month(now_us),
        }
    }
}

fn month(now_us: i64) -> Window {
    let now = OffsetDateTime::from_unix_timestamp(now_us.div_euclid(SECOND_US)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let first = now.replace_time(Time::MIDNIGHT).replace_day(1).unwrap_or(now);
    let year = if first.month() == Month::December { first.year() + 1 } else { first.year() };
    let next = first.replace_month(first.month().next()).and_then(|next| next.replace_year(year)).unwrap_or(first);
    Window { start_us: first.unix_timestamp() * SECOND_US, end_us: next.unix_timestamp() * SECOND_US }
}

/// What a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Tokens, in and out.
    Tokens,
    /// Millionths of a US dollar.
    Microusd,
}

/// How full a budget is when somebody has to be told, in percent.
pub const THRESHOLDS: [u8; 2] = [80, 100];

/// Whether `amount` more fits, where `used` is spent and `reserved` is promised to calls under way.
pub const fn fits(cap: u64, used: u64, reserved: u64, amount: u64) -> bool {
    used.saturating_add(reserved).saturating_add(amount) <= cap
}

/// The highest threshold that `used` has reached, if nobody was told of it or of a higher one.
pub fn crossed(cap: u64, used: u64, told: u8) -> Option<u8> {
    let reached = |percent: &u8| u128::from(used) * 100 >= u128::from(cap) * u128::from(*percent);
    THRESHOLDS.into_iter().rev().find(reached).filter(|percent| *percent > told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rfc3339: &str) -> i64 {
        let time = humantime::parse_rfc3339(rfc3339).expect("a time");
        time.duration_since(std::time::UNIX_EPOCH).expect("after the epoch").as_micros() as i64
    }

    fn window(period: Period, now: &str) -> [i64; 2] {
        let Window { start_us, end_us } = period.window(at(now));
        [start_us, end_us]
    }

    #[test]
    fn a_month_ends_with_its_last_day() {
        for (now, start, end) in [
            ("2026-11-24T12:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            ("2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2028-02-29T00:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
            ("2027-01-31T08:00:00Z", "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"),
        ] {
            assert_eq!(window(Period::Month, now), [at(start), at(end)], "{now}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_and_belongs_to_the_next_then() {
        let day = ["2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"].map(at);
        assert_eq!(window(Period::Day, "2026-11-24T00:00:00Z"), day);
        assert_eq!(window(Period::Day, "2026-11-24T23:59:59.999999Z"), day);
    }

    #[test]
    fn what_is_promised_counts_like_what_is_spent() {
        assert!(fits(100, 40, 30, 30));
        assert!(!fits(100, 40, 31, 30));
        assert!(!fits(100, 0, 0, 663) && !fits(u64::MAX, u64::MAX, u64::MAX, 1) || fits(u64::MAX, u64::MAX, 0, 0));
    }

    #[test]
    fn each_threshold_is_told_of_once() {
        assert_eq!((crossed(100, 79, 0), crossed(100, 80, 0), crossed(100, 99, 80)), (None, Some(80), None));
        assert_eq!((crossed(100, 100, 80), crossed(100, 250, 0), crossed(100, 250, 100)), (Some(100), Some(100), None));
    }
}

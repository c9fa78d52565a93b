//! Which failures are tried again at the same provider, and when. The loop that sleeps is the gateway's; there is one retry
//! layer, and this is its rule: the client below never repeats a request by itself.

use std::time::{Duration, SystemTime};

use crate::error::Fault;

/// The ceiling of the first wait that nobody asked for; it doubles with every attempt.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// Where the doubling ends.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// Added at random to a wait that was asked for, so that not all come back at once.
const STRAGGLE: Duration = Duration::from_millis(250);
/// A request to stay away for longer than this is taken as this.
const DAY: Duration = Duration::from_secs(86_400);

/// What an answer's headers say about trying again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delay {
    /// How long to stay away; never zero.
    pub after: Option<Duration>,
    /// Whether to try again at all, where the provider says so: it outweighs the status.
    pub again: Option<bool>,
}

impl Delay {
    /// Reads `retry-after-ms`, else `retry-after` in seconds or as a date, and `x-should-retry`. What makes no sense (a
    /// negative delay, a date that has passed) counts as not said.
    pub fn read<'a>(header: impl Fn(&str) -> Option<&'a str>, now: SystemTime) -> Self {
        let number = |text: &str, unit: f64| text.trim().parse::<f64>().ok().and_then(|value| seconds(value * unit));
        let date = |text: &str| httpdate::parse_http_date(text.trim()).ok()?.duration_since(now).ok();
        let after = header("retry-after-ms")
            .and_then(|text| number(text, 0.001))
            .or_else(|| header("retry-after").and_then(|text| number(text, 1.0).or_else(|| date(text))))
            .filter(|after| !after.is_zero())
            .map(|after| after.min(DAY));
        let again = header("x-should-retry").and_then(|text| text.trim().parse().ok());
        Self { after, again }
    }
}

/// A positive number of seconds, as long as it is one.
fn seconds(value: f64) -> Option<Duration> {
    if value.is_nan() || value < 0.0 { None } else { Some(Duration::from_secs_f64(value.min(DAY.as_secs_f64()))) }
}

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another one, after this long.
    Wait(Duration),
    /// None.
    Stop {
        /// When the provider said that it would be back.
        retry_after: Option<Duration>,
    },
}

/// Decides after the `attempts`-th attempt (counted from one) at a provider, with `left` in which the next one must have begun.
pub fn next(fault: Fault, delay: Delay, attempts: u32, max_attempts: u32, left: Duration) -> Next {
    decide(fault, delay, attempts, max_attempts, left, fastrand::f64())
}

/// The same with a `chance` from 0 to 1.
fn decide(fault: Fault, delay: Delay, attempts: u32, max_attempts: u32, left: Duration, chance: f64) -> Next {
    if !delay.again.unwrap_or_else(|| passes(fault)) {
        return Next::Stop { retry_after: delay.after.filter(|_| passes(fault)) };
    }
    let wait = delay.after.unwrap_or_else(|| backoff(attempts).mul_f64(chance));
    if attempts >= max_attempts || wait >= left {
        return Next::Stop { retry_after: delay.after };
    }
    let straggling = wait + STRAGGLE.min(wait / 10).mul_f64(chance);
    Next::Wait(if delay.after.is_some() && straggling < left { straggling } else { wait })
}

/// Whether a failure may pass by itself. A broken answer counts: it was one bad connection more often than not.
const fn passes(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::Unreachable | Fault::Busy | Fault::Unavailable | Fault::Invalid | Fault::Incomplete | Fault::Timeout
    )
}

/// The ceiling of the wait after this many attempts.
fn backoff(attempts: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 784_111_777; // Sun, 06 Nov 1994 08:49:37 GMT

    fn read(headers: &[(&str, &'static str)]) -> Delay {
        let find = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        Delay::read(find, UNIX_EPOCH + Duration::from_secs(NOW))
    }

    fn after(headers: &[(&str, &'static str)]) -> Option<u128> {
        read(headers).after.map(|after| after.as_millis())
    }

    #[test]
    fn a_delay_comes_in_milliseconds_seconds_or_as_a_date() {
        assert_eq!(after(&[("retry-after-ms", "1500.5"), ("retry-after", "9")]), Some(1500));
        assert_eq!(after(&[("retry-after-ms", "soon"), ("retry-after", "9")]), Some(9000));
        assert_eq!(after(&[("retry-after", " 0.25 ")]), Some(250));
        assert_eq!(after(&[("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT")]), Some(3000));
        assert_eq!(after(&[("retry-after", "Sunday, 06-Nov-94 08:49:40 GMT")]), Some(3000));
    }

    #[test]
    fn a_delay_that_makes_no_sense_is_ignored_and_a_huge_one_is_a_day() {
        for text in
            ["-1", "NaN", "-inf", "", "0", "-0", "soon", "Sun, 06 Nov 1994 08:49:30 GMT", "1e-400", "99 bottles"]
        {
            assert_eq!(after(&[("retry-after", text)]), None, "{text}");
        }
        for text in ["1e308", "inf", "86400.5", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(after(&[("retry-after", text)]), Some(DAY.as_millis()), "{text}");
        }
        assert_eq!(read(&[("x-should-retry", "true")]).again, Some(true));
        assert_eq!(read(&[("x-should-retry", "false")]).again, Some(false));
        assert_eq!(read(&[("x-should-retry", "perhaps")]).again, None);
    }

    #[test]
    fn a_final_failure_is_not_repeated_unless_the_provider_asks_for_it() {
        let left = Duration::from_secs(60);
        for fault in [
            Fault::Blocked,
            Fault::Auth,
            Fault::NoCredit,
            Fault::Rejected,
            Fault::Redirect,
            Fault::Exhausted,
            Fault::TooLarge,
        ] {
            assert_eq!(decide(fault, Delay::default(), 1, 3, left, 0.5), Next::Stop { retry_after: None }, "{fault:?}");
        }
        let yes = Delay { after: None, again: Some(true) };
        assert!(matches!(decide(Fault::Rejected, yes, 1, 3, left, 0.5), Next::Wait(_)));
        let no = Delay { after: Some(Duration::from_secs(9)), again: Some(false) };
        assert_eq!(decide(Fault::Unavailable, no, 1, 3, left, 0.5), Next::Stop { retry_after: no.after });
    }

    #[test]
    fn a_wait_that_passes_the_deadline_is_handed_to_the_caller() {
        let delay = Delay { after: Some(Duration::from_secs(30)), again: None };
        let step = decide(Fault::Busy, delay, 1, 3, Duration::from_secs(15), 0.5);
        assert_eq!(step, Next::Stop { retry_after: Some(Duration::from_secs(30)) });
    }

    fn faults() -> impl Strategy<Value = Fault> {
        prop::sample::select(vec![
            Fault::Unreachable,
            Fault::Busy,
            Fault::Unavailable,
            Fault::Invalid,
            Fault::Timeout,
            Fault::Auth,
            Fault::Rejected,
        ])
    }

    proptest! {
        #[test]
        fn a_wait_ends_before_the_deadline_and_is_never_shorter_than_asked(
            fault in faults(), asked in prop::option::of(1u64..100_000), again in prop::option::of(any::<bool>()),
            attempts in 1u32..100, more in 0u32..5, left in 0u64..120_000, chance in 0.0f64..1.0,
        ) {
            let delay = Delay { after: asked.map(Duration::from_millis), again };
            let left = Duration::from_millis(left);
            match decide(fault, delay, attempts, attempts + more, left, chance) {
                Next::Wait(wait) => {
                    prop_assert!(wait < left);
                    prop_assert!(more > 0 && again.unwrap_or(passes(fault)));
                    match delay.after {
                        Some(asked) => prop_assert!(wait >= asked && wait <= asked + STRAGGLE),
                        None => prop_assert!(wait <= LONGEST_WAIT && wait <= backoff(attempts)),
                    }
                }
                Next::Stop { retry_after } => prop_assert!(retry_after.is_none() || retry_after == delay.after),
            }
        }

        #[test]
        fn any_header_is_read_without_a_panic(ms in ".*", s in "[-+0-9.eEinfNaN]{0,12}", now in 0u64..9_000_000_000) {
            let find = |name: &str| Some(if name == "retry-after-ms" { ms.as_str() } else { s.as_str() });
            let delay = Delay::read(find, UNIX_EPOCH + Duration::from_secs(now));
            prop_assert!(delay.after.is_none_or(|after| !after.is_zero() && after <= DAY));
        }
    }
}

//! The circuit breaker of one provider, and the retry budget that goes with it, as all workers of a site share them.
//!
//! Closed, it counts what came of the calls of the last 30 seconds. At ten calls or more, half of them failures, it opens:
//! for 15 seconds the first time, then for 30 each time, so that a provider that has recovered is in use again within half
//! a minute. After that it is half open: one call of the whole site goes through as a probe, under a lease that expires
//! with the worker that holds it. Its answer closes the breaker, its failure opens it again.
//!
//! What says nothing about the provider's health (a 4xx, a 429, a caller who hangs up) is not counted. The stores keep the
//! state; this file is the rules that all of them must agree with.

mod window;

use serde::{Deserialize, Serialize};

use window::Window;

const SECOND_US: i64 = 1_000_000;
/// Fewer calls than this say nothing.
const MIN_CALLS: u32 = 10;
/// How long it stays open the first time.
const FIRST_OPEN_US: i64 = 15 * SECOND_US;
/// And each time after that.
const OPEN_US: i64 = 30 * SECOND_US;
/// While a probe is under way nobody knows how long it takes: ask again after this.
const PROBE_WAIT_US: i64 = 2 * SECOND_US;
/// Retries that are granted in any case.
const MIN_RETRIES: u32 = 3;
/// Beyond them, one retry in so many calls.
const CALLS_PER_RETRY: u32 = 5;

/// What became of one call of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It answered.
    Answer,
    /// It is down, silent, or answers rubbish.
    Failure,
    /// It refused this call, and so is alive: a 4xx, a 429.
    Refusal,
    /// It refused the key. No failure of the provider's, but one that an administrator should see.
    KeyRefused,
    /// Nothing: the caller hung up first.
    Nothing,
}

/// Whether a call may go to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Closed,
    /// It may as the one probe, once it has taken the lease.
    HalfOpen,
    /// It may not, and should not ask again before this many microseconds.
    Open {
        /// At least one.
        wait_us: i64,
    },
}

/// The state that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaker {
    slots: Window,
    /// How often it has opened since it was last closed.
    trips: u32,
    open_until_us: i64,
    /// The end of the probe's lease, which is also the probe's name; 0 for none.
    probe_until_us: i64,
    /// Whether the provider's last word on the key was no.
    key_refused: bool,
}

impl Breaker {
    /// Whether it is closed: neither open nor half open.
    pub const fn is_closed(&self) -> bool {
        self.trips == 0
    }

    /// Whether a call may go through at `now_us`.
    pub fn gate(&self, now_us: i64) -> Gate {
        if self.trips == 0 {
            return Gate::Closed;
        }
        // A clock that stepped back must not keep it open for longer than it ever is.
        let wait_us = (self.open_until_us - now_us).min(OPEN_US);
        if wait_us > 0 {
            return Gate::Open { wait_us };
        }
        match self.probe_until_us - now_us {
            left_us if left_us > 0 => Gate::Open { wait_us: left_us.min(PROBE_WAIT_US) },
            _ => Gate::HalfOpen,
        }
    }

    /// Gives the probe's lease away until `until_us`, which names the probe from now on. Only where the gate is half open.
    pub fn lease(&mut self, until_us: i64) {
        self.probe_until_us = until_us;
    }

    /// Takes in what became of a call. `probe` is the lease that it went through under, if it was a probe.
    pub fn hear(&mut self, heard: Heard, probe: Option<i64>, now_us: i64) {
        match heard {
            Heard::KeyRefused => self.key_refused = true,
            Heard::Answer => self.key_refused = false,
            _ => {}
        }
        if self.trips > 0 {
            let is_probe = probe.is_some_and(|lease| lease == self.probe_until_us);
            match heard {
                // Whoever answers is back, also where a probe comes late.
                Heard::Answer | Heard::Refusal | Heard::KeyRefused if probe.is_some() => self.close(),
                Heard::Failure if is_probe => self.open(now_us),
                Heard::Nothing if is_probe => self.probe_until_us = 0,
                // A call from before it opened tells nothing new.
                _ => {}
            }
            return;
        }
        let slot = self.slots.now(now_us);
        match heard {
            Heard::Answer => slot.answers += 1,
            Heard::Failure => slot.failures += 1,
            Heard::Refusal | Heard::KeyRefused => slot.refusals += 1,
            Heard::Nothing => {}
        }
        let (calls, failures) = self.counts(now_us);
        if heard == Heard::Failure && calls >= MIN_CALLS && failures * 2 >= calls {
            self.open(now_us);
        }
    }

    /// Takes in answers that were counted elsewhere meanwhile. They close nothing: they may be older than what opened it.
    pub fn hear_answers(&mut self, count: u32, now_us: i64) {
        if self.trips == 0 && count > 0 {
            let slot = self.slots.now(now_us);
            slot.answers = slot.answers.saturating_add(count);
        }
    }

    /// Asks for a retry: at most a fifth of the calls of the last 30 seconds are, but three in any case, and none
    /// while it is open. What is granted is counted.
    pub fn grants_retry(&mut self, now_us: i64) -> bool {
        if self.trips > 0 {
            return false;
        }
        let calls = self.slots.sum(now_us, |slot| slot.answers + slot.failures + slot.refusals);
        let retries = self.slots.sum(now_us, |slot| slot.retries);
        let granted = retries < MIN_RETRIES.max(calls / CALLS_PER_RETRY);
        if granted {
            self.slots.now(now_us).retries += 1;
        }
        granted
    }

    /// Calls that count, and the failures among them.
    pub fn counts(&self, now_us: i64) -> (u32, u32) {
        let calls = self.slots.sum(now_us, |slot| slot.answers + slot.failures);
        (calls, self.slots.sum(now_us, |slot| slot.failures))
    }

    /// Whether the provider refused the key and has not answered since.
    pub const fn key_refused(&self) -> bool {
        self.key_refused
    }

    fn open(&mut self, now_us: i64) {
        self.open_until_us = now_us + if self.trips == 0 { FIRST_OPEN_US } else { OPEN_US };
        self.trips += 1;
        self.probe_until_us = 0;
        self.slots = Window::default();
    }

    fn close(&mut self) {
        *self = Self { key_refused: self.key_refused, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000 * SECOND_US;

    fn after(calls: &[Heard]) -> Breaker {
        let mut breaker = Breaker::default();
        calls.iter().for_each(|heard| breaker.hear(*heard, None, NOW));
        breaker
    }

    fn opened() -> Breaker {
        after(&[Heard::Failure; 10])
    }

    #[test]
    fn it_opens_at_ten_calls_of_which_half_failed() {
        assert_eq!(after(&[Heard::Failure; 9]).gate(NOW), Gate::Closed);
        assert_eq!(opened().gate(NOW), Gate::Open { wait_us: FIRST_OPEN_US });
        let mixed = |answers, failures| after(&[vec![Heard::Answer; answers], vec![Heard::Failure; failures]].concat());
        assert_eq!(mixed(7, 6).gate(NOW), Gate::Closed);
        assert!(matches!(mixed(7, 7).gate(NOW), Gate::Open { .. }));
    }

    #[test]
    fn refusals_and_hang_ups_do_not_count() {
        for heard in [Heard::Refusal, Heard::KeyRefused, Heard::Nothing] {
            assert_eq!(after(&[[heard; 20].as_slice(), &[Heard::Failure; 9]].concat()).gate(NOW), Gate::Closed);
        }
    }

    #[test]
    fn what_is_older_than_half_a_minute_is_forgotten() {
        let mut breaker = after(&[Heard::Failure; 9]);
        breaker.hear(Heard::Failure, None, NOW + 31 * SECOND_US);
        assert_eq!(breaker.gate(NOW + 31 * SECOND_US), Gate::Closed);
        assert_eq!(breaker.counts(NOW + 31 * SECOND_US), (1, 1));
    }

    #[test]
    fn one_probe_goes_through_and_its_answer_closes() {
        let (mut breaker, later) = (opened(), NOW + FIRST_OPEN_US);
        assert_eq!(breaker.gate(later), Gate::HalfOpen);
        breaker.lease(later + 20 * SECOND_US);
        assert_eq!(breaker.gate(later), Gate::Open { wait_us: PROBE_WAIT_US });
        breaker.hear(Heard::Answer, Some(later + 20 * SECOND_US), later + SECOND_US);
        assert_eq!((breaker.gate(later), breaker.counts(later)), (Gate::Closed, (0, 0)));
    }

    #[test]
    fn a_probe_that_fails_opens_for_longer_and_one_that_dies_makes_room() {
        let (mut breaker, later) = (opened(), NOW + FIRST_OPEN_US);
        let lease = later + 20 * SECOND_US;
        breaker.lease(lease);
        assert_eq!(breaker.gate(lease), Gate::HalfOpen);
        breaker.hear(Heard::Failure, Some(lease), later);
        assert_eq!(breaker.gate(later), Gate::Open { wait_us: OPEN_US });
        breaker.lease(lease + OPEN_US);
        breaker.hear(Heard::Failure, Some(lease), later + OPEN_US);
        assert!(
            matches!(breaker.gate(later + OPEN_US), Gate::Open { wait_us: PROBE_WAIT_US }),
            "not its lease any more"
        );
        breaker.hear(Heard::Nothing, Some(lease + OPEN_US), later + OPEN_US);
        assert_eq!(breaker.gate(later + OPEN_US), Gate::HalfOpen);
    }

    #[test]
    fn a_call_from_before_it_opened_neither_closes_nor_prolongs() {
        let mut breaker = opened();
        breaker.hear(Heard::Answer, None, NOW + SECOND_US);
        breaker.hear(Heard::Failure, None, NOW + SECOND_US);
        assert_eq!(breaker.gate(NOW), Gate::Open { wait_us: FIRST_OPEN_US });
    }

    #[test]
    fn answers_that_are_told_late_count_too() {
        let mut breaker = after(&[Heard::Failure; 9]);
        breaker.hear_answers(30, NOW);
        breaker.hear(Heard::Failure, None, NOW);
        assert_eq!((breaker.gate(NOW), breaker.counts(NOW)), (Gate::Closed, (40, 10)));
        let mut open = opened();
        open.hear_answers(30, NOW);
        assert_eq!(open.gate(NOW), Gate::Open { wait_us: FIRST_OPEN_US });
    }

    #[test]
    fn retries_are_three_or_a_fifth_of_the_calls() {
        let grants = |mut breaker: Breaker| (0..100).filter(|_| breaker.grants_retry(NOW)).count();
        assert_eq!(grants(Breaker::default()), 3);
        assert_eq!(grants(after(&[Heard::Answer; 50])), 10);
        assert_eq!(grants(opened()), 0);
    }

    #[test]
    fn a_clock_that_steps_back_does_not_keep_it_open_for_ever() {
        let hour = 3_600 * SECOND_US;
        assert_eq!(opened().gate(NOW - hour), Gate::Open { wait_us: OPEN_US });
        let mut breaker = opened();
        breaker.lease(NOW + hour);
        assert!(matches!(breaker.gate(NOW + FIRST_OPEN_US), Gate::Open { wait_us: PROBE_WAIT_US }));
    }

    #[test]
    fn a_refused_key_is_remembered_until_an_answer() {
        let mut breaker = after(&[Heard::KeyRefused]);
        assert!(breaker.key_refused());
        breaker.hear(Heard::Answer, None, NOW);
        assert!(!breaker.key_refused());
    }
}

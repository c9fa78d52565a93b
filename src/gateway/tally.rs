//! Answers of providers that the store has not been told of yet. A breaker must know how many calls went well, but not within
//! the second: so each thread adds them up, and tells with the next failure, or after a second.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::guard::breaker::Heard;
use crate::store::Report;

const PATIENCE: Duration = Duration::from_secs(1);
/// More providers than any site has; beyond it all are forgotten, which only makes a breaker more careful.
const MAX_KEYS: usize = 100;

struct Untold {
    answers: u32,
    since: Instant,
}

thread_local! {
    static UNTOLD: RefCell<HashMap<String, Untold>> = RefCell::default();
}

/// Counts an answer. Returns how many there are to tell, this one included, once it is time to.
pub fn answered(key: &str) -> Option<u32> {
    UNTOLD.with_borrow_mut(|all| {
        if let Some(untold) = all.get_mut(key) {
            untold.answers += 1;
            return (untold.since.elapsed() >= PATIENCE).then(|| {
                untold.since = Instant::now();
                std::mem::take(&mut untold.answers)
            });
        }
        if all.len() >= MAX_KEYS {
            all.clear();
        }
        all.insert(key.to_owned(), Untold { answers: 0, since: Instant::now() });
        Some(1)
    })
}

/// Answers that have to be told now, because something else is.
pub fn take(key: &str) -> u32 {
    UNTOLD.with_borrow_mut(|all| all.get_mut(key).map_or(0, |untold| std::mem::take(&mut untold.answers)))
}

/// What the store is to be told of an answer, once it is time to; what a probe brings is told at once.
pub fn report(key: &str, probe: Option<i64>, now_us: i64) -> Option<Report<'_>> {
    let answers = if probe.is_some() { take(key) } else { answered(key)? - 1 };
    Some(Report { key, heard: Heard::Answer, probe, answers, wants_retry: false, now_us })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_probe_brings_is_told_at_once() {
        let told = |probe| report("probed", probe, 1).map(|report| (report.answers, report.probe));
        assert_eq!((told(None), told(None), told(Some(9))), (Some((0, None)), None, Some((1, Some(9)))));
    }

    #[test]
    fn the_first_answer_is_told_at_once_and_the_others_together() {
        assert_eq!(answered("a"), Some(1));
        assert_eq!((answered("a"), answered("a"), answered("b")), (None, None, Some(1)));
        assert_eq!((take("a"), take("a"), take("unknown")), (2, 0, 0));
    }
}

//! A complaint that is made at most once a minute, however often there is cause for it.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

const PAUSE: Duration = Duration::from_secs(60);

/// When the complaint was last made in this process.
#[derive(Debug)]
pub(crate) struct Quiet(Mutex<Option<Instant>>);

impl Quiet {
    /// One that has not been made yet.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Whether to make it now; if so, the next one is due a minute later.
    pub(crate) fn is_over(&self) -> bool {
        let mut last = self.0.lock();
        let over = last.is_none_or(|at| at.elapsed() >= PAUSE);
        if over {
            *last = Some(Instant::now());
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_not_made_twice_in_a_minute() {
        let quiet = Quiet::new();
        assert!(quiet.is_over());
        assert!(!quiet.is_over());
    }
}

//! How long a call has been under way, and how much of that others had: its provider, or a call that it waited for.

use std::time::{Duration, Instant};

use super::Record;

/// A stopwatch that runs from the call's start.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    begun: Instant,
    before: Duration,
    away: Duration,
}

impl Watch {
    /// Starts one.
    pub fn start() -> Self {
        Self { begun: Instant::now(), before: Duration::ZERO, away: Duration::ZERO }
    }

    /// One of a call that had been under way for so long when this process took it up.
    pub fn resumed(before: Duration) -> Self {
        Self { before, ..Self::start() }
    }

    /// When it was started, in this process.
    pub const fn begun(&self) -> Instant {
        self.begun
    }

    /// Since the call's start.
    pub fn elapsed(&self) -> Duration {
        self.before + self.begun.elapsed()
    }

    /// Takes `time` for the others'.
    pub fn away(&mut self, time: Duration) {
        self.away += time;
    }

    /// Takes all of it until now for the others'.
    pub fn all_away(&mut self) {
        self.away = self.elapsed();
    }

    /// The record of the call, were it to end now.
    pub fn stamp(&self, record: Record) -> Record {
        let whole = self.elapsed();
        let own = whole.saturating_sub(self.away);
        Record {
            duration_ms: saturated(whole.as_millis()),
            provider_ms: saturated(self.away.min(whole).as_millis()),
            own_us: Some(saturated(own.as_micros())),
            ..record
        }
    }
}

fn saturated(n: u128) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_had_is_no_share_of_ours() {
        let mut watch = Watch::resumed(Duration::from_millis(500));
        watch.away(Duration::from_millis(480));
        let record = watch.stamp(Record::default());
        assert_eq!((record.duration_ms >= 500, record.provider_ms), (true, 480));
        assert!(record.own_us.is_some_and(|us| (20_000..20_000_000).contains(&us)), "{record:?}");
        watch.all_away();
        watch.away(Duration::from_secs(3_600));
        let record = watch.stamp(Record::default());
        assert_eq!((record.provider_ms, record.own_us), (record.duration_ms, Some(0)));
    }
}

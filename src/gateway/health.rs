//! How the store has been doing in this process: a failure that a caller did not notice must not go unnoticed.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::audit::Journal;
use crate::store::StoreError;

struct Health {
    failures: u64,
    last: Option<String>,
    reported: Option<Instant>,
}

static HEALTH: Mutex<Health> = Mutex::new(Health { failures: 0, last: None, reported: None });

/// At most one line a minute and process.
const QUIET: Duration = Duration::from_secs(60);

/// Counts a failure of the store and writes it to the journal.
pub fn store_failed(error: &StoreError, journal: &dyn Journal) {
    let line = {
        let mut health = HEALTH.lock();
        health.failures += 1;
        health.last = Some(error.to_string());
        let due = health.reported.is_none_or(|at| at.elapsed() >= QUIET);
        due.then(|| {
            health.reported = Some(Instant::now());
            format!("aisp: {error} ({} failures so far in this process)", health.failures)
        })
    };
    if let Some(line) = line {
        journal.line(&line);
    }
}

/// A sentence about the failures so far, if there were any.
pub fn store_warning() -> Option<String> {
    let health = HEALTH.lock();
    let last = health.last.as_ref()?;
    Some(format!("The store failed {} times in this process; the last time: {last}.", health.failures))
}

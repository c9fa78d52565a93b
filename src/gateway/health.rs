//! How the store has been doing in this process: a failure that a caller did not notice must not go unnoticed.

use parking_lot::Mutex;

use crate::audit::{Journal, Quiet};
use crate::store::StoreError;

struct Health {
    failures: u64,
    last: Option<String>,
}

static HEALTH: Mutex<Health> = Mutex::new(Health { failures: 0, last: None });
static COMPLAINT: Quiet = Quiet::new();

/// Counts a failure of the store and writes it to the journal.
pub fn store_failed(error: &StoreError, journal: &dyn Journal) {
    let failures = {
        let mut health = HEALTH.lock();
        health.failures += 1;
        health.last = Some(error.to_string());
        health.failures
    };
    if COMPLAINT.is_over() {
        journal.line(&format!("aisp: {error} (failure {failures} in this process)"));
    }
}

/// A sentence about the failures so far, if there were any.
pub fn store_warning() -> Option<String> {
    let health = HEALTH.lock();
    let last = health.last.as_ref()?;
    Some(format!("Failures of the store in this process: {}; the last one: {last}.", health.failures))
}

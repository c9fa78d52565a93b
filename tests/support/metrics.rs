//! What the tests of metrics share: calls that are over, and what is asked about them.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use aisp::audit::Record;
use aisp::store::sqlite::Sqlite;
use aisp::store::{Group, MetricsFilter};

use crate::support::{SECOND, record};

pub const HOUR: i64 = 3_600 * SECOND;
pub const DAY: i64 = 24 * HOUR;

/// A call that took 900 ms, all but 20 of them at its provider, and ended at `us`.
pub fn call(us: i64) -> Record {
    Record {
        status_code: 200,
        provider: "acme".to_owned(),
        source: "plugin".to_owned(),
        attempts: 2,
        failovers: 1,
        tokens_in: 10,
        tokens_out: 20,
        cost_microusd: Some(30),
        duration_ms: 900,
        provider_ms: 880,
        first_ms: Some(100),
        created_at: us / SECOND,
        ..record("1")
    }
}

pub fn all(now_us: i64) -> MetricsFilter<'static> {
    let (site, since_us, group, step, previous) = (None, 0, Group::None, None, false);
    MetricsFilter { site, since_us, until_us: now_us, group, step, by: &[], previous, spans: &[], now_us }
}

/// The file beside the module's own view of it, and a store that opens it.
pub fn opened() -> (tempfile::TempDir, rusqlite::Connection, Sqlite) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("aisp.db");
    let store = Sqlite::open(&path).expect("a store");
    (dir, rusqlite::Connection::open(path).expect("the file"), store)
}

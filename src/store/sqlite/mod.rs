//! The embedded store: one SQLite file, shared by every process of the site.
//!
//! Every call is one transaction on prepared statements, and the frequent one, a cached answer, changes three pages: a
//! limit, the spool's end and a counter. The write-ahead log is folded into the file by [`Store::maintain`], where no
//! caller waits for it.

mod admit;
mod backup;
mod breaker;
mod budget;
mod cache;
mod checkpoint;
mod counter;
mod fault;
mod file;
mod flight;
mod housekeeping;
mod inbox;
mod job;
mod job_claim;
mod job_item;
mod job_keep;
mod job_part;
mod job_wait;
mod limits;
mod metrics;
mod nonce;
mod open;
mod process;
mod queue;
mod rollup;
mod schema;
mod spool;
mod state;
mod steps;
mod tx;

use std::path::Path;
use std::sync::atomic::Ordering;

use super::{
    Admission, Alert, Arrival, BackupError, Budget, Counts, Entry, Event, EventFilter, Handled, Hash, Heed, Limit,
    Metrics, MetricsFilter, Peek, Queued, Report, Selector, Settlement, Status, Store, StoreError, Total, Verdict, Way,
};
use crate::audit::Record;
pub use file::{Bounds, Sqlite};
use housekeeping::Due;

impl Store for Sqlite {
    fn admit(&self, call: &Admission<'_>) -> Result<Verdict, StoreError> {
        self.saw(call.clock.now_us());
        let verdict = self.write(|tx| admit::admit(tx, call))?;
        checkpoint::if_urgent(&self.conn, self.wal_pages.load(Ordering::Relaxed));
        Ok(verdict)
    }

    fn is_aloft(&self, hash: &Hash, leader: &str, now_us: i64) -> Result<bool, StoreError> {
        self.read(|tx| flight::is_aloft(tx, hash, leader, now_us))
    }

    fn renew(&self, hash: &Hash, leader: &str, lease_us: i64) -> Result<(), StoreError> {
        self.write(|tx| flight::renew(tx, hash, leader, lease_us))
    }

    fn stale(&self, hash: &Hash, grace_us: i64, now_us: i64) -> Result<Option<Entry>, StoreError> {
        self.read(|tx| cache::stale(tx, hash, grace_us, now_us))
    }

    fn take_alerts(&self, site: Option<&str>) -> Result<Vec<Alert>, StoreError> {
        if !self.read(|tx| budget::has_alerts(tx, site))? {
            return Ok(Vec::new());
        }
        self.write(|tx| budget::take_alerts(tx, site))
    }

    fn reset(&self, limits: &[Limit], budgets: &[Budget]) -> Result<u64, StoreError> {
        self.write(|tx| {
            let mut whole = limits::reset(tx, limits)?;
            for budget in budgets {
                whole += u64::from(budget::reset(tx, budget)?);
            }
            Ok(whole)
        })
    }

    fn take_nonce(&self, key: &str, until_us: i64, now_us: i64) -> Result<bool, StoreError> {
        self.saw(now_us);
        self.write(|tx| nonce::take(tx, key, until_us, now_us))
    }

    fn receive(&self, arrival: &Arrival<'_>) -> Result<bool, StoreError> {
        self.saw(arrival.now_us);
        self.lasting(|tx| inbox::receive(tx, arrival))
    }

    fn claim_events(&self, site: Option<&str>, max: u32, lease_us: i64, now_us: i64) -> Result<Vec<Event>, StoreError> {
        self.saw(now_us);
        if !self.read(|tx| inbox::is_due(tx, site, now_us))? {
            return Ok(Vec::new());
        }
        self.write(|tx| inbox::claim(tx, site, max, lease_us, now_us))
    }

    fn event_handled(&self, handled: &Handled<'_>) -> Result<bool, StoreError> {
        self.lasting(|tx| inbox::handled(tx, handled))
    }

    fn events(&self, filter: &EventFilter<'_>) -> Result<Vec<Event>, StoreError> {
        self.read(|tx| inbox::list(tx, filter))
    }

    fn replay_events(&self, filter: &EventFilter<'_>, now_us: i64) -> Result<u64, StoreError> {
        self.write(|tx| inbox::replay(tx, filter, now_us))
    }

    fn forget_events(&self, filter: &EventFilter<'_>) -> Result<u64, StoreError> {
        self.write(|tx| inbox::forget(tx, filter))
    }

    fn way(&self, route: &[String], now_us: i64, lease_us: i64) -> Result<Result<Way, i64>, StoreError> {
        self.saw(now_us);
        self.write(|tx| admit::way(tx, route, now_us, lease_us))
    }

    fn report(&self, report: &Report<'_>) -> Result<Heed, StoreError> {
        self.saw(report.now_us);
        self.write(|tx| breaker::report(tx, report))
    }

    fn settle(&self, outcome: &Settlement<'_>) -> Result<(), StoreError> {
        self.saw(outcome.now_us);
        self.write(|tx| admit::settle(tx, outcome, self.bounds.cache_bytes))
    }

    fn peek(&self, call: &Admission<'_>) -> Result<Peek, StoreError> {
        self.read(|tx| admit::peek(tx, call))
    }

    fn invalidate(&self, selector: &Selector<'_>) -> Result<u64, StoreError> {
        if selector.dry_run {
            return Ok(self.read(|tx| cache::select(tx, selector))?.len() as u64);
        }
        if selector.tag.is_some() {
            self.write(|tx| cache::mark_stale(tx, selector))?;
        }
        let matching = self.read(|tx| cache::select(tx, selector))?;
        let mut dropped = 0;
        for step in matching.chunks(cache::STEP) {
            dropped += self.write(|tx| cache::remove(tx, step))?;
        }
        Ok(dropped)
    }

    fn drain(&self, max: u32, site: Option<&str>, now_us: i64) -> Result<Vec<Record>, StoreError> {
        self.saw(now_us);
        let records = self.read(|tx| spool::ready(tx, max, site, now_us))?;
        // The records are what was asked for; what fails here fails again where it is asked for.
        let _ = self.maintain();
        Ok(records)
    }

    fn ack(&self, uids: &[&str]) -> Result<u64, StoreError> {
        self.write(|tx| spool::remove(tx, uids))
    }

    fn status(&self, now_us: i64) -> Result<Status, StoreError> {
        self.read(|tx| {
            let mut status =
                Status { schema: schema::VERSION, cache_max_bytes: self.bounds.cache_bytes, ..Status::default() };
            cache::status(tx, &mut status)?;
            spool::status(tx, &mut status)?;
            counter::status(tx, now_us, &mut status)?;
            inbox::status(tx, &mut status)?;
            status.queue = job::status(tx, now_us)?;
            status.breakers = breaker::status(tx, now_us)?;
            Ok(status)
        })
    }

    fn counts(&self, site: &str, kind: &str, now_us: i64) -> Result<Counts, StoreError> {
        self.read(|tx| {
            let mut counts = Counts::default();
            job::counts(tx, site, kind, now_us, &mut counts)?;
            inbox::counts(tx, site, &mut counts)?;
            Ok(counts)
        })
    }

    fn queued(&self, site: Option<&str>) -> Result<Queued, StoreError> {
        self.read(|tx| metrics::queued(tx, site))
    }

    fn metrics(&self, filter: &MetricsFilter<'_>) -> Result<Metrics, StoreError> {
        self.read(|tx| metrics::metrics(tx, filter))
    }

    fn totals(&self, site: Option<&str>, now_us: i64) -> Result<Vec<Total>, StoreError> {
        self.read(|tx| metrics::totals(tx, site, now_us))
    }

    fn copy_into(&self, file: &Path) -> Result<u32, BackupError> {
        backup::copy_into(&self.conn, &self.path, file)
    }

    fn maintain(&self) -> Result<(), StoreError> {
        let now_us = self.seen_us.get();
        if now_us >= self.sweep_us.get() {
            let due = self.read(|tx| housekeeping::look(tx, now_us, &self.bounds))?;
            let next_us = match due {
                Due::At(us) => us,
                Due::Now { spool_over } => self.write(|tx| housekeeping::step(tx, now_us, spool_over))?,
            };
            self.sweep_us.set(next_us);
        }
        checkpoint::if_worth_it(&self.conn, self.wal_pages.load(Ordering::Relaxed)).map_err(|e| self.failed(&e))
    }
}

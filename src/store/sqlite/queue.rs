//! The queue as the file offers it: what looks before it takes the write lock, and what outlives a power cut.

use super::{Sqlite, job, job_claim, job_item, job_keep, job_part, job_wait};
use crate::store::{
    Arrival, ClaimedJob, Enqueued, ItemEnd, ItemState, Job, JobClaim, JobFilter, JobItem, Lease, NewJob, OfJob,
    Parting, Queue, StoreError,
};

impl Queue for Sqlite {
    fn enqueue(&self, job: &NewJob<'_>) -> Result<Enqueued, StoreError> {
        self.saw(job.now_us);
        self.lasting(|tx| job::enqueue(tx, job))
    }

    fn claim_jobs(&self, claim: &JobClaim<'_>) -> Result<Vec<ClaimedJob>, StoreError> {
        self.saw(claim.now_us);
        if !self.read(|tx| job_claim::is_due(tx, claim))? {
            return Ok(Vec::new());
        }
        loop {
            let (claimed, more) = self.write(|tx| job_claim::claim(tx, claim))?;
            if !more || !claimed.is_empty() {
                return Ok(claimed);
            }
        }
    }

    fn renew_job(&self, lease: Lease<'_>, lease_us: i64) -> Result<bool, StoreError> {
        self.write(|tx| job_claim::renew(tx, lease, lease_us))
    }

    fn open_items(&self, lease: Lease<'_>, from: u32, max: u32) -> Result<Vec<JobItem>, StoreError> {
        self.read(|tx| job_item::of(tx, lease, ItemState::Open, from, max))
    }

    fn waiting_items(&self, lease: Lease<'_>, from: u32, max: u32) -> Result<Vec<JobItem>, StoreError> {
        self.read(|tx| job_item::of(tx, lease, ItemState::Waiting, from, max))
    }

    fn end_item(&self, of: OfJob<'_>, now_us: i64, end: ItemEnd<'_>) -> Result<bool, StoreError> {
        self.saw(now_us);
        self.lasting(|tx| job_item::end(tx, of, end))
    }

    fn part(&self, lease: Lease<'_>, now_us: i64, parting: Parting<'_>) -> Result<bool, StoreError> {
        self.saw(now_us);
        self.lasting(|tx| job_part::part(tx, lease, now_us, &parting))
    }

    fn cancel_job(
        &self,
        site: &str,
        id: &str,
        now_us: i64,
        keep_us: i64,
        next: &NewJob<'_>,
    ) -> Result<Option<Job>, StoreError> {
        self.saw(now_us);
        self.write(|tx| job_part::cancel(tx, site, id, now_us, keep_us, next))
    }

    fn wake_job(&self, site: &str, token: &str, now_us: i64) -> Result<bool, StoreError> {
        self.saw(now_us);
        if !self.read(|tx| job_wait::is_awaited(tx, site, token))? {
            return Ok(false);
        }
        self.lasting(|tx| job_wait::wake(tx, site, token, now_us))
    }

    fn retry_job(&self, site: &str, id: &str, now_us: i64) -> Result<Option<Job>, StoreError> {
        self.saw(now_us);
        self.write(|tx| job_part::retry(tx, site, id, now_us))
    }

    fn accept_job(&self, site: &str, id: &str, now_us: i64, event: &Arrival<'_>) -> Result<Option<Job>, StoreError> {
        self.saw(now_us);
        self.lasting(|tx| job_part::accept(tx, site, id, now_us, event))
    }

    fn jobs(&self, filter: &JobFilter<'_>) -> Result<Vec<Job>, StoreError> {
        self.read(|tx| job::list(tx, filter))
    }

    fn job_items(&self, site: &str, id: &str, from: u32, max: u32) -> Result<Vec<JobItem>, StoreError> {
        self.read(|tx| job_item::list(tx, site, id, from, max))
    }

    fn purge_jobs(&self, filter: &JobFilter<'_>) -> Result<u64, StoreError> {
        let matching = self.read(|tx| job_keep::ended(tx, filter))?;
        let mut dropped = 0;
        for step in matching.chunks(job_keep::STEP) {
            dropped += self.write(|tx| job_keep::drop(tx, step))?;
        }
        while dropped > 0 && self.write(job_keep::sweep)? {}
        Ok(dropped)
    }
}

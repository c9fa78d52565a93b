//! A worker's turn with a job that a provider works on: it looks how that stands, and either settles what has come or waits on.
//!
//! What a webhook says is never taken for the answer: it only makes the job due, and the answer is fetched here.

use std::time::Duration;

use parking_lot::Mutex;

use super::About;
use super::cancel::call_off;
use super::pending::Pending;
use super::run::Turn;
use super::score::{Parking, Sheet};
use crate::clock::now_us;
use crate::error::Fault;
use crate::gateway::Env;
use crate::gateway::awaited::{Held, conclude};
use crate::gateway::failure::GaveUp;
use crate::gateway::flow::with_store;
use crate::gateway::remote::Remote;
use crate::provider::openai_responses::background;
use crate::provider::{Answer, Failure, Look};
use crate::store::{ItemEnd, JobItem, OfJob, Parting, StoreError, Wait};

impl Turn<'_> {
    /// What a provider works on for the job, if any of its items waits for that.
    pub fn pending<'p>(&self, about: &'p About, env: &Env<'_>) -> Result<Option<&'p Pending>, StoreError> {
        let Some(pending) = &about.pending else { return Ok(None) };
        let waits = with_store(env, |store| store.waiting_items(self.lease(), 0, 1))?;
        Ok(Some(pending).filter(|_| !waits.is_empty()))
    }

    /// The whole turn.
    pub fn look(&self, about: &About, pending: &Pending, env: &Env<'_>) -> Result<(), StoreError> {
        if pending.batch {
            return self.look_at_batch(about, pending, env);
        }
        let looked = pending.looked();
        let came = match (self.fetch(pending, env), pending.is_over(now_us())) {
            (Ok(Look::Ended(came)), _) => came,
            (Ok(Look::Running) | Err(_), true) => {
                call_off(&self.terms, pending, env);
                Err(Fault::Timeout.into())
            }
            (Ok(Look::Running), false) => return self.wait_on(about, &looked, looked.pause(), &[], None, env),
            (Err(code), false) => return self.wait_on(about, &looked, looked.pause(), &[], Some(code), env),
        };
        let score = Mutex::default();
        for item in with_store(env, |store| store.waiting_items(self.lease(), 0, 1))? {
            self.settle(&item, came.clone(), Sheet { about, score: &score, env });
        }
        self.leave(about, &score.into_inner(), true, env)
    }

    /// How it stands, or why that could not be seen this time.
    fn fetch(&self, pending: &Pending, env: &Env<'_>) -> Result<Look, &'static str> {
        let remote = Remote::of(&self.terms, &pending.provider, env).map_err(|error| error.code())?;
        let answer = remote.get(&background::fetch(&pending.id, &remote.to())).map_err(Fault::code)?;
        background::look(answer.status, &answer.body).map_err(|failure| failure.fault.code())
    }

    /// Settles the call of an item with what its provider came to. What took too long is not tried again.
    pub fn settle(&self, item: &JobItem, came: Result<Answer, Failure>, sheet: Sheet<'_>) {
        let Some(held) = Held::decode(&item.call) else {
            let of = OfJob { lease: self.lease(), n: item.n };
            return self.end(of, &ItemEnd::Again("provider_gone"), sheet.score, sheet.env);
        };
        let last = matches!(came, Err(Failure { fault: Fault::Timeout, .. }));
        let came = came.map_err(|failure| GaveUp::Failed { fault: failure.fault, retry_after: failure.delay() });
        self.conclude(item, held, came, last, sheet);
    }

    /// The same for a call that is at hand. The `last` one is not followed by another.
    pub fn conclude(&self, item: &JobItem, held: Held, came: Result<Answer, GaveUp>, last: bool, sheet: Sheet<'_>) {
        let Sheet { about, score, env } = sheet;
        let of = OfJob { lease: self.lease(), n: item.n };
        let Ok((request, store)) = self.question(item, env) else {
            held.call_off(env);
            return self.end(of, &ItemEnd::Failed("job_sealed"), score, env);
        };
        let result = conclude(&self.args(&request, about), &Env { item: Some(of), ..*env }, held, came);
        self.took(item, result, store, last, score, env);
    }

    /// Waits for what a provider has taken. A job that is another's by now has no use for it.
    pub fn wait_on(
        &self,
        about: &About,
        pending: &Pending,
        pause: Duration,
        parked: &[Parking],
        error: Option<&str>,
        env: &Env<'_>,
    ) -> Result<(), StoreError> {
        let about = About { pending: Some(pending.clone()), ..about.clone() }.encode();
        let due_us = now_us() + pause.as_micros() as i64;
        let items: Vec<_> = parked.iter().map(Parking::as_parked).collect();
        let wait = Wait { due_us, about: &about, token: &pending.id, error, parked: &items };
        let is_held = self.part(Parting::Wait(wait), env)?;
        if !is_held && !parked.is_empty() {
            parked.iter().filter_map(Parking::held).for_each(|held| held.call_off(env));
            call_off(&self.terms, pending, env);
        }
        Ok(())
    }
}

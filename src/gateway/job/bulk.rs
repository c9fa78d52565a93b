//! A worker's turn with a job that goes in batches: what of it may be sent is sent as one, and what has come of one is settled,
//! item by item.

use std::ops::ControlFlow;
use std::time::Duration;

use parking_lot::Mutex;

use super::About;
use super::cancel::call_off;
use super::pending::Pending;
use super::run::Turn;
use super::score::{Parking, Score, Sheet};
use crate::clock::now_us;
use crate::error::Fault;
use crate::gateway::Env;
use crate::gateway::bulk::Passenger;
use crate::gateway::failure::GaveUp;
use crate::gateway::flow::with_store;
use crate::gateway::remote::Remote;
use crate::provider::batch::{self, Stand};
use crate::provider::{Answer, Failure, HttpCall};
use crate::store::{JobItem, StoreError};

/// Items that are settled before it is seen whether there is time for more.
const STEP: u32 = 256;

impl Turn<'_> {
    /// Takes an item into the batch that will be sent.
    pub fn load(&self, item: &JobItem, passenger: Passenger, score: &Mutex<Score>) {
        let base_url = self.terms.provider(&passenger.provider).map(|provider| provider.base_url);
        score.lock().load.take(item.clone(), passenger, base_url.unwrap_or_default());
    }

    /// Sends a batch, if there is anything to send. Where the provider does not take it, each of its calls has failed by that.
    pub fn send(&self, sheet: Sheet<'_>) {
        let load = std::mem::take(&mut sheet.score.lock().load);
        let failed = |fault| GaveUp::Failed { fault, retry_after: None };
        for (item, passenger) in load.misfits {
            self.conclude(&item, passenger.held, Err(failed(Fault::Gone)), false, sheet);
        }
        let Some((_, first)) = load.items.first() else { return };
        let gave_up = match self.hand_over(first, &load.requests, sheet.env) {
            Ok(id) => {
                let (provider, since_us) = (first.provider.clone(), now_us());
                let pending = Pending { provider, id, batch: true, since_us, looks: 0 };
                let until_us = pending.abandoned_us();
                let mut score = sheet.score.lock();
                score.parked = load.items.iter().map(|(item, it)| Parking::new(item.n, &it.held, until_us)).collect();
                score.pending = Some(pending);
                return;
            }
            Err(gave_up) => gave_up,
        };
        for (item, passenger) in load.items {
            self.conclude(&item, passenger.held, Err(gave_up.clone()), false, sheet);
        }
    }

    /// Sends requests to the provider of the first one, and says what it calls them.
    fn hand_over(&self, first: &Passenger, requests: &[Vec<u8>], env: &Env<'_>) -> Result<String, GaveUp> {
        let remote = Remote::of(&self.terms, &first.provider, env).map_err(GaveUp::Unasked)?;
        let post = |call: &HttpCall| {
            let answer = remote.post_until(call, first.deadline)?;
            Ok((answer.status, answer.body))
        };
        let sent = batch::send(first.kind, requests, &remote.to(), post);
        first.tell(sent.as_ref().map(drop).map_err(|failure| failure.fault), env);
        sent.map_err(|failure| GaveUp::Failed { fault: failure.fault, retry_after: failure.delay() })
    }

    /// The whole turn with a batch that was sent.
    pub fn look_at_batch(&self, about: &About, pending: &Pending, env: &Env<'_>) -> Result<(), StoreError> {
        let (score, looked) = (Mutex::default(), pending.looked());
        let sheet = Sheet { about, score: &score, env };
        let (stand, is_over) = (self.stand(pending, env), pending.is_over(now_us()));
        let through = match stand {
            Ok(Stand::Ended(calls)) => match self.fetch_lines(&calls, pending, sheet) {
                // What is in no line was not done.
                Ok(ControlFlow::Continue(())) => self.settle_rest(Fault::Gone.into(), sheet)?,
                Ok(ControlFlow::Break(())) => ControlFlow::Break(()),
                Err(_) if is_over => self.settle_rest(Fault::Timeout.into(), sheet)?,
                Err(code) => return self.wait_on(about, &looked, looked.pause(), &[], Some(code), env),
            },
            Ok(Stand::Failed(failure)) => self.settle_rest(failure, sheet)?,
            Ok(Stand::Running) | Err(_) if is_over => {
                call_off(&self.terms, pending, env);
                self.settle_rest(Fault::Timeout.into(), sheet)?
            }
            Ok(Stand::Running) => return self.wait_on(about, &looked, looked.pause(), &[], None, env),
            Err(code) => return self.wait_on(about, &looked, looked.pause(), &[], Some(code), env),
        };
        let score = score.into_inner();
        if through.is_break() {
            return self.wait_on(about, pending, Duration::ZERO, &[], None, env);
        }
        let open = with_store(env, |store| store.open_items(self.lease(), 0, 1))?;
        self.leave(about, &score, score.again.is_some() || open.is_empty(), env)
    }

    /// How it stands, or why that could not be seen this time.
    fn stand(&self, pending: &Pending, env: &Env<'_>) -> Result<Stand, &'static str> {
        let remote = Remote::of(&self.terms, &pending.provider, env).map_err(|error| error.code())?;
        let (kind, to) = (remote.provider.kind, remote.to());
        let answer = remote.get(&batch::fetch(kind, &pending.id, &to)).map_err(Fault::code)?;
        let stand = batch::look(kind, &pending.id, &to, answer.status, &answer.body);
        stand.map_err(|failure| failure.fault.code())
    }

    /// Settles what stands in the results. It breaks off where the turn is over.
    fn fetch_lines(
        &self,
        calls: &[HttpCall],
        pending: &Pending,
        sheet: Sheet<'_>,
    ) -> Result<ControlFlow<()>, &'static str> {
        let remote = Remote::of(&self.terms, &pending.provider, sheet.env).map_err(|error| error.code())?;
        let mut goes_on = ControlFlow::Continue(());
        for call in calls {
            let mut take = |line: &[u8]| {
                if self.is_over(sheet.score) {
                    goes_on = ControlFlow::Break(());
                } else if let Some((n, came)) = batch::result(remote.provider.kind, line) {
                    self.settle_at(n, came, sheet);
                }
                goes_on.is_continue()
            };
            remote.lines(call, &mut take).map_err(Fault::code)?;
        }
        Ok(goes_on)
    }

    /// Settles the item at this place, if it waits.
    fn settle_at(&self, n: u32, came: Result<Answer, Failure>, sheet: Sheet<'_>) {
        let found = with_store(sheet.env, |store| store.waiting_items(self.lease(), n, 1)).unwrap_or_default();
        if let Some(item) = found.into_iter().find(|item| item.n == n) {
            self.settle(&item, came, sheet);
        }
    }

    /// Settles all items that wait, each with this failure. It breaks off where the turn is over.
    fn settle_rest(&self, failure: Failure, sheet: Sheet<'_>) -> Result<ControlFlow<()>, StoreError> {
        let mut from = 0;
        loop {
            let items = with_store(sheet.env, |store| store.waiting_items(self.lease(), from, STEP))?;
            let Some(last) = items.last() else { return Ok(ControlFlow::Continue(())) };
            from = last.n + 1;
            for item in &items {
                if self.is_over(sheet.score) {
                    return Ok(ControlFlow::Break(()));
                }
                self.settle(item, Err(failure), sheet);
            }
        }
    }
}

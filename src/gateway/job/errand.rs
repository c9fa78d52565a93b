//! Jobs that say something to somebody outside, until it is taken: that a job has ended, or that a provider need not go on.

use super::About;
use super::callback::{Message, Told};
use super::cancel::call_off;
use super::run::Turn;
use crate::clock::now_us;
use crate::gateway::Env;
use crate::gateway::flow::with_store;
use crate::jobs;
use crate::store::{ItemEnd, JobItem, OfJob, Parting, StoreError};

/// How often it is tried.
const MAX_CALLS: u32 = 8;

impl Turn<'_> {
    /// A job that tells somebody of another one's end.
    pub fn tell(&self, env: &Env<'_>) -> Result<(), StoreError> {
        let send = |item: &JobItem| {
            Message::decode(&item.request).map_or(Told::Unwanted, |message| message.send(&self.terms, env))
        };
        self.errand(send, env)
    }

    /// A job that tells a provider that another one was called off.
    pub fn call_off(&self, env: &Env<'_>) -> Result<(), StoreError> {
        let pending = About::of(self.job()).pending;
        self.errand(|_| pending.as_ref().map_or(Told::Taken, |pending| call_off(&self.terms, pending, env)), env)
    }

    fn errand(&self, send: impl FnOnce(&JobItem) -> Told, env: &Env<'_>) -> Result<(), StoreError> {
        let items = with_store(env, |store| store.open_items(self.lease(), 0, 1))?;
        let end = |error| Parting::End { error, keep_us: self.keep_us(), event: None, next: None };
        let item = items.into_iter().next();
        let told = item.as_ref().map(|item| (OfJob { lease: self.lease(), n: item.n }, item.attempts + 1, send(item)));
        let parting = match told {
            None => end(None),
            Some((of, _, Told::Taken)) => {
                self.write(of, &ItemEnd::Done(b"{}"), env)?;
                end(None)
            }
            Some((of, attempts, Told::Again(code))) if attempts < MAX_CALLS => {
                self.write(of, &ItemEnd::Again(code), env)?;
                let run_us = now_us() + jobs::wait(attempts).as_micros() as i64;
                Parting::Queue { run_us, error: Some(code) }
            }
            Some((.., Told::Again(code))) => end(Some(code)),
            Some((.., Told::Unwanted)) => end(Some("callback_gone")),
        };
        self.part(parting, env).map(drop)
    }
}

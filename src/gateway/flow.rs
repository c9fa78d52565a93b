//! One call on its way: who asks, since when, and the log record that grows along it. Every end of a call passes here,
//! so that none goes unlogged.

use uuid::Uuid;

use super::admit::Open;
use super::caller::Caller;
use super::complete::Reply;
use super::failure::GaveUp;
use super::journey::{Arrival, Journey, Traveller};
use super::ledger::Ledger;
use super::moderation::Moderator;
use super::plan::Plan;
use super::{Args, Env, health, misconfigured};
use crate::audit::{self, LogTarget, Record, Watch};
use crate::clock::{Deadline, now_us};
use crate::error::Error;
use crate::store::{self, Claim, Limit, Settlement, Store, StoreError};

/// How a call travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// By itself.
    Alone,
    /// In a provider call with others, for which it pays the quota.
    Pays,
    /// In a provider call with others, for which another one pays.
    Rides,
}

/// A call between its beginning and its end.
pub struct Flow<'a, 'e> {
    /// Who asks.
    pub caller: Caller<'a>,
    pub(super) env: &'e Env<'e>,
    pub(super) watch: Watch,
    pub(super) now_us: i64,
    pub(super) record: Record,
    pub(super) quota: Vec<Limit>,
    pub(super) claims: Vec<Claim>,
    pub(super) passage: Passage,
    /// Whether the caller has a part of an answer that it would not drop for another one.
    pub(super) has_spoken: bool,
    /// Whether it was begun earlier, and let go of while a provider worked on it.
    pub(super) is_resumed: bool,
}

impl<'a, 'e> Flow<'a, 'e> {
    /// Begins a call.
    ///
    /// # Errors
    /// [`Error::Config`] if `$caller` is malformed: then it is not known whose log the call belongs to.
    pub fn begin(args: &Args<'a>, env: &'e Env<'e>) -> Result<Self, Error> {
        let caller = Caller::read(&args.caller).map_err(misconfigured(args.function, 2, "caller"))?;
        let now_us = now_us();
        let id = Uuid::now_v7().to_string();
        let record = Record {
            uid: id.clone(),
            request_id: id,
            site: caller.site.to_owned(),
            user_id: caller.user_id,
            route: caller.route.to_owned(),
            client: caller.client.to_owned(),
            source: caller.source.to_owned(),
            created_at: now_us / 1_000_000,
            ..Record::default()
        };
        let (quota, claims) = (Vec::new(), Vec::new());
        let (watch, passage, has_spoken) = (Watch::start(), Passage::Alone, false);
        Ok(Self { caller, env, watch, now_us, record, quota, claims, passage, has_spoken, is_resumed: false })
    }

    /// The call's id.
    pub fn request_id(&self) -> &str {
        &self.record.request_id
    }

    /// When the call must have ended: by its own deadline, or by that of the batch it belongs to.
    pub(super) fn deadline(&self, plan: &Plan<'_, '_>) -> Deadline {
        let own = Deadline::after(plan.timeout(self.env.settings).saturating_sub(self.watch.begun().elapsed()));
        self.env.until.map_or(own, |until| own.min(until))
    }

    /// The call shares its way to the provider. Its answer is not kept: prompts of one call can sway each other's answers,
    /// and one client must not plant them for others.
    pub fn travels(&mut self, passage: Passage) {
        self.passage = passage;
    }

    /// The way through the providers for a call that was let in.
    pub fn journey<'j>(&self, plan: &'j Plan<'j, 'j>, open: &'j Open<'_>) -> Journey<'j>
    where
        'e: 'j,
    {
        let (way, lease_us) = (open.way, open.lease_us);
        Journey { plan, env: self.env, breakers: &open.breakers, way, deadline: self.deadline(plan), lease_us }
    }

    /// Who judges the texts of a call that was let in.
    pub fn moderator<'m>(&self, plan: &'m Plan<'m, 'm>, open: &'m Open<'_>) -> Moderator<'m>
    where
        'e: 'm,
        'a: 'm,
    {
        let (env, site, lead, limits) = (self.env, self.caller.site, open.lead.as_ref(), open.limits.as_slice());
        Moderator { plan, env, site, deadline: self.deadline(plan), lead, limits }
    }

    /// Gets the answer: what is asked is moderated, providers are asked, and what they say is moderated.
    pub fn complete<T: Traveller<Reply = Reply>>(
        &self,
        plan: &Plan<'_, '_>,
        open: &Open<'_>,
        traveller: &mut T,
        ledger: &mut Ledger,
    ) -> Arrival<Reply> {
        let judge = self.moderator(plan, open);
        let stopped = |error| Arrival { result: Err(GaveUp::Unasked(error)), answered: None };
        if let Err(error) = judge.input(ledger) {
            return stopped(error);
        }
        let journey = self.journey(plan, open);
        let arrival = journey.run(traveller, ledger);
        let judged = arrival.result.as_ref().map_or(Ok(()), |reply| judge.output(&reply.answer.text, ledger));
        let Err(error) = judged else { return arrival };
        if let Some(way) = arrival.answered {
            journey.tell(way);
        }
        stopped(error)
    }

    /// Ends a call that failed before it was admitted: logs it and hands the error back.
    pub fn fail(&self, error: Error) -> Error {
        self.settle_plain(self.record.failed(error.status(), error.code()));
        error
    }

    /// Ends a call that no provider was asked for with this record.
    pub(super) fn settle_plain(&self, record: Record) {
        self.close(&Settlement::plain(&self.watch.stamp(record), now_us()));
    }

    pub(super) fn elapsed_ms(&self) -> u32 {
        u32::try_from(self.watch.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    /// Writes the end of a call. The caller gets its answer or its error also where this fails.
    pub(super) fn close(&self, settlement: &Settlement<'_>) {
        self.journal(|| settlement.record.clone());
        let settlement = &Settlement { item: self.env.item, once: self.is_resumed, ..*settlement };
        let written = with_store(self.env, |store| {
            store.settle(settlement)?;
            store.maintain()
        });
        if let Err(error) = written {
            health::store_failed(&error, self.env.journal);
        }
    }

    /// Writes the line for administrators, where they want one.
    pub(super) fn journal(&self, record: impl FnOnce() -> Record) {
        if self.env.settings.log != LogTarget::Off {
            audit::write_line(&record(), &self.env.settings.log, self.env.journal);
        }
    }
}

/// One round trip to the store.
pub fn with_store<T>(env: &Env<'_>, f: impl FnOnce(&dyn Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
    store::with(&env.settings.store, f)?
}

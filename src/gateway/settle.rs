//! The end of a call that went to providers: its answer is kept, its record written, what was charged for nothing given back.

use super::admit::{Kept, Open};
use super::complete::Reply;
use super::failure::GaveUp;
use super::flight::Note;
use super::flow::{Flow, Passage};
use super::journey::Arrival;
use super::ledger::Ledger;
use super::plan::Plan;
use super::result::Outcome;
use super::tally;
use crate::clock::now_us;
use crate::error::{Error, Fault};
use crate::guard::breaker::Heard;
use crate::hex;
use crate::provider::{Answer, Finish, Head, RateLimits, Usage};
use crate::store::{Hash, Landing, LimitState, Report, Settlement, Way, Write};

impl Flow<'_, '_> {
    /// Ends a call that went to providers: keeps the answer, writes the record, gives back what was charged for nothing, and
    /// tells those who waited for it.
    pub fn settle(
        mut self,
        plan: &Plan<'_, '_>,
        hash: &Hash,
        open: Open<'_>,
        arrival: Arrival<Reply>,
        ledger: &Ledger,
    ) -> Result<Outcome, Error> {
        let Open { breakers, limits, way: first, lead, .. } = open;
        self.enter(plan, ledger);
        let now_us = now_us();
        let told = arrival.answered.and_then(|way| tally::report(&breakers[way.stop], way.probe, now_us));
        let report = told.or_else(|| unused(first, &breakers, now_us).filter(|_| arrival.answered.is_none()));
        let land = |note| lead.is_some().then_some(Landing { hash, note });
        let reply = match arrival.result {
            Ok(reply) => reply,
            Err(gave_up) => {
                let error = explain(gave_up, limits);
                // Whoever counted tokens did its work.
                let unpaid = ledger.usage == Default::default()
                    && !matches!(error, Error::Provider { fault, .. } if fault.is_charged());
                let refund = if unpaid { self.quota.as_slice() } else { &[] };
                let kept = self.stale(plan, hash, &error);
                let record = self.record.failed(error.status(), error.code());
                let record = kept.as_ref().map_or_else(|| record.clone(), |kept| record.stale(&kept.provider));
                let note = Note::of(&error).and_then(|note| note.encode());
                let (claims, landing) = (self.claims.as_slice(), land(note.as_deref()));
                self.close(&Settlement { refund, claims, landing, report, ..Settlement::plain(&record, now_us) });
                return kept.map_or(Err(error), |kept| Ok(self.replay(plan, kept)));
            }
        };
        self.record.status_code = 200;
        let body = serde_json::to_vec(&reply.answer).unwrap_or_default();
        let keeps = self.passage == Passage::Alone && reply.answer.finish.is_repeatable() && !body.is_empty();
        let ttl_s = plan.ttl_s().filter(|_| keeps);
        let write = ttl_s.map(|ttl| Write {
            hash,
            body: &body,
            tags: &plan.request.tags,
            asked_us: self.now_us,
            expires_us: now_us + i64::from(ttl) * 1_000_000,
        });
        let note = lead.as_ref().filter(|_| write.is_none()).and_then(|_| {
            Note::Answer { answer: reply.answer.clone(), provider: self.record.provider.clone() }.encode()
        });
        let refund = if self.passage == Passage::Rides { self.quota.as_slice() } else { &[] };
        let (claims, landing) = (self.claims.as_slice(), land(note.as_deref()));
        let record = &self.record;
        let answer = Some(body.as_slice()).filter(|body| !body.is_empty());
        self.close(&Settlement { write, refund, claims, landing, report, answer, ..Settlement::plain(record, now_us) });
        Ok(self.outcome(plan, reply, ledger, limits))
    }

    /// Ends a call that was given an answer for which no provider was asked, or not with success.
    pub fn replay(self, plan: &Plan<'_, '_>, kept: Kept) -> Outcome {
        let age_s = kept.stored_us.map(|stored_us| (now_us() - stored_us).max(0).unsigned_abs() / 1_000_000);
        Outcome {
            usage: kept.answer.usage,
            answer: kept.answer,
            data: kept.data,
            model: plan.request.model.name.to_owned(),
            provider: kept.provider,
            cached: true,
            stale: kept.stale.is_some(),
            age_s,
            cost_usd: Some(self.record.cost_microusd.map_or(0.0, |microusd| microusd as f64 / 1e6)),
            attempts: self.record.attempts,
            duration_ms: self.elapsed_ms(),
            request_id: self.record.request_id,
            req_hash: self.record.req_hash,
            provider_request_id: None,
            provider_limits: RateLimits::default(),
            limits: kept.limits,
            redacted: Vec::new(),
        }
    }

    /// Ends a call whose caller hung up while it waited for another call's answer.
    pub fn leave(self, plan: &Plan<'_, '_>, limits: Vec<LimitState>) -> Outcome {
        let fault = Fault::Cancelled;
        self.settle_plain(self.record.failed(fault.status(), fault.code()));
        let answer = Answer { text: String::new(), finish: Finish::Cancelled, usage: Usage::default() };
        let reply = Reply { answer, data: None, head: Head::default() };
        self.outcome(plan, reply, &Ledger::default(), limits)
    }

    /// Ends a stream whose caller hung up: what it used so far is logged, and handed back with what was said so far.
    pub fn cancel(
        mut self,
        plan: &Plan<'_, '_>,
        hash: &Hash,
        open: Open<'_>,
        so_far: Reply,
        ledger: &Ledger,
    ) -> Outcome {
        self.enter(plan, ledger);
        let fault = Fault::Cancelled;
        let record = self.record.failed(fault.status(), fault.code());
        let refund = if ledger.usage == Default::default() { self.quota.as_slice() } else { &[] };
        let claims = self.claims.as_slice();
        let landing = open.lead.is_some().then_some(Landing { hash, note: None });
        self.close(&Settlement { refund, claims, landing, ..Settlement::plain(&record, now_us()) });
        self.outcome(plan, so_far, ledger, open.limits)
    }

    /// Enters into the record what the call used, and where it went last.
    fn enter(&mut self, plan: &Plan<'_, '_>, ledger: &Ledger) {
        self.watch.away(ledger.provider);
        let record = &mut self.record;
        record.attempts = ledger.attempts;
        if let Some(last) = ledger.last {
            plan.route[last].provider.name.clone_into(&mut record.provider);
        }
        record.tokens_in = ledger.usage.tokens_in;
        record.tokens_out = ledger.usage.tokens_out;
        let spent = ledger.cost_usd.filter(|_| ledger.usage != Default::default());
        record.cost_microusd = spent.map(|usd| (usd * 1e6).round() as u64);
        record.first_ms = ledger.first_ms;
        record.failovers = ledger.last.map_or(0, |last| u32::try_from(last).unwrap_or(u32::MAX));
        *record = self.watch.stamp(std::mem::take(record));
    }

    fn outcome(self, plan: &Plan<'_, '_>, reply: Reply, ledger: &Ledger, limits: Vec<LimitState>) -> Outcome {
        Outcome {
            usage: ledger.usage,
            answer: reply.answer,
            data: reply.data,
            model: plan.request.model.name.to_owned(),
            provider: self.record.provider,
            cached: false,
            stale: false,
            age_s: None,
            cost_usd: ledger.cost_usd,
            attempts: ledger.attempts,
            duration_ms: self.record.duration_ms,
            request_id: self.record.request_id,
            req_hash: self.record.req_hash,
            provider_request_id: reply.head.request_id,
            provider_limits: reply.head.rate,
            limits,
            redacted: Vec::new(),
        }
    }

    /// Ends a call that another one of its batch has paid for, with the same answer or the same error.
    pub fn share(mut self, plan: &Plan<'_, '_>, hash: &Hash, paid: &Result<Outcome, Error>) -> Result<Outcome, Error> {
        self.record.req_hash = hex::encode(hash);
        plan.request.model.name.clone_into(&mut self.record.model);
        // It waited for what the other one's provider did.
        self.watch.all_away();
        self.record = self.watch.stamp(std::mem::take(&mut self.record));
        match paid {
            Ok(paid) => {
                let record = self.record.hit(&paid.provider);
                self.close(&Settlement::plain(&record, now_us()));
                let (attempts, cached, cost_usd) = (0, true, Some(0.0));
                let (request_id, duration_ms) = (self.record.request_id, self.record.duration_ms);
                Ok(Outcome { attempts, cached, cost_usd, request_id, duration_ms, ..paid.clone() })
            }
            Err(error) => Err(self.fail(error.clone())),
        }
    }
}

/// Gives back the lease of a probe that was not made, because the call rode along with another one. A lease that has been
/// told of already is another's by now, and stays.
fn unused(way: Way, breakers: &[String], now_us: i64) -> Option<Report<'_>> {
    let (key, heard) = (&breakers[way.stop], Heard::Nothing);
    way.probe.map(|lease| Report { key, heard, probe: Some(lease), answers: 0, wants_retry: false, now_us })
}

/// The error for a call that no provider answered.
pub fn explain(gave_up: GaveUp, limits: Vec<LimitState>) -> Error {
    match gave_up {
        GaveUp::Unasked(error) => error,
        GaveUp::Failed { fault, retry_after } => Error::Provider { fault, retry_after, limits },
    }
}

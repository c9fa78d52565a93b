//! Streamed answers: what a caller is told, piece by piece.
//!
//! A stream that ends early, stalls or breaks is never a result. Where the request says `restart`, the caller is told to
//! drop what it has and the answer begins again at the next attempt; else it is told of an error. Two answers are never
//! spliced, and no part of one is ever sent on. Until the first word nothing has been told, so a call that fails before it
//! fails like any other.

use std::time::Duration;

use super::admit::Admitted;
use super::complete::{Reply, head, read, satisfy};
use super::estimate::{tokens, tokens_of};
use super::failure::GaveUp;
use super::flight::Lead;
use super::flow::Flow;
use super::infer::prepare;
use super::journey::{Failed, Traveller, Try};
use super::ledger::Ledger;
use super::plan::Plan;
use super::result::Outcome;
use super::speaker::{Opening, Sink, Speaker};
use super::{Args, Env};
use crate::clock::Deadline;
use crate::error::{Error, Fault};
use crate::provider::{Answer, Call, Failure, Finish, Head, Step, Usage};
use crate::store::Hash;
use crate::upstream::{self, Delay, Opened, Stream, Watch};

/// How long the count may follow an answer that is whole.
const LINGER: Duration = Duration::from_secs(1);
const SECOND: Duration = Duration::from_secs(1);

/// One prompt in, one answer out, told as it comes: `aisp_stream()`. `sink` ends the call by breaking off; then the outcome
/// holds what was said so far and has the finish [`Finish::Cancelled`].
///
/// # Errors
/// As [`super::infer()`]; where something had been told already, the error has been told too.
pub fn stream(args: &Args<'_>, env: &Env<'_>, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    prepare(args, env, |flow, plan, hash| tell(flow, plan, hash, env, sink))
}

fn tell(
    mut flow: Flow<'_, '_>,
    plan: &Plan<'_, '_>,
    hash: &Hash,
    env: &Env<'_>,
    sink: &mut Sink<'_>,
) -> Result<Outcome, Error> {
    let request_id = flow.request_id().to_owned();
    let speaker = Speaker::new(sink, plan, Opening { request_id: &request_id, model: plan.request.model.name });
    let open = match flow.admit(plan, hash, Some(&mut |wait| speaker.pause(wait))) {
        Admitted::Refused(error) => return told(&speaker, Err(error)),
        Admitted::Left(limits) => return Ok(flow.leave(plan, limits)),
        Admitted::Answered(kept) => {
            speaker.allowed(&kept.limits);
            return told(&speaker, plan.reveal(flow.replay(plan, kept)));
        }
        Admitted::Open(open) => open,
    };
    speaker.allowed(&open.limits);
    let mut ledger = Ledger::default();
    let lead = open.lead.as_ref();
    let mut streamed = Streamed { env, plan, speaker: &speaker, lead, head: Head::default() };
    let arrival = flow.complete(plan, &open, &mut streamed, &mut ledger);
    let first = speaker.first().map(|at| at.saturating_duration_since(flow.watch.begun()).as_millis());
    ledger.first_ms = first.map(|ms| u32::try_from(ms).unwrap_or(u32::MAX));
    if let Err(GaveUp::Failed { fault: Fault::Cancelled, .. }) = arrival.result {
        // What moderation has not seen, nobody gets.
        let text = if plan.request.moderate.output { String::new() } else { speaker.said() };
        let answer = Answer { text, finish: Finish::Cancelled, usage: ledger.usage };
        let so_far = Reply { answer, data: None, head: streamed.head };
        return plan.reveal(flow.cancel(plan, hash, open, so_far, &ledger));
    }
    flow.has_spoken = speaker.has_spoken() && !plan.request.restart;
    told(&speaker, flow.settle(plan, hash, open, arrival, &ledger).and_then(|sealed| plan.reveal(sealed)))
}

/// Tells the last word. A caller who hangs up now costs nobody anything.
fn told(speaker: &Speaker<'_>, result: Result<Outcome, Error>) -> Result<Outcome, Error> {
    let _ = match &result {
        Ok(outcome) if outcome.cached => speaker.replay(outcome),
        Ok(outcome) => speaker.end(outcome),
        Err(error) => speaker.fail(error),
    };
    result
}

/// Makes attempts at a streamed answer.
struct Streamed<'s, 'k> {
    env: &'s Env<'s>,
    plan: &'s Plan<'s, 's>,
    speaker: &'s Speaker<'k>,
    /// The flight that the call leads.
    lead: Option<&'s Lead<'s>>,
    /// What the headers of the last provider say.
    head: Head,
}

impl Traveller for Streamed<'_, '_> {
    type Reply = Reply;

    fn attempt(&mut self, one: &Try<'_>, ledger: &mut Ledger) -> Result<Reply, Failed> {
        let (plan, restart) = (self.plan, self.plan.request.restart);
        // What moderation has not let pass yet, nobody has heard.
        let may_mend = restart || plan.request.moderate.output;
        let reply = satisfy(plan, may_mend, one, ledger, |call, ledger| self.exchange(one, call, ledger));
        reply.map_err(|failed| Failed { spoken: !restart && self.speaker.has_spoken(), ..failed })
    }

    fn pause(&mut self, wait: Duration) -> Result<(), Fault> {
        let until = Deadline::after(wait);
        while !until.remaining().is_zero() {
            self.speaker.pause(until.remaining().min(SECOND))?;
            self.keep();
        }
        Ok(())
    }
}

impl Watch for Streamed<'_, '_> {
    fn waiting(&self) -> Result<(), Fault> {
        self.keep();
        self.speaker.waiting()
    }
}

impl Streamed<'_, '_> {
    fn keep(&self) {
        if let Some(lead) = self.lead {
            lead.keep();
        }
    }

    /// One stream from its beginning to its end. What it used is in the ledger, however it ends.
    fn exchange(&mut self, one: &Try<'_>, call: &Call, ledger: &mut Ledger) -> Result<(Answer, Head), Failed> {
        let name = one.stop.provider.name;
        let stall = if self.plan.request.restart { one.stall.min(one.silence) } else { one.silence };
        self.speaker.begin(name, (one.silence, stall), ledger.attempts)?;
        let http = one.encode(call, true);
        let opened = upstream::open(&self.env.settings.net, &http, one.deadline, self);
        match opened? {
            Opened::Whole(response) => {
                let (answer, head) = read(one, &response)?;
                self.head = head.clone();
                ledger.spend(one.stop, &answer.usage);
                self.speaker.delta(&answer.text)?;
                Ok((answer, head))
            }
            Opened::Stream(mut stream) => {
                self.head = head(&stream.headers);
                let (result, counted) = self.follow(one, &mut stream);
                if result.is_ok() {
                    stream.release();
                }
                let used = match &result {
                    Ok(answer) => answer.usage,
                    Err(_) => self.so_far(call, counted),
                };
                ledger.spend(one.stop, &used);
                let failed = |failure: Failure| {
                    let delay = Delay { after: failure.delay_ms.map(Duration::from_millis), ..Delay::default() };
                    Failed { delay, ..failure.fault.into() }
                };
                result.map(|answer| (answer, self.head.clone())).map_err(failed)
            }
        }
    }

    /// Reads events until the answer is whole or lost, and passes its text on. Also gives what the provider counted.
    fn follow(&self, one: &Try<'_>, stream: &mut Stream) -> (Result<Answer, Failure>, Usage) {
        let mut reader = one.stop.provider.kind.reader();
        let result = loop {
            let complete = reader.is_complete();
            let deadline = if complete { one.deadline.min(Deadline::after(LINGER)) } else { one.deadline };
            let event = match stream.next(deadline, self) {
                Ok(Some(event)) => event,
                // Only the count or the end mark is missing.
                Ok(None) => break reader.finish(),
                Err(fault) if complete && fault != Fault::Cancelled => break reader.finish(),
                Err(fault) => break Err(fault.into()),
            };
            match reader.event(&event) {
                Ok(Step::Nothing) => {}
                Ok(Step::Delta(text)) => {
                    if let Err(fault) = self.speaker.delta(&text) {
                        break Err(fault.into());
                    }
                }
                Ok(Step::Over) => break reader.finish(),
                Err(failure) => break Err(failure),
            }
        };
        (result, reader.usage())
    }

    /// What a stream that was not finished has used: what the provider has counted, else an estimate of what was said.
    fn so_far(&self, call: &Call, counted: Usage) -> Usage {
        let said = self.speaker.said_bytes();
        if said == 0 {
            return counted;
        }
        Usage {
            tokens_in: if counted.tokens_in > 0 { counted.tokens_in } else { tokens_of(call) },
            tokens_out: counted.tokens_out.max(tokens(said)),
            ..counted
        }
    }
}

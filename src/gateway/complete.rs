//! Whole answers: one exchange with a provider, and where the request has a schema, one chance to mend the answer.

use std::cell::Cell;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use super::Env;
use super::flight::Lead;
use super::journey::{Failed, Traveller, Try};
use super::ledger::Ledger;
use super::plan::Plan;
use super::schema::{Complaint, Schema, repair};
use crate::error::Fault;
use crate::guard::redact::Vault;
use crate::provider::{Answer, Call, Failure, Finish, Head};
use crate::upstream::{self, Response, Watch};

/// What a provider gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The answer, sealed.
    pub answer: Answer,
    /// The value that the answer encodes, where the request has a schema and the model did not refuse.
    pub data: Option<Value>,
    /// What the provider's headers say.
    pub head: Head,
}

/// Makes attempts at a whole answer.
pub struct Whole<'w> {
    /// The world.
    pub env: &'w Env<'w>,
    /// The call.
    pub plan: &'w Plan<'w, 'w>,
    /// The flight that the call leads.
    pub lead: Option<&'w Lead<'w>>,
}

impl Traveller for Whole<'_> {
    type Reply = Reply;

    fn attempt(&mut self, one: &Try<'_>, ledger: &mut Ledger) -> Result<Reply, Failed> {
        satisfy(self.plan, true, one, ledger, |call, ledger| self.exchange(one, call, ledger))
    }

    fn pause(&mut self, wait: Duration) -> Result<(), Fault> {
        match self.lead {
            Some(lead) => lead.pause(wait),
            None => std::thread::sleep(wait),
        }
        Ok(())
    }
}

/// Gets an answer by `exchange`, and where it breaks the schema and the caller may be told another one, once more, with what
/// is wrong with it.
pub fn satisfy(
    plan: &Plan<'_, '_>,
    may_mend: bool,
    one: &Try<'_>,
    ledger: &mut Ledger,
    mut exchange: impl FnMut(&Call, &mut Ledger) -> Result<(Answer, Head), Failed>,
) -> Result<Reply, Failed> {
    let (answer, head) = exchange(&one.call, ledger)?;
    let Some(schema) = &plan.request.schema else { return Ok(Reply { answer, data: None, head }) };
    let complaint = match judge(schema, &plan.vault, &answer) {
        Judged::Good(data) => return Ok(Reply { answer, data, head }),
        Judged::Bad(fault) => return Err(fault.into()),
        Judged::Mendable(_) if !may_mend => return Err(Fault::Schema.into()),
        Judged::Mendable(complaint) => complaint,
    };
    ledger.attempts += 1;
    let (answer, head) = exchange(&repair(&one.call, &answer.text, &complaint), ledger)?;
    match judge(schema, &plan.vault, &answer) {
        Judged::Good(data) => Ok(Reply { answer, data, head }),
        Judged::Bad(fault) => Err(fault.into()),
        Judged::Mendable(_) => Err(Fault::Schema.into()),
    }
}

/// Holds an answer against the request's schema, where nobody can be asked to mend it.
pub fn accept(plan: &Plan<'_, '_>, answer: Answer, head: Head) -> Result<Reply, Fault> {
    let Some(schema) = &plan.request.schema else { return Ok(Reply { answer, data: None, head }) };
    match judge(schema, &plan.vault, &answer) {
        Judged::Good(data) => Ok(Reply { answer, data, head }),
        Judged::Bad(fault) => Err(fault),
        Judged::Mendable(_) => Err(Fault::Schema),
    }
}

impl Whole<'_> {
    fn exchange(&self, one: &Try<'_>, call: &Call, ledger: &mut Ledger) -> Result<(Answer, Head), Failed> {
        let watch = Patience::new(one.silence, self.lead);
        let http = one.encode(call, false);
        let response = upstream::post(&self.env.settings.net, &http, one.deadline, &watch)?;
        let (answer, head) = read(one, &response)?;
        ledger.spend(one.stop, &answer.usage);
        Ok((answer, head))
    }
}

/// Reads a whole answer, or what an error means and when to come back.
pub fn read(one: &Try<'_>, response: &Response) -> Result<(Answer, Head), Failed> {
    read_with(response, |status, body| one.stop.provider.kind.decode(status, body))
}

/// The same for what `decode` reads out of a body.
pub fn read_with<T>(
    response: &Response,
    decode: impl FnOnce(u16, &[u8]) -> Result<T, Failure>,
) -> Result<(T, Head), Failed> {
    let head = head(&response.headers);
    match decode(response.status, &response.body) {
        Ok(answer) => Ok((answer, head)),
        Err(failure) => {
            let mut delay = response.delay;
            // A 429 that names no delay means the limit that its headers tell of.
            let of_limit = || head.rate.wait_ms().filter(|_| failure.fault == Fault::Busy);
            delay.after = delay.after.or_else(|| failure.delay_ms.or_else(of_limit).map(Duration::from_millis));
            Err(Failed { fault: failure.fault, delay, spoken: false })
        }
    }
}

/// What the headers say of request and limits.
pub fn head(headers: &upstream::HeaderMap) -> Head {
    Head::read(|name| headers.get(name)?.to_str().ok(), SystemTime::now())
}

/// How an answer stands to its schema.
pub enum Judged {
    /// It satisfies it, or is a refusal, which is no data.
    Good(Option<Value>),
    /// It does not, and asking again would not help.
    Bad(Fault),
    /// It does not, for a reason that the model can be told.
    Mendable(Complaint),
}

/// Holds an answer against its schema, with the caller's own values in it.
pub fn judge(schema: &Schema, vault: &Vault, answer: &Answer) -> Judged {
    match (schema.validate(&vault.restore_json(&answer.text)), answer.finish) {
        (_, Finish::Refusal | Finish::ContentFilter) => Judged::Good(None),
        (Ok(data), _) => Judged::Good(Some(data)),
        (Err(_), Finish::Length) => Judged::Bad(Fault::Exhausted),
        (Err(complaint), _) => Judged::Mendable(complaint),
    }
}

/// Ends a call whose provider is silent for too long, and keeps its flight.
pub struct Patience<'w> {
    since: Cell<Instant>,
    silence: Duration,
    lead: Option<&'w Lead<'w>>,
}

impl<'w> Patience<'w> {
    /// Lets `silence` pass without a byte, and keeps a flight meanwhile.
    pub fn new(silence: Duration, lead: Option<&'w Lead<'w>>) -> Self {
        Self { since: Cell::new(Instant::now()), silence, lead }
    }
}

impl Watch for Patience<'_> {
    fn waiting(&self) -> Result<(), Fault> {
        if let Some(lead) = self.lead {
            lead.keep();
        }
        if self.since.get().elapsed() > self.silence { Err(Fault::Timeout) } else { Ok(()) }
    }

    fn received(&self) {
        self.since.set(Instant::now());
    }
}

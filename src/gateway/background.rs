//! A call that its provider may answer later: admitted like any other, and then either answered or taken.

use super::awaited::{Held, judge};
use super::complete::{Patience, read_with};
use super::enter::{Entered, enter};
use super::flow::Flow;
use super::infer::prepare_with;
use super::journey::{Arrival, Failed, Traveller, Try};
use super::ledger::Ledger;
use super::plan::Plan;
use super::result::Outcome;
use super::{Args, Env};
use crate::error::Error;
use crate::provider::openai_responses::background;
use crate::provider::{Kind, Placed};
use crate::store::Hash;
use crate::upstream;

/// What became of a call.
pub enum Asked {
    /// There is an answer already.
    Answered(Box<Outcome>),
    /// The provider of this name has taken it, and calls it `id`.
    Taken {
        /// What settles it later.
        held: Box<Held>,
        /// The provider's name in the policy.
        provider: String,
        /// The provider's name for the answer.
        id: String,
    },
}

/// Asks the first provider of the model's route to answer later. Nobody waits for another call's answer here, nor on this one's.
///
/// # Errors
/// As `aisp_infer()`.
pub fn ask(args: &Args<'_>, env: &Env<'_>) -> Result<Asked, Error> {
    prepare_with(args, env, |plan| plan.bind(None), |flow, plan, hash| place(flow, plan, hash, env))
}

fn place(flow: Flow<'_, '_>, plan: &Plan<'_, '_>, hash: &Hash, env: &Env<'_>) -> Result<Asked, Error> {
    let (flow, open, mut ledger) = match enter(flow, plan, hash)? {
        Entered::Answered(outcome) => return Ok(Asked::Answered(outcome)),
        Entered::Open(entered) => *entered,
    };
    let journey = flow.journey(plan, &open);
    let Arrival { result, answered: way } = journey.run(&mut Placing { env }, &mut ledger);
    let result = match result {
        Ok(Placed::Later(id)) => {
            if let Some(way) = way {
                journey.tell(way);
            }
            let provider = plan.route[0].provider.name.to_owned();
            return Ok(Asked::Taken { held: Box::new(flow.hold(plan, ledger, false)), provider, id });
        }
        Ok(Placed::Now(answer)) => judge(&flow, plan, &open, answer, &mut ledger),
        Err(gave_up) => Err(gave_up),
    };
    let sealed = flow.settle(plan, hash, open, Arrival { result, answered: way }, &ledger)?;
    Ok(Asked::Answered(Box::new(plan.reveal(sealed)?)))
}

/// Makes attempts at having it taken.
struct Placing<'w> {
    env: &'w Env<'w>,
}

impl Traveller for Placing<'_> {
    type Reply = Placed;

    fn attempt(&mut self, one: &Try<'_>, ledger: &mut Ledger) -> Result<Placed, Failed> {
        let kind = one.stop.provider.kind;
        let knows = kind == Kind::OpenaiResponses;
        let http = if knows { background::encode(&one.call, &one.to) } else { one.encode(&one.call, false) };
        let watch = Patience::new(one.silence, None);
        let response = upstream::post(&self.env.settings.net, &http, one.deadline, &watch)?;
        let read = |status, body: &[u8]| match knows {
            true => background::placed(status, body),
            false => kind.decode(status, body).map(Placed::Now),
        };
        let (placed, _) = read_with(&response, read)?;
        if let Placed::Now(answer) = &placed {
            ledger.spend(one.stop, &answer.usage);
        }
        Ok(placed)
    }
}

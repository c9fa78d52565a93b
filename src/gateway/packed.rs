//! Several small requests in one provider call: each is admitted and settled for itself, only the call is shared.
//!
//! What the cache has is not sent, but what comes back is not kept. Where the answer does not fit, each request is completed
//! for itself.

use std::time::Instant;

use super::admit::{Admitted, Open};
use super::caller::Caller;
use super::complete::{Reply, Whole};
use super::failure::GaveUp;
use super::fingerprint::fingerprint;
use super::flow::{Flow, Passage};
use super::infer::{Done, done};
use super::journey::Arrival;
use super::ledger::Ledger;
use super::plan::Plan;
use super::policy::Policy;
use super::{Args, Env, misconfigured, pack};
use crate::error::Fault;
use crate::store::Hash;

/// A request that was let in.
struct Passenger<'a, 'e, 'p> {
    flow: Flow<'a, 'e>,
    plan: Plan<'p, 'a>,
    hash: Hash,
    open: Open<'e>,
}

/// Infers requests that were found to fit together, in their order. All have the same `$caller` and `$policy`.
pub fn infer(requests: &[Args<'_>], env: &Env<'_>) -> Vec<Done> {
    let Some(first) = requests.first() else { return Vec::new() };
    let read = || {
        let caller = Caller::read(&first.caller).map_err(misconfigured(first.function, 2, "caller"))?;
        Policy::of(&first.policy, &caller).map_err(misconfigured(first.function, 3, "policy"))
    };
    let policy = match read() {
        Ok(policy) => policy,
        Err(error) => return requests.iter().map(|_| Err(error.clone())).collect(),
    };
    let mut results: Vec<Option<Done>> = Vec::new();
    let mut passengers = Vec::new();
    for args in requests {
        match board(args, env, &policy) {
            Ok(passenger) => {
                passengers.push(passenger);
                results.push(None);
            }
            Err(over) => results.push(Some(*over)),
        }
    }
    let mut carried = carry(passengers, env).into_iter();
    results.into_iter().filter_map(|over| over.or_else(|| carried.next())).collect()
}

/// Lets a request in, or ends it: the cache has its answer, or a limit is used up.
fn board<'a, 'e, 'p>(
    args: &Args<'a>,
    env: &'e Env<'e>,
    policy: &'p Policy<'a>,
) -> Result<Passenger<'a, 'e, 'p>, Box<Done>> {
    let mut flow = Flow::begin(args, env).map_err(|error| Box::new(Err(error)))?;
    let plan = match Plan::new(args.function, &args.request, policy) {
        Ok(plan) => plan,
        Err(error) => return Err(Box::new(Err(flow.fail(error)))),
    };
    let hash = fingerprint(&plan, flow.caller.site);
    match flow.admit(&plan, &hash, None) {
        Admitted::Answered(kept) => Err(Box::new(done(&plan, Ok(flow.replay(&plan, kept))))),
        Admitted::Refused(error) => Err(Box::new(Err(error))),
        Admitted::Left(limits) => Err(Box::new(done(&plan, Ok(flow.leave(&plan, limits))))),
        Admitted::Open(open) => Ok(Passenger { flow, plan, hash, open }),
    }
}

/// Completes and settles those that were let in.
fn carry(passengers: Vec<Passenger<'_, '_, '_>>, env: &Env<'_>) -> Vec<Done> {
    let [first, _, ..] = passengers.as_slice() else {
        return passengers.into_iter().map(|passenger| alone(passenger, env, Ledger::default())).collect();
    };
    let calls: Vec<_> = passengers.iter().map(|passenger| &passenger.plan.request.call).collect();
    let mut request = first.plan.request.clone();
    let Some(call) = pack::pack(&calls) else { return Vec::new() };
    request.call = call;
    let plan = Plan::beside(first.plan.policy, request, first.plan.route.clone());
    let (since, mut ledger) = (Instant::now(), Ledger::default());
    let arrival = first.flow.journey(&plan, &first.open).run(&mut Whole { env, plan: &plan, lead: None }, &mut ledger);
    let answers = arrival.result.as_ref().map(|reply| pack::unpack(&reply.answer, &calls));
    match answers {
        Ok(Some(answers)) => {
            let Ok(reply) = arrival.result else { return Vec::new() };
            let mut answered = arrival.answered;
            let shares = passengers.into_iter().zip(answers).map(|(mut passenger, answer)| {
                let way = answered.take();
                passenger.flow.travels(if way.is_some() { Passage::Pays } else { Passage::Rides });
                let attempts = if way.is_some() { ledger.attempts } else { 0 };
                let (last, provider) = (ledger.last, ledger.provider);
                let mut share = Ledger { attempts, last, provider, ..Ledger::default() };
                if let Some(last) = last {
                    share.spend(&plan.route[last], &answer.usage);
                }
                settle(passenger, Ok(Reply { answer, data: None, head: reply.head.clone() }), way, &share)
            });
            shares.collect()
        }
        // The provider would fail each of them likewise.
        Err(GaveUp::Unasked(_)) => end_all(passengers, arrival.result, &ledger),
        Err(GaveUp::Failed { fault, .. }) if !is_of_the_pack(*fault) => end_all(passengers, arrival.result, &ledger),
        // What the attempt has cost stands with the first of them. Until its turn comes, each waits for providers.
        _ => {
            let mut spent = Some(ledger);
            let mut turn = || Ledger { provider: since.elapsed(), ..spent.take().unwrap_or_default() };
            passengers.into_iter().map(|passenger| alone(passenger, env, turn())).collect()
        }
    }
}

/// Whether single calls may pass where their pack failed.
const fn is_of_the_pack(fault: Fault) -> bool {
    matches!(fault, Fault::Exhausted | Fault::Rejected | Fault::ContextLength | Fault::ContentRefused | Fault::Invalid)
}

fn end_all(passengers: Vec<Passenger<'_, '_, '_>>, result: Result<Reply, GaveUp>, ledger: &Ledger) -> Vec<Done> {
    let mut spent = Some(ledger.clone());
    let mut share = || Ledger { provider: ledger.provider, ..spent.take().unwrap_or_default() };
    let end = |passenger| settle(passenger, result.clone(), None, &share());
    passengers.into_iter().map(end).collect()
}

fn alone(passenger: Passenger<'_, '_, '_>, env: &Env<'_>, mut ledger: Ledger) -> Done {
    let Passenger { flow, plan, hash, open } = passenger;
    let arrival = flow.journey(&plan, &open).run(&mut Whole { env, plan: &plan, lead: None }, &mut ledger);
    done(&plan, flow.settle(&plan, &hash, open, arrival, &ledger))
}

fn settle(
    passenger: Passenger<'_, '_, '_>,
    result: Result<Reply, GaveUp>,
    answered: Option<crate::store::Way>,
    ledger: &Ledger,
) -> Done {
    let Passenger { flow, plan, hash, open } = passenger;
    done(&plan, flow.settle(&plan, &hash, open, Arrival { result, answered }, ledger))
}

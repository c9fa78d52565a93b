//! The beginning of a call that nobody waits for: admitted by itself, and what it asks judged.

use super::admit::{Admitted, Open};
use super::failure::GaveUp;
use super::flow::Flow;
use super::journey::Arrival;
use super::ledger::Ledger;
use super::plan::Plan;
use super::result::Outcome;
use crate::error::Error;
use crate::store::Hash;

/// What became of it.
pub enum Entered<'a, 'e> {
    /// There is an answer already, as its caller gets it.
    Answered(Box<Outcome>),
    /// A provider must be asked.
    Open(Box<(Flow<'a, 'e>, Open<'e>, Ledger)>),
}

/// Lets a call in.
///
/// # Errors
/// It was refused, or what it asks was blocked. That is logged.
pub fn enter<'a, 'e>(mut flow: Flow<'a, 'e>, plan: &Plan<'_, '_>, hash: &Hash) -> Result<Entered<'a, 'e>, Error> {
    let answered = |sealed| Ok(Entered::Answered(Box::new(plan.reveal(sealed)?)));
    let open = match flow.admit(plan, hash, None) {
        Admitted::Answered(kept) => return answered(flow.replay(plan, kept)),
        Admitted::Refused(error) => return Err(error),
        Admitted::Left(limits) => return answered(flow.leave(plan, limits)),
        Admitted::Open(open) => open,
    };
    let mut ledger = Ledger::default();
    if let Err(error) = flow.moderator(plan, &open).input(&mut ledger) {
        let stopped = Arrival { result: Err(GaveUp::Unasked(error)), answered: None };
        return answered(flow.settle(plan, hash, open, stopped, &ledger)?);
    }
    Ok(Entered::Open(Box::new((flow, open, ledger))))
}

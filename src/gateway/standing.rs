//! Where a caller stands: what its limits and budgets have left, and how they are made whole again.

use super::budgets::BudgetRule;
use super::caller::Caller;
use super::flow::with_store;
use super::limits::Rule;
use super::policy::Policy;
use super::value::Value;
use super::{Env, health, misconfigured};
use crate::audit::Record;
use crate::clock::{Clock, now_us};
use crate::error::Error;
use crate::store::{Admission, Alert, Budget, BudgetState, Claim, Hash, Limit, LimitState, Peek};

/// What applies to one caller.
pub struct Standing {
    now_us: i64,
    throttle: Vec<Limit>,
    quota: Vec<Limit>,
    budgets: Vec<Budget>,
}

impl Standing {
    /// The limits and budgets of a policy that apply to a caller.
    pub fn of(policy: &Policy<'_>, caller: &Caller<'_>, now_us: i64) -> Self {
        let throttle = Rule::apply(&policy.throttle, "throttle", caller);
        let quota = Rule::apply(&policy.quota, "quota", caller);
        Self { now_us, throttle, quota, budgets: BudgetRule::apply(&policy.budgets, caller, now_us) }
    }

    /// What the store knows of them, and of an answer. A store that is down shows as nothing cached and all of them free.
    pub fn peek(&self, env: &Env<'_>, claims: &[Claim], route: &[String], lookup: Option<&Hash>) -> Peek {
        let record = Record::default();
        let admission = Admission {
            clock: Clock::At(self.now_us),
            throttle: &self.throttle,
            quota: &self.quota,
            claims,
            route,
            lookup,
            boarding: None,
            stale_us: 0,
            record: &record,
            watch: None,
            abandoned_us: self.now_us,
            item: None,
        };
        with_store(env, |store| store.peek(&admission)).unwrap_or_else(|error| {
            health::store_failed(&error, env.journal);
            let limits = self.throttle.iter().chain(&self.quota);
            Peek {
                entry: None,
                limits: limits.map(|limit| LimitState::at(limit, None, self.now_us)).collect(),
                budgets: claims.iter().map(|claim| BudgetState::of(&claim.budget, 0, 0)).collect(),
                aloft: false,
                wait_us: 0,
            }
        })
    }
}

fn read<'a>(
    function: &'static str,
    caller: &Value<'a>,
    policy: &'a Value<'a>,
) -> Result<(Caller<'a>, Policy<'a>), Error> {
    let caller = Caller::read(caller).map_err(misconfigured(function, 1, "caller"))?;
    let policy = Policy::of(policy, &caller).map_err(misconfigured(function, 2, "policy"))?;
    Ok((caller, policy))
}

/// `aisp_limits()`: where the limits and budgets that apply to a caller stand. Changes nothing.
///
/// # Errors
/// [`Error::Config`] for a flaw in `$caller` or `$policy`.
pub fn limits(
    caller: &Value<'_>,
    policy: &Value<'_>,
    env: &Env<'_>,
) -> Result<(Vec<LimitState>, Vec<BudgetState>), Error> {
    let (caller, policy) = read("aisp_limits", caller, policy)?;
    let standing = Standing::of(&policy, &caller, now_us());
    let claims: Vec<_> = standing.budgets.iter().map(|budget| Claim { budget: budget.clone(), amount: 0 }).collect();
    let peek = standing.peek(env, &claims, &[], None);
    Ok((peek.limits, peek.budgets))
}

/// `aisp_limits_reset()`: makes the limits and budgets that apply to a caller whole again, or the one of this name, and says
/// how many were not. What is promised to calls under way stays promised.
///
/// # Errors
/// [`Error::Config`] for a flaw in `$caller` or `$policy`, and for a name that none of them has; [`Error::Store`].
pub fn reset_limits(caller: &Value<'_>, policy: &Value<'_>, name: Option<&str>, env: &Env<'_>) -> Result<u64, Error> {
    let (caller, policy) = read("aisp_limits_reset", caller, policy)?;
    let Standing { throttle, quota, budgets, .. } = Standing::of(&policy, &caller, now_us());
    let mut limits = [throttle, quota].concat();
    let mut budgets = budgets;
    if let Some(name) = name {
        limits.retain(|limit| limit.name == name);
        budgets.retain(|budget| budget.name == name);
        if limits.is_empty() && budgets.is_empty() {
            let problem = "must be the name of a limit or budget that applies to the caller";
            return Err(Error::config(format!("aisp_limits_reset(): Argument #3 ($name) {problem}")));
        }
    }
    Ok(with_store(env, |store| store.reset(&limits, &budgets))?)
}

/// `aisp_budget_alerts()`: thresholds that budgets of a site, or of all, have reached since it was last asked.
///
/// # Errors
/// [`Error::Store`].
pub fn budget_alerts(site: Option<&str>, env: &Env<'_>) -> Result<Vec<Alert>, Error> {
    Ok(with_store(env, |store| store.take_alerts(site))?)
}

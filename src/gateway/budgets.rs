//! The policy's budgets, and what one call may take of those that apply to it.

use super::caller::Caller;
use super::estimate::usage_of;
use super::fields::{Fields, Flaw, Item};
use super::limits::Per;
use super::plan::Plan;
use crate::error::Error;
use crate::guard::budget::{Period, Unit};
use crate::guard::rate::Quota;
use crate::store::{Budget, Claim};

/// One budget of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetRule {
    per: Per,
    unit: Unit,
    cap: u64,
    period: Period,
}

/// More tokens than any site uses; a sum of such numbers does not overflow.
const MAX_TOKENS: i64 = 1_000_000_000_000;
/// The same in dollars.
const MAX_USD: f64 = 1_000_000_000.0;

impl BudgetRule {
    /// Reads the policy's key `budget`.
    pub fn list(policy: &mut Fields<'_, '_>) -> Result<Vec<Self>, Flaw> {
        policy.list("budget")?.unwrap_or_default().iter().map(|item| Self::read(item.fields()?)).collect()
    }

    fn read(mut fields: Fields<'_, '_>) -> Result<Self, Flaw> {
        let per = Per::read(&mut fields)?;
        let (unit, cap) = match sums(&mut fields)? {
            (Some(tokens), None) => (Unit::Tokens, tokens),
            (None, Some(microusd)) => (Unit::Microusd, microusd),
            (None, None) => return Err(fields.flaw("tokens", "or \"usd\" must be given")),
            (Some(_), Some(_)) => {
                return Err(fields.flaw("tokens", "and \"usd\" exclude each other: make it two budgets"));
            }
        };
        let period =
            fields.item("period").ok_or_else(|| fields.flaw("period", "must be given: day, month or seconds"))?;
        let period = read_period(&period)?;
        fields.finish()?;
        Ok(Self { per, unit, cap, period })
    }

    /// The budget of this rule that a caller's calls count towards, if it applies.
    fn of(&self, caller: &Caller<'_>, now_us: i64) -> Option<Budget> {
        let subject = self.per.subject(caller)?;
        let period = match self.period {
            Period::Day => "day".to_owned(),
            Period::Month => "month".to_owned(),
            Period::Seconds(seconds) => seconds.to_string(),
        };
        let unit = if self.unit == Unit::Tokens { "tokens" } else { "usd" };
        let name = format!("budget-{}-{period}-{unit}", self.per.name());
        let key = [caller.site, self.per.name(), &subject, unit, &period].join("\u{1f}");
        let window = self.period.window(now_us);
        Some(Budget { name, subject, key, unit: self.unit, cap: self.cap, window, is_announced: true })
    }

    /// The budgets of `rules` that a caller's calls count towards.
    pub fn apply(rules: &[Self], caller: &Caller<'_>, now_us: i64) -> Vec<Budget> {
        let mut budgets: Vec<Budget> = Vec::new();
        let granted = caller.grant.iter().flat_map(|grant| grant.budgets(caller.site));
        for budget in rules.iter().filter_map(|rule| rule.of(caller, now_us)).chain(granted) {
            // Of two rules for the same sum the narrower one counts.
            match budgets.iter_mut().find(|other| other.key == budget.key) {
                Some(same) => same.cap = same.cap.min(budget.cap),
                None => budgets.push(budget),
            }
        }
        budgets
    }
}

/// The keys `tokens` and `usd`; the latter in millionths.
pub fn sums(fields: &mut Fields<'_, '_>) -> Result<(Option<u64>, Option<u64>), Flaw> {
    let tokens = fields.int("tokens", 1, MAX_TOKENS)?.map(i64::unsigned_abs);
    let usd = fields.float("usd", 0.000_001, MAX_USD)?;
    Ok((tokens, usd.map(|usd| (usd * 1e6).round() as u64)))
}

fn read_period(item: &Item<'_, '_>) -> Result<Period, Flaw> {
    use super::value::Value;
    match item.value() {
        Value::Str(b"day") => Ok(Period::Day),
        Value::Str(b"month") => Ok(Period::Month),
        Value::Int(seconds) if (1..=i64::from(Quota::MAX_PERIOD_S)).contains(seconds) => {
            Ok(Period::Seconds(*seconds as u32))
        }
        _ => Err(item.flaw(format!("must be day, month, or 1 to {} seconds", Quota::MAX_PERIOD_S))),
    }
}

/// What a planned call may take of the budgets that apply to its caller.
///
/// # Errors
/// [`Error::Config`] where a budget counts dollars and a model of the route has no price: it could be spent without end.
pub fn claims(plan: &Plan<'_, '_>, caller: &Caller<'_>, now_us: i64) -> Result<Vec<Claim>, Error> {
    let budgets = BudgetRule::apply(&plan.policy.budgets, caller, now_us);
    if budgets.is_empty() {
        return Ok(Vec::new());
    }
    let usage = usage_of(&plan.request.call);
    let tokens = u64::from(usage.tokens_in) + u64::from(usage.tokens_out);
    let dearest = || {
        let costs = plan.route.iter().map(|stop| {
            stop.cost_usd(&usage).ok_or_else(|| {
                let (provider, model) = (stop.provider.name, stop.model);
                Error::config(format!(
                    "A budget counts dollars, but the price of \"{model}\" at the provider \"{provider}\" is not known: set \
                     providers.{provider}.prices."
                ))
            })
        });
        costs.collect::<Result<Vec<f64>, Error>>().map(|costs| costs.into_iter().fold(0.0, f64::max))
    };
    let claim = |budget: Budget| {
        let amount = match budget.unit {
            Unit::Tokens => tokens,
            Unit::Microusd => (dearest()? * 1e6).ceil() as u64,
        };
        Ok(Claim { budget, amount })
    };
    budgets.into_iter().map(claim).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::gateway::policy::Policy;
    use crate::gateway::value::Value;

    const NOW: i64 = 1_700_000_000_000_000;

    fn claims_of(request: &serde_json::Value, policy: &serde_json::Value) -> Result<Vec<(String, u64)>, Error> {
        let (request, policy) = (Value::from(request), Value::from(policy));
        let caller = json!({"user_id": 7, "source": "forms"});
        let caller = Value::from(&caller);
        let policy = Policy::read(&policy).expect("a valid policy");
        let plan = Plan::new("aisp_infer", &request, &policy)?;
        let claims = claims(&plan, &Caller::read(&caller).expect("a valid caller"), NOW)?;
        Ok(claims.into_iter().map(|claim| (claim.budget.name, claim.amount)).collect())
    }

    #[test]
    fn a_call_may_take_its_prompt_and_the_longest_answer_it_asks_for() {
        let policy = json!({"budget": [
            {"per": "user", "tokens": 1_000, "period": "day"}, {"per": "site", "usd": 20, "period": "month"},
            {"per": "role", "tokens": 5, "period": "day"}, {"per": "source", "tokens": 9, "period": 3_600},
        ]});
        let claims =
            claims_of(&json!({"prompt": "x".repeat(40), "max_tokens": 90}), &policy).expect("prices are known");
        let dollars = (10.0_f64 * 0.15 + 90.0 * 0.60).ceil() as u64;
        let wanted =
            [("budget-user-day-tokens", 100), ("budget-site-month-usd", dollars), ("budget-source-3600-tokens", 100)];
        assert_eq!(claims, wanted.map(|(name, amount)| (name.to_owned(), amount)));
    }

    #[test]
    fn dollars_cannot_be_counted_without_a_price() {
        let here = json!({"kind": "openai_chat", "base_url": "http://127.0.0.1:1"});
        let policy = json!({
            "providers": {"here": here}, "models": {"small": {}},
            "budget": [{"per": "site", "usd": 20, "period": "month"}],
        });
        let error = claims_of(&json!({"prompt": "Hi"}), &policy).expect_err("no price");
        assert!(error.to_string().contains("set providers.here.prices"), "{error}");
    }

    #[test]
    fn a_flaw_is_named() {
        for (budget, flaw) in [
            (json!({"per": "site", "tokens": -5, "period": "day"}), "\"budget[0].tokens\" must be between 1"),
            (json!({"per": "site", "usd": 0, "period": "day"}), "\"budget[0].usd\" must be between"),
            (json!({"per": "site", "tokens": 5, "period": 0}), "\"budget[0].period\" must be day, month, or 1 to"),
            (json!({"per": "site", "tokens": 5, "period": 400 * 86_400}), "\"budget[0].period\" must be"),
            (json!({"per": "site", "tokens": 5, "period": "week"}), "\"budget[0].period\" must be"),
            (json!({"per": "site", "tokens": 5}), "\"budget[0].period\" must be given"),
            (json!({"per": "site", "period": "day"}), "\"budget[0].tokens\" or \"usd\" must be given"),
            (json!({"per": "site", "tokens": 5, "usd": 5, "period": "day"}), "exclude each other"),
            (json!({"per": "planet", "tokens": 5, "period": "day"}), "\"budget[0].per\" must be one of"),
        ] {
            let policy = json!({"budget": [budget]});
            let found = Policy::read(&Value::from(&policy)).expect_err("a flaw").sentence("f", 3, "policy");
            assert!(found.contains(flaw), "{found}");
        }
    }
}

//! What a browser's token allows the calls that come with it: some models, a sum, and never more than anybody may ask.

use super::budgets::sums;
use super::caller::{Caller, text};
use super::fields::{Fields, Flaw, Item};
use super::limits::not_without;
use super::policy::Policy;
use crate::guard::budget::{Unit, Window};
use crate::signing::token::{Allowance, MAX_LIFE_S};
use crate::store::Budget;

/// The part of a token that bears on its calls, as `aisp_verify_token()` returned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant<'a> {
    /// What its calls are counted under.
    pub id: &'a str,
    /// The models that they may ask; none for all that the policy allows.
    models: Vec<&'a str>,
    budget: Allowance,
    expires_s: i64,
}

impl<'a> Grant<'a> {
    /// Reads the caller's key `token`.
    pub fn read(mut fields: Fields<'_, 'a>) -> Result<Self, Flaw> {
        let id = text(&mut fields, "id")?;
        if id.is_empty() {
            return Err(fields.flaw("id", "must be given"));
        }
        let models = fields.list("models")?.unwrap_or_default();
        let grant = Self {
            id,
            models: models.iter().map(Item::string).collect::<Result<_, _>>()?,
            budget: read_allowance(&mut fields)?,
            expires_s: fields.int("expires_at", 0, i64::from(u32::MAX))?.unwrap_or(0),
        };
        // What was for the door to look at.
        for key in ["routes", "origin", "epoch", "site", "sub"] {
            let _ = fields.item(key);
        }
        fields.finish()?;
        Ok(grant)
    }

    /// Takes from a policy what the token does not allow, and sees to it that a visitor is limited where users are.
    pub fn narrow(&self, policy: &mut Policy<'a>, caller: &Caller<'_>) {
        if let Some(first) = self.models.first() {
            policy.models.retain(|model| self.models.contains(&model.name));
            if !self.models.contains(&policy.default_model) {
                policy.default_model = policy.models.first().map_or(*first, |model| model.name);
            }
        }
        not_without(&mut policy.quota, caller, 20, 3_600);
        not_without(&mut policy.throttle, caller, 60, 60);
    }

    /// Whether its calls may take only so much together.
    pub fn has_budget(&self) -> bool {
        self.budget != Allowance::default()
    }

    /// The sums that the token's calls may take together, for as long as it lives.
    pub fn budgets(&self, site: &str) -> impl Iterator<Item = Budget> {
        let end_us = self.expires_s * 1_000_000;
        let window = Window { start_us: end_us - MAX_LIFE_S * 1_000_000, end_us };
        let sums = [("tokens", Unit::Tokens, self.budget.tokens), ("usd", Unit::Microusd, self.budget.microusd)];
        let keyed = |unit| [site, "token", self.id, unit, "life"].join("\u{1f}");
        let keys = sums.map(|(unit, ..)| keyed(unit));
        let id = self.id;
        sums.into_iter().zip(keys).filter_map(move |((name, unit, cap), key)| {
            let (name, subject) = (format!("budget-token-{name}"), id.to_owned());
            Some(Budget { name, subject, key, unit, cap: cap?, window, is_announced: false })
        })
    }
}

/// Reads the key `budget`: `tokens`, `usd`, or both.
pub fn read_allowance(fields: &mut Fields<'_, '_>) -> Result<Allowance, Flaw> {
    let Some(mut budget) = fields.fields("budget")? else { return Ok(Allowance::default()) };
    let (tokens, microusd) = sums(&mut budget)?;
    budget.finish()?;
    Ok(Allowance { tokens, microusd })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::gateway::budgets::BudgetRule;
    use crate::gateway::limits::Rule;
    use crate::gateway::value::Value;

    const NOW_US: i64 = 1_700_000_000_000_000;

    fn with<T>(caller: &Json, policy: &Json, look: impl FnOnce(&Policy<'_>, &Caller<'_>) -> T) -> T {
        let (caller, policy) = (Value::from(caller), Value::from(policy));
        let caller = Caller::read(&caller).expect("a valid caller");
        look(&Policy::of(&policy, &caller).expect("a valid policy"), &caller)
    }

    fn visitor(token: Json) -> Json {
        json!({"client": "token:visitor", "ip": "203.0.113.7", "site": "s", "token": token})
    }

    fn limits(caller: &Json, policy: &Json) -> Vec<String> {
        with(caller, policy, |policy, caller| {
            let kinds = [("quota", &policy.quota), ("throttle", &policy.throttle)];
            let limits = kinds.iter().flat_map(|(kind, rules)| Rule::apply(rules, kind, caller));
            limits.map(|limit| format!("{} {}", limit.name, limit.quota.limit())).collect()
        })
    }

    #[test]
    fn a_token_leaves_its_models_and_one_of_them_is_asked_by_default() {
        let models = |token: Json| {
            with(&visitor(token), &json!({}), |policy, _| {
                let names: Vec<_> = policy.models.iter().map(|model| model.name.to_owned()).collect();
                (names.len() > 3, names.first().cloned(), policy.default_model.to_owned())
            })
        };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(models(json!({"id": "a"})).2, "gpt-4o-mini");
        assert!(models(json!({"id": "a", "models": []})).0);
        let one = json!({"id": "a", "models": ["claude-haiku-4-5"]});
        assert_eq!(models(one), (false, named("claude-haiku-4-5"), "claude-haiku-4-5".to_owned()));
        assert_eq!(models(json!({"id": "a", "models": ["gone"]})), (false, None, "gone".to_owned()));
    }

    #[test]
    fn a_visitor_is_limited_by_address_where_no_limit_of_the_policy_touches_one() {
        let token = json!({"id": "a"});
        assert_eq!(limits(&visitor(token.clone()), &json!({})), ["quota-ip 20", "throttle-ip 60"]);
        let own = json!({"quota": [{"per": "token", "limit": 3, "period": 600}], "throttle": []});
        assert_eq!(limits(&visitor(token.clone()), &own), ["quota-token 3"]);
        let user = json!({"user_id": 7, "ip": "203.0.113.7", "token": token});
        assert_eq!(limits(&user, &json!({})), ["quota-user 60", "throttle-user 600"]);
        assert_eq!(limits(&json!({"ip": "203.0.113.7"}), &json!({})), Vec::<String>::new());
    }

    #[test]
    fn its_sums_are_its_own_and_last_as_long_as_it_does() {
        let expires_s = NOW_US / 1_000_000 + 300;
        let token = json!({"id": "a", "budget": {"tokens": 500, "usd": 0.01}, "expires_at": expires_s});
        with(&visitor(token), &json!({}), |policy, caller| {
            let budgets = BudgetRule::apply(&policy.budgets, caller, NOW_US);
            let told: Vec<_> = budgets.iter().map(|budget| (budget.name.as_str(), budget.cap)).collect();
            assert_eq!(told, [("budget-token-tokens", 500), ("budget-token-usd", 10_000)]);
            assert!(budgets.iter().all(|budget| budget.window.end_us == expires_s * 1_000_000));
            assert!(budgets.iter().all(|budget| budget.window.start_us <= NOW_US && !budget.is_announced));
            assert_eq!(BudgetRule::apply(&policy.budgets, caller, NOW_US + 299_000_000), budgets);
        });
    }

    #[test]
    fn a_flaw_is_named() {
        for (token, wanted) in [
            (json!({}), "\"token.id\" must be given"),
            (json!({"id": "a", "models": [1]}), "\"token.models[0]\" must be of type string"),
            (json!({"id": "a", "budget": {"tokens": 0}}), "\"token.budget.tokens\" must be between"),
            (json!({"id": "a", "budget": {"calls": 1}}), "\"token.budget.calls\" is not known"),
        ] {
            let caller = visitor(token);
            let flaw = Caller::read(&Value::from(&caller)).expect_err("a flaw").sentence("f", 2, "caller");
            assert!(flaw.contains(wanted), "{flaw}");
        }
    }
}

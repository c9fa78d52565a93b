//! The sentences of errors that have something to count.

use std::time::Duration;

use super::Stage;
use crate::guard::budget::Unit;
use crate::store::BudgetState;

/// What an end user is told of a block: the categories, never the text.
pub(super) fn blocked(stage: Stage, categories: &[String]) -> String {
    let what = match stage {
        Stage::Input => "request",
        Stage::Output => "answer",
    };
    let colon = if categories.is_empty() { "" } else { ": " };
    format!("The {what} was blocked by moderation{colon}{}.", categories.join(", "))
}

/// Which budget, what is left of it, and when it renews.
pub(super) fn over_budget(budget: &BudgetState, amount: u64) -> String {
    let show = |n: u64| match budget.unit {
        Unit::Tokens => format!("{n} tokens"),
        Unit::Microusd => format!("${:.6}", n as f64 / 1e6).trim_end_matches('0').trim_end_matches('.').to_owned(),
    };
    let renews = Duration::from_micros(budget.renews_us.max(0).unsigned_abs());
    let renews = humantime::format_rfc3339_seconds(std::time::UNIX_EPOCH + renews);
    let (name, left, cap, amount) = (&budget.name, show(budget.remaining()), show(budget.cap), show(amount));
    format!("The budget {name} has {left} of {cap} left, and this request may take {amount}. It renews at {renews}.")
}

/// Never too early: a started second counts, and a wait is at least one.
pub(super) fn ceil_seconds(wait: &Duration) -> u64 {
    (wait.as_micros().div_ceil(1_000_000) as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_and_never_zero() {
        assert_eq!(ceil_seconds(&Duration::from_millis(1_001)), 2);
        assert_eq!(ceil_seconds(&Duration::ZERO), 1);
    }

    #[test]
    fn a_budget_says_what_is_left_and_when_it_renews() {
        let state = |unit, cap| BudgetState {
            name: "budget-site-day".to_owned(),
            unit,
            cap,
            used: cap / 2,
            reserved: 0,
            renews_us: 1_800_000_000_000_000,
        };
        assert_eq!(
            over_budget(&state(Unit::Tokens, 100), 663),
            "The budget budget-site-day has 50 tokens of 100 tokens left, and this request may take 663 tokens. It renews at \
             2027-01-15T08:00:00Z."
        );
        assert!(
            over_budget(&state(Unit::Microusd, 20_000_000), 1_500)
                .contains("has $10 of $20 left, and this request may take $0.0015.")
        );
    }
}

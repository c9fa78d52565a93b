//! What the store tells and is told of budgets.

use serde::{Deserialize, Serialize};

use crate::audit::Record;
use crate::guard::budget::{Unit, Window};

/// One budget as it applies to one caller, in the period of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// What the caller sees: `budget-user-day`.
    pub name: String,
    /// Whom it belongs to: a user's id, a role, a source, a client, an address; empty for the site.
    pub subject: String,
    /// What the sums are kept under; unique for site, subject, unit and period.
    pub key: String,
    /// What it counts.
    pub unit: Unit,
    /// How much.
    pub cap: u64,
    /// The period.
    pub window: Window,
    /// Whether somebody is told when it fills up.
    pub is_announced: bool,
}

/// What a call may take of a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The budget.
    pub budget: Budget,
    /// An estimate: tokens or millionths of a dollar.
    pub amount: u64,
}

impl Claim {
    /// What a call has taken in the end.
    pub fn spent(&self, record: &Record) -> u64 {
        match self.budget.unit {
            Unit::Tokens => u64::from(record.tokens_in) + u64::from(record.tokens_out),
            Unit::Microusd => record.cost_microusd.unwrap_or(0),
        }
    }
}

/// Where a budget stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetState {
    /// The budget's name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// How much.
    pub cap: u64,
    /// Spent in this period.
    pub used: u64,
    /// Promised to calls under way.
    pub reserved: u64,
    /// When it begins anew, in microseconds since the epoch.
    pub renews_us: i64,
}

impl BudgetState {
    /// A budget of which this much is gone.
    pub fn of(budget: &Budget, used: u64, reserved: u64) -> Self {
        let Budget { name, unit, cap, window, .. } = budget;
        Self { name: name.clone(), unit: *unit, cap: *cap, used, reserved, renews_us: window.end_us }
    }

    /// What is left for new calls.
    pub fn remaining(&self) -> u64 {
        self.cap.saturating_sub(self.used).saturating_sub(self.reserved)
    }
}

/// A threshold that a budget has reached: told once in each period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Alert {
    pub site: String,
    /// The budget's name.
    pub name: String,
    /// As in [`Budget::subject`].
    pub subject: String,
    /// Whether it counts tokens; else millionths of a dollar.
    pub tokens: bool,
    pub cap: u64,
    pub used: u64,
    pub percent: u8,
    pub renews_us: i64,
}

impl Alert {
    /// That `used` has reached `percent` of a budget.
    pub fn of(budget: &Budget, used: u64, percent: u8, site: &str) -> Self {
        let Budget { name, subject, unit, cap, window, .. } = budget.clone();
        let tokens = unit == Unit::Tokens;
        Self { site: site.to_owned(), name, subject, tokens, cap, used, percent, renews_us: window.end_us }
    }
}

//! What may be asked about the calls that were, and the answers.

use crate::audit::Figures;

/// What figures are told apart by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Group {
    /// By nothing.
    #[default]
    None,
    Model,
    Provider,
    Route,
    Source,
    Outcome,
}

impl Group {
    /// All of them with their names.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("none", Self::None),
        ("model", Self::Model),
        ("provider", Self::Provider),
        ("route", Self::Route),
        ("source", Self::Source),
        ("outcome", Self::Outcome),
    ];
}

/// How much time one point sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    Minute,
    Hour,
    Day,
}

impl Step {
    /// All of them with their names.
    pub const NAMES: [(&'static str, Self); 3] = [("minute", Self::Minute), ("hour", Self::Hour), ("day", Self::Day)];

    /// Its length.
    pub const fn minutes(self) -> i64 {
        match self {
            Self::Minute => 1,
            Self::Hour => 60,
            Self::Day => 24 * 60,
        }
    }
}

/// How figures are summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// One sum for each name of this.
    pub group: Group,
    /// One sum for each of these; `None` for one of all.
    pub step: Option<Step>,
}

/// Which figures.
#[derive(Debug, Clone, Copy)]
pub struct MetricsFilter<'a> {
    /// Of one site, or of all.
    pub site: Option<&'a str>,
    /// Calls that ended in the minute of this time or later, in microseconds since the epoch. What is kept by the hour or by
    /// the day has ended at the beginning of it.
    pub since_us: i64,
    /// Calls that ended in the minute of this time or before.
    pub until_us: i64,
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// When its time begins, in microseconds since the epoch; `None` without steps.
    pub at_us: Option<i64>,
    /// What it is of; `None` without groups.
    pub name: Option<String>,
    /// What its calls came to.
    pub figures: Figures,
}

/// What all calls of a combination have come to since the store was made. It never falls.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Total {
    pub site: String,
    /// `other`, like the two that follow, in the row that the rest shares where a site has many combinations.
    pub model: String,
    pub provider: String,
    pub route: String,
    pub outcome: String,
    pub figures: Figures,
}

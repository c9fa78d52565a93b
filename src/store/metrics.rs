//! What may be asked about the calls that were, and the answers.

use crate::audit::{Figures, Sums};

/// The finest that is kept apart.
pub const MINUTE_US: i64 = 60_000_000;

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

    /// Its name.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
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

/// Which figures, and how they are summed up.
#[derive(Debug, Clone, Copy)]
pub struct MetricsFilter<'a> {
    /// Of one site, or of all.
    pub site: Option<&'a str>,
    /// Calls that ended in the minute of this time or later, in microseconds since the epoch. What is kept by the hour or by
    /// the day has ended at the beginning of it.
    pub since_us: i64,
    /// Calls that ended in the minute of this time or before.
    pub until_us: i64,
    /// One sum for each name of this.
    pub group: Group,
    /// One sum for each of these, beside the whole.
    pub step: Option<Step>,
    /// More groups, each of which gets its counts in steps.
    pub by: &'a [Group],
    /// Whether the same length of time before is wanted, too.
    pub previous: bool,
    /// Other times of which each has one sum: from the minute of the first to that of the second, and with it.
    pub spans: &'a [(i64, i64)],
    /// Now, in microseconds since the epoch.
    pub now_us: i64,
}

impl MetricsFilter<'_> {
    /// The same length of time before: it ends with the minute before the first one.
    pub fn previous_us(&self) -> (i64, i64) {
        (self.since_us - (self.until_us - self.since_us), self.since_us - MINUTE_US)
    }
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// The whole, a sum a name.
    pub total: Vec<Point>,
    /// The whole in steps; empty without them.
    pub points: Vec<Point>,
    /// The time before, a sum a name.
    pub previous: Vec<Point>,
    /// Counts of each of `by`, in their order.
    pub by: Vec<Vec<Slice>>,
    /// A sum of each of `spans`, in their order; `None` of a time without calls.
    pub spans: Vec<Option<Figures>>,
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

/// One sum without times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// When its time begins, in microseconds since the epoch; `None` without steps.
    pub at_us: Option<i64>,
    /// What it is of.
    pub name: String,
    /// What its calls came to.
    pub sums: Sums,
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

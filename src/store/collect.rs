//! Rows of figures on their way into an answer: each is looked at once, whatever is asked of it.
//!
//! The beginnings and ends of the times that are asked for cut time into segments. Figures are summed up by segment and name,
//! and of those sums, which are few, the whole, its steps and the other times are made.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use super::{Group, MINUTE_US, Metrics, MetricsFilter, Point, Slice};
use crate::audit::{Figures, Latency, Sums};

type Minutes = RangeInclusive<i64>;
/// By the first minute, then by name.
type Named<T> = BTreeMap<i64, HashMap<String, T>>;

/// An answer under construction.
pub struct Collector<'f> {
    filter: &'f MetricsFilter<'f>,
    whole: Minutes,
    previous: Option<Minutes>,
    spans: Vec<Minutes>,
    /// Where segments begin, in order.
    cuts: Vec<i64>,
    segments: Named<Figures>,
    by: Vec<Named<Sums>>,
}

impl<'f> Collector<'f> {
    /// An answer without rows.
    pub fn new(filter: &'f MetricsFilter<'f>) -> Self {
        let whole = minutes((filter.since_us, filter.until_us));
        let previous = filter.previous.then(|| minutes(filter.previous_us()));
        let spans: Vec<Minutes> = filter.spans.iter().map(|span| minutes(*span)).collect();
        let all = || spans.iter().chain(&previous).chain([&whole]);
        let mut cuts: Vec<i64> = all().flat_map(|time| [*time.start(), time.end().saturating_add(1)]).collect();
        cuts.sort_unstable();
        let by = vec![Named::new(); filter.by.len()];
        Self { filter, whole, previous, spans, cuts, segments: Named::new(), by }
    }

    /// The minutes of which rows are wanted. Others may lie between them.
    pub fn minutes(&self) -> Minutes {
        let last = self.cuts.last().map_or(0, |end| end - 1);
        self.cuts.first().copied().unwrap_or(0)..=last
    }

    /// Counts a row: the minute at which it stands, its names, and what it has.
    pub fn add<'r>(
        &mut self,
        at: i64,
        name: impl Fn(Group) -> &'r str,
        sums: &Sums,
        latency: impl FnOnce(&mut Latency),
    ) {
        let first = self.step(at);
        if self.whole.contains(&at) {
            for (group, named) in self.filter.by.iter().zip(&mut self.by) {
                if tells(*group, sums) {
                    with(named, first, name(*group), |sum| sum.merge(sums));
                }
            }
        } else if !self.previous.iter().chain(&self.spans).any(|time| time.contains(&at)) {
            return;
        }
        if tells(self.filter.group, sums) {
            let cut = self.cuts[..self.cuts.partition_point(|cut| *cut <= at)].last();
            let segment = cut.map_or(first, |cut| first.max(*cut));
            with(&mut self.segments, segment, name(self.filter.group), |figures| {
                figures.sums.merge(sums);
                latency(&mut figures.latency);
            });
        }
    }

    /// The first minute of the step that this one is in; that of all time without steps.
    fn step(&self, at: i64) -> i64 {
        self.filter.step.map_or(i64::MIN, |step| at - at.rem_euclid(step.minutes()))
    }

    /// The answer.
    pub fn finish(self) -> Metrics {
        let (mut total, mut previous) = (BTreeMap::new(), BTreeMap::new());
        let mut points: BTreeMap<(i64, String), Figures> = BTreeMap::new();
        let mut spans = vec![None; self.spans.len()];
        let add = |sums: &mut BTreeMap<String, Figures>, name: &String, figures: &Figures| {
            sums.entry(name.clone()).or_default().merge(figures);
        };
        for (segment, names) in &self.segments {
            for (name, figures) in names {
                if self.whole.contains(segment) {
                    add(&mut total, name, figures);
                    if self.filter.step.is_some() {
                        points.entry((self.step(*segment), name.clone())).or_default().merge(figures);
                    }
                }
                if self.previous.as_ref().is_some_and(|time| time.contains(segment)) {
                    add(&mut previous, name, figures);
                }
                for (sum, _) in spans.iter_mut().zip(&self.spans).filter(|(_, time)| time.contains(segment)) {
                    sum.get_or_insert_with(Figures::default).merge(figures);
                }
            }
        }
        let group = self.filter.group;
        let named = |name| (group != Group::None).then_some(name);
        let whole = |(name, figures)| Point { at_us: None, name: named(name), figures };
        let point = |((at, name), figures)| Point { at_us: Some(at * MINUTE_US), name: named(name), figures };
        let stepped = self.filter.step.is_some();
        Metrics {
            total: total.into_iter().map(whole).collect(),
            points: points.into_iter().map(point).collect(),
            previous: previous.into_iter().map(whole).collect(),
            by: self.by.into_iter().map(|named| slices(named, stepped)).collect(),
            spans,
        }
    }
}

/// Breakers are of a provider, and their events tell nothing of any other group.
fn tells(group: Group, sums: &Sums) -> bool {
    sums.calls > 0 || matches!(group, Group::None | Group::Provider)
}

fn with<T: Default>(named: &mut Named<T>, first: i64, name: &str, add: impl FnOnce(&mut T)) {
    let names = named.entry(first).or_default();
    match names.get_mut(name) {
        Some(sum) => add(sum),
        None => add(names.entry(name.to_owned()).or_default()),
    }
}

fn slices(named: Named<Sums>, stepped: bool) -> Vec<Slice> {
    let mut slices = Vec::new();
    for (first, names) in named {
        let at_us = stepped.then(|| first * MINUTE_US);
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        slices.extend(names.into_iter().map(|(name, sums)| Slice { at_us, name, sums }));
    }
    slices
}

fn minutes((since_us, until_us): (i64, i64)) -> Minutes {
    since_us.div_euclid(MINUTE_US)..=until_us.div_euclid(MINUTE_US)
}

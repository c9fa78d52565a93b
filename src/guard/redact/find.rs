//! All values of a text, from left to right, none over another.
//!
//! Each source knows its next value. Of those the one that starts first is taken, then the longest, then the one with a
//! check digit; sources that had looked into it look again behind it. So the text is read once by each source, and
//! again only inside of what was taken.

use super::email;
use super::names::{Names, Slot};
use super::patterns::Patterns;
use super::shapes::Shapes;
use super::types::{Set, Type};
use regex::Regex;

/// Where a value stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) slot: Slot,
    /// Whether it passed a check digit.
    pub(super) checked: bool,
}

impl Found {
    pub(super) fn of_type(kind: Type, start: usize, end: usize) -> Self {
        Self { start, end, slot: Slot::of_type(kind), checked: kind.is_checked() }
    }

    /// Whether it is to be taken before another that overlaps it.
    pub(super) fn beats(&self, other: &Self) -> bool {
        let rank = |found: &Self| (std::cmp::Reverse(found.start), found.end, found.checked);
        rank(self) > rank(other)
    }
}

/// Something that finds values.
enum Source<'t> {
    Shapes(Shapes<'t>),
    Email,
    Pattern(&'t Regex, Slot),
}

pub(super) struct Finder<'t> {
    text: &'t str,
    /// Each source with the value that it found last; `None` when it will find no more.
    sources: Vec<(Source<'t>, Option<Found>)>,
}

impl<'t> Finder<'t> {
    pub(super) fn new(text: &'t str, types: Set, patterns: &'t Patterns, names: &'t Names) -> Self {
        let mut sources = vec![Source::Shapes(Shapes::new(text.as_bytes(), types, names))];
        if types.has(Type::Email) {
            sources.push(Source::Email);
        }
        let own = patterns.iter().enumerate();
        sources.extend(own.map(|(index, (_, regex))| Source::Pattern(regex, Slot::of_pattern(index))));
        let look = |mut source: Source<'t>| {
            let first = source.next(text, 0);
            (source, first)
        };
        Self { text, sources: sources.into_iter().map(look).collect() }
    }
}

impl Iterator for Finder<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let all = self.sources.iter().filter_map(|(_, found)| *found);
        let best = all.reduce(|best, found| if found.beats(&best) { found } else { best })?;
        for (source, found) in &mut self.sources {
            if found.is_some_and(|found| found.start < best.end) {
                *found = source.next(self.text, best.end);
            }
        }
        Some(best)
    }
}

impl Source<'_> {
    /// The first value at or behind `from`.
    fn next(&mut self, text: &str, from: usize) -> Option<Found> {
        match self {
            Self::Shapes(shapes) => shapes.next(from),
            Self::Email => email::next(text, from).map(|(start, end)| Found::of_type(Type::Email, start, end)),
            Self::Pattern(regex, slot) => {
                pattern(regex, text, from).map(|(start, end)| Found { start, end, slot: *slot, checked: false })
            }
        }
    }
}

/// A pattern that does not match the empty text can still match nothing between two characters (`\b`): that is no value.
fn pattern(regex: &Regex, text: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let found = regex.find_at(text, from)?;
        if !found.is_empty() {
            return Some((found.start(), found.end()));
        }
        from = found.end() + text[found.end()..].chars().next()?.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use crate::guard::redact::{Patterns, Redactor, Type};
    use std::sync::Arc;

    fn redact(patterns: &[(&str, &str)], text: &str) -> String {
        let patterns = Patterns::compile(patterns).expect("good patterns");
        Redactor::new(Type::ALL, Arc::new(patterns)).vault().redact(text).into_owned()
    }

    #[test]
    fn the_first_then_the_longest_then_the_checked_one_wins() {
        assert_eq!(redact(&[("a", "x ann")], "x ann@example.com"), "[A_1]@example.com");
        assert_eq!(redact(&[("a", "ann")], "ann@example.com"), "[EMAIL_1]");
        assert_eq!(redact(&[("a", r"\d+")], "4111111111111111"), "[CARD_1]");
        assert_eq!(redact(&[], "555-123-4567@example.com"), "[EMAIL_1]");
    }

    #[test]
    fn what_stands_behind_a_taken_value_is_still_found() {
        assert_eq!(redact(&[("a", "id ann")], "id ann@example.com bob@example.com"), "[A_1]@example.com [EMAIL_1]");
        assert_eq!(redact(&[("a", r"\b")], "no value"), "no value");
    }
}

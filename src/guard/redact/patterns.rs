//! The administrator's own patterns: a name and a regular expression each.
//!
//! The crate `regex` matches in time linear in the text, whatever the pattern; what a pattern may cost in memory is
//! bounded here.

use super::Type;
use regex::{Regex, RegexBuilder};
use thiserror::Error;

/// Patterns that compile, in the order in which they were given.
#[derive(Debug, Default)]
pub struct Patterns {
    list: Vec<(String, Regex)>,
}

/// A pattern that is refused. The administrator mends the setting.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("pattern \"{name}\" {problem}")]
pub struct BadPattern {
    /// The name that was given to it, whether or not it is one.
    pub name: String,
    /// What is wrong, as the end of a sentence that begins with the pattern.
    pub problem: String,
}

impl Patterns {
    /// How many patterns there may be.
    pub const MAX: usize = 20;
    /// The longest pattern, in bytes.
    pub const MAX_BYTES: usize = 1_000;
    /// The longest name, in bytes.
    pub const MAX_NAME_BYTES: usize = 31;
    /// What one compiled pattern may take, in bytes.
    const MAX_COMPILED_BYTES: usize = 1 << 20;
    /// What the tables that are built while matching may take for one pattern, in bytes.
    const MAX_TABLE_BYTES: usize = 1 << 20;

    /// Compiles a list of names and regular expressions.
    pub fn compile(list: &[(&str, &str)]) -> Result<Self, BadPattern> {
        let mut compiled: Vec<(String, Regex)> = Vec::with_capacity(list.len().min(Self::MAX));
        for (name, pattern) in list {
            let bad = |problem: String| BadPattern { name: (*name).to_owned(), problem };
            if compiled.len() == Self::MAX {
                return Err(bad(format!("is one too many: {} are allowed", Self::MAX)));
            }
            check_name(name).map_err(bad)?;
            if compiled.iter().any(|(other, _)| other == name) {
                return Err(bad("has the name of another".to_owned()));
            }
            compiled.push(((*name).to_owned(), regex(pattern).map_err(bad)?));
        }
        Ok(Self { list: compiled })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Name and expression of each.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Regex)> {
        self.list.iter().map(|(name, regex)| (name.as_str(), regex))
    }
}

/// A name becomes part of a placeholder: it must be readable there, and no other's.
fn check_name(name: &str) -> Result<(), String> {
    let starts = name.starts_with(|first: char| first.is_ascii_lowercase());
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !starts || !plain || name.len() > Patterns::MAX_NAME_BYTES {
        return Err(format!(
            "has no usable name: lower-case letters, digits and \"_\", a letter first, {} at most",
            Patterns::MAX_NAME_BYTES
        ));
    }
    if name == "text" || Type::from_name(name).is_some() {
        return Err("has the name of a built-in type".to_owned());
    }
    Ok(())
}

fn regex(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > Patterns::MAX_BYTES {
        return Err(format!("is longer than {} bytes", Patterns::MAX_BYTES));
    }
    let regex = RegexBuilder::new(pattern)
        .size_limit(Patterns::MAX_COMPILED_BYTES)
        .dfa_size_limit(Patterns::MAX_TABLE_BYTES)
        .build()
        .map_err(problem)?;
    if regex.is_match("") {
        return Err("matches the empty text".to_owned());
    }
    Ok(regex)
}

/// The crate's message draws the pattern over several lines; its last line says what is wrong.
fn problem(error: regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "is too large when compiled".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("is no regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(name: &str, pattern: &str) -> String {
        Patterns::compile(&[(name, pattern)]).expect_err("a bad pattern").problem
    }

    #[test]
    fn names_that_make_no_placeholder_are_refused() {
        for name in ["", "Customer", "1st", "_x", "a-b", "text", "email", "ip", &"a".repeat(32)] {
            assert!(problem_of(name, "x").starts_with("has "), "{name}");
        }
        assert!(Patterns::compile(&[("customer_2", r"C-\d{6}"), ("a", "b")]).is_ok());
        let twice = Patterns::compile(&[("a", "x"), ("a", "y")]);
        assert_eq!(twice.expect_err("a name twice").problem, "has the name of another");
    }

    #[test]
    fn patterns_that_could_not_be_used_are_refused() {
        assert_eq!(problem_of("a", "(x"), "is no regular expression: unclosed group");
        assert_eq!(problem_of("a", "x*"), "matches the empty text");
        assert_eq!(problem_of("a", &"x".repeat(1_001)), "is longer than 1000 bytes");
        assert_eq!(problem_of("a", r"(\w{100}){100}"), "is too large when compiled");
        let many: Vec<String> = (0..21).map(|i| format!("p{i}")).collect();
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), "x")).collect();
        assert_eq!(Patterns::compile(&many).expect_err("too many").problem, "is one too many: 20 are allowed");
    }
}

//! One request's private values, and the two ways: out of its texts and back into its answer.

use super::find::Finder;
use super::names::{Names, Seen, Slot};
use super::values::Values;
use super::{Redactor, Restorer};
use std::borrow::Cow;
use std::fmt;

/// The private values of one request, by placeholder. They are overwritten when it is dropped.
pub struct Vault {
    redactor: Redactor,
    names: Names,
    values: Values,
    /// Occurrences by slot.
    counts: Vec<u32>,
}

impl Vault {
    pub(super) fn new(redactor: Redactor) -> Self {
        let names = Names::of(&redactor);
        let slots = names.len();
        Self { redactor, names, values: Values::new(slots), counts: vec![0; slots] }
    }

    /// Replaces the private values of one text by placeholders. Call it once for each text of the request, in order: the
    /// same value has the same placeholder in all of them. Borrowed when nothing was found.
    pub fn redact<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if self.redactor.is_off() {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        let mut done = 0;
        for found in Finder::new(text, self.redactor.types, &self.redactor.patterns, &self.names) {
            if out.is_empty() {
                out.reserve(text.len());
            }
            let number = self.values.number(found.slot, &text[found.start..found.end]);
            self.counts[usize::from(found.slot.0)] += 1;
            out.push_str(&text[done..found.start]);
            write_placeholder(&mut out, self.names.get(found.slot), number);
            done = found.end;
        }
        if done == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(&text[done..]);
        Cow::Owned(out)
    }

    /// Whether nothing has been replaced.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many values were replaced, every occurrence counted, by type or pattern; built-in types in the order of
    /// [`super::Type::ALL`], then patterns. Look-alikes are no private values and are left out.
    pub fn found(&self) -> Vec<(String, u32)> {
        let counted = self.counts.iter().enumerate().map(|(slot, count)| (Slot(slot as u8), *count));
        let private = counted.filter(|(slot, count)| *slot != Slot::TEXT && *count > 0);
        private.map(|(slot, count)| (self.names.get(slot).to_ascii_lowercase(), count)).collect()
    }

    /// Every value with its placeholder.
    pub fn values(&self) -> impl Iterator<Item = (String, &str)> {
        let slots = (0..self.names.len()).map(|slot| Slot(slot as u8));
        slots.flat_map(move |slot| {
            (1..).map_while(move |number| {
                let mut placeholder = String::new();
                write_placeholder(&mut placeholder, self.names.get(slot), number);
                Some((placeholder, self.values.get(slot, number)?))
            })
        })
    }

    /// Puts the values back into a text. A placeholder that stands for nothing stays as it is.
    pub fn restore<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.restored(text, false)
    }

    /// Puts the values back into a JSON text, escaped as the inside of JSON strings.
    pub fn restore_json<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.restored(text, true)
    }

    /// Puts the values back into a text that comes in pieces; with `json`, as [`Self::restore_json`] does.
    pub fn restorer(&self, json: bool) -> Restorer<'_> {
        Restorer::new(self, json)
    }

    fn restored<'t>(&self, text: &'t str, json: bool) -> Cow<'t, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        let rest = self.restore_into(&mut out, text, json);
        if rest.len() == text.len() {
            return Cow::Borrowed(text);
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    /// Appends `text` to `out` with its values put back. Gives back what follows the last value or is not certain:
    /// nothing in it needs to be replaced, but its end may be the beginning of a placeholder.
    pub(super) fn restore_into<'t>(&self, out: &mut String, text: &'t str, json: bool) -> &'t str {
        let (mut done, mut at) = (0, 0);
        while let Some(bracket) = text[at..].find('[').map(|i| at + i) {
            match self.names.read(&text.as_bytes()[bracket..]) {
                Seen::Whole { slot, number, len } => {
                    if let Some(value) = self.values.get(slot, number) {
                        out.push_str(&text[done..bracket]);
                        write_value(out, value, json);
                        done = bracket + len;
                    }
                    at = bracket + len;
                }
                Seen::Begun | Seen::Other => at = bracket + 1,
            }
        }
        &text[done..]
    }

    /// Where in `text` a placeholder has begun that the text does not end.
    pub(super) fn begun(&self, text: &str) -> Option<usize> {
        let bracket = text.rfind('[')?;
        (self.names.read(&text.as_bytes()[bracket..]) == Seen::Begun).then_some(bracket)
    }
}

impl fmt::Debug for Vault {
    /// Says how many, never what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("found", &self.found()).finish_non_exhaustive()
    }
}

fn write_placeholder(out: &mut String, name: &str, number: u32) {
    let mut digits = [0; 10];
    let mut first = digits.len();
    let mut left = number;
    while left > 0 {
        first -= 1;
        digits[first] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    out.push('[');
    out.push_str(name);
    out.push('_');
    out.push_str(std::str::from_utf8(&digits[first..]).unwrap_or_default());
    out.push(']');
}

fn write_value(out: &mut String, value: &str, json: bool) {
    if !json {
        return out.push_str(value);
    }
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::redact::{Patterns, Type};
    use std::sync::Arc;

    fn customer() -> Redactor {
        let patterns = Patterns::compile(&[("customer", r#"C"?\d{4}"#)]).expect("a good pattern");
        Redactor::new(Type::ALL, Arc::new(patterns))
    }

    #[test]
    fn the_same_value_has_the_same_placeholder_in_all_texts() {
        let mut vault = Redactor::default().vault();
        assert_eq!(vault.redact("ann@example.com, bob@example.com"), "[EMAIL_1], [EMAIL_2]");
        assert_eq!(vault.redact("bob@example.com"), "[EMAIL_2]");
        assert_eq!(vault.found(), [("email".to_owned(), 3)]);
    }

    #[test]
    fn a_look_alike_comes_back_as_it_was() {
        let mut vault = Redactor::default().vault();
        let text = "[EMAIL_1] [TEXT_1] ann@example.com [EMAIL_0] [EMAIL_1]";
        let redacted = vault.redact(text).into_owned();
        assert_eq!(redacted, "[TEXT_1] [TEXT_2] [EMAIL_1] [EMAIL_0] [TEXT_1]");
        assert_eq!(vault.restore(&redacted), text);
        assert_eq!(vault.found(), [("email".to_owned(), 1)]);
    }

    #[test]
    fn an_invented_placeholder_stays() {
        let mut vault = Redactor::default().vault();
        vault.redact("ann@example.com");
        assert_eq!(vault.restore("[EMAIL_1][EMAIL_2][PHONE_1]"), "ann@example.com[EMAIL_2][PHONE_1]");
    }

    #[test]
    fn a_type_that_is_not_looked_for_has_no_placeholders() {
        let mut vault = Redactor::new([Type::Email], Arc::default()).vault();
        assert!(matches!(vault.redact("[PHONE_1] +1 212 555 0123"), Cow::Borrowed(_)));
        assert!(vault.is_empty());
    }

    #[test]
    fn off_finds_nothing() {
        let mut vault = Redactor::off().vault();
        assert!(matches!(vault.redact("ann@example.com [EMAIL_1]"), Cow::Borrowed(_)));
        assert!(matches!(vault.restore("[EMAIL_1]"), Cow::Borrowed(_)));
    }

    #[test]
    fn values_are_escaped_inside_json() {
        let mut vault = customer().vault();
        assert_eq!(vault.redact("C\"1234"), "[CUSTOMER_1]");
        assert_eq!(vault.restore_json(r#"{"id":"[CUSTOMER_1]"}"#), r#"{"id":"C\"1234"}"#);
    }

    #[test]
    fn debug_shows_no_value() {
        let mut vault = customer().vault();
        vault.redact("C1234 ann@example.com");
        let shown = format!("{vault:?}");
        assert!(!shown.contains("1234") && !shown.contains("ann"), "{shown}");
    }
}

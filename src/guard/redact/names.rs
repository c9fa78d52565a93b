//! Placeholders as they are written: `[`, a name in capitals, `_`, a number from 1 on, `]`.

use super::{Patterns, Redactor, Type};

/// The most digits that a number may have; a vault never holds so many values.
const MAX_DIGITS: usize = 9;

/// Which name: a built-in type by its number, then the look-alikes, then the patterns in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Slot(pub(super) u8);

impl Slot {
    /// Texts that look like placeholders and came in as they are.
    pub(super) const TEXT: Self = Self(Type::ALL.len() as u8);

    pub(super) fn of_type(kind: Type) -> Self {
        Self(kind as u8)
    }

    pub(super) fn of_pattern(index: usize) -> Self {
        Self(Self::TEXT.0 + 1 + index as u8)
    }
}

/// What stands at a `[`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A whole placeholder, of so many bytes.
    Whole { slot: Slot, number: u32, len: usize },
    /// The text ends where a placeholder could go on.
    Begun,
    /// Anything else.
    Other,
}

/// The names that one redactor writes, by slot; none for a type that it does not look for.
#[derive(Debug)]
pub(super) struct Names {
    list: Vec<Option<String>>,
    longest: usize,
}

impl Names {
    pub(super) fn of(redactor: &Redactor) -> Self {
        if redactor.is_off() {
            return Self { list: Vec::new(), longest: 0 };
        }
        let types = Type::ALL.into_iter().map(|kind| redactor.types.has(kind).then_some(kind.name()));
        let patterns = redactor.patterns.iter().map(|(name, _)| Some(name));
        let names = types.chain([Some("text")]).chain(patterns);
        let list: Vec<_> = names.map(|name| name.map(str::to_ascii_uppercase)).collect();
        let longest = list.iter().flatten().map(String::len).max().unwrap_or_default();
        Self { list, longest }
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The name in a slot, in capitals.
    pub(super) fn get(&self, slot: Slot) -> &str {
        self.list.get(usize::from(slot.0)).and_then(Option::as_deref).unwrap_or_default()
    }

    /// Reads what stands at the beginning of `text`, which is a `[`. Looks at no more bytes than the longest placeholder has.
    pub(super) fn read(&self, text: &[u8]) -> Seen {
        let inner = &text[1..];
        let limit = self.longest + 1 + MAX_DIGITS;
        let len = inner.iter().take(limit + 1).take_while(|b| is_inner(**b)).count();
        match inner.get(len) {
            Some(b']') => self.whole(&inner[..len]),
            None if self.begins(&inner[..len]) => Seen::Begun,
            _ => Seen::Other,
        }
    }

    fn whole(&self, inner: &[u8]) -> Seen {
        let Some(line) = inner.iter().rposition(|b| *b == b'_') else { return Seen::Other };
        let Some(slot) = self.slot(&inner[..line]) else { return Seen::Other };
        match number(&inner[line + 1..]) {
            Some(number) => Seen::Whole { slot, number, len: inner.len() + 2 },
            None => Seen::Other,
        }
    }

    fn slot(&self, name: &[u8]) -> Option<Slot> {
        let index = self.list.iter().position(|known| known.as_ref().is_some_and(|known| known.as_bytes() == name))?;
        Some(Slot(index as u8))
    }

    /// Whether some placeholder begins with `inner`.
    fn begins(&self, inner: &[u8]) -> bool {
        self.list.iter().flatten().any(|name| match inner.strip_prefix(name.as_bytes()) {
            Some([]) => true,
            Some([b'_', digits @ ..]) => digits.is_empty() || number(digits).is_some(),
            Some(_) => false,
            None => name.as_bytes().starts_with(inner),
        })
    }
}

fn is_inner(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'
}

/// A number as placeholders have it: no sign, no zero in front.
fn number(digits: &[u8]) -> Option<u32> {
    let plain = !digits.is_empty() && digits.len() <= MAX_DIGITS && digits[0] != b'0';
    if !plain || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

/// The longest placeholder that any redactor writes, in bytes.
pub(super) const MAX_PLACEHOLDER_BYTES: usize = 1 + Patterns::MAX_NAME_BYTES + 1 + MAX_DIGITS + 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_placeholders_of_this_redactor_are_read() {
        let names = Names::of(&Redactor::default());
        let whole = Seen::Whole { slot: Slot(0), number: 12, len: 10 };
        assert_eq!(names.read(b"[EMAIL_12] and"), whole);
        for other in [
            "[EMAIL_0]",
            "[EMAIL_01]",
            "[EMAIL_]",
            "[EMAIL]",
            "[email_1]",
            "[MAIL_1]",
            "[EMAIL_1 ",
            "[]",
            "[EMAIL_1234567890]",
        ] {
            assert_eq!(names.read(other.as_bytes()), Seen::Other, "{other}");
        }
        assert_eq!(Names::of(&Redactor::off()).read(b"[EMAIL_1]"), Seen::Other);
    }

    #[test]
    fn a_beginning_is_told_from_what_can_be_none() {
        let names = Names::of(&Redactor::default());
        for begun in ["[", "[E", "[EMAIL", "[EMAIL_", "[EMAIL_1", "[EMAIL_123456789"] {
            assert_eq!(names.read(begun.as_bytes()), Seen::Begun, "{begun}");
        }
        for other in ["[X", "[EMAIL_0", "[EMAIL_A", "[EMAIL_1234567890", "[e"] {
            assert_eq!(names.read(other.as_bytes()), Seen::Other, "{other}");
        }
    }
}

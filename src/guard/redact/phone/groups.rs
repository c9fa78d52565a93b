//! A telephone number as it is written: groups of digits with signs between them, area codes in parentheses.

use crate::guard::redact::bytes::{hyphen_at, run, space_at};

/// The most groups that are read; numbers have fewer.
const MAX_GROUPS: usize = 8;
/// The most digits that are read; a number has 15 at most (ITU-T E.164), behind `00` 17.
pub(super) const MAX_DIGITS: usize = 17;

/// What stands between a group and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Nothing: it is the first group.
    None,
    Space,
    Hyphen,
    Dot,
    Slash,
    /// A hyphen with spaces around it, as in a sum or between words.
    Dash,
    /// A parenthesis, with or without a space or hyphen.
    Parenthesis,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// Bytes from where reading began.
    offset: u16,
    len: u8,
    pub(super) sign: Sign,
}

impl Group {
    /// How many digits it has.
    pub(super) fn len(&self) -> usize {
        usize::from(self.len)
    }
}

/// The groups that follow each other from one place on.
#[derive(Debug)]
pub(super) struct Groups {
    start: usize,
    list: [Group; MAX_GROUPS],
    count: usize,
    /// Whether more groups follow than a number has: it is a row of a table.
    is_row: bool,
}

impl Groups {
    /// Reads from `start`, a digit or a parenthesis; with `open`, a parenthesis has been opened before it.
    /// Stops before a group that would make it too long, and before a parenthesis that is not closed.
    pub(super) fn read(text: &[u8], start: usize, open: bool) -> Self {
        let mut groups =
            Self { start, list: [Group { offset: 0, len: 0, sign: Sign::None }; MAX_GROUPS], count: 0, is_row: false };
        let (mut at, mut sign, mut open, mut before_open, mut total) = (start, Sign::None, open, 0, 0);
        while groups.count < MAX_GROUPS {
            if text.get(at) == Some(&b'(') && !open && groups.count < 3 {
                (open, before_open, at) = (true, groups.count, at + 1);
                sign = if groups.count == 0 { Sign::None } else { Sign::Parenthesis };
            }
            let end = run(text, at, MAX_DIGITS + 1 - total, u8::is_ascii_digit);
            total += end - at;
            groups.is_row = total > MAX_DIGITS;
            if end == at || groups.is_row {
                break;
            }
            groups.list[groups.count] = Group { offset: (at - start) as u16, len: (end - at) as u8, sign };
            groups.count += 1;
            let closed = open && text.get(end) == Some(&b')');
            open &= !closed;
            let behind = end + usize::from(closed);
            (sign, at) = match (between(text, behind), closed) {
                (Some((_, next)), true) => (Sign::Parenthesis, next),
                (None, true) => (Sign::Parenthesis, behind),
                (Some((sign, next)), false) => (sign, next),
                (None, false) if text.get(end) == Some(&b'(') => (Sign::Parenthesis, end),
                (None, false) => break,
            };
        }
        groups.is_row |= groups.count == MAX_GROUPS;
        if open {
            groups.count = before_open;
        }
        groups
    }

    pub(super) fn all(&self) -> &[Group] {
        &self.list[..self.count]
    }

    /// How far the text is a row of numbers: to the beginning of the last one that was read. Nowhere if it is none.
    pub(super) fn row_end(&self) -> Option<usize> {
        let last = self.all().last().filter(|_| self.is_row)?;
        Some(self.start_of(last))
    }

    /// Takes out a group `(0)`, which is dialled at home only: `+44 (0)20 7946 0958`.
    pub(super) fn without_trunk(&mut self, text: &[u8]) {
        let [_, trunk, ..] = self.all() else { return };
        if trunk.len() == 1 && trunk.sign == Sign::Parenthesis && text[self.start_of(trunk)] == b'0' && self.count > 2 {
            self.list.copy_within(2..self.count, 1);
            self.count -= 1;
        }
    }

    pub(super) fn start_of(&self, group: &Group) -> usize {
        self.start + usize::from(group.offset)
    }

    pub(super) fn end_of(&self, group: &Group) -> usize {
        self.start_of(group) + group.len()
    }

    /// The digits of a group.
    pub(super) fn digits<'t>(&self, text: &'t [u8], group: &Group) -> &'t [u8] {
        &text[self.start_of(group)..self.end_of(group)]
    }
}

/// The sign at `at` and where what follows it begins: one space, or a hyphen, dot or slash; hyphen and slash with or without
/// a space on either side.
#[inline]
fn between(text: &[u8], at: usize) -> Option<(Sign, usize)> {
    if let [b' ', b'0'..=b'9', ..] = text.get(at..)? {
        return Some((Sign::Space, at + 1));
    }
    let space = space_at(text, at);
    let mark = at + space;
    let (sign, len) = match text.get(mark) {
        Some(b'.') if space == 0 => (Sign::Dot, 1),
        Some(b'/') => (Sign::Slash, 1),
        _ if hyphen_at(text, mark) > 0 => (if space > 0 { Sign::Dash } else { Sign::Hyphen }, hyphen_at(text, mark)),
        _ if space > 0 => return Some((Sign::Space, mark)),
        _ => return None,
    };
    let end = mark + len;
    let after = space_at(text, end);
    ((space > 0) == (after > 0)).then_some((sign, end + after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lens(text: &str) -> Vec<usize> {
        Groups::read(text.as_bytes(), 0, false).all().iter().map(Group::len).collect()
    }

    #[test]
    fn signs_and_parentheses_part_groups() {
        assert_eq!(lens("030/123 45-67."), [3, 3, 2, 2]);
        assert_eq!(lens("(0221) 470-0"), [4, 3, 1]);
        assert_eq!(lens("(06 1) 234 5678"), [2, 1, 3, 4]);
        assert_eq!(lens("1(555)1234567"), [1, 3, 7]);
        assert_eq!(lens("555 - 123 / 45"), [3, 3, 2]);
        assert_eq!(lens("555\u{a0}123\u{2011}45"), [3, 3, 2]);
    }

    #[test]
    fn other_signs_and_open_parentheses_end_it() {
        assert_eq!(lens("555  123"), [3]);
        assert_eq!(lens("555. 123"), [3]);
        assert_eq!(lens("1 (23, 4)"), [1]);
        assert_eq!(lens("(1998, 4)"), [0; 0]);
        assert_eq!(lens("123456789012345678"), [0; 0]);
    }

    #[test]
    fn a_zero_in_parentheses_is_taken_out() {
        let text = b"44 (0)20 7946";
        let mut groups = Groups::read(text, 0, false);
        groups.without_trunk(text);
        assert_eq!(groups.all().iter().map(Group::len).collect::<Vec<_>>(), [2, 2, 4]);
    }
}

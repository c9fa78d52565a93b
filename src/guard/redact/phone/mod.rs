//! Telephone numbers: international ones by country code and length, national ones by shape, any behind a word that says so.
//!
//! Most runs of digits are no telephone numbers, so without `+` or a word before it a number must be grouped as people group
//! it: `555-123-4567` in North America, and with a `0` in front in most other countries.

mod countries;
mod groups;
mod national;
mod words;

use super::bytes::{at as byte, before, joined_at, joined_before, row_before, run, word_at, word_before};
use groups::{Group, Groups, MAX_DIGITS, Sign};
use words::WORDS;

/// Where the number ends that begins with `+` at `plus`.
pub(super) fn international(text: &[u8], plus: usize) -> Option<usize> {
    let begins = byte(text, plus + 1).is_some_and(|b| b.is_ascii_digit() || b == b'(');
    // Behind a digit it adds.
    if !begins || matches!(before(text, plus), Some(b')' | b']' | b'+' | b'0'..=b'9')) {
        return None;
    }
    let mut groups = Groups::read(text, plus + 1, before(text, plus) == Some(b'('));
    groups.without_trunk(text);
    dialled(text, &groups, 0).filter(|_| !word_before(text, plus) || WORDS.before(text, plus))
}

/// Where the number ends that begins with `(` at `open`.
pub(super) fn parenthesised(text: &[u8], open: usize) -> Option<usize> {
    let first = run(text, open + 1, 7, u8::is_ascii_digit);
    let digit = |i: usize| byte(text, i).is_some_and(|b| b.is_ascii_digit() || !b.is_ascii());
    let begins = first > open + 1 && (digit(first + 1) || (byte(text, first) == Some(b')') && digit(first + 2)));
    if !begins || word_before(text, open) || matches!(before(text, open), Some(b')' | b']' | b'-')) {
        return None;
    }
    let groups = Groups::read(text, open, false);
    // Without anything behind the parenthesis, the number begins inside of it.
    if !groups.all().iter().any(|group| group.sign == Sign::Parenthesis) {
        return None;
    }
    let shaped = national::north_american(text, &groups).or_else(|| national::area_in_parentheses(text, &groups));
    shaped.or_else(|| spoken(text, &groups).filter(|_| WORDS.before(text, open)))
}

/// What is known of a place where a national number may begin.
pub(super) enum Look {
    /// The number ends here.
    Found(usize),
    /// No number begins in what lies before this place: it is a row of numbers, longer than any.
    RowUntil(usize),
    /// No number begins here.
    None,
}

/// Looks at the digit at `start`; `end` is the end of its first group.
pub(super) fn national(text: &[u8], start: usize, end: usize) -> Look {
    let shaped = may_have_shape(text, start, end);
    let unshaped = end - start >= 7 || (end - start >= 2 && goes_on(text, end));
    if !(shaped || unshaped) || !is_start(text, start) {
        return Look::None;
    }
    // What stands inside of a row was looked at with the row's beginning.
    let inside = start >= 2 && text[start - 1] == b' ' && text[start - 2].is_ascii_digit();
    if !shaped && (inside || !WORDS.before(text, start)) {
        return Look::None;
    }
    let groups = Groups::read(text, start, false);
    let found = match text[start] {
        b'0' if text[start..].starts_with(b"00") => dialled(text, &groups, 2).filter(|_| groups.all().len() > 1),
        b'0' => national::trunk(text, &groups),
        _ => national::north_american(text, &groups)
            .or_else(|| national::russian(text, &groups))
            .or_else(|| national::in_pairs(text, &groups)),
    };
    let spoken = || spoken(text, &groups).filter(|_| unshaped && (!shaped || WORDS.before(text, start)));
    match (found.or_else(spoken), groups.row_end()) {
        (Some(end), _) => Look::Found(end),
        (None, Some(until)) => Look::RowUntil(until),
        (None, None) => Look::None,
    }
}

/// Whether a number may begin at `start`: it is not the rest of another one, of an identifier, a path or a price.
fn is_start(text: &[u8], start: usize) -> bool {
    let rest = matches!(before(text, start), Some(b'+' | b'-' | b'.' | b'$' | b'/'));
    // `0532 0130 01` behind `0044 ` is a part of something longer; behind a house number it is not.
    let row = text[start] == b'0' && row_before(text, start);
    !rest && !row && !joined_before(text, start, b",:")
}

/// Whether the first group may begin one of the national shapes, and the next ones if they can be seen cheaply.
fn may_have_shape(text: &[u8], start: usize, end: usize) -> bool {
    let digit = |i: usize| byte(text, i).is_some_and(|b| b.is_ascii_digit());
    let sign = |i: usize| byte(text, i).is_some_and(|b| !b.is_ascii_alphanumeric());
    match (text[start], end - start) {
        (b'0', 2) => goes_on(text, end) && !national::is_pair_before(text, start),
        (b'0', 3..=6) => goes_on(text, end),
        // Behind a sign of one byte, `555-123-4567` has its digits in known places.
        (b'1'..=b'9', 2 | 3) if national::may_be_in_pairs(text, end) => true,
        (b'2'..=b'9', 3) if digit(end + 1) => sign(end + 4) && digit(end + 3) && (digit(end + 8) || !digit(end + 5)),
        (b'2'..=b'9', 3) => goes_on(text, end),
        (b'1', 1) => {
            (byte(text, end + 1) == Some(b'(') && digit(end + 4))
                || (digit(end + 2) && digit(end + 3) && !digit(end + 4))
        }
        (b'7' | b'8', 1) => byte(text, end) == Some(b'(') || byte(text, end + 1) == Some(b'('),
        _ => false,
    }
}

/// Whether something that may part groups stands at `end`.
fn goes_on(text: &[u8], end: usize) -> bool {
    let parts = |b: u8| matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')') || !b.is_ascii();
    byte(text, end).is_some_and(parts) && byte(text, end + 1).is_some_and(|b| b.is_ascii_digit() || parts(b))
}

/// Where a number ends that begins with a country code, `skip` digits after the beginning of the first group. Of the groups as many
/// are taken as the country's numbers can have digits.
fn dialled(text: &[u8], groups: &Groups, skip: usize) -> Option<usize> {
    let mut digits = [0; MAX_DIGITS];
    let all = groups.all().iter().flat_map(|group| groups.digits(text, group));
    let count = digits.iter_mut().zip(all).map(|(digit, b)| *digit = *b).count();
    let digits = digits.get(skip..count)?;
    let (code, fewest, most) = countries::split(digits)?;
    let is_american = digits[..code] == [b'1'];
    if is_american && !matches!(digits.get(1), Some(b'2'..=b'9')) {
        return None;
    }
    let end = longest(text, groups, skip + code + fewest, skip + code + most)?;
    // `+35236450.6` is a number of another kind.
    let is_decimal = matches!(groups.all(), [_, part] if part.sign == Sign::Dot);
    (!is_decimal && !national::is_dump(text, groups, end)).then_some(end)
}

/// Where a number ends that a word announces: any 7 to 15 digits that are no date and no address.
fn spoken(text: &[u8], groups: &Groups) -> Option<usize> {
    if is_date(text, groups) || is_quad(groups) {
        return None;
    }
    longest(text, groups, 7, 15)
}

/// The end of the longest row of groups that has `fewest` to `most` digits and ends where a number can.
fn longest(text: &[u8], groups: &Groups, fewest: usize, most: usize) -> Option<usize> {
    let mut total = 0;
    let mut best = None;
    for (i, group) in groups.all().iter().enumerate() {
        total += group.len();
        let next = groups.all().get(i + 1);
        let parts = next.is_none_or(|next| matches!(next.sign, Sign::Space | Sign::Slash | Sign::Parenthesis));
        if (fewest..=most).contains(&total) && parts && is_end(text, groups.end_of(group)) {
            best = Some(groups.end_of(group));
        }
    }
    best
}

/// A number may have an extension directly behind it (`x12`); it may not go on in any other way.
fn is_end(text: &[u8], end: usize) -> bool {
    let extension = byte(text, end) == Some(b'x') && byte(text, end + 1).is_some_and(|b| b.is_ascii_digit());
    let goes_on = (word_at(text, end) && !extension) || joined_at(text, end, b"-.:@");
    !goes_on && !matches!(byte(text, end), Some(b'%' | b'@'))
}

/// Whether it begins as a date does: `2024-05-12`, `12.05.2024`, `5/12/2024`, and with a time behind it.
fn is_date(text: &[u8], groups: &Groups) -> bool {
    let [a, b, c, ..] = groups.all() else { return false };
    let alike = b.sign == c.sign;
    let value = |group: &Group| super::bytes::decimal(groups.digits(text, group));
    let is_day = |group: &Group| group.len() <= 2 && (1..=31).contains(&value(group));
    let is_year = |group: &Group| group.len() == 4 && (1900..2100).contains(&value(group));
    alike && is_day(b) && ((is_year(a) && is_day(c)) || (is_day(a) && is_year(c)))
}

/// Whether it is written as an IPv4 address or a version.
fn is_quad(groups: &Groups) -> bool {
    let all = groups.all();
    all.len() >= 3 && all[1..].iter().all(|group| group.sign == Sign::Dot) && all.iter().all(|group| group.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let start = text.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')).expect("a number");
        let end = match text.as_bytes()[start] {
            b'+' => international(text.as_bytes(), start),
            b'(' => parenthesised(text.as_bytes(), start),
            _ => national_end(text.as_bytes(), start),
        };
        end.map(|end| &text[start..end])
    }

    /// Where the number ends that begins with a digit at `start`.
    pub(super) fn national_end(text: &[u8], start: usize) -> Option<usize> {
        let first = text[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        match national(text, start, start + first) {
            Look::Found(end) => Some(end),
            Look::RowUntil(_) | Look::None => None,
        }
    }

    #[test]
    fn international_numbers_have_the_length_of_their_country() {
        for number in [
            "+12125550123",
            "+1 (212) 555-0123",
            "+49 30 123456",
            "+44 (0)20 7946 0958",
            "+33.1.23.45.67.89",
            "0049 30 123456",
            "00 33 1 23 45 67 89",
        ] {
            assert_eq!(found(number), Some(number));
        }
        assert_eq!(found("+1 212 555 0123 2024"), Some("+1 212 555 0123"));
        for other in ["+1234567890", "+999 123 4567", "+0100", "x+12125550123", "+1 112 555 0123", "004930123456"] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn a_word_makes_a_number_of_any_digits() {
        assert_eq!(found("Tel. 5551234"), Some("5551234"));
        assert_eq!(found("phone: 22 12 34 56"), Some("22 12 34 56"));
        for other in [
            "call 2024-05-12 10",
            "call 12.05.2024",
            "call 192.168.100.200",
            "order 5551234567",
            "call 1715512345678901",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}

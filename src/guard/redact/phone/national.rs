//! National numbers without a word before them: only in the shapes that hardly anything else has.

use super::groups::{Group, Groups, Sign};
use super::{is_date, is_end, word_at};

/// `555-123-4567`, `(555) 123-4567`, `555.123.4567`, `555 123 4567`, with or without a `1` before it. Source: the North
/// American Numbering Plan: an area code begins with 2 to 9.
pub(super) fn north_american(text: &[u8], groups: &Groups) -> Option<usize> {
    let list = match groups.all() {
        [one, rest @ ..] if one.len() == 1 && groups.digits(text, one) == b"1" => rest,
        all => all,
    };
    let [area, exchange, line, rest @ ..] = list else { return None };
    let begins = matches!(groups.digits(text, area), [b'2'..=b'9', ..]);
    let shaped = begins && area.len() == 3 && exchange.len() == 3 && line.len() == 4;
    let dots = [exchange.sign, line.sign].iter().filter(|sign| **sign == Sign::Dot).count();
    let signs =
        dots != 1 && !matches!(line.sign, Sign::Slash | Sign::Parenthesis | Sign::Dash) && exchange.sign != Sign::Dash;
    // A row of spaced numbers is a table; behind other signs a space ends the number.
    let alone = match rest.first() {
        Some(next) => next.sign == Sign::Space && line.sign != Sign::Space,
        None => true,
    };
    let end = groups.end_of(line);
    (shaped && signs && alone && is_end(text, end)).then_some(end)
}

/// `8 (495) 123-45-67`.
pub(super) fn russian(text: &[u8], groups: &Groups) -> Option<usize> {
    let [trunk, area, rest @ ..] = groups.all() else { return None };
    let begins = matches!(groups.digits(text, trunk), b"7" | b"8") && area.sign == Sign::Parenthesis;
    let total: usize = rest.iter().map(Group::len).sum();
    let end = groups.end_of(rest.last()?);
    (begins && area.len() + total == 10 && is_end(text, end)).then_some(end)
}

/// `612 34 56 78`, `22 555 01 23`: nine digits, in pairs behind three or behind two and three, as in Spain, Poland and
/// Uzbekistan. Numbers that count something are not grouped like this.
pub(super) fn in_pairs(text: &[u8], groups: &Groups) -> Option<usize> {
    let all = groups.all();
    let [_, second, .., last] = all else { return None };
    let lengths: Vec<usize> = all.iter().map(Group::len).collect();
    let shaped = lengths == [3, 2, 2, 2] || lengths == [2, 3, 2, 2];
    let same =
        matches!(second.sign, Sign::Space | Sign::Hyphen) && all[1..].iter().all(|group| group.sign == second.sign);
    let end = groups.end_of(last);
    (shaped && same && is_end(text, end)).then_some(end)
}

/// Whether the last pairs of such a number may stand behind a first group that ends at `end`.
pub(super) fn may_be_in_pairs(text: &[u8], end: usize) -> bool {
    let digit = |i: usize| text.get(i).is_some_and(u8::is_ascii_digit);
    let sign = |i: usize| text.get(i).copied().filter(|b| matches!(b, b' ' | b'-'));
    let pairs = |at: usize| sign(at).is_some() && digit(at + 1) && digit(at + 2) && !digit(at + 3);
    let middle = if digit(end + 3) { end + 4 } else { end + 3 };
    sign(end).is_some() && digit(end + 1) && digit(end + 2) && pairs(middle) && pairs(middle + 3)
}

/// `020 7946 0958`, `01 42 68 53 00`, `0171/1234567`: a `0`, then two or more groups, 8 to 12 digits in all. One group of
/// something else may follow.
pub(super) fn trunk(text: &[u8], groups: &Groups) -> Option<usize> {
    if is_date(text, groups) {
        return None;
    }
    let all = groups.all();
    let shortest = all.len().saturating_sub(1).max(2);
    (shortest..=all.len()).rev().find_map(|count| {
        let (taken, rest) = all.split_at_checked(count)?;
        let end = groups.end_of(taken.last()?);
        let parts = rest.iter().all(|next| next.sign == Sign::Space && taken[1].sign != Sign::Dot);
        (is_trunk_shape(text, groups, taken) && parts && is_end(text, end)).then_some(end)
    })
}

fn is_trunk_shape(text: &[u8], groups: &Groups, taken: &[Group]) -> bool {
    let ([first, second, rest @ ..], Some((last, others))) = (taken, taken.split_last()) else { return false };
    let total: usize = taken.iter().map(Group::len).sum();
    let is_pairs = taken.iter().all(|group| group.len() == 2);
    let mixed = rest.iter().any(|group| group.sign != second.sign);
    let short = others.iter().any(|group| group.len() < 2) || (last.len() < 2 && last.sign != Sign::Hyphen);
    let most = if taken.len() <= 3 { 12 } else { 11 };
    if !(8..=most).contains(&total) || !(2..=6).contains(&first.len()) || short {
        return false;
    }
    match (second.sign, rest) {
        // `01.5` is a decimal, `0317-8471` a serial number, `02110-1301` a post code, `0123-0456` a range.
        (Sign::Dot, []) => false,
        (Sign::Hyphen, []) => {
            !matches!((first.len(), second.len()), (4 | 5, 4)) && !is_range(text, groups, first, second)
        }
        (Sign::Slash, []) => true,
        (_, []) => total >= 9 && !is_range(text, groups, first, second),
        // Three groups of four are hexadecimal words as often, and have a zero in front of each then.
        (sign, [third]) if [first.len(), second.len(), third.len()] == [4; 3] => {
            sign != Sign::Dot && ![second, third].iter().any(|group| groups.digits(text, group).starts_with(b"0"))
        }
        // `0399-12-31` is a date of long ago,
        (Sign::Hyphen, [third]) if [first.len(), second.len(), third.len()] == [4, 2, 2] => false,
        // `078-05-1120` has the shape of a social security number, pairs in a longer row are a dump.
        (_, [third]) if !mixed && [first.len(), second.len(), third.len()] == [3, 2, 4] => false,
        _ if is_pairs && mixed => second.sign == Sign::Hyphen,
        _ if is_pairs => taken.len() == 5 && !goes_on_in_pairs(text, groups.start_of(first), groups.end_of(last)),
        _ => rest.iter().all(|group| group.sign != Sign::Slash),
    }
}

fn is_range(text: &[u8], groups: &Groups, first: &Group, second: &Group) -> bool {
    first.len() == second.len() && groups.digits(text, second).starts_with(b"0")
}

/// Whether a number that ends at `end` is one of a longer row of pairs.
pub(super) fn is_dump(text: &[u8], groups: &Groups, end: usize) -> bool {
    let mut taken = groups.all().iter().take_while(|group| groups.end_of(group) <= end);
    let first = groups.all().first().map_or(end, |first| groups.start_of(first));
    taken.all(|group| group.len() == 2) && goes_on_in_pairs(text, first, end)
}

/// Whether another pair of hexadecimal digits stands before `start` or behind `end`.
fn goes_on_in_pairs(text: &[u8], start: usize, end: usize) -> bool {
    let is_pair = |pair: &[u8]| pair.iter().all(u8::is_ascii_hexdigit);
    let is_pair_behind =
        text.get(end) == Some(&b' ') && text.get(end + 1..end + 3).is_some_and(is_pair) && !word_at(text, end + 3);
    is_pair_behind || is_pair_before(text, start)
}

/// Whether a pair of hexadecimal digits and a space stand before `start`.
pub(super) fn is_pair_before(text: &[u8], start: usize) -> bool {
    let Some(pair) = start.checked_sub(3) else { return false };
    let alone = pair == 0 || !text[pair - 1].is_ascii_alphanumeric();
    alone
        && text[start - 1] == b' '
        && text[pair..start - 1].iter().all(u8::is_ascii_hexdigit)
        && text[pair..start - 1].iter().any(u8::is_ascii_digit)
}

/// `(0221) 470-0`, `(11) 2345-6789`, `(2) 2123 4567`: an area code in parentheses.
pub(super) fn area_in_parentheses(text: &[u8], groups: &Groups) -> Option<usize> {
    let closing = groups.all().iter().skip(1).position(|group| group.sign == Sign::Parenthesis)? + 1;
    let (area, local) = groups.all().split_at(closing);
    let last = local.last()?;
    let area_digits: usize = area.iter().map(Group::len).sum();
    let local_digits: usize = local.iter().map(Group::len).sum();
    let total = area_digits + local_digits;
    let dotted = local.iter().any(|group| matches!(group.sign, Sign::Dot | Sign::Slash));
    let shaped = match groups.digits(text, area.first()?) {
        [b'0', ..] => (2..=6).contains(&area_digits) && (7..=12).contains(&total),
        _ => area_digits <= 3 && (9..=11).contains(&total) && matches!(last.len(), 4 | 7),
    };
    let end = groups.end_of(last);
    (shaped && !dotted && is_end(text, end)).then_some(end)
}

#[cfg(test)]
mod tests {
    use crate::guard::redact::phone::parenthesised;
    use crate::guard::redact::phone::tests::national_end;

    fn end_of(text: &str) -> Option<usize> {
        match text.as_bytes()[0] {
            b'(' => parenthesised(text.as_bytes(), 0),
            _ => national_end(text.as_bytes(), 0),
        }
    }

    fn whole(text: &str) -> bool {
        end_of(text) == Some(text.len())
    }

    #[test]
    fn national_shapes_are_found() {
        let american = [
            "(555) 123-4567",
            "555-123-4567",
            "555.123.4567",
            "555 123 4567",
            "1-555-123-4567",
            "1 (555) 123-4567",
            "(555)123-4567",
        ];
        let others = [
            "030 12345678",
            "020 7946 0958",
            "01 42 68 53 00",
            "0171/1234567",
            "(0221) 470-0",
            "(11) 2345-6789",
            "8 (495) 123-45-67",
            "(06 1) 234 5678",
            "612 34 56 78",
            "22 555 01 23",
        ];
        for number in american.into_iter().chain(others) {
            assert!(whole(number), "{number}");
        }
    }

    #[test]
    fn dates_ranges_decimals_and_tables_are_not() {
        let others = [
            "01.02.2024 1234",
            "01/02/2024",
            "0123-0123",
            "0100-0200",
            "0.12345678",
            "01.23456789",
            "00 01 02 03 04",
            "01 02 03 04 05 06",
            "155-123-4567",
            "555.123-4567",
            "555-123-45678",
            "555-123-4567-8",
            "234 567 8901 234",
            "(1998) 391-396",
            "123-456",
            "5551234567",
            "612 34 56 78 90",
            "612 34-56 78",
            "12 345 678",
        ];
        for number in others {
            assert_eq!(end_of(number), None, "{number}");
        }
    }
}

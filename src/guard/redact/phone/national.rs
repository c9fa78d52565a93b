//! National numbers without a word before them: only in the shapes that hardly anything else has.

use super::groups::{Group, Sign};
use super::{is_date, is_end};

/// `555-123-4567`, `(555) 123-4567`, `555.123.4567`, `555 123 4567`, with or without a `1` before it. Source: the North
/// American Numbering Plan: an area code begins with 2 to 9.
pub(super) fn north_american(text: &[u8], groups: &[Group]) -> Option<usize> {
    let groups = match groups {
        [one, rest @ ..] if one.len() == 1 && text[one.start] == b'1' => rest,
        all => all,
    };
    let [area, exchange, line, rest @ ..] = groups else { return None };
    let shaped = area.len() == 3 && exchange.len() == 3 && line.len() == 4 && matches!(text[area.start], b'2'..=b'9');
    let dots = [exchange.sign, line.sign].iter().filter(|sign| **sign == Sign::Dot).count();
    let signs = dots != 1 && line.sign != Sign::Slash && line.sign != Sign::Parenthesis;
    // A row of spaced numbers is a table; behind other signs a space ends the number.
    let alone = match rest.first() {
        Some(next) => next.sign == Sign::Space && line.sign != Sign::Space,
        None => true,
    };
    (shaped && signs && alone && is_end(text, line.end)).then_some(line.end)
}

/// `8 (495) 123-45-67`.
pub(super) fn russian(text: &[u8], groups: &[Group]) -> Option<usize> {
    let [trunk, area, rest @ ..] = groups else { return None };
    let begins = trunk.len() == 1 && matches!(text[trunk.start], b'7' | b'8') && area.sign == Sign::Parenthesis;
    let total: usize = rest.iter().map(Group::len).sum();
    let end = rest.last()?.end;
    (begins && area.len() + total == 10 && is_end(text, end)).then_some(end)
}

/// `020 7946 0958`, `01 42 68 53 00`, `0171/1234567`: a `0`, then two or more groups, 8 to 11 digits in all. One group of
/// something else may follow.
pub(super) fn trunk(text: &[u8], groups: &[Group]) -> Option<usize> {
    if is_date(text, groups) {
        return None;
    }
    let shortest = groups.len().saturating_sub(1).max(2);
    (shortest..=groups.len()).rev().find_map(|count| {
        let (taken, rest) = groups.split_at_checked(count)?;
        let end = taken.last()?.end;
        let parts = rest.iter().all(|next| next.sign == Sign::Space && taken[1].sign != Sign::Dot);
        (is_trunk_shape(text, taken) && parts && is_end(text, end)).then_some(end)
    })
}

fn is_trunk_shape(text: &[u8], groups: &[Group]) -> bool {
    let [first, second, rest @ ..] = groups else { return false };
    let total: usize = groups.iter().map(Group::len).sum();
    let mixed = rest.iter().any(|group| group.sign != second.sign);
    // `0123-0456` is a range, `01.5` a decimal, `01/02/03` a date, and pairs in a longer row are a dump.
    let range = rest.is_empty() && second.len() == first.len() && text[second.start] == b'0';
    let decimal = second.sign == Sign::Dot && rest.is_empty();
    let slashes = rest.iter().any(|group| group.sign == Sign::Slash);
    let pairs = groups.iter().all(|group| group.len() == 2);
    let short = groups
        .iter()
        .any(|group| group.len() < 2 && !(group.sign == Sign::Hyphen && group.end == groups[groups.len() - 1].end));
    let fewest = if mixed || second.sign == Sign::Slash || second.sign == Sign::Hyphen { 8 } else { 9 };
    let dumped = pairs && (groups.len() != 5 || goes_on_in_pairs(text, groups));
    (fewest..=11).contains(&total)
        && (2..=6).contains(&first.len())
        && !(range || decimal || slashes || short || dumped)
}

/// Whether another pair of hexadecimal digits stands before or behind.
fn goes_on_in_pairs(text: &[u8], groups: &[Group]) -> bool {
    let (start, end) = (groups[0].start, groups[groups.len() - 1].end);
    let is_pair = |pair: Option<&[u8]>| pair.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
    let behind = text.get(end) == Some(&b' ') && is_pair(text.get(end + 1..end + 3));
    let ahead = start >= 3 && text[start - 1] == b' ' && is_pair(text.get(start - 3..start - 1));
    behind || ahead
}

/// `(0221) 470-0`, `(11) 2345-6789`, `(2) 2123 4567`: an area code in parentheses.
pub(super) fn area_in_parentheses(text: &[u8], groups: &[Group]) -> Option<usize> {
    let closing = groups.iter().skip(1).position(|group| group.sign == Sign::Parenthesis)? + 1;
    let (area, local) = groups.split_at(closing);
    let end = local.last()?.end;
    let area_digits: usize = area.iter().map(Group::len).sum();
    let local_digits: usize = local.iter().map(Group::len).sum();
    let total = area_digits + local_digits;
    let dotted = local.iter().any(|group| group.sign == Sign::Dot || group.sign == Sign::Slash);
    let shaped = match text[area[0].start] {
        b'0' => (2..=6).contains(&area_digits) && (7..=12).contains(&total),
        _ => {
            area_digits <= 3
                && (9..=11).contains(&total)
                && local.last().is_some_and(|last| last.len() == 4 || last.len() == 7)
        }
    };
    (shaped && !dotted && is_end(text, end)).then_some(end)
}

#[cfg(test)]
mod tests {
    use crate::guard::redact::phone::{national, parenthesised};

    fn whole(text: &str) -> bool {
        let end = if text.starts_with('(') { parenthesised(text.as_bytes(), 0) } else { national(text.as_bytes(), 0) };
        end == Some(text.len())
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
        ];
        for number in others {
            let found = if number.starts_with('(') {
                parenthesised(number.as_bytes(), 0)
            } else {
                national(number.as_bytes(), 0)
            };
            assert_eq!(found, None, "{number}");
        }
    }
}

//! US social security numbers: `AAA-GG-SSSS`, or nine digits behind a word that says so.
//!
//! Source: SSA, which never gives out area 000, 666 and 900 to 999, group 00 and serial 0000; two numbers became known
//! through advertisements.

use super::bytes::{before, decimal, hyphen_at, joined_at, joined_before, run, space_at, word_at, word_before};
use super::context::Words;

const WORDS: Words =
    Words { whole: |word| matches!(word, b"security" | b"ss"), parts: &["ssn", "socialsecurity"], wide: &[] };

/// Numbers that belong to no one.
const ADVERTISED: [(u32, u32, u32); 2] = [(78, 5, 1120), (219, 9, 9999)];

/// Where the number that begins at `start` ends.
pub(super) fn at(text: &[u8], start: usize) -> Option<usize> {
    let first = run(text, start, 10, u8::is_ascii_digit);
    let (group, serial) = match first - start {
        3 => {
            let group = separated(text, first)?;
            (group, separated(text, group + 2).filter(|serial| is_alike(text, first..group, group + 2..*serial))?)
        }
        9 => (start + 3, start + 5),
        _ => return None,
    };
    let end = serial + 4;
    let digits = |from: usize, count: usize| {
        text.get(from..from + count).filter(|part| part.iter().all(u8::is_ascii_digit)).map(decimal)
    };
    if !is_issued(digits(start, 3)?, digits(group, 2)?, digits(serial, 4)?) || !is_alone(text, start, end) {
        return None;
    }
    (first - start == 3 || WORDS.before(text, start)).then_some(end)
}

/// Where the part behind one hyphen or space begins.
fn separated(text: &[u8], at: usize) -> Option<usize> {
    let sign = hyphen_at(text, at).max(space_at(text, at));
    (sign > 0).then_some(at + sign)
}

fn is_alike(text: &[u8], one: std::ops::Range<usize>, other: std::ops::Range<usize>) -> bool {
    text.get(one) == text.get(other)
}

fn is_issued(area: u32, group: u32, serial: u32) -> bool {
    let given = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    given && !ADVERTISED.contains(&(area, group, serial))
}

fn is_alone(text: &[u8], start: usize, end: usize) -> bool {
    let begins =
        !word_before(text, start) && !joined_before(text, start, b"-.,/+") && before(text, start) != Some(b'+');
    begins && !word_at(text, end) && !joined_at(text, end, b"-./")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> Option<usize> {
        let start = text.find(|c: char| c.is_ascii_digit()).expect("a digit");
        at(text.as_bytes(), start)
    }

    #[test]
    fn only_numbers_that_are_given_out_count() {
        assert_eq!(ends("123-45-6789"), Some(11));
        assert_eq!(ends("123 45 6789."), Some(11));
        let never =
            ["000-45-6789", "666-45-6789", "900-45-6789", "123-00-6789", "123-45-0000", "078-05-1120", "219-09-9999"];
        for number in
            never.into_iter().chain(["123-45 6789", "123-45-67890", "123-45-6789-1", "1-123-45-6789", "123456789"])
        {
            assert_eq!(ends(number), None, "{number}");
        }
    }

    #[test]
    fn nine_digits_need_a_word() {
        assert!(ends("SSN: 123456789").is_some());
        assert!(ends("social security number 123456789").is_some());
        assert_eq!(ends("order 123456789"), None);
    }
}

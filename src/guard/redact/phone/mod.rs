//! Telephone numbers: international ones by country code and length, national ones by shape, any behind a word that says so.
//!
//! Most runs of digits are no telephone numbers, so without `+` or a word before it a number must be grouped as people group
//! it: `555-123-4567` in North America, and with a `0` in front in most other countries.

mod countries;
mod groups;
mod national;

use super::bytes::{at as byte, before, joined_at, joined_before, run, word_at, word_before};
use super::context::Words;
use groups::{Group, Groups, Sign};

/// Words for a telephone and its number in the languages that most callers write in.
const WORDS: Words = Words {
    whole: &[
        "tel",
        "tél",
        "tel-no",
        "tlf",
        "tfn",
        "ph",
        "fon",
        "tele",
        "call",
        "dial",
        "mobile",
        "mobil",
        "móvil",
        "movil",
        "cell",
        "cellular",
        "celular",
        "cel",
        "handy",
        "handynummer",
        "fax",
        "telefax",
        "sms",
        "gsm",
        "hotline",
        "whatsapp",
        "viber",
        "puh",
        "puhelin",
        "portable",
        "appelez",
        "chiama",
        "cellulare",
        "komórka",
        "kom",
        "тел",
        "моб",
        "Тел",
        "Моб",
        "сот",
        "τηλ",
        "Τηλ",
        "κιν",
        "hp",
        "nomor",
        "gọi",
        "thoại",
        "sđt",
        "SĐT",
        "ring",
        "llame",
        "llámame",
        "ligue",
        "telemóvel",
        "rappelez",
        "anrufen",
    ],
    parts: &[
        "phone",
        "telefon",
        "teléfon",
        "telefón",
        "téléphon",
        "telephon",
        "telèfon",
        "rufnummer",
        "телефон",
        "Телефон",
        "τηλέφων",
        "Τηλέφων",
        "电话",
        "手机",
        "電話",
        "携帯",
        "手機",
        "전화",
        "휴대폰",
        "핸드폰",
        "هاتف",
        "جوال",
        "טלפון",
        "נייד",
        "फोन",
        "फ़ोन",
        "मोबाइल",
        "โทร",
        "ফোন",
        "மொபைல்",
    ],
};

/// Where the number ends that begins with `+` at `plus`.
pub(super) fn international(text: &[u8], plus: usize) -> Option<usize> {
    if word_before(text, plus) || matches!(before(text, plus), Some(b')' | b']' | b'+')) {
        return None;
    }
    let groups = Groups::read(text, plus + 1, before(text, plus) == Some(b'(')).without_trunk(text);
    dialled(text, groups.all(), 0)
}

/// Where the number ends that begins with `(` at `open`.
pub(super) fn parenthesised(text: &[u8], open: usize) -> Option<usize> {
    let is_code = |b: u8| b.is_ascii_digit();
    if !byte(text, open + 1).is_some_and(is_code)
        || word_before(text, open)
        || matches!(before(text, open), Some(b')' | b']' | b'-'))
    {
        return None;
    }
    let groups = Groups::read(text, open, false);
    let groups = groups.all();
    let shaped = national::north_american(text, groups).or_else(|| national::area_in_parentheses(text, groups));
    shaped.or_else(|| spoken(text, open, groups))
}

/// Where the number ends that begins with a digit at `start`.
pub(super) fn national(text: &[u8], start: usize) -> Option<usize> {
    if word_before(text, start)
        || joined_before(text, start, b"-.,/:+")
        || matches!(before(text, start), Some(b'+' | b'-' | b'.' | b'$' | b'/' | b'('))
    {
        return None;
    }
    if !may_begin(text, start) && !WORDS.before(text, start) {
        return None;
    }
    let groups = Groups::read(text, start, false);
    let groups = groups.all();
    let shaped = match groups.first()?.sign {
        _ if text[start..].starts_with(b"00") => dialled(text, groups, 2).filter(|_| groups.len() > 1),
        _ if text[start] == b'0' => national::trunk(text, groups),
        _ => national::north_american(text, groups).or_else(|| national::russian(text, groups)),
    };
    shaped.or_else(|| spoken(text, start, groups))
}

/// Whether a number in a national shape may begin here: a cheap look at the first group.
fn may_begin(text: &[u8], start: usize) -> bool {
    let end = run(text, start, 7, u8::is_ascii_digit);
    let goes_on = !matches!(byte(text, end), None | Some(b'\n' | b',' | b':' | b';'));
    goes_on
        && match (text[start], end - start) {
            (b'0', 2..=6) | (b'2'..=b'9', 3) => true,
            (b'1', 1) => matches!(byte(text, end + 1), Some(b'(' | b'2'..=b'9')),
            (b'7' | b'8', 1) => byte(text, end) == Some(b'(') || byte(text, end + 1) == Some(b'('),
            _ => false,
        }
}

/// Where a number ends that begins with a country code, `skip` digits after the beginning of the first group. Of the groups as many
/// are taken as the country's numbers can have digits.
fn dialled(text: &[u8], groups: &[Group], skip: usize) -> Option<usize> {
    let digits = digits_of(text, groups);
    let digits = digits.0.get(skip..digits.1)?;
    let (code, fewest, most) = countries::split(digits)?;
    let is_american = digits[..code] == [b'1'];
    if is_american && !matches!(digits.get(1), Some(b'2'..=b'9')) {
        return None;
    }
    longest(text, groups, skip + code + fewest, skip + code + most)
}

/// Where a number ends that has a word for it in front: any 7 to 15 digits that are no date and no address.
fn spoken(text: &[u8], start: usize, groups: &[Group]) -> Option<usize> {
    if is_date(text, groups) || is_quad(groups) || !WORDS.before(text, start) {
        return None;
    }
    longest(text, groups, 7, 15)
}

/// The end of the longest row of groups that has `fewest` to `most` digits and ends where a number can.
fn longest(text: &[u8], groups: &[Group], fewest: usize, most: usize) -> Option<usize> {
    let mut total = 0;
    let mut best = None;
    for (i, group) in groups.iter().enumerate() {
        total += group.len();
        let next = groups.get(i + 1);
        let parts = next.is_none_or(|next| matches!(next.sign, Sign::Space | Sign::Slash | Sign::Parenthesis));
        if (fewest..=most).contains(&total) && parts && is_end(text, group.end) {
            best = Some(group.end);
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

/// The digits of all groups, and how many they are.
fn digits_of(text: &[u8], groups: &[Group]) -> ([u8; 24], usize) {
    let mut digits = [0; 24];
    let all = groups.iter().flat_map(|group| &text[group.start..group.end]);
    let count = digits.iter_mut().zip(all).map(|(digit, b)| *digit = *b).count();
    (digits, count)
}

/// Whether it begins as a date does: `2024-05-12`, `12.05.2024`, `5/12/2024`, and with a time behind it.
fn is_date(text: &[u8], groups: &[Group]) -> bool {
    let [a, b, c, ..] = groups else { return false };
    let alike = b.sign == c.sign;
    let value = |group: &Group| super::bytes::decimal(&text[group.start..group.end]);
    let is_day = |group: &Group| group.len() <= 2 && (1..=31).contains(&value(group));
    let is_year = |group: &Group| group.len() == 4 && (1900..2100).contains(&value(group));
    alike && is_day(b) && ((is_year(a) && is_day(c)) || (is_day(a) && is_year(c)))
}

/// Whether it is written as an IPv4 address or a version.
fn is_quad(groups: &[Group]) -> bool {
    groups.len() >= 3
        && groups[1..].iter().all(|group| group.sign == Sign::Dot)
        && groups.iter().all(|group| group.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        let start = text.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')).expect("a number");
        let detect = match text.as_bytes()[start] {
            b'+' => international,
            b'(' => parenthesised,
            _ => national,
        };
        detect(text.as_bytes(), start).map(|end| &text[start..end])
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

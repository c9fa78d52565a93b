//! International bank account numbers: the shape of the country, and a remainder of one by 97.
//!
//! Source: ISO 13616, the SWIFT IBAN registry.

mod registry;

use super::bytes::{hyphen_at, space_at, word_at, word_before};

/// Where the number that begins at `start` ends. It may have one space or hyphen between any two of its characters: its length is
/// known from the country.
pub(super) fn at(text: &[u8], start: usize) -> Option<usize> {
    let [a, b, c, d] = text.get(start..start + 4)?.try_into().ok()?;
    if !c.is_ascii_digit() || !d.is_ascii_digit() || word_before(text, start) {
        return None;
    }
    let shape = registry::shape([a.to_ascii_uppercase(), b.to_ascii_uppercase()])?;
    let (end, remainder) = account(text, start + 4, shape)?;
    let remainder = [a, b, c, d].into_iter().fold(remainder, add);
    (remainder % 97 == 1 && !word_at(text, end)).then_some(end)
}

/// Reads the part behind the check digits. Gives its end and a number with its remainder.
fn account(text: &[u8], start: usize, shape: &str) -> Option<(usize, u64)> {
    let (mut at, mut remainder, mut count) = (start, 0, 0);
    for sign in shape.bytes() {
        if sign.is_ascii_digit() {
            count = count * 10 + u32::from(sign - b'0');
            continue;
        }
        for _ in 0..count {
            if text.get(at).is_some_and(|b| !b.is_ascii_alphanumeric()) {
                at += space_at(text, at).max(hyphen_at(text, at));
            }
            let b = text.get(at).copied().filter(|b| fits(*b, sign))?;
            remainder = add(remainder, b);
            at += 1;
        }
        count = 0;
    }
    Some((at, remainder))
}

fn fits(b: u8, sign: u8) -> bool {
    match sign {
        b'n' => b.is_ascii_digit(),
        b'a' => b.is_ascii_alphabetic(),
        _ => b.is_ascii_alphanumeric(),
    }
}

/// Appends a character to a number of which only the remainder by 97 matters. A letter counts as two digits, `A` as 10.
fn add(number: u64, b: u8) -> u64 {
    let number = if number < 1_000_000_000_000_000 { number } else { number % 97 };
    match b {
        b'0'..=b'9' => number * 10 + u64::from(b - b'0'),
        _ => number * 100 + u64::from(b.to_ascii_uppercase() - b'A') + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_its_country_with_good_check_digits_is_found() {
        for iban in [
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "gb29nwbk60161331926819",
            "GB29-NWBK-6016-1331-9268-19",
            "NO9386011117947",
        ] {
            assert_eq!(at(iban.as_bytes(), 0), Some(iban.len()), "{iban}");
        }
        assert_eq!(at(b"DE89 3704 0044 0532 0130 00 and more", 0), Some(27));
    }

    #[test]
    fn a_wrong_digit_length_or_country_is_none() {
        let others = [
            "DE88370400440532013000",
            "DE893704004405320130001",
            "DE8937040044053201300",
            "XX89370400440532013000",
            "DE8937040044053201300A",
        ];
        for other in others {
            assert_eq!(at(other.as_bytes(), 0), None, "{other}");
        }
    }
}

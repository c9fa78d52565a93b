//! Payment card numbers: 12 to 19 digits that pass the Luhn check, of a known issuer or behind a word that says card.
//!
//! Source: ISO/IEC 7812-1 and the number ranges that the card schemes publish.

use super::bytes::{before, decimal, joined_at, joined_before, row_before, run, word_at, word_before};
use super::context::Words;

const WORDS: Words = Words {
    whole: |word| {
        matches!(
            word,
            b"visa"
                | b"mastercard"
                | b"maestro"
                | b"amex"
                | b"discover"
                | b"diners"
                | b"jcb"
                | b"unionpay"
                | b"pan"
                | b"cc"
                | b"carte"
                | b"karte"
                | b"tarjeta"
                | b"carta"
        )
    },
    parts: &["card", "karte"],
    wide: &["银行卡", "信用卡"],
};

const MAX_DIGITS: usize = 19;

/// The digits of one candidate, spaces and hyphens left out.
struct Number {
    digits: [u8; MAX_DIGITS],
    len: usize,
    groups: usize,
}

/// Where the card number that begins at `start` ends.
pub(super) fn at(text: &[u8], start: usize) -> Option<usize> {
    let first = run(text, start, MAX_DIGITS + 1, u8::is_ascii_digit) - start;
    if text[start] == b'0' || !(4..=MAX_DIGITS).contains(&first) {
        return None;
    }
    if word_before(text, start) || joined_before(text, start, b"-./:+") || before(text, start) == Some(b'+') {
        return None;
    }
    let is_row = row_before(text, start);
    let mut number = Number { digits: [0; MAX_DIGITS], len: 0, groups: 0 };
    let (mut at, mut best, mut sign) = (start, None, None);
    loop {
        let end = run(text, at, MAX_DIGITS + 1 - number.len, u8::is_ascii_digit);
        if end - at < 2 || number.len + end - at > MAX_DIGITS {
            return best;
        }
        number.add(&text[at..end]);
        if number.is_card() && is_end(text, end, sign) && (!number.is_doubtful() || WORDS.before(text, start)) {
            best = Some(end);
        }
        match text.get(end).copied() {
            Some(b @ (b' ' | b'-')) if sign.is_none_or(|sign| sign == b) && !(b == b' ' && is_row) => sign = Some(b),
            _ => return best,
        }
        at = end + 1;
    }
}

/// A number in groups with hyphens must not go on behind another hyphen; a number in groups with spaces may have one other
/// number behind it.
fn is_end(text: &[u8], end: usize, sign: Option<u8>) -> bool {
    let joints: &[u8] = if sign == Some(b' ') { b"." } else { b"-." };
    let goes_on = word_at(text, end) || joined_at(text, end, joints);
    let is_table = sign == Some(b' ') && row_at(text, end);
    !(goes_on || is_table)
}

/// Whether two more numbers of four digits or more, decimal or hexadecimal, follow: it is a table.
fn row_at(text: &[u8], end: usize) -> bool {
    let number = |from: usize| {
        let end = run(text, from + 1, MAX_DIGITS, u8::is_ascii_hexdigit);
        (text.get(from) == Some(&b' ') && end - from > 4).then_some(end)
    };
    number(end).and_then(number).is_some()
}

impl Number {
    fn add(&mut self, group: &[u8]) {
        self.digits[self.len..self.len + group.len()].copy_from_slice(group);
        self.len += group.len();
        self.groups += 1;
    }

    fn digits(&self) -> &[u8] {
        &self.digits[..self.len]
    }

    fn is_card(&self) -> bool {
        self.len >= 12 && luhn(self.digits())
    }

    /// Whether only a word beside it makes a card of it: of an issuer that is not known, Maestro's range is a fifth of all
    /// numbers, and the oldest Visa numbers are as long as the number of a product (EAN-13).
    fn is_doubtful(&self) -> bool {
        match self.issuer() {
            Issuer::Unknown => true,
            Issuer::Maestro => self.groups == 1 || self.len < 16,
            Issuer::Other => self.groups == 1 && self.len == 13 && ean(self.digits()),
        }
    }

    fn issuer(&self) -> Issuer {
        match (decimal(&self.digits[..4]), self.len) {
            (4000..=4999, 13 | 16 | 19) => Issuer::Other,
            (5100..=5599 | 2221..=2720, 16) => Issuer::Other,
            (3400..=3499 | 3700..=3799, 15) => Issuer::Other,
            (6011 | 6440..=6499 | 6500..=6599, 16..=19) => Issuer::Other,
            (3000..=3059 | 3090..=3099 | 3600..=3699 | 3800..=3999, 14..=19) => Issuer::Other,
            (3528..=3589, 16..=19) => Issuer::Other,
            (6200..=6299 | 8100..=8199, 16..=19) => Issuer::Other,
            (5000..=5099 | 5600..=6999, 12..=19) => Issuer::Maestro,
            _ => Issuer::Unknown,
        }
    }
}

enum Issuer {
    Unknown,
    Maestro,
    Other,
}

/// Every second digit from the right doubled, its digits added: the sum ends in zero.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, digit)| weigh(u32::from(digit - b'0'), i)).sum();
    sum.is_multiple_of(10)
}

fn weigh(digit: u32, place: usize) -> u32 {
    match place % 2 {
        0 => digit,
        _ if digit > 4 => 2 * digit - 9,
        _ => 2 * digit,
    }
}

/// The check of product numbers: weights of one and three from the right.
fn ean(digits: &[u8]) -> bool {
    let weighed =
        digits.iter().rev().enumerate().map(|(i, digit)| u32::from(digit - b'0') * if i % 2 == 0 { 1 } else { 3 });
    weighed.sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> bool {
        at(text.as_bytes(), 0) == Some(text.len())
    }

    #[test]
    fn known_issuers_with_a_good_check_digit_are_cards() {
        for card in
            ["4111111111111111", "4111 1111 1111 1111", "3782-822463-10005", "30569309025904", "6304 0000 0000 0000"]
        {
            assert!(whole(card), "{card}");
        }
        for other in
            ["4111111111111112", "1111111111111117", "4111.1111.1111.1111", "41111111111111111111", "6304000000000000"]
        {
            assert_eq!(at(other.as_bytes(), 0), None, "{other}");
        }
    }

    #[test]
    fn what_follows_a_card_is_not_part_of_it() {
        assert_eq!(at(b"4111 1111 1111 1111 12/27", 0), Some(19));
        assert_eq!(at(b"4111-1111-1111-1111-22", 0), None);
        assert_eq!(at(b"4111111111111111L", 0), None);
    }
}

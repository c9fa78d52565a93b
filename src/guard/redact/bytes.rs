//! What stands beside a number: does it go on, is it part of a word?
//!
//! Texts are UTF-8, read by byte. Letters of Latin, Greek, Cyrillic and their neighbours (two bytes) make words;
//! scripts that are written without spaces (three bytes, Chinese for one) end where a number begins.

/// The byte at `i`, if there is one.
pub(super) fn at(text: &[u8], i: usize) -> Option<u8> {
    text.get(i).copied()
}

/// The byte before `i`, if there is one.
pub(super) fn before(text: &[u8], i: usize) -> Option<u8> {
    text.get(i.checked_sub(1)?).copied()
}

/// Where the run of bytes that are `wanted` ends, from `from` on, after `limit` bytes at most.
pub(super) fn run(text: &[u8], from: usize, limit: usize, wanted: impl Fn(&u8) -> bool) -> usize {
    let last = text.len().min(from.saturating_add(limit));
    let mut at = from;
    while at < last && wanted(&text[at]) {
        at += 1;
    }
    at
}

/// Whether a byte is part of an ASCII identifier.
pub(super) fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Whether a word, an identifier or a number ends at `i`. The letter of an escape (`\n`, `\r`, `\t`) is none: texts are often JSON.
pub(super) fn word_before(text: &[u8], i: usize) -> bool {
    match before(text, i) {
        Some(b'n' | b'r' | b't') if i >= 2 && text[i - 2] == b'\\' => false,
        Some(b) if b.is_ascii() => is_name(b),
        Some(_) => i >= 2 && matches!(text[i - 2], 0xC3..=0xDF),
        None => false,
    }
}

/// Whether a word, an identifier or a number begins at `i`.
pub(super) fn word_at(text: &[u8], i: usize) -> bool {
    at(text, i).is_some_and(|b| is_name(b) || matches!(b, 0xC3..=0xDF))
}

/// Whether one of `joints` stands before `i` and joins it to a word or a number.
pub(super) fn joined_before(text: &[u8], i: usize, joints: &[u8]) -> bool {
    before(text, i).is_some_and(|b| joints.contains(&b)) && word_before(text, i - 1)
}

/// Whether one of `joints` stands at `i` and joins a word or a number to what is before it.
pub(super) fn joined_at(text: &[u8], i: usize, joints: &[u8]) -> bool {
    at(text, i).is_some_and(|b| joints.contains(&b)) && word_at(text, i + 1)
}

/// Whether a space and the end of a number of three digits or more, decimal or hexadecimal, stand before `i`: it is one of a row.
pub(super) fn row_before(text: &[u8], i: usize) -> bool {
    let Some(first) = i.checked_sub(4) else { return false };
    let number = &text[first..i - 1];
    text[i - 1] == b' ' && number.iter().all(u8::is_ascii_hexdigit) && number.iter().any(u8::is_ascii_digit)
}

/// The value of a decimal number that is known to be short.
pub(super) fn decimal(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// How many bytes of white space, plain or no-break, stand at `i`; zero or one character.
pub(super) fn space_at(text: &[u8], i: usize) -> usize {
    match text.get(i..).unwrap_or_default() {
        [b' ', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0xAF | 0x89 | 0x87, ..] => 3,
        _ => 0,
    }
}

/// How many bytes of hyphen (plain, Unicode, no-break, figure or en dash) stand at `i`; zero or one character.
pub(super) fn hyphen_at(text: &[u8], i: usize) -> usize {
    match text.get(i..).unwrap_or_default() {
        [b'-', ..] => 1,
        [0xE2, 0x80, 0x90..=0x93, ..] => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_make_words_and_chinese_and_escapes_do_not() {
        for (text, word) in
            [("a1", true), ("é1", true), ("_1", true), ("是1", false), (" 1", false), ("\\n1", false), ("1", false)]
        {
            assert_eq!(word_before(text.as_bytes(), text.len() - 1), word, "{text}");
        }
    }

    #[test]
    fn a_joint_needs_a_word_on_its_other_side() {
        assert!(joined_before(b"a-1", 2, b"-"));
        assert!(!joined_before(b" -1", 2, b"-"));
        assert!(joined_at(b"1-a", 1, b"-"));
        assert!(!joined_at(b"1- a", 1, b"-"));
    }
}

//! Words that stand before a number and say what it is: "Tel. 5551234", `"ssn": "123456789"`.

use super::bytes::is_name;

/// How far a word may be from the number, in bytes: filling words and signs between.
const FAR_BYTES: usize = 48;
/// How many bytes without a letter may stand between two words, or a word and the number.
const GAP_BYTES: usize = 12;

/// Words that give a meaning to the number behind them, in lower case.
pub(super) struct Words {
    /// Whole words.
    pub(super) whole: &'static [&'static str],
    /// What is enough as a part of a word.
    pub(super) parts: &'static [&'static str],
}

/// Words that may stand between the word and its number.
const FILLING: &[&str] = &[
    "no", "nr", "num", "number", "numbers", "is", "are", "at", "on", "me", "us", "him", "her", "them", "or", "and",
    "the", "my", "our", "your", "his", "their", "line", "direct", "office", "home", "work", "to", "under", "via", "e",
    "o", "y", "et", "ou", "und", "oder", "ist", "unter", "est", "es", "en", "al", "le", "au", "int", "intl", "usa",
    "us", "uk", "de", "fr", "it", "id", "value", "host",
];

impl Words {
    /// Whether one of these words stands before `at`, with nothing but filling words between.
    pub(super) fn before(&self, text: &[u8], at: usize) -> bool {
        let floor = at.saturating_sub(FAR_BYTES);
        let mut end = at;
        while let Some(word) = word_before(text, floor, end) {
            let bytes = &text[word.0..word.1];
            if self.has(bytes) {
                return true;
            }
            if !is_filling(bytes) {
                return false;
            }
            end = word.0;
        }
        false
    }

    fn has(&self, word: &[u8]) -> bool {
        let is = |whole: &&str| word.eq_ignore_ascii_case(whole.as_bytes());
        let has = |part: &&str| word.windows(part.len()).any(|piece| piece.eq_ignore_ascii_case(part.as_bytes()));
        self.whole.iter().any(is) || self.parts.iter().any(has)
    }
}

fn is_filling(word: &[u8]) -> bool {
    FILLING.iter().any(|filling| word.eq_ignore_ascii_case(filling.as_bytes()))
}

/// The last word that ends before `end`. Letters of every script make words, `_` and digits do not; a new line ends the search.
fn word_before(text: &[u8], floor: usize, end: usize) -> Option<(usize, usize)> {
    let is_letter = |b: u8| !b.is_ascii() || (is_name(b) && b.is_ascii_alphabetic());
    let gap = end.saturating_sub(GAP_BYTES).max(floor);
    let last = (gap..end).rev().find(|i| is_letter(text[*i]) || text[*i] == b'\n')?;
    if text[last] == b'\n' {
        return None;
    }
    let first = (floor..=last).rev().take_while(|i| is_letter(text[*i])).last()?;
    Some((first, last + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: Words = Words { whole: &["tel"], parts: &["phone", "电话"] };

    fn said(text: &str) -> bool {
        PHONE.before(text.as_bytes(), text.len())
    }

    #[test]
    fn a_word_counts_through_filling_words_and_signs() {
        for text in [
            "Tel. ",
            "tel: ",
            "telephone number is ",
            r#""phoneNumber": ""#,
            "phone_no=",
            "我的电话是",
            "PHONE 12345 or ",
        ] {
            assert!(said(text), "{text}");
        }
    }

    #[test]
    fn other_words_and_new_lines_end_the_search() {
        for text in ["tell ", "phone for order ", "phone\n", "", "12345 ", "phone                 "] {
            assert!(!said(text), "{text}");
        }
    }
}

//! Words that stand before a number and say what it is: "Tel. 5551234", `"ssn": "123456789"`.

/// How far a word may be from the number, in bytes: filling words and signs between.
const FAR_BYTES: usize = 48;
/// How many bytes without a letter may stand between the word and the number.
const GAP_BYTES: usize = 8;
/// How many may stand before a filling word: it can join a number to the one that the word was for.
const WIDE_GAP_BYTES: usize = 24;

/// The longest word that is compared, in bytes.
const MAX_WORD_BYTES: usize = FAR_BYTES;

/// Words that give a meaning to the number behind them, in lower case where the script is ASCII.
pub(super) struct Words {
    /// Whether it is one of the whole words, of ASCII letters.
    pub(super) whole: fn(&[u8]) -> bool,
    /// What is enough as a part of a word of ASCII letters.
    pub(super) parts: &'static [&'static str],
    /// What is enough as a part of a word with other letters.
    pub(super) wide: &'static [&'static str],
}

/// Whether a word may stand between the one that says it and the number.
fn is_filling(word: &[u8]) -> bool {
    let english = matches!(
        word,
        b"no"
            | b"nr"
            | b"num"
            | b"number"
            | b"numbers"
            | b"is"
            | b"are"
            | b"at"
            | b"on"
            | b"me"
            | b"us"
            | b"him"
            | b"her"
            | b"them"
            | b"or"
            | b"and"
            | b"the"
            | b"my"
            | b"our"
            | b"your"
            | b"his"
            | b"their"
            | b"line"
            | b"direct"
            | b"office"
            | b"home"
            | b"work"
            | b"to"
            | b"under"
            | b"via"
            | b"value"
            | b"host"
            | b"int"
            | b"intl"
            | b"usa"
            | b"uk"
    );
    english
        || matches!(
            word,
            b"e" | b"o"
                | b"y"
                | b"et"
                | b"ou"
                | b"und"
                | b"oder"
                | b"ist"
                | b"unter"
                | b"est"
                | b"es"
                | b"en"
                | b"al"
                | b"le"
                | b"au"
                | b"de"
                | b"fr"
                | b"it"
                | b"id"
        )
}

impl Words {
    /// Whether one of these words stands before `at`, with nothing but filling words between.
    pub(super) fn before(&self, text: &[u8], at: usize) -> bool {
        let floor = at.saturating_sub(FAR_BYTES);
        let (mut end, mut gap) = (at, GAP_BYTES);
        let mut lower = [0; MAX_WORD_BYTES];
        while let Some((start, stop)) = word_before(text, floor, end, gap) {
            let word = &mut lower[..stop - start];
            word.copy_from_slice(&text[start..stop]);
            word.make_ascii_lowercase();
            if self.has(word) {
                return true;
            }
            if !is_filling(word) {
                return false;
            }
            (end, gap) = (start, WIDE_GAP_BYTES);
        }
        false
    }

    fn has(&self, word: &[u8]) -> bool {
        if !word.is_ascii() {
            return self.wide.iter().any(|part| contains(word, part.as_bytes()));
        }
        (self.whole)(word) || self.parts.iter().any(|part| contains(word, part.as_bytes()))
    }
}

fn contains(word: &[u8], part: &[u8]) -> bool {
    let places = word.len().checked_sub(part.len()).map_or(0, |last| last + 1);
    (0..places).any(|i| word[i] == part[0] && word[i..].starts_with(part))
}

/// The last word that ends before `end`. Letters of every script make words, `_` and digits do not; a new line ends the search.
fn word_before(text: &[u8], floor: usize, end: usize, gap: usize) -> Option<(usize, usize)> {
    let is_letter = |b: u8| !b.is_ascii() || (b.is_ascii_alphabetic());
    let gap = end.saturating_sub(gap).max(floor);
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

    const PHONE: Words = Words { whole: |word| word == b"tel", parts: &["phone"], wide: &["电话"] };

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

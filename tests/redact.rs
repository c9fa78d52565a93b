//! Redaction holds for every text: what goes out comes back, wherever the answer is cut.

use aisp::guard::redact::{Patterns, Redactor, Type, Vault};
use proptest::prelude::*;
use std::sync::Arc;

/// Values by the number of their type, each alone in the text it is put into.
const VALUES: [(&str, [&str; 3]); 8] = [
    ("EMAIL", ["ann@example.com", "jürgen.maß@müller.example", "\"ann lee\"@example.org"]),
    ("PHONE", ["+1 212 555 0123", "(030) 1234567", "020 7946 0958"]),
    ("CARD", ["4111 1111 1111 1111", "378282246310005", "6011000990139424"]),
    ("IBAN", ["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "NO9386011117947"]),
    ("SSN", ["123-45-6789", "512-34-5678", "001-01-0001"]),
    ("IP", ["192.0.2.1", "2001:db8::1", "203.0.113.77"]),
    ("MAC", ["00:00:5e:00:53:01", "a4-83-e7-2b-9c-01", "001b.44ef.3a7c"]),
    ("CUSTOMER", ["C-\"1001\"", "C-\"\\2\"", "C-\"\n\""]),
];

fn redactor() -> Redactor {
    let patterns = Patterns::compile(&[("customer", "C-\"[^\"]*\"")]).expect("a good pattern");
    Redactor::new(Type::ALL, Arc::new(patterns))
}

/// Pieces of which texts are made: values whole and cut, placeholders and their look-alikes, signs, every script.
fn piece() -> impl Strategy<Value = String> {
    let value = (0..8_usize, 0..3_usize).prop_map(|(kind, i)| VALUES[kind].1[i].to_owned());
    let cut = (value.clone(), any::<prop::sample::Index>()).prop_map(|(value, at)| {
        let places: Vec<_> = value.char_indices().map(|(i, _)| i).collect();
        value[..places[at.index(places.len())]].to_owned()
    });
    let like = "\\[{0,2}(EMAIL|PHONE|TEXT|CUSTOMER|CARD|X|)_?[0-9]{0,3}\\]{0,2}";
    let sign = "[ \\t\\n@.:+()\\[\\]_\"'/\\\\,;=#-]{1,3}";
    prop_oneof![3 => value, 1 => cut, 2 => like, 3 => sign, 1 => "[0-9]{1,6}", 1 => "[a-f0-9]{1,4}", 1 => "[a-zA-Zäß是]{1,6}", 1 => "\\PC{0,4}"]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// Pushes a text in pieces that end at `cuts`, which are rounded to characters.
fn restored_in_pieces(vault: &Vault, text: &str, cuts: &[usize], json: bool) -> String {
    let mut restorer = vault.restorer(json);
    let mut out = String::new();
    let mut done = 0;
    for cut in cuts.iter().copied().chain([text.len()]) {
        let cut =
            (cut.clamp(done, text.len())..=text.len()).find(|i| text.is_char_boundary(*i)).expect("the end is one");
        out.push_str(&restorer.push(&text[done..cut]));
        done = cut;
    }
    out.push_str(&restorer.finish());
    out
}

/// Values between words that say nothing about them, with the placeholders that they must become.
fn slots() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..8_usize, 0..3_usize), 1..10)
}

fn write(slots: &[(usize, usize)], shift: usize) -> String {
    slots.iter().map(|(kind, i)| format!("about {} then ", VALUES[*kind].1[(i + shift) % 3])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_comes_back(texts in prop::collection::vec(text(), 1..4)) {
        let mut vault = redactor().vault();
        let redacted: Vec<_> = texts.iter().map(|text| vault.redact(text).into_owned()).collect();
        for (text, redacted) in texts.iter().zip(&redacted) {
            prop_assert_eq!(&*vault.restore(redacted), text);
        }
    }

    #[test]
    fn any_string_comes_back(text in ".{0,200}") {
        let mut vault = redactor().vault();
        let redacted = vault.redact(&text).into_owned();
        prop_assert_eq!(&*vault.restore(&redacted), &text);
    }

    #[test]
    fn a_stream_is_restored_as_the_whole_is(prompt in text(), invented in text(), cuts in prop::collection::vec(0..400_usize, 0..40), json: bool) {
        let mut vault = redactor().vault();
        let answer = vault.redact(&prompt).into_owned() + &invented;
        let whole = if json { vault.restore_json(&answer) } else { vault.restore(&answer) };
        for cut in 0..=answer.len() {
            prop_assert_eq!(&restored_in_pieces(&vault, &answer, &[cut], json), &*whole);
        }
        let every: Vec<_> = (0..answer.len()).collect();
        prop_assert_eq!(&restored_in_pieces(&vault, &answer, &every, json), &*whole);
        let mut cuts = cuts;
        cuts.sort_unstable();
        prop_assert_eq!(&restored_in_pieces(&vault, &answer, &cuts, json), &*whole);
    }

    #[test]
    fn prompts_that_differ_only_in_values_are_one_prompt(slots in slots(), shift in 1..3_usize) {
        let (one, other) = (write(&slots, 0), write(&slots, shift));
        let redacted = redactor().vault().redact(&one).into_owned();
        prop_assert_eq!(&*redactor().vault().redact(&other), &redacted);
    }

    #[test]
    fn a_redacted_text_holds_no_value(slots in slots()) {
        let text = write(&slots, 0);
        let mut vault = redactor().vault();
        let redacted = vault.redact(&text).into_owned();
        for (kind, i) in &slots {
            let (name, values) = VALUES[*kind];
            prop_assert!(!redacted.contains(values[*i]), "{} is left in {}", values[*i], redacted);
            let placeholder = format!("[{name}_");
            prop_assert!(redacted.contains(&placeholder), "no {} in {}", name, redacted);
        }
        let mut again = redactor().vault();
        let twice = again.redact(&redacted).into_owned();
        prop_assert_eq!(again.found(), []);
        prop_assert_eq!(&*again.restore(&twice), &redacted);
    }

    #[test]
    fn json_with_values_put_back_is_still_json(slots in slots()) {
        let text = write(&slots, 0);
        let mut vault = redactor().vault();
        let redacted = vault.redact(&text).into_owned();
        let json = serde_json::json!({ "said": redacted }).to_string();
        let restored: serde_json::Value = serde_json::from_str(&vault.restore_json(&json)).expect("JSON");
        prop_assert_eq!(restored["said"].as_str(), Some(text.as_str()));
    }
}

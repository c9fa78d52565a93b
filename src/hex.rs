//! Bytes in hex: digests, codes and signatures of 32 bytes, as 64 digits.

/// Bytes as lower-case digits.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Reads 64 digits.
pub fn decode(text: &str) -> Option<[u8; 32]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let pairs: &[[u8; 2]; 32] = pairs.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// Reads 64 lower-case digits, where the same bytes must not have two spellings.
pub fn decode_lower(text: &str) -> Option<[u8; 32]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { None } else { decode(text) }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_encoded_is_read_back(bytes: [u8; 32]) {
            let text = encode(&bytes);
            prop_assert_eq!((decode(&text), decode_lower(&text)), (Some(bytes), Some(bytes)));
            prop_assert_eq!(decode(&text.to_uppercase()), Some(bytes));
        }
    }

    #[test]
    fn exactly_64_digits_are_read() {
        let bytes: [u8; 32] = std::array::from_fn(|i| i as u8 * 8 + 5);
        let text = encode(&bytes);
        assert!(text.starts_with("050d151d") && text.ends_with("edf5fd"), "{text}");
        assert_eq!(decode_lower(&text), Some(bytes));
        for wrong in [&text[1..], &text[2..], &format!("{text}0"), &format!("0x{text}"), &format!("0x{}", &text[2..])] {
            assert_eq!((decode_lower(wrong), decode(wrong)), (None, None), "{wrong}");
        }
        for wrong in [" 5", "g0", "+5", "-1", "é"] {
            assert_eq!(decode(&format!("{wrong}{}", &text[2..])), None, "{wrong}");
        }
        assert_eq!(decode(&"é".repeat(32)), None);
    }

    #[test]
    fn capitals_are_another_spelling() {
        let text = "ab".repeat(32);
        assert_eq!((decode_lower(&text), decode(&text.to_uppercase())), (Some([0xab; 32]), Some([0xab; 32])));
        for wrong in [text.to_uppercase(), text.replacen('a', "A", 1)] {
            assert_eq!(decode_lower(&wrong), None, "{wrong}");
        }
    }
}

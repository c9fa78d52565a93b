//! 32 bytes in hex: codes and digests.

/// Reads 64 lower-case digits: what has one spelling.
pub fn lower(text: &str) -> Option<[u8; 32]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { None } else { any_case(text) }
}

/// Reads 64 digits.
pub fn any_case(text: &str) -> Option<[u8; 32]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let pairs: &[[u8; 2]; 32] = pairs.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

// Without a branch on the digit: how long reading takes does not tell what they are.
fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// Bytes as lower-case digits.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: [u8; 32]) {
            prop_assert_eq!(lower(&encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn exactly_64_digits_are_32_bytes() {
        let bytes: [u8; 32] = std::array::from_fn(|i| i as u8 * 8 + 5);
        let text = encode(&bytes);
        assert_eq!(
            (lower(&text), any_case(&text.to_uppercase()), lower(&text.to_uppercase())),
            (Some(bytes), Some(bytes), None)
        );
        for wrong in [&text[1..], &text[2..], &format!("{text}0"), &format!("0x{text}"), &format!("0x{}", &text[2..])] {
            assert_eq!((lower(wrong), any_case(wrong)), (None, None), "{wrong}");
        }
        for wrong in [" 5", "g0", "+5", "-1", "é"] {
            assert_eq!(any_case(&format!("{wrong}{}", &text[2..])), None, "{wrong}");
        }
    }
}

//! Signatures in hex.

/// A signature of 64 lower-case digits, as Stripe and GitHub write it.
pub fn lower(text: &str) -> Option<[u8; 32]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { None } else { any_case(text) }
}

/// A signature of 64 digits.
pub fn any_case(text: &str) -> Option<[u8; 32]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let pairs: &[[u8; 2]; 32] = pairs.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// Bytes as lower-case digits.
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_64_digits_are_a_signature() {
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

//! The name of a header, however PHP writes it.

/// Whether `given` means the header that is written `name`, with hyphens: any case will do, and underscores for hyphens, as
/// `WP_REST_Request` has them.
pub fn is_same(given: &[u8], name: &str) -> bool {
    let plain = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    given.len() == name.len() && given.iter().zip(name.bytes()).all(|(a, b)| plain(*a) == plain(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_many_spellings_and_no_more() {
        for given in ["x-sign", "X-Sign", "x_sign", "X_SIGN", "X-sIGN"] {
            assert!(is_same(given.as_bytes(), "X-Sign") && is_same(given.as_bytes(), "x-sign"), "{given}");
        }
        for given in ["", "xsign", "x sign", "x-sign-", "x-sign2", "ax-sign", "HTTP_X_SIGN", "x\u{2010}sign"] {
            assert!(!is_same(given.as_bytes(), "x-sign"), "{given}");
        }
    }
}

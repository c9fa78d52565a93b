//! Hardware addresses: six pairs with `:` or `-`, or three groups of four with `.` as Cisco writes them.

use super::bytes::{at as byte, before, joined_at, joined_before, word_at, word_before};
use super::context::Words;

const WORDS: Words = Words {
    whole: |word| matches!(word, b"mac" | b"hwaddr" | b"ether" | b"bssid" | b"hardware" | b"address"),
    parts: &["macaddr"],
    wide: &[],
};

/// Where the address that begins at `start` ends.
pub(super) fn at(text: &[u8], start: usize) -> Option<usize> {
    let (group, sign) = match (byte(text, start + 2), byte(text, start + 4)) {
        (Some(sign @ (b':' | b'-')), _) => (2, sign),
        (_, Some(b'.')) => (4, b'.'),
        _ => return None,
    };
    if !begins(text, start, sign) {
        return None;
    }
    let end = start + 12 + 12 / group - 1;
    let address = text.get(start..end)?;
    let is_shaped = |(i, b): (usize, &u8)| if i % (group + 1) == group { *b == sign } else { b.is_ascii_hexdigit() };
    if !address.iter().enumerate().all(is_shaped) || !ends(text, end, sign) || is_reserved(address) {
        return None;
    }
    (!is_doubtful(address, sign) || WORDS.before(text, start)).then_some(end)
}

/// More pairs beside it make it a fingerprint.
fn joints(sign: u8) -> &'static [u8] {
    if sign == b'.' { b"." } else { b":-" }
}

fn begins(text: &[u8], start: usize, sign: u8) -> bool {
    before(text, start) != Some(sign) && !word_before(text, start) && !joined_before(text, start, joints(sign))
}

fn ends(text: &[u8], end: usize, sign: u8) -> bool {
    !word_at(text, end) && !joined_at(text, end, joints(sign))
}

/// No address, and all of them.
fn is_reserved(address: &[u8]) -> bool {
    let digits = || address.iter().filter(|b| b.is_ascii_hexdigit());
    digits().all(|b| *b == b'0') || digits().all(|b| b.eq_ignore_ascii_case(&b'f'))
}

/// Whether it may be decimal numbers as well.
fn is_doubtful(address: &[u8], sign: u8) -> bool {
    sign != b':' && !address.iter().any(u8::is_ascii_alphabetic) && !(sign == b'-' && address.starts_with(b"00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_notations_are_known() {
        for mac in ["00:1A:2b:3c:4d:5e", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e", "00:00:5e:00:53:01"] {
            assert_eq!(at(mac.as_bytes(), 0), Some(mac.len()), "{mac}");
        }
    }

    #[test]
    fn fingerprints_numbers_and_reserved_addresses_are_none() {
        let fingerprint = "00:1a:2b:3c:4d:5e:6f";
        for other in [
            fingerprint,
            "00:00:00:00:00:00",
            "FF:ff:FF:ff:FF:ff",
            "00:1a-2b:3c:4d:5e",
            "12-34-56-78-90-12",
            "1234.5678.9012",
        ] {
            assert_eq!(at(other.as_bytes(), 0), None, "{other}");
        }
        assert_eq!(at(fingerprint.as_bytes(), 3), None);
        assert!(at(b"mac 1234.5678.9012", 4).is_some());
    }
}

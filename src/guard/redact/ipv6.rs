//! IPv6 addresses. Source: RFC 4291, section 2.2; RFC 4007 for zones.
//!
//! `a::b` is also how C++ and Rust write a path, so a short form counts only when it begins as addresses do that are
//! in use: global unicast, unique local, link-local, multicast, or mapped IPv4.

use super::bytes::{before, is_name, run, word_at};
use std::net::Ipv6Addr;

/// The longest address in text.
const MAX_BYTES: usize = 45;
const MAX_ZONE_BYTES: usize = 15;

/// Where the address that begins at `start` ends, with its zone.
pub(super) fn at(text: &[u8], start: usize) -> Option<usize> {
    if matches!(before(text, start), Some(b':' | b'.' | b'-' | b'%')) {
        return None;
    }
    let end = run(text, start, MAX_BYTES + 2, |b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    if text[start..].starts_with(b"::") && end - start <= 3 {
        return None;
    }
    let mut written = &text[start..end];
    while let Some(b'.') = written.last() {
        written = &written[..written.len() - 1];
    }
    if written.ends_with(b":") && !written.ends_with(b"::") {
        written = &written[..written.len() - 1];
    }
    let end = start + written.len();
    if written.len() > MAX_BYTES || word_at(text, end) || !is_address(written) {
        return None;
    }
    Some(zone(text, end))
}

fn is_address(written: &[u8]) -> bool {
    let signs = written.iter().filter(|b| **b == b':').count();
    if signs < 2 || !written.iter().any(u8::is_ascii_digit) || !(is_full(written, signs) || is_in_use(written)) {
        return false;
    }
    let parsed = std::str::from_utf8(written).ok().and_then(|text| text.parse::<Ipv6Addr>().ok());
    parsed.is_some_and(|address| !address.is_unspecified() && !address.is_loopback())
}

/// All eight groups are there, and they are not eight pairs of a fingerprint.
fn is_full(written: &[u8], signs: usize) -> bool {
    signs == 7 && !written.windows(2).any(|pair| pair == b"::") && written.len() != 8 * 3 - 1
}

/// Whether a short form begins as addresses do that are in use.
fn is_in_use(written: &[u8]) -> bool {
    let first = written.iter().position(|b| *b == b':').unwrap_or_default();
    let [a, b, c] = [0, 1, 2].map(|i| written[i].to_ascii_lowercase());
    match first {
        4 => matches!(
            (a, b, c),
            (b'2' | b'3', ..) | (b'f', b'c' | b'd' | b'f', _) | (b'f', b'e', b'8' | b'9' | b'a' | b'b')
        ),
        2 => written.starts_with(b"64:ff9b::") || written.starts_with(b"64:FF9B::"),
        0 => written.contains(&b'.') || written.len() > b"::ffff:".len(),
        _ => false,
    }
}

/// Where the zone ends that follows an address, or the address itself.
fn zone(text: &[u8], end: usize) -> usize {
    if text.get(end) != Some(&b'%') {
        return end;
    }
    match run(text, end + 1, MAX_ZONE_BYTES, |b| is_name(*b)) {
        zone if zone > end + 1 => zone,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_short_and_mapped_forms_are_found() {
        let forms = [
            "2001:db8:0:0:8:800:200C:417A",
            "2001:db8::1",
            "fe80::1%eth0",
            "::ffff:192.0.2.1",
            "64:ff9b::192.0.2.33",
            "2001:DB8::",
        ];
        for address in forms {
            assert_eq!(at(address.as_bytes(), 0), Some(address.len()), "{address}");
        }
        assert_eq!(at(b"2001:db8::1: unreachable.", 0), Some(11));
        assert_eq!(at(b"2001:db8::1.", 0), Some(11));
    }

    #[test]
    fn paths_times_and_addresses_of_no_one_are_not() {
        let others = [
            "::",
            "::1",
            "12:34:56",
            "dead::beef",
            "a::b",
            "c10::d1",
            "1:2:3",
            "00:11:22:33:44:55:66:77",
            "2001:db8::1::2",
            "2001:db8::1g",
            "fade::1",
        ];
        for other in others {
            assert_eq!(at(other.as_bytes(), 0), None, "{other}");
        }
    }
}

//! IPv4 addresses, told from versions and section numbers by what stands beside them.
//!
//! Not private, so not looked for: loopback, `0.x.x.x` (this network), network masks, and networks written as `x.0.0.0`.

use super::bytes::{at as byte, before, decimal, is_name, joined_at, run, word_at, word_before};
use super::context::Words;

/// Words that make an address even of a number that looks like a version.
const ADDRESS: Words = Words {
    whole: |word| {
        matches!(
            word,
            b"ip"
                | b"ips"
                | b"address"
                | b"addresses"
                | b"addr"
                | b"host"
                | b"hosts"
                | b"server"
                | b"ping"
                | b"ssh"
                | b"from"
                | b"client"
                | b"gateway"
                | b"dns"
                | b"nameserver"
                | b"router"
                | b"peer"
                | b"subnet"
                | b"telnet"
                | b"traceroute"
                | b"nmap"
                | b"remote"
        )
    },
    parts: &["ipaddr", "remoteaddr", "hostname", "ipv"],
    wide: &[],
};

/// Words that make a version or a chapter of anything.
const VERSION: Words = Words {
    whole: |word| {
        matches!(
            word,
            b"v" | b"ver"
                | b"release"
                | b"releases"
                | b"rel"
                | b"build"
                | b"rev"
                | b"revision"
                | b"firmware"
                | b"kernel"
                | b"section"
                | b"sections"
                | b"chapter"
                | b"figure"
                | b"table"
                | b"appendix"
                | b"clause"
                | b"chrome"
                | b"oid"
        )
    },
    parts: &["version"],
    wide: &["版本", "バージョン", "версия", "версии"],
};

const MAX_PACKAGE_BYTES: usize = 32;

/// Where the address that begins at `start` ends.
pub(super) fn at(text: &[u8], start: usize) -> Option<usize> {
    if !begins(text, start) {
        return None;
    }
    let (octets, end) = quad(text, start)?;
    if matches!(octets[0], 0 | 127 | 255) || (octets[1..] == [0, 0, 0] && !is_network(text, end)) || octets == [0; 4] {
        return None;
    }
    let is_address = || ADDRESS.before(text, start);
    if !ends(text, end, is_address) {
        return None;
    }
    // Versions and sections have small numbers: 5.4.2.18.
    let small = octets.iter().filter(|octet| **octet < 10).count();
    let is_versionlike = octets[0] < 10 && small >= 3 && !is_network(text, end) && !has_port(text, end);
    let fits = if is_versionlike { is_address() } else { !VERSION.before(text, start) };
    fits.then_some(end)
}

/// Four numbers of 0 to 255 without a zero in front, and where the last one ends.
fn quad(text: &[u8], start: usize) -> Option<([u32; 4], usize)> {
    let mut octets = [0; 4];
    let mut at = start;
    for (i, octet) in octets.iter_mut().enumerate() {
        if i > 0 {
            at = (byte(text, at)? == b'.').then_some(at + 1)?;
        }
        let end = run(text, at, 4, u8::is_ascii_digit);
        let digits = &text[at..end];
        *octet = decimal(digits);
        if digits.is_empty() || digits.len() > 3 || *octet > 255 || (digits.len() > 1 && digits[0] == b'0') {
            return None;
        }
        at = end;
    }
    Some((octets, at))
}

/// Not the rest of a longer number, and not behind a name or a comparison as versions are (`curl/8.14.1.20`, `a-1.2.3.4`, `a==1.2.3.4`).
fn begins(text: &[u8], start: usize) -> bool {
    let Some(b) = before(text, start) else { return true };
    let name = word_before(text, start - 1);
    match b {
        b'.' | b'~' | b'^' => false,
        b'/' | b'_' | b'+' => !name,
        b'-' => !name || text[start - 2].is_ascii_digit(),
        b'=' | b'>' | b'<' => !matches!(before(text, start - 1), Some(b'=' | b'<' | b'>' | b'~' | b'!')),
        b'@' => !is_package(text, start - 1),
        _ => !word_before(text, start),
    }
}

/// Whether a name behind a `/` stands before the sign at `end` (`@scope/pkg@10.2.3.4`); behind `//` it is a user.
fn is_package(text: &[u8], end: usize) -> bool {
    let floor = end.saturating_sub(MAX_PACKAGE_BYTES);
    let first = (floor..end).rev().find(|i| !is_name(text[*i]) && text[*i] != b'-').unwrap_or(floor);
    text[first] == b'/' && before(text, first) != Some(b'/')
}

/// Not a fifth part, a letter or a suffix, as versions have it; another address or, with `is_address`, a number makes a range.
fn ends(text: &[u8], end: usize, is_address: impl Fn() -> bool) -> bool {
    if word_at(text, end) || joined_at(text, end, b".+~") {
        return false;
    }
    let range =
        || quad(text, end + 1).is_some() || (byte(text, end + 1).is_some_and(|b| b.is_ascii_digit()) && is_address());
    !joined_at(text, end, b"-") || range()
}

fn is_network(text: &[u8], end: usize) -> bool {
    byte(text, end) == Some(b'/') && byte(text, end + 1).is_some_and(|b| b.is_ascii_digit())
}

fn has_port(text: &[u8], end: usize) -> bool {
    byte(text, end) == Some(b':') && byte(text, end + 1).is_some_and(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> bool {
        let start = text.find(|c: char| c.is_ascii_digit()).expect("a digit");
        at(text.as_bytes(), start).is_some()
    }

    #[test]
    fn addresses_are_found() {
        let texts = [
            "192.0.2.1",
            "at 203.0.113.255.",
            "192.0.2.1:80",
            "10.0.0.0/8",
            "http://10.1.2.3/x",
            "ip=10.1.2.3",
            "ping 8.8.8.8",
            "1.1.1.1:53",
        ];
        for text in texts.into_iter().chain(["10.0.0.1-10.0.0.9", "x@10.1.2.3"]) {
            assert!(found(text), "{text}");
        }
    }

    #[test]
    fn versions_and_addresses_of_no_one_are_not() {
        let versions = [
            "1.2.3.4",
            "v10.2.3.4",
            "version 10.2.3.4",
            "10.2.3.4.5",
            "10.2.3.4-rc",
            "10.2.3.4-1",
            "a-10.2.3.4",
            "a==10.2.3.4",
            "Chrome/120.0.0.1",
        ];
        let special = [
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.0",
            "256.1.1.1",
            "10.01.2.3",
            "10.2.3",
            "120.0.0.0",
            "section 10.2.3.4",
        ];
        for text in versions.into_iter().chain(special) {
            assert!(!found(text), "{text}");
        }
    }
}

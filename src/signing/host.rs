//! A host with its port, as a `Host` header and an origin have it.

use std::net::Ipv6Addr;

/// Whether this is a host in small letters, with or without a port: `example.com`, `example.com:8443`, `[2001:db8::1]`.
pub fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) => (address.parse::<Ipv6Addr>().is_ok(), rest),
            None => return false,
        },
        None => {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (is_name(name), port)
        }
    };
    name && !text.bytes().any(|b| b.is_ascii_uppercase())
        && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

fn is_name(name: &str) -> bool {
    (1..=253).contains(&name.len()) && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'))
}

/// 1 to 65535, in one spelling.
pub fn is_port(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    digits && text.parse::<u16>().is_ok()
}

/// Whether this is an origin as browsers send it: `https://example.com`, with a port only where it is not the scheme's own.
pub fn is_origin(text: &str) -> bool {
    let (host, own_port) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(host), _) => (host, ":443"),
        (_, Some(host)) => (host, ":80"),
        _ => return false,
    };
    is_host(host) && (host.ends_with("]") || !host.ends_with(own_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_one_spelling() {
        for host in ["example.com", "localhost", "example.com:8443", "203.0.113.7", "[2001:db8::1]", "[::1]:65535"] {
            assert!(is_host(host), "{host}");
        }
        for wrong in [
            "",
            ":",
            ":80",
            "a:",
            "a:0",
            "a:080",
            "a:65536",
            "a:80:80",
            "a b",
            "a/b",
            "a@b",
            "A",
            "ä.de",
            "a\nb",
            "[::1",
            "[::1]x",
            "[::1]:",
            "[::g]",
            "::1",
            "[::FFFF:1.2.3.4]",
            "[]",
            "a:+80",
        ] {
            assert!(!is_host(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host_and_no_more() {
        for origin in
            ["https://example.com", "http://localhost:8080", "https://[::1]:8443", "http://a:443", "https://[::443]"]
        {
            assert!(is_origin(origin), "{origin}");
        }
        for wrong in [
            "",
            "null",
            "*",
            "example.com",
            "https://",
            "https://example.com/",
            "https://example.com:443",
            "http://a:80",
            "HTTPS://example.com",
            "https://Example.com",
            "ftp://example.com",
            "https://u@example.com",
            "https://a?b",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}

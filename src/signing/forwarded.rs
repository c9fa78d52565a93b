//! Which address a request came from, where proxies stand in front of the server.
//!
//! The rule: REMOTE_ADDR is the client, unless it is one of the site's own proxies. Then the header is read from the right,
//! where the nearest proxy wrote, and own proxies are skipped: the first address that is none of them is the client. What
//! cannot be read (also `unknown` and `_hidden` of RFC 7239) ends the reading, and the client is the last address that
//! could be read; it is one of the own proxies then. Whatever stands further left was written by strangers and is never
//! looked at. At most 32 hops and 2 KiB are read.
//!
//! A proxy writes one of the two headers and may let the other one through as a stranger sent it, so where both are there
//! they must agree; else neither is believed, and the client is REMOTE_ADDR. Better: pass the one that the proxy writes.
//! Source: RFC 7239; draft-ietf-appsawg-http-forwarded-10 for the older header.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::cidr::Networks;
use super::host::is_port;

const MAX_HOPS: usize = 32;
const MAX_BYTES: usize = 2 * 1024;

/// The client's address. The headers come line by line, in the order in which they were sent.
pub fn client_ip(remote_addr: IpAddr, x_forwarded_for: &[&str], forwarded: &[&str], trusted: &Networks) -> IpAddr {
    let remote = remote_addr.to_canonical();
    if !trusted.contains(remote) {
        return remote;
    }
    let old = || walk(remote, addresses(x_forwarded_for), trusted);
    let new = || walk(remote, elements(forwarded), trusted);
    match (x_forwarded_for, forwarded) {
        ([], []) => remote,
        (_, []) => old(),
        ([], _) => new(),
        _ => {
            let (old, new) = (old(), new());
            if old == new { old } else { remote }
        }
    }
}

/// Walks from the server towards the client; a hop is `None` where it cannot be read.
fn walk(remote: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>, trusted: &Networks) -> IpAddr {
    let mut last = remote;
    for hop in hops.take(MAX_HOPS) {
        let Some(ip) = hop else { break };
        last = ip;
        if !trusted.contains(ip) {
            break;
        }
    }
    last
}

/// The hops of `X-Forwarded-For` from the right.
fn addresses<'h>(lines: &'h [&'h str]) -> impl Iterator<Item = Option<IpAddr>> {
    let mut left = MAX_BYTES;
    lines.iter().rev().flat_map(|line| line.rsplit(',')).map(move |hop| {
        left = left.checked_sub(hop.len() + 1)?;
        read_address(hop.trim_matches([' ', '\t']))
    })
}

/// The hops of `Forwarded` from the right. A line is split from the left, as its quotes want it; one that breaks the rules
/// has no hops that could be read.
fn elements<'h>(lines: &'h [&'h str]) -> impl Iterator<Item = Option<IpAddr>> {
    let mut left = MAX_BYTES;
    lines.iter().rev().flat_map(move |line| {
        left = left.saturating_sub(line.len() + 1);
        let read = (left > 0).then(|| read_line(line)).flatten().unwrap_or_else(|| vec![None]);
        read.into_iter().rev()
    })
}

/// The hops of one line; `None` if the line breaks the rules.
fn read_line(line: &str) -> Option<Vec<Option<IpAddr>>> {
    let mut hops = vec![None];
    let mut named = false;
    let mut rest = line;
    loop {
        let (name, after) = rest.trim_start_matches([' ', '\t']).split_once('=')?;
        if !is_token(name) {
            return None;
        }
        let (value, after) = read_value(after)?;
        if name.eq_ignore_ascii_case("for") {
            // Two of them in one element are as good as none.
            *hops.last_mut()? = if named { None } else { read_address(value) };
            named = true;
        }
        let after = after.trim_start_matches([' ', '\t']);
        let Some(separator) = after.chars().next() else { return Some(hops) };
        match separator {
            ';' => {}
            ',' => {
                hops.push(None);
                named = false;
            }
            _ => return None,
        }
        rest = &after[1..];
    }
}

/// A token or a quoted string, and what stands behind it.
fn read_value(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, rest) = quoted.split_once('"')?;
        // A stranger's open quote may have swallowed what the proxy wrote behind it. No address needs any of these.
        return (!value.contains([',', ';', '=', '\\'])).then_some((value, rest));
    }
    let (value, rest) = text.split_at(text.find([';', ',', ' ', '\t']).unwrap_or(text.len()));
    is_token(value).then_some((value, rest))
}

/// A token of RFC 9110. An address without quotes may be one; an IPv6 address and a port may not.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// `203.0.113.7`, `203.0.113.7:1234`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:1234`.
fn read_address(text: &str) -> Option<IpAddr> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip.to_canonical());
    }
    let (ip, port): (IpAddr, _) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (address.parse::<Ipv6Addr>().ok()?.into(), port)
        }
        None => {
            let (address, port) = text.split_at(text.find(':')?);
            (address.parse::<Ipv4Addr>().ok()?.into(), port)
        }
    };
    (port.is_empty() || is_port(port.strip_prefix(':')?)).then(|| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_port_and_an_ipv6_one_brackets() {
        for (text, expected) in [
            ("203.0.113.7", Some("203.0.113.7")),
            ("203.0.113.7:1234", Some("203.0.113.7")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:1234", Some("2001:db8::1")),
            ("::ffff:203.0.113.7", Some("203.0.113.7")),
            ("unknown", None),
            ("_hidden", None),
            ("", None),
            ("203.0.113.7:", None),
            ("203.0.113.7:0", None),
            ("203.0.113.7:99999", None),
            ("203.0.113.7:_port", None),
            ("[203.0.113.7]", None),
            ("[2001:db8::1", None),
            ("fe80::1%eth0", None),
            ("[fe80::1%2]:80", None),
            ("0300.0.0.1", None),
        ] {
            assert_eq!(read_address(text), expected.map(|ip| ip.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn a_line_of_forwarded_is_read_by_its_grammar_or_not_at_all() {
        let hops = |line| {
            read_line(line).map(|hops| hops.into_iter().map(|hop| hop.map(|ip| ip.to_string())).collect::<Vec<_>>())
        };
        let v4 = Some("192.0.2.60".to_owned());
        let v6 = Some("2001:db8:cafe::17".to_owned());
        assert_eq!(hops("For=\"[2001:db8:cafe::17]:4711\""), Some(vec![v6.clone()]));
        assert_eq!(hops("for=192.0.2.60;proto=http;by=203.0.113.43"), Some(vec![v4.clone()]));
        assert_eq!(hops("for=192.0.2.60, for=\"[2001:db8:cafe::17]\""), Some(vec![v4.clone(), v6]));
        assert_eq!(hops("for=unknown, by=\"a b\";for=192.0.2.60,proto=http"), Some(vec![None, v4, None]));
        assert_eq!(hops("for=192.0.2.60;for=192.0.2.61"), Some(vec![None]));
        for wrong in [
            "",
            "for",
            "for=",
            "=1",
            "for=\"192.0.2.60",
            "for=\"a\"b",
            "for=192.0.2.60;by=\"a,b\"",
            "for=192.0.2.60;by=\"a;b\"",
            "for=192.0.2.60;by=\"a=b\"",
            "for=192.0.2.60;by=\"\\a\"",
            "for=[2001:db8::1]",
            "for=192.0.2.60;",
            "for=192.0.2.60:80",
            "for =1",
            "for=a b",
            ",for=1",
        ] {
            assert_eq!(hops(wrong), None, "{wrong}");
        }
    }
}

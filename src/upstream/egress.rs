//! Where a key may go: https to public addresses, and elsewhere only where `aisp.allowed_hosts` says so.
//!
//! A URL is judged twice. When a policy is read, [`Allowed::check_url`] refuses what can be seen to be wrong, in words for
//! the administrator. When a connection is made, `resolver` asks [`is_public`] about every address that the name stands
//! for, and the connection goes to an address that was judged, not to a second look-up of the name.
//! Source: the IANA special-purpose address registries (RFC 6890 and what came after it).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use ureq::http::Uri;

/// The host of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    /// A name in lower case.
    Name(String),
    /// An address in its usual form.
    Ip(IpAddr),
}

impl Host {
    /// Reads the host of a URL, an IPv6 address in brackets. The other ways to write an IPv4 address that `getaddrinfo`
    /// knows (`0x7f.1`, `2130706433`, `127.1`, `0177.0.0.1`) are refused: whoever writes one is hiding something.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let ip = inner.parse::<Ipv6Addr>().map_err(|_| format!("\"{text}\" is not an IPv6 address"))?;
            return Ok(Self::Ip(IpAddr::V6(ip)));
        }
        if let Ok(ip) = text.parse::<Ipv4Addr>() {
            return Ok(Self::Ip(IpAddr::V4(ip)));
        }
        let name = text.to_ascii_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        if name.len() > 253 || !name.split('.').all(label) {
            return Err(format!("\"{}\" is not a host name", text.escape_default()));
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") {
            return Err(format!("\"{text}\" is a number, and not an IPv4 address in its usual form"));
        }
        Ok(Self::Name(name))
    }

    /// The addresses of `localhost` and the names below it, which always mean this machine (RFC 6761) and need no look-up.
    pub(super) fn known_addresses(&self) -> Option<Vec<IpAddr>> {
        match self {
            Self::Ip(ip) => Some(vec![*ip]),
            Self::Name(name) if name == "localhost" || name.ends_with(".localhost") => {
                Some(vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)])
            }
            Self::Name(_) => None,
        }
    }
}

/// The hosts of `aisp.allowed_hosts`: for them plain http and addresses that are not public are permitted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed(Vec<(Host, Option<u16>)>);

impl Allowed {
    /// Reads `host` or `host:port`, comma-separated; an IPv6 address stands in brackets. A host without a port stands for
    /// all of its ports. The error is a predicate that fits behind the entry's name.
    pub fn parse(list: &str) -> Result<Self, String> {
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries
            .map(|entry| split_port(entry).and_then(|(host, port)| Ok((Host::parse(host)?, port))))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether this host is named, with this port or with none.
    pub(super) fn permits(&self, host: &Host, port: u16) -> bool {
        self.0.iter().any(|(named, on)| named == host && on.is_none_or(|on| on == port))
    }

    /// Judges the base URL of a provider as far as it can be judged without a look-up. The error is a predicate that fits
    /// behind the name of the key that holds the URL.
    pub fn check_url(&self, url: &str) -> Result<(), String> {
        if url.bytes().any(|byte| byte <= b' ' || byte >= 0x7f || byte == b'\\') {
            return Err("must not contain blanks, control characters or characters outside ASCII".into());
        }
        if url.contains('#') {
            return Err("must not have a fragment".into());
        }
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        if !matches!(scheme, "https" | "http") {
            return Err("must start with https://".into());
        }
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err("must not contain a user name or a password".into());
        }
        let (host, port) = split_port(authority).map_err(|why| format!("has no usable host: {why}"))?;
        let host = Host::parse(host).map_err(|why| format!("has no usable host: {why}"))?;
        if url.parse::<Uri>().is_err() {
            return Err("is not a URL".into());
        }
        if self.permits(&host, port.unwrap_or(if scheme == "https" { 443 } else { 80 })) {
            return Ok(());
        }
        if scheme == "http" {
            return Err("must start with https:// (plain http is only for hosts that aisp.allowed_hosts names)".into());
        }
        match host.known_addresses() {
            Some(addresses) if !addresses.iter().all(|ip| is_public(*ip)) => {
                Err("must not be on a private or special address unless aisp.allowed_hosts names it".into())
            }
            _ => Ok(()),
        }
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`.
fn split_port(authority: &str) -> Result<(&str, Option<u16>), String> {
    let colon = match authority.rfind(']') {
        Some(end) => authority[end..].find(':').map(|at| end + at),
        None => authority.find(':'),
    };
    let Some(colon) = colon else { return Ok((authority, None)) };
    let digits = &authority[colon + 1..];
    match digits.parse::<u16>() {
        Ok(port) if port > 0 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok((&authority[..colon], Some(port)))
        }
        _ => Err(format!("\"{}\" has no port from 1 to 65535 behind its colon", authority.escape_default())),
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, c: u16, d: u16, e: u16, f: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, 0, 0), prefix)
}

/// IPv4 networks that are no place for a provider.
const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),       // this network
    v4(10, 0, 0, 0, 8),      // private
    v4(100, 64, 0, 0, 10),   // carrier-grade NAT
    v4(127, 0, 0, 0, 8),     // loopback
    v4(169, 254, 0, 0, 16),  // link-local, and the clouds' metadata
    v4(172, 16, 0, 0, 12),   // private
    v4(192, 0, 0, 0, 24),    // protocol assignments
    v4(192, 0, 2, 0, 24),    // documentation
    v4(192, 88, 99, 0, 24),  // 6to4 relays
    v4(192, 168, 0, 0, 16),  // private
    v4(198, 18, 0, 0, 15),   // benchmarks
    v4(198, 51, 100, 0, 24), // documentation
    v4(203, 0, 113, 0, 24),  // documentation
    v4(224, 0, 0, 0, 4),     // multicast
    v4(240, 0, 0, 0, 4),     // reserved, and broadcast
];

/// All IPv6 addresses that are routed; what lies outside (ULA, link-local, multicast, discard…) is refused unnamed.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 0, 0, 0, 3);
/// NAT64: an IPv4 address in the last 32 bits.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 0, 0, 0, 96);
/// 6to4: an IPv4 address behind the first 16 bits.
const SIX_TO_FOUR: Ipv6Net = v6(0x2002, 0, 0, 0, 0, 0, 16);
/// Parts of [`GLOBAL_V6`] that are no place for a provider.
const NOT_PUBLIC_V6: [Ipv6Net; 3] = [
    v6(0x2001, 0, 0, 0, 0, 0, 23),     // protocol assignments: Teredo, benchmarks, ORCHID
    v6(0x2001, 0xdb8, 0, 0, 0, 0, 32), // documentation
    v6(0x3fff, 0, 0, 0, 0, 0, 20),     // documentation
];

/// Whether this is an address on the open internet. One that carries an IPv4 address inside is judged by that.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !NOT_PUBLIC_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => match inner_v4(ip) {
            Some(inner) => is_public(IpAddr::V4(inner)),
            None => GLOBAL_V6.contains(&ip) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&ip)),
        },
    }
}

/// The IPv4 address in a mapped, compatible, NAT64 or 6to4 address.
fn inner_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [_, _, a, b, c, d, ..] = ip.octets();
    if SIX_TO_FOUR.contains(&ip) {
        return Some(Ipv4Addr::new(a, b, c, d));
    }
    if NAT64.contains(&ip) {
        return Some(Ipv4Addr::from_bits(ip.to_bits() as u32));
    }
    ip.to_ipv4()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_the_open_internet_are_public() {
        let refused = "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 \
            172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 \
            224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 \
            ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1:ffff:: 100::1 2001::1 2001:2::1 \
            2001:10::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101:: 3fff::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 \
            ff02::1 4000::1 5f00::1";
        for ip in refused.split_whitespace() {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        let public = "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 198.17.0.1 198.20.0.1 \
            223.255.255.255 2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 2001:200::1";
        for ip in public.split_whitespace() {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn a_base_url_is_https_to_a_plain_public_host() {
        let none = Allowed::default();
        let fine = "https://api.openai.com/v1 https://api.openai.com:8443/v1 https://8.8.8.8/v1 https://a_b.example \
            https://x.example?a=1 https://x.example/openai?api-version=1";
        for url in fine.split_whitespace() {
            assert_eq!(none.check_url(url), Ok(()), "{url}");
        }
        let refused = "http://api.openai.com/v1 ftp://x.example HTTPS://x.example api.openai.com/v1 https:// https:///v1 \
            https://user@x.example https://user:pw@x.example https://10.0.0.1?x.example https://x.example#f https://x.example:0 \
            https://x.example:99999 https://x.example: https://x.example:+80 https://x.example. https://.x.example \
            https://x..example https://127.0.0.1 https://localhost https://a.localhost https://0x7f.1 https://2130706433 \
            https://127.1 https://0177.0.0.1 https://0x7f000001 https://1.2.3.4.5 https://[::1] https://[::ffff:7f00:1] \
            https://[fe80::1%25eth0] https://::1 https://[::1 https://169.254.169.254/latest https://x.example\\@evil.example \
            https://ex%61mple.com https://höst.example https://-._~.example";
        for url in refused.split_whitespace().chain(["https://x.example/ v1", "https://x.example/\r\nv1", ""]) {
            assert!(none.check_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_named_host_may_be_private_and_plain() {
        let some = Allowed::parse(" LocalHost, 127.0.0.1:8101 ,ollama.internal:11434,[FD00:0::1]").unwrap();
        for url in [
            "http://localhost:1/v1",
            "https://LOCALHOST",
            "http://127.0.0.1:8101",
            "http://ollama.internal:11434",
            "http://[fd00::1]:9",
        ] {
            assert_eq!(some.check_url(url), Ok(()), "{url}");
        }
        for url in [
            "http://127.0.0.1:8102",
            "http://127.0.0.1",
            "http://ollama.internal",
            "http://[fd00::2]",
            "http://x.localhost",
        ] {
            assert!(some.check_url(url).is_err(), "{url}");
        }
        assert_eq!(Allowed::parse(""), Ok(Allowed::default()));
        for list in ["a b", "http://x", "x:", "x:0", "x:65536", "::1", "[::1", "127.1", "a,b/c", "*.example"] {
            assert!(Allowed::parse(list).is_err(), "{list}");
        }
    }
}

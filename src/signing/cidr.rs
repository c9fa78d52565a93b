//! Lists of networks: who may call, and which proxies are one's own.

use std::net::IpAddr;

use ipnet::IpNet;
use thiserror::Error;

/// An entry of a list that is neither an address nor a network. An administrator must correct it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{entry}\" is neither an IP address nor a network such as 203.0.113.0/24")]
pub struct BadEntry {
    /// As it was given, at most 64 characters of it.
    pub entry: String,
}

/// Networks, of IPv4 and IPv6. An IPv4 address that is written as an IPv6 one (`::ffff:203.0.113.7`) is an IPv4 address,
/// in the list and in what is looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Reads addresses and networks. An empty list holds nobody.
    ///
    /// # Errors
    /// The first [`BadEntry`].
    pub fn parse<'s>(entries: impl IntoIterator<Item = &'s str>) -> Result<Self, BadEntry> {
        let network = |entry: &str| {
            let shown = || entry.chars().filter(|c| !c.is_control()).take(64).collect();
            parse(entry).ok_or_else(|| BadEntry { entry: shown() })
        };
        entries.into_iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is in one of them.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }
}

/// One entry. What stands behind the prefix of a network does not count: `203.0.113.7/24` is all of `203.0.113.0/24`.
fn parse(entry: &str) -> Option<IpNet> {
    let (address, prefix) = match entry.split_once('/') {
        None => (entry, None),
        Some((address, prefix)) => (address, Some(read_prefix(prefix)?)),
    };
    let address: IpAddr = address.parse().ok()?;
    let (canonical, prefix) = match (address, address.to_canonical()) {
        // The 96 bits in front of a mapped address are its form, not its network.
        (IpAddr::V6(_), v4 @ IpAddr::V4(_)) => (v4, prefix.map_or(Some(32), |prefix| prefix.checked_sub(96))?),
        (_, IpAddr::V4(_)) => (address, prefix.unwrap_or(32)),
        (_, IpAddr::V6(_)) => (address, prefix.unwrap_or(128)),
    };
    IpNet::new(canonical, prefix).ok().map(|network| network.trunc())
}

/// Up to three digits, in one spelling.
fn read_prefix(text: &str) -> Option<u8> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(list: &[&str], ip: &str) -> bool {
        Networks::parse(list.iter().copied()).expect("a list").contains(ip.parse().expect("an address"))
    }

    #[test]
    fn an_address_is_in_a_network_or_is_the_one() {
        for (list, ip, expected) in [
            (&["203.0.113.0/24"][..], "203.0.113.255", true),
            (&["203.0.113.0/24"], "203.0.114.0", false),
            (&["203.0.113.7/24"], "203.0.113.200", true),
            (&["203.0.113.7"], "203.0.113.7", true),
            (&["203.0.113.7"], "203.0.113.8", false),
            (&["10.0.0.0/8", "2001:db8::/32"], "2001:db8:ffff::1", true),
            (&["2001:db8::/32"], "2001:db9::1", false),
            (&["2001:db8::1"], "2001:db8::1", true),
            (&["0.0.0.0/0"], "8.8.8.8", true),
            (&["0.0.0.0/0"], "::1", false),
            (&["::/0"], "2001:db8::1", true),
            (&["::/0"], "8.8.8.8", false),
            (&["::/0"], "::ffff:8.8.8.8", false),
            (&["203.0.113.0/24"], "::ffff:203.0.113.9", true),
            (&["::ffff:203.0.113.0/120"], "203.0.113.9", true),
            (&["::ffff:203.0.113.0/120"], "203.0.114.9", false),
            (&["::ffff:203.0.113.7"], "203.0.113.7", true),
            (&[], "203.0.113.7", false),
        ] {
            assert_eq!(contains(list, ip), expected, "{ip} in {list:?}");
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for entry in [
            "",
            " ",
            "203.0.113.0/33",
            "203.0.113.0/-1",
            "203.0.113.0/+8",
            "203.0.113.0/08",
            "203.0.113.0/",
            "/8",
            "203.0.113",
            "010.0.0.1",
            "0x7f.1",
            "2130706433",
            "203.0.113.0/24 ",
            "203.0.113.0/24,10.0.0.0/8",
            "example.com",
            "::1/129",
            "fe80::1%eth0",
            "[::1]",
            "203.0.113.0/255.255.255.0",
            "203.0.113.*",
            "::ffff:203.0.113.0/24",
            "1.2.3.4:80",
            "/",
            "203.0.113.0/999",
            "203.0.113.0/8/8",
        ] {
            let error = Networks::parse(["10.0.0.0/8", entry]).expect_err(entry);
            assert!(error.to_string().starts_with(&format!("\"{entry}\" is neither")), "{error}");
        }
    }
}

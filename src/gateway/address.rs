//! The address that a request came from, for a site behind proxies of its own.

use std::net::IpAddr;

use super::fields::{Fields, Flaw};
use super::header::lines;
use super::misconfigured;
use super::value::Value;
use crate::error::Error;
use crate::signing::cidr::Networks;
use crate::signing::forwarded;

const FUNCTION: &str = "aisp_client_ip";

/// `aisp_client_ip()`: `remote` unless it is one of the proxies in `options`; else what they say of the client. Nothing that a
/// stranger wrote is believed.
///
/// # Errors
/// [`Error::Config`] if `remote` is no address, or for a flaw in `$options`.
pub fn client_ip(remote: &str, headers: &Value<'_>, options: &Value<'_>) -> Result<IpAddr, Error> {
    let remote: IpAddr = remote
        .parse()
        .map_err(|_| Error::config(format!("{FUNCTION}(): Argument #1 ($remote) must be an IP address")))?;
    let read = || {
        let mut fields = Fields::of(options)?;
        let proxies = proxies(&mut fields)?;
        fields.finish()?;
        Ok(proxies)
    };
    let proxies = read().map_err(misconfigured(FUNCTION, 3, "options"))?;
    let (old, new) = (lines(headers, "x-forwarded-for"), lines(headers, "forwarded"));
    Ok(forwarded::client_ip(remote, &old, &new, &proxies))
}

/// The policy's key `proxies`: addresses and networks of the site's own proxies.
pub fn proxies(fields: &mut Fields<'_, '_>) -> Result<Networks, Flaw> {
    let entries = fields.list("proxies")?.unwrap_or_default();
    let entries = entries.iter().map(|item| item.string()).collect::<Result<Vec<_>, _>>()?;
    Networks::parse(entries).map_err(|bad| fields.flaw("proxies", format!("holds what it may not: {bad}")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn of(remote: &str, headers: &Json, proxies: &Json) -> String {
        let options = json!({"proxies": proxies});
        client_ip(remote, &headers.into(), &(&options).into())
            .map_or_else(|error| error.to_string(), |ip| ip.to_string())
    }

    #[test]
    fn only_own_proxies_are_believed_and_only_what_they_wrote() {
        let own = json!(["10.0.0.0/8"]);
        let headers = json!({"x_forwarded_for": ["203.0.113.9, 198.51.100.7, 10.0.0.2"]});
        assert_eq!(of("10.0.0.1", &headers, &own), "198.51.100.7");
        assert_eq!(of("192.0.2.1", &headers, &own), "192.0.2.1");
        assert_eq!(of("10.0.0.1", &headers, &json!([])), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &json!({"Forwarded": "for=\"[2001:db8::7]:81\""}), &own), "2001:db8::7");
        assert_eq!(of("10.0.0.1", &json!({}), &own), "10.0.0.1");
    }

    #[test]
    fn a_flaw_is_named() {
        assert!(of("x", &json!({}), &json!([])).contains("Argument #1 ($remote) must be an IP address"));
        let flaw = of("10.0.0.1", &json!({}), &json!(["10.0.0.0/33"]));
        assert!(flaw.contains("key \"proxies\" holds what it may not: \"10.0.0.0/33\""), "{flaw}");
    }
}

//! The address that a request came from, for a site behind proxies of its own.

use std::net::IpAddr;

use super::fields::{Fields, Flaw, Item};
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

/// `aisp_ip_allowed()`: whether a route may be called from an address. Of the policy's key `allow` that entry counts which names
/// the route, or the nearest one above it: `/` is above all.
///
/// # Errors
/// [`Error::Config`] if `ip` is no address, or for a flaw in the policy's key `allow`.
pub fn ip_allowed(ip: &str, route: &str, policy: &Value<'_>) -> Result<bool, Error> {
    const FUNCTION: &str = "aisp_ip_allowed";
    let ip: IpAddr =
        ip.parse().map_err(|_| Error::config(format!("{FUNCTION}(): Argument #1 ($ip) must be an IP address")))?;
    let routes = Fields::of(policy).and_then(|mut fields| routes(&mut fields));
    let routes = routes.map_err(misconfigured(FUNCTION, 3, "policy"))?;
    let above = routes.iter().filter(|(name, _)| is_at_or_below(route, name)).max_by_key(|(name, _)| name.len());
    Ok(above.is_none_or(|(_, networks)| networks.contains(ip)))
}

fn is_at_or_below(route: &str, name: &str) -> bool {
    route.strip_prefix(name.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The policy's key `allow`: by route the addresses and networks that may call it.
pub fn routes<'a>(fields: &mut Fields<'_, 'a>) -> Result<Vec<(&'a str, Networks)>, Flaw> {
    let entries = fields.named("allow")?.unwrap_or_default();
    let read = |(name, item): (&'a str, Item<'_, 'a>)| {
        if !name.starts_with('/') || name.len() > 1 && name.ends_with('/') {
            return Err(item.flaw("must be named after a route, such as /infer, or / for all"));
        }
        Ok((name, networks(&item.items()?, &item)?))
    };
    entries.into_iter().map(read).collect()
}

fn networks(entries: &[Item<'_, '_>], at: &Item<'_, '_>) -> Result<Networks, Flaw> {
    let entries = entries.iter().map(Item::string).collect::<Result<Vec<_>, _>>()?;
    Networks::parse(entries).map_err(|bad| at.flaw(format!("holds what it may not: {bad}")))
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
    fn the_nearest_entry_says_from_where_a_route_may_be_called() {
        let policy = json!({"allow": {
            "/": ["0.0.0.0/0", "::/0"], "/infer": ["203.0.113.0/24"], "/webhook/stripe": ["2001:db8::/32"], "/logs": []
        }});
        let allowed = |ip, route| ip_allowed(ip, route, &(&policy).into()).expect("a valid policy");
        assert!(allowed("203.0.113.7", "/infer") && allowed("203.0.113.7", "/infer/stream"));
        assert!(!allowed("198.51.100.1", "/infer") && !allowed("198.51.100.1", "/infer/stream"));
        assert!(allowed("198.51.100.1", "/inferno") && allowed("198.51.100.1", "/webhook"));
        assert!(allowed("2001:db8::1", "/webhook/stripe") && !allowed("198.51.100.1", "/webhook/stripe"));
        assert!(!allowed("203.0.113.7", "/logs"));
        assert!(ip_allowed("203.0.113.7", "/infer", &Value::empty()).is_ok_and(|allowed| allowed));
    }

    #[test]
    fn a_flaw_of_a_route_s_list_is_named() {
        let flaw = |ip, policy: Json| ip_allowed(ip, "/infer", &(&policy).into()).expect_err("a flaw").to_string();
        assert!(flaw("x", json!({})).contains("Argument #1 ($ip) must be an IP address"));
        assert!(flaw("::1", json!({"allow": {"infer": []}})).contains("\"allow.infer\" must be named after a route"));
        assert!(flaw("::1", json!({"allow": {"/infer/": []}})).contains("must be named after a route"));
        assert!(flaw("::1", json!({"allow": {"/infer": "::1"}})).contains("must be of type array, string given"));
        let wrong = flaw("::1", json!({"allow": {"/infer": ["::/129"]}}));
        assert!(wrong.contains("key \"allow./infer\" holds what it may not: \"::/129\""), "{wrong}");
    }

    #[test]
    fn a_flaw_is_named() {
        assert!(of("x", &json!({}), &json!([])).contains("Argument #1 ($remote) must be an IP address"));
        let flaw = of("10.0.0.1", &json!({}), &json!(["10.0.0.0/33"]));
        assert!(flaw.contains("key \"proxies\" holds what it may not: \"10.0.0.0/33\""), "{flaw}");
    }
}

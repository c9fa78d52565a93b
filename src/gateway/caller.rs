//! Who asks. Only trusted code fills it in: the plugin from the logged-in user and the connection, a script for itself.

use std::net::IpAddr;

use super::fields::{Fields, Flaw};
use super::grant::Grant;
use super::value::Value;

/// The caller of one request. Every part may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller<'a> {
    /// The WordPress user; 0 for nobody.
    pub user_id: u64,
    /// The user's role, for limits by role.
    pub role: &'a str,
    /// The outside client.
    pub client: &'a str,
    /// The address the request came from.
    pub ip: Option<IpAddr>,
    /// The door: `/infer`, `cli`.
    pub route: &'a str,
    /// The site. Nothing is shared between two sites.
    pub site: &'a str,
    /// The plugin or feature that asks.
    pub source: &'a str,
    /// What the browser's token allows, where one came with the call.
    pub grant: Option<Grant<'a>>,
}

/// The longest string in a caller, in bytes: what an indexed column of the WordPress table holds.
const MAX_BYTES: usize = 191;

impl<'a> Caller<'a> {
    /// Reads the argument `$caller`.
    pub fn read(value: &Value<'a>) -> Result<Self, Flaw> {
        let mut fields = Fields::of(value)?;
        let caller = Self {
            user_id: fields.int("user_id", 0, i64::MAX)?.unwrap_or(0).unsigned_abs(),
            role: text(&mut fields, "role")?,
            client: text(&mut fields, "client")?,
            ip: match text(&mut fields, "ip")? {
                "" => None,
                ip => Some(ip.parse().map_err(|_| fields.flaw("ip", "must be an IP address"))?),
            },
            route: text(&mut fields, "route")?,
            site: text(&mut fields, "site")?,
            source: text(&mut fields, "source")?,
            grant: fields.fields("token")?.map(Grant::read).transpose()?,
        };
        fields.finish()?;
        Ok(caller)
    }
}

/// A short string without control characters; absent is empty.
pub fn text<'a>(fields: &mut Fields<'_, 'a>, key: &'static str) -> Result<&'a str, Flaw> {
    let text = fields.string(key)?.unwrap_or_default();
    if text.len() > MAX_BYTES || text.chars().any(char::is_control) {
        return Err(fields.flaw(key, format!("must be at most {MAX_BYTES} bytes without control characters")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_must_be_one() {
        let json = json!({"ip": "203.0.113.7; DROP"});
        assert!(Caller::read(&Value::from(&json)).is_err());
        let json = json!({"ip": "2001:db8::1"});
        assert!(Caller::read(&Value::from(&json)).expect("valid").ip.is_some_and(|ip| ip.is_ipv6()));
    }
}

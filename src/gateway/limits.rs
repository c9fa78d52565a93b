//! The policy's limits, and which of them apply to one caller.

use serde_json::{Value as Json, json};

use super::caller::Caller;
use super::fields::{Fields, Flaw};
use crate::guard::rate::Quota;
use crate::store::Limit;

/// What a limit counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Per {
    User,
    Role,
    Client,
    Ip,
    Source,
    Site,
    Token,
}

/// One limit of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    per: Per,
    quota: Quota,
}

/// 60 calls an hour that reach a provider, per user.
pub fn default_quota() -> Vec<Rule> {
    Quota::new(60, 3_600).map(|quota| Rule { per: Per::User, quota }).into_iter().collect()
}

/// 600 calls a minute, per user.
pub fn default_throttle() -> Vec<Rule> {
    Quota::new(600, 60).map(|quota| Rule { per: Per::User, quota }).into_iter().collect()
}

/// Adds the default limit per address, `limit` calls in `period_s` seconds, where limits are wanted but none of them touches
/// a caller whom anybody can be.
pub fn not_without(rules: &mut Vec<Rule>, caller: &Caller<'_>, limit: u32, period_s: u32) {
    if !rules.is_empty() && rules.iter().all(|rule| rule.per.subject(caller).is_none()) {
        rules.extend(Quota::new(limit, period_s).map(|quota| Rule { per: Per::Ip, quota }));
    }
}

impl Per {
    const ALL: [(&'static str, Self); 7] = [
        ("user", Self::User),
        ("role", Self::Role),
        ("client", Self::Client),
        ("ip", Self::Ip),
        ("source", Self::Source),
        ("site", Self::Site),
        ("token", Self::Token),
    ];

    /// Reads the key `per`.
    pub fn read(fields: &mut Fields<'_, '_>) -> Result<Self, Flaw> {
        let name = fields.string("per")?.unwrap_or_default();
        let per = Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, per)| *per);
        per.ok_or_else(|| fields.flaw("per", "must be one of user, role, client, ip, source, site, token"))
    }

    /// As the policy spells it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, per)| *per == self).map_or("", |(name, _)| name)
    }

    /// Whom the caller counts as; `None` if the caller has no such part, so that the limit does not apply.
    pub fn subject(self, caller: &Caller<'_>) -> Option<String> {
        match self {
            Self::User => (caller.user_id > 0).then(|| caller.user_id.to_string()),
            Self::Role => non_empty(caller.role),
            Self::Client => non_empty(caller.client),
            // A household or a host has a /64 of IPv6: one address of it is nobody in particular.
            Self::Ip => caller.ip.map(|ip| match ip.to_canonical() {
                std::net::IpAddr::V4(v4) => v4.to_string(),
                std::net::IpAddr::V6(v6) => format!("{:x}/64", v6.to_bits() >> 64),
            }),
            Self::Source => non_empty(caller.source),
            Self::Site => Some(String::new()),
            Self::Token => caller.grant.as_ref().map(|grant| grant.id.to_owned()),
        }
    }
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl Rule {
    /// Reads a list of rules; `None` if the policy has none, which is not the same as an empty list.
    pub fn list(policy: &mut Fields<'_, '_>, key: &'static str) -> Result<Option<Vec<Self>>, Flaw> {
        policy.list(key)?.map(|items| items.iter().map(|item| Self::read(item.fields()?)).collect()).transpose()
    }

    /// As the policy spells it.
    pub fn to_json(&self) -> Json {
        json!({ "per": self.per.name(), "limit": self.quota.limit(), "period": self.quota.period_s() })
    }

    fn read(mut fields: Fields<'_, '_>) -> Result<Self, Flaw> {
        let per = Per::read(&mut fields)?;
        let limit = fields.int("limit", 1, i64::from(Quota::MAX_LIMIT))?;
        let period_s = fields.int("period", 1, i64::from(Quota::MAX_PERIOD_S))?;
        let limit = limit.ok_or_else(|| fields.flaw("limit", "must be given"))?;
        let period_s = period_s.ok_or_else(|| fields.flaw("period", "must be given, in seconds"))?;
        let quota =
            Quota::new(limit as u32, period_s as u32).ok_or_else(|| fields.flaw("limit", "is out of bounds"))?;
        fields.finish()?;
        Ok(Self { per, quota })
    }

    /// The limits of `rules` that apply to a caller. `kind` is `quota` or `throttle`.
    pub fn apply(rules: &[Self], kind: &str, caller: &Caller<'_>) -> Vec<Limit> {
        let mut limits: Vec<Limit> = Vec::with_capacity(rules.len());
        for rule in rules {
            let Some(subject) = rule.per.subject(caller) else { continue };
            let (per, period_s) = (rule.per.name(), rule.quota.period_s());
            let mut name = format!("{kind}-{per}");
            if limits.iter().any(|l| l.name == name) {
                name = format!("{name}-{period_s}");
            }
            // The unit separator cannot stand in any part: callers may not have control characters.
            let key = [kind, caller.site, per, &subject, &period_s.to_string()].join("\u{1f}");
            limits.push(Limit { name, key, quota: rule.quota });
        }
        limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(per: Per) -> Vec<Rule> {
        vec![Rule { per, quota: Quota::new(5, 60).expect("in bounds") }]
    }

    #[test]
    fn a_limit_per_user_does_not_touch_a_caller_without_a_user() {
        assert!(Rule::apply(&rules(Per::User), "quota", &Caller::default()).is_empty());
    }

    #[test]
    fn two_sites_and_two_users_have_limits_of_their_own() {
        let key = |user_id, site| {
            Rule::apply(&rules(Per::User), "quota", &Caller { user_id, site, ..Caller::default() })[0].key.clone()
        };
        assert_ne!(key(1, "a"), key(2, "a"));
        assert_ne!(key(1, "a"), key(1, "b"));
        assert_eq!(key(1, "a"), key(1, "a"));
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_share_a_limit() {
        let key = |ip: &str| {
            Rule::apply(&rules(Per::Ip), "quota", &Caller { ip: ip.parse().ok(), ..Caller::default() })[0].key.clone()
        };
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}

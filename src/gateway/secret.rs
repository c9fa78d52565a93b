//! The secrets that a policy names, and whether they are there: for the screen that must never show more of them.

use secrecy::{ExposeSecret, SecretString};

use super::Env;
use super::check::over;
use super::fields::{Fields, Flaw, Item};
use super::job::Terms;
use super::keys::Names;
use super::metrics;
use super::policy::Policy;
use super::signing::client_keys;
use super::token::token_keys;
use super::value::Value;
use super::webhook::sources;
use crate::upstream::check_header;

/// A secret by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The variable or constant.
    pub name: String,
    /// What it is for, by its place in the policy: `providers.openai`.
    pub place: String,
    /// Whether there is a value at all.
    pub is_set: bool,
    /// Whether that will do: a key is long enough, a provider's can be sent, a webhook's fits its scheme.
    pub is_usable: bool,
}

/// A list of secrets under construction.
struct List<'l> {
    secrets: Vec<Secret>,
    env: &'l Env<'l>,
}

impl List<'_> {
    fn add(&mut self, place: &str, name: &str, is_usable: bool) {
        let is_set = is_usable || self.env.secrets.find(name).is_some();
        let secret = Secret { name: name.to_owned(), place: place.to_owned(), is_set, is_usable };
        if !self.secrets.contains(&secret) {
            self.secrets.push(secret);
        }
    }

    fn keys(&mut self, place: &str, names: &Names<'_>) {
        let unusable = names.unusable(self.env);
        names.iter().for_each(|name| self.add(place, name, !unusable.contains(&name)));
    }

    /// The keys of a policy's providers, with those of their other environments.
    fn providers(&mut self, at: &str, policy: &Policy<'_>, fields: &mut Fields<'_, '_>) -> Result<(), Flaw> {
        let described = fields.named("providers")?.unwrap_or_default();
        for provider in &policy.providers {
            let place = format!("{at}providers.{}", provider.name);
            provider.key_env.iter().for_each(|name| self.sent(&place, name));
            let item = described.iter().find(|(name, _)| *name == provider.name).map(|(_, item)| item.fields());
            let Some(mut item) = item.transpose()? else { continue };
            for (environment, item) in item.named("environments")?.unwrap_or_default() {
                let key_env = item.fields()?.string("key_env")?;
                key_env.iter().for_each(|name| self.sent(&format!("{place}.environments.{environment}"), name));
            }
        }
        Ok(())
    }

    fn sent(&mut self, place: &str, name: &str) {
        let can_be_sent = |key: &SecretString| check_header("authorization", key.expose_secret()).is_ok();
        self.add(place, name, self.env.secrets.find(name).as_ref().is_some_and(can_be_sent));
    }

    /// The keys of the providers that a client or tokens have for themselves.
    fn own_providers(&mut self, place: &str, policy: &Value<'_>, own: Option<Item<'_, '_>>) -> Result<(), Flaw> {
        let Some(own) = own else { return Ok(()) };
        let mut fields = own.fields()?;
        if fields.item("providers").is_some() {
            self.providers(&format!("{place}.policy."), &over(policy, Some(own))?, &mut fields)?;
        }
        Ok(())
    }
}

/// All that a policy names.
pub fn secrets(value: &Value<'_>, env: &Env<'_>) -> Result<Vec<Secret>, Flaw> {
    let (policy, mut fields) = (Policy::read(value)?, Fields::of(value)?);
    let mut list = List { secrets: Vec::new(), env };
    list.providers("", &policy, &mut fields)?;
    let terms = Terms::read(&mut fields)?;
    terms.sealing(env).for_each(|(name, is_usable)| list.add("jobs", name, is_usable));
    list.keys("jobs", &terms.callback_env);
    for (name, source) in sources(&mut fields)? {
        let place = format!("webhooks.{name}");
        for name in source.secret_env.iter() {
            let secret = env.secrets.find(name);
            list.add(&place, name, secret.is_some_and(|secret| source.scheme.accepts(&secret)));
        }
    }
    for (client, keys) in client_keys(&mut fields)? {
        list.keys(&format!("clients.{client}"), &keys);
    }
    for (client, item) in fields.named("clients")?.unwrap_or_default() {
        list.own_providers(&format!("clients.{client}"), value, item.fields()?.item("policy"))?;
    }
    if let Some(keys) = token_keys(&mut fields)? {
        list.keys("tokens", &keys);
    }
    if let Some(mut tokens) = fields.fields("tokens")? {
        list.own_providers("tokens", value, tokens.item("policy"))?;
    }
    if let Some(names) = metrics::token_names(&mut fields)? {
        list.keys("metrics", &names);
    }
    Ok(list.secrets)
}

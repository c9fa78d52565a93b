//! Secrets by the names of the variables or constants that hold them: what webhooks are signed with, and the keys of
//! signatures and tokens.

use secrecy::{ExposeSecret, SecretString};

use super::fields::{Fields, Flaw, Item};
use super::value::Value;
use super::{Env, providers};
use crate::audit::Quiet;
use crate::error::Error;
use crate::signing::mac::MAX_KEYS;

static COMPLAINT: Quiet = Quiet::new();

/// The key of an argument that holds the names.
const FIELD: &str = "secret_env";

/// The names in `secret_env`, one or a list: of keys, the first one signs and all of them verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    /// Reads 1 to 4 names.
    pub fn read(fields: &mut Fields<'_, 'a>) -> Result<Self, Flaw> {
        let names = strings(fields)?.ok_or_else(|| fields.flaw(FIELD, "must be given"))?;
        if !(1..=MAX_KEYS).contains(&names.len()) {
            return Err(fields.flaw(FIELD, format!("must hold 1 to {MAX_KEYS} names")));
        }
        Self::of_variables(names, fields)
    }

    /// Reads up to 4 names. None at all is no flaw where nothing can be verified then, and that is what the client is told.
    pub fn optional(fields: &mut Fields<'_, 'a>) -> Result<Self, Flaw> {
        let names = strings(fields)?.unwrap_or_default();
        if names.len() > MAX_KEYS {
            return Err(fields.flaw(FIELD, format!("must hold at most {MAX_KEYS} names")));
        }
        Self::of_variables(names, fields)
    }

    fn of_variables(names: Vec<&'a str>, fields: &Fields<'_, 'a>) -> Result<Self, Flaw> {
        if !names.iter().all(|name| providers::is_variable(name)) {
            return Err(fields.flaw(FIELD, "must name environment variables or constants, never a secret"));
        }
        Ok(Self(names))
    }

    /// As they are.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().copied()
    }

    /// The key that signs.
    ///
    /// # Errors
    /// [`Error::Config`] if it is not set.
    pub fn first(&self, env: &Env<'_>) -> Result<SecretString, Error> {
        let name = self.0.first().copied().unwrap_or_default();
        env.secrets
            .find(name)
            .ok_or_else(|| Error::config(format!("{name} is not set: neither in the environment nor as a constant.")))
    }

    /// The keys that verify. One that is not set is none; the journal names it, at most once a minute.
    pub fn all(&self, env: &Env<'_>) -> Keys {
        let found: Vec<_> = self.0.iter().map(|name| (*name, env.secrets.find(name))).collect();
        let unset: Vec<&str> = found.iter().filter(|(_, key)| key.is_none()).map(|(name, _)| *name).collect();
        if !unset.is_empty() && COMPLAINT.is_over() {
            let names = unset.join(", ");
            env.journal.line(&format!(
                "aisp: {names}, the key of a signature, is not set: neither in the environment nor as a constant"
            ));
        }
        Keys(found.into_iter().filter_map(|(_, key)| key).collect())
    }
}

/// A string or a list of strings; `None` if it is not there.
fn strings<'a>(fields: &mut Fields<'_, 'a>) -> Result<Option<Vec<&'a str>>, Flaw> {
    match fields.item(FIELD) {
        None => Ok(None),
        Some(item) if matches!(item.value(), Value::Array(_)) => {
            fields.list(FIELD)?.unwrap_or_default().iter().map(Item::string).collect::<Result<_, _>>().map(Some)
        }
        Some(item) => Ok(Some(vec![item.string()?])),
    }
}

/// Keys that are live.
#[derive(Debug)]
pub struct Keys(Vec<SecretString>);

impl Keys {
    /// Their bytes.
    pub fn bytes(&self) -> Vec<&[u8]> {
        self.0.iter().map(|key| key.expose_secret().as_bytes()).collect()
    }
}

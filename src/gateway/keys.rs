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

/// The shortest key. A token is there for everybody to see, and whoever has one can try keys on it for as long as they like.
const MIN_BYTES: usize = 16;
/// The key of an argument that holds the names.
const FIELD: &str = "secret_env";

/// The names in `secret_env`, one or a list: of keys, the first one signs and all of them verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    /// Reads 1 to 4 names.
    pub fn read(fields: &mut Fields<'_, 'a>) -> Result<Self, Flaw> {
        let names = strings(FIELD, fields)?.ok_or_else(|| fields.flaw(FIELD, "must be given"))?;
        if !(1..=MAX_KEYS).contains(&names.len()) {
            return Err(fields.flaw(FIELD, format!("must hold 1 to {MAX_KEYS} names")));
        }
        Self::of_variables(names, fields)
    }

    /// Reads up to 4 names. None at all is no flaw where nothing can be verified then, and that is what the client is told.
    pub fn optional(fields: &mut Fields<'_, 'a>) -> Result<Self, Flaw> {
        let names = strings(FIELD, fields)?.unwrap_or_default();
        if names.len() > MAX_KEYS {
            return Err(fields.flaw(FIELD, format!("must hold at most {MAX_KEYS} names")));
        }
        Self::of_variables(names, fields)
    }

    /// Reads up to 4 names under another key; `None` if it is not there.
    pub fn under(key: &'static str, fields: &mut Fields<'_, 'a>) -> Result<Option<Self>, Flaw> {
        let Some(names) = strings(key, fields)? else { return Ok(None) };
        if names.len() > MAX_KEYS || !names.iter().all(|name| providers::is_variable(name)) {
            return Err(fields
                .flaw(key, format!("must name up to {MAX_KEYS} environment variables or constants, never a secret")));
        }
        Ok(Some(Self(names)))
    }

    /// These names.
    pub fn of(names: &[&'a str]) -> Self {
        Self(names.to_vec())
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

    /// Those keys that are set and long enough, in their order.
    pub fn live(&self, env: &Env<'_>) -> Vec<SecretString> {
        self.iter().filter_map(|name| find(name, env).ok()).collect()
    }

    /// The key that signs.
    ///
    /// # Errors
    /// [`Error::Config`] if it is not set, or too short.
    pub fn first(&self, env: &Env<'_>) -> Result<SecretString, Error> {
        let name = self.0.first().copied().unwrap_or_default();
        find(name, env).map_err(|lack| Error::config(format!("{name} {lack}.")))
    }

    /// The keys that verify. One that is not set or too short is none; the journal names it, at most once a minute.
    pub fn all(&self, env: &Env<'_>) -> Keys {
        let (mut keys, mut left_out) = (Vec::new(), Vec::new());
        for name in self.iter() {
            match find(name, env) {
                Ok(key) => keys.push(key),
                Err(lack) => left_out.push(format!("{name} {lack}")),
            }
        }
        if !left_out.is_empty() && COMPLAINT.is_over() {
            let names = left_out.join("; ");
            env.journal.line(&format!("aisp: signatures are verified without these keys: {names}"));
        }
        Keys(keys)
    }

    /// Those that hold no key.
    pub fn unusable(&self, env: &Env<'_>) -> Vec<&'a str> {
        self.iter().filter(|name| find(name, env).is_err()).collect()
    }
}

/// Why there is no key under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Lack {
    /// No variable or constant of that name is set.
    #[error("is not set: neither in the environment nor as a constant")]
    Unset,
    /// What is set could be guessed.
    #[error("is too short for a key: it must hold at least {MIN_BYTES} bytes")]
    Short,
}

fn find(name: &str, env: &Env<'_>) -> Result<SecretString, Lack> {
    let key = env.secrets.find(name).ok_or(Lack::Unset)?;
    if key.expose_secret().len() < MIN_BYTES { Err(Lack::Short) } else { Ok(key) }
}

/// A string or a list of strings; `None` if it is not there.
fn strings<'a>(key: &'static str, fields: &mut Fields<'_, 'a>) -> Result<Option<Vec<&'a str>>, Flaw> {
    match fields.item(key) {
        None => Ok(None),
        Some(item) if matches!(item.value(), Value::Array(_)) => {
            fields.list(key)?.unwrap_or_default().iter().map(Item::string).collect::<Result<_, _>>().map(Some)
        }
        Some(item) => Ok(Some(vec![item.string()?])),
    }
}

/// Keys that are live.
#[derive(Debug, Default)]
pub struct Keys(Vec<SecretString>);

impl Keys {
    /// Their bytes.
    pub fn bytes(&self) -> Vec<&[u8]> {
        self.0.iter().map(|key| key.expose_secret().as_bytes()).collect()
    }
}

//! The keys of signatures and tokens, by the names of the variables or constants that hold them.

use secrecy::{ExposeSecret, SecretString};

use super::value::{Fields, Flaw, Value};
use super::{Env, providers};
use crate::audit::Quiet;
use crate::error::Error;
use crate::signing::mac::MAX_KEYS;

static COMPLAINT: Quiet = Quiet::new();

/// The names of 1 to 4 keys: the first one signs, all of them verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    /// Reads the key `secret_env`: a name or a list of names.
    pub fn read(fields: &mut Fields<'_, 'a>) -> Result<Self, Flaw> {
        let names = match fields.item("secret_env") {
            None => return Err(fields.flaw("secret_env", "must be given")),
            Some(item) if matches!(item.value(), Value::Array(_)) => {
                let names = fields.list("secret_env")?.unwrap_or_default();
                names.iter().map(|name| name.string()).collect::<Result<Vec<_>, _>>()?
            }
            Some(item) => vec![item.string()?],
        };
        if !(1..=MAX_KEYS).contains(&names.len()) {
            return Err(fields.flaw("secret_env", format!("must hold 1 to {MAX_KEYS} names")));
        }
        if !names.iter().all(|name| providers::is_variable(name)) {
            return Err(fields.flaw("secret_env", "must name environment variables or constants, never a secret"));
        }
        Ok(Self(names))
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

/// Keys that are live.
#[derive(Debug)]
pub struct Keys(Vec<SecretString>);

impl Keys {
    /// Their bytes.
    pub fn bytes(&self) -> Vec<&[u8]> {
        self.0.iter().map(|key| key.expose_secret().as_bytes()).collect()
    }
}

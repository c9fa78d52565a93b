//! A provider that is asked about work which it has taken: plain exchanges with a deadline of their own, outside of quota, budget
//! and breaker.

use std::time::Duration;

use secrecy::SecretString;

use super::Env;
use super::journey::{check_address, find_key};
use super::plan::Stop;
use super::policy::Policy;
use super::providers::Provider;
use crate::clock::Deadline;
use crate::error::{Error, Fault};
use crate::provider::{Endpoint, HttpCall};
use crate::upstream::{self, Response};

/// How long a look may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long lines may take together with what is done with them.
const LONG_PATIENCE: Duration = Duration::from_secs(900);

/// A provider of the policy, with its key.
pub struct Remote<'r> {
    /// Where it is.
    pub provider: &'r Provider<'r>,
    key: Option<SecretString>,
    env: &'r Env<'r>,
}

impl<'r> Remote<'r> {
    /// The provider of this name.
    ///
    /// # Errors
    /// [`Error::Config`] if the policy has none of this name, if this machine may not call it, or if its key is not set.
    pub fn of(policy: &'r Policy<'r>, name: &str, env: &'r Env<'r>) -> Result<Self, Error> {
        let provider = policy.provider(name);
        let provider = provider.ok_or_else(|| Error::config(format!("The policy has no provider \"{name}\".")))?;
        let stop = Stop::unpriced(provider, "");
        check_address(&stop, env)?;
        Ok(Self { provider, key: find_key(&stop, env)?, env })
    }

    /// Where a call to it goes.
    pub fn to(&self) -> Endpoint<'_> {
        let Provider { base_url, headers, key_header, .. } = self.provider;
        Endpoint { base_url, headers, key: self.key.as_ref(), key_header: *key_header }
    }

    /// Fetches something.
    ///
    /// # Errors
    /// As [`upstream::get`].
    pub fn get(&self, call: &HttpCall) -> Result<Response, Fault> {
        upstream::get(&self.env.settings.net, call, Deadline::after(PATIENCE), &())
    }

    /// Sends something.
    ///
    /// # Errors
    /// As [`upstream::post`].
    pub fn post(&self, call: &HttpCall) -> Result<Response, Fault> {
        self.post_until(call, Deadline::after(PATIENCE))
    }

    /// Sends something that takes its time.
    ///
    /// # Errors
    /// As [`upstream::post`].
    pub fn post_until(&self, call: &HttpCall, deadline: Deadline) -> Result<Response, Fault> {
        upstream::post(&self.env.settings.net, call, deadline, &())
    }

    /// Fetches something line by line.
    ///
    /// # Errors
    /// As [`upstream::lines`]; a refusal is what `decode` makes of it.
    pub fn lines(&self, call: &HttpCall, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), Fault> {
        let refused = upstream::lines(&self.env.settings.net, call, Deadline::after(LONG_PATIENCE), &(), take)?;
        let decode = |answer: Response| self.provider.kind.decode(answer.status, &answer.body);
        refused.map_or(Ok(()), |answer| Err(decode(answer).err().map_or(Fault::Invalid, |failure| failure.fault)))
    }
}

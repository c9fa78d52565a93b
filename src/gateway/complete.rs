//! The provider call: attempts under one deadline.

use std::time::Duration;

use secrecy::SecretString;

use super::Env;
use super::plan::Plan;
use crate::clock::Deadline;
use crate::error::Error;
use crate::provider::{Answer, Endpoint};
use crate::upstream::{self, Attempt, Tries};

/// Asks the provider until it answers, refuses for good, or time runs out.
///
/// # Errors
/// [`Error::Config`] if the key is not set or the address is not one that may be called; nothing was sent then.
pub fn complete(plan: &Plan<'_, '_>, env: &Env<'_>, deadline: Deadline) -> Result<Tries<Answer>, Error> {
    let provider = plan.provider;
    check_address(plan, env)?;
    let key = find_key(plan, env)?;
    let to = Endpoint { base_url: provider.base_url, headers: &provider.headers, key: key.as_ref(), key_header: None };
    let call = provider.kind.encode(&plan.request.call, false, &to);

    Ok(upstream::run(deadline, plan.max_attempts(env.settings), |deadline| {
        let own = provider.timeout_ms.map_or(Duration::MAX, |ms| Duration::from_millis(ms.into()));
        let deadline = Deadline::after(deadline.remaining().min(own));
        match upstream::post(&env.settings.net, &call, deadline, &()) {
            Err(fault) => Attempt::Failed { fault, delay: upstream::Delay::default() },
            Ok(response) => match provider.kind.decode(response.status, &response.body) {
                Ok(answer) => Attempt::Done(answer),
                Err(failure) => {
                    let mut delay = response.delay;
                    delay.after = delay.after.or(failure.delay_ms.map(Duration::from_millis));
                    Attempt::Failed { fault: failure.fault, delay }
                }
            },
        }
    }))
}

/// Whether the provider's URL is one that this machine may call at all.
pub fn check_address(plan: &Plan<'_, '_>, env: &Env<'_>) -> Result<(), Error> {
    let name = plan.provider.name;
    env.settings
        .net
        .allowed
        .check_url(plan.provider.base_url)
        .map_err(|problem| Error::config(format!("The base_url of the provider \"{name}\" cannot be used: {problem}")))
}

/// The provider's key, by its name.
pub fn find_key(plan: &Plan<'_, '_>, env: &Env<'_>) -> Result<Option<SecretString>, Error> {
    let Some(name) = plan.provider.key_env else { return Ok(None) };
    let key = env.secrets.find(name);
    key.map(Some)
        .ok_or_else(|| Error::config(format!("{name} is not set: neither in the environment nor as a constant.")))
}

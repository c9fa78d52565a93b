//! Telling a provider that nobody wants what it works on any more.

use super::callback::Told;
use super::pending::Pending;
use crate::gateway::Env;
use crate::gateway::policy::Policy;
use crate::gateway::remote::Remote;
use crate::provider::batch;
use crate::provider::openai_responses::background;

/// Tells it, once. What has ended there or was never known is as good as called off.
pub fn call_off(policy: &Policy<'_>, pending: &Pending, env: &Env<'_>) -> Told {
    let remote = match Remote::of(policy, &pending.provider, env) {
        Ok(remote) => remote,
        Err(error) => return Told::Again(error.code()),
    };
    let call = match pending.batch {
        true => batch::cancel(remote.provider.kind, &pending.id, &remote.to()),
        false => background::cancel(&pending.id, &remote.to()),
    };
    match remote.post(&call) {
        Ok(answer) if (200..300).contains(&answer.status) || matches!(answer.status, 400 | 404 | 409) => Told::Taken,
        Ok(_) => Told::Again("cancel_refused"),
        Err(fault) => Told::Again(fault.code()),
    }
}

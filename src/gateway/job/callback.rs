//! Telling somebody outside that a job has ended: a Standard Webhook, as a job of its own, until it is taken.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::clock::{Deadline, now_us};
use crate::gateway::Env;
use crate::gateway::policy::Policy;
use crate::provider::HttpCall;
use crate::store::{Job, JobState};
use crate::upstream::post;
use crate::webhook::sign;

/// How long whoever is told may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is to be told, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    url: String,
    /// The id of the message: the same each time, so that whoever gets it twice knows.
    id: String,
    body: String,
}

impl Message {
    /// That a job has ended, without what it brought: whoever is told fetches that, and shows who he is.
    pub fn of(job: &Job, state: JobState, done: u32, failed: u32, url: &str) -> Self {
        let time = now_us().div_euclid(1_000_000).unsigned_abs();
        let time = humantime::format_rfc3339_seconds(std::time::UNIX_EPOCH + Duration::from_secs(time)).to_string();
        let progress = json!({"total": job.total, "done": done, "failed": failed});
        let kind = if state == JobState::Done { "job.completed" } else { "job.failed" };
        let data = json!({"id": job.id, "state": state.name(), "progress": progress});
        let body = json!({"type": kind, "timestamp": time, "data": data}).to_string();
        Self { url: url.to_owned(), id: format!("msg_{}", job.id), body }
    }

    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From bytes.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Tells it, once.
    pub fn send(&self, policy: &Policy<'_>, env: &Env<'_>) -> Told {
        let keys = policy.jobs.callback_env.live(env);
        let time_s = now_us().div_euclid(1_000_000);
        let signed = keys.first().and_then(|key| sign(key, &self.id, time_s, self.body.as_bytes()));
        let Some(signed) = signed else { return Told::Again("callback_no_key") };
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        headers.extend(signed.map(|(name, value)| (name.to_owned(), value)));
        let call =
            HttpCall { url: self.url.clone(), headers, secret_header: None, body: self.body.clone().into_bytes() };
        match post(&env.settings.net, &call, Deadline::after(PATIENCE), &()) {
            Ok(answer) if (200..300).contains(&answer.status) => Told::Taken,
            // Gone: whoever was to be told wants nothing more.
            Ok(answer) if answer.status == 410 => Told::Unwanted,
            Ok(_) => Told::Again("callback_refused"),
            Err(_) => Told::Again("callback_unreachable"),
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It was taken.
    Taken,
    /// It never will be.
    Unwanted,
    /// It may be, another time; this time it was not for this reason.
    Again(&'static str),
}

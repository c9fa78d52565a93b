//! The policy's key `jobs`: what a job may be, and what seals it.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

use crate::gateway::Env;
use crate::gateway::fields::{Fields, Flaw};
use crate::gateway::keys::Names;
use crate::gateway::policy::MAX_TIMEOUT_MS;
use crate::jobs::SealKey;
use crate::store::MAX_ITEMS;

/// What seals private values where the policy names nothing: a variable for it alone, or a key that every wp-config.php has.
const KEYS: [&str; 2] = ["AISP_JOB_KEY", "AUTH_KEY"];
/// What wp-config.php holds before anybody has put keys into it.
const SAMPLE: &str = "put your unique phrase here";
const YEAR_S: i64 = 366 * 86_400;

/// What a job may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms<'a> {
    key_env: Names<'a>,
    /// What signs callbacks; nothing if there are none.
    pub callback_env: Names<'a>,
    /// The most items of a job.
    pub max_items: usize,
    /// The most bytes that all its items may have together, as JSON.
    pub max_bytes: usize,
    /// How often an item is tried.
    pub max_attempts: u32,
    /// The deadline of one call.
    pub timeout_ms: u32,
    /// How long a job is kept after its end, in seconds.
    pub keep_s: i64,
}

impl<'a> Terms<'a> {
    /// Reads the policy's key `jobs`.
    pub fn read(policy: &mut Fields<'_, 'a>) -> Result<Self, Flaw> {
        let mut terms = Self {
            key_env: Names::of(&KEYS),
            callback_env: Names::of(&[]),
            max_items: 10_000,
            max_bytes: 16 << 20,
            max_attempts: 5,
            timeout_ms: 120_000,
            keep_s: 30 * 86_400,
        };
        let Some(mut jobs) = policy.fields("jobs")? else { return Ok(terms) };
        if let Some(names) = Names::under("key_env", &mut jobs)? {
            terms.key_env = names;
        }
        if let Some(names) = Names::under("callback_env", &mut jobs)? {
            terms.callback_env = names;
        }
        let mut int = |key, max, usual: i64| Ok::<_, Flaw>(jobs.int(key, 1, max)?.unwrap_or(usual));
        terms.max_items = int("max_items", MAX_ITEMS as i64, terms.max_items as i64)? as usize;
        terms.max_bytes = int("max_bytes", 1 << 30, terms.max_bytes as i64)? as usize;
        terms.max_attempts = int("max_attempts", 20, terms.max_attempts.into())? as u32;
        terms.timeout_ms = int("timeout_ms", MAX_TIMEOUT_MS, terms.timeout_ms.into())? as u32;
        terms.keep_s = int("keep", YEAR_S, terms.keep_s)?;
        jobs.finish()?;
        Ok(terms)
    }

    /// As the policy spells them.
    pub fn to_json(&self) -> Json {
        json!({
            "key_env": self.key_env.iter().collect::<Vec<_>>(),
            "callback_env": self.callback_env.iter().collect::<Vec<_>>(),
            "max_items": self.max_items, "max_bytes": self.max_bytes, "max_attempts": self.max_attempts,
            "timeout_ms": self.timeout_ms, "keep": self.keep_s,
        })
    }

    /// The names of what seals, and whether each does.
    pub fn sealing<'e>(&self, env: &'e Env<'_>) -> impl Iterator<Item = (&'a str, bool)> + use<'a, 'e> {
        let names: Vec<&str> = self.key_env.iter().collect();
        names.into_iter().map(|name| (name, Names::of(&[name]).live(env).iter().any(is_of_its_own)))
    }

    /// The keys that open what is sealed; the first one seals.
    pub fn keys(&self, env: &Env<'_>) -> Vec<SealKey> {
        let live = self.key_env.live(env).into_iter();
        live.filter(is_of_its_own).map(|key| SealKey::of(key.expose_secret().as_bytes())).collect()
    }

    /// The names of keys that are wanted and not there.
    pub fn missing(&self, env: &Env<'_>) -> Vec<&'a str> {
        let sealing = self.keys(env).is_empty().then(|| self.key_env.iter()).into_iter().flatten();
        sealing.chain(self.callback_env.unusable(env)).collect()
    }

    /// The names of those keys.
    pub fn key_names(&self) -> String {
        self.key_env.iter().collect::<Vec<_>>().join(" or ")
    }

    /// All secrets that the work on a job may need.
    pub fn secret_names(&self) -> impl Iterator<Item = &'a str> {
        self.key_env.iter().chain(self.callback_env.iter()).collect::<Vec<_>>().into_iter()
    }
}

fn is_of_its_own(key: &SecretString) -> bool {
    key.expose_secret() != SAMPLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::value::Value;

    #[test]
    fn what_is_not_said_is_as_usual_and_what_cannot_be_is_refused_by_name() {
        let read = |json: &serde_json::Value| {
            let value = Value::from(json);
            let terms = Fields::of(&value)
                .and_then(|mut fields| Terms::read(&mut fields).map(|terms| (terms.max_items, terms.keep_s)));
            terms.map_err(|flaw| flaw.sentence("aisp_job_enqueue", 3, "policy"))
        };
        assert_eq!(read(&json!({})), Ok((10_000, 2_592_000)));
        assert_eq!(
            read(&json!({"jobs": {"max_items": 5, "keep": 60, "key_env": ["A", "B"], "callback_env": "C"}})),
            Ok((5, 60))
        );
        for (jobs, wanted) in [
            (json!({"max_items": 0}), "\"jobs.max_items\" must be between 1 and 100000, 0 given"),
            (json!({"key_env": "sk-1"}), "\"jobs.key_env\" must name up to 4 environment variables"),
            (json!({"keep": 366 * 86_400 + 1}), "\"jobs.keep\" must be between"),
            (json!({"max": 1}), "\"jobs.max\" is not known"),
        ] {
            let flaw = read(&json!({ "jobs": jobs })).expect_err("a flaw");
            assert!(flaw.contains(wanted), "{flaw}");
        }
    }
}

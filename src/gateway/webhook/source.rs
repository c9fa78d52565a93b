//! What an administrator expects of a source of webhooks: one of the policy's `webhooks`, or the argument `$options`.

use secrecy::SecretString;

use crate::gateway::fields::{Fields, Flaw};
use crate::gateway::keys::Names;
use crate::gateway::{Env, caller};
use crate::webhook::Scheme;

/// How far a sender's clock may be from ours where the options do not say, in seconds, and how far they may say.
const TOLERANCE_S: i64 = 300;
const MAX_TOLERANCE_S: i64 = 3_600;

/// Holds the policy's key `webhooks` to what sources must be like.
pub fn check_sources(policy: &mut Fields<'_, '_>) -> Result<(), Flaw> {
    sources(policy).map(drop)
}

/// What the policy's key `webhooks` expects of each source.
pub fn sources<'a>(policy: &mut Fields<'_, 'a>) -> Result<Vec<(&'a str, Options<'a>)>, Flaw> {
    let sources = policy.named("webhooks")?.unwrap_or_default();
    sources.iter().map(|(name, item)| Ok((*name, item.fields().and_then(Options::read)?))).collect()
}

/// How a source signs, and what becomes of its events.
pub struct Options<'a> {
    /// How it signs.
    pub scheme: Scheme,
    /// Where its secrets are.
    pub secret_env: Names<'a>,
    /// How far its clock may be from ours, in seconds.
    pub tolerance_s: u32,
    /// The site that it sends to.
    pub site: &'a str,
    /// Its name.
    pub source: &'a str,
    /// Whether its events are remembered.
    pub dedupe: bool,
}

impl<'a> Options<'a> {
    /// Reads them, and refuses every key that is none of them.
    pub fn read(mut fields: Fields<'_, 'a>) -> Result<Self, Flaw> {
        let scheme = fields.string("scheme")?.and_then(Scheme::named);
        let scheme = scheme.ok_or_else(|| {
            let names = Scheme::ALL.map(Scheme::name).join(", ");
            fields.flaw("scheme", format!("must be one of {names}"))
        })?;
        let options = Self {
            scheme,
            secret_env: Names::optional(&mut fields)?,
            tolerance_s: fields.int("tolerance", 1, MAX_TOLERANCE_S)?.unwrap_or(TOLERANCE_S) as u32,
            site: caller::text(&mut fields, "site")?,
            source: caller::text(&mut fields, "source")?,
            dedupe: fields.bool("dedupe")?.unwrap_or(true),
        };
        fields.finish()?;
        Ok(options)
    }

    /// Those of its secrets that are set.
    pub fn secrets(&self, env: &Env<'_>) -> Vec<SecretString> {
        self.secret_env.iter().filter_map(|name| env.secrets.find(name)).collect()
    }

    /// The names of its secrets, if none of them holds a key for its scheme; one empty name if it has none.
    pub fn missing(&self, env: &Env<'_>) -> Vec<&'a str> {
        if self.secrets(env).iter().any(|secret| self.scheme.accepts(secret)) {
            return Vec::new();
        }
        let names: Vec<&str> = self.secret_env.iter().collect();
        if names.is_empty() { vec![""] } else { names }
    }

    /// What an administrator must know of secrets none of which can be used: their names, never what is in them.
    pub fn complaint(&self, env: &Env<'_>) -> String {
        let Self { scheme, source, .. } = self;
        let state = |name: &str| match env.secrets.find(name) {
            None => format!("{name} is not set, neither in the environment nor as a constant"),
            Some(_) => format!("{name} holds no key for the scheme {}", scheme.name()),
        };
        let states: Vec<String> = self.secret_env.iter().map(state).collect();
        let why = if states.is_empty() { "secret_env names none".to_owned() } else { states.join("; ") };
        format!("aisp: webhooks of the source \"{source}\" are refused for want of a secret: {why}")
    }
}

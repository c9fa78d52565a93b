//! What threads of our own need of PHP, which they must never touch: keys are fetched before they start, and what they have to
//! say to PHP's log is said after they have ended.

use std::collections::HashMap;

use parking_lot::Mutex;
use secrecy::SecretString;

use super::settings::Settings;
use super::{Env, Secrets};
use crate::audit::Journal;

/// What threads have of the world.
pub struct Aside<'s> {
    settings: &'s Settings,
    secrets: Fetched,
    lines: Lines,
}

impl<'s> Aside<'s> {
    /// Fetches the secrets of these names.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>, env: &Env<'s>) -> Self {
        let found = names.into_iter().filter_map(|name| Some((name.to_owned(), env.secrets.find(name)?)));
        Self { settings: env.settings, secrets: Fetched(found.collect()), lines: Lines::default() }
    }

    /// The world of a thread.
    pub fn env(&self) -> Env<'_> {
        Env::new(self.settings, &self.secrets, &self.lines)
    }

    /// Says what the threads had to say.
    pub fn tell(self, journal: &dyn Journal) {
        self.lines.0.into_inner().iter().for_each(|line| journal.line(line));
    }
}

/// Secrets that were fetched.
struct Fetched(HashMap<String, SecretString>);

impl Secrets for Fetched {
    fn find(&self, name: &str) -> Option<SecretString> {
        self.0.get(name).cloned()
    }
}

/// Lines for PHP's log, kept until PHP may be asked.
#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Journal for Lines {
    fn line(&self, text: &str) {
        self.0.lock().push(text.to_owned());
    }
}

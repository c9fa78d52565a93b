//! Reversible redaction: private values leave a prompt before it is hashed, cached and sent, and come back in the answer.
//!
//! A value is replaced by a placeholder that says its type and its number in the order of first appearance
//! (`[EMAIL_1]`). Placeholders are not random, so that two prompts that differ only in private data are one prompt to
//! the cache. What looks like a placeholder already is replaced too (`[TEXT_1]`), so that `restore(redact(x)) == x` for
//! every text. [`find`] looks for values, [`vault`] keeps them, [`restorer`] puts them back into a stream.

mod bytes;
mod card;
mod context;
mod email;
mod find;
mod iban;
mod ipv4;
mod ipv6;
mod mac;
mod names;
mod patterns;
mod phone;
mod restorer;
mod shapes;
mod ssn;
mod types;
mod values;
mod vault;

use std::sync::Arc;

pub use patterns::{BadPattern, Patterns};
pub use restorer::Restorer;
pub use types::Type;
pub use vault::Vault;

/// What is looked for in one request: built-in types and the administrator's own patterns. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Redactor {
    types: types::Set,
    patterns: Arc<Patterns>,
}

impl Redactor {
    /// Looks for `types` and `patterns`.
    pub fn new(types: impl IntoIterator<Item = Type>, patterns: Arc<Patterns>) -> Self {
        Self { types: types.into_iter().collect(), patterns }
    }

    /// Finds nothing and costs nothing.
    pub fn off() -> Self {
        Self::new([], Arc::default())
    }

    /// Whether nothing is looked for.
    pub fn is_off(&self) -> bool {
        self.types.is_empty() && self.patterns.is_empty()
    }

    /// An empty vault for the texts of one request.
    pub fn vault(&self) -> Vault {
        Vault::new(self.clone())
    }
}

impl Default for Redactor {
    /// All built-in types, no patterns.
    fn default() -> Self {
        Self::new(Type::ALL, Arc::default())
    }
}

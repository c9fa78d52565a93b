//! Private values: the policy's word on them, how a request is sealed before it is hashed and sent, and how its answer gets
//! the caller's own values back.
//!
//! What is *sealed* holds placeholders: the call, the kept answer, what moderators and providers see. What is *revealed* is
//! for this one caller. Only the very end of a call reveals.

use std::sync::Arc;

use parking_lot::Mutex;

use super::complete::{Judged, judge};
use super::fields::{Fields, Flaw};
use super::plan::Plan;
use super::policy::Policy;
use super::result::Outcome;
use super::schema;
use super::value::Value;
use super::{misconfigured, request::Request};
use crate::error::{Error, Fault};
use crate::guard::redact::{Patterns, Redactor, Restorer, Type, Vault};

/// Patterns by name, as they were given.
type Given = Vec<(String, String)>;

/// The last list of patterns that was compiled: almost every call has the same.
static COMPILED: Mutex<Option<(Given, Arc<Patterns>)>> = Mutex::new(None);

/// Reads the policy's key `redact`: a boolean, or an array that switches single types off and adds patterns.
pub fn read(policy: &mut Fields<'_, '_>) -> Result<Redactor, Flaw> {
    let Some(item) = policy.item("redact") else { return Ok(Redactor::default()) };
    match item.value() {
        Value::Bool(true) => return Ok(Redactor::default()),
        Value::Bool(false) => return Ok(Redactor::off()),
        Value::Array(_) => {}
        other => return Err(item.flaw(format!("must be of type bool or array, {} given", other.type_name()))),
    }
    let mut fields = item.fields()?;
    let mut types = Vec::new();
    for kind in Type::ALL {
        if fields.bool(kind.name())?.unwrap_or(true) {
            types.push(kind);
        }
    }
    let patterns = read_patterns(&mut fields)?;
    fields.finish()?;
    Ok(Redactor::new(types, patterns))
}

fn read_patterns(fields: &mut Fields<'_, '_>) -> Result<Arc<Patterns>, Flaw> {
    let named = fields.named("patterns")?.unwrap_or_default();
    let list: Vec<(&str, &str)> =
        named.iter().map(|(name, item)| Ok((*name, item.string()?))).collect::<Result<_, _>>()?;
    if list.is_empty() {
        return Ok(Arc::default());
    }
    let mut compiled = COMPILED.lock();
    let same = |known: &[(String, String)]| {
        known.len() == list.len()
            && known.iter().zip(&list).all(|(known, new)| (known.0.as_str(), known.1.as_str()) == *new)
    };
    if let Some((_, patterns)) = compiled.as_ref().filter(|(known, _)| same(known)) {
        return Ok(Arc::clone(patterns));
    }
    let patterns = Patterns::compile(&list).map_err(|bad| {
        let item = named.iter().find(|(name, _)| *name == bad.name).map(|(_, item)| item);
        item.map_or_else(|| fields.flaw("patterns", bad.problem.as_str()), |item| item.flaw(bad.problem.as_str()))
    })?;
    let patterns = Arc::new(patterns);
    let known = list.iter().map(|(name, pattern)| ((*name).to_owned(), (*pattern).to_owned())).collect();
    *compiled = Some((known, Arc::clone(&patterns)));
    Ok(patterns)
}

/// Replaces the private values in all that is sent. Returns them, to be put back.
pub fn seal(request: &mut Request<'_, '_>, redactor: &Redactor) -> Vault {
    let mut vault = redactor.vault();
    if redactor.is_off() {
        return vault;
    }
    let mut seal = |text: &mut String| {
        if let std::borrow::Cow::Owned(sealed) = vault.redact(text) {
            *text = sealed;
        }
    };
    if let Some(system) = &mut request.call.system {
        seal(system);
    }
    request.call.messages.iter_mut().for_each(|message| seal(&mut message.content));
    if let Some(value) = &mut request.call.schema {
        schema::each_text(value, &mut seal);
        if !vault.is_empty() {
            schema::loosen(value);
        }
    }
    vault
}

impl Plan<'_, '_> {
    /// A text of an answer with the caller's own values, as the request's form of answer needs them.
    fn reveal_text(&self, text: &str) -> String {
        match self.request.schema {
            Some(_) => self.vault.restore_json(text).into_owned(),
            None => self.vault.restore(text).into_owned(),
        }
    }

    /// Reveals a text that comes in pieces.
    pub fn restorer(&self) -> Restorer<'_> {
        self.vault.restorer(self.request.schema.is_some())
    }

    /// The answer for the caller.
    ///
    /// # Errors
    /// Where the answer satisfies the schema no more once it has this caller's values.
    pub fn reveal(&self, sealed: Outcome) -> Result<Outcome, Error> {
        if self.vault.is_empty() {
            return Ok(sealed);
        }
        let mut revealed = Outcome { redacted: self.vault.found(), ..sealed };
        if let Some(schema) = self.request.schema.as_ref().filter(|_| revealed.data.is_some()) {
            revealed.data = match judge(schema, &self.vault, &revealed.answer) {
                Judged::Good(data) => data,
                _ => {
                    let (fault, retry_after, limits) = (Fault::Schema, None, revealed.limits);
                    return Err(Error::Provider { fault, retry_after, limits });
                }
            };
        }
        revealed.answer.text = self.reveal_text(&revealed.answer.text);
        Ok(revealed)
    }
}

/// `aisp_redact()`: the text as it would be sent, and how many values of each type were replaced.
///
/// # Errors
/// [`Error::Config`] for a flaw in `$policy`.
pub fn redact(text: &str, policy: &Value<'_>) -> Result<(String, Vec<(String, u32)>), Error> {
    let policy = Policy::read(policy).map_err(misconfigured("aisp_redact", 2, "policy"))?;
    let mut vault = policy.redactor.vault();
    let text = vault.redact(text).into_owned();
    Ok((text, vault.found()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn flaw(redact: &Json) -> String {
        let policy = json!({"redact": redact});
        Policy::read(&Value::from(&policy)).expect_err("a flaw").sentence("aisp_redact", 2, "policy")
    }

    fn redacted(text: &str, redact: &Json) -> String {
        let policy = json!({"redact": redact});
        redact_with(text, &policy)
    }

    fn redact_with(text: &str, policy: &Json) -> String {
        redact(text, &Value::from(policy)).expect("a valid policy").0
    }

    #[test]
    fn private_values_are_replaced_unless_the_policy_says_otherwise() {
        let text = "ann@example.com, +1 212 555 0123, K-123456";
        assert_eq!(redact_with(text, &json!({})), "[EMAIL_1], [PHONE_1], K-123456");
        assert_eq!(redacted(text, &json!(false)), text);
        assert_eq!(redacted(text, &json!({"phone": false})), "[EMAIL_1], +1 212 555 0123, K-123456");
        let own = json!({"phone": false, "patterns": {"customer": "K-[0-9]{6}"}});
        assert_eq!(redacted(text, &own), "[EMAIL_1], +1 212 555 0123, [CUSTOMER_1]");
    }

    #[test]
    fn a_flaw_is_named() {
        assert!(flaw(&json!("yes")).contains("\"redact\" must be of type bool or array, string given"));
        assert!(flaw(&json!({"e-mail": true})).contains("\"redact.e-mail\" is not known"));
        assert!(flaw(&json!({"email": 1})).contains("\"redact.email\" must be of type bool"));
        assert!(
            flaw(&json!({"patterns": {"a": "("}}))
                .contains("\"redact.patterns.a\" is no regular expression: unclosed group")
        );
        assert!(
            flaw(&json!({"patterns": {"good": "x", "email": "y"}})).contains("\"redact.patterns.email\" has the name")
        );
    }
}

//! A JSON value whose texts hold placeholders, with the private values sealed beside it.

use std::collections::HashMap;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;
use zeroize::Zeroizing;

use super::seal::{SealKey, open, seal};
use crate::guard::redact::{Redactor, Vault};

/// What is kept: nothing in it is private to whoever has no key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The value; placeholders stand for private values.
    value: Json,
    /// The private values by placeholder, as JSON, sealed, in Base64; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

/// The key that sealed the private values is not here, or what is kept was damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the private values cannot be opened")]
pub struct Unreadable;

impl Kept {
    /// Takes the private values out of those texts of a value that `is_text` names by their key (a text in a list or map below
    /// such a key is one too), and seals them for `place`. `None` if there are private values, but no key.
    pub fn new(
        mut value: Json,
        is_text: fn(&str) -> bool,
        redactor: &Redactor,
        key: Option<&SealKey>,
        place: &str,
    ) -> Option<Self> {
        let mut vault = redactor.vault();
        if !redactor.is_off() {
            redact(&mut value, is_text, false, &mut vault);
        }
        if vault.is_empty() {
            return Some(Self { value, sealed: None });
        }
        let values = Zeroizing::new(serde_json::to_vec(&vault.values().collect::<HashMap<_, _>>()).ok()?);
        Some(Self { value, sealed: Some(BASE64_STANDARD.encode(seal(key?, place, &values))) })
    }

    /// A value without its private values, which are lost.
    pub fn without_values(mut value: Json, is_text: fn(&str) -> bool, redactor: &Redactor) -> Self {
        redact(&mut value, is_text, false, &mut redactor.vault());
        Self { value, sealed: None }
    }

    /// The value as it was.
    ///
    /// # Errors
    /// None of the keys has sealed its private values for this place.
    pub fn reveal(self, keys: &[SealKey], place: &str) -> Result<Json, Unreadable> {
        let Self { mut value, sealed } = self;
        if let Some(sealed) = sealed {
            let sealed = BASE64_STANDARD.decode(sealed).map_err(|_| Unreadable)?;
            let opened = open(keys, place, &sealed).ok_or(Unreadable)?;
            let values: HashMap<String, Zeroizing<String>> = serde_json::from_slice(&opened).map_err(|_| Unreadable)?;
            restore(&mut value, &values);
        }
        Ok(value)
    }

    /// The value with placeholders in it.
    pub fn redacted(self) -> Json {
        self.value
    }
}

fn redact(value: &mut Json, is_text: fn(&str) -> bool, below: bool, vault: &mut Vault) {
    match value {
        Json::String(text) if below => {
            if let std::borrow::Cow::Owned(redacted) = vault.redact(text) {
                *text = redacted;
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| redact(item, is_text, below, vault)),
        Json::Object(map) => {
            map.iter_mut().for_each(|(key, value)| redact(value, is_text, below || is_text(key), vault));
        }
        _ => {}
    }
}

fn restore(value: &mut Json, values: &HashMap<String, Zeroizing<String>>) {
    match value {
        Json::String(text) if text.contains('[') => *text = restored(text, values),
        Json::Array(items) => items.iter_mut().for_each(|item| restore(item, values)),
        Json::Object(map) => map.iter_mut().for_each(|(_, value)| restore(value, values)),
        _ => {}
    }
}

/// Puts values in the places of their placeholders. Whatever looked like one before was replaced by one, too.
fn restored(text: &str, values: &HashMap<String, Zeroizing<String>>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let placeholder = rest.find(']').map(|close| &rest[..=close]);
        match placeholder.and_then(|placeholder| Some((placeholder, values.get(placeholder)?))) {
            Some((placeholder, value)) => {
                out.push_str(value);
                rest = &rest[placeholder.len()..];
            }
            None => {
                out.push('[');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_text(key: &str) -> bool {
        key == "prompt"
    }

    fn key() -> SealKey {
        SealKey::of(b"a secret of the site")
    }

    fn kept(value: &Json) -> Kept {
        Kept::new(value.clone(), is_text, &Redactor::default(), Some(&key()), "here").expect("a key")
    }

    #[test]
    fn private_values_are_sealed_and_come_back() {
        let value = json!({"model": "ann@example.com", "prompt": ["To ann@example.com [EMAIL_1] [[EMAIL_2]", {"a": "bob@example.com"}]});
        let text = serde_json::to_string(&kept(&value)).expect("JSON");
        assert!(text.contains(r#"["To [EMAIL_1] [TEXT_1] [[TEXT_2]",{"a":"[EMAIL_2]"}]"#), "{text}");
        assert!(!text.contains("bob@"), "{text}");
        let kept: Kept = serde_json::from_str(&text).expect("whole");
        assert_eq!(kept.clone().reveal(&[key()], "here"), Ok(value));
        assert_eq!(kept.clone().reveal(&[key()], "there"), Err(Unreadable));
        assert_eq!(kept.reveal(&[SealKey::of(b"another")], "here"), Err(Unreadable));
    }

    #[test]
    fn without_private_values_no_key_is_needed() {
        let value = json!({"prompt": "Name three colours. [1]"});
        let without = |value: &Json| Kept::new(value.clone(), is_text, &Redactor::default(), None, "here");
        assert_eq!(without(&value).expect("no key needed").reveal(&[], "here"), Ok(value));
        assert_eq!(without(&json!({"prompt": "ann@example.com"})), None);
        let off = Kept::new(json!({"prompt": "ann@example.com"}), is_text, &Redactor::off(), None, "here");
        assert_eq!(off.expect("nothing is private").redacted(), json!({"prompt": "ann@example.com"}));
    }

    #[test]
    fn what_is_damaged_is_unreadable() {
        let mut kept = kept(&json!({"prompt": "ann@example.com"}));
        kept.sealed = Some("not Base64!".to_owned());
        assert_eq!(kept.reveal(&[key()], "here"), Err(Unreadable));
    }
}

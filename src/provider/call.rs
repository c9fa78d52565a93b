//! What is asked of a model, and the HTTP request that a format makes of it.

use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Role {
    System,
    User,
    Assistant,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said: normalised, never blank.
    pub content: String,
}

/// What is asked of a model, whatever the provider.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// The provider's name for the model.
    pub model: String,
    /// The instructions that stand before the conversation.
    pub system: Option<String>,
    /// The conversation; at least one message, the last one the user's.
    pub messages: Vec<Message>,
    /// The most tokens that the answer may have.
    pub max_tokens: Option<u32>,
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// The JSON Schema that the answer, as JSON, must satisfy; its root describes an object.
    pub schema: Option<Value>,
}

impl Call {
    /// The instructions and the conversation, for formats whose conversations have no system messages: those join the
    /// instructions.
    pub(super) fn split_system(&self) -> (Option<String>, Vec<&Message>) {
        let (inside, messages): (Vec<_>, Vec<_>) =
            self.messages.iter().partition(|message| message.role == Role::System);
        let system: Vec<_> =
            self.system.as_deref().into_iter().chain(inside.iter().map(|message| message.content.as_str())).collect();
        ((!system.is_empty()).then(|| system.join("\n\n")), messages)
    }
}

/// Where a call goes.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// The base URL without a trailing slash; a query in it stays behind the path.
    pub base_url: &'a str,
    /// The policy's own headers; they replace ours where they have the same name.
    pub headers: &'a [(String, String)],
    /// The key, if the provider wants one.
    pub key: Option<&'a SecretString>,
    /// The header that carries the bare key, where it is not the format's usual one.
    pub key_header: Option<&'a str>,
}

/// An HTTP request, ready to be sent: a POST of JSON or of a file, or a GET of what was asked before.
#[derive(Debug)]
pub struct HttpCall {
    /// The full URL.
    pub url: String,
    /// Names and values, without the key.
    pub headers: Vec<(String, String)>,
    /// The header that carries the key, if the provider wants one: its name and its whole value.
    pub secret_header: Option<(String, SecretString)>,
    /// The body; empty for a GET.
    pub body: Vec<u8>,
}

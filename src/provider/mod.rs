//! What providers speak: one file a wire format, bytes in, values out, no I/O.

pub mod openai_responses;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// OpenAI's Responses interface, `POST /responses`.
    OpenaiResponses,
}

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
}

/// An HTTP request, ready to be sent. All are POSTs of JSON.
#[derive(Debug)]
pub struct HttpCall {
    /// The full URL.
    pub url: String,
    /// Names and values, without the key.
    pub headers: Vec<(String, String)>,
    /// The header that carries the key, if the provider wants one: its name and its whole value.
    pub secret_header: Option<(&'static str, SecretString)>,
    /// The JSON body.
    pub body: Vec<u8>,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It was done.
    Stop,
    /// It reached `max_tokens`.
    Length,
    /// The provider's filter cut it off.
    ContentFilter,
    /// The model declined; the text is its refusal.
    Refusal,
}

impl Finish {
    /// Whether asking again would give the same kind of answer, so that this one may be kept.
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Stop | Self::Length)
    }

    /// The name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::Refusal => "refusal",
        }
    }
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text; never empty.
    pub text: String,
    /// Why it ends.
    pub finish: Finish,
    /// Input tokens, those served from the provider's cache included.
    pub tokens_in: u32,
    /// Those of `tokens_in` that came from the provider's own cache.
    pub tokens_in_cached: u32,
    /// Output tokens, reasoning included.
    pub tokens_out: u32,
}

/// Why there is no answer: the fault, and a delay that the body asked for, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// What it was.
    pub fault: Fault,
    /// A delay that stands in the body rather than in a header.
    pub delay_ms: Option<u64>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, delay_ms: None }
    }
}

impl Kind {
    /// The name in a policy.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenaiResponses => "openai_responses",
        }
    }

    /// Puts a call on the wire. `base_url` has no trailing slash; `headers` are the policy's own.
    pub fn encode(
        self,
        call: &Call,
        base_url: &str,
        headers: &[(String, String)],
        key: Option<&SecretString>,
    ) -> HttpCall {
        match self {
            Self::OpenaiResponses => openai_responses::encode(call, base_url, headers, key),
        }
    }

    /// The JSON body that [`Kind::encode`] sends: what a fingerprint covers and a dry run shows.
    pub fn body(self, call: &Call) -> serde_json::Value {
        match self {
            Self::OpenaiResponses => openai_responses::body(call),
        }
    }

    /// The version of the encoding and of what is read out of an answer. A change makes every cached answer a miss.
    pub const fn wire_version(self) -> u32 {
        match self {
            Self::OpenaiResponses => openai_responses::WIRE_VERSION,
        }
    }

    /// Reads an answer off the wire.
    pub fn decode(self, status: u16, body: &[u8]) -> Result<Answer, Failure> {
        match self {
            Self::OpenaiResponses => openai_responses::decode(status, body),
        }
    }
}

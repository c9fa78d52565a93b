//! What providers speak: one file a wire format, bytes in, values out, no I/O.

pub mod anthropic;
mod draft;
mod errors;
pub mod gemini;
pub mod head;
pub mod moderation;
pub mod openai_chat;
pub mod openai_responses;
mod structured;
mod wire;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use draft::Draft;
pub use head::{Head, Rate, RateLimits};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Fault;

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// OpenAI's Responses interface, `POST /responses`.
    OpenaiResponses,
    /// OpenAI's Chat Completions and the servers that are compatible with it, `POST /chat/completions`.
    OpenaiChat,
    /// Anthropic's Messages, `POST /messages`.
    Anthropic,
    /// Google's Gemini, `POST /models/{model}:generateContent`.
    Gemini,
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
    /// The JSON Schema that the answer, as JSON, must satisfy; its root describes an object.
    pub schema: Option<Value>,
}

impl Call {
    /// The instructions and the conversation, for formats whose conversations have no system messages: those join the
    /// instructions.
    fn split_system(&self) -> (Option<String>, Vec<&Message>) {
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

/// An HTTP request, ready to be sent. All are POSTs of JSON.
#[derive(Debug)]
pub struct HttpCall {
    /// The full URL.
    pub url: String,
    /// Names and values, without the key.
    pub headers: Vec<(String, String)>,
    /// The header that carries the key, if the provider wants one: its name and its whole value.
    pub secret_header: Option<(String, SecretString)>,
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
    /// The caller hung up: the text is what had come by then.
    Cancelled,
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
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a call used, as the provider counts it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Input tokens, those served from the provider's cache included.
    pub tokens_in: u32,
    /// Those of `tokens_in` that came from the provider's own cache.
    #[serde(default)]
    pub tokens_in_cached: u32,
    /// Output tokens, reasoning included.
    pub tokens_out: u32,
    /// Those of `tokens_out` that the model spent on reasoning.
    #[serde(default)]
    pub tokens_reasoning: u32,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text; never empty.
    pub text: String,
    /// Why it ends.
    pub finish: Finish,
    /// What it used.
    #[serde(flatten)]
    pub usage: Usage,
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

/// One Server-Sent Event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// Its type; empty where the stream names none.
    pub name: &'a str,
    /// Its data; the lines are joined with LF.
    pub data: &'a str,
}

/// What one event of a stream means.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing that a caller would see.
    Nothing,
    /// More of the answer's text; never empty.
    Delta(String),
    /// The stream says that it is over: call [`Reader::finish`].
    Over,
}

/// Folds the events of one stream into an answer.
pub trait Reader {
    /// Takes the next event. Unknown events and fields are ignored; what is no JSON or of a wrong type is
    /// [`Fault::Invalid`].
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure>;

    /// What has come so far.
    fn draft(&self) -> &Draft;

    /// The same, to be finished.
    fn draft_mut(&mut self) -> &mut Draft;

    /// Whether the answer is whole although the end mark has not come: only the count may still follow.
    fn is_complete(&self) -> bool {
        self.draft().is_ended()
    }

    /// The answer, once the stream is over. [`Fault::Incomplete`] if it ended before the answer did.
    fn finish(&mut self) -> Result<Answer, Failure> {
        self.draft_mut().finish()
    }

    /// What the provider has counted so far.
    fn usage(&self) -> Usage {
        self.draft().usage
    }
}

impl Kind {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::OpenaiResponses, Self::OpenaiChat, Self::Anthropic, Self::Gemini];

    /// The name in a policy.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenaiResponses => "openai_responses",
            Self::OpenaiChat => "openai_chat",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Puts a call on the wire, to be answered whole or as a stream.
    pub fn encode(self, call: &Call, stream: bool, to: &Endpoint<'_>) -> HttpCall {
        match self {
            Self::OpenaiResponses => openai_responses::encode(call, stream, to),
            Self::OpenaiChat => openai_chat::encode(call, stream, to),
            Self::Anthropic => anthropic::encode(call, stream, to),
            Self::Gemini => gemini::encode(call, stream, to),
        }
    }

    /// The JSON body that [`Kind::encode`] sends to this base URL for a whole answer: what a dry run shows.
    pub fn body(self, call: &Call, base_url: &str) -> Value {
        match self {
            Self::OpenaiResponses => openai_responses::body(call),
            Self::OpenaiChat => openai_chat::body(call, base_url),
            Self::Anthropic => anthropic::body(call),
            Self::Gemini => gemini::body(call),
        }
    }

    /// The version of the encoding and of what is read out of an answer. A change makes every cached answer a miss.
    pub const fn wire_version(self) -> u32 {
        match self {
            Self::OpenaiResponses => openai_responses::WIRE_VERSION,
            Self::OpenaiChat => openai_chat::WIRE_VERSION,
            Self::Anthropic => anthropic::WIRE_VERSION,
            Self::Gemini => gemini::WIRE_VERSION,
        }
    }

    /// Reads a whole answer off the wire, or what an error means.
    pub fn decode(self, status: u16, body: &[u8]) -> Result<Answer, Failure> {
        match self {
            Self::OpenaiResponses => openai_responses::decode(status, body),
            Self::OpenaiChat => openai_chat::decode(status, body),
            Self::Anthropic => anthropic::decode(status, body),
            Self::Gemini => gemini::decode(status, body),
        }
    }

    /// A reader for one stream.
    pub fn reader(self) -> Box<dyn Reader> {
        match self {
            Self::OpenaiResponses => Box::new(openai_responses::StreamReader::default()),
            Self::OpenaiChat => Box::new(openai_chat::StreamReader::default()),
            Self::Anthropic => Box::new(anthropic::StreamReader::default()),
            Self::Gemini => Box::new(gemini::StreamReader::default()),
        }
    }
}

//! What providers speak: one file a wire format, bytes in, values out, no I/O.

mod answer;
pub mod anthropic;
pub mod batch;
mod call;
mod draft;
mod errors;
pub mod gemini;
pub mod head;
mod later;
pub mod moderation;
mod openai_batch;
pub mod openai_chat;
pub mod openai_responses;
mod structured;
mod wire;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Failure, Finish, Usage};
pub use call::{Call, Endpoint, HttpCall, Message, Role};
pub use draft::Draft;
pub use head::{Head, Rate, RateLimits};
pub use later::{Look, Placed};

use serde::Serialize;
use serde_json::Value;

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
    /// [`Fault::Invalid`](crate::error::Fault::Invalid).
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure>;

    /// What has come so far.
    fn draft(&self) -> &Draft;

    /// The same, to be finished.
    fn draft_mut(&mut self) -> &mut Draft;

    /// Whether the answer is whole although the end mark has not come: only the count may still follow.
    fn is_complete(&self) -> bool {
        self.draft().is_ended()
    }

    /// The answer, once the stream is over. [`Fault::Incomplete`](crate::error::Fault::Incomplete) if it ended before the answer did.
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
